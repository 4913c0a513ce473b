"""An `Op`: a row of the calculus table, checked and compiled into functions that compute and differentiate."""

from __future__ import annotations

import keyword
import math
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from itertools import product
from types import FunctionType
from typing import Any

from ..errors import RuleError, UsageError
from ..notation.expression import Tree, names_in, parse
from ..notation.typesetting import SPELLINGS, Spelling, to_code
from .domain_errors import why
from .primitives import ARITY, LIST_PRIMITIVES, PRIMITIVES
from .python_function import PythonFunction
from .row import ListRow, Row
from .source import run_source, tuple_of
from .table import ROWS

# The functions that compiled rows call, for plain numbers. x ** y is a call of `power`: with a negative base Python's
# own `**` gives a complex number, math.pow raises.
NUMBERS: dict[str, Any] = {"__builtins__": {}, **PRIMITIVES, **LIST_PRIMITIVES, "power": math.pow}

# The functions of the same names for Values, which record: with these, a compiled partial can be differentiated again.
# operations.py fills it in.
VALUES: dict[str, Any] = {"__builtins__": {}}

NO_FUNCTIONS: Mapping[str, PythonFunction] = {}

# Names that generated functions, here and in operations.py, use for themselves.
_RESERVED = {
    *("out", "power", "self", "grad", "data", "pullback", "inputs", "error", "op", "Value", "new", "number", "type"),
    *("operands", "requests", "made", "float", "NO_NOTES", "ArithmeticError", "ValueError", "domain_error"),
    *PRIMITIVES,
}


class Op:
    """A row of the table, ready to run. Raises RuleError where it says something a row may not say.

    inputs: their names, in order. partials: the text of ∂out/∂input for each. reasons: why, for each; because: all.
    functions: the Python functions that the text calls besides the functions of the table.
    shown_inputs: those that an error lists.

    >>> square = Op("square", "x * x", {"x": "2 * x"}, "the area grows along two sides")
    >>> square.inputs, square.partial_functions[0](3.0, 9.0)
    (('x',), 6.0)
    """

    def __init__(
        self,
        name: str,
        expression: str,
        partials: Mapping[str, str],
        because: str | Mapping[str, str],
        functions: Mapping[str, PythonFunction] | None = None,
    ) -> None:
        if not isinstance(partials, Mapping):
            raise RuleError(f"partials of {name!r}: give a dictionary from each input to its partial, not {partials!r}")
        self.name = name
        self.expression = expression
        self.partials = dict(partials)
        self.inputs = self.shown_inputs = tuple(self.partials)
        each = because if isinstance(because, Mapping) else dict.fromkeys(self.inputs, because)
        self.reasons = tuple(each.get(name, "") for name in self.inputs)
        self.because = "; ".join(dict.fromkeys(map(str, self.reasons)))
        self.functions = dict(functions or {})
        self._parse()

    def __reduce__(self) -> tuple[Any, ...]:
        return op_named, (self.name, self.expression, self.partials)

    def __repr__(self) -> str:
        return f"<Op {self.name}: {self.expression}>"

    def _parse(self) -> None:
        row = f"row {self.name!r} of the calculus table"
        try:
            self._check_names()
            row += f", with partials for {', '.join(self.inputs)}"
            arity = ARITY | {name: function.count for name, function in self.functions.items()}
            self.tree = parse(self.expression, self.inputs, arity, "; if it is an input, give a partial for it, too")
            names = (*self.inputs, "out")
            self.partial_trees = tuple(parse(text, names, arity) for text in self.partials.values())
        except RuleError as error:
            raise RuleError(f"{row}: {error}") from None
        for unused in set(self.inputs) - set(names_in(self.tree)):
            raise RuleError(f"{row}: {self.expression!r} does not use {unused!r}")

    def _check_names(self) -> None:
        for name in (self.name, *self.inputs):
            if not (isinstance(name, str) and name.isascii() and name.isidentifier()) or keyword.iskeyword(name):
                raise RuleError(f"{name!r} cannot be a name in a rule; use a plain identifier such as 'x'")
            if name.startswith("_") or name.endswith("_"):
                raise RuleError(f"{name!r} cannot be a name in a rule: no underscore at either end")
        for name in self.inputs:
            if name in _RESERVED:
                raise RuleError(f"an input cannot be called {name!r}: that name means something else in a rule")
        if not self.inputs:
            raise RuleError("an operation needs at least one input, and a partial for each")
        if len(self.inputs) > 6:
            raise RuleError(f"an operation takes at most 6 inputs, not {len(self.inputs)}; build it from smaller ones")
        if not all(isinstance(reason, str) and reason.strip() for reason in self.reasons):
            raise RuleError("because: say in words why the partials are so")

    # A program uses few rows of the table, so a row is compiled when one of these is first asked for.

    @cached_property
    def expression_function(self) -> Callable[..., Any]:
        """What the operation computes, as a function of the inputs' numbers."""
        return self._compiled["out"]

    @cached_property
    def partial_functions(self) -> tuple[Callable[..., Any], ...]:
        """Each partial, as a function of the inputs' numbers and `out`."""
        return tuple(self._compiled[f"d_out_d_{name}"] for name in self.inputs)

    @cached_property
    def value_partials(self) -> tuple[Callable[..., Any], ...]:
        """The same functions, of Values instead of numbers."""
        return tuple(over_values(partial, self.functions) for partial in self.partial_functions)

    @cached_property
    def pullbacks(self) -> dict[tuple[bool, ...], Pullback]:
        """A Pullback for each mix of Values (True) and constants; constants alone need none."""
        pullbacks = [Pullback(self, mask) for mask in self._mixes()]
        for pullback in pullbacks:
            pullback.pull = self._compiled[pullback.name]
        return {pullback.mask: pullback for pullback in pullbacks}

    def _mixes(self) -> list[tuple[bool, ...]]:
        return list(product((True, False), repeat=len(self.inputs)))[:-1]

    @cached_property
    def _compiled(self) -> dict[str, Callable[..., Any]]:
        arguments = ", ".join(self.inputs)
        source = f"def out({arguments}):\n    return {to_code(self.tree)}\n"
        for name, tree in zip(self.inputs, self.partial_trees, strict=True):
            source += f"def d_out_d_{name}({arguments}, out):\n    return {to_code(tree)}\n"
        source += "\n".join(Pullback(self, mask).source() for mask in self._mixes())
        return run_source(source, f"rule {self.name}", {**NUMBERS, **self.functions})

    def why(self, error: Exception) -> str:
        """What is wrong where the operation raised an error of Python's, and the mend."""
        return why(error)


class Pullback:
    """How a gradient goes back through one operation, for one mix of Values (True in `mask`) and constants.

    `pull(value)` adds value.grad times the partial to the grad of each of value.inputs. Constants have no partial here:
    in x ** 2 the exponent never meets log(x).
    """

    __slots__ = ("mask", "name", "op", "pull")

    is_deferred = False

    def __init__(self, op: Op, mask: tuple[bool, ...]) -> None:
        self.op = op
        self.mask = mask
        # v for a Value, c for a constant. No input's name begins with an underscore.
        self.name = "_pull_" + "".join("v" if is_value else "c" for is_value in mask)
        self.pull: Callable[[Any], None]

    def record(self, value: Any) -> None:
        """Where `is_deferred`, record the operations that the value stands for; see deferred.py."""

    def wanted(self) -> list[str]:
        """The names of the inputs that are Values, and so want a gradient."""
        return [name for name, is_value in zip(self.op.inputs, self.mask, strict=True) if is_value]

    def operands(self, inputs: Sequence[Any], numbers: Sequence[float]) -> tuple[Any, ...]:
        """What the operation was called with: Values from `inputs`, and between them the constants."""
        if len(inputs) == len(numbers):
            return tuple(inputs)
        values = iter(inputs)
        return tuple(next(values) if is_value else number for is_value, number in zip(self.mask, numbers, strict=True))

    def source(self) -> str:
        """The text of `pull`; backward.py shows that of x * y. `x` is the number that was read, `x_` its Value."""
        trees = dict(zip(self.op.inputs, self.op.partial_trees, strict=True))
        wanted = self.wanted()
        used = {name for want in wanted for name in names_in(trees[want])}
        lines = [f"def {self.name}(self):", f"    {tuple_of(f'{name}_' for name in wanted)} = self._inputs"]
        if used - {"out"}:
            slots = number_slots(self.op.inputs)
            lines += [f"    {number} = self.{slot}" for number, slot in slots if number in used or len(slots) == 1]
        if "out" in used:
            lines.append("    out = self._data")
        lines.append("    grad = self.grad")
        lines += [f"    {name}_.grad += {times_grad(trees[name])}" for name in wanted]
        return "\n".join(lines) + "\n"


def times_grad(partial: Tree) -> str:
    """The text of `grad` times a partial.

    >>> times_grad(("name", "y")), times_grad(("number", 1))
    ('grad * y', 'grad')
    """
    if partial == ("number", 1):
        return "grad"
    if partial == ("neg", ("number", 1)):
        return "-grad"
    return f"grad * {to_code(('*', ('name', 'grad'), partial)).removeprefix('grad * ')}"


def over_values(
    function: Callable[..., Any], called: Mapping[str, PythonFunction] = NO_FUNCTIONS
) -> Callable[..., Any]:
    """A compiled function of numbers as one of Values, which records what it does. called: see Op.functions."""
    names = {**VALUES, **{name: one.over_values for name, one in called.items()}} if called else VALUES
    return FunctionType(function.__code__, names)


def op_named(name: str, expression: str, partials: dict[str, str]) -> Op:
    """The row that a pickle names. Raises UsageError where the table has none of that name, or another one."""
    if name not in TABLE:
        raise UsageError(f"this pickle uses the operation {name!r}; call define_operation for it before loading")
    op = TABLE[name]
    if (op.expression, op.partials) != (expression, partials):
        raise UsageError(f"this pickle uses {name!r} as {expression!r} with partials {partials}; here it is {op!r}")
    return op


def number_slots(inputs: Sequence[str]) -> list[tuple[str, str]]:
    """Where a value keeps the numbers it was computed from: one or two in attributes of their own, more as a tuple.

    >>> number_slots(["x", "y"]), number_slots(["c", "x", "y"])
    ([('x', '_first'), ('y', '_second')], [('(c, x, y)', '_first')])
    """
    if len(inputs) <= 2:
        return list(zip(inputs, ("_first", "_second"), strict=False))
    return [(tuple_of(inputs), "_first")]


def spelling(row: Row | ListRow) -> Spelling:
    """How people write a row."""
    inputs = tuple(row.partials)
    reads = row.reads if isinstance(row, Row) else ""
    return Spelling(inputs, parse(reads, inputs, ARITY) if reads else None, row.written or row.name)


TABLE: dict[str, Op] = {row.name: Op(row.name, row.expression, row.partials, row.because) for row in ROWS}
SPELLINGS.update({row.name: spelling(row) for row in ROWS})
