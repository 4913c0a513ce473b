"""The functions that a rule may call, and no others. They compute with plain floats.

None overflows on the way to an answer that a float can hold, and NaN in gives NaN out. Where there is no real answer
they raise what the `math` module raises; operations turn that into a `DomainError`.
"""

from __future__ import annotations

import builtins
import math
from collections.abc import Callable
from math import erfc, exp, expm1, hypot, inf, isinf, log, log1p, nan, sqrt
from math import pow as pow  # noqa: A004 -- Python's own turns a negative base complex, this one raises

from ..notation.typesetting import INT_FUNCTIONS
from .list_rows import LISTS
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


def clip(x: float, low: float, high: float) -> float:
    """The number, or the bound that it is beyond; where low is above high, high."""
    return minimum(maximum(x, low), high)


def where(condition: float, x: float, y: float) -> float:
    """What is chosen: x where the condition is above 0, else y; NaN where the condition is."""
    return condition if condition != condition else x if condition > 0.0 else y


def floor(x: float) -> float:
    """The largest whole number that is not above x, as a float; infinities are their own."""
    return x // 1.0 if -inf < x < inf else x


def ceil(x: float) -> float:
    """The smallest whole number that is not below x, as a float; infinities are their own."""
    return -floor(-x)


def mod(x: float, y: float) -> float:
    """The remainder x % y: what is left of x after whole y's were taken away, with the sign of y, as Python has it."""
    return x % y


def floordiv(x: float, y: float) -> float:
    """The quotient x // y: how many whole y's x has, rounded down."""
    return x // y


def relu(x: float) -> float:
    """The positive part of x: x, or 0 where x is negative."""
    return maximum(x, 0.0)


def leaky_relu(x: float) -> float:
    """The number, or a hundredth of it where it is negative."""
    return maximum(x, 0.01 * x)


def elu(x: float) -> float:
    """The number, or e^x - 1 where it is negative."""
    return x if x > 0.0 else expm1(x)


def gelu(x: float) -> float:
    """The product of x and the share of a standard normal distribution that lies below x."""
    return times_or_0(erfc(-x / sqrt(2.0)) / 2.0, x)


def silu(x: float) -> float:
    """The product x · sigmoid(x), also called swish."""
    return times_or_0(sigmoid(x), x)


def softsign(x: float) -> float:
    """The quotient x / (1 + |x|), whose limits are 1 and -1."""
    return x / (1.0 + abs(x)) if -inf < x < inf else sign(x)


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


def times_or_0(c: float, x: float) -> float:
    """The product c · x, which is 0 where c is 0, even at an infinite x: what fades as e^-x does wins."""
    return 0.0 if c == 0.0 and x == x else c * x


def times_power(c: float, x: float, y: float) -> float:
    """The product c · x ** y, which is 0 where c is 0, even at x = 0 with a negative y: the partial of x ** 0."""
    return 0.0 if c == 0.0 and x == x and y == y else c * pow(x, y)


def times_power_log(c: float, x: float, y: float) -> float:
    """The product c · x ** y · log(x), which is 0 where c · x ** y is 0: the partial of x ** y for y, also at x = 0."""
    return xlogy(times_power(c, x, y), x)


def equal(x: float, y: float) -> float:
    """1 where two numbers are equal, else 0."""
    if x != x or y != y:
        return x + y
    return float(x == y)


def ratio(x: float, y: float) -> float:
    """The quotient x / y, which is 0 where both are 0."""
    return 0.0 if x == 0.0 and y == 0.0 else x / y


# Of lists -----------------------------------------------------------------------------------------------------------


def norm(values: list[float]) -> float:
    """The square root of the sum of squares, without ever computing a large square."""
    return hypot(*values)


def logsumexp(values: list[float]) -> float:
    """The log of the sum of all e^value: the largest, and what the others add to it, however little that is."""
    largest = max(values)
    if isinf(largest):  # infinite numbers have no difference
        return nan if any(value != value for value in values) else largest
    others = [*values]
    others.remove(largest)
    total = 0.0
    for value in others:
        total += exp(value - largest)
    return largest + log1p(total)


def pick(values: list[float], index: float) -> float:
    """The value at a place, counted from 0."""
    if not (0 <= index < len(values) and index == int(index)):
        raise ValueError(f"the index is a whole number from 0 to {len(values) - 1}, not {index!r}")
    return values[int(index)]


# The rows whose expression is one call of the row's own name: the function is above, or in Python's math.
_CALLS = {row.name: row for row in ROWS if row.expression.startswith(f"{row.name}(")}
PRIMITIVES: dict[str, Callable[..., float]] = {
    name: globals().get(name) or getattr(math, name, None) or getattr(builtins, name) for name in _CALLS
}

# How many arguments each of them takes.
ARITY = {name: len(row.partials) for name, row in _CALLS.items()}

# The same for operations of lists, whose first argument is the list.
LIST_PRIMITIVES: dict[str, Callable[..., float]] = {row.name: globals()[row.name] for row in LISTS}
LIST_ARITY = {row.name: len(row.partials) for row in LISTS}


def _gives_an_int_for_ints(name: str) -> bool:
    try:
        if name in LIST_PRIMITIVES:
            return type(LIST_PRIMITIVES[name]([1, 1], *[1] * (LIST_ARITY[name] - 1))) is int
        return type(PRIMITIVES[name](*[1] * ARITY[name])) is int
    except ValueError:  # 1 is outside the domain
        return False


# Generated Python may be called with ints: it has to know what stays an int.
INT_FUNCTIONS.update(filter(_gives_an_int_for_ints, [*PRIMITIVES, *LIST_PRIMITIVES]))

# The same functions in JavaScript, as to_javascript prints them: `const sigmoid = …`. They may call each other, and
# `real`, which throws where Python's math would raise. The others JavaScript's Math has under the same name.
_OWN_JAVASCRIPT: dict[str, str] = {
    "tanh": "(x) => Math.tanh(x)",
    "sigmoid": "(x) => (x > -709 ? 1 / (1 + Math.exp(-x)) : Math.exp(x))",
    "relu": "(x) => maximum(x, 0)",
    "softplus": "(x) => maximum(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))",
    "logaddexp": ("(x, y) => (x === y ? x + Math.log(2) : maximum(x, y) + Math.log1p(Math.exp(-Math.abs(x - y))))"),
    "maximum": "(x, y) => (x > y || x !== x ? x : y)",
    "minimum": "(x, y) => (x < y || x !== x ? x : y)",
    "abs": "(x) => Math.abs(x)",
    "clip": "(x, low, high) => minimum(maximum(x, low), high)",
    "where": "(condition, x, y) => (condition !== condition ? condition : condition > 0 ? x : y)",
    "floor": "(x) => Math.floor(x)",
    "ceil": "(x) => Math.ceil(x)",
    # The remainder of JavaScript has the sign of x.
    "mod": """\
(x, y) => {
  if (y === 0) throw noAnswer("mod(x, y)", { x, y }, "it divides by zero. Keep the divisor away from 0");
  const rest = x % y;
  return rest === 0 ? (y < 0 ? -0 : 0) : rest < 0 !== y < 0 ? rest + y : rest;
}""",
    # As Python computes it: the quotient is a whole number, but for rounding.
    "floordiv": """\
(x, y) => {
  if (y === 0) throw noAnswer("floordiv(x, y)", { x, y }, "it divides by zero. Keep the divisor away from 0");
  const rest = x % y;
  const whole = (x - rest) / y - (rest && rest < 0 !== y < 0 ? 1 : 0);
  return whole === 0 ? 0 * (x / y) : Math.round(whole);
}""",
    "hypot": "(x, y) => Math.hypot(x, y)",
    "exp2": '(x) => real("exp2(x)", { x }, Math.pow(2, x))',
    # 2 / √π · e^-x² · Σ 2^n x^(2n+1) / (1 · 3 · 5 … (2n + 1)), where no term cancels another.
    "erf": """\
(x) => {
  if (Math.abs(x) > 1.5) return x > 0 ? 1 - erfc(x) : erfc(-x) - 1;
  let [term, total] = [x, x];
  for (let n = 1; n < 40; n++) total += term *= 2 * x * x / (2 * n + 1);
  return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * total;
}""",
    # e^-x² / √π over the continued fraction x + ½ / (x + 1 / (x + ³⁄₂ / (x + …))), by Laplace.
    "erfc": """\
(x) => {
  if (!(x > 1.5)) return 1 - erf(x);
  let below = x;
  for (let n = 80; n > 0; n--) below = x + n / 2 / below;
  return Math.exp(-x * x) / (Math.sqrt(Math.PI) * below);
}""",
    "leaky_relu": "(x) => maximum(x, 0.01 * x)",
    "elu": "(x) => (x > 0 ? x : Math.expm1(x))",
    "gelu": "(x) => times_or_0(erfc(-x / Math.sqrt(2)) / 2, x)",
    "silu": "(x) => times_or_0(sigmoid(x), x)",
    "softsign": "(x) => (Math.abs(x) < Infinity ? x / (1 + Math.abs(x)) : sign(x))",
    "times_or_0": "(c, x) => (c === 0 && x === x ? 0 : c * x)",
    "heaviside": "(x) => (x !== x ? x : x > 0 ? 1 : 0)",
    "sign": "(x) => (x !== x ? x : x > 0 ? 1 : x < 0 ? -1 : 0)",
    "larger": "(x, y) => (x !== x || y !== y ? x + y : x > y ? 1 : x < y ? 0 : 0.5)",
    "equal": "(x, y) => (x !== x || y !== y ? x + y : x === y ? 1 : 0)",
    "ratio": "(x, y) => (x === 0 && y === 0 ? 0 : divide(x, y))",
    "norm": "(values) => Math.hypot(...values)",
    "logsumexp": """\
(values) => {
  const largest = Math.max(...values);
  if (!Number.isFinite(largest)) return largest;
  const place = values.indexOf(largest);
  const total = values.reduce((sum, value, at) => (at === place ? sum : sum + Math.exp(value - largest)), 0);
  return largest + Math.log1p(total);
}""",
    "pick": """\
(values, index) => {
  if (Number.isInteger(index) && index >= 0 && index < values.length) return values[index];
  const why = "the index is a whole number from 0 to " + (values.length - 1) + ", not " + index;
  throw noAnswer("pick(values, index)", { index }, why);
}""",
    "xlogy": "(x, y) => (x !== x || y !== y ? x + y : x === 0 && y >= 0 ? 0 : x * log(y))",
    "times_power": "(c, x, y) => (c === 0 && x === x && y === y ? 0 : c * pow(x, y))",
    "times_power_log": "(c, x, y) => xlogy(times_power(c, x, y), x)",
    # Math.pow(1, NaN) and Math.pow(-1, Infinity) are NaN, where C and Python say 1.
    "pow": (
        '(x, y) => (x === 1 || (x === -1 && Math.abs(y) === Infinity) ? 1 : real("x ** y", { x, y }, Math.pow(x, y)))'
    ),
}


def _by_math(name: str) -> str:
    """The function of Math by that name, with inputs called as in its row."""
    inputs = ", ".join(_CALLS[name].partials)
    return f'({inputs}) => real("{name}({inputs})", {{ {inputs} }}, Math.{name}({inputs}))'


JAVASCRIPT = {name: _by_math(name) for name in _CALLS} | _OWN_JAVASCRIPT
