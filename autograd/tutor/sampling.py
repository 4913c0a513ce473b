"""Points at which mistakes show: random ones, those that tell mistakes apart, and one that a person can work out."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import chain, islice, pairwise
from random import Random
from typing import NamedTuple

from ..tracing.assignments import Assignment
from .answers import RELATIVE, ROUNDING
from .catalogue import Catalogue
from .kinks import SATURATED
from .points import Landscape, Point
from .subgraph import Subgraph

RANDOM_POINTS = 25

# When so many points in a row have told no two mistakes apart, or so many were looked at, none will.
_PATIENCE, _MOST_POINTS, _MOST_ATTEMPTS = 60, 400, 2000
_MOST_PATTERNS = 200
# For points beyond a kink that no random one crosses: by what the leaves are multiplied, and how many are tried.
_SCALES = (1.0, 3.0, 10.0, 30.0, 100.0, -1.0, -3.0, -10.0, -30.0, -100.0)
_MOST_FAR, _FEWEST_FAR, _MOST_FAR_WORK = 300, 40, 200_000
_OF_EACH = 100  # points at which two leaves are others, and three, and so on
# For the point that a person is asked about: how much is computed at most, about a number a mistake and an edge; how
# many points are tried all the same; and of how many leaves each is changed alone.
_MOST_WORK, _FEWEST_TRIES, _MOST_LEAVES = 1_000_000, 40, 60

# Numbers that one likes to compute with.
_EASY = (2.0, 3.0, -1.0, 0.5, -2.0, 1.0, 1.5, -3.0)


class Pool:
    """Random points of a graph, the same ones every time; each is made when it is first asked for."""

    def __init__(self, landscape: Landscape) -> None:
        self._landscape = landscape
        self._points: list[Point] = []
        self._more = _random_points(landscape)
        self._beyond: dict[int, list[Point]] = {}

    def of(self, subgraph: Subgraph) -> Iterator[Point]:
        """The points at which the gradient between two lines is a number, and no convention about a slope matters.

        First those beyond the kinks that random ones do not cross.
        """
        beyond = {id(point): point for kink in subgraph.kinks for point in self._across(kink)}
        for point in chain(beyond.values(), self._random()):
            if subgraph.is_settled_at(point):
                yield point

    def _random(self) -> Iterator[Point]:
        for place in range(_MOST_POINTS):
            if place == len(self._points):
                point = next(self._more, None)
                if point is None:
                    return
                self._points.append(point)
            yield self._points[place]

    def _across(self, kink: int) -> list[Point]:
        """Where all random points lie on one side of a kink, points on the other, if they are found.

        Not by way of sigmoid(50), say, which is 1 in floats: whether 1 - p has passed a kink near 0 cannot be told.
        """
        if kink not in self._beyond:
            sides: set[bool | None] = {None}
            for point in islice(self._random(), _MOST_PATTERNS):
                sides.add(_side(point, kink))
                if len(sides) == 3:
                    break
            far = self._far if len(sides) == 2 else []
            beyond = (
                point
                for point in far
                if _side(point, kink) not in sides and self._landscape.is_moderate(point, SATURATED)
            )
            self._beyond[kink] = list(islice(beyond, RANDOM_POINTS))
        return self._beyond[kink]

    @cached_property
    def _far(self) -> list[Point]:
        return _far_points(self._landscape)


def _side(point: Point, kink: int) -> bool | None:
    """On which side of a kink a point lies; on neither where what is read is 0, be it by rounding: 1 - h far out."""
    return point.sums[kink] > 0 if point.sums[kink] else None


def _random_points(landscape: Landscape) -> Iterator[Point]:
    """Points with small numbers for the leaves, and every fourth with numbers near the recorded ones.

    Where these are few, also those farther away, and those at which a sum is large; where those are few, too, some that
    are as near to the recorded one as they have to be to have an answer.
    """
    random = Random(1)
    large: list[Point] = []
    moderate = 0
    for attempt in range(_MOST_ATTEMPTS):
        leaves = _near(landscape, random) if attempt % 4 == 3 else _small(landscape, random)
        for _ in range(4):
            point = landscape.at(leaves)
            if point is None:
                break
            if landscape.is_moderate(point):
                moderate += 1
                yield point
                break
            if len(large) < _MOST_POINTS:
                large.append(point)
            leaves = [0.6 * one for one in leaves]
    if moderate < RANDOM_POINTS:
        yield from filter(landscape.is_moderate, _far_points(landscape))
        yield from large
    if moderate + len(large) < RANDOM_POINTS:
        for _ in range(_MOST_ATTEMPTS):
            point = landscape.at([_moved(leaf.number, random) for leaf in landscape.leaves])
            if point is not None:
                yield point


def _far_points(landscape: Landscape) -> list[Point]:
    """Points whose leaves are multiples of those of the others; first those at which no sum is too large."""
    random = Random(3)
    points = []
    for attempt in range(max(_FEWEST_FAR, min(_MOST_FAR, _MOST_FAR_WORK // (len(landscape.edges) + 1)))):
        leaves = _near(landscape, random) if attempt % 2 else _small(landscape, random)
        point = landscape.at([random.choice(_SCALES) * one for one in leaves])
        if point is not None:
            points.append(point)
    return sorted(points, key=landscape.is_moderate, reverse=True)


def _small(landscape: Landscape, random: Random) -> list[float]:
    return [random.uniform(-2.0, 2.0) for _ in landscape.leaves]


def _near(landscape: Landscape, random: Random) -> list[float]:
    """Numbers near the recorded ones."""
    return [leaf.number * random.uniform(0.5, 1.5) or random.uniform(-1.0, 1.0) for leaf in landscape.leaves]


def _moved(number: float, random: Random) -> float:
    """A number moved by up to as much as itself, or by up to a tenth of it, a hundredth, …"""
    return number + 10.0 ** -random.randint(0, 6) * random.uniform(-1.0, 1.0) * (abs(number) or 1.0)


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
    n_groups, idle = 1, 0
    points = []
    for point in pool.of(catalogue.subgraph):
        values = catalogue.values(point)
        finer = _refined(groups, values, ROUNDING * catalogue.subgraph.size(point))
        n_finer = max(finer) + 1
        if n_finer > n_groups:
            groups, n_groups, idle = finer, n_finer, 0
            points.append(point)
        else:
            idle += 1
            if idle == _PATIENCE:
                break
    return Split(points, groups)


def _refined(groups: Sequence[int], values: Sequence[float], floor: float) -> list[int]:
    """Groups of those that were in one group and have the same value."""
    order = sorted(range(len(groups)), key=lambda i: (groups[i], math.isnan(values[i]), values[i]))
    finer = [0] * len(groups)
    number = 0
    for before, i in pairwise(order):
        number += groups[before] != groups[i] or not same(values[before], values[i], floor)
        finer[i] = number
    return finer


def same(one: float, other: float, floor: float) -> bool:
    """Whether two numbers are the same but for rounding; of infinite ones, whether they are equal."""
    if abs(one - other) <= RELATIVE * abs(other) + floor < math.inf:
        return True
    return one == other or (math.isnan(one) and math.isnan(other))


def alive(catalogue: Catalogue, pool: Pool, number: int = RANDOM_POINTS) -> list[Point]:
    """Points at which the partial is not 0: where it is, most mistakes are, too."""
    found: list[Point] = []
    for point in pool.of(catalogue.subgraph):
        if catalogue.subgraph.true(point) != 0.0:
            found.append(point)
            if len(found) == number:
                break
    return found


def on_and_off(subgraph: Subgraph, pool: Pool) -> list[Point]:
    """A point for each way in which relus can be on and off, as far as random points find them."""
    found: dict[tuple[bool, ...], Point] = {}
    for point in islice(pool.of(subgraph), _MOST_PATTERNS if subgraph.kinks else 1):
        found.setdefault(subgraph.pattern(point), point)
    return list(found.values())


def separating(
    catalogue: Catalogue, members: Sequence[int], figures: int, landscape: Landscape
) -> dict[Assignment, float] | None:
    """Other numbers for few leaves, at which the truth and these mistakes differ, written with so many digits.

    Where no point tells all of them apart, it is the one that tells most; None where the partial is 0, or the same,
    at all that are tried.
    """
    best: dict[Assignment, float] | None = None
    most = 0
    members = [*members, len(catalogue.mistakes)]
    wanted = len(members) * (len(members) - 1) // 2
    here = landscape.here()
    recorded = catalogue.subgraph.true(here)
    tries = max(_FEWEST_TRIES, _MOST_WORK // (len(catalogue.mistakes) + len(landscape.edges)))
    for changed in islice(_easy_changes(landscape), tries):
        point = landscape.with_changes(changed)
        if point is None or not catalogue.subgraph.true(point) or not math.isfinite(catalogue.subgraph.size(point)):
            continue
        if best is not None and not landscape.is_moderate(point):
            continue
        values = catalogue.values(point)
        if not is_new(here, point, recorded, values[-1], figures):
            continue
        told_apart = 1 + _told_apart([values[i] for i in members], figures)
        if told_apart > most:
            best, most = changed, told_apart
            if told_apart > wanted:
                break
    return best


def is_new(one: Point, other: Point, true: float, other_true: float, figures: int) -> bool:
    """Whether something else has to be worked out at the other point: the truth is another there. Where it is the same
    everywhere, all leaves have to be others.
    """
    if _told_apart([true, other_true], figures):
        return True
    return all(x != y for x, y in zip(one.leaves, other.leaves, strict=True))


def _told_apart(values: Sequence[float], figures: int) -> int:
    """How many pairs of numbers differ when they are written with so many digits, and somewhat more than these show."""
    reach = [
        2.0 * 10.0 ** (math.floor(math.log10(abs(value))) + 1 - figures) if value and math.isfinite(value) else 0.0
        for value in values
    ]
    count = 0
    for i, value in enumerate(values):
        count += sum(abs(value - values[j]) > reach[i] + reach[j] for j in range(i))
    return count


def _easy_changes(landscape: Landscape) -> Iterator[dict[Assignment, float]]:
    """One leaf changed to a number that is easy to compute with; then a few; then all."""
    random = Random(2)
    some = landscape.leaves
    if len(some) > _MOST_LEAVES:
        some = random.sample(some, _MOST_LEAVES)
    for easy in _EASY:
        for leaf in some:
            if leaf.number != easy:
                yield {leaf: easy}
    for number in (2, 3, 4):
        few = min(number, len(landscape.leaves))
        for _ in range(_OF_EACH):
            yield {leaf: random.choice(_EASY) for leaf in random.sample(landscape.leaves, few)}
    for _ in range(_OF_EACH):
        yield {leaf: random.randint(-20, 20) / 10 for leaf in landscape.leaves}
