"""The forward lines: which families get a line of their own, and what stands on it.

As in the trace, a family has a line if it is named, read more than once, or the root; and if its array is multiplied as
a matrix, indexed, or broadcast. Otherwise it is written inside its only reader.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ...core.op import Op
from ...notation.expression import Tree, depth, names_in, parts, size, substitute
from ...notation.naming import Names
from .families import Family, Part
from .reading import Reading
from .rolling import Rolled
from .shapes import Shape, shape_of_family
from .wording import name_of_data, names_of_blocks, names_of_families

# The most operations in an expression that is mentioned twice; a larger one gets a line, and so does one with a call.
LARGEST_REPEATED = 3
# The most operations in an expression, and the most levels of nesting.
_LARGEST_EXPRESSION = 40
_DEEPEST_EXPRESSION = 12
# Columns of data that are read one by one get names of their own if there are at most this many.
_MOST_COLUMNS = 12


class Statement(NamedTuple):
    """One line: target = tree; with `at`, target[at] += tree, where `repeats` tells if a place is there twice."""

    target: str
    tree: Tree
    shape: Shape
    at: str = ""
    repeats: bool = False


class Forward(Reading):
    """The forward lines of a rolled graph. picked_at: the index by which each pick reads."""

    def __init__(self, rolled: Rolled, names: Names, data_names: Sequence[str]) -> None:
        super().__init__(rolled, names)
        self.lines: list[Statement] = []
        self.picked_at: dict[Family, str] = {}
        self._places: dict[Tree, str] = {}  # of an index that was read, the name of its whole numbers
        for family, default in zip(rolled.data, data_names, strict=True):
            if len(family):
                self._call(family, names.identifier(name_of_data(family, default)))
        computed = [family for family in rolled.families if family.kind != "data"]
        called = names_of_families(computed)
        # The user's names are taken before t1, t2, …
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
        """If X is only read column by column, unpack it into x1, x2, …"""
        reads = [(len(set(part.values)), part.kind) for _, part in family.uses]
        if 1 < len(family) <= _MOST_COLUMNS and reads and set(reads) == {(1, "each")}:
            self.columns[family] = [self.names.identifier(value.name or "x") for value in family.members]

    # Expressions --------------------------------------------------------------------------------------------------

    def _tree(self, family: Family) -> Tree:
        if family.kind == "fold":
            return self._folded(family, family.parts[0])
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

    def _folded(self, family: Family, part: Part) -> Tree:
        shape = shape_of_family(family)
        if not part.is_ragged:
            return self.shapes.call(family.fold, self.read_all(part), shape=shape)
        read = self.read_flat(part)
        if family.fold == "norm":
            read = self.shapes.call("abs", read, shape=self.shapes.of(read))
        reduced = {"norm": "hypot.reduceat", "logsumexp": "logaddexp.reduceat"}[family.fold]
        return self.shapes.call(reduced, read, *self.segments(part.counts), shape=shape)

    def _picked(self, family: Family) -> Tree:
        """A read by an index: NaN if the index is invalid. Notes the index as text in `picked_at`."""
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
            weights, rows = self.leaves(part), len(part.values)
            product = self.shapes.matmul(
                self.read_rows(part), weights if len(part.weights) == 1 else self.shapes.turned(weights)
            )
            return product if rows == 1 else self.side_by_side(product, len(family))
        if part.kind == "pairs":
            return self._summed(("*", self.read_all(part), self.leaves(part)))
        source = part.source
        if source in self.inline:
            return self._summed(self.inline[source])
        if source and len(source) == 1:
            return ("*", self.count(part.counts), self._column(source, family))
        if part.is_ragged:
            return self.added(self.read_flat(part), part.counts)
        return self._summed(self.read_all(part))

    def _summed(self, tree: Tree) -> Tree:
        """The sum over the last axis."""
        shape = self.shapes.of(tree)
        axis = f"axis={len(shape) - 1}" if len(shape) > 1 else ""
        return self.shapes.post(tree, f".sum({axis})", shape[:-1])

    def _column(self, source: Family, family: Family) -> Tree:
        return self.shapes.widened(self.name[source]) if len(family) > 1 else self.name[source]

    # Lines --------------------------------------------------------------------------------------------------------

    def _has_line(self, family: Family, tree: Tree) -> bool:
        """Whether a family gets a line; otherwise it is written inside its only reader."""
        if (
            family.kind == "pick"
            or family.fold == "norm"
            or (family.kind == "fold" and family.parts[0].is_ragged)
            or family is self.rolled.root_family
            or any(value.name for value in family.members)
            or len(family.uses) != 1
        ):
            return True
        reader, part = family.uses[0]
        if family.depends != reader.depends or reader.kind == "fold" or part.kind in ("dot", "pairs", "pick"):
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
    """For each operand, whether the row's expression and the wanted partials mention it more than once."""
    inside, mentioned = list(names_in(op.tree)), set(_mentioned(op, needed))
    return [inside.count(name) > 1 or name in mentioned for name in op.inputs]


def _computes(tree: Tree) -> bool:
    """Whether an expression calls something, or sums."""
    return any(part[0] in ("call", "@") or (part[0] == "post" and "(" in part[2]) for part in parts(tree))
