"""A gradient of a trace in exact arithmetic: where terms cancel, floats lose what many decimals still have."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from decimal import Context, Decimal, localcontext

from ..notation.expression import Tree
from .assignments import Assignment, Partial

# A float has 17 digits; these and those below them are for what cancels.
_DIGITS = 60
# 1 - sigmoid(800) takes 348 digits to tell it from 0. What takes more than this is taken for 0.
_MOST_DIGITS = 1000
# Of sums with terms of different sizes, so many digits of the smaller one are kept.
_KEPT = 40


class _TooFewDigitsError(ArithmeticError):
    """A sum in which the smaller term has too few digits, or none; its argument is how many it takes."""


def exact_gradient(
    lines: Sequence[Assignment],
    edges: Sequence[tuple[Assignment, Partial]],
    numbers: Mapping[Assignment, float],
    of: Assignment,
    wrt: Assignment,
) -> float:
    """∂of/∂wrt where the leaves have these numbers, in exact arithmetic, rounded once at the end.

    lines: all of the trace. edges: those on the paths from `of` down to `wrt`. Raises ArithmeticError where there is no
    answer, or none that can be computed.
    """
    digits = _DIGITS
    while True:
        try:
            with localcontext(Context(prec=digits)):
                return float(_gradient(lines, edges, numbers, of, _Arithmetic(digits)).get(wrt, 0))
        except _TooFewDigitsError as error:
            digits = min(error.args[0], _MOST_DIGITS)


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
    """Expressions, evaluated with so many digits. Raises _TooFewDigitsError where that is not enough."""

    def __init__(self, digits: int) -> None:
        self._digits = digits
        self._functions: dict[str, Callable[..., Decimal]] = {
            "exp": Decimal.exp,
            "log": Decimal.ln,
            "sqrt": Decimal.sqrt,
            "sin": lambda x: self._wave(x, x, 1),
            "cos": lambda x: self._wave(x, Decimal(1), 0),
            "tanh": lambda x: 1 - 2 / self.sum(Decimal(1), (2 * x).exp()) if x >= 0 else -self._functions["tanh"](-x),
            "sigmoid": lambda x: 1 / self.sum(Decimal(1), (-x).exp()),
            "relu": lambda x: max(x, Decimal(0)),
            "softplus": lambda x: self._functions["logaddexp"](x, Decimal(0)),
            "logaddexp": lambda x, y: self.sum(max(x, y), self.sum(Decimal(1), (-abs(x - y)).exp()).ln()),
            "maximum": max,
            "minimum": min,
            "abs": abs,
            "heaviside": lambda x: Decimal(x > 0),
            "sign": lambda x: Decimal((x > 0) - (x < 0)),
            "larger": lambda x, y: Decimal((x > y) - (x < y) + 1) / 2,
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
                return self._functions[name](*(self.evaluate(one, known) for one in arguments))
        sign, x, *others = tree[0], *(self.evaluate(one, known) for one in tree[1:])
        if sign == "neg":
            return -x
        for y in others:
            x = self._apply(sign, x, y)
        return x

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
        """The sum; neither term may vanish beside the other."""
        needed = abs(x.adjusted() - y.adjusted()) + _KEPT if x and y else 0
        if self._digits < needed and self._digits < _MOST_DIGITS:
            raise _TooFewDigitsError(needed + _KEPT)
        return x + y

    def _power(self, x: Decimal, y: Decimal) -> Decimal:
        return x**y if y else Decimal(1)

    def _wave(self, x: Decimal, term: Decimal, power: int) -> Decimal:
        """A sine or cosine by its series, whose first term this is; it cancels as much as e to the |x| is large."""
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
