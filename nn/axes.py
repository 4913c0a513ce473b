"""Axes of our own, drawn as SVG, with those of matplotlib's methods that `plots.py` and the course call.

A browser's Python has no matplotlib, and a course that is read there has its plots all the same.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from html import escape
from itertools import pairwise
from typing import Any, NamedTuple

from autograd import UsageError
from autograd.extend import DRAWN, ems, themed, write_whole

from .regions import Point, above, cells, crossing

_LEFT, _RIGHT, _TOP, _BOTTOM = 66, 14, 14, 52
_SIZE = 13  # of text, in px
_TEXT, _FRAME = "#1b1b1b", "#7a7f85"
_COLOURS = ["#0072B2", "#D55E00", "#00805C", "#B0578D"]
_DASHES = {"-": "", "--": "7 4", "-.": "8 3 2 3", ":": "2 3"}
# A marker around 0, 0.
_STAR = " ".join(
    f"{(5.5 if point % 2 == 0 else 2.3) * math.sin(point * math.pi / 5):.2f},"
    f"{-(5.5 if point % 2 == 0 else 2.3) * math.cos(point * math.pi / 5):.2f}"
    for point in range(10)
)
_MARKERS = {
    "o": '<circle r="4"/>',
    "s": '<path d="M-4,-4H4V4H-4Z"/>',
    "^": '<path d="M0,-5L5,4H-5Z"/>',
    "v": '<path d="M0,5L5,-4H-5Z"/>',
    "D": '<path d="M0,-5L5,0L0,5L-5,0Z"/>',
    "P": '<path d="M-2,-5H2V-2H5V2H2V5H-2V2H-5V-2H-2Z"/>',
    "X": '<path d="M-5,-3L-3,-5L0,-2L3,-5L5,-3L2,0L5,3L3,5L0,2L-3,5L-5,3L-2,0Z"/>',
    "*": f'<polygon points="{_STAR}"/>',
}
_MOST_POINTS = 1000
# Of a picture of numbers: what is below 0, and what is above.
_BELOW, _ABOVE = (178, 24, 43), (33, 102, 172)


class Mark(NamedTuple):
    """What is drawn once the scales are known: points joined by a line, or a marker at each."""

    points: list[Point]
    colour: str
    marker: str
    dashes: str | None  # None where no line joins them
    filled: bool
    label: str
    width: float

    def get_color(self) -> str:
        """The colour of the line."""
        return self.colour


class SvgAxes:
    """Axes that a notebook shows as SVG. `.figure.savefig("plot.svg")` writes it to a file.

    says: what is on them, for whoever cannot see it. width, height: in pixels; a legend stands below.

    >>> ax = SvgAxes("the parabola x² from -3 to 3")
    >>> _ = ax.plot(range(-3, 4), [x**2 for x in range(-3, 4)], label="x²")
    >>> ax.legend()
    >>> ax.figure.savefig("parabola.svg")  # doctest: +SKIP
    """

    def __init__(self, says: str, width: int = 560, height: int = 380) -> None:
        self.figure = self
        self.says, self.width, self.height = says, width, height
        self.marks: list[Mark] = []
        self.regions: list[tuple[list[list[Point]], str]] = []
        self.edges: list[list[Point]] = []
        self.image: list[list[str]] = []  # colours, row by row
        self.labels = {"x": "", "y": "", "title": ""}
        self.is_logarithmic = False
        self.has_legend = False
        self.is_framed = True

    # As matplotlib's ------------------------------------------------------------------------------------------------

    def plot(self, xs: Iterable[float], ys: Iterable[float], **look: Any) -> tuple[Mark]:
        """A line through points; a number that is not finite leaves a gap."""
        colour = look.get("color") or _COLOURS[len(self.marks) % len(_COLOURS)]
        dashes = _DASHES.get(look.get("linestyle", "-"))
        points = list(zip(xs, ys, strict=True))
        points = points if dashes is None else _thinned(points)  # without a line every point is drawn
        is_filled = "markerfacecolor" not in look
        label, width = look.get("label", ""), look.get("linewidth", 1.8)
        mark = Mark(points, colour, look.get("marker", ""), dashes, is_filled, label, width)
        self.marks.append(mark)
        return (mark,)

    def scatter(self, xs: Iterable[float], ys: Iterable[float], **look: Any) -> None:
        """A marker at each point."""
        self.plot(xs, ys, **(look | {"linestyle": ""}))

    def contourf(self, xs: Sequence[float], ys: Sequence[float], values: Any, colors: list[str], **_: Any) -> None:
        """The region where the values over a grid are at least 0."""
        polygons: list[list[Point]] = []
        for cell in cells(xs, ys, values):
            polygon = above(cell)
            before = polygons[-1] if polygons else []
            # Squares that are whole and beside one another become one rectangle.
            if min(value for *_, value in cell) >= 0 and len(before) == 4 and before[1:3] == [polygon[0], polygon[3]]:
                polygons[-1] = [before[0], polygon[1], polygon[2], before[3]]
            elif len(polygon) > 2:
                polygons.append(polygon)
        self.regions.append((polygons, colors[0]))

    def contour(self, xs: Sequence[float], ys: Sequence[float], values: Any, **_: Any) -> None:
        """The line where the values over a grid are 0."""
        for cell in cells(xs, ys, values):
            crossed = [crossing(a, b) for a, b in pairwise([*cell, cell[0]]) if (a[2] >= 0) != (b[2] >= 0)]
            self.edges += [list(pair) for pair in zip(crossed[::2], crossed[1::2], strict=False)]

    def imshow(self, rows: Iterable[Iterable[float]], vmin: float = -1.0, vmax: float = 1.0) -> None:
        """Numbers as squares, row by row from the top: white is 0, blue above it up to vmax, red below it to vmin."""
        self.image = [[_shade(number / (vmax if number > 0 else -vmin)) for number in row] for row in rows]

    def axis(self, wanted: str) -> None:
        """axis("off"): no frame, and no numbers beside it."""
        self.is_framed = wanted != "off"

    def set_xlabel(self, text: str) -> None:
        """What the numbers across are."""
        self.labels["x"] = text

    def set_ylabel(self, text: str) -> None:
        """What the numbers up are."""
        self.labels["y"] = text

    def set_title(self, text: str) -> None:
        """Words above."""
        self.labels["title"] = text

    def set_yscale(self, scale: str) -> None:
        """Whether equal factors ("log") or equal differences ("linear") are equally far apart."""
        self.is_logarithmic = scale == "log"

    def legend(self, labels: Sequence[str] = (), **_: Any) -> None:
        """Say below what is what; labels: names for the first lines, in their order."""
        self.marks[: len(labels)] = [
            mark._replace(label=label) for mark, label in zip(self.marks, labels, strict=False)
        ]
        self.has_legend = True

    def savefig(self, path: Any, **_: Any) -> None:
        """Write the picture to a file that ends in .svg."""
        if not str(path).endswith(".svg"):
            raise UsageError(f"without matplotlib a plot is written as .svg, not as {path!s:.60}")
        write_whole(path, self._repr_svg_().encode())

    # Drawing --------------------------------------------------------------------------------------------------------

    def _repr_svg_(self) -> str:
        known = [point for mark in self.marks for point in mark.points if self._is_shown(point)]
        known += [point for polygons, _ in self.regions for polygon in polygons for point in polygon]
        left, right, top, bottom = self._box()
        across = _Scale([x for x, _ in known], left, right, False, bool(self.regions))
        up = _Scale([y for _, y in known], bottom, top, self.is_logarithmic, bool(self.regions))
        parts = [self._squares(), *(self._region(across, up, *region) for region in self.regions)]
        parts += [f'<path d="{"".join(_line(across, up, edge) for edge in self.edges)}" stroke="#000" fill="none"/>']
        parts += [self._frame(across, up) if self.is_framed else ""]
        parts += [_words(self.labels["title"], (left + right) / 2, top - 8, "middle")]
        parts += [self._mark(across, up, mark) for mark in self.marks]
        legend, more = self._legend() if self.has_legend else ("", 0)
        width, height = self.width, self.height + more
        svg = (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
            f'viewBox="0 0 {width} {height}" '
            f'style="max-width: 100%; height: auto" font-family="sans-serif" font-size="{_SIZE}">'
            f"{''.join(parts)}{legend}</svg>"
        )
        return themed(svg, self.says, [("fill", _TEXT, "#ededed")], "stepgrad-axes", ("text", 4, "#ffffff", "#1b1b1b"))

    def _box(self) -> tuple[int, int, int, int]:
        """Where the frame is: left, right, top, bottom."""
        top = _TOP + 12 * bool(self.labels["title"])
        if not self.is_framed:
            return 4, self.width - 4, top, self.height - 4
        bottom = _BOTTOM - 20 * (not self.labels["x"])
        return _LEFT - 20 * (not self.labels["y"]), self.width - _RIGHT, top, self.height - bottom

    def _squares(self) -> str:
        """A picture of numbers: squares that fill the box one way, in the middle of it the other."""
        if not self.image:
            return ""
        left, right, top, bottom = self._box()
        columns = max(map(len, self.image))
        side = min((right - left) / columns, (bottom - top) / len(self.image))
        x, y = (left + right - side * columns) / 2, (top + bottom - side * len(self.image)) / 2
        return "".join(
            f'<path d="M{x + column * side:.1f},{y + row * side:.1f}h{side:.1f}v{side:.1f}h{-side:.1f}z" '
            f'fill="{colour}" stroke="{colour}" stroke-width="0.7"/>'
            for row, colours in enumerate(self.image)
            for column, colour in enumerate(colours)
        )

    def _is_shown(self, point: Point) -> bool:
        return all(map(math.isfinite, point)) and (point[1] > 0 or not self.is_logarithmic)

    def _region(self, across: _Scale, up: _Scale, polygons: list[list[Point]], colour: str) -> str:
        path = "".join(_line(across, up, polygon) + "Z" for polygon in polygons)
        return f'<path d="{path}" fill="{colour}" stroke="{colour}" stroke-width="0.7"/>'  # without seams

    def _frame(self, across: _Scale, up: _Scale) -> str:
        left, right, top, bottom = self._box()
        parts = [f'<path d="M{left},{top}H{right}V{bottom}H{left}Z" fill="none" stroke="{_FRAME}"/>']
        for number, text in across.ticks():
            x = across(number)
            parts.append(f'<path d="M{x:.1f},{bottom}v5" stroke="{_FRAME}"/>{_words(text, x, bottom + 19, "middle")}')
        for number, text in up.ticks():
            y = up(number)
            parts.append(f'<path d="M{left},{y:.1f}h-5" stroke="{_FRAME}"/>{_words(text, left - 9, y + 4.5, "end")}')
        parts.append(_words(self.labels["x"], (left + right) / 2, bottom + 40, "middle"))
        turned = f' transform="rotate(-90 16 {(top + bottom) / 2})"'
        parts.append(_words(self.labels["y"], 16, (top + bottom) / 2, "middle", turned))
        return "".join(parts)

    def _mark(self, across: _Scale, up: _Scale, mark: Mark) -> str:
        parts = []
        if mark.dashes is not None:
            runs: list[list[Point]] = [[]]
            for point in mark.points:
                if self._is_shown(point):
                    runs[-1].append(point)
                elif runs[-1]:
                    runs.append([])
            path = "".join(_line(across, up, run) for run in runs if run)
            parts.append(f'<path d="{path}" fill="none" stroke="{mark.colour}" {_dashed(mark)}/>')
        if mark.marker:
            shown = [point for point in mark.points if self._is_shown(point)]
            parts += [_marker(mark, across(x), up(y)) for x, y in shown]
        return "".join(parts)

    def _legend(self) -> tuple[str, int]:
        """What the marks are, in rows below the picture, and the height of these."""
        parts: list[str] = []
        left: float = self._box()[0]
        x, y = left, self.height + 14.0
        for mark in (one for one in self.marks if one.label):
            width = 44 + ems(mark.label) * _SIZE
            if x + width > self.width and x > left:
                x, y = left, y + 22
            if mark.dashes is not None:
                parts.append(f'<path d="M{x},{y - 4}h22" stroke="{mark.colour}" {_dashed(mark)}/>')
            if mark.marker:
                parts.append(_marker(mark, x + 11, y - 4))
            parts.append(_words(mark.label, x + 28, y, "start"))
            x += width
        return "".join(parts), round(y) + 10 - self.height


class _Scale:
    """Numbers as places on the page, from one end to the other, with some room beside them."""

    def __init__(self, numbers: list[float], start: float, end: float, is_logarithmic: bool, is_tight: bool) -> None:
        self.of = math.log10 if is_logarithmic else float
        self.is_logarithmic = is_logarithmic
        places = [self.of(number) for number in numbers] or [0.0, 1.0]
        low, high = min(places), max(places)
        room = 0.0 if is_tight and high > low else 0.04 * (high - low) or max(0.5, 0.04 * abs(high))
        self.low, self.high, self.start, self.end = low - room, high + room, start, end

    def __call__(self, number: float) -> float:
        return self.start + (self.of(number) - self.low) / (self.high - self.low) * (self.end - self.start)

    def ticks(self) -> list[tuple[float, str]]:
        """Round numbers to be written beside the scale: at most seven; on a logarithmic one powers of ten."""
        if self.is_logarithmic and self.high - self.low >= 1:
            powers = range(math.ceil(self.low), math.floor(self.high) + 1, math.ceil((self.high - self.low) / 7))
            return [(10.0**power, DRAWN.figure(10.0**power)) for power in powers]
        low, high = (10**self.low, 10**self.high) if self.is_logarithmic else (self.low, self.high)
        rough = (high - low) / 6
        unit = 10.0 ** math.floor(math.log10(rough))
        step = next(unit * times for times in (1, 2, 5, 10) if unit * times >= rough)
        first, last = math.ceil(low / step), math.floor(high / step)
        return [(number * step, DRAWN.figure(float(f"{number * step:.10g}"))) for number in range(first, last + 1)]


def _thinned(points: list[Point]) -> list[Point]:
    """At most so many points: of each stretch the lowest and the highest, so that no peak is lost."""
    size = -(-len(points) * 2 // _MOST_POINTS)
    if len(points) <= _MOST_POINTS:
        return points
    kept = []
    for begin in range(0, len(points), size):
        part = points[begin : begin + size]
        kept += sorted({min(part, key=lambda point: point[1]), max(part, key=lambda point: point[1])})
    return kept


def _shade(share: float) -> str:
    """The colour of a number: white at 0, and at -1 and 1, and beyond, as dark as it gets."""
    depth, end = min(1.0, abs(share)), _ABOVE if share > 0 else _BELOW
    return "#" + "".join(f"{round(255 + depth * (part - 255)):02x}" for part in end)


def _line(across: _Scale, up: _Scale, points: list[Point]) -> str:
    return "M" + "L".join(f"{across(x):.1f},{up(y):.1f}" for x, y in points)


def _dashed(mark: Mark) -> str:
    return f'stroke-width="{mark.width}"' + (f' stroke-dasharray="{mark.dashes}"' if mark.dashes else "")


def _marker(mark: Mark, x: float, y: float) -> str:
    fill, edge = (mark.colour, "#000") if mark.filled else ("#fff", mark.colour)
    return f'<g transform="translate({x:.1f} {y:.1f})" fill="{fill}" stroke="{edge}">{_MARKERS[mark.marker]}</g>'


def _words(text: str, x: float, y: float, anchor: str, more: str = "") -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"'
    return f'<text {place} fill="{_TEXT}"{more}>{escape(text)}</text>' if text else ""
