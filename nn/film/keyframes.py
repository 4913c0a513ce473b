"""Key frames: of the numbers after every epoch, those between which all others lie on straight lines, or nearly so.

All parameters together are a point, and training is a way that it goes. From a key frame a line is drawn to a later
epoch, as far off as a few tries find it, so that it passes every epoch between at no more than a tolerance: a share of
how far from its start training has been so far. No parameter is then farther from the line than that.

There is room for so many key frames. Where they are more, they are thinned again, at twice the tolerance or more. So
the error, which is the sum of these tolerances, is less than twice the last one.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from math import dist
from typing import NamedTuple

# Tolerances as shares of the way: while training runs, and of what is shown.
RECORDED, SHOWN = 5e-5, 2e-4
# How many epochs wait at least before a line is drawn while training runs; how many numbers at most.
_FEWEST, _MOST_NUMBERS = 32, 250_000
# By how much longer, or shorter, the next line is that is tried.
_STEP = 1.5

Numbers = Sequence[float]


class Point(NamedTuple):
    """The numbers after so many epochs."""

    epoch: int
    numbers: Numbers


class KeyFrames:
    """The key frames of a run, which iterating gives.

    most: for how many there is room, at least 4. tolerance: of the next line. reach: the largest distance of a key
    frame from the first one. error: how far any epoch is from the lines, at most.
    """

    def __init__(self, first: Point, most: int, tolerance: float = 0.0, error: float = 0.0) -> None:
        self.most = most
        self.tolerance = tolerance
        self.error = max(tolerance, error)
        self.reach = 0.0
        self._points = [first]
        self._waiting: list[tuple[int, Numbers] | Point] = []  # the epochs after the last key frame
        self._longest = max(8, min(1024, _MOST_NUMBERS // len(first.numbers)))
        self._length = 1  # of the last line

    def __iter__(self) -> Iterator[Point]:
        return iter(self._points)

    def __len__(self) -> int:
        return len(self._points)

    @property
    def epochs(self) -> int:
        """How many epochs there were."""
        return (self._waiting or self._points)[-1][0]

    def extended(self, later: Iterable[Numbers]) -> KeyFrames:
        """These key frames and those of later epochs, given by their numbers. These stay as they are, for whoever is
        interrupted meanwhile.
        """
        new = self._copied([*self._waiting, *enumerate(later, self.epochs + 1)])
        while len(new._waiting) >= min(max(_FEWEST, 3 * new._length), new._longest):
            new._draw()
        if len(new) <= self.most:
            return new
        fewer = new.thinned(self.most // 2, RECORDED, at_least=2.0 * new.tolerance)
        fewer.most, fewer._longest, fewer._waiting = self.most, self._longest, new._waiting
        return fewer

    def finished(self) -> KeyFrames:
        """These key frames, with those that lead to the last epoch."""
        new = self._copied(self._waiting)
        while new._waiting:
            new._draw()
        return new

    def _copied(self, waiting: Iterable[tuple[int, Numbers]]) -> KeyFrames:
        new = KeyFrames.__new__(KeyFrames)
        vars(new).update(vars(self), _points=[*self._points], _waiting=[*waiting])
        return new

    def thinned(self, most: int, share: float = SHOWN, at_least: float = 0.0) -> KeyFrames:
        """At most so many of these key frames, but two in any case; without the epochs after the last one.

        share: what the error is of the reach; or more, where it takes more to have so few. at_least: the tolerance.
        """
        tolerance = max(at_least, share * self.reach - self.error, RECORDED * self.reach)
        while True:
            fewer = KeyFrames(self._points[0], len(self._points), tolerance, self.error + tolerance)
            fewer._longest, fewer._waiting = len(self._points), [*self._points[1:]]
            while fewer._waiting:
                fewer._draw()
            if len(fewer) <= max(most, 2):
                return fewer
            tolerance = max(2.0 * tolerance, share * self.reach)

    def _draw(self) -> None:
        """Draw the next line."""
        most = min(len(self._waiting), self._longest)
        start = Point(self._points[-1].epoch, tuple(self._points[-1].numbers))  # of which dist is fastest
        away: list[float] = []
        length = min(self._length, most)
        if self._passes(length, start, away):
            while length < most and self._passes(longer := min(int(_STEP * length) + 1, most), start, away):
                length = longer
        else:
            length = int(length / _STEP)
            while not self._passes(length, start, away):
                length = int(length / _STEP)
        self._length = length
        epoch, numbers = self._waiting[length - 1]
        self._points.append(Point(epoch, array("d", numbers)))
        del self._waiting[:length]
        self.reach = max(self.reach, dist(self._points[0].numbers, numbers))
        self.tolerance = max(self.tolerance, RECORDED * self.reach)
        self.error = max(self.error, self.tolerance)

    def _passes(self, length: int, start: Point, away: list[float]) -> bool:
        """Whether the line from `start` to the last of so many epochs passes all of them at no more than the tolerance.

        away: the distances of epochs from the start, as far as they are known. How far the corner of a triangle is from
        a point on the opposite side, the three sides tell (Stewart's theorem).
        """
        away += [dist(start.numbers, numbers) for _, numbers in self._waiting[len(away) : length]]
        last, end = self._waiting[length - 1]
        span, whole, limit = last - start.epoch, away[length - 1] ** 2, self.tolerance**2
        # What is in the middle strays farthest.
        for place in (length // 2 - 1, *range(length - 1)) if length > 1 else ():
            epoch, numbers = self._waiting[place]
            share = (epoch - start.epoch) / span
            rest = 1.0 - share
            if rest * away[place] ** 2 + share * dist(numbers, end) ** 2 - share * rest * whole > limit:
                return False
        return True
