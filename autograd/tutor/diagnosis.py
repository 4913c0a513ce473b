"""Which mistakes give the function that was handed in, and how what was found is noted.

A function is tried at points of our choosing: those that tell the mistakes apart, and random ones. What agrees at all
of them is the same function. A mistake is named only where nothing else in the catalogue would give the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import NamedTuple

from ..assignments import Assignment
from .catalogue import Catalogue
from .claims import ROUNDING, Function
from .mistakes import Mistake
from .points import Landscape, Point
from .sampling import RANDOM_POINTS, Pool, alive, on_and_off, same, split
from .subgraph import Subgraph

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
    chosen = (*groups.points, *on_and_off(catalogue.subgraph, pool), *alive(catalogue, pool))
    points = list({id(point): point for point in chosen}.values())
    points = points or list(islice(pool.of(catalogue.subgraph), RANDOM_POINTS)) or [here]
    answers, failures = _answers(function, landscape, points)
    yours = list(_answers(function, landscape, [here])[0].values())
    floor = ROUNDING * max([catalogue.subgraph.size(point) for point in points], default=0.0)
    trial = _Trial(catalogue, points, answers, floor)
    if trial.agrees([]):
        if not failures:
            note = f"agrees at {len(points)} points" if catalogue.subgraph.n_paths else no_path(catalogue.subgraph)
            return Finding(
                True, yours, true, [note if len(points) > 1 else "agrees at the recorded point; no other has an answer"]
            )
        return Finding(False, yours, true, [], summary=f"it agrees where it has an answer, but {failures[0]}")
    survivors: list[Made] = [(mistake,) for mistake in catalogue.mistakes if trial.agrees([mistake])]
    if not survivors and answers:
        survivors = _same_elsewhere(function, catalogue, landscape, pool, trial.pairs())
    notes = []
    if yours and same(yours[0], true[0], ROUNDING * catalogue.subgraph.size(here)):
        notes.append("it agrees at the recorded point, not at others")
        if not survivors:
            notes[0] += ": is there a number in it that should be a name?"
    if not survivors and failures:
        notes.append(failures[0])
    summary = "" if catalogue.subgraph.n_paths else no_path(catalogue.subgraph)
    return Finding(False, yours, true, notes, survivors, summary=summary)


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


def no_path(subgraph: Subgraph) -> str:
    """What is said about a partial that is 0 because nothing leads from one value to the other."""
    return f"no path leads from {subgraph.of.label} to {subgraph.wrt.label}: it is 0 everywhere"
