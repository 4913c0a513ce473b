"""Neuron, Layer and MLP, in the style of the articles: neurons h1, h2, o1 with parameters w1, w2, b1, w3, …"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any

from autograd import UsageError, Value
from autograd.extend import has_members, weighted_sum, whole_number

from .activations import Activation, activation_named
from .display import shown_by
from .initializers import Initializer, initializer_named
from .module import Module, as_inputs, listed, not_of_instances, numbered
from .seeds import random_from


class Numbered(Module):
    """A module of neurons. Its weights are numbered in one row, and so are its biases: net.w1, net.w2, net.b1."""

    def parameters(self) -> list[Value]:
        """The parameters, neuron by neuron: weights, then the bias if there is one."""
        return list(self.named_parameters().values())

    def named_parameters(self) -> dict[str, Value]:
        """The parameters by their numbers, w1 or b1, also where a parameter has been given another name."""
        return numbered(self.neurons)

    _repr_mimebundle_ = shown_by("diagrams", "bundle_of_network")

    def __getattr__(self, name: str) -> Any:
        # Reached only where no ordinary attribute has that name: net.w1 and net.b1 are looked up among the parameters.
        if _is_number_of_a_parameter(name):
            known = self.named_parameters()
            if name in known:
                return known[name]
            raise AttributeError(f"there is no parameter {name!r} (must be one of {listed(known)})")
        return super().__getattr__(name)

    def __setattr__(self, name: str, new: Any) -> None:
        if _is_number_of_a_parameter(name):
            raise UsageError(
                f"assigning to {name} would hide the parameter, not change it: write net.{name}.data = … "
                f"or net.set_parameters({{{name!r}: …}})"
            )
        super().__setattr__(name, new)


def _is_number_of_a_parameter(name: str) -> bool:
    return name[:1] in ("w", "b") and name[1:].isdigit()


class Neuron(Numbered):
    """output = activation(w1 * x1 + w2 * x2 + … + b1).

    `Neuron(2)` draws its weights; `Neuron(weights=[0, 1], bias=0)` is told them. `bias=False` leaves the bias out.
    Called with a list of numbers or Values it gives its output, a Value named after the neuron, computed from a Value
    named `sum_` and the neuron's name. Raises UsageError where the number of inputs does not fit.

    >>> neuron = Neuron(weights=[0, 1], bias=4)
    >>> neuron([2, 3])
    Value(0.9990889488055994, 'o1')
    """

    def __init__(
        self,
        n_inputs: int | None = None,
        activation: str | Activation = "sigmoid",
        *,
        weights: Sequence[float] | None = None,
        bias: float | bool = True,
        name: str = "o1",
        weight_init: str | Initializer = "normal",
        bias_init: str | Initializer = "normal",
        n_outputs: int = 1,
        seed: int | None = None,
        random: Random | None = None,
    ) -> None:
        random = random or random_from(seed)
        if weights is None:
            n_inputs = whole_number(n_inputs, "n_inputs", 1)
            weight = initializer_named(weight_init)
            weights = [weight(random, n_inputs, n_outputs) for _ in range(n_inputs)]
        weights = list(weights)
        if n_inputs not in (None, len(weights)):
            raise UsageError(f"n_inputs={n_inputs}, but {len(weights)} weights are given; leave n_inputs out")
        whole_number(len(weights), "the number of weights", 1)
        if bias is None:
            raise UsageError("bias=None: write bias=False for a neuron without one, or the number it starts at")
        if bias is True:
            bias = initializer_named(bias_init)(random, len(weights), n_outputs)
        self.name = name
        self.n_inputs = len(weights)
        self.activation = activation_named(activation)
        self.weights = [Value(weight) for weight in weights]
        self.bias = None if bias is False else Value(bias)
        self.name_parameters()

    def __setattr__(self, name: str, new: Any) -> None:
        if name == "activation":
            new = activation_named(new)
        elif name == "bias" and not (new is None or isinstance(new, Value)):
            raise UsageError(f"a bias is a Value, or None, not {new!r:.40}; its number is neuron.bias.data")
        super().__setattr__(name, new)

    @property
    def neurons(self) -> list[Neuron]:
        """Itself."""
        return [self]

    def __call__(self, inputs: Sequence[Value | float]) -> Value:
        """The output, from a list of numbers or Values."""
        return self.output(as_inputs(inputs, self.n_inputs, f"neuron {self.name}"))

    def output(self, xs: Sequence[Value]) -> Value:
        """The output, from as many Values as there are weights."""
        total = weighted_sum(self.weights, xs, self.bias)
        output = self.activation(total)
        if not isinstance(output, Value):
            raise UsageError(
                f"the activation of {self.name} returned {output!r:.40}, through which no gradient flows; "
                "compute with operations on Values (autograd.exp, not math.exp)"
            )
        if output is not total:
            total.named(f"sum_{self.name}").group = self.name
        output.named(self.name).group = self.name
        return output

    def __repr__(self) -> str:
        return f"Neuron({self.n_inputs}, {_spelled(self.activation)}, name={self.name!r})"


class Layer(Numbered):
    """Several neurons that read the same inputs.

    Called with a list of inputs it gives a Value, or a list of them where it has several neurons.

    >>> layer = Layer(2, 3, activation="tanh", seed=1)
    >>> [output.name for output in layer([1.0, 2.0])]
    ['o1', 'o2', 'o3']
    >>> len(layer.parameters())
    9
    """

    def __init__(
        self,
        n_inputs: int,
        n_outputs: int,
        activation: str | Activation = "sigmoid",
        *,
        bias: bool = True,
        weight_init: str | Initializer = "normal",
        bias_init: str | Initializer = "normal",
        prefix: str = "o",
        seed: int | None = None,
        random: Random | None = None,
    ) -> None:
        self.n_inputs = whole_number(n_inputs, "n_inputs", 1)
        random = random or random_from(seed)
        bias = _flag(bias)
        self._neurons = [
            Neuron(
                n_inputs,
                activation,
                bias=bias,
                name=f"{prefix}{number}",
                weight_init=weight_init,
                bias_init=bias_init,
                n_outputs=n_outputs,
                random=random,
            )
            for number in range(1, whole_number(n_outputs, "n_outputs", 1) + 1)
        ]
        self.name_parameters()

    @property
    def neurons(self) -> list[Neuron]:
        """The neurons, in the order of the outputs."""
        return self._neurons

    def outputs(self, xs: Sequence[Value]) -> list[Value]:
        """The outputs of the neurons, always as a list."""
        return [neuron.output(xs) for neuron in self._neurons]

    def __call__(self, inputs: Sequence[Value | float]) -> Any:
        """The output, or a list of several, from a list of numbers or Values."""
        outputs = self.outputs(as_inputs(inputs, self.n_inputs, "this layer"))
        return outputs[0] if len(outputs) == 1 else outputs

    def __repr__(self) -> str:
        return f"Layer({self.n_inputs}, {len(self._neurons)}, {_spelled(self._neurons[0].activation)})"


class MLP(Numbered):
    """A network of layers, each reading the one before: the articles' h1, h2, o1.

    MLP(2, [2, 1]) has 2 inputs, 2 hidden neurons h1 and h2, and 1 output o1; its neurons and its parameters are
    attributes: net.h1, net.w1. With several hidden layers net.h1_2 is the second neuron of hidden layer 1.

    activation: of the hidden neurons: sigmoid, tanh, relu, leaky_relu, elu, gelu, silu, softplus, softsign, linear,
        or a function of a Value.
    output_activation: of the output neurons; None means the same.
    weight_init, bias_init: normal, uniform, zero, xavier, he, or a function (random, n_inputs, n_outputs) -> number.
    seed: an int for the same start every time.

    Called with a list of numbers it gives a Value for one output, a list for several; `predict` gives floats.
    Raises UsageError where sizes make no sense.

    >>> net = MLP(2, [2, 1], weight_init=lambda random, n_inputs, n_outputs: 1.0, bias_init="zero")
    >>> net([-2, -1])
    Value(0.5236951740839997, 'o1')
    >>> list(net.named_parameters())
    ['w1', 'w2', 'b1', 'w3', 'w4', 'b2', 'w5', 'w6', 'b3']
    """

    def __init__(
        self,
        n_inputs: int,
        sizes: Sequence[int],
        activation: str | Activation = "sigmoid",
        output_activation: str | Activation | None = None,
        bias: bool = True,
        weight_init: str | Initializer = "normal",
        bias_init: str | Initializer = "normal",
        seed: int | None = None,
    ) -> None:
        sizes = list(sizes) if has_members(sizes) else sizes
        if not isinstance(sizes, list) or not sizes:
            raise UsageError(f"MLP({n_inputs}, {sizes!r}): give the sizes of the layers as a list, such as [4, 1]")
        random = random_from(seed)
        self.n_inputs = whole_number(n_inputs, "n_inputs", 1)
        self.sizes = [whole_number(size, "the size of a layer", 1) for size in sizes]
        self.activation = activation
        self.output_activation = activation if output_activation is None else output_activation
        self.has_bias = _flag(bias)
        self.layers: list[Layer] = []
        for depth, (reads, size) in enumerate(zip([self.n_inputs, *self.sizes], self.sizes, strict=False), start=1):
            is_output = depth == len(self.sizes)
            prefix = "o" if is_output else "h" if len(self.sizes) == 2 else f"h{depth}_"
            self.layers.append(
                Layer(
                    reads,
                    size,
                    self.output_activation if is_output else activation,
                    bias=bias,
                    weight_init=weight_init,
                    bias_init=bias_init,
                    prefix=prefix,
                    random=random,
                )
            )
        for neuron in self.neurons:
            setattr(self, neuron.name, neuron)
        self.name_parameters()

    @property
    def neurons(self) -> list[Neuron]:
        """All neurons, from the first hidden one to the last output."""
        return [neuron for layer in self.layers for neuron in layer.neurons]

    def __call__(self, inputs: Sequence[Value | float]) -> Any:
        """The output, or a list of several, from a list of numbers or Values."""
        outputs = as_inputs(inputs, self.n_inputs, "this network")
        for layer in self.layers:
            outputs = layer.outputs(outputs)
        return outputs[0] if len(outputs) == 1 else outputs

    def save(self, path: Any, optimizer: Any = None) -> None:
        """Write the network to a JSON file, all or nothing; see `MLP.load`.

        optimizer: is written with it, so that `optimizer.load(path)` lets training go on where it was.
        """
        from .saving import save

        save(self, path, optimizer)

    @not_of_instances
    def load(cls: Any, path: Any) -> MLP:  # noqa: N805
        """Read a network from a file that `save` wrote. Raises LoadError, naming the field that is wrong."""
        from .saving import load

        net: MLP = load(path, cls)
        return net

    def __repr__(self) -> str:
        return (
            f"MLP({self.n_inputs}, {self.sizes}, activation={_spelled(self.activation)}, "
            f"output_activation={_spelled(self.output_activation)})"
        )


def layers_of(net: Any) -> list[list[Neuron]]:
    """The neurons of an MLP, a Layer or a Neuron, layer by layer; of another network none."""
    if isinstance(net, MLP):
        return [layer.neurons for layer in net.layers]
    return [net.neurons] if isinstance(net, Layer | Neuron) else []


def _flag(bias: Any) -> bool:
    if not isinstance(bias, bool):
        raise UsageError(f"bias={bias!r}: write True or False; where biases start is said by bias_init")
    return bias


def _spelled(activation: str | Activation) -> str:
    return repr(activation if isinstance(activation, str) else getattr(activation, "__name__", "a function"))
