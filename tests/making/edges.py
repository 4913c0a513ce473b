"""What every operation, loss and optimiser does at the ends of the floats, and whether that is right.

    python -m tests.making.edges        writes docs/edges.md

The engine is asked for the value and, one operand at a time, for the gradient. What it answers is judged by
tests/support/exact.py, which has the same row's expression in decimal arithmetic, and knows no partial. Right is

- for finite operands: the exact number, rounded to a float (inf where it is too large for one), or a named error where
  there is none, or where the engine cannot compute it; between both slopes at a kink;
- for an infinite operand: the limit; NaN where IEEE 754 says so, or a named error, where there is no limit;
- for a NaN: a NaN, unless the answer is the same whatever the operand is.
"""

from __future__ import annotations

import itertools
import math
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import nn
from autograd import TABLE, Op, StepgradError, Value, logsumexp, norm, pick
from autograd.core.list_op import LIST_ROWS
from autograd.core.op import VALUES
from autograd.core.table import ROWS as _ROWS
from autograd.notation.typesetting import to_code

from ..support import exact

inf, nan = math.inf, math.nan
SPECIAL = [0.0, -0.0, 5e-324, -5e-324, 1e-308, -1e-308, 1e308, -1e308, inf, -inf, nan]
ORDINARY = 2.0
# What a NaN could have been.
STAND_INS = [-2.0, 0.5, 3.0]


class Seen(NamedTuple):
    """What the engine answers: numbers, or the errors it raises."""

    value: float | StepgradError
    partials: list[float | StepgradError]


def seen(compute: Callable[..., Any], point: Sequence[float]) -> Seen:
    """The value, and the gradient for each operand alone, so that no error hides another number."""
    try:
        value = compute(*map(Value, point)).data
    except StepgradError as error:
        return Seen(error, [])
    partials: list[float | StepgradError] = []
    for place, x in enumerate(point):
        leaf = Value(x)
        try:
            compute(*point[:place], leaf, *point[place + 1 :]).backward()
            partials.append(leaf.grad)
        except StepgradError as error:
            partials.append(error)
    return Seen(value, partials)


def complaints(
    compute: Callable[..., Any],
    f: exact.Exact,
    point: Sequence[float],
    ieee: float | None = None,
    at_infinity: Sequence[Callable[..., Any]] = (),
    rounding: float = 1e-323,
    slopes: Sequence[exact.Exact] = (),
) -> Iterator[str]:
    """What is wrong with the engine's answers at a point, in words; nothing where they are right.

    ieee: the answer of IEEE 754 for the value, where it defines one.
    at_infinity: formulas of the value and of the partials in IEEE arithmetic, for infinite operands.
    rounding: how far off any number may be, whatever its size.
    slopes: formulas of the partials, where differences of f do not do.
    """
    found = seen(compute, point)
    if ieee == 0.0 and isinstance(found.value, float) and math.copysign(1.0, ieee) != math.copysign(1.0, found.value):
        yield f"value {found.value!r}: the sign of zero"
    for place, answer in enumerate([found.value, *found.partials], start=-1):
        if isinstance(answer, float):  # a named error is right where there is no number, and no wrong number anywhere
            has_infinity, has_nan = any(map(math.isinf, point)), any(map(math.isnan, point))
            if math.isnan(answer):
                is_right = has_nan or (has_infinity and (len(point) > 1 or ieee != ieee))
            else:
                is_right = all(
                    _is_right(answer, f, at, place, at_infinity, rounding, slopes) for at in _without_nan(point)
                )
            if not is_right:
                yield f"{'value' if place < 0 else f'partial {place}'} {answer!r}"


def _is_right(
    answer: float,
    f: exact.Exact,
    point: Sequence[float],
    place: int,
    at_infinity: Sequence[Callable[..., Any]],
    rounding: float,
    slopes: Sequence[exact.Exact],
) -> bool:
    if at_infinity and any(map(math.isinf, point)):
        with np.errstate(all="ignore"):
            return bool(at_infinity[place + 1](*map(np.float64, point)) == answer)
    if place < 0 or slopes:
        return exact.value_of(slopes[place] if place >= 0 else f, point).admits(answer, rounding)
    return exact.slope_of(f, point, place).admits(answer, rounding)


def _without_nan(point: Sequence[float]) -> Iterator[list[float]]:
    """The point with every NaN replaced by what it could have been."""
    yield from map(list, itertools.product(*(STAND_INS if math.isnan(x) else [x] for x in point)))


# The operations of the table -----------------------------------------------------------------------------------------


def exactly(op: Op) -> exact.Exact:
    """The row's expression in decimal arithmetic."""
    code = compile(to_code(op.tree), f"<exact {op.name}>", "eval")
    names = {"__builtins__": {}, **exact.FUNCTIONS, "power": exact.power}

    def f(*operands: Any) -> Any:
        # Constants of the row are floats in the code.
        return eval(code, {**names, **dict(zip(op.inputs, operands, strict=True))})

    return f


def by_ieee(op: Op, point: Sequence[float]) -> float | None:
    """What IEEE 754 defines for the operation, from numpy's arithmetic; None where it is no operation of arithmetic."""
    arithmetic: dict[str, Any] = {
        "add": np.add,
        "sub": np.subtract,
        "mul": np.multiply,
        "div": np.divide,
        "neg": np.negative,
        "identity": np.positive,
        "sqrt": np.sqrt,
        "abs": np.abs,
        "sin": np.sin,
        "tanh": np.tanh,
    }
    if op.name not in arithmetic:
        return None
    with np.errstate(all="ignore"):
        return float(arithmetic[op.name](*map(np.float64, point)))


def points(op: Op) -> Iterator[tuple[float, ...]]:
    """Every operand at every special number, and an ordinary one; for more than two, at fewer."""
    few = [0.0, 5e-324, 1e308, inf, nan, ORDINARY]
    yield from itertools.product([*SPECIAL, ORDINARY] if len(op.inputs) <= 2 else few, repeat=len(op.inputs))


def wrong_operation(op: Op) -> Iterator[str]:
    """Everything that a row of the table gets wrong, in words."""
    for point in points(op):
        at_infinity, slopes = exact.AT_INFINITY.get(op.name, ()), exact.SLOPES.get(op.name, ())
        ieee = by_ieee(op, point)
        for complaint in complaints(VALUES[op.name], exactly(op), point, ieee, at_infinity, slopes=slopes):
            yield f"{op.name} at {', '.join(map(repr, point))}: {complaint}"


# The operations of lists, here of two values -----------------------------------------------------------------------

LISTS: dict[str, tuple[Callable[..., Any], exact.Exact]] = {
    "norm": (lambda x, y: norm([x, y]), exact.norm),
    "logsumexp": (lambda x, y: logsumexp([x, y]), exact.logsumexp),
    "pick": (lambda x, y: pick([x, y], Value(1.0)), lambda _, y: y),
}


def wrong_list(name: str) -> Iterator[str]:
    """Everything that an operation of a list gets wrong, in words."""
    compute, exactly = LISTS[name]
    for point in itertools.product([*SPECIAL, ORDINARY], repeat=2):
        for complaint in complaints(compute, exactly, point):
            yield f"{name} at {', '.join(map(repr, point))}: {complaint}"


# The losses ----------------------------------------------------------------------------------------------------------


class LossCase(NamedTuple):
    """A loss of numbers: its outputs and its target, in decimal arithmetic from its definition, and where to try it."""

    loss: Callable[..., Value]
    exactly: exact.Exact
    points: Sequence[tuple[float, ...]]
    arguments: tuple[str, ...] = ("prediction", "target")
    rounding: float = 1e-15  # of 1 - p, of σ(z) - y: terms about as large as 1


def _bce(p: Decimal, y: Decimal) -> Decimal:
    least = Decimal(-100).exp()
    return -(y * exact.log(max(p, least)) + (1 - y) * exact.log(max(1 - p, least)))


def _logits(z: Decimal, y: Decimal) -> Decimal:
    return y * exact.softplus(-z) + (1 - y) * exact.softplus(z)


def _softmax_first(z1: Decimal, z2: Decimal) -> Decimal:
    """-log of exp(z1) / (exp(z1) + exp(z2))."""
    return exact.softplus(z2 - z1)


_SQUARES = [(x, y) for x in [*SPECIAL, ORDINARY] for y in [*SPECIAL, 1.0]]
LOSSES: dict[str, LossCase] = {
    "mean_squared_error": LossCase(nn.mean_squared_error, lambda p, y: (y - p) ** 2, _SQUARES),
    "half_squared_error": LossCase(nn.half_squared_error, lambda p, y: (y - p) ** 2 / 2, _SQUARES),
    "binary_cross_entropy": LossCase(
        nn.binary_cross_entropy, _bce, [(p, y) for p in [*SPECIAL, 0.5, 1.0, 1 - 2**-53] for y in (*SPECIAL, 0.5, 1.0)]
    ),
    "binary_cross_entropy_with_logits": LossCase(
        nn.binary_cross_entropy_with_logits,
        _logits,
        [(z, y) for z in [*SPECIAL, ORDINARY] for y in (*SPECIAL, 0.5, 1.0)],
        ("logit", "target"),
    ),
    "cross_entropy": LossCase(
        lambda z1, z2: nn.cross_entropy([z1, z2], 0),
        _softmax_first,
        [(z1, z2) for z1 in [*SPECIAL, ORDINARY] for z2 in (*SPECIAL, ORDINARY)],
        ("right logit", "other logit"),
    ),
    "hinge": LossCase(
        nn.hinge,
        lambda s, y: max(Decimal(0), 1 - y * s),
        [(s, y) for s in (*SPECIAL, -1.0, ORDINARY) for y in (*SPECIAL, -1.0, 1.0)],
        ("score", "target"),
    ),
}


def wrong_losses() -> Iterator[str]:
    """Everything that any loss gets wrong, in words."""
    for name, case in LOSSES.items():
        for point in case.points:
            for complaint in complaints(case.loss, case.exactly, point, rounding=case.rounding):
                yield f"{name} at {', '.join(map(repr, point))}: {complaint}"


# The optimisers ------------------------------------------------------------------------------------------------------


def _sgd(w: Decimal, g: Decimal) -> Decimal:
    return w - Decimal("0.1") * g


def _momentum(w: Decimal, g: Decimal) -> Decimal:
    """Two steps with the same gradient: v is g, then 0.9 g + g."""
    return w - Decimal("0.1") * g - Decimal("0.1") * (Decimal("0.9") * g + g)


def _nesterov(w: Decimal, g: Decimal) -> Decimal:
    """Two steps with the same gradient: v is g, then 1.9 g; each moves by g + 0.9 v."""
    return w - Decimal("0.1") * (Decimal("1.9") * g) - Decimal("0.1") * (g + Decimal("0.9") * Decimal("1.9") * g)


def _decayed(w: Decimal, g: Decimal) -> Decimal:
    return w - Decimal("0.1") * (g + Decimal("0.01") * w)


def _clipped(w: Decimal, g: Decimal) -> Decimal:
    """By value and, of a single gradient, by norm."""
    return w - Decimal("0.1") * max(Decimal(-1), min(Decimal(1), g))


def _adam(w: Decimal, g: Decimal) -> Decimal:
    """Both means, corrected, are those of one gradient, so the first step is learning rate · g / (|g| + ε)."""
    return w - Decimal("0.1") * g / (abs(g) + Decimal("1e-8"))


def _adamw(w: Decimal, g: Decimal) -> Decimal:
    return _adam(w, g) - Decimal("0.1") * Decimal("0.01") * w


def _rmsprop(w: Decimal, g: Decimal) -> Decimal:
    """The mean of the square is a hundredth of it after the first step, its root a tenth of the gradient."""
    return w - Decimal("0.1") * g / (abs(g) / 10 + Decimal("1e-8"))


class OptimizerCase(NamedTuple):
    """An optimiser, how many steps are made, and where the parameter is then, in decimal arithmetic."""

    make: Callable[[list[Value]], nn.Optimizer]
    steps: int
    exactly: exact.Exact


OPTIMIZERS: dict[str, OptimizerCase] = {
    "SGD": OptimizerCase(lambda ws: nn.SGD(ws, 0.1), 1, _sgd),
    "SGD with momentum 0.9": OptimizerCase(lambda ws: nn.SGD(ws, 0.1, momentum=0.9), 2, _momentum),
    "SGD with Nesterov momentum 0.9": OptimizerCase(
        lambda ws: nn.SGD(ws, 0.1, momentum=0.9, nesterov=True), 2, _nesterov
    ),
    "SGD with weight decay 0.01": OptimizerCase(lambda ws: nn.SGD(ws, 0.1, weight_decay=0.01), 1, _decayed),
    "SGD with clip_value 1": OptimizerCase(lambda ws: nn.SGD(ws, 0.1, clip_value=1.0), 1, _clipped),
    "SGD with clip_norm 1": OptimizerCase(lambda ws: nn.SGD(ws, 0.1, clip_norm=1.0), 1, _clipped),
    "Adam": OptimizerCase(lambda ws: nn.Adam(ws, 0.1), 1, _adam),
    "AdamW": OptimizerCase(lambda ws: nn.AdamW(ws, 0.1), 1, _adamw),
    "RMSProp": OptimizerCase(lambda ws: nn.RMSProp(ws, 0.1), 1, _rmsprop),
}


def moved(case: OptimizerCase, w: float, gradient: float) -> float:
    """Where a parameter is after the steps, each with this gradient."""
    parameter = Value(w)
    optimizer = case.make([parameter])
    for _ in range(case.steps):
        parameter.grad = gradient
        optimizer.step()
    return parameter.data


def wrong_optimizers() -> Iterator[str]:
    """Everything that any optimiser gets wrong, in words."""
    for name, case in OPTIMIZERS.items():
        for w, gradient in itertools.product([*SPECIAL, ORDINARY], repeat=2):
            found = moved(case, w, gradient)
            if not (math.isfinite(w) and math.isfinite(gradient)):
                is_right = not math.isfinite(found)  # there is no step to be made, and that is not hidden
            else:
                is_right = exact.value_of(case.exactly, (w, gradient)).admits(found, rounding=1e-16)
            if not is_right:
                yield f"{name}, parameter {w!r}, gradient {gradient!r}: the parameter becomes {found!r}"


class Known(NamedTuple):
    """Something known to be otherwise, which the page says too: what it is about, at which numbers, and why."""

    about: str
    at: str
    reason: str


KNOWN = [
    Known(
        "norm at",
        "5e-324: partial",
        "The slopes of norm are value / out; where out is below 1e-308, they have fewer digits.",
    ),
    Known(
        "logsumexp",
        "1e+308",
        "The slopes of logsumexp are exp(value - out), so as exact as a float near out tells a value from it: to all "
        "digits up to some hundreds, not at all at 1e308.",
    ),
    Known(
        "times_power",
        "1e+308",
        "times_power, the partial of a power, appears in second derivatives of `x ** y`. Its own partial for x first "
        "multiplies c by y; where that product is too large for a float, the answer is inf or nan.",
    ),
    Known(
        "times_power_log at 5e-324",
        "partial 2",
        "times_power_log, the partial of a power for its exponent, appears there too. Its own partial for y is "
        "computed from a first product; where that is below 1e-308, it has fewer digits.",
    ),
    Known(
        "hypot",
        "5e-324, ",
        "hypot(5e-324, 5e-324) is rounded to 5e-324, the smallest float, and its partials are computed from that: they "
        "are 1 in place of 1 / sqrt(2). Below 1e-308 floats have few digits.",
    ),
    Known(
        "Adam",
        "gradient 1e+308",
        "Adam, AdamW and RMSProp square the gradient. Above about 1e154 the square is inf, and the parameter does not "
        "move by it.",
    ),
    Known("Adam", "gradient -1e+308", ""),
    Known("RMSProp", "gradient 1e+308", ""),
    Known("RMSProp", "gradient -1e+308", ""),
    Known(
        "SGD with momentum",
        "gradient 1e+308",
        "Momentum adds gradients up. Where the sum is too large for a float, the parameter becomes infinite.",
    ),
    Known("SGD with momentum", "gradient -1e+308", ""),
    Known("SGD with Nesterov momentum", "gradient 1e+308", ""),
    Known("SGD with Nesterov momentum", "gradient -1e+308", ""),
    Known(
        "SGD with clip_value",
        "gradient inf",
        "clip_value cuts an infinite gradient off, as it does any other that is too large. A nan stays a nan.",
    ),
    Known("SGD with clip_value", "gradient -inf", ""),
]


def is_known(wrong: str) -> Known | None:
    """What is known about something wrong, if anything is."""
    return next((known for known in KNOWN if wrong.startswith(known.about) and known.at in wrong), None)


# The page ------------------------------------------------------------------------------------------------------------

PAGE = Path(__file__).parents[2] / "docs" / "edges.md"

_INTRODUCTION = """\
# What happens at the ends of the floats

What every operation, loss and optimiser answers at 0, -0.0, the smallest float 5e-324, 1e-308, 1e308, inf and nan.
`python -m tests.making.edges` writes this page; `tests/core/test_edge_table.py` compares it and judges the answers, at
these points and at all pairs of them, by decimal arithmetic with hundreds of digits (`tests/support/exact.py`).

Where a number would have to be wrong there is a DomainError or a UsageError, which says where and why; here it is
written as *error*. An infinity is the exact answer, or one that is too large for a float.
"""


def shown(answer: float | StepgradError) -> str:
    """A number with six digits, or that there was an error."""
    if isinstance(answer, StepgradError):
        return "*error*"
    return f"{answer:.6g}"


def page() -> str:
    """The page, as the engine answers now."""
    parts = [_INTRODUCTION, "## Operations\n"]
    for op in ROWS:
        partials = [f"∂out/∂{name} = {text}" for name, text in op.partials.items()]
        parts.append(f"### {op.name}\n\n`{op.expression}`, with `{'`, `'.join(partials)}`\n")
        at = _one_special(op.inputs, [ORDINARY] * len(op.inputs))
        parts.append(_table(op.inputs, [f"∂/∂{name}" for name in op.inputs], VALUES[op.name], at))
    parts.append("## Operations of lists\n\nHere of two values; pick with the index 1.\n")
    for name, (compute, _) in LISTS.items():
        row, names = LIST_ROWS[name], ("values[0]", "values[1]")
        parts.append(f"### {name}\n\n`{row.expression}`, with `∂out/∂value = {row.partials['values']}`\n")
        at = _one_special(names, [ORDINARY] * 2)
        parts.append(_table(names, [f"∂/∂{one}" for one in names], compute, at))
    parts.append("## Losses\n")
    for name, case in LOSSES.items():
        parts.append(f"### {name}\n")
        ordinary = [ORDINARY if name != "binary_cross_entropy" else 0.5, *([1.0] * (len(case.arguments) - 1))]
        gradients = [f"gradient for the {argument}" for argument in case.arguments]
        parts.append(_table(case.arguments, gradients, case.loss, _one_special(case.arguments, ordinary)))
    parts.append("## Optimisers\n\nWhere a parameter is after a step (with momentum: two) with learning rate 0.1.\n")
    rows = [(w, g) for w, g in _one_special(["parameter", "gradient"], [ORDINARY, ORDINARY])]
    cells = [[_exactly(w), _exactly(g), *(shown(moved(case, w, g)) for case in OPTIMIZERS.values())] for w, g in rows]
    parts.append(_markdown(["parameter", "gradient", *OPTIMIZERS], cells))
    parts.append("## Known to be otherwise\n")
    parts += [f"- {known.reason}" for known in KNOWN if known.reason]
    return "\n".join(parts) + "\n"


def _one_special(arguments: Sequence[str], ordinary: Sequence[float]) -> Iterator[tuple[float, ...]]:
    """Points with one operand special and the others ordinary."""
    for place in range(len(arguments)):
        for x in SPECIAL:
            yield (*ordinary[:place], x, *ordinary[place + 1 :])


def _table(
    arguments: Sequence[str], gradients: Sequence[str], compute: Callable[..., Any], at: Iterable[tuple[float, ...]]
) -> str:
    rows = []
    for point in at:
        found = seen(compute, point)
        partials = found.partials or [found.value] * len(arguments)
        rows.append([*map(_exactly, point), shown(found.value), *map(shown, partials)])
    return _markdown([*arguments, "value", *gradients], rows)


def _exactly(x: float) -> str:
    return f"{x:g}" if abs(x) != 5e-324 else repr(x)


def _markdown(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


ROWS = [TABLE[row[0]] for row in _ROWS]

if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    found = chain(*map(wrong_operation, ROWS), *map(wrong_list, LISTS), wrong_losses(), wrong_optimizers())
    wrong = [one for one in found if not is_known(one)]
    print(f"Written: {PAGE.relative_to(Path.cwd()) if PAGE.is_relative_to(Path.cwd()) else PAGE}")
    print(*wrong, f"{len(wrong)} wrong answers", sep="\n")
    sys.exit(bool(wrong))
