"""Three oracles for one gradient: reverse mode, forward mode, and central differences of the function itself.

Reverse mode (backward.py) and forward mode (dual.py) read the same partials, those of the calculus table, and sweep
the graph from opposite ends. Central differences (differences.py) read no partial: only the numbers that f gives, which
come from the expressions of the table. So they tell what is wrong:

    reverse is not forward                  one of the sweeps is wrong; differences say which
    both agree, differences do not          a partial is: each row that was used is compared with its own expression
    … and every row is as it should be      f computes with something that is not recorded
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterator, Sequence
from html import escape
from typing import Any, NamedTuple

from .backward import backward
from .differences import EPSILON, Difference, difference
from .dual import Slope, forward_slopes
from .errors import DomainError, UsageError
from .graph import topological_order
from .markup import table_html, table_text
from .mathematics import digits
from .naming import visible
from .nonfinite import find_nonfinite
from .recording import no_grad, recorded
from .rules import Op
from .value import Value, number

# How far apart two numbers of the same thing may be: that differ by rounding, or by what differences can tell.
_ROUNDING = 1e-10
_BY_DIFFERENCES = 1e-6


class Row(NamedTuple):
    """A row of the table that was used where its partial is not the slope of its expression, or where that has none.

    op, name: the row, and the input that the partial is for. numbers: the operands. partial: what the row says.
    difference: what its expression shows.
    """

    op: Op
    name: str
    numbers: tuple[float, ...]
    partial: float
    difference: Difference

    @property
    def at(self) -> str:
        """The operands in words."""
        return ", ".join(f"{name} = {x!r}" for name, x in zip(self.op.inputs, self.numbers, strict=True))


class Input(NamedTuple):
    """One input of f: what each of the three says about ∂f/∂input, and the verdict on it.

    name, x: the input. reverse, forward: the two sweeps. difference: the central difference.
    verdict: "agree"; "reverse" or "forward", the sweep that is wrong; "partials", where both differ from differences;
        "kink", "edge" or "rough", where there is no slope to compare with; "not finite".
    """

    name: str
    x: float
    reverse: float
    forward: float
    difference: Difference
    verdict: str


class GradientCheck:
    """What `check_gradients` found. True where all three agree. Prints as text; a notebook shows it as a table.

    ok: whether every gradient was confirmed. verdict: what was found, in a sentence or a few.
    inputs: an Input for each number that f takes. wrong_rows, kinks: the rows that are wrong, or have a kink, where
    they were used, as Rows.
    """

    def __init__(self, inputs: Sequence[Input], rows: Sequence[Row], trouble: str = "", origin: str = "") -> None:
        self.inputs = list(inputs)
        self.wrong_rows = [row for row in rows if row.difference.kind == "smooth"]
        self.kinks = [row for row in rows if row.difference.kind == "kink"]
        self._origin = origin  # where what is not finite began
        self.ok = not trouble and not self.wrong_rows and all(one.verdict == "agree" for one in inputs)
        self.verdict = trouble or " ".join(self._findings())

    def __bool__(self) -> bool:
        return self.ok

    def _findings(self) -> Iterator[str]:
        if self.ok:
            yield "right: reverse mode, forward mode and central differences agree."
        for row in self.wrong_rows:
            yield (
                f"wrong row: {row.op.name} says ∂out/∂{row.name} = {row.op.partials[row.name]}, which is "
                f"{digits(row.partial)} at {row.at}; there its expression {row.op.expression} has the slope "
                f"{digits(row.difference.slope)}."
            )
        for verdict in dict.fromkeys(one.verdict for one in self.inputs):
            names = ", ".join(one.name for one in self.inputs if one.verdict == verdict)
            if verdict in ("reverse", "forward"):
                other = "forward" if verdict == "reverse" else "reverse"
                yield (
                    f"wrong sweep: for {names} {verdict} mode is wrong; it differs from {other} mode, though both read "
                    "the same partials."
                )
            elif verdict == "partials" and not self.wrong_rows:
                yield (
                    f"not recorded: for {names} both sweeps agree, and so does every row that could be compared with "
                    "its expression, but f moves otherwise. Part of what it computes leaves the graph, as by float(v), "
                    "v.data or math.exp(v)."
                )
            elif verdict in _NO_SLOPE:
                yield from (self._no_slope(one) for one in self.inputs if one.verdict == verdict)

    def _no_slope(self, one: Input) -> str:
        found = one.difference
        text = _NO_SLOPE[one.verdict].format(name=one.name, x=one.x, step=found.step, origin=self._origin)
        if one.verdict == "kink":
            if found.kind == "kink":
                text += f" the slope is {digits(found.left)} on the left and {digits(found.right)} on the right."
            else:
                text += f" the rows there take one side for both, and f, as a whole, moves by {digits(found.slope)}."
            kinks = dict.fromkeys(f"{row.op.name} at {row.at}" for row in self.kinks)
            return f"{text} {'; '.join(kinks)}." if kinks else text
        return text

    def __str__(self) -> str:
        if not self.inputs:
            return self.verdict
        return f"{self.verdict}\n{table_text(_HEADINGS, [_cells(one) for one in self.inputs])}"

    __repr__ = __str__

    def _repr_html_(self) -> str:
        rows = [[escape(cell) for cell in _cells(one)] for one in self.inputs]
        return f"<p>{escape(self.verdict)}</p>" + (table_html(_HEADINGS, rows) if rows else "")


_HEADINGS = ["input", "at", "reverse", "forward", "differences", "verdict"]

_NO_SLOPE = {
    "kink": "kink: at {name} = {x!r} f has no slope to compare with:",
    "edge": "edge: {name} = {x!r} is too close to the edge of the domain: {step:.2g} beside it f has no value.",
    "rough": "rough: at {name} = {x!r} the central differences do not settle; f jumps there, or rounding drowns it.",
    "not finite": "not finite: the gradient for {name} is no number that could be compared. {origin}",
}


def _cells(one: Input) -> list[str]:
    found = one.difference
    shown = "none"
    if found.kind == "smooth":
        shown = f"{found.slope:.6g}"
        if found.error > _BY_DIFFERENCES * abs(found.slope):
            shown += f" ± {found.error:.1g}"
    return [one.name, repr(one.x), f"{one.reverse:.9g}", f"{one.forward:.9g}", shown, one.verdict]


def check_gradients(f: Callable[..., Any], *point: Any) -> GradientCheck:
    """Compare the gradients of f at a point by reverse mode, by forward mode and by central differences.

    f returns one number, as for `grad`; its arguments are numbers, Values, whose numbers are taken, or lists of them.
    The report is true where all three agree. Else it says whether a row of the table is wrong, and which, or a sweep,
    or that f computes with something that is not recorded. A kink, and a point too close to the edge of the domain, are
    said to be that: there is nothing to compare with, so the report is not true. Nobody's grad is touched.

    Raises UsageError where f does not return one number, or not the same one twice.

    >>> from autograd import log
    >>> print(check_gradients(lambda x, y: x * log(y), 2.0, 4.0))
    right: reverse mode, forward mode and central differences agree.
    input  at   reverse     forward     differences  verdict
    x      2.0  1.38629436  1.38629436  1.38629      agree
    y      4.0  0.5         0.5         0.5          agree
    >>> check_gradients(abs, 0.0).verdict
    'kink: at x = 0.0 f has no slope to compare with: the slope is -1 on the left and 1 on the right. abs at x = 0.0.'
    """
    if not callable(f):
        raise UsageError(f"check_gradients(f, 2.0, 3.0) takes a function and the point to try it at, not {f!r:.40}")
    function = _Function(f, point)
    try:
        root = function.recorded()
        order = topological_order(root)
        reverse = _reverse(root, order, function.leaves)
        forward = forward_slopes(root, function.leaves)
    except DomainError as error:
        return GradientCheck([], [], f"edge: this is no point to compare gradients at: {error}")
    if not math.isfinite(root.data):
        return GradientCheck([], [], f"not finite: f is {root.data!r} there. {find_nonfinite(root)}")
    # Every number on the way is off by a last place or so; what that does to f, its gradients say.
    noise = EPSILON * math.fsum(abs(grad * value.data) for value, grad in reverse.items() if value.inputs)
    rows = _compared_rows(order)
    inputs = []
    for place, (leaf, slope) in enumerate(zip(function.leaves, forward, strict=True)):
        found = difference(function.along(place), leaf.data, noise if math.isfinite(noise) else 0.0)
        verdict = _verdict(reverse[leaf], slope, found)
        if verdict == "partials" and any(row.difference.kind == "kink" for row in rows):
            verdict = "kink"  # the pieces have one where the whole has none: relu(x) - relu(-x) at 0
        inputs.append(Input(visible(leaf.name), leaf.data, reverse[leaf], slope.slope, found, verdict))
    is_finite = all(one.verdict != "not finite" for one in inputs)
    return GradientCheck(inputs, rows, origin="" if is_finite else str(find_nonfinite(root)))


def assert_gradients(f: Callable[..., Any], *point: Any) -> None:
    """For pytest: raise AssertionError, with the report, where `check_gradients` does not confirm every gradient.

    >>> assert_gradients(lambda x: x**3, 2.0)
    """
    report = check_gradients(f, *point)
    if not report:
        raise AssertionError(str(report))


def _reverse(root: Value, order: Sequence[Value], leaves: Sequence[Value]) -> dict[Value, float]:
    """∂root/∂value for every value, by backward(); f may use Values of somebody's, so every grad is put back."""
    before = [value.grad for value in order]
    try:
        for value in order:
            value.grad = 0.0
        backward(root, 1.0)
        return dict.fromkeys(leaves, 0.0) | {value: value.grad for value in order}
    finally:
        for value, grad in zip(order, before, strict=True):
            value.grad = grad


def _verdict(reverse: float, forward: Slope, found: Difference) -> str:
    if not (math.isfinite(reverse) and math.isfinite(forward.slope)):
        return "not finite"
    sweeps_agree = abs(reverse - forward.slope) <= _ROUNDING * forward.size
    if found.kind != "smooth":
        return found.kind if sweeps_agree else "reverse"
    if _agree(forward.slope, found, forward.size):
        return "agree" if sweeps_agree else "reverse"
    if sweeps_agree:
        return "partials"
    return "forward" if _agree(reverse, found, abs(reverse)) else "reverse"


def _agree(slope: float, found: Difference, size: float) -> bool:
    allowed = _BY_DIFFERENCES * max(abs(slope), abs(found.slope)) + 10 * found.error + _ROUNDING * size
    return abs(slope - found.slope) <= allowed


def _compared_rows(order: Sequence[Value]) -> list[Row]:
    """The rows whose partials are not the slopes of their expressions at operands that were recorded, once each."""
    seen = set()
    found: dict[tuple[Op, str], Row] = {}
    for value in order:
        op, numbers = value.op, value.numbers
        for place, operand in enumerate(value.operands):
            if op is None or not isinstance(operand, Value) or (op, numbers, place) in seen:
                continue
            seen.add((op, numbers, place))
            if not all(map(math.isfinite, numbers)):
                continue
            partial = op.partial_functions[place](*numbers, value.data)
            shown = difference(_of_one(op.expression_function, numbers, place), numbers[place])
            if shown.kind == "kink" or (shown.kind == "smooth" and not _agree(partial, shown, abs(partial))):
                row = Row(op, op.inputs[place], numbers, partial, shown)
                found.setdefault((op, row.name + shown.kind), row)
    return list(found.values())


def _of_one(f: Callable[..., float], point: Sequence[float], place: int) -> Callable[[float], float]:
    """F as a function of the argument at that place alone."""
    return lambda x: f(*point[:place], x, *point[place + 1 :])


class _Function:
    """f and the point: what f gives for other numbers, in the shape in which the point was given."""

    def __init__(self, f: Callable[..., Any], point: Sequence[Any]) -> None:
        self.f = f
        self.point = point
        self.leaves: list[Value] = []
        for name, argument in zip(_names(f, len(point)), point, strict=True):
            self._add_leaves(argument, name)
        if not self.leaves:
            raise UsageError("check_gradients(f, 2.0, 3.0) needs the point to try f at")

    def _add_leaves(self, given: Any, name: str) -> None:
        if isinstance(given, list | tuple):
            for place, one in enumerate(given):
                self._add_leaves(one, f"{name}[{place}]")
        elif isinstance(given, Value):
            self.leaves.append(Value(given.data, given.name or name))
        else:
            self.leaves.append(Value(number(given, "a point to check gradients at"), name))

    def recorded(self) -> Value:
        """What f gives at the point, with its graph."""
        with recorded():
            root = self._call(self.leaves)
        again = self.along(0)(self.leaves[0].data)
        if again != root.data and not math.isnan(root.data):
            raise UsageError(f"f gave {root.data!r} and then {again!r} at the same point; fix what it draws at random")
        return root

    def along(self, place: int) -> Callable[[float], float]:
        """F as a function of one of its numbers, computed without recording."""

        def at(x: float) -> float:
            with no_grad():
                leaves = [Value(x if i == place else leaf.data, leaf.name) for i, leaf in enumerate(self.leaves)]
                return self._call(leaves).data

        return at

    def _call(self, leaves: Sequence[Value]) -> Value:
        flat = iter(leaves)
        result = self.f(*(_shaped(argument, flat) for argument in self.point))
        if isinstance(result, list | tuple):
            raise UsageError(f"check_gradients takes a function that returns one number, not {len(result)}")
        return result if isinstance(result, Value) else Value(number(result, "the result of a function to check"))


def _shaped(argument: Any, flat: Iterator[Value]) -> Any:
    if isinstance(argument, list | tuple):
        return [_shaped(one, flat) for one in argument]
    return next(flat)


def _names(f: Callable[..., Any], count: int) -> list[str]:
    """What f calls its arguments, or x1, x2, … where it does not say."""
    try:
        parameters = inspect.signature(f).parameters.values()
    except (TypeError, ValueError):
        parameters = {}.values()
    names = [one.name for one in parameters if one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD)][:count]
    return names + [f"x{place}" for place in range(len(names) + 1, count + 1)]
