"""The calculus table. A row is an operation: its name, what it computes, its partial for each input, and the reason.

In a formula, exp and its like are functions of floats, from Python's math or primitives.py; `out` is the row's result.
From the rows here and on the three pages imported below all else follows: functions that compute and differentiate,
generated code, what people are shown. No other derivative is written down.
"""

from __future__ import annotations

from .activations import ACTIVATIONS
from .helpers import HELPERS
from .piecewise import PIECEWISE
from .row import Row

# Python's operators.
OPERATORS = [
    Row("add", "x + y", {"x": "1", "y": "1"}, "when one term grows by 1, the sum grows by 1"),
    Row("sub", "x - y", {"x": "1", "y": "-1"}, "when x grows by 1, x - y grows by 1; when y does, it falls by 1"),
    Row("mul", "x * y", {"x": "y", "y": "x"}, "when one factor grows by 1, the product grows by the other factor"),
    Row(
        "div",
        "x / y",
        {"x": "1 / y", "y": "-out / y"},
        {"x": "x / y is x times the constant 1 / y", "y": "the slope of 1 / y is -1 / y²; times x, that is -out / y"},
    ),
    Row("neg", "-x", {"x": "-1"}, "when x grows by 1, -x falls by 1"),
    Row("identity", "x", {"x": "1"}, "it is the same number"),
    Row(
        "power",
        "x ** y",
        {"x": "times_power(y, x, y - 1)", "y": "times_power_log(1, x, y)"},
        {
            "x": "the power rule, y * x ** (y - 1); x ** 0 is constant, even at 0",
            "y": "x ** y is exp(y * log(x)), whose slope in y is x ** y * log(x)",
        },
    ),
    Row(
        "abs",
        "abs(x)",
        {"x": "sign(x)"},
        "the slope is 1 on the right of 0 and -1 on the left; at the corner there is none, and 0 is taken",
        written="|x|",
    ),
    Row(
        "mod",
        "mod(x, y)",
        {"x": "1", "y": "-floordiv(x, y)"},
        {
            "x": "between two jumps x % y grows as fast as x",
            "y": "x % y is x - y * (x // y), and between two jumps x // y stays the same",
        },
    ),
    Row(
        "floordiv",
        "floordiv(x, y)",
        {"x": "0", "y": "0"},
        "x // y is a whole number, which stays the same between two jumps: the partial is 0 everywhere",
        reads="floor(x / y)",
        numpy="floor_divide",
    ),
]

# autograd.exp and its like; those of one input are also methods, v.exp().
FUNCTIONS = [
    Row("exp", "exp(x)", {"x": "out"}, "exp is its own derivative"),
    Row(
        "log",
        "log(x)",
        {"x": "1 / x"},
        "log undoes exp, whose slope there is exp, and exp is x",
    ),
    Row(
        "sqrt",
        "sqrt(x)",
        {"x": "1 / (2 * out)"},
        "the square of out has the slope 2 * out; sqrt undoes it, so its slope is 1 / (2 * out)",
        written="√x",
    ),
    Row("sin", "sin(x)", {"x": "cos(x)"}, "a point going round the unit circle at speed 1 rises at the speed cos(x)"),
    Row(
        "cos",
        "cos(x)",
        {"x": "-sin(x)"},
        "a point going round the unit circle at speed 1 moves sideways at the speed -sin(x)",
    ),
    Row(
        "tan",
        "tan(x)",
        {"x": "1 + out * out"},
        "the quotient rule on sin / cos gives (cos² + sin²) / cos², which is 1 + tan²",
    ),
    Row(
        "asin",
        "asin(x)",
        {"x": "1 / sqrt((1 - x) * (1 + x))"},
        "asin undoes sin, whose slope at that angle is cos = sqrt(1 - sin²), and sin is x there",
        written="arcsin",
        numpy="arcsin",
    ),
    Row(
        "acos",
        "acos(x)",
        {"x": "-1 / sqrt((1 - x) * (1 + x))"},
        "acos undoes cos, whose slope at that angle is -sin = -sqrt(1 - cos²), and cos is x there",
        written="arccos",
        numpy="arccos",
    ),
    Row(
        "atan",
        "atan(x)",
        {"x": "1 / (1 + x * x)"},
        "atan undoes tan, whose slope at that angle is 1 + tan², and tan is x there",
        written="arctan",
        numpy="arctan",
    ),
    Row(
        "atan2",
        "atan2(y, x)",
        {"y": "x / hypot(x, y) / hypot(x, y)", "x": "-y / hypot(x, y) / hypot(x, y)"},
        "the angle of the point (x, y) is atan(y / x), but for a constant; by the chain rule",
        numpy="arctan2",
    ),
    Row(
        "hypot",
        "hypot(x, y)",
        {"x": "ratio(x, out)", "y": "ratio(y, out)"},
        "it is sqrt(x² + y²): by the chain rule 2 * x / (2 * out); at the corner, 0",
    ),
    Row("sinh", "sinh(x)", {"x": "cosh(x)"}, "it is (exp(x) - exp(-x)) / 2; the minus turns to plus"),
    Row("cosh", "cosh(x)", {"x": "sinh(x)"}, "it is (exp(x) + exp(-x)) / 2; the plus turns to minus"),
    Row(
        "tanh",
        "tanh(x)",
        {"x": "1 - out * out"},
        "the quotient rule on sinh / cosh gives (cosh² - sinh²) / cosh², which is 1 - tanh²",
    ),
    Row(
        "asinh",
        "asinh(x)",
        {"x": "1 / hypot(1, x)"},
        "asinh undoes sinh, whose slope there is cosh = sqrt(1 + sinh²), and sinh is x",
        numpy="arcsinh",
    ),
    Row(
        "acosh",
        "acosh(x)",
        {"x": "1 / (sqrt(x - 1) * sqrt(x + 1))"},
        "acosh undoes cosh, whose slope there is sinh = sqrt(cosh² - 1), and cosh is x",
        numpy="arccosh",
    ),
    Row(
        "atanh",
        "atanh(x)",
        {"x": "1 / ((1 - x) * (1 + x))"},
        "atanh undoes tanh, whose slope there is 1 - tanh², and tanh is x",
        numpy="arctanh",
    ),
    Row("log1p", "log1p(x)", {"x": "1 / (1 + x)"}, "it is log(1 + x), accurate also near x = 0"),
    Row("expm1", "expm1(x)", {"x": "exp(x)"}, "it is exp(x) - 1, accurate also near x = 0"),
    Row("exp2", "exp2(x)", {"x": "log(2) * out"}, "it is 2 ** x, which is exp(log(2) * x)"),
    Row("log2", "log2(x)", {"x": "1 / log(2) / x"}, "it is log(x) / log(2)", written="log_2"),
    Row("log10", "log10(x)", {"x": "1 / log(10) / x"}, "it is log(x) / log(10)", written="log_10"),
    Row(
        "logaddexp",
        "logaddexp(x, y)",
        {"x": "sigmoid(x - y)", "y": "sigmoid(y - x)"},
        "each slope of log(exp(x) + exp(y)) is that exponential's share of the sum",
    ),
    Row(
        "erf",
        "erf(x)",
        {"x": "2 / sqrt(3.141592653589793) * exp(-x * x)"},
        "it is the area under the bell curve 2 / sqrt(π) * exp(-x²) from 0 to x, so its slope is that curve",
    ),
    Row(
        "erfc",
        "erfc(x)",
        {"x": "-2 / sqrt(3.141592653589793) * exp(-x * x)"},
        "it is 1 - erf(x), accurate also where erf is nearly 1",
    ),
    *ACTIVATIONS,  # sigmoid, relu and others
    *PIECEWISE,  # maximum, where, floor and others
]

ROWS = [*OPERATORS, *FUNCTIONS, *HELPERS]  # helpers, as times_power, are for partials
