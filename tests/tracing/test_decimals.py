"""Gradients in exact arithmetic, where floats have lost their digits."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest

from autograd import (
    Value,
    atan2,
    clip,
    hypot,
    logaddexp,
    logsumexp,
    maximum,
    minimum,
    norm,
    pick,
    relu,
    sign,
    trace,
    where,
)
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
        (lambda x: logsumexp([x, 0.0, -1e4]) - x, 800.0, -math.exp(-800) or -0.0),
        (lambda x: norm([x, 1e-9]) - x, 3.0, -(1e-18) / 18),
        (lambda x: pick([x, x * x], sign(x)) - x * x + x, 1e9, 1.0),
        (lambda x: logaddexp(x, 0.0) - x, 800.0, -math.exp(-800) or -0.0),
        (lambda x: 1 - (1 - x.erfc()), 6.0, -2 / math.sqrt(math.pi) * math.exp(-36)),
        (lambda x: 1 - x.erf(), 6.0, -2 / math.sqrt(math.pi) * math.exp(-36)),
        (lambda x: x.gelu() - x, 9.0, -math.erfc(9 / math.sqrt(2)) / 2 + 9 * math.exp(-40.5) / math.sqrt(2 * math.pi)),
        (lambda x: x.silu() - x, 40.0, 39 * math.exp(-40)),
        (lambda x: x.elu() + 1, -40.0, math.exp(-40)),
        (lambda x: x.softsign() - 1, 1e10, 1e-20),
        (lambda x: x.expm1() - x, 1e-12, 1e-12),
        (lambda x: x.log1p() - x, 1e-12, -1e-12),
        (lambda x: x.sinh() - x, 1e-9, 0.5e-18),
        (lambda x: x.cosh() - 1, 1e-9, 1e-9),
        (lambda x: x.asinh() - x, 1e-9, -0.5e-18),
        (lambda x: x.atanh() - x, 1e-9, 1e-18),
        (lambda x: x.tan() - x, 1e-9, 1e-18),
        (lambda x: x.asin() - x, 1e-9, 0.5e-18),
        (lambda x: x.acos() + x, 1e-9, -0.5e-18),
        (lambda x: x.atan() - x, 1e-9, -1e-18),
        (lambda x: x.atan() - math.pi, -1e9, 1e-18),
        (lambda x: atan2(x, -1.0) - atan2(x, 1.0), 1e-9, -2.0),
        (lambda x: hypot(x, 1.0) - 1, 1e-9, 1e-9),
        (lambda x: x.acosh() - (2 * x).log(), 1e9, 0.5e-27),
        (lambda x: x.exp2() - 1 - x * math.log(2), 0.0, 0.0),
        (lambda x: x.log2() * math.log(2) - x.log10() * math.log(10), 4.0, 0.0),
        (lambda x: (x + 1e17) * 2 - clip(x, 1.0, 5.0) - x.leaky_relu() - where(x, x, 0.0) - x % 2 + x // 2, 3.5, -2.0),
        (lambda x: x + x.floor() + x.ceil() + x.sign(), 3.5, 1.0),
        (lambda x: (x + 1e17) * 2 - maximum(x, 1.0) - abs(x) - relu(x) + minimum(x, 9.0), 3.0, 0.0),
    ]
    for number, (function, at, slope) in enumerate(cases):
        root = function(Value(at, "x")).named("L")
        lines = trace(root)
        exact = exact_gradient(list(lines), list(lines.edges()), {lines.leaves[0]: at}, lines.root, lines.leaves[0])
        assert exact == pytest.approx(slope, rel=1e-7, abs=1e-16 if not slope else 0), number
