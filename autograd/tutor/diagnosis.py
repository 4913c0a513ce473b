"""Which mistakes give the function that was handed in, and how what was found is noted.

A function is tried at points of our choosing: those that tell the mistakes apart, and random ones. What agrees at all
of them is the same function. A mistake is named only where nothing else in the catalogue would give the same.
"""

from __future__ import annotations

import math
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
# At so many further points a function that is wrong is tried before its mistake is named.
_MORE_POINTS = 150
# What agrees at fewer points, or at fewer where the partial and the answer are not 0, may do so by chance.
_FEWEST_ANSWERS, _FEWEST_TELLING = 10, 3
ZERO_SAYS_NOTHING = "a partial that is 0 diagnoses nothing"
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
    subgraph = catalogue.subgraph
    here = landscape.here()
    true = [subgraph.true(here)]
    telling = alive(catalogue, pool)
    chosen = [*split(catalogue, pool).points, *on_and_off(subgraph, pool), *telling]
    if len(chosen) < RANDOM_POINTS:
        chosen += islice(pool.of(subgraph), RANDOM_POINTS)
    # The recorded point, too, which may be of another size than all that are chosen.
    if subgraph.is_settled_at(here):
        chosen.append(here)
    points = list({id(point): point for point in chosen}.values()) or [here]
    answers, failures = _answers(function, landscape, points)
    yours = [answer for _, answer in _answers(function, landscape, [here])[0]]
    if _Trial(catalogue, answers).agrees([]):
        if failures:
            return Finding(False, yours, true, [], summary=f"it agrees where it has an answer, but {failures[0]}")
        note = f"agrees at {len(points)} points" if len(points) > 1 else "agrees here; no other point has an answer"
        notes = [note if subgraph.n_paths else no_path(subgraph)]
        if here not in points and yours and not same(yours[0], true[0], ROUNDING * subgraph.size(here)):
            notes.append("the recorded point is a corner, where the engine takes one of the slopes beside it")
        return Finding(True, yours, true, notes)
    # Whoever is to be told of a mistake is owed more of them.
    more = [point for point in islice(pool.of(subgraph), _MORE_POINTS) if point not in points]
    answers += _answers(function, landscape, more)[0]
    summary = ""
    if not subgraph.n_paths:
        summary = no_path(subgraph)
    elif len(answers) < _FEWEST_ANSWERS:
        summary = failures[0] if failures else "too few points have an answer to tell by which mistake"
    elif min(len(telling), sum(answer != 0.0 for _, answer in answers)) < _FEWEST_TELLING:
        summary = ZERO_SAYS_NOTHING
    if summary:
        return Finding(False, yours, true, [], summary=summary)
    trial = _Trial(catalogue, answers)
    named = trial.singles() or trial.pairs()
    notes = []
    if yours and same(yours[0], true[0], ROUNDING * subgraph.size(here)):
        notes.append("it agrees at the recorded point, not at others")
        if not named:
            notes[0] += ": is there a number in it that should be a name?"
    if named:
        return Finding(False, yours, true, notes, named)
    return Finding(False, yours, true, notes + failures[:1], summary=catalogue.excuse)


_Answers = list[tuple[Point, float]]


def _answers(function: Function, landscape: Landscape, points: Sequence[Point]) -> tuple[_Answers, list[str]]:
    """What a function answers at each point, and what it says where it has no answer."""
    answers, failures = [], []
    for point in points:
        numbers = dict(zip(landscape.lines, point.values, strict=True))
        try:
            answer = function(numbers)
            says = f"gives {answer}"
        except (ArithmeticError, ValueError) as error:
            answer, says = math.nan, f"raises {type(error).__name__} ({error})"
        if math.isfinite(answer):
            answers.append((point, answer))
        else:
            shown = _listed([f"{line.label} = {numbers[line]:.4g}" for line in function.arguments])
            failures.append(f"it {says} at {shown or 'any point'}")
    return answers, failures


def _listed(texts: Sequence[str]) -> str:
    return ", ".join([*texts[:_MOST_SHOWN], *(["…"] if len(texts) > _MOST_SHOWN else [])])


class _Trial:
    """A function's answers, and which mistakes give the same ones."""

    def __init__(self, catalogue: Catalogue, answers: _Answers) -> None:
        self._catalogue = catalogue
        # Where the answer is 0 much looks alike: what is wrong is found sooner at the others.
        self._answers = [
            (point, answer, ROUNDING * catalogue.subgraph.size(point))
            for point, answer in sorted(answers, key=lambda one: one[1] == 0.0)
        ]

    def agrees(self, mistakes: Sequence[Mistake]) -> bool:
        """Whether the mistakes, or none, give the answers at every point."""
        value = self._catalogue.value
        return bool(self._answers) and all(
            same(value(point, mistakes), answer, floor) for point, answer, floor in self._answers
        )

    def singles(self) -> list[Made]:
        """The mistakes that give the answers at every point."""
        return [(mistake,) for mistake in self._catalogue.mistakes if self.agrees([mistake])]

    def pairs(self) -> list[Made]:
        """The pairs of mistakes that do."""
        return [pair for pair in islice(self._catalogue.pairs(), _MOST_PAIRS) if self.agrees(pair)]


def no_path(subgraph: Subgraph) -> str:
    """What is said about a partial that is 0 because nothing leads from one value to the other."""
    return f"no path leads from {subgraph.of.label} to {subgraph.wrt.label}: it is 0 everywhere"
