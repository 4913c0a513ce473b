"""Functions of lists: norm, logsumexp and log_softmax; pick and one_hot, whose index may be a Value.

A list row of the calculus table is recorded as one operation, however long the list is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from typing import Any

from ..errors import UsageError
from .arguments import has_members, members, number, whole_number
from .blocks import requests
from .domain_errors import domain_error
from .list_op import LIST_ROWS, ListOp, list_op
from .notes import NO_NOTES
from .op import VALUES, Pullback
from .operations import RECORDERS
from .recording import made
from .value import Value


def record(op: ListOp, operands: Sequence[Any]) -> Any:
    """Compute an operation of a list and record it. operands: the list's members, then the other inputs."""
    mask = tuple([type(one) is Value for one in operands])
    numbers = tuple(
        [
            one._data if is_value else one if type(one) is float else number(one, f"an operand of {op.name}")
            for one, is_value in zip(operands, mask, strict=True)
        ]
    )
    try:
        data = op.expression_function(*numbers)
    except (ArithmeticError, ValueError) as error:
        raise domain_error(op, operands, numbers, error) from error
    if True not in mask:
        return data
    inputs = tuple([one for one, is_value in zip(operands, mask, strict=True) if is_value])
    value = recorded_value(data, inputs, numbers, op.pullbacks[mask])
    if requests:
        made(value)
    return value


def recorded_value(data: float, inputs: tuple[Value, ...], numbers: tuple[Any, ...], pullback: Pullback) -> Value:
    """A Value as an operation makes it. inputs, numbers: what it read; `number_slots` says where numbers are kept."""
    value: Value = object.__new__(Value)
    value._data = data
    value.grad = 0.0
    value.name = ""
    value._inputs = inputs
    value._first, value._second = (*numbers, None)[:2] if len(numbers) <= 2 else (numbers, None)
    value._pullback = pullback
    value._notes = NO_NOTES
    return value


def _recorder(name: str) -> Any:
    """The function that records a list row; its arguments are the list and the other inputs."""

    def recorded(values: Sequence[Any], *others: Any) -> Any:
        return record(list_op(name, len(values)), (*values, *others))

    return recorded


LIST_RECORDERS = {name: _recorder(name) for name in LIST_ROWS}
VALUES.update(LIST_RECORDERS)


def _members(values: Any, name: str) -> list[Any]:
    listed = members(values, f"the argument of {name}", "Values or numbers")
    if not listed:
        raise UsageError(f"{name} needs values; the list is empty")
    return listed


def norm(values: Iterable[Any]) -> Any:
    """The square root of the sum of squares of a list. It overflows only where the result itself is too large.

    Gives a Value, or a float for numbers alone. Where all members are 0, the slopes are 0.

    >>> norm([Value(3.0), 4.0]), round(norm([3e200, 4e200]) / 1e200, 9)
    (Value(5.0), 5.0)
    """
    return LIST_RECORDERS["norm"](_members(values, "norm"))


def logsumexp(values: Iterable[Any]) -> Any:
    """The log of the sum of e^value over a list, however large the values are; takes and gives the same as `norm`.

    >>> logsumexp([Value(1000.0), 1000.0])
    Value(1000.6931471805599)
    """
    return LIST_RECORDERS["logsumexp"](_members(values, "logsumexp"))


def log_softmax(values: Iterable[Any]) -> list[Any]:
    """The log of each value's softmax, as a list: value - logsumexp(values).

    It is accurate also for a value whose softmax is nearly 1.

    >>> log_softmax([Value(100.0), Value(0.0)])
    [Value(-3.720075976020836e-44), Value(-100.0)]
    """
    listed = _members(values, "log_softmax")
    # Subtracting the same number from all changes nothing; subtracting the largest keeps results near 0 accurate.
    largest = reduce(RECORDERS["maximum"], listed)
    shifted = [RECORDERS["sub"](one, largest) for one in listed]
    total = logsumexp(shifted)
    return [RECORDERS["sub"](one, total) for one in shifted]


def pick(rows: Iterable[Any], index: Any) -> Any:
    """The member of a list at an index, counted from 0: a number or a Value; of a list of lists, a list.

    An index that is a Value is recorded, with the partial 0: a compiled program can be called with other indices, such
    as the tokens of a text. An index that is a number picks at once.

    Raises DomainError for an index that is not whole, or not from 0 to len(rows) - 1; UsageError where lists in the
    list are not of one length.

    >>> token = Value(1.0, "token")
    >>> pick([10.0, Value(20.0), 30.0], token), pick([[1.0, 2.0], [3.0, 4.0]], token)
    (Value(20.0), [Value(3.0), Value(4.0)])
    >>> pick([10.0, 20.0, 30.0], 2)
    30.0
    """
    listed = _members(rows, "pick")
    if not isinstance(index, Value):
        place = number(index, "the index of pick")
        LIST_RECORDERS["pick"]([0.0] * len(listed), place)  # raises the errors that a Value would raise
        found = listed[int(place)]
        return list(found) if has_members(found) else found
    are_lists = [has_members(one) for one in listed]
    if not any(are_lists):
        return LIST_RECORDERS["pick"](listed, index)
    lengths = {len(one) if is_list else None for one, is_list in zip(listed, are_lists, strict=True)}
    if len(lengths) > 1:
        raise UsageError("pick reads a list of numbers, or a list of lists that are all of one length")
    return [pick(column, index) for column in zip(*listed, strict=True)]


def one_hot(index: Any, n: int) -> list[Any]:
    """A list of n numbers: 1 at the index, 0 elsewhere. See `pick` for an index that is a Value, and for errors.

    >>> one_hot(2, 4), one_hot(Value(0.0), 2)
    ([0.0, 0.0, 1.0, 0.0], [Value(1.0), Value(0.0)])
    """
    places = range(whole_number(n, "n", 1))
    found: list[Any] = pick([[float(place == one) for one in places] for place in places], index)
    return found


__all__ = ["log_softmax", "logsumexp", "norm", "one_hot", "pick"]
