"""Losses: values and partials by formula, and finite at any prediction."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograd import NotANumberError, UsageError, Value
from nn import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    cross_entropy,
    half_squared_error,
    hinge,
    mean_squared_error,
    softmax,
)
from nn.losses import cross_entropy_of_weights

from ..support.oracles import central_gradient, sigmoid

EXTREME = [0.0, 1.0, 40.0, 710.0, 1e5, 1e16, 1e300]


def loss_and_partial(loss: Callable[[Any, Any], Value], prediction: float, target: float) -> tuple[float, float]:
    p = Value(prediction)
    out = loss(p, target)
    out.backward()
    assert out.name == "L"
    return out.data, p.grad


def test_squared_errors() -> None:
    assert loss_and_partial(mean_squared_error, 0.25, 1) == (0.5625, -1.5)
    assert loss_and_partial(half_squared_error, 0.25, 1) == (0.28125, -0.75)
    p, q = Value(1.0), Value(5.0)
    mean_squared_error([p, q], [0, 3]).backward()
    assert (mean_squared_error([p, q], [0, 3]).data, p.grad, q.grad) == (2.5, 1.0, 2.0)
    assert half_squared_error([p, q], [0, 3]).data == 2.5


@pytest.mark.parametrize("p", [0.1, 0.5, 0.999])
@pytest.mark.parametrize("y", [0.0, 0.3, 1.0])
def test_binary_cross_entropy(p: float, y: float) -> None:
    value, partial = loss_and_partial(binary_cross_entropy, p, y)
    assert value == pytest.approx(-(y * math.log(p) + (1 - y) * math.log(1 - p)), rel=1e-14)
    assert partial == pytest.approx((p - y) / (p * (1 - p)), rel=1e-12)


def test_binary_cross_entropy_at_exactly_0_and_1() -> None:
    assert loss_and_partial(binary_cross_entropy, 0.0, 1) == (100.0, 0.0)
    assert loss_and_partial(binary_cross_entropy, 1.0, 0) == (100.0, 0.0)
    assert loss_and_partial(binary_cross_entropy, 0.0, 0) == (0.0, 1.0)
    assert loss_and_partial(binary_cross_entropy, 1.0, 1) == (0.0, -1.0)
    assert loss_and_partial(binary_cross_entropy, 5e-324, 1) == (100.0, 0.0)


@pytest.mark.parametrize("z", [*EXTREME, *(-x for x in EXTREME)])
@pytest.mark.parametrize("y", [0.0, 0.3, 1.0])
def test_binary_cross_entropy_with_logits_is_finite_at_any_logit(z: float, y: float) -> None:
    value, partial = loss_and_partial(binary_cross_entropy_with_logits, z, y)
    if abs(z) < 30:
        p = sigmoid(z)
        assert value == pytest.approx(-(y * math.log(p) + (1 - y) * math.log(1 - p)), rel=1e-12)
        assert partial == pytest.approx(p - y, abs=1e-15)
    else:
        assert value == pytest.approx((1 - y) * z if z > 0 else -y * z, abs=1e-15)
        assert partial == pytest.approx((1.0 if z > 0 else 0.0) - y, abs=1e-15)


def test_the_two_cross_entropies_agree() -> None:
    for z in (-3.0, 0.0, 2.5):
        for y in (0, 1):
            assert binary_cross_entropy(Value(z).sigmoid(), y).data == pytest.approx(
                binary_cross_entropy_with_logits(Value(z), y).data, rel=1e-12
            )


@pytest.mark.parametrize("k", [0, 1, 2])
def test_cross_entropy_is_minus_the_log_of_softmax(k: int) -> None:
    point = [0.5, -1.25, 2.0]
    logits = [Value(z) for z in point]
    loss = cross_entropy(logits, k)
    loss.backward()
    total = sum(math.exp(z) for z in point)
    assert loss.data == pytest.approx(-math.log(math.exp(point[k]) / total), rel=1e-14)
    want = [math.exp(z) / total - (i == k) for i, z in enumerate(point)]
    assert [z.grad for z in logits] == pytest.approx(want, rel=1e-13)
    weights = [1.0 if i == k else 0.0 for i in range(3)]
    assert cross_entropy([Value(z) for z in point], weights).data == pytest.approx(loss.data, rel=1e-14)
    assert cross_entropy([Value(z) for z in point], Value(float(k))).data == loss.data
    assert cross_entropy([Value(z) for z in point], [float(k)]).data == loss.data  # a row of a column of targets


def test_cross_entropy_of_soft_weights() -> None:
    point, weights = [0.5, -1.25, 2.0], [0.2, 0.5, 0.3]

    def formula(*zs: float) -> float:
        total = math.log(sum(math.exp(z) for z in zs))
        return sum(w * (total - z) for w, z in zip(weights, zs, strict=True))

    logits = [Value(z) for z in point]
    loss = cross_entropy(logits, weights)
    loss.backward()
    assert loss.data == pytest.approx(formula(*point), rel=1e-14)
    assert [z.grad for z in logits] == pytest.approx(central_gradient(formula, point), rel=1e-8)


@pytest.mark.parametrize("k", [0, 1, 2])
@pytest.mark.parametrize("shift", [0.0, 700.0, -1e5])
def test_cross_entropy_of_a_class_as_weights_is_the_same_and_its_gradient_is_p_minus_y(k: int, shift: float) -> None:
    point, weights = [0.5, -1.25, 2.0], [float(i == k) for i in range(3)]
    total = sum(math.exp(z) for z in point)
    logits = [Value(z + shift) for z in point]
    loss = cross_entropy_of_weights(logits, weights)
    loss.backward()
    rounding = 1e-15 * max(1.0, abs(shift))
    assert loss.data == pytest.approx(math.log(total) - point[k], abs=2 * rounding)
    want = [math.exp(z) / total - y for z, y in zip(point, weights, strict=True)]
    assert [z.grad for z in logits] == pytest.approx(want, abs=rounding)


@pytest.mark.parametrize("big", EXTREME[2:])
def test_cross_entropy_and_softmax_are_stable_at_extreme_logits(big: float) -> None:
    right = [Value(big), Value(0.0), Value(-big)]
    loss = cross_entropy(right, 0)
    loss.backward()
    assert loss.data == pytest.approx(math.exp(-big), rel=1e-12)
    assert all(math.isfinite(z.grad) for z in right)
    wrong = [Value(big), Value(0.0), Value(-big)]
    loss = cross_entropy(wrong, 2)
    loss.backward()
    assert loss.data == pytest.approx(2 * big, rel=1e-15)
    assert [z.grad for z in wrong] == pytest.approx([1.0, 0.0, -1.0], abs=1e-15)
    for shift in (big, -big):
        probabilities = softmax([Value(shift), Value(shift), Value(shift)])
        assert [p.data for p in probabilities] == [1 / 3] * 3


def test_softmax_and_its_partials() -> None:
    point = [0.5, -1.25, 2.0]
    logits = [Value(z) for z in point]
    p = softmax(logits)
    assert sum(one.data for one in p) == pytest.approx(1.0, rel=1e-15)
    p[1].backward()
    want = [p[1].data * ((i == 1) - p[i].data) for i in range(3)]
    assert [z.grad for z in logits] == pytest.approx(want, rel=1e-12, abs=1e-16)


def test_hinge() -> None:
    assert loss_and_partial(hinge, 0.25, 1) == (0.75, -1.0)
    assert loss_and_partial(hinge, 0.25, -1) == (1.25, 1.0)
    assert loss_and_partial(hinge, 5.0, 1) == (0.0, 0.0)
    assert loss_and_partial(hinge, 1.0, 1) == (0.0, 0.0)
    assert loss_and_partial(hinge, -1e300, 1) == (1e300, -1.0)


def test_targets_get_a_name_and_a_role_unless_they_have_one() -> None:
    loss = mean_squared_error(Value(0.5), 1)
    target = loss.inputs[0].inputs[0]
    assert (target.name, target.role, target.data) == ("y_true", "target", 1.0)
    mine = Value(1.0, "label")
    loss = mean_squared_error(Value(0.5), mine)
    assert (loss.inputs[0].inputs[0], mine.name, mine.role) == (mine, "label", "target")
    several = mean_squared_error([Value(0.5), Value(0.5)], [0, 1])
    assert several.inputs[0].inputs[1].inputs[0].inputs[0].name == "y_true2"


@pytest.mark.parametrize(
    ("compute", "words"),
    [
        (lambda: binary_cross_entropy(Value(1.5), 1), "reads a prediction that is between 0 and 1, not 1.5"),
        (lambda: binary_cross_entropy(Value(0.5), -1), "reads a target that is between 0 and 1, not -1.0"),
        (lambda: binary_cross_entropy_with_logits(Value(0.5), 2), "a target that is between 0 and 1, not 2.0"),
        (lambda: hinge(Value(0.5), 0), "hinge reads a target of -1 or 1, not 0.0"),
        (lambda: cross_entropy([Value(0.0), Value(1.0)], 2), "a class index from 0 to 1 as target, not 2"),
        (lambda: cross_entropy([Value(0.0), Value(1.0)], 0.5), "a class index from 0 to 1 as target, not 0.5"),
        (lambda: cross_entropy([Value(0.0), Value(1.0)], -1), "a class index from 0 to 1 as target, not -1"),
        (lambda: cross_entropy([Value(0.0), Value(1.0)], [2]), "a class index from 0 to 1 as target, not 2"),
        (lambda: cross_entropy([Value(0.0), Value(1.0)], [1, 0, 0]), "2 output(s), but the target has 3 number(s)"),
        (lambda: cross_entropy(Value(0.0), 0), "for one output use binary_cross_entropy"),
        (
            lambda: cross_entropy([Value(0.0), Value(1.0)], [0.5, -3]),
            "weights of classes that are between 0 and 1, not -3",
        ),
        (lambda: mean_squared_error([], []), "the network has 0 output(s)"),
        (lambda: softmax([]), "softmax needs logits"),
        (lambda: mean_squared_error(Value(0.5), [1, 2]), "1 output(s), but the target has 2 number(s)"),
    ],
)
def test_what_a_loss_cannot_mean_is_refused(compute: Any, words: str) -> None:
    with pytest.raises(UsageError) as caught:
        compute()
    assert words in str(caught.value)
    with pytest.raises(NotANumberError):
        mean_squared_error(Value(0.5), "1")


def test_plain_numbers_and_arrays_are_read_too() -> None:
    assert cross_entropy([0.0, 0.0], 1).data == pytest.approx(math.log(2), rel=1e-15)
    assert mean_squared_error(0.25, 1).data == 0.5625
    assert mean_squared_error([Value(1.0), Value(5.0)], np.array([0.0, 3.0])).data == 2.5


def test_a_target_that_was_computed_or_has_a_role_keeps_what_it_is() -> None:
    given, own = Value(0.5, "t"), Value(1.0, "w")
    own.role = "parameter"
    for target in (given * 2.0, own):
        loss = mean_squared_error(Value(0.25), target)
        loss.backward()
        assert loss.data == 0.75**2
    assert (given.role, own.role) == (None, "parameter")
    assert (given.grad, own.grad) == (2 * 0.75 * 2.0, 2 * 0.75)
