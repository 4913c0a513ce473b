"""grad, value_and_grad, jacobian, hessian: of any order, of nested functions, and without side effects."""

from __future__ import annotations

import gc
import math
import weakref
from typing import Any, NamedTuple

import pytest

from autograd import (
    DomainError,
    NotANumberError,
    UsageError,
    Value,
    exp,
    grad,
    hessian,
    jacobian,
    no_grad,
    sin,
    sqrt,
    value_and_grad,
)


class Point(NamedTuple):
    x: float
    y: float


def cube(x: Any) -> Any:
    return x**3


def test_numbers_in_floats_out() -> None:
    assert grad(cube)(2.0) == 12.0
    assert type(grad(cube)(2)) is float
    value, slope = value_and_grad(cube)(2)
    assert (value, slope, type(value), type(slope)) == (8.0, 12.0, float, float)


def test_values_in_values_out_and_recorded() -> None:
    x = Value(2.0, "x")
    slope = grad(cube)(x)
    assert isinstance(slope, Value)
    assert (slope.data, x.grad) == (12.0, 0.0)
    slope.backward()
    assert x.grad == 12.0  # the second derivative, 6 x


def test_any_order() -> None:
    f: Any = sin
    for order, want in enumerate([math.cos, lambda x: -math.sin(x), lambda x: -math.cos(x), math.sin, math.cos]):
        f = grad(f)
        assert f(0.7) == pytest.approx(want(0.7), rel=1e-14), order
    f = exp
    for _ in range(6):
        f = grad(f)
    assert f(0.5) == pytest.approx(math.exp(0.5), rel=1e-14)


def test_argnums() -> None:
    def f(x: Any, y: Any) -> Any:
        return x * y**2

    assert grad(f)(2.0, 3.0) == 9.0
    assert grad(f, argnums=1)(2.0, 3.0) == 12.0
    assert grad(f, argnums=-1)(2.0, 3.0) == 12.0
    assert grad(f, argnums=(1, 0))(2.0, 3.0) == (12.0, 9.0)
    assert grad(f, (0,))(2.0, 3.0) == (9.0,)
    with pytest.raises(UsageError, match=r"argnums=2, but the function was given 2 argument"):
        grad(f, argnums=2)(2.0, 3.0)


def test_only_what_is_asked_for_is_differentiated() -> None:
    # The partial for the exponent has no answer at a negative base, but nobody asks for it.
    assert grad(lambda x, y: x**y)(-2.0, 2.0) == -4.0
    with pytest.raises(DomainError):
        grad(lambda x, y: x**y, argnums=1)(-2.0, 2.0)


def test_lists_keep_their_shape() -> None:
    def f(w: Any, x: Any) -> Any:
        return w[0][0] * x[0] + w[0][1] * x[1] + w[1][0]

    assert grad(f, argnums=(0, 1))([[1.0, 2.0], [3.0]], [5.0, 7.0]) == ([[5.0, 7.0], [1.0]], [1.0, 2.0])


def test_what_f_does_not_use_has_gradient_zero() -> None:
    assert grad(lambda x: 3.0)(2.0) == 0.0
    assert grad(lambda x, y: y * 2, argnums=0)(2.0, 1.0) == 0.0
    assert grad(lambda x: Value(3.0))(2.0) == 0.0
    answer = grad(lambda x: 3.0)(Value(2.0))
    assert isinstance(answer, Value)
    assert answer.data == 0.0


def test_the_identity_and_linear_functions() -> None:
    assert grad(lambda x: x)(2.0) == 1.0
    answer = grad(lambda x: 3 * x)(Value(2.0))
    assert isinstance(answer, Value)
    assert answer.data == 3.0


def test_nobodys_grad_is_touched() -> None:
    x, w = Value(2.0), Value(3.0)
    x.grad, w.grad = 5.0, 7.0
    grad(lambda a: a * w)(x)
    grad(lambda a: a * w * x)(2.0)
    jacobian(lambda a: [a * w, x * a])(x)
    hessian(lambda a: a * a * w)(2.0)
    assert (x.grad, w.grad) == (5.0, 7.0)


def test_a_parameter_that_f_closes_over_is_a_constant_to_it() -> None:
    w = Value(3.0)
    assert grad(lambda x: x * w)(2.0) == 3.0


def test_an_argument_is_not_confused_with_the_same_value_closed_over() -> None:
    x = Value(3.0)
    assert grad(lambda y: x * y)(x).data == 3.0
    assert grad(lambda y: x * y * y)(x).data == 18.0


def test_a_derivative_inside_a_derivative_may_use_the_outer_variable() -> None:
    assert grad(lambda x: x * grad(lambda y: x * y)(1.0))(2.0) == 4.0
    assert grad(lambda x: x * grad(lambda y: x + y)(1.0))(2.0) == 1.0
    assert grad(lambda x: grad(lambda y: x**2 * y**3)(2.0))(5.0) == 120.0
    thrice = grad(lambda x: x * grad(lambda y: y * grad(lambda z: x * y * z)(1.0))(3.0))  # x · d(y · xy)/dy = 6 x²
    assert thrice(2.0) == 24.0
    assert grad(lambda x: x * jacobian(lambda y: [x * y])(1.0)[0][0])(2.0) == 4.0


def test_a_derivative_inside_one_that_does_not_use_the_outer_variable_is_a_float() -> None:
    seen = []

    def f(x: Any) -> Any:
        seen.append(grad(cube)(2.0))
        return x * seen[-1]

    assert grad(f)(1.0) == 12.0
    assert seen == [12.0]
    assert type(seen[0]) is float


def test_it_differentiates_inside_no_grad() -> None:
    with no_grad():
        assert grad(cube)(2.0) == 12.0
        assert grad(grad(cube))(2.0) == 12.0
        answer = grad(cube)(Value(2.0))
    assert isinstance(answer, Value)
    assert (answer.data, answer.inputs) == (12.0, ())


def test_jacobian() -> None:
    def f(x: Any, y: Any) -> Any:
        return [x * y, x + y, 3.0, x]

    assert jacobian(f)(2.0, 5.0) == [[5.0, 2.0], [1.0, 1.0], [0.0, 0.0], [1.0, 0.0]]
    assert jacobian(lambda xs: [xs[0] * xs[1]])([2.0, 5.0]) == [[5.0, 2.0]]
    assert jacobian(lambda x, y: x * y)(2.0, 5.0) == [5.0, 2.0]
    rows = jacobian(f)(Value(2.0), 5.0)
    assert all(isinstance(one, Value) for row in rows for one in row)
    assert [one.data for one in rows[0]] == [5.0, 2.0]


def test_hessian() -> None:
    def rosenbrock(x: Any, y: Any) -> Any:
        return (1 - x) ** 2 + 100 * (y - x**2) ** 2

    assert hessian(rosenbrock)(1.0, 1.0) == [[802.0, -400.0], [-400.0, 200.0]]
    assert hessian(lambda xs: xs[0] ** 2 * xs[1])([3.0, 5.0]) == [[10.0, 6.0], [6.0, 0.0]]
    assert hessian(cube)(2.0) == [[12.0]]
    assert hessian(lambda x, y: 2 * x + y)(1.0, 1.0) == [[0.0, 0.0], [0.0, 0.0]]


def test_misuse_is_told() -> None:
    with pytest.raises(UsageError, match=r"this one returned a list of 2. Use jacobian, or vjp"):
        grad(lambda x: [x, x])(2.0)
    with pytest.raises(NotANumberError, match=r"the result of a function to differentiate holds one real number"):
        grad(lambda x: None)(2.0)
    with pytest.raises(NotANumberError, match=r"an argument of a function to differentiate"):
        grad(cube)("2")


def test_an_error_in_f_leaves_no_trace_behind() -> None:
    def broken(x: Any) -> Any:
        raise KeyError(x)

    with pytest.raises(KeyError):
        grad(broken)(2.0)
    assert type(grad(cube)(2.0)) is float


def test_a_deep_function() -> None:
    def f(x: Any) -> Any:
        for _ in range(20_000):
            x = x * 1.0001
        return x

    assert grad(f)(1.0) == pytest.approx(1.0001**20_000)
    assert grad(grad(f))(1.0) == 0.0


def test_the_numbers_of_the_forward_pass_are_used_also_over_values() -> None:
    w = Value(3.0)

    def stepped(x: Any) -> Any:
        w.data = 3.0
        y = w * x
        w.data = 100.0
        return y

    assert grad(stepped)(2.0) == 3.0
    assert grad(stepped)(Value(2.0)).data == 3.0
    assert grad(grad(lambda x: stepped(x) * x))(2.0) == 6.0


def test_a_graph_goes_also_after_an_error_and_with_the_collector_off() -> None:
    gc.disable()
    try:
        x = Value(0.0)
        gone = weakref.ref(x)
        with pytest.raises(DomainError):
            grad(sqrt)(x)
        del x
        assert gone() is None
    finally:
        gc.enable()


def test_keywords_reach_f_and_tuples_stay_tuples() -> None:
    assert grad(lambda x, power: x**power)(3.0, power=2) == 6.0
    assert hessian(lambda x, power: x**power)(3.0, power=2) == [[2.0]]
    point = Point(2.0, 5.0)
    assert grad(lambda p: p.x * p.y)(point) == (5.0, 2.0)
    assert grad(lambda p: p[0] * p[1])((2.0, 5.0)) == (5.0, 2.0)


@pytest.mark.parametrize("argnums", [[0, 1], "x", True, 0.0, (0, None)])
def test_wrong_argnums_are_told(argnums: Any) -> None:
    with pytest.raises(UsageError, match="argnums is the position of an argument"):
        grad(cube, argnums)


def test_hessian_and_jacobian_say_what_f_may_return() -> None:
    with pytest.raises(UsageError, match="this one returned a list of 2"):
        hessian(lambda x: [x, x * x])(2.0)
    with pytest.raises(UsageError, match="a flat list, not lists in a list"):
        jacobian(lambda x: [[x, x]])(2.0)


def test_f_may_change_the_lists_it_is_given() -> None:
    """The gradient has the shape of what was handed in, and the caller's list stays as it is."""

    def pops(xs: Any) -> Any:
        last = xs.pop()
        return last * xs.pop() + xs[0] ** 2

    def appends(xs: Any) -> Any:
        xs.append(xs[0] * 2)
        xs.reverse()
        return sum(xs, 0.0)

    def clears(xs: Any) -> Any:
        first = xs[0][0]
        xs[0].clear()
        xs[0] = 3.0
        return first * 5

    given = [2.0, 3.0, 4.0]
    assert grad(pops)(given) == [4.0, 4.0, 3.0]
    assert value_and_grad(pops)(given) == (16.0, [4.0, 4.0, 3.0])
    assert grad(appends)(given) == [3.0, 1.0, 1.0]
    assert jacobian(appends)(given) == [3.0, 1.0, 1.0]
    assert hessian(pops)(given) == [[2.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, 1.0, 0.0]]
    assert grad(clears)([[1.0, 2.0], 6.0]) == [[5.0, 0.0], 0.0]
    assert [one.data for one in grad(pops)([Value(x) for x in given])] == [4.0, 4.0, 3.0]
    assert grad(lambda w, xs: w * xs.pop(), argnums=(0, 1))(2.0, given) == (4.0, [0.0, 0.0, 2.0])
    assert given == [2.0, 3.0, 4.0]
