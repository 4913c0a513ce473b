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
        """The parameters by name."""
        return {parameter.name: parameter for parameter in self.parameters()}

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
                raise UsageError(f"there is no parameter {name!r} (must be one of {_listed(known)})")
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

    def __getattr__(self, name: str) -> Any:
        # Reached only where no ordinary attribute has that name: net.w1 and net.b1 are looked up among the parameters.
        if name[:1] in ("w", "b") and name[1:].isdigit():
            known = self.named_parameters()
            if name in known:
                return known[name]
            raise AttributeError(f"there is no parameter {name!r} (must be one of {_listed(known)})")
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")


def _listed(names: Mapping[str, Any]) -> str:
    listed = list(names)
    return ", ".join(listed) if len(listed) <= 12 else f"{', '.join(listed[:6])}, …, {listed[-1]}"
