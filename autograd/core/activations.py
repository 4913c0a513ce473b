"""Rows of the calculus table: what neurons apply to their sums, beside tanh."""

from __future__ import annotations

from .row import Row

ACTIVATIONS = [
    Row(
        "sigmoid",
        "sigmoid(x)",
        {"x": "out * (1 - out)"},
        "1 / (1 + exp(-x)) has the slope exp(-x) / (1 + exp(-x))², which is out * (1 - out)",
    ),
    Row(
        "relu",
        "relu(x)",
        {"x": "heaviside(x)"},
        "the slope is 1 on the right of 0 and 0 on the left; at the corner there is none, and 0 is taken",
    ),
    Row(
        "leaky_relu",
        "leaky_relu(x)",
        {"x": "0.01 + 0.99 * heaviside(x)"},
        "it is x on the right of 0 and 0.01 * x on the left; at the corner, 0.01",
    ),
    Row(
        "elu",
        "elu(x)",
        {"x": "exp(minimum(x, 0))"},
        "it is x on the right of 0, with slope 1, and exp(x) - 1 on the left, with slope exp(x)",
    ),
    Row(
        "gelu",
        "gelu(x)",
        {"x": "erfc(-x / sqrt(2)) / 2 + times_or_0(exp(-x * x / 2), x) / sqrt(2 * 3.141592653589793)"},
        "it is x times the share of a normal distribution that lies below x; by the product rule that share, plus x "
        "times the density",
    ),
    Row(
        "silu",
        "silu(x)",
        {"x": "sigmoid(x) + times_or_0(sigmoid(-x), out)"},
        "it is x * sigmoid(x): by the product rule sigmoid(x) + x * sigmoid(x) * (1 - sigmoid(x)); the last factor is "
        "sigmoid(-x)",
    ),
    Row(
        "softsign",
        "softsign(x)",
        {"x": "1 / (1 + abs(x)) / (1 + abs(x))"},
        "by the quotient rule on x / (1 + |x|) the numerator is 1 + |x| - x * sign(x), which is 1",
    ),
    Row(
        "softplus",
        "softplus(x)",
        {"x": "sigmoid(x)"},
        "log(1 + exp(x)) has the slope exp(x) / (1 + exp(x)), which is sigmoid(x)",
    ),
]
