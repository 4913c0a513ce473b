"""What the playground's worker answers, in this Python; the page around it is tested in tests/site."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from web.play.runner import MOST, run
from web.playground import PLAY, example, examples

HEAD = "from autograd import Value, play\nx, w = Value(2.0, 'x'), Value(3.0, 'w')\n"


def answer(code: str, partials: str = "") -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run(code, partials))
    return found


@pytest.mark.usefixtures("clean_table")
def test_the_examples_run_and_the_tutor_answers_what_they_hand_in() -> None:
    made = examples()
    assert len({one["title"] for one in made}) == len(made) == 11
    assert all(one["html"].count("<script>") == 1 and not one["error"] for one in made)
    reports = {path.stem: answer(*example(path))["report"] for path in sorted((PLAY / "examples").glob("*.py"))}
    assert "you left out ∂h1/∂sum_h1" in reports["01_network"]
    for name in ("02_one_neuron", "03_xor", "05_diabetes", "06_breast_cancer", "10_operation"):
        assert "wrong" not in reports[name].replace("agrees", ""), name
        assert "<td" in reports[name], name


@pytest.mark.parametrize(
    ("last", "shown"),
    [
        ("(x * w).named('y')", "The graph of y,"),
        ("L = (x * w).named('L')\nz = (x + w).named('z')", "The graph of L,"),
        ("y = (x * w).named('y')\nz = (x + w).named('z')\nprint('it')", "The graph of z,"),
        ("play((x * w).named('p'), 0.5)", "The graph of p,"),
    ],
)
def test_what_is_shown(last: str, shown: str) -> None:
    assert shown in answer(HEAD + last)["html"]


def test_partials_are_checked_where_the_last_line_is_a_player() -> None:
    assert "right" in answer(HEAD + "play((x * w).named('p'), 0.5)", "d_p_d_w = x")["report"]


def test_what_is_printed_is_kept_short() -> None:
    said = answer(f"{HEAD}for number in range(100_000):\n    print(number)\nL = x * w\nL.data")
    assert len(said["printed"]) <= MOST + 20
    assert said["printed"].endswith("… and more")
    assert said["error"] == ""


@pytest.mark.parametrize(
    ("code", "line", "error"),
    [
        ("x = (", 1, "Line 1: SyntaxError: '(' was never closed"),
        ("\n\nx = 1 / 0", 3, "Line 3: ZeroDivisionError: division by zero"),
        ("def f():\n    raise SystemExit(3)\nf()", 2, "Line 2: SystemExit: 3"),
        ("1 + 1", 0, "There is no Value to step through: call what you compute L, or write it on the last line."),
    ],
)
def test_errors_say_their_line(code: str, line: int, error: str) -> None:
    said = answer(code)
    assert (said["line"], said["error"]) == (line, error)


def test_a_partial_is_a_formula_or_a_number_on_paper() -> None:
    report = answer(f"{HEAD}L = ((x * w).exp()).named('L')", "# by hand\nd_L_d_x = w * exp(x * w)\nd_L_d_w = 807")[
        "report"
    ]
    assert "agrees at" in report
    assert "agrees to 3 digits" in report


def test_the_line_that_the_report_asks_for_can_be_pasted() -> None:
    line = '"d_L_d_w": {"here": "5", "x = 3": "6"},'
    report = answer(f"{HEAD}L = (x * x * w).named('L')", line)["report"]
    assert "5, 6" in report  # the partial is x², 4 and 9
    assert "wrong" in report
    assert "Line 1: write" in answer(f"{HEAD}L = x * w", '"d_L_d_w": {')["report"]


def test_a_film_is_shown_and_has_no_partials() -> None:
    code = example(Path(PLAY / "examples" / "04_film.py"))[0].replace("3000", "30")
    said = answer(code, "d_L_d_w1 = 1")
    assert "stepgrad-film" in said["html"]
    assert said["report"].startswith("A film has no partials")
