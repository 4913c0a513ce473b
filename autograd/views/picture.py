"""The trace as a picture: a card for every neuron, a pill for every other value, arrows to the lines that read them.

Kinds of values can be told apart without colours: inputs and targets are grey, targets dashed; parameters have round
corners, computed values square ones, leaves without a role dashes; the root has a thick outline. The background is
transparent, and an SVG follows the reader's theme.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from html import escape
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..core.graph import topological_order
from ..core.value import Value
from ..errors import DomainError, StepgradError, UsageError
from ..notation.mathematics import DRAWN
from ..notation.naming import visible
from ..notation.typesetting import write
from ..tracing.assignments import Assignment, Chain, Trace
from ..tracing.builder import trace
from .cards import Arrow, Cards, kind_of, road_from
from .files import write_whole
from .rendering import render
from .steps import with_gradients
from .tables import DARK, FRAMES, GROUND, HALO, HEAD, PILL, QUIET, ROAD, ROAD_GROUND, RULE, TEXT, cell, label_of, short
from .theme import themed

if TYPE_CHECKING:
    from graphviz import Digraph

# A graph with more values is not even traced: that alone would take seconds.
_MOST_VALUES = 100_000
# A picture with more rows is folded, first to a few rows a card, then to headings; more cards are cut to the last.
_MOST_ROWS = 90
_MOST_CARDS = 90
_LONGEST_FORMULA = 30
_DIRECTIONS = ("LR", "RL", "TB", "BT")
_COLOURS = [(part, light, dark) for light, dark in DARK.items() for part in ("fill", "stroke")]


class Drawing:
    """A picture of a recorded graph; a notebook shows it. dot: the graphviz.Digraph."""

    def __init__(self, dot: Digraph, title: str) -> None:
        self.dot = dot
        self.title = title

    @property
    def source(self) -> str:
        """The picture's text in the DOT language."""
        source: str = self.dot.source
        return source

    def rendered(self, form: str) -> bytes:
        """The picture as "svg", "png" or "pdf". Raises PictureError where no program can lay it out or write that."""
        drawn = render(self.source, form)
        says = f"the graph of {self.title}"
        return themed(short(drawn).decode(), says, _COLOURS, halo=HALO).encode() if form == "svg" else drawn

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the picture to a file, all or nothing; its ending decides: .svg, .png, or .pdf where Graphviz can."""
        write_whole(path, self.rendered(Path(path).suffix.removeprefix(".").lower()))

    def __repr__(self) -> str:
        return f"<Drawing of {self.title}; .save('picture.svg') writes it to a file>"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        try:
            return {"image/svg+xml": self.rendered("svg").decode(), "text/plain": repr(self)}
        except StepgradError as error:
            return {"text/html": f"<p>{escape(str(error))}</p>", "text/plain": str(error)}


def draw(
    root: Value,
    detail: str = "named",
    direction: str = "LR",
    gradients_of: str = "parameters",
    road: Value | None = None,
) -> Drawing:
    """A picture of the graph: a card for every neuron, with a row for each of its values; the other values as pills.

    A row shows a value, the partial of the line in the card that reads it ("× 3"), and its grad.

    detail: as for `trace`. direction: of the arrows: LR, RL, TB or BT (left to right, …).
    gradients_of: "parameters" shows the gradients of parameters and of what lies between them and the root; a leaf
        without a role counts as a parameter. "all" shows those of inputs and targets, too.
    road: a value; every way from it to the root is coloured.

    Before `backward()` there are no gradients, and the picture says so. A picture too large to be read is folded, and
    says so. Raises UsageError for another direction or gradients_of, a road from a value that is not in the picture,
    and more than 100,000 values.

    >>> x, w = Value(2.0, "x"), Value(0.5, "w")
    >>> print(draw((w * x).named("y")))
    <Drawing of y: 3 boxes; .save('picture.svg') writes it to a file>
    """
    if direction not in _DIRECTIONS:
        raise UsageError(f"direction={direction!r:.20} (must be one of {', '.join(_DIRECTIONS)})")
    if isinstance(root, Value):
        size = len(topological_order(root))
        if size > _MOST_VALUES:
            raise too_much(f"{size:,} values", f"{_MOST_VALUES:,}")
    lines = trace(root, detail)
    shown = with_gradients(lines, gradients_of)
    gradients = {line: line.value.grad for line in lines if line in shown} if root.grad else None
    return picture_of(lines, Cards(lines), gradients, direction, road_from(lines, road))


def too_much(what: str, most: str) -> UsageError:
    """The error to raise where a picture would hold too much to be read."""
    return UsageError(
        f"a picture of {what} could not be read (at most {most} are shown): "
        "draw the loss of one sample, a smaller network, or one neuron's output; print(trace(root)) prints any graph"
    )


def picture_of(
    lines: Trace,
    cards: Cards,
    gradients: Mapping[Assignment, float] | None,
    direction: str = "LR",
    road: Collection[Assignment] = (),
) -> Drawing:
    """The picture of cards, with the gradients of some lines, or with a note that there are none yet."""
    notes = [] if gradients else [f"no gradients yet: they are there after {lines.root.label}.backward()"]
    picture = _Picture(lines, cards, gradients or {}, direction, road)
    if picture.hidden:
        notes.append(
            f"folded: {picture.hidden} of {len(lines)} values are not shown; "
            f"draw({picture.example}) draws what {picture.example} is made of"
        )
    return Drawing(picture.dot(notes), f"{lines.root.label}: {len(picture.nodes)} boxes")


class _Picture:
    """Cards as text in the DOT language.

    nodes: the lines of each node, by its number. hidden: how many values have no row. example: the label of a value
    that was computed from some of these.
    """

    def __init__(
        self,
        lines: Trace,
        cards: Cards,
        gradients: Mapping[Assignment, float],
        direction: str,
        road: Collection[Assignment],
    ) -> None:
        self.lines, self.cards, self.gradients, self.direction = lines, cards, gradients, direction
        self.road = road
        self.hidden = 0
        self.example = lines.root.label
        self.ports: dict[Assignment, str] = {}
        self.labels: dict[int, str] = {}
        self.nodes: dict[int, list[Assignment]] = {}
        self.columns: dict[int, list[int]] = {}
        self.is_folded = len(lines) > _MOST_ROWS
        short = sum(min(len(card.lines), 5) for card in cards.cards if card.group)
        self.only_headings = self.is_folded and short > _MOST_ROWS
        self._fill()

    def _fill(self) -> None:
        cards = self.cards.cards
        alone = [
            number
            for number, card in enumerate(cards)
            if self.is_folded and not card.group and kind_of(self.lines, card.lines[0]) == "input"
        ]
        together = set(alone) if len(alone) > 6 else set()
        drawn = [number for number in range(len(cards)) if number not in together]
        left_out, drawn = drawn[:-_MOST_CARDS], drawn[-_MOST_CARDS:]
        if left_out:
            before = [line for number in left_out for line in cards[number].lines]
            self._add(min(left_out), before, 0, self._many(f"⋯ {len(before)} values before these"))
            self.hidden, self.example = len(before), before[-1].label
        if together:
            inputs = [cards[number].lines[0] for number in alone]
            label = self._card(f"{inputs[0].label} … {inputs[-1].label}", f"{len(inputs)} inputs", inputs)
            self._add(alone[0], inputs, cards[alone[0]].column, label)
        for number in drawn:
            card = cards[number]
            last = card.lines[-1]
            if card.group and len(card.lines) > 1:
                label = self._card(
                    last.label if not last.is_leaf else visible(card.group), self._formula(last), card.lines
                )
            else:
                label = self._pill(last)
            self._add(number, card.lines, card.column, label)

    def _add(self, number: int, lines: list[Assignment], column: int, label: str) -> None:
        self.labels[number] = label
        self.nodes[number] = lines
        self.columns.setdefault(column, []).append(number)

    def dot(self, notes: list[str]) -> Digraph:
        """The graph; the node of the first card has the id v0, the first arrow e0."""
        from graphviz import Digraph, nohtml

        fonts = {"fontname": "Helvetica", "fontsize": "14"}
        note = "\\n".join(one.replace("\\", "\\\\").replace("&", "&amp;") for one in notes)
        graph = {"rankdir": self.direction, "bgcolor": "transparent", "nodesep": "0.25", "ranksep": "0.6", "pad": "0.1"}
        dot = Digraph(
            graph_attr={**fonts, **graph, "fontcolor": QUIET, "label": nohtml(note)},
            node_attr={**fonts, "shape": "plain", "fontcolor": TEXT},
            edge_attr={**fonts, "fontsize": "13", "fontcolor": QUIET, "color": RULE, "arrowsize": "0.7"},
        )
        for number, label in self.labels.items():
            kind = kind_of(self.lines, self.nodes[number][-1])
            dot.node(f"v{number}", id=f"v{number}", **{"class": kind}, label=label)
        for numbers in self.columns.values():
            if len(numbers) > 1:  # the first stands above the others
                with dot.subgraph() as same:
                    same.attr(rank="same")
                    for above, below in pairwise(numbers):
                        same.edge(f"v{above}", f"v{below}", style="invis")
        node_of = {line: number for number, some in self.nodes.items() for line in some}
        drawn: set[object] = set()
        for arrow in self.cards.arrows:
            tail, head = node_of[arrow.way.to], node_of[arrow.way.line]
            ends = (self._end(tail, arrow.way.to, "e"), self._end(head, arrow.row, "w"))
            if tail == head or (self.is_folded and ends in drawn):
                continue
            text = self._arrow_text(arrow)
            looks = {"label": nohtml(text)} if text else {}
            looks |= {"color": ROAD, "penwidth": "2.5"} if arrow.way.to in self.road else {}
            dot.edge(*ends, id=f"e{len(drawn)}", **looks)
            drawn.add(ends if self.is_folded else len(drawn))
        return dot

    def _end(self, number: int, line: Assignment, side: str) -> str:
        """The end of an arrow: the left or right side of a row; in a picture from top to bottom, the node."""
        port = self.ports.get(line)
        if port is None or self.direction not in ("LR", "RL"):
            return f"v{number}"
        side = side if self.direction == "LR" else {"e": "w", "w": "e"}[side]
        return f"v{number}:{port}{side}:{side}"

    # Texts ------------------------------------------------------------------------------------------------------------

    def _formula(self, line: Assignment) -> str:
        if line.is_leaf:
            return ""
        expression = write(line.expression, DRAWN, self.lines.labels)
        return f"= {expression}" if len(expression) <= _LONGEST_FORMULA else "= …"

    def _arrow_text(self, arrow: Arrow) -> str:
        """The partial as a number, with its symbols if they are short; nothing if the arrow ends at it as a row."""
        if self.is_folded or arrow.row is not arrow.way.line:
            return ""
        number, symbols = _number(arrow.way.chain), write(arrow.way.chain.product.tree, DRAWN, self.lines.labels)
        if self.cards.cards[arrow.head].group or symbols == number or len(symbols) > _LONGEST_FORMULA:
            return number
        return "\\n".join([symbols.replace("\\", "\\\\").replace("&", "&amp;"), f"= {number}"])

    def _gradient(self, line: Assignment) -> str:
        return DRAWN.figure(self.gradients[line]) if line in self.gradients else ""

    def _pill(self, line: Assignment) -> str:
        texts = [(line.label, "bold"), (self._formula(line), "text"), (DRAWN.figure(line.number), "text")]
        gradient = self._gradient(line)
        texts.append((f"grad {gradient}" if gradient else "", "text"))
        rows = [cell(text, look, align="CENTER") for text, look in texts if text]
        ground = {"fill": ROAD_GROUND} if line in self.road else {}
        return label_of(rows, **{**FRAMES[kind_of(self.lines, line)], **ground})

    def _many(self, text: str) -> str:
        return label_of([cell(text, "quiet")], PILL)

    def _card(self, name: str, formula: str, lines: list[Assignment]) -> str:
        """A card: its heading, and below a row for each line; if folded, for the first and the last ones."""
        last = lines[-1]
        is_neuron = not last.is_leaf
        heading = cell(name, "bold", HEAD) + cell(formula, "text", HEAD, span=2)
        if is_neuron:
            heading += cell(DRAWN.figure(last.number), "bold", HEAD, align="RIGHT")
        else:
            heading += cell("", "text", HEAD)
        leaves = [line for line in lines if line.is_leaf]
        shown, gap = [*lines], 0
        if self.only_headings:
            shown, gap = [], len(lines) - is_neuron
        elif self.is_folded and len(leaves) > 5:
            gap = len(leaves) - 3
            shown = [*leaves[:2], *lines[2 + gap :]]
        if gap and is_neuron and self.example == self.lines.root.label:
            self.example = last.label
        self.hidden += gap
        rows = [heading]
        if shown:
            head = f"∂{self.lines.root.label}/∂" if any(line in self.gradients for line in lines) else ""
            titles = [("", "LEFT"), ("value", "RIGHT"), ("× local" if is_neuron else "", "RIGHT"), (head, "RIGHT")]
            rows.append("".join(cell(text, "quiet", align=align) for text, align in titles))
        for line in shown:
            if gap and shown.index(line) == 2:
                port = f"r{len(self.ports)}"
                rows.append(cell(f"⋯ {gap} more", "quiet", span=3, port=f"{port}w") + cell("", port=f"{port}e"))
                self.ports |= dict.fromkeys(leaves[2:-1], port)
            rows.append(self._row(line))
        if self.only_headings:
            gradient = self._gradient(last)
            rows.append(cell(f"{len(lines)} values", "quiet", span=3) + cell(gradient, "text", align="RIGHT"))
        return label_of(rows, GROUND)

    def _row(self, line: Assignment) -> str:
        """A row; arrows begin and end at its two ends, which are ports."""
        chain = self.cards.local.get(line)
        port = self.ports[line] = f"r{len(self.ports)}"
        ground = ROAD_GROUND if line in self.road else ""
        return (
            cell(line.label, "bold", ground, port=f"{port}w")
            + cell(DRAWN.figure(line.number), fill=ground, align="RIGHT")
            + cell(f"× {_number(chain)}" if chain else "", fill=ground, align="RIGHT")
            + cell(self._gradient(line), fill=ground, align="RIGHT", port=f"{port}e")
        )


def _number(chain: Chain) -> str:
    try:
        return DRAWN.figure(chain.number)
    except DomainError:
        return "undefined"
