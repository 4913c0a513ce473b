"""How array code is spelled in NumPy."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping, Sequence
from typing import ClassVar

from ...core.table import ROWS
from ...notation.expression import Tree
from ...notation.typesetting import Style
from .shapes import Shapes
from .turning import turned

# Functions that a text may define, each after those that it calls. Any other function of the table is NumPy's.
FUNCTIONS = {
    "sigmoid": "def sigmoid(x):\n    return 1 / (1 + np.exp(-x))",
    "relu": "def relu(x):\n    return np.maximum(x, 0)",
    "heaviside": "def heaviside(x):\n    return np.heaviside(x, 0.0)",
    "softplus": "def softplus(x):\n    return np.logaddexp(0, x)",
    "clip": """
def clip(x, low, high):
    return np.minimum(np.maximum(x, low), high)""",
    "where": """
def where(condition, x, y):
    return np.where(np.isnan(condition), np.nan, np.where(condition > 0, x, y))""",
    "times_or_0": """
def times_or_0(c, x):
    is_zero = (c == 0) & ~np.isnan(x)
    return np.where(is_zero, 0.0, c * np.where(is_zero, 1.0, x))""",
    "leaky_relu": "def leaky_relu(x):\n    return np.maximum(x, 0.01 * x)",
    "elu": "def elu(x):\n    return np.where(x > 0, x, np.expm1(np.minimum(x, 0)))",
    "gelu": "def gelu(x):\n    return times_or_0(erfc(-x / np.sqrt(2)) / 2, x)",
    "silu": "def silu(x):\n    return times_or_0(sigmoid(x), x)",
    "softsign": """
def softsign(x):
    is_finite = np.abs(x) < np.inf
    return np.where(is_finite, x / (1 + np.abs(np.where(is_finite, x, 1.0))), np.sign(x))""",
    "erf": """
def erf(x):
    from math import erf  # NumPy has none
    return np.vectorize(erf, otypes=[float])(x)""",
    "erfc": """
def erfc(x):
    from math import erfc
    return np.vectorize(erfc, otypes=[float])(x)""",
    "larger": """
def larger(x, y):
    share = np.where(x == y, 0.5, np.where(x > y, 1.0, 0.0))
    return np.where(np.isnan(x) | np.isnan(y), np.nan, share)""",
    "xlogy": """
def xlogy(x, y):
    is_zero = (x == 0) & (y >= 0)
    return np.where(is_zero, 0.0, x * np.log(np.where(is_zero, 1.0, y)))""",
    "times_power": """
def times_power(c, x, y):
    is_zero = (c == 0) & ~np.isnan(x) & ~np.isnan(y)
    return np.where(is_zero, 0.0, c * np.power(np.where(is_zero, 1.0, x), y))""",
    "times_power_log": """
def times_power_log(c, x, y):
    return xlogy(times_power(c, x, y), x)""",
    "equal": """
def equal(x, y):
    return np.where(np.isnan(x) | np.isnan(y), np.nan, x == y)""",
    "ratio": """
def ratio(x, y):
    both_zero = (x == 0) & (y == 0)
    return np.where(both_zero, 0.0, x / np.where(both_zero, 1.0, y))""",
    "stacked": """
def stacked(*values):
    return np.stack(np.broadcast_arrays(*values), axis=-1)""",
    "norm": """
def norm(x):
    return np.hypot.reduce(np.abs(x), axis=-1)""",
    "logsumexp": """
def logsumexp(x):
    x = np.partition(x, -1)  # the largest comes last
    largest, others = x[..., -1], x[..., :-1]
    return largest + np.log1p(np.exp(others - largest[..., None]).sum(axis=-1))""",
    "places": """
def places(index, count):
    is_place = (index >= 0) & (index < count) & (index == np.floor(index))
    return np.where(is_place, index, -1).astype(np.int64)""",
    "pick": """
def pick(x, index):
    where = places(index, x.shape[-1])
    shape = np.broadcast_shapes(x.shape[:-1], where.shape)
    rows = np.broadcast_to(x, (*shape, x.shape[-1]))
    found = np.take_along_axis(rows, np.broadcast_to(where, shape)[..., None], axis=-1)[..., 0]
    return np.where(where < 0, np.nan, found)""",
    "softmax": """
def softmax(x):
    exponentials = np.exp(x - x.max(axis=-1, keepdims=True))
    return exponentials / exponentials.sum(axis=-1, keepdims=True)""",
}

_NUMPY = {row.name: row.numpy for row in ROWS if row.numpy}

_CALLED = re.compile(r"(?<![\w.])(\w+)\(")  # not those of NumPy, np.where(

# Names that the text uses for itself.
RESERVED = {
    *FUNCTIONS,
    "np",
    "jnp",
    "backprop",
    "summed",
    "update",
    "norm_of",
    "train",
    "samples",
    "len",
    "float",
}


class ArrayStyle(Style):
    """NumPy as a person writes it. needs: the functions that the text has to define.

    brought: array functions of define_operation. library: the library's name. heading: the line that imports it.
    own_functions: the functions that a text may define.
    """

    library = "NumPy"
    heading = "import numpy as np"
    own_functions: ClassVar[Mapping[str, str]] = FUNCTIONS
    signs: ClassVar[Mapping[str, str]] = {**Style.signs, "@": " @ "}
    power_function = "power"

    def __init__(self, brought: Collection[str] = ()) -> None:
        self.needs: set[str] = set()
        self._brought = brought

    def number(self, number: float) -> str:
        """A constant."""
        if not math.isfinite(number):
            return "np.nan" if math.isnan(number) else "np.inf" if number > 0 else "-np.inf"
        return super().number(number)

    def call(self, function: str, arguments: Sequence[str]) -> str:
        """A call of NumPy's function, of the text's own, or of one of define_operation."""
        if function in self._brought:
            return super().call(function, arguments)
        if function not in self.own_functions:
            return super().call(f"np.{_NUMPY.get(function, function)}", arguments)
        self.needs.add(function)
        self.needs |= self.own_functions.keys() & set(_CALLED.findall(self.own_functions[function]))
        return super().call(function, arguments)

    def listed(self, items: Sequence[str]) -> str:
        """A list: its members along the last axis."""
        return self.call("stacked", items)

    def functions(self) -> list[str]:
        """The texts of the functions that are needed."""
        return [text.strip() for name, text in self.own_functions.items() if name in self.needs]

    def added(self, target: str, at: str, text: str, repeats: bool) -> str:
        """A statement that adds to some places of an array. repeats: whether a place may be there more than once."""
        return f"np.add.at({target}, {at}, {text})" if repeats else f"{target}{at} += {text}"

    def spelled(self, text: str) -> str:
        """The whole text in the library's spelling."""
        return text

    def laid_out(self, tree: Tree, shapes: Shapes) -> Tree:
        """The expression of a line, arranged for memory."""
        return tree


class FastStyle(ArrayStyle):
    """NumPy that runs faster, because narrow layers are transposed in memory."""

    def laid_out(self, tree: Tree, shapes: Shapes) -> Tree:
        """The same expression, transposed if that is faster."""
        return turned(tree, shapes)
