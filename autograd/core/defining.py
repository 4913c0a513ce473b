"""`define_operation`: the user's own rows, as text or as Python functions."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from typing import Any

from ..errors import RuleError
from .list_op import LIST_ROWS
from .op import TABLE, Op
from .operations import recorder
from .python_function import PythonFunction, check_arguments, takes_out

Partials = Mapping[str, str | Callable[..., Any]]


def define_operation(
    name: str,
    expression: str | Callable[..., Any],
    partials: Partials,
    because: str | Mapping[str, str],
    array_function: Callable[..., Any] | None = None,
) -> Callable[..., Any]:
    """Add a row to the calculus table, checked like ours; returns the function to call.

    expression: text, over the inputs; or, for what text cannot say, a Python function of the inputs' numbers.
    partials: ∂out/∂input for each input, in order. Each is text, over the inputs, `out`, and functions of the table,
        your own included; or an operation; or a Python function of the inputs and then, if it has that argument, `out`.
        A Python function has no second derivative.
    because: the reason, or one for each input.
    array_function: if the expression is a Python function, the same function for NumPy arrays; without it the operation
        has no array code. It never has JavaScript: the player shows its steps, but lets no number be changed.

    You may define a name of your own again. Raises RuleError for what a row may not say.

    >>> gauss = define_operation("gauss", "exp(-x * x)", {"x": "-2 * x * out"}, "the chain rule")
    >>> gauss(0.0)
    1.0
    >>> import math
    >>> bell = "-2 / sqrt(3.141592653589793) * exp(-x * x)"
    >>> define_operation("bell_area", math.erfc, {"x": bell}, "a bell, upside down")(0.0)
    1.0
    """
    if isinstance(name, str) and name in _BUILT_IN:
        raise RuleError(f"{name!r} is an operation of stepgrad's own table; choose another name")
    functions: dict[str, PythonFunction] = {}
    if isinstance(partials, Mapping):
        partials = {x: _as_text(name, x, partial, tuple(partials), functions) for x, partial in partials.items()}
        if callable(expression):
            check_arguments(name, expression, tuple(partials))
            functions[name] = PythonFunction(name, expression, len(partials), array_function)
            expression = f"{name}({', '.join(map(str, partials))})"
        elif array_function is not None:
            raise RuleError("array_function goes with a function of Python; array code of an expression is written")
        functions = _called([expression, *partials.values()]) | functions
    op = Op(name, expression, partials, because, functions)  # type: ignore[arg-type]  # Op checks them
    record = recorder(op)
    # Pickle looks the function up in this module.
    record.__module__ = sys._getframe(1).f_globals.get("__name__", "__main__")
    if name in functions:
        functions[name].record = record
    TABLE[name] = op
    return record


_BUILT_IN = frozenset({*TABLE, *LIST_ROWS})


def _as_text(name: str, of: str, partial: Any, inputs: tuple[str, ...], functions: dict[str, PythonFunction]) -> str:
    """A partial as text. A Python function is added to `functions`, and the text calls it."""
    if not callable(partial):
        text: str = partial  # Op refuses anything else
        return text
    op = getattr(partial, "operation", None)
    if isinstance(op, Op):
        if len(op.inputs) != len(inputs):
            raise RuleError(
                f"the partial of {name} for {of} is {op.name}, which takes {len(op.inputs)} input(s); write it as text"
            )
        functions.update(op.functions)
        if op.expression == f"{op.name}({', '.join(op.inputs)})":
            return f"{op.name}({', '.join(inputs)})"
        if op.inputs != inputs:
            raise RuleError(f"the partial of {name} for {of} is {op.name}, whose inputs are called otherwise: write it")
        return op.expression
    called = f"d_{name}_d_{of}"
    read = (*inputs, "out") if takes_out(partial, len(inputs)) else inputs
    check_arguments(f"the partial of {name} for {of}", partial, read)
    functions[called] = PythonFunction(called, partial, len(read))
    return f"{called}({', '.join(read)})"


def _called(texts: list[Any]) -> dict[str, PythonFunction]:
    """The Python functions of operations that the texts call."""
    words = {word for text in texts if isinstance(text, str) for word in re.findall(r"\w+", text)}
    return {
        word: op.functions[word]
        for word in sorted(words)
        if (op := TABLE.get(word)) is not None and word in op.functions
    }
