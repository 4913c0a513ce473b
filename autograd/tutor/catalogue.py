"""The catalogue of one partial: every mistake that can be made in it, and what each of them gives at a point."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from ..notation.expression import Tree
from ..tracing.assignments import Assignment
from .mistakes import (
    COUNTED_ONLY,
    INVERSE,
    KINDS,
    LEFT_OUT,
    ONE,
    OVERWRITTEN,
    SQUARE,
    TOOK,
    ZERO,
    Mistake,
    Other,
    Sentence,
    Variant,
    equation,
)
from .points import Point
from .subgraph import Subgraph, Sweep

# A subgraph of more edges has too many factors to try each.
MOST_EDGES = 400


class Catalogue:
    """The mistakes that can be made in one partial, and what each of them gives at a point."""

    def __init__(self, subgraph: Subgraph, wrong: Sequence[Variant], others: Sequence[Other]) -> None:
        self.subgraph = subgraph
        self.mistakes: list[Mistake] = []
        # What is said where none of them explains what was handed in; "" where all were tried.
        self.excuse = ""
        if not subgraph.n_paths:
            return
        if len(subgraph.edges) <= MOST_EDGES:
            self._factors(wrong)
            self._paths()
        else:
            self.excuse = (
                f"there are {len(subgraph.edges)} factors on the way, and not each was tried: check a partial nearer "
                "to the end, or a smaller batch; no other listed mistake explains it"
            )
        for other in others:
            about = (other.of.target, other.wrt.target)
            self._add("swapped", about, ("gave ", "giving "), (other.text,), other=(other.sweep, other.wrt))
        self._constants()
        self._add("sign", (), ("flipped ", "flipping "), ("the sign",), scale=-1.0)
        order = list(KINDS)
        self.mistakes.sort(key=lambda mistake: order.index(mistake.kind))

    def _add(
        self,
        kind: str,
        about: tuple[str, ...],
        verb: tuple[str, str],
        said: Sentence,
        changes: Sequence[tuple[int, int]] = (),
        path: int | None = None,
        scale: float = 1.0,
        other: tuple[Sweep, Assignment] | None = None,
    ) -> None:
        sentences = (verb[0], *said), (verb[1], *said)
        self.mistakes.append(Mistake(kind, about, *sentences, tuple(changes), path, scale, other))

    def _factors(self, wrong: Sequence[Variant]) -> None:
        """Each factor of the chain, and those of the same name together: a batch has one for every sample."""
        alike: dict[tuple[str, str, str], list[Mistake]] = {}
        place_of = {place: edge for edge, place in enumerate(self.subgraph.places)}
        before = len(self.mistakes)
        for edge, (line, partial) in enumerate(self.subgraph.edges):
            if partial.tree in (("number", 1), ("number", 1.0)):
                continue
            ends, said = (line.target, partial.wrt.target), (equation(line, partial),)
            self._add("missing", ends, LEFT_OUT, said, [(edge, ONE)])
            self._add("doubled", ends, ("counted ", "counting "), (*said, " twice"), [(edge, SQUARE)])
            divided = (*said, " instead of multiplying by it")
            self._add("inverted", ends, ("divided by ", "dividing by "), divided, [(edge, INVERSE)])
        for number, variant in enumerate(wrong):
            if variant.edge in place_of:
                change = ((place_of[variant.edge], number),)
                self.mistakes.append(Mistake(variant.kind, variant.about, variant.past, variant.gerund, change))
        for mistake in self.mistakes[before:]:
            line, partial = self.subgraph.edges[mistake.changes[0][0]]
            of, wrt = line.value.name, partial.wrt.value.name
            if of and wrt and (len(mistake.about) == 2 or mistake.kind in ("output", "sum")):
                alike.setdefault((mistake.kind, of, wrt), []).append(mistake)
        for kind, where in (("output", "at their outputs"), ("sum", "with their sums in the place of their outputs")):
            curves = {
                edge: source
                for mistake in self.mistakes[before:]
                for edge, source in mistake.changes
                if mistake.kind == kind and mistake.about[2] == mistake.about[0]
            }
            if len(curves) > 1:
                every = f"the derivatives of all {len(curves)} activations on the way {where}"
                self._add(kind, ("all",), TOOK, (every,), list(curves.items()))
        for (_, of, wrt), mistakes in alike.items():
            if len(mistakes) > 1:
                changes = tuple(change for mistake in mistakes for change in mistake.changes)
                so_all = f", and so for all {len(mistakes)} of these names"
                past, gerund = (*mistakes[0].past, so_all), (*mistakes[0].gerund, so_all)
                self.mistakes.append(Mistake(mistakes[0].kind, (of, wrt, "all"), past, gerund, changes))

    def _paths(self) -> None:
        """A path left out, one path only; and the same for all paths that come to a line from one of its consumers."""
        subgraph, paths = self.subgraph, self.subgraph.paths
        everything = frozenset(range(len(paths)))
        told = {everything, frozenset()}  # which paths are counted
        for number, path in enumerate(paths):
            said, about = self._path_said(number), self._lines_of(path)
            for kind, verb, behind, counted in (
                ("only", COUNTED_ONLY, OVERWRITTEN, frozenset({number})),
                ("path", LEFT_OUT, "", everything - {number}),
            ):
                if counted not in told:
                    told.add(counted)
                    self._add(kind, about, verb, (*said, behind), path=number)
        arriving: dict[Assignment, list[int]] = {}
        for edge, (_, partial) in enumerate(subgraph.edges):
            arriving.setdefault(partial.wrt, []).append(edge)
        for to, edges in arriving.items():
            for edge in edges if len(edges) > 1 else []:
                source = subgraph.edges[edge][0]
                said, about = (f"what comes to {to.label} from {source.label}",), (source.target, to.target, "+=")
                others = [one for one in edges if one != edge]
                for kind, verb, behind, dropped in (
                    ("only", COUNTED_ONLY, OVERWRITTEN, others),
                    ("path", LEFT_OUT, "", [edge]),
                ):
                    counted = frozenset(n for n, path in enumerate(paths) if not set(path) & set(dropped))
                    if not paths or counted not in told:
                        told.add(counted)
                        self._add(kind, about, verb, (*said, behind), [(one, ZERO) for one in dropped])

    def _lines_of(self, path: Sequence[int]) -> tuple[str, ...]:
        """The lines between the ends of a path."""
        return tuple(self.subgraph.edges[edge][1].wrt.target for edge in path[:-1])

    def _path_said(self, number: int) -> Sentence:
        """What tells a path from all others: a line that only it goes through, else all its lines."""
        lines = [self._lines_of(path) for path in self.subgraph.paths]
        others = {line for place, path in enumerate(lines) if place != number for line in path}
        own = [line for line in lines[number] if line not in others]
        through = own[-1:] or lines[number]
        if not through:
            return (
                "the direct path from ",
                ("name", self.subgraph.of.target),
                " to ",
                ("name", self.subgraph.wrt.target),
            )
        between: list[str | Tree] = []
        for line in through:
            between += [", ", ("name", line)]
        return ("the path through ", *between[1:])

    def _constants(self) -> None:
        for factor in (2, *(n for n in _counts(self.subgraph) if n != 2)):
            more = f"{factor} times the partial (a factor {factor} too many, or a factor 1/{factor} missing)"
            self._add("constant", (str(factor),), ("gave ", "giving "), (more,), scale=float(factor))
            less = f"1/{factor} of the partial (a factor {factor} missing, or a factor 1/{factor} too many)"
            self._add("constant", (f"1/{factor}",), ("gave ", "giving "), (less,), scale=1.0 / factor)

    # What they give ---------------------------------------------------------------------------------------------------

    def values(self, point: Point) -> list[float]:
        """What each mistake gives at a point, and last the truth."""
        subgraph = self.subgraph
        partials = [point.partials[place] for place in subgraph.places]
        above, below = subgraph.gradients(partials), subgraph.gradients_of(partials)
        true = below[0]
        products = [math.prod([partials[edge] for edge in path]) for path in subgraph.paths]
        found = []
        for mistake in self.mistakes:
            if mistake.other is not None:
                sweep, wrt = mistake.other
                value = sweep.gradient(wrt, point)
            elif mistake.path is not None:
                value = _counted([mistake], products)
            elif len(mistake.changes) == 1:
                ((edge, source),) = mistake.changes
                a, b = subgraph.ends[edge]
                changed = _changed(partials[edge], source, point)
                value = above[a] * changed * below[b]
                if not subgraph.on_all[edge]:
                    value = true + above[a] * (changed - partials[edge]) * below[b]
            elif mistake.changes:
                value = self._edited(partials, [mistake], point)
            else:
                value = true
            found.append(value * mistake.scale)
        return [*found, true]

    def value(self, point: Point, mistakes: Sequence[Mistake]) -> float:
        """What several mistakes together give at a point."""
        others = [mistake.other for mistake in mistakes if mistake.other is not None]
        if others:
            ((sweep, wrt),) = others
            value = sweep.gradient(wrt, point)
        else:
            partials = [point.partials[place] for place in self.subgraph.places]
            value = self._edited(partials, mistakes, point)
        return value * math.prod([mistake.scale for mistake in mistakes])

    def _edited(self, partials: list[float], mistakes: Sequence[Mistake], point: Point) -> float:
        partials = list(partials)
        for mistake in mistakes:
            for edge, source in mistake.changes:
                partials[edge] = _changed(partials[edge], source, point)
        if all(mistake.path is None for mistake in mistakes):
            return self.subgraph.gradient(partials)
        return _counted(mistakes, [math.prod([partials[edge] for edge in path]) for path in self.subgraph.paths])

    def pairs(self) -> Iterator[tuple[Mistake, Mistake]]:
        """Any two mistakes that can be made together."""
        edits = [mistake for mistake in self.mistakes if mistake.other is None]
        edges = [{edge for edge, _ in mistake.changes} for mistake in edits]
        for i, one in enumerate(edits):
            for j in range(i + 1, len(edits)):
                other = edits[j]
                are_paths = one.path is not None and other.path is not None
                if not edges[i] & edges[j] and not (are_paths and "only" in (one.kind, other.kind)):
                    yield one, other
        for one in self.mistakes:
            if one.other is not None:
                yield from ((one, other) for other in edits if other.scale != 1.0)


def _counted(mistakes: Sequence[Mistake], products: Sequence[float]) -> float:
    """The sum of the paths that are counted, with these mistakes."""
    for mistake in mistakes:
        if mistake.path is not None and mistake.kind == "only":
            return products[mistake.path]
    left_out = [mistake.path for mistake in mistakes]
    return sum([product for number, product in enumerate(products) if number not in left_out])


def _changed(partial: float, source: int, point: Point) -> float:
    if source >= 0:
        return point.others[source]
    if source == ONE:
        return 1.0
    if source == ZERO:
        return 0.0
    if source == SQUARE:
        return partial * partial
    return 1.0 / partial if partial else math.nan


def _counts(subgraph: Subgraph) -> list[int]:
    """Numbers of samples: what a mean on the way divides by, and how many terms a sum of alike terms has."""
    found: dict[int, None] = {}
    for line in dict.fromkeys(line for line, _ in subgraph.edges):
        _find_counts(line.expression, found)
    return [n for n in found if 1 < n < 10**6]


def _find_counts(tree: Tree, found: dict[int, None]) -> None:
    if tree[0] in ("/", "*"):
        numbers = [part[1] for part in tree[1 if tree[0] == "*" else 2 :] if part[0] == "number" and part[1]]
        for number in numbers:
            n = number if tree[0] == "/" else 1.0 / number
            if abs(n - round(n)) < 1e-9 * n:
                found[round(n)] = None
    if tree[0] == "+":
        terms = _terms(tree)
        # Not w1 * x1 + w2 * x2, which is one sample's; but 0.5 * (y - o) ** 2 and the like, one for each.
        if len({term[0] for term in terms}) == 1 and not any(map(_is_plain, terms)):
            found[len(terms)] = None
        parts: Sequence[Tree] = terms
    else:
        parts = [part for part in tree[1:] if isinstance(part, tuple)]
    for part in parts:
        _find_counts(part, found)


def _is_plain(term: Tree) -> bool:
    """A number, or a product of names."""
    return term[0] == "number" or (term[0] == "*" and all(part[0] in ("name", "*") for part in term[1:]))


def _terms(tree: Tree) -> list[Tree]:
    """The terms of a sum."""
    terms = []
    while tree[0] == "+":
        terms.append(tree[2])
        tree = tree[1]
    return [tree, *terms]
