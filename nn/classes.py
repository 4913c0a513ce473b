"""Classes: which one a network's output says, which one a target means, and how often the two agree."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

from autograd import TABLE, UsageError, Value
from autograd.extend import has_members, is_frame, members

from .module import predicted, predicted_for_all
from .rows import Row, check_samples


def accuracy(
    net: Any, inputs: Iterable[Iterable[float]], targets: Iterable[Any], classes: Sequence[Any] | None = None
) -> float:
    """The share of samples that the network puts in the right class, from 0 to 1.

    One output: class 1 where it is above ½ (a probability). Where targets are -1 and 1, as for `hinge`, and the output
    is not that of a sigmoid: class 1 where it is above 0, else class -1. Several outputs: the class is the index of the
    largest. A target is a class, also in a list of its own; or, for several outputs, a list with the largest number at
    the class.

    classes: what the classes are called, in the order of the outputs, where targets are names: ["cat", "dog"].

    Raises UsageError where there are no samples, where inputs and targets are not finite numbers or do not fit the
    network, where a target is none of the classes, and where an output is not finite.
    """
    _, of_targets, found = _judged(net, inputs, targets, classes)
    return sum(one == other for one, other in zip(of_targets, found, strict=True)) / len(found)


def confusion_matrix(
    net: Any, inputs: Iterable[Iterable[float]], targets: Iterable[Any], classes: Sequence[Any] | None = None
) -> list[list[int]]:
    """How many samples of each class the network puts in which: a row for each class, a column for each answer.

    Classes are read, and errors raised, as by `accuracy`; they are in the order of the outputs, or -1 before 1.

    >>> from nn import Neuron
    >>> neuron = Neuron(weights=[1.0], bias=False, activation="linear")  # above 1/2 is a dog
    >>> confusion_matrix(neuron, [[0.0], [1.0], [2.0]], ["cat", "cat", "dog"], classes=["cat", "dog"])
    [[1, 1], [0, 1]]
    """
    count, of_targets, found = _judged(net, inputs, targets, classes)
    matrix = [[0] * count for _ in range(count)]
    for target, answer in zip(of_targets, found, strict=True):
        matrix[target][answer] += 1
    return matrix


def _judged(net: Any, inputs: Any, targets: Any, names: Any) -> tuple[int, list[int], list[int]]:
    """How many classes there are, and for each sample the place of its own and of the one that the network sees."""
    if names is not None:
        targets = _places_of(targets, names)
    elif has_members(targets) and not is_frame(targets) and (texts := [one for one in targets if isinstance(one, str)]):
        raise UsageError(
            f"{str(texts[0])!r:.40} among the targets is the name of a class: say which output is which, by classes=, "
            "a list of all names in the order of the outputs"
        )
    rows, wanted = check_samples(net, inputs, targets)
    classes = Classes(net, rows, wanted)
    if names is not None and len(names) != len(classes.labels):
        raise UsageError(f"classes names {len(names)} classes, but the network's outputs tell {len(classes.labels)}")
    found = [
        largest(_scores(_checked(output, row), classes.are_signs))
        for output, row in zip(predicted_for_all(net, rows), rows, strict=True)
    ]
    return len(classes.labels), classes.of_targets, found


def _places_of(targets: Any, names: Any) -> list[int]:
    """Targets that are names of classes as places among them."""
    known = list(members(names, "classes", "names of classes, in the order of the outputs"))
    if twice := [name for place, name in enumerate(known) if name in known[:place]]:
        raise UsageError(f"classes has {twice[0]!r:.40} twice; each output is a class of its own")
    found = []
    for number, target in enumerate(members(targets, "targets", "names of classes, one for each row of inputs")):
        is_column = has_members(target) and len(target) == 1
        name = target[0] if is_column else target
        if has_members(name) or name not in known:
            raise UsageError(f"row {number} of targets is {name!r:.40} (must be one of {', '.join(map(repr, known))})")
        found.append(known.index(name))
    return found


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
    return _checked(predicted(net, row), row)


def _checked(output: Any, row: Row) -> list[float]:
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
