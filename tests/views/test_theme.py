"""Pictures in pages that are light or dark, in the system's way or in their own: every text can be read."""

from __future__ import annotations

from base64 import b64encode
from io import BytesIO
from pathlib import Path
from typing import Any, Literal

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from autograd import draw
from nn import MLP, SGD, diagram, fit, plot_boundary, plot_gradients, plot_loss
from nn.axes import SvgAxes
from nn.data import XOR

from ..support.browser import contrast
from ..support.graphs import articles_loss

# How a page says that it is light or dark, as attributes of its body.
HOSTS = {
    "furo": ('data-theme="light"', 'data-theme="dark"'),
    "JupyterLab": ('data-jp-theme-light="true"', 'data-jp-theme-light="false"'),
    "VS Code": ('data-vscode-theme-kind="vscode-light"', 'data-vscode-theme-kind="vscode-dark"'),
}
IMAGE = "an image"  # which is only told the theme of the system
SCALE = 2


@pytest.fixture(scope="module")
def pictures() -> dict[str, str]:
    """One of each kind, as SVG."""
    _, loss = articles_loss()
    loss.backward()
    net = MLP(2, [3, 1], seed=1)
    optimizer = SGD(net.parameters(), 0.5)
    history = fit(net, *XOR, optimizer=optimizer, epochs=50, evaluate_every=10, gradient_norms=True)
    plots: dict[str, Any] = {
        "loss": plot_loss(history),
        "gradients": plot_gradients(history),
        "boundary": plot_boundary(net, *XOR),
        "loss of our own": plot_loss(history, ax=SvgAxes("the loss")),
        "boundary of our own": plot_boundary(net, *XOR, ax=SvgAxes("the boundary")),
    }
    return {
        "graph": draw(loss).rendered("svg").decode(),
        "diagram": diagram(net, [0.0, 1.0]).svg,
        **{name: plot._repr_svg_() for name, plot in plots.items()},
    }


# Where the texts of a picture are; letters of matplotlib's are paths.
_PLACES = """(picture) => [...picture.querySelectorAll('text, g[id^="text_"]')].map((one) => {
  const [{ x, y }, { left, top, right, bottom }] = [picture, one].map((some) => some.getBoundingClientRect());
  return [one.textContent.trim(), left - x, top - y, right - x, bottom - y];
}).filter(([, left, , right]) => left < right)"""


def _least_contrast(page: Page, places: list[Any]) -> tuple[float, str]:
    """Of the texts in the picture that which is hardest to read: its contrast, and what it says.

    places: where they are in the picture. The largest contrast of two pixels there is meant.
    """
    with Image.open(BytesIO(page.locator("svg, img").first.screenshot())) as picture:
        seen = picture.convert("RGB")
    found = []
    for text, left, top, right, bottom in places:
        part = seen.crop((SCALE * left, SCALE * top, SCALE * right, SCALE * bottom))
        shades: list[Any] = [colour for _, colour in part.getcolors(1 << 20) or []]
        darkest, lightest = (f"#{bytes(one(shades, key=sum)).hex()}" for one in (min, max))
        found.append((round(contrast(darkest, lightest), 2), text))
    return min(found)


def _shown(svg: str, host: str, is_dark: bool) -> str:
    shown, says = svg, HOSTS.get(host, ("", ""))[is_dark]
    if host == IMAGE:
        shown = f'<img alt="" src="data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}">'
    ground = "#111" if is_dark else "#fff"
    return f'<!doctype html><html lang="en"><meta charset="utf-8"><body {says} style="background:{ground}">{shown}'


@pytest.mark.parametrize("host", ["furo", *(pytest.param(one, marks=pytest.mark.slow) for one in (*HOSTS, IMAGE)[1:])])
@pytest.mark.parametrize("system", ["dark", pytest.param("light", marks=pytest.mark.slow)])
def test_every_text_can_be_read_whatever_system_and_page_say(
    chromium: Browser, tmp_path: Path, pictures: dict[str, str], host: str, system: Literal["dark", "light"]
) -> None:
    context = chromium.new_context(color_scheme=system, device_scale_factor=SCALE)
    page = context.new_page()
    path = tmp_path / "page.html"
    found = {}
    for is_dark in (False, True):
        for name, svg in pictures.items():
            for one in dict.fromkeys(["furo", host]):
                path.write_text(_shown(svg, one, is_dark), encoding="utf-8")
                page.goto(path.as_uri())
                if one == "furo":
                    places = page.locator("svg").evaluate(_PLACES)
            found[name, is_dark] = _least_contrast(page, places)
    context.close()
    assert {at: one for at, one in found.items() if one[0] < 4.5} == {}
