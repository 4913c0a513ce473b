"""The reverse sweep: accumulation, order, what is untouched, and graphs as deep as memory."""

from __future__ import annotations

import sys

import pytest

from autograd import DomainError, NotANumberError, Value
from autograd.core.backward import backward as sweep_back
from autograd.core.graph import topological_order


def test_a_plus_a_keeps_two_inputs_and_counts_both() -> None:
    a = Value(3.0)
    b = a + a
    assert b.inputs == (a, a)
    b.backward()
    assert a.grad == 2.0
    a = Value(3.0)
    b = a + a
    c = b + b
    c.backward()
    assert (a.grad, b.grad) == (4.0, 2.0)


def test_leaves_accumulate_over_calls_and_interior_values_do_not() -> None:
    x, w = Value(0.1), Value(0.7)
    h = x * w
    y = h.tanh() + h * x
    y.backward()
    first = (x.grad, w.grad, h.grad, y.grad)
    y.backward()
    assert (x.grad, w.grad, h.grad, y.grad) == (2 * first[0], 2 * first[1], first[2], first[3])


def test_zero_grad_clears_that_value_only() -> None:
    x, w = Value(2.0), Value(3.0)
    y = x * w
    y.backward()
    x.zero_grad()
    assert (x.grad, w.grad, y.grad) == (0.0, 2.0, 1.0)


def test_the_seed_scales_everything() -> None:
    x = Value(3.0)
    y = x * x
    y.backward(seed=0.5)
    assert (y.grad, x.grad) == (0.5, 3.0)
    with pytest.raises(NotANumberError, match="the seed of backward"):
        y.backward(seed="1")  # type: ignore[arg-type]
    assert x.grad == 3.0


def test_backward_on_a_leaf_is_its_own_derivative() -> None:
    x = Value(3.0)
    x.backward()
    x.backward()
    assert x.grad == 2.0


def test_backward_uses_the_numbers_of_the_forward_pass() -> None:
    x, w = Value(2.0, "x"), Value(5.0, "w")
    y = x * w + x**2
    x.data, w.data = 100.0, -100.0
    y.backward()
    assert (x.grad, w.grad) == (5.0 + 4.0, 2.0)
    assert y.inputs[0].numbers == (2.0, 5.0)


def test_grad_is_zero_until_a_backward_pass_reaches_the_value() -> None:
    x, other = Value(2.0), Value(3.0)
    y = x * x
    assert y.grad == x.grad == 0.0
    y.backward()
    assert other.grad == 0.0


def test_a_sweep_that_fails_leaves_leaves_as_they_were() -> None:
    x, p = Value(4.0, "x"), Value(0.0, "p")
    x.backward(7.0)
    y = x * x + p.sqrt()
    with pytest.raises(DomainError, match="named 'p'"):
        y.backward()
    assert (x.grad, p.grad, y.grad) == (7.0, 0.0, 0.0)


def test_an_interrupted_sweep_leaves_leaves_as_they_were(monkeypatch: pytest.MonkeyPatch) -> None:
    x = Value(4.0)
    x.backward(7.0)
    inner = x * x
    y = inner * x

    def interrupted(_: Value) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(inner._pullback, "pull", interrupted)
    outer = y + 1  # another rule, which runs before the one that is interrupted
    with pytest.raises(KeyboardInterrupt):
        outer.backward()
    assert x.grad == 7.0
    assert inner.grad == y.grad == outer.grad == 0.0


class Spy:
    """A leaf that counts how often its grad is set, and is interrupted at one of these times."""

    _inputs = ()
    sets_left = 0

    def __init__(self) -> None:
        self._grad = 7.0

    @property
    def grad(self) -> float:
        return self._grad

    @grad.setter
    def grad(self, new: float) -> None:
        Spy.sets_left -= 1
        if Spy.sets_left == 0:
            raise KeyboardInterrupt
        self._grad = new


class Sum:
    """A root over leaves, with the little that the sweep asks of a value."""

    def __init__(self, leaves: list[Spy]) -> None:
        self._inputs = tuple(leaves)
        self.grad = 0.0
        self._pullback = self

    def pull(self, value: Sum) -> None:
        for leaf in value._inputs:
            leaf.grad += value.grad


def test_an_interrupt_at_any_moment_of_a_sweep_leaves_leaves_as_they_were() -> None:
    for moment in range(1, 16):
        leaves = [Spy() for _ in range(5)]
        Spy.sets_left = moment
        with pytest.raises(KeyboardInterrupt):
            sweep_back(Sum(leaves), 1.0)
        assert [leaf.grad for leaf in leaves] == [7.0] * 5, moment
    leaves = [Spy() for _ in range(5)]
    Spy.sets_left = 16
    sweep_back(Sum(leaves), 1.0)
    assert [leaf.grad for leaf in leaves] == [8.0] * 5


def test_inputs_come_before_consumers_and_the_first_input_first() -> None:
    x, w1, w2 = Value(1.0, "x"), Value(1.0, "w1"), Value(1.0, "w2")
    h1 = (w1 * x).named("h1")
    h2 = (w2 * x).named("h2")
    out = (h1 + h2).named("out")
    assert [v.name for v in topological_order(out)] == ["w1", "x", "h1", "w2", "h2", "out"]
    late = (h2 * (h2 + h1).named("sum")).named("late")
    assert [v.name for v in topological_order(late)] == ["w2", "x", "h2", "w1", "h1", "sum", "late"]
    assert topological_order(out, {h1, x}) == [w2, h2, out]
    assert topological_order(out, {out}) == []


@pytest.mark.slow
def test_a_million_operations_differentiate_and_go_without_touching_the_recursion_limit() -> None:
    limit = sys.getrecursionlimit()
    x = Value(1.0)
    y = x
    for _ in range(1_000_000):
        y = y + 1.0
    y.backward()
    assert (y.data, x.grad) == (1_000_001.0, 1.0)
    del y
    assert sys.getrefcount(x) == 2
    assert sys.getrecursionlimit() == limit


def test_a_wide_ladder_is_not_walked_path_by_path() -> None:
    y = x = Value(1.0)
    for _ in range(2000):
        y = y + y
        y = y * 0.5
    y.backward()
    assert x.grad == 1.0
