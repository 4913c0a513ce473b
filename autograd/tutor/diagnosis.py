"""Which mistakes give the function that was handed in, and how what was found is noted.

A function is tried at points of our choosing: those that tell the mistakes apart, and random ones. What agrees at all
of them is the same function. A mistake is named only where nothing else in the catalogue would give the same.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import islice
from typing import NamedTuple

from ..notation.mathematics import TEXT
from ..notation.typesetting import write
from ..tracing.assignments import Assignment
from .answers import ROUNDING, Function
from .catalogue import Catalogue
from .mistakes import Mistake
from .points import Landscape, Point
from .rounding import Rounding
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
# Of the numbers at a point, so many are shown, and of the kinks of which one side was not found.
_MOST_SHOWN = 6
_MOST_KINKS = 3


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
    named: Sequence[Made] = ()
    candidates: Sequence[Candidate] = ()
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
    if subgraph.is_settled_at(here) and not subgraph.is_on_a_kink(here):
        chosen.append(here)
    points = list({id(point): point for point in chosen}.values()) or [here]
    answers, failures = _answers(function, subgraph, landscape, points)
    yours = [answer for _, answer in _answers(function, subgraph, landscape, [here])[0]]
    here_agrees = bool(yours) and same(yours[0], true[0], ROUNDING * subgraph.size(here))
    if points == [here] and not math.isfinite(true[0]):
        says = not_finite(subgraph, true[0])
        return Finding(here_agrees, yours, true, [says] if here_agrees else [], summary=says)
    rounding = Rounding(subgraph, landscape)
    lost = _lost(answers, subgraph, rounding)
    if answers and lost is not None:
        if failures:
            return Finding(False, yours, true, [], summary=f"it agrees where it has an answer, but {failures[0]}")
        notes = _agreement(subgraph, points, lost, here)
        if not math.isfinite(true[0]):
            notes.append(not_finite(subgraph, true[0]))
        elif yours and not here_agrees and here not in points:
            notes.append("the recorded point lies on a kink, where the engine's slope is a convention")
        return Finding(True, yours, true, notes + _one_sided(subgraph, points, landscape))
    # Whoever is to be told of a mistake is owed more of them.
    more = [point for point in islice(pool.of(subgraph), _MORE_POINTS) if point not in points]
    answers += _answers(function, subgraph, landscape, more)[0]
    # And none is told by digits that the engine has lost.
    answers = [
        (point, answer) for point, answer in answers if landscape.is_moderate(point) or rounding.is_the_engines(point)
    ]
    notes = ["it agrees at the recorded point, not at others"] if here_agrees else []
    summary = ""
    if not subgraph.n_paths:
        summary = no_path(subgraph)
    elif len(answers) < _FEWEST_ANSWERS:
        summary = failures[0] if failures else "too few points could be tried to tell by which mistake"
    elif min(len(telling), sum(answer != 0.0 for _, answer in answers)) < _FEWEST_TELLING:
        summary = ZERO_SAYS_NOTHING
    if not summary and not _astray(answers, subgraph):
        summary = catalogue.excuse
    if summary:
        return Finding(False, yours, true, notes, summary=summary)
    trial = _Trial(catalogue, answers)
    named = trial.singles() or trial.pairs()
    if named:
        return Finding(False, yours, true, notes, named)
    if notes:
        notes[0] += ": is there a number in it that should be a name?"
    return Finding(False, yours, true, notes + failures[:1], summary=catalogue.excuse)


_Answers = list[tuple[Point, float]]


def _answers(
    function: Function, subgraph: Subgraph, landscape: Landscape, points: Sequence[Point]
) -> tuple[_Answers, list[str]]:
    """What a function answers at each point, and what it says where it has no answer."""
    answers, failures = [], []
    for point in points:
        numbers = dict(zip(landscape.lines, point.values, strict=True))
        try:
            answer = function(numbers)
            says = f"gives {answer}"
            if isinstance(answer, complex):
                answer, says = math.nan, f"gives the complex number {answer:.4g}"
        except (ArithmeticError, ValueError) as error:
            answer, says = math.nan, f"raises {type(error).__name__} ({error})"
        if math.isfinite(answer) or answer == subgraph.true(point):
            answers.append((point, answer))
        else:
            shown = _listed([f"{line.label} = {numbers[line]:.4g}" for line in function.arguments])
            failures.append(f"it {says} at {shown or 'any point'}")
    return answers, failures


def _astray(answers: _Answers, subgraph: Subgraph) -> _Answers:
    """The answers that are not the truth."""
    return [
        (point, answer)
        for point, answer in answers
        if not same(subgraph.true(point), answer, ROUNDING * subgraph.size(point))
    ]


def _lost(answers: _Answers, subgraph: Subgraph, rounding: Rounding) -> list[tuple[Point, str]] | None:
    """The points at which an answer is not the truth because of rounding, and whose; None where one is wrong."""
    lost = []
    for point, answer in _astray(answers, subgraph):
        lost.append((point, rounding.of_answer(point, answer)))
        if not lost[-1][1]:
            return None
    return lost


def _agreement(
    subgraph: Subgraph, points: Sequence[Point], lost: Sequence[tuple[Point, str]], here: Point
) -> list[str]:
    """What is said of a function that agrees, but where the engine's own digits are lost."""
    if not subgraph.n_paths:
        return [f"right; {no_path(subgraph)}"]
    number = len(points) - len(lost)
    if number == len(points) == 1:
        return ["agrees here; no other point could be tried"]
    notes = [f"right; agrees at {number} point{'s' if number > 1 else ''}"] if number else []
    for reason in dict.fromkeys(why for _, why in lost):
        where = [point for point, why in lost if why == reason]
        notes.append(f"{'at the recorded point' if where == [here] else f'at {len(where)} more'} {reason}")
    return notes


def _one_sided(subgraph: Subgraph, points: Sequence[Point], landscape: Landscape) -> list[str]:
    """The kinks of which only one side was found."""
    notes = []
    for kink in subgraph.kinks:
        read = [point.sums[kink] for point in points if point.sums]
        sides = {one > 0 for one in read}
        if len(sides) == 1 and any(read):
            kinked = landscape.sums[kink]
            left, right = kinked.tree[1:] if kinked.tree[0] == "-" else (kinked.tree, ("number", 0))
            shown = [write(side, TEXT, landscape.labels) for side in (left, right)]
            notes.append(f"{kinked.kinked} was tried only where {(' > ' if sides.pop() else ' < ').join(shown)}")
    more = len(notes) - _MOST_KINKS
    return notes if more <= 0 else [*notes[:_MOST_KINKS], f"{more} more kinks were tried on one side only"]


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


def not_finite(subgraph: Subgraph, true: float) -> str:
    """What is said about a gradient that is infinite or NaN."""
    return f"the engine's number is {true!r}; find_nonfinite({subgraph.of.label}) says where it began"


def no_path(subgraph: Subgraph) -> str:
    """What is said about a partial that is 0 because nothing leads from one value to the other."""
    return f"no path leads from {subgraph.of.label} to {subgraph.wrt.label}: it is 0 everywhere"
