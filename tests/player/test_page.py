"""The step player in a browser: every control, key and field, themes, sizes, and what a reader sees without scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page

from autograd import Value, play, trace
from autograd.notation.mathematics import DRAWN
from autograd.player.frames import Film
from autograd.testing import assert_partials
from autograd.views.steps import steps_of
from nn import MLP, mean_squared_error
from nn.articles import ARTICLES, one_sample, samples_of

from ..support.browser import opened
from ..support.graphs import articles_loss, hostile_graph, untrained
from .equations import is_true, wrong_in


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("player")


def saved(folder: Path, root: Value, name: str, rate: float | None = 0.1) -> str:
    path = folder / f"{name}.html"
    if not path.exists():
        play(root, rate).save(path)
    return path.as_uri()


@pytest.fixture(scope="module")
def address(folder: Path) -> str:
    return saved(folder, articles_loss()[1], "backprop")


@pytest.fixture
def page(chromium: Browser, address: str) -> Iterator[Page]:
    with opened(chromium, address) as one:
        yield one


FILM = play(articles_loss()[1], 0.1).film
LABELS = [line.label for line in FILM.lines]
LAST = len(FILM.shown)
SHADOW = "document.querySelector('.stepgrad-player').shadowRoot"


def step(page: Page) -> int:
    """The step that is shown; its sentence, the slider's value text and the count say the same."""
    words = page.locator(".words").inner_text()
    slider = page.get_by_role("slider")
    number = int(slider.get_attribute("aria-valuenow") or 0)
    assert words == FILM.sentence(number - 1)
    assert slider.get_attribute("aria-valuetext") == words
    assert page.locator(".count").inner_text() == f"step {number} of {LAST}"
    return number


def go(page: Page, number: int) -> None:
    page.keyboard.press("Home")
    for _ in range(number - 1):
        page.keyboard.press("ArrowRight")


# Controls ------------------------------------------------------------------------------------------------------------


def test_every_button(page: Page) -> None:
    assert step(page) == 1
    for name, wanted in [("Step on", 2), ("Step on", 3), ("Step back", 2), ("Last step", LAST), ("Step on", LAST)]:
        page.get_by_role("button", name=name).click(force=True)  # at the end it says that it is disabled
        assert step(page) == wanted
    page.get_by_role("button", name="First step", exact=True).click()
    page.get_by_role("button", name="Step back").click(force=True)
    assert step(page) == 1


def test_every_key(page: Page) -> None:
    for key, wanted in [("ArrowRight", 2), ("ArrowRight", 3), ("ArrowLeft", 2), ("End", LAST), ("Home", 1)]:
        page.keyboard.press(key)
        assert step(page) == wanted
    page.get_by_role("slider").focus()
    for key, wanted in [("ArrowRight", 2), ("End", LAST), ("ArrowLeft", LAST - 1), ("Home", 1)]:
        page.keyboard.press(key)
        assert step(page) == wanted


def test_play_and_pause(page: Page) -> None:
    page.wait_for_timeout(700)
    assert step(page) == 1  # it never starts by itself
    page.get_by_label("Speed").select_option("fast")
    page.get_by_role("button", name="Play").click()
    page.wait_for_function(f"{SHADOW}.querySelector('.time').getAttribute('aria-valuenow') > 2")
    page.get_by_role("button", name="Pause").click()
    stopped = step(page)
    page.wait_for_timeout(900)
    assert step(page) == stopped
    page.get_by_role("slider").focus()
    page.keyboard.press("End")
    page.keyboard.press(" ")
    assert step(page) == 1, "at the end it begins again"
    page.keyboard.press(" ")
    assert page.get_by_role("button", name="Play", exact=True).is_visible()


def test_the_time_line_is_the_slider(page: Page) -> None:
    """Three segments with their counts, and the loss before and after; a click goes to the step that is there."""
    segments = [text.strip() for text in page.locator(".segment").all_inner_texts()]
    assert segments == ["forward 7", "backward 16", "update 10, L 0.2269 → 0.2211"]
    for place, first, last in [(0, 1, 7), (1, 8, 23), (2, 24, 33)]:
        box = _box(page.locator(".segment").nth(place))
        for x, wanted in [(box["x"] + 3, first), (box["x"] + box["width"] - 3, last)]:
            page.mouse.click(x, box["y"] + 10)
            assert step(page) == wanted
    box = _box(page.locator(".time"))
    page.mouse.down()
    page.mouse.move(box["x"] + 2, box["y"] + 10)
    page.mouse.up()
    assert step(page) == 1


def test_a_row_leads_to_the_next_step_of_its_value(page: Page) -> None:
    row = page.locator("tr", has=page.get_by_role("rowheader", name="w1", exact=True))
    for wanted in (17, 24, 17):
        row.get_by_role("button").click()
        assert step(page) == wanted
    assert row.locator(".grad").inner_text() == "0.02147"
    exact = row.locator(".grad").get_attribute("title")
    assert float(exact or "nan") == pytest.approx(0.02146953526581111, rel=1e-12)
    page.get_by_role("button", name="h2", exact=True).first.focus()
    page.keyboard.press("Enter")
    assert step(page) == 4 or LABELS[FILM.shown[step(page) - 1].target] == "h2"


@pytest.mark.slow
def test_the_marker_of_the_time_line_lies_over_no_word(page: Page) -> None:
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 800})
        page.keyboard.press("Home")
        for _ in range(LAST):
            marker, label = (_box(page.locator(f".segment.on {part}")) for part in ("i", "span >> nth=0"))
            assert marker["y"] >= label["y"] + label["height"] - 1
            assert marker["y"] + marker["height"] <= _box(page.locator(".time"))["y"] + 40
            page.keyboard.press("ArrowRight")
    assert page.locator(".segment.update span").first.inner_text() == "update 10", "on a phone it is not cut"


def test_every_road_starts_at_the_loss(page: Page) -> None:
    for number, wanted in [
        (8, ["∂L/∂L"]),
        (9, ["∂L/∂L", "−2 · (y_true − o1)"]),
        (10, ["∂L/∂L", "−2 · (y_true − o1)", "o1 · (1 − o1)"]),
    ]:
        go(page, number)
        *factors, _ = page.locator(".road .factor > span").all_inner_texts()
        assert factors == wanted


def test_who_is_in_the_road_stays_there_from_step_to_step(page: Page) -> None:
    go(page, 17)
    page.locator(".factors").click(position={"x": 2, "y": 2})
    for wanted in (18, 19):
        page.keyboard.press("ArrowRight")
        assert step(page) == wanted
        assert page.evaluate(f"{SHADOW}.activeElement.className").startswith("factors")


def test_the_headings_of_a_long_card_stay(chromium: Browser, folder: Path) -> None:
    net = MLP(30, [4, 1], seed=1)
    loss = mean_squared_error(net([0.1] * 30), 1)
    with opened(chromium, saved(folder, loss, "long"), viewport={"width": 1280, "height": 800}) as one:
        row = one.locator("tr", has=one.get_by_role("rowheader", name="w29", exact=True))
        row.locator("button").evaluate("(one) => one.click()")
        rows = one.locator(".card:not(.closed) .rows", has=row)
        assert rows.evaluate("(one) => one.scrollTop") > 100
        place, heads = _box(rows), _box(rows.locator("thead th").first)
        assert heads["y"] == pytest.approx(place["y"], abs=2)
        assert _box(row)["y"] >= heads["y"] + heads["height"] - 1


def test_gradients_of_data_come_with_the_check_box(page: Page) -> None:
    assert FILM.has_data
    page.keyboard.press("End")
    page.get_by_label("gradients of data").check()
    assert page.locator(".count").inner_text() == "step 38 of 38"
    assert page.locator(".code li:visible", has_text="d_L_d_x1 =").count() == 1
    page.get_by_label("gradients of data").uncheck()
    assert step(page) == LAST
    assert page.locator(".code li:visible", has_text="d_L_d_x1 =").count() == 0


def test_what_is_hovered_or_focused_is_lit_everywhere(page: Page) -> None:
    go(page, 17)
    lit = f"[...{SHADOW}.querySelectorAll('.same')].map((one) => one.className.split(' ')[0] + one.tagName)"
    page.locator(".formula [data-box]", has_text="x1").first.hover()
    assert {one[-3:] for one in page.evaluate(lit)} >= {"ION", "PAN"}, "the pill, the symbols and those in the code"
    page.get_by_role("button", name="w1", exact=True).focus()
    found = page.evaluate(lit)
    assert any(one.endswith("TR") for one in found)
    assert any(one.endswith("SPAN") for one in found)


# What is lit, and the numbers ----------------------------------------------------------------------------------------

_WALK = """(count) => {
  const shadow = document.querySelector('.stepgrad-player').shadowRoot;
  const all = (selector) => [...shadow.querySelectorAll(selector)];
  const boxes = (selector) => [...new Set(all(selector).map((one) => +one.dataset.box))];
  const found = [];
  for (let step = 0; step < count; step++) {
    found.push({
      words: shadow.querySelector('.words').textContent,
      because: shadow.querySelector('.because').textContent,
      formula: all('.formula div').map((one) => one.textContent),
      to: boxes('.picture .to'), from: boxes('.picture .from'),
      factor: boxes('.picture .factor'),
      flight: all('.arrows .lit').map((one) => +one.dataset.way),
      code: all('.code li.lit').map((one) => one.textContent),
      product: shadow.querySelector('.road').dataset.product,
      road: all('.road .factors > *').map((one) => (one.querySelector('b') || one).textContent),
      result: shadow.querySelector('.road .result')?.title,
      grads: Object.fromEntries(all('.picture :is(tr, .pill)[data-box]')
        .map((one) => [one.dataset.box, one.querySelector('.grad').title])),
      data: Object.fromEntries(all('.picture :is(tr, .pill)[data-box]')
        .map((one) => [one.dataset.box, one.querySelector('.data').title])),
    });
    shadow.querySelector('.on').click();
  }
  return found;
}"""


def agrees(shown: Film, found: list[dict[str, Any]]) -> None:
    """What a page showed at every step is what Python computes: the sentence, what is lit, the numbers, the road."""
    lines = list(shown.lines)
    steps = steps_of(shown.lines)
    gathered: dict[int, float] = {}
    for at, (frame, seen) in enumerate(zip(shown.shown, found, strict=True)):
        assert seen["words"] == shown.sentence(at)
        assert seen["formula"] == [shown.said(row, frame) for row in frame.formula]
        assert wrong_in([seen["words"], *seen["formula"]]) == []
        *road, sign, result = seen["road"] or ["1", "=", "1"]
        if sign == "=" and not any("…" in part for part in road):
            right = " ".join(f"({part})" if part[0] in "−0123456789" else part for part in road)
            assert is_true(result, right), (right, result)
        assert seen["because"] == (f"Because {frame.because}." if frame.because else "")
        assert seen["to"] == [frame.target]
        assert seen["from"] == ([] if frame.source is None else [frame.source])
        assert seen["code"] == [shown.code[frame.code]]
        if frame.phase == "backward":
            assert seen["flight"] == [frame.way]
            assert frame.way is not None
            tree = shown.ways[frame.way - 1].chain.product.tree
            factor = [box for box, line in enumerate(lines) if tree == ("name", line.target)]
            assert seen["factor"] == factor, "x1 is lit where it is what the gradient is multiplied by"
        if frame.way is not None:
            after = steps[frame.way].after
            gathered[frame.target] = after
            scale = abs(after) + abs(steps[frame.way].before)
            for number in (seen["product"] if frame.way else "1", seen["result"]):
                assert float(number) == pytest.approx(after, rel=1e-11, abs=1e-12 * scale)
        for box, number in gathered.items():
            assert float(seen["grads"][str(box)]) == pytest.approx(number, rel=1e-12, abs=1e-14)
        if frame.phase == "seed":
            for box, line in enumerate(lines):
                assert float(seen["data"][str(box)]) == pytest.approx(line.number, rel=1e-12, abs=1e-15)


_SHORT = [pytest.param(name, marks=[pytest.mark.slow] if name != "weight-height" else [])
          for name in sorted(ARTICLES)]  # fmt: skip


@pytest.mark.parametrize("name", _SHORT)
def test_everything_agrees_at_every_step(chromium: Browser, folder: Path, name: str) -> None:
    root = one_sample(name, untrained(name))
    shown = play(root, 0.1).film
    with opened(chromium, saved(folder, root, name)) as one:
        agrees(shown, one.evaluate(_WALK, len(shown.shown)))


def edit(page: Page, numbers: dict[int, float]) -> None:
    """Write numbers into the fields of leaves, as a reader does, all in one go."""
    page.evaluate(
        """(numbers) => {
          const shadow = document.querySelector('.stepgrad-player').shadowRoot;
          for (const [leaf, number] of numbers) {
            const field = shadow.querySelector(`[data-leaf="${leaf}"]`);
            field.value = String(number);
            field.dispatchEvent(new Event('input', { bubbles: true }));
          }
        }""",
        [[leaf, number] for leaf, number in numbers.items()],
    )


@pytest.mark.parametrize("name", _SHORT)
def test_every_leaf_can_be_edited_and_all_steps_are_pythons(chromium: Browser, folder: Path, name: str) -> None:
    net = untrained(name)
    root = one_sample(name, net)
    leaves = [leaf.label for leaf in trace(root).leaves]
    random = Random(3)
    at = {label: random.uniform(0.05, 0.95) for label in leaves}
    with opened(chromium, saved(folder, root, name)) as one:
        edit(one, dict(enumerate(at.values())))
        net.set_parameters({label: at[label] for label in net.named_parameters()})
        inputs = [at[label] for label in leaves if label.startswith("x")]
        edited = play(samples_of(name)[2](net(inputs), at["y_true"]), 0.1).film
        assert [leaf.label for leaf in edited.lines.leaves] == leaves
        one.keyboard.press("Home")
        agrees(edited, one.evaluate(_WALK, len(edited.shown)))


def test_a_leaf_is_edited_by_keyboard_and_everything_follows(page: Page) -> None:
    field = page.get_by_label("value of w1", exact=True)
    go(page, 17)
    page.get_by_role("button", name="w1", exact=True).focus()
    page.keyboard.press("Tab")
    assert field.evaluate("(one) => one.getRootNode().activeElement === one")
    page.keyboard.type("-2.5e-1")
    net, _ = articles_loss(w1=-0.25)
    loss = mean_squared_error(net([-2, -1]), 1)
    shown = play(loss, 0.1).film
    assert page.locator(".words").inner_text() == shown.sentence(16)
    assert page.locator(".loss").inner_text() == f"L = {DRAWN.figure(loss.data)}"
    page.keyboard.press("ArrowLeft")
    assert page.locator(".count").inner_text() == "step 17 of 33", "an arrow moves in the text, not to another step"
    page.keyboard.press("Enter")
    assert field.input_value() == "−0.25"
    page.get_by_role("button", name="Start over").click()
    assert step(page) == 1


def test_train_on_and_start_over(page: Page) -> None:
    net, loss = articles_loss()
    page.get_by_label("learning rate").fill("0.5")
    for rounds in (1, 2, 3):
        page.keyboard.press("End")
        page.get_by_role("button", name="Train on").click()
        net.zero_grad()
        loss = mean_squared_error(net([-2, -1]), 1)
        loss.backward()
        for parameter in net.parameters():
            parameter.data -= 0.5 * parameter.grad
        assert page.locator(".rounds").inner_text() == f"after {rounds} update{'s' if rounds > 1 else ''}"
    shown = play(mean_squared_error(net([-2, -1]), 1), 0.5).film
    agrees(shown, page.evaluate(_WALK, len(shown.shown)))
    page.get_by_role("button", name="Start over").click()
    agrees(FILM, page.evaluate(_WALK, LAST))


def test_what_is_wrong_is_told_beside_the_field_and_loses_nothing(chromium: Browser, folder: Path) -> None:
    x, w = Value(2.0, "x"), Value(3.0, "w")
    root = ((x.log() * w).named("y") * 1.0).named("L")
    with opened(chromium, saved(folder, root, "log")) as one:
        one.keyboard.press("End")
        before = one.locator(".words").inner_text()
        field, alert = one.get_by_label("value of x"), one.get_by_role("alert")
        for text, words in [
            ("abc", "“abc” is no number: write one such as 0.5 or -2e-3. 2 still counts."),
            ("", "“” is no number"),
            ("1e999", "“1e999” is no number"),
            ("-1", "log(x) has no answer at x = -1: there is no such real number."),
        ]:
            field.fill(text)
            assert alert.is_hidden(), "not in the middle of typing"
            field.press("Enter")
            assert words in alert.inner_text()
            assert field.input_value() == "2"
            assert one.locator(".words").inner_text() == before
            box, place = _box(alert), _box(field)
            assert abs(box["y"] - place["y"] - place["height"]) < 12, "it stands below the field"
        field.press("Escape")
        assert alert.is_hidden()
        assert field.input_value() == "2"
        rate = one.get_by_label("learning rate")
        rate.fill("-1")
        rate.press("Enter")
        assert "A learning rate is at least 0" in alert.inner_text()
        rate.fill("30")
        assert alert.is_hidden()
        assert "has no real value now: the step was too long" in one.locator(".words").inner_text()
        one.get_by_role("button", name="Train on").click()
        assert "Take a smaller learning rate." in alert.inner_text()


def pasted(page: Page) -> str:
    """What a paste gives."""
    page.evaluate("document.body.append(document.createElement('textarea'))")
    field = page.locator("body > textarea")
    field.focus()
    page.keyboard.press("Control+v")
    text = field.input_value()
    field.evaluate("(one) => one.remove()")
    return text


@pytest.mark.parametrize("way", ["clipboard", "refused", "missing"])
def test_copy_as_a_test(chromium: Browser, address: str, way: str) -> None:
    """With the clipboard of a secure page; where that is refused; and where there is none, as in an old notebook."""
    with opened(chromium, address) as one:
        if way == "clipboard":
            one.context.grant_permissions(["clipboard-read", "clipboard-write"])
        elif way == "refused":
            one.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('not allowed')); }")
        else:
            one.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
        button = one.get_by_role("button", name="Copy as a test")
        button.click(force=True)
        assert one.locator(".copied").inner_text() == "There is no partial in flight at this step."
        one.get_by_label("value of w2", exact=True).fill("0.3")
        one.get_by_label("value of w2", exact=True).press("Enter")
        go(one, 18)
        button.click()
        one.wait_for_function(f"{SHADOW}.querySelector('.copied pre')")
        text = pasted(one)
        assert one.locator(".copied pre").inner_text().strip() == text.strip()
        keys = re.findall(r'^    "(\w+)": lambda', text, re.MULTILINE)
        assert keys == ["d_L_d_w2", "d_sum_h1_d_w2"], "the whole partial first"
        assert 'w2 = Value(0.3, "w2")' in text
        names: dict[str, Any] = {}
        exec(text, names)
        net, _ = articles_loss(w2=0.3)
        assert names["L"].data == mean_squared_error(net([-2, -1]), 1).data
        # It says no to another partial.
        with pytest.raises(AssertionError):
            assert_partials(names["L"], {"d_L_d_w2": lambda x1: x1})


@pytest.mark.parametrize("name", _SHORT)
def test_what_is_copied_passes_at_every_step(chromium: Browser, folder: Path, name: str) -> None:
    root = one_sample(name, untrained(name))
    shown = play(root, 0.1).film
    with opened(chromium, saved(folder, root, name)) as one:
        one.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
        texts = one.evaluate(
            """async (count) => {
              const shadow = document.querySelector('.stepgrad-player').shadowRoot;
              const found = [];
              for (let step = 0; step < count; step++) {
                shadow.querySelector('.copy').click();
                await null;
                found.push(shadow.querySelector('.copied pre')?.textContent || '');
                shadow.querySelector('.on').click();
              }
              return found;
            }""",
            len(shown.shown),
        )
    for frame, text in zip(shown.shown, texts, strict=True):
        assert bool(text) == (frame.phase in ("seed", "backward", "update"))
        if text and "has to be defined here" not in text:
            exec(text, {})


# Sizes and looks -----------------------------------------------------------------------------------------------------


def _box(place: Locator) -> dict[str, float]:
    box = place.bounding_box()
    assert box is not None
    return {side: float(box[side]) for side in ("x", "y", "width", "height")}


_SMALL_TEXT = """() => {
  const shadow = document.querySelector('.stepgrad-player').shadowRoot;
  return [...shadow.querySelectorAll('*')]
    .filter((one) => [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
    .filter((one) => one.offsetParent && parseFloat(getComputedStyle(one).fontSize) < 13)
    .map((one) => one.textContent);
}"""

_IN_SIGHT = """([count, isWhole]) => {
  const shadow = document.querySelector('.stepgrad-player').shadowRoot;
  const find = (selector) => shadow.querySelector(selector);
  const panels = ['.bar', '.time', '.picture', '.say', '.formula', '.road', '.tools', '.code'];
  const places = new Set(), wrong = [];
  const isIn = (inner, outer) => inner.left >= outer.left - 2 && inner.right <= outer.right + 2 &&
    inner.top >= outer.top - 2 && inner.bottom <= outer.bottom + 2;
  const root = find('.pill.root');
  for (let step = 0; step < count; step++) {
    const tell = (what) => wrong.push(`step ${step + 1}: ${what}`);
    const picture = find('.picture').getBoundingClientRect();
    const lit = [...shadow.querySelectorAll('.picture .to')].find((one) => one.offsetParent && !one.matches('.top')) ||
      find('.picture .to');
    // Also nothing lies over it: not the loss over the lit row, nor a card over the loss.
    for (const [one, name] of [[lit, lit.textContent], [root, 'L']]) {
      const box = one.getBoundingClientRect();
      if (!isIn(box, picture) || box.bottom > innerHeight) tell(`${name} is hidden`);
      for (const y of [box.top + 5, box.bottom - 5]) {
        for (const x of [box.left + 12, box.left + box.width / 2, box.right - 12]) {
          const seen = shadow.elementFromPoint(x, y);
          if (seen !== one && !one.contains(seen)) tell(`${seen?.outerHTML.slice(0, 80)} lies over ${name}`);
        }
      }
    }
    const line = find('.code li.lit').getBoundingClientRect();
    const code = find('.code').getBoundingClientRect();
    if (line.top < code.top - 2 || line.bottom > code.bottom + 2) tell('the line of code');
    if (find('.loss').getBoundingClientRect().bottom > innerHeight) tell('L in the bar');
    if (document.documentElement.scrollWidth > innerWidth) tell('the page scrolls sideways');
    if (find('.say').scrollHeight > find('.say').clientHeight) tell('the words are cut');
    // On a phone a card that is scrolled behind the loss does not look out beside it: a strip hides it.
    const [{ left, right, top, bottom }, isTall] = [root.getBoundingClientRect(), find('.player').matches('.tall')];
    for (const x of isTall && getComputedStyle(root).boxShadow === 'none' ? [left + 12, right - 12] : []) {
      const behind = shadow.elementsFromPoint(x, (top + bottom) / 2).filter((seen) => !root.contains(seen));
      if (behind.some((seen) => seen.closest('.card, .pill'))) tell('L lies on top of a card');
    }
    for (const one of shadow.querySelectorAll('.formula div')) {
      if (one.scrollWidth > one.clientWidth + 1) tell('the formula is clipped');
    }
    const { scrollWidth, clientWidth, scrollHeight, clientHeight } = find('.picture');
    if (isWhole && (scrollWidth > clientWidth + 2 || scrollHeight > clientHeight + 2)) tell('the picture scrolls');
    for (const one of shadow.querySelectorAll('.factors, .code, .rows')) {
      const isCut = one.scrollLeft + one.clientWidth < one.scrollWidth - 2;
      if (isCut !== one.classList.contains('more-right')) tell(`nothing says that ${one.className} is cut`);
    }
    places.add(panels.map((one) => {
      const { x, y, width, height } = find(one).getBoundingClientRect();
      return [one, x, y, width, one === '.formula' ? 0 : height].map((part) => Math.round(part) || part).join(' ');
    }).join('; '));
    find('.on').click();
  }
  return { wrong, places: [...places] };
}"""


def test_in_the_bar_nothing_covers_anything(chromium: Browser, folder: Path) -> None:
    root = one_sample("weight-height", untrained("weight-height"))
    with opened(chromium, saved(folder, root, "bar")) as one:
        for width in (700, 839, 864, 940, 1000, 1070):
            one.set_viewport_size({"width": width, "height": 900})
            update, where = _box(one.locator(".segment.update")), _box(one.locator(".where"))
            is_below = where["y"] >= update["y"] + update["height"]
            assert is_below or where["x"] >= update["x"] + update["width"], width


# A laptop and a phone in the fast lane.
_SIZES = [(1280, 800), (360, 800), *(pytest.param(size, marks=pytest.mark.slow) for size in [(1400, 900), (1024, 768)])]


@pytest.mark.parametrize("size", _SIZES)
@pytest.mark.parametrize("name", _SHORT)
def test_loss_and_lit_card_are_in_sight_and_no_panel_moves(
    chromium: Browser, folder: Path, name: str, size: tuple[int, int]
) -> None:
    root = one_sample(name, untrained(name))
    viewport = {"width": size[0], "height": size[1]}
    with opened(chromium, saved(folder, root, name), viewport=viewport) as one:
        # The whole graph is visible without scrolling, but on a phone.
        found = one.evaluate(_IN_SIGHT, [len(play(root, 0.1).film.shown), size[0] > 1000])
        assert found["wrong"] == []
        assert len(found["places"]) == 1, found["places"]
        assert one.evaluate(_SMALL_TEXT) == []


@pytest.mark.slow
@pytest.mark.parametrize("size", _SIZES)
@pytest.mark.parametrize("name", ["softmax", "deep"])
def test_softmax_and_deep_networks_are_usable(
    chromium: Browser, folder: Path, name: str, size: tuple[int, int]
) -> None:
    if name == "softmax":
        exps = [one.exp() for one in MLP(2, [8, 3], seed=1)([0.5, -0.2])]
        loss = (-(exps[1] / (exps[0] + exps[1] + exps[2])).log()).named("L")
    else:
        loss = mean_squared_error(MLP(2, [3, 3, 3, 1], seed=1)([0.5, -0.2]), 1)
    viewport = {"width": size[0], "height": size[1]}
    with opened(chromium, saved(folder, loss, name), viewport=viewport) as one:
        found = one.evaluate(_IN_SIGHT, [len(play(loss, 0.1).film.shown), False])
        assert found["wrong"] == []
        assert len(found["places"]) == 1
        assert one.evaluate(_SMALL_TEXT) == []


@pytest.mark.parametrize("graph", ["articles", "hostile"])
def test_no_text_is_cut_off(chromium: Browser, folder: Path, graph: str) -> None:
    """But for names that are too long for any card, which have an ellipsis."""
    root = articles_loss()[1] if graph == "articles" else hostile_graph()[1]
    with opened(chromium, saved(folder, root, "backprop" if graph == "articles" else "hostile")) as one:
        for _ in range(3):
            assert (
                one.evaluate(
                    f"""[...{SHADOW}.querySelectorAll('button:not(.name, .open), .words, .kicker, td, input')]
                  .filter((one) => one.offsetParent && one.scrollWidth > one.clientWidth + 2)
                  .map((one) => one.outerHTML)"""
                )
                == []
            )
            for _ in range(11):
                one.keyboard.press("ArrowRight")


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.slow)])
def test_axe_finds_nothing(chromium: Browser, address: str, scheme: str) -> None:
    with opened(chromium, address, color_scheme=scheme) as one:
        for key in ("Home", "ArrowRight", "End"):
            one.keyboard.press(key)
            found = Axe().run(one).response["violations"]
            assert [(each["id"], each["impact"], each["nodes"][0]["html"][:200]) for each in found] == []
        one.keyboard.press("Home")
        for _ in range(16):
            one.keyboard.press("ArrowRight")
        assert [each["id"] for each in Axe().run(one).response["violations"]] == []


def test_forced_colours_and_reduced_motion(chromium: Browser, address: str) -> None:
    with opened(chromium, address, forced_colors="active", reduced_motion="reduce") as one:
        go(one, 17)
        outlines = f"getComputedStyle({SHADOW}.querySelector('tr.to th')).outlineStyle"
        assert one.evaluate(outlines) == "solid"
        duration = f"getComputedStyle({SHADOW}.querySelector('.arrows path')).transition"
        assert one.evaluate(duration).startswith("none")
    with opened(chromium, address) as one:
        assert "0.15s" in one.evaluate(duration)


def test_backward_looks_backward(page: Page) -> None:
    """The head of an arrow is where it points: at the reader of h1 while going forward, at h1 on the way back."""
    way = next(at for at, way in enumerate(FILM.ways, 1) if way.to.label == "h1")
    head = f"{SHADOW}.querySelector('[data-way=\"{way}\"] .head').getBBox()"
    go(page, 5)
    forward = page.evaluate(f"{head}.x")
    go(page, next(at for at, frame in enumerate(FILM.shown, 1) if frame.way == way))
    assert page.evaluate(f"{head}.x") < forward - 20


def test_a_value_that_is_read_twice_has_two_arrows(chromium: Browser, folder: Path) -> None:
    a = Value(3.0, "a")
    with opened(chromium, saved(folder, (a + a).named("y"), "twice", None)) as one:
        paths = one.evaluate(f"[...{SHADOW}.querySelectorAll('.arrows .line')].map((one) => one.getAttribute('d'))")
        assert len(set(paths)) == len(paths) == 2
        one.keyboard.press("End")
        assert one.locator(".formula").inner_text().split("\n") == ["∂y/∂a += ∂y/∂y · 1", "2 = 1 + 1 · 1"]
        assert "2 ways" in one.locator(".road").inner_text()


def test_printed_are_the_last_picture_and_all_steps(page: Page) -> None:
    from pypdf import PdfReader

    text = " ".join(part.extract_text() for part in PdfReader(BytesIO(page.pdf())).pages)
    flat = re.sub(r"\s+", "", text)
    for at in range(LAST):
        assert re.sub(r"\s+", "", FILM.sentence(at)) in flat
    assert "0.2211" in flat
    assert "Playor" not in flat
    assert "Trainon" not in flat
    assert step(page) == 1, "afterwards the page is as it was"


# Hosts ---------------------------------------------------------------------------------------------------------------


def test_two_players_on_one_page(chromium: Browser, tmp_path: Path) -> None:
    player = play(articles_loss()[1], 0.1)
    path = tmp_path / "two.html"
    path.write_text(
        f"<!doctype html><html lang=en><title>two</title>{player._repr_html_()}<p>between</p>{player._repr_html_()}",
        encoding="utf-8",
    )
    with opened(chromium, path.as_uri()) as one:
        first, second = one.locator(".stepgrad-player").all()
        second.get_by_role("button", name="Step on").click()
        counts = [part.locator(".count") for part in (first, second)]
        assert [count.inner_text() for count in counts] == [f"step 1 of {LAST}", f"step 2 of {LAST}"]
        one.keyboard.press("End")  # the focus is in the second
        assert [count.inner_text() for count in counts] == [f"step 1 of {LAST}", f"step {LAST} of {LAST}"]
        second.get_by_label("value of w1", exact=True).fill("7")
        assert first.get_by_label("value of w1", exact=True).input_value() == "1"


def test_the_same_html_twice(chromium: Browser, tmp_path: Path) -> None:
    html = play(articles_loss()[1])._repr_html_()
    path = tmp_path / "same.html"
    path.write_text(f"<!doctype html><html lang=en><title>same</title>{html}{html}", encoding="utf-8")
    with opened(chromium, path.as_uri()) as one:
        assert one.evaluate("[...document.querySelectorAll('.stepgrad-player')].map((each) => !!each.shadowRoot)") == [
            True,
            True,
        ]


def test_keys_do_not_reach_the_page_around(chromium: Browser, tmp_path: Path) -> None:
    path = tmp_path / "around.html"
    path.write_text(
        "<!doctype html><html lang=en><title>around</title>"
        "<script>window.heard = []; document.addEventListener('keydown', (event) => heard.push(event.key));</script>"
        f"<div>{play(articles_loss()[1])._repr_html_()}</div>",
        encoding="utf-8",
    )
    with opened(chromium, path.as_uri()) as one:
        one.get_by_role("slider").focus()
        for key in ("ArrowRight", "ArrowDown", " ", "Home", "a"):
            one.keyboard.press(key)
        assert one.evaluate("heard") == []
        # Saving, running a cell and leaving it are the notebook's.
        for key in ("Control+s", "Shift+Enter", "Escape"):
            one.keyboard.press(key)
        assert {"s", "Enter", "Escape"} <= set(one.evaluate("heard"))
        one.evaluate("heard = []")
        one.locator("body").press("x")
        one.evaluate("document.activeElement.blur()")
        one.keyboard.press("y")
        assert "y" in one.evaluate("heard")


def test_without_scripts(chromium: Browser, address: str) -> None:
    with opened(chromium, address, java_script_enabled=False) as one:
        assert one.locator("img").is_visible()
        assert one.evaluate("document.querySelector('img').naturalWidth") > 500
        assert one.locator("tr").count() == LAST
        assert one.get_by_text("Backward, step 17 of 33").is_visible()
        assert one.get_by_text("run the cell").is_visible()


def _colour(page: Page, selector: str, what: str) -> tuple[int, ...]:
    found: Any = page.evaluate(
        """([selector, what]) => getComputedStyle(
          document.querySelector('.stepgrad-player').shadowRoot.querySelector(selector))[what]""",
        [selector, what],
    )
    return tuple(map(int, re.findall(r"\d+", found)[:3]))


def _contrast(one: tuple[int, ...], other: tuple[int, ...]) -> float:
    def luminance(colour: tuple[int, ...]) -> float:
        linear = [c / 255 / 12.92 if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in colour]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_light_and_dark(chromium: Browser, address: str, scheme: str) -> None:
    with opened(chromium, address, color_scheme=scheme) as one:
        go(one, 17)
        ground = _colour(one, ".player", "backgroundColor")
        assert (sum(ground) < 200) == (scheme == "dark")
        for inside, selector in [
            (".say", ".words"),
            (".say", ".formula .upstream"),
            (".say", ".formula .local"),
            (".say", ".formula .product"),
            (".player", ".count"),
            ("tr.to td", "tr.to .grad"),
            ("tr.from td", "tr.from .grad"),
            (".pill.input", ".pill.input .name"),
        ]:
            behind = _colour(one, inside, "backgroundColor")
            assert _contrast(_colour(one, selector, "color"), behind) >= 4.5, selector
        for selector in (".arrows .lit .line", ".arrows .line"):
            assert _contrast(_colour(one, selector, "stroke"), ground) >= 3.0, selector


@pytest.mark.parametrize(
    ("dark", "light"),
    [
        ("body.dataset.jpThemeLight = 'false'", "body.dataset.jpThemeLight = 'true'"),  # JupyterLab
        ("body.dataset.vscodeThemeKind = 'vscode-dark'", "body.dataset.vscodeThemeKind = 'vscode-light'"),  # VS Code
        ("body.dataset.theme = 'dark'", "body.dataset.theme = 'auto'"),  # furo; auto is the reader's system
        ("body.dataset.mdColorScheme = 'slate'", "body.dataset.mdColorScheme = 'default'"),  # Material
        ("documentElement.dataset.theme = 'dark'", "documentElement.dataset.theme = 'light'"),
    ],
)
def test_the_theme_of_the_page_around_wins(chromium: Browser, address: str, dark: str, light: str) -> None:
    with opened(chromium, address, color_scheme="light") as one:
        one.evaluate(f"document.{dark}")
        one.wait_for_function(f"{SHADOW}.host.dataset.theme === 'dark'")
        assert sum(_colour(one, ".player", "backgroundColor")) < 200
        one.evaluate(f"document.{light}")
        one.wait_for_function(f"{SHADOW}.host.dataset.theme === 'light'")
        assert sum(_colour(one, ".player", "backgroundColor")) == 765


def test_in_a_notebook_that_was_converted_to_html(chromium: Browser, tmp_path: Path) -> None:
    import nbformat
    from nbclient import NotebookClient
    from nbconvert import HTMLExporter

    cell = (
        "from autograd import Value, play\n"
        "x, w, b = Value(2.0, 'x'), Value(0.5, 'w'), Value(-1.5, 'b')\n"
        "play((w * x + b).tanh().named('y'), learning_rate=0.1)"
    )
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell)])  # type: ignore[no-untyped-call]
    NotebookClient(notebook, timeout=60).execute()
    assert {"text/html", "text/plain", "image/png"} <= set(notebook.cells[0].outputs[0].data)
    html, _ = HTMLExporter(embed_images=True).from_notebook_node(notebook)  # type: ignore[no-untyped-call]
    # MathJax and RequireJS are for notebooks that typeset LaTeX and show widgets; this one needs neither.
    html = re.sub(r"<script[^>]*src=[^>]*>\s*</script>", "", html)
    path = tmp_path / "notebook.html"
    path.write_text(html, encoding="utf-8")
    context = chromium.new_context()
    one = context.new_page()
    one.goto(path.as_uri())
    slider = one.get_by_role("slider")
    assert slider.get_attribute("aria-valuenow") == "1"
    one.get_by_role("button", name="Last step").click()
    assert slider.get_attribute("aria-valuenow") == slider.get_attribute("aria-valuemax")
    # Sanitised, there are the picture and the sentences, and none of the script as text.
    html, _ = HTMLExporter(embed_images=True, sanitize_html=True).from_notebook_node(notebook)  # type: ignore[no-untyped-call]
    html = re.sub(r"<script[^>]*src=[^>]*>\s*</script>", "", html)
    path.write_text(html, encoding="utf-8")
    one.goto(path.as_uri())
    assert "const film" not in one.inner_text("body")
    assert one.evaluate("document.documentElement.scrollHeight") < 3000
    context.close()


# What a reader wondered at ------------------------------------------------------------------------------------------


def test_no_card_moves_between_steps(page: Page) -> None:
    """Also where the gradients of data appear: there is room for them from the first step on."""
    page.set_viewport_size({"width": 1400, "height": 900})
    places = """() => {
      const shadow = document.querySelector('.stepgrad-player').shadowRoot;
      const found = [];
      shadow.querySelector('.first').click();
      for (;;) {
        found.push([...shadow.querySelectorAll('.card, .pill')].map((one) => {
          const { x, y, width, height } = one.getBoundingClientRect();
          return [x, y, width, height].map(Math.round).join(' ');
        }));
        if (shadow.querySelector('.on').ariaDisabled === 'true') return found;
        shadow.querySelector('.on').click();
      }
    }"""
    for is_checked, steps in ((False, 33), (True, 38)):
        page.get_by_label("gradients of data").set_checked(is_checked)
        found = page.evaluate(places)
        assert len(found) == steps
        assert all(one == found[0] for one in found)


def test_the_number_that_is_the_factor_has_the_colour_of_the_local_partial(page: Page) -> None:
    """In the row of w6, its value; not what stands beside it in the column of partials."""
    go(page, 15)
    assert page.locator(".formula div").first.inner_text() == "∂L/∂h2 = ∂L/∂sum_o1 · w6"
    row = page.locator("tr", has=page.get_by_role("rowheader", name="w6", exact=True))
    colour = "(one) => getComputedStyle(one).color"
    local = page.locator(".formula .local").last.evaluate(colour)
    assert row.locator("input").evaluate(colour) == local
    assert row.locator(".local").evaluate(colour) != local


def test_the_space_plays_from_a_row_and_never_jumps(page: Page) -> None:
    row = page.get_by_role("button", name="w1", exact=True)
    row.click()
    assert step(page) == 17
    page.keyboard.press(" ")
    assert page.get_by_role("button", name="Pause").is_visible()
    assert step(page) == 17
    page.keyboard.press(" ")
    assert page.get_by_role("button", name="Play", exact=True).is_visible()
    page.keyboard.press("Enter")
    assert step(page) == 24
    page.get_by_role("button", name="Step on").focus()
    page.keyboard.press(" ")
    assert step(page) == 25, "another button keeps its own space"


def test_a_line_of_code_leads_to_its_step_and_lights_its_value(page: Page) -> None:
    line = page.locator(".code li", has_text="d_L_d_w1 = ").first
    line.click(position={"x": 3, "y": 5})
    assert step(page) == 17
    assert "same" in (
        page.locator("tr", has=page.get_by_role("rowheader", name="w1", exact=True)).get_attribute("class") or ""
    )


def test_a_click_on_the_picture_frames_nothing(page: Page) -> None:
    picture = page.locator(".picture")
    outline = "(one) => getComputedStyle(one).outlineStyle"
    picture.click(position={"x": 5, "y": 5})
    page.keyboard.press("ArrowRight")
    assert step(page) == 2
    assert picture.evaluate(outline) == "none"
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    assert picture.evaluate(outline) == "solid"


def test_what_was_copied_can_be_closed_and_why_nothing_is_copied_is_told(page: Page) -> None:
    button = page.get_by_role("button", name="Copy as a test")
    assert "no partial in flight" in (button.get_attribute("title") or "")
    go(page, 15)
    assert "no partial" not in (button.get_attribute("title") or "")
    button.click()
    page.locator(".copied").get_by_role("button", name="Close").click()
    assert page.locator(".copied").is_hidden()


def test_what_is_from_before_and_what_is_new_is_told(page: Page) -> None:
    page.keyboard.press("End")
    assert "Values are new; × local and ∂L/∂ are those from before the update." in page.locator(".coming").inner_text()
    heads = page.locator(".card thead th").evaluate_all("(all) => all.map((one) => [one.textContent, one.title])")
    assert {text for text, _ in heads} == {"value", "× local", "∂L/∂"}
    assert all(title for _, title in heads)
