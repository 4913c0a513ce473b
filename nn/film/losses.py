"""The curve of the losses: as few points as lines need that are nearly it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from .keyframes import KeyFrames, Point

_MOST_POINTS = 400


def curve_of(losses: Sequence[float], epochs: int) -> list[tuple[int, float]]:
    """(epoch, loss), between which the others lie on straight lines, or nearly, also on a logarithmic scale.

    At an epoch stands the loss that training saw next, from there on; at the last one the loss that it saw last.
    """
    count = min(len(losses), epochs + 1)
    if not count:
        return []
    seen = losses if count == len(losses) else losses[:count]
    low, high = min(seen), max(seen)
    scales: list[Callable[[float], float]] = [float, math.log] if low > 0.0 else [float]
    widths = [scale(high) - scale(low) or 1.0 for scale in scales]

    def point(epoch: int) -> list[float]:
        """The loss and, where there is one, its logarithm, in units of their ranges."""
        loss = seen[min(epoch, count - 1)]
        return [scale(loss) / width for scale, width in zip(scales, widths, strict=True)]

    lines = KeyFrames(Point(0, point(0)), 4 * _MOST_POINTS)
    for start in range(1, epochs + 1, 1000):
        lines = lines.extended([*map(point, range(start, min(start + 1000, epochs + 1)))])
    return [(one.epoch, seen[min(one.epoch, count - 1)]) for one in lines.finished().thinned(_MOST_POINTS)]
