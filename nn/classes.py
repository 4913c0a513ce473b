"""Classes: which one a network's output says, which one a target means, and how often the two agree."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

from autograd import TABLE, UsageError, Value

from .module import predicted
from .rows import Row, check_samples


def accuracy(net: Any, inputs: Iterable[Iterable[float]], targets: Iterable[Any]) -> float:
    """The share of samples that the network puts in the right class, from 0 to 1.

    One output: class 1 where it is above ½ (a probability). Where targets are -1 and 1, as for `hinge`, and the output
    is not that of a sigmoid: class 1 where it is above 0, else class -1. Several outputs: the class is the index of the
    largest. A target is a class, also in a list of its own; or, for several outputs, a list with the largest number at
    the class.

    Raises UsageError where there are no samples, where inputs and targets are not finite numbers or do not fit the
    network, where a target is none of the classes, and where an output is not finite.
    """
    rows, wanted = check_samples(net, inputs, targets)
    classes = Classes(net, rows, wanted)
    # A list: in a generator every operation would look whether it stands in that generator's no_grad().
    seen = [largest(classes.scores(row)) for row in rows]
    return sum(one == target for one, target in zip(seen, classes.of_targets, strict=True)) / len(rows)


def predicted_class(net: Any, row: Row) -> int:
    """The class that the network sees in one sample, where classes are counted from 0; see `accuracy`."""
    return largest(_scores(_outputs(net, row)))


class Classes:
    """The classes of a network's samples, as `accuracy` tells them.

    labels: what they are called: [0, 1], [-1, 1], or [0, 1, 2, …].
    of_targets: for each target the place of its class among the labels.
    """

    def __init__(self, net: Any, rows: Sequence[Row], targets: Sequence[Any]) -> None:
        self.net = net
        self.n_outputs = len(_outputs(net, rows[0]))
        may_be_signs = self.n_outputs == 1 and not _is_probability(net, rows[0])
        targets = [target[0] if isinstance(target, list) and len(target) == 1 else target for target in targets]
        self.are_signs = may_be_signs and -1.0 in targets
        self.labels = [-1, 1] if self.are_signs else list(range(max(self.n_outputs, 2)))
        self._expected = f"the whole numbers from 0 to {self.labels[-1]}" + (", or -1 and 1" if may_be_signs else "")
        self.of_targets = [self._of(target, f"row {number} of targets") for number, target in enumerate(targets)]

    def scores(self, row: Row) -> list[float]:
        """A number for each class; the network sees the class with the largest. Raises UsageError for NaN and inf."""
        return _scores(_outputs(self.net, row), self.are_signs)

    def _of(self, target: Any, where: str) -> int:
        if not isinstance(target, list):
            if target not in self.labels:
                raise UsageError(
                    f"{where} is class {target:g}; with this network's outputs, classes are {self._expected}"
                )
            return self.labels.index(target)
        if len(target) != self.n_outputs:
            raise UsageError(f"{where} has {len(target)} numbers, but the network has {self.n_outputs} output(s)")
        if target.count(max(target)) > 1:
            raise UsageError(f"{where} is {target!r:.60}, whose largest number is there twice: it means no one class")
        return largest(target)


def largest(numbers: Sequence[float]) -> int:
    """The place of the largest number; of the first, where several are the largest."""
    return max(range(len(numbers)), key=lambda place: numbers[place])


def _scores(outputs: list[float], are_signs: bool = False) -> list[float]:
    if len(outputs) > 1:
        return outputs
    return [-outputs[0], outputs[0]] if are_signs else [1.0 - outputs[0], outputs[0]]


def _outputs(net: Any, row: Row) -> list[float]:
    output = predicted(net, row)
    outputs = output if isinstance(output, list) else [output]
    if not all(map(math.isfinite, outputs)):
        raise UsageError(
            f"the network gives {output!r:.60} at {row!r:.60}, which is in no class: has its training diverged?"
        )
    return outputs


def _is_probability(net: Any, row: Row) -> bool:
    """Whether the one output comes out of a sigmoid."""
    output = net(row) if callable(net) else None
    return isinstance(output, Value) and output.op is TABLE["sigmoid"]
