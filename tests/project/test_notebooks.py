"""The course: every notebook runs, says what it is committed to say, checks its exercises, and works as a page."""

from __future__ import annotations

import ast
import copy
import re
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Browser, Page

from ..making.notebooks import (
    PATHS,
    READY,
    TIMING,
    TITLE,
    Exercise,
    Notebook,
    address,
    as_page,
    badges,
    differences,
    exercises,
    first_cell,
    prepared,
    read,
    running,
    steady,
    text_of,
)
from ..support.browser import opened
from ..support.course import ALSO_RIGHT, FIGURES, SLIPS, TYPED

if TYPE_CHECKING:
    from nbclient import NotebookClient

ROOT = Path(__file__).parents[2]
NAMES = [path.stem for path in PATHS]
# One of them in the fast lane: the one with most players and exercises.
FIRST = [pytest.param(name, marks=[pytest.mark.slow] * (name != "02_backprop_step_by_step")) for name in NAMES]

# All seven, from a fresh kernel each, on the two cores of a CI machine.
MOST_SECONDS = 360
# What is read, and what is asked. New notebooks may have their own words: the five of the first edition had 10,782.
MOST_WORDS, MOST_QUESTIONS, MOST_MINUTES = 7_200, 40, 45


@dataclass
class Run:
    """A notebook as it is committed, and as a fresh kernel ran it; and what its checks said of three answers each."""

    name: str
    committed: Notebook
    fresh: Notebook
    seconds: float
    unsolved: list[str]
    wrong: list[str]
    solved: list[str]
    typed: list[str]
    also_right: list[str]


SECONDS: dict[str, float] = {}


# The notebooks that take longer than five seconds.
LONG = [name for name in NAMES if name[:2] >= "04"]


@pytest.fixture(
    scope="module",
    params=[pytest.param(path, marks=pytest.mark.slow) if path.stem in LONG else path for path in PATHS],
    ids=NAMES,
)
def run(request: pytest.FixtureRequest) -> Run:
    committed = read(request.param)
    fresh = copy.deepcopy(committed)
    for cell in fresh.cells:
        if cell.cell_type == "code":
            cell.outputs = []
    begun = time.perf_counter()
    with running(fresh) as client:
        seconds = SECONDS[request.param.stem] = time.perf_counter() - begun
        unsolved, wrong, solved = [], [], []
        for one, (right, slip) in zip(exercises(committed), SLIPS[request.param.stem], strict=True):
            assert one.solution.count(right) == 1, (one.number, right)
            unsolved.append(said_by(client, one.unsolved.source, one.check.source))
            wrong.append(said_by(client, one.solution.replace(right, slip), one.check.source))
            solved.append(said_by(client, one.solution, one.check.source))
        parts = exercises(committed)
        typed = [
            said_by(client, answer(parts[number - 1], change), parts[number - 1].check.source)
            for number, change, _, _ in TYPED.get(request.param.stem, [])
        ]
        also_right = [
            said_by(client, answer(parts[number - 1], change), parts[number - 1].check.source)
            for number, change in ALSO_RIGHT.get(request.param.stem, [])
        ]
    return Run(request.param.stem, committed, steady(fresh), seconds, unsolved, wrong, solved, typed, also_right)


def answer(exercise: Exercise, change: str | tuple[str, str]) -> str:
    """The solution with a replacement, or the answer in its place."""
    if isinstance(change, str):
        return change
    assert exercise.solution.count(change[0]) == 1, (exercise.number, change)
    return exercise.solution.replace(*change)


def said_by(client: NotebookClient, *sources: str) -> str:
    """What the last of some cells says, in the kernel that has run the notebook. The others must not fail."""
    import nbformat

    client.allow_errors = True
    for source in sources:
        cell = nbformat.v4.new_code_cell(source)  # type: ignore[no-untyped-call]
        client.nb.cells.append(cell)
        client.execute_cell(cell, len(client.nb.cells) - 1)
        client.nb.cells.pop()
        if source is not sources[-1]:
            assert [text_of(output) for output in cell.outputs if output.output_type == "error"] == []
    return "\n".join(map(text_of, cell.outputs))


# Running --------------------------------------------------------------------------------------------------------------


def test_the_course_is_whole() -> None:
    assert [name[:2] for name in NAMES] == [f"0{number}" for number in range(1, 8)]


def test_it_says_what_it_is_committed_to_say(run: Run) -> None:
    assert sum(SECONDS.values()) < MOST_SECONDS, SECONDS
    stale = differences(run.committed, run.fresh)
    assert stale == [], (
        f"{run.name} is stale: run 'python -m tests.making.notebooks {run.name[:2]}' and look at what changes"
    )


def test_checks_reject_the_unsolved_and_a_slip_and_accept_the_solution(run: Run) -> None:
    assert len(run.solved) == 3
    for unsolved, wrong, solved in zip(run.unsolved, run.wrong, run.solved, strict=True):
        assert unsolved.startswith("Not yet: "), unsolved
        assert wrong.startswith("AssertionError: "), wrong
        assert len(wrong) > len("AssertionError: "), "the message says what is wrong"
        assert solved.startswith("Right"), solved


def test_checks_say_of_what_was_typed_what_is_true_and_not_the_answer(run: Run) -> None:
    for said, (number, change, expected, kept_back) in zip(run.typed, TYPED.get(run.name, []), strict=True):
        assert said.startswith("AssertionError: "), (number, change, said)
        assert expected in said, (number, change)
        assert not re.search(rf"(?<![\d.]){re.escape(kept_back)}", said), (number, change, said)
    for said in run.also_right:
        assert said.startswith("Right"), said


def test_the_digits_of_the_articles(run: Run) -> None:
    printed = "\n".join(text_of(output) for cell in run.fresh.cells for output in cell.get("outputs", []))
    numbers = [float(number) for number in re.findall(r"(?<![\w.])-?\d+\.\d+", printed)]
    for figure in FIGURES.get(run.name, []):
        assert any(number == pytest.approx(figure, rel=1e-11) for number in numbers), figure


# The comparison itself ------------------------------------------------------------------------------------------------


def notebook_of(text: str, tags: list[str] | None = None, kind: str = "text/plain") -> Notebook:
    import nbformat

    output = nbformat.v4.new_output("display_data", {kind: text})  # type: ignore[no-untyped-call]
    cell = nbformat.v4.new_code_cell("...", outputs=[output], metadata={"tags": tags or []})  # type: ignore[no-untyped-call]
    cell["id"] = "one"
    return nbformat.v4.new_notebook(cells=[cell])  # type: ignore[no-untyped-call]


@pytest.mark.parametrize(
    ("committed", "fresh", "same"),
    [
        ("loss 0.123456789012", "loss 0.123456789012", True),
        ("loss 0.123456789012", "loss 0.12345678901200001", True),
        ("loss 0.123456789012", "loss 0.123456", False),
        ("loss 0.1235", "loss 0.1234", True),  # another last digit is another rounding
        ("loss 0.1235", "loss 0.1237", False),
        ("1.2e-07", "1.3e-07", True),
        ("1.2e-07", "1.2e-06", False),
        ("x = -2.5", "x = 2.5", False),
        ("x = −2.5", "x = −2.5", True),
        ("9 parameters", "10 parameters", False),
        ("9 parameters", "9 weights", False),
        ("one line", "one line\nand another", False),
        ("<Legend at 0x7f01>", "<Legend at 0x7f02>", True),
    ],
)
def test_a_stale_output_is_found(committed: str, fresh: str, same: bool) -> None:
    assert (differences(notebook_of(committed), notebook_of(fresh)) == []) == same


def test_timings_are_left_out() -> None:
    assert differences(notebook_of("1.5 s", [TIMING]), notebook_of("7 s", [TIMING])) == []


def test_of_markup_the_text_is_compared() -> None:
    table, other = "<tr><td>w1</td><td>{}</td></tr>", "<tr style=x><td>w1</td><td>{}</td></tr>"
    for kind, one, two in (
        ("text/html", table, other),
        ("image/svg+xml", "<svg><text x='1'>data {}</text></svg>", "<svg><text x='2'>data {}</text></svg>"),
    ):
        old = notebook_of(one.format(1.5), kind=kind)
        assert differences(old, notebook_of(two.format(1.5), kind=kind)) == []
        assert differences(old, notebook_of(two.format(2.5), kind=kind))


def test_a_spoilt_notebook_is_found(run: Run) -> None:
    """Any printed number, changed in its third digit, is noticed."""
    spoilt = copy.deepcopy(run.committed)
    for cell in spoilt.cells:
        for output in cell.get("outputs", []):
            found = re.search(r"\d\.\d{3}", output.get("text", ""))
            if found and TIMING not in cell.metadata.get("tags", []):
                digit = str((int(found[0][3]) + 5) % 10)
                output.text = output.text[: found.start() + 3] + digit + output.text[found.start() + 4 :]
                assert [line for line in differences(spoilt, run.fresh) if line.startswith(f"cell {cell.id}:")]
                return
    pytest.fail("there is no number to spoil")


# Reading --------------------------------------------------------------------------------------------------------------


@pytest.fixture(params=PATHS, ids=NAMES)
def committed(request: pytest.FixtureRequest) -> Notebook:
    return read(request.param)


def prose(notebook: Notebook) -> str:
    return "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def test_it_has_what_a_lesson_has(committed: Notebook) -> None:
    text = prose(committed)
    assert "**After this notebook you will be able to**" in committed.cells[0].source
    assert len(exercises(committed)) == 3
    (file,) = re.findall(r"\*\*Read next:\*\* `([^`]+)`", committed.cells[-1].source)
    assert (ROOT / file).is_file()
    assert re.findall(r"\b(?:simply|just|obviously|clearly|trivial\w*|easily)\b", text, re.IGNORECASE) == []
    for path in re.findall(r"`((?:autograd|nn|tests|notebooks)/[\w/.]+)`", text):
        assert (ROOT / path).exists(), path
    for name in re.findall(r"`(\d\d_\w+)\.ipynb`", text):
        assert name in NAMES


def test_the_code_of_checks_is_folded(committed: Notebook) -> None:
    """In Jupyter, and on the site: it knows the answer."""
    for exercise in exercises(committed):
        assert exercise.check.metadata == {"jupyter": {"source_hidden": True}, "tags": ["hide-input"]}


def test_it_is_short() -> None:
    notebooks = {path.stem: read(path) for path in PATHS}
    words = {name: len(prose(notebook).split()) for name, notebook in notebooks.items()}
    revised = sum(count for name, count in words.items() if name[:2] in ("01", "02", "03", "04", "06"))
    assert revised <= MOST_WORDS, words
    questions = {name: prose(notebook).count("**Before you run it:**") for name, notebook in notebooks.items()}
    assert sum(questions.values()) <= MOST_QUESTIONS, questions
    assert min(questions.values()) >= 3, questions
    for notebook in notebooks.values():
        (minutes,) = re.findall(r"\*About (\d+) minutes\.\*", notebook.cells[0].source)
        assert int(minutes) <= MOST_MINUTES


def test_a_question_comes_last_before_the_cell_that_answers_it(committed: Notebook) -> None:
    for cell, following in zip(committed.cells, committed.cells[1:], strict=False):
        asks = cell.cell_type == "markdown" and cell.source.split("\n\n")[-1].startswith("**Before you run it:**")
        assert asks or "**Before you run it:**" not in cell.source, f"{cell.id}: the question comes last"
        assert following.cell_type == "code" or not asks, cell.id


@pytest.mark.slow
def test_cells_can_be_run_twice(committed: Notebook) -> None:
    """With the same result, as a learner does who goes back one cell."""
    committed.cells = [cell for cell in committed.cells if cell.cell_type == "code"]
    twice = copy.deepcopy(committed)
    twice.cells = [copy.deepcopy(cell) for cell in committed.cells for _ in range(2)]
    with running(twice):
        pass
    twice.cells = twice.cells[1::2]
    assert differences(committed, steady(twice)) == []


def test_teachers_are_sent_to_sections_that_there_are() -> None:
    headings = {path.name[1]: re.findall(r"^## (.*)$", prose(read(path)), re.MULTILINE) for path in PATHS}
    sent = [
        place
        for path in (ROOT / "notebooks" / "teaching").glob("*.md")
        for place in re.findall(r"[Nn]otebook (\d), \*([^*]+)\*", path.read_text(encoding="utf-8"))
    ]
    assert len(sent) > 20
    for number, heading in sent:
        assert heading in headings[number]


def test_it_begins_by_looking_for_stepgrad(committed: Notebook) -> None:
    code = [cell for cell in committed.cells if cell.cell_type == "code"]
    assert code[0].id == READY
    assert prepared(copy.deepcopy(committed), "any", address()) == committed


def test_where_the_project_has_an_address_it_is_installed_from_there(committed: Notebook) -> None:
    url = "https://github.com/someone/stepgrad"
    cells = {cell.id: cell.source for cell in prepared(copy.deepcopy(committed), "01_x", url).cells}
    ast.parse(cells[READY])
    assert f"stepgrad[pictures,plot] @ git+{url}" in cells[READY]
    assert "(https://colab.research.google.com/github/someone/stepgrad/blob/main/notebooks/01_x.ipynb)" in cells[TITLE]
    assert "(https://someone.github.io/stepgrad/lite/notebooks/index.html?path=01_x.ipynb)" in cells[TITLE]
    assert first_cell(None).count("\n") < 5
    assert badges("01_x", "https://example.org/stepgrad") == []


def test_cells_are_short(committed: Notebook) -> None:
    for cell in committed.cells:
        if cell.cell_type == "code":
            assert len(cell.source.splitlines()) <= 30, cell.id


def test_nothing_is_hidden_in_helper_files(committed: Notebook) -> None:
    allowed = {"autograd", "nn", "numpy", "matplotlib"} | set(sys.stdlib_module_names)
    for cell in committed.cells:
        if cell.cell_type == "code":
            for node in ast.walk(ast.parse(cell.source.rstrip(";"))):
                modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                modules += [node.module or "."] if isinstance(node, ast.ImportFrom) else []
                assert {module.split(".")[0] for module in modules} <= allowed, cell.id
                assert not any(part.startswith("_") for module in modules for part in module.split(".")), cell.id


def test_what_is_committed_does_not_change_by_itself(committed: Notebook) -> None:
    assert steady(copy.deepcopy(committed)) == committed
    code = [cell for cell in committed.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    kinds = {(output.output_type, output.get("name")) for cell in code for output in cell.outputs}
    assert not kinds & {("error", None), ("stream", "stderr")}
    assert all(re.fullmatch(r"[a-z][a-z0-9-]*", cell.id) for cell in committed.cells)


def test_the_readme_lists_them() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    listed = re.findall(r"\[(.+?)\]\(notebooks/(.+?)\.ipynb\)", readme)
    titles = [read(path).cells[0].source.partition("\n")[0] for path in PATHS]
    assert [f"# {number} · {title}" for number, (title, _) in enumerate(listed, 1)] == titles
    assert [name for _, name in listed] == NAMES


def test_every_picture_has_a_text_in_its_place(committed: Notebook) -> None:
    for cell in committed.cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if "text/html" in data:
                for image in re.findall(r"<img\b[^>]*>", data["text/html"]):
                    assert re.search(r'alt="[^"]{10}', image), cell.id
            elif "image/svg+xml" in data:
                assert re.search(r'<svg [^>]*role="img" aria-label="[^"]{10}', data["image/svg+xml"]), cell.id
            elif "image/png" in data:
                assert len(output.metadata.get("image/png", {}).get("alt", "")) > 30, cell.id


# As a page ------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def page_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., str]:
    """The address of a notebook as a page that needs no network: without the scripts for LaTeX and widgets."""

    @cache
    def exported(name: str, theme: str) -> str:
        html = as_page(read(ROOT / "notebooks" / f"{name}.ipynb"), theme)
        path = tmp_path_factory.mktemp(name) / f"{theme}.html"
        path.write_text(re.sub(r"<script[^>]*src=[^>]*>\s*</script>", "", html), encoding="utf-8")
        return path.as_uri()

    return exported


@pytest.mark.parametrize("name", FIRST)
def test_every_player_steps(chromium: Browser, page_of: Callable[..., str], name: str) -> None:
    played = [
        output.data["text/html"]
        for cell in read(ROOT / "notebooks" / f"{name}.ipynb").cells
        for output in cell.get("outputs", [])
        if 'class="stepgrad-player"' in output.get("data", {}).get("text/html", "")
    ]
    with opened(chromium, page_of(name, "light")) as page:
        players = page.locator(".stepgrad-player:not(.step-player)").all()
        assert len(players) == len(played)
        for player, html in zip(players, played, strict=True):
            slider, on = player.get_by_role("slider"), player.get_by_role("button", name="Step on")
            sentences = [unescape(row) for row in re.findall(r"<tr><td[^>]*>(.*?)</td></tr>", html)]
            assert len(sentences) == int(slider.get_attribute("aria-valuemax") or 0) > 1
            for number, sentence in enumerate(sentences, start=1):
                assert slider.get_attribute("aria-valuenow") == str(number)
                assert player.locator(".words").inner_text() == sentence
                on.click(force=True)  # at the end it says that it is disabled


def test_every_film_runs_to_its_end(chromium: Browser, page_of: Callable[..., str]) -> None:
    with opened(chromium, page_of("04_train_the_five_networks", "light")) as page:
        films = page.locator(".stepgrad-film").all()
        assert len(films) == 4
        for film in films:
            slider = film.get_by_role("slider")
            before = slider.get_attribute("aria-valuetext")
            slider.focus()
            page.keyboard.press("End")
            assert slider.get_attribute("aria-valuetext") != before


# Pictures that can be seen neither in the window nor by scrolling what they stand in.
_OUT_OF_SIGHT = """() => {
  const reachable = (one) => {
    for (let around = one; around; around = around.parentElement)
      if (['auto', 'scroll'].includes(getComputedStyle(around).overflowX)) return true;
    return one.getBoundingClientRect().right <= innerWidth;
  };
  const wide = (one) => one.getBoundingClientRect().right > innerWidth;
  return [...document.querySelectorAll('img, svg, table, pre, math')]
    .filter((one) => wide(one) && !reachable(one)).map((one) => one.outerHTML.slice(0, 200));
}"""


@pytest.mark.parametrize("theme", ["light", pytest.param("dark", marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", FIRST)
def test_no_picture_overflows(chromium: Browser, page_of: Callable[..., str], name: str, theme: str) -> None:
    with opened(chromium, page_of(name, theme), color_scheme=theme) as page:
        for width in (1280, 400):
            page.set_viewport_size({"width": width, "height": 900})
            page.wait_for_function("() => new Promise((drawn) => requestAnimationFrame(() => drawn(true)))")
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert page.evaluate(_OUT_OF_SIGHT) == []
            assert page.evaluate("[...document.images].filter((one) => !one.naturalWidth).length") == 0
        texts = page.evaluate("[...document.images].map((one) => one.alt)")
        assert all(len(text) > 10 and not text.startswith("No description") for text in texts), texts
        assert ground(page) == theme


def ground(page: Page) -> str:
    """Whether the page, and every player on it, is light or dark."""
    colours: Any = page.evaluate(
        """() => [document.body, ...[...document.querySelectorAll('.stepgrad-player')]
          .map((one) => one.shadowRoot.querySelector('.player'))].map((one) => getComputedStyle(one).backgroundColor)"""
    )
    shades = {sum(map(int, re.findall(r"\d+", colour)[:3])) < 200 for colour in colours}
    return {frozenset({True}): "dark", frozenset({False}): "light"}.get(frozenset(shades), "mixed")


@pytest.mark.parametrize("name", FIRST)
def test_solutions_are_folded(chromium: Browser, page_of: Callable[..., str], name: str) -> None:
    with opened(chromium, page_of(name, "light")) as page:
        folded = page.locator("details")
        assert folded.count() == 3
        for one in folded.all():
            assert not one.locator(".highlight").is_visible()
            one.locator("summary").click()
            assert one.locator(".highlight").is_visible()
