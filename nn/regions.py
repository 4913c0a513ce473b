"""Where the values over a grid are at least 0: each square's part of the region, and the line around it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

Point = tuple[float, float]


def cells(xs: Sequence[float], ys: Sequence[float], values: Any) -> Iterable[list[tuple[float, float, float]]]:
    """The squares of a grid: their corners, each with its value, around."""
    for row, (bottom, top) in enumerate(pairwise(ys)):
        for column, (left, right) in enumerate(pairwise(xs)):
            low, high = values[row], values[row + 1]
            yield [
                (left, bottom, low[column]),
                (right, bottom, low[column + 1]),
                (right, top, high[column + 1]),
                (left, top, high[column]),
            ]


def above(cell: list[tuple[float, float, float]]) -> list[Point]:
    """The part of a square where the value is at least 0, which changes evenly along its sides."""
    polygon: list[Point] = []
    for a, b in pairwise([*cell, cell[0]]):
        if a[2] >= 0:
            polygon.append(a[:2])
        if (a[2] >= 0) != (b[2] >= 0):
            polygon.append(crossing(a, b))
    return polygon


def crossing(a: tuple[float, float, float], b: tuple[float, float, float]) -> Point:
    """The point between two where the value is 0."""
    share = a[2] / (a[2] - b[2])
    return a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])
