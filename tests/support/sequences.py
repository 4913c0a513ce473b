"""Random graphs of sequences: matrices applied to every row, and sums and folds over one row, two rows, … of them."""

from __future__ import annotations

from functools import reduce
from operator import add
from random import Random

import autograd
from autograd import Value

Rows = list[list[Value]]


class RandomSequence:
    """root, inputs, wrt: as for to_numpy. Now and then a row goes without something, which no grid has a place for."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.wrt: list[Value] = []
        width = random.choice([2, 3, 4])
        rows = [self._leaves(width) for _ in range(random.choice([1, 2, 3, 4]))]
        self.inputs = [x for row in rows for x in row]
        if random.random() < 0.3:
            rows = [[a + b for a, b in zip(row, self._parameters(width), strict=True)] for row in rows]
        for _ in range(random.choice([1, 2, 3])):
            step = random.choice([self._matrix, self._matrix, self._attention, self._normed, self._folded])
            rows = step(rows)
        self.root = _total([one.tanh() for row in rows for one in row])
        if random.random() < 0.3:
            self.root = self.root + 0.5 * _total([w * w for w in self.wrt or self._parameters(2)])
        random.shuffle(self.wrt)
        self.wrt = self.wrt or self._parameters(1)

    def _leaves(self, count: int) -> list[Value]:
        return [Value(self.random.uniform(-1.0, 1.0)) for _ in range(count)]

    def _parameters(self, count: int) -> list[Value]:
        found = self._leaves(count)
        self.wrt += found
        return found

    def _matrix(self, rows: Rows) -> Rows:
        """W x, or W x + b, for each row."""
        matrix = [self._parameters(len(rows[0])) for _ in range(self.random.choice([1, 2, 3]))]
        bias = self._parameters(len(matrix)) if self.random.random() < 0.4 else []
        if self.random.random() < 0.2:
            self.random.choice(matrix).reverse()
        found = [[_dot(weights, row) for weights in matrix] for row in rows]
        if bias:
            found = [[a + b for a, b in zip(row, bias, strict=True)] for row in found]
        elif self.random.random() < 0.2:  # one sum with something of its own
            found[-1][0] = found[-1][0] + self._parameters(1)[0]
        if self.random.random() < 0.2:  # a row without one of them
            place = self.random.randrange(len(found[-1]))
            found[-1][place] = self.random.choice([rows[-1][0] * 0.5, self._parameters(1)[0] + rows[0][0]])
        return [[one.sin() for one in row] for row in found] if self.random.random() < 0.5 else found

    def _attention(self, rows: Rows) -> Rows:
        """Of each row and those before it the mean, by shares; of the first a single product."""
        scores = [[_dot(row, other) for other in rows[: place + 1]] for place, row in enumerate(rows)]
        shares = [[(one - autograd.logsumexp(each)).exp() for one in each] for each in scores]
        return [[_dot(each, column) for column in zip(*rows[: len(each)], strict=True)] for each in shares]

    def _normed(self, rows: Rows) -> Rows:
        """Each row divided by its length, or by its mean square."""
        if self.random.random() < 0.5:
            return [[x / (autograd.norm(row) + 1.0) for x in row] for row in rows]
        return [[x * (_dot(row, row) / len(row) + 0.1) ** -0.5 for x in row] for row in rows]

    def _folded(self, rows: Rows) -> Rows:
        """Sums, norms or logsumexp over one row, two, …"""
        fold = self.random.choice([_total, autograd.norm, autograd.logsumexp])
        return [[fold(column) for column in zip(*rows[: place + 1], strict=True)] for place in range(len(rows))]


def _total(values: list[Value] | tuple[Value, ...]) -> Value:
    return reduce(add, values)


def _dot(left: list[Value], right: list[Value] | tuple[Value, ...]) -> Value:
    return _total([a * b for a, b in zip(left, right, strict=True)])
