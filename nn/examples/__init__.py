"""Networks beyond the articles, trained in the same way: `python -m nn NAME` knows them all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograd import Value

from ..articles import ARTICLES, with_gradients
from ..articles import one_sample as one_of_an_article
from ..articles import samples_of as samples_of_an_article
from ..data import Rows
from .handwriting import digits_network, digits_samples

NETWORKS: dict[str, Callable[..., Any]] = {**ARTICLES, "digits": digits_network}


def samples_of(name: str) -> tuple[Rows, list[float], Callable[..., Value]]:
    """Inputs and targets of a network, and its loss."""
    return digits_samples() if name == "digits" else samples_of_an_article(name)


def one_sample(name: str, net: Any) -> Value:
    """The loss of a network for one of its samples, with all gradients: what is drawn and listed."""
    if name in ARTICLES:
        return one_of_an_article(name, net)
    inputs, targets, loss = samples_of(name)
    return with_gradients(net, loss(net(inputs[0]), targets[0]))
