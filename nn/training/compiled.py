"""The compiled engines: a program of one recorded sample, run over many, one after another or as matrices.

While the parameters move, the program is compared with the eager engine again, before epochs 1, 4, 16, 64, … and at the
end: where it differs then, there is an error.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import chain
from operator import sub
from typing import TYPE_CHECKING, Any

from autograd import DomainError, UsageError, no_grad, pause_collector
from autograd.extend import numbers_of

from ..rows import Row
from .engines import Border, Eager
from .samples import Samples
from .schedule import Batches, Chunk

if TYPE_CHECKING:
    from autograd import ArrayProgram, Program

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
    # Whether epochs that are watched are trained by a program that is held after each of them.
    holds_epochs = True

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
        # The program that is held after an epoch of this chunk, and where: numbers, states, steps and settings.
        self._epochs: Iterator[Any] = iter([])
        self._held: Chunk | None = None
        self._held_at: Any = None
        self._compared = 0
        self._largest = 0.0  # of all numbers that were compared
        self._is_of_classes = eager.samples.reads_classes()
        self._rule, self._moving = eager.optimizer.rule, list(eager.optimizer.parameters)
        self._new_run = TrainingRun
        # As `over` takes them, by which samples they are.
        self._known: dict[Samples, Any] = {eager.samples: self._prepared(rows)}

    def is_current(self) -> bool:
        """See Engine."""
        optimizer = self.eager.optimizer
        return self._rule is optimizer.rule and self._moving == optimizer.parameters

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
            if not self._alike(self.rows[sample], [value, *gradients], [true, *wanted]):
                return sample
        return None

    def first_wrong_loss(self, losses: Mapping[int, float]) -> int | None:
        """The first of some samples for which the program does not give its loss."""
        numbers = self._numbers()
        for sample, loss in losses.items():
            if not self._alike(self.rows[sample], [self.program(self.rows[sample], numbers)[0]], [loss]):
                return sample
        return None

    def _alike(self, row: Row, found: Sequence[float], wanted: Sequence[float]) -> bool:
        """Whether two lists of numbers of a sample are the same but for rounding."""
        scale = max(map(abs, filter(math.isfinite, wanted)), default=0.0)
        self._largest = max(self._largest, scale)
        least = max(_TOLERANCE * scale, _TOLERANCE_OF_ALL * self._largest)
        if self._is_of_classes:
            least = max(least, _TOLERANCE_OF_CLASSES * max(1.0, *map(abs, row)))
        if sum(map(abs, map(sub, found, wanted))) <= least:  # nearly always, and quickly seen
            return True
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

    def run(self, chunk: Chunk, border: Border, trail: list[Sequence[float]] | None = None) -> Sequence[float]:
        """See Engine. What a program cannot say of a single update that fails, the eager engine says."""
        optimizer = self.eager.optimizer
        settings = optimizer.settings()
        held, self._held = self._held, None  # held on to where all goes well
        try:
            # As long as nobody changes anything, one epoch after another is trained by a program that is only held.
            if chunk is held and self._held_at == (border.numbers, border.states, border.steps, settings):
                parameters, states, steps, loss = next(self._epochs)
                losses, passed = [loss], [parameters]
            else:
                held = chunk if self.holds_epochs and chunk.is_whole and [self._batches] == chunk.epochs else None
                state = self._trained(chunk, border, settings, held is not None, trail is not None)
                parameters, states, steps, losses, passed = state
            # A sum is not finite where one of its terms is not, and is found faster than each is looked at.
            total = sum(losses) + sum(parameters)
            if not math.isfinite(total + sum(chain.from_iterable(states))):
                self._check_finite(parameters, states, losses)
        except DomainError:
            if chunk.updates > 1:
                raise
            return self.eager.run(chunk, border, trail)
        self._held_at = parameters, states, steps, settings
        self._held = held
        optimizer.assign(parameters[: len(states)], states, steps)
        if trail is not None:
            trail += passed
        return losses

    def _trained(
        self, chunk: Chunk, border: Border, settings: list[float], holds: bool, keeps_trail: bool
    ) -> Sequence[Any]:
        """Where training stands after a chunk from a border on, as a TrainingState.

        holds: whether the program is held there.
        """
        name = "each" if len(chunk.epochs[0][0]) == 1 else "batches"
        epochs = self._items_of(chunk)
        run = self._new_run(border.numbers, border.states, settings, border.steps, keeps_trail, border.carried)
        if holds:
            self._epochs = self.program.epochs(run, epochs[0], name)
            parameters, states, steps, loss = next(self._epochs)
            return parameters, states, steps, [loss], [parameters]
        self.program.train_epochs(run, epochs, name)
        return run.state

    def _items_of(self, chunk: Chunk) -> list[list[Any]]:
        """What the program makes an update of, for each update of each epoch."""
        is_same = chunk.epochs[0] is chunk.epochs[-1]
        found = []
        for batches in chunk.epochs[:1] if is_same else chunk.epochs:
            if batches is not self._batches:
                self._items, self._batches = self._new_items(batches), batches
            found.append(self._items if chunk.is_whole else self._items[chunk.start : chunk.stop])
        return found * len(chunk.epochs) if is_same else found

    def _new_items(self, batches: Batches) -> list[Any]:
        """An item for each batch: a sample where all batches are one."""
        rows = [[self.rows[sample] for sample in batch] for batch in batches]
        if len(batches[0]) == 1:
            return [row for (row,) in rows]
        return list(zip(map(self.eager.samples.scale_of, batches), rows, strict=True))

    def _check_finite(self, parameters: list[float], states: Sequence[tuple[float, ...]], losses: Any) -> None:
        """Raises DomainError where a number is not finite that training has moved."""
        moved = parameters[: len(states)]
        if not all(map(math.isfinite, [*losses, *moved, *(number for state in states for number in state)])):
            raise DomainError("a loss, a parameter or a state is not finite")

    def total(self, samples: Samples) -> float:
        """See Engine."""
        if samples not in self._known:
            self._known[samples] = self._prepared_others(samples)
        prepared, total = self._known[samples], math.nan
        if prepared is not None:
            # What the program has no finite answer for, the engine tells.
            with suppress(DomainError):
                total = self.program.over(prepared, self._numbers(), checked=True)[0]
        return total if math.isfinite(total) else self.eager.total(samples)

    def gradients(self) -> list[float]:
        """See Engine."""
        return self.program.over(self._known[self.eager.samples], self._numbers(), checked=True)[1]

    def _prepared_others(self, samples: Samples) -> Any:
        """Other samples as `over` takes them; None where the program does not compute them as the engine does."""
        width = len(self.rows[0]) - len(samples.rows[0])
        if samples.reads_classes() != self._is_of_classes or (
            self._is_of_classes and not set(samples.targets) <= set(range(width))
        ):
            return None
        try:
            rows = samples.as_rows(width)
        except UsageError:  # no form that a program reads
            return None
        if len(rows[0]) != len(self.rows[0]):
            return None
        last, most = len(rows) - 1, self.most_compared(MOST_COMPARED)
        some = sorted({place * last // max(most - 1, 1) for place in range(most)})
        with no_grad():
            wanted = [samples.loss_of(place).data for place in some]
        numbers = self._numbers()
        found = [self.program(rows[place], numbers)[0] for place in some]
        is_right = all(
            self._alike(rows[place], [one], [other]) for place, one, other in zip(some, found, wanted, strict=True)
        )
        return self._prepared(rows) if is_right else None

    def _prepared(self, rows: list[Row]) -> Any:
        """Samples as `over` takes them."""
        return rows

    def _numbers(self) -> list[float]:
        return numbers_of(self.parameters)


class Arrays(Compiled):
    """A program over arrays, and the samples as it takes them."""

    name = "numpy"
    holds_epochs = False  # it would save less than a tenth

    def __init__(self, program: ArrayProgram, rows: list[Row], eager: Eager, values: int, why: str = "") -> None:
        super().__init__(program, rows, eager, values, why)

    def run(self, chunk: Chunk, border: Border, trail: list[Sequence[float]] | None = None) -> Sequence[float]:
        """See Engine. What an optimiser remembers becomes a tuple for each parameter, of which none is in a cycle."""
        with pause_collector():
            return super().run(chunk, border, trail)

    def _prepared(self, rows: list[Row]) -> Any:
        return self.program.prepared(rows)  # type: ignore[attr-defined]  # an ArrayProgram's

    def _new_items(self, batches: Batches) -> list[Any]:
        samples = self.eager.samples
        every = self._known[samples]
        return [(samples.scale_of(batch), every.selected(batch)) for batch in batches]


class OnJax(Arrays):
    """A program on JAX, and the batches on its devices."""

    name = "jax"

    def most_updates(self, wish: int) -> int:
        """See Engine. Machines that train together make as many in one go as the first of them wishes."""
        program: Any = self.program
        return int(program.agreed(super().most_updates(wish)))

    def _new_items(self, batches: Batches) -> Any:
        program: Any = self.program
        return program.laid_out(super()._new_items(batches))
