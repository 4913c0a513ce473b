"""Gradients in exact arithmetic, where floats have lost their digits."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest

from autograd import Value, logaddexp, maximum, minimum, relu, trace
from autograd.tracing.decimals import exact_gradient


def test_exact_arithmetic_by_hand() -> None:
    """The slope of every function of the table, far out, from formulas that lose nothing there."""
    cases: list[tuple[Callable[[Value], Value], float, float]] = [
        (lambda x: 1 - (1 - x.sigmoid()), 40.0, math.exp(-40) / (1 + math.exp(-40)) ** 2),
        (lambda x: 1 - (1 - x.tanh()), 22.0, 1 / math.cosh(22) ** 2),
        (lambda x: 1 - (1 - x.tanh()), -22.0, 1 / math.cosh(22) ** 2),
        (lambda x: (x.exp() + 1).log() - x, 50.0, -1 / (1 + math.exp(50))),
        (lambda x: x.softplus() - x, 50.0, -1 / (1 + math.exp(50))),
        (lambda x: (1 - x.cos()) / x, 1e-9, 0.5),
        (lambda x: (x.sin() - x) / x**3, 1e-4, 1e-4 / 60),
        (lambda x: ((x * x + 1).sqrt() - 1) / x, 1e-9, 0.5),
        (lambda x: logaddexp(x, 0.0) - x, 800.0, -math.exp(-800) or -0.0),
        (lambda x: (x + 1e17) * 2 - maximum(x, 1.0) - abs(x) - relu(x) + minimum(x, 9.0), 3.0, 0.0),
    ]
    for number, (function, at, slope) in enumerate(cases):
        root = function(Value(at, "x")).named("L")
        lines = trace(root)
        exact = exact_gradient(list(lines), list(lines.edges()), {lines.leaves[0]: at}, lines.root, lines.leaves[0])
        assert exact == pytest.approx(slope, rel=1e-7), number
