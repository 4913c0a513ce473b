"""Arguments that callers give: numbers, whole numbers, and lists of any kind."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Set
from operator import index
from typing import Any

from ..errors import NotANumberError, UsageError

Number = float  # what annotations call anything that `number` accepts


def is_number(given: Any) -> bool:
    """Whether it is one real number: an int, float or bool, or a scalar or 0-d array of NumPy's."""
    return isinstance(given, int | float) or (getattr(given, "shape", None) == () and _kind(given) in set("biuf"))


def _kind(given: Any) -> Any:
    return getattr(getattr(given, "dtype", None), "kind", "")


def number(given: Any, where: str = "a Value") -> float:
    """`given` as a float. Raises NotANumberError for anything but one real number."""
    if is_number(given):
        try:
            return float(given)
        except OverflowError:
            raise NotANumberError(f"{where} holds a float; this int is too large for one") from None
    if hasattr(given, "_pullback"):
        mend = "use it in an expression, which is recorded, or write v.detach() for a leaf with the same number"
    elif isinstance(given, str | bytes):
        mend = f"if the text spells a number, write float({given!r:.40})"
    elif given is ...:
        mend = "put a number in the place of the three dots"
    elif given is None:
        mend = "did a function end without a return?"
    elif isinstance(given, complex) or _kind(given) == "c":
        mend = "take .real, .imag or abs(...) first"
    elif hasattr(given, "tolist") and getattr(given, "shape", None) == ():
        mend = "hand in its .tolist(), or that of the whole array or tensor which it is a member of"
    elif hasattr(given, "__len__") or hasattr(given, "shape"):
        mend = "make one for each: [Value(x) for x in xs]"
    else:
        mend = "convert it first, with float(...)"
    raise NotANumberError(f"{where} holds one real number, not {type(given).__name__} {_shortened(given)}: {mend}")


def operand(given: Any, where: str) -> Any:
    """As `number`, for an operator: an array gives NotImplemented, so that its own operator takes each member."""
    try:
        return number(given, where)
    except NotANumberError:
        if is_array(given):
            return NotImplemented
        raise


def is_array(given: Any) -> bool:
    """Whether it is a NumPy array of at least one dimension. Where NumPy is not loaded, nothing is."""
    numpy = sys.modules.get("numpy")
    return numpy is not None and isinstance(given, numpy.ndarray) and given.ndim > 0


def _shortened(given: Any) -> str:
    text = repr(given)
    return text if len(text) <= 40 else text[:39] + "…"


def has_members(given: Any) -> bool:
    """Whether something is list-like: a list, a tuple, an array, a Series, a generator; neither text nor bytes.

    >>> has_members([]), has_members((1, 2)), has_members("text"), has_members(3.0)
    (True, True, False, False)
    """
    # An array of no dimension has __iter__, which raises.
    return hasattr(given, "__iter__") and getattr(given, "shape", True) != () and not isinstance(given, str | bytes)


def is_frame(given: Any) -> bool:
    """Whether something is a DataFrame: iterating over it gives its columns' names, not its rows."""
    return hasattr(given, "columns") and hasattr(given, "to_numpy")


def members(given: Any, what: str, expected: str) -> list[Any]:
    """The members of something list-like, by position, whatever labels they have. Raises UsageError for anything else.

    what: its name in errors. expected: what the list should hold.
    """
    if is_frame(given):
        raise UsageError(
            f"{what} is a {type(given).__name__}, whose members are the names of its columns; expected a list of "
            f"{expected}: hand in its .to_numpy()"
        )
    # Dictionaries and sets have members too, but their order is no position.
    if not has_members(given) or isinstance(given, Mapping | Set):
        raise UsageError(f"{what} is {given!r:.40}; expected a list of {expected}")
    return list(given)


def whole_number(given: Any, what: str, least: int) -> int:
    """A whole number, of Python or NumPy, as an int. Raises UsageError for anything else, and below `least`.

    >>> whole_number(3, "epochs", 0)
    3
    """
    is_whole = hasattr(given, "__index__") and not (isinstance(given, bool) or hasattr(given, "_pullback"))
    if is_whole and index(given) >= least:
        return index(given)
    raise UsageError(f"{what} must be a whole number of at least {least}, not {given!r:.60}")
