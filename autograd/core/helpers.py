"""Rows that only partials are made of: products and quotients that know which 0 wins, and steps."""

from __future__ import annotations

from .row import Row

# What partials are made of. A step is flat: 0, written as a product so that a NaN stays one.
HELPERS = [
    Row(
        "times_power",
        "times_power(c, x, y)",
        {"c": "x ** y", "x": "times_power(c * y, x, y - 1)", "y": "times_power_log(c, x, y)"},
        "the product rule; the exponent comes down and drops by one",
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
        "the product rule; for y there is another factor log(x)",
        reads="c * x ** y * log(x)",
    ),
    Row(
        "xlogy",
        "xlogy(x, y)",
        {"x": "log(y)", "y": "x / y"},
        "the product rule; the slope of log(y) is 1 / y",
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
        "it is constant on both sides of 0",
    ),
    Row(
        "larger",
        "larger(x, y)",
        {"x": "0 * out", "y": "0 * out"},
        "it is constant where the numbers differ",
    ),
    Row(
        "equal",
        "equal(x, y)",
        {"x": "0 * out", "y": "0 * out"},
        "it is constant but where the numbers meet",
    ),
    Row(
        "ratio",
        "ratio(x, y)",
        {"x": "1 / y", "y": "-out / y"},
        {"x": "x / y is x times the constant 1 / y", "y": "the slope of 1 / y is -1 / y²"},
        reads="x / y",
    ),
]
