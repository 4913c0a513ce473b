"""How an SVG follows the reader's theme: a style sheet that gives its colours others where that is dark."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

# An SVG that stands in a page as an image is told the theme of the system, not that of the page. With this outline in
# the colour of its ground text can be read there, too.
_HALO = "paint-order:stroke;stroke-linejoin:round;stroke-width:{width};stroke:"


def themed(
    svg: str,
    says: str,
    colours: Iterable[tuple[str, str, str]],
    name: str = "stepgrad",
    halo: tuple[str, float, str, str] | None = None,
) -> str:
    """The picture with that style sheet.

    says: what it shows, for whoever cannot see it. colours: of each an attribute, "fill" or "stroke", its colour in the
    text of the picture, and that in the dark. name: a class, by which pictures of one kind are known. halo: which texts
    get an outline, as a selector, how wide, and its colours in light and in dark.
    """
    before, opening, after = svg.partition("<svg ")
    if not opening:
        return svg
    light, dark = "", "".join(f'svg.{name} [{part}="{colour}" i]{{{part}:{other}}}' for part, colour, other in colours)
    if halo is not None:
        texts, width, ground, other = halo
        light = f"svg.{name} {texts}{{{_HALO.format(width=width)}{ground}}}"
        dark += f"svg.{name} {texts}{{stroke:{other}}}"
    # JupyterLab tells its own theme to the elements in it, where the picture is one of them.
    own = "".join(f'[data-jp-theme-light="false"] {rule}}}' for rule in dark.split("}")[:-1])
    style = f"<style>{light}@media(prefers-color-scheme:dark){{{dark}}}{own}</style>"
    attributes, end, inside = after.partition(">")
    return f'{before}{opening}class="{name}" role="img" aria-label="{escape(says)}" {attributes}{end}{style}{inside}'
