"""Light and dark: a style sheet in an SVG replaces its colours where the reader's theme is dark."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

# An SVG shown as an image follows the theme of the system, not that of the page around it. An outline in the colour of
# its own ground keeps text readable on both.
_HALO = "paint-order:stroke;stroke-linejoin:round;stroke-width:{width};stroke:"


def themed(
    svg: str,
    says: str,
    colours: Iterable[tuple[str, str, str]],
    name: str = "stepgrad",
    halo: tuple[str, float, str, str] | None = None,
) -> str:
    """The picture with such a style sheet.

    says: what it shows, for screen readers. colours: (attribute "fill" or "stroke", colour in the picture, its colour
    in the dark theme). name: a class for pictures of this kind. halo: (selector of the texts with an outline, its
    width, its colour in the light theme, its colour in the dark one).
    """
    before, opening, after = svg.partition("<svg ")
    if not opening:
        return svg
    light, dark = "", "".join(f'svg.{name} [{part}="{colour}" i]{{{part}:{other}}}' for part, colour, other in colours)
    if halo is not None:
        texts, width, ground, other = halo
        light = f"svg.{name} {texts}{{{_HALO.format(width=width)}{ground}}}"
        dark += f"svg.{name} {texts}{{stroke:{other}}}"
    # JupyterLab sets its own theme as an attribute on its page.
    own = "".join(f'[data-jp-theme-light="false"] {rule}}}' for rule in dark.split("}")[:-1])
    style = f"<style>{light}@media(prefers-color-scheme:dark){{{dark}}}{own}</style>"
    attributes, end, inside = after.partition(">")
    return f'{before}{opening}class="{name}" role="img" aria-label="{escape(says)}" {attributes}{end}{style}{inside}'
