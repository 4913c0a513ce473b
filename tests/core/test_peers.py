"""The scalar functions that the suites of HIPS autograd and tangent have, row by row, to orders one and two.

The derivatives are derived by hand, on paper, and written with Python's math.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from functools import partial
from math import cos, cosh, exp, expm1, log, pi, sin, sinh, sqrt, tan, tanh
from typing import Any, NamedTuple

import pytest

import autograd
from autograd import Value, grad, hessian
from autograd.testing import check_gradients
from nn.activations import ACTIVATIONS


class OfOne(NamedTuple):
    """A function of one number, points, and its value and derivatives there."""

    f: Callable[[Any], Any]
    points: Sequence[float]
    value: Callable[[float], float]
    first: Callable[[float], float]
    second: Callable[[float], float]


EVERYWHERE = [-1.9, -0.7, 0.3, 2.6]
ABOVE_0 = [0.2, 0.9, 2.0, 35.0]
WITHIN_1 = [-0.9, -0.25, 0.5, 0.95]
DEGREE = pi / 180


def flat(x: float) -> float:
    return 0.0


OF_ONE = {
    "negative": OfOne(operator.neg, EVERYWHERE, lambda x: -x, lambda x: -1.0, flat),
    "abs": OfOne(abs, EVERYWHERE, abs, lambda x: math.copysign(1.0, x), flat),
    "sign": OfOne(autograd.sign, EVERYWHERE, lambda x: math.copysign(1.0, x), flat, flat),
    "floor": OfOne(autograd.floor, EVERYWHERE, math.floor, flat, flat),
    "ceil": OfOne(autograd.ceil, EVERYWHERE, math.ceil, flat, flat),
    "square": OfOne(lambda x: x**2, EVERYWHERE, lambda x: x * x, lambda x: 2 * x, lambda x: 2.0),
    "reciprocal": OfOne(lambda x: 1 / x, EVERYWHERE, lambda x: 1 / x, lambda x: -(x**-2), lambda x: 2 / x**3),
    "third power": OfOne(lambda x: x * x * x, EVERYWHERE, lambda x: x**3, lambda x: 3 * x * x, lambda x: 6 * x),
    "radians": OfOne(lambda x: x * DEGREE, EVERYWHERE, math.radians, lambda x: DEGREE, flat),
    "degrees": OfOne(lambda x: x / DEGREE, EVERYWHERE, math.degrees, lambda x: 1 / DEGREE, flat),
    "sqrt": OfOne(autograd.sqrt, ABOVE_0, sqrt, lambda x: 0.5 / sqrt(x), lambda x: -0.25 / x**1.5),
    "rsqrt": OfOne(
        lambda x: 1 / autograd.sqrt(x), ABOVE_0, lambda x: x**-0.5, lambda x: -0.5 * x**-1.5, lambda x: 0.75 * x**-2.5
    ),
    "exp": OfOne(autograd.exp, EVERYWHERE, exp, exp, exp),
    "exp of exp": OfOne(
        lambda x: autograd.exp(autograd.exp(x)),
        [-1.9, -0.7, 0.3],
        lambda x: exp(exp(x)),
        lambda x: exp(x + exp(x)),
        lambda x: (1 + exp(x)) * exp(x + exp(x)),
    ),
    "exp2": OfOne(autograd.exp2, EVERYWHERE, lambda x: 2**x, lambda x: log(2) * 2**x, lambda x: log(2) * log(2) * 2**x),
    "expm1": OfOne(autograd.expm1, [*EVERYWHERE, 1e-17], expm1, exp, exp),
    "log": OfOne(autograd.log, ABOVE_0, log, lambda x: 1 / x, lambda x: -1 / x**2),
    "log2": OfOne(autograd.log2, ABOVE_0, math.log2, lambda x: 1 / (x * log(2)), lambda x: -1 / (x * x * log(2))),
    "log10": OfOne(autograd.log10, ABOVE_0, math.log10, lambda x: 1 / (x * log(10)), lambda x: -1 / (x * x * log(10))),
    "log1p": OfOne(
        autograd.log1p, [*ABOVE_0, -0.9, 1e-17], math.log1p, lambda x: 1 / (1 + x), lambda x: -((1 + x) ** -2)
    ),
    "sin": OfOne(autograd.sin, EVERYWHERE, sin, cos, lambda x: -sin(x)),
    "cos": OfOne(autograd.cos, EVERYWHERE, cos, lambda x: -sin(x), lambda x: -cos(x)),
    "tan": OfOne(autograd.tan, EVERYWHERE, tan, lambda x: cos(x) ** -2, lambda x: 2 * sin(x) / cos(x) ** 3),
    "arcsin": OfOne(
        autograd.asin, WITHIN_1, math.asin, lambda x: (1 - x * x) ** -0.5, lambda x: x * (1 - x * x) ** -1.5
    ),
    "arccos": OfOne(
        autograd.acos, WITHIN_1, math.acos, lambda x: -((1 - x * x) ** -0.5), lambda x: -x * (1 - x * x) ** -1.5
    ),
    "arctan": OfOne(
        autograd.atan, EVERYWHERE, math.atan, lambda x: 1 / (1 + x * x), lambda x: -2 * x / (1 + x * x) ** 2
    ),
    "sinh": OfOne(autograd.sinh, EVERYWHERE, sinh, cosh, sinh),
    "cosh": OfOne(autograd.cosh, EVERYWHERE, cosh, sinh, cosh),
    "tanh": OfOne(autograd.tanh, EVERYWHERE, tanh, lambda x: cosh(x) ** -2, lambda x: -2 * sinh(x) / cosh(x) ** 3),
    "arcsinh": OfOne(
        autograd.asinh, EVERYWHERE, math.asinh, lambda x: (x * x + 1) ** -0.5, lambda x: -x * (x * x + 1) ** -1.5
    ),
    "arccosh": OfOne(
        autograd.acosh, [1.1, 2.0, 35.0], math.acosh, lambda x: (x * x - 1) ** -0.5, lambda x: -x * (x * x - 1) ** -1.5
    ),
    "arctanh": OfOne(
        autograd.atanh, WITHIN_1, math.atanh, lambda x: 1 / (1 - x * x), lambda x: 2 * x / (1 - x * x) ** 2
    ),
    "erf": OfOne(
        autograd.erf,
        EVERYWHERE,
        math.erf,
        lambda x: 2 / sqrt(pi) * exp(-x * x),
        lambda x: -4 * x / sqrt(pi) * exp(-x * x),
    ),
    "erfc": OfOne(
        autograd.erfc,
        [*EVERYWHERE, 20.0],
        math.erfc,
        lambda x: -2 / sqrt(pi) * exp(-x * x),
        lambda x: 4 * x / sqrt(pi) * exp(-x * x),
    ),
    "sinc": OfOne(
        lambda x: autograd.sin(x) / x,
        EVERYWHERE,
        lambda x: sin(x) / x,
        lambda x: (x * cos(x) - sin(x)) / x**2,
        lambda x: -sin(x) / x - 2 * cos(x) / x**2 + 2 * sin(x) / x**3,
    ),
}


class OfTwo(NamedTuple):
    """A function of two numbers, points, and the value, the gradient and the second derivatives xx, xy and yy there."""

    f: Callable[[Any, Any], Any]
    points: Sequence[tuple[float, float]]
    value: Callable[[float, float], float]
    gradient: Callable[[float, float], tuple[float, float]]
    second: Callable[[float, float], tuple[float, float, float]]


ALL = [(-1.9, 0.6), (0.4, -2.2), (1.3, 3.1), (-0.8, -1.7)]
POSITIVE = [(0.7, 0.3), (1.9, -1.4), (1.2, 2.5)]


def flat_2(x: float, y: float) -> tuple[float, float, float]:
    return (0.0, 0.0, 0.0)


def share(x: float, y: float) -> float:
    """Of the second of two exponentials in their sum."""
    return 1 / (1 + exp(x - y))


def mixed_2(x: float, y: float) -> float:
    """The same for powers of 2: the product of both shares, times log(2)."""
    return log(2) * 2 ** (x + y) / (2**x + 2**y) ** 2


OF_TWO = {
    "add": OfTwo(operator.add, ALL, operator.add, lambda x, y: (1, 1), flat_2),
    "subtract": OfTwo(operator.sub, ALL, operator.sub, lambda x, y: (1, -1), flat_2),
    "multiply": OfTwo(operator.mul, ALL, operator.mul, lambda x, y: (y, x), lambda x, y: (0, 1, 0)),
    "true_divide": OfTwo(
        operator.truediv,
        ALL,
        operator.truediv,
        lambda x, y: (1 / y, -x / y**2),
        lambda x, y: (0, -1 / y**2, 2 * x / y**3),
    ),
    "squared difference": OfTwo(
        lambda x, y: (x - y) ** 2,
        ALL,
        lambda x, y: (x - y) ** 2,
        lambda x, y: (2 * (x - y), 2 * (y - x)),
        lambda x, y: (2, -2, 2),
    ),
    "power": OfTwo(
        operator.pow,
        POSITIVE,
        operator.pow,
        lambda x, y: (y * x ** (y - 1), x**y * log(x)),
        lambda x, y: (y * (y - 1) * x ** (y - 2), x ** (y - 1) * (1 + y * log(x)), x**y * log(x) ** 2),
    ),
    "mod": OfTwo(operator.mod, ALL, operator.mod, lambda x, y: (1, -math.floor(x / y)), flat_2),
    "floor_divide": OfTwo(operator.floordiv, ALL, operator.floordiv, lambda x, y: (0, 0), flat_2),
    "maximum": OfTwo(autograd.maximum, ALL, max, lambda x, y: (float(x > y), float(y > x)), flat_2),
    "minimum": OfTwo(autograd.minimum, ALL, min, lambda x, y: (float(x < y), float(y < x)), flat_2),
    "logaddexp": OfTwo(
        autograd.logaddexp,
        ALL,
        lambda x, y: log(exp(x) + exp(y)),
        lambda x, y: (share(y, x), share(x, y)),
        lambda x, y: (share(x, y) * share(y, x), -share(x, y) * share(y, x), share(x, y) * share(y, x)),
    ),
    "logaddexp2": OfTwo(
        lambda x, y: autograd.logaddexp(x * log(2), y * log(2)) / log(2),
        ALL,
        lambda x, y: math.log2(2**x + 2**y),
        lambda x, y: (2**x / (2**x + 2**y), 2**y / (2**x + 2**y)),
        lambda x, y: (mixed_2(x, y), -mixed_2(x, y), mixed_2(x, y)),
    ),
    "arctan2": OfTwo(
        autograd.atan2,
        ALL,
        math.atan2,
        lambda y, x: (x / (x * x + y * y), -y / (x * x + y * y)),
        lambda y, x: (
            -2 * x * y / (x * x + y * y) ** 2,
            (y * y - x * x) / (x * x + y * y) ** 2,
            2 * x * y / (x * x + y * y) ** 2,
        ),
    ),
    "hypot": OfTwo(
        autograd.hypot,
        ALL,
        math.hypot,
        lambda x, y: (x / math.hypot(x, y), y / math.hypot(x, y)),
        lambda x, y: (y * y / math.hypot(x, y) ** 3, -x * y / math.hypot(x, y) ** 3, x * x / math.hypot(x, y) ** 3),
    ),
}


@pytest.mark.parametrize("name", OF_ONE)
def test_functions_of_one_number(name: str) -> None:
    f, points, value, first, second = OF_ONE[name]
    for x in points:
        leaf = Value(x)
        out = f(leaf)
        out.backward()
        assert out.data == pytest.approx(value(x), rel=1e-14), x
        assert leaf.grad == grad(f)(x) == pytest.approx(first(x), rel=1e-13), x
        assert grad(grad(f))(x) == pytest.approx(second(x), rel=1e-12), x
        assert check_gradients(lambda v, f=f: 3 * f(v), x)


@pytest.mark.parametrize("name", OF_TWO)
def test_functions_of_two_numbers(name: str) -> None:
    f, points, value, gradient, second = OF_TWO[name]
    for point in points:
        leaves = [Value(x) for x in point]
        out = f(*leaves)
        out.backward()
        assert out.data == pytest.approx(value(*point), rel=1e-13), point
        assert [leaf.grad for leaf in leaves] == pytest.approx([*gradient(*point)], rel=1e-13), point
        (xx, xy), (yx, yy) = hessian(f)(*point)
        assert (xx, xy, yy) == pytest.approx(second(*point), rel=1e-12, abs=1e-16), point
        assert yx == pytest.approx(xy, rel=1e-12), point
        assert grad(partial(f, point[0]))(point[1]) == leaves[1].grad  # the other one a constant


def test_saxpy_and_a_branch() -> None:
    a, b, c = Value(0.7), Value(-1.2), Value(2.5)
    (a * b + c).backward()
    assert (a.grad, b.grad, c.grad) == (-1.2, 0.7, 1.0)
    for x, slope in ((1.5, 3.0), (-1.5, 2.0)):
        assert grad(lambda v: v * 3.0 if v > 0 else v * 2.0)(x) == slope
        assert grad(lambda v: autograd.where(v, v * 3.0, v * 2.0))(x) == slope


def cdf(x: float) -> float:
    return math.erfc(-x / sqrt(2)) / 2


def density(x: float) -> float:
    return exp(-x * x / 2) / sqrt(2 * pi)


def logistic(x: float) -> float:
    return 1 / (1 + exp(-x))


OfFloat = Callable[[float], float]
ACTIVATION: dict[str, tuple[OfFloat, OfFloat, OfFloat]] = {
    "leaky_relu": (lambda x: x if x > 0 else 0.01 * x, lambda x: 1.0 if x > 0 else 0.01, flat),
    "elu": (lambda x: x if x > 0 else expm1(x), lambda x: min(1.0, exp(x)), lambda x: 0.0 if x > 0 else exp(x)),
    "gelu": (lambda x: x * cdf(x), lambda x: cdf(x) + x * density(x), lambda x: (2 - x * x) * density(x)),
    "silu": (
        lambda x: x * logistic(x),
        lambda x: logistic(x) * (1 + x * logistic(-x)),
        lambda x: logistic(x) * logistic(-x) * (2 + x * (logistic(-x) - logistic(x))),
    ),
    "softsign": (
        lambda x: x / (1 + abs(x)),
        lambda x: (1 + abs(x)) ** -2,
        lambda x: -2 / (1 + abs(x)) ** 3 * x / abs(x),
    ),
}


@pytest.mark.parametrize("name", ACTIVATION)
def test_activations(name: str) -> None:
    f = ACTIVATIONS[name]
    value, first, second = ACTIVATION[name]
    for x in (-30.0, -8.5, -1.9, -0.3, 1e-9, 0.4, 2.6, 12.0):
        out = f(Value(x))
        assert out.data == pytest.approx(value(x), rel=1e-13), x
        assert grad(f)(x) == pytest.approx(first(x), rel=1e-12), x
        assert grad(grad(f))(x) == pytest.approx(second(x), rel=1e-11, abs=1e-16), x
        assert check_gradients(f, x)
