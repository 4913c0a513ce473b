"""What is shown of a network: columns of tiles, one for each input and neuron, and the lines between them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from autograd import Value
from autograd.extend import Forward, cut, visible

from ..module import Module
from ..neuron import Neuron, layers_of

# Of a wider layer those neurons are shown that have the widest lines.
_MOST_TILES = 16
_WIDEST_NAME = 6  # in ems
# The least and the largest number of an activation that has both.
_BOUNDS = {"sigmoid": (0.0, 1.0), "tanh": (-1.0, 1.0)}


class Tile(NamedTuple):
    """name: as it is shown. place: of its value in the page's array. bounds: the least and the largest number that it
    can have, where there are such.
    """

    name: str
    place: int
    bounds: tuple[float, float] | None


class Column(NamedTuple):
    """heading: lines of text above it. tiles: those that are shown."""

    heading: list[str]
    tiles: list[Tile]


class Line(NamedTuple):
    """From a column to the next: the rows of its ends, and the place of its weight among the parameters."""

    column: int
    start: int
    end: int
    parameter: int


def columns_of(
    net: Module,
    forward: Forward,
    outputs: Sequence[Value],
    parameters: Sequence[Value],
    bounds: Sequence[tuple[float, float]],
) -> tuple[list[Column], list[Line]]:
    """The columns of a network, and the lines between what is shown of them.

    parameters: in the order of the page; how wide the lines are, the numbers say that they have now.
    bounds: the least and the largest number of each input. Of a network of somebody's own kind inputs and outputs are
    shown.
    """
    layers = layers_of(net)
    inputs = [Tile(f"x{index + 1}", index, (low, high)) for index, (low, high) in enumerate(bounds)]
    place_of = {value.name: place for value, place in forward.places.items() if value.name}
    whole = [inputs]
    whole += [[_tile(neuron, place_of[str(neuron.name)]) for neuron in layer] for layer in layers]
    if not layers:
        named = [(output.name or f"output {at}", output) for at, output in enumerate(outputs, start=1)]
        whole.append([Tile(visible(name), forward.places[one], None) for name, one in named])
    widest = _widest(layers, [len(column) for column in whole])
    shown = [sorted(sorted(range(len(sizes)), key=lambda at: -sizes[at])[:_MOST_TILES]) for sizes in widest]
    columns = []
    for depth, (tiles, some) in enumerate(zip(whole, shown, strict=True)):
        kind = "input" if not depth else "output" if depth == len(whole) - 1 else "hidden"
        heading = [f"{len(tiles)} {kind}" + ("s" if len(tiles) > 1 and kind != "hidden" else "")]
        if depth and layers:
            heading.append(_activation(layers[depth - 1][0]))
        if len(tiles) > len(some):
            heading.append(f"{len(some)} widest shown")
        columns.append(Column(heading, [tiles[index] for index in some]))
    place = {parameter: at for at, parameter in enumerate(parameters)}
    lines = [
        Line(depth, row, end, place[layers[depth][index].weights[before]])
        for depth in range(len(layers))
        for end, index in enumerate(shown[depth + 1])
        for row, before in enumerate(shown[depth])
    ]
    return columns, lines


def _tile(neuron: Neuron, place: int) -> Tile:
    return Tile(cut(visible(str(neuron.name)), _WIDEST_NAME), place, _BOUNDS.get(_activation(neuron)))


def _activation(neuron: Neuron) -> str:
    return visible(getattr(neuron.activation, "__name__", "a function"))


def _widest(layers: Sequence[Sequence[Neuron]], sizes: Sequence[int]) -> list[list[float]]:
    """For each tile of each column the size of the largest weight that leads to it or from it."""
    found = [[0.0] * size for size in sizes]
    for depth, layer in enumerate(layers):
        for index, neuron in enumerate(layer):
            for before, weight in enumerate(neuron.weights):
                size = abs(weight.data)
                found[depth][before] = max(found[depth][before], size)
                found[depth + 1][index] = max(found[depth + 1][index], size)
    return found


def as_data(columns: Sequence[Column], lines: Sequence[Line], outputs: Sequence[int]) -> dict[str, Any]:
    """Columns and lines as the page reads them. outputs: the places of the outputs."""
    rank = {place: at for at, place in enumerate(outputs)}

    def tile(one: Tile) -> dict[str, Any]:
        low_high = {} if one.bounds is None else {"low": one.bounds[0], "high": one.bounds[1]}
        is_positive = one.bounds is not None and one.bounds[0] >= 0.0
        output = {"output": rank[one.place]} if one.place in rank else {}
        return {"name": one.name, "place": one.place, "isPositive": is_positive, **low_high, **output}

    return {
        "columns": [{"heading": column.heading, "tiles": [*map(tile, column.tiles)]} for column in columns],
        "lines": [list(line) for line in lines],
    }
