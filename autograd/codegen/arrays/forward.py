"""The forward lines: which families get a line of their own, and what stands on it.

As in the trace, a family has a line if it is named, read more than once, or the root; and where an array has to be
there as one, to be multiplied as a matrix, indexed, or broadcast. Otherwise it is written inside its only reader.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ...core.op import Op
from ...core.value import Value
from ...notation.expression import Tree, depth, names_in, parts, size, substitute
from ...notation.naming import Names
from .blocks import Block, Blocks
from .families import Family, Part
from .rolling import Rolled
from .shapes import SAMPLES, Shape, Shapes, shape_of_family
from .wording import name_of_data, names_of_blocks, names_of_families

# What an expression or a partial repeats may be an expression of this many operations, if it calls nothing.
LARGEST_REPEATED = 3
# No expression is longer, or deeper, than this.
_LARGEST_EXPRESSION = 40
_DEEPEST_EXPRESSION = 12
# A list of places that takes more than this gets a line above the function.
_LONGEST_INDEX = 40
# Columns of data that are read one by one get names if there are no more than this.
_MOST_COLUMNS = 12


class Statement(NamedTuple):
    """One line: target = tree; with `at`, what is added to some columns of the target, each once unless `repeats`."""

    target: str
    tree: Tree
    shape: Shape
    at: str = ""
    repeats: bool = False


class Forward:
    """The forward lines of a rolled graph.

    arguments: the names of the data and of the blocks. name: of each family and block that has one. inline: the
    expressions of those families that have none. constants: arrays that stand above the function, (name, value).
    """

    def __init__(self, rolled: Rolled, names: Names, data_names: Sequence[str]) -> None:
        self.rolled = rolled
        self.names = names
        self.shapes = Shapes()
        self.blocks = Blocks(rolled)
        self.name: dict[Family | Block, Tree] = {}
        self.inline: dict[Family, Tree] = {}
        self.lines: list[Statement] = []
        self.constants: list[tuple[str, object]] = []
        self.columns: dict[Family, list[str]] = {}
        self.picked_at: dict[Family, str] = {}
        self._places: dict[Tree, str] = {}  # of an index that was read, the name of its whole numbers
        for family, default in zip(rolled.data, data_names, strict=True):
            if len(family):
                self._call(family, names.identifier(name_of_data(family, default)))
        computed = [family for family in rolled.families if family.kind != "data"]
        called = names_of_families(computed)
        # Names that people gave come before t1, t2, …
        words = {family: names.identifier(wish) for family, wish in called.items() if wish}
        for block, wish in names_of_blocks(self.blocks.all, called).items():
            self.name[block] = self.shapes.name(names.identifier(wish), block.shape)
        for family in rolled.data:
            self._name_columns(family)
        for family in computed:
            tree = self._tree(family)
            self.inline[family] = tree
            if self._has_line(family, tree):
                del self.inline[family]
                target = self._call(family, words.get(family) or names.temporary())
                self.lines.append(Statement(target, tree, shape_of_family(family)))

    def _call(self, family: Family, name: str) -> str:
        self.name[family] = self.shapes.name(name, shape_of_family(family))
        return name

    def _name_columns(self, family: Family) -> None:
        """X that is only read column by column is taken apart into x1, x2, …"""
        reads = [(len(set(part.values)), part.kind) for _, part in family.uses]
        if 1 < len(family) <= _MOST_COLUMNS and reads and set(reads) == {(1, "each")}:
            self.columns[family] = [self.names.identifier(value.name or "x") for value in family.members]

    @property
    def has_samples(self) -> bool:
        """Whether there are data, and so rows."""
        return any(len(family) for family in self.rolled.data)

    # Who reads what -----------------------------------------------------------------------------------------------

    def places(self, values: Sequence[Value]) -> list[int]:
        """The places of values in their family."""
        return [self.rolled.of[value][1] for value in values]

    def index(self, places: Sequence[int], depends: bool) -> str:
        """The text of an index that takes columns at some places."""
        rows = ":, " if depends else ""
        first = places[0]
        if len(places) == 1:
            return f"[{rows}{first}]"
        if list(places) == list(range(first, first + len(places))):
            return f"[{rows}{first}:{first + len(places)}]"
        return f"[{rows}{self.listed(list(places))}]"

    def listed(self, value: object) -> str:
        """Places as a list, or the name of an array of them, where they are many."""
        text = repr(value)
        if len(text) <= _LONGEST_INDEX:
            return text
        name = self.names.identifier("index")
        self.constants.append((name, value))
        return name

    def is_whole(self, places: Sequence[int], source: Family) -> bool:
        """Whether some places are all there are, in order."""
        return list(places) == list(range(len(source)))

    def read(self, part: Part, family: Family) -> Tree:
        """What a family reads where it reads one value for each member."""
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
        if len(set(places)) > 1:
            return self.shapes.post(name, self.index(places, source.depends), (*rows, len(places)))
        if width > 1 and source.depends:
            return self.shapes.post(name, f"[:, {places[0]}:{places[0] + 1}]", (SAMPLES, 1))
        return self.shapes.post(name, self.index(places[:1], source.depends), rows)

    def read_all(self, part: Part, family: Family) -> Tree:
        """What a family folds, or multiplies with rows of leaves: several values of its source, on the last axis."""
        if part.source is None:
            return self.leaves(part)
        source, name = part.source, self.name[part.source]
        rows: Shape = (SAMPLES,) if source.depends else ()
        several = part.values if part.kind == "over" and len(family) > 1 else part.values[:1]
        flat = [place for some in several for place in self.places(some)]
        count = len(flat) // len(several)
        if len(source) == 1:  # the same value several times
            tree = self.shapes.post(
                self.shapes.widened(name) if rows else ("call", "array", ("words", f"[{name[1]}]")),
                f".repeat({len(flat)}, axis=-1)",
                (*rows, len(flat)),
            )
        elif self.is_whole(flat, source):
            tree = name
        else:
            tree = self.shapes.post(name, self.index(flat, source.depends), (*rows, len(flat)))
        if len(several) == 1:
            return tree
        text = f".reshape({'-1, ' if rows else ''}{len(family)}, {count})"
        return self.shapes.post(tree, text, (*rows, len(family), count))

    def leaves(self, part: Part) -> Tree:
        """The array of the leaves that are read; a fixed number as itself."""
        block, is_turned = self.blocks.of[part]
        if block.is_fixed and not block.shape:
            return ("number", self.rolled.numbers[block.leaves])
        return self.shapes.turned(self.name[block]) if is_turned else self.name[block]

    # Expressions --------------------------------------------------------------------------------------------------

    def _tree(self, family: Family) -> Tree:
        if family.kind == "fold":
            return self.shapes.call(family.fold, self.read_all(family.parts[0], family), shape=shape_of_family(family))
        if family.kind == "pick":
            return self._picked(family)
        if family.op:
            return substitute(family.op.tree, self.operands(family, family.op))
        terms = [(part.sign, self._term(part, family)) for part in family.parts]
        constant = family.constant
        if constant or not terms:
            # 1 - o rather than -o + 1.
            if not terms or (terms[0][0] < 0 and constant > 0):
                terms.insert(0, (1, ("number", constant)))
            else:
                terms.append((1 if constant > 0 or constant != constant else -1, ("number", abs(constant))))
        sign, total = terms[0]
        total = total if sign > 0 else ("neg", total)
        for sign, tree in terms[1:]:
            total = ("+" if sign > 0 else "-", total, tree)
        return total

    def _picked(self, family: Family) -> Tree:
        """An indexed read: NaN where the index is none. Where in the table the members are is noted in `picked_at`."""
        shapes, index = self.shapes, family.parts[-1]
        count = len(family.numbers[0] if family.numbers else family.parts[0].values[0])
        read = ("call", "places", self.read(index, family), ("number", count))
        if read not in self._places:
            target = self.names.identifier("place")
            self._places[read] = target
            shape = shapes.of(read[2])
            self.lines.append(Statement(target, shapes.call(*read[1:], shape=shape), shape))
        place = self._places[read]
        column = "" if len(set(family.which)) == 1 else f", {self.listed(family.which)}"
        if family.numbers:
            table: Tree = ("name", self.names.identifier("table"))
            columns = [list(row) for row in zip(*family.numbers, strict=True)]
            self.constants.append((table[1], columns if column else list(family.numbers[0])))
        elif family.parts[0].source is None:
            table = self.leaves(family.parts[0])
        else:
            table, source = self.name[family.parts[0].source], family.parts[0].source
            where = [self.places(values) for values in family.parts[0].values]
            if column or not self.is_whole(where[0], source):
                of_index = [list(row) for row in zip(*where, strict=True)] if column else where[0]
                name = self.names.identifier("index")
                self.constants.append((name, of_index))
                place, column = f"{name}[{place}{column}]", ""
            if source.depends:
                place = f"np.arange(len({table[1]})){'[:, None]' if len(family) > 1 else ''}, {place}"
        self.picked_at[family] = f"[{place}{column}]"
        found = shapes.post(table, self.picked_at[family], shape_of_family(family))
        refused = ("words", f"{self._places[read]} < 0")
        return shapes.call("where", refused, ("words", "np.nan"), found, shape=shape_of_family(family))

    def operands(self, family: Family, op: Op) -> dict[str, Tree]:
        """The expressions of the operands of a row."""
        return {
            name: self.read(one, family) if isinstance(one, Part) else ("number", one)
            for name, one in zip(op.inputs, family.operands, strict=True)
        }

    def _term(self, part: Part, family: Family) -> Tree:
        """One term of a sum."""
        if part.kind == "each":
            return self.read(part, family)
        if part.kind == "dot":
            weights, values = self.leaves(part), self.read_all(part, family)
            return self.shapes.matmul(values, weights if len(family) == 1 else self.shapes.turned(weights))
        source = part.source
        if source in self.inline:
            tree = self.inline[source]
        elif source and len(source) == 1:
            return ("*", ("number", len(part.values[0])), self._column(source, family))
        else:
            tree = self.read_all(part, family)
        shape = self.shapes.of(tree)
        axis = f"axis={len(shape) - 1}" if len(shape) > 1 else ""
        return self.shapes.post(tree, f".sum({axis})", shape[:-1])

    def _column(self, source: Family, family: Family) -> Tree:
        return self.shapes.widened(self.name[source]) if len(family) > 1 else self.name[source]

    # Lines --------------------------------------------------------------------------------------------------------

    def _has_line(self, family: Family, tree: Tree) -> bool:
        """Whether a family gets a line, or is written inside its only reader."""
        if (
            family.kind == "pick"
            or family.fold == "norm"
            or family is self.rolled.root_family
            or any(value.name for value in family.members)
            or len(family.uses) != 1
        ):
            return True
        reader, part = family.uses[0]
        if family.depends != reader.depends or reader.kind == "fold" or part.kind in ("dot", "pick"):
            return True
        if any(one.kind == "dot" for one in family.parts):
            return True
        if part.kind == "over":
            values = part.values[0]
            if len(reader) > 1 or len(family) == 1 or not self.is_whole(self.places(values), family):
                return True
        elif len(reader) != len(family) or not self.is_whole(self.places(part.values), family):
            return True
        if family.op and _needs_out(family.op, _needed(family)):
            return True
        if reader.op:
            place = next(place for place, one in enumerate(reader.operands) if one is part)
            if _repeats(reader.op, _needed(reader))[place] and (_computes(tree) or size(tree) > LARGEST_REPEATED):
                return True
        return depth(tree) > _DEEPEST_EXPRESSION or size(tree) > _LARGEST_EXPRESSION


def _needed(family: Family) -> tuple[bool, ...]:
    """Which partials of a row are wanted."""
    return tuple(isinstance(one, Part) and one.needs for one in family.operands)


def _mentioned(op: Op, needed: Sequence[bool]) -> Iterator[str]:
    for tree, is_needed in zip(op.partial_trees, needed, strict=True):
        if is_needed:
            yield from names_in(tree)


def _needs_out(op: Op, needed: Sequence[bool]) -> bool:
    return "out" in _mentioned(op, needed)


def _repeats(op: Op, needed: Sequence[bool]) -> list[bool]:
    """Of each operand, whether the row's expression and the partials that are wanted mention it more than once."""
    inside, mentioned = list(names_in(op.tree)), set(_mentioned(op, needed))
    return [inside.count(name) > 1 or name in mentioned for name in op.inputs]


def _computes(tree: Tree) -> bool:
    """Whether an expression calls something, or sums."""
    return any(part[0] in ("call", "@") or (part[0] == "post" and "(" in part[2]) for part in parts(tree))
