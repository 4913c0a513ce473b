"""The data: the articles' small tables, generated points and two real data sets; and what splits and scales samples.

Inputs are lists of rows of floats; targets are lists of numbers, one a row.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

from autograd import UsageError
from autograd.extend import is_frame, members, whole_number

from ..rows import checked_rows
from ..seeds import random_from

Rows = list[list[float]]

# weight-height: weight in lb minus 135, height in inches minus 66; 1 female, 0 male.
PEOPLE = {
    "Alice": ([-2.0, -1.0], 1.0),
    "Bob": ([25.0, 6.0], 0.0),
    "Charlie": ([17.0, 4.0], 0.0),
    "Diana": ([-15.0, -6.0], 1.0),
}

XOR: tuple[Rows, list[float]] = ([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0.0, 1.0, 1.0, 0.0])

# diabetes: smoking, obesity, exercise; 1 diabetic.
DIABETES: tuple[Rows, list[float]] = (
    [[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [1.0, 1.0, 0.0], [1.0, 1.0, 1.0]],
    [1.0, 0.0, 0.0, 1.0, 1.0],
)


def from_metric(kg: float, cm: float) -> list[float]:
    """Weight and height as the weight-height network reads them: lb minus 135, inches minus 66.

    >>> from_metric(kg=60, cm=165)
    [-2.7228000000000065, -1.0393349999999941]
    """
    return [kg * 2.20462 - 135, cm * 0.393701 - 66]


def two_moons(n: int, noise: float = 0.1, seed: int | None = None) -> tuple[Rows, list[float]]:
    """Points, n of them, on two interleaving half circles of radius 1, and which of the two, 0 or 1.

    noise: standard deviation of a normal error on both coordinates.

    >>> inputs, targets = two_moons(4, noise=0.0, seed=0)
    >>> inputs[0], targets
    ([1.0, 0.0], [0.0, 0.0, 1.0, 1.0])
    """
    n = whole_number(n, "the number of points on two moons", 2)
    random = random_from(seed)
    inputs, targets = [], []
    for label, size in ((0.0, n - n // 2), (1.0, n // 2)):
        for i in range(size):
            angle = math.pi * i / max(size - 1, 1)
            x, y = math.cos(angle), math.sin(angle)
            if label:
                x, y = 1.0 - x, 0.5 - y
            inputs.append([x + random.gauss(0.0, noise), y + random.gauss(0.0, noise)])
            targets.append(label)
    return inputs, targets


def spirals(n: int, classes: int = 3, noise: float = 0.1, seed: int | None = None) -> tuple[Rows, list[float]]:
    """Points, n of them, on as many spiral arms as there are classes, within radius 1, and the class index of each.

    noise: standard deviation of a normal error on the angle, in radians.

    >>> inputs, targets = spirals(6, classes=3, noise=0.0, seed=0)
    >>> targets
    [0.0, 0.0, 1.0, 1.0, 2.0, 2.0]
    """
    classes = whole_number(classes, "the number of classes", 1)
    n = whole_number(n, f"the number of points on {classes} spirals", classes)
    random = random_from(seed)
    inputs, targets = [], []
    for label in range(classes):
        size = n // classes + (label < n % classes)
        for i in range(size):
            radius = i / max(size - 1, 1)
            angle = 2 * math.pi * label / classes + 4.0 * radius + random.gauss(0.0, noise)
            inputs.append([radius * math.sin(angle), radius * math.cos(angle)])
            targets.append(float(label))
    return inputs, targets


def breast_cancer() -> tuple[Rows, list[float]]:
    """The Wisconsin diagnostic data: 569 rows of 30 features as measured, and 1 for benign, 0 for malignant.

    Source and licence: breast_cancer.md, beside this file.

    >>> inputs, targets = breast_cancer()
    >>> len(inputs), len(inputs[0]), sum(targets)
    (569, 30, 357.0)
    """
    from importlib.resources import files  # takes longer to load than all the rest of this module

    lines = (files(__package__) / "breast_cancer.csv").read_text(encoding="utf-8").splitlines()
    rows = [[float(cell) for cell in line.split(",")] for line in lines[1:]]
    return [row[:-1] for row in rows], [row[-1] for row in rows]


def digits() -> tuple[Rows, list[float]]:
    """The optical digits: 1,797 rows of 8 × 8 pixels from 0 to 16, row by row, and which digit each is, from 0 to 9.

    Source and licence: digits.md, beside this file.

    >>> inputs, targets = digits()
    >>> len(inputs), len(inputs[0]), max(map(max, inputs)), targets[:3]
    (1797, 64, 16.0, [0.0, 1.0, 2.0])
    """
    from importlib.resources import files

    lines = (files(__package__) / "digits.txt").read_text(encoding="ascii").splitlines()
    return [[float(int(pixel, 17)) for pixel in line[2:]] for line in lines], [float(line[0]) for line in lines]


def names() -> list[str]:
    """1,053 first names of 3 to 8 letters from a to z, in alphabetical order.

    Origin: names.md, beside this file.

    >>> len(names()), names()[0], max(map(len, names()))
    (1053, 'ada', 8)
    """
    from importlib.resources import files

    return (files(__package__) / "names.txt").read_text(encoding="ascii").split()


def split(
    inputs: Iterable[Any], targets: Iterable[Any], held_out: float = 0.2, seed: int | None = None
) -> tuple[list[Any], list[Any], list[Any], list[Any]]:
    """(training inputs, training targets, held-out inputs, held-out targets), drawn at random.

    The first row goes with the first target, and so on, whatever labels the rows of a Series or a DataFrame have.
    held_out: the share of the samples to hold out. Raises UsageError where one of the parts would be empty.

    >>> [len(part) for part in split(range(10), range(10), held_out=0.2, seed=0)]
    [8, 8, 2, 2]
    """
    rows, wanted = _by_position(inputs, "inputs"), _by_position(targets, "targets")
    if len(rows) != len(wanted):
        raise UsageError(f"split needs a target for each row: there are {len(rows)} rows and {len(wanted)} targets")
    order = list(range(len(rows)))
    try:
        n_out = round(len(order) * held_out) if 0.0 < held_out < 1.0 else 0
    except TypeError:
        raise UsageError(f"held_out is {held_out!r:.40}; expected the share to hold out, such as 0.2") from None
    if not 0 < n_out < len(order):
        raise UsageError(f"held_out={held_out!r} of {len(order)} samples leaves one part empty; 0.2 holds out a fifth")
    random_from(seed).shuffle(order)
    out, kept = order[:n_out], order[n_out:]
    return [rows[i] for i in kept], [wanted[i] for i in kept], [rows[i] for i in out], [wanted[i] for i in out]


def _by_position(given: Any, what: str) -> list[Any]:
    return members(given.to_numpy() if is_frame(given) else given, what, "samples")


def standardise(training: Iterable[Iterable[float]], *others: Iterable[Iterable[float]]) -> list[Rows]:
    """Every column shifted and scaled to mean 0 and standard deviation 1 over the training part.

    The other parts are moved by the same amounts: nothing about held-out samples may leak into training. A column that
    does not vary in training is only shifted. Returns the parts in the order given; raises UsageError for ragged rows,
    for what is not a finite number, and for a column whose squares no float holds.

    >>> standardise([[1.0, 5.0], [3.0, 5.0]], [[5.0, 6.0]])
    [[[-1.0, 0.0], [1.0, 0.0]], [[3.0, 1.0]]]
    """
    rows = checked_rows(training, "the training part")
    parts = [rows, *(checked_rows(part, f"part {number}") for number, part in enumerate(others, start=1))]
    widths = {len(row) for part in parts for row in part}
    if len(widths) != 1 or not rows:
        raise UsageError(f"standardise needs rows, all of one length; the lengths here are {sorted(widths)}")
    # A constant column has no deviation. Its mean may miss it by a rounding, which must not be blown up to 1.
    columns = [(column, min(column) == max(column)) for column in zip(*rows, strict=True)]
    moments = [
        (column[0], 1.0) if constant else _moments(column, number) for number, (column, constant) in enumerate(columns)
    ]
    return [
        [[(x - mean) / deviation for x, (mean, deviation) in zip(row, moments, strict=True)] for row in part]
        for part in parts
    ]


def _moments(column: Sequence[float], number: int) -> tuple[float, float]:
    """Mean and standard deviation. Raises UsageError where squares are too large for a float, or too small."""
    try:
        mean = math.fsum(column) / len(column)
        deviation = math.sqrt(math.fsum((x - mean) ** 2 for x in column) / len(column))
    except OverflowError:
        deviation = 0.0
    if not deviation:
        raise UsageError(
            f"column {number} of the training part, from {min(column):g} to {max(column):g}, has squares that no float "
            "holds: write it in another unit first"
        )
    return mean, deviation
