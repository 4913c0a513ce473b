"""Validation: the loss over other samples after every epoch, and patience; against a loop by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograd import DomainError, UsageError
from nn import MLP, SGD, History, Neuron, cross_entropy, fit

from ...support.engines import JAX

INPUTS, TARGETS = [[1.0], [2.0], [3.0]], [1.0, 0.0, 2.0]
OTHERS = ([[1.5], [-1.0]], [1.4, 0.5])
ENGINES: list[Any] = ["compiled", "numpy", "eager", JAX]


def line() -> Neuron:
    return Neuron(weights=[2.0], bias=False, activation="linear")


def by_hand(epochs: int, reduction: str = "mean") -> tuple[list[float], list[float]]:
    """The weight, and the validation loss, after each epoch of gradient descent on (y - w x)², sample by sample."""
    w, weights, losses = 2.0, [], []
    for _ in range(epochs):
        for (x,), y in zip(INPUTS, TARGETS, strict=True):
            w += 0.02 * 2 * x * (y - w * x)
        weights.append(w)
        total = sum((y - w * x) ** 2 for (x,), y in zip(*OTHERS, strict=True))
        losses.append(total / 2 if reduction == "mean" else total)
    return weights, losses


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_one_loss_an_epoch(engine: Any, reduction: Any) -> None:
    net, seen = line(), []
    history = fit(
        net, INPUTS, TARGETS, optimizer=SGD(net.parameters(), 0.02), epochs=9, reduction=reduction, engine=engine,
        validation=OTHERS, on_epoch=lambda epoch, history: seen.append(len(history.validation_losses)),
    )  # fmt: skip
    weights, wanted = by_hand(9, reduction)
    assert history.validation_losses == pytest.approx(wanted, rel=1e-12)
    assert history.best_epoch == wanted.index(min(wanted))
    assert net.w1.data == pytest.approx(weights[-1], rel=1e-12)
    assert seen == list(range(1, 10))
    assert history.engine == engine
    assert f"best validation loss {min(wanted):.4g} in epoch {history.best_epoch}>" in repr(history)


@pytest.mark.parametrize("engine", ENGINES)
def test_patience_ends_the_run_and_leaves_the_best_weights(engine: Any) -> None:
    net = line()
    optimizer = SGD(net.parameters(), 0.02)
    others = ([[1.0]], [1.1])  # w passes 1.1 on its way down from 2
    w, best, since, wanted = 2.0, (9.9, 2.0), 0, []
    while since < 3:
        for (x,), y in zip(INPUTS, TARGETS, strict=True):
            w += 0.02 * 2 * x * (y - w * x)
        wanted.append((1.1 - w) ** 2)
        since = 0 if wanted[-1] < best[0] else since + 1
        best = min(best, (wanted[-1], w))
    history = fit(net, INPUTS, TARGETS, optimizer=optimizer, epochs=500, engine=engine, validation=others, patience=3)
    assert 4 < len(wanted) < 100
    assert history.validation_losses == pytest.approx(wanted, rel=1e-9)
    assert len(history.losses) == len(wanted) == optimizer.epoch
    assert net.w1.data == pytest.approx(best[1], rel=1e-12)
    assert history.best_epoch == len(wanted) - 4


@pytest.mark.parametrize("ends", ["last epoch", "StopIteration", "Ctrl-C"])
def test_however_the_run_ends_but_by_ctrl_c_the_best_weights_stay(ends: str) -> None:
    def on_epoch(epoch: int, history: History) -> None:
        weights.append(net.w1.data)
        if epoch == 11 and ends != "last epoch":
            raise StopIteration if ends == "StopIteration" else KeyboardInterrupt

    net, weights = line(), list[float]()
    history = fit(
        net, INPUTS, TARGETS, optimizer=SGD(net.parameters(), 0.02), epochs=12, on_epoch=on_epoch,
        validation=([[1.0]], [1.1]), patience=50,
    )  # fmt: skip
    assert history.best_epoch is not None
    assert history.best_epoch < 11
    assert net.w1.data == weights[-1 if ends == "Ctrl-C" else history.best_epoch]
    assert history.interrupted == (ends == "Ctrl-C")


@pytest.mark.parametrize("engine", ENGINES)
def test_classes_arrays_and_a_class_that_was_not_trained_on(engine: Any) -> None:
    def softmax_loss(z: list[float], k: int) -> float:
        return float(np.log(np.exp(np.array(z)).sum()) - z[k])

    rows, classes = np.array([[0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), np.array([0, 1, 0])
    others = np.array([[0.5, 0.5], [2.0, -1.0]]), np.array([2, 1])
    net = MLP(2, [3], activation="linear", seed=1)
    seen: list[float] = []

    def on_epoch(epoch: int, history: History) -> None:
        outputs = [net.predict(list(row)) for row in others[0]]
        seen.append(sum(softmax_loss(z, k) for z, k in zip(outputs, others[1], strict=True)) / 2)

    history = fit(net, rows, classes, cross_entropy, epochs=5, validation=others, on_epoch=on_epoch, engine=engine)
    assert history.validation_losses == pytest.approx(seen, rel=1e-12)


def test_what_the_program_would_compute_otherwise_the_engine_computes() -> None:
    """A loss that another branch is taken for, of a target that is not trained on."""

    def loss(p: Any, y: Any) -> Any:
        return (p - y) ** 2 if getattr(y, "_data", y) < 5 else abs(p - y)

    net = line()
    history = fit(net, INPUTS, TARGETS, loss, SGD(net.parameters(), 0.0), 2, validation=([[1.0]], [9.0]))
    assert (history.engine, history.validation_losses) == ("compiled", [7.0, 7.0])


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"patience": 3}, "patience=3 needs samples to judge by: add validation=(inputs, targets)"),
        ({"validation": OTHERS, "patience": 0}, "patience must be a whole number of at least 1, not 0"),
        ({"validation": [[1.0]]}, "validation is [[1.0]]; expected two things, (inputs, targets)"),
        ({"validation": ([[1.0, 2.0]], [1])}, "validation: row 0 of inputs has 2 number(s), but the network reads 1"),
        ({"validation": ([[1.0]], [[1, 2]])}, "validation: row 0: the network has 1 output(s), but the target has 2"),
        ({"validation": ([], [])}, "validation: there are no samples"),
    ],
)
def test_what_is_no_validation_is_refused_before_training(settings: Any, words: str) -> None:
    net = line()
    with pytest.raises(UsageError) as caught:
        fit(net, INPUTS, TARGETS, **settings)
    assert words in str(caught.value)
    assert net.w1.data == 2.0


def test_a_sample_of_the_validation_without_a_loss_is_said_to_be_of_the_validation() -> None:
    with pytest.raises(
        DomainError, match=r"^validation: row 0: power, by its rule x \*\* y, has no answer at x = -2e\+200"
    ):
        fit(line(), INPUTS, TARGETS, validation=([[1e200]], [0.0]))


@pytest.mark.parametrize("engine", ENGINES)
def test_patience_may_end_the_run_right_after_on_epoch_has_frozen_something(engine: Any) -> None:
    """The engine that takes over has trained nothing, which says nothing about whether the loss is reached."""
    net = Neuron(1, "linear", seed=1)
    optimizer, others = SGD(net.parameters(), 0.02), ([[0.0]], [net.b1.data])  # of which no epoch is better

    def freeze(epoch: int, history: History) -> None:
        optimizer.parameters = net.parameters()[: 2 - epoch]

    history = fit(
        net, [[1.0]], [5.0], optimizer=optimizer, epochs=9, engine=engine, validation=others, patience=1,
        on_epoch=freeze,
    )  # fmt: skip
    assert (len(history.losses), history.best_epoch) == (2, 0)
