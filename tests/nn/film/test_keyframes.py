"""Key frames: how far the lines between them are from what was recorded, and how many there are."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from random import Random

import pytest

from nn.film.keyframes import RECORDED, SHOWN, KeyFrames, Point
from nn.film.packing import Packed

Trail = list[list[float]]


def smooth(count: int) -> Trail:
    return [[math.tanh(epoch / 900 - 1), math.sin(epoch / 700), 5.0] for epoch in range(count)]


def noisy(count: int) -> Trail:
    random = Random(1)
    return [[random.gauss(epoch / count, 0.1), random.random()] for epoch in range(count)]


def wandering(count: int) -> Trail:
    random, numbers = Random(2), [0.0] * 5
    trail = []
    for _ in range(count):
        numbers = [number + random.gauss(0.0, 0.01) for number in numbers]
        trail.append(numbers)
    return trail


def jumping(count: int) -> Trail:
    return [[float(epoch // 100 % 2), 1e-9 * epoch] for epoch in range(count)]


def still(count: int) -> Trail:
    return [[1.0, -2.0]] * count


def growing(count: int) -> Trail:
    return [[1.02**epoch] for epoch in range(min(count, 1000))]


TRAILS = [smooth, noisy, wandering, jumping, still, growing]


def of(trail: Trail, most: int, chunk: int = 97) -> KeyFrames:
    keyframes = KeyFrames(Point(0, trail[0]), most)
    for start in range(1, len(trail), chunk):
        keyframes = keyframes.extended(trail[start : start + chunk])
    return keyframes


def farthest(points: Sequence[Point], trail: Trail) -> float:
    """How far any number of any epoch is from the line between two key frames, by trying all."""
    assert points[0].epoch == 0
    assert points[-1].epoch == len(trail) - 1
    found = 0.0
    for before, after in pairwise(points):
        for epoch in range(before.epoch, after.epoch + 1):
            share = (epoch - before.epoch) / (after.epoch - before.epoch)
            for one, two, number in zip(before.numbers, after.numbers, trail[epoch], strict=True):
                found = max(found, abs(one + share * (two - one) - number))
    return found


@pytest.mark.parametrize("make", TRAILS, ids=lambda make: make.__name__)
@pytest.mark.parametrize("most", [16, 512])
def test_no_epoch_is_farther_from_the_lines_than_the_error(make: object, most: int) -> None:
    trail: Trail = make(2000)  # type: ignore[operator]
    keyframes = of(trail, most)
    room = 1e-6 * keyframes.reach  # three sides of a triangle that is nearly a line tell its height no better
    assert farthest([*keyframes.finished()], trail) <= keyframes.error + room
    assert keyframes.error <= 2.0 * keyframes.tolerance
    shown = keyframes.finished().thinned(12)
    assert len(shown) <= 12
    assert farthest([*shown], trail) <= shown.error + room
    packed = Packed(shown)
    decoded = [Point(epoch, packed.numbers(place)) for place, epoch in enumerate(packed.epochs)]
    assert farthest(decoded, trail) <= shown.error + packed.error + room


def test_where_there_is_room_the_error_is_what_was_promised() -> None:
    keyframes = of(smooth(2000), 512)
    assert keyframes.error == keyframes.tolerance == pytest.approx(RECORDED * keyframes.reach)
    shown = keyframes.thinned(512)
    assert shown.error == pytest.approx(SHOWN * keyframes.reach)
    assert 10 < len(shown) < len(keyframes) < 400


def test_what_does_not_move_needs_two() -> None:
    assert [point.epoch for point in of(still(5000), 512).finished().thinned(9)] == [0, 4999]


def test_of_a_single_epoch_and_of_none() -> None:
    none = KeyFrames(Point(0, [1.0]), 16)
    assert [*none.finished().thinned(16)] == [Point(0, [1.0])]
    one = none.extended([[2.0]])
    assert [point.epoch for point in one.finished()] == [0, 1]
    assert none.epochs == 0  # the old ones stay as they are


@pytest.mark.parametrize("make", [noisy, wandering])
def test_there_are_never_more_than_there_is_room_for(make: object) -> None:
    trail: Trail = make(20_000)  # type: ignore[operator]
    keyframes = KeyFrames(Point(0, trail[0]), 64)
    for start in range(1, len(trail), 1000):
        keyframes = keyframes.extended(trail[start : start + 1000])
        assert len(keyframes) <= 64
        assert len(keyframes._waiting) <= 1024
    assert keyframes.epochs == len(trail) - 1
    assert farthest([*keyframes.finished()], trail) <= keyframes.error + 1e-6 * keyframes.reach


def test_of_wide_networks_few_epochs_wait() -> None:
    keyframes = KeyFrames(Point(0, [0.0] * 25_000), 40)
    keyframes = keyframes.extended([[float(epoch)] * 25_000 for epoch in range(1, 30)])
    assert len(keyframes._waiting) <= 10


@pytest.mark.parametrize(
    "numbers", [[[0.1, 3.0]], [[0.0, 1.0], [2.0, 1.0], [1.0, 1.0]], [[-1e300], [1e300]], [[0.0], [5e-324]]]
)
def test_packed_numbers_are_the_nearest_steps(numbers: Trail) -> None:
    packed = Packed([Point(epoch, row) for epoch, row in enumerate(numbers)])
    for place, row in enumerate(numbers):
        assert packed.numbers(place) == pytest.approx(row, abs=1.001 * packed.error)
    # The ends of a range are steps, but for a thousandth of one.
    assert packed.numbers(0) == pytest.approx(numbers[0], rel=1e-12, abs=0.002 * packed.error)
