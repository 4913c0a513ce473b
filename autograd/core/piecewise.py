"""Rows of the calculus table: functions in pieces, which choose between their inputs, or jump."""

from __future__ import annotations

from .row import Row

PIECEWISE = [
    Row(
        "maximum",
        "maximum(x, y)",
        {"x": "larger(x, y)", "y": "larger(y, x)"},
        "only the larger input counts; in a tie there is no slope, and each gets half",
    ),
    Row(
        "minimum",
        "minimum(x, y)",
        {"x": "larger(y, x)", "y": "larger(x, y)"},
        "only the smaller input counts; in a tie there is no slope, and each gets half",
    ),
    Row(
        "clip",
        "clip(x, low, high)",
        {
            "x": "heaviside(x - low) * heaviside(high - x)",
            "low": "heaviside(low - x) * heaviside(high - low)",
            "high": "heaviside(maximum(x, low) - high)",
        },
        {
            "x": "between the bounds it is x, elsewhere it does not depend on x; at a corner, 0",
            "low": "it is low where x is below low; at a corner, 0",
            "high": "it is high where x is above high, or low is; at a corner, 0",
        },
    ),
    Row(
        "where",
        "where(condition, x, y)",
        {"condition": "0", "x": "heaviside(condition)", "y": "1 - heaviside(condition)"},
        {
            "condition": "the condition only chooses between x and y: its partial is 0 everywhere",
            "x": "where the condition is true, above 0, it is x; elsewhere it does not depend on x",
            "y": "where the condition is true, above 0, it does not depend on y; elsewhere it is y",
        },
    ),
    Row(
        "sign",
        "sign(x)",
        {"x": "0 * out"},
        "it is constant on both sides of 0: the partial is 0 everywhere, at the jump, too",
        written="sgn",
    ),
    Row(
        "floor",
        "floor(x)",
        {"x": "0"},
        "from one whole number to the next it stays the same: the partial is 0 everywhere",
        written="⌊x⌋",
    ),
    Row(
        "ceil",
        "ceil(x)",
        {"x": "0"},
        "from one whole number to the next it stays the same: the partial is 0 everywhere",
        written="⌈x⌉",
    ),
]
