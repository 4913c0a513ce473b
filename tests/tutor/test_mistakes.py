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
