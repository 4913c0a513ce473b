"""Operations of lists: their numbers and derivatives of both orders, against independent oracles, and their errors."""

from __future__ import annotations

import copy
import math
import pickle
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import autograd
from autograd import (
    DomainError,
    NotANumberError,
    UsageError,
    Value,
    grad,
    hessian,
    log_softmax,
    logsumexp,
    no_grad,
    norm,
    one_hot,
    pick,
    record_lines,
)
from autograd.testing import assert_gradients, check_gradients

from ..support import oracles

LISTS: list[tuple[Callable[..., Any], Callable[..., Any]]] = [
    (norm, oracles.norm),
    (logsumexp, oracles.logsumexp),
    (lambda xs: log_softmax(xs)[0], lambda xs: oracles.log_softmax(xs)[0]),
    (lambda xs: log_softmax(xs)[-1], lambda xs: oracles.log_softmax(xs)[-1]),
    (lambda xs: pick(xs, Value(len(xs) - 1.0)), lambda xs: xs[-1]),
    (lambda xs: pick([xs[0] * xs[-1], *xs], Value(0.0)), lambda xs: xs[0] * xs[-1]),
]
POINTS = [[-2.5], [0.5, -1.25], [3.0, 4.0, 12.0], [0.4375, -0.375, 1.75, 0.8125, -1.5]]
every_list = pytest.mark.parametrize(("f", "oracle"), LISTS)
every_point = pytest.mark.parametrize("point", POINTS, ids=len)


@every_list
@every_point
def test_values_and_first_derivatives(f: Any, oracle: Any, point: list[float]) -> None:
    xs = [Value(x) for x in point]
    out = f(xs)
    assert out.data == pytest.approx(oracle(point), rel=1e-13, abs=1e-15)
    out.backward()
    grads = [x.grad for x in xs]
    assert grads == pytest.approx(oracles.dual_gradient(lambda *p: oracle(p), point), rel=1e-12, abs=1e-14)
    assert grads == pytest.approx(oracles.central_gradient(lambda *p: oracle(p), point), rel=1e-6, abs=1e-8)
    assert grad(f)(point) == pytest.approx(grads, rel=1e-15, abs=1e-15)
    if len(point) > 1 or oracle(point):
        assert_gradients(f, point)


@every_list
@every_point
def test_second_derivatives_and_the_gradient_of_a_gradient(f: Any, oracle: Any, point: list[float]) -> None:
    exact = oracles.dual_hessian(lambda *p: oracle(p), point)
    for row, wanted in zip(hessian(f)(point), exact, strict=True):
        assert row == pytest.approx(wanted, rel=1e-10, abs=1e-12)
    twice = grad(lambda xs: grad(f)(xs)[0])(point)
    assert twice == pytest.approx(exact[0], rel=1e-10, abs=1e-12)


@pytest.mark.parametrize("f", [norm, logsumexp, lambda xs: pick(xs, Value(1.0))])
def test_numbers_among_the_values_are_constants(f: Any) -> None:
    point = [0.5, -1.25, 2.0]
    wanted = grad(f)(point)
    for place in range(3):
        x = Value(point[place])
        out = f([x if at == place else one for at, one in enumerate(point)])
        out.backward()
        assert out.inputs[0] is x
        assert out.data == f(list(map(Value, point))).data
        assert x.grad == wanted[place]


def test_numbers_alone_give_a_float() -> None:
    assert norm([3.0, np.float64(4.0)]) == 5.0
    assert norm(np.array([3.0, 4.0])) == 5.0
    assert logsumexp([0, 0]) == math.log(2.0)
    assert log_softmax([0.0, 0.0]) == [-math.log(2.0)] * 2
    assert type(norm([3, 4])) is float


def test_norm_is_too_large_only_where_its_result_is() -> None:
    xs = [Value(3e200), Value(4e200)]
    out = norm(xs)
    out.backward()
    assert (out.data, xs[0].grad, xs[1].grad) == pytest.approx((5e200, 0.6, 0.8), rel=1e-15)
    assert norm([3e-200, 4e-200]) == pytest.approx(5e-200, rel=1e-15)
    assert norm([1.7e308, 1.7e308]) == math.inf


def test_norm_has_slope_0_at_0_and_no_second_derivative_there() -> None:
    assert grad(norm)([0.0, -0.0]) == [0.0, 0.0]
    with pytest.raises(DomainError, match="ratio"):
        hessian(norm)([0.0, 0.0])


def test_logsumexp_is_stable() -> None:
    xs = [Value(x) for x in (-1000.0, 1000.0, 1000.0)]
    out = logsumexp(xs)
    out.backward()
    assert out.data == 1000.0 + math.log(2.0)
    assert [x.grad for x in xs] == pytest.approx([0.0, 0.5, 0.5], rel=1e-12)
    assert logsumexp([-math.inf, 0.0]) == 0.0
    assert grad(logsumexp)([-math.inf, 0.0]) == [0.0, 1.0]
    assert logsumexp([-math.inf, -math.inf]) == -math.inf
    assert logsumexp([math.inf, 1.0]) == math.inf
    # What lies far below the largest still counts.
    assert logsumexp([0.0, -100.0]) == pytest.approx(math.exp(-100.0), rel=1e-15)


def test_log_softmax_keeps_the_digits_near_0() -> None:
    sure, other = log_softmax([Value(100.0), Value(60.0)])
    # -log(1 + e) = -e + e² / 2 - …, here by exact fractions.
    e = Fraction(math.exp(-40.0))
    assert sure.data == pytest.approx(float(-e + e * e / 2), rel=1e-15)
    assert other.data == -40.0
    assert [one.data for one in log_softmax([Value(3.0)])] == [0.0]
    assert [one.data for one in log_softmax([Value(1e300), Value(0.0)])] == [0.0, -1e300]


@pytest.mark.parametrize("f", [norm, logsumexp, lambda xs: log_softmax(xs)[0], lambda xs: pick(xs, Value(0.0))])
@pytest.mark.parametrize("xs", [[math.nan], [math.nan, 1.0], [math.nan, math.inf, 0.0]])
def test_nan_passes_through(f: Any, xs: list[float]) -> None:
    if f is not norm or math.inf not in xs:  # IEEE 754: the length is infinite, whatever the other is
        assert math.isnan(f(list(map(Value, xs))).data)


def test_a_long_list() -> None:
    xs = [Value(1.0) for _ in range(10_000)]
    out = norm(xs)
    out.backward()
    assert out.data == 100.0
    assert {x.grad for x in xs} == {0.01}


def test_the_same_value_twice() -> None:
    x = Value(3.0)
    out = logsumexp([x, x])
    out.backward()
    assert out.inputs == (x, x)
    assert x.grad == pytest.approx(1.0)


# pick ----------------------------------------------------------------------------------------------------------------


def test_pick_of_a_number_takes_what_is_there() -> None:
    x = Value(1.0, "x")
    assert pick([0.5, x], 1) is x
    assert pick([0.5, x], np.int64(0)) == 0.5
    assert pick([[0.5, x], [1.0, 2.0]], 0.0) == [0.5, x]
    assert pick(np.eye(2), 1) == [0.0, 1.0]


def test_pick_of_a_value_is_recorded_and_gives_the_index_no_gradient() -> None:
    table = [[Value(10.0 * r + c) for c in range(3)] for r in range(4)]
    token = Value(2.0, "token")
    row = pick(table, token)
    assert [one.data for one in row] == [20.0, 21.0, 22.0]
    sum(one * weight for one, weight in zip(row, (1.0, 2.0, 3.0), strict=True)).backward()
    assert [[one.grad for one in r] for r in table] == [[0.0] * 3, [0.0] * 3, [1.0, 2.0, 3.0], [0.0] * 3]
    assert token.grad == 0.0
    assert row[0].op.name == "pick"
    assert row[0].operands == (*(r[0] for r in table), token)
    deep = pick([[[1.0, 2.0]], [[3.0, 4.0]]], token * 0.5)
    assert [one.data for one in deep[0]] == [3.0, 4.0]


def test_an_index_that_is_computed_has_no_part_in_a_gradient() -> None:
    def f(x: Any) -> Any:
        return pick([x, x * x], 2.0 - x) * x

    assert grad(f)(2.0) == 4.0
    assert grad(f)(1.0) == 3.0
    assert grad(grad(f))(1.0) == 6.0


@pytest.mark.parametrize("index", [3.0, -1.0, 0.5, math.nan, math.inf])
def test_an_index_that_is_none_is_refused(index: float) -> None:
    for rows in ([1.0, Value(2.0), 3.0], [[1.0], [2.0], [3.0]]):
        for given in (index, Value(index, "token")):
            with pytest.raises(DomainError) as caught:
                pick(rows, given)
            named = " (named 'token')" if isinstance(given, Value) else ""
            assert str(caught.value) == (
                f"pick, by its rule pick(values, index), has no answer at index = {index!r}{named}: the index is a "
                f"whole number from 0 to 2, not {index!r}."
            )
            assert caught.value.operation == "pick"
            assert repr(caught.value.operands["index"]) == repr(index)


def test_where_an_index_was_refused_is_said() -> None:
    with record_lines(), pytest.raises(DomainError, match=r"It was written at .*test_lists\.py:\d+\.$"):
        pick([1.0, 2.0], Value(2.0))


def test_what_is_no_list_of_values_is_refused() -> None:
    functions: list[Any] = [norm, logsumexp, log_softmax, lambda xs: pick(xs, 0)]
    for f in functions:
        with pytest.raises(UsageError, match="needs values; the list is empty"):
            f([])
        with pytest.raises(UsageError, match="expected a list of Values or numbers"):
            f(3.0)
    with pytest.raises(NotANumberError, match="an operand of norm holds one real number, not list"):
        norm([[1.0]])
    with pytest.raises(NotANumberError, match="the index of pick holds one real number"):
        pick([1.0], "0")
    for uneven in ([[1.0], [1.0, 2.0]], [1.0, [1.0]]):
        with pytest.raises(UsageError, match="lists that are all of one length"):
            pick(uneven, Value(0.0))
    with pytest.raises(UsageError, match="n must be a whole number of at least 1, not 0"):
        one_hot(0, 0)


def test_one_hot() -> None:
    token = Value(1.0)
    assert one_hot(1, 3) == [0.0, 1.0, 0.0]
    assert [one.data for one in one_hot(token, 3)] == [0.0, 1.0, 0.0]
    assert all(one.inputs == (token,) for one in one_hot(token, 3))
    with pytest.raises(DomainError, match="from 0 to 2, not 3"):
        one_hot(3, 3)


# As any Value ------------------------------------------------------------------------------------------------------


def test_copies_and_pickles_keep_the_operation() -> None:
    a, b, i = Value(1.0, "a"), Value(2.0, "b"), Value(1.0, "i")
    for out in (norm([a]), norm([a, b]), logsumexp([a, 3.0, b]), pick([a, 0.5, b], i)):
        for again in (copy.deepcopy(out), pickle.loads(pickle.dumps(out)), copy.copy(out)):
            assert again.op is out.op
            assert again.numbers == out.numbers
            assert _grads(again) == _grads(out)


def _grads(out: Value) -> list[float]:
    for one in out.inputs:
        one.grad = 0.0
    out.backward()
    return [one.grad for one in out.inputs]


def test_nothing_is_recorded_in_no_grad() -> None:
    with no_grad():
        out = norm([Value(3.0), Value(4.0)])
    assert (out.data, out.inputs, out.op) == (5.0, (), None)


def test_a_backward_pass_uses_the_numbers_of_the_forward_pass() -> None:
    xs = [Value(3.0), Value(4.0)]
    out = norm(xs)
    xs[0].data = 100.0
    out.backward()
    assert [x.grad for x in xs] == [0.6, 0.8]


def test_a_wrong_rule_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    from autograd.core import list_op

    right = list_op.LIST_ROWS["logsumexp"]
    wrong = right._replace(name="wrong", partials={"values": "2 * exp(value - out)"})
    monkeypatch.setitem(list_op.LIST_ROWS, "wrong", wrong)

    def f(xs: Sequence[Any]) -> Any:
        return autograd.core.lists.record(list_op.list_op("wrong", len(xs)), xs)

    assert right.partials == {"values": "exp(value - out)"}
    report = check_gradients(f, [0.5, 1.0])
    assert not report
    assert "wrong row: wrong says ∂out/∂values[0] = 2 * exp(value - out)" in report.verdict
