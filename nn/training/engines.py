"""How `fit` trains on epochs of batches: by a compiled program, or by the eager engine.

Both give the same numbers, but for rounding. While the parameters move, a program is compared with the engine again,
before epochs 1, 4, 16, 64, … and at the end: where it differs then, there is an error.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from time import perf_counter
from typing import TYPE_CHECKING, Any, NamedTuple

from autograd import DomainError, UsageError, Value, no_grad

from ..losses import Loss, cross_entropy
from ..module import Module
from ..optimizers import Optimizer

if TYPE_CHECKING:
    from autograd import Program
    from autograd.extend import TrainingRun

Row = list[float]

# On how many samples at once the gradients of a program are compared with the engine's; how far apart they may be, as
# part of the largest of them, and as part of the largest that was ever compared: the gradients of what has been learned
# well are small differences of large numbers.
MOST_COMPARED = 20
_TOLERANCE = 1e-9
_OF_ALL = 1e-12
# The program of a class index subtracts the index's weight from a probability (losses.cross_entropy_of_weights): each
# of its numbers may be off by rounding, as part of the largest input, however small it is itself.
_OF_CLASSES = 1e-13

# Epochs, or updates, run together until there is something else to do; in seconds, for how long at most. Ctrl-C may
# have to go again through that much.
LONGEST_RUN = 0.1


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
                with _row_named(sample):
                    answer = self.recorded(sample)
                    if not isinstance(answer, Value):
                        raise UsageError(
                            f"the loss returned {answer!r:.40}; expected a Value, through which gradients flow"
                        )
                found.append(answer.data)
        return found


@contextmanager
def _row_named(sample: int) -> Iterator[None]:
    """An error that is raised inside says which row it was."""
    try:
        yield
    except (UsageError, DomainError) as error:
        error.args = (f"row {sample}: {error}",)
        raise


class Eager:
    """The engine itself: every sample is recorded, and differentiated by backward()."""

    name = "eager"

    def __init__(self, samples: Samples, optimizer: Optimizer, why: str = "") -> None:
        self.samples = samples
        self.optimizer = optimizer
        self.why = why
        # Also those that the optimiser leaves alone: theirs would add up from batch to batch.
        self.parameters = list(dict.fromkeys([*optimizer.parameters, *samples.net.parameters()]))
        self._stretch: tuple[int, list[float]] | None = None

    def run(self, batches: Sequence[Sequence[int]], is_mean: bool, first: int, epochs: int) -> None:
        """Epochs of training on the same batches of samples, from the epoch `first` on.

        What was in the parameters' grad is there again afterwards.
        """
        totals: list[float] = []
        self._stretch = first, totals
        with self.grads_kept():
            for _ in range(epochs):
                total = sum(self.update(batch, is_mean) for batch in batches)
                totals.append(total)

    def update(self, batch: Sequence[int], is_mean: bool) -> float:
        """One update; returns the sum of the losses before it."""
        total = self.differentiate(batch, seed_of(batch, is_mean))
        self.optimizer.step()
        return total

    @contextmanager
    def grads_kept(self) -> Iterator[None]:
        """Afterwards every parameter has the grad that it has now."""
        before = [parameter.grad for parameter in self.parameters]

        def restore() -> None:
            for parameter, grad in zip(self.parameters, before, strict=True):
                parameter.grad = grad

        try:
            yield
        finally:
            try:
                restore()
            except KeyboardInterrupt:  # in the middle of it
                restore()
                raise

    def settle(self) -> tuple[int, list[float]] | None:
        """Where the last run stands, also where it was stopped: its first epoch, and each whole epoch's sum of losses.

        Twice is as good as once, until it is said that this is noted.
        """
        return self._stretch

    def noted(self) -> None:
        """There is nothing to settle any more."""
        self._stretch = None

    def differentiate(self, batch: Sequence[int], seed: float = 1.0) -> float:
        """The sum of the losses over a batch; each parameter's grad becomes that of seed times the sum."""
        for parameter in self.parameters:
            parameter.zero_grad()
        total = 0.0
        for sample in batch:
            with _row_named(sample):
                cost = self.samples.recorded(sample)
                cost.backward(seed)
            total += cost.data
        return total

    def total(self) -> float:
        """The sum of the losses over all samples."""
        return sum(self.samples.losses())

    def check(self, epoch: int, most: int = 0) -> None:
        """There is nothing to compare the engine with."""

    def next_check(self, epoch: int) -> int:
        """Every epoch is run by itself."""
        return epoch + 1


class _Stretch(NamedTuple):
    """Epochs that run together: the first of them, how many updates were before, whether it is one epoch in pieces."""

    run: TrainingRun
    first: int
    step: int
    in_pieces: bool


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
        self._largest = 0.0  # of all numbers that were compared
        self._is_of_classes = eager.samples.reads_classes()
        self._stretch: _Stretch | None = None
        self._together = 1  # how many updates of one epoch run together
        optimizer = eager.optimizer
        self._compiled_for = (optimizer.rule, list(optimizer.parameters))

    def _numbers(self) -> list[float]:
        return [parameter.data for parameter in self.eager.parameters]

    # Whether it is right ----------------------------------------------------------------------------------------------

    def first_wrong(self, samples: Iterable[int]) -> int | None:
        """The first of the samples of which the program does not give the engine's loss and gradients."""
        for sample in samples:
            with self.eager.grads_kept():
                true = self.eager.differentiate([sample])
                wanted = [parameter.grad for parameter in self.eager.parameters]
            value, gradients = self.program(self.columns[sample], self._numbers())
            if not self._alike(sample, [value, *gradients], [true, *wanted]):
                return sample
        return None

    def _alike(self, sample: int, found: Sequence[float], wanted: Sequence[float]) -> bool:
        """Whether two lists of numbers of a sample are the same but for rounding."""
        scale = max((abs(number) for number in wanted if math.isfinite(number)), default=0.0)
        self._largest = max(self._largest, scale)
        least = max(_TOLERANCE * scale, _OF_ALL * self._largest)
        if self._is_of_classes:
            least = max(least, _OF_CLASSES * max(1.0, *map(abs, self.columns[sample])))
        return all(
            one == other or abs(one - other) <= least or not (math.isfinite(one) or math.isfinite(other))
            for one, other in zip(found, wanted, strict=True)
        )

    def first_wrong_loss(self, samples: Iterable[int], losses: Sequence[float]) -> int | None:
        """The first of the samples of which the program does not give this loss."""
        numbers = self._numbers()
        for sample in samples:
            if not self._alike(sample, [self.program(self.columns[sample], numbers)[0]], [losses[sample]]):
                return sample
        return None

    def check(self, epoch: int, most: int = MOST_COMPARED) -> None:
        """Compare some samples, others every time: parameters have moved. Raises UsageError for a difference."""
        count = len(self.columns)
        some = [(self._compared + place) % count for place in range(min(most, count))]
        self._compared += len(some)
        try:
            wrong = self.first_wrong(some)
        except DomainError:  # training has led to where there is no answer, and will say so if it goes on
            return
        if wrong is not None:
            raise UsageError(
                f"before epoch {epoch} sample {wrong} is no longer computed in the way that was compiled: something "
                "plays a part that is not recorded, such as a number that was changed since; what has been learned "
                "since the start may be wrong. Start again with engine='eager'"
            )

    def next_check(self, epoch: int) -> int:
        """The next epoch after this one before which there is something to compare: 1, 4, 16, 64, …"""
        return int(4 ** ((epoch.bit_length() + 1) // 2))

    # Training ---------------------------------------------------------------------------------------------------------

    def run(self, batches: Sequence[Sequence[int]], is_mean: bool, first: int, epochs: int) -> None:
        """As the eager engine's. Parameters and optimiser are as they were until it is settled."""
        # Loaded when it is first needed, as all views of a graph are.
        from autograd.extend import TrainingRun

        optimizer = self.eager.optimizer
        if (optimizer.rule, optimizer.parameters) != self._compiled_for:
            raise UsageError(
                "the optimiser's parameters or its rule have been changed while it trains, and others are compiled; "
                "call fit once for each, or with engine='eager'"
            )
        one_by_one = all(len(batch) == 1 for batch in batches)
        if batches is not self._batches:
            rows = [[self.columns[sample] for sample in batch] for batch in batches]
            seeds = [seed_of(batch, is_mean) for batch in batches]
            self._items = [row for (row,) in rows] if one_by_one else list(zip(seeds, rows, strict=True))
            self._batches = batches
        run = TrainingRun(self._numbers(), optimizer.states, optimizer.settings(), optimizer.steps)
        self._stretch = stretch = _Stretch(run, first, optimizer.steps, in_pieces=epochs == 1)
        train = self.program.train if one_by_one else self.program.train_in_batches
        try:
            if not stretch.in_pieces:
                train(run, self._items, epochs)
                return
            place = 0
            while place < len(self._items):
                piece = self._items[place : place + self._together]
                started = perf_counter()
                train(run, piece)
                place += len(piece)
                self._together = max(1, int(len(piece) * LONGEST_RUN / (perf_counter() - started + 1e-9)))
            return
        except DomainError as error:
            failed = error
        # The engine says it better: with everyone's names, the row, and the line.
        self.settle()
        with self.eager.grads_kept():
            self.eager.update(batches[(run.standing.step - stretch.step) % len(batches)], is_mean)
        self.settle()  # it had an answer after all
        raise failed

    def settle(self) -> tuple[int, list[float]] | None:
        """As the eager engine's. Gives the optimiser the numbers of the last whole update."""
        if self._stretch is None:
            return None
        run, first, first_step, in_pieces = self._stretch
        numbers, states, step, losses = run.standing
        optimizer = self.eager.optimizer
        optimizer.move_to(numbers[: len(optimizer.parameters)], states, step)
        if in_pieces:  # what stands there is the loss of each
            return first, [sum(losses)] if step - first_step == len(self._items) else []
        return first, list(losses)

    def noted(self) -> None:
        """As the eager engine's."""
        self._stretch = None

    def total(self) -> float:
        """The sum of the losses over all samples."""
        try:
            return self.program.over(self.columns, self._numbers(), checked=True)[0]
        except DomainError:
            return self.eager.total()


def seed_of(batch: Sequence[int], is_mean: bool) -> float:
    """By what the gradient of a batch's sum is multiplied."""
    return 1.0 / len(batch) if is_mean else 1.0
