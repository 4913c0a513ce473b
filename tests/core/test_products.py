"""vjp, jvp and hessian_vector_product: against dual numbers and numbers worked out by hand."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings

from autograd import (
    TABLE,
    DomainError,
    NotANumberError,
    UsageError,
    Value,
    grad,
    hessian_vector_product,
    jvp,
    maximum,
    no_grad,
    relu,
    sqrt,
    vjp,
)
from autograd.core.graph import topological_order

from ..support import oracles
from ..support.programs import Program, points, programs, run


def away_from_ties(program: Program, point: list[float]) -> None:
    """In a tie, and only there, the engine's convention and the oracle's differ."""
    root = run(program, [Value(x) for x in point], 1)
    choices = [value for value in topological_order(root) if value.op is TABLE["maximum"]]
    assume(all(abs(value.numbers[0] - value.numbers[1]) > 1e-6 for value in choices))


@settings(max_examples=150)
@given(programs, programs, points, points)
def test_products_of_random_programs_against_dual_numbers(
    program: Program, other: Program, point: list[float], direction: list[float]
) -> None:
    for one in (program, other):
        away_from_ties(one, point)

    def f(p: Any) -> Any:
        return {"one": run(program, p["xs"], 1), "two": (run(other, p["xs"], 1),)}

    exact = [oracles.dual_gradient(lambda *xs, one=one: run(one, xs, 2), point) for one in (program, other)]
    scale = 1.0 + max(map(abs, [*exact[0], *exact[1]]))
    result, tangent = jvp(f, ({"xs": point},), ({"xs": direction},))
    wanted = [math.fsum(a * b for a, b in zip(row, direction, strict=True)) for row in exact]
    assert [tangent["one"], tangent["two"][0]] == pytest.approx(wanted, rel=1e-8, abs=1e-9 * scale)
    same, pull = vjp(f, {"xs": point})
    assert same == result
    for weights in ((1.0, 0.0), (0.5, -2.0)):
        (found,) = pull({"one": weights[0], "two": [weights[1]]})
        wanted = [weights[0] * a + weights[1] * b for a, b in zip(*exact, strict=True)]
        assert found["xs"] == pytest.approx(wanted, rel=1e-8, abs=1e-9 * scale)


@settings(max_examples=60)
@given(programs.map(lambda steps: [step for step in steps if step[0] != "maximum"][:8]), points, points)
def test_hessian_vector_products_against_dual_numbers(
    program: Program, point: list[float], vector: list[float]
) -> None:
    assume(program)
    exact = oracles.dual_hessian(lambda *xs: run(program, xs, 2), point)
    scale = 1.0 + max(abs(one) for row in exact for one in row)
    wanted = [math.fsum(a * b for a, b in zip(row, vector, strict=True)) for row in exact]
    found = hessian_vector_product(lambda p: run(program, p["xs"], 1))({"xs": point}, {"xs": vector})
    assert found["xs"] == pytest.approx(wanted, rel=1e-6, abs=1e-6 * scale)
    several = hessian_vector_product(lambda *xs: run(program, xs, 1), (0, 1, 2))(*point, tuple(vector))
    assert several == pytest.approx(tuple(wanted), rel=1e-6, abs=1e-6 * scale)


def test_kinks_are_those_of_the_backward_sweep() -> None:
    kinks: list[tuple[Any, float]] = [(relu, 0.0), (abs, 0.0), (lambda x: maximum(x, 1.0), 1.0)]
    for f, point in [*kinks, (lambda x: maximum(x, x), 1.0)]:
        slope: Any = grad(f)(point)
        assert jvp(f, (point,), (3.0,))[1] == 3.0 * slope
        assert vjp(f, point)[1](3.0) == (3.0 * slope,)
    assert jvp(lambda x: maximum(x, 1.0), (1.0,), (1.0,))[1] == 0.5  # a tie is shared


def test_what_does_not_move_or_count_needs_no_partial() -> None:
    def power(x: Any, y: Any) -> Any:
        return x**y

    assert jvp(power, (-2.0, 2.0), (1.0, 0.0)) == (4.0, -4.0)
    with pytest.raises(DomainError, match=r"gradient of power"):
        jvp(power, (-2.0, 2.0), (1.0, 1.0))
    result, pull = vjp(lambda x: [sqrt(x), 3 * x, 5.0], 0.0)
    assert (result, pull([0.0, 2.0, 1.0])) == ([0.0, 0.0, 5.0], (6.0,))
    with pytest.raises(DomainError, match="divides by zero"):
        pull([1.0, 0.0, 0.0])


def test_they_can_be_differentiated_again() -> None:
    cube: Any = lambda x: x**3  # noqa: E731
    assert grad(lambda x: jvp(cube, (x,), (1.0,))[1])(2.0) == 12.0
    assert grad(lambda t: jvp(cube, (2.0,), (t,))[1])(5.0) == 12.0
    assert grad(lambda t: jvp(lambda x: t * x**2, (3.0,), (1.0,))[1])(5.0) == 6.0
    assert grad(lambda x: vjp(cube, x)[1](1.0)[0])(2.0) == 12.0
    assert grad(lambda c: vjp(cube, 2.0)[1](c)[0])(5.0) == 12.0
    assert jvp(lambda x: jvp(cube, (x,), (1.0,))[1], (2.0,), (1.0,)) == (12.0, 12.0)
    assert grad(lambda x: hessian_vector_product(cube)(x, 1.0))(2.0) == 6.0
    _, pull = vjp(cube, 2.0)
    weight = Value(5.0)
    answer = pull(weight)[0]
    assert isinstance(answer, Value)
    answer.backward()
    assert weight.grad == 12.0
    assert pull(1.0) == (12.0,)
    assert type(pull(1.0)[0]) is float


def test_values_in_values_out_and_nobodys_grad_is_touched() -> None:
    x = Value(2.0)
    result, tangent = jvp(lambda a: a * a, (x,), (1.0,))
    assert (result.data, tangent.data, x.grad) == (4.0, 4.0, 0.0)
    tangent.backward()
    assert x.grad == 2.0
    with no_grad():
        assert jvp(lambda a: a * a, (3.0,), (1.0,)) == (9.0, 6.0)
        assert vjp(lambda a: a * a, 3.0)[1](1.0) == (6.0,)


def test_arrays_and_aux() -> None:
    rows = np.array([[1.0, 2.0], [3.0, 4.0]])
    result, tangent = jvp(lambda w: rows @ w, (np.array([1.0, 1.0]),), (np.array([1.0, 0.0]),))
    assert (result.tolist(), tangent.tolist()) == ([3.0, 7.0], [1.0, 3.0])
    _, pull, other = vjp(lambda w: (rows @ w, w[0] * 2), np.array([1.0, 1.0]), has_aux=True)
    assert (pull(np.array([1.0, 10.0]))[0].tolist(), other) == ([31.0, 42.0], 2.0)
    assert jvp(lambda x: (x * x, {"x": x}), (3.0,), (1.0,), has_aux=True) == (9.0, 6.0, {"x": 3.0})


def test_misuse_is_told() -> None:
    with pytest.raises(UsageError, match=r"tangents\[0\]\['w'\] is a list of 1, where arguments is a list of 2"):
        jvp(lambda p: p["w"][0], ({"w": [1.0, 2.0]},), ({"w": [1.0]},))
    with pytest.raises(UsageError, match=r"tangents is a tuple of 2, where arguments is a tuple of 1"):
        jvp(lambda x: x, (1.0,), (1.0, 2.0))
    with pytest.raises(UsageError, match=r"tangents is a tuple with one for each argument of f, as in jvp"):
        jvp(lambda x: x, (1.0,), 1.0)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match=r"weights is one number, where what f returned is a list of 2"):
        vjp(lambda x: [x, x], 1.0)[1](1.0)
    with pytest.raises(NotANumberError, match=r"the result\['name'\] of a function to differentiate holds one real"):
        vjp(lambda x: {"x": x, "name": "x"}, 1.0)
    with pytest.raises(NotANumberError, match=r"argument 1 is str 'relu'"):
        vjp(lambda x, act: x, 1.0, "relu")
    with pytest.raises(UsageError, match=r"and behind them the vector"):
        hessian_vector_product(lambda x: x * x)(1.0)
    with pytest.raises(UsageError, match=r"argnums is the position"):
        hessian_vector_product(lambda x: x * x, [0])  # type: ignore[arg-type]
    with pytest.raises(UsageError, match=r"vjp takes a function"):
        vjp(3.0)  # type: ignore[arg-type]
