"""Samples: rows of inputs and their targets, and the network's loss of each.

A sample is one row of inputs and its target; errors call it by the number of its row. A batch is the numbers of the
samples that are seen between two updates.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograd import DomainError, UsageError, Value, no_grad

from ..losses import Loss, cross_entropy
from ..module import Module
from ..rows import Row


class Samples:
    """What is trained on: a network's loss for rows of inputs and their targets.

    is_mean: whether the loss of a batch is the mean over its samples; else it is the sum.
    """

    def __init__(
        self, net: Module, loss: Loss, rows: Sequence[Row], targets: Sequence[Any], is_mean: bool = True
    ) -> None:
        self.net = net
        self.loss = loss
        self.rows = rows
        # For two classes or more, a list of one number is a column of class indices.
        is_column = loss is cross_entropy
        self.targets = [target[0] if is_column and _is_single(target) else target for target in targets]
        self.is_mean = is_mean

    def __len__(self) -> int:
        return len(self.rows)

    def loss_of(self, sample: int) -> Value:
        """The loss of one sample. Raises UsageError or DomainError, naming the row, where there is none."""
        target = self.targets[sample]
        try:
            # Lists of their own: what a network or a loss does to them is not done to the samples.
            answer = self.loss(self.net(list(self.rows[sample])), list(target) if isinstance(target, list) else target)
            if not isinstance(answer, Value):
                raise UsageError(f"the loss returned {answer!r:.40}; expected a Value, through which gradients flow")
        except (UsageError, DomainError) as error:
            error.args = (f"row {sample}: {error}",)
            raise
        return answer

    def losses(self) -> list[float]:
        """The loss of every sample."""
        with no_grad():
            return [self.loss_of(sample).data for sample in range(len(self))]

    def scale_of(self, batch: Sequence[int]) -> float:
        """By what the sum of a batch's losses is multiplied to be the loss of the batch."""
        return 1.0 / len(batch) if self.is_mean else 1.0

    def reads_classes(self) -> bool:
        """Whether the targets are indices of classes."""
        return self.loss is cross_entropy and list not in {*map(type, self.targets)}

    def as_rows(self, width: int) -> list[Row]:
        """The samples as rows of numbers that a program reads: the inputs, then so many of the target; a class as its
        weights.

        Raises UsageError where the targets are not all of one form.
        """
        targets = self.targets
        if self.reads_classes():
            weights = {target: weights_of(target, width) for target in set(targets)}
            targets = [weights[target] for target in targets]
        rows = [target if isinstance(target, list) else [target] for target in targets]
        if len({len(row) for row in rows}) > 1 or len({isinstance(target, list) for target in targets}) > 1:
            raise UsageError("the targets are not all of the same form")
        return [[*row, *target] for row, target in zip(self.rows, rows, strict=True)]


def weights_of(target: int, classes: int) -> Row:
    """A class as weights of all classes."""
    return [float(index == target) for index in range(classes)]


def _is_single(target: Any) -> bool:
    return isinstance(target, list) and len(target) == 1


def check_model(net: Any, loss: Any, trains: bool) -> None:
    """Raises UsageError where `net` is no network, or none that can be trained, or `loss` no loss."""
    if not callable(net) or isinstance(net, type) or (trains and not hasattr(net, "parameters")):
        who = "fit trains" if trains else "evaluate looks at"
        raise UsageError(f"{who} a network, such as an MLP or a Module of your own, not {net!r:.60}")
    if not callable(loss):
        raise UsageError(f"loss is {loss!r:.40}; expected a function (prediction, target), such as mean_squared_error")


def check_reduction(reduction: str) -> None:
    """Raises UsageError where the reduction is none."""
    if reduction not in ("mean", "sum"):
        raise UsageError(f"reduction must be 'mean' or 'sum', not {reduction!r}")
