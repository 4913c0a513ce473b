"""The element of a player in pages of every kind: framed, with a policy for scripts, without what inflates it."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from autograd import UsageError, play
from nn import Neuron, fit
from nn.data import XOR

from ..support.browser import opened
from ..support.graphs import articles_loss


def _player() -> str:
    return play(articles_loss()[1], 0.1)._repr_html_()


def _film() -> str:
    return fit(Neuron(2, seed=1), *XOR, epochs=5, film=True).film._repr_html_()


both = pytest.mark.parametrize("make", [_player, _film])


def _written(path: Path, body: str, head: str = "") -> str:
    text = f'<!doctype html><html lang="en"><head><meta charset="utf-8">{head}<title>page</title></head><body>{body}'
    path.write_text(text, encoding="utf-8")
    return path.as_uri()


@both
@pytest.mark.parametrize("sandbox", ["", 'sandbox="allow-scripts"'])
def test_in_a_frame(chromium: Browser, tmp_path: Path, make: Callable[[], str], sandbox: str) -> None:
    inside = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>inside</title><body>{make()}'
    frame = f'<iframe title="player" {sandbox} width="1200" height="800" srcdoc="{escape(inside)}"></iframe>'
    context = chromium.new_context()
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address := _written(tmp_path / "frame.html", frame))
    slider = page.frame_locator("iframe").get_by_role("slider")
    slider.press("End")
    assert slider.get_attribute("aria-valuetext")
    assert [one for one in asked if not one.startswith(("data:", "about:"))] == [address]
    context.close()


@both
def test_a_policy_that_lets_the_script_run_need_not_permit_eval(
    chromium: Browser, tmp_path: Path, make: Callable[[], str]
) -> None:
    policy = "default-src 'none'; script-src 'nonce-here'; style-src 'unsafe-inline'; img-src data:"
    head = f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    body = make().replace("<script>", '<script nonce="here">')
    with opened(chromium, _written(tmp_path / "policy.html", body, head)) as page:
        page.get_by_role("slider").press("End")


@both
def test_where_nothing_can_be_inflated_the_picture_and_the_words_stay(
    chromium: Browser, tmp_path: Path, make: Callable[[], str]
) -> None:
    context = chromium.new_context()
    page = context.new_page()
    page.add_init_script("delete globalThis.DecompressionStream")
    page.goto(_written(tmp_path / "old.html", make()))
    page.wait_for_timeout(100)
    assert page.locator("img").is_visible()
    assert page.locator("table").is_visible()
    context.close()


@pytest.mark.parametrize("name", ["film.svg", "film", "film.html.png"])
def test_a_page_is_written_under_the_name_of_one(tmp_path: Path, name: str) -> None:
    film = fit(Neuron(2, seed=1), *XOR, epochs=2, film=True).film
    for one in (film, play(articles_loss()[1])):
        with pytest.raises(
            UsageError, match=r"a player is a page, and written as \.html, not as '(\.svg|\.png|)': name it"
        ):
            one.save(tmp_path / name)
        one.save(tmp_path / "page.HTM")
    assert [path.name for path in tmp_path.iterdir()] == ["page.HTM"]
