"""Networks and optimisers as JSON files: readable, versioned, written all or nothing, and read with suspicion."""

from __future__ import annotations

import json
import math
import os
import sys
from collections.abc import Callable
from functools import reduce
from operator import add
from pathlib import Path
from typing import Any, TypeVar

from autograd import DomainError, StepgradError, UsageError, Value
from autograd.extend import structural_difference, write_whole

from .activations import ACTIVATIONS, Activation
from .module import Module

Network = TypeVar("Network", bound=Module)

FORMAT = "stepgrad network"
VERSION = 2  # 2 added the optimiser


class LoadError(StepgradError, ValueError):
    """A file does not hold a network that this version can read; the message names the field that is wrong."""


def save(net: Any, path: str | os.PathLike[str], optimizer: Any = None) -> None:
    """Write the network to `path`, with its optimiser where it is given. The file is complete or not touched at all,
    whatever happens meanwhile.

    What is written is what the neurons are now, which may have changed since they were made. Raises UsageError where a
    file cannot say it, so that another network would be read.
    """
    content = {"format": FORMAT, "version": VERSION, **_shape_of(net), "parameters": _numbers_of(net)}
    if optimizer is not None:
        if not hasattr(optimizer, "state_dict") or set(optimizer.parameters).isdisjoint(net.parameters()):
            raise UsageError(f"optimizer is {optimizer!r:.60}; expected the one that moves this network's parameters")
        content["optimizer"] = optimizer.state_dict()
    _check_comes_back(net, content)
    write_whole(path, (json.dumps(content, indent=2) + "\n").encode())


def _shape_of(net: Any) -> dict[str, Any]:
    """The fields from which the network is made again, but for its numbers."""
    *hidden, outputs = [layer.neurons for layer in net.layers]
    inner = [neuron for neurons in hidden for neuron in neurons]
    output_activation = _common([(neuron.name, _activation_name(neuron.activation)) for neuron in outputs])
    # Without hidden neurons: the one that the network was made with, or, if that has no name, the outputs'.
    activation = next((name for name in ACTIVATIONS if _is(net.activation, name)), output_activation)
    if inner:
        activation = _common([(neuron.name, _activation_name(neuron.activation)) for neuron in inner])
    biases = [(neuron.name, "no bias" if neuron.bias is None else "a bias") for neuron in (*inner, *outputs)]
    return {
        "n_inputs": net.n_inputs,
        "sizes": [len(neurons) for neurons in (*hidden, outputs)],
        "activation": activation,
        "output_activation": output_activation,
        "bias": _common(biases) == "a bias",
    }


def _numbers_of(net: Any) -> dict[str, float]:
    numbers = {name: parameter.data for name, parameter in net.named_parameters().items()}
    for name, number in numbers.items():
        if not math.isfinite(number):
            raise UsageError(f"{name} is {number!r}; a network is saved only when all its parameters are finite")
    return numbers


def _common(each: list[tuple[str, str]]) -> str:
    """What all of these neurons have. Raises UsageError where one has something else than the first."""
    (first, common), *others = each
    for name, other in others:
        if other != common:
            raise _not_saved(f"{first} has {common}, and {name} has {other}, of which a file can say one for all")
    return common


def _not_saved(why: str) -> UsageError:
    return UsageError(
        f"this network cannot be saved: {why}. Save net.named_parameters() yourself, and set_parameters() in a network "
        "that you make again"
    )


def _check_comes_back(net: Any, content: dict[str, Any]) -> None:
    """Raises UsageError where the network that is read from a file of this content computes something else."""
    again = _made_again(type(net), content)
    xs, ys = ([Value(1.0 / place) for place in range(1, net.n_inputs + 1)] for _ in range(2))
    try:
        one, other = _sum_of(net(list(xs))), _sum_of(again(list(ys)))
    except DomainError:  # a __call__ of its own has no answer at these inputs, so there is nothing to compare
        return
    difference = structural_difference(
        one, other, [*xs, *net.named_parameters().values()], [*ys, *again.named_parameters().values()]
    )
    if difference:
        raise _not_saved(f"what is read from a file would compute something else ({difference})")


def _made_again(kind: type, content: dict[str, Any]) -> Any:
    """The network of such a file, by its class; by a class it is derived from where its own takes other arguments."""
    network: Any
    for network in kind.__mro__:
        try:
            return _network_from(_Fields("the file", content), network)
        except TypeError:  # it takes other arguments than MLP does
            continue
        except LoadError as error:
            raise _not_saved(f"no file of it could be read ({error})") from None
    raise _not_saved(f"{kind.__name__} is no MLP")


def _sum_of(outputs: Any) -> Any:
    return reduce(add, outputs) if isinstance(outputs, list) else outputs


def load(path: str | os.PathLike[str], network: Callable[..., Network]) -> Network:
    """Read what `save` wrote, and make it again with `network`, the class."""
    return _network_from(_fields_of(path), network)


def optimizer_state(path: str | os.PathLike[str]) -> dict[str, Any]:
    """The state_dict() of the optimiser that was saved with a network. Raises LoadError where there is none."""
    field = _fields_of(path)
    if "optimizer" not in field.content:
        raise LoadError(f"{path} holds a network without its optimiser: write it with net.save(path, optimizer)")
    state: dict[str, Any] = field("optimizer", dict)
    return state


def _fields_of(path: str | os.PathLike[str]) -> _Fields:
    """The fields of a file that this version can read."""
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8"), object_pairs_hook=_each_once)
    except (ValueError, RecursionError) as error:
        raise LoadError(
            f"{path} is not a saved network: it is damaged or cut off, or no JSON at all ({error})"
        ) from None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise LoadError(f"{path} is not a saved network: field 'format' should be {FORMAT!r}")
    field = _Fields(path, content)
    version = field("version", int)
    if version > VERSION:
        raise LoadError(
            f"{path}: field 'version' is {version!r:.60}, and this stepgrad reads {VERSION}; install a newer one"
        )
    if version < 1:
        raise field.wrong("version", version, f"a whole number from 1 to {VERSION}")
    return field


def _network_from(field: _Fields, network: Callable[..., Network]) -> Network:
    content = field.content
    n_inputs, sizes, bias = field("n_inputs", int), field("sizes", list), field("bias", bool)
    if n_inputs < 1:
        raise field.wrong("n_inputs", n_inputs, "a whole number of at least 1")
    if not sizes or not all(type(size) is int and size >= 1 for size in sizes):
        raise field.wrong("sizes", sizes, "a list of whole numbers of at least 1")
    for name in ("activation", "output_activation"):
        if field(name, str) not in ACTIVATIONS:
            raise field.wrong(name, content[name], f"one of {', '.join(ACTIVATIONS)}")
    parameters = field("parameters", dict)
    # Counted before a network is made: a file may claim any size.
    wanted = sum((reads + bias) * size for reads, size in zip([n_inputs, *sizes], sizes, strict=False))
    if len(parameters) != wanted:
        count = str(wanted) if wanted < 10**18 else "far more"  # Python writes out no integer without end
        raise field.wrong("parameters", f"{len(parameters)} numbers", f"{count} for a network of these sizes")
    net = network(n_inputs, sizes, content["activation"], content["output_activation"], bias, "zero", "zero")
    known = net.named_parameters()
    for name, number in parameters.items():
        if name not in known:
            raise field.wrong(f"parameters.{name}", number, "a parameter of a network of these sizes")
        if type(number) not in (int, float) or not abs(number) <= sys.float_info.max:
            raise field.wrong(f"parameters.{name}", number, "a finite number")
    net.set_parameters(parameters)
    return net


def _each_once(members: list[tuple[str, Any]]) -> dict[str, Any]:
    """The members of an object. Raises ValueError for a name that is there twice: which one holds, nobody can know."""
    found: dict[str, Any] = {}
    for name, member in members:
        if name in found:
            raise ValueError(f"{name!r:.60} is there twice")
        found[name] = member
    return found


class _Fields:
    """The fields of a file, each asked for with its type."""

    def __init__(self, path: str | os.PathLike[str], content: dict[str, Any]) -> None:
        self.path = path
        self.content = content

    def __call__(self, name: str, kind: type) -> Any:
        if name not in self.content:
            raise LoadError(f"{self.path}: field {name!r} is missing")
        if type(self.content[name]) is not kind:
            raise self.wrong(name, self.content[name], f"of type {kind.__name__}")
        return self.content[name]

    def wrong(self, name: str, found: object, expected: str) -> LoadError:
        return LoadError(f"{self.path}: field {name!r:.60} is {found!r:.60}; expected {expected}")


def _activation_name(activation: str | Activation) -> str:
    for name in ACTIVATIONS:
        if _is(activation, name):
            return name
    raise _not_saved(f"{activation!r:.60}, an activation, is a function of your own, and a file holds no code")


def _is(activation: str | Activation, name: str) -> bool:
    return activation == name or activation is ACTIVATIONS[name]
