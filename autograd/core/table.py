"""The calculus table: every operation as a row that reads like a line of a derivative table.

Everything else follows from the rows: functions that compute and differentiate, higher derivatives, generated code, and
what people are shown. No derivative is written down anywhere else.
"""

from __future__ import annotations

from .helpers import HELPERS
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
        latex=r"\left|x\right|",
        mathml="<mrow><mo>|</mo>x<mo>|</mo></mrow>",
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
        latex=r"\left\lfloor\frac{x}{y}\right\rfloor",
        mathml="<mrow><mo>⌊</mo><mfrac><mrow>x</mrow><mrow>y</mrow></mfrac><mo>⌋</mo></mrow>",
    ),
]

# autograd.exp and its like; those of one input are also methods, v.exp().
FUNCTIONS = [
    Row("exp", "exp(x)", {"x": "out"}, "exp is its own derivative", latex=r"\exp"),
    Row(
        "log",
        "log(x)",
        {"x": "1 / x"},
        "exp has the slope x where its value is x; log undoes exp, so its slope is 1 / x",
        latex=r"\log",
    ),
    Row(
        "sqrt",
        "sqrt(x)",
        {"x": "1 / (2 * out)"},
        "a square's area grows 2 * side times as fast as its side, the side 1 / (2 * side) times as fast",
        latex=r"\sqrt{x}",
        mathml="<msqrt>x</msqrt>",
    ),
    Row(
        "sin",
        "sin(x)",
        {"x": "cos(x)"},
        "a point going round the unit circle at speed 1 rises at the speed cos(x)",
        latex=r"\sin",
    ),
    Row(
        "cos",
        "cos(x)",
        {"x": "-sin(x)"},
        "a point going round the unit circle at speed 1 moves sideways at the speed -sin(x)",
        latex=r"\cos",
    ),
    Row(
        "tan",
        "tan(x)",
        {"x": "1 + out * out"},
        "the quotient rule on sin / cos gives (cos² + sin²) / cos², which is 1 + tan²",
        latex=r"\tan",
    ),
    Row(
        "asin",
        "asin(x)",
        {"x": "1 / sqrt((1 - x) * (1 + x))"},
        "asin undoes sin, whose slope at that angle is cos = sqrt(1 - sin²), and sin is x there",
        latex=r"\arcsin",
    ),
    Row(
        "acos",
        "acos(x)",
        {"x": "-1 / sqrt((1 - x) * (1 + x))"},
        "acos undoes cos, whose slope at that angle is -sin = -sqrt(1 - cos²), and cos is x there",
        latex=r"\arccos",
    ),
    Row(
        "atan",
        "atan(x)",
        {"x": "1 / (1 + x * x)"},
        "atan undoes tan, whose slope at that angle is 1 + tan², and tan is x there",
        latex=r"\arctan",
    ),
    Row(
        "atan2",
        "atan2(y, x)",
        {"y": "x / hypot(x, y) / hypot(x, y)", "x": "-y / hypot(x, y) / hypot(x, y)"},
        "the angle of the point (x, y) is atan(y / x), but for a constant; by the chain rule",
    ),
    Row(
        "hypot",
        "hypot(x, y)",
        {"x": "ratio(x, out)", "y": "ratio(y, out)"},
        "it is sqrt(x² + y²): by the chain rule 2 * x / (2 * sqrt(x² + y²)); at the corner x = y = 0, 0",
    ),
    Row("sinh", "sinh(x)", {"x": "cosh(x)"}, "it is (exp(x) - exp(-x)) / 2; the minus turns to plus", latex=r"\sinh"),
    Row("cosh", "cosh(x)", {"x": "sinh(x)"}, "it is (exp(x) + exp(-x)) / 2; the plus turns to minus", latex=r"\cosh"),
    Row(
        "tanh",
        "tanh(x)",
        {"x": "1 - out * out"},
        "the quotient rule on sinh / cosh gives (cosh² - sinh²) / cosh², which is 1 - tanh²",
        latex=r"\tanh",
    ),
    Row(
        "asinh",
        "asinh(x)",
        {"x": "1 / hypot(1, x)"},
        "asinh undoes sinh, whose slope there is cosh = sqrt(1 + sinh²), and sinh is x",
    ),
    Row(
        "acosh",
        "acosh(x)",
        {"x": "1 / (sqrt(x - 1) * sqrt(x + 1))"},
        "acosh undoes cosh, whose slope there is sinh = sqrt(cosh² - 1), and cosh is x",
    ),
    Row(
        "atanh",
        "atanh(x)",
        {"x": "1 / ((1 - x) * (1 + x))"},
        "atanh undoes tanh, whose slope there is 1 - tanh², and tanh is x",
    ),
    Row("log1p", "log1p(x)", {"x": "1 / (1 + x)"}, "it is log(1 + x), with all its digits also where x is nearly 0"),
    Row("expm1", "expm1(x)", {"x": "exp(x)"}, "it is exp(x) - 1, with all its digits also where x is nearly 0"),
    Row("exp2", "exp2(x)", {"x": "log(2) * out"}, "it is 2 ** x, which is exp(log(2) * x)"),
    Row(
        "log2",
        "log2(x)",
        {"x": "1 / log(2) / x"},
        "it is log(x) / log(2)",
        latex=r"\log_{2}",
        mathml="<msub><mi>log</mi><mn>2</mn></msub>",
    ),
    Row(
        "log10",
        "log10(x)",
        {"x": "1 / log(10) / x"},
        "it is log(x) / log(10)",
        latex=r"\log_{10}",
        mathml="<msub><mi>log</mi><mn>10</mn></msub>",
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
        "it is 1 - erf(x), with all its digits also where erf is nearly 1",
    ),
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
    Row(
        "logaddexp",
        "logaddexp(x, y)",
        {"x": "sigmoid(x - y)", "y": "sigmoid(y - x)"},
        "each slope of log(exp(x) + exp(y)) is that exponential's share of the sum, as exp(x) / (exp(x) + exp(y))",
    ),
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
        latex=r"\operatorname{sgn}",
        mathml="<mi>sgn</mi>",
    ),
    Row(
        "floor",
        "floor(x)",
        {"x": "0"},
        "from one whole number to the next it stays the same: the partial is 0 everywhere",
        latex=r"\left\lfloor x\right\rfloor",
        mathml="<mrow><mo>⌊</mo>x<mo>⌋</mo></mrow>",
    ),
    Row(
        "ceil",
        "ceil(x)",
        {"x": "0"},
        "from one whole number to the next it stays the same: the partial is 0 everywhere",
        latex=r"\left\lceil x\right\rceil",
        mathml="<mrow><mo>⌈</mo>x<mo>⌉</mo></mrow>",
    ),
]

ROWS = [*OPERATORS, *FUNCTIONS, *HELPERS]
