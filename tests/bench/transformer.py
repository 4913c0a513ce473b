"""A character transformer of one layer, written with Values: 16 wide, 4 heads, 27 characters.

Its graph depends on the length of a text only: what the text says comes in as numbers, the embeddings of its characters
and of their places, and for each character the one that follows, as weights of the 27. So one program serves all texts
of a length.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import add
from random import Random

from autograd import Value, logaddexp
from nn.losses import softmax

WIDTH, HEADS, CHARACTERS = 16, 4, 27

Vector = list[Value]
Matrix = list[Vector]


class Transformer:
    """Weights, and the loss of a text of some length."""

    def __init__(self, seed: int) -> None:
        random = Random(seed)

        def matrix(rows: int, columns: int) -> Matrix:
            return [[Value(random.gauss(0.0, 0.2)) for _ in range(columns)] for _ in range(rows)]

        self.query, self.key, self.value, self.out = (matrix(WIDTH, WIDTH) for _ in range(4))
        self.wide, self.narrow = matrix(4 * WIDTH, WIDTH), matrix(WIDTH, 4 * WIDTH)
        self.head = matrix(CHARACTERS, WIDTH)
        matrices = [self.query, self.key, self.value, self.out, self.wide, self.narrow, self.head]
        self.weights = [weight for matrix in matrices for row in matrix for weight in row]

    def loss(self, tokens: Matrix, places: Matrix, following: Matrix) -> Value:
        """The mean cross-entropy of the characters that follow, each predicted from those up to its place."""
        keys: Matrix = []
        values: Matrix = []
        costs = []
        for token, place, wanted in zip(tokens, places, following, strict=True):
            x = [a + b for a, b in zip(token, place, strict=True)]
            x = [a + b for a, b in zip(x, self._attention(normalised(x), keys, values), strict=True)]
            hidden = [h.relu() for h in times(self.wide, normalised(x))]
            x = [a + b for a, b in zip(x, times(self.narrow, hidden), strict=True)]
            logits = times(self.head, normalised(x))
            costs.append(reduce(logaddexp, logits) - dot(wanted, logits))
        return total(costs) / len(costs)

    def _attention(self, x: Vector, keys: Matrix, values: Matrix) -> Vector:
        query = times(self.query, x)
        keys.append(times(self.key, x))
        values.append(times(self.value, x))
        mixed: Vector = []
        for head in range(HEADS):
            part = slice(head * WIDTH // HEADS, (head + 1) * WIDTH // HEADS)
            shares = softmax([dot(query[part], key[part]) * (HEADS / WIDTH) ** 0.5 for key in keys])
            for column in zip(*(value[part] for value in values), strict=True):
                mixed.append(dot(shares, column))
        return times(self.out, mixed)


def total(values: Sequence[Value]) -> Value:
    """Their sum."""
    return reduce(add, values)


def dot(left: Sequence[Value], right: Sequence[Value]) -> Value:
    """The sum of products."""
    return total([a * b for a, b in zip(left, right, strict=True)])


def times(matrix: Matrix, vector: Vector) -> Vector:
    """A matrix times a vector."""
    return [dot(row, vector) for row in matrix]


def normalised(vector: Vector) -> Vector:
    """Divided by the root of the mean of its squares."""
    scale = (dot(vector, vector) / len(vector) + 1e-5) ** -0.5
    return [x * scale for x in vector]


def leaves(length: int, columns: int, seed: int) -> Matrix:
    """As many vectors of random numbers as a text has characters."""
    random = Random(seed)
    return [[Value(random.gauss(0.0, 0.5)) for _ in range(columns)] for _ in range(length)]
