"""The report of a check of gradients: the verdict in words, and the three numbers side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from html import escape
from typing import NamedTuple

from ..console import on_console
from ..core.op import Op
from ..notation.markup import table_html, table_text
from ..notation.mathematics import digits
from .differences import Difference

# How far apart a gradient and the slope by differences may be, relative to their size.
BY_DIFFERENCES = 1e-6


class Row(NamedTuple):
    """A row that was used, its partial compared with the slope of its expression.

    op, name: the row, and the input that the partial is for. numbers: the operands at which they were compared: the
    recorded ones or, if rounding hides the slope there, some near 1. partial: what the row says.
    difference: the slope of the expression, or why there is none.
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
    """One input of f: ∂f/∂input by all three, and the verdict.

    name, x: the input. reverse, forward: the two sweeps. difference: the central difference.
    verdict: "agree"; "reverse" or "forward", the sweep that is wrong; "sweeps", if one of them is; "partials", if both
        differ from the central difference; "kink", "edge" or "rough", if there is no slope to compare with; "not
        finite".
    """

    name: str
    x: float
    reverse: float
    forward: float
    difference: Difference
    verdict: str


class GradientCheck:
    """What `check_gradients` found. True where all three agree. Prints as text; a notebook shows it as a table.

    ok: whether every gradient was confirmed. verdict: what was found, in words.
    inputs: an Input for each number that f takes. wrong_rows, kinks: Rows that are wrong, or have a kink, where they
    were used.
    """

    def __init__(self, inputs: Sequence[Input], rows: Sequence[Row], trouble: str = "", origin: str = "") -> None:
        self.inputs = list(inputs)
        self.wrong_rows = [row for row in rows if row.difference.kind == "smooth"]
        self.kinks = [row for row in rows if row.difference.kind == "kink"]
        self._rough = [row for row in rows if row.difference.kind == "rough"]
        self._origin = origin  # where what is not finite began
        self.ok = not trouble and not self.wrong_rows and all(one.verdict == "agree" for one in inputs)
        self.verdict = trouble or " ".join(self._findings())

    def __bool__(self) -> bool:
        return self.ok

    def _findings(self) -> Iterator[str]:
        if self.ok:
            yield "right: reverse mode, forward mode and central differences agree."
        for row in self.wrong_rows:
            partial, slope = _apart(row.partial, row.difference.slope)
            yield (
                f"wrong row: {row.op.name} says ∂out/∂{row.name} = {row.op.partials[row.name]}, which is "
                f"{partial} at {row.at}; there its expression {row.op.expression} has the slope {slope}."
            )
        for verdict in dict.fromkeys(one.verdict for one in self.inputs):
            names = ", ".join(one.name for one in self.inputs if one.verdict == verdict)
            if verdict in ("reverse", "forward"):
                other = "forward" if verdict == "reverse" else "reverse"
                yield (
                    f"wrong sweep: for {names} {verdict} mode is wrong; it differs from {other} mode, though both read "
                    "the same partials."
                )
            elif verdict == "sweeps":
                yield (
                    f"wrong sweep: for {names} reverse and forward mode differ, though both read the same partials; "
                    "differences do not tell which of them is wrong."
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
                left, right = _apart(found.left, found.right)
                text += f" the slope is {left} on the left and {right} on the right."
            else:
                text += f" the rows there take one side for both, and f, as a whole, moves by {digits(found.slope)}."
        rows = {"kink": self.kinks, "rough": self._rough}.get(one.verdict, [])
        culprits = dict.fromkeys(f"{row.op.name} at {row.at}" for row in rows)
        return f"{text} {'; '.join(culprits)}." if culprits else text

    @on_console
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
    "rough": "rough: at {name} = {x!r} the central differences do not settle; f jumps there, moves faster than "
    "floats can follow, or is drowned by rounding.",
    "not finite": "not finite: the gradient for {name} is no number that could be compared. {origin}",
}


def _cells(one: Input) -> list[str]:
    found = one.difference
    shown = "none"
    if found.kind == "smooth":
        shown = f"{found.slope:.6g}"
        if found.error > BY_DIFFERENCES * abs(found.slope):
            shown += f" ± {found.error:.1g}"
    return [one.name, repr(one.x), f"{one.reverse:.9g}", f"{one.forward:.9g}", shown, one.verdict]


def _apart(one: float, other: float) -> tuple[str, str]:
    """Two numbers that differ, written with enough digits to differ."""
    writings: list[Callable[[float], str]] = [digits, "{:.9g}".format, repr]
    found = [(write(one), write(other)) for write in writings]
    return next((texts for texts in found if texts[0] != texts[1]), found[0])
