"""Ctrl-C at any moment: network, optimiser and history are as a whole update left them, at most one chunk old."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from random import Random
from types import FrameType
from typing import Any, NamedTuple

import pytest

import autograd
import nn
from autograd import Value, pause_collector
from autograd.codegen.program import Program
from nn import MLP, SGD, Adam, History, Optimizer, fit, half_squared_error
from nn.data import XOR
from nn.interrupts import surely
from nn.training import loop, run
from nn.training.progress import progress_bar

from ...support.engines import JAX

INPUTS, TARGETS = XOR
KINDS: dict[str, Callable[[list[Value]], Optimizer]] = {
    "SGD": lambda parameters: SGD(parameters, 0.1),
    "momentum": lambda parameters: SGD(parameters, lambda epoch: 0.1 / (1 + epoch), momentum=0.9),
    "Adam": lambda parameters: Adam(parameters, 0.01),
}


class _Moment(NamedTuple):
    """What there is after so many updates."""

    parameters: list[float]
    states: list[tuple[float, ...]]
    losses: list[float]


def by_hand(kind: str, batch_size: int, updates: int) -> list[_Moment]:
    """The moments after 0, 1, 2, … updates, by a loop over backward() and step()."""
    net = MLP(2, [2, 1], seed=1)
    optimizer = KINDS[kind](net.parameters())
    losses: list[float] = []
    total = 0.0
    moments = [_Moment([p.data for p in net.parameters()], optimizer.states, [])]
    while len(moments) <= updates:
        start = (len(moments) - 1) * batch_size % len(INPUTS)
        optimizer.zero_grad()
        for x, y in list(zip(INPUTS, TARGETS, strict=True))[start : start + batch_size]:
            loss = half_squared_error(net(x), y)
            loss.backward(1 / batch_size)
            total += loss.data
        optimizer.step()
        if start + batch_size >= len(INPUTS):
            losses.append(total / len(INPUTS))
            total = 0.0
            optimizer.epoch += 1
        moments.append(_Moment([p.data for p in net.parameters()], optimizer.states, list(losses)))
    return moments


class _Trained(NamedTuple):
    net: MLP
    optimizer: Optimizer
    history: History


def check(trained: _Trained, moments: list[_Moment], batch_size: int) -> None:
    """All that there is, is of one moment."""
    net, optimizer, history = trained
    wanted = moments[optimizer.steps]
    assert [p.data for p in net.parameters()] == pytest.approx(wanted.parameters, rel=1e-12)
    for state, known in zip(optimizer.states, wanted.states, strict=True):
        assert state == pytest.approx(known, rel=1e-11, abs=1e-18)
    assert history.losses == pytest.approx(wanted.losses, rel=1e-12)
    assert optimizer.epoch == len(history.losses) == optimizer.steps * batch_size // len(INPUTS)
    assert {p.grad for p in net.parameters()} == {7.5}  # as it was before


def interrupted_fit(kind: str, batch_size: int, epochs: int, engine: Any) -> _Trained:
    net = MLP(2, [2, 1], seed=1)
    for parameter in net.parameters():
        parameter.grad = 7.5
    optimizer = KINDS[kind](net.parameters())
    history = fit(
        net, INPUTS, TARGETS, half_squared_error, optimizer, epochs, batch_size, engine=engine, progress=False
    )
    return _Trained(net, optimizer, history)


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize(
    "engine",
    ["compiled", pytest.param("numpy", marks=pytest.mark.slow), pytest.param("eager", marks=pytest.mark.slow), JAX],
)
def test_real_signals(kind: str, engine: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sent by a thread at random moments to a training that would last for days."""
    random, batch_size = Random(f"{kind} {engine}"), 2
    begun = threading.Event()
    # JAX compiles at the first update.
    part = "_whole" if engine == "jax" else "_train"
    train = getattr(run.Run, part)

    def begins(self: Any, some: Any) -> Any:
        if self.epoch or engine != "jax":
            begun.set()
        return train(self, some)

    def send(seconds: float) -> None:
        begun.wait()
        threading.Event().wait(seconds)
        os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(run.Run, part, begins)
    monkeypatch.setattr(run, "CHUNK_SECONDS", 0.001)
    found = []
    for _ in range(10):
        begun.clear()
        thread = threading.Thread(target=send, args=[random.uniform(0.0, 0.005)])
        thread.start()
        with pause_collector():  # one of its callbacks, as hypothesis has one, would lose a Ctrl-C that comes in it
            found.append(interrupted_fit(kind, batch_size, 10**8, engine))
        thread.join()
        assert found[-1].history.interrupted
    moments = by_hand(kind, batch_size, max(trained.optimizer.steps for trained in found))
    for trained in found:
        check(trained, moments, batch_size)
    assert len({trained.optimizer.steps for trained in found}) > 3


class _Interrupter:
    """Raises KeyboardInterrupt at a certain instruction of training: of our code, or of the code that we generate."""

    def __init__(self, at: int) -> None:
        self.at = at
        self.seen = 0
        self.is_training = False

    def __enter__(self) -> _Interrupter:
        self.before = sys.gettrace()
        sys.settrace(self.of_call)
        return self

    def __exit__(self, *error: object) -> None:
        sys.settrace(self.before)

    def of_call(self, frame: FrameType, event: str, argument: object) -> Any:
        self.is_training = self.is_training or frame.f_code is run.Run._train.__code__
        if frame.f_code is progress_bar.__code__ or not frame.f_code.co_filename.startswith(_OURS):
            return None
        frame.f_trace_opcodes = self.is_training
        return self.of_instruction

    def of_instruction(self, frame: FrameType, event: str, argument: Any) -> Any:
        if event == "exception" and argument[0] is GeneratorExit:
            frame.f_trace_opcodes = False  # a generator is closed, in instructions between which no signal is handled
        if self.is_training and event == "opcode":
            self.seen += 1
            if self.seen == self.at:
                raise KeyboardInterrupt
        return self.of_instruction


_OURS = (
    *(f"{package.__path__[0]}{os.sep}" for package in (autograd, nn)),
    "<stepgrad program ",
    "<stepgrad array program ",
)


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("engine", ["compiled", "eager", pytest.param("numpy", marks=pytest.mark.slow)])
@pytest.mark.parametrize("moments_tried", [25, pytest.param(100, marks=pytest.mark.slow)])
def test_an_interrupt_at_any_instruction(
    kind: str, engine: Any, moments_tried: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two epochs, in chunks of one update, of an epoch, and of several."""
    batch_size, histories = 2, []

    class Kept(History):
        """That is there also where fit itself is interrupted as it returns."""

        def __init__(self) -> None:
            super().__init__()
            histories.append(self)

    monkeypatch.setattr(loop, "History", Kept)
    monkeypatch.setattr(run, "CHUNK_SECONDS", 0.003)  # watched, an update takes about a third of that
    moments = by_hand(kind, batch_size, 12)
    with _Interrupter(0) as watched:
        check(interrupted_fit(kind, batch_size, 6, engine), moments, batch_size)
    assert watched.seen > 1000
    random = Random(f"{kind} {engine}")
    steps = set()
    for _ in range(moments_tried):
        net = MLP(2, [2, 1], seed=1)
        for parameter in net.parameters():
            parameter.grad = 7.5
        optimizer = KINDS[kind](net.parameters())
        with _Interrupter(random.randrange(1, watched.seen)):
            try:
                history = fit(
                    net, INPUTS, TARGETS, half_squared_error, optimizer, 6, batch_size, engine=engine, progress=False
                )
                assert history is histories[-1]
            except KeyboardInterrupt:  # on the last lines of fit
                assert len(histories[-1].losses) == 6
        check(_Trained(net, optimizer, histories[-1]), moments, batch_size)
        steps.add(optimizer.steps)
    assert len(steps) > 2


def test_at_most_a_chunk_is_lost_also_within_an_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    """The chunks of one long epoch; the last of them is stopped in its middle."""
    random = Random(1)
    inputs = [[random.gauss(0.0, 1.0) for _ in range(4)] for _ in range(3000)]
    targets = [random.random() for _ in inputs]
    train = Program.train_epochs
    sizes: list[int] = []

    def interrupted(self: Program, run: Any, epochs: Any, name: str) -> None:
        train(self, run, epochs, name)
        if sum(sizes) + sum(map(len, epochs)) > 1000:
            raise KeyboardInterrupt
        sizes.append(sum(map(len, epochs)))

    monkeypatch.setattr(Program, "train_epochs", interrupted)
    monkeypatch.setattr(run, "CHUNK_SECONDS", 1e-3)
    net = MLP(4, [3, 1], seed=1)
    optimizer = SGD(net.parameters(), 0.1)
    history = fit(net, inputs, targets, optimizer=optimizer, epochs=2, progress=False)
    assert (history.interrupted, history.losses, optimizer.epoch) == (True, [], 0)
    assert len(sizes) > 1
    assert optimizer.steps == sum(sizes)
    monkeypatch.undo()
    again = MLP(4, [3, 1], seed=1)
    part = slice(0, optimizer.steps)
    fit(again, inputs[part], targets[part], optimizer=SGD(again.parameters(), 0.1), epochs=1, engine="eager")
    assert [p.data for p in net.parameters()] == pytest.approx([p.data for p in again.parameters()], rel=1e-12)


def test_on_epoch_keeps_what_it_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    """An interrupt in the epoch after it goes back to what it left, not to before it."""
    net = MLP(2, [2, 1], seed=1)
    optimizer = SGD(net.parameters(), 0.1)

    def change(epoch: int, history: History) -> None:
        if epoch == 2:
            net.w1.data, optimizer.momentum, optimizer.steps = 7.0, 0.5, 40
            history.losses.clear()
            monkeypatch.setattr(Optimizer, "assign", stopped)

    def stopped(self: Optimizer, numbers: Any, states: Any, steps: int) -> None:
        for parameter, number in zip(self.parameters, numbers, strict=True):
            parameter.data = number
        raise KeyboardInterrupt

    history = fit(net, *XOR, optimizer=optimizer, epochs=50, on_epoch=change)
    assert (history.interrupted, history.losses) == (True, [])
    assert (net.w1.data, optimizer.steps, optimizer.epoch) == (7.0, 40, 3)
    assert optimizer.states == [(0.0,)] * 9


def test_ctrl_c_again_while_something_is_put_back() -> None:
    calls: list[int] = []

    def put_back() -> None:
        calls.append(len(calls))
        if len(calls) < 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        surely(put_back)
    assert calls == [0, 1, 2, 3]
    surely(put_back)
    assert len(calls) == 5
