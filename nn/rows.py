"""Samples as people hand them in, rows of inputs and a target for each, as plain lists of finite floats.

They may be lists, arrays, Series or generators, and are read by position, never by label. A DataFrame is refused:
iterating over it gives the names of its columns.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from autograd import NotANumberError, UsageError, Value
from autograd.extend import has_members, members

Row = list[float]

# What to do where text stands for a class or a category.
_CLASSES = (
    "Give each class the number of its place in a list of the names, classes.index(name), or a row with a 1 at that "
    "place and else 0 (one-hot). accuracy(…, classes=) then takes the names"
)
_CATEGORIES = "Give each category a column of its own: 1 in the rows that are of it, else 0 (one-hot)"


def check_samples(net: Any, inputs: Iterable[Iterable[float]], targets: Iterable[Any]) -> tuple[list[Row], list[Any]]:
    """The samples as rows and targets. Raises UsageError, saying which row is wrong, and how.

    net: `net.n_inputs`, where there is one, is how long a row must be.
    """
    rows = checked_rows(inputs, "inputs")
    wanted = members(targets, "targets", "numbers, one for each row of inputs")
    if not rows:
        raise UsageError("there are no samples: inputs is empty")
    if len(rows) != len(wanted):
        raise UsageError(f"inputs has {len(rows)} rows, but targets has {len(wanted)}: each row needs its target")
    width = getattr(net, "n_inputs", len(rows[0]))
    for number, row in enumerate(rows):
        if len(row) != width:
            whose = "the network reads" if hasattr(net, "n_inputs") else "row 0 has"
            raise UsageError(f"row {number} of inputs has {len(row)} number(s), but {whose} {width}")
    return rows, [checked_target(target, number) for number, target in enumerate(wanted)]


def checked_rows(given: Any, what: str) -> list[Row]:
    """Rows of finite numbers; they may differ in length."""
    rows = members(given, what, "rows of numbers")
    return [_numbers(row, f"row {number} of {what}", _CATEGORIES) for number, row in enumerate(rows)]


def checked_target(target: Any, number: int) -> Any:
    """The target of a row: a finite number, or a list of them."""
    check = _numbers if has_members(target) else _finite
    return check(target, f"row {number} of targets", _CLASSES)


def _numbers(given: Any, where: str, names: str) -> Row:
    # A sum is not finite where one of its terms is not, and is found faster than each is looked at.
    if type(given) is list and {*map(type, given)} == {float} and math.isfinite(sum(given)):
        return list(given)
    return [_finite(x, f"{where}, column {column}", names) for column, x in enumerate(members(given, where, "numbers"))]


def _finite(given: Any, where: str, names: str) -> float:
    """A finite number. names: what to do about text that spells none."""
    if type(given) is float and math.isfinite(given):
        return given
    try:
        number = Value(given).data
    except NotANumberError as error:
        if isinstance(given, str) and not _spells_a_number(given):
            raise UsageError(f"{where}: {str(given)!r:.40} is text; expected a number. {names}") from None
        raise UsageError(f"{where}: {error}") from None
    if not math.isfinite(number):
        raise UsageError(
            f"{where} is {number!r}; expected a finite number. Leave the sample out, or fill the gap first"
        )
    return number


def _spells_a_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
