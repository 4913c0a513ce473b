"""What fit keeps for a film: on every engine the numbers that training had, and nothing that was taken back."""

from __future__ import annotations

import os
import signal
import sys
import threading
import tracemalloc
from random import Random
from typing import Any

import pytest

from autograd import UsageError, Value, pause_collector
from nn import MLP, SGD, Adam, History, Neuron, fit, half_squared_error, mean_squared_error, two_moons
from nn.data import XOR
from nn.module import Module
from nn.training import run

from ...support.engines import JAX
from ..training.networks import Branching

INPUTS, TARGETS = XOR


def xor(epochs: int, **settings: Any) -> tuple[MLP, History, list[dict[str, float]]]:
    """A network that is trained with a film, and its parameters after every epoch, looked at from outside."""
    net = MLP(2, [3, 1], bias_init="zero", seed=1)
    seen = [{name: parameter.data for name, parameter in net.named_parameters().items()}]

    def look(epoch: int, history: History) -> None:
        seen.append({name: parameter.data for name, parameter in net.named_parameters().items()})

    settings = {"batch_size": None, "optimizer": SGD(net.parameters(), 0.5), **settings}
    history = fit(net, INPUTS, TARGETS, half_squared_error, epochs=epochs, on_epoch=look, film=True, **settings)
    return net, history, seen


def check(history: History, seen: list[dict[str, float]]) -> None:
    film = history.film
    assert film.epochs == len(history.losses) == len(seen) - 1
    assert film.error < 0.01
    for epoch, numbers in enumerate(seen):
        assert film.parameters(epoch) == pytest.approx(numbers, abs=1.0001 * film.error, rel=0)


@pytest.mark.parametrize("engine", ["compiled", "numpy", "eager", JAX])
@pytest.mark.parametrize("batch_size", [None, 3, 1])
def test_a_film_shows_what_training_had(engine: str, batch_size: int | None) -> None:
    _, history, seen = xor(60, engine=engine, batch_size=batch_size, shuffle=batch_size == 3, seed=1)
    assert history.engine == engine
    check(history, seen)


@pytest.mark.parametrize("engine", ["compiled", "numpy", JAX])
def test_epochs_that_run_together_are_all_kept(engine: Any) -> None:
    """Without on_epoch a chunk is many epochs: each of them is in the film."""
    _, _, seen = xor(300, engine=engine)
    net = MLP(2, [3, 1], bias_init="zero", seed=1)
    history = fit(net, *XOR, half_squared_error, SGD(net.parameters(), 0.5), 300, None, engine=engine, film=True)
    check(history, seen)


def test_adam_and_a_schedule() -> None:
    net = MLP(2, [3, 1], bias_init="zero", seed=1)
    _, history, seen = xor(100, optimizer=None)
    check(history, seen)
    history = fit(net, *XOR, optimizer=Adam(net.parameters(), lambda epoch: 0.1 / (1 + epoch)), epochs=50, film=True)
    assert history.film.epochs == 50
    numbers = {name: parameter.data for name, parameter in net.named_parameters().items()}
    assert history.film.parameters(50) == pytest.approx(numbers, abs=1.0001 * history.film.error)


@pytest.mark.parametrize("epochs", [500, pytest.param(10_000, marks=pytest.mark.slow)])
def test_every_epoch_of_xor_is_within_some_ten_thousandths(epochs: int) -> None:
    _, history, seen = xor(epochs)
    check(history, seen)
    ranges = [max(column) - min(column) for column in zip(*(numbers.values() for numbers in seen), strict=True)]
    assert history.film.error <= 4e-4 * max(ranges)


def test_without_film_there_is_none() -> None:
    net = Neuron(2, seed=1)
    history = fit(net, *XOR, epochs=1)
    with pytest.raises(UsageError, match=r"no film of this run was kept: ask for it with fit\(…, film=True\)"):
        history.film  # noqa: B018


def test_before_the_first_epoch_and_beyond_the_last() -> None:
    net = Neuron(2, seed=1)
    before = {name: parameter.data for name, parameter in net.named_parameters().items()}
    film = fit(net, *XOR, epochs=0, film=True).film
    assert film.epochs == 0
    assert film.parameters(0) == before
    with pytest.raises(UsageError, match="epoch=1, but the film ends after 0 epochs"):
        film.parameters(1)


def test_a_film_can_be_looked_at_while_training_goes_on() -> None:
    epochs = []
    net = Neuron(2, seed=1)
    fit(net, *XOR, epochs=5, film=True, on_epoch=lambda epoch, history: epochs.append(history.film.epochs))
    assert epochs == [1, 2, 3, 4, 5]


def test_parameters_that_join_are_kept() -> None:
    """The optimiser first moves some of the network's parameters, in another order, and later others."""
    net = MLP(2, [2, 1], seed=1)
    optimizer = SGD([net.w6, net.b1], 0.5)
    seen = [{name: parameter.data for name, parameter in net.named_parameters().items()}]

    def join(epoch: int, history: History) -> None:
        seen.append({name: parameter.data for name, parameter in net.named_parameters().items()})
        if epoch == 10:
            optimizer.parameters = [net.b3, net.w1]

    history = fit(net, *XOR, optimizer=optimizer, epochs=30, on_epoch=join, film=True)
    check(history, seen)


def test_at_most_two_hundred_samples_are_kept_from_everywhere() -> None:
    inputs, targets = two_moons(500, seed=1)
    net = MLP(2, [2, 1], seed=1)
    recording = fit(net, inputs, targets, epochs=1, film=True).recording
    assert recording is not None
    assert len(recording.places) == len(recording.rows) == len(recording.targets) == 200
    assert recording.places[0] < 20
    assert recording.places[-1] > 480
    assert {place % 10 for place in recording.places} == set(range(10))  # classes may alternate
    assert recording.rows == [inputs[place] for place in recording.places]
    assert sorted(set(recording.places)) == recording.places
    wide = [[float((row + column) % 5) for column in range(1000)] for row in range(300)]
    few = fit(Neuron(1000, seed=1), wide, [0.0] * 300, epochs=1, film=True).recording
    assert few is not None
    assert len(few.rows) == 50
    assert few.places[-1] > 280
    few = fit(net, *XOR, epochs=1, film=True).recording
    assert few is not None
    assert few.places == [0, 1, 2, 3]


# Ctrl-C and errors ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", ["compiled", "eager"])
def test_after_ctrl_c_film_and_history_end_alike(engine: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    random, begun, train = Random(engine), threading.Event(), run.Run._train

    def begins(self: Any, stretch: Any) -> bool:
        begun.set()
        return train(self, stretch)

    def send(seconds: float) -> None:
        begun.wait()
        threading.Event().wait(seconds)
        os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(run.Run, "_train", begins)
    monkeypatch.setattr(run, "CHUNK_SECONDS", 0.002)
    lengths = set()
    for _ in range(10):
        begun.clear()
        thread = threading.Thread(target=send, args=[random.uniform(0.0, 0.03)])
        thread.start()
        net = MLP(2, [2, 1], seed=1)
        optimizer = SGD(net.parameters(), 0.1)
        with pause_collector():  # one of its callbacks, as hypothesis has one, would lose a Ctrl-C that comes in it
            history = fit(net, *XOR, optimizer=optimizer, epochs=10**8, engine=engine, film=True)
        thread.join()
        assert history.interrupted
        film = history.film
        assert film.epochs == len(history.losses)
        if optimizer.steps == 4 * film.epochs:  # it was interrupted between two epochs
            numbers = {name: parameter.data for name, parameter in net.named_parameters().items()}
            assert film.parameters(film.epochs) == pytest.approx(numbers, abs=1.0001 * film.error)
        lengths.add(film.epochs)
    assert len(lengths) > 3


def test_an_epoch_that_on_epoch_undoes_is_in_the_film_as_it_was() -> None:
    net = Neuron(2, seed=1)
    start = {name: parameter.data for name, parameter in net.named_parameters().items()}

    def undo(epoch: int, history: History) -> None:
        net.set_parameters(start)

    history = fit(net, *XOR, epochs=3, on_epoch=undo, film=True)
    film = history.film
    assert film.parameters(1) == pytest.approx(film.parameters(3), abs=2 * film.error)
    assert film.parameters(1) != pytest.approx(film.parameters(0), abs=2 * film.error)


class _Wavering(Module):
    """It computes another thing at every call."""

    def __init__(self) -> None:
        self.w = Value(1.0, "w")
        self.calls = 0

    def parameters(self) -> list[Value]:
        return [self.w]

    def __call__(self, inputs: Any) -> Value:
        self.calls += 1
        computed: Value = self.w * inputs[0] + self.calls
        return computed


def test_a_network_that_cannot_be_shown_is_refused_before_training() -> None:
    branching = Branching()
    with pytest.raises(UsageError, match=r"film=True: line \d+ of .*networks.py looks at the number of total, as a br"):
        fit(branching, [[1.0], [2.0]], [0, 1], epochs=3, film=True)
    assert branching.w.data == 1.0
    with pytest.raises(UsageError, match=r"film=True: the network does not compute all samples alike: .* constant"):
        fit(_Wavering(), [[1.0], [2.0]], [0, 1], engine="eager", film=True)
    with pytest.raises(UsageError, match=r"film=True: the network returned .*; expected a Value"):
        fit(_Constant(), [[1.0], [2.0]], [0, 1], engine="eager", film=True)


class _Constant(Module):
    def __init__(self) -> None:
        self.w = Value(1.0, "w")

    def parameters(self) -> list[Value]:
        return [self.w]

    def __call__(self, inputs: Any) -> Any:
        return 3.0


@pytest.mark.slow
def test_memory_is_bounded_for_a_million_epochs() -> None:
    net = Neuron(1, bias=False, seed=1)
    history = fit(net, [[1.0]], [0.3], mean_squared_error, SGD(net.parameters(), 0.01), 1_000_000, film=True)
    assert history.recording is not None
    keyframes = history.recording.keyframes
    assert len(keyframes) <= 512
    assert history.film.epochs == 1_000_000
    tracemalloc.start()
    try:
        assert len(history.film.curve) <= 400
        losses = sys.getsizeof(history.losses)  # which the film copies
        assert tracemalloc.get_traced_memory()[1] <= losses + 20e6
    finally:
        tracemalloc.stop()
