"""Samples in the form that array programs take."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

# How many samples are computed at once: few enough for intermediate results to stay in the processor's cache.
_SAMPLES_A_PIECE = 512


class Prepared:
    """Samples as an array program takes them fastest: checked, and as arrays of data."""

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
    """Samples that are not adjacent. They are copied only when they are needed, and so are in the cache."""

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
    if not data:  # the graph has no data, but is computed for each sample
        return [()] * count
    if count <= _SAMPLES_A_PIECE:
        return [tuple(data)]
    firsts = range(0, count, _SAMPLES_A_PIECE)
    return [tuple(one[first : first + _SAMPLES_A_PIECE] for one in data) for first in firsts]


def as_slice(places: Sequence[int]) -> Any:
    """Consecutive places as a slice, which copies nothing; others as a list."""
    if type(places) is range and places.step == 1:
        return slice(places.start, places.stop)
    first = places[0]
    is_in_order = places[-1] - first == len(places) - 1 and list(places) == list(range(first, first + len(places)))
    return slice(first, first + len(places)) if is_in_order else list(places)
