"""Which mistakes give the function that was handed in, and how what was found is noted.

A function is tried at points of our choosing: those that tell the mistakes apart, and random ones. What agrees at all
of them is the same function. A mistake is named only where nothing else in the catalogue would give the same.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import NamedTuple

from ..notation.mathematics import TEXT
from ..notation.typesetting import write
from ..tracing.assignments import Assignment
from . import rounding
from .answers import Function
from .catalogue import Catalogue
from .mistakes import Mistake, misnamed
from .points import Point
from .sampling import RANDOM_POINTS, Pool, same, split
from .subgraph import Subgraph

Made = tuple[Mistake, ...]  # mistakes that were made together
_Answers = list[tuple[Point, float]]
_Lost = list[tuple[Point, str]]  # whose digits are lost

# The pairs of 280 mistakes, which take a second or two.
_MOST_PAIRS = 40_000
# A wrong function is tried at so many more points: if it makes a mistake at all but one point in fifty, that is seen
# with a probability of 95 %, and the mistake is not named.
_MORE_POINTS = 150
# With fewer answers, or fewer that are not 0, a pair of mistakes gives them by chance.
_FEWEST_ANSWERS, _FEWEST_TELLING = 10, 3
ZERO_SAYS_NOTHING = "from a 0 no mistake can be told"
# What fits into a sentence: numbers of a point, and kinks of which one side was not found.
_MOST_SHOWN, _MOST_KINKS = 6, 3


class Candidate(NamedTuple):
    """Mistakes that are the same as functions, and why they give the same here as those of the first candidate."""

    ways: list[Made]
    reason: str = ""


class Finding(NamedTuple):
    """What was found about one partial.

    right: whether nothing speaks against it. yours, true: the numbers handed in and the engine's; of a function, at the
    recorded point. notes: what there is to say. named: the mistake, in all ways in which it can be said; nothing where
    it could not be named. candidates: what gives the same number so far. ask: the point at which they differ. summary:
    why no mistake was looked for.
    """

    right: bool
    yours: list[float]
    true: list[float]
    notes: list[str]
    named: Sequence[Made] = ()
    candidates: Sequence[Candidate] = ()
    ask: dict[Assignment, float] | None = None
    summary: str = ""


def about_function(function: Function, catalogue: Catalogue, pool: Pool) -> Finding:
    """Try a function at many points, and where it is wrong find the mistake, or the two, that give the same."""
    subgraph, evaluator = catalogue.subgraph, catalogue.subgraph.evaluator
    here = evaluator.here()
    true = subgraph.true(here)
    # Where the partial is 0, most mistakes are, too.
    telling = list(islice((point for point in pool.of(subgraph) if subgraph.true(point)), RANDOM_POINTS))
    points = _chosen(catalogue, pool, telling, here)
    answers, failures = _answers(function, subgraph, points)
    yours = [answer for _, answer in _answers(function, subgraph, [here])[0]]
    here_agrees = bool(yours) and same(yours[0], true, subgraph.noise(here))
    infinite = "" if math.isfinite(true) else not_finite(subgraph, true)
    if infinite and points == [here]:
        return Finding(here_agrees, yours, [true], [infinite] if here_agrees else [], summary=infinite)
    lost = _lost(function, answers, subgraph)
    if answers and lost is not None:
        if failures:
            return Finding(False, yours, [true], [], summary=f"it agrees where it has an answer, but {failures[0]}")
        notes = _agreement(subgraph, points, lost, here)
        if infinite:
            notes.append(infinite)
        elif yours and not here_agrees and here not in points:
            notes.append("the recorded point lies on a kink, where the engine's slope is a convention")
        return Finding(True, yours, [true], notes + _one_sided(subgraph, points))
    more = [point for point in islice(pool.of(subgraph), _MORE_POINTS) if point not in points]
    answers += _answers(function, subgraph, more)[0]
    # No mistake is told by digits that the engine has lost.
    answers = [one for one in answers if evaluator.is_moderate(one[0]) or rounding.is_the_engines(subgraph, one[0])]
    notes = ["it agrees at the recorded point, not at others"] if here_agrees else []
    if not subgraph.n_paths:
        summary = no_path(subgraph)
    elif len(answers) < _FEWEST_ANSWERS:
        summary = failures[0] if failures else "too few points could be tried to tell by which mistake"
    elif min(len(telling), sum(answer != 0.0 for _, answer in answers)) < _FEWEST_TELLING:
        summary = ZERO_SAYS_NOTHING
    elif not _astray(answers, subgraph):
        summary = catalogue.excuse
    else:
        named = _giving(answers, catalogue, () if catalogue.excuse else misnamed(function, subgraph))
        if named:
            return Finding(False, yours, [true], notes, named)
        notes = [f"{note}: is there a number in it that should be a name?" for note in notes] + failures[:1]
        summary = catalogue.excuse
    return Finding(False, yours, [true], notes, summary=summary)


def _chosen(catalogue: Catalogue, pool: Pool, telling: Sequence[Point], here: Point) -> list[Point]:
    """The points at which a function is tried: those that tell mistakes apart, and enough others."""
    subgraph = catalogue.subgraph
    chosen = [*split(catalogue, pool).points, *telling]
    if len(chosen) < RANDOM_POINTS:
        chosen += islice(pool.of(subgraph), RANDOM_POINTS)
    # The recorded one, too, which may be of another size than all that are chosen.
    if subgraph.is_settled_at(here) and not subgraph.is_on_a_kink(here):
        chosen.append(here)
    return list({id(point): point for point in chosen}.values()) or [here]


def _answers(function: Function, subgraph: Subgraph, points: Sequence[Point]) -> tuple[_Answers, list[str]]:
    """What a function answers at each point, and what it says where it has no answer."""
    answers, failures = [], []
    for point in points:
        numbers = dict(zip(subgraph.evaluator.lines, point.values, strict=True))
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
            shown = [f"{line.label} = {numbers[line]:.4g}" for line in function.arguments]
            more = ["…"] if len(shown) > _MOST_SHOWN else []
            failures.append(f"it {says} at {', '.join([*shown[:_MOST_SHOWN], *more]) or 'any point'}")
    return answers, failures


def _astray(answers: _Answers, subgraph: Subgraph) -> _Answers:
    return [one for one in answers if not same(subgraph.true(one[0]), one[1], subgraph.noise(one[0]))]


def _lost(function: Function, answers: _Answers, subgraph: Subgraph) -> _Lost | None:
    """The points at which an answer is not the truth because of rounding, and whose; None where one is wrong."""
    lost = []
    for point, answer in _astray(answers, subgraph):
        lost.append((point, rounding.of_answer(function, subgraph, point, answer)))
        if not lost[-1][1]:
            return None
    return lost


def _agreement(subgraph: Subgraph, points: Sequence[Point], lost: _Lost, here: Point) -> list[str]:
    """What is said of a function that agrees, but where digits are lost."""
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


def _one_sided(subgraph: Subgraph, points: Sequence[Point]) -> list[str]:
    """The kinks of which only one side was found."""
    notes = []
    for kink in subgraph.kinks:
        read = [point.sums[kink] for point in points if point.sums]
        sides = {one > 0 for one in read}
        if len(sides) == 1 and any(read):
            kinked = subgraph.evaluator.sums[kink]
            left, right = kinked.tree[1:] if kinked.tree[0] == "-" else (kinked.tree, ("number", 0))
            shown = [write(side, TEXT, subgraph.evaluator.trace.labels) for side in (left, right)]
            notes.append(f"{kinked.kinked} was tried only where {(' > ' if sides.pop() else ' < ').join(shown)}")
    more = len(notes) - _MOST_KINKS
    return notes if more <= 0 else [*notes[:_MOST_KINKS], f"{more} more kinks were tried on one side only"]


def _giving(answers: _Answers, catalogue: Catalogue, own: Iterable[Mistake]) -> list[Made]:
    """The mistakes that give the answers at every point, those of the function itself, or the pairs that do."""
    # Where the answer is 0 much looks alike: what is wrong is found sooner at the others.
    ordered = sorted(answers, key=lambda one: one[1] == 0.0)
    expected = [(point, answer, catalogue.subgraph.noise(point)) for point, answer in ordered]

    def agrees(made: Made) -> bool:
        return all(same(catalogue.value(point, made), answer, noise) for point, answer, noise in expected)

    singles: list[Made] = [(mistake,) for mistake in catalogue.mistakes if agrees((mistake,))]
    singles = singles or [(mistake,) for mistake in own if agrees((mistake,))]
    return singles or [pair for pair in islice(catalogue.pairs(), _MOST_PAIRS) if agrees(pair)]


def not_finite(subgraph: Subgraph, true: float) -> str:
    """What is said about a gradient that is infinite or NaN."""
    return f"the engine's number is {true!r}; find_nonfinite({subgraph.of.label}) says where it began"


def no_path(subgraph: Subgraph) -> str:
    """What is said about a partial that is 0 because nothing leads from one value to the other."""
    return f"{subgraph.of.label} does not depend on {subgraph.wrt.label}: it is 0 everywhere"
