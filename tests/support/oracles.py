"""What gradients are tested against: dual numbers and central differences. Nothing here imports stepgrad.

A Dual carries a number and its derivative; the derivatives of the functions are written here by hand, from their
definitions, and not taken from the calculus table. The parts of a Dual may be Duals, which gives second derivatives.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

Function = Callable[..., Any]


class Dual:
    """a + b ε with ε² = 0: f(a + ε) = f(a) + f'(a) ε."""

    def __init__(self, a: Any, b: Any) -> None:
        self.a = a
        self.b = b

    def __add__(self, other: Any) -> Dual:
        other = lifted(other)
        return Dual(self.a + other.a, self.b + other.b)

    def __neg__(self) -> Dual:
        return Dual(-self.a, -self.b)

    def __sub__(self, other: Any) -> Dual:
        return self + -lifted(other)

    def __mul__(self, other: Any) -> Dual:
        other = lifted(other)
        return Dual(self.a * other.a, self.a * other.b + self.b * other.a)

    def __truediv__(self, other: Any) -> Dual:
        other = lifted(other)
        return Dual(self.a / other.a, (self.b * other.a - self.a * other.b) / (other.a * other.a))

    def __pow__(self, exponent: Any) -> Any:
        if not isinstance(exponent, Dual):
            if exponent == 0:
                return Dual(self.a**0, self.b * 0.0)
            return Dual(self.a**exponent, exponent * self.a ** (exponent - 1) * self.b)
        return exp(exponent * log(self))

    def __radd__(self, other: Any) -> Dual:
        return lifted(other) + self

    def __rsub__(self, other: Any) -> Dual:
        return lifted(other) - self

    def __rmul__(self, other: Any) -> Dual:
        return lifted(other) * self

    def __rtruediv__(self, other: Any) -> Dual:
        return lifted(other) / self

    def __rpow__(self, other: Any) -> Any:
        return exp(self * math.log(other))

    def __abs__(self) -> Dual:
        return self if real(self) > 0 else -self


def lifted(x: Any) -> Dual:
    return x if isinstance(x, Dual) else Dual(x, 0.0)


def real(x: Any) -> float:
    """The plain number inside, however many derivatives are around it."""
    while isinstance(x, Dual):
        x = x.a
    return float(x)


def exp(x: Any) -> Any:
    return Dual(exp(x.a), exp(x.a) * x.b) if isinstance(x, Dual) else math.exp(x)


def log(x: Any) -> Any:
    return Dual(log(x.a), x.b / x.a) if isinstance(x, Dual) else math.log(x)


def sin(x: Any) -> Any:
    return Dual(sin(x.a), cos(x.a) * x.b) if isinstance(x, Dual) else math.sin(x)


def cos(x: Any) -> Any:
    return Dual(cos(x.a), -sin(x.a) * x.b) if isinstance(x, Dual) else math.cos(x)


def sqrt(x: Any) -> Any:
    return x**0.5


def _with_slope(f: Callable[[float], float], slope: Callable[[Any], Any]) -> Function:
    """A function of one number and its derivative, of numbers and of Duals."""

    def of(x: Any) -> Any:
        return Dual(of(x.a), slope(x.a) * x.b) if isinstance(x, Dual) else f(x)

    return of


tan = _with_slope(math.tan, lambda x: 1 / (cos(x) * cos(x)))
asin = _with_slope(math.asin, lambda x: ((1 - x) * (1 + x)) ** -0.5)
acos = _with_slope(math.acos, lambda x: -(((1 - x) * (1 + x)) ** -0.5))
atan = _with_slope(math.atan, lambda x: 1 / (x * x + 1))
sinh = _with_slope(math.sinh, lambda x: (exp(x) + exp(-x)) / 2)
cosh = _with_slope(math.cosh, lambda x: sinh(x))
asinh = _with_slope(math.asinh, lambda x: (x * x + 1) ** -0.5)
acosh = _with_slope(math.acosh, lambda x: ((x - 1) * (x + 1)) ** -0.5)
atanh = _with_slope(math.atanh, lambda x: 1 / ((1 - x) * (1 + x)))
log1p = _with_slope(math.log1p, lambda x: 1 / (1 + x))
expm1 = _with_slope(math.expm1, exp)
erf = _with_slope(math.erf, lambda x: exp(-x * x) * 2 * math.pi**-0.5)
erfc = _with_slope(math.erfc, lambda x: exp(-x * x) * -2 * math.pi**-0.5)


def atan2(y: Any, x: Any) -> Any:
    if not isinstance(x, Dual) and not isinstance(y, Dual):
        return math.atan2(y, x)
    x, y = lifted(x), lifted(y)
    return Dual(atan2(y.a, x.a), (x.a * y.b - y.a * x.b) / (x.a * x.a + y.a * y.a))


def hypot(x: Any, y: Any) -> Any:
    return sqrt(x * x + y * y)


def exp2(x: Any) -> Any:
    return exp(x * math.log(2))


def log2(x: Any) -> Any:
    return log(x) / math.log(2)


def log10(x: Any) -> Any:
    return log(x) / math.log(10)


def tanh(x: Any) -> Any:
    return (exp(x) - exp(-x)) / (exp(x) + exp(-x))


def sigmoid(x: Any) -> Any:
    return 1 / (1 + exp(-x))


def softplus(x: Any) -> Any:
    return log(1 + exp(x))


def logaddexp(x: Any, y: Any) -> Any:
    return log(exp(x) + exp(y))


def xlogy(x: Any, y: Any) -> Any:
    return x * log(y)


def maximum(x: Any, y: Any) -> Any:
    return x if real(x) > real(y) else y


def minimum(x: Any, y: Any) -> Any:
    return x if real(x) < real(y) else y


def relu(x: Any) -> Any:
    return maximum(x, 0.0)


def leaky_relu(x: Any) -> Any:
    return x if real(x) > 0 else x * 0.01


def elu(x: Any) -> Any:
    return x if real(x) > 0 else expm1(x)


def gelu(x: Any) -> Any:
    return x * 0.5 * (1 + erf(x / math.sqrt(2)))


def silu(x: Any) -> Any:
    return x / (1 + exp(-x))


def softsign(x: Any) -> Any:
    return x / (1 + abs(x))


def times_or_0(c: Any, x: Any) -> Any:
    return c * x


def _step(number: float, *arguments: Any) -> Any:
    """A number with a flat graph around it, as deep in derivatives as the arguments."""
    return sum((x * 0.0 for x in arguments), 0.0) + number


def heaviside(x: Any) -> Any:
    return _step(1.0 if real(x) > 0 else 0.0, x)


def sign(x: Any) -> Any:
    return _step(math.copysign(1.0, real(x)) if real(x) else 0.0, x)


def floor(x: Any) -> Any:
    return _step(math.floor(real(x)), x)


def ceil(x: Any) -> Any:
    return _step(math.ceil(real(x)), x)


def floordiv(x: Any, y: Any) -> Any:
    return _step(float(Fraction(real(x)) // Fraction(real(y))), x, y)


def mod(x: Any, y: Any) -> Any:
    return x - y * floordiv(x, y)


def clip(x: Any, low: Any, high: Any) -> Any:
    return high if real(high) < max(real(x), real(low)) else low if real(x) < real(low) else x


def where(condition: Any, x: Any, y: Any) -> Any:
    return x + condition * 0.0 if real(condition) > 0 else y + condition * 0.0


def times_power(c: Any, x: Any, y: Any) -> Any:
    return c * x**y


def times_power_log(c: Any, x: Any, y: Any) -> Any:
    return c * x**y * log(x)


def larger(x: Any, y: Any) -> Any:
    return _step(1.0 if real(x) > real(y) else 0.0, x, y)


def equal(x: Any, y: Any) -> Any:
    return _step(1.0 if real(x) == real(y) else 0.0, x, y)


def ratio(x: Any, y: Any) -> Any:
    return x / y


def norm(values: Sequence[Any]) -> Any:
    return sqrt(sum(x * x for x in values))


def logsumexp(values: Sequence[Any]) -> Any:
    return log(sum(exp(x) for x in values))


def log_softmax(values: Sequence[Any]) -> list[Any]:
    return [x - logsumexp(values) for x in values]


def pick(values: Sequence[Any], index: Any) -> Any:
    return values[int(real(index))] + index * 0.0


FUNCTIONS: dict[str, Function] = {
    "exp": exp,
    "log": log,
    "sin": sin,
    "cos": cos,
    "sqrt": sqrt,
    "tanh": tanh,
    "sigmoid": sigmoid,
    "softplus": softplus,
    "logaddexp": logaddexp,
    "xlogy": xlogy,
    "maximum": maximum,
    "minimum": minimum,
    "relu": relu,
    "abs": abs,
    "heaviside": heaviside,
    "sign": sign,
    "times_power": times_power,
    "times_power_log": times_power_log,
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


LISTS: dict[str, Function] = {"norm": norm, "logsumexp": logsumexp, "pick": pick}


def dual_gradient(f: Function, point: Sequence[float]) -> list[float]:
    """∂f/∂x_i for every i, by one dual evaluation each."""
    gradient = []
    for i in range(len(point)):
        result = f(*(Dual(x, 1.0 if i == j else 0.0) for j, x in enumerate(point)))
        gradient.append(float(result.b) if isinstance(result, Dual) else 0.0)
    return gradient


def dual_hessian(f: Function, point: Sequence[float]) -> list[list[float]]:
    """∂²f/∂x_i∂x_j, by Duals within Duals."""
    n = len(point)
    rows = []
    for i in range(n):
        row = []
        for j in range(n):
            arguments = [
                Dual(Dual(x, 1.0 if k == j else 0.0), Dual(1.0 if k == i else 0.0, 0.0)) for k, x in enumerate(point)
            ]
            result = f(*arguments)
            outer = result.b if isinstance(result, Dual) else 0.0
            row.append(float(outer.b) if isinstance(outer, Dual) else 0.0)
        rows.append(row)
    return rows


def central_gradient(f: Function, point: Sequence[float], step: float = 1e-5) -> list[float]:
    """(f(x + h) - f(x - h)) / 2h for every input, with h in proportion to the input's size."""
    gradient = []
    for i, x in enumerate(point):
        h = step * max(1.0, abs(x))
        above, below = list(point), list(point)
        above[i] += h
        below[i] -= h
        gradient.append((f(*above) - f(*below)) / (above[i] - below[i]))
    return gradient
