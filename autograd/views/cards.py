"""The parts of a picture of a trace: cards, their columns, and the arrows between them.

A group of values, that is a neuron, is one card with a row for each of its lines; a value without a group is a card of
one row, a pill. They are in reading order: x1 above x2, w1 above w2 above b1, h1 above h2.
"""

from __future__ import annotations

from typing import NamedTuple

from ..core.value import Value
from ..errors import UsageError
from ..tracing.assignments import Assignment, Chain, Trace, Way


class Card(NamedTuple):
    """A card: its group, None for a pill; its lines, leaves first; its column."""

    group: str | None
    lines: list[Assignment]
    column: int


class Arrow(NamedTuple):
    """An arrow: the way of the backward pass that it shows, the numbers of the cards at its ends, and the row it ends
    at.

    If the way's partial is a row of that card, as w1 in w1 * x1, that is the row; else the line that reads the value.
    """

    way: Way
    tail: int
    head: int
    row: Assignment


class Cards:
    """The cards of a trace, in reading order, and the arrows between them, in the order of the trace's ways.

    card_of: the number of each line's card. columns: the numbers of the cards in each column.
    local: for each line that only one way within its card leads to, the chain of that way.
    """

    def __init__(self, lines: Trace) -> None:
        inside: dict[object, list[Assignment]] = {}
        for line in lines:
            inside.setdefault(("group", line.group) if line.group else line, []).append(line)
        place: dict[Assignment, float] = {line: number for number, line in enumerate(lines)}
        for line in reversed(lines.lines):  # a target stands after what it is compared with
            place |= {one: place[line] - 0.5 for one in line.inputs if one.is_leaf and one.value.role != "input"}
        members = sorted(inside.values(), key=lambda some: place[some[-1]])
        self.card_of = {line: number for number, some in enumerate(members) for line in some}
        columns = self._columns(lines, len(members))
        self.cards = [Card(some[0].group, some, column) for some, column in zip(members, columns, strict=True)]
        self.columns: list[list[int]] = [[] for _ in range(max(columns) + 1)]
        for number, column in enumerate(columns):
            self.columns[column].append(number)
        ways = list(lines.ways())
        self.arrows = [
            Arrow(way, self.card_of[way.to], self.card_of[way.line], self._row(way))
            for way in ways
            if self.card_of[way.to] != self.card_of[way.line]
        ]
        readers: dict[Assignment, list[Way]] = {}
        for way in ways:
            if self.card_of[way.to] == self.card_of[way.line]:
                readers.setdefault(way.to, []).append(way)
        self.local: dict[Assignment, Chain] = {line: some[0].chain for line, some in readers.items() if len(some) == 1}

    def _columns(self, lines: Trace, count: int) -> list[int]:
        """The column of each card: to the right of what it reads; a leaf that is no input just left of its first
        reader.
        """
        columns = [0] * count
        for line in lines.lines:
            head = self.card_of[line]
            for one in line.inputs:
                tail = self.card_of[one]
                if tail != head:
                    columns[head] = max(columns[head], columns[tail] + 1)
        first: dict[int, int] = {}
        for line in lines.lines:
            for one in line.inputs:
                if one.is_leaf and one.group is None and one.value.role != "input":
                    tail = self.card_of[one]
                    first[tail] = min(first.get(tail, count), columns[self.card_of[line]] - 1)
        for tail, column in first.items():
            columns[tail] = max(0, column)
        return columns

    def _row(self, way: Way) -> Assignment:
        tree = way.chain.product.tree
        for one in way.line.inputs:
            if tree == ("name", one.target) and self.card_of[one] == self.card_of[way.line]:
                return one
        return way.line


def road_from(lines: Trace, start: Value | None) -> set[Assignment]:
    """The lines on all ways from a value to the root, both ends included; none if `start` is None."""
    found = {line for line in lines if line.value is start}
    if start is not None and not found:
        raise UsageError(
            f"no road leads from {start!r:.60} to {lines.root.label} in this picture: take a value with a name that "
            f"{lines.root.label} was computed from"
        )
    for line in lines.lines:  # inputs before what is computed from them
        if found.intersection(line.inputs):
            found.add(line)
    return found


def kind_of(lines: Trace, line: Assignment) -> str:
    """The kind of a line: root, computed, or the role of a leaf: input, target, parameter, or "leaf" without a role."""
    if line is lines.root:
        return "root"
    if not line.is_leaf:
        return "computed"
    role = line.value.role
    return role if role in ("input", "target", "parameter") else "leaf"
