"""Samples as array programs take them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

# How many samples are computed at once: what stands in between is then read again while it is near the processor.
_SAMPLES_A_PIECE = 512


class Prepared:
    """Samples as an array program takes them fastest: the arrays of data, looked at once."""

    def __init__(self, data: Sequence[Any], count: int) -> None:
        self.data = data
        self.count = count
        # Those of a few samples each; without any data there is one row all the same.
        self.pieces: list[tuple[Any, ...]] = [tuple(data)] if data else [()] * count
        if data and count > _SAMPLES_A_PIECE:
            firsts = range(0, count, _SAMPLES_A_PIECE)
            self.pieces = [tuple(one[first : first + _SAMPLES_A_PIECE] for one in data) for first in firsts]

    def selected(self, places: Sequence[int]) -> Prepared:
        """Some of the samples, by their places."""
        taken = as_slice(places)
        if isinstance(taken, slice):
            return Prepared([one[taken] for one in self.data], len(places))
        return Prepared([one.take(taken, axis=0) for one in self.data], len(places))


def as_slice(places: Sequence[int]) -> Any:
    """Places that follow each other as a slice, which copies nothing; others as they are."""
    if type(places) is range and places.step == 1:
        return slice(places.start, places.stop)
    first = places[0]
    is_in_order = places[-1] - first == len(places) - 1 and list(places) == list(range(first, first + len(places)))
    return slice(first, first + len(places)) if is_in_order else list(places)
