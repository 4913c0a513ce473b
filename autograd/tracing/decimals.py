"""A gradient of a trace in decimal arithmetic with many digits: where terms cancel, floats have too few."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal, getcontext, localcontext
from functools import reduce
from random import Random
from typing import Any

from ..notation.expression import Tree
from .assignments import Assignment, Partial

# Digits to begin with: a float has 17, the others may cancel.
_DIGITS = 60
# It takes 348 digits to tell 1 - sigmoid(800) from 0. What takes more than this counts as 0.
_MOST_DIGITS = 1000
# How many digits of the smaller term a sum has to keep.
_KEPT = 40


# What a function reads may be off by some units in the last place, which is tried so many times.
_OFF, _TRIALS = 8 * 2.0**-53, 16


class _TooFewDigitsError(ArithmeticError):
    """A sum would keep too few digits of the smaller term. The argument is how many digits it takes."""


def exact_gradient(
    lines: Sequence[Assignment],
    edges: Sequence[tuple[Assignment, Partial]],
    numbers: Mapping[Assignment, float],
    of: Assignment,
    wrt: Assignment,
) -> float:
    """∂of/∂wrt with many digits, rounded to a float at the end.

    lines: all of the trace. edges: those on the paths from `of` down to `wrt`. numbers: those of the leaves.
    Raises ArithmeticError where there is no answer, or none that can be computed.
    """
    digits = _DIGITS
    while True:
        try:
            with localcontext(Context(prec=digits)):
                return float(_gradient(lines, edges, numbers, of, _Arithmetic(digits)).get(wrt, 0))
        except _TooFewDigitsError as error:
            digits = min(error.args[0], _MOST_DIGITS)


def moved_by_rounding(
    function: Callable[[Mapping[Assignment, float]], complex], numbers: Mapping[Assignment, float]
) -> float:
    """How far apart the answers of a function of the lines are where the last places of what it reads differ: far,
    where its terms cancel, as those of x² - 2xy + y² do where x and y are large and near each other.
    """
    random, answers = Random(0), []
    with suppress(ArithmeticError, ValueError):
        for _ in range(_TRIALS):
            off = [random.choice((-1.0, 1.0)) * random.uniform(_OFF / 2, _OFF) for _ in numbers]
            moved = {line: number * (1.0 + by) for (line, number), by in zip(numbers.items(), off, strict=True)}
            answers.append(function(moved))
    return max(filter(math.isfinite, (abs(one - answers[0]) for one in answers)), default=0.0)


def _gradient(
    lines: Sequence[Assignment],
    edges: Sequence[tuple[Assignment, Partial]],
    numbers: Mapping[Assignment, float],
    of: Assignment,
    arithmetic: _Arithmetic,
) -> dict[Assignment, Decimal]:
    known: dict[str, Decimal] = {}
    for line in lines:
        known[line.target] = Decimal(numbers[line]) if line.is_leaf else arithmetic.evaluate(line.expression, known)
    gradients = {of: Decimal(1)}
    for line, partial in edges:
        term = gradients[line] * arithmetic.evaluate(partial.tree, known)
        gradients[partial.wrt] = arithmetic.sum(gradients.get(partial.wrt, Decimal(0)), term)
    return gradients


class _Arithmetic:
    """Evaluates expressions with this many digits. Raises _TooFewDigitsError where they are not enough."""

    def __init__(self, digits: int) -> None:
        self._digits = digits
        self._functions: dict[str, Callable[..., Decimal]] = {
            "exp": Decimal.exp,
            "log": Decimal.ln,
            "sqrt": Decimal.sqrt,
            "sin": lambda x: self._wave(x, x, 1),
            "cos": lambda x: self._wave(x, Decimal(1), 0),
            "tan": lambda x: self._functions["sin"](x) / self._functions["cos"](x),
            "asin": lambda x: self._angle(x, ((1 - x) * (1 + x)).sqrt()),
            "acos": lambda x: self._angle(((1 - x) * (1 + x)).sqrt(), x),
            "atan": lambda x: self._angle(x, Decimal(1)),
            "atan2": self._angle,
            "hypot": lambda x, y: (x * x + y * y).sqrt(),
            "sinh": lambda x: self.sum(x.exp(), -(-x).exp()) / 2,
            "cosh": lambda x: (x.exp() + (-x).exp()) / 2,
            "asinh": lambda x: self.sum(abs(x), (x * x + 1).sqrt()).ln().copy_sign(x),
            "acosh": lambda x: (x + ((x - 1) * (x + 1)).sqrt()).ln(),
            "atanh": lambda x: (self.sum(Decimal(1), x) / self.sum(Decimal(1), -x)).ln() / 2,
            "log1p": lambda x: self.sum(Decimal(1), x).ln(),
            "expm1": lambda x: self.sum(x.exp(), Decimal(-1)),
            "exp2": lambda x: Decimal(2) ** x,
            "log2": lambda x: x.ln() / Decimal(2).ln(),
            "log10": Decimal.log10,
            "tanh": lambda x: 1 - 2 / self.sum(Decimal(1), (2 * x).exp()) if x >= 0 else -self._functions["tanh"](-x),
            "sigmoid": lambda x: 1 / self.sum(Decimal(1), (-x).exp()),
            "relu": lambda x: max(x, Decimal(0)),
            "leaky_relu": lambda x: max(x, x / 100),
            "elu": lambda x: x if x > 0 else self.sum(x.exp(), Decimal(-1)),
            "gelu": lambda x: x * self._erfc(-x / Decimal(2).sqrt()) / 2,
            "silu": lambda x: x / self.sum(Decimal(1), (-x).exp()),
            "softsign": lambda x: x / (1 + abs(x)),
            "softplus": lambda x: self._functions["logaddexp"](x, Decimal(0)),
            "logaddexp": lambda x, y: self.sum(max(x, y), self.sum(Decimal(1), (-abs(x - y)).exp()).ln()),
            "erf": self._erf,
            "erfc": self._erfc,
            "maximum": max,
            "minimum": min,
            "clip": lambda x, low, high: min(max(x, low), high),
            "where": lambda condition, x, y: x if condition > 0 else y,
            "abs": abs,
            "floor": lambda x: x.to_integral_value(ROUND_FLOOR),
            "ceil": lambda x: x.to_integral_value(ROUND_CEILING),
            "mod": lambda x, y: (x % y + y) % y,
            "floordiv": lambda x, y: (x - (x % y + y) % y) / y,
            "heaviside": lambda x: Decimal(x > 0),
            "sign": lambda x: Decimal((x > 0) - (x < 0)),
            "larger": lambda x, y: Decimal((x > y) - (x < y) + 1) / 2,
            "equal": lambda x, y: Decimal(x == y),
            "norm": lambda values: sum((x * x for x in values), Decimal(0)).sqrt(),
            "logsumexp": lambda values: reduce(self._functions["logaddexp"], values),
            "pick": lambda values, index: values[int(index)],
            "times_or_0": lambda c, x: c * x,
            "ratio": lambda x, y: x / y if x else x,
            "xlogy": lambda x, y: x * y.ln() if x else x,
            "times_power": lambda c, x, y: c * self._power(x, y) if c else c,
            "times_power_log": lambda c, x, y: c * self._power(x, y) * x.ln() if c and x else Decimal(0),
        }

    def evaluate(self, tree: Tree, known: Mapping[str, Decimal]) -> Decimal:
        """The number of an expression. Raises ArithmeticError where it has none."""
        match tree:
            case ("number", number):
                return Decimal(number)
            case ("name", name):
                return known[name]
            case ("call", name, *arguments):
                if name not in self._functions:
                    raise ArithmeticError(f"{name} is not known with many digits")
                return self._functions[name](*(self._argument(one, known) for one in arguments))
        sign, x, *others = tree[0], *(self.evaluate(one, known) for one in tree[1:])
        if sign == "neg":
            return -x
        for y in others:
            x = self._apply(sign, x, y)
        return x

    def _argument(self, tree: Tree, known: Mapping[str, Decimal]) -> Any:
        """The number of an argument, or the numbers of a list."""
        if tree[0] == "list":
            return [self.evaluate(one, known) for one in tree[1:]]
        return self.evaluate(tree, known)

    def _apply(self, sign: str, x: Decimal, y: Decimal) -> Decimal:
        match sign:
            case "+":
                return self.sum(x, y)
            case "-":
                return self.sum(x, -y)
            case "*":
                return x * y
            case "/":
                return x / y
        return self._power(x, y)

    def sum(self, x: Decimal, y: Decimal) -> Decimal:
        """The sum of two terms, of which the smaller keeps enough digits."""
        needed = abs(x.adjusted() - y.adjusted()) + _KEPT if x and y else 0
        if self._digits < needed and self._digits < _MOST_DIGITS:
            raise _TooFewDigitsError(needed + _KEPT)
        return x + y

    def _power(self, x: Decimal, y: Decimal) -> Decimal:
        return x**y if y else Decimal(1)

    def _angle(self, y: Decimal, x: Decimal) -> Decimal:
        """The angle of the point (x, y)."""
        small, large = sorted((abs(x), abs(y)))
        angle, eighth = self._atan(small / large) if large else large, self._atan(Decimal(1))
        if abs(y) > abs(x):
            angle = self.sum(2 * eighth, -angle)
        return (self.sum(4 * eighth, -angle) if x.is_signed() else angle).copy_sign(y)

    def _atan(self, x: Decimal) -> Decimal:
        """The arctangent of x, from 0 to 1: the series, after halving the angle five times."""
        for _ in range(5):
            x /= 1 + (1 + x * x).sqrt()
        total = power = x
        count = 1
        while power and power.adjusted() > total.adjusted() - getcontext().prec:
            power *= -x * x
            count += 2
            total += power / count
        return 32 * total

    def _erf(self, x: Decimal) -> Decimal:
        """2 / √π · e^-x² · Σ 2^n x^(2n+1) / (1 · 3 · 5 … (2n + 1)), where no term cancels another."""
        if x * x > _MOST_DIGITS:
            raise ArithmeticError
        total = term = x
        count = 1
        while term and term.adjusted() > total.adjusted() - getcontext().prec:
            count += 2
            term *= 2 * x * x / count
            total += term
        return total * (-x * x).exp() / self._atan(Decimal(1)).sqrt()

    def _erfc(self, x: Decimal) -> Decimal:
        with localcontext() as context:
            context.prec += min(_MOST_DIGITS, math.ceil(x * x))  # fewer digits than this cancel
            return 1 - self._erf(x)

    def _wave(self, x: Decimal, term: Decimal, power: int) -> Decimal:
        """A sine or cosine by its series; term, power: its first term. The terms cancel by a factor of up to e^|x|."""
        if abs(x) > _MOST_DIGITS:
            raise ArithmeticError
        with localcontext() as context:
            context.prec += math.ceil(abs(x) / 2)
            total = term
            while term and term.adjusted() > -context.prec:
                power += 2
                term *= -x * x / (power * (power - 1))
                total += term
        return +total
