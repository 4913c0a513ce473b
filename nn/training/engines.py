"""What trains: the eager engine, and what every engine answers to.

Engines give the same numbers, but for rounding. Each trains the network in place, chunk by chunk.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple, Protocol

from autograd import DomainError, UsageError, Value
from autograd.extend import numbers_of, set_numbers

from ..interrupts import surely
from ..optimizers import Optimizer
from .history import History
from .samples import Samples
from .schedule import Chunk

if TYPE_CHECKING:
    from ..film.keyframes import KeyFrames


class Border(NamedTuple):
    """Where training stands between two chunks: what Ctrl-C, or an error, goes back to.

    numbers, grads: of each parameter. losses: how many there are in the history. keyframes: those of its
    film. carried: the sum of the losses in the epoch so far.
    """

    parameters: Sequence[Value]
    numbers: list[float]
    grads: list[float]
    states: list[tuple[float, ...]]
    steps: int
    epoch: int
    losses: int
    keyframes: KeyFrames | None
    carried: float

    @classmethod
    def at(cls, parameters: Sequence[Value], optimizer: Optimizer, history: History, carried: float = 0.0) -> Border:
        """Where training stands now."""
        grads = [one.grad for one in parameters]
        keyframes = None if history.recording is None else history.recording.keyframes
        numbers, losses = numbers_of(parameters), len(history.losses)
        return cls(parameters, numbers, grads, *optimizer.standing(), losses, keyframes, carried)

    def restore(self, optimizer: Optimizer, history: History) -> None:
        """Put everything back as it was at the border. It may be called again where it was interrupted."""
        set_numbers(self.parameters, self.numbers)
        for parameter, grad in zip(self.parameters, self.grads, strict=True):
            parameter.grad = grad
        optimizer.states, optimizer.steps, optimizer.epoch = self.states, self.steps, self.epoch
        del history.losses[self.losses :]
        if history.recording is not None and self.keyframes is not None:
            history.recording.keyframes = self.keyframes


class Engine(Protocol):
    """What `fit` asks of whatever trains.

    name: as History.engine. why: why it is this one, where that is not plain.
    parameters: all Values whose number or grad it may change.
    """

    name: str
    why: str
    parameters: list[Value]

    def is_current(self) -> bool:
        """Whether the optimiser moves the same parameters by the same rule as when this engine was made."""

    def most_updates(self, wish: int) -> int:
        """How many updates may run in one go, at most `wish`: none reads what another one changes outside of it."""

    def run(self, chunk: Chunk, border: Border, trail: list[Sequence[float]] | None = None) -> Sequence[float]:
        """Train from a border on; returns the sum of the losses over the samples of each epoch, or of one so far.

        trail: where it is given, the numbers of the parameters are added to it, in their order, as often.

        What was in the parameters' grad is there again afterwards. Raises DomainError where something has no answer,
        or a loss, a parameter or a state is not finite: for a single update with the row, and what happened to it.
        After an error the network may be anywhere between the start of the chunk and its end.
        """

    def total(self, samples: Samples) -> float:
        """The sum of the losses over samples, those trained on or others. Raises DomainError, with the row, where it is
        not finite.
        """

    def gradients(self) -> list[float]:
        """The gradients of the sum of the losses over all samples, for each parameter. Raises DomainError."""

    def check(self, epoch: int, most: int | None = None) -> None:
        """Raises UsageError where, before that epoch, it is seen that training is not what was meant.

        most: how many samples may be looked at for it; None for the usual number.
        """

    def next_check(self, epoch: int) -> int:
        """The next epoch, after that one, before which `check` has something new to see."""


class Eager:
    """The engine itself: every sample is recorded, and differentiated by backward()."""

    name = "eager"

    def __init__(self, samples: Samples, optimizer: Optimizer, why: str = "") -> None:
        self.samples = samples
        self.optimizer = optimizer
        self.why = why
        # Also those that the optimiser leaves alone: their grads would add up from batch to batch.
        self.parameters = list(dict.fromkeys([*optimizer.parameters, *samples.net.parameters()]))
        self._moving = list(optimizer.parameters)
        self._is_reached: bool | None = None  # as long as no sample was differentiated

    def is_current(self) -> bool:
        """See Engine."""
        return self._moving == self.optimizer.parameters

    def most_updates(self, wish: int) -> int:
        """One: recording takes far longer than what is done between two chunks, and Ctrl-C so costs one update."""
        return 1

    def run(self, chunk: Chunk, border: Border, trail: list[Sequence[float]] | None = None) -> Sequence[float]:
        """See Engine."""
        sums = []
        with self.grads_kept():
            for batches in chunk.epochs:
                sums.append(sum(map(self._update, batches[chunk.start : chunk.stop]), border.carried))
                if trail is not None:
                    trail.append(numbers_of(self.parameters))
        return sums

    def _update(self, batch: Sequence[int]) -> float:
        """One update; returns the sum of the losses before it."""
        total = self.differentiate(batch, self.samples.scale_of(batch))
        try:
            self.optimizer.step()
        except DomainError as error:
            error.args = (f"the update after {_rows(batch)}: {error}",)
            raise
        states = self.optimizer.states
        # A sum is not finite where one of its terms is not, and is found faster than each is looked at.
        if not math.isfinite(sum(parameter.data for parameter in self._moving) + sum(map(sum, states))):
            self._check_finite(batch, states)
        return total

    def _check_finite(self, batch: Sequence[int], states: Sequence[tuple[float, ...]]) -> None:
        """Raises DomainError, naming it, where an update has made a number that is not finite."""
        for parameter, state in zip(self._moving, states, strict=True):
            name = parameter.name or "a parameter"
            if not math.isfinite(parameter.data):
                raise DomainError(f"the update after {_rows(batch)} makes {name} {parameter.data!r}.")
            for what, number in zip(self.optimizer.rule.state, state, strict=True):
                if not math.isfinite(number):
                    what += f", which the optimiser remembers of {name},"
                    raise DomainError(f"the update after {_rows(batch)} makes {what} {number!r}.")

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
            surely(restore)

    def differentiate(self, batch: Sequence[int], seed: float = 1.0) -> float:
        """The sum of the losses over a batch; each parameter's grad becomes that of seed times the sum.

        Raises DomainError, with the row, where a loss has no answer or is not finite.
        """
        for parameter in self.parameters:
            parameter.zero_grad()
        total = 0.0
        for sample in batch:
            cost = self.samples.loss_of(sample)
            if not math.isfinite(cost.data):
                raise DomainError(f"row {sample}: the loss is {cost.data!r}.")
            try:
                cost.backward(seed)
            except DomainError as error:
                error.args = (f"row {sample}: {error}",)
                raise
            self._is_reached = bool(self._is_reached) or reaches(cost, self._moving)
            total += cost.data
        if not math.isfinite(total):
            raise DomainError(f"the losses of {_rows(batch)} add up to {total!r}.")
        return total

    def total(self, samples: Samples) -> float:
        """See Engine."""
        losses = samples.losses()
        for sample, loss in enumerate(losses):
            if not math.isfinite(loss):
                raise DomainError(f"row {sample}: the loss is {loss!r}.")
        return sum(losses)

    def gradients(self) -> list[float]:
        """See Engine."""
        with self.grads_kept():
            self.differentiate(range(len(self.samples)))
            return [parameter.grad for parameter in self.parameters]

    def check(self, epoch: int, most: int | None = None) -> None:
        """Raises UsageError where no parameter has reached the loss of any sample."""
        if epoch and self._is_reached is False:
            raise out_of_reach(self.optimizer)

    def next_check(self, epoch: int) -> int:
        """See Engine."""
        return epoch + 1


def reaches(root: Value, leaves: Sequence[Value]) -> bool:
    """Whether the root was computed from one of the leaves."""
    return not set(leaves).isdisjoint(_below(root))  # which looks no further than to the first


def _below(root: Value) -> Iterator[Value]:
    """Everything that a value was computed from, and itself, one after another."""
    found: set[Value] = set()
    ahead = [root]
    while ahead:
        value = ahead.pop()
        if value not in found:
            found.add(value)
            yield value
            ahead += value.inputs


def out_of_reach(optimizer: Optimizer) -> UsageError:
    """The error to raise where no parameter reaches the loss."""
    return UsageError(
        f"no parameter that the {type(optimizer).__name__} moves reaches the loss, so nothing would be learned: a "
        "number that is taken out of the graph, by .data, float(v), math.exp(v) or an array of floats, has no "
        "gradient. Compute with the Values themselves, and with autograd.exp and its like"
    )


def _rows(batch: Sequence[int]) -> str:
    """The samples of a batch in words."""
    numbers = [str(sample) for sample in (batch if len(batch) <= 4 else [*batch[:3], "…", batch[-1]])]
    return f"row {numbers[0]}" if len(batch) == 1 else f"rows {', '.join(numbers)}"
