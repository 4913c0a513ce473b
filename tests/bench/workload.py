"""The workload that engines are compared on: 100 samples through a 30-4-1 sigmoid network, in one graph."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import cycle, islice
from random import Random
from typing import Any

SIZES = [(30, 4), (4, 1)]

_random = Random(0)
INPUTS = [[_random.gauss(0.0, 1.0) for _ in range(30)] for _ in range(100)]
TARGETS = [float(_random.random() < 0.5) for _ in INPUTS]
WEIGHTS = [[[_random.gauss(0.0, 0.1) for _ in range(n_in)] for _ in range(n_out)] for n_in, n_out in SIZES]


def network(value: Callable[[float], Any]) -> list[list[tuple[list[Any], Any]]]:
    """Layers of neurons, each its weights and its bias, as Values of an engine."""
    return [[([value(w) for w in weights], value(0.0)) for weights in layer] for layer in WEIGHTS]


def numbers() -> list[float]:
    """What the parameters start from, neuron by neuron: weights, then the bias."""
    return [number for layer in WEIGHTS for weights in layer for number in (*weights, 0.0)]


def total_loss(
    net: list[list[tuple[list[Any], Any]]],
    sigmoid: Callable[[Any], Any],
    leaf: Callable[[float], Any],
    samples: int = len(INPUTS),
) -> Any:
    """The sum of the squared errors of all samples, or of so many, over and over, recorded as one graph."""
    return loss_of(islice(cycle(zip(INPUTS, TARGETS, strict=True)), samples), net, sigmoid, leaf)


def loss_of_neurons(net: Callable[[list[float]], Any]) -> Any:
    """The same of a network of nn."""
    total = None
    for row, target in zip(INPUTS, TARGETS, strict=True):
        loss = (net(row) - target) ** 2
        total = loss if total is None else total + loss
    return total


def loss_of(
    samples: Iterable[tuple[list[float], float]],
    net: list[list[tuple[list[Any], Any]]],
    sigmoid: Callable[[Any], Any],
    leaf: Callable[[float], Any],
) -> Any:
    """The sum of the squared errors of these samples, recorded as one graph."""
    total = None
    for row, target in samples:
        xs = [leaf(x) for x in row]
        for layer in net:
            xs = [sigmoid(sum((w * x for w, x in zip(weights, xs, strict=True)), bias)) for weights, bias in layer]
        loss = (xs[0] - target) ** 2
        total = loss if total is None else total + loss
    return total
