"""Which mistakes give the numbers that were handed in. One number names nothing: many mistakes can meet at a point.

What gives the number is listed, with the reason why it is the same here, and a point is found at which it is not. With
the number from there, too, one mistake may be left, and is named.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations

from ..errors import UsageError
from ..notation.expression import names_in
from ..notation.paper import Written, on_paper
from . import rounding
from .answers import Numbers
from .catalogue import Catalogue
from .diagnosis import ZERO_SAYS_NOTHING, Candidate, Finding, Made, no_path, not_finite
from .points import Point
from .sampling import Pool, is_new, same, separating, split
from .subgraph import Subgraph

# Leaves with these numbers make much look alike: x and x * x where x is 1, 2 * x and x * x where it is 2.
_SPECIAL = (0.0, 1.0, -1.0, 2.0, 0.5)
# What fits into a line.
_MOST_REASONS = 4
# Of two digits there are ninety numbers, about as many as a catalogue has mistakes: one is met by chance.
_FEWEST_FIGURES = 3
# What a float is taken to show, as a person would copy it.
_FIGURES_OF_A_FLOAT = 6
# Floats of three to eight digits were copied from paper; others were computed.
_COPIED = range(3, 9)
# A float that is as near as this differs by its own computation, not by a mistake.
_NEARLY = 1e-5
ROUNDS_TO_0 = "rounds to 0 in these digits"


def about_numbers(numbers: Numbers, catalogue: Catalogue, pool: Pool, key: str) -> Finding:
    """Compare numbers with the truth, and find the mistakes that give all of them."""
    subgraph, evaluator = catalogue.subgraph, catalogue.subgraph.evaluator
    seen: list[tuple[Point, Written]] = []
    for where, (changed, written) in numbers.items():
        point = evaluator.with_changes(changed) if changed else evaluator.here()
        if point is None:
            raise UsageError(f"{key}: at the point {where!r:.60} the graph has no answer")
        seen.append((point, written))
    yours, true = [written.number for _, written in seen], [subgraph.true(point) for point, _ in seen]
    wrong = [one for one, number in zip(seen, true, strict=True) if not _is_right(*one, number, subgraph)]
    infinite = [number for number in true if not math.isfinite(number)]
    if infinite:
        says = not_finite(subgraph, infinite[0])
        return Finding(not wrong, yours, true, [says] if not wrong else [], summary=says)
    reasons = [rounding.of_number(subgraph, point, written) for point, written in wrong]
    if all(reasons):
        agreement = _agreement(seen, true) if subgraph.n_paths else no_path(subgraph)
        return Finding(True, yours, true, list(dict.fromkeys(reasons)) or [agreement])
    notes = _hints(*wrong[0], subgraph)
    if not subgraph.n_paths:
        return Finding(False, yours, true, notes, summary=no_path(subgraph))
    telling = _telling(seen, true)
    if not telling:
        ask = separating(catalogue, [], _FIGURES_OF_A_FLOAT)
        return Finding(False, yours, true, notes, ask=ask, summary=ZERO_SAYS_NOTHING)
    groups = split(catalogue, pool).groups
    values = [(catalogue.values(point), written) for point, written in seen]
    members = _giving(values, groups) or _giving([(at, _as_copied(written)) for at, written in values], groups)
    ways: list[list[Made]] = [[(catalogue.mistakes[i],) for i in group] for group in members.values()]
    if not ways:
        return Finding(False, yours, true, notes, summary=catalogue.excuse)
    figures = min([written.figures for _, written in seen if written.figures] or [_FIGURES_OF_A_FLOAT])
    if len(ways) == 1 and telling > 1:
        if figures >= _FEWEST_FIGURES:
            return Finding(False, yours, true, notes, named=ways[0])
        notes.append(f"with fewer than {_FEWEST_FIGURES} digits no mistake is named")
    one_each = [group[0] for group in members.values()]
    ask = separating(catalogue, one_each, figures)
    why = ["", *(_reason(catalogue, seen[0][0], one_each[0], i) for i in one_each[1:])]
    candidates = [Candidate(group, reason) for group, reason in zip(ways, why, strict=True)]
    return Finding(False, yours, true, notes, candidates=candidates, ask=ask)


def _is_right(point: Point, written: Written, true: float, subgraph: Subgraph) -> bool:
    """Whether a number is the partial rounded, give or take one unit if another one on the way may have been, too."""
    if written.is_rounded(true) or not written.fits(true):
        return written.is_rounded(true)
    partials = subgraph.partials(point)
    known = {line.target: number for line, number in zip(subgraph.evaluator.lines, point.values, strict=True)}
    read = {known[name] for _, partial in subgraph.edges for name in names_in(partial.tree)}
    on_the_way = read.union(partials, subgraph.gradients(partials), subgraph.gradients_of(partials)) - {true}
    return any(float(f"{number:.{(written.figures or 1) - 1}e}") != number for number in on_the_way)


def _giving(values: Sequence[tuple[list[float], Written]], groups: list[int]) -> dict[int, list[int]]:
    """The mistakes that give all the numbers, by their groups."""
    members: dict[int, list[int]] = {}
    for i, group in enumerate(groups[:-1]):
        if group != groups[-1] and all(written.fits(at[i]) for at, written in values):
            members.setdefault(group, []).append(i)
    return members


def _as_copied(written: Written) -> Written:
    """A float with few digits as a number on paper: which mistake gives it is asked of these digits."""
    if written.figures is not None or not math.isfinite(written.number):
        return written
    copied = on_paper(repr(written.number))
    return copied if copied.figures in _COPIED else written


def _agreement(seen: Sequence[tuple[Point, Written]], true: Sequence[float]) -> str:
    """To how many digits the numbers agree, which may be none where they are very small."""
    where = "here" if len(seen) == 1 else f"at {len(seen)} points"
    if not any(true):
        return "is 0 here, which says little"
    for (_, written), number in zip(seen, true, strict=True):
        if written.figures == 0 and number:
            return ROUNDS_TO_0
        if written.figures is None and abs(written.number - number) > written.rel * abs(number):
            return f"agrees to ± {written.abs:g} {where}"
    least = min((written for _, written in seen), key=lambda written: written.digits)
    is_off = any(not written.is_rounded(number) for (_, written), number in zip(seen, true, strict=True))
    return f"agrees to {least.reach} {where}{', give or take one in the last' if is_off else ''}"


def _telling(seen: Sequence[tuple[Point, Written]], true: Sequence[float]) -> int:
    """At how many points something else was to be worked out, that is not 0."""
    found: list[tuple[Point, float]] = []
    for (point, written), number in zip(seen, true, strict=True):
        figures = written.figures or _FIGURES_OF_A_FLOAT
        if number and written.number and all(is_new(one, point, earlier, number, figures) for one, earlier in found):
            found.append((point, number))
    return len(found)


def _hints(point: Point, written: Written, subgraph: Subgraph) -> list[str]:
    """What may only be a matter of writing."""
    true = subgraph.true(point)
    if written.figures == 1 and written.is_one_off(true):
        return ["a number of one digit has to be the partial, rounded: give more digits"]
    copied = _as_copied(written)
    if copied is not written and copied.fits(true):
        return [f'it agrees to {copied.reach}; if it is rounded, put it in quotes: "{copied.text}"']
    if written.figures is None and true and 0.0 < abs(written.number / true - 1.0) < _NEARLY:
        digits = math.floor(-math.log10(abs(written.number / true - 1.0)))
        return [f"it agrees to {digits} digits; if it is worth no more, say rel=1e-{digits}"]
    return []


def _reason(catalogue: Catalogue, point: Point, one: int, other: int) -> str:
    """Why two mistakes give the same at a point: which leaves would part them if they were moved a little."""
    evaluator = catalogue.subgraph.evaluator

    def is_same_at(point: Point) -> bool:
        values = catalogue.values(point)
        return same(values[one], values[other], catalogue.subgraph.noise(point))

    def part(*places: int) -> bool:
        leaves = list(point.leaves)
        for place in places:
            leaves[place] += 0.125 * (abs(leaves[place]) or 1.0)  # far enough to show in 1e-6, and exact
        moved = evaluator.at(leaves)
        return moved is not None and not is_same_at(moved)

    if not is_same_at(point):
        return "as far as these digits show"
    # Two leaves with the same number are a reason where each would part them alone, and both together would not.
    parting = [place for place in range(len(point.leaves)) if part(place)]
    pairs = [(a, b) for a, b in combinations(parting, 2) if point.leaves[a] == point.leaves[b] and not part(a, b)]
    equal = {place for pair in pairs for place in pair}
    labels = [leaf.label for leaf in evaluator.leaves]
    reasons = [f"{labels[a]} = {labels[b]}" for a, b in pairs]
    special = [place for place in parting if point.leaves[place] in _SPECIAL and place not in equal]
    reasons += [f"{labels[place]} = {point.leaves[place]:g}" for place in special]
    return f"the same here, because {' and '.join(reasons[:_MOST_REASONS])}" if reasons else "the same here"
