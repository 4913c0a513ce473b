"""How `fit` trains on epochs of batches: by a compiled program, or by the eager engine.

Both give the same numbers, to 1e-12. While the parameters move, a program is compared with the engine again, before
epochs 1, 2, 4, 8, … and at the end: where it differs then, there is an error.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from autograd import DomainError, UsageError, Value, no_grad

from .losses import Loss, cross_entropy
from .module import Module
from .optimizers import Optimizer

if TYPE_CHECKING:
    from autograd import Program, TrainingRun

Row = list[float]

# On how many samples at once the gradients of a program are compared with the engine's; how far apart they may be.
MOST_COMPARED = 20
_TOLERANCE = 1e-9


class Samples:
    """What is trained on: a network's loss for rows of inputs and their targets."""

    def __init__(self, net: Module, loss: Loss, rows: Sequence[Row], targets: Sequence[Any]) -> None:
        self.net = net
        self.loss = loss
        self.rows = rows
        self.targets = targets

    def __len__(self) -> int:
        return len(self.rows)

    def recorded(self, sample: int) -> Value:
        """The loss of one sample."""
        return self.loss(self.net(self.rows[sample]), self.targets[sample])

    def reads_classes(self) -> bool:
        """Whether the targets are indices of classes."""
        return self.loss is cross_entropy and not any(isinstance(target, list) for target in self.targets)

    def losses(self) -> list[float]:
        """The loss of every sample. Raises UsageError or DomainError, naming the row, where there is none."""
        found = []
        with no_grad():
            for sample in range(len(self)):
                try:
                    answer = self.recorded(sample)
                except (UsageError, DomainError) as error:
                    error.args = (f"row {sample}: {error}",)
                    raise
                if not isinstance(answer, Value):
                    raise UsageError(
                        f"the loss returned {answer!r:.40}; expected a Value, through which gradients flow"
                    )
                found.append(answer.data)
        return found


class Eager:
    """The engine itself: every sample is recorded, and differentiated by backward()."""

    name = "eager"

    def __init__(self, samples: Samples, optimizer: Optimizer, why: str = "") -> None:
        self.samples = samples
        self.optimizer = optimizer
        self.why = why
        # Also those that the optimiser leaves alone: theirs would add up from batch to batch.
        self.parameters = list(dict.fromkeys([*optimizer.parameters, *samples.net.parameters()]))
        self._totals: list[float] = []

    def run(self, batches: Sequence[Sequence[int]], is_mean: bool, epochs: int) -> None:
        """Epochs of training on the same batches of samples. What was in the parameters' grad is there again then."""
        self._totals = []
        before = [parameter.grad for parameter in self.parameters]
        try:
            for _ in range(epochs):
                total = 0.0
                for batch in batches:
                    total += self.differentiate(batch, 1.0 / len(batch) if is_mean else 1.0)
                    self.optimizer.step()
                self._totals.append(total)
        finally:
            for parameter, grad in zip(self.parameters, before, strict=True):
                parameter.grad = grad

    def settle(self) -> list[float]:
        """Where the last run stands, also where it was stopped: the sum of the losses for each of its whole epochs."""
        return self._totals

    def differentiate(self, batch: Sequence[int], seed: float = 1.0) -> float:
        """The sum of the losses over a batch; each parameter's grad becomes that of seed times the sum."""
        for parameter in self.parameters:
            parameter.zero_grad()
        total = 0.0
        for sample in batch:
            cost = self.samples.recorded(sample)
            cost.backward(seed)
            total += cost.data
        return total

    def total(self) -> float:
        """The sum of the losses over all samples."""
        return sum(self.samples.losses())

    def check(self, epoch: int) -> None:
        """There is nothing to compare the engine with."""

    def next_check(self, epoch: int) -> int:
        """Every epoch is run by itself."""
        return epoch + 1


class Compiled:
    """A program of one sample, run over many."""

    name = "compiled"
    why = ""

    def __init__(self, program: Program, columns: list[Row], eager: Eager) -> None:
        self.program = program
        self.columns = columns
        self.eager = eager
        self._batches: Sequence[Sequence[int]] = ()
        self._items: list[Any] = []
        self._compared = 0
        self._run: TrainingRun | None = None
        optimizer = eager.optimizer
        self._compiled_for = (optimizer.rule, list(optimizer.parameters))

    def _numbers(self) -> list[float]:
        return [parameter.data for parameter in self.eager.parameters]

    def is_right_for(self, sample: int) -> bool:
        """Whether the program gives the loss and the gradients that the engine gives."""
        value, gradients = self.program(self.columns[sample], self._numbers())
        before = [parameter.grad for parameter in self.eager.parameters]
        try:
            true = self.eager.differentiate([sample])
            wanted = [parameter.grad for parameter in self.eager.parameters]
        finally:
            for parameter, grad in zip(self.eager.parameters, before, strict=True):
                parameter.grad = grad
        return alike([value, *gradients], [true, *wanted])

    def check(self, epoch: int) -> None:
        """Compare some samples, others every time: parameters have moved. Raises UsageError for a difference."""
        count = len(self.columns)
        some = [(self._compared + place) % count for place in range(min(MOST_COMPARED, count))]
        self._compared += len(some)
        for sample in some:
            try:
                is_right = self.is_right_for(sample)
            except DomainError:  # training has led to where there is no answer, and will say so if it goes on
                continue
            if not is_right:
                raise UsageError(
                    f"in epoch {epoch} sample {sample} is no longer computed in the way that was compiled, as by a "
                    "branch on numbers that training has changed; what has been learned since the start may be wrong. "
                    "Start again with engine='eager'"
                )

    def next_check(self, epoch: int) -> int:
        """The next epoch after this one before which there is something to compare: 1, 2, 4, 8, …"""
        return 1 << epoch.bit_length()

    def run(self, batches: Sequence[Sequence[int]], is_mean: bool, epochs: int) -> None:
        """As the eager engine's. Parameters and optimiser are as they were until it is settled."""
        # Loaded when it is first needed, as all views of a graph are.
        from autograd import TrainingRun

        self._run = None
        optimizer = self.eager.optimizer
        if (optimizer.rule, optimizer.parameters) != self._compiled_for:
            raise UsageError(
                "the optimiser's parameters or its rule have been changed while it trains, and others are compiled; "
                "call fit once for each, or with engine='eager'"
            )
        one_by_one = all(len(batch) == 1 for batch in batches)
        if batches is not self._batches:
            self._items = [[self.columns[sample] for sample in batch] for batch in batches]
            if one_by_one:
                self._items = [row for rows in self._items for row in rows]
            else:
                self._items = [(1.0 / len(rows) if is_mean else 1.0, rows) for rows in self._items]
            self._batches = batches
        self._run = TrainingRun(self._numbers(), optimizer.states, optimizer.settings(), optimizer.steps)
        train = self.program.train if one_by_one else self.program.train_in_batches
        train(self._run, self._items, epochs)

    def settle(self) -> list[float]:
        """As the eager engine's. Gives the optimiser the numbers of the last whole update; twice is as good as once."""
        if self._run is None:
            return []
        numbers, states, step, losses = self._run.standing
        optimizer = self.eager.optimizer
        optimizer.move_to(numbers[: len(optimizer.parameters)], states, step)
        return list(losses)

    def total(self) -> float:
        """The sum of the losses over all samples."""
        return self.program.over(self.columns, self._numbers(), checked=True)[0]


def alike(found: Sequence[float], wanted: Sequence[float]) -> bool:
    """Whether two lists of numbers are the same but for rounding."""
    scale = max((abs(number) for number in wanted if math.isfinite(number)), default=0.0)
    return all(
        one == other or abs(one - other) <= _TOLERANCE * max(abs(other), scale) or (one != one and other != other)
        for one, other in zip(found, wanted, strict=True)
    )
