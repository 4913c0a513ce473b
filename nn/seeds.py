"""Seeds: the same one, the same random numbers, every time."""

from __future__ import annotations

from random import Random
from typing import Any

from autograd import UsageError


def random_from(seed: Any) -> Random:
    """A random source that starts at a seed: a whole number, of Python or NumPy; None for another start every time.

    >>> random_from(3).random() == random_from(3).random()
    True
    """
    try:
        return Random(seed.__index__() if hasattr(seed, "__index__") else seed)
    except TypeError:
        raise UsageError(
            f"seed must be a whole number, or None for another start every time, not {seed!r:.60}"
        ) from None
