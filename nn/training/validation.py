"""Validation: the loss over samples that are not trained on, and when it has stopped falling."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from autograd import DomainError, UsageError, Value, no_grad
from autograd.extend import has_members, numbers_of, set_numbers, whole_number

from ..interrupts import surely
from ..rows import check_samples
from .samples import Samples


class Validation:
    """What is kept of the best epoch. patience: after how many epochs that are no better a run ends; None for never."""

    def __init__(self, samples: Samples, patience: int | None) -> None:
        self.samples = samples
        self.patience = patience
        self.least = math.inf
        self.epoch: int | None = None
        self._best: tuple[Sequence[Value], list[float]] = (), []

    def note(self, epoch: int, loss: float, parameters: Sequence[Value]) -> None:
        """Take up the loss after an epoch."""
        if loss < self.least:
            self.least, self.epoch = loss, epoch
            if self.patience is not None:
                self._best = parameters, numbers_of(parameters)

    def is_over(self, epoch: int) -> bool:
        """Whether so many epochs were no better."""
        return self.patience is not None and self.epoch is not None and epoch - self.epoch >= self.patience

    def restore_best(self) -> None:
        """Where there is patience, put the parameters back as they were after the best epoch."""
        surely(lambda: set_numbers(*self._best))


def validation_of(samples: Samples, given: Any, patience: Any, looks: bool) -> Validation | None:
    """The validation that fit was given: inputs and targets, for the network and the loss of its samples.

    looks: whether a sample is computed now. Raises UsageError where they are none, and DomainError
    where that sample has no loss.
    """
    if given is None:
        if patience is not None:
            raise UsageError(f"patience={patience!r:.40} needs samples to judge by: add validation=(inputs, targets)")
        return None
    if not has_members(given) or len(given) != 2:
        raise UsageError(f"validation is {given!r:.60}; expected two things, (inputs, targets)")
    patience = None if patience is None else whole_number(patience, "patience", 1)
    try:
        rows, targets = check_samples(samples.net, *given)
        others = Samples(samples.net, samples.loss, rows, targets, samples.is_mean)
        if looks:
            with no_grad():
                others.loss_of(0)
    except (UsageError, DomainError) as error:
        error.args = (f"validation: {error}",)
        raise
    return Validation(others, patience)
