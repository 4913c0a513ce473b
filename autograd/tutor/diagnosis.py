"""Which mistakes give what was handed in. One is named only where nothing else in the catalogue would give the same.

A function is tried at points of our choosing: those that tell the mistakes apart, and random ones. What agrees at all
of them is the same function. A number is one point only. Many mistakes can meet there, so that two numbers are needed,
the second at a point where those that are left differ.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import islice
from typing import NamedTuple

from ..assignments import Assignment
from ..errors import UsageError
from .claims import ROUNDING, Function, Numbers, Written, on_paper
from .mistakes import Catalogue, Mistake
from .points import Landscape, Point
from .sampling import RANDOM_POINTS, Pool, alive, same, separating, split

Made = tuple[Mistake, ...]  # mistakes that were made together

# More pairs than this are not tried.
_MOST_PAIRS = 40_000
# Of the numbers at a point, so many are shown.
_MOST_SHOWN = 6


class Candidate(NamedTuple):
    """Mistakes that are the same as functions, and why they give the same here as those of the first candidate."""

    ways: list[Made]
    reason: str = ""


class Finding(NamedTuple):
    """What was found about one partial.

    right: whether nothing speaks against it. named: the mistake, in all ways in which it can be said; nothing where it
    could not be named. candidates: what gives the same number so far. ask: the point at which they differ. summary: why
    no mistake was looked for. notes: what else there is to say. yours, true: the numbers handed in and the engine's; of
    a function, at the recorded point.
    """

    right: bool
    yours: list[float]
    true: list[float]
    notes: list[str]
    named: list[Made] = []  # noqa: RUF012 -- never changed
    candidates: list[Candidate] = []  # noqa: RUF012
    ask: dict[Assignment, float] | None = None
    summary: str = ""


def about_function(function: Function, catalogue: Catalogue, landscape: Landscape, pool: Pool) -> Finding:
    """Try a function at many points, and where it is wrong find the mistake, or the two, that give the same."""
    here = landscape.here()
    true = [catalogue.subgraph.true(here)]
    groups = split(catalogue, pool)
    points = list({id(point): point for point in (*groups.points, *alive(catalogue, pool))}.values())
    points = points or list(islice(pool.of(catalogue.subgraph), RANDOM_POINTS)) or [here]
    answers, failures = _answers(function, landscape, points)
    yours = list(_answers(function, landscape, [here])[0].values())
    floor = ROUNDING * max([catalogue.subgraph.size(point) for point in points], default=0.0)
    trial = _Trial(catalogue, points, answers, floor)
    if trial.agrees([]):
        if not failures:
            n = len(points)
            return Finding(True, yours, true, [f"agrees at {n} point{'s' if n > 1 else ''}"])
        return Finding(False, yours, true, [], summary=f"it agrees where it has an answer, but {failures[0]}")
    survivors: list[Made] = [(mistake,) for mistake in catalogue.mistakes if trial.agrees([mistake])]
    if not survivors and answers:
        survivors = _same_elsewhere(function, catalogue, landscape, pool, trial.pairs())
    notes = []
    if not survivors and yours and same(yours[0], true[0], ROUNDING * catalogue.subgraph.size(here)):
        notes.append("it agrees at the recorded point, not at others: is there a number in it that should be a name?")
    if not survivors and failures:
        notes.append(failures[0])
    return Finding(False, yours, true, notes, survivors)


def _answers(function: Function, landscape: Landscape, points: Sequence[Point]) -> tuple[dict[int, float], list[str]]:
    """What a function answers at each point, and what it says where it fails."""
    answers, failures = {}, []
    for place, point in enumerate(points):
        try:
            answers[place] = function(dict(zip(landscape.lines, point.values, strict=True)))
        except (ArithmeticError, ValueError) as error:
            numbers = zip(landscape.lines, point.values, strict=True)
            shown = _listed([f"{line.label} = {value:.4g}" for line, value in numbers if line in function.arguments])
            failures.append(f"it raises {type(error).__name__} ({error}) at {shown}")
    return answers, failures


def _listed(texts: Sequence[str]) -> str:
    return ", ".join([*texts[:_MOST_SHOWN], *(["…"] if len(texts) > _MOST_SHOWN else [])])


class _Trial:
    """A function's answers, and which mistakes give the same ones."""

    def __init__(self, catalogue: Catalogue, points: Sequence[Point], answers: dict[int, float], floor: float) -> None:
        self._catalogue, self._floor = catalogue, floor
        self._points = [(points[place], answer) for place, answer in answers.items()]
        # The first points are those that differ most; where the answer is 0 much looks alike.
        self._points.sort(key=lambda one: one[1] == 0.0)

    def agrees(self, mistakes: Sequence[Mistake]) -> bool:
        """Whether the mistakes, or none, give the answers at every point."""
        if not self._points:
            return False
        return all(same(self._catalogue.value(point, mistakes), answer, self._floor) for point, answer in self._points)

    def pairs(self) -> list[Made]:
        """The pairs of mistakes that give the answers at every point."""
        pairs = self._catalogue.pairs()
        return [pair for pair in islice(pairs, _MOST_PAIRS) if self.agrees(pair)]


def _same_elsewhere(
    function: Function, catalogue: Catalogue, landscape: Landscape, pool: Pool, found: list[Made]
) -> list[Made]:
    """Those of the mistakes that also agree at points where they differ from each other."""
    for point in pool.of(catalogue.subgraph) if len(found) > 1 else ():
        values = [catalogue.value(point, made) for made in found]
        floor = ROUNDING * catalogue.subgraph.size(point)
        if all(same(value, values[0], floor) for value in values):
            continue
        answers, _ = _answers(function, landscape, [point])
        if answers:
            found = [made for made, value in zip(found, values, strict=True) if same(value, answers[0], floor)]
    return found


def about_numbers(numbers: Numbers, catalogue: Catalogue, landscape: Landscape, pool: Pool, key: str) -> Finding:
    """Compare numbers with the truth, and find the mistakes that give all of them."""
    subgraph = catalogue.subgraph
    seen: list[tuple[Point, Written]] = []
    for where, (changed, written) in numbers.at.items():
        point = landscape.with_changes(changed) if changed else landscape.here()
        if point is None:
            raise UsageError(f"{key}: at the point {where!r:.60} the graph has no answer")
        seen.append((point, written))
    yours, true = [written.number for _, written in seen], [subgraph.true(point) for point, _ in seen]
    wrong = [
        (point, written)
        for (point, written), number in zip(seen, true, strict=True)
        if not written.agrees(number, subgraph.size(point)) or _says_nothing(written, number)
    ]
    if not wrong:
        reach = min((written.reach for _, written in seen), key=lambda text: int(text.split()[0]))
        where = "here" if len(seen) == 1 else f"at {len(seen)} points"
        notes = [f"agrees to {reach} {where}" if any(true) else "is 0 here, which says little"]
        return Finding(True, yours, true, notes)
    notes = _hints(wrong, catalogue)
    telling = [point for point, written in seen if subgraph.true(point) and written.number]
    if not telling or not subgraph.n_paths:
        ask = separating(catalogue, [], 4, landscape) if subgraph.n_paths else None
        return Finding(False, yours, true, notes, ask=ask, summary="a partial that is 0 diagnoses nothing")
    groups = split(catalogue, pool).groups
    values = [(catalogue.values(point), catalogue.values(point, sizes=True), written) for point, written in seen]
    members = _giving(values, groups) or _giving(
        [(at, sizes, _as_rounded(written)) for at, sizes, written in values], groups
    )
    ways: list[list[Made]] = [[(catalogue.mistakes[i],) for i in group] for group in members.values()]
    if len(ways) == 1 and len(telling) > 1:
        return Finding(False, yours, true, notes, named=ways[0])
    if not ways:
        return Finding(False, yours, true, notes)
    one_each = [group[0] for group in members.values()]
    figures = min([written.figures for _, written in seen if written.figures] or [6])
    ask = separating(catalogue, one_each, figures, landscape)
    reasons = ["", *(_reason(catalogue, landscape, seen[0][0], one_each[0], i) for i in one_each[1:])]
    candidates = [Candidate(group, reason) for group, reason in zip(ways, reasons, strict=True)]
    return Finding(False, yours, true, notes, candidates=candidates, ask=ask)


_Values = tuple[list[float], list[float], Written]


def _giving(values: Sequence[_Values], groups: list[int]) -> dict[int, list[int]]:
    """The mistakes that give all the numbers, by their groups."""
    members: dict[int, list[int]] = {}
    for i, group in enumerate(groups[:-1]):
        if group != groups[-1] and all(written.agrees(at[i], sizes[i]) for at, sizes, written in values):
            members.setdefault(group, []).append(i)
    return members


def _as_rounded(written: Written) -> Written:
    """A float with few digits was copied from paper: that it is wrong is known, by which mistake is asked of these."""
    if written.figures is not None or not math.isfinite(written.number):
        return written
    rounded = on_paper(repr(written.number))
    return rounded if 3 <= (rounded.figures or 0) <= 8 else written


def _says_nothing(written: Written, true: float) -> bool:
    """Whether a number on paper has no digit that could be compared: "0.00" for 0.0012."""
    return written.figures == 0 and true != 0.0


def _hints(wrong: Sequence[tuple[Point, Written]], catalogue: Catalogue) -> list[str]:
    """What may only be a matter of writing."""
    point, written = wrong[0]
    true, size = catalogue.subgraph.true(point), catalogue.subgraph.size(point)
    if _says_nothing(written, true):
        return [f"{written.text} has no digit that could be compared; write it as 1.2e-3 is written"]
    rounded = _as_rounded(written)
    if rounded is not written and rounded.agrees(true, size):
        return [f"it agrees to {rounded.reach}; a number that was rounded is handed in in quotes, {rounded.text}"]
    return []


def _reason(catalogue: Catalogue, landscape: Landscape, point: Point, one: int, other: int) -> str:
    """Why two mistakes give the same at a point: the numbers of leaves that, moved a little, would part them."""
    size = catalogue.subgraph.size(point)
    values = catalogue.values(point)
    if not same(values[one], values[other], ROUNDING * size):
        return "as far as these digits show"
    parting = []
    for place, leaf in enumerate(landscape.leaves):
        leaves = list(point.leaves)
        leaves[place] += 0.125 * (abs(leaves[place]) or 1.0)
        moved = landscape.at(leaves)
        if moved is not None:
            at = catalogue.values(moved)
            if not same(at[one], at[other], ROUNDING * catalogue.subgraph.size(moved)):
                parting.append((leaf, point.leaves[place]))
    special = [f"{leaf.label} = {value:g}" for leaf, value in parting if value in (0.0, 1.0, -1.0, 2.0, 0.5)]
    equal = [
        f"{leaf.label} = {other_leaf.label}"
        for place, (leaf, value) in enumerate(parting)
        for other_leaf, other_value in parting[place + 1 :]
        if value == other_value
    ]
    reasons = equal[:1] or special[:2]
    return f"the same here, because {' and '.join(reasons)}" if reasons else "the same here"
