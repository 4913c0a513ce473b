"""A GPT, one number at a time: it reads a text, and says after each token which ones may follow.

The model is that of microgpt (Andrej Karpathy, February 2026) in words and code of our own: one layer, 16 wide, with 4
heads of attention over at most 16 positions; 4,192 parameters. A vector is a list of Values, a matrix a list of rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from operator import add

from autograd import Value, exp, logsumexp, pick, relu
from autograd.extend import weighted_sum

from ..module import Module
from ..seeds import random_from

TOKENS, POSITIONS, WIDTH, HEADS = 27, 16, 16, 4
SIZE = WIDTH // HEADS  # of the part that a head reads of each vector

Vector = Sequence[Value]
Matrix = Sequence[Vector]


def plus(left: Vector, right: Vector) -> Vector:
    """The sum of two vectors."""
    return [*map(add, left, right)]


def total(values: Iterable[Value]) -> Value:
    """Values, added up from left to right."""
    added: Value = reduce(add, values)
    return added


def dot(left: Vector, right: Vector) -> Value:
    """The products of two vectors' numbers, added up: large where the two point the same way."""
    product: Value = weighted_sum(left, right)
    return product


def linear(matrix: Matrix, x: Vector) -> Vector:
    """A matrix times a vector: a neuron for each row, without bias and activation."""
    return [dot(row, x) for row in matrix]


def rmsnorm(x: Vector) -> Vector:
    """A vector divided by the root of the mean of its squares, whatever size its numbers had."""
    scale = (dot(x, x) / len(x) + 1e-5) ** -0.5
    return [scale * number for number in x]


def softmax(scores: Vector) -> Vector:
    """Scores as shares of 1: e to each of them, divided by the sum of all these."""
    whole = logsumexp(scores)
    return [exp(score - whole) for score in scores]


class GPT(Module):
    """A transformer of one layer: logits of the token that follows."""

    def __init__(self, seed: int | None = None) -> None:
        random = random_from(seed)

        def matrix(rows: int, columns: int, name: str) -> Matrix:
            numbers = [Value(random.gauss(0.0, 0.08), f"{name}{i}") for i in range(1, rows * columns + 1)]
            return [numbers[start : start + columns] for start in range(0, len(numbers), columns)]

        self.token, self.position = matrix(TOKENS, WIDTH, "token"), matrix(POSITIONS, WIDTH, "position")
        self.query, self.key, self.value, self.mix = (matrix(WIDTH, WIDTH, name) for name in ("q", "k", "v", "mix"))
        self.widen, self.narrow = matrix(4 * WIDTH, WIDTH, "widen"), matrix(WIDTH, 4 * WIDTH, "narrow")
        self.unembed = matrix(TOKENS, WIDTH, "unembed")

    def parameters(self) -> list[Value]:
        """The numbers of all matrices."""
        return [number for matrix in vars(self).values() for row in matrix for number in row]

    def __call__(self, tokens: Sequence[Value | float]) -> Matrix:
        """Logits after each token of a text."""
        past: list[tuple[Vector, Vector]] = []
        return [self.following(token, past) for token in tokens]

    def following(self, token: Value | float, past: list[tuple[Vector, Vector]]) -> Vector:
        """Logits after one more token. past: the key and the value of each so far, to which those of this one come."""
        x = rmsnorm(plus(pick(self.token, token), self.position[len(past)]))
        x = plus(x, self.attention(rmsnorm(x), past))
        x = plus(x, self.mlp(rmsnorm(x)))
        return linear(self.unembed, x)

    def attention(self, x: Vector, past: list[tuple[Vector, Vector]]) -> Vector:
        """What earlier positions say: each head mixes their values, by how well their keys fit this one's query."""
        query, key, value = (linear(matrix, x) for matrix in (self.query, self.key, self.value))
        past.append((key, value))
        mixed: list[Value] = []
        for part in (slice(head * SIZE, (head + 1) * SIZE) for head in range(HEADS)):
            shares = softmax([dot(query[part], key[part]) / SIZE**0.5 for key, _ in past])
            mixed += [dot(shares, column) for column in zip(*(value[part] for _, value in past), strict=True)]
        return linear(self.mix, mixed)

    def mlp(self, x: Vector) -> Vector:
        """What this position makes of it: 64 neurons, and 16 that read them."""
        return linear(self.narrow, [relu(h) for h in linear(self.widen, x)])


def surprise(logits: Matrix, following: Sequence[Value | float]) -> Value:
    """-log of the share that each token got which did follow: the mean over a text."""
    costs = [logsumexp(each) - pick(each, token) for each, token in zip(logits, following, strict=True)]
    return total(costs) / len(costs)
