"""Networks beyond the articles, trained in the same way: `python -m nn NAME` knows them all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograd import UsageError, Value

from ..articles import ARTICLES, with_gradients
from ..articles import one_sample as one_of_an_article
from ..articles import samples_of as samples_of_an_article
from ..data import Rows
from .gpt import surprise
from .handwriting import digits_network, digits_samples
from .spelling import spelling_gpt, spelling_samples

NETWORKS: dict[str, Callable[..., Any]] = {**ARTICLES, "digits": digits_network, "gpt": spelling_gpt}


def samples_of(name: str) -> tuple[Rows, list[Any], Callable[..., Value]]:
    """Inputs and targets of a network, and its loss."""
    if name == "gpt":
        return *spelling_samples(), surprise
    return digits_samples() if name == "digits" else samples_of_an_article(name)


# How long one sample's listing is, and which options show less than that.
_LONG = {
    "gpt": ("one letter takes gpt some 4,000 lines", ("--draw", "--step", "--film", "--diagram")),
    "digits": ("one digit takes the network some 2,600 lines", ("--step",)),
}


def check_shown(name: str, option: str) -> None:
    """Raises UsageError where a network is too large for what an option shows."""
    lines, options = _LONG.get(name, ("", ()))
    if option in options:
        raise UsageError(f"{option}: {lines}, and a picture shows 250; --listing prints them all")


def one_sample(name: str, net: Any) -> Value:
    """The loss of a network for one of its samples, with all gradients: what is drawn and listed."""
    if name in ARTICLES:
        return one_of_an_article(name, net)
    inputs, targets, loss = samples_of(name)
    return with_gradients(net, loss(net(inputs[0]), targets[0]))
