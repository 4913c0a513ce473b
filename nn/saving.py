"""Networks as JSON files: readable, versioned, written all or nothing, and read with suspicion."""

from __future__ import annotations

import json
import math
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from autograd import StepgradError, UsageError
from autograd.extend import write_whole

from .activations import ACTIVATIONS, Activation
from .module import Module

Network = TypeVar("Network", bound=Module)

FORMAT = "stepgrad network"
VERSION = 1


class LoadError(StepgradError, ValueError):
    """A file does not hold a network that this version can read; the message names the field that is wrong."""


def save(net: Any, path: str | os.PathLike[str]) -> None:
    """Write the network to `path`. The file is complete or not touched at all, whatever happens meanwhile."""
    numbers = {name: parameter.data for name, parameter in net.named_parameters().items()}
    for name, number in numbers.items():
        if not math.isfinite(number):
            raise UsageError(f"{name} is {number!r}; a network is saved only when all its parameters are finite")
    content = {
        "format": FORMAT,
        "version": VERSION,
        "n_inputs": net.n_inputs,
        "sizes": net.sizes,
        "activation": _activation_name(net.activation),
        "output_activation": _activation_name(net.output_activation),
        "bias": net.has_bias,
        "parameters": numbers,
    }
    write_whole(path, (json.dumps(content, indent=2) + "\n").encode())


def load(path: str | os.PathLike[str], network: Callable[..., Network]) -> Network:
    """Read what `save` wrote, and make it again with `network`, the class."""
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
    """The members of an object. What is there twice says two things, of which JSON readers keep one or the other."""
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
    for name, function in ACTIVATIONS.items():
        if activation == name or activation is function:
            return name
    raise UsageError(
        f"a network whose activation is a function of your own ({activation!r}) cannot be saved: a file holds no code. "
        "Save net.named_parameters() yourself, and set_parameters() in a network that you make again"
    )
