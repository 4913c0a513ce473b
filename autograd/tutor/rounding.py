"""How much of a gradient is the engine's own rounding: 1 - out has few digits left where out is nearly 1."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from ..core.graph import topological_order
from ..core.value import Value
from ..tracing.assignments import Chain, Partial
from .kinks import steps
from .points import Landscape, Point
from .subgraph import Subgraph

# By so many units in the last place the numbers may be off from which the engine computes a partial.
_LAST_PLACES = 4.0
DIGITS_ARE_LOST = "agrees as far as the engine's own digits go, which are lost to rounding"


def is_rounding(astray: Sequence[tuple[Point, float]], subgraph: Subgraph, landscape: Landscape) -> bool:
    """Whether the engine has lost the digits in which each of these answers at a point is not its own."""
    return all(
        abs(answer - subgraph.true(point)) <= lost_digits(point, subgraph, landscape) for point, answer in astray
    )


def lost_digits(point: Point, subgraph: Subgraph, landscape: Landscape) -> float:
    """By how much the engine's own number may be off; 0 where there is no telling."""
    if not subgraph.is_settled_at(point):
        return 0.0
    partials = [point.partials[place] for place in subgraph.places]
    above, below = subgraph.gradients(partials), subgraph.gradients_of(partials)
    lost = 0.0
    try:
        known = _recomputed(point, landscape)
        for (a, b), (_, partial) in zip(subgraph.ends, subgraph.edges, strict=True):
            lost += abs(above[a] * below[b]) * _lost_in(partial, known)
    except (ArithmeticError, ValueError):
        return 0.0
    return _LAST_PLACES * lost if math.isfinite(lost) else 0.0


def lost_at_worst(point: Point, subgraph: Subgraph, landscape: Landscape) -> float:
    """The same, where what is lost in one operation has grown by the next, and factors are off together.

    Of 1 - h nothing may be left: it is off not by a last place of its own, but by one of h; and so is its square.
    """
    still, moving = [], []
    try:
        known = _recomputed(point, landscape)
        off = dict.fromkeys(known, 0.0)  # leaves are what they are
        for value in topological_order(landscape.root):
            if value.op is not None:
                slopes = [slope(*_read(value, known), known[value]) for slope in value.op.partial_functions]
                grown = (abs(s) * off[one] for one, s in zip(value.operands, slopes, strict=True) if one in off)
                off[value] = math.ulp(known[value]) + sum(grown)
        for _, partial in subgraph.edges:
            factors = [[_slope(link, known, off) for link in chain.links()] for chain in partial.chains]
            still.append(sum(math.prod([abs(true) for true, _ in chain]) for chain in factors))
            moving.append(sum(math.prod([abs(true) + moves for true, moves in chain]) for chain in factors))
    except (ArithmeticError, ValueError):
        return 0.0
    lost = subgraph.gradient(moving) - subgraph.gradient(still)
    return _LAST_PLACES * lost if math.isfinite(lost) else 0.0


def _recomputed(point: Point, landscape: Landscape) -> dict[Value, float]:
    """Every value of the graph as the engine computes it from the leaves, operation by operation."""
    known = {leaf.value: number for leaf, number in zip(landscape.leaves, point.leaves, strict=True)}
    for value in topological_order(landscape.root):
        if value.op is not None:
            known[value] = value.op.expression_function(*_read(value, known))
    return known


def _read(value: Value, known: Mapping[Value, float]) -> list[float]:
    return [known[one] if isinstance(one, Value) else one for one in value.operands]


def _lost_in(partial: Partial, known: Mapping[Value, float]) -> float:
    """By how much a partial is off if each operation's share is: every share with the true ones of all others."""
    lost = 0.0
    for chain in partial.chains:
        factors = [_slope(link, known) for link in chain.links()]
        for place, (_, moves) in enumerate(factors):
            if moves:
                lost += moves * math.prod([abs(true) for i, (true, _) in enumerate(factors) if i != place])
    return lost


def _slope(link: Chain, known: Mapping[Value, float], off: Mapping[Value, float] | None = None) -> tuple[float, float]:
    """The partial of one operation, and how far it moves with what it is computed from.

    off: by how much each of these is off; None means by its last place.
    """
    value, op = link.value, link.value.op
    assert op is not None
    slope = op.partial_functions[link.index]
    operands, numbers = (*value.operands, value), [*_read(value, known), known[value]]
    true = slope(*numbers)
    if steps(op.partial_trees[link.index]):  # to jump is not to be rounded
        return true, 0.0
    moves = 0.0
    for moved in {one for one in operands if isinstance(one, Value)}:  # in x * x both
        there = math.nextafter(known[moved], math.inf) if off is None else known[moved] + off[moved]
        changed = [there if one is moved else x for one, x in zip(operands, numbers, strict=True)]
        moves += abs(slope(*changed) - true)
    return true, moves
