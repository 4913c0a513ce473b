"""The step player in a browser: every control and key, themes, sizes, and what a reader sees without scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from autograd import Value, play
from autograd.notation.mathematics import DRAWN
from autograd.testing import assert_partials

from ..support.browser import browser, opened
from ..support.graphs import articles_loss, hostile_graph


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as one:
        yield one


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("player") / "backprop.html"
    play(articles_loss()[1], 0.1).save(path)
    return path.as_uri()


@pytest.fixture
def page(chromium: Browser, address: str) -> Iterator[Page]:
    with opened(chromium, address) as one:
        yield one


FRAMES = play(articles_loss()[1], 0.1).film.frames
LABELS = [line.label for line in play(articles_loss()[1]).film.lines]


def step(page: Page) -> int:
    """The step that is shown; its sentence, its slider and its number say the same."""
    words = page.locator(".words").inner_text()
    number = int(page.locator(".slider").input_value())
    assert words == FRAMES[number - 1].words
    assert page.locator(".slider").get_attribute("aria-valuetext") == words
    assert page.locator(".jump input").input_value() == str(number)
    return number


def test_every_button(page: Page) -> None:
    assert step(page) == 1
    page.get_by_role("button", name="Step on").click()
    page.get_by_role("button", name="Step on").click()
    assert step(page) == 3
    page.get_by_role("button", name="Step back").click()
    assert step(page) == 2
    page.get_by_role("button", name="Last step").click()
    assert step(page) == 37
    page.get_by_role("button", name="Step on").click(force=True)  # it says that it is disabled
    assert step(page) == 37
    page.get_by_role("button", name="First step", exact=True).click()
    assert step(page) == 1
    page.get_by_role("button", name="Step back").click(force=True)
    assert step(page) == 1


def test_every_key(page: Page) -> None:
    for key, wanted in [("ArrowRight", 2), ("ArrowRight", 3), ("ArrowLeft", 2), ("End", 37), ("Home", 1)]:
        page.keyboard.press(key)
        assert step(page) == wanted
    page.get_by_role("slider").focus()
    for key, wanted in [("ArrowRight", 2), ("End", 37), ("ArrowLeft", 36), ("Home", 1)]:
        page.keyboard.press(key)
        assert step(page) == wanted


def test_play_and_pause(page: Page) -> None:
    page.wait_for_timeout(700)
    assert step(page) == 1  # it never starts by itself
    page.get_by_label("Speed").select_option("fast")
    page.get_by_role("button", name="Play").click()
    page.wait_for_function("document.querySelector('.stepgrad-player').shadowRoot.querySelector('.slider').value > 2")
    page.get_by_role("button", name="Pause").click()
    stopped = step(page)
    page.wait_for_timeout(900)
    assert step(page) == stopped
    page.get_by_role("slider").focus()
    page.keyboard.press(" ")
    assert page.get_by_role("button", name="Pause").is_visible()
    page.keyboard.press(" ")
    assert page.get_by_role("button", name="Play", exact=True).is_visible()
    # At the end it begins again.
    page.keyboard.press("End")
    page.keyboard.press(" ")
    assert step(page) == 1


def test_the_slider_and_the_number(page: Page) -> None:
    page.locator(".slider").fill("12")
    assert step(page) == 12
    page.locator(".jump input").fill("30")
    page.keyboard.press("Enter")
    assert step(page) == 30
    page.locator(".jump input").fill("999")
    page.keyboard.press("Tab")
    assert step(page) == 37


def test_a_number_that_is_no_step(page: Page) -> None:
    field = page.locator(".jump input")
    for text, wanted in [("2.5", 3), ("", 3), ("-4", 1), ("7", 7)]:
        field.fill(text)
        page.keyboard.press("Enter")
        assert step(page) == wanted
    page.get_by_role("button", name="Step on").click()
    assert step(page) == 8


def test_a_box_leads_to_the_first_step_that_touches_it(page: Page) -> None:
    box = LABELS.index("h2")
    page.locator(f"[data-box='{box}']").click()
    assert step(page) == 1 + [box in (frame.source, frame.target) for frame in FRAMES].index(True)
    page.locator(f"[data-box='{LABELS.index('x1')}']").focus()
    page.keyboard.press("Enter")
    assert step(page) == 19


def test_the_next_step_of_a_parameter(page: Page) -> None:
    row = page.locator("tr", has=page.get_by_role("rowheader", name="w1", exact=True))
    assert row.locator(".grad").inner_text() == "not yet"
    row.get_by_role("button").click()
    assert step(page) == 18
    assert row.locator(".grad").inner_text() == "0.02147"
    exact = row.locator(".grad").get_attribute("title")
    assert float(exact or "nan") == pytest.approx(0.02146953526581111, rel=1e-12)
    assert "lit" in (row.get_attribute("class") or "")
    row.get_by_role("button").click()
    assert step(page) == 29
    assert row.locator(".now").inner_text() == "0.9979"
    row.get_by_role("button").click()
    assert step(page) == 18


def test_what_is_lit_belongs_to_the_step(page: Page) -> None:
    shown = play(articles_loss()[1], 0.1).film
    expected = [
        {"data": f"data {DRAWN.figure(line.number)}" if line.is_leaf else "", "grad": ""} for line in shown.lines
    ]
    walked: set[int] = set()
    for number, frame in enumerate(shown.frames):
        assert step(page) == number + 1
        lit = page.evaluate(
            """() => {
              const shadow = document.querySelector('.stepgrad-player').shadowRoot;
              const all = (selector) => [...shadow.querySelectorAll(selector)];
      const numbers = (selector, name) => all(selector).map((one) => +one.dataset[name]);
              return {
                to: numbers('.node.to', 'box'), from: numbers('.node.from', 'box'),
                arrows: numbers('.edge.lit', 'arrow'), flight: numbers('.edge.flight', 'arrow'),
                done: numbers('.edge.done', 'arrow'), waiting: numbers('.node.coming', 'box').sort((a, b) => a - b),
                labels: all('.edge')
                  .filter((one) => getComputedStyle(one.querySelector('text')).visibility === 'visible')
                  .map((one) => +one.dataset.arrow),
                texts: all('[data-box]').sort((a, b) => a.dataset.box - b.dataset.box)
                  .map((one) => ['.data', '.grad'].map((part) => one.querySelector(part).textContent)),
                because: shadow.querySelector('.because').textContent,
                next: shadow.querySelector('p.coming').textContent,
                code: all('.code li.lit').map((one) => one.textContent),
                formula: shadow.querySelector('.formula').textContent,
              };
            }"""
        )
        assert lit["flight"] == list(frame.arrows[-1:])
        assert lit["because"] == (f"Because {frame.because}." if frame.because else "")
        ahead = "This was the last step." if number == 36 else f"Next: {shown.frames[number + 1].short}"
        assert lit["next"] == ahead
        # What the boxes say is what all steps up to this one have brought.
        expected[frame.target][frame.change.field] = f"{frame.change.field} {frame.change.text}"
        assert lit["texts"] == [[one["data"], one["grad"]] for one in expected]
        walked |= set(frame.arrows if frame.phase == "backward" else [])
        assert walked == set(lit["done"])
        assert walked == set(lit["labels"])
        assert lit["waiting"] == [place for place, one in enumerate(expected) if not one["data"]]
        assert lit["to"] == [frame.target]
        assert lit["from"] == ([] if frame.source is None else [frame.source])
        assert sorted(lit["arrows"]) == sorted(frame.arrows)
        assert lit["code"] == [shown.code[frame.code]]
        assert lit["formula"] == re.sub(r"<[^>]*>", "", frame.formula)
        page.keyboard.press("ArrowRight")


_OVERFLOWING = """() => {
  const shadow = document.querySelector('.stepgrad-player').shadowRoot;
  const wrong = [];
  for (const box of shadow.querySelectorAll('.node')) {
    const outline = box.querySelector('path, polygon, ellipse').getBBox();
    for (const text of box.querySelectorAll('text')) {
      const inner = text.getBBox();
      const outside = inner.x < outline.x || inner.x + inner.width > outline.x + outline.width;
      if (text.textContent && outside) wrong.push(text.textContent);
    }
  }
  for (const one of shadow.querySelectorAll('button, .words, .phase')) {
    if (one.scrollWidth > one.clientWidth + 2) wrong.push(one.textContent);
  }
  return wrong;
}"""


@pytest.mark.parametrize("graph", ["articles", "hostile"])
def test_no_text_is_wider_than_its_box_at_any_step(chromium: Browser, tmp_path: Path, graph: str) -> None:
    root = articles_loss()[1] if graph == "articles" else hostile_graph()[1]
    player = play(root, 0.1)
    player.save(tmp_path / "player.html")
    with opened(chromium, (tmp_path / "player.html").as_uri()) as one:
        for _ in player.film.frames[:: 1 if graph == "articles" else 7]:
            assert one.evaluate(_OVERFLOWING) == []
            for _ in range(1 if graph == "articles" else 7):
                one.keyboard.press("ArrowRight")


def copied(page: Page) -> str:
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
    loss = articles_loss()[1]
    with opened(chromium, address) as one:
        if way == "clipboard":
            one.context.grant_permissions(["clipboard-read", "clipboard-write"])
        elif way == "refused":
            one.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('not allowed')); }")
        else:
            one.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
        button = one.get_by_role("button", name="Copy as a test")
        assert button.get_attribute("aria-disabled") == "true"
        button.click(force=True)
        assert one.locator(".copied").inner_text() == "There is no partial in flight at this step."
        for number, press in [(18, "mouse"), (37, "Enter")]:
            one.locator(".slider").fill(str(number))
            assert one.locator(".copied").inner_text() == ""
            assert button.get_attribute("aria-disabled") == "false"
            if press == "mouse":
                button.click()
            else:
                button.focus()
                one.keyboard.press(press)
            one.wait_for_function(
                "document.querySelector('.stepgrad-player').shadowRoot.querySelector('.copied').textContent"
            )
            test = FRAMES[number - 1].test
            assert one.locator(".copied").inner_text() == f"Copied: {test}"
            assert one.evaluate(_FOCUSED) == "copy"
            assert step(one) == number
            assert copied(one) == test
            exec(copied(one), {"assert_partials": assert_partials, "L": loss})


_FOCUSED = "document.querySelector('.stepgrad-player').shadowRoot.activeElement.className"


def test_where_nothing_can_be_copied_the_line_is_shown(chromium: Browser, address: str) -> None:
    with opened(chromium, address, viewport={"width": 360, "height": 800}) as one:
        one.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
        one.evaluate("document.execCommand = () => false")
        one.locator(".slider").fill("29")
        one.get_by_role("button", name="Copy as a test").click()
        assert one.locator(".copied").inner_text() == f"Copy this line: {FRAMES[28].test}"
        assert one.evaluate("document.documentElement.scrollWidth") <= 360
        line = one.locator(".copied code")
        assert line.evaluate("(one) => one.getBoundingClientRect().right") <= 360


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
        assert (first.locator(".slider").input_value(), second.locator(".slider").input_value()) == ("1", "2")
        one.keyboard.press("End")  # the focus is in the second
        assert (first.locator(".slider").input_value(), second.locator(".slider").input_value()) == ("1", "37")


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
        assert one.locator("tr").count() == 37
        assert one.get_by_text("Backward, step 18 of 37").is_visible()


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
        for _ in range(17):
            one.keyboard.press("ArrowRight")
        ground = _colour(one, ".player", "backgroundColor")
        assert (sum(ground) < 200) == (scheme == "dark")
        panel = _colour(one, ".say", "backgroundColor")
        for selector in (".words", ".formula .upstream", ".formula .partial", ".formula .contribution"):
            assert _contrast(_colour(one, selector, "color"), panel) >= 4.5, selector
        for selector in (".jump", ".table .waiting"):
            assert _contrast(_colour(one, selector, "color"), ground) >= 4.5, selector
        for kind in ("input", "parameter", "computed", "root", "target"):
            fill = _colour(one, f".node.{kind} > :not(text)", "fill")
            assert _contrast(_colour(one, f".node.{kind} > text", "fill"), fill) >= 4.5, kind
        for selector in (
            ".node.to > :not(text)",
            ".node.from > :not(text)",
            ".edge.lit path",
            ".edge path",
            ".node > path",
        ):
            assert _contrast(_colour(one, selector, "stroke"), ground) >= 3.0, selector


def test_the_notebooks_own_theme_wins(chromium: Browser, tmp_path: Path) -> None:
    path = tmp_path / "jupyter.html"
    path.write_text(
        "<!doctype html><html lang=en><title>dark</title><body data-jp-theme-light=false>"
        + play(articles_loss()[1])._repr_html_(),
        encoding="utf-8",
    )
    with opened(chromium, path.as_uri(), color_scheme="light") as one:
        assert sum(_colour(one, ".player", "backgroundColor")) < 200
        one.evaluate("document.body.dataset.jpThemeLight = 'true'")
        one.wait_for_timeout(50)
        assert sum(_colour(one, ".player", "backgroundColor")) == 765


def test_reduced_motion(chromium: Browser, address: str) -> None:
    duration = (
        "getComputedStyle(document.querySelector('.stepgrad-player').shadowRoot.querySelector('.node path')).transition"
    )
    with opened(chromium, address, reduced_motion="reduce") as one:
        assert one.evaluate(duration).startswith("none")
    with opened(chromium, address) as one:
        assert "0.15s" in one.evaluate(duration)


@pytest.mark.parametrize("width", [360, 800, 1400])
def test_every_width(chromium: Browser, address: str, width: int) -> None:
    with opened(chromium, address, viewport={"width": width, "height": 800}) as one:
        for _ in FRAMES:
            one.keyboard.press("ArrowRight")
            # The page itself never scrolls sideways; the picture does, to what is lit.
            assert one.evaluate("document.documentElement.scrollWidth") <= width
            lit, picture = one.locator(".node.to").bounding_box(), one.locator(".picture").bounding_box()
            assert lit is not None
            assert picture is not None
            assert lit["x"] >= picture["x"] - 1
            assert lit["x"] + lit["width"] <= picture["x"] + picture["width"] + 1
        for button in one.get_by_role("button").all()[:5]:
            box = button.bounding_box()
            assert box is not None
            assert min(box["width"], box["height"]) >= 24
            assert box["x"] + box["width"] <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(chromium: Browser, address: str, scheme: str) -> None:
    with opened(chromium, address, color_scheme=scheme) as one:
        for key in ("Home", "ArrowRight", "End"):
            one.keyboard.press(key)
            found = Axe().run(one).response["violations"]
            assert [(each["id"], each["impact"], each["nodes"][0]["html"][:200]) for each in found] == []


def test_long_formulas_and_tall_graphs(chromium: Browser, tmp_path: Path) -> None:
    xs = [Value(0.1 * number, f"a_long_name_{number}") for number in range(30)]
    root = sum((x * 2 for x in xs), Value(1.0, "start")).named("y").tanh().named("L")
    player = play(root, 0.1)
    player.save(tmp_path / "tall.html")
    with opened(chromium, (tmp_path / "tall.html").as_uri(), viewport={"width": 1400, "height": 900}) as one:
        assert [each["id"] for each in Axe().run(one).response["violations"]] == []
        for _ in player.film.frames:
            for selector in (".node.to", ".code li.lit", ".words", ".formula"):
                box = one.locator(selector).bounding_box()
                assert box is not None
                assert 0 <= box["y"] <= 900 - min(box["height"], 60), selector
            one.keyboard.press("ArrowRight")


@pytest.mark.parametrize("size", [(1400, 900), (1366, 768)])
def test_box_sentence_formula_and_code_are_in_sight_together(
    chromium: Browser, address: str, size: tuple[int, int]
) -> None:
    with opened(chromium, address, viewport={"width": size[0], "height": size[1]}) as one:
        for _ in FRAMES:
            for selector in (".node.to", ".code li.lit", ".words", ".formula"):
                box = one.locator(selector).bounding_box()
                assert box is not None
                assert box["y"] >= 0, selector
                assert box["y"] + box["height"] <= size[1] + 1, selector
            one.keyboard.press("ArrowRight")


def test_a_small_graph_gets_a_small_stage(chromium: Browser, tmp_path: Path) -> None:
    a = Value(3.0, "a")
    b = (a + a).named("b")
    player = play((b + b).named("c"))
    player.save(tmp_path / "small.html")
    with opened(chromium, (tmp_path / "small.html").as_uri(), viewport={"width": 1280, "height": 1000}) as one:
        for _ in player.film.frames:
            stage, row = one.locator(".stage").bounding_box(), one.locator(".table tbody tr").bounding_box()
            table = one.locator(".table").bounding_box()
            assert stage is not None
            assert row is not None
            assert table is not None
            assert stage["height"] < 620
            assert row["y"] + row["height"] <= table["y"] + table["height"] + 1, "the row is not cut"
            one.keyboard.press("ArrowRight")


def test_after_a_click_on_the_picture_the_arrows_step(chromium: Browser, address: str) -> None:
    """Where it was reached by Tab, they scroll it."""
    with opened(chromium, address, viewport={"width": 700, "height": 900}) as one:
        slider, picture = one.locator(".slider"), one.locator(".picture")
        assert picture.evaluate("one => one.scrollWidth > one.clientWidth + 1")
        picture.click(position={"x": 5, "y": 5})
        one.keyboard.press("ArrowRight")
        assert slider.input_value() == "2"
        one.keyboard.press("Tab")
        picture.focus()
        one.keyboard.press("ArrowRight")
        assert slider.input_value() == "2"


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
    slider = one.locator(".stepgrad-player .slider")
    assert slider.input_value() == "1"
    one.get_by_role("button", name="Last step").click()
    assert slider.input_value() == slider.get_attribute("max")
    context.close()
