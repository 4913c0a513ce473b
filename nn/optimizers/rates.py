"""Learning rates that change: functions of the epoch, to be given as an optimiser's learning_rate."""

from __future__ import annotations

import math
from collections.abc import Callable

from autograd.extend import whole_number

from .settings import setting

Schedule = Callable[[int], float]


def step_decay(rate: float, every: int, factor: float = 0.5) -> Schedule:
    """The rate, times the factor after every so many epochs.

    >>> [step_decay(0.5, every=2)(epoch) for epoch in range(5)]
    [0.5, 0.5, 0.25, 0.25, 0.125]
    """
    rate, factor = _rate(rate), setting(factor, "factor", 0.0, math.inf)
    every = whole_number(every, "every", 1)
    return lambda epoch: rate * factor ** (epoch // every)


def cosine_decay(rate: float, epochs: int, least: float = 0.0) -> Schedule:
    """From the rate to the least one along half a wave of the cosine; after so many epochs it stays there.

    Source: Loshchilov and Hutter, SGDR: stochastic gradient descent with warm restarts, 2017.

    >>> [round(cosine_decay(0.5, epochs=4)(epoch), 3) for epoch in (0, 2, 4, 5)]
    [0.5, 0.25, 0.0, 0.0]
    """
    rate, least = _rate(rate), setting(least, "least", 0.0, math.inf)
    epochs = whole_number(epochs, "epochs", 1)
    return lambda epoch: least + (rate - least) * 0.5 * (1.0 + math.cos(math.pi * min(epoch / epochs, 1.0)))


def warm_up(then: float | Schedule, epochs: int) -> Schedule:
    """In so many epochs, by equal steps, up to a rate; or to where a schedule begins, which then follows.

    >>> [warm_up(0.5, epochs=4)(epoch) for epoch in range(6)]
    [0.125, 0.25, 0.375, 0.5, 0.5, 0.5]
    """
    epochs = whole_number(epochs, "epochs", 1)
    if callable(then):
        following = then
        return lambda epoch: following(0) * (epoch + 1) / epochs if epoch < epochs else following(epoch - epochs)
    rate = _rate(then)
    return lambda epoch: rate * min((epoch + 1) / epochs, 1.0)


def _rate(given: float) -> float:
    return setting(given, "the learning rate", 0.0, math.inf)
