"""The functions a rule may call, on plain floats: the closed list, and nothing else.

Each is written so that it never overflows on its way to a representable answer, and so that a NaN that goes in comes
out. Where there is no real answer they raise what the `math` module raises; `Value` turns that into a `DomainError`.
"""

from __future__ import annotations

import builtins
import math
from collections.abc import Callable
from math import exp, log, log1p, pow  # noqa: A004 -- Python's own turns a negative base complex, this one raises

from .table import ROWS


def sigmoid(x: float) -> float:
    """1 / (1 + e^-x). Below -709, where e^-x would overflow, the 1 beside it no longer counts and e^x is left."""
    return 1.0 / (1.0 + exp(-x)) if x > -709.0 else exp(x)


def softplus(x: float) -> float:
    """log(1 + e^x): relu with its corner rounded off."""
    return maximum(x, 0.0) + log1p(exp(-abs(x)))


def logaddexp(x: float, y: float) -> float:
    """log(e^x + e^y), without ever computing a large e^x."""
    if x == y:  # also where both are infinite and x - y would be NaN
        return x + log(2.0)
    return maximum(x, y) + log1p(exp(-abs(x - y)))


def maximum(x: float, y: float) -> float:
    """The larger of two numbers, or NaN where either is."""
    return x if x > y or x != x else y


def minimum(x: float, y: float) -> float:
    """The smaller of two numbers, or NaN where either is."""
    return x if x < y or x != x else y


def relu(x: float) -> float:
    """The positive part of x: x, or 0 where x is negative."""
    return maximum(x, 0.0)


def heaviside(x: float) -> float:
    """1 where x is positive, else 0: the slope of relu."""
    return x if x != x else float(x > 0.0)


def sign(x: float) -> float:
    """1, 0 or -1: the slope of the absolute value."""
    return x if x != x else float(x > 0.0) - float(x < 0.0)


def larger(x: float, y: float) -> float:
    """1 where x is the larger of the two, 0 where y is, ½ where they tie: the share of maximum that is x."""
    if x != x or y != y:
        return x + y
    return 1.0 if x > y else 0.0 if x < y else 0.5


def xlogy(x: float, y: float) -> float:
    """The product x · log(y), which is 0 where x is 0, even at y = 0 (as SciPy's function of that name)."""
    if x != x or y != y:
        return x + y
    return 0.0 if x == 0.0 and y >= 0.0 else x * log(y)


def times_power(c: float, x: float, y: float) -> float:
    """The product c · x ** y, which is 0 where c is 0, even at x = 0 with a negative y: the partial of x ** 0."""
    return 0.0 if c == 0.0 and x == x and y == y else c * pow(x, y)


def times_power_log(c: float, x: float, y: float) -> float:
    """The product c · x ** y · log(x), which is 0 where c · x ** y is 0: the partial of x ** y for y, also at x = 0."""
    return xlogy(times_power(c, x, y), x)


# What a rule may call, by name: every row that is no more than a call. Its function stands above, or in Python's math.
_CALLS = {row.name: row for row in ROWS if row.expression.startswith(f"{row.name}(")}
PRIMITIVES: dict[str, Callable[..., float]] = {
    name: globals().get(name) or getattr(math, name, None) or getattr(builtins, name) for name in _CALLS
}

# How many arguments each of them takes.
ARITY = {name: len(row.partials) for name, row in _CALLS.items()}

# The same functions in JavaScript, as to_javascript prints them: `const sigmoid = …`. They may call each other, and
# `real`, which throws where Python's math would raise. What is not written here JavaScript's Math has under our name.
_OWN_JAVASCRIPT: dict[str, str] = {
    "tanh": "(x) => Math.tanh(x)",
    "sigmoid": "(x) => (x > -709 ? 1 / (1 + Math.exp(-x)) : Math.exp(x))",
    "relu": "(x) => maximum(x, 0)",
    "softplus": "(x) => maximum(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))",
    "logaddexp": ("(x, y) => (x === y ? x + Math.log(2) : maximum(x, y) + Math.log1p(Math.exp(-Math.abs(x - y))))"),
    "maximum": "(x, y) => (x > y || x !== x ? x : y)",
    "minimum": "(x, y) => (x < y || x !== x ? x : y)",
    "abs": "(x) => Math.abs(x)",
    "heaviside": "(x) => (x !== x ? x : x > 0 ? 1 : 0)",
    "sign": "(x) => (x !== x ? x : x > 0 ? 1 : x < 0 ? -1 : 0)",
    "larger": "(x, y) => (x !== x || y !== y ? x + y : x > y ? 1 : x < y ? 0 : 0.5)",
    "xlogy": "(x, y) => (x !== x || y !== y ? x + y : x === 0 && y >= 0 ? 0 : x * log(y))",
    "times_power": "(c, x, y) => (c === 0 && x === x && y === y ? 0 : c * pow(x, y))",
    "times_power_log": "(c, x, y) => xlogy(times_power(c, x, y), x)",
    # Math.pow(1, NaN) and Math.pow(-1, Infinity) are NaN, where C and Python say 1.
    "pow": (
        '(x, y) => (x === 1 || (x === -1 && Math.abs(y) === Infinity) ? 1 : real("x ** y", { x, y }, Math.pow(x, y)))'
    ),
}
_IN_MATH = {"acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "cbrt", "cos", "cosh", "exp", "expm1", "hypot"}
_IN_MATH |= {"log", "log10", "log1p", "log2", "sin", "sinh", "sqrt", "tan"}


def _by_math(name: str) -> str:
    """The function of Math by that name, with inputs called as in its row."""
    inputs = ", ".join(_CALLS[name].partials)
    return f'({inputs}) => real("{name}({inputs})", {{ {inputs} }}, Math.{name}({inputs}))'


JAVASCRIPT = {name: _by_math(name) for name in _CALLS if name in _IN_MATH} | _OWN_JAVASCRIPT
