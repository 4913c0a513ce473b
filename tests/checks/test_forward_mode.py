"""Forward mode, against derivatives by hand and the dual numbers of the oracles."""

from __future__ import annotations

from random import Random

import pytest

from autograd import DomainError, Value, relu
from autograd.checks.forward_mode import Slope, forward_slopes

from ..support import oracles
from ..support.graphs import articles_loss
from ..support.programs import STEPS, run


def test_by_hand() -> None:
    x, y = Value(2.0), Value(3.0)
    assert forward_slopes(x * y - x, [x, y]) == [Slope(2.0, 4.0), Slope(2.0, 2.0)]
    assert forward_slopes(x * x, [x]) == [Slope(4.0, 4.0)]
    assert forward_slopes(x, [x, y]) == [Slope(1.0, 1.0), Slope(0.0, 0.0)]
    assert forward_slopes(relu(-x), [x]) == [Slope(0.0, 0.0)]


def test_the_articles_gradients() -> None:
    net, loss = articles_loss()
    w1, w5, b3 = forward_slopes(loss, [net.w1, net.w5, net.b3])
    assert w1.slope == pytest.approx(0.02146953526581111, rel=1e-12)
    assert w5.slope == pytest.approx(-0.011269220242958155, rel=1e-12)
    assert b3.slope == pytest.approx(-0.23761755952842809, rel=1e-12)
    assert {value.grad for value in net.parameters()} == {0.0}


@pytest.mark.parametrize("seed", range(20))
def test_random_programs(seed: int) -> None:
    random = Random(seed)
    names = sorted(set(STEPS) - {"maximum"})
    program = [(random.choice(names), random.randrange(10**6), random.randrange(10**6)) for _ in range(12)]
    point = [random.uniform(-2.0, 2.0) for _ in range(3)]
    leaves = [Value(x) for x in point]
    exact = oracles.dual_gradient(lambda *p: run(program, p, 2), point)
    for one, wanted in zip(forward_slopes(run(program, leaves, 1), leaves), exact, strict=True):
        assert one.slope == pytest.approx(wanted, rel=1e-9, abs=1e-9 * (1 + one.size))
        assert one.size >= abs(one.slope) * (1 - 1e-12)


def test_no_answer_is_the_engines_error() -> None:
    x = Value(0.0, "x")
    with pytest.raises(DomainError, match=r"the gradient of sqrt.*named 'x'"):
        forward_slopes(x.sqrt(), [x])


def test_a_constant_exponent_never_meets_log() -> None:
    x = Value(-3.0)
    assert forward_slopes(x**2, [x])[0].slope == -6.0
