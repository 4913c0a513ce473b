"""What is right in exact arithmetic is right, whoever has lost digits: the engine, the function, or both."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

from autograd import Value, logaddexp
from autograd.testing import check_partials
from nn import binary_cross_entropy, binary_cross_entropy_with_logits, cross_entropy, softmax


def logistic(z: float) -> float:
    """Without an overflow on either side."""
    return 1 / (1 + math.exp(-z)) if z >= 0 else math.exp(z) / (1 + math.exp(z))


def by_hand(z: Value, y: float) -> Value:
    return (z.softplus() - Value(y, "y_true") * z).named("L")


@pytest.mark.parametrize("far", [0.5, 25.0, 37.0, 99.0, -40.0])
@pytest.mark.parametrize("y", [0.0, 1.0, 0.3])
@pytest.mark.parametrize(
    "loss",
    [
        by_hand,
        lambda z, y: binary_cross_entropy_with_logits(z, y),
        lambda z, y: binary_cross_entropy(z.sigmoid().named("o1"), y),
    ],
)
def test_p_minus_y_is_right_for_every_logit(loss: Callable[[Value, float], Value], y: float, far: float) -> None:
    """Also where 1 - p has no digits left in the engine, or p - 1 in the function."""
    root = loss(Value(far, "z"), y)
    exact = (1 - y) * logistic(far) - y * logistic(-far)
    for right in (lambda z, y_true: logistic(z) - y_true, logistic(far) - y, exact, f"{exact:.3e}"):
        report = check_partials(root, {"z": right})
        assert report.ok, report
    wrong: list[Any] = [lambda z, y_true: y_true - logistic(z), lambda z, y_true: logistic(z), f"{-2 * exact:.3e}"]
    assert [check_partials(root, {"z": one}).ok for one in wrong] == [False, False, False]


@pytest.mark.parametrize("logits", [(40.0, 0.0, 1.0), (0.0, 40.0, 1.0), (36.0, 0.0, 1.0), (50.0, 0.0, 0.0)])
@pytest.mark.parametrize("k", [0, pytest.param(1, marks=pytest.mark.slow), pytest.param(2, marks=pytest.mark.slow)])
def test_p_minus_1_is_right_for_softmax(logits: tuple[float, ...], k: int) -> None:
    z = [Value(logit, f"z{place}") for place, logit in enumerate(logits)]

    def p_minus_1(z0: float, z1: float, z2: float) -> float:
        powers = [math.exp(one - max(z0, z1, z2)) for one in (z0, z1, z2)]
        return powers[k] / sum(powers) - 1

    others = sum(math.exp(one - logits[k]) for place, one in enumerate(logits) if place != k)
    exact = -others / (1 + others)
    for loss in (cross_entropy(z, k), (-softmax(z)[k].log()).named("L")):
        for right in (p_minus_1, p_minus_1(*logits), f"{exact:.3e}"):
            report = check_partials(loss, {f"z{k}": right})
            assert report.ok, report
        wrong: list[Any] = [
            lambda z0, z1, z2: p_minus_1(z0, z1, z2) - 1e-9 + exact / 1000,
            lambda z0, z1, z2: -p_minus_1(z0, z1, z2),
        ]
        assert [check_partials(loss, {f"z{k}": one}).ok for one in wrong] == [False, False]


def test_a_share_of_logaddexp_is_right_by_way_of_the_other() -> None:
    a, b, c = Value(1.0, "a"), Value(2.0, "b"), Value(0.5, "c")
    root = logaddexp(a / b, c).named("L")
    assert check_partials(root, {"c": lambda a, b, c: 1 - 1 / (1 + math.exp(c - a / b))}).ok
    assert not check_partials(root, {"c": lambda a, b, c: 1 / (1 + math.exp(c - a / b))}).ok


def p_minus_y(z: float, y_true: float) -> float:
    return logistic(z) - y_true


def without_a_difference(z: float, y_true: float) -> float:
    return (1 - y_true) * logistic(z) - y_true * logistic(-z)


def test_whose_digits_are_lost_is_said() -> None:
    stable = binary_cross_entropy_with_logits(Value(25.0, "z"), 1.0)
    lossy = binary_cross_entropy(Value(40.0, "z").sigmoid().named("o1"), 1.0)
    assert "at the recorded point your own digits are lost to rounding" in str(check_partials(stable, {"z": p_minus_y}))
    assert "lost" not in str(check_partials(stable, {"z": without_a_difference}))
    said = "at the recorded point the engine's own digits are lost to rounding"
    assert said in str(check_partials(lossy, {"z": without_a_difference}))


def test_of_a_square_that_both_have_lost_the_digits_do_not_matter() -> None:
    h = Value(33.0, "z").sigmoid().named("h")
    square = ((1 - h) ** 2).named("L")
    assert check_partials(square, {"z": lambda z: -2 * (1 - logistic(z)) ** 2 * math.exp(z) / (1 + math.exp(z))}).ok
    assert not check_partials(square, {"z": lambda z: -2.001 * (1 - logistic(z)) ** 2 * logistic(z)}).ok


def test_a_factor_that_has_lost_its_digits_may_stand_beside_one_that_has_not() -> None:
    """1 / (1 - p) of a logarithm, and p (1 - p) as sigmoid(z) sigmoid(-z): what the first has lost does not cancel."""
    z = Value(26.0, "z")
    p = z.sigmoid().named("p")
    root = (-(1 - p).log().named("log_not_p")).named("L")
    assert check_partials(root, {"z": lambda z, p: logistic(z) * logistic(-z) / (1 - p)}).ok
    assert not check_partials(root, {"z": lambda z, p: logistic(z) * logistic(-z) / (1 - p) + 1e-3}).ok
    assert not check_partials(root, {"z": lambda z, p: (1 if z < 20 else 1.001) * logistic(z)}).ok


@pytest.mark.parametrize(
    ("x", "y", "lost"),
    [
        (1e8 + 1, 1e8, "; at the recorded point your own digits are lost to rounding"),
        (1 + 1e-9, 1.0, "; at the recorded point your own digits are lost to rounding"),
        (3.0, 1.0, ""),
    ],
)
def test_terms_that_cancel_far_out_are_right_too(x: float, y: float, lost: str) -> None:
    root = ((Value(x, "x") - Value(y, "y")) ** 3).named("L")
    right = check_partials(root, {"x": lambda x, y: 3 * x * x - 6 * x * y + 3 * y * y})
    assert right.ok
    assert str(right).endswith(f"points{lost}")
    for wrong in (
        lambda x, y: 3 * x * x - 6 * x * y + 3 * y,
        lambda x, y: 2 * x * x - 4 * x * y + 2 * y * y,
        lambda x, y: 0 * x,
        lambda x, y: 3.0,
    ):
        assert not check_partials(root, {"x": wrong}).ok
