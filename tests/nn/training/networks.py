"""A network that branches, for the tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograd import Value
from nn.module import Module


class Branching(Module):
    """A relu by hand: what is computed depends on the number."""

    def __init__(self, look: Callable[[Value], float] = float) -> None:
        self.w = Value(1.0, "w")
        self.look = look

    def parameters(self) -> list[Value]:
        return [self.w]

    def __call__(self, inputs: Any) -> Value:
        total = (self.w * inputs[0]).named("total")
        scaled: Value = total * 1.0 if self.look(total) > 0 else total * 0.0
        return scaled


def hidden(value: Value) -> float:
    """The number, looked at where nobody is noted."""
    return value._data
