"""The backward pass as data, one chain-rule product at a time: each step passes a gradient on along one way.

The steps are computed from the recorded numbers of the trace; no `grad` is read or changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from html import escape

from ..console import on_console
from ..core.value import Value
from ..errors import UsageError
from ..notation.expression import Tree
from ..notation.markup import folded, formula_html, table_html, table_text
from ..notation.mathematics import LATEX, TEXT
from ..notation.typesetting import write
from ..tracing.assignments import Assignment, Trace, Way
from ..tracing.builder import trace


class Step:
    """One contribution to one gradient: ∂root/∂to += ∂root/∂of · ∂of/∂to. Prints as a line.

    of: the Value whose grad is passed on; None for the seed, the first step.
    to: the Value that receives.
    upstream: ∂root/∂of, complete by now; 1.0 for the seed.
    partial: ∂of/∂to; 1.0 for the seed.
    contribution: upstream · partial.
    before, after: ∂root/∂to before and after this step.
    because: why the partial is what it is.
    """

    def __init__(self, lines: Trace, way: Way | None, upstream: float, before: float):
        self._trace = lines
        self._line = None if way is None else way.line
        self._chain = None if way is None else way.chain
        self._to = lines.root if way is None else way.to
        self.of: Value | None = None if way is None else way.line.value
        self.to: Value = self._to.value
        self.upstream = upstream
        self.partial = 1.0 if way is None else way.chain.number
        self.contribution = upstream * self.partial
        self.before = before
        self.after = before + self.contribution

    @property
    def because(self) -> str:
        """Why the partial is what it is."""
        return "whatever grows by 1 grows by 1" if self._chain is None else self._chain.because

    @cached_property
    def rule(self) -> Tree:
        """The step in symbols, as a tree (expression.py)."""
        root = self._trace.root.target
        gradient: Tree = ("derivative", root, self._to.target)
        if self._line is None or self._chain is None:
            return ("=", gradient, ("number", 1))
        upstream: Tree = ("derivative", root, self._line.target)
        product = self._chain.product
        if product.coefficient == product.divisor == 1 and product.factors and not product.below:
            right = product.after(upstream).tree
        else:  # the partial stays in one piece, apart from the gradient that it is multiplied by
            right = ("*", upstream, product.tree)
        return ("+=", gradient, right)

    @cached_property
    def numbers(self) -> Tree:
        """The same with numbers, as a tree: before + upstream · partial = after."""
        if self._line is None:
            return ("figure", self.after)
        product = ("*", ("figure", self.upstream), ("figure", self.partial))
        return ("=", ("+", ("figure", self.before), product), ("figure", self.after))

    @property
    def text(self) -> str:
        """The symbolic rule as text: ∂L/∂w1 += ∂L/∂sum_h1 · x1."""
        return write(self.rule, TEXT, self._trace.labels)

    @property
    def text_numbers(self) -> str:
        """The rule with numbers as text: 0 + -0.01073 · -2 = 0.02147."""
        return write(self.numbers, TEXT)

    @property
    def latex(self) -> str:
        """The symbolic rule as LaTeX."""
        return write(self.rule, LATEX, self._trace.labels)

    @property
    def latex_numbers(self) -> str:
        """The rule with numbers as LaTeX."""
        return write(self.numbers, LATEX)

    @property
    def mathml(self) -> str:
        """The symbolic rule as MathML."""
        return formula_html(self.rule, self._trace.labels)

    @property
    def mathml_numbers(self) -> str:
        """The rule with numbers as MathML."""
        return formula_html(self.numbers, {})

    @on_console
    def __str__(self) -> str:
        return f"{self.text}: {self.text_numbers}, because {self.because}"

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return f"{self.mathml}<br>{self.mathml_numbers}<br>because {escape(self.because)}"


class Steps(list[Step]):
    """The steps of a backward pass, in its order. Prints as a table; a notebook shows it as one."""

    @on_console
    def __str__(self) -> str:
        return self._table(self)

    def _table(self, steps: list[Step]) -> str:
        rows = [[step.text, step.text_numbers, step.because] for step in steps]
        return table_text(["step", "numbers", "because"], rows)

    @on_console
    def __repr__(self) -> str:
        first, hidden, last = folded(self)
        if not hidden:
            return str(self)
        return f"{self._table(list(first))}\n⋯ {hidden} {_MORE}\n{self._table(list(last))}"

    def _repr_html_(self) -> str:
        first, hidden, last = folded(self)
        rows = [[step.mathml, step.mathml_numbers, escape(step.because)] for step in (*first, *last)]
        gap = f"{hidden} {_MORE}" if hidden else ""
        return table_html(["step", "numbers", "because"], rows[: len(first)], gap, rows[len(first) :])


_MORE = "more steps; print(steps) prints them all"


def backward_steps(root: Value, detail: str = "named", gradients_of: str = "parameters") -> Steps:
    """The backward pass of `root`: first the seed, then a step for each way that a gradient takes.

    The order is that of backward. A value that a line holds twice, as in `a + a`, gets two steps.

    detail: as for `trace`. gradients_of: "parameters" leaves out the gradients of inputs and targets, and of what is
    computed from them alone; a leaf without a role counts as a parameter. "all" leaves out none. Raises DomainError
    where a partial has no real answer, as `backward()` does.

    >>> x, w = Value(-2.0, "x"), Value(1.0, "w")
    >>> x.role = "input"
    >>> z = (w * x).named("z")
    >>> for step in backward_steps(z.sigmoid().named("h")):
    ...     print(step.text, "|", step.text_numbers)
    ∂h/∂h = 1 | 1
    ∂h/∂z += ∂h/∂h · h · (1 - h) | 0 + 1 · 0.105 = 0.105
    ∂h/∂w += ∂h/∂z · x | 0 + 0.105 · -2 = -0.21
    """
    lines = trace(root, detail)
    shown = with_gradients(lines, gradients_of)
    return Steps(step for step, line in zip(steps_of(lines), receivers(lines), strict=True) if line in shown)


def with_gradients(lines: Trace, gradients_of: str) -> set[Assignment]:
    """The lines whose gradients are shown. Raises UsageError if gradients_of is neither "parameters" nor "all".

    If all leaves are inputs and targets, "parameters" shows theirs.
    """
    if gradients_of not in ("parameters", "all"):
        raise UsageError(f"gradients_of={gradients_of!r:.40} (must be one of 'parameters', 'all')")
    shown = {leaf for leaf in lines.leaves if leaf.value.role not in ("input", "target")}
    if gradients_of == "all" or not shown:
        return set(lines)
    for line in lines.lines:
        if not shown.isdisjoint(line.inputs):
            shown.add(line)
    return {*shown, lines.root}


def receivers(lines: Trace) -> Iterator[Assignment]:
    """The receiving line of each step, the seed first."""
    yield lines.root
    yield from (way.to for way in lines.ways())


def steps_of(lines: Trace) -> Steps:
    """The steps of a trace: the seed, then one for each of its ways."""
    steps = Steps([Step(lines, None, 1.0, 0.0)])
    gradient = {lines.root: 1.0}
    for way in lines.ways():
        step = Step(lines, way, gradient[way.line], gradient.get(way.to, 0.0))
        gradient[way.to] = step.after
        steps.append(step)
    return steps
