"""The calculus table: every operation, declared once, as a row of text that reads like a derivative table.

A row has the name of an operation, what it computes, the partial of its output `out` with respect to each of its
inputs, and the reason. Everything else is derived from the row: the functions that compute and differentiate numbers,
higher derivatives, and whatever a person is shown. There is no second copy of a derivative anywhere in stepgrad.
"""

from __future__ import annotations

ROWS: list[tuple[str, str, dict[str, str], str | dict[str, str]]] = [
    # Arithmetic
    ("add", "x + y", {"x": "1", "y": "1"}, "a sum moves as far as either of its terms"),
    ("sub", "x - y", {"x": "1", "y": "-1"}, "a difference moves with its first term and against its second"),
    ("mul", "x * y", {"x": "y", "y": "x"}, "each factor's partial is the other factor"),
    ("div", "x / y", {"x": "1 / y", "y": "-out / y"}, "a larger divisor shrinks the quotient"),
    ("neg", "-x", {"x": "-1"}, "the opposite moves the opposite way"),
    ("identity", "x", {"x": "1"}, "the same number under another name"),
    (
        "power",
        "x ** y",
        {"x": "times_power(y, x, y - 1)", "y": "xlogy(out, x)"},
        {
            "x": "the exponent comes down and drops by one (x ** 0 is flat, even at 0)",
            "y": "a power grows with its exponent in proportion to the logarithm of its base",
        },
    ),
    # Exponentials and logarithms
    ("exp", "exp(x)", {"x": "out"}, "the exponential grows as fast as it is large"),
    ("log", "log(x)", {"x": "1 / x"}, "the larger x, the less one more adds to its logarithm"),
    ("sqrt", "sqrt(x)", {"x": "1 / (2 * out)"}, "the side of a square grows half as fast as its area, per side"),
    (
        "logaddexp",
        "logaddexp(x, y)",
        {"x": "sigmoid(x - y)", "y": "sigmoid(y - x)"},
        "log(exp(x) + exp(y)) follows each by its share of the sum",
    ),
    (
        "times_power",
        "times_power(c, x, y)",
        {"c": "x ** y", "x": "times_power(c * y, x, y - 1)", "y": "xlogy(out, x)"},
        "c * x ** y, taken as 0 where c is 0: the exponent comes down and drops by one",
    ),
    ("xlogy", "xlogy(x, y)", {"x": "log(y)", "y": "x / y"}, "x * log(y), taken as 0 where x is 0"),
    # Waves
    ("sin", "sin(x)", {"x": "cos(x)"}, "the height of a turning point moves as its shadow"),
    ("cos", "cos(x)", {"x": "-sin(x)"}, "the shadow of a turning point shrinks as its height grows"),
    # Activations
    ("tanh", "tanh(x)", {"x": "1 - out * out"}, "the curve is steepest in the middle and flat at both ends"),
    ("sigmoid", "sigmoid(x)", {"x": "out * (1 - out)"}, "the curve is steepest in the middle"),
    ("relu", "relu(x)", {"x": "heaviside(x)"}, "what is positive passes, the rest is stopped; at the corner, 0"),
    ("softplus", "softplus(x)", {"x": "sigmoid(x)"}, "relu with its corner rounded off, so its step is a smooth one"),
    # Choices. Where the partial does not exist a subgradient is used, and the row says which.
    (
        "maximum",
        "maximum(x, y)",
        {"x": "larger(x, y)", "y": "larger(y, x)"},
        "only the larger one counts; in a tie each counts half",
    ),
    (
        "minimum",
        "minimum(x, y)",
        {"x": "larger(y, x)", "y": "larger(x, y)"},
        "only the smaller one counts; in a tie each counts half",
    ),
    ("abs", "abs(x)", {"x": "sign(x)"}, "the distance from 0 grows outward on both sides; at 0 itself, 0"),
    # Steps, the partials of the choices: flat, so 0 (written as a product, through which a NaN stays one).
    ("heaviside", "heaviside(x)", {"x": "0 * out"}, "a step is flat on both sides"),
    ("sign", "sign(x)", {"x": "0 * out"}, "a step is flat on both sides"),
    ("larger", "larger(x, y)", {"x": "0 * out", "y": "0 * out"}, "who is the larger changes only where they meet"),
]
