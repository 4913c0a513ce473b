"""The numbers of many leaves at once: training reads and writes them after every update."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .blocks import requests
from .value import Value


def numbers_of(values: Iterable[Value]) -> list[float]:
    """[value.data for value in values], five times as fast.

    >>> numbers_of([Value(2.0), Value(3.0)])
    [2.0, 3.0]
    """
    # A property costs a call each time. Inside a block such as record_reads() it is needed.
    return [value.data for value in values] if requests else [value._data for value in values]


def set_numbers(leaves: Sequence[Value], numbers: Sequence[float]) -> None:
    """Give each of the leaves its number, a float, as an assignment to `data` does."""
    if requests:
        for leaf, number in zip(leaves, numbers, strict=True):
            leaf.data = number
    else:
        for leaf, number in zip(leaves, numbers, strict=True):
            leaf._data = number
