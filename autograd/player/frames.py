"""What there is to see at every step: a sentence, a formula, the boxes and arrows in flight, and the line of code.

Everything is read off one trace: the forward lines, the backward steps, the listing and the picture. A frame says only
what changes; the state at a step is what all frames up to it have changed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

from ..codegen.listing import Listing
from ..core.arguments import Number, number
from ..core.op import run_source
from ..core.value import Value
from ..errors import UsageError
from ..notation.expression import Tree, substitute
from ..notation.markup import aligned_html
from ..notation.mathematics import DRAWN, MATHML
from ..notation.typesetting import PRECEDENCE, write
from ..tracing.assignments import Assignment
from ..tracing.builder import trace
from ..tutor.as_tests import as_test
from ..tutor.keys import Directory
from ..views.picture import MOST_ARROWS, MOST_BOXES, Box, Drawing, arrows_of, boxes_of, drawing_of, too_much
from ..views.steps import Step, steps_of


class Change(NamedTuple):
    """What a frame writes into its target's box: the field, data or grad, its text, and the number exactly."""

    field: str
    text: str
    exact: str


class Frame(NamedTuple):
    """One step of the film.

    phase: forward, seed, backward or update. words: the sentence. short: the same in a few words, for the step before.
    because: the rule in words, if there is one. formula: MathML. code: the lit line of the listing. source, target: the
    boxes that something is handed from and to; arrows: the one in flight last, before it those it adds to. change: what
    the target's box gets. step: of the backward pass. test: the line that tests the partial in flight; "" without one.
    """

    phase: str
    words: str
    short: str
    because: str
    formula: str
    code: int
    source: int | None
    target: int
    arrows: Sequence[int]
    change: Change
    step: Step | None = None
    test: str = ""


class Film:
    """All frames of one backward pass, and what stands around them.

    lines: the trace. frames: the steps. code: the lines of the listing. parameters: the lines of those in the table.
    drawing: the picture, laid out for the widest numbers to come.
    """

    def __init__(self, root: Value, learning_rate: Number | None, detail: str) -> None:
        self.lines = trace(root, detail)
        if len(self.lines) > MOST_BOXES or sum(len(line.inputs) for line in self.lines) > MOST_ARROWS:
            raise too_much(f"{len(self.lines):,} lines")
        self.rate = None if learning_rate is None else number(learning_rate, "a learning rate")
        if self.rate is not None and not 0.0 <= self.rate < math.inf:
            raise UsageError(f"learning_rate={learning_rate!r:.40} is not a finite number of at least 0")
        self.steps = steps_of(self.lines)
        self._directory = Directory(root)
        self.gradients = {step.to: step.after for step in self.steps}
        self.box_of = {line: place for place, line in enumerate(self.lines)}
        self.boxes = boxes_of(self.lines, None)
        self.arrows = {ends: place for place, ends in enumerate(arrows_of(self.lines, self.boxes))}
        self.parameters = [leaf for leaf in self.lines.leaves if leaf.value.role == "parameter"] or self.lines.leaves
        self.listing = Listing(self.lines, (), [leaf.value for leaf in self.lines.leaves])
        self.code: list[str] = []
        self.frames: list[Frame] = []
        self._forward()
        self._backward()
        if self.rate is not None:
            self._update(self.rate)
        for place, frame in enumerate(self.frames, start=1):
            words = f"{frame.phase.capitalize()}, step {place} of {len(self.frames)}: {frame.words}"
            self.frames[place - 1] = frame._replace(words=words)

    # The phases -------------------------------------------------------------------------------------------------------

    def _forward(self) -> None:
        for statement in self.listing.forward:
            line = statement.line
            formula = [("=", line.expression), ("=", self._with_numbers(line)), ("=", ("figure", line.number))]
            self._add(
                "forward",
                f"{self._said(line)} = {_figure(line.number)}.",
                self._said(line),
                formula=_rows(("name", line.target), formula, self.lines.labels),
                code=self._written(statement.text),
                target=line,
                arrows=[self.arrows[self.box_of[one], self.box_of[line]] for one in line.inputs],
                change=_change("data", line.number),
            )

    def _backward(self) -> None:
        root, seed = self.lines.root, self.steps[0]
        if self.code:
            self._written("")
        gradient = self._gradient(root)
        self._add(
            "seed",
            f"the way back starts at {root.label} itself: ∂{root.label}/∂{root.label} = 1.",
            f"∂{root.label}/∂{root.label} = 1",
            because=seed.because,
            formula=_rows(gradient, [("=", ("number", 1))], self.lines.labels),
            code=self._written(f"# d_{root.target}_d_{root.target} = 1"),
            target=root,
            change=_change("grad", seed.after),
            step=seed,
        )
        code_of = {}
        for statement in self.listing.gradients:
            place = self._written(statement.text)
            code_of.update({(line, partial.wrt): place for line, partial in statement.edges})
        received: dict[Assignment, list[int]] = {}
        for (line, partial), step in zip(self.lines.edges(), self.steps[1:], strict=True):
            to = partial.wrt
            arrows = received.setdefault(to, [])
            arrows.append(self.arrows[self.box_of[to], self.box_of[line]])
            flow = f"{root.label}'s gradient flows through {self._said(line)} to {to.label}: "
            flow += f"{_figure(step.upstream)} × {_factor(step.partial)} = {_figure(step.contribution)}"
            if len(arrows) > 1:
                flow += f", added to the {_figure(step.before)} from before: {_figure(step.after)}"
            self._add(
                "backward",
                f"{flow}.",
                step.text,
                because=step.because,
                formula=self._chain_rule(step, line, to, partial.tree, len(arrows) > 1),
                code=code_of[line, to],
                source=line,
                target=to,
                arrows=list(arrows),
                change=_change("grad", step.after),
                step=step,
            )

    def _update(self, rate: float) -> None:
        self._written("")
        learning_rate = self.listing.names.identifier("learning_rate")
        symbol = "η" if "η" not in {line.label for line in self.lines} else "learning rate"
        moved = {leaf: leaf.number - rate * self.gradients[leaf.value] for leaf in self.parameters}
        for leaf in self.parameters:
            gradient = self.gradients[leaf.value]
            words = f"{leaf.label} moves against its gradient: {_figure(leaf.number)} − {_figure(rate)} × "
            words += f"{_factor(gradient)} = {_figure(moved[leaf])}."
            if leaf is self.parameters[-1]:
                words += f" {self.lines.root.label} was {_figure(self.lines.root.number)}, {self._afterwards(moved)}."
            symbols: Tree = ("-", ("name", leaf.target), ("*", ("words", symbol), self._gradient(leaf)))
            numbers: Tree = ("-", ("figure", leaf.number), ("*", ("figure", rate), ("figure", gradient)))
            rows = [("←", symbols), ("=", numbers), ("=", ("figure", moved[leaf]))]
            self._add(
                "update",
                words,
                f"{leaf.label} moves",
                formula=_rows(("name", leaf.target), rows, self.lines.labels),
                code=self._written(f"{leaf.target} -= {learning_rate} * {self.listing.gradient(leaf.value)}"),
                target=leaf,
                change=_change("data", moved[leaf]),
            )

    def _afterwards(self, moved: dict[Assignment, float]) -> str:
        """What the root is after the update: its own listing, run with the new numbers."""
        backprop = run_source(self.listing.text(), "player", {})["backprop"]
        try:
            return f"and is now {_figure(backprop(*(moved.get(leaf, leaf.number) for leaf in self.lines.leaves))[0])}"
        except (ArithmeticError, ValueError):
            return "and has no real value now: the step was too long"

    # Their parts ------------------------------------------------------------------------------------------------------

    def _add(
        self,
        phase: str,
        words: str,
        short: str,
        *,
        formula: str,
        code: int,
        target: Assignment,
        change: Change,
        because: str = "",
        source: Assignment | None = None,
        arrows: Sequence[int] = (),
        step: Step | None = None,
    ) -> None:
        from_box = None if source is None else self.box_of[source]
        to_box = self.box_of[target]
        of = self.lines.root if source is None else source  # in the update it is the whole gradient that is used
        test = "" if phase == "forward" else as_test(self._directory, of.value, target.value)
        self.frames.append(
            Frame(phase, words, short, because, formula, code, from_box, to_box, arrows, change, step, test)
        )

    def _written(self, code: str) -> int:
        """Add a line to the listing; returns its number."""
        self.code.append(code)
        return len(self.code) - 1

    def _said(self, line: Assignment) -> str:
        return f"{line.label} = {write(line.expression, DRAWN, self.lines.labels)}"

    def _with_numbers(self, line: Assignment) -> Tree:
        figures = {one.target: ("figure", one.number) for one in line.inputs}
        return substitute(line.expression, figures)

    def _gradient(self, line: Assignment) -> Tree:
        return ("derivative", self.lines.root.target, line.target)

    def _chain_rule(self, step: Step, line: Assignment, to: Assignment, partial: Tree, is_added: bool) -> str:
        """Symbols, numbers and result below each other; each factor has the colour of what it is in the picture."""
        labels = self.lines.labels

        def product(upstream: Tree, local: Tree) -> str:
            left = write(upstream, MATHML, labels, PRECEDENCE["*"])
            right = write(local, MATHML, labels, PRECEDENCE["*"] + 1)
            return f'<mrow class="upstream">{left}</mrow><mo>·</mo><mrow class="partial">{right}</mrow>'

        def contribution(one: float, around: int = 0) -> str:
            return f'<mrow class="contribution">{write(("figure", one), MATHML, labels, around)}</mrow>'

        target = write(self._gradient(to), MATHML, labels)
        rows = [("+=", product(self._gradient(line), partial))]
        numbers = product(("figure", step.upstream), ("figure", step.partial))
        if is_added:
            before = write(("figure", step.before), MATHML) + "<mo>+</mo>"
            rows.append(("=", before + numbers))
            rows.append(("=", before + contribution(step.contribution, PRECEDENCE["+"] + 1)))
        else:
            rows.append(("=", numbers))
        rows.append(("=", contribution(step.after)))
        return aligned_html(f'<mrow class="contribution">{target}</mrow>', rows)

    # The picture ------------------------------------------------------------------------------------------------------

    @cached_property
    def drawing(self) -> Drawing:
        """The picture after the backward pass; every box has room for the widest number that it ever shows."""
        widest: list[list[str]] = [[] for _ in self.boxes]
        gradients: dict[int, str] = {}
        for frame in self.frames:
            if frame.change.field == "grad":
                gradients[frame.target] = frame.change.text
            widest[frame.target].append(f"{frame.change.field} {frame.change.text}")
        boxes = []
        for place, (box, line) in enumerate(zip(self.boxes, self.lines, strict=True)):
            # As backward leaves it: after the update the numbers would no longer belong together.
            text = [line.label, f"data {_figure(line.number)}", f"grad {gradients.get(place, '0')}"]
            boxes.append(Box(box.look, text, box.group, box.lines, [*text, *widest[place]]))
        arrows = {ends: _figure(partial.number) for ends, partial in arrows_of(self.lines, boxes).items() if partial}
        graph = {"rankdir": "LR", "ranksep": "0.35", "nodesep": "0.12"}
        return drawing_of(boxes, arrows, graph, self.lines.root.label)

    @cached_property
    def svg(self) -> bytes:
        """The picture, laid out once. Raises PictureError where no program can."""
        return self.drawing.rendered("svg")


def _figure(number: float) -> str:
    return DRAWN.figure(number)


def _change(field: str, number: float) -> Change:
    return Change(field, _figure(number), repr(number))


def _factor(number: float) -> str:
    """A number as it is written behind a sign."""
    return f"({_figure(number)})" if number < 0 else _figure(number)


def _rows(target: Tree, rows: Sequence[tuple[str, Tree]], labels: dict[str, str]) -> str:
    shown = [(sign, write(tree, MATHML, labels)) for sign, tree in rows]
    different = [row for row, before in zip(shown, [("", ""), *shown], strict=False) if row[1] != before[1]]
    return aligned_html(write(target, MATHML, labels), different)
