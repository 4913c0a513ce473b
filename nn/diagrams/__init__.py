"""The articles' picture of a network: circles in columns, and a line for each weight.

It is SVG, written here: the layout is columns and rows, and needs no other program.

    content.py   what is drawn: columns of circles, names and numbers
    layout.py    where it is drawn
    svg.py       the picture as SVG text
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from autograd import UsageError, Value
from autograd.extend import write_whole

from ..module import Module
from .content import columns_of
from .svg import svg_of


class Diagram:
    """A picture of a network; a notebook shows it.

    svg: the picture's text, the same for the same network.
    """

    def __init__(self, svg: str, title: str) -> None:
        self.svg = svg
        self.title = title

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the picture to a file that ends in .svg, all or nothing."""
        suffix = Path(path).suffix
        if suffix.lower() != ".svg":
            raise UsageError(
                f"a diagram is written as .svg, not as {suffix or 'a file without an ending'!r:.30}: save it as "
                "'net.svg', which a browser shows, prints as PDF, and any drawing program turns into PNG"
            )
        write_whole(path, self.svg.encode())

    def __repr__(self) -> str:
        return f"<Diagram of {self.title}; .save('net.svg') writes it to a file>"

    def _repr_svg_(self) -> str:
        return self.svg

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"image/svg+xml": self.svg, "text/plain": repr(self)}


def diagram(net: Module, inputs: Sequence[Value | float] | None = None) -> Diagram:
    """The articles' picture of an MLP, a Layer or a Neuron: circles in columns, a line for each weight.

    inputs: one sample. The circles then show its inputs and every neuron's output for it. Nothing is recorded, and no
    grad changes.

    Of too many circles or columns the first ones and the last are drawn, and a text between them counts the rest.
    Raises UsageError for anything but a network, and where the number of inputs does not fit.

    >>> from nn import MLP
    >>> diagram(MLP(2, [2, 1]))
    <Diagram of a network of 2 inputs, 2 hidden, 1 output; .save('net.svg') writes it to a file>
    """
    columns = columns_of(net, inputs)
    title = "a network of " + ", ".join(column.heading[0] for column in columns)
    return Diagram(svg_of(columns, title), title)


def bundle_of_network(net: Module) -> dict[str, str]:
    """What a notebook shows for a network: its diagram, and its repr as text."""
    text = {"text/plain": repr(net)}
    try:
        return {"image/svg+xml": diagram(net).svg, **text}
    except UsageError:  # someone's own kind of network: a notebook shows what can be shown
        return text
