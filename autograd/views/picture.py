"""The trace as a picture: a box for every line, an arrow from each value to the line that reads it, with its partial.

What a value is can be told without colours: inputs are ellipses, targets hexagons, parameters boxes with round corners,
computed values boxes, the root a box with a double outline. The colours are from the Okabe-Ito palette, which people
who see colours differently can tell apart; all text is black on a pale ground.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ..core.graph import topological_order
from ..core.value import Value
from ..errors import DomainError, StepgradError, UsageError
from ..notation.mathematics import DRAWN
from ..notation.naming import visible
from ..notation.typesetting import write
from ..notation.widths import ems
from ..tracing.assignments import Assignment, Partial, Trace
from ..tracing.builder import trace
from .files import write_whole
from .rendering import render

if TYPE_CHECKING:
    from graphviz import Digraph

# With more boxes or arrows nobody can read the picture, and laying it out takes minutes.
MOST_BOXES = 250
MOST_ARROWS = 400
# A graph with more values than this is not even traced: that alone would take some seconds.
_MOST_VALUES = 100_000

_FONT_SIZE = 11
_FONT = {"fontname": "Helvetica,Arial,sans-serif", "fontsize": str(_FONT_SIZE), "fontcolor": "black"}
_LONGEST_FORMULA = 30
_DIRECTIONS = ("LR", "RL", "TB", "BT")


class _Look(NamedTuple):
    shape: str
    style: str
    fill: str
    line: str
    outlines: int = 1
    roominess: float = 1.0  # how much wider than its text a shape must be


_LOOKS = {
    "input": _Look("ellipse", "filled", "#DCEEFA", "#0072B2", roominess=1.45),
    "target": _Look("hexagon", "filled", "#DDF3EA", "#007A5A", roominess=1.4),
    "parameter": _Look("box", "rounded,filled", "#FFF3CF", "#8A6100"),
    "leaf": _Look("ellipse", "dashed,filled", "#F4F4F4", "#555555", roominess=1.45),
    "computed": _Look("box", "filled", "#FFFFFF", "#444444"),
    "root": _Look("box", "filled", "#FBE3D6", "#B84F00", outlines=2),
    "neuron": _Look("box", "rounded,bold,filled", "#FFFFFF", "#444444"),
}


class Drawing:
    """A picture of a recorded graph; a notebook shows it.

    dot: the graphviz.Digraph.
    """

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
        return render(self.source, form)

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


def draw(root: Value, detail: str = "named", direction: str = "LR") -> Drawing:
    """A picture of the graph: values with their data and grad, arrows with their partials, neurons as boxes around.

    detail: as for `trace`. direction: where the arrows point: LR, RL, TB or BT (left to right, …).

    Before `backward()` there are no gradients, and the picture says so. A graph of more than 250 lines is folded to its
    neurons; raises UsageError where that is still too much to see.

    >>> x, w = Value(2.0, "x"), Value(0.5, "w")
    >>> print(draw((w * x).named("y")))
    <Drawing of y: 3 boxes; .save('picture.svg') writes it to a file>
    """
    if direction not in _DIRECTIONS:
        raise UsageError(f"direction={direction!r:.20} (must be one of {', '.join(_DIRECTIONS)})")
    if isinstance(root, Value):
        size = len(topological_order(root))
        if size > _MOST_VALUES:
            raise too_much(f"{size:,} values")
    lines = trace(root, detail)
    gradients = {line: line.value.grad for line in lines} if root.grad else None
    note = "" if gradients else f"no gradients yet: they are there after {lines.root.label}.backward()"
    for boxes in (boxes_of(lines, gradients), _folded(lines, gradients)):
        arrows = arrows_of(lines, boxes)
        if len(boxes) <= MOST_BOXES and len(arrows) <= MOST_ARROWS:
            texts = {ends: _arrow_text(lines, partial) if partial else "" for ends, partial in arrows.items()}
            return drawing_of(boxes, texts, {"rankdir": direction, "label": note}, lines.root.label)
    raise too_much(f"{len(lines):,} lines, or, folded to its neurons, {len(boxes):,} boxes,")


def too_much(what: str) -> UsageError:
    """The error to raise where a picture would hold too much to be read."""
    return UsageError(
        f"a picture of {what} could not be read (at most {MOST_BOXES} boxes and {MOST_ARROWS} arrows are drawn): "
        "draw the loss of one sample, a smaller network, or one neuron's output; print(trace(root)) prints any graph"
    )


class Box(NamedTuple):
    """One box of the picture.

    look: what it looks like. text: what stands in it, line by line. group: the neuron it belongs to. lines: the lines
    of the trace that it stands for. widest: what it must have room for.
    """

    look: str
    text: list[str]
    group: str | None
    lines: list[Assignment]
    widest: list[str]


def boxes_of(lines: Trace, gradients: Mapping[Assignment, float] | None) -> list[Box]:
    """A box for every line of the trace."""
    boxes = []
    for line in lines:
        text = _text(lines, line, gradients)
        boxes.append(Box(_look_of(lines, line), text, line.group, [line], text))
    return boxes


def _folded(lines: Trace, gradients: Mapping[Assignment, float] | None) -> list[Box]:
    """A box for every neuron, one for all inputs, and one for every other line that belongs to no neuron."""
    members: dict[object, list[Assignment]] = {}
    for line in lines:
        look = _look_of(lines, line)
        alone = line if look in ("root", "computed") else look
        members.setdefault(("neuron", line.group) if line.group else alone, []).append(line)
    boxes = []
    for inside in members.values():
        last = inside[-1]
        look = _look_of(lines, last)
        text = _text(lines, last, gradients)
        if len(inside) > 1 and last.group:
            look = "neuron"
            numbers = [part for part in text if part.startswith(("data ", "grad "))]
            text = [visible(last.group), f"{len(inside)} values", *numbers]
        elif len(inside) > 1:
            text = [f"{inside[0].label} … {last.label}", f"{len(inside)} values"]
        boxes.append(Box(look, text, None, inside, text))
    return boxes


def _look_of(lines: Trace, line: Assignment) -> str:
    if line is lines.root:
        return "root"
    if not line.is_leaf:
        return "computed"
    role = line.value.role
    return role if role in ("input", "target", "parameter") else "leaf"


def _text(lines: Trace, line: Assignment, gradients: Mapping[Assignment, float] | None) -> list[str]:
    """What stands in the box of a line."""
    text = [line.label]
    if not line.is_leaf:
        expression = write(line.expression, DRAWN, lines.labels)
        text.append(f"= {expression}" if len(expression) <= _LONGEST_FORMULA else "= …")
    text.append(f"data {DRAWN.figure(line.number)}")
    if gradients is not None:
        text.append(f"grad {DRAWN.figure(gradients[line])}")
    return text


def arrows_of(lines: Trace, boxes: Sequence[Box]) -> dict[tuple[int, int], Partial | None]:
    """The arrows between boxes, by their numbers, each with its partial, unless boxes are folded."""
    box_of = {line: number for number, box in enumerate(boxes) for line in box.lines}
    arrows: dict[tuple[int, int], Partial | None] = {}
    for line in lines.lines:
        for partial in line.partials:
            ends = (box_of[partial.wrt], box_of[line])
            if ends[0] != ends[1]:
                arrows[ends] = partial if len(boxes) == len(lines) else None
    return arrows


def _arrow_text(lines: Trace, partial: Partial) -> str:
    """The partial in symbols, where that is short, and as a number."""
    try:
        number = DRAWN.figure(partial.number)
    except DomainError:
        number = "undefined"
    symbols = write(partial.tree, DRAWN, lines.labels)
    if symbols == number or len(symbols) > _LONGEST_FORMULA:
        return number
    return f"{symbols}\n= {number}"


def drawing_of(
    boxes: Sequence[Box], arrows: Mapping[tuple[int, int], str], graph: Mapping[str, str], title: str
) -> Drawing:
    """The picture of boxes and of arrows between them, with a text each; `graph` has attributes for Graphviz.

    In its SVG box 0 has the id v0 and the first arrow e0.
    """
    from graphviz import Digraph, nohtml

    dot = Digraph(
        graph_attr={**_FONT, "bgcolor": "white", "nodesep": "0.15", "pad": "0.15"}
        | {name: nohtml(_dot(attribute)) for name, attribute in graph.items()},
        node_attr={**_FONT, "margin": "0.1,0.06"},
        edge_attr={**_FONT, "fontsize": "9", "color": "#555555", "arrowsize": "0.7"},
    )
    groups = dict.fromkeys(box.group for box in boxes)
    for number, group in enumerate(groups):
        with dot.subgraph(name=f"cluster_{number}" if group else None) as part:
            if group:
                # Its name stands at the left, as arrows from outside come in near the middle.
                part.attr(label=nohtml(_dot(visible(group))), labeljust="l")
                part.attr(style="rounded,filled", color="#BBBBBB", fillcolor="#FAFAFA")
            for place, box in enumerate(boxes):
                if box.group == group:
                    look = _LOOKS[box.look]
                    part.node(
                        f"v{place}",
                        id=f"v{place}",
                        **{"class": box.look},
                        label=nohtml("\\n".join(map(_dot, box.text))),
                        shape=look.shape,
                        style=look.style,
                        fillcolor=look.fill,
                        color=look.line,
                        peripheries=str(look.outlines),
                        width=f"{max(map(_inches, box.widest)) * look.roominess + 0.25:.2f}",
                    )
    for number, ((tail, head), text) in enumerate(arrows.items()):
        dot.edge(f"v{tail}", f"v{head}", id=f"e{number}", label=nohtml("\\n".join(map(_dot, text.split("\n")))))
    return Drawing(dot, f"{title}: {len(boxes)} boxes")


def _dot(text: str) -> str:
    """Text as a DOT label takes it: no backslash and no & means anything."""
    return text.replace("\\", "\\\\").replace("&", "&amp;")


def _inches(text: str) -> float:
    """How wide a line of text can get; Graphviz itself knows Latin letters only."""
    return ems(text) * _FONT_SIZE / 72
