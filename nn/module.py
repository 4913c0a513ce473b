"""Module: anything with parameters, and what all such things share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from autograd import UsageError, Value, no_grad


class Module:
    """A neuron, a layer, a network: something with named parameters that turns inputs into outputs."""

    def parameters(self) -> list[Value]:
        """The Values that training changes, in the order of their names: w1, w2, b1, w3, …"""
        raise UsageError(f"{type(self).__name__} does not say what its parameters are: define parameters()")

    def named_parameters(self) -> dict[str, Value]:
        """The parameters by name. Raises UsageError where one has no name, or two have the same."""
        found: dict[str, Value] = {}
        for number, parameter in enumerate(dict.fromkeys(self.parameters()), start=1):
            if not parameter.name or parameter.name in found:
                kind = type(self).__name__
                what = f"has the name {parameter.name!r} of another" if parameter.name else "has no name"
                raise UsageError(
                    f"parameter {number} of this {kind} {what}; give each its own, with .named('w{number}')"
                )
            found[parameter.name] = parameter
        return found

    def set_parameters(self, numbers: Mapping[str, float]) -> None:
        """Set parameters by name; those not named stay. All or nothing: an unknown name or a non-number changes none.

        >>> from nn import Neuron
        >>> neuron = Neuron(2)
        >>> neuron.set_parameters({"w1": 0.5, "b1": 0})
        >>> neuron.w1, neuron.b1.data
        (Value(0.5, 'w1'), 0.0)
        """
        known = self.named_parameters()
        for name in numbers:
            if name not in known:
                raise UsageError(f"there is no parameter {name!r} (must be one of {listed(known)})")
        new = {name: Value(number, name).data for name, number in numbers.items()}
        for name, number in new.items():
            known[name].data = number

    def zero_grad(self) -> None:
        """Set the grad of every parameter back to zero."""
        for parameter in self.parameters():
            parameter.zero_grad()

    def __call__(self, inputs: Any) -> Any:
        """The output, or a list of several."""
        raise UsageError(f"{type(self).__name__} does not say what it computes: define __call__(self, inputs)")

    def predict(self, inputs: Any) -> Any:
        """What the module computes, as plain floats and without recording: one float, or a list of several."""
        with no_grad():
            outputs = self(inputs)
        return [float(output) for output in outputs] if isinstance(outputs, list) else float(outputs)


def listed(names: Mapping[str, Any]) -> str:
    """The names for a message, the middle left out where they are many."""
    each = list(names)
    return ", ".join(each) if len(each) <= 12 else f"{', '.join(each[:6])}, …, {each[-1]}"


def as_inputs(inputs: Any, wanted: int, reader: str) -> list[Value]:
    """Inputs as Values: numbers become leaves x1, x2, … with the role of an input, Values stay what they are."""
    if isinstance(inputs, str | Value) or not hasattr(inputs, "__len__"):
        raise UsageError(f"{reader} reads a list of {wanted} number(s), not {inputs!r:.60}")
    if len(inputs) != wanted:
        raise UsageError(f"{reader} reads {wanted} input(s), but was given {len(inputs)}")
    values = []
    for number, x in enumerate(inputs, start=1):
        value = x if isinstance(x, Value) else Value(x)
        if not value.name:
            value.named(f"x{number}")
        if not value.inputs and value.role is None:
            value.role = "input"
        values.append(value)
    return values
