"""Mistakes that were found in threads."""

from __future__ import annotations

from typing import Any

from autograd import Value
from autograd.testing import Report, check_partials

from ..support.graphs import articles_loss


def kinds(report: Report) -> list[tuple[str, ...]]:
    return [verdict.kinds for verdict in report.verdicts]


def test_a_slope_written_with_the_output_and_given_the_sum() -> None:
    """`def d_sigmoid(x): return x * (1 - x)`, called with the sum: a mistake that is found in threads."""
    _, loss = articles_loss()

    def once(y_true: float, o1: float, w5: float, sum_h1: float, x1: float) -> float:
        return -2 * (y_true - o1) * o1 * (1 - o1) * w5 * sum_h1 * (1 - sum_h1) * x1

    def everywhere(y_true: float, o1: float, sum_o1: float, w5: float, sum_h1: float, x1: float) -> float:
        return -2 * (y_true - o1) * sum_o1 * (1 - sum_o1) * w5 * sum_h1 * (1 - sum_h1) * x1

    report = check_partials(loss, {"w1": once})
    assert kinds(report) == [("sum",)]
    said = "you took sum_h1 · (1 - sum_h1) for the derivative of sigmoid, which is h1 · (1 - h1)"
    assert f"wrong: {said}" in str(report)
    said = "you took the derivatives of all 2 activations on the way with their sums in the place of their outputs"
    assert said in str(check_partials(loss, {"w1": everywhere}))
    x = Value(0.3, "x")
    for root, wrong in [
        (x.tanh(), lambda x: 1 - x * x),
        (x.exp(), lambda x: x),
        ((x + 2).sqrt(), lambda x: 1 / 2 / (x + 2)),
    ]:
        assert "sum" in [mistake.kind for way in found(root.named("L"), wrong) for mistake in way]


def found(root: Value, wrong: Any) -> list[Any]:
    return list(check_partials(root, {"x": wrong}).verdicts[0].finding.named)


def test_sigmoids_slope_for_that_of_tanh() -> None:
    x, w = Value(0.5, "x"), Value(-1.5, "w")
    y = (w * x).named("z").tanh().named("y")
    report = check_partials(y, {"w": lambda x, y: y * (1 - y) * x}, reveal="mistake")
    assert kinds(report) == [("activation",)]
    assert "you took sigmoid's derivative y · (1 - y) for that of tanh, which is 1 - y · y" in str(report)


def test_paths_multiplied() -> None:
    p, q, r = Value(0.7, "p"), Value(0.4, "q"), Value(1.7, "r")
    one, other = (p * q).named("one"), (p * r).named("other")
    above = (one * other).named("above")
    loss = (above**2).named("L")
    # By hand: above = p² q r. Both ways lead through 2 above, which may be counted once or twice.
    right = {"p": lambda above, one, other, q, r: 2 * above * (other * q + one * r)}
    assert check_partials(loss, right).ok
    once = {"p": lambda above, one, other, q, r: 2 * above * other * q * one * r}
    each_time = {"p": lambda above, one, other, q, r: (2 * above) ** 2 * other * q * one * r}
    for wrong in (once, each_time):
        report = check_partials(loss, wrong)
        assert kinds(report) == [("multiplied",)]
        assert "you multiplied the paths to p, which add up" in str(report)
