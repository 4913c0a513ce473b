"""Predictions: what a network computes, as plain floats; for many rows by a program where that is faster."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import reduce
from importlib.util import find_spec
from operator import add
from typing import Any

from autograd import StepgradError, UsageError, Value, no_grad, record_reads
from autograd.extend import has_members

Row = list[float]

# Below so many values in all, to record and compile takes longer than to compute. A program of Python's takes longer to
# compile than an array program: for how many rows it pays.
_FEW_VALUES = 5_000
_FEW_ROWS = 150
# A program may differ by this part of the largest output, or of 1.
_TOLERANCE = 1e-9


def computed(net: Any, inputs: Any) -> Any:
    """What a network, a Module or not, computes, as plain floats and without recording: one, or a list of several."""
    with no_grad():
        outputs = net(inputs)
    return [_plain(output) for output in outputs] if has_members(outputs) else _plain(outputs)


def _plain(output: Any) -> float:
    return output.data if isinstance(output, Value) else Value(output, "output").data


def computed_for_all(net: Any, rows: Sequence[Row]) -> list[Any]:
    """The same for many rows. A program is used only if it computes the first, the last and some other rows as the
    network does.
    """
    if len(rows) < 2:
        return [computed(net, list(row)) for row in rows]
    last = len(rows) - 1
    some = sorted({place * last // 9 for place in range(10)})
    known = {place: computed(net, list(rows[place])) for place in some}
    try:
        found = _by_program(net, rows, some, known)
    # A network may do anything with Values that it would not do with numbers.
    except (StepgradError, ArithmeticError, TypeError, ValueError):
        found = None
    if found is None:
        return [known[place] if place in known else computed(net, list(row)) for place, row in enumerate(rows)]
    return found


def _by_program(net: Any, rows: Sequence[Row], some: list[int], known: dict[int, Any]) -> list[Any] | None:
    """All outputs by a program; None where there is none that is faster, or it is not right."""
    # Loaded when they are first needed, as all views of a graph are.
    from autograd import compile  # noqa: A004 -- ours, of graphs
    from autograd.extend import RolledGraph, structural_difference

    xs, outputs, is_one = _recorded(net, rows[0])
    shares = [Value(0.0, f"share{number}") for number in range(len(outputs))]
    root = reduce(add, [share * output for share, output in zip(shares, outputs, strict=True)])
    values = _count(root)
    if values * len(rows) < _FEW_VALUES:
        return None
    others, other_outputs, _ = _recorded(net, rows[-1])
    if len(others) != len(xs) or len(other_outputs) != len(outputs):
        return None
    for one, other in zip(outputs, other_outputs, strict=True):
        if structural_difference(one, other, xs, others):
            return None
    answers: list[list[float]]
    if find_spec("numpy") is not None:
        # Each output is the root where its share is 1 and the others are 0.
        weights = [leaf for leaf in _leaves(root) if leaf not in {*xs, *shares}]
        program = RolledGraph(root, [*xs, *shares], weights).compiled(of_values=True)
        numbers = [leaf.data for leaf in weights]
        columns = []
        for number in range(len(outputs)):
            chosen = [float(number == place) for place in range(len(outputs))]
            columns.append(program.values([[*row, *chosen] for row in rows], numbers))
        answers = [list(answer) for answer in zip(*columns, strict=True)]
    elif len(rows) > _FEW_ROWS:
        # The partial with respect to a share is its output.
        each = compile(root, xs, shares)
        answers = [each(row, [0.0] * len(shares))[1] for row in rows]
    else:
        return None
    found = [answer[0] if is_one else answer for answer in answers]
    are_finite = all(math.isfinite(number) for answer in answers for number in answer)
    return found if are_finite and all(_alike(found[place], known[place]) for place in some) else None


def _recorded(net: Callable[[Any], Any], row: Row) -> tuple[list[Value], list[Value], bool]:
    """The graph for a row: inputs, outputs, and whether there is one output that is no list. Raises UsageError where
    somebody looked at a number meanwhile: for another row another graph may be right.
    """
    xs = [Value(x, f"x{place}") for place, x in enumerate(row, start=1)]
    with record_reads() as reads:
        found = net(list(xs))
    outputs = list(found) if has_members(found) else [found]
    if reads or not all(isinstance(output, Value) for output in outputs):
        raise UsageError("what is computed may be another for other numbers")
    return xs, outputs, not has_members(found)


def _leaves(root: Value) -> list[Value]:
    return [value for value in _values(root) if not value.inputs]


def _count(root: Value) -> int:
    return len(_values(root))


def _values(root: Value) -> list[Value]:
    """Everything that a value was computed from, and itself."""
    found: dict[Value, None] = {}
    ahead = [root]
    while ahead:
        value = ahead.pop()
        if value not in found:
            found[value] = None
            ahead += value.inputs
    return list(found)


def _alike(found: Any, known: Any) -> bool:
    ones, others = (given if isinstance(given, list) else [given] for given in (found, known))
    scale = max(1.0, *map(abs, others))
    return all(abs(one - other) <= _TOLERANCE * scale for one, other in zip(ones, others, strict=True))
