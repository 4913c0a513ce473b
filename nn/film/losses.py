"""The curve of the losses: as few points as lines need that are nearly it."""

from __future__ import annotations

import math
from collections.abc import Sequence

from .keyframes import KeyFrames, Point

_MOST_POINTS = 400


def curve_of(losses: Sequence[float], epochs: int) -> list[tuple[int, float]]:
    """(epoch, loss), between which the others lie on straight lines, or nearly, also on a logarithmic scale.

    At an epoch stands the loss that training saw next, from there on; at the last one the loss that it saw last.
    """
    known = list(losses[: epochs + 1])
    if not known:
        return []
    known += [known[-1]] * (epochs + 1 - len(known))
    scales = [_in_units_of_its_range(known)]
    if min(known) > 0.0:
        scales.append(_in_units_of_its_range([*map(math.log, known)]))
    points = [*zip(*scales, strict=True)]
    lines = KeyFrames(Point(0, points[0]), 4 * _MOST_POINTS)
    for start in range(1, len(points), 1000):
        lines = lines.extended(points[start : start + 1000])
    return [(point.epoch, known[point.epoch]) for point in lines.finished().thinned(_MOST_POINTS)]


def _in_units_of_its_range(numbers: Sequence[float]) -> list[float]:
    width = max(numbers) - min(numbers) or 1.0
    return [number / width for number in numbers]
