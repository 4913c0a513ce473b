"""The layout of an array program: which number of a flat list is where in the arrays."""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import Any, NamedTuple

from ...notation.markup import table_html
from ...notation.mathematics import digits
from ...notation.naming import visible

# The most rows and columns of a matrix that a notebook shows.
_MOST_SHOWN = 12


class Places(NamedTuple):
    """The layout of an array program, as plain data.

    data: (name, columns of a sample) of each array of data. blocks: (name, places in the list of parameters) of the
    other arrays, a place or nested lists of places. moving: which of the blocks an update moves. inputs, parameters:
    their names. numbers: those of the parameters when the program was made.
    """

    data: list[tuple[str, list[int]]]
    blocks: list[tuple[str, Any]]
    moving: list[int]
    inputs: list[str]
    parameters: list[str]
    numbers: list[float]


class Layout(list[tuple[str, Any]]):
    """[(array's name, nested list of its parameters' names)]; a notebook shows the arrays with names and numbers."""

    def __init__(self, places: Places) -> None:
        super().__init__((name, mapped(places.parameters.__getitem__, block)) for name, block in places.blocks)
        self._places = places

    def __reduce__(self) -> tuple[Any, ...]:
        return Layout, (self._places,)

    def _repr_html_(self) -> str:
        return "".join(self._shown(name, block) for name, block in self._places.blocks)

    def _shown(self, name: str, block: Any) -> str:
        """One array as a table, with its name as heading."""
        rows = block if isinstance(block, list) and isinstance(block[0], list) else [block]
        rows = _folded([row if isinstance(row, list) else [row] for row in rows])
        cells = [[self._cell(place) for place in _folded(row)] if row else ["⋯"] for row in rows]
        width = max(map(len, cells))
        return table_html([html.escape(name), *[""] * (width - 1)], [row + [""] * (width - len(row)) for row in cells])

    def _cell(self, place: int | None) -> str:
        if place is None:
            return "⋯"
        name = visible(self._places.parameters[place]) if self._places.parameters[place] else ""
        return f"{html.escape(name)} {digits(self._places.numbers[place])}".strip()


def _folded(items: list[Any]) -> list[Any]:
    """The items; of many, the first ones, None, and the last one."""
    return items if len(items) <= _MOST_SHOWN else [*items[: _MOST_SHOWN - 2], None, items[-1]]


def mapped(function: Callable[[int], Any], places: Any) -> Any:
    """The results of a function for the places, in the same nested lists."""
    return function(places) if isinstance(places, int) else [mapped(function, one) for one in places]
