"""From rows to operations: the function that computes a row and records what it did, written out as Python text.

Text, with a branch for each mix of Values and constants, because every operation on a Value runs it. The functions
become the operators and methods of Value, and autograd.exp and its like.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..errors import RuleError
from ..notation.typesetting import to_code
from .blocks import requests
from .op import NUMBERS, TABLE, VALUES, Op, number_slots, run_source, tuple_of
from .recording import made
from .table import FUNCTIONS
from .value import Value, number


def recorder(op: Op, order: Sequence[str] = ()) -> Callable[..., Any]:
    """The function that computes an operation and records it.

    It takes Values and numbers in any mix; from numbers alone it gives a float. `order` may list the inputs in another
    order than the row does, as reflected operators need. For `mul` the text begins

        def record_mul(x, y):
            if type(x) is Value and type(y) is Value:
                pullback = _pull_vv
                inputs = (x, y)
                x = x._data
                y = y._data
            elif type(x) is Value:
                ...

    where `_pull_vv` is the Pullback for two Values. `data = x * y` follows, and the new Value: see _RECORD below.
    """
    names: dict[str, Any] = {**NUMBERS, **_USES, "op": op}
    kept = {"_second": "None"} | {slot: number for number, slot in number_slots(op.inputs)}
    lines = [f"def record_{op.name}({', '.join(order or op.inputs)}):"]
    branch = "if"
    for pullback in op.pullbacks.values():
        wanted = pullback.wanted()
        names[pullback.name] = pullback
        lines += [
            f"    {branch} {' and '.join(f'type({name}) is Value' for name in wanted)}:",
            f"        pullback = {pullback.name}",
            f"        inputs = {tuple_of(wanted)}",
        ]
        lines += [f"        {name} = {name}._data" if name in wanted else _constant(op, name) for name in op.inputs]
        branch = "elif"
    lines += ["    else:", "        pullback = None", *(_constant(op, name) for name in op.inputs)]
    source = "\n".join(lines) + _RECORD.format(
        expression=to_code(op.tree),
        numbers=tuple_of(op.inputs),
        keep="\n".join(f"    self.{slot} = {number}" for slot, number in kept.items()),
    )
    title = f"operation {op.name}{' reflected' if order else ''}"
    record: Callable[..., Any] = run_source(source, title, names)[f"record_{op.name}"]
    record.__name__ = record.__qualname__ = op.name
    record.__module__ = "autograd"
    partials = "; ".join(f"∂/∂{name}: {text}" for name, text in op.partials.items())
    record.__doc__ = f"{op.expression}. Partials: {partials}, because {op.because}. Takes Values or numbers."
    return record


def _constant(op: Op, name: str) -> str:
    return f"        {name} = {name} if type({name}) is float else number({name}, 'an operand of {op.name}')"


_RECORD = """
    try:
        data = {expression}
    except (ArithmeticError, ValueError) as error:
        operands = pullback.operands(inputs, {numbers}) if pullback else {numbers}
        raise op.domain_error(operands, {numbers}, error) from error
    if pullback is None:
        return data
    self = new(Value)
    self._data = data
    self.grad = 0.0
    self.name = ''
    self.inputs = inputs
{keep}
    self._pullback = pullback
    self.role = None
    self.group = None
    if requests:
        made(self)
    return self
"""

_USES = {
    "Value": Value,
    "new": object.__new__,
    "number": number,
    "requests": requests,
    "made": made,
    "type": type,
    "float": float,
    "ArithmeticError": ArithmeticError,
    "ValueError": ValueError,
}

# A compiled partial looks functions up in VALUES when it is evaluated over Values.
RECORDERS = {name: recorder(op) for name, op in TABLE.items()}
VALUES.update(RECORDERS)

for _python_name, _name in {"add": "add", "sub": "sub", "mul": "mul", "truediv": "div", "pow": "power"}.items():
    setattr(Value, f"__{_python_name}__", RECORDERS[_name])
    setattr(Value, f"__r{_python_name}__", recorder(TABLE[_name], order=("y", "x")))
for _python_name, _name in {"neg": "neg", "pos": "identity", "abs": "abs"}.items():
    setattr(Value, f"__{_python_name}__", RECORDERS[_name])
for _row in FUNCTIONS:
    if len(_row.partials) == 1:
        setattr(Value, _row.name, RECORDERS[_row.name])


def define_operation(
    name: str, expression: str, partials: Mapping[str, str], because: str | Mapping[str, str]
) -> Callable[..., Any]:
    """Add an operation to the calculus table by one row, checked like ours; returns the function to call.

    expression: what it computes from its inputs. partials: for each input, in the order in which the function takes
    them, the text of ∂out/∂input; it may use the inputs, `out`, and the functions of the table. because: the reason,
    or one for each input. A name of your own may be defined again. Raises RuleError for what a row may not say.

    >>> from autograd import Value, define_operation
    >>> gauss = define_operation("gauss", "exp(-x * x)", {"x": "-2 * x * out"}, "it falls off on both sides of 0")
    >>> x = Value(1.0)
    >>> y = gauss(x)
    >>> y.backward()
    >>> x.grad == -2 * y.data
    True
    """
    if isinstance(name, str) and name in _BUILT_IN:
        raise RuleError(f"{name!r} is an operation of stepgrad's own table; choose another name")
    if not isinstance(partials, Mapping):
        raise RuleError(f"partials of {name!r}: give a dictionary from each input to its partial, not {partials!r}")
    op = Op(name, expression, partials, because)
    record = recorder(op)
    # Pickles look a function up by its name in the module that made it: there, not here.
    record.__module__ = sys._getframe(1).f_globals.get("__name__", "__main__")
    TABLE[name] = op
    return record


_BUILT_IN = frozenset(TABLE)
