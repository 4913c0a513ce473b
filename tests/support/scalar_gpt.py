"""A GPT on a scalar engine of a few lines: the oracle of losses, and the peer that speed is compared with.

The engine works as that of microgpt (Andrej Karpathy, February 2026): a value keeps what it was computed from and the
slope for each, and the backward pass goes through all values, in an order that a recursive function finds. The model is
written out again, with softmax and log as definitions have them. Nothing here imports stepgrad.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any


class Scalar:
    """A number, what it was computed from, and the slope for each of these."""

    __slots__ = ("data", "grad", "inputs", "slopes")

    def __init__(self, data: float, inputs: tuple[Scalar, ...] = (), slopes: tuple[float, ...] = ()) -> None:
        self.data = data
        self.grad = 0.0
        self.inputs = inputs
        self.slopes = slopes

    def __add__(self, other: Any) -> Scalar:
        other = other if isinstance(other, Scalar) else Scalar(other)
        return Scalar(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other: Any) -> Scalar:
        other = other if isinstance(other, Scalar) else Scalar(other)
        return Scalar(self.data * other.data, (self, other), (other.data, self.data))

    def __pow__(self, exponent: float) -> Scalar:
        return Scalar(self.data**exponent, (self,), (exponent * self.data ** (exponent - 1),))

    def exp(self) -> Scalar:
        return Scalar(math.exp(self.data), (self,), (math.exp(self.data),))

    def log(self) -> Scalar:
        return Scalar(math.log(self.data), (self,), (1 / self.data,))

    def relu(self) -> Scalar:
        return Scalar(max(0.0, self.data), (self,), (float(self.data > 0),))

    def __neg__(self) -> Scalar:
        return self * -1

    def __radd__(self, other: float) -> Scalar:
        return self + other

    def __sub__(self, other: float) -> Scalar:
        return self + (-other)

    def __truediv__(self, other: Scalar | float) -> Scalar:
        inverse: Scalar | float = other**-1
        return self * inverse

    def backward(self) -> None:
        order: list[Scalar] = []
        seen: set[Scalar] = set()

        def visit(value: Scalar) -> None:
            if value not in seen:
                seen.add(value)
                for one in value.inputs:
                    visit(one)
                order.append(value)

        visit(self)
        self.grad = 1.0
        for value in reversed(order):
            for one, slope in zip(value.inputs, value.slopes, strict=True):
                one.grad += slope * value.grad


Vector = list[Scalar]


def total(values: Iterable[Scalar]) -> Scalar:
    return sum(values, Scalar(0.0))


def times(matrix: list[Vector], x: Vector) -> Vector:
    return [total(w * one for w, one in zip(row, x, strict=True)) for row in matrix]


def normed(x: Vector) -> Vector:
    mean = total(one * one for one in x) / len(x)
    scale = (mean + 1e-5) ** -0.5
    return [one * scale for one in x]


def shares(scores: Vector) -> Vector:
    largest = max(score.data for score in scores)
    exponentials = [(score - largest).exp() for score in scores]
    whole = total(exponentials)
    return [one / whole for one in exponentials]


class ScalarGPT:
    """The model, from the numbers of its matrices by name; each of them a list of rows."""

    def __init__(self, numbers: dict[str, list[list[float]]], heads: int = 4) -> None:
        self.weights = {name: [[Scalar(one) for one in row] for row in rows] for name, rows in numbers.items()}
        self.parameters = [one for rows in self.weights.values() for row in rows for one in row]
        self.heads = heads
        self.moments = [[0.0] * len(self.parameters) for _ in range(2)]
        self.steps = 0

    def loss(self, tokens: Sequence[int]) -> Scalar:
        """Mean cross-entropy of each token but the first, after those before it."""
        keys: list[Vector] = []
        values: list[Vector] = []
        costs = []
        for position, (token, following) in enumerate(pairwise(tokens)):
            costs.append(-shares(self._logits(token, position, keys, values))[following].log())
        return total(costs) * (1 / len(costs))

    def _logits(self, token: int, position: int, keys: list[Vector], values: list[Vector]) -> Vector:
        w = self.weights
        x = normed([a + b for a, b in zip(w["token"][token], w["position"][position], strict=True)])
        before, x = x, normed(x)
        query = times(w["query"], x)
        keys.append(times(w["key"], x))
        values.append(times(w["value"], x))
        mixed: Vector = []
        size = len(query) // self.heads
        for start in range(0, len(query), size):
            part = range(start, start + size)
            scores = [total(query[i] * key[i] for i in part) / size**0.5 for key in keys]
            weights = shares(scores)
            mixed += [total(a * value[i] for a, value in zip(weights, values, strict=True)) for i in part]
        x = [a + b for a, b in zip(times(w["mix"], mixed), before, strict=True)]
        before, x = x, normed(x)
        x = times(w["narrow"], [one.relu() for one in times(w["widen"], x)])
        return times(w["unembed"], [a + b for a, b in zip(x, before, strict=True)])

    def step(self, tokens: Sequence[int], rate: float, betas: tuple[float, float] = (0.85, 0.99)) -> float:
        """The loss of a text, and an update by Adam."""
        loss = self.loss(tokens)
        loss.backward()
        self.steps += 1
        (first, second), (m, s) = betas, self.moments
        for i, one in enumerate(self.parameters):
            m[i] = first * m[i] + (1 - first) * one.grad
            s[i] = second * s[i] + (1 - second) * one.grad**2
            mean, square = m[i] / (1 - first**self.steps), s[i] / (1 - second**self.steps)
            one.data -= rate * mean / (square**0.5 + 1e-8)
            one.grad = 0.0
        return loss.data


def numbers_of_matrices(matrices: dict[str, Iterable[Iterable[Any]]]) -> dict[str, list[list[float]]]:
    """The numbers of another engine's values, by matrix."""
    return {name: [[one.data for one in row] for row in rows] for name, rows in matrices.items()}
