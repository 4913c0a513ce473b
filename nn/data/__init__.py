"""The articles' data: small tables, generated points, and one real data set; and what prepares and judges them.

Inputs are lists of rows of floats; targets are lists of numbers, one a row.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from random import Random
from typing import Any

from autograd import UsageError

from ..module import Module

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
    if n < 2:
        raise UsageError(f"two moons need two points or more, not {n!r}")
    random = Random(seed)
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
    if not 1 <= classes <= n:
        raise UsageError(
            f"spirals need one class or more, and a point or more for each, not n={n!r}, classes={classes!r}"
        )
    random = Random(seed)
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


def split(
    inputs: Sequence[Any], targets: Sequence[Any], held_out: float = 0.2, seed: int | None = None
) -> tuple[list[Any], list[Any], list[Any], list[Any]]:
    """(training inputs, training targets, held-out inputs, held-out targets), drawn at random.

    held_out: the share of the samples to hold out. Raises UsageError where one of the parts would be empty.

    >>> [len(part) for part in split(range(10), range(10), held_out=0.2, seed=0)]
    [8, 8, 2, 2]
    """
    if len(inputs) != len(targets):
        raise UsageError(f"split needs a target for each row: there are {len(inputs)} rows and {len(targets)} targets")
    order = list(range(len(inputs)))
    n_out = round(len(order) * held_out) if 0.0 < held_out < 1.0 else 0
    if not 0 < n_out < len(order):
        raise UsageError(f"held_out={held_out!r} of {len(order)} samples leaves one part empty; 0.2 holds out a fifth")
    Random(seed).shuffle(order)
    out, kept = order[:n_out], order[n_out:]
    return [inputs[i] for i in kept], [targets[i] for i in kept], [inputs[i] for i in out], [targets[i] for i in out]


def standardise(training: Sequence[Sequence[float]], *others: Sequence[Sequence[float]]) -> list[Rows]:
    """Every column shifted and scaled to mean 0 and standard deviation 1 over the training part.

    The other parts are moved by the same amounts: nothing about held-out samples may leak into training. A column that
    does not vary in training is only shifted. Returns the parts in the order given; raises UsageError for ragged rows.

    >>> standardise([[1.0, 5.0], [3.0, 5.0]], [[5.0, 6.0]])
    [[[-1.0, 0.0], [1.0, 0.0]], [[3.0, 1.0]]]
    """
    widths = {len(row) for part in (training, *others) for row in part}
    if len(widths) != 1 or not training:
        raise UsageError(f"standardise needs rows, all of one length; the lengths here are {sorted(widths)}")
    # A constant column has no deviation. Its mean may miss it by a rounding, which must not be blown up to 1.
    columns = [(column, min(column) == max(column)) for column in zip(*training, strict=True)]
    means = [column[0] if constant else math.fsum(column) / len(column) for column, constant in columns]
    deviations = [
        1.0 if constant else math.sqrt(math.fsum((x - mean) ** 2 for x in column) / len(column))
        for (column, constant), mean in zip(columns, means, strict=True)
    ]
    return [
        [[(x - mean) / deviation for x, mean, deviation in zip(row, means, deviations, strict=True)] for row in part]
        for part in (training, *others)
    ]


def accuracy(net: Module, inputs: Sequence[Sequence[float]], targets: Sequence[Any]) -> float:
    """The share of samples that the network puts in the right class, from 0 to 1.

    One output: class 1 where it is above ½ (a probability). Several: the class is the index of the largest; a target
    is that index, or a list with the largest number there. Raises UsageError where there are no samples.
    """
    if len(inputs) != len(targets) or not len(inputs):
        raise UsageError(f"accuracy needs samples: there are {len(inputs)} rows and {len(targets)} targets")
    wanted = [_largest(target) if hasattr(target, "__len__") else target for target in targets]
    right = sum(bool(predicted_class(net, row) == target) for row, target in zip(inputs, wanted, strict=True))
    return right / len(inputs)


def predicted_class(net: Module, row: Sequence[float]) -> int:
    """The class that the network sees in one sample; see `accuracy`."""
    output = net.predict(row)
    return _largest(output) if isinstance(output, list) else int(output > 0.5)


def _largest(numbers: Sequence[float]) -> int:
    return max(range(len(numbers)), key=lambda i: numbers[i])
