"""The edges of domains, kinks, ties and the limits of floats: the convention of each, and the named errors."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

from autograd import (
    DomainError,
    Value,
    grad,
    hessian,
    log,
    logaddexp,
    maximum,
    minimum,
    relu,
    sigmoid,
    softplus,
    sqrt,
    tanh,
)

inf = math.inf


def partial(f: Callable[..., Any], *point: float) -> float:
    return float(grad(f)(*point))


def test_subgradients_at_kinks_are_zero() -> None:
    assert partial(relu, 0.0) == partial(relu, -0.0) == 0.0
    assert partial(abs, 0.0) == 0.0


def test_ties_are_shared() -> None:
    for choice in (maximum, minimum):
        x, y = Value(3.0), Value(3.0)
        choice(x, y).backward()
        assert (x.grad, y.grad) == (0.5, 0.5)
        assert partial(lambda x, c=choice: c(x, 3.0), 3.0) == 0.5
        assert partial(lambda x, c=choice: c(x, inf), inf) == 0.5
    same = Value(3.0)
    maximum(same, same).backward()
    assert same.grad == 1.0


def test_anything_to_the_power_of_0_is_flat() -> None:
    for base in (0.0, -0.0, -2.0, 2.0, inf):
        assert partial(lambda x: x**0, base) == 0.0
    assert grad(grad(lambda x: x**1))(0.0) == 0.0
    assert grad(grad(lambda x: x**2))(0.0) == 2.0
    assert grad(grad(grad(lambda x: x**2)))(0.0) == 0.0


def test_the_exponent_may_pass_through_0_on_its_way() -> None:
    # ∂²/∂x∂y of x^y is x^(y-1) (1 + y log x); at y = 0 that is 1/x.
    assert grad(grad(lambda x, y: x**y, 0), 1)(1.5, 0.0) == pytest.approx(1 / 1.5, rel=1e-15)
    assert grad(grad(lambda x, y: x**y, 1), 0)(1.5, 0.0) == pytest.approx(1 / 1.5, rel=1e-15)


def test_zero_to_a_power() -> None:
    x, y = Value(0.0), Value(2.0)
    (x**y).backward()
    assert (x.grad, y.grad) == (0.0, 0.0)
    assert partial(lambda x: x**1, 0.0) == 1.0
    with pytest.raises(DomainError, match=r"the gradient of power.*y = 0\.0"):
        (Value(0.0) ** Value(0.0)).backward()


def test_a_negative_base_raises_only_when_its_exponent_needs_a_gradient() -> None:
    x, y = Value(-2.0, "base"), Value(2.0, "exponent")
    constant = x**2
    constant.backward()
    assert (constant.data, x.grad) == (4.0, -4.0)
    out = x**y
    assert out.data == 4.0
    with pytest.raises(DomainError, match=r"named 'base'.*named 'exponent'"):
        out.backward()
    assert (x.grad, y.grad) == (-4.0, 0.0)  # nothing half-done
    with pytest.raises(DomainError, match=r"power, by its rule x \*\* y, has no answer"):
        x**0.5
    with pytest.raises(DomainError):
        (Value(-1e-200) ** Value(2.0)).backward()


def test_nan_passes_through_a_power_whatever_the_base() -> None:
    for base in (0.0, -1.0, -2.0, 2.0):
        x = Value(math.nan)
        out = base**x
        out.backward()
        assert math.isnan(out.data)
        assert math.isnan(x.grad)


def test_sqrt_at_0_raises_at_backward_and_not_before() -> None:
    x = Value(0.0, "x")
    out = x.sqrt()
    assert out.data == 0.0
    with pytest.raises(
        DomainError, match=r"the gradient of sqrt.*1 / \(2 \* out\).*x = 0\.0 \(named 'x'\).*divides by zero"
    ):
        out.backward()
    with pytest.raises(DomainError):
        grad(sqrt)(0.0)


@pytest.mark.parametrize(
    ("compute", "rule", "operands", "why"),
    [
        (lambda v: v.log(), "log(x)", "x = 0.0 (named 'v')", "no such real number"),
        (lambda v: 1 / v, "x / y", "x = 1.0, y = 0.0 (named 'v')", "divides by zero"),
        (lambda v: v / 0, "x / y", "x = 0.0 (named 'v'), y = 0.0", "divides by zero"),
        (lambda v: v**-1, "x ** y", "x = 0.0 (named 'v'), y = -1.0", "no such real number"),
        (lambda v: (v + 1000).named("big").exp(), "exp(x)", "x = 1000.0 (named 'big')", "too large for a float"),
        (lambda v: (v + 1e200).named("big") ** 2, "x ** y", "x = 1e+200 (named 'big'), y = 2.0", "too large"),
        (lambda v: (v - 1).named("low").sqrt(), "sqrt(x)", "x = -1.0 (named 'low')", "no such real number"),
    ],
)
def test_no_real_answer_is_an_error_that_names_value_operands_and_rule(
    compute: Callable[[Value], Value], rule: str, operands: str, why: str
) -> None:
    with pytest.raises(DomainError) as caught:
        compute(Value(0.0, "v"))
    message = str(caught.value)
    assert f"by its rule {rule}," in message
    assert operands in message
    assert why in message
    assert isinstance(caught.value, ArithmeticError)


def test_functions_of_numbers_raise_the_same_error() -> None:
    with pytest.raises(DomainError, match=r"by its rule log"):
        log(0.0)


def test_inf_is_recorded_where_pythons_floats_give_it() -> None:
    assert (Value(1e200) * 1e200).data == inf
    assert (Value(1e308) + 1e308).data == inf
    assert (Value(inf) - inf).data != (Value(inf) - inf).data


@pytest.mark.parametrize("x", [0.0, 1.0, 40.0, 709.0, 710.0, 745.0, 1e4, 1e308, inf])
def test_sigmoid_and_softplus_are_stable_at_any_number(x: float) -> None:
    assert 0.5 <= sigmoid(x) <= 1.0
    assert 0.0 <= sigmoid(-x) <= 0.5
    assert softplus(x) == pytest.approx(x if x > 40 else math.log1p(math.exp(x)), rel=1e-15)
    assert softplus(-x) == pytest.approx(math.exp(-x) if x > 40 else math.log1p(math.exp(-x)), rel=1e-14)
    for f in (sigmoid, softplus, tanh):
        for at in (x, -x):
            assert math.isfinite(partial(f, at))


def test_sigmoid_of_a_very_negative_number_keeps_its_size() -> None:
    assert sigmoid(-700.0) == pytest.approx(math.exp(-700.0), rel=1e-14)
    assert sigmoid(-740.0) == math.exp(-740.0) > 0.0
    assert sigmoid(-1e5) == 0.0


def test_logaddexp_is_stable_and_knows_equal_infinities() -> None:
    assert logaddexp(1000.0, 1000.0) == 1000.0 + math.log(2)
    assert logaddexp(-1e16, 1.0) == 1.0
    assert logaddexp(-inf, -inf) == -inf
    assert logaddexp(1e308, -1e308) == 1e308
    x, y = Value(-1e308), Value(1e308)
    logaddexp(x, y).backward()
    assert (x.grad, y.grad) == (0.0, 1.0)


def test_second_derivatives_of_powers_at_base_0() -> None:
    """0 ** y is 0 for every y > 0, and x ** y flat in both at x = 0 where y > 2: by hand, x ** (y - 2) and its logs."""
    assert grad(grad(lambda y: 0.0**y))(2.5) == 0.0
    assert grad(grad(grad(lambda y: 0.0**y)))(2.5) == 0.0
    assert hessian(lambda x, y: x**y)(0.0, 3.0) == [[0.0, 0.0], [0.0, 0.0]]
    assert hessian(lambda x, y: x**y)(0.0, 2.0) == [[2.0, 0.0], [0.0, 0.0]]
    assert grad(grad(grad(lambda x, y: x**y)))(0.0, 3.0) == 6.0
    with pytest.raises(DomainError, match="the gradient of"):
        hessian(lambda x, y: x**y)(0.0, 1.0)  # ∂²/∂x∂y is 1 + log(x)


@pytest.mark.parametrize(("x", "y"), [(0.5, 2.5), (3.0, -1.5), (1.0, 0.0), (2.0, 3.0), (1e-3, 4.0)])
def test_derivatives_of_powers_of_every_order(x: float, y: float) -> None:
    """By hand: ∂²/∂y² is xʸ log²x, ∂²/∂x∂y is xʸ⁻¹ (1 + y log x), ∂³/∂x∂y² is xʸ⁻¹ log x (2 + y log x)."""
    log_x = math.log(x)
    second = hessian(lambda x, y: x**y)(x, y)
    assert second[0][0] == pytest.approx(y * (y - 1) * x ** (y - 2), rel=1e-13)
    assert second[0][1] == pytest.approx(x ** (y - 1) * (1 + y * log_x), rel=1e-13, abs=1e-15)
    assert second[1] == pytest.approx([second[0][1], x**y * log_x**2], rel=1e-13)
    assert grad(grad(grad(lambda y: x**y)))(y) == pytest.approx(x**y * log_x**3, rel=1e-13)
    mixed = grad(grad(grad(lambda x, y: x**y, 1), 1), 0)(x, y)
    assert mixed == pytest.approx(x ** (y - 1) * log_x * (2 + y * log_x), rel=1e-12, abs=1e-15)
