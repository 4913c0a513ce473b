"""What is found out about a graph before its values are sorted into families: one pass, inputs before consumers.

Among it are matrices that are applied to several rows of values: rows that are multiplied by the same rows of leaves.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from ...core.deferred import Terms, count_values, deferred_terms
from ...core.graph import topological_order
from ...core.op import TABLE, Op
from ...core.value import Value

ADD, SUB, MUL, LOGADDEXP = (TABLE[name] for name in ("add", "sub", "mul", "logaddexp"))


class Overview:
    """A graph, seen as a whole.

    order: its values, a deferred sum as one. rows: the terms of each deferred sum. count: how many values there are,
    with the products and additions of deferred sums.
    absorbed: values that become part of their only reader: unnamed partial sums and products of a sum.
    numbers: those of the leaves that are neither data nor wanted, as they were read.
    matrices: for each sum of products, if its matrix is applied to several rows of values, the matrix's number.
    single: values in such rows that are a single term where the other rows have sums.
    """

    def __init__(self, root: Value, data: Collection[Value], wanted: Collection[Value]) -> None:
        self.order: Sequence[Value] = []
        self.rows: dict[Value, Terms] = {}
        self.absorbed: set[Value] = set()
        self.numbers: dict[Value, float] = {}
        self.matrices: dict[Value, int] = {}
        self.single: set[Value] = set()
        self._data = data
        self._wanted = wanted
        self._depends: set[Value] = set()
        self._find_rows(root)
        self.count = count_values(self.order)
        self._find_matrices(self._absorb())

    def reads(self, value: Value) -> tuple[Value, ...]:
        """The inputs of a value, deferred or not; () for a leaf."""
        return self.rows[value].inputs if value in self.rows else value._inputs

    def weighted(self, value: Value) -> tuple[Value, Value] | None:
        """(leaf, value that depends on the data) if the value is their product, else None."""
        if value.op is not MUL or len(value.inputs) != 2:
            return None
        x, y = value.inputs
        if not x._inputs and x not in self._data and y in self._depends:
            return x, y
        if not y._inputs and y not in self._data and x in self._depends:
            return y, x
        return None

    def _find_rows(self, root: Value) -> None:
        """List the values, and find out which depend on the data. A deferred sum stays deferred only if it is the sum
        of leaves times values that depend on the data, and maybe a leaf.
        """
        wrong: Sequence[Value] = [root]
        while wrong:
            self.order, self._depends = topological_order(root, records=False), set(self._data)
            found = [(value, deferred_terms(value)) for value in self.order]
            self.rows = {value: row for value, row in found if row}
            for value in self.order:
                if not self._depends.isdisjoint(self.reads(value)):
                    self._depends.add(value)
            wrong = [value for value, row in self.rows.items() if not self._is_of_leaves(row)]
            for value in wrong:
                _ = value.inputs  # a look records

    def _is_of_leaves(self, row: Terms) -> bool:
        are_leaves = not any(one._inputs for one in (*row.weights, *row.biases))
        return are_leaves and self._depends.issuperset(row.xs) and not any(one in self._data for one in row.weights)

    def _absorb(self) -> dict[Value, Value]:
        """Find the absorbed values; returns the reader of each."""
        uses: dict[Value, int] = {}
        reader_of: dict[Value, Value] = {}
        for value in self.order:
            for one in self.reads(value):
                uses[one] = uses.get(one, 0) + 1
                reader_of[one] = value
        fixed = {value for value in self.order if not value._inputs and not self._is_known(value)}
        for value in self.order:
            if not value._inputs:
                continue
            if fixed and not fixed.isdisjoint(self.reads(value)):
                self._note_numbers(value, fixed)
            if uses.get(value) != 1 or value.name or reader_of[value] in self.rows:
                continue
            reader = reader_of[value]
            if value.op is ADD or value.op is SUB:
                # a - (b + c) stays what it is.
                is_part = reader.op is ADD or (reader.op is SUB and reader.operands[0] is value)
            elif value.op is LOGADDEXP:
                is_part = reader.op is LOGADDEXP
            else:
                is_part = (reader.op is ADD or reader.op is SUB) and self.weighted(value) is not None
            if is_part:
                self.absorbed.add(value)
        return {value: reader_of[value] for value in self.absorbed}

    def _is_known(self, leaf: Value) -> bool:
        return leaf in self._wanted or leaf in self._data

    def _note_numbers(self, value: Value, fixed: set[Value]) -> None:
        row = self.rows.get(value)
        read = (row.inputs, row.numbers) if row else (value.operands, value.numbers)
        for operand, number in zip(*read, strict=True):
            if isinstance(operand, Value) and operand in fixed:
                self.numbers.setdefault(operand, number)

    def _find_matrices(self, reader_of: dict[Value, Value]) -> None:
        sum_of: dict[Value, Value] = {}
        for value in reversed(self.order):
            if value in reader_of:
                sum_of[value] = sum_of.get(reader_of[value], reader_of[value])
        products: dict[Value, list[tuple[Value, Value]]] = {}
        for value in self.order:
            if value in self.rows:
                terms = self.rows[value]
                products.setdefault(sum_of.get(value, value), []).extend(zip(terms.weights, terms.xs, strict=True))
            elif value in sum_of and (pair := self.weighted(value)):
                products.setdefault(sum_of[value], []).append(pair)
        sums: dict[tuple[Value, ...], list[Value]] = {}  # by the row of values that they read
        for value, pairs in products.items():
            sums.setdefault(tuple(one for _, one in pairs), []).append(value)
        rows: dict[frozenset[tuple[Value, ...]], list[tuple[Value, ...]]] = {}  # by the matrix applied to them
        for row, some in sums.items():
            matrix = frozenset(tuple(leaf for leaf, _ in products[value]) for value in some)
            rows.setdefault(matrix, []).append(row)
        for number, several in enumerate(rows.values()):
            if len(several) == 1:
                continue
            self.matrices.update((value, number) for row in several for value in sums[row])
            for column in zip(*several, strict=True):
                self._find_single(column)

    def _find_single(self, column: Sequence[Value]) -> None:
        """Find the single terms at one place of several rows: values of the kind that sums at this place begin with."""
        ops = {self._op_of_first_term(value) for value in column if value.op is ADD} - {ADD, None}
        self.single |= {value for value in column if value.op in ops and not value.name}

    def _op_of_first_term(self, value: Value) -> Op | None:
        while value.op is ADD and value not in self.rows and isinstance(value.operands[0], Value):
            value = value.operands[0]
        return MUL if value in self.rows else value.op
