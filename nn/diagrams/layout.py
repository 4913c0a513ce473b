"""Where everything is drawn: how far apart columns and circles are, and where the weights' numbers fit on the lines."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from autograd import Value
from autograd.extend import DRAWN, cut, ems, visible

from .content import WIDEST_NAME, Circle, Column

LARGE, SMALL = 14, 13  # the sizes of text
PADDING = 20
HEADING = 44  # height of what stands above a column
LEGEND = 46  # height of what stands below the picture
RING = 4  # how far the outer outline of an output is from the inner one
SAMPLE = 36  # the length of a line in the legend, and the space after it
SIZES = "the wider, the larger"  # what the legend says last
SIGNS = ("positive", "negative", "zero", "nan")  # the kinds of weight, each with a look of its own
# Numbers on more lines than this, between two columns, would hide the lines.
_MOST_NUMBERED = 24
_WIDEST_GAP = 380  # between two columns, for numbers to stand in
_FAR_APART, _APART = 30, 23  # the distance that two such numbers should have, and the least that can be read


class Line(NamedTuple):
    """The line from one row of a column to one row of the next, and the weight it stands for."""

    start: int
    end: int
    weight: Value
    ends: str


def lines_between(before: Column, after: Column) -> list[Line]:
    """The lines between two columns that stand side by side; none where columns are left out."""
    lines = []
    for end, reader in enumerate(after.rows):
        for start, (read, number) in enumerate(zip(before.rows, before.numbers, strict=True)):
            if isinstance(reader, Circle) and reader.neuron and isinstance(read, Circle) and number is not None:
                ends = f"from {read.text[0]} to {reader.text[0]}"
                lines.append(Line(start, end, reader.neuron.weights[number], ends))
    return lines


class Layout:
    """Where everything is drawn; all numbers are pixels.

    lines: for each gap between two columns, the lines in it. numbers_at: for each gap, where along its lines the
    weights' numbers are written, from 0 at the left end to 1 at the right; None where they do not fit.
    """

    def __init__(self, columns: Sequence[Column]) -> None:
        self.columns = columns
        self.lines = [lines_between(before, after) for before, after in pairwise(columns)]
        self.radius = max(20.0, *(_radius(circle) for column in columns for circle in _circles(column)))
        most = max(len(column.rows) for column in columns)
        # Few rows stand far apart; with many the picture is high in any case.
        self.pitch = max(2 * self.radius + 32, min(120.0, 560 / most))
        self.numbers_at: list[float | None] = []
        xs = [0.0]
        for right in range(1, len(columns)):
            gap, t = self._gap(right)
            self.numbers_at.append(t)
            xs.append(xs[-1] + gap)
        margins = [PADDING + max(self._beside(column), _heading_width(column) / 2) for column in columns]
        # Where the legend is wider than a small network, the network is centred above it.
        self.width = max(margins[0] + xs[-1] + margins[-1], legend_width(self.lines) + 2 * PADDING)
        left = (self.width + margins[0] - xs[-1] - margins[-1]) / 2
        self.xs = [left + x for x in xs]
        self.bottom = PADDING + HEADING + most * self.pitch
        self.height = self.bottom + LEGEND

    def y(self, column: int, row: int) -> float:
        """The middle of a circle; columns are centred."""
        return (PADDING + HEADING + self.bottom) / 2 + self._from_middle(column, row)

    def ends(self, gap: int, line: Line) -> tuple[float, float, float, float]:
        """x1, y1, x2, y2 of a line."""
        return self.xs[gap], self.y(gap, line.start), self.xs[gap + 1], self.y(gap + 1, line.end)

    def _from_middle(self, column: int, row: int) -> float:
        return (row - (len(self.columns[column].rows) - 1) / 2) * self.pitch

    def _beside(self, column: Column) -> float:
        """How far a column's circles and biases reach from its middle line."""
        return max([self.radius + RING, *(ems(circle.bias) * SMALL / 2 for circle in _circles(column))])

    def _gap(self, right: int) -> tuple[float, float | None]:
        """The distance between a column and the one before it, and the place for numbers on the lines, if any."""
        before, after = self.columns[right - 1], self.columns[right]
        clear = (self._beside(before) + 8, self._beside(after) + 8)
        headings = (_heading_width(before) + _heading_width(after)) / 2 + 16
        # Steep lines are hard to tell apart: a gap between long columns is wider, within reason.
        height = max(len(before.rows), len(after.rows)) * self.pitch
        narrowest = max(sum(clear) + 90, headings, min(height / 2.5, 300))
        return self._room_for_numbers(right, clear, narrowest) or (narrowest, None)

    def _room_for_numbers(self, right: int, clear: tuple[float, float], narrowest: float) -> tuple[float, float] | None:
        """The narrowest gap in which the weights' numbers can be read, and where along the lines they are written.

        All are written at the same share of their lines, and so below each other. None where they would be too close
        together wherever that is.
        """
        lines = self.lines[right - 1]
        if not 0 < len(lines) <= _MOST_NUMBERED:
            return None
        width = max(ems(on_line(line.weight)) for line in lines) * SMALL
        ys = [(self._from_middle(right - 1, line.start), self._from_middle(right, line.end)) for line in lines]
        apart = {t / 100: _least_distance([y1 + t / 100 * (y2 - y1) for y1, y2 in ys]) for t in range(20, 81)}
        narrow = max(narrowest, sum(clear) + width)
        for wanted in (_FAR_APART, _APART):
            for gap in (narrow + 10 * step for step in range(int(max(0.0, _WIDEST_GAP - narrow)) // 10 + 1)):
                first, last = (clear[0] + width / 2) / gap, 1 - (clear[1] + width / 2) / gap
                fitting = [t for t in apart if first <= t <= last and apart[t] >= wanted]
                if fitting:
                    return gap, min(fitting, key=lambda t: (-min(apart[t], 1.2 * _FAR_APART), abs(t - 0.5)))
        return None


def _circles(column: Column) -> list[Circle]:
    return [row for row in column.rows if isinstance(row, Circle)]


def _radius(circle: Circle) -> float:
    """The radius of a circle around the text, corners and all."""
    return math.hypot(max(map(ems, circle.text)) * LARGE / 2 + 2, 0.55 * LARGE * len(circle.text))


def _heading_width(column: Column) -> float:
    return max(ems(text) * size for text, size in zip(column.heading, (LARGE, SMALL), strict=True))


def _least_distance(ys: list[float]) -> float:
    return min((after - before for before, after in pairwise(sorted(ys))), default=math.inf)


def on_line(weight: Value) -> str:
    """What is written on the line of a weight: its name and its number."""
    return f"{cut(visible(weight.name or 'w'), WIDEST_NAME)} = {DRAWN.figure(weight.data)}"


def sign_of(weight: float) -> str:
    """Which of SIGNS a weight has."""
    return "positive" if weight > 0 else "negative" if weight < 0 else "zero" if weight == 0 else "nan"


def legend(lines: list[list[Line]]) -> list[tuple[str, str]]:
    """The kinds of line that there are, each with its words."""
    signs = {sign_of(line.weight.data) for between in lines for line in between}
    return [(sign, f"{sign} weight") for sign in SIGNS if sign in signs]


def legend_width(lines: list[list[Line]]) -> float:
    """How wide the legend can get."""
    return sum(SAMPLE + ems(word) * SMALL + 16 for _, word in legend(lines)) + ems(SIZES) * SMALL
