"""One run of training: chunk by chunk, each made whole or not at all, on the engine that is right."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from time import perf_counter
from typing import Any

from autograd import DomainError, UsageError, Value, pause_collector

from ..interrupts import surely
from ..optimizers import Optimizer
from .choice import engine_for
from .engines import Border
from .history import History
from .samples import Samples
from .schedule import CHUNK_SECONDS, Chunk, Schedule, Stretch
from .validation import Validation

# A sample is compared after on_epoch: each time at first, later each time that there are a quarter more epochs.
_LOOKS = 4


class Run:
    """One call of `fit`, once everything has been checked."""

    def __init__(
        self,
        samples: Samples,
        optimizer: Optimizer,
        schedule: Schedule,
        history: History,
        engine: str,
        on_epoch: Callable[[int, History], object] | None,
        bar: Any,
        validation: Validation | None = None,
        layers: Mapping[str, Sequence[Value]] | None = None,
    ) -> None:
        self.samples = samples
        self.optimizer = optimizer
        self.schedule = schedule
        self.history = history
        self.wanted = engine
        self.on_epoch = on_epoch
        self.bar = bar
        self.validation = validation
        self.layers = layers or {}
        self.epoch = 0  # whole ones so far: not len(history.losses), which on_epoch may shorten
        # Updates a second: the most of any chunk, as in others the machine may have done something else meanwhile.
        self._pace = 0.0
        self._sum = 0.0  # of the losses in the epoch so far
        self._size = len(samples) if samples.is_mean else 1
        self._first_step = optimizer.steps
        self._next_check = 0
        self._next_look = 0
        # Then no chunk is longer than an epoch.
        self._is_watched = bool(on_epoch or validation or layers)

    def run(self) -> None:
        """Train, from the first epoch to the last, or to the one that ends it."""
        self._choose()
        for stretch in self.schedule.stretches(self._together):
            if not self._train(stretch):
                break
        if self.epoch:
            self._check()
        if self.validation:
            self.validation.restore_best()
            if self.history.recording:
                self.history.recording.keeps_best = self.validation.patience is not None

    def _choose(self, is_first: bool = True) -> None:
        """Take the engine that is right for the network and the optimiser as they are now."""
        with self._all_or_nothing([*self.optimizer.parameters, *self.samples.net.parameters()]):
            try:
                size = self.schedule.batch_size
                self.engine = engine_for(self.wanted, self.samples, self.optimizer, size, is_first)
            except DomainError as error:
                when = "before training" if is_first else f"before epoch {self.epoch}"
                raise self._explained(error, when) from None
        self.history.engine, self.history.why = self.engine.name, self.engine.why
        self._pace = 0.0
        self._next_check = self.engine.next_check(self.epoch)

    def _check(self, most: int | None = None) -> None:
        with pause_collector(), self._all_or_nothing(self.engine.parameters):
            self.engine.check(self.epoch, most)

    def _together(self, epoch: int) -> int:
        """How many epochs may run together from this one on."""
        if not self.engine.is_current():
            self._choose(is_first=False)
        elif epoch >= self._next_check:
            self._check()
            self._next_check = self.engine.next_check(epoch)
        together = self._next_check - epoch
        return 1 if together > 1 and self.optimizer.settings_stand() == "epoch" else together

    def _train(self, stretch: Stretch) -> bool:
        """Train a stretch; returns whether the run goes on."""
        for chunk in stretch.chunks(self._most_updates):
            started, first = perf_counter(), self.epoch
            try:
                self._whole(chunk)
            except DomainError as error:
                if chunk.updates == 1:
                    raise self._explained(error) from None
                self._one_by_one(chunk)
            # Of whole epochs that are watched no more than one at a time is wanted.
            if not (chunk.is_whole and self._is_watched) and chunk.begins_in_full:
                self._pace = max(self._pace, chunk.updates / (perf_counter() - started + 1e-9))
            if self.epoch > first and not self._goes_on(first):
                return False
        return True

    def _most_updates(self, an_epoch: int) -> int:
        """How many updates may run in one go."""
        most = self.engine.most_updates(max(1, int(self._pace * CHUNK_SECONDS)))
        return min(most, an_epoch) if self._is_watched else most

    def _goes_on(self, first: int) -> bool:
        """Do what is to be done after the epochs from `first` on; returns whether the run goes on."""
        last = self.epoch - 1
        if self.bar is not None:
            self.bar.update(self.epoch - first)
        if self.schedule.evaluate_every and self.schedule.evaluates_after(last):
            self.history.evaluations[last] = self._mean_loss(self.samples, f"after epoch {last}")
        if self.validation:
            self._validate(self.validation, last)
        if self.layers:
            self._note_gradients(last)
        if self.on_epoch:
            try:
                self.on_epoch(last, self.history)
            except StopIteration:
                return False
            # It may have changed more than parameters.
            if not self.engine.is_current():
                if self.epoch < self.schedule.epochs:
                    self._choose(is_first=False)
            elif last >= self._next_look:
                self._check(most=1)
                self._next_look = self.epoch + last // _LOOKS
        return not (self.validation and self.validation.is_over(last))

    def _note_gradients(self, epoch: int) -> None:
        """Keep the norm of each layer's gradient."""
        with self._all_or_nothing(self.engine.parameters):
            try:
                gradients = dict(zip(self.engine.parameters, self.engine.gradients(), strict=True))
            except DomainError as error:
                raise self._explained(error, f"after epoch {epoch}") from None
        for layer, parameters in self.layers.items():
            norm = math.hypot(*(gradients.get(parameter, 0.0) for parameter in parameters))
            self.history.gradient_norms.setdefault(layer, []).append(norm / self._size)

    def _validate(self, validation: Validation, epoch: int) -> None:
        try:
            loss = self._mean_loss(validation.samples, f"after epoch {epoch}, of the validation")
        except UsageError as error:  # the first time that they are computed
            error.args = (f"validation: {error}",)
            raise
        self.history.validation_losses.append(loss)
        validation.note(epoch, loss, self.engine.parameters)
        self.history.best_epoch = validation.epoch

    def _one_by_one(self, chunk: Chunk) -> None:
        """Train a chunk in which something fails, so that all updates before that are made, and the error is exact."""
        for update in chunk.one_by_one():
            try:
                self._whole(update)
            except DomainError as error:
                raise self._explained(error) from None

    def _whole(self, chunk: Chunk) -> None:
        """Train a chunk: all of it, or, where Ctrl-C or an error comes, nothing of it."""
        optimizer, history = self.optimizer, self.history
        carried = self._sum if chunk.start else 0.0
        border = Border.at(self.engine.parameters, optimizer, history, carried)
        try:
            trail: list[Sequence[float]] | None = None if history.recording is None else []
            sums = self.engine.run(chunk, border, trail)
            if not chunk.is_whole:
                self._sum = sums[0]
                if not math.isfinite(self._sum):
                    raise DomainError(f"the losses of this epoch add up to {self._sum!r}.")
                sums = [self._sum] if chunk.ends_epoch else []
            history.losses += sums if self._size == 1 else [total / self._size for total in sums]
            optimizer.epoch = border.epoch + len(sums)
            if history.recording is not None and trail and sums:
                history.recording.extend(self.engine.parameters, trail)
        except BaseException:
            surely(lambda: border.restore(optimizer, history))
            raise
        self.epoch += len(sums)

    @contextmanager
    def _all_or_nothing(self, parameters: Sequence[Value]) -> Iterator[None]:
        """Go back to how everything was before the block, where Ctrl-C or an error comes in it."""
        optimizer, history = self.optimizer, self.history
        border = Border.at(parameters, optimizer, history)
        try:
            yield
        except BaseException:
            surely(lambda: border.restore(optimizer, history))
            raise

    def _mean_loss(self, samples: Samples, when: str) -> float:
        """The loss over samples now."""
        try:
            return self.engine.total(samples) / (len(samples) if samples.is_mean else 1)
        except DomainError as error:
            raise self._explained(error, when) from None

    def _explained(self, error: DomainError, when: str = "") -> DomainError:
        """The error, saying also when it came and what to try."""
        rate = self.optimizer.current_learning_rate()
        # What an operation advises is for whoever calls it; here it is training that calls.
        what = str(error).replace(" Scale the operands down.", "").removesuffix(".")
        if self.optimizer.steps > self._first_step or "update after" in what:
            less = f"try a smaller one, such as {rate / 10:g}, or " if rate else ""
            mend = f"The learning rate is {rate:g}: {less}scale the inputs, as nn.standardise does"
        else:
            mend = f"No update came before, so it is not the learning rate, {rate:g}: scale the inputs, or start from "
            mend += "smaller parameters"
        error.args = (f"{when or f'in epoch {self.epoch}'}, {what}. {mend}",)
        return error
