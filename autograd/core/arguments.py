"""What callers hand in: whole numbers, and anything whose members have an order."""

from __future__ import annotations

from collections.abc import Mapping, Set
from operator import index
from typing import Any

from ..errors import UsageError


def has_members(given: Any) -> bool:
    """Whether something is list-like: a list, a tuple, an array, a Series, a generator; neither text nor bytes.

    >>> has_members([]), has_members((1, 2)), has_members("text"), has_members(3.0)
    (True, True, False, False)
    """
    # An array of no dimension can be iterated over only until one tries.
    return hasattr(given, "__iter__") and getattr(given, "shape", True) != () and not isinstance(given, str | bytes)


def is_frame(given: Any) -> bool:
    """Whether something is a DataFrame: iterating over it gives its columns' names, not its rows."""
    return hasattr(given, "columns") and hasattr(given, "to_numpy")


def members(given: Any, what: str, expected: str) -> list[Any]:
    """The members of something list-like, by position, whatever labels they have. Raises UsageError for anything else.

    what: what an error calls it. expected: of what it should be a list.
    """
    if is_frame(given):
        raise UsageError(
            f"{what} is a {type(given).__name__}, whose members are the names of its columns; expected a list of "
            f"{expected}: hand in its .to_numpy()"
        )
    # Dictionaries and sets have members too, but not in an order that could be meant.
    if not has_members(given) or isinstance(given, Mapping | Set):
        raise UsageError(f"{what} is {given!r:.40}; expected a list of {expected}")
    return list(given)


def whole_number(given: Any, what: str, least: int) -> int:
    """A whole number, of Python or NumPy, as an int. Raises UsageError where it is none, or less than `least`.

    >>> whole_number(3, "epochs", 0)
    3
    """
    if not isinstance(given, bool) and hasattr(given, "__index__") and index(given) >= least:
        return index(given)
    raise UsageError(f"{what} must be a whole number of at least {least}, not {given!r:.60}")
