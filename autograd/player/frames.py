"""What there is to see at every step: a sentence, a formula, the boxes and the way in flight, and the line of code.

Everything is read off one trace. A frame holds no numbers but places for them (templates.py): a page fills in those it
computes, for whatever a reader makes of the leaves.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from typing import Any, NamedTuple

from ..codegen.listing import Listing
from ..core.arguments import Number, number
from ..core.op import run_source
from ..core.value import Value
from ..errors import UsageError
from ..notation.typesetting import PRECEDENCE
from ..tracing.assignments import Assignment, Way
from ..tracing.builder import trace
from ..views.cards import Cards
from ..views.picture import Drawing, picture_of, too_much
from ..views.steps import Steps, steps_of, with_gradients
from .templates import Templates, figure, filled, place

_MOST_LINES = 250
_MOST_WAYS = 600


class Frame(NamedTuple):
    """One step of the film; words, short and formula are templates.

    phase: forward, seed, backward or update. words: the sentence. short: the same in a few words, for the step before.
    formula: rows of symbols and numbers. because: the rule in words, if there is one. code: the lit line of the
    listing. source, target: the boxes that something is handed from and to. way: the place of the backward step among
    all of them, the seed being 0; None in the other phases. is_of_data: whether it is about the gradient of an input or
    a target, which is shown when asked for.
    """

    phase: str
    words: str
    short: str
    formula: Sequence[str]
    code: int
    target: int
    source: int | None = None
    because: str = ""
    way: int | None = None
    is_of_data: bool = False


class Film:
    """All frames of one backward pass, and what stands around them.

    lines: the trace. ways: those of its backward pass. cards: the picture's. frames: the steps, those of data among
    them. code: the lines of the listing; headings: what stands above some of them. data_free: the lines whose gradients
    are shown without asking; shows_data: whether those of inputs and targets are shown at first, too.
    """

    def __init__(
        self, root: Value, learning_rate: Number | None, detail: str, gradients_of: str = "parameters"
    ) -> None:
        self.lines = lines = trace(root, detail)
        self.ways = [*lines.ways()]
        for count, what, most in ((len(lines), "lines", _MOST_LINES), (len(self.ways), "arrows", _MOST_WAYS)):
            if count > most:
                raise too_much(f"{count:,} {what}", f"{most}")
        self.rate = None if learning_rate is None else number(learning_rate, "a learning rate")
        if self.rate is not None and not 0.0 <= self.rate < math.inf:
            raise UsageError(f"learning_rate={learning_rate!r:.40} is not a finite number of at least 0")
        self.data_free = with_gradients(lines, "parameters")
        self.shows_data = with_gradients(lines, gradients_of) != self.data_free
        self.steps: Steps = steps_of(lines)
        self.box_of = {line: box for box, line in enumerate(lines)}
        self.cards = Cards(lines)
        self.parameters = [leaf for leaf in lines.leaves if leaf.value.role == "parameter"] or lines.leaves
        self.listing = Listing(lines, (), [leaf.value for leaf in lines.leaves])
        self.code: list[str] = []
        self.frames: list[Frame] = []
        self._templates = Templates(lines)
        self.headings: dict[int, str] = {}
        self._forward()
        self._backward()
        if self.rate is not None:
            self._update()

    @property
    def has_data(self) -> bool:
        """Whether there are gradients of inputs or targets, to be shown or not."""
        return any(frame.is_of_data for frame in self.frames)

    @property
    def shown(self) -> list[Frame]:
        """The frames that are shown at first."""
        return [frame for frame in self.frames if self.shows_data or not frame.is_of_data]

    # The phases -------------------------------------------------------------------------------------------------------

    def _forward(self) -> None:
        write = self._templates
        self.headings[0] = "forward"
        for statement in self.listing.forward:
            line = statement.line
            box, name, symbols = self.box_of[line], write.symbol(line), write.symbols(line.expression)
            numbers = write.numbers(line.expression)
            formula = [f"{name} = {symbols}", f"{place('d', box)} = {numbers}"]
            code = self._written(statement.text)
            self.frames.append(
                Frame("forward", f"{name} = {symbols} = {place('d', box)}.", f"{name} = {symbols}", formula, code, box)
            )

    def _backward(self) -> None:
        lines, write = self.lines, self._templates
        root, box = lines.root, self.box_of[lines.root]
        self.headings[len(self.code)] = "backward"
        derivative = self._gradient(root)
        words = f"the way back starts at {write.symbol(root)} itself: {derivative} = 1."
        code = self._written(f"# d_{root.target}_d_{root.target} = 1")
        short = f"{derivative} = 1"
        self.frames.append(Frame("seed", words, short, [short], code, box, None, self.steps[0].because, 0))
        code_of = {}
        for statement in self.listing.gradients:
            at = self._written(statement.text)
            code_of.update({(line, partial.wrt): at for line, partial in statement.edges})
        received: set[Assignment] = set()
        parts = Counter(way.to for way in self.ways)
        for at, (way, step) in enumerate(zip(self.ways, self.steps[1:], strict=True), start=1):
            upstream, contribution, before, after = (place(kind, at) for kind in "ucba")
            is_added = way.to in received
            received.add(way.to)
            to, of = write.symbol(way.to), write.symbol(way.line)
            words = f"{write.symbol(root)}'s gradient flows through {of} to {to}: "
            words += f"{upstream} × {place('p', at, True)} = {contribution}"
            if is_added:
                words += f", added to the {before} from before: {after}"
            is_first = not is_added and parts[way.to] > 1
            if is_first:
                words += f", the first of {parts[way.to]} parts"
            symbols = f"{self._gradient(way.to)} {'+=' if is_added else '='} {place('U', at)} · {place('P', at)}"
            product = f"{place('u', at, True)} · {place('p', at, True)}"
            row = f"{place('A', at)} = {before} + {product}" if is_added else f"{place('A', at)} = {product}"
            if is_first:
                row += ", so far"
            self.frames.append(
                Frame(
                    "backward",
                    f"{words}.",
                    f"{self._gradient(way.to)}, through {of}",
                    [symbols, row],
                    code_of[way.line, way.to],
                    self.box_of[way.to],
                    self.box_of[way.line],
                    step.because,
                    at,
                    way.to not in self.data_free,
                )
            )

    def _update(self) -> None:
        write = self._templates
        self.headings[len(self.code)] = "update"
        learning_rate = self.listing.names.identifier("learning_rate")
        symbol = "η" if "η" not in {line.label for line in self.lines} else "learning rate"
        for leaf in self.parameters:
            box, name = self.box_of[leaf], write.symbol(leaf)
            gradient, rate = place("g", box, True), place("r")
            words = f"{name} moves against its gradient: {place('d', box)} − {rate} × {gradient} = {place('n', box)}."
            formula = [
                f"{name} ← {name} − {symbol} · {self._gradient(leaf)}",
                f"{place('n', box)} = {place('d', box)} − {rate} · {gradient}",
            ]
            if symbol == "η":
                formula.append(f"{symbol} is the learning rate")
            code = self._written(f"{leaf.target} -= {learning_rate} * {self.listing.gradient(leaf.value)}")
            self.frames.append(Frame("update", words, f"{name} moves", formula, code, box))
        root, box = self.lines.root, self.box_of[self.lines.root]
        name = write.symbol(root)
        words = f"the new numbers run forward once: {name} was {place('d', box)}, {place('l')}."
        code = self._written(f"# forward again with the new numbers: {root.target}")
        formula = [f"{name} with the new numbers", f"{place('d', box)} → {place('m')}"]
        self.frames.append(Frame("effect", words, f"{name} with the new numbers", formula, code, box))

    def _written(self, code: str) -> int:
        """Add a line to the listing; returns its number."""
        self.code.append(code)
        return len(self.code) - 1

    def _gradient(self, line: Assignment) -> str:
        return f"∂{self._templates.symbol(self.lines.root)}/∂{self._templates.symbol(line)}"

    # Numbers ----------------------------------------------------------------------------------------------------------

    @cached_property
    def gradients(self) -> dict[Assignment, float]:
        """The gradient of every line that has one."""
        found = {self.lines.root: 1.0}
        for way, step in zip(self.ways, self.steps[1:], strict=True):
            found[way.to] = step.after
        return found

    @cached_property
    def sums(self) -> list[bool]:
        """Of every line whether it is a sum: what rounding leaves of a sum can be told from its terms."""
        return [line.expression[0] in ("+", "-") for line in self.lines]

    def said(self, template: str) -> str:
        """A template with the numbers that were recorded."""
        lines: list[Assignment] = [*self.lines]

        def scale(box: int) -> float:
            ways = [way for way in self.ways if way.line is lines[box]]
            return max((abs(way.chain.number * way.to.number) for way in ways), default=0.0) if self.sums[box] else 0.0

        def fill(kind: str, at: int) -> str:
            if kind == "s":
                return lines[at].label
            if kind == "d":
                return figure(lines[at].number, scale(at))
            if kind in "gn":
                gradient = self.gradients[lines[at]]
                return figure(gradient if kind == "g" else lines[at].number - (self.rate or 0.0) * gradient)
            if kind == "r":
                return figure(self.rate or 0.0)
            if kind in "lm":
                return self._afterwards if kind == "l" else self._loss_after
            if kind in "UP":
                way = self.ways[at - 1]
                local, is_factor = self.local(way)
                return self.said(self._gradient(way.line) if kind == "U" else local if is_factor else f"({local})")
            step = self.steps[at]
            if kind in "aA":
                return figure(step.after, abs(step.before) + abs(step.contribution))
            numbers = {"u": step.upstream, "p": step.partial, "c": step.contribution, "b": step.before}
            return figure(numbers[kind])

        return filled(template, fill)

    def title(self, line: Assignment) -> str:
        """How a line is computed: = sigmoid(sum_h1). Nothing for a leaf."""
        return "" if line.is_leaf else f"= {self.said(self._templates.symbols(line.expression))}"

    def local(self, way: Way) -> tuple[str, bool]:
        """A way's partial in symbols, and whether it can stand behind a sign as it is."""
        tree = way.chain.product.tree
        text = self._templates.symbols(tree)
        return text, text == self._templates.symbols(tree, PRECEDENCE["*"] + 1)

    def factor(self, way: Way) -> int | None:
        """The box whose number is the way's partial, as x1 is that of w1 * x1 with respect to w1."""
        kind, *rest = way.chain.product.tree
        return next((box for line, box in self.box_of.items() if kind == "name" and line.target == rest[0]), None)

    def sentence(self, at: int) -> str:
        """What is said at a step of those that are shown."""
        frame = self.shown[at]
        phase = {"seed": "backward", "effect": "update"}.get(frame.phase, frame.phase)
        return f"{phase.capitalize()}, step {at + 1} of {len(self.shown)}: {self.said(frame.words)}"

    @cached_property
    def _numbers_after(self) -> list[float] | None:
        """The numbers of all lines after the update, as the listing computes them; None where there are none."""
        moved = {leaf: leaf.number - (self.rate or 0.0) * self.gradients.get(leaf, 0.0) for leaf in self.parameters}
        leaves = {leaf.target: moved.get(leaf, leaf.number) for leaf in self.lines.leaves}
        text = "\n".join([*self.listing.preamble(), *(one.text for one in self.listing.forward)])
        try:
            found = run_source(text, "player", {**leaves})
        except (ArithmeticError, ValueError):
            return None
        return [found[line.target] for line in self.lines]

    @property
    def _loss_after(self) -> str:
        return figure(self._numbers_after[-1]) if self._numbers_after else "no real value"

    @cached_property
    def _afterwards(self) -> str:
        if not self._numbers_after:
            return "and has no real value now: the step was too long"
        return f"and is now {self._loss_after}"

    def recorded(self) -> dict[str, Any]:
        """All numbers of all steps, for a page that cannot compute them."""
        fields = ("upstream", "partial", "contribution", "before", "after")
        return {
            "data": [line.number for line in self.lines],
            "grads": [self.gradients.get(line, 0.0) for line in self.lines],
            "steps": [{name: getattr(step, name) for name in fields} for step in self.steps],
            "after": self._numbers_after,
        }

    # The picture ------------------------------------------------------------------------------------------------------

    @cached_property
    def svg(self) -> bytes:
        """The picture, laid out once. Raises PictureError where no program can."""
        return self.drawing.rendered("svg")

    @cached_property
    def drawing(self) -> Drawing:
        """The picture after the backward pass, for a reader without scripts."""
        gradients = {line: one for line, one in self.gradients.items() if self.shows_data or line in self.data_free}
        return picture_of(self.lines, self.cards, gradients)
