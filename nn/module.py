"""Module: anything with parameters, and what all such things share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import count
from types import MethodType
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar

from autograd import NotANumberError, UsageError, Value
from autograd.extend import has_members, members

from .prediction import computed, computed_for_all
from .rows import checked_rows

_Takes = ParamSpec("_Takes")
_Gives = TypeVar("_Gives")

# What other frameworks call methods of a network, and what is written here.
_ELSEWHERE = {
    "fit": "nn.fit(net, inputs, targets)",
    "train": "nn.fit(net, inputs, targets)",
    "train_step": "nn.fit(net, inputs, targets)",
    "evaluate": "nn.evaluate(net, inputs, targets)",
    "score": "nn.accuracy(net, inputs, targets)",
    "forward": "net(inputs)",
    "predict_proba": "net.predict(inputs)",
    "backward": "loss.backward(), of the Value that a loss returns,",
    "step": "optimizer.step()",
    "compile": "nn.fit(net, inputs, targets, loss, optimizer), which compiles by itself,",
    "get_weights": "net.named_parameters()",
    "set_weights": "net.set_parameters(numbers)",
    "coef_": "net.named_parameters()",
    "summary": "nn.diagram(net)",
    # MLP has it, but its networks have not: it would be taken for one that changes them.
    "load": "net = MLP.load(path), which makes a new network,",
    "load_weights": "net = MLP.load(path), which makes a new network,",
    "save_weights": "net.save(path)",
}


class Module:
    """A neuron, a layer, a network: something with named parameters that turns inputs into outputs.

    A network of your own says in `__call__` what it computes. Its parameters are what `__init__` assigns.

    >>> from nn import Neuron
    >>> class OurNeuralNetwork(Module):
    ...     def __init__(self):
    ...         self.h1, self.h2, self.o1 = (Neuron(2, name=name) for name in ("h1", "h2", "o1"))
    ...         self.name_parameters()
    ...     def __call__(self, inputs):
    ...         return self.o1([self.h1(inputs), self.h2(inputs)])
    >>> list(OurNeuralNetwork().named_parameters())
    ['w1', 'w2', 'b1', 'w3', 'w4', 'b2', 'w5', 'w6', 'b3']
    """

    @property
    def neurons(self) -> list[Any]:
        """The neurons among its attributes, in the order in which they were assigned."""
        modules = (one for one in _parts(vars(self)) if isinstance(one, Module))
        return list(dict.fromkeys(neuron for module in modules for neuron in module.neurons))

    def parameters(self) -> list[Value]:
        """The Values that training changes, in the order of their names: w1, w2, b1, w3, …

        Where a class does not define it: the Values and the parameters of the modules among its attributes, also in
        lists, tuples and dictionaries, in the order in which they were assigned. What was computed is none, nor
        an input or a target.
        """
        found: dict[Value, None] = {}
        for one in _parts(vars(self)):
            found |= dict.fromkeys(one.parameters() if isinstance(one, Module) else [one])
        if not found:
            mend = "assign neurons or Values to self in __init__, or define parameters()"
            raise UsageError(f"{type(self).__name__} has no parameters: {mend}")
        return list(found)

    def name_parameters(self) -> None:
        """Name weights w1, w2, … and biases b1, b2, … through all neurons, for pictures and `named_parameters`."""
        for name, parameter in numbered(self.neurons).items():
            parameter.named(name).role = "parameter"
        for neuron in self.neurons:
            for parameter in neuron.parameters():
                parameter.group = neuron.name

    def named_parameters(self) -> dict[str, Value]:
        """The parameters by name. Raises UsageError where one has no name, or two have the same."""
        found: dict[str, Value] = {}
        for number, parameter in enumerate(dict.fromkeys(self.parameters()), start=1):
            if not parameter.name or parameter.name in found:
                kind = type(self).__name__
                what = f"has the name {parameter.name!r} of another" if parameter.name else "has no name"
                raise UsageError(
                    f"parameter {number} of this {kind} {what}; give each its own, with .named('w{number}'), "
                    "or all those of its neurons: self.name_parameters() at the end of __init__"
                )
            found[parameter.name] = parameter
        return found

    def set_parameters(self, numbers: Mapping[str, float] | Mapping[str, Value]) -> None:
        """Set parameters by name; those not named stay. All or nothing: an unknown name or a non-number changes none.

        A Value stands for its number: `net.set_parameters(other.named_parameters())` copies the parameters of another.

        >>> from nn import Neuron
        >>> neuron = Neuron(2)
        >>> neuron.set_parameters({"w1": 0.5, "b1": 0})
        >>> neuron.w1, neuron.b1.data
        (Value(0.5, 'w1'), 0.0)
        """
        _check_is_mapping(numbers, "set_parameters")
        known = self.named_parameters()
        new = {}
        for name, number in numbers.items():
            if name not in known:
                raise UsageError(f"there is no parameter {name!r:.60} (must be one of {listed(known)})")
            new[name] = number.data if isinstance(number, Value) else Value(number, name).data
        for name, number in new.items():
            known[name].data = number

    def state_dict(self) -> dict[str, float]:
        """The numbers of the parameters by name: plain data, to be kept as you like; see `load_state_dict`."""
        return {name: parameter.data for name, parameter in self.named_parameters().items()}

    def load_state_dict(self, state: Mapping[str, float]) -> None:
        """Set all parameters by name: as set_parameters(), and none may be missing. All or nothing."""
        _check_is_mapping(state, "load_state_dict")
        missing = dict.fromkeys(name for name in self.named_parameters() if name not in state)
        if missing:
            raise UsageError(
                f"the state has no number for {listed(missing)}; set_parameters() sets some and leaves the others"
            )
        self.set_parameters(state)

    def zero_grad(self) -> None:
        """Set the grad of every parameter back to zero."""
        for parameter in self.parameters():
            parameter.zero_grad()

    def __call__(self, inputs: Any) -> Any:
        """The output, or a list of several."""
        kind = type(self)
        also = next((f", in the place of {name}" for name in ("forward", "feedforward") if hasattr(kind, name)), "")
        raise UsageError(f"{kind.__name__} does not say what it computes: define __call__(self, inputs){also}")

    def predict(self, inputs: Any) -> Any:
        """What the module computes, as plain floats and without recording: one float, or a list of several.

        Given rows, a list of lists or a 2-d array, it answers a list with the output of each, which of many rows a
        program computes, to 1e-9. A module that has no n_inputs gets whatever it is given as one row.

        >>> from nn import Neuron
        >>> neuron = Neuron(weights=[1.0, 2.0], bias=False, activation="linear")
        >>> neuron.predict([3.0, 4.0]), neuron.predict([[3.0, 4.0], [0.0, 1.0]])
        (11.0, [11.0, 2.0])
        """
        width = vars(self).get("n_inputs")
        if not has_members(inputs):
            return computed(self, inputs)
        if width is None:
            try:
                return computed(self, inputs)
            except (NotANumberError, UsageError) as error:
                if not any(map(has_members, inputs)):
                    raise
                mend = (
                    "so that predict(rows) reads many rows, set self.n_inputs in __init__: how many numbers a row has"
                )
                raise UsageError(f"{error}; {mend}") from error
        each = members(inputs, "inputs", f"{width} number(s)")
        if not (each and has_members(each[0])):
            return computed(self, inputs)
        rows = checked_rows(each, "inputs")
        for number, row in enumerate(rows):
            if len(row) != width:
                raise UsageError(f"row {number} of inputs has {len(row)} number(s), but the network reads {width}")
        return computed_for_all(self, rows)

    def __getattr__(self, name: str) -> Any:
        # Reached only where no ordinary attribute has that name.
        ours = f": write {_ELSEWHERE[name]} instead" if name in _ELSEWHERE else ""
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}{ours}")


class not_of_instances(Generic[_Takes, _Gives]):  # noqa: N801 -- a decorator
    """As classmethod, of a method that instances do not have, as it would be taken for one that changes them."""

    def __init__(self, function: Callable[Concatenate[Any, _Takes], _Gives]) -> None:
        self.__func__ = function
        self.__doc__ = function.__doc__

    def __get__(self, instance: Any, owner: type) -> Callable[_Takes, _Gives]:
        if instance is not None:
            raise AttributeError  # and Module.__getattr__ says what to write
        return MethodType(self.__func__, owner)


def _parts(given: Any) -> Iterator[Value | Module]:
    """The Values that may be parameters, and the modules, in attributes and what these hold."""
    if isinstance(given, Module) or (
        isinstance(given, Value) and not given.inputs and given.role in (None, "parameter")
    ):
        yield given
    elif isinstance(given, Mapping | list | tuple):
        for one in given.values() if isinstance(given, Mapping) else given:
            yield from _parts(one)


def numbered(neurons: Iterable[Any]) -> dict[str, Value]:
    """The parameters of neurons, each one's weights before its bias, by their numbers: w1, w2, b1, w3, …"""
    weight_numbers, bias_numbers = count(1), count(1)
    named: dict[str, Value] = {}
    for neuron in neurons:
        named |= {f"w{next(weight_numbers)}": weight for weight in neuron.weights}
        if neuron.bias is not None:
            named[f"b{next(bias_numbers)}"] = neuron.bias
    return named


def _check_is_mapping(numbers: Any, reader: str) -> None:
    if not isinstance(numbers, Mapping):
        raise UsageError(f"{reader} reads numbers by name, such as {{'w1': 0.5}}, not {numbers!r:.60}")


def predicted(net: Any, inputs: Any) -> Any:
    """`net.predict(inputs)`; or, of somebody's own kind of network without such a method, what it computes."""
    return net.predict(inputs) if hasattr(net, "predict") else computed(net, inputs)


def predicted_for_all(net: Any, rows: list[list[float]]) -> list[Any]:
    """The same for many rows."""
    ours = isinstance(net, Module) and type(net).predict is Module.predict
    return computed_for_all(net, rows) if ours else [predicted(net, row) for row in rows]


def listed(names: Mapping[str, Any]) -> str:
    """The names for a message, the middle left out where they are many."""
    each = list(names)
    return ", ".join(each) if len(each) <= 12 else f"{', '.join(each[:6])}, …, {each[-1]}"


def as_inputs(inputs: Any, wanted: int, reader: str) -> list[Value]:
    """Inputs as Values: numbers become leaves x1, x2, … with the role of an input, Values stay what they are."""
    xs = inputs if type(inputs) is list else members(inputs, f"what {reader} reads", f"{wanted} number(s)")
    if xs and has_members(xs[0]):
        raise UsageError(
            f"{reader} reads one row of {wanted} number(s) at a time, not a list of rows: net.predict(rows) reads many"
        )
    if len(xs) != wanted:
        raise UsageError(f"{reader} reads {wanted} input(s), but was given {len(xs)}")
    values = []
    for number, x in enumerate(xs, start=1):
        if not isinstance(x, Value):
            value = Value(x, f"x{number}")
            value.role = "input"
        else:
            value = x if x.name else x.named(f"x{number}")
            if not value.inputs and value.role is None:
                value.role = "input"
        values.append(value)
    return values
