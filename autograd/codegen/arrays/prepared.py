"""Samples as array programs take them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

# How many samples are computed at once: what stands in between is then read again while it is near the processor.
_SAMPLES_A_PIECE = 512


class Prepared:
    """Samples as an array program takes them fastest: the arrays of data, looked at once."""

    def __init__(self, data: Sequence[Any], count: int) -> None:
        self._data = data
        self.count = count
        self._pieces = _pieces_of(data, count)

    @property
    def data(self) -> Sequence[Any]:
        """The arrays, each with a row for each sample."""
        return self._data

    @property
    def pieces(self) -> list[tuple[Any, ...]]:
        """The arrays of a few samples each."""
        return self._pieces

    def selected(self, places: Sequence[int]) -> Prepared:
        """Some of the samples, by their places."""
        taken = as_slice(places)
        if isinstance(taken, slice):
            return Prepared([one[taken] for one in self.data], len(places))
        return _Selected(self.data, taken)


class _Selected(Prepared):
    """Samples that do not follow each other; copied when they are computed, and then near the processor."""

    def __init__(self, every: Sequence[Any], places: Sequence[int]) -> None:
        self._every = every
        self._places = places
        self.count = len(places)

    @property
    def data(self) -> Sequence[Any]:
        return [one.take(self._places, axis=0) for one in self._every]

    @property
    def pieces(self) -> list[tuple[Any, ...]]:
        return _pieces_of(self.data, self.count)


def _pieces_of(data: Sequence[Any], count: int) -> list[tuple[Any, ...]]:
    if not data:  # there is one row all the same
        return [()] * count
    if count <= _SAMPLES_A_PIECE:
        return [tuple(data)]
    firsts = range(0, count, _SAMPLES_A_PIECE)
    return [tuple(one[first : first + _SAMPLES_A_PIECE] for one in data) for first in firsts]


def as_slice(places: Sequence[int]) -> Any:
    """Places that follow each other as a slice, which copies nothing; others as they are."""
    if type(places) is range and places.step == 1:
        return slice(places.start, places.stop)
    first = places[0]
    is_in_order = places[-1] - first == len(places) - 1 and list(places) == list(range(first, first + len(places)))
    return slice(first, first + len(places)) if is_in_order else list(places)
