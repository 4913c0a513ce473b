"""Mistakes, planted: each is a formula over a network's own partials and paths (networks.py), not the tutor's.

A `Formula` is a function of the leaves. `said` turns what the tutor names into such a function too, so that the two can
be compared at points that the tutor never saw: it was right if they are the same function.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from random import Random
from typing import NamedTuple

from autograd.tutor.mistakes import Mistake

from .networks import ACTIVATIONS, AT_SUM, OTHER_SLOPES, SLOPES, Edge, Network, Numbers

Formula = Callable[[Numbers], float]
Partials = dict[Edge, float]
Path = tuple[Edge, ...]


class Edit(NamedTuple):
    """One mistake: partials that become others, paths that are counted, a factor; or another partial altogether."""

    kind: str
    change: Callable[[Partials, Numbers], Partials] = lambda partials, known: partials
    counts: Callable[[Path], bool] = lambda path: True
    scale: float = 1.0
    instead: Edge | None = None
    edge: Edge | None = None  # whose partial becomes another


def gradient(network: Network, of: str, wrt: str, edits: Sequence[Edit] = ()) -> Formula:
    """∂of/∂wrt with mistakes, as a function of the leaves: the sum over all paths."""
    for edit in edits:
        of, wrt = edit.instead or (of, wrt)
    paths = [path for path in network.paths(of, wrt) if all(edit.counts(path) for edit in edits)]
    scale = math.prod(edit.scale for edit in edits)

    def formula(leaves: Numbers) -> float:
        known = network.values(leaves)
        partials = network.partials(known)
        for edit in edits:
            partials = edit.change(dict(partials), known)
        return scale * sum(math.prod(partials[edge] for edge in path) for path in paths)

    return formula


def same_function(network: Network, one: Formula, other: Formula, seed: int = 7, points: int = 40) -> bool:
    """Whether two formulas agree wherever both have an answer, and somewhere are not 0."""
    random = Random(seed)
    met = False
    for _ in range(points):
        leaves = network.random_leaves(random)
        try:
            a, b = one(leaves), other(leaves)
        except (ArithmeticError, ValueError):
            continue
        if abs(a - b) > 1e-7 * max(abs(a), abs(b)) + 1e-13:
            return False
        met = met or a != 0.0
    return met


# Mistakes of the catalogue -------------------------------------------------------------------------------------------


def _becomes(edge: Edge, new: Callable[[float], float]) -> Callable[[Partials, Numbers], Partials]:
    return lambda partials, known: partials | {edge: new(partials[edge])}


def at_output(network: Network, names: Sequence[str]) -> Callable[[Partials, Numbers], Partials]:
    """The slopes of these neurons' activations at their outputs."""

    def change(partials: Partials, known: Numbers) -> Partials:
        for neuron in network.neurons:
            if neuron.name in names:
                out = known[neuron.name]
                slope = SLOPES[neuron.activation](out, ACTIVATIONS[neuron.activation](out))
                partials[neuron.name, neuron.sum_name] = slope
        for _, o in network.logs:
            if f"log_{o}" in names:
                partials[f"log_{o}", o] = 1 / known[f"log_{o}"]
            if f"log_not_{o}" in names:
                partials[f"log_not_{o}", o] = -1 / known[f"log_not_{o}"]
        return partials

    return change


def with_slope(
    network: Network, names: Sequence[str], slopes: Mapping[str, Callable[[float, float], float]]
) -> Callable[[Partials, Numbers], Partials]:
    """Other slopes for these neurons' activations, each by the name of the activation."""

    def change(partials: Partials, known: Numbers) -> Partials:
        for neuron in network.neurons:
            if neuron.name in names and neuron.activation in slopes:
                slope = slopes[neuron.activation](known[neuron.sum_name], known[neuron.name])
                partials[neuron.name, neuron.sum_name] = slope
        return partials

    return change


def single_edits(network: Network, of: str, wrt: str) -> dict[str, list[Edit]]:
    """Every single mistake in ∂of/∂wrt, by kind."""
    paths = network.paths(of, wrt)
    edges = list(dict.fromkeys(edge for path in paths for edge in path))
    curves = [one for one in network.neurons if (one.name, one.sum_name) in edges and one.activation != "linear"]
    others = [leaf for leaf in network.leaves if leaf != wrt and network.paths(of, leaf)]
    found: dict[str, list[Edit]] = {
        "sign": [Edit("sign", scale=-1.0)],
        "constant": [Edit("constant", scale=scale) for scale in (2.0, 0.5)],
        "missing": [Edit("missing", _becomes(edge, lambda _: 1.0), edge=edge) for edge in edges],
        "doubled": [Edit("doubled", _becomes(edge, lambda one: one * one), edge=edge) for edge in edges],
        "inverted": [Edit("inverted", _becomes(edge, lambda one: 1 / one), edge=edge) for edge in edges],
        "output": [Edit("output", at_output(network, [one.name]), edge=(one.name, one.sum_name)) for one in curves],
        # A helper that wants the output is given the sum.
        "sum": [
            Edit("sum", with_slope(network, [one.name], AT_SUM), edge=(one.name, one.sum_name))
            for one in curves
            if one.activation in AT_SUM
        ],
        "swapped": [Edit("swapped", instead=(of, leaf)) for leaf in others],
        "path": [],
        "only": [],
        # A part of a factor: h or 1 - h of h (1 - h).
        "part": [
            Edit("part", _one_part(one.name, one.sum_name, is_rest), edge=(one.name, one.sum_name))
            for one in curves
            if one.activation == "sigmoid"
            for is_rest in (False, True)
        ],
    }
    n = len(network.outputs)
    if n > 1 and of == "L":
        found["constant"] += [Edit("constant", scale=float(n)), Edit("constant", scale=1 / n)]
    for path in paths if len(paths) > 1 else ():
        found["path"].append(Edit("path", counts=_is_not(path)))
        found["only"].append(Edit("only", counts=_is(path)))
    return {kind: edits for kind, edits in found.items() if edits}


def _one_part(name: str, sum_name: str, is_rest: bool) -> Callable[[Partials, Numbers], Partials]:
    """The slope of a sigmoid with one of its two factors left out."""
    return lambda partials, known: partials | {(name, sum_name): 1 - known[name] if is_rest else known[name]}


def _is(wanted: Path) -> Callable[[Path], bool]:
    return lambda path: path == wanted


def _is_not(unwanted: Path) -> Callable[[Path], bool]:
    return lambda path: path != unwanted


# Mistakes outside the catalogue ---------------------------------------------------------------------------------------


def outside(network: Network, of: str, wrt: str, random: Random) -> Iterator[Formula]:
    """Mistakes that the catalogue does not list, in any order; three at once, too."""
    paths = network.paths(of, wrt)
    true = gradient(network, of, wrt)
    edges = list(dict.fromkeys(edge for path in paths for edge in path))
    curves = [one for one in network.neurons if (one.name, one.sum_name) in edges and one.activation != "linear"]
    wild: list[Formula] = [
        lambda leaves: 3 * true(leaves),
        lambda leaves: true(leaves) + 0.1,
        lambda leaves: true(leaves) * network.values(leaves)[network.outputs[0][1]],
    ]

    for neuron in curves:
        true_slope = SLOPES[neuron.activation]
        slopes: list[Callable[[float, float], float]] = [
            lambda s, h: (1 - s) * s * s,
            lambda s, h: h * (1 + h),
            lambda s, h: ACTIVATIONS["sigmoid"](s) * ACTIVATIONS["sigmoid"](1 - s),
            lambda s, h, true_slope=true_slope: 1 + true_slope(s, h),  # type: ignore[misc]
        ]
        for slope in slopes:
            change = with_slope(network, [neuron.name], {neuron.activation: slope})
            wild.append(gradient(network, of, wrt, [Edit("outside", change)]))
    for path in paths if len(paths) > 1 else ():
        only = gradient(network, of, wrt, [Edit("only", counts=_is(path))])
        wild.append(lambda leaves, only=only: true(leaves) - 2 * only(leaves))  # type: ignore[misc]  # one path's sign
    for edge in edges:
        wild.append(gradient(network, of, wrt, [Edit("outside", _becomes(edge, lambda one: one + 1))]))
        wild.append(gradient(network, of, wrt, [Edit("outside", _becomes(edge, lambda one: one**3))]))
    singles = single_edits(network, of, wrt)
    for _ in range(4):
        kinds = random.sample(sorted(singles), min(3, len(singles)))
        wild.append(gradient(network, of, wrt, [random.choice(singles[kind]) for kind in kinds]))
    random.shuffle(wild)
    yield from wild


def other_forms(network: Network, of: str, wrt: str) -> list[Formula]:
    """The true gradient as others would write it: other slopes, another order, everything multiplied out."""
    paths = network.paths(of, wrt)

    def multiplied_out(leaves: Numbers) -> float:
        known = network.values(leaves)
        partials = network.partials(known, {name: lambda s, h, f=f: f(s) for name, f in OTHER_SLOPES.items()})  # type: ignore[misc]
        return math.fsum(math.prod([partials[edge] for edge in reversed(path)]) for path in reversed(paths))

    def forwards(leaves: Numbers) -> float:
        """From wrt up to the loss, line by line: forward mode."""
        known = network.values(leaves)
        partials = network.partials(known)
        moves = {wrt: 1.0}
        for line in network.lines:
            if line != wrt:
                moves[line] = sum(moves.get(to, 0.0) * partial for (up, to), partial in partials.items() if up == line)
        return moves.get(of, 0.0)

    def logarithmic(leaves: Numbers) -> float:
        """Each product by its sign and the logarithm of its size."""
        partials = network.partials(network.values(leaves))
        total = 0.0
        for path in paths:
            factors = [partials[edge] for edge in path]
            if all(factors):
                size = math.exp(sum(math.log(abs(one)) for one in factors))
                total += size if sum(one < 0 for one in factors) % 2 == 0 else -size
        return total

    return [multiplied_out, forwards, logarithmic]


# What the tutor says, as a formula ------------------------------------------------------------------------------------


def said(network: Network, of: str, wrt: str, mistakes: Sequence[Mistake]) -> Formula:
    """The formula of what the tutor names, made by reading what it says and nothing else of it."""
    return gradient(network, of, wrt, [_edit(network, of, wrt, mistake) for mistake in mistakes])


def _edit(network: Network, of: str, wrt: str, mistake: Mistake) -> Edit:
    kind, about = mistake.kind, mistake.about
    edge = about[:2] if len(about) >= 2 else ("", "")
    if kind == "sign":
        return Edit(kind, scale=-1.0)
    if kind == "constant":
        top, _, bottom = about[0].partition("/")
        return Edit(kind, scale=float(top) / float(bottom or 1))
    if kind == "swapped":
        return Edit(kind, instead=(about[0], about[1]))
    if kind in ("doubled", "inverted"):
        return Edit(kind, _becomes((edge[0], edge[1]), lambda one: one * one if kind == "doubled" else 1 / one))
    if kind == "missing":
        part = about[2] if len(about) > 2 else ""

        def leave_out(partials: Partials, known: Numbers) -> Partials:
            # A part is an expression of the named values: it is divided out.
            names = dict(known) | {"heaviside": lambda s: float(s > 0)}
            names |= {"sigmoid": ACTIVATIONS["sigmoid"], "log": math.log}
            whole = partials[edge[0], edge[1]]
            return partials | {(edge[0], edge[1]): whole / eval(part, {}, names) if part else 1.0}

        return Edit(kind, leave_out)
    if kind == "output":
        return Edit(kind, at_output(network, network.lines if about == ("all",) else [edge[0]]))
    if kind == "sum":
        return Edit(kind, with_slope(network, network.lines if about == ("all",) else [edge[0]], AT_SUM))
    if len(about) == 3 and about[2].isdecimal():  # terms within one partial
        return Edit(kind, _terms(network, (edge[0], edge[1]), int(about[2]), kind == "only"))
    if about[-1:] == ("+=",):
        arrives = (edge[0], edge[1])
        if kind == "path":
            return Edit(kind, counts=lambda path: arrives not in path)
        return Edit(kind, counts=lambda path: arrives in path or all(to != arrives[1] for _, to in path))
    between = list(about)
    if kind == "path":
        return Edit(kind, counts=lambda path: [to for _, to in path[:-1]] != between)
    return Edit(kind, counts=lambda path: [to for _, to in path[:-1]] == between)


def _terms(network: Network, edge: Edge, place: int, only: bool) -> Callable[[Partials, Numbers], Partials]:
    def change(partials: Partials, known: Numbers) -> Partials:
        if edge[0] == "L":
            (terms,) = [
                found[edge[1]] for y, o in network.outputs if edge[1] in (found := network.loss_terms(known, y, o))
            ]
        else:
            (neuron,) = [one for one in network.neurons if one.sum_name == edge[0]]
            terms = [known[read] for weight, read in neuron.terms if weight == edge[1]]
        kept = terms[place] if only else sum(terms) - terms[place]
        return partials | {edge: kept}

    return change
