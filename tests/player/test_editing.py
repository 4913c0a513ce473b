"""Numbers that a reader changes in the player's page: everything follows, as if Python had recorded them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from autograd import Player, Value, play
from nn import SGD
from nn.articles import ARTICLES, samples_of
from nn.stepping import WORKSHEET_PARAMETERS, untrained, worksheet_sample

from ..support.browser import opened

RATE = 0.1
# Players of many steps.
LONG = ["breast-cancer", "log-loss"]

# Goes through all steps and notes what is there: the sentence, exact numbers of the formula, the product of the road,
# and the exact number of every box.
_WALK = """() => {
  const shadow = document.querySelector(".stepgrad-player").shadowRoot;
  const find = (selector) => shadow.querySelector(selector);
  const titles = (selector) => Object.fromEntries(
    [...shadow.querySelectorAll(selector)].map((one) => [one.className, Number(one.title)]));
  const seen = [];
  find(".first").click();
  for (;;) {
    const { product } = find(".road").dataset;
    seen.push({
      words: find(".words").textContent,
      numbers: titles(".formula .upstream[title], .formula .local[title], .formula .product[title]"),
      product: product ? Number(product) : null,
    });
    if (find(".on").getAttribute("aria-disabled") === "true") return seen;
    find(".on").click();
  }
}"""
_EDIT = """(numbers) => {
  const shadow = document.querySelector(".stepgrad-player").shadowRoot;
  for (const [label, number] of Object.entries(numbers)) {
    const field = shadow.querySelector(`input[aria-label="value of ${label}"]`);
    field.value = String(number);
    field.dispatchEvent(new Event("input"));
  }
}"""
# The leaves' exact numbers, before an update.
_EXACT = """() => {
  const shadow = document.querySelector(".stepgrad-player").shadowRoot;
  shadow.querySelector(".first").click();
  return Object.fromEntries([...shadow.querySelectorAll("input[data-leaf]")].map(
    (field) => [field.getAttribute("aria-label").slice("value of ".length), Number(field.title)]));
}"""


@contextmanager
def shown(chromium: Browser, folder: Path, player: Player) -> Iterator[Page]:
    path = folder / "player.html"
    player.save(path)
    with opened(chromium, path.as_uri()) as page:
        yield page


def field(page: Page, label: str) -> Any:
    """The field of a leaf's number; what is folded away comes first."""
    return page.locator(f'input[aria-label="value of {label}"]')


def recorder_of(name: str, net: Any) -> tuple[Callable[[dict[str, float]], Value], dict[str, float]]:
    """A function that records an article's loss for any numbers of its leaves, and these leaves' numbers at first."""
    rows, targets, loss = samples_of(name)
    xs = {f"x{place}": number for place, number in enumerate(rows[0], start=1)}
    parameters = {label: parameter.data for label, parameter in net.named_parameters().items()}

    def record(numbers: dict[str, float]) -> Value:
        net.set_parameters({label: numbers[label] for label in parameters})
        return loss(net([numbers[label] for label in xs]), numbers["y_true"])

    return record, {**xs, "y_true": targets[0], **parameters}


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.slow] * (name in LONG)) for name in sorted(ARTICLES)]
)
def test_every_leaf_of_the_articles_and_all_steps_follow(name: str, chromium: Browser, tmp_path: Path) -> None:
    record, numbers = recorder_of(name, untrained(name, seed=1))
    random = Random(name)
    with shown(chromium, tmp_path, play(record(numbers), RATE)) as page:
        for _ in range(1 if name in LONG else 2):
            edited = {label: random.gauss(0.0, 1.0) for label in numbers} | {"y_true": random.random()}
            page.evaluate(_EDIT, edited)
            assert page.evaluate(_EXACT) == edited
            follows(page, record(edited))
        page.get_by_role("button", name="Start over").click()
        assert page.evaluate(_EXACT) == numbers
        if name not in LONG:
            follows(page, record(numbers))


def follows(page: Page, root: Value, rate: float = RATE) -> None:
    """Everything on the page is what Python records and says of this graph."""
    film = play(root, rate).film
    seen = page.evaluate(_WALK)
    assert [one["words"] for one in seen] == [film.sentence(at) for at in range(len(film.shown))]
    for frame, one in zip(film.shown, seen, strict=True):
        if frame.phase == "backward":
            assert frame.way is not None
            step = film.steps[frame.way]
            wanted = {"upstream": step.upstream, "local": step.partial, "product": step.after}
            assert one["numbers"] == pytest.approx(wanted, rel=1e-9, abs=1e-12)
            assert one["product"] == pytest.approx(step.after, rel=1e-9, abs=1e-12)


def test_training_in_the_page_is_training_in_python(chromium: Browser, tmp_path: Path) -> None:
    record, numbers = recorder_of("weight-height", net := untrained("weight-height", seed=1))
    numbers = {**numbers, **WORKSHEET_PARAMETERS, "x1": 3.0, "x2": 4.0, "y_true": 0.0}
    optimizer = SGD(net.parameters(), 0.25)
    with shown(chromium, tmp_path, play(worksheet_sample(), RATE)) as page:
        rate = page.get_by_label("learning rate")
        rate.fill("0.25")
        for turn in range(3):
            loss = record(
                {**numbers, **{name: one.data for name, one in net.named_parameters().items()}} if turn else numbers
            )
            follows(page, loss, 0.25)
            net.zero_grad()
            loss.backward()
            optimizer.step()
            page.get_by_role("button", name="Train on").click()
            here = {name: one.data for name, one in net.named_parameters().items()}
            exact = page.evaluate(_EXACT)
            assert {name: exact[name] for name in here} == pytest.approx(here, rel=1e-12)
        assert page.get_by_text("after 3 updates").is_visible()
        page.get_by_role("button", name="Start over").click()
        follows(page, record(numbers))


def test_what_is_no_number_is_told_beside_the_field_and_loses_nothing(chromium: Browser, tmp_path: Path) -> None:
    with shown(chromium, tmp_path, play(worksheet_sample(), RATE)) as page:
        w1 = field(page, "w1")
        for text in ("", "a", "1e", "--1", "0x10", "1e999", "Infinity", "NaN", "1 2", "½"):
            w1.fill(text)
            alert = page.locator(".alert")
            assert alert.is_hidden(), "not in the middle of typing"
            w1.press("Enter")
            assert f"“{text}” is no number" in alert.inner_text()
            assert alert.inner_text().endswith(" 0.8 still counts.")
            assert w1.input_value() == "0.8"
            place, around = alert.bounding_box(), w1.bounding_box()
            assert place is not None
            assert around is not None
            assert abs(place["y"] - around["y"]) < 80
        w1.press("Escape")
        assert page.locator(".alert").is_hidden()
        assert page.evaluate(_EXACT)["w1"] == 0.8
        follows(page, worksheet_sample())
        for text, number in (("-.5", -0.5), ("+2.", 2.0), ("1e-3", 1e-3), ("−0,25", -0.25), (" 3 ", 3.0)):
            w1.fill(text)
            assert page.evaluate(_EXACT)["w1"] == number
            assert page.locator(".alert").is_hidden()


@pytest.mark.parametrize("ends", ["Enter", "Tab", "Escape", "click"])
@pytest.mark.parametrize(
    "text", ["1/3", *(pytest.param(text, marks=pytest.mark.slow) for text in ("1e400", "-", "12abc"))]
)
def test_a_number_that_is_refused_leaves_the_one_from_before_the_edit(
    text: str, ends: str, chromium: Browser, tmp_path: Path
) -> None:
    with shown(chromium, tmp_path, play(worksheet_sample(), RATE)) as page:
        w1 = field(page, "w1")
        w1.focus()
        page.keyboard.type(text)
        assert page.locator(".alert").is_hidden()
        if ends == "click":
            page.get_by_role("button", name="Step on").click()
            assert page.locator(".count").inner_text() == "step 2 of 33"
        else:
            page.keyboard.press(ends)
        # Stepping and giving up close what is told.
        assert page.locator(".alert").is_hidden() == (ends in ("Escape", "click"))
        assert w1.input_value() == "0.8"
        page.keyboard.press("Tab")
        page.get_by_role("button", name="Step on").click()
        assert page.locator(".alert").is_hidden()
        assert page.evaluate(_EXACT)["w1"] == 0.8


def test_what_is_written_at_an_update_stands_there_at_the_first_step(chromium: Browser, tmp_path: Path) -> None:
    with shown(chromium, tmp_path, play(worksheet_sample(), RATE)) as page:
        for step in (24, 33):
            page.get_by_role("button", name="Last step").click()
            for _ in range(33 - step):
                page.get_by_role("button", name="Step back").click()
            assert page.locator(".count").inner_text() == f"step {step} of 33"
            field(page, "w1").fill("1")
            assert page.locator(".count").inner_text() == "step 1 of 33"
            field(page, "w1").press("Enter")
            assert field(page, "w1").input_value() == "1"


@pytest.mark.slow
@pytest.mark.parametrize(("width", "height"), [(1280, 800), (1400, 900), (360, 800)])
def test_a_refused_learning_rate_is_told_in_sight(width: int, height: int, chromium: Browser, tmp_path: Path) -> None:
    with shown(chromium, tmp_path, play(worksheet_sample(), RATE)) as page:
        page.set_viewport_size({"width": width, "height": height})
        rate, alert = page.get_by_label("learning rate"), page.locator(".alert")
        for text, words in (("abc", "“abc” is no number"), ("-1", "A learning rate is at least 0")):
            rate.fill(text)
            page.get_by_role("button", name="Train on").click()
            assert words in alert.inner_text()
            assert alert.inner_text().endswith(" 0.1 still counts.")
            assert rate.input_value() == "0.1"
            place, around = alert.bounding_box(), rate.bounding_box()
            assert place is not None
            assert around is not None
            assert place["y"] >= 0
            assert 0 <= around["y"] - place["y"] - place["height"] < 8, "it stands above the field"
            assert place["x"] >= 0
            assert place["x"] + place["width"] <= width
            page.get_by_role("button", name="Step on").click()
            assert alert.is_hidden()
            page.get_by_role("button", name="Start over").click()


def test_a_domain_error_is_told_in_words_where_it_happens(chromium: Browser, tmp_path: Path) -> None:
    x, w = Value(2.0, "x"), Value(3.0, "w")
    root = ((x / w).named("share").log().named("depth") * w).named("L")
    with shown(chromium, tmp_path, play(root, RATE)) as page:
        for label, text, words in (
            ("x", "-1", "depth: log(x) has no answer at x = -0.333"),
            ("w", "0", "share: x / y has no answer at x = 2, y = 0: it divides by zero."),
            ("x", "0", "depth: log(x) has no answer at x = 0: there is no such real number."),
        ):
            field(page, label).fill(text)
            assert page.locator(".alert").is_hidden()
            field(page, label).press("Enter")
            assert words in page.locator(".alert").inner_text()
            assert (
                page.locator(".alert").inner_text().endswith(" 2 still counts." if label == "x" else " 3 still counts.")
            )
            field(page, label).press("Escape")
            follows(page, root)
        field(page, "x").fill("5")
        again = ((Value(5.0, "x") / w).named("share").log().named("depth") * w).named("L")
        follows(page, again)


def test_an_update_that_leaves_the_domain_is_told(chromium: Browser, tmp_path: Path) -> None:
    root = (Value(1.0, "x").log() * 1.0).named("y")
    with shown(chromium, tmp_path, play(root, 5.0)) as page:
        assert page.evaluate(_WALK)[-1]["words"].endswith("has no real value now: the step was too long.")
        page.get_by_role("button", name="Train on").click()
        assert "Take a smaller learning rate" in page.locator(".alert").inner_text()
        assert page.evaluate(_EXACT) == {"x": 1.0}
        page.get_by_label("learning rate").fill("0.5")
        page.get_by_role("button", name="Train on").click()
        assert page.evaluate(_EXACT) == {"x": 0.5}


def test_numbers_are_changed_by_keyboard_alone(chromium: Browser, tmp_path: Path) -> None:
    with shown(chromium, tmp_path, play(worksheet_sample(), RATE)) as page:
        focused = "(() => { let one = document.activeElement; while (one.shadowRoot && one.shadowRoot.activeElement) "
        focused += "one = one.shadowRoot.activeElement; return one.getAttribute('aria-label') || one.textContent; })()"
        for _ in range(80):
            page.keyboard.press("Tab")
            if page.evaluate(focused) == "value of w2":
                break
        assert page.evaluate(focused) == "value of w2"
        page.keyboard.type("-0.25")
        page.keyboard.press("Enter")
        assert page.evaluate(_EXACT)["w2"] == -0.25
        # The arrow keys move inside a field, and step elsewhere.
        before = page.locator(".count").inner_text()
        field(page, "w2").focus()
        page.keyboard.press("ArrowRight")
        assert page.locator(".count").inner_text() == before
        for _ in range(80):
            page.keyboard.press("Tab")
            if page.evaluate(focused) == "Train on":
                break
        page.keyboard.press("Enter")
        assert page.get_by_text("after 1 update").is_visible()
        assert math.isfinite(page.evaluate(_EXACT)["w2"])
