"""What there is to see at every step: a sentence, a formula, the boxes and the way in flight, and the line of code.

Everything is read off one trace. A frame holds no numbers but places for them (templates.py): a page fills in those it
computes, for whatever a reader makes of the leaves.
"""

from __future__ import annotations

import math
from collections import Counter
from functools import cached_property

from ..codegen.listing import Listing
from ..core.arguments import Number, number
from ..core.value import Value
from ..errors import UsageError
from ..notation.typesetting import PRECEDENCE
from ..tracing.assignments import Assignment, Way
from ..tracing.builder import trace
from ..views.cards import Cards
from ..views.picture import Drawing, picture_of, too_much
from ..views.steps import Steps, steps_of, with_gradients
from .recorded import Recorded
from .templates import Frame, Templates, filled, place

_MOST_LINES = 250
_MOST_WAYS = 600


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
        name, result = place("s"), place("d")
        for statement in self.listing.forward:
            line = statement.line
            symbols = write.symbols(line.expression)
            formula = [f"{name} = {symbols}", f"{result} {place('e')} {write.numbers(line.expression)}"]
            code = self._written(statement.text)
            words = f"{name} = {symbols} = {result}."
            self.frames.append(Frame("forward", words, f"{name} = {symbols}", formula, code, self.box_of[line]))

    def _backward(self) -> None:
        lines, write = self.lines, self._templates
        root, box, gradient = lines.root, self.box_of[lines.root], self._gradient()
        self.headings[len(self.code)] = "backward"
        words = f"the way back starts at {write.symbol(root)} itself: {gradient} = 1."
        code = self._written(f"# d_{root.target}_d_{root.target} = 1")
        short = f"{gradient} = 1"
        self.frames.append(Frame("seed", words, short, [short], code, box, None, self.steps[0].because, 0))
        code_of = {}
        for statement in self.listing.gradients:
            at = self._written(statement.text)
            code_of.update({(line, partial.wrt): at for line, partial in statement.edges})
        received: set[Assignment] = set()
        parts = Counter(way.to for way in self.ways)
        contribution, before, after, equal = map(place, "cbAe")
        for at, (way, step) in enumerate(zip(self.ways, self.steps[1:], strict=True), start=1):
            is_added = way.to in received
            received.add(way.to)
            words = f"{write.symbol(root)}'s gradient flows through {place('S')} to {place('s')}: "
            words += f"{place('u')} × {place('p', '', True)} {equal} {contribution}"
            if is_added:
                words += f", added to the {before} from before: {place('a')}"
            is_first = not is_added and parts[way.to] > 1
            if is_first:
                words += f", the first of {parts[way.to]} parts"
            symbols = f"{gradient} {'+=' if is_added else '='} {place('U')} · {place('P')}"
            product = f"{place('u', '', True)} · {place('p', '', True)}"
            row = f"{after} {equal} {before} + {product}" if is_added else f"{after} {equal} {product}"
            if is_first:
                row += ", so far"
            self.frames.append(
                Frame(
                    "backward",
                    f"{words}.",
                    f"{gradient}, through {place('S')}",
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
        self.headings[len(self.code)] = "update"
        learning_rate = self.listing.names.identifier("learning_rate")
        symbol = "η" if "η" not in {line.label for line in self.lines} else "learning rate"
        name, gradient, rate = place("s"), place("g", "", True), place("r")
        words = f"{name} moves against its gradient: {place('o')} − {rate} × {gradient} {place('e')} {place('n')}."
        formula = [
            f"{name} ← {name} − {symbol} · {self._gradient()}",
            f"{place('n')} {place('e')} {place('o')} − {rate} · {gradient}",
        ]
        if symbol == "η":
            formula.append(f"{symbol} is the learning rate")
        for leaf in self.parameters:
            code = self._written(f"{leaf.target} -= {learning_rate} * {self.listing.gradient(leaf.value)}")
            self.frames.append(Frame("update", words, f"{name} moves", formula, code, self.box_of[leaf]))
        root = self.lines.root
        words = f"the new numbers run forward once: {name} was {place('f')}, {place('l')}."
        code = self._written(f"# forward again with the new numbers: {root.target}")
        formula = [f"{name} with the new numbers", f"{place('f')} → {place('m')}"]
        self.frames.append(Frame("effect", words, f"{name} with the new numbers", formula, code, self.box_of[root]))

    def _written(self, code: str) -> int:
        """Add a line to the listing; returns its number."""
        self.code.append(code)
        return len(self.code) - 1

    def _gradient(self) -> str:
        """Of the line that a step leads to."""
        return f"∂{self._templates.symbol(self.lines.root)}/∂{place('s')}"

    # Texts ------------------------------------------------------------------------------------------------------------

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

    @cached_property
    def numbers(self) -> Recorded:
        """The numbers that were recorded."""
        return Recorded(self.lines, self.ways, self.steps, self.parameters, self.rate, self.listing)

    def said(self, template: str, frame: Frame | None = None) -> str:
        """A template with the numbers that were recorded; a frame's own with that frame."""

        def fill(kind: str, at: int | None) -> str:
            if kind in "sS":
                box = frame.source if frame and kind == "S" else at if at is not None else frame and frame.target
                return self._labels[box or 0]
            assert frame is not None
            if kind in "UP":
                way = self.ways[(frame.way or 0) - 1]
                local, is_factor = self.local(way)
                upstream = f"∂{self._labels[-1]}/∂{way.line.label}"
                return upstream if kind == "U" else self.said(local if is_factor else f"({local})")
            return self.numbers.text(kind, at, frame)

        return filled(template, fill)

    @cached_property
    def _labels(self) -> list[str]:
        return [line.label for line in self.lines]

    def sentence(self, at: int) -> str:
        """What is said at a step of those that are shown."""
        frame = self.shown[at]
        phase = {"seed": "backward", "effect": "update"}.get(frame.phase, frame.phase)
        return f"{phase.capitalize()}, step {at + 1} of {len(self.shown)}: {self.said(frame.words, frame)}"

    # The picture ------------------------------------------------------------------------------------------------------

    @cached_property
    def svg(self) -> bytes:
        """The picture, laid out once. Raises PictureError where no program can."""
        return self.drawing.rendered("svg")

    @cached_property
    def drawing(self) -> Drawing:
        """The picture after the backward pass, for a reader without scripts."""
        gradients = self.numbers.gradients
        if not self.shows_data:
            gradients = {line: one for line, one in gradients.items() if line in self.data_free}
        return picture_of(self.lines, self.cards, gradients)
