"""The playground: first picture, Run, errors, the tutor, links, Stop, keys, sizes and themes."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from autograd import Value, play
from web.playground import PLAY, example

from ..support.browser import ARE_FILLED
from .support import MEASURED, Host, axe_finds, timed

SHADOW = "document.querySelector('#stage > *').shadowRoot"
PATIENCE = 120_000  # milliseconds


@pytest.fixture(scope="module")
def page(host: Host) -> Iterator[Page]:
    """One page for all tests: Python is started once."""
    context = host.browser.new_context(viewport={"width": 1400, "height": 950})
    one = context.new_page()
    begun = time.perf_counter()
    one.goto(f"{host.address}/play/index.html")
    one.wait_for_function(f"{SHADOW}?.querySelector('.picture svg')")
    first = time.perf_counter() - begun
    one.click("#run")
    ran(one, 1)
    second = time.perf_counter() - begun
    MEASURED.append(
        f"playground: {timed('first picture', first, 1.5)}, {timed('first Run', second, 8)}, {host.sizes()}"
    )
    yield one
    context.close()


def ran(page: Page, at_least: int) -> None:
    page.wait_for_function(f"Number(document.body.dataset.runs) >= {at_least} && {ARE_FILLED}", timeout=PATIENCE)


def press(page: Page, button: str) -> None:
    """Run what is written, and wait for what comes of it."""
    before = int(page.evaluate("document.body.dataset.runs ?? 0"))
    page.click(button)
    ran(page, before + 1)
    assert page.locator("#stop").is_hidden()


def run(page: Page, code: str, partials: str = "") -> None:
    """Write lines and partials as a reader does, and run them."""
    page.locator(".cm-content").fill(code)
    page.fill("#partials", partials)
    press(page, "#run")


def test_the_first_run_has_the_tutors_verdict(page: Page) -> None:
    page.select_option("#examples-menu", index=0)
    press(page, "#check")
    assert "you left out ∂h1/∂sum_h1" in page.inner_text("#report")
    assert page.locator("#error").is_hidden()


@pytest.mark.slow
def test_every_example_runs_to_what_was_prepared(page: Page) -> None:
    for number, path in enumerate(sorted((PLAY / "examples").glob("*.py"))):
        page.select_option("#examples-menu", index=number)
        prepared = page.locator("#printed").text_content()
        press(page, "#run")
        assert page.locator("#error").is_hidden(), (path.name, page.inner_text("#error"))
        if "seconds" not in (prepared or ""):
            assert page.locator("#printed").text_content() == prepared, path.name
        assert page.evaluate(f"{SHADOW}.querySelectorAll('svg, canvas').length") > 0, path.name
        assert bool(example(path)[1]) == page.locator("#report table").is_visible(), path.name


def test_lines_of_ones_own_can_be_stepped_through(page: Page) -> None:
    run(page, "from autograd import Value\na = Value(3.0, 'a')\n(a * a * 2).named('out')\n")
    a = Value(3.0, "a")
    steps = len(play((a * a * 2).named("out"), 0.1).film.shown)
    assert page.evaluate(f"{SHADOW}.querySelector('.count').textContent") == f"step 1 of {steps}"
    page.evaluate(f"{SHADOW}.querySelector('.on').click()")
    assert page.evaluate(f"{SHADOW}.querySelector('.count').textContent") == f"step 2 of {steps}"


@pytest.mark.parametrize(
    ("code", "line", "said"),
    [
        ("a = 1\nb = a.missing\n", 2, "Line 2: AttributeError: 'int' object has no attribute 'missing'"),
        ("a = (1\n\n", 1, "Line 1: SyntaxError: '(' was never closed"),
        (
            "from autograd import Value\nValue(0.0, 'price').log()\n",
            2,
            "Line 2: log, by its rule log(x), has no answer",
        ),
        ("a = 1\n", 0, "There is no Value to step through"),
    ],
)
def test_an_error_is_said_and_its_line_marked(page: Page, code: str, line: int, said: str) -> None:
    run(page, code)
    assert page.inner_text("#error").startswith(said)
    marked = page.locator(".cm-line.bad")
    assert marked.count() == bool(line)
    if line:
        assert marked.text_content() == code.split("\n")[line - 1]
        page.locator(".cm-content").press("End")
        page.keyboard.type(" ")
        assert marked.count() == 0


@pytest.mark.parametrize(
    ("partial", "said"),
    [
        ("d_L_d_w", "Line 1: write a partial, =, and what you found"),
        ("d_L_d_w = 2 *", "Line 1: 2 * is no formula"),
        ("d_L_d_nobody = 2", "nobody"),
        ("d_L_d_w = 2 * missing", "missing"),
    ],
)
def test_the_tutor_says_how_a_partial_is_written(page: Page, partial: str, said: str) -> None:
    run(page, "from autograd import Value\nx, w = Value(2.0, 'x'), Value(3.0, 'w')\nL = (x * w).named('L')\n", partial)
    assert said in page.inner_text("#report")


def test_what_runs_forever_is_stopped(page: Page) -> None:
    page.locator(".cm-content").fill("while True:\n    pass\n")
    page.click("#run")
    page.click("#stop")
    assert page.locator("#run").is_visible()
    assert "stopped" in page.inner_text("#status")
    run(page, "from autograd import Value\n(Value(1.0, 'x') * 2).named('y')\n")
    assert page.locator("#error").is_hidden()


def test_a_link_holds_the_lines_and_runs_nothing(page: Page, host: Host) -> None:
    code = "from autograd import Value\n(Value(1.0, 'ü') * 2).named('y')\n"
    page.locator(".cm-content").fill(code)
    page.fill("#partials", "d_y_d_ü = 2")
    page.click("#share")
    page.wait_for_function("location.hash.length > 2")
    link = page.url
    MEASURED.append(f"playground: a link for {len(code)} signs of code has {len(link.partition('#')[2])}")
    other = page.context.new_page()
    other.goto(link)
    other.wait_for_function("document.querySelector('#status').textContent.startsWith('from a link')")
    assert (
        other.evaluate("[...document.querySelectorAll('.cm-line')].map((one) => one.textContent).join('\\n')") == code
    )
    assert other.input_value("#partials") == "d_y_d_ü = 2"
    other.wait_for_function("document.body.dataset.python === 'ready'", timeout=PATIENCE)
    assert other.evaluate("document.body.dataset.runs") is None
    assert other.locator("#stage > *").count() == 0
    other.close()
    damaged = page.context.new_page()
    damaged.goto(link[:-9])
    damaged.wait_for_function("document.querySelector('#status').textContent.includes('damaged')")
    damaged.close()


def test_somebody_elses_lines_are_shown_as_text(page: Page) -> None:
    run(
        page, "from autograd import Value\nprint('<img src=x onerror=alert(1)>')\n(Value(1.0, '<b>x') * 2).named('y')\n"
    )
    assert page.inner_text("#printed") == "<img src=x onerror=alert(1)>\n" or "<img" in page.inner_text("#printed")
    assert page.locator("img[src=x]").count() == 0


def test_by_keyboard_alone(page: Page) -> None:
    before = int(page.evaluate("document.body.dataset.runs"))
    page.locator(".cm-content").fill("from autograd import Value\n(Value(4.0, 'x') * 2).named('y')\n")
    page.locator(".cm-content").focus()
    page.keyboard.press("Control+Enter")
    ran(page, before + 1)
    page.wait_for_timeout(400)  # after something is written, Escape is first for the list of completions
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    assert not page.evaluate("document.activeElement.closest('.cm-editor')")
    page.locator("#run").focus()
    reached = []
    for _ in range(8):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.id || document.activeElement.className"))
    assert "share" in reached


@pytest.mark.parametrize(
    ("width", "scheme"),
    [
        (1400, "dark"),
        (390, "light"),
        *(
            pytest.param(*one, marks=pytest.mark.slow)
            for one in [(1400, "light"), (1024, "light"), (1024, "dark"), (390, "dark")]
        ),
    ],
)
def test_sizes_and_themes(host: Host, width: int, scheme: str) -> None:
    context = host.browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{host.address}/play/index.html")
    page.wait_for_function(f"{SHADOW}?.querySelector('.picture svg')")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert page.evaluate("document.querySelector('#stage > *').dataset.theme") == scheme
    if width > 1000:  # no card of the network is folded
        assert page.evaluate(f"{SHADOW}.querySelectorAll('.player:not(.lean) .card table').length") == 3
    sizes = page.evaluate(
        "[...document.querySelectorAll('header *, main *')].filter((one) => one.offsetParent && !one.childElementCount"
        " && one.textContent.trim()).map((one) => parseFloat(getComputedStyle(one).fontSize))"
    )
    assert min(sizes) >= 13
    assert axe_finds(page) == []
    context.close()


def test_its_data_are_those_of_the_examples(page: Page) -> None:
    shown = json.loads(page.evaluate("document.querySelector('#examples').textContent"))
    assert [one["title"] for one in shown] == [
        example(path)[0].partition("\n")[0].removeprefix("# ") for path in sorted((PLAY / "examples").glob("*.py"))
    ]
    assert all(one["html"] and not one["error"] for one in shown)
