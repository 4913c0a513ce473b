"""Packing: key frames as text, small enough for a page.

A number is one of 65,536 steps between the least and the largest that its parameter has. Parameter by parameter the
differences from key frame to key frame are written, all low bytes and then all high ones, deflated, as base64. The page
(film.js) unpacks them to the same floats.
"""

from __future__ import annotations

import zlib
from base64 import b64encode
from collections.abc import Iterable, Sequence
from itertools import pairwise

from .keyframes import Point

_STEPS = 65_535


class Packed:
    """Key frames with a step for every number.

    epochs: of the key frames. lows, highs: the least and the largest number of each parameter.
    error: how far a number is from its step, at most.
    """

    def __init__(self, points: Iterable[Point]) -> None:
        points = [*points]
        self.epochs = [point.epoch for point in points]
        columns = [*zip(*(point.numbers for point in points), strict=True)]
        self.lows, self.highs = [*map(min, columns)], [*map(max, columns)]
        self._steps = [*map(_as_steps, columns, self.lows, self.highs)]
        self.error = max(high - low for low, high in zip(self.lows, self.highs, strict=True)) / _STEPS / 2

    def numbers(self, place: int) -> list[float]:
        """The numbers of a key frame."""
        steps = zip(self.lows, self.highs, self._steps, strict=True)
        return [low + (high - low) * column[place] / _STEPS for low, high, column in steps]

    def text(self) -> str:
        """All steps, as base64."""
        differences = [
            (after - before) % (_STEPS + 1) for column in self._steps for before, after in pairwise([0, *column])
        ]
        low, high = (bytes(difference >> shift & 255 for difference in differences) for shift in (0, 8))
        return b64encode(zlib.compress(low + high, 9)).decode()


def _as_steps(column: Sequence[float], low: float, high: float) -> list[int]:
    width = high - low
    return [round((number - low) / width * _STEPS) if width else 0 for number in column]
