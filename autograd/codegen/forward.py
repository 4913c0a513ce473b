"""The forward pass as JavaScript that reads and writes one array of numbers, for pages that compute it very often.

Every value with a line in the trace has a place in the array. A sum of products whose factors are evenly spaced in the
array, as in a neuron, is a loop, so that the text of wide networks stays short. Terms are added in the order of the
recorded graph, which gives the same float.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ..core.value import Value
from ..notation.expression import Tree
from ..notation.typesetting import PRECEDENCE, write
from ..tracing.builder import trace
from .javascript import JavaScript, functions_for
from .listing import wrapped

# A sum of at least this many products is a loop.
_FEWEST = 4

_DOT = """\
const dot = (v, sum, a, da, b, db, count) => {
  for (let i = 0; i < count; i++, a += da, b += db) sum += v[a] * v[b];
  return sum;
};"""


class Forward(NamedTuple):
    """text: a JavaScript expression. places: the index of each value in its array. size: that of the array."""

    text: str
    places: dict[Value, int]
    size: int


def forward_in_javascript(root: Value, leaves: Sequence[Value]) -> Forward:
    """The forward pass of a graph as a JavaScript function, as text for a page's script.

    The function takes an array that begins with the numbers of `leaves`, in this order. It writes the others into it:
    first the recorded numbers of the other leaves, then all values that have a line in the trace. It throws where
    Python would raise. Raises UsageError if the graph calls a function that has no JavaScript.

    >>> x, w = Value(2.0, "x"), Value(0.5, "w")
    >>> forward = forward_in_javascript((y := (w * x).tanh().named("y")), [x, w])
    >>> print(forward.text[forward.text.index("return (v)"):])
    return (v) => {
      v[2] = tanh(v[1] * v[0]);
    };
    })()
    >>> forward.places[y], forward.size
    (2, 3)
    """
    lines = trace(root, wrt=())
    known = set(leaves)
    constants = [line for line in lines.leaves if line.value not in known]
    values = [*leaves, *(line.value for line in (*constants, *lines.lines))]
    places = {value: place for place, value in enumerate(values)}
    style = _Indexed({line.target: places[line.value] for line in lines})
    body = [f"  v[{places[line.value]}] = {style.figure(line.number)};" for line in constants]
    for line in lines.lines:
        body += wrapped(f"v[{places[line.value]}] = ", _sum(line.expression, style), ";", "  ")
    loop = [_DOT] if any("dot(" in line for line in body) else []
    text = [*functions_for(body), *loop, "return (v) => {", *body, "};"]
    return Forward("\n".join(["(() => {", '"use strict";', *text, "})()"]), places, len(places))


class _Indexed(JavaScript):
    """JavaScript in which each name is written as an element of the array."""

    def __init__(self, places: dict[str, int]) -> None:
        super().__init__()
        self.places = places

    def name(self, label: str) -> str:
        """The place of a value."""
        return f"v[{self.places[label]}]"


def _sum(tree: Tree, style: _Indexed) -> str:
    """An expression; in a sum, evenly spaced products are a loop."""
    terms = [tree]
    while terms[0][0] == "+":
        terms[:1] = terms[0][1:]
    text, place = "", 0
    while place < len(terms):
        first, strides, count = _even(terms[place:], style)
        if count >= _FEWEST:
            text = f"dot(v, {text or 0}, {first[0]}, {strides[0]}, {first[1]}, {strides[1]}, {count})"
        else:
            count = 1
            term = write(terms[place], style, around=PRECEDENCE["+"] + bool(text))
            text = f"{text} + {term}" if text else term
        place += count
    return text


def _even(terms: Sequence[Tree], style: _Indexed) -> tuple[tuple[int, int], tuple[int, int], int]:
    """How many of the first terms are evenly spaced products of two values: their places, distances, and count."""
    pairs: list[tuple[int, int]] = []
    for term in terms:
        if term[0] != "*" or term[1][0] != "name" or term[2][0] != "name":
            break
        pair = style.places[term[1][1]], style.places[term[2][1]]
        if len(pairs) > 1 and any(2 * b - a != c for a, b, c in zip(pairs[-2], pairs[-1], pair, strict=True)):
            break
        pairs.append(pair)
    if len(pairs) < 2:
        return (0, 0), (0, 0), len(pairs)
    (a, b), (after_a, after_b) = pairs[:2]
    return (a, b), (after_a - a, after_b - b), len(pairs)
