"""What is drawn: a column of circles for the inputs, and one for each layer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from autograd import UsageError, Value, no_grad
from autograd.extend import DRAWN, cut, has_members, is_frame, visible

from ..module import Module, as_inputs
from ..neuron import Neuron, layers_of

# A column of more circles, or a network of more columns, is shown by its first ones and its last.
MOST_CIRCLES = 16
MOST_COLUMNS = 6
_FIRST_CIRCLES = 6
_FIRST_COLUMNS = 4
WIDEST_NAME = 6  # in the circle, in ems


class Circle(NamedTuple):
    """One circle.

    text: the name, and below it the number, if there is one. bias: what is written beside the circle. hint: the whole
    name and all digits, shown while the pointer is on it.
    """

    text: list[str]
    bias: str
    hint: str
    neuron: Neuron | None


class Column(NamedTuple):
    """One column of the picture.

    heading: the two lines above it. rows: its circles; in place of those that are left out, a text that counts them.
    numbers: for each circle the index of its input or neuron in the layer; None for that text.
    """

    heading: list[str]
    rows: list[Circle | str]
    numbers: list[int | None]
    is_output: bool


def _evaluated(layers: list[list[Neuron]], inputs: Any) -> tuple[list[str], list[list[float]]]:
    """The names of the inputs, and the numbers in each column; no numbers where no sample is given."""
    wanted = layers[0][0].n_inputs
    if inputs is None:
        return [f"x{number}" for number in range(1, wanted + 1)], []
    # Copies: as_inputs would name the user's own Values.
    if has_members(inputs) and not is_frame(inputs):
        inputs = [Value(x.data, x.name) if isinstance(x, Value) else x for x in inputs]
    column = as_inputs(inputs, wanted, "this network")
    names = [x.name for x in column]
    columns = [column]
    with no_grad():
        for layer in layers:
            column = [neuron.output(column) for neuron in layer]
            columns.append(column)
    return names, [[value.data for value in column] for column in columns]


def columns_of(net: Module, inputs: Sequence[Value | float] | None) -> list[Column]:
    """The columns of a network's picture; where a sample's inputs are given, with a number in every circle."""
    layers = layers_of(net)
    if not layers:
        raise UsageError(f"diagram draws an MLP, a Layer or a Neuron, not {net!r:.40}")
    names, numbers = _evaluated(layers, inputs)
    columns = []
    for depth in _folded(len(layers) + 1, MOST_COLUMNS, _FIRST_COLUMNS):
        if depth is None:
            left_out = len(layers) + 1 - _FIRST_COLUMNS - 1
            columns.append(Column([f"{left_out} more layers", ""], [], [], False))
            continue
        layer = layers[depth - 1] if depth else []
        size = len(layer) if depth else len(names)
        kind = "input" if not depth else "output" if depth == len(layers) else "hidden"
        rows: list[Circle | str] = []
        places = _folded(size, MOST_CIRCLES, _FIRST_CIRCLES)
        for place in places:
            if place is None:
                rows.append(f"{size - _FIRST_CIRCLES - 1} more")
            else:
                number = numbers[depth][place] if numbers else None
                rows.append(_neuron(layer[place], number) if depth else _circle(names[place], number))
        heading = f"{size} {kind}" + ("s" if size > 1 and kind != "hidden" else "")
        columns.append(Column([heading, _activations(layer)], rows, places, kind == "output"))
    return columns


def _folded(size: int, most: int, first: int) -> list[int | None]:
    """The indices to show: all, or where there are more than `most` the first ones, None for the gap, and the last.

    >>> _folded(3, 16, 6), _folded(30, 16, 6)
    ([0, 1, 2], [0, 1, 2, 3, 4, 5, None, 29])
    """
    return list(range(size)) if size <= most else [*range(first), None, size - 1]


def _circle(name: str, number: float | None, bias: str = "", hint: str = "", neuron: Neuron | None = None) -> Circle:
    text = [cut(visible(name), WIDEST_NAME), *([] if number is None else [DRAWN.figure(number)])]
    exact = "" if number is None else f" = {number!r}"
    return Circle(text, bias, visible(name) + exact + hint, neuron)


def _neuron(neuron: Neuron, number: float | None) -> Circle:
    if neuron.bias is None:
        return _circle(str(neuron.name), number, hint=", no bias", neuron=neuron)
    name = visible(neuron.bias.name or "b")
    bias = f"{cut(name, WIDEST_NAME)} = {DRAWN.figure(neuron.bias.data)}"
    return _circle(str(neuron.name), number, bias, f", bias {name} = {neuron.bias.data!r}", neuron)


def _activations(layer: list[Neuron]) -> str:
    names = dict.fromkeys(getattr(neuron.activation, "__name__", "a function") for neuron in layer)
    return cut(visible(", ".join(names)), 15) if names else ""
