"""`fit`: show the network the samples, epoch after epoch, and let the optimiser move its parameters."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from time import perf_counter
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from autograd import DomainError, UsageError, Value
from autograd.extend import whole_number

from ..interrupts import surely
from ..losses import Loss, mean_squared_error
from ..module import Module
from ..optimizers import SGD, Optimizer, asked_once_an_epoch
from ..rows import check_samples
from ..seeds import random_from
from .choice import engine_for
from .history import History
from .samples import Samples, check_model, check_reduction
from .schedule import CHUNK_SECONDS, Chunk, Schedule, Stretch

if TYPE_CHECKING:
    from ..film.keyframes import KeyFrames


def fit(
    net: Module,
    inputs: Iterable[Iterable[float]],
    targets: Iterable[Any],
    loss: Loss = mean_squared_error,
    optimizer: Optimizer | None = None,
    epochs: int = 100,
    batch_size: int | None = 1,
    reduction: Literal["mean", "sum"] = "mean",
    shuffle: bool = False,
    seed: int | None = None,
    evaluate_every: int | None = None,
    on_epoch: Callable[[int, History], object] | None = None,
    progress: bool | None = None,
    engine: Literal["auto", "compiled", "numpy", "eager"] = "auto",
    film: bool = False,
) -> History:
    """Train a network; returns the History of the run.

    inputs: a row of numbers for each sample. targets: for each sample what the loss takes: a number, or a list.
    optimizer: SGD(net.parameters(), 0.1) where none is given. Its `epoch` counts on from call to call, and so does what
        a schedule is given; everything below, the history and errors count the epochs of this call, from 0.
    batch_size: how many samples are seen between two updates; None for all of them.
    reduction: whether the loss of a batch, and of an epoch, is the mean or the sum over its samples.
    shuffle: a new order in every epoch; seed fixes the orders.
    evaluate_every: 10 adds the loss over all samples after the updates of epochs 0, 10, 20, …
    on_epoch: called with the epoch, from 0, and the History so far, after each epoch.
    progress: a progress bar: True, False, or None for one on long work where there is a terminal.
    engine: "compiled" runs the generated code of one recorded sample (autograd.compile), "numpy" the same as matrices,
        a batch at once; "eager" records every sample; "auto" is the faster of the two programs where that gives the
        same numbers, else eager. history.engine says which, history.why why.
    film: whether the run is kept so that it can be watched, as history.film. It takes at most as long again, and memory
        for a million numbers at most.

    Unless the engine is "eager", some samples are computed before training starts, as many as take some
    20 ms: to find rows that have no loss, and to compare. A network that keeps something from call to call, such as
    running means, sees these calls too: train it with engine="eager", which computes nothing twice.

    Ctrl-C ends the run. The network, the optimiser and the history are then as a whole update left them, at most a
    tenth of a second earlier (or one update, where that takes longer).

    Raises UsageError before training starts where inputs or targets cannot be what is meant, saying which row and why,
    or where no parameter reaches the loss; with engine="eager", at that row, or after the first epoch. Raises
    DomainError where training comes to numbers that have no answer or are not finite, as too large a learning rate
    makes it, saying in which epoch and at which row: the parameters are then the last finite ones. Raises UsageError
    where a program no longer computes what the network does.

    >>> from nn import MLP, fit
    >>> net = MLP(2, [2, 1], seed=1)
    >>> history = fit(net, [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 1], epochs=200)
    >>> len(history.losses), history.losses[-1] < history.losses[0]
    (200, True)
    """
    check_model(net, loss, trains=True)
    optimizer = SGD(net.parameters(), 0.1) if optimizer is None else optimizer
    _check_settings(net, optimizer, on_epoch, shuffle)
    check_reduction(reduction)
    epochs = whole_number(epochs, "epochs", 0)
    evaluate_every = None if evaluate_every is None else whole_number(evaluate_every, "evaluate_every", 1)
    rows, wanted = check_samples(net, inputs, targets)
    batch_size = len(rows) if batch_size is None else whole_number(batch_size, "batch_size", 1)
    samples = Samples(net, loss, rows, wanted, reduction == "mean")
    schedule = Schedule(len(rows), batch_size, epochs, shuffle, random_from(seed), evaluate_every, on_epoch is not None)
    history = History()
    if film:
        from ..film.recording import Recording  # loaded by who wants one

        moving = list(dict.fromkeys([*optimizer.parameters, *net.parameters()]))
        history.recording = Recording(net, loss, rows, wanted, moving, optimizer.current_learning_rate())
    bar = _progress_bar(epochs, progress)
    try:
        with asked_once_an_epoch(optimizer):
            _Loop(samples, optimizer, schedule, history, engine, on_epoch, bar).run()
    except KeyboardInterrupt:
        history.interrupted = True
    finally:
        if bar is not None:
            bar.close()
    return history


class _Border(NamedTuple):
    """Where training stands between two chunks: what Ctrl-C, or an error, goes back to.

    numbers: data and grad of each parameter. losses: how many there are in the history. keyframes: those of its film.
    """

    numbers: list[tuple[Value, float, float]]
    states: list[tuple[float, ...]]
    steps: int
    epoch: int
    losses: int
    keyframes: KeyFrames | None

    def restore(self, optimizer: Optimizer, history: History) -> None:
        """Put everything back as it was at the border. It may be called again where it was interrupted."""
        for parameter, number, grad in self.numbers:
            parameter.data, parameter.grad = number, grad
        optimizer.states, optimizer.steps, optimizer.epoch = self.states, self.steps, self.epoch
        del history.losses[self.losses :]
        if history.recording is not None and self.keyframes is not None:
            history.recording.keyframes = self.keyframes


class _Loop:
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
    ) -> None:
        self.samples = samples
        self.optimizer = optimizer
        self.schedule = schedule
        self.history = history
        self.wanted = engine
        self.on_epoch = on_epoch
        self.bar = bar
        self.epoch = 0  # whole ones so far: not len(history.losses), which on_epoch may shorten
        self._updates = 1  # how many take CHUNK_SECONDS, as far as is known
        self._sum = 0.0  # of the losses in the epoch so far
        self._size = len(samples) if samples.is_mean else 1
        self._first_step = optimizer.steps
        self._next_check = 0

    def run(self) -> None:
        """Train, from the first epoch to the last."""
        self._choose()
        for stretch in self.schedule.stretches(self._together):
            self._train(stretch)
            if self.schedule.evaluates_after(stretch.last):
                self._evaluate(stretch.last)
            if self.on_epoch:
                self.on_epoch(stretch.last, self.history)
                self._check(most=1)  # it may have changed more than parameters
        if self.epoch:
            self._check()

    def _choose(self, is_first: bool = True) -> None:
        """Take the engine that is right for the network and the optimiser as they are now."""
        with self._all_or_nothing(dict.fromkeys([*self.optimizer.parameters, *self.samples.net.parameters()])):
            try:
                size = self.schedule.batch_size
                self.engine = engine_for(self.wanted, self.samples, self.optimizer, size, is_first)
            except DomainError as error:
                raise (error if error.operation else self._explained(error, "before training")) from None
        self.history.engine, self.history.why = self.engine.name, self.engine.why
        self._next_check = self.engine.next_check(self.epoch)

    def _check(self, most: int | None = None) -> None:
        with self._all_or_nothing(self.engine.parameters):
            self.engine.check(self.epoch, most)

    def _together(self, epoch: int) -> int:
        """How many epochs may run together from this one on."""
        if not self.engine.is_current():
            self._choose(is_first=False)
        elif epoch == self._next_check:
            self._check()
            self._next_check = self.engine.next_check(epoch)
        together = self._next_check - epoch
        return 1 if together > 1 and self.optimizer.settings_stand() == "epoch" else together

    def _train(self, stretch: Stretch) -> None:
        for chunk in stretch.chunks(lambda: self.engine.most_updates(self._updates)):
            started, first = perf_counter(), self.epoch
            try:
                self._whole(chunk)
            except DomainError as error:
                if chunk.updates == 1:
                    raise self._explained(error) from None
                self._one_by_one(chunk)
            self._updates = max(1, int(chunk.updates * CHUNK_SECONDS / (perf_counter() - started + 1e-9)))
            if self.bar is not None and self.epoch > first:
                self.bar.update(self.epoch - first)

    def _one_by_one(self, chunk: Chunk) -> None:
        """Train a chunk in which something fails, so that all updates before that are made, and the error is exact."""
        for update in chunk.one_by_one():
            try:
                self._whole(update)
            except DomainError as error:
                raise self._explained(error) from None

    def _whole(self, chunk: Chunk) -> None:
        """Train a chunk: all of it, or, where Ctrl-C or an error comes, nothing of it."""
        with self._all_or_nothing(self.engine.parameters):
            trail: list[Sequence[float]] | None = None if self.history.recording is None else []
            sums = self.engine.run(chunk, trail)
            if chunk.updates < len(chunk.batches):
                self._sum = sums[0] + (self._sum if chunk.start else 0.0)
                if not math.isfinite(self._sum):
                    raise DomainError(f"the losses of this epoch add up to {self._sum!r}.")
                sums = [self._sum] if chunk.ends_epoch else []
            self.history.losses += [total / self._size for total in sums]
            self.optimizer.epoch += len(sums)
            if self.history.recording is not None and trail and sums:
                self.history.recording.extend(self.engine.parameters, trail)
        self.epoch += len(sums)

    @contextmanager
    def _all_or_nothing(self, parameters: Iterable[Value]) -> Iterator[None]:
        """Go back to how everything was before the block, where Ctrl-C or an error comes in it."""
        optimizer, history = self.optimizer, self.history
        numbers = [(parameter, parameter.data, parameter.grad) for parameter in parameters]
        keyframes = None if history.recording is None else history.recording.keyframes
        border = _Border(numbers, optimizer.states, optimizer.steps, optimizer.epoch, len(history.losses), keyframes)
        try:
            yield
        except BaseException:
            surely(lambda: border.restore(optimizer, history))
            raise

    def _evaluate(self, epoch: int) -> None:
        try:
            self.history.evaluations[epoch] = self.engine.total() / self._size
        except DomainError as error:
            raise self._explained(error, f"after epoch {epoch}") from None

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


def evaluate(
    net: Module,
    inputs: Iterable[Iterable[float]],
    targets: Iterable[Any],
    loss: Loss = mean_squared_error,
    reduction: Literal["mean", "sum"] = "mean",
) -> float:
    """The loss over all samples, without training.

    >>> from nn import MLP, evaluate
    >>> evaluate(MLP(1, [1], weight_init="zero", bias_init="zero"), [[3.0], [5.0]], [0, 1])
    0.25
    """
    check_model(net, loss, trains=False)
    check_reduction(reduction)
    rows, wanted = check_samples(net, inputs, targets)
    total = sum(Samples(net, loss, rows, wanted).losses())
    return total / len(rows) if reduction == "mean" else total


def _check_settings(net: Module, optimizer: Any, on_epoch: Any, shuffle: Any) -> None:
    """Raises UsageError where one of them is not what `fit` takes, or nothing could be learned."""
    if not isinstance(optimizer, Optimizer):
        raise UsageError(f"optimizer is {optimizer!r:.60}; expected one, such as SGD(net.parameters(), 0.1)")
    if set(optimizer.parameters).isdisjoint(net.parameters()):
        raise UsageError("the optimiser moves no parameter of this network: make it with SGD(net.parameters(), …)")
    if not (Value(0.0) + 0.0).inputs:
        raise UsageError("fit is called inside no_grad(), where no operation is recorded; call it outside")
    if not (on_epoch is None or callable(on_epoch)):
        raise UsageError(f"on_epoch is {on_epoch!r:.40}; expected a function (epoch, history)")
    if shuffle not in (True, False):
        raise UsageError(f"shuffle is {shuffle!r:.40}; expected True or False")


def _progress_bar(epochs: int, progress: bool | None) -> Any:
    wanted = sys.stderr.isatty() if progress is None else progress
    if not wanted:
        return None
    try:
        from tqdm import tqdm
    except ImportError:
        if progress:
            raise
        return None  # nobody asked for a bar
    # Where nobody asked, work that takes less than two seconds shows nothing.
    return tqdm(total=epochs, unit="epoch", delay=2.0 if progress is None else 0.0, leave=False)
