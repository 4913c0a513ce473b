"""Where weights and biases start: a function of the random source and of a neuron's number of inputs and outputs."""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random

from autograd import UsageError

# (random source, inputs of the layer, outputs of the layer) -> one number
Initializer = Callable[[Random, int, int], float]


def normal(random: Random, n_inputs: int, n_outputs: int) -> float:
    """An independent standard normal, as the weight-height article starts."""
    return random.gauss(0.0, 1.0)


def uniform(random: Random, n_inputs: int, n_outputs: int) -> float:
    """Uniform between -1 and 1."""
    return random.uniform(-1.0, 1.0)


def zero(random: Random, n_inputs: int, n_outputs: int) -> float:
    """0, for biases. (Weights that all start at 0 stay equal: their gradients are the same.)"""
    return 0.0


def xavier(random: Random, n_inputs: int, n_outputs: int) -> float:
    """Normal with variance 2 / (inputs + outputs): keeps signals through sigmoid, tanh and softsign from fading.

    Source: Glorot and Bengio, Understanding the difficulty of training deep feedforward neural networks, 2010.
    """
    return random.gauss(0.0, math.sqrt(2.0 / (n_inputs + n_outputs)))


def he(random: Random, n_inputs: int, n_outputs: int) -> float:
    """Normal with variance 2 / inputs: twice as much, because relu and its like let only half of the signal through.

    Source: He, Zhang, Ren and Sun, Delving deep into rectifiers, 2015.
    """
    return random.gauss(0.0, math.sqrt(2.0 / n_inputs))


INITIALIZERS: dict[str, Initializer] = {
    "normal": normal,
    "uniform": uniform,
    "zero": zero,
    "xavier": xavier,
    "he": he,
}


def initializer_named(wanted: str | Initializer) -> Initializer:
    """The initialiser of that name, or the function itself. Raises UsageError, with the names there are."""
    if callable(wanted):
        return wanted
    if not isinstance(wanted, str) or wanted not in INITIALIZERS:
        raise UsageError(
            f"initialiser {wanted!r} is not known (must be one of {', '.join(INITIALIZERS)}, "
            "or a function of a random source, the number of inputs and the number of outputs)"
        )
    return INITIALIZERS[wanted]
