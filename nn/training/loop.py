"""`fit`: show the network the samples, epoch after epoch, and let the optimiser move its parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Literal

from autograd import UsageError, Value
from autograd.extend import whole_number

from ..losses import Loss, mean_squared_error
from ..module import Module
from ..optimizers import SGD, Optimizer, asked_once_an_epoch
from ..rows import check_samples
from ..seeds import random_from
from .history import History
from .progress import progress_bar
from .run import Run
from .samples import Samples, check_model, check_reduction
from .schedule import Schedule
from .validation import validation_of


def fit(
    net: Module,
    inputs: Iterable[Iterable[float]],
    targets: Iterable[Any],
    loss: Loss = mean_squared_error,
    optimizer: Optimizer | None = None,
    epochs: int = 100,
    batch_size: int | None = 1,
    reduction: Literal["mean", "sum"] = "mean",
    *,
    shuffle: bool = False,
    seed: int | None = None,
    validation: tuple[Iterable[Iterable[float]], Iterable[Any]] | None = None,
    patience: int | None = None,
    evaluate_every: int | None = None,
    gradient_norms: bool = False,
    on_epoch: Callable[[int, History], object] | None = None,
    progress: bool | None = None,
    film: bool = False,
    engine: Literal["auto", "compiled", "numpy", "jax", "eager"] = "auto",
) -> History:
    """Train a network; returns the History of the run.

    What is trained
    inputs: a row of numbers for each sample. targets: for each sample what the loss takes: a number, or a list.
    optimizer: SGD(net.parameters(), 0.1) where none is given. Its `epoch` counts on from call to call, and so does what
        a schedule is given; everything below, the history and errors count the epochs of this call, from 0.
    batch_size: how many samples are seen between two updates; None for all of them.
    reduction: whether the loss of a batch, and of an epoch, is the mean or the sum over its samples.
    shuffle: a new order in every epoch; seed fixes the orders, which go on with optimizer.epoch from call to call: two
        runs are as one of all their epochs, also where the second starts from a file (net.save, optimizer.load).

    What is measured, and when it ends
    validation: (inputs, targets) that are not trained on; the loss over them after every epoch is
        history.validation_losses, history.best_epoch that with the least.
    patience: ends the run after so many epochs in which the validation loss was no less than before. However the run
        ends, except by Ctrl-C or an error, the parameters are then those of the best epoch; the optimiser stays.
    evaluate_every: 10 adds the loss over all samples after the updates of epochs 0, 10, 20, …
    gradient_norms: whether history.gradient_norms gets the norm of each layer's gradient after every epoch, which shows
        where gradients vanish (nn.plot_gradients). It takes about as long again.
    on_epoch: called with the epoch, from 0, and the History so far, after each epoch. `raise StopIteration` there ends
        the run.

    How it is shown and run
    progress: a progress bar: True, False, or None for one on long work in a terminal or a notebook. Where there is
        neither, True writes at most ten lines to stderr.
    film: whether the run is kept so that it can be watched, as history.film. It takes at most as long again, and memory
        for a million numbers at most.
    engine: "compiled" runs the generated code of one recorded sample (autograd.compile), "numpy" the same as matrices,
        a batch at once; "eager" records every sample; "auto" is the faster of the two programs where that gives the
        same numbers, else eager. history.engine says which, history.why why. "jax" is only taken by name: the matrices
        on JAX, over all its devices, for long runs, as it compiles for a second or so first.

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
    _check_settings(net, optimizer, on_epoch, {"shuffle": shuffle, "gradient_norms": gradient_norms, "film": film})
    check_reduction(reduction)
    epochs = whole_number(epochs, "epochs", 0)
    evaluate_every = None if evaluate_every is None else whole_number(evaluate_every, "evaluate_every", 1)
    rows, wanted = check_samples(net, inputs, targets)
    batch_size = len(rows) if batch_size is None else whole_number(batch_size, "batch_size", 1)
    samples = Samples(net, loss, rows, wanted, reduction == "mean")
    judge = validation_of(samples, validation, patience, looks=engine != "eager")
    before = 0 if seed is None else optimizer.epoch
    schedule = Schedule(len(rows), batch_size, epochs, shuffle, random_from(seed), evaluate_every, before)
    history = History()
    if film:
        from ..film.recording import Recording  # loaded by who wants one

        moving = list(dict.fromkeys([*optimizer.parameters, *net.parameters()]))
        history.recording = Recording(net, loss, rows, wanted, moving, optimizer.current_learning_rate())
    layers = _layers_of(net) if gradient_norms else None
    bar = progress_bar(epochs, progress)
    history.begin(epochs)
    try:
        with asked_once_an_epoch(optimizer):
            Run(samples, optimizer, schedule, history, engine, on_epoch, bar, judge, layers).run()
    except KeyboardInterrupt:
        history.interrupted = True
    finally:
        history.end()
        if bar is not None:
            bar.close()
    return history


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


def _layers_of(net: Any) -> dict[str, list[Value]]:
    """The parameters by layer; all in one, where a network does not say its layers."""
    layers = vars(net).get("layers") or [net]
    names = [f"hidden {number}" for number in range(1, len(layers))] + ["output"]
    return {name: layer.parameters() for name, layer in zip(names, layers, strict=True)}


def _check_settings(net: Module, optimizer: Any, on_epoch: Any, switches: dict[str, Any]) -> None:
    """Raises UsageError where one of them is not what `fit` takes, or nothing could be learned."""
    if not isinstance(optimizer, Optimizer):
        raise UsageError(f"optimizer is {optimizer!r:.60}; expected one, such as SGD(net.parameters(), 0.1)")
    if set(optimizer.parameters).isdisjoint(net.parameters()):
        raise UsageError("the optimiser moves no parameter of this network: make it with SGD(net.parameters(), …)")
    if not (Value(0.0) + 0.0).inputs:
        raise UsageError("fit is called inside no_grad(), where no operation is recorded; call it outside")
    if not (on_epoch is None or callable(on_epoch)):
        raise UsageError(f"on_epoch is {on_epoch!r:.40}; expected a function (epoch, history)")
    for name, switch in switches.items():
        if switch not in (True, False):
            raise UsageError(f"{name} is {switch!r:.40}; expected True or False")
