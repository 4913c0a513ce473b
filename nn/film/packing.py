"""Packing: key frames as text, small enough for a page.

A number is one of 65,536 steps between the least and the largest that its parameter has. Parameter by parameter the
differences from key frame to key frame are written, all low bytes and then all high ones, deflated, as base64. The page
(numbers.js) unpacks them to the same floats.
"""

from __future__ import annotations

import math
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
        ends = [_rounded(min(column), max(column)) for column in columns]
        self.lows, self.highs = [low for low, _ in ends], [high for _, high in ends]
        self._steps = [*map(_as_steps, columns, self.lows, self.highs)]
        # Half a step, and what the ends are rounded by.
        self.error = 0.501 * max(high - low for low, high in zip(self.lows, self.highs, strict=True)) / _STEPS

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


def _rounded(low: float, high: float) -> tuple[float, float]:
    """Both ends of a range, with no digits beyond a thousandth of a step."""
    grain = (high - low) / _STEPS / 1000
    if not 0.0 < grain < math.inf:
        return low, high
    decimals = math.ceil(-math.log10(grain))
    return round(low, decimals), round(high, decimals)


def _as_steps(column: Sequence[float], low: float, high: float) -> list[int]:
    width = high - low
    return [min(max(round((number - low) / width * _STEPS), 0), _STEPS) if width else 0 for number in column]
