"""Samples to step through: of an article's network one whose gradients can be seen, and the course's worksheet."""

from __future__ import annotations

import math
from contextlib import redirect_stdout
from io import StringIO
from typing import Any

from autograd import Value

from .articles import with_gradients
from .examples import NETWORKS, samples_of
from .losses import mean_squared_error
from .neuron import MLP


def readable_sample(name: str, net: Any) -> Value:
    """The loss for that of the first twenty samples whose gradients are best to be read: none is 0, or close to it."""
    inputs, targets, loss = samples_of(name)

    def sizes(place: int) -> list[float]:
        with_gradients(net, loss(net(inputs[place]), targets[place]))
        return sorted(abs(parameter.grad) for parameter in net.parameters())

    best = max(range(len(inputs[:20])), key=sizes)
    return with_gradients(net, loss(net(inputs[best]), targets[best]))


def untrained(name: str, seed: int | None = None, fixed_start: bool = False) -> Any:
    """The network that an article's training begins with: an epoch at learning rate 0 leaves it as it is."""
    with redirect_stdout(StringIO()):
        return NETWORKS[name](epochs=1, learning_rate=0.0, seed=seed, fixed_start=fixed_start)


# The course's worksheet. The sums are ln 3, 0 (also in floats) and ln 4, where sigmoid is 3/4, 1/2 and 4/5; the nine
# gradients are short, and no two the same; of the factors that make one no two are equal, and none is 0 or 1, because
# that would hide a mistake.
WORKSHEET_INPUTS = [3.0, 4.0]
WORKSHEET_TARGET = 0.0
WORKSHEET_PARAMETERS = {
    "w1": 0.8,
    "w2": -0.6,
    "b1": math.log(3),
    "w3": 1.5,
    "w4": -0.5,
    "b2": -2.5,
    "w5": 2.0,
    "w6": -5.0,
    "b3": 1 + math.log(4),
}


def worksheet_sample() -> Value:
    """The loss of the worksheet's network, with all gradients: numbers that can be followed by hand."""
    net = MLP(2, [2, 1])
    net.set_parameters(WORKSHEET_PARAMETERS)
    return with_gradients(net, mean_squared_error(net(WORKSHEET_INPUTS), WORKSHEET_TARGET))
