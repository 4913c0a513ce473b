"""Exact answers: the functions of the table in decimal arithmetic, with digits to spare and no end to the exponents.

Nothing here imports stepgrad. Slopes are differences with steps so small (and digits so many) that what they leave out
is below 1e-20. An infinite operand is replaced by very large numbers, to see whether the answers have a limit.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from decimal import (
    MAX_EMAX,
    MIN_EMIN,
    ROUND_CEILING,
    ROUND_FLOOR,
    Context,
    Decimal,
    DivisionByZero,
    InvalidOperation,
    getcontext,
    localcontext,
)
from functools import cache
from typing import Any, NamedTuple

import numpy as np

Exact = Callable[..., Decimal]

ZERO, ONE = Decimal(0), Decimal(1)
# Enough for 1e1400 + 5e-324, where the first stands for infinity, and 50 digits behind.
DIGITS_TO_INFINITY = 1800
_LARGE = [Decimal("1e700"), Decimal("1e1400")]


class NoAnswerError(ArithmeticError):
    """There is no such real number."""


@contextmanager
def digits(count: int) -> Iterator[None]:
    context = Context(prec=count, Emax=MAX_EMAX, Emin=MIN_EMIN, traps=[InvalidOperation, DivisionByZero])
    with localcontext(context):
        yield


def exp(x: Decimal) -> Decimal:
    return x.exp()


@cache
def _log(x: Decimal, count: int) -> Decimal:
    """With that many digits: a second for five, at 1,800, so none is computed twice."""
    return x.ln()


def log(x: Decimal) -> Decimal:
    if x <= 0:
        raise NoAnswerError
    return _log(x, getcontext().prec)


@cache
def _sqrt(x: Decimal, count: int) -> Decimal:
    """With that many digits, of which a few hundred numbers are asked for many times."""
    return x.sqrt()


def sqrt(x: Decimal) -> Decimal:
    if x < 0:
        raise NoAnswerError
    return _sqrt(x, getcontext().prec) if x else x  # which keeps its sign


@cache
def _pi(count: int) -> Decimal:
    """By Machin: π/4 = 4 arctan(1/5) - arctan(1/239)."""

    def arctan_of_one_over(n: int) -> Decimal:
        total, power, k = ZERO, ONE / n, 0
        while power.adjusted() > -count - 5:
            total += power / (2 * k + 1) * (-1) ** k
            power /= n * n
            k += 1
        return total

    with digits(count + 10):
        return 4 * (4 * arctan_of_one_over(5) - arctan_of_one_over(239))


def cos(x: Decimal) -> Decimal:
    if abs(x) > Decimal("1e320"):
        raise NoAnswerError  # it stands for infinity, where a wave has no limit
    x = x % (2 * _pi(800))
    total = term = ONE
    k = 0
    while term and abs(term) > Decimal(10) ** -400:
        k += 2
        term *= -x * x / (k * (k - 1))
        total += term
    return total


def sin(x: Decimal) -> Decimal:
    if abs(x) < Decimal("1e-200"):  # where cos(x - π/2) would have no digits left
        return x - x**3 / 6
    return cos(x - _pi(800) / 2)


def tan(x: Decimal) -> Decimal:
    return sin(x) / cos(x)


@contextmanager
def _more_digits(count: int) -> Iterator[None]:
    with localcontext() as context:
        context.prec += count
        yield


def atan(x: Decimal) -> Decimal:
    """By Euler's series, after the angle was halved until it is small."""
    if abs(x) > 1:
        return (_pi(2000) / 2).copy_sign(x) - atan(ONE / x)
    with _more_digits(30):
        for _ in range(8):
            x = x / (ONE + sqrt(ONE + x * x))
        y = x * x / (ONE + x * x)
        term = total = x / (ONE + x * x)
        n = 0
        while term and term.adjusted() > total.adjusted() - getcontext().prec:
            n += 1
            term *= y * 2 * n / (2 * n + 1)
            total += term
        total *= 2**8
    return +total


def atan2(y: Decimal, x: Decimal) -> Decimal:
    """The angle of the point (x, y), as IEEE 754 has it where zeros have signs."""
    if x == 0 and y != 0:
        return (_pi(2000) / 2).copy_sign(y)
    angle = ZERO if y == 0 else atan(abs(y / x))
    return (_pi(2000) - angle if x.is_signed() else angle).copy_sign(y)


def asin(x: Decimal) -> Decimal:
    if abs(x) > 1:
        raise NoAnswerError
    return atan2(x, sqrt((ONE - x) * (ONE + x)))


def acos(x: Decimal) -> Decimal:
    if abs(x) > 1:
        raise NoAnswerError
    return atan2(sqrt((ONE - x) * (ONE + x)), x)


def hypot(x: Decimal, y: Decimal) -> Decimal:
    return norm(x, y)


def sinh(x: Decimal) -> Decimal:
    return (x.exp() - (-x).exp()) / 2


def cosh(x: Decimal) -> Decimal:
    return (x.exp() + (-x).exp()) / 2


def asinh(x: Decimal) -> Decimal:
    return log(abs(x) + sqrt(x * x + 1)).copy_sign(x)


def acosh(x: Decimal) -> Decimal:
    if x < 1:
        raise NoAnswerError
    return log(x + sqrt(x * x - 1))


def atanh(x: Decimal) -> Decimal:
    return log((ONE + x) / (ONE - x)) / 2


def log1p(x: Decimal) -> Decimal:
    return log(ONE + x)


def expm1(x: Decimal) -> Decimal:
    return x.exp() - ONE


def exp2(x: Decimal) -> Decimal:
    return (x * log(Decimal(2))).exp()


def log2(x: Decimal) -> Decimal:
    return log(x) / log(Decimal(2))


def log10(x: Decimal) -> Decimal:
    return log(x) / log(Decimal(10))


def erf(x: Decimal) -> Decimal:
    """By its Taylor series. Beyond 60, where it is 1 but for the 1500th digit, 1."""
    if abs(x) > 60:
        return ONE.copy_sign(x)
    with _more_digits(30 + int(x * x)):
        term, total, n = x, x, 0
        while term and term.adjusted() > total.adjusted() - getcontext().prec:
            n += 1
            term *= -x * x / n
            total += term / (2 * n + 1)
        total *= 2 / sqrt(_pi(2000))
    return +total


def erfc(x: Decimal) -> Decimal:
    with _more_digits(30 + int(min(x * x, Decimal(3600)))):
        rest = ONE - erf(x)
    return +rest


def softplus(x: Decimal) -> Decimal:
    return maximum(x, ZERO) + log(ONE + (-abs(x)).exp())


def sigmoid(x: Decimal) -> Decimal:
    return ONE / (ONE + (-x).exp()) if x > 0 else x.exp() / (ONE + x.exp())


def tanh(x: Decimal) -> Decimal:
    small = (-2 * abs(x)).exp()
    return ((ONE - small) / (ONE + small)).copy_sign(x)


def logaddexp(x: Decimal, y: Decimal) -> Decimal:
    return maximum(x, y) + log(ONE + (-abs(x - y)).exp())


def maximum(x: Decimal, y: Decimal) -> Decimal:
    return max(y, x)


def minimum(x: Decimal, y: Decimal) -> Decimal:
    return min(y, x)


def relu(x: Decimal) -> Decimal:
    return maximum(x, ZERO)


def leaky_relu(x: Decimal) -> Decimal:
    return max(x, x / 100)


def elu(x: Decimal) -> Decimal:
    return x if x > 0 else x.exp() - ONE


def gelu(x: Decimal) -> Decimal:
    return x * erfc(-x / sqrt(Decimal(2))) / 2


def silu(x: Decimal) -> Decimal:
    return x * sigmoid(x)


def softsign(x: Decimal) -> Decimal:
    return x / (ONE + abs(x))


def times_or_0(c: Decimal, x: Decimal) -> Decimal:
    return c * x


def heaviside(x: Decimal) -> Decimal:
    return Decimal(x > 0)


def sign(x: Decimal) -> Decimal:
    return Decimal((x > 0) - (x < 0))


def floor(x: Decimal) -> Decimal:
    return x.to_integral_value(ROUND_FLOOR)


def ceil(x: Decimal) -> Decimal:
    return x.to_integral_value(ROUND_CEILING)


def floordiv(x: Decimal, y: Decimal) -> Decimal:
    return floor(x / y)


def mod(x: Decimal, y: Decimal) -> Decimal:
    return x - y * floordiv(x, y)


def clip(x: Decimal, low: Decimal, high: Decimal) -> Decimal:
    return min(max(x, low), high)


def where(condition: Decimal, x: Decimal, y: Decimal) -> Decimal:
    return x if condition > 0 else y


def larger(x: Decimal, y: Decimal) -> Decimal:
    return ONE if x > y else ZERO if x < y else Decimal("0.5")


def xlogy(x: Decimal, y: Decimal) -> Decimal:
    return ZERO if x == 0 and y >= 0 else x * log(y)


def times_power(c: Decimal, x: Decimal, y: Decimal) -> Decimal:
    return ZERO if c == 0 else c * power(x, y)


def times_power_log(c: Decimal, x: Decimal, y: Decimal) -> Decimal:
    return xlogy(times_power(c, x, y), x)


def power(x: Decimal, y: Decimal) -> Decimal:
    if y == 0 or x == 1:
        return ONE
    is_whole = y == y.to_integral_value()
    if (x < 0 and not is_whole) or (x == 0 and y < 0):
        raise NoAnswerError
    if x == 0:
        return ZERO
    size = (log(abs(x)) * y).exp()
    return -size if x < 0 and y % 2 else size


def equal(x: Decimal, y: Decimal) -> Decimal:
    return ONE if x == y else ZERO


def ratio(x: Decimal, y: Decimal) -> Decimal:
    return x / y if x or y else ZERO


def norm(*values: Decimal) -> Decimal:
    with digits(1500):  # of 1e308 and 2 the second adds 2e-308; steps are of 1e-40
        return sqrt(sum((x * x for x in values), ZERO))


def logsumexp(*values: Decimal) -> Decimal:
    return functools.reduce(logaddexp, values)


FUNCTIONS: dict[str, Exact] = {
    "exp": exp,
    "log": log,
    "sqrt": sqrt,
    "sin": sin,
    "cos": cos,
    "tanh": tanh,
    "sigmoid": sigmoid,
    "relu": relu,
    "softplus": softplus,
    "logaddexp": logaddexp,
    "maximum": maximum,
    "minimum": minimum,
    "abs": abs,
    "heaviside": heaviside,
    "sign": sign,
    "larger": larger,
    "equal": equal,
    "ratio": ratio,
    "leaky_relu": leaky_relu,
    "elu": elu,
    "gelu": gelu,
    "silu": silu,
    "softsign": softsign,
    "times_or_0": times_or_0,
    "floor": floor,
    "ceil": ceil,
    "floordiv": floordiv,
    "mod": mod,
    "clip": clip,
    "where": where,
    "xlogy": xlogy,
    "times_power": times_power,
    "times_power_log": times_power_log,
    "tan": tan,
    "asin": asin,
    "acos": acos,
    "atan": atan,
    "atan2": atan2,
    "hypot": hypot,
    "sinh": sinh,
    "cosh": cosh,
    "asinh": asinh,
    "acosh": acosh,
    "atanh": atanh,
    "log1p": log1p,
    "expm1": expm1,
    "exp2": exp2,
    "log2": log2,
    "log10": log10,
    "erf": erf,
    "erfc": erfc,
}


# Between some jumps there is no room for a difference, as of 1e308 % 2: slopes by hand.
SLOPES: dict[str, tuple[Exact, ...]] = {
    "floor": (lambda x: ZERO,),
    "ceil": (lambda x: ZERO,),
    "floordiv": (lambda x, y: ZERO, lambda x, y: ZERO),
    "mod": (lambda x, y: ONE, lambda x, y: -floordiv(x, y)),
    "where": (lambda c, x, y: ZERO, lambda c, x, y: heaviside(c), lambda c, x, y: ONE - heaviside(c)),
}


def _product(x: Any, y: Any) -> Any:
    """X · y, taken as 0 where x is 0, as the rows say."""
    return np.float64(0.0) if x == 0.0 else x * y


def _by_half(c: Any, x: Any, y: Any) -> Any:
    return _product(_product(c, np.power(x, y / 2)), np.log(x))


# Where infinities of several operands meet, and where a limit is out of reach of any stand-in (log(inf) * 5e-324), the
# textbook's formulas in the arithmetic of IEEE 754: value and partials.
AT_INFINITY: dict[str, tuple[Callable[..., Any], ...]] = {
    "exp": (np.exp, np.exp),
    "exp2": (np.exp2, lambda x: np.log(2.0) * np.exp2(x)),
    "expm1": (np.expm1, np.exp),
    "sinh": (np.sinh, np.cosh),
    "cosh": (np.cosh, np.sinh),
    "mod": (np.mod, lambda x, y: np.float64(1.0), lambda x, y: -np.floor_divide(x, y)),
    "atan2": (
        np.arctan2,
        lambda y, x: x / np.hypot(x, y) / np.hypot(x, y),
        lambda y, x: -y / np.hypot(x, y) / np.hypot(x, y),
    ),
    "power": (np.power, lambda x, y: _product(y, np.power(x, y - 1)), lambda x, y: _product(np.power(x, y), np.log(x))),
    "xlogy": (lambda x, y: _product(x, np.log(y)), lambda x, y: np.log(y), lambda x, y: x / y),
    "times_power": (
        lambda c, x, y: _product(c, np.power(x, y)),
        lambda c, x, y: np.power(x, y),
        lambda c, x, y: _product(c * y, np.power(x, y - 1)),
        lambda c, x, y: _product(_product(c, np.power(x, y)), np.log(x)),
    ),
    "times_power_log": (
        lambda c, x, y: _product(_product(c, np.power(x, y)), np.log(x)),
        lambda c, x, y: _product(np.power(x, y), np.log(x)),
        lambda c, x, y: _product(c, np.power(x, y - 1)) + _product(_product(c * y, np.power(x, y - 1)), np.log(x)),
        # In two halves, which do not underflow where the whole does.
        lambda c, x, y: _by_half(_by_half(c, x, y), x, y),
    ),
}


class Answer(NamedTuple):
    """What is right for one number: what lies between `least` and `most`, if anything is.

    One number has least = most; a kink has its slopes on both sides. Where there is no answer both are None.
    """

    least: Decimal | None
    most: Decimal | None

    def admits(self, number: float, rounding: float = 1e-323) -> bool:
        """Whether a float is this answer: rounded, and infinite where that is too large for a float.

        rounding: how far off any number may be, whatever its size.
        """
        if self.least is None or self.most is None:
            return False
        low, high = min(self.least, self.most), max(self.least, self.most)
        if math.isinf(number):
            return high > LARGEST if number > 0 else low < -LARGEST
        slack = max((abs(end) for end in (low, high) if end.is_finite()), default=ZERO) * Decimal("1e-12")
        slack += Decimal(rounding)
        return low - slack <= Decimal(number) <= high + slack


LARGEST = Decimal("1.7976931348623158e308")
NO_ANSWER = Answer(None, None)


def value_of(f: Exact, point: Sequence[float]) -> Answer:
    """F at a point, or its limit where operands are infinite."""
    return _answer(point, lambda exactly, _: (f(*exactly),) * 2)


def slope_of(f: Exact, point: Sequence[float], place: int) -> Answer:
    """∂f/∂(operand at that place): one number, or both one-sided slopes of a kink."""

    def slopes(exactly: Sequence[Decimal], stands_for_infinity: bool) -> tuple[Decimal, Decimal]:
        x = exactly[place]
        # So small that f does not bend within it: next to 0 it has to pass for nothing, next to 1e308 it may not
        # step over a wave.
        size = abs(x) if stands_for_infinity else min(abs(x), ONE)
        step = size * Decimal("1e-40") if x else Decimal("1e-360")

        def at(x: Decimal) -> Decimal:
            return f(*exactly[:place], x, *exactly[place + 1 :])

        here, sides = at(x), []
        for moved in (x - step, x + step):
            try:
                rise = at(moved) - here
            except ArithmeticError:
                continue
            slope = rise / (moved - x)
            sides.append(slope)
            if abs(slope) > Decimal("1e35") and abs(at(x + (moved - x) / 10**20) - here) > abs(rise) / 2:
                sides.append(ZERO)  # a jump, which has no slope: flat, by convention
        if not sides or not all(side.is_finite() for side in sides):
            raise NoAnswerError
        left, right = min(sides), max(sides)
        if abs(left - right) <= Decimal("1e-20") * max(abs(left), abs(right)):
            left = right
        return left, right

    return _answer(point, slopes, place)


def _answer(
    point: Sequence[float],
    compute: Callable[[Sequence[Decimal], bool], tuple[Decimal, Decimal]],
    place: int | None = None,
) -> Answer:
    if any(map(math.isnan, point)):
        return NO_ANSWER
    infinite = [i for i, x in enumerate(point) if math.isinf(x)]
    try:
        if not infinite:
            numbers = [Decimal(x) for x in point]
            # From the largest number down to the smallest step, or the square of the smallest number, and some.
            exponents = [0, *(number.adjusted() for number in numbers if number)]
            least = 2 * min(exponents) - 45 if all(numbers) else -365
            with digits(max(exponents) - least + 45):
                return Answer(*compute(numbers, False))
        # Each infinity at its own speed: what depends on which is the faster has no limit.
        found = []
        with digits(DIGITS_TO_INFINITY):
            for speeds in itertools.product((1, 3), repeat=len(infinite)):
                row = []
                for large in _LARGE:
                    exactly = [Decimal(0) if math.isinf(x) else Decimal(x) for x in point]
                    for i, speed in zip(infinite, speeds, strict=True):
                        exactly[i] = (large if speed == 1 else sqrt(large)).copy_sign(Decimal(point[i]))
                    row.append(compute(exactly, place in infinite)[0])
                found.append(_limit(*row))
            limits = [one for one in found if one is not None]
            if len(limits) == len(found):
                return Answer(min(limits), max(limits))
    except ArithmeticError:
        pass
    return NO_ANSWER


def _limit(before: Decimal, after: Decimal) -> Decimal | None:
    """Where two answers are heading, the second one far further out than the first."""
    if not (before.is_finite() and after.is_finite()):
        return after if before == after else None
    if abs(after - before) <= Decimal("1e-30") * abs(after):
        return after.normalize(Context(prec=25))
    if abs(after) < Decimal("1e-150"):
        return ZERO
    if abs(after) > abs(before) * Decimal("1.4"):
        return Decimal("Infinity").copy_sign(after)
    return None
