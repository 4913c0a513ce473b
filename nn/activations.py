"""The functions a neuron may end in, by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograd import UsageError, Value, elu, gelu, leaky_relu, relu, sigmoid, silu, softplus, softsign, tanh

Activation = Callable[[Value], Value]


def linear(x: Value) -> Value:
    """The sum as it is."""
    return x


ACTIVATIONS: dict[str, Any] = {
    "sigmoid": sigmoid,
    "tanh": tanh,
    "relu": relu,
    "leaky_relu": leaky_relu,
    "elu": elu,
    "gelu": gelu,
    "silu": silu,
    "softplus": softplus,
    "softsign": softsign,
    "linear": linear,
}


def activation_named(wanted: str | Activation) -> Activation:
    """The activation of that name, or the function itself. Raises UsageError, with the names there are."""
    if callable(wanted):
        return wanted
    if not isinstance(wanted, str) or wanted not in ACTIVATIONS:
        raise UsageError(f"activation {wanted!r} is not known (must be one of {', '.join(ACTIVATIONS)}, or a function)")
    found: Activation = ACTIVATIONS[wanted]
    return found
