"""The functions of the table one by one: the digits that a name promises, conventions at corners, what is refused."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

import autograd
from autograd import (
    DomainError,
    Value,
    acosh,
    asin,
    asinh,
    atan2,
    atanh,
    ceil,
    clip,
    elu,
    erf,
    erfc,
    expm1,
    floor,
    gelu,
    grad,
    hessian,
    hypot,
    leaky_relu,
    log1p,
    sign,
    silu,
    sinh,
    softsign,
    where,
)

inf = math.inf


# A normal distribution at 30, and its share beyond, by Laplace's series.
_DENSITY = math.exp(-450) / math.sqrt(2 * math.pi)
_TAIL = _DENSITY / 30 * (1 - 1 / 900 + 3 / 900**2 - 15 / 900**3 + 105 / 900**4 - 945 / 900**5)


@pytest.mark.parametrize(
    ("f", "point", "value", "slope"),
    [
        (log1p, 1e-17, 1e-17, 1.0),
        (log1p, -1 + 2**-53, -53 * math.log(2), 2.0**53),
        (expm1, -1e-17, -1e-17, 1.0),
        (expm1, -50.0, -1.0, math.exp(-50)),
        (asinh, -1e10, -23.718998110500402, 1e-10),  # -log(2e10)
        (asinh, 1e308, 709.889355822726, 1e-308),  # log(2e308)
        (acosh, 1e308, 709.889355822726, 1e-308),
        (atanh, 1e-300, 1e-300, 1.0),
        (sinh, -1e-17, -1e-17, 1.0),
        (erf, 1e-17, 1.1283791670955126e-17, 2 / math.sqrt(math.pi)),
        (erfc, 20.0, 5.395865611607901e-176, -2 / math.sqrt(math.pi) * math.exp(-400)),
        (gelu, 1e308, 1e308, 1.0),
        (gelu, -30.0, -30 * _TAIL, _TAIL - 30 * _DENSITY),
        (gelu, -1e5, 0.0, 0.0),
        (silu, -40.0, -40 * math.exp(-40), -39 * math.exp(-40)),
        (silu, -1e5, 0.0, 0.0),
        (silu, 800.0, 800.0, 1.0),
        (elu, -1e-17, -1e-17, 1.0),
        (elu, -800.0, -1.0, 0.0),
        (elu, 800.0, 800.0, 1.0),
        (softsign, -1e200, -1.0, 0.0),
        (softsign, 1e-17, 1e-17, 1.0),
        (leaky_relu, -3e-300, -3e-302, 0.01),
        (lambda x: hypot(x, 1e200), 1e200, math.sqrt(2) * 1e200, 1 / math.sqrt(2)),
        (lambda x: hypot(x, 3e-200), 4e-200, 5e-200, 0.8),
        (lambda x: atan2(1e-200, x), -1e-200, 0.75 * math.pi, -5e199),
        (lambda x: atan2(x, 1e200), 1e200, math.pi / 4, 5e-201),
    ],
)
def test_the_digits_that_the_name_promises(f: Callable[[Any], Any], point: float, value: float, slope: float) -> None:
    assert f(point) == pytest.approx(value, rel=2e-13, abs=0.0)
    assert grad(f)(point) == pytest.approx(slope, rel=3e-13, abs=0.0)


@pytest.mark.parametrize("name", ["gelu", "silu", "elu", "softsign", "leaky_relu", "erf", "erfc", "atan", "tanh"])
def test_at_infinity_the_functions_have_their_limits_and_no_nan(name: str) -> None:
    f = getattr(autograd, name)
    for x, far in ((inf, 1e300), (-inf, -1e300)):
        assert f(x) == f(far) or abs(f(far)) > 1e290
        assert grad(f)(x) == grad(f)(far)


def test_hypot_is_flat_at_its_corner() -> None:
    x, y = Value(0.0, "x"), Value(0.0, "y")
    hypot(x, y).backward()
    assert (x.grad, y.grad) == (0.0, 0.0)
    assert grad(hypot, argnums=(0, 1))(3.0, -4.0) == (0.6, -0.8)
    assert hessian(hypot)(3.0, 4.0) == [pytest.approx([0.128, -0.096]), pytest.approx([-0.096, 0.072])]
    with pytest.raises(DomainError, match="divides by zero"):
        hessian(hypot)(0.0, 0.0)
    with pytest.raises(DomainError, match=r"the gradient of atan2.*divides by zero"):
        atan2(x, y).backward()


@pytest.mark.parametrize(
    ("f", "x", "edge"), [(asin, 1.0, 1.5), (acosh, 1.0, 0.5), (atanh, None, 1.0), (log1p, None, -1.0)]
)
def test_edges_of_domains_are_errors(f: Callable[[Any], Any], x: float | None, edge: float) -> None:
    with pytest.raises(DomainError, match="there is no such real number"):
        f(Value(edge))
    if x is not None:
        out = f(Value(x, "x"))
        with pytest.raises(DomainError, match=r"the gradient of .* \(named 'x'\): it divides by zero"):
            out.backward()


# What jumps ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("x", "y"), [(7.5, 2.0), (-7.5, 2.0), (7.5, -2.0), (-7.5, -2.0), (6.0, 2.0), (0.3, 0.1), (-5, inf)]
)
def test_the_remainder_and_the_quotient_are_those_of_python(x: float, y: float) -> None:
    left, right = Value(x, "x"), Value(y, "y")
    for remainder, quotient in (
        (left % right, left // right),
        (left % y, left // y),
        (x % right, x // right),
        divmod(left, right)[::-1],
        divmod(left, y)[::-1],
        divmod(x, right)[::-1],
    ):
        assert (remainder.data, quotient.data) == (x % y, x // y)
    assert grad(lambda x, y: x % y, argnums=(0, 1))(x, y) == (1.0, -(x // y))
    assert grad(lambda x, y: x // y, argnums=(0, 1))(x, y) == (0.0, 0.0)


@pytest.mark.parametrize(
    "divided", [lambda x: x % 0, lambda x: x // 0.0, lambda x: 5 % (x - 2), lambda x: divmod(x, 0)]
)
def test_by_zero_they_are_errors(divided: Callable[[Value], Any]) -> None:
    with pytest.raises(DomainError, match=r"(mod|floordiv), by its rule .*y = 0\.0.*divides by zero. Keep the divisor"):
        divided(Value(2.0, "x"))


def test_steps_have_no_slope_and_keep_infinities() -> None:
    for f in (sign, floor, ceil):
        for x in (-inf, -2.5, -2.0, -0.0, 0.5, 3.0, 1e300, inf):
            assert grad(f)(x) == 0.0
    assert [floor(x) for x in (-2.5, -5e-324, 2.0, 1e300, -inf)] == [-3.0, -1.0, 2.0, 1e300, -inf]
    assert [ceil(x) for x in (-2.5, 5e-324, 2.0, 1e300, inf)] == [-2.0, 1.0, 2.0, 1e300, inf]
    assert [sign(x) for x in (-2.5, 0.0, 5e-324)] == [-1.0, 0.0, 1.0]
    assert type(floor(Value(2.5)).data) is float
    quarter = Value(0.25)
    assert [quarter.floor().data, quarter.ceil().data, quarter.sign().data] == [0.0, 1.0, 1.0]


def test_clip_counts_x_between_the_bounds_and_a_bound_beyond() -> None:
    slopes = grad(clip, argnums=(0, 1, 2))
    assert slopes(0.5, 0.0, 1.0) == (1.0, 0.0, 0.0)
    assert slopes(-0.5, 0.0, 1.0) == (0.0, 1.0, 0.0)
    assert slopes(1.5, 0.0, 1.0) == (0.0, 0.0, 1.0)
    assert slopes(0.0, 0.0, 1.0) == slopes(1.0, 0.0, 1.0) == (0.0, 0.0, 0.0)
    assert slopes(0.5, -inf, inf) == (1.0, 0.0, 0.0)
    assert [clip(x, 0.0, 1.0) for x in (-inf, -2.0, 0.25, 3.0, inf)] == [0.0, 0.0, 0.25, 1.0, 1.0]
    # Where the bounds are the wrong way round it is high, as in NumPy.
    assert clip(0.5, 1.0, 0.0) == 0.0
    assert slopes(0.5, 1.0, 0.0) == (0.0, 0.0, 1.0)


def test_where_takes_a_bool_or_what_is_above_0() -> None:
    x, y = Value(3.0, "x"), Value(5.0, "y")
    for condition, taken in ((True, x), (False, y), (1, x), (0.0, y), (Value(1e-9), x), (Value(-1.0), y), (x > y, y)):
        out = where(condition, x, y)
        assert out.data == taken.data
        for leaf in (x, y):
            leaf.grad = 0.0
        out.backward()
        assert (x.grad, y.grad) == ((1.0, 0.0) if taken is x else (0.0, 1.0))
    condition = Value(2.0)
    where(condition, x, y).backward()
    assert condition.grad == 0.0
    assert where(0.5, 1.0, math.nan) == 1.0
    assert math.isnan(where(math.nan, 1.0, 2.0))


@pytest.mark.parametrize("number", [inf, -inf, math.nan, 1e308])
def test_what_is_not_taken_has_partial_0_whatever_it_is(number: float) -> None:
    x, y = Value(3.0), Value(number)
    out = where(Value(1.0), x, y) + where(Value(0.0), y, x)
    out.backward()
    assert (out.data, x.grad, y.grad) == (6.0, 2.0, 0.0)
