"""From rows to operations: functions that compute a row and record, in a new Value, what it was computed from.

They are Python text, with a branch for each mix of Values and constants, because that is fast. That of `a * b` begins

    def record_mul(x, y):
        if type(x) is Value and type(y) is Value:
            pullback = _pull_vv
            inputs = (x, y)
            x = x._data
            y = y._data

and goes on as _RECORD below. `_pull_vv` is the row's Pullback for two Values, whose function `pull` backward.py shows;
a Value and a constant have another. The text is compiled when the operation is first used.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..notation.typesetting import to_code
from .arguments import number, operand
from .blocks import requests
from .domain_errors import domain_error
from .notes import NO_NOTES
from .op import NUMBERS, TABLE, VALUES, Op, number_slots
from .recording import made
from .source import compiled_later, run_source, tuple_of
from .table import FUNCTIONS
from .value import Value

# For x * y {expression} is `x * y`, and {keep} is `self._first = x` and `self._second = y`.
_RECORD = """
    try:
        data = {expression}
    except (ArithmeticError, ValueError) as error:
        operands = pullback.operands(inputs, {numbers}) if pullback else {numbers}
        raise domain_error(op, operands, {numbers}, error) from error
    if pullback is None:
        return data
    self = new(Value)
    self._data = data
    self.grad = 0.0
    self.name = ''
    self._inputs = inputs
{keep}
    self._pullback = pullback
    self._notes = NO_NOTES
    if requests:
        made(self)
    return self
"""

_USES = (Value, number, operand, made, domain_error, type, float, ArithmeticError, ValueError)
_NAMES = {one.__name__: one for one in _USES} | {
    "new": object.__new__,
    "NotImplemented": NotImplemented,
    "NO_NOTES": NO_NOTES,
    "requests": requests,
}


def recorder(op: Op, order: Sequence[str] = ()) -> Callable[..., Any]:
    """The function that computes and records an operation; for numbers alone it gives a float.

    order: of the arguments, if not the row's: `2.0 * a` calls record_mul(y, x), with y = a.
    """
    record = compiled_later(f"record_{op.name}", order or op.inputs, lambda: _compiled(op, order))
    record.__name__ = record.__qualname__ = op.name
    record.__module__ = "autograd"
    record.operation = op  # type: ignore[attr-defined]
    partials = "; ".join(f"∂/∂{name}: {text}" for name, text in op.partials.items())
    record.__doc__ = f"{op.expression}. Partials: {partials}, because {op.because}. Takes Values or numbers."
    return record


def _compiled(op: Op, order: Sequence[str]) -> Any:
    names: dict[str, Any] = {**NUMBERS, **op.functions, **_NAMES, "op": op}
    lines = [f"def record_{op.name}({', '.join(order or op.inputs)}):"]
    for pullback in op.pullbacks.values():  # most Values first: the branch for x alone does not ask what y is
        values = pullback.wanted()
        names[pullback.name] = pullback
        lines += [
            f"    {'elif' if lines[1:] else 'if'} {' and '.join(f'type({name}) is Value' for name in values)}:",
            f"        pullback = {pullback.name}",
            f"        inputs = {tuple_of(values)}",
            *(f"        {name} = {name}._data" if name in values else _constant(op, name) for name in op.inputs),
        ]
    lines += ["    else:", "        pullback = None", *(_constant(op, name) for name in op.inputs)]
    kept = {"_second": "None"} | {slot: read for read, slot in number_slots(op.inputs)}
    source = "\n".join(lines) + _RECORD.format(
        expression=to_code(op.tree),
        numbers=tuple_of(op.inputs),
        keep="\n".join(f"    self.{slot} = {read}" for slot, read in kept.items()),
    )
    title = f"operation {op.name}{' reflected' if order else ''}"
    return run_source(source, title, names)[f"record_{op.name}"]


# Operators with two sides, __add__ and __radd__: the row's name, and Python's.
_TWO_SIDED = {name: name for name in ("add", "sub", "mul", "mod", "floordiv")} | {"div": "truediv", "power": "pow"}


def _constant(op: Op, name: str) -> str:
    where = f"'an operand of {op.name}'"
    if op.name not in _TWO_SIDED:
        return f"        {name} = {name} if type({name}) is float else number({name}, {where})"
    return f"""        if type({name}) is not float:
            {name} = operand({name}, {where})
            if {name} is NotImplemented:
                return {name}"""


# Partials of Values call these, which record, so that they can be differentiated again.
RECORDERS = {name: recorder(op) for name, op in TABLE.items()}
VALUES.update(RECORDERS)

for _name, _python_name in _TWO_SIDED.items():
    setattr(Value, f"__{_python_name}__", RECORDERS[_name])
    setattr(Value, f"__r{_python_name}__", recorder(TABLE[_name], order=("y", "x")))
for _python_name, _name in {"neg": "neg", "pos": "identity", "abs": "abs"}.items():
    setattr(Value, f"__{_python_name}__", RECORDERS[_name])
for _row in FUNCTIONS:
    if len(_row.partials) == 1:
        setattr(Value, _row.name, RECORDERS[_row.name])
