"""How it is written: the picture as SVG.

The ground is transparent, and the picture follows the reader's theme. Colour is never the only sign: a negative weight
is vermillion and dashed, a positive one blue and solid, and the larger a weight, the wider its line.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from typing import NamedTuple

from autograd.extend import ems, themed, visible

from .content import Circle, Column
from .layout import (
    HEADING,
    LARGE,
    LEGEND,
    PADDING,
    RING,
    SAMPLE,
    SIZES,
    SMALL,
    Layout,
    legend,
    legend_width,
    on_line,
    sign_of,
)

_FONT = "Helvetica,Arial,sans-serif"
_BLACK, _GREY, _GROUND, _INPUT = "#1A1A1A", "#595959", "#FFFFFF", "#F2F2F2"
_THINNEST, _WIDEST = 1.0, 5.0  # lines


class _Look(NamedTuple):
    colour: str
    dashes: str


# How lines look, by the sign of their weights: in colours that stand out from a light ground and a dark one.
LOOKS = {
    "positive": _Look("#0072B2", ""),
    "negative": _Look("#B84F00", "8 5"),
    "zero": _Look("#74787C", "2 4"),
    "nan": _Look("#74787C", "2 4"),
}
# In the dark: grounds and texts; and outlines.
_DARK = {
    _BLACK: "#EDEDED",
    _GREY: "#A9ADB2",
    _GROUND: "#1B1B1B",
    _INPUT: "#26292C",
    LOOKS["positive"].colour: "#56B4E9",
    LOOKS["negative"].colour: "#F09A4A",
}
DARK = [
    *(("fill", light, dark) for light, dark in _DARK.items()),
    *(("stroke", light, _DARK[light]) for light in (_BLACK, _GREY)),
]
_HALO = ("text", 4, _GROUND, _DARK[_GROUND])


def svg_of(columns: Sequence[Column], title: str) -> str:
    """The picture of these columns."""
    layout = Layout(columns)
    # Lines below circles, numbers above both.
    parts = [
        *_lines_svg(layout),
        *(part for place in range(len(columns)) for part in _column_svg(layout, place)),
        *(part for gap in range(len(layout.lines)) for part in _numbers_svg(layout, gap)),
        *_legend_svg(layout),
    ]
    size = f'width="{_px(layout.width)}" height="{_px(layout.height)}"'
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {_px(layout.width)} {_px(layout.height)}" '
        f'style="max-width:100%;height:auto" font-family="{_FONT}" '
        f'text-anchor="middle">\n' + "\n".join(parts) + "\n</svg>\n"
    )
    return themed(svg, title, DARK, "stepgrad-diagram", _HALO)


def _lines_svg(layout: Layout) -> list[str]:
    lines = [(line, layout.ends(gap, line)) for gap, between in enumerate(layout.lines) for line in between]
    largest = max((abs(line.weight.data) for line, _ in lines if math.isfinite(line.weight.data)), default=0.0)
    widest = _WIDEST if len(lines) <= 60 else _WIDEST / 2  # many wide lines would run into each other
    parts = []
    for line, (x1, y1, x2, y2) in lines:
        size = abs(line.weight.data)
        share = 0.0 if not size > 0 else 1.0 if size >= largest else size / largest  # nan > 0 is false
        at = f'x1="{_px(x1)}" y1="{_px(y1)}" x2="{_px(x2)}" y2="{_px(y2)}"'
        width = _px(_THINNEST + (widest - _THINNEST) * share)
        hint = f"{visible(line.weight.name or 'w')} = {line.weight.data!r}, {line.ends}"
        look = _stroke(LOOKS[sign_of(line.weight.data)])
        parts.append(f'<line {at} {look} stroke-width="{width}"><title>{_xml(hint)}</title></line>')
    return parts


def _stroke(look: _Look) -> str:
    return f'stroke="{look.colour}"' + (f' stroke-dasharray="{look.dashes}"' if look.dashes else "")


def _column_svg(layout: Layout, place: int) -> list[str]:
    """A column: its circles, and what stands above them."""
    column, x = layout.columns[place], layout.xs[place]
    title, activation = column.heading
    parts = [_text(x, PADDING + 8, title, LARGE), _text(x, PADDING + 26, activation, SMALL, _GREY)]
    if not column.rows:
        parts.append(_text(x, (PADDING + HEADING + layout.bottom) / 2, "…", 2 * LARGE, _GREY))
    for number, row in enumerate(column.rows):
        y = layout.y(place, number)
        if isinstance(row, str):
            parts.append(_ground(x, y, 2 * layout.radius + 12, 2 * layout.radius))
            parts += [_text(x, y - 12, "⋮", 2 * LARGE, _GREY), _text(x, y + 16, row, LARGE, _GREY)]
        else:
            parts += _circle_svg(row, x, y, layout.radius, column.is_output)
            if row.bias:
                # In the upper half lines come from below as a rule, in the lower half from above.
                side = -1 if number < (len(column.rows) - 1) / 2 else 1
                parts += _plate(x, y + side * (layout.radius + RING + 9), row.bias, _BLACK)
    return [part for part in parts if part]


def _circle_svg(circle: Circle, x: float, y: float, radius: float, is_output: bool) -> list[str]:
    """Inputs have a thin outline, neurons a strong one, outputs two."""
    outline = f'fill="{_GROUND}" stroke="{_BLACK}"' if circle.neuron else f'fill="{_INPUT}" stroke="{_GREY}"'
    at = f'cx="{_px(x)}" cy="{_px(y)}"'
    ring = f'<circle {at} r="{_px(radius + RING)}" fill="{_GROUND}" stroke="{_BLACK}"/>' if is_output else ""
    parts = [
        ring,
        f'<circle {at} r="{_px(radius)}" {outline} stroke-width="{2 if circle.neuron else 1}">'
        f"<title>{_xml(circle.hint)}</title></circle>",
    ]
    if len(circle.text) == 1:
        parts.append(_text(x, y, circle.text[0], LARGE))
    else:
        name, number = circle.text
        parts += [_text(x, y - 0.6 * LARGE, name, SMALL, _GREY), _text(x, y + 0.45 * LARGE, number, LARGE)]
    return parts


def _numbers_svg(layout: Layout, gap: int) -> list[str]:
    t = layout.numbers_at[gap]
    if t is None:
        return []
    parts = []
    for line in layout.lines[gap]:
        x1, y1, x2, y2 = layout.ends(gap, line)
        colour = LOOKS[sign_of(line.weight.data)].colour
        parts += _plate(x1 + t * (x2 - x1), y1 + t * (y2 - y1), on_line(line.weight), colour)
    return parts


def _plate(x: float, y: float, text: str, colour: str) -> list[str]:
    """Small text on a ground of its own, so that no line runs through it."""
    # ems() is the most that text takes. A plate somewhat narrower hides less of other lines.
    width, height = 0.88 * ems(text) * SMALL + 4, 1.3 * SMALL
    return [_ground(x, y, width, height), _text(x, y, text, SMALL, colour)]


def _ground(x: float, y: float, width: float, height: float) -> str:
    at = f'x="{_px(x - width / 2)}" y="{_px(y - height / 2)}" width="{_px(width)}" height="{_px(height)}"'
    return f'<rect {at} rx="3" fill="{_GROUND}"/>'


def _legend_svg(layout: Layout) -> list[str]:
    y = layout.height - LEGEND / 2
    x = (layout.width - legend_width(layout.lines)) / 2
    parts = []
    for sign, word in legend(layout.lines):
        look = LOOKS[sign]
        at = f'x1="{_px(x)}" y1="{_px(y)}" x2="{_px(x + SAMPLE - 6)}" y2="{_px(y)}"'
        parts.append(f'<line {at} {_stroke(look)} stroke-width="3"/>')
        parts.append(_text(x + SAMPLE, y, word, SMALL, look.colour, "start"))
        x += SAMPLE + ems(word) * SMALL + 16
    return [*parts, _text(x, y, SIZES, SMALL, _GREY, "start")]


def _text(x: float, y: float, text: str, size: int, colour: str = _BLACK, anchor: str = "") -> str:
    """Text with its middle at x, y; with anchor="start", with its left end there."""
    aligned = f' text-anchor="{anchor}"' if anchor else ""
    # 0.35 ems below the middle is where the letters of most fonts stand; not every viewer knows dominant-baseline.
    at = f'x="{_px(x)}" y="{_px(y + 0.35 * size)}" font-size="{size}" fill="{colour}"{aligned}'
    return f"<text {at}>{_xml(text)}</text>" if text else ""


def _px(number: float) -> str:
    """A length with at most one decimal: short, and the same on every machine."""
    return f"{number:.1f}".removesuffix(".0")


def _xml(text: str) -> str:
    return escape(text, quote=False)
