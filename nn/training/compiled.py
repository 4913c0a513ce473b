"""The compiled engines: a program of one recorded sample, run over many, one after another or as matrices.

While the parameters move, the program is compared with the eager engine again, before epochs 1, 4, 16, 64, … and at the
end: where it differs then, there is an error.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from autograd import DomainError, UsageError

from ..rows import Row
from .engines import Eager
from .schedule import Batches, Chunk

if TYPE_CHECKING:
    from autograd import ArrayProgram, Program
    from autograd.extend import TrainingRun

# For how many samples at once the gradients of a program are compared with the eager engine's; fewer where a sample has
# many values, of which no more than this are computed for it.
MOST_COMPARED = 20
_MOST_VALUES = 4_000
# They may differ by this part of the largest gradient of the sample, or by that part of the largest that was ever
# compared: where the network has learned nearly all, gradients are small differences of large numbers.
_TOLERANCE = 1e-9
_TOLERANCE_OF_ALL = 1e-12
# The program of a class index subtracts the index's weight from a probability (losses.cross_entropy_of_weights): each
# of its numbers may be off by rounding, as part of the largest input, however small it is itself.
_TOLERANCE_OF_CLASSES = 1e-13


class Compiled:
    """A program, and the samples as it takes them: the inputs of a row and then its target, all numbers.

    values: how many there are in the graph of a sample.
    """

    name = "compiled"

    def __init__(self, program: Program, rows: list[Row], eager: Eager, values: int, why: str = "") -> None:
        # Loaded when it is first needed, as all views of a graph are.
        from autograd.extend import TrainingRun

        self.program = program
        self.values = values
        self.why = why
        self.rows = rows
        self.eager = eager
        self.parameters = eager.parameters
        self._batches: Batches = []
        self._items: list[Any] = []
        self._compared = 0
        self._largest = 0.0  # of all numbers that were compared
        self._is_of_classes = eager.samples.reads_classes()
        self._rule = eager.optimizer.rule
        self._new_run = TrainingRun
        self._all: Any = rows

    def is_current(self) -> bool:
        """See Engine."""
        return self.eager.is_current() and self._rule is self.eager.optimizer.rule

    # Whether it is right ----------------------------------------------------------------------------------------------

    def most_compared(self, wish: int) -> int:
        """How many samples are compared at once, at most `wish`."""
        return max(1, min(wish, _MOST_VALUES // self.values))

    def first_wrong(self, samples: Iterable[int]) -> int | None:
        """The first of the samples for which the program does not give the eager engine's loss and gradients."""
        for sample in samples:
            with self.eager.grads_kept():
                true = self.eager.differentiate([sample])
                wanted = [parameter.grad for parameter in self.parameters]
            value, gradients = self.program(self.rows[sample], self._numbers())
            if not self._alike(sample, [value, *gradients], [true, *wanted]):
                return sample
        return None

    def first_wrong_loss(self, losses: Mapping[int, float]) -> int | None:
        """The first of some samples for which the program does not give its loss."""
        numbers = self._numbers()
        for sample, loss in losses.items():
            if not self._alike(sample, [self.program(self.rows[sample], numbers)[0]], [loss]):
                return sample
        return None

    def _alike(self, sample: int, found: Sequence[float], wanted: Sequence[float]) -> bool:
        """Whether two lists of numbers of a sample are the same but for rounding."""
        scale = max((abs(number) for number in wanted if math.isfinite(number)), default=0.0)
        self._largest = max(self._largest, scale)
        least = max(_TOLERANCE * scale, _TOLERANCE_OF_ALL * self._largest)
        if self._is_of_classes:
            least = max(least, _TOLERANCE_OF_CLASSES * max(1.0, *map(abs, self.rows[sample])))
        return all(
            one == other or abs(one - other) <= least or not (math.isfinite(one) or math.isfinite(other))
            for one, other in zip(found, wanted, strict=True)
        )

    def check(self, epoch: int, most: int | None = None) -> None:
        """Compare some samples, others every time: parameters have moved. Raises UsageError for a difference."""
        count = len(self.rows)
        some = [
            (self._compared + place) % count for place in range(min(most or self.most_compared(MOST_COMPARED), count))
        ]
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

    def most_updates(self, wish: int) -> int:
        """All of them, but for a setting that changes with every update."""
        return 1 if self.eager.optimizer.settings_stand() == "update" else wish

    def run(self, chunk: Chunk, trail: list[Sequence[float]] | None = None) -> list[float]:
        """See Engine. What a program cannot say of a single update that fails, the eager engine says."""
        optimizer = self.eager.optimizer
        items, is_each = self._items_of(chunk)
        start = self._numbers(), optimizer.states, optimizer.settings(), optimizer.steps
        run = self._new_run(*start, keeps_trail=trail is not None)
        train: Any = self.program.train if is_each else self.program.train_in_batches
        try:
            train(run, items, chunk.epochs)
            self._check_finite(run)
        except DomainError:
            if chunk.updates > 1:
                raise
            return self.eager.run(chunk, trail)
        optimizer.move_to(run.state.parameters[: len(optimizer.parameters)], run.state.states, run.state.step)
        if trail is not None:
            trail += run.state.trail
        return list(run.state.losses)

    def _items_of(self, chunk: Chunk) -> tuple[list[Any], bool]:
        """What the program makes one update of, for each update of an epoch; whether that is a single sample."""
        is_each = len(chunk.batches[0]) == 1
        if chunk.batches is not self._batches:
            rows = [[self.rows[sample] for sample in batch] for batch in chunk.batches]
            scales = map(self.eager.samples.scale_of, chunk.batches)
            self._items = [row for (row,) in rows] if is_each else list(zip(scales, rows, strict=True))
            self._batches = chunk.batches
        return self._items[chunk.start : chunk.stop], is_each

    def _check_finite(self, run: TrainingRun) -> None:
        """Raises DomainError where training led to a number that is not finite."""
        parameters, states, _, losses, _ = run.state
        moved = parameters[: len(states)]
        # A sum is not finite where one of its terms is not, and is found faster than each is looked at.
        if math.isfinite(sum(losses) + sum(moved) + sum(map(sum, states))):
            return
        if not all(map(math.isfinite, [*losses, *moved, *(number for state in states for number in state)])):
            raise DomainError("a loss, a parameter or a state is not finite")

    def total(self) -> float:
        """See Engine."""
        try:
            total = self.program.over(self._all, self._numbers(), checked=True)[0]
        except DomainError:
            total = math.nan
        return total if math.isfinite(total) else self.eager.total()

    def _numbers(self) -> list[float]:
        return [parameter.data for parameter in self.parameters]


class Arrays(Compiled):
    """A program over arrays, and the samples as it takes them."""

    name = "numpy"

    def __init__(self, program: ArrayProgram, rows: list[Row], eager: Eager, values: int, why: str = "") -> None:
        super().__init__(program, rows, eager, values, why)
        self._all = program.prepared(rows)

    def _items_of(self, chunk: Chunk) -> tuple[list[Any], bool]:
        if chunk.batches is not self._batches:
            scale_of = self.eager.samples.scale_of
            self._items = [(scale_of(batch), self._all.selected(batch)) for batch in chunk.batches]
            self._batches = chunk.batches
        return self._items[chunk.start : chunk.stop], False
