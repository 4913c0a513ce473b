"""The two short sheets: their answers are the engine's, the files are what the command writes, and they print."""

from __future__ import annotations

import re
from html import unescape
from itertools import pairwise

import pytest
from playwright.sync_api import Browser

from autograd import Value
from autograd.tracing.builder import trace

from ..making.sheets import SHEETS, Sheet
from ..making.worksheet import shown
from ..support.browser import opened

BY_NAME = {sheet.name: sheet for sheet in SHEETS}


@pytest.mark.parametrize("sheet", SHEETS, ids=BY_NAME)
def test_the_file_is_what_the_command_writes(sheet: Sheet) -> None:
    assert sheet.path.read_text(encoding="utf-8") == sheet.html(), "run 'python -m tests.making.worksheet'"


def gradients(root: Value) -> dict[str, float]:
    root.backward()
    return {line.label: line.value.grad for line in trace(root)}


def test_a_plus_a_is_what_the_engine_says() -> None:
    a = Value(3.0, "a")
    b = (a + a).named("b")
    found, engine = BY_NAME["a-plus-a"].answers(), gradients((b * a).named("c"))
    assert found["dc/da"] == engine["a"] == 4 * 3.0
    assert found["b to c"] == engine["b"]
    assert found["c"] == 2 * 3.0**2


def test_one_update_is_what_the_engine_says_and_the_loss_falls() -> None:
    sheet = BY_NAME["one-update"]
    x, w, b, y_true = Value(2.0, "x"), Value(0.5, "w"), Value(-1.0, "b"), Value(1.0, "y_true")
    o = (w * x + b).named("sum").sigmoid().named("o")
    found, engine = sheet.answers(), gradients(((y_true - o) ** 2).named("L"))
    assert (
        [found["dL/dw"], found["dL/db"], found["dL/dsum"]]
        == [engine["w"], engine["b"], engine["sum"]]
        == [-0.5, -0.25, -0.25]
    )
    assert found["new L"] < found["L"] == 0.25
    # Worked out on paper: the new sum is 1.25.
    assert [found["new w"], found["new b"], found["new sum"]] == [1.0, -0.75, 1.25]
    # The last line of the key: dL/db at w = 1, where the sum is 1.
    other = Value(1.0).sigmoid().data
    assert shown(-2 * (1 - other) * other * (1 - other)) in sheet.last


@pytest.mark.parametrize("sheet", SHEETS, ids=BY_NAME)
def test_the_answers_stand_in_the_key_and_not_before(sheet: Sheet) -> None:
    tasks, key = sheet.html().split('<section class="key" aria-label="Answers">')
    for what, number in sheet.answers().items():
        rows = [unescape(row) for row in re.findall(r"<tr>(.*?)</tr>", key) if f"<th>{what}</th>" in unescape(row)]
        assert len(rows) == 1
        assert rows[0].endswith(f"<td>= {shown(number)}</td>")
    asked = re.findall(r"<tr><th>(.*?)</th>.*?<td>= <i></i></td></tr>", tasks)
    assert [*map(unescape, asked)] == [*sheet.answers()]


@pytest.mark.slow
@pytest.mark.parametrize("sheet", SHEETS, ids=BY_NAME)
def test_it_prints_on_two_pages_and_fits_a_phone(sheet: Sheet, chromium: Browser) -> None:
    with opened(chromium, sheet.path.as_uri(), viewport={"width": 400, "height": 900}) as page:
        assert page.evaluate("document.documentElement.scrollWidth") <= 400
        pdf = page.pdf(prefer_css_page_size=True)
        assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 2
        assert page.locator("svg[role=img][aria-label]").count() == 1


def test_the_lessons_take_as_long_as_they_say() -> None:
    text = (BY_NAME["a-plus-a"].path.parent / "two-lessons.md").read_text(encoding="utf-8")
    starts = [match.start() for match in re.finditer(r"^## ", text, re.MULTILINE)]
    lessons = [text[start:end] for start, end in pairwise(starts)]
    assert [sum(map(int, re.findall(r"^\| (\d+) \|", lesson, re.MULTILINE))) for lesson in lessons] == [45, 45]
