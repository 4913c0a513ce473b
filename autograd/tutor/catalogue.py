"""The catalogue of one partial: every mistake that can be made in it, and what each of them gives at a point."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations, product

from ..notation.expression import parts
from ..tracing.assignments import Assignment
from .edits import Chain, Factors, Instead, Multiplied, Paths, Scaled, together
from .mistakes import KINDS, OVERWRITTEN, EdgeMistakes, Mistake, Sentence
from .points import Point
from .subgraph import Subgraph

# With more edges there are thousands of mistakes, and a report would take minutes.
MOST_EDGES = 400
# So many paths may have been multiplied.
_MOST_MULTIPLIED = 3
# A divisor up to here is taken for a number of samples.
_MOST_SAMPLES = 10**6
# One of several ways is all that is counted, or the only one that is not: the kind, and how it is said.
_ONLY_OR_NOT = (("only", "counted only", (OVERWRITTEN,)), ("path", "left out", ()))


class Catalogue:
    """The mistakes that can be made in one partial.

    others: partials that may have been given in the place of this one, and how they are spelled.
    excuse: what is said where none of them explains what was handed in; "" where all were tried.
    """

    def __init__(
        self, subgraph: Subgraph, of_edges: EdgeMistakes, others: Sequence[tuple[Assignment, Assignment, str]]
    ) -> None:
        self.subgraph = subgraph
        self.mistakes: list[Mistake] = []
        self.excuse = ""
        if not subgraph.n_paths:
            return
        if len(subgraph.edges) <= MOST_EDGES:
            self.mistakes += [*self._in_factors(of_edges), *self._in_paths()]
        else:
            mend = "check a partial nearer to the end, or a smaller batch; no other listed mistake explains it"
            self.excuse = f"there are {len(subgraph.edges)} factors on the way, and not each was tried: {mend}"
        for of, wrt, spelled in others:
            self.mistakes.append(Mistake("swapped", (of.target, wrt.target), "gave", (spelled,), Instead(of, wrt)))
        for n in dict.fromkeys((2, *_counts(subgraph))):
            more = f"{n} times the partial (a factor {n} too many, or a factor 1/{n} missing)"
            less = f"1/{n} of the partial (a factor {n} missing, or a factor 1/{n} too many)"
            self.mistakes.append(Mistake("constant", (str(n),), "gave", (more,), Scaled(float(n))))
            self.mistakes.append(Mistake("constant", (f"1/{n}",), "gave", (less,), Scaled(1.0 / n)))
        self.mistakes.append(Mistake("sign", (), "flipped", ("the sign",), Scaled(-1.0)))
        self.mistakes.sort(key=lambda mistake: list(KINDS).index(mistake.kind))

    def _in_factors(self, of_edges: EdgeMistakes) -> Iterator[Mistake]:
        """Each factor of the chain, and those of the same name together: a batch has one for every sample."""
        alike: dict[tuple[str, str, str], list[Mistake]] = {}
        curves: dict[str, list[Mistake]] = {"output": [], "sum": []}
        for place, (line, partial) in zip(self.subgraph.places, self.subgraph.edges, strict=True):
            for mistake in of_edges.of[place]:
                yield mistake
                is_curve = mistake.kind in curves
                of, wrt = line.value.name, partial.wrt.value.name
                if of and wrt and (len(mistake.about) == 2 or is_curve):
                    alike.setdefault((mistake.kind, of, wrt), []).append(mistake)
                if is_curve and mistake.about[2] == line.target:
                    curves[mistake.kind].append(mistake)
        for kind, where in (("output", "at their outputs"), ("sum", "with their sums in the place of their outputs")):
            every = f"the derivatives of all {len(curves[kind])} activations on the way {where}"
            if len(curves[kind]) > 1:
                yield Mistake(kind, ("all",), "took", (every,), _joined(curves[kind]))
        for (kind, of, wrt), mistakes in alike.items():
            if len(mistakes) > 1:
                said = (*mistakes[0].said, f", and so for all {len(mistakes)} of these names")
                yield Mistake(kind, (of, wrt, "all"), mistakes[0].verb, said, _joined(mistakes))

    def _in_paths(self) -> Iterator[Mistake]:
        """A path left out, one path only; and the same for all paths that come to a line from one of its consumers."""
        paths = self.subgraph.paths
        everything = frozenset(range(len(paths)))
        told = {everything, frozenset()}  # which paths are counted
        lines = [tuple(self.subgraph.edges[edge][1].wrt.target for edge in path[:-1]) for path in paths]
        for number, about in enumerate(lines):
            said = self._path_said(number, lines)
            for (kind, verb, behind), counted in zip(_ONLY_OR_NOT, ({number}, everything - {number}), strict=True):
                if counted not in told:
                    told.add(frozenset(counted))
                    yield Mistake(kind, about, verb, (*said, *behind), Paths(frozenset(counted)))
        if 1 < len(paths) <= _MOST_MULTIPLIED:
            said = ("the paths to ", ("name", self.subgraph.wrt.target), ", which add up")
            for shared_once in (True, False) if frozenset.intersection(*map(frozenset, paths)) else (True,):
                yield Mistake("multiplied", (str(shared_once),), "multiplied", said, Multiplied(shared_once))
        arriving: dict[Assignment, list[int]] = {}
        for edge, (_, partial) in enumerate(self.subgraph.edges):
            arriving.setdefault(partial.wrt, []).append(edge)
        for to, edges in arriving.items():
            for edge in edges if len(edges) > 1 else []:
                source = self.subgraph.edges[edge][0]
                said, about = (f"what comes to {to.label} from {source.label}",), (source.target, to.target, "+=")
                for (kind, verb, behind), without in zip(_ONLY_OR_NOT, ({*edges} - {edge}, {edge}), strict=True):
                    counted = frozenset(n for n, path in enumerate(paths) if not set(path) & without)
                    if not paths or counted not in told:
                        told.add(counted)
                        # As factors of 0, for where there are too many paths.
                        zeros = Factors({self.subgraph.places[one]: lambda *_: 0.0 for one in without})
                        yield Mistake(kind, about, verb, (*said, *behind), zeros)

    def _path_said(self, number: int, lines: Sequence[Sequence[str]]) -> Sentence:
        """What tells a path from all others: one of its lines that only it goes through, else all its lines."""
        others = {line for place, path in enumerate(lines) if place != number for line in path}
        own = [line for line in lines[number] if line not in others]
        through = own[-1:] or lines[number]
        if not through:
            of, wrt = self.subgraph.of, self.subgraph.wrt
            return ("the direct path from ", ("name", of.target), " to ", ("name", wrt.target))
        ends = {partial.wrt.target: partial.wrt for _, partial in self.subgraph.edges}
        shown = [("name", one) if ends[one].value.name else ends[one].expression for one in through]  # not t1
        between = [part for one in shown for part in (", ", one)]
        return ("the path through ", *between[1:])

    def values(self, point: Point) -> list[float]:
        """What each mistake gives at a point, and last the truth."""
        chain = Chain(self.subgraph, point)
        return [*(mistake.edit.value(chain) for mistake in self.mistakes), chain.true]

    def value(self, point: Point, mistakes: Sequence[Mistake]) -> float:
        """What several mistakes together give at a point."""
        edits = [mistake.edit for mistake in mistakes]
        value = edits[0].value if len(edits) == 1 else together(*edits)
        assert value is not None
        return value(Chain(self.subgraph, point))

    def pairs(self) -> Iterator[tuple[Mistake, Mistake]]:
        """Any two mistakes that can be made together, another partial in the place of this one last."""
        instead = [one for one in self.mistakes if isinstance(one.edit, Instead)]
        edits = [one for one in self.mistakes if not isinstance(one.edit, Instead)]
        yield from ((one, other) for one, other in combinations(edits, 2) if together(one.edit, other.edit))
        yield from product(instead, (one for one in edits if isinstance(one.edit, Scaled)))


def _joined(mistakes: Sequence[Mistake]) -> Factors:
    edits = [one.edit for one in mistakes if isinstance(one.edit, Factors)]
    return Factors({place: becomes for edit in edits for place, becomes in edit.changes.items()})


def _counts(subgraph: Subgraph) -> list[int]:
    """Numbers of samples: what a mean on the way divides by, and how many lines share a name."""
    lines = dict.fromkeys(line for line, _ in subgraph.edges)
    divisors = [
        factor[1] if part[0] == "/" else 1.0 / factor[1]
        for line in lines
        for part in parts(line.expression)
        if part[0] in ("/", "*")
        for factor in part[1:]
        if factor[0] == "number" and factor[1]
    ]
    names = Counter(line.value.name for line in lines if line.value.name)
    whole = [round(n) for n in divisors if abs(n) < _MOST_SAMPLES and abs(n - round(n)) < 1e-9]  # 1 / 3 as a float
    return [n for n in dict.fromkeys([*whole, *names.values()]) if n > 1]
