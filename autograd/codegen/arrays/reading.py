"""Reading: the expressions by which one family reads values of another, or leaves."""

from __future__ import annotations

from collections.abc import Sequence

from ...core.value import Value
from ...notation.expression import Tree
from ...notation.naming import Names
from .blocks import Block, Blocks
from .families import Family, Part
from .rolling import Rolled
from .shapes import SAMPLES, Shape, Shapes

# A list of places with more characters than this gets a line above the function.
_LONGEST_INDEX = 40


class Reading:
    """The expressions by which families and blocks are read.

    name: the name of each family and block that has one. inline: the expressions of families without a line of their
    own.
    constants: arrays that are defined above the function: (name, value). columns: the names of the columns of data that
    are read one by one.
    """

    def __init__(self, rolled: Rolled, names: Names) -> None:
        self.rolled = rolled
        self.names = names
        self.shapes = Shapes()
        self.blocks = Blocks(rolled)
        self.name: dict[Family | Block, Tree] = {}
        self.inline: dict[Family, Tree] = {}
        self.constants: list[tuple[str, object]] = []
        self.columns: dict[Family, list[str]] = {}
        self._listed: dict[str, str] = {}

    @property
    def has_samples(self) -> bool:
        """Whether there are data, and so rows."""
        return any(len(family) for family in self.rolled.data)

    def places(self, values: Sequence[Value]) -> list[int]:
        """The places of values in their family."""
        return [self.rolled.of[value][1] for value in values]

    def index(self, places: Sequence[int], depends: bool) -> str:
        """The text of the index of some columns. depends: whether the array has a row for each sample."""
        rows = ":, " if depends else ""
        first = places[0]
        if len(places) == 1:
            return f"[{rows}{first}]"
        if list(places) == list(range(first, first + len(places))):
            return f"[{rows}{first}:{first + len(places)}]"
        return f"[{rows}{self.listed(list(places))}]"

    def listed(self, value: object) -> str:
        """A list of places as text, or the name of an array above the function if it is long."""
        text = repr(value)
        return text if len(text) <= _LONGEST_INDEX else self.constant("index", value)

    def constant(self, word: str, value: object) -> str:
        """The name of an array that is defined above the function."""
        text = repr(value)
        if text not in self._listed:
            self._listed[text] = self.names.identifier(word)
            self.constants.append((self._listed[text], value))
        return self._listed[text]

    def is_whole(self, places: Sequence[int], source: Family) -> bool:
        """Whether the places are all those of the source, in order."""
        return list(places) == list(range(len(source)))

    def read(self, part: Part, family: Family) -> Tree:
        """What a family reads by a part of kind "each"."""
        if part.source is None:
            return self.leaves(part)
        if part.source in self.inline:
            return self.inline[part.source]
        source, name, width = part.source, self.name[part.source], len(family)
        places = self.places(part.values)
        if len(set(places)) == 1 and source in self.columns:
            column = self.shapes.name(self.columns[source][places[0]], (SAMPLES,))
            return self.shapes.widened(column) if width > 1 else column
        if len(source) == 1:
            return self.shapes.widened(name) if width > 1 else name
        if self.is_whole(places, source):
            return name
        rows: Shape = (SAMPLES,) if source.depends else ()
        runs = width // len(source)
        if runs > 1 and places == [place for place in range(len(source)) for _ in range(runs)]:
            return self.shapes.post(name, f".repeat({runs}, axis=-1)", (*rows, width))
        if len(set(places)) > 1:
            return self.shapes.post(name, self.index(places, source.depends), (*rows, len(places)))
        if width > 1 and source.depends:
            return self.shapes.post(name, f"[:, {places[0]}:{places[0] + 1}]", (SAMPLES, 1))
        return self.shapes.post(name, self.index(places[:1], source.depends), rows)

    def read_all(self, part: Part) -> Tree:
        """Several values for each member: (members, count) of them on the last axes, or (count,) for a single one."""
        if part.source is None:
            return self.leaves(part)
        tree, rows, count = self.read_flat(part), self._rows(part.source), len(part.values[0])
        if len(part.values) == 1:
            return tree
        text = f".reshape({'-1, ' if rows else ''}{len(part.values)}, {count})"
        return self.shapes.post(tree, text, (*rows, len(part.values), count))

    def read_rows(self, part: Part) -> Tree:
        """The left factor of a "dot": a row of values for each sample, or several, below each other in one matrix."""
        tree, count = self.read_flat(part), len(part.values[0])
        return self.as_rows(tree, len(part.values), count)

    def as_rows(self, tree: Tree, rows: int, count: int) -> Tree:
        """The `rows` rows that are side by side for each sample, below each other; rows of one number as a vector."""
        if rows == 1:
            return tree
        text, shape = (f".reshape(-1, {count})", (count,)) if count > 1 else (".reshape(-1)", ())
        return self.shapes.post(tree, text, (f"{rows} * {SAMPLES}", *shape))

    def side_by_side(self, tree: Tree, width: int) -> Tree:
        """The opposite of `as_rows`: all rows of a sample side by side."""
        return self.shapes.post(tree, f".reshape(-1, {width})", (SAMPLES, width))

    def read_flat(self, part: Part) -> Tree:
        """All values that are read, member after member, on the last axis."""
        assert part.source
        source, name, rows = part.source, self.name[part.source], self._rows(part.source)
        flat = [place for some in part.values for place in self.places(some)]
        if len(source) == 1:  # the same value several times
            return self.shapes.post(
                self.shapes.widened(name) if rows else ("call", "array", ("words", f"[{name[1]}]")),
                f".repeat({len(flat)}, axis=-1)",
                (*rows, len(flat)),
            )
        if self.is_whole(flat, source):
            return name
        index = (
            self.index(flat, source.depends) if len(flat) > 1 else f"[{':, ' if rows else ''}{flat[0]}:{flat[0] + 1}]"
        )
        return self.shapes.post(name, index, (*rows, len(flat)))

    def _rows(self, source: Family) -> Shape:
        return (SAMPLES,) if source.depends else ()

    # Several values for each member -------------------------------------------------------------------------------

    def count(self, counts: Sequence[int]) -> Tree:
        """The counts as an expression: a number if they are equal, else an array."""
        if len(set(counts)) == 1:
            return ("number", counts[0])
        return self.shapes.name(self.constant("counts", list(map(float, counts))), (len(counts),))

    def added(self, tree: Tree, counts: Sequence[int]) -> Tree:
        """The sums of consecutive numbers on the last axis, as many as `counts` says; a single sum has no axis."""
        *rows, _ = self.shapes.of(tree)
        shape: Shape = (*rows, len(counts))
        if max(counts) == 1:
            return tree
        if len(counts) == 1:
            return self.shapes.post(tree, f".sum({f'axis={len(rows)}' if rows else ''})", tuple(rows))
        if len(set(counts)) == 1:
            text = f".reshape({'-1, ' if rows else ''}{len(counts)}, {counts[0]}).sum(axis={len(shape)})"
            return self.shapes.post(tree, text, shape)
        return self.shapes.call("add.reduceat", tree, *self.segments(counts), shape=shape)

    def segments(self, counts: Sequence[int]) -> tuple[Tree, Tree]:
        """The arguments of NumPy's reduceat: where each sum begins, and the axis."""
        starts = [sum(counts[:place]) for place in range(len(counts))]
        return ("words", self.listed(starts)), ("words", "axis=-1")

    def repeated(self, tree: Tree, counts: Sequence[int]) -> Tree:
        """Each number on the last axis repeated as `counts` says; what is broadcast along it stays unchanged."""
        shape = self.shapes.of(tree)
        if not shape or shape[-1] in (1, SAMPLES) or max(counts) == 1:
            return tree
        times = str(counts[0]) if len(set(counts)) == 1 else self.listed(list(counts))
        return self.shapes.post(tree, f".repeat({times}, axis=-1)", (*shape[:-1], sum(counts)))

    def leaves(self, part: Part) -> Tree:
        """The array of the leaves that are read; a single fixed leaf is its number."""
        block, is_turned = self.blocks.of[part]
        if block.is_fixed and not block.shape:
            return ("number", self.rolled.numbers[block.leaves])
        return self.shapes.turned(self.name[block]) if is_turned else self.name[block]
