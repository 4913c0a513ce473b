"""Rolling: a recorded graph as a graph of families, values that are computed alike from the same families.

Two values are of one family if they have the same row of the table and, operand by operand, the same constant, a
parameter each, or values of one family. So h1 and h2 are found to be one array, from the graph alone: nothing here
knows of neurons or layers. It takes one pass over the graph, inputs before consumers, in which what a value reads is
looked up in a dictionary.

Sums are taken apart first, as they are recorded pair by pair: w1 * x1 + w2 * x2 + b1 is one product of rows, and b1.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

from ...core.list_op import ListOp
from ...core.recording import recorded
from ...core.value import Value
from .arranging import arrange
from .families import Family, Part
from .overview import ADD, LOGADDEXP, SUB, Overview

# What kind of leaf an operand is: one whose gradient is wanted, or one that keeps the number it was recorded with; or
# no leaf, but a constant.
PARAMETER, FIXED, CONSTANT = "parameter", "fixed", "constant"


# A term of a sum: its sign; its value, None where that is deferred; and of a product the value and the leaf.
_Term = tuple[int, Value | None, tuple[Value, Value] | None]


class Rolled:
    """A graph of families.

    families: inputs before consumers. data: the first of them, one for each list of leaves that every sample has its
    own numbers for. of: a value's family, and its place there. numbers: those of the fixed leaves, as they were read.
    count: how many values the graph has.
    """

    def __init__(self, root: Value, data: Sequence[Sequence[Value]], wrt: Sequence[Value]) -> None:
        self.root = root
        self.wrt = list(wrt)
        self.families: list[Family] = []
        self.of: dict[Value, tuple[Family, int]] = {}
        self._wanted = frozenset(wrt)
        self._table: dict[Any, Any] = {}
        self._same: dict[Value, Value] = {}  # of values that are computed twice, the first
        self.data = [self._new(("data", place), Family(place, "data")) for place in range(len(data))]
        for family, values in zip(self.data, data, strict=True):
            for value in values:
                self._join(family, value)
        self._kinds: dict[Family, list[Any]] = {}  # of a sum's parts
        self._leaf_places: dict[Value, int] = {leaf: place for place, leaf in enumerate(self.wrt)}
        self._overview = Overview(root, set(self.of), self._wanted)
        self.numbers, self._absorbed = self._overview.numbers, self._overview.absorbed
        self.count = self._overview.count
        for value in self._overview.order:
            if value._inputs and value not in self._absorbed:
                self._place(value)
        arrange(self.families, self.of, self._leaf_places)

    @property
    def root_family(self) -> Family | None:
        """The family of the root; None where that is a leaf that is no data."""
        return self.of[self.root][0] if self.root in self.of else None

    # The pass -----------------------------------------------------------------------------------------------------

    def _place(self, value: Value) -> None:
        if value.op is ADD or value.op is SUB:
            self._place_sum(value)
        elif value in self._overview.single:
            self._place_single(value)
        elif not self._place_list(value):
            self._place_row(value)

    def _place_list(self, value: Value) -> bool:
        """A fold or a pick, where what it reads is of one family, or leaves. False where it is none, or reads more."""
        if value.op is LOGADDEXP:
            return self._place_chain(value)
        if not isinstance(value.op, ListOp):
            return False
        operands = [self._same.get(one, one) if isinstance(one, Value) else one for one in value.operands]
        if value.op.name == "pick":
            return self._place_pick(value, operands[:-1], operands[-1])
        return self._place_fold(value, operands)

    def _place_row(self, value: Value) -> None:
        operands = [self._same.get(one, one) if isinstance(one, Value) else one for one in value.operands]
        seen: dict[Value, int] = {}
        # Of a constant the text: 0.0 and -0.0 are equal, and not the same.
        kinds = [
            (self._kind(one), seen.setdefault(one, len(seen))) if isinstance(one, Value) else repr(one)
            for one in operands
        ]
        family = self._family(
            (value.op, *kinds),
            lambda number: Family(
                number,
                "row",
                value.op,
                [self._part("each", one) if isinstance(one, Value) else one for one in operands],
            ),
        )
        if self._is_there(family, value, tuple(operands)):
            return
        for part, one in zip(family.operands, operands, strict=True):
            if isinstance(part, Part):
                part.values.append(one)
        self._join(family, value)

    def _place_sum(self, value: Value) -> None:
        terms, constant = self._terms(value)
        kinds = [self._kind_of_product(sign, *pair) if pair else None for sign, _, pair in terms]
        counts = Counter(kinds)
        # What is read, by its kind: (value, leaf) of a product of rows, and values.
        read: dict[Any, list[Any]] = {}
        for (sign, one, pair), kind in zip(terms, kinds, strict=True):
            if pair and counts[kind] > 1:
                read.setdefault(kind, []).append(pair)
                continue
            if pair:  # one product is no product of rows
                one = one or self._recorded(*pair)
                if one not in self.of:
                    self._place_row(one)
            assert one
            first = self._same.get(one, one)
            read.setdefault(("values", sign, self._kind(first)), []).append(first)
        self._join_sum(value, read, constant)

    def _place_single(self, value: Value) -> None:
        """A value that stands where others are sums, as a sum of one term: attention over a single position."""
        self._place_row(value)
        family, place = self.of[value]
        term = self._same.pop(value, None)
        if term is None:
            term = family.members[place] = Value(0.0)
            self.of[term] = family, place
        self._join_sum(value, {("values", 1, family.number): [term]}, 0.0)

    def _join_sum(self, value: Value, read: Mapping[Any, list[Any]], constant: float) -> None:
        """The family of a sum of what it reads, by kind."""
        # In the order of their places, whatever the order in which they were added.
        for kind, found in read.items():
            found.sort(key=(lambda pair: self.of[pair[0]][1]) if kind[0] == "dot" else self._place_of)
        matrix = self._overview.matrices.get(value)
        key = frozenset((*kind, _form(kind, found, matrix)) for kind, found in read.items())
        family = self._family(
            ("sum", repr(constant), key),
            lambda number: Family(number, "sum", None, [self._part_of(*one) for one in read.items()], constant),
        )
        if self._is_there(family, value, frozenset((kind, tuple(found)) for kind, found in read.items())):
            return
        for kind, part in zip(self._kinds.setdefault(family, list(read)), family.parts, strict=True):
            found = read[kind]
            if part.kind == "dot":
                part.values.append(tuple(one for one, _ in found))
                part.weights.append(tuple(leaf for _, leaf in found))
            else:
                part.values.append(tuple(found))
        self._join(family, value)

    def _kind_of_product(self, sign: int, value: Value, leaf: Value) -> Any:
        """What all terms of one product of rows have in common."""
        return "dot", sign, PARAMETER if leaf in self._wanted else FIXED, self._kind(value)

    def _recorded(self, value: Value, leaf: Value) -> Value:
        with recorded():
            return leaf * value

    def _part_of(self, kind: Any, found: Sequence[Any]) -> Part:
        if kind[0] == "dot":
            return Part("dot", kind[1], self.of[found[0][0]][0], kind[2] == FIXED)
        return self._part("over", found[0], kind[1])

    def _place_chain(self, value: Value) -> bool:
        """A chain of logaddexp over members of one family, each once, is one logsumexp. False where it is no such."""
        found: list[Any] = []
        chained: list[Value] = []
        ahead: list[Any] = [value]
        while ahead:
            one = ahead.pop()
            if isinstance(one, Value) and one.op is LOGADDEXP and (one is value or one in self._absorbed):
                chained.append(one)
                ahead += one.operands[::-1]
            else:
                found.append(self._same.get(one, one))
        if self._place_fold(value, found):
            return True
        for one in reversed(chained[1:]):
            self._place_row(one)
        return False

    def _place_fold(self, value: Value, read: Sequence[Any]) -> bool:
        """One logsumexp, or norm, over several members of one family, each once. False where it reads others."""
        is_alike = all(one in self.of for one in read) and len({self._kind(one) for one in read}) == 1
        if not is_alike or len(set(read)) < len(read):
            return False
        found = sorted(read, key=self._place_of)
        fold = "norm" if value.op and value.op.name == "norm" else "logsumexp"
        family = self._family(
            ("fold", fold, self._kind(found[0])),
            lambda number: Family(number, "fold", None, [self._part("over", found[0])]),
        )
        family.fold = fold
        if not self._is_there(family, value, tuple(found)):
            family.parts[0].values.append(tuple(found))
            self._join(family, value)
        return True

    def _place_pick(self, value: Value, read: Sequence[Any], index: Any) -> bool:
        """One of several members of one family, of leaves, or of constants. False where they are mixed."""
        kinds = {self._kind(one) if isinstance(one, Value) else CONSTANT for one in read}
        if len(kinds) > 1 or len(set(read)) == 1 or not isinstance(index, Value):
            return False
        kind, values = kinds.pop(), tuple(read)
        if kind == CONSTANT and not all(map(math.isfinite, values)):
            return False

        def new(number: int) -> Family:
            parts = [] if kind == CONSTANT else [self._part("pick", values[0])]
            return Family(number, "pick", None, [*parts, self._part("each", index)])

        family = self._family(("pick", kind, len(values), self._kind(index)), new)
        if not self._is_there(family, value, (values, index)):
            tables = family.numbers if kind == CONSTANT else family.parts[0].values
            place = self._table.setdefault((family, "table", repr(values) if kind == CONSTANT else values), len(tables))
            if place == len(tables):
                tables.append(values)
            family.which.append(place)
            family.parts[-1].values.append(index)
            self._join(family, value)
        return True

    def _terms(self, value: Value) -> tuple[list[_Term], float]:
        """The terms of a sum, through sums that nobody else reads, from left to right; and what is constant in it."""
        terms: list[_Term] = []
        constant, same, overview = 0.0, self._same, self._overview
        ahead: list[tuple[int, Any]] = [(1, value)]
        while ahead:
            sign, one = ahead.pop()
            if not isinstance(one, Value):
                constant += sign * one
            elif one in overview.rows and (one is value or one in self._absorbed):
                row = overview.rows[one]
                terms += [(sign, None, (same.get(x, x), leaf)) for leaf, x in zip(row.weights, row.xs, strict=True)]
                terms += [(sign, same.get(bias, bias), None) for bias in row.biases]
            elif one is value or (one in self._absorbed and (one.op is ADD or one.op is SUB)):
                left, right = one.operands
                ahead.append((sign if one.op is ADD else -sign, right))
                ahead.append((sign, left))
            else:
                pair = overview.weighted(one) if one in self._absorbed else None
                terms.append((sign, same.get(one, one), pair and (same.get(pair[1], pair[1]), pair[0])))
        return terms, constant

    # Families -----------------------------------------------------------------------------------------------------

    def _kind(self, one: Value) -> Any:
        """What two operands have to have in common."""
        if one in self.of:
            return self.of[one][0].number
        return PARAMETER if one in self._wanted else FIXED

    def _place_of(self, one: Value) -> int:
        return self.of[one][1] if one in self.of else self._leaf_places.setdefault(one, len(self._leaf_places))

    def _part(self, kind: Literal["each", "over", "pick"], one: Value, sign: int = 1) -> Part:
        if one in self.of:
            return Part(kind, sign, self.of[one][0])
        return Part(kind, sign, None, one not in self._wanted)

    def _family(self, key: Any, make: Callable[[int], Family]) -> Family:
        """The family of that key, made where there is none. So a family reads only those made before it."""
        found: Family | None = self._table.get(key)
        return found or self._new(key, make(len(self.families)))

    def _new(self, key: Any, family: Family) -> Family:
        self._table[key] = family
        self.families.append(family)
        return family

    def _is_there(self, family: Family, value: Value, read: Any) -> bool:
        """Whether the family has a member that reads the same: then the value is that one."""
        first: Value = self._table.setdefault((family, read), value)
        if first is value:
            return False
        self.of[value] = self.of[first]
        self._same[value] = first
        return True

    def _join(self, family: Family, value: Value) -> None:
        self.of[value] = family, len(family.members)
        family.members.append(value)


def _form(kind: Any, found: Sequence[Any], matrix: int | None) -> Any:
    """What the sums of a family have in common where they read several of a kind: of values not even how many.

    Of a product of rows it is the values; or the matrix, where one is applied to several rows of values.
    """
    if kind[0] == "dot":
        return tuple(one for one, _ in found) if matrix is None else matrix
    return len(found) if kind[2] in (PARAMETER, FIXED) else None
