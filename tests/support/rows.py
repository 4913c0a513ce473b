"""The rows of the calculus table, points inside their domains, and what the oracles say of them."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from contextlib import suppress
from random import Random
from typing import Any

import pytest

from autograd import TABLE, Op
from autograd.core.list_op import ListOp
from autograd.core.table import ROWS as _ROWS

from . import oracles

ROWS = [TABLE[row[0]] for row in _ROWS]
INSIDE = [-2.5, -1.25, -0.375, 0.4375, 0.8125, 1.75, 3.0]
# For functions of one input, of which some have small domains.
MORE_INSIDE = [-0.6875, 0.625, 1.375, 2.25]
# Whose partials are 0 everywhere.
FLAT = {op.name for op in ROWS if set(op.partials.values()) <= {"0", "0 * out"}}
by_name = pytest.mark.parametrize("op", ROWS, ids=lambda op: op.name)


def oracle(op: Op) -> Callable[..., Any]:
    """The row's expression, evaluated with the functions of the oracles instead of ours."""
    if isinstance(op, ListOp):
        f, count = oracles.LISTS[op.name], op.count
        return lambda *xs: f(xs[:count], *xs[count:])
    code = compile(op.expression.strip(), f"<oracle of {op.name}>", "eval")
    return lambda *xs: eval(code, {"__builtins__": {}, **oracles.FUNCTIONS, **dict(zip(op.inputs, xs, strict=True))})


def points_of(op: Op, among: list[float] = INSIDE) -> list[tuple[float, ...]]:
    """Points at which the oracle has an answer and a derivative; no ties, no jumps. The engine is not asked."""
    found = []
    if len(op.inputs) == 1 and among is INSIDE:
        among = [*MORE_INSIDE, *INSIDE]
    for point in itertools.product(among, repeat=len(op.inputs)):
        if len(set(point)) < len(point):
            continue
        try:
            derivatives = [oracle(op)(*point), *oracles.dual_gradient(oracle(op), point)]
        except (ArithmeticError, ValueError, TypeError):  # a TypeError where Python's ** turned complex
            continue
        if not (any(isinstance(derivative, complex) for derivative in derivatives) or _jumps(oracle(op), point)):
            found.append(point)
    assert len(found) >= 4, "too few points inside the domain to test this row"
    return found


def operands_of(op: Op, random: Random) -> tuple[float, ...]:
    """Operands at which the row has an answer and every partial: positive ones, for the sake of powers."""
    return random.choice([point for point in points_of(op) if all(x > 0 for x in point)])


def _jumps(f: Callable[..., Any], point: tuple[float, ...]) -> bool:
    """Whether f jumps there, as floor does at 3.0: whether the next float is a step away."""
    here = f(*point)
    for place, x in enumerate(point):
        for to in (-math.inf, math.inf):
            with suppress(ArithmeticError, ValueError, TypeError):
                beside = f(*point[:place], math.nextafter(x, to), *point[place + 1 :])
                if abs(beside - here) > 1e-6 * max(1.0, abs(here)):
                    return True
    return False
