"""Rows of the calculus table for operations of lists, of any length."""

from __future__ import annotations

from .row import ListRow

LISTS = [
    ListRow(
        "norm",
        "norm(values)",
        {"values": "ratio(value, out)"},
        "sqrt(v0² + v1² + …) has the slope value / length; where all are 0 it has none, and 0 is taken",
        written="‖values‖",
    ),
    ListRow(
        "logsumexp",
        "logsumexp(values)",
        {"values": "exp(value - out)"},
        "each slope of the log of a sum of exponentials is that exponential's share of the sum, exp(value) / exp(out)",
    ),
    ListRow(
        "pick",
        "pick(values, index)",
        {"values": "equal(index, place)", "index": "0"},
        {
            "values": "the value at the index counts whole, the others not at all",
            "index": "the index only chooses; the result does not grow with it",
        },
        written="values[index]",
    ),
]
