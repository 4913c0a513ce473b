"""Points at which mistakes show: random ones, those that tell mistakes apart, and one that a person can work out."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import chain, islice, pairwise, tee
from random import Random
from typing import NamedTuple

from ..tracing.assignments import Assignment
from .answers import RELATIVE
from .catalogue import Catalogue
from .kinks import SATURATED
from .points import Point, PointEvaluator
from .subgraph import Subgraph

# Answers that agree at one point in two by chance agree at all of these once in thirty million times.
RANDOM_POINTS = 25
# A region that has a hundredth of all points is missed by so many once in fifty times.
_MOST_POINTS = 400
# Enough where one attempt in five has an answer: a logarithm and a root of sums each have one in two.
_MOST_ATTEMPTS = 5 * _MOST_POINTS
# If so many points in a row tell nothing apart, what is left differs at fewer than one point in twenty (with 95 %).
_PATIENCE = 60
# To cross a kink that is far away, the leaves are multiplied by some of these.
_SCALES = (1.0, 3.0, 10.0, 30.0, 100.0, -1.0, -3.0, -10.0, -30.0, -100.0)
# How many points that makes: three of them have any two scales for any two leaves; fewer where so many partials would
# take longer than a tenth of a second.
_FAR_POINTS, _FAR_WORK = 300, 200_000
# Numbers that are easy to compute with, for the point that a person is asked about; not 0, where much looks alike.
_EASY = (2.0, 3.0, -1.0, 0.5, -2.0, 1.0, 1.5, -3.0)
# For that point: how many numbers are computed, a second's worth; of how many leaves one alone is changed; and how many
# points are tried at which two, three, … leaves are changed.
_MOST_WORK, _MOST_LEAVES, _OF_EACH = 1_000_000, 60, 100


class Pool:
    """Random points of a graph, the same ones every time; each is made when it is first asked for."""

    def __init__(self, evaluator: PointEvaluator) -> None:
        self._evaluator = evaluator
        self._made: Iterator[Point] = islice(self._new(), _MOST_POINTS)
        self._beyond: dict[int, list[Point]] = {}

    def of(self, subgraph: Subgraph) -> Iterator[Point]:
        """The points at which the gradient between two lines is a number, and no convention about a slope matters.

        First those beyond the kinks that random ones do not cross.
        """
        beyond = {id(point): point for kink in subgraph.kinks for point in self._across(kink)}
        yield from filter(subgraph.is_settled_at, chain(beyond.values(), self._random()))

    def _random(self) -> Iterator[Point]:
        self._made, points = tee(self._made)  # which keeps those that were made, for the next who asks
        return points

    def _across(self, kink: int) -> list[Point]:
        """Where half of the random points lie on one side of a kink, points on the other, if they are found.

        Not by way of sigmoid(50), say, which is 1 in floats: whether 1 - p has passed a kink near 0 cannot be told.
        """
        if kink not in self._beyond:
            sides: set[bool | None] = {None}
            for point in islice(self._random(), _MOST_POINTS // 2):
                sides.add(_side(point, kink))
                if len(sides) == 3:
                    break
            far = self._far if len(sides) == 2 else []
            beyond = (point for point in far if _side(point, kink) not in sides)
            near_enough = (point for point in beyond if self._evaluator.is_moderate(point, SATURATED))
            self._beyond[kink] = list(islice(near_enough, RANDOM_POINTS))
        return self._beyond[kink]

    @cached_property
    def _far(self) -> list[Point]:
        """Points whose leaves are multiples of those of the others; first those at which no sum is too large."""
        random, evaluator = Random(3), self._evaluator
        attempts = min(_FAR_POINTS, _FAR_WORK // (len(evaluator.edges) + 1))
        numbers = ((_near if n % 2 else _small)(evaluator, random) for n in range(attempts))
        tried = (evaluator.at([random.choice(_SCALES) * one for one in leaves]) for leaves in numbers)
        return sorted((point for point in tried if point is not None), key=evaluator.is_moderate, reverse=True)

    def _new(self) -> Iterator[Point]:
        """Points with small numbers for the leaves, and every fourth with numbers near the recorded ones.

        Where these are few, also those farther away, and those at which a sum is large; where those are few, too, some
        that are as near to the recorded one as they have to be to have an answer.
        """
        random, evaluator = Random(1), self._evaluator
        large: list[Point] = []
        moderate = 0
        for attempt in range(_MOST_ATTEMPTS):
            leaves = _near(evaluator, random) if attempt % 4 == 3 else _small(evaluator, random)
            for _ in range(4):  # numbers that are too large are made smaller, which keeps most of these points
                point = evaluator.at(leaves)
                if point is None:
                    break
                if evaluator.is_moderate(point):
                    moderate += 1
                    yield point
                    break
                if len(large) < _MOST_POINTS:
                    large.append(point)
                leaves = [0.6 * one for one in leaves]
        if moderate < RANDOM_POINTS:
            yield from filter(evaluator.is_moderate, self._far)
            yield from large
        if moderate + len(large) < RANDOM_POINTS:
            near = (evaluator.at(_near(evaluator, random, 10.0 ** -(number % 7))) for number in range(_MOST_ATTEMPTS))
            yield from (point for point in near if point is not None)


def _side(point: Point, kink: int) -> bool | None:
    """True above a kink, False below it, None where what is read is 0, be it by rounding."""
    return point.sums[kink] > 0 if point.sums[kink] else None


def _small(evaluator: PointEvaluator, random: Random) -> list[float]:
    return [random.uniform(-2.0, 2.0) for _ in evaluator.leaves]


def _near(evaluator: PointEvaluator, random: Random, reach: float = 0.5) -> list[float]:
    """The recorded numbers, each moved by up to so large a part of itself; of a 0, by as much as of a 2."""
    numbers = [leaf.number for leaf in evaluator.leaves]
    return [one * random.uniform(1 - reach, 1 + reach) or reach * random.uniform(-2.0, 2.0) for one in numbers]


class Split(NamedTuple):
    """Which mistakes are the same as functions.

    points: those at which some were told apart. groups: for each mistake, and last for the truth, the number of its
    group; the members of a group give the same at every point.
    """

    points: list[Point]
    groups: list[int]


def split(catalogue: Catalogue, pool: Pool) -> Split:
    """Tell the mistakes apart, and from the truth, at as many points as it takes."""
    groups = [0] * (len(catalogue.mistakes) + 1)
    idle, points = 0, []
    for point in pool.of(catalogue.subgraph):
        finer = _refined(groups, catalogue.values(point), catalogue.subgraph.noise(point))
        idle += 1
        if max(finer) > max(groups):
            groups, idle = finer, 0
            points.append(point)
        elif idle == _PATIENCE:
            break
    return Split(points, groups)


def _refined(groups: Sequence[int], values: Sequence[float], noise: float) -> list[int]:
    """Groups of those that were in one group and have the same value."""
    order = sorted(range(len(groups)), key=lambda i: (groups[i], math.isnan(values[i]), values[i]))
    finer = [0] * len(groups)
    number = 0
    for before, i in pairwise(order):
        number += groups[before] != groups[i] or not same(values[before], values[i], noise)
        finer[i] = number
    return finer


def same(one: float, other: float, noise: float) -> bool:
    """Whether two numbers are the same but for rounding; of infinite ones, whether they are equal."""
    is_near = abs(one - other) <= RELATIVE * abs(other) + noise < math.inf
    return is_near or one == other or (math.isnan(one) and math.isnan(other))


def separating(catalogue: Catalogue, members: Sequence[int], figures: int) -> dict[Assignment, float] | None:
    """Other numbers for few leaves, at which the truth and these mistakes differ, written with so many digits.

    Where no point tells all of them apart, it is the one that tells most; None where the partial is 0, or the same,
    at all that are tried.
    """
    evaluator = catalogue.subgraph.evaluator
    best: dict[Assignment, float] | None = None
    most = 0
    members = [*members, len(catalogue.mistakes)]
    wanted = len(members) * (len(members) - 1) // 2
    here = evaluator.here()
    recorded = catalogue.subgraph.true(here)
    tries = _MOST_WORK // (len(catalogue.mistakes) + len(evaluator.edges))
    for changed in islice(_easy_changes(evaluator), tries):
        point = evaluator.with_changes(changed)
        if point is None or (best is not None and not evaluator.is_moderate(point)):
            continue
        true, noise = catalogue.subgraph.true(point), catalogue.subgraph.noise(point)
        if not true or not math.isfinite(noise) or not is_new(here, point, recorded, true, figures):
            continue
        values = catalogue.values(point)
        told_apart = 1 + _told_apart([values[i] for i in members], figures)
        if told_apart > most:
            best, most = changed, told_apart
            if told_apart > wanted:
                break
    return best


def is_new(one: Point, other: Point, true: float, other_true: float, figures: int) -> bool:
    """Whether something else is worked out at the other point: another truth, or the same from leaves all different."""
    are_others = all(x != y for x, y in zip(one.leaves, other.leaves, strict=True))
    return are_others or _told_apart([true, other_true], figures) > 0


def _told_apart(values: Sequence[float], figures: int) -> int:
    """How many pairs of numbers differ by more than two units each in the last of so many digits."""
    reach = [
        2.0 * 10.0 ** (math.floor(math.log10(abs(value))) + 1 - figures) if value and math.isfinite(value) else 0.0
        for value in values
    ]
    return sum(abs(value - values[j]) > reach[i] + reach[j] for i, value in enumerate(values) for j in range(i))


def _easy_changes(evaluator: PointEvaluator) -> Iterator[dict[Assignment, float]]:
    """One leaf changed to a number that is easy to compute with; then a few; then all."""
    random = Random(2)
    leaves = evaluator.leaves
    some = leaves if len(leaves) <= _MOST_LEAVES else random.sample(leaves, _MOST_LEAVES)
    yield from ({leaf: easy} for easy in _EASY for leaf in some if leaf.number != easy)
    for number in (2, 3, 4):
        for _ in range(_OF_EACH):
            few = random.sample(leaves, min(number, len(leaves)))
            yield {leaf: random.choice(_EASY) for leaf in few}
    for _ in range(_OF_EACH):
        yield {leaf: random.randint(-20, 20) / 10 for leaf in leaves}
