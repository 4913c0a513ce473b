"""Rows that only partials use: products and quotients with a rule for 0 times infinity and 0 / 0, and steps."""

from __future__ import annotations

from .row import Row

# A step is flat on both sides of its jump: its partial is 0, written 0 * out so that a NaN stays one.
HELPERS = [
    Row(
        "times_power",
        "times_power(c, x, y)",
        {"c": "x ** y", "x": "times_power(c * y, x, y - 1)", "y": "times_power_log(c, x, y)"},
        {
            "c": "the other factor is constant",
            "x": "the power rule",
            "y": "x ** y has the slope x ** y * log(x)",
        },
        reads="c * x ** y",
    ),
    Row(
        "times_power_log",
        "times_power_log(c, x, y)",
        {
            "c": "times_power_log(1, x, y)",
            "x": "times_power(c, x, y - 1) + times_power_log(c * y, x, y - 1)",
            "y": "times_power_log(times_power_log(c, x, y / 2), x, y / 2)",
        },
        {
            "c": "the other factors are constant",
            "x": "the product rule, on x ** y and log(x)",
            "y": "another factor log(x); in halves, x ** (y / 2) for each, the product is finite at x = 0",
        },
        reads="c * x ** y * log(x)",
    ),
    Row(
        "xlogy",
        "xlogy(x, y)",
        {"x": "log(y)", "y": "x / y"},
        {"x": "log(y) is a constant factor", "y": "the slope of log(y) is 1 / y"},
        reads="x * log(y)",
    ),
    Row(
        "times_or_0",
        "times_or_0(c, x)",
        {"c": "x", "x": "c"},
        "when one factor grows by 1, the product grows by the other factor",
        reads="c * x",
    ),
    Row(
        "heaviside",
        "heaviside(x)",
        {"x": "0 * out"},
        "it is constant on both sides of 0; at the jump there is no slope, and 0 is taken",
    ),
    Row(
        "larger",
        "larger(x, y)",
        {"x": "0 * out", "y": "0 * out"},
        "it is constant except where the numbers are equal, where 0 is taken",
    ),
    Row(
        "equal",
        "equal(x, y)",
        {"x": "0 * out", "y": "0 * out"},
        "it is constant except where the numbers are equal, where 0 is taken",
    ),
    Row(
        "ratio",
        "ratio(x, y)",
        {"x": "1 / y", "y": "-out / y"},
        {"x": "x / y is x times the constant 1 / y", "y": "the slope of 1 / y is -1 / y²; times x, that is -out / y"},
        reads="x / y",
    ),
]
