"""The players' pages in Chromium: how long it takes until every number follows a change, or is that of an epoch."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import Any

import pytest

from autograd import play
from nn import MLP, SGD, binary_cross_entropy, fit, half_squared_error, two_moons
from nn.data import XOR
from nn.stepping import readable_sample, untrained

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

# Changes a number at the last step of the backward pass, where most is to be seen, and lays the page out anew.
_MEASURED = """() => {
  const shadow = document.querySelector(".stepgrad-player").shadowRoot;
  shadow.querySelector(".last").click();
  while (!shadow.querySelector(".words").textContent.startsWith("Backward")) shadow.querySelector(".back").click();
  const fields = [...shadow.querySelectorAll("input[data-leaf]")];
  const field = fields[fields.length - 1];
  const times = [];
  for (let turn = 0; turn < 60; turn++) {
    const before = shadow.querySelector(".loss").textContent;
    field.value = String(turn / 10 - 3);
    const start = performance.now();
    field.dispatchEvent(new Event("input"));
    shadow.querySelector(".player").getBoundingClientRect();
    times.push(performance.now() - start);
    if (before === shadow.querySelector(".loss").textContent) times.push(NaN);
  }
  return times.slice(10).sort((one, other) => one - other)[25];
}"""


# Goes to one key frame after another, each laid out anew.
_WATCHED = """() => {
  const shadow = document.querySelector(".stepgrad-film").shadowRoot;
  const slider = shadow.querySelector(".slider");
  const times = [];
  for (let turn = 0; turn < 60; turn++) {
    const before = slider.getAttribute("aria-valuetext");
    slider.value = String(8 + 16 * turn);
    const start = performance.now();
    slider.dispatchEvent(new Event("input"));
    shadow.querySelector(".film").getBoundingClientRect();
    times.push(performance.now() - start);
    if (before === slider.getAttribute("aria-valuetext")) throw Error("it is no other epoch");
  }
  return times.slice(10).sort((one, other) => one - other)[25];
}"""


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
def test_page_in_chromium(benchmark: Any, tmp_path: Path) -> None:
    page = tmp_path / "backprop.html"
    play(readable_sample("breast-cancer", untrained("breast-cancer", seed=1)), 0.5).save(page)
    benchmark.extra_info["milliseconds"] = _measured(page, ".count", _MEASURED)
    benchmark.pedantic(lambda: None, rounds=1)


def _measured(page: Path, there: str, measure: str) -> Any:
    """What a function gives in a page, once something is there: the page unpacks itself."""
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        tab = chromium.new_page(viewport={"width": 1400, "height": 950})
        tab.goto(page.as_uri())
        tab.wait_for_selector(there)
        found = tab.evaluate(measure)
        chromium.close()
    return found


def _xor(film: bool, epochs: int) -> Any:
    net = MLP(2, [3, 1], bias_init="zero", seed=1)
    optimizer = SGD(net.parameters(), 0.1)
    return fit(net, *XOR, half_squared_error, optimizer, epochs, None, reduction="sum", film=film)


def _moons() -> Any:
    net = MLP(2, [16, 16, 1], "tanh", "sigmoid", seed=1)
    optimizer = SGD(net.parameters(), 0.2)
    return fit(net, *two_moons(200, noise=0.1, seed=1), binary_cross_entropy, optimizer, 200, 10, film=True)


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
@pytest.mark.parametrize("sizes", ["2-3-1", "2-16-16-1"])
def test_film_in_chromium(benchmark: Any, tmp_path: Path, sizes: str) -> None:
    page = tmp_path / "training.html"
    history = _xor(True, 6000) if sizes == "2-3-1" else _moons()
    history.film.save(page)
    benchmark.extra_info["milliseconds"] = _measured(page, ".slider[aria-valuetext]", _WATCHED)
    benchmark.pedantic(lambda: None, rounds=1)


def test_film(benchmark: Any) -> None:
    def seconds(film: bool) -> float:
        start = time.process_time()
        _xor(film, 10_000)
        return time.process_time() - start

    times = [(seconds(False), seconds(True)) for _ in range(5)]
    without, with_film = map(min, zip(*times, strict=True))
    benchmark.extra_info["ratio"] = with_film / without
    benchmark.pedantic(lambda: None, rounds=1)
