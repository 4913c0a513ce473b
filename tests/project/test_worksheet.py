"""The worksheet: its answers are those of the engine, the file is what the command writes, and it prints on A4."""

from __future__ import annotations

import re
from html import unescape
from itertools import pairwise

import pytest
from playwright.sync_api import Browser

from autograd import backward_steps, trace
from nn import mean_squared_error
from nn.stepping import worksheet_sample

from ..making.worksheet import INPUTS, PARAMETERS, PATH, TARGET, answers, network, sheet, shown
from ..support.browser import opened


def test_the_file_is_what_the_command_writes() -> None:
    assert PATH.read_text(encoding="utf-8") == sheet(), "run 'python -m tests.making.worksheet'"


def test_the_answers_by_hand_are_those_of_the_engine() -> None:
    net = network()
    loss = mean_squared_error(net(INPUTS), TARGET)
    loss.backward()
    found = answers()
    for name, parameter in net.named_parameters().items():
        assert found[f"dL/d{name}"] == pytest.approx(parameter.grad, rel=1e-12), name
    assert found["L"] == pytest.approx(loss.data, rel=1e-12)
    # Worked out on paper: the sums are ln 3, 0 and ln 4.
    nine = [0.288, 0.384, 0.096, -0.96, -1.28, -0.32, 0.192, 0.128, 0.256]
    assert [found[f"dL/d{name}"] for name in PARAMETERS] == pytest.approx(nine, rel=1e-12)


def test_the_numbers_are_short_in_floats_too() -> None:
    """At four digits, as the player shows them, the four milestones are exact; and 0 is no 4.4e-16."""
    loss = worksheet_sample()
    shown_at = {line.label: f"{line.number:.4g}" for line in trace(loss)}
    assert {name: shown_at[name] for name in ("h1", "h2", "o1", "L")} == {
        "h1": "0.75",
        "h2": "0.5",
        "o1": "0.8",
        "L": "0.64",
    }
    sum_h2 = next(line for line in trace(loss) if line.label == "sum_h2")
    assert sum_h2.number == 0.0
    numbers = [line.number for line in trace(loss)] + [step.contribution for step in backward_steps(loss)]
    assert all(abs(number) > 1e-3 for number in numbers if number)
    # One update of 0.1, worked out by hand: every parameter moves against its gradient, and the loss halves.
    moved = {name: number - 0.1 * answers()[f"dL/d{name}"] for name, number in PARAMETERS.items()}
    assert answers(moved)["L"] == pytest.approx(0.3175, abs=5e-5)


def test_no_two_of_the_nine_can_be_taken_for_each_other() -> None:
    sizes = sorted(abs(answers()[f"dL/d{name}"]) for name in PARAMETERS)
    assert all(larger > 1.05 * smaller for smaller, larger in pairwise(sizes))


def test_the_answers_stand_in_the_key_and_not_before() -> None:
    tasks, key = PATH.read_text(encoding="utf-8").split('<section class="key" aria-label="Answers">')
    for what, number in answers().items():
        rows = [unescape(row) for row in re.findall(r"<tr>(.*?)</tr>", key) if f"<th>{what}</th>" in row]
        assert len(rows) == 1, what
        assert rows[0].endswith(f"<td>= {shown(number)}</td>"), what
    assert f"= {shown(answers()['dL/dw4'])}" not in tasks
    assert tasks.count("<tr><th>") == len(answers()) + 1


@pytest.mark.slow
def test_it_prints_on_three_pages_and_fits_a_phone(chromium: Browser) -> None:
    with opened(chromium, PATH.as_uri(), viewport={"width": 400, "height": 900}) as page:
        assert page.evaluate("document.documentElement.scrollWidth") <= 400
        pdf = page.pdf(prefer_css_page_size=True)
        assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 3
        # On paper nothing scrolls: every blank has to be inside the text area of A4, 174 mm wide.
        page.emulate_media(media="print")
        page.set_viewport_size({"width": round(174 / 25.4 * 96), "height": 1000})
        rights = "[...document.querySelectorAll('i, td, svg')].map((one) => one.getBoundingClientRect().right)"
        assert max(page.evaluate(rights)) <= round(174 / 25.4 * 96)
