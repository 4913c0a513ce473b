"""The documentation in Chromium: players in both themes, search without a network, embedded players, sizes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from autograd import Value, play
from nn import MLP, SGD, fit
from nn.data import XOR
from web.course import NOTEBOOKS

from ..support.browser import ARE_FILLED
from .support import SITE, Host, axe_finds

LESSONS = [f"course/{path.stem}.html" for path in NOTEBOOKS]
# In every change the first page of a kind is looked at; the others at night.
SLOW = pytest.mark.slow
GUIDES = ["index.html", "step_through.html", "watch_training.html", "embed.html"]
STEP = """host => {
  const root = host.shadowRoot;
  root.querySelector('button.on').click();
  const count = root.querySelector('.count').textContent.split(' ').slice(0, 2).join(' ');
  return [count, !!root.querySelector('.picture svg'), host.dataset.theme];
}"""


@pytest.fixture
def page(host: Host) -> Iterator[Page]:
    context = host.browser.new_context(viewport={"width": 1400, "height": 950})
    yield context.new_page()
    context.close()


def look(page: Page, host: Host, path: str, scheme: str = "light") -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.goto(f"{host.address}/{path}")
    page.wait_for_function(ARE_FILLED)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", [*GUIDES, *(pytest.param(one, marks=SLOW) for one in LESSONS)])
def test_every_player_steps_in_both_themes(page: Page, host: Host, path: str, scheme: str) -> None:
    look(page, host, path, scheme)
    players = page.locator("css:light=.stepgrad-player")  # the film has one of its own inside
    if path in ("index.html", "step_through.html"):
        assert players.count() == 1
    for number in range(players.count()):
        assert players.nth(number).evaluate(STEP) == ["step 2", True, scheme]
    for film in page.locator(".stepgrad-film").all():
        page.wait_for_function("(host) => host.shadowRoot?.querySelector('[data-ready]')", arg=film.element_handle())
        assert film.evaluate("(host) => host.dataset.theme") == scheme


def test_the_button_of_the_page_turns_the_player_too(page: Page, host: Host) -> None:
    look(page, host, "index.html")
    seen = set()
    for _ in range(3):
        page.locator(".theme-toggle:visible").first.click()
        said = page.evaluate("document.body.dataset.theme")
        page.wait_for_timeout(50)
        shown = page.evaluate("document.querySelector('.stepgrad-player').dataset.theme")
        assert shown == ("light" if said == "auto" else said)
        seen.add(said)
    assert seen == {"auto", "light", "dark"}


def test_a_frame_holds_a_player(page: Page, host: Host) -> None:
    look(page, host, "embed.html")
    frame = page.frame_locator("iframe.player")
    frame.locator("button.on").click()
    assert frame.locator(".count").inner_text().startswith("step 2 of")


def test_search_works_without_a_network(page: Page, host: Host) -> None:
    look(page, host, "search.html?q=check_partials")
    page.wait_for_selector("#search-results li a")
    found = page.locator("#search-results li a").all_inner_texts()
    assert any("check_partials" in one or "homework" in one.lower() for one in found)


def test_every_public_name_can_be_looked_up() -> None:
    from web.reference import pages

    named = re.findall(r":: ((?:autograd|nn)\S+)$", "\n".join(pages().values()), re.MULTILINE)
    text = "".join(path.read_text(encoding="utf-8") for path in (SITE / "api").glob("*.html"))
    assert [name for name in named if f'id="{name}"' not in text] == []
    assert text.count(">[source]<") > 100


def test_every_picture_of_the_course_has_a_text() -> None:
    for path in LESSONS:
        texts = re.findall(r'<img[^>]* alt="([^"]*)"', (SITE / path).read_text(encoding="utf-8"))
        assert [text for text in texts if len(text) < 10 or "_images" in text] == [], path


@pytest.mark.parametrize("width", [1400, pytest.param(1024, marks=SLOW), 390])
@pytest.mark.parametrize(
    "path",
    [
        "index.html",
        LESSONS[0],
        *(
            pytest.param(one, marks=SLOW)
            for one in ("api/values.html", "api/training.html", "homework.html", *LESSONS[1:])
        ),
    ],
)
def test_nothing_is_wider_than_the_page(page: Page, host: Host, path: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    look(page, host, path)
    wide = (
        "[...document.querySelectorAll('article *')].filter((one) => one.getBoundingClientRect().right > innerWidth + 1"
    )
    wide += " && !one.closest('pre, .table-wrapper, .stepgrad-player, .output, math, .highlight, .jp-RenderedHTML'))"
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, page.evaluate(
        f"{wide}.slice(0, 3).map((one) => one.outerHTML.slice(0, 150))"
    )


@pytest.mark.slow
@pytest.mark.parametrize("width", [1024, 390])
@pytest.mark.parametrize("path", [LESSONS[0], LESSONS[4]])
def test_a_picture_keeps_its_size_in_a_frame_that_scrolls(page: Page, host: Host, path: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    look(page, host, path)
    pictures = page.locator(".cell_output > img").all()
    for picture in pictures:
        shown, real = picture.evaluate("(one) => [one.clientWidth, one.naturalWidth]")
        assert shown == pytest.approx(real, abs=1)
        frame = picture.locator("..")
        room, is_reached = frame.evaluate("(one) => [one.clientWidth, one.tabIndex === 0]")
        assert is_reached == (shown > room)
    side_by_side = page.locator(".cell_output svg.stepgrad-axes").all()
    assert (len(pictures), len(side_by_side)) == ((0, 8) if path == LESSONS[4] else (6, 0))
    assert all(svg.evaluate("(one) => one.clientWidth === one.width.baseVal.value") for svg in side_by_side)


@pytest.mark.parametrize(
    ("path", "scheme"),
    [
        ("index.html", "light"),
        ("api/code.html", "dark"),
        *(
            pytest.param(path, scheme, marks=SLOW)
            for path in (
                "homework.html",
                "edges.html",
                "search.html?q=value",
                *LESSONS,
                "course/teaching/one-update.html",
            )
            for scheme in ("light", "dark")
        ),
    ],
)
def test_axe_finds_nothing(page: Page, host: Host, path: str, scheme: str) -> None:
    look(page, host, path, scheme)
    assert axe_finds(page) == []


def test_an_element_among_others_on_a_page_of_ones_own(page: Page, tmp_path: Path) -> None:
    """As docs/embed.md says: inline, in a page whose theme is dark where the reader's system is light."""
    x, w = Value(2.0, "x"), Value(0.5, "w")
    net = MLP(2, [3, 1], seed=1)
    history = fit(net, *XOR, optimizer=SGD(net.parameters(), 1.0), epochs=50, film=True)
    shown = play((w * x).tanh().named("y"), 0.1)._repr_html_() + history.film._repr_html_()
    head = "<!doctype html><html lang=en><meta charset=utf-8><title>My lesson</title>"
    head += "<style>td, button { color: red }</style>"
    (tmp_path / "lesson.html").write_text(f"{head}<body data-theme=dark>{shown}", encoding="utf-8")
    page.emulate_media(color_scheme="light")
    page.goto((tmp_path / "lesson.html").as_uri())
    page.wait_for_function("document.querySelector('.stepgrad-film').shadowRoot?.querySelector('[data-ready]')")
    player = page.locator("css:light=.stepgrad-player")
    assert player.evaluate(STEP) == ["step 2", True, "dark"]
    assert page.locator(".stepgrad-film").evaluate("(host) => host.dataset.theme") == "dark"
    colour = "(host) => getComputedStyle(host.shadowRoot.querySelector('.play')).color"
    assert player.evaluate(colour) != "rgb(255, 0, 0)"
