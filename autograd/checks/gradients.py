"""Three oracles for one gradient: reverse mode, forward mode, and central differences of the function itself.

Reverse mode (backward.py) and forward mode (forward_mode.py) read the same partials, those of the calculus table, and
sweep the graph from opposite ends. Central differences (differences.py) read only values of f, which come from the
expressions of the table. Comparing the three shows what is wrong:

    reverse and forward differ              one of the sweeps is wrong; differences say which
    both agree, differences do not          a partial is wrong: each row that was used is compared with its expression
    … and every row agrees with its own     f computes with something that is not recorded
    … but a row changes too fast            differences show nothing: sin(1e15 * x)
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from ..core.arguments import number
from ..core.backward import backward
from ..core.graph import topological_order
from ..core.op import Op, over_values
from ..core.recording import no_grad, recorded
from ..core.value import Value
from ..errors import DomainError, UsageError
from ..notation.expression import depth
from ..notation.naming import visible
from .differences import EPSILON, Difference, difference
from .forward_mode import Slope, forward_slopes
from .nonfinite import find_nonfinite
from .report import BY_DIFFERENCES, GradientCheck, Input, Row

# How far apart two sweeps may be, relative to the sum of the absolute products that they add up.
_ROUNDING = 1e-10
# The most numbers that f may take, times the values that it computes: it is run some forty times for each number.
_MOST_WORK = 10**9
# Slopes up to this size may come from rounding near the smallest floats.
_FLAT = 1e-280


def check_gradients(f: Callable[..., Any], *point: Any) -> GradientCheck:
    """Compare the gradients of f at a point by reverse mode, by forward mode and by central differences.

    f returns one number, as for `grad`; its arguments are numbers, Values, or lists of these. The report is true if all
    three agree. Otherwise it says which row of the table or which sweep is wrong, or that f computes with something
    that is not recorded. At a kink, or too close to the edge of the domain, there is nothing to compare with: the
    report says so and is not true. No grad is touched.

    Raises UsageError if f does not return one number, gives another number when called again, or would take hours.

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
        function.check_work(len(order))
        reverse = _reverse(root, order, function.leaves)
        forward = forward_slopes(root, function.leaves)
    except DomainError as error:
        return GradientCheck([], [], f"edge: this is no point to compare gradients at: {error}")
    if not math.isfinite(root.data):
        return GradientCheck([], [], f"not finite: f is {root.data!r} there. {find_nonfinite(root)}")
    noise = _noise(reverse)
    rows = _compared_rows(order)
    kinds = {row.difference.kind for row in rows}
    steepest = max(1.0, *(abs(reverse[leaf]) for leaf in function.leaves))
    inputs = []
    for place, (leaf, slope) in enumerate(zip(function.leaves, forward, strict=True)):
        found = difference(function.along(place), leaf.data, noise)
        verdict = _verdict(reverse[leaf], slope, found, steepest)
        if verdict == "partials" and "kink" in kinds:
            verdict = "kink"  # of the parts, though the whole has none: relu(x) - relu(-x) at 0
        if verdict in ("partials", "kink") and "rough" in kinds:
            verdict = "rough"
        inputs.append(Input(visible(leaf.name), leaf.data, reverse[leaf], slope.slope, found, verdict))
    if set(function.leaves).isdisjoint(order) and all(one.difference.slope == 0.0 for one in inputs):
        names = ", ".join(one.name for one in inputs[:6])
        return GradientCheck(
            inputs,
            rows,
            f"nothing to check: f gives {root.data!r} whatever {names} is; it does not compute with its arguments. Let "
            "it use them, in place of Values that it finds elsewhere.",
        )
    if all(one.verdict != "not finite" for one in inputs):
        return GradientCheck(inputs, rows)
    origin = find_nonfinite(root)
    where = "In the backward pass all numbers are finite: forward mode multiplies in another order."
    return GradientCheck(inputs, rows, origin=str(origin) if origin else where)


def assert_gradients(f: Callable[..., Any], *point: Any) -> None:
    """For pytest: raise AssertionError, with the report, where `check_gradients` does not confirm every gradient.

    >>> assert_gradients(lambda x: x**3, 2.0)
    """
    __tracebackhide__ = True
    report = check_gradients(f, *point)
    if not report:
        raise AssertionError(str(report))


def _reverse(root: Value, order: Sequence[Value], leaves: Sequence[Value]) -> dict[Value, float]:
    """∂root/∂value for every value, by backward(). f may use the user's Values, so every grad is restored."""
    before = [value.grad for value in order]
    try:
        for value in order:
            value.grad = 0.0
        backward(root, 1.0)
        return dict.fromkeys(leaves, 0.0) | {value: value.grad for value in order}
    finally:
        for value, grad in zip(order, before, strict=True):
            value.grad = grad


def _noise(reverse: Mapping[Value, float]) -> float:
    """How far rounding may put f off: the sum over all numbers on the way of their rounding times ∂f/∂number."""
    noise = math.fsum(
        abs(grad) * _rounding(value.op, value.operands, value.numbers)
        for value, grad in reverse.items()
        if value.op is not None
    )
    return noise if math.isfinite(noise) else 0.0


def _rounding(op: Op, operands: Sequence[Value | float], numbers: Sequence[float]) -> float:
    """How far rounding may put an operation's result off: by its last digit, or by that of each step of its expression.

    exp(x) - 1 at x = 1e-8 is a small difference of two rounded numbers near 1.
    """
    if depth(op.tree) > 1:
        with recorded(), suppress(DomainError):
            leaves = [Value(x) if isinstance(one, Value) else x for one, x in zip(operands, numbers, strict=True)]
            out = over_values(op.expression_function, op.functions)(*leaves)
            return _noise(_reverse(out, topological_order(out), ()))
    result: float = op.expression_function(*numbers)
    return EPSILON * abs(result)


def _verdict(reverse: float, forward: Slope, found: Difference, steepest: float) -> str:
    """The verdict on one input. steepest: the largest slope of f for any of them, and 1 at least."""
    if not (math.isfinite(reverse) and math.isfinite(forward.slope)):
        return "not finite"
    sweeps_agree = abs(reverse - forward.slope) <= _ROUNDING * forward.size
    if found.kind != "smooth":
        return found.kind if sweeps_agree else "sweeps"
    size = max(abs(reverse), abs(forward.slope))
    is_flat = size <= max(_FLAT, _ROUNDING * forward.size)  # but for rounding
    if found.error > size and not is_flat:
        return "rough"
    # The error of a slope near 0 is measured against the slope of the steepest input.
    if is_flat and found.error * min(1.0, found.step) > steepest:
        return "rough"
    forward_agrees, reverse_agrees = _agree(forward.slope, found, forward.size), _agree(reverse, found, abs(reverse))
    if sweeps_agree:
        return "agree" if forward_agrees else "partials"
    if forward_agrees == reverse_agrees:
        return "sweeps"
    return "reverse" if forward_agrees else "forward"


def _agree(slope: float, found: Difference, size: float) -> bool:
    allowed = BY_DIFFERENCES * max(abs(slope), abs(found.slope)) + 10 * found.error + _ROUNDING * size
    return abs(slope - found.slope) <= allowed


def _compared_rows(order: Sequence[Value]) -> list[Row]:
    """The rows whose partial is wrong where they were used, or cannot be compared, because of a kink, say.

    A partial that rounding hides there, such as that for y in x + y at x = 1e17, is compared at operands near 1
    instead.
    """
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
            row = _row(op, place, value.operands, numbers)
            if row.difference.kind in ("kink", "rough") or _is_wrong(row):
                found.setdefault((op, row.name + row.difference.kind), row)
            tame = tuple(math.frexp(one)[0] for one in numbers)
            if not row.difference.error <= BY_DIFFERENCES * abs(row.partial) and (op, tame, place) not in seen:
                with suppress(ArithmeticError, ValueError):  # outside the domain
                    row = _row(op, place, value.operands, tame)
                    if _is_wrong(row):
                        found.setdefault((op, row.name + row.difference.kind), row)
    return list(found.values())


def _row(op: Op, place: int, operands: Sequence[Value | float], numbers: tuple[float, ...]) -> Row:
    """A row at some operands: its partial for the input at that place, and the slope of its expression."""
    partial = op.partial_functions[place](*numbers, op.expression_function(*numbers))
    noise = _rounding(op, operands, numbers)
    shown = difference(_of_one(op.expression_function, numbers, place), numbers[place], noise)
    return Row(op, op.inputs[place], numbers, partial, shown)


def _is_wrong(row: Row) -> bool:
    return row.difference.kind == "smooth" and not _agree(row.partial, row.difference, abs(row.partial))


def _of_one(f: Callable[..., float], point: Sequence[float], place: int) -> Callable[[float], float]:
    """The function of the argument at that place, with the others as they are."""
    return lambda x: f(*point[:place], x, *point[place + 1 :])


class _Function:
    """f, to be called with other numbers in the form of the point."""

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

    def check_work(self, values: int) -> None:
        """Raise UsageError if differences for all numbers would take hours. values: how many f computes."""
        numbers = len(self.leaves)
        if numbers * values > _MOST_WORK:
            raise UsageError(
                f"f takes {numbers} numbers and computes {values} values, some forty times for each of the numbers, "
                "which takes hours. Check some of them: let f take at most "
                f"{max(1, _MOST_WORK // values)} numbers, and close over the others"
            )

    def along(self, place: int) -> Callable[[float], float]:
        """The function of one number, with the others as they are; it records nothing."""

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
    """The names of f's arguments, or x1, x2, … if it does not tell."""
    try:
        parameters = inspect.signature(f).parameters.values()
    except (TypeError, ValueError):
        parameters = {}.values()
    names = [one.name for one in parameters if one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD)][:count]
    return names + [f"x{place}" for place in range(len(names) + 1, count + 1)]
