"""`fit`: show the network the samples, epoch after epoch, and let the optimiser move its parameters."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from time import perf_counter
from typing import Any, Literal

from autograd import DomainError, UsageError, Value
from autograd.extend import whole_number

from ..display import shown_by
from ..losses import Loss, mean_squared_error
from ..module import Module
from ..optimizers import SGD, Optimizer
from ..rows import check_samples
from ..seeds import random_from
from .choice import engine_for
from .engines import LONGEST_RUN, Compiled, Eager, Samples


class History:
    """What a training run has seen.

    losses: one number an epoch: the loss over all samples, each taken at the moment when training saw it.
    evaluations: {epoch: loss over all samples after that epoch's updates}, where `evaluate_every` asked for it.
    interrupted: whether Ctrl-C ended the run before its last epoch.
    engine: "compiled" or "eager", whichever ran.
    why: why it was eager, where that was not asked for.
    """

    def __init__(self, losses: list[float] | None = None, evaluations: dict[int, float] | None = None) -> None:
        self.losses = [] if losses is None else losses
        self.evaluations = {} if evaluations is None else evaluations
        self.interrupted = False
        self.engine = "eager"
        self.why = ""

    def __repr__(self) -> str:
        seen = f"{len(self.losses)} epochs"
        if self.losses:
            seen += f", loss {self.losses[0]:.4g} to {self.losses[-1]:.4g}"
        return f"<History: {seen}{', interrupted' if self.interrupted else ''}>"

    _repr_mimebundle_ = shown_by("plots", "bundle_of_history")


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
    engine: Literal["auto", "compiled", "eager"] = "auto",
) -> History:
    """Train a network; returns the History of the run.

    inputs: a row of numbers for each sample. targets: for each sample what the loss takes: a number, or a list.
    optimizer: SGD(net.parameters(), 0.1) where none is given.
    batch_size: how many samples are seen between two updates; None for all of them.
    reduction: whether the loss of a batch, and of an epoch, is the mean or the sum over its samples.
    shuffle: a new order in every epoch; seed fixes the orders.
    evaluate_every: 10 adds the loss over all samples after the updates of epochs 0, 10, 20, …
    on_epoch: called with the epoch, from 0, and the History so far, after each epoch.
    progress: a progress bar: True, False, or None for one on long work where there is a terminal.
    engine: "compiled" runs the generated code of one recorded sample (autograd.compile); "eager" records every sample;
        "auto" is compiled where that gives the same numbers, else eager, and history.why says why.

    Ctrl-C ends the run; the network is then as the last whole update left it. Raises UsageError before training starts
    where inputs or targets cannot be what is meant, saying which row and why; DomainError where training comes to
    numbers that have no answer, as too large a learning rate makes it, saying in which epoch and at which row; and
    UsageError where a program no longer computes what the network does.

    >>> from nn import MLP, fit
    >>> net = MLP(2, [2, 1], seed=1)
    >>> history = fit(net, [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 1], epochs=200)
    >>> len(history.losses), history.losses[-1] < history.losses[0]
    (200, True)
    """
    if not (callable(net) and hasattr(net, "parameters")):
        raise UsageError(f"fit trains a network, such as an MLP or a Module of your own, not {net!r:.60}")
    _check_loss(loss)
    optimizer = SGD(net.parameters(), 0.1) if optimizer is None else optimizer
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
    _check_reduction(reduction)
    epochs = whole_number(epochs, "epochs", 0)
    evaluate_every = None if evaluate_every is None else whole_number(evaluate_every, "evaluate_every", 1)
    rows, wanted = check_samples(net, inputs, targets)
    batch_size = len(rows) if batch_size is None else whole_number(batch_size, "batch_size", 1)
    history = History()
    order = list(range(len(rows)))
    batches = _batches(order, batch_size)
    random = random_from(seed)
    size = len(rows) if reduction == "mean" else 1
    bar = _progress_bar(epochs, progress)
    runs: Eager | Compiled | None = None
    try:
        runs = engine_for(engine, Samples(net, loss, rows, wanted), optimizer)
        history.engine, history.why = runs.name, runs.why
        at_once = epochs
        next_check = runs.next_check(0)
        while (epoch := len(history.losses)) < epochs:
            optimizer.epoch = epoch
            if epoch == next_check:
                runs.check(epoch)
                next_check = runs.next_check(epoch)
            if shuffle:
                random.shuffle(order)
                batches = _batches(order, batch_size)
            together = min(at_once, epochs - epoch, next_check - epoch)
            if evaluate_every:
                together = min(together, -epoch % evaluate_every + 1)
            if shuffle or on_epoch or callable(optimizer.learning_rate):
                together = 1
            started = perf_counter()
            try:
                runs.run(batches, reduction == "mean", epoch, together)
            except DomainError as error:
                _note(runs, history, size)
                error.args = (f"in epoch {len(history.losses)}, {error}",)
                raise
            _note(runs, history, size)
            at_once = max(1, int(together * LONGEST_RUN / (perf_counter() - started + 1e-9)))
            if bar is not None:
                bar.update(together)
            optimizer.epoch = epoch = epoch + together - 1
            if evaluate_every and epoch % evaluate_every == 0:
                try:
                    history.evaluations[epoch] = runs.total() / size
                except DomainError as error:
                    error.args = (f"after epoch {epoch}, {error}",)
                    raise
            if on_epoch:
                on_epoch(epoch, history)
                runs.check(epoch + 1, most=1)  # it may have changed more than parameters
        if epochs:
            runs.check(epochs)
    except KeyboardInterrupt:
        history.interrupted = True
    finally:
        _note(runs, history, size)  # what an interrupt, or an error, has kept from it
        if bar is not None:
            bar.close()
    return history


def _note(runs: Eager | Compiled | None, history: History, size: int) -> None:
    """What has been trained since the last time, to the network and the history."""
    settled = runs.settle() if runs else None
    if runs and settled:
        first, totals = settled
        history.losses[first:] = [total / size for total in totals]
        runs.noted()


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
    if not callable(net):
        raise UsageError(f"evaluate looks at a network, such as an MLP, not {net!r:.60}")
    _check_loss(loss)
    _check_reduction(reduction)
    rows, wanted = check_samples(net, inputs, targets)
    total = sum(Samples(net, loss, rows, wanted).losses())
    return total / len(rows) if reduction == "mean" else total


def _batches(order: list[int], size: int) -> list[list[int]]:
    return [order[first : first + size] for first in range(0, len(order), size)]


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


def _check_loss(loss: Any) -> None:
    if not callable(loss):
        raise UsageError(f"loss is {loss!r:.40}; expected a function (prediction, target), such as mean_squared_error")


def _check_reduction(reduction: str) -> None:
    if reduction not in ("mean", "sum"):
        raise UsageError(f"reduction must be 'mean' or 'sum', not {reduction!r}")
