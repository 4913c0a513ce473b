"""SGD and Adam against their formulas, by hand; steps that are all or nothing."""

from __future__ import annotations

import math
from typing import Any

import pytest

from autograd import DomainError, UpdateRule, UsageError, Value
from nn import MLP, SGD, Adam
from nn.optimizers import Optimizer

# For calls that are wrong on purpose, which the type checker would refuse first.
untyped_sgd: Any = SGD

GRADS = [0.5, -2.0, 0.25, 3.0]


def moves(optimizer: Optimizer, w: Value) -> list[float]:
    seen = []
    for grad in GRADS:
        optimizer.zero_grad()
        assert w.grad == 0.0
        w.grad = grad
        optimizer.step()
        seen.append(w.data)
    return seen


def test_sgd() -> None:
    w = Value(1.0)
    assert moves(SGD([w], 0.1), w) == pytest.approx([0.95, 1.15, 1.125, 0.825], rel=1e-15)


def test_sgd_with_momentum() -> None:
    w = Value(1.0)
    v, data, want = 0.0, 1.0, []
    for grad in GRADS:
        v = 0.9 * v + grad
        data -= 0.1 * v
        want.append(data)
    assert moves(SGD([w], 0.1, momentum=0.9), w) == pytest.approx(want, rel=1e-15)


def test_adam() -> None:
    w = Value(1.0)
    m = s = 0.0
    data, want = 1.0, []
    for t, grad in enumerate(GRADS, start=1):
        m, s = 0.9 * m + 0.1 * grad, 0.999 * s + 0.001 * grad**2
        data -= 0.01 * (m / (1 - 0.9**t)) / (math.sqrt(s / (1 - 0.999**t)) + 1e-8)
        want.append(data)
    assert moves(Adam([w], 0.01), w) == pytest.approx(want, rel=1e-13)


def test_a_learning_rate_may_be_a_function_of_the_epoch() -> None:
    w = Value(0.0)
    optimizer = SGD([w], lambda epoch: 1.0 / (epoch + 1))
    w.grad = 1.0
    optimizer.step()
    optimizer.epoch = 3
    optimizer.step()
    assert w.data == -1.25


def test_the_same_parameters_may_be_a_generator() -> None:
    ws = [Value(1.0), Value(2.0)]
    assert SGD((w for w in ws), 0.1).parameters == ws


class Stubborn:
    """A learning rate that is fine once and then is not."""

    def __call__(self, epoch: int) -> float:
        return 0.1 if epoch == 0 else math.nan


def test_a_step_that_fails_moves_nothing() -> None:
    ws = [Value(1.0), Value(2.0)]
    optimizer = SGD(ws, Stubborn(), momentum=0.5)
    optimizer.epoch = 1
    for w in ws:
        w.grad = 1.0
    with pytest.raises(
        UsageError, match=r"the learning rate \(in epoch 1\) must be a finite number of at least 0, not nan"
    ):
        optimizer.step()
    assert [w.data for w in ws] == [1.0, 2.0]
    assert optimizer.steps == 0


def test_a_step_that_fails_while_it_assigns_is_taken_back() -> None:
    ws = [Value(1.0), Value(2.0)]
    optimizer = SGD(ws, 0.1, momentum=0.9)
    numbers: Any = [0.5, "no number"]
    with pytest.raises(TypeError, match="holds one real number"):
        optimizer.move_to(numbers, [(9.0,), (9.0,)], 1)
    assert [w.data for w in ws] == [1.0, 2.0]
    assert (optimizer.steps, optimizer.states) == (0, [(0.0,), (0.0,)])


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: SGD([], 0.1), "needs parameters to move"),
        (lambda: SGD([Value(1.0) * 2], 0.1), "a parameter is a leaf"),
        (lambda: untyped_sgd([1.0], 0.1), "a parameter is a leaf"),
        (
            lambda: SGD([Value(1.0)], -0.1),
            "the learning rate (in epoch 0) must be a finite number of at least 0, not -0.1",
        ),
        (lambda: SGD([Value(1.0)], math.inf), "must be a finite number of at least 0, not inf"),
        (lambda: untyped_sgd([Value(1.0)], "0.1"), "must be a finite number of at least 0, not '0.1'"),
        (
            lambda: SGD([Value(1.0)], 0.1, momentum=1.0),
            "momentum must be a finite number of at least 0 and below 1, not 1.0",
        ),
        (lambda: Adam([Value(1.0)], 0.1, betas=(0.9, 1.0)), "the second beta must be"),
        (lambda: Adam([Value(1.0)], 0.1, betas=0.9), "betas are two numbers"),  # type: ignore[arg-type]
        (lambda: Adam([Value(1.0)], 0.1, epsilon=0.0), "epsilon must be a finite number of at least 2.2"),
        (lambda: SGD([Value(1.0)], 10**400), "must be a finite number"),
        (lambda: SGD([Value(1.0)] * 2, 0.1), "a parameter is listed twice"),
        (lambda: untyped_sgd(MLP(1, [1]), 0.1), "SGD(net.parameters(), learning_rate=0.1)"),
    ],
)
def test_wrong_settings_are_refused(make: Any, words: str) -> None:
    with pytest.raises(UsageError) as caught:
        make()
    assert words in str(caught.value)


def test_an_optimiser_without_a_rule_says_so() -> None:
    with pytest.raises(UsageError, match="Optimizer does not say how a parameter moves: give it a rule"):
        Optimizer([Value(1.0)], 0.1)


class Reluctant(Optimizer):
    """Moves less, the larger the gradient is; at 0 it has no answer."""

    rule = UpdateRule({"w": "w - learning_rate / grad"}, ["learning_rate"])


def test_a_rule_of_ones_own_and_where_it_has_no_answer() -> None:
    ws = [Value(1.0), Value(1.0)]
    optimizer = Reluctant(ws, 0.5)
    ws[0].grad = 2.0
    with pytest.raises(DomainError, match=r"w = w - learning_rate / grad> has no answer at w = 1.0, grad = 0.0, learn"):
        optimizer.step()
    assert ([w.data for w in ws], optimizer.steps) == ([1.0, 1.0], 0)
    ws[1].grad = -1.0
    optimizer.step()
    assert [w.data for w in ws] == [0.75, 1.5]


def test_an_optimiser_prints_as_what_it_is() -> None:
    w = Value(1.0, "w")
    assert repr(SGD([w], 0.1)) == "<SGD of 1 parameters, learning_rate=0.1, 0 steps>"
    given_later: Any = SGD([w], 0.1)
    given_later.learning_rate = "fast"
    assert repr(given_later) == "<SGD of 1 parameters, learning_rate='fast', 0 steps>"
    assert repr(Adam([w], lambda epoch: 0.1)) == "<Adam of 1 parameters, learning_rate=a function, 0 steps>"


def test_lr_is_called_learning_rate_unless_the_rule_has_a_setting_of_that_name() -> None:
    w = Value(1.0)
    optimizer: Any = SGD([w], 0.5)
    with pytest.raises(AttributeError, match=r"an lr would change nothing: write learning_rate = 0\.25"):
        optimizer.lr = 0.25
    with pytest.raises(AttributeError, match="SGD has no lr; here it is learning_rate"):
        _ = optimizer.lr
    assert optimizer.learning_rate == 0.5

    class Short(Optimizer):
        rule = UpdateRule({"w": "w - lr * grad"}, ["lr"])

        def __init__(self, parameters: list[Value], lr: float) -> None:
            super().__init__(parameters, lr)
            self.lr = lr

    own = Short([w], 0.25)
    (w * w).backward()
    own.step()
    assert w.data == 1.0 - 0.25 * 2.0
    own.lr = 0.5
    assert own.settings() == [0.5]
