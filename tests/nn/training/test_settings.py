"""Settings that change while it trains: compiled, eager and a loop by hand agree; a schedule is asked once an epoch."""

from __future__ import annotations

import copy
import math
import pickle
from collections.abc import Callable
from typing import Any

import pytest

from autograd import UpdateRule, UsageError, Value
from nn import MLP, SGD, Adam, History, Module, Optimizer, evaluate, fit, mean_squared_error
from nn.data import XOR

INPUTS, TARGETS = XOR
ENGINES: list[Any] = ["compiled", "eager"]


def start() -> MLP:
    return MLP(2, [2, 1], seed=1)


def by_hand(make: Callable[[MLP], Optimizer], epochs: int, batch_size: int = 1, change: Any = None) -> list[float]:
    """The parameters after a loop over backward() and step()."""
    net = start()
    optimizer = make(net)
    for epoch in range(epochs):
        optimizer.epoch = epoch
        for first in range(0, len(INPUTS), batch_size):
            optimizer.zero_grad()
            batch = range(first, min(first + batch_size, len(INPUTS)))
            for place in batch:
                mean_squared_error(net(INPUTS[place]), TARGETS[place]).backward(1 / len(batch))
            optimizer.step()
        if change:
            change(optimizer, epoch)
    return [parameter.data for parameter in net.parameters()]


def by_fit(
    make: Callable[[MLP], Optimizer], epochs: int, engine: Any, batch_size: int = 1, change: Any = None
) -> list[float]:
    net = start()
    optimizer = make(net)

    def on_epoch(epoch: int, _: History) -> None:
        change(optimizer, epoch)

    history = fit(
        net, INPUTS, TARGETS, optimizer=optimizer, epochs=epochs, batch_size=batch_size, engine=engine,
        on_epoch=on_epoch if change else None,
    )  # fmt: skip
    assert (history.engine, optimizer.epoch, len(history.losses)) == (engine, epochs, epochs)
    assert optimizer.steps == epochs * math.ceil(len(INPUTS) / batch_size)
    return [parameter.data for parameter in net.parameters()]


class OfEpochs(Optimizer):
    rule = UpdateRule({"w": "w - learning_rate / (1 + epoch) * grad"}, ["learning_rate", "epoch"])


class OfSteps(Optimizer):
    rule = UpdateRule({"w": "w - learning_rate / (1 + steps) * grad"}, ["learning_rate", "steps"])


class OfBoth(Optimizer):
    rule = UpdateRule(
        {"v": "v / (1 + epoch) + grad", "w": "w - learning_rate * pace * v"},
        ["learning_rate", "epoch", "steps"],
        {"pace": "1 / sqrt(1 + steps)"},
    )


def looks_at_steps(net: MLP) -> Optimizer:
    optimizer = SGD(net.parameters(), lambda epoch: 0.5 / (1 + optimizer.steps))
    return optimizer


def looks_at_steps_later(net: MLP) -> Optimizer:
    optimizer = SGD(net.parameters(), lambda epoch: 0.5 / (1 + optimizer.steps) if epoch > 3 else 0.5, momentum=0.5)
    return optimizer


def looks_at_states(net: MLP) -> Optimizer:
    optimizer = SGD(net.parameters(), lambda epoch: 0.1 / (1 + abs(optimizer.states[0][0])), momentum=0.5)
    return optimizer


def looks_at_a_parameter(net: MLP) -> Optimizer:
    return SGD(net.parameters(), lambda epoch: 0.1 / (1 + abs(net.w1.data)))


def looks_at_the_loss(net: MLP) -> Optimizer:
    return Adam(net.parameters(), lambda epoch: 0.1 * evaluate(net, INPUTS, TARGETS))


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("batch_size", [1, 3])
@pytest.mark.parametrize(
    "make",
    [
        lambda net: OfEpochs(net.parameters(), 0.5),
        lambda net: OfSteps(net.parameters(), 0.5),
        lambda net: OfBoth(net.parameters(), lambda epoch: 0.5 / (1 + epoch)),
        lambda net: SGD(net.parameters(), lambda epoch: 0.5 / (1 + epoch)),
        looks_at_steps,
        looks_at_steps_later,
        looks_at_states,
        looks_at_a_parameter,
        looks_at_the_loss,
    ],
)
def test_what_changes_while_it_trains(make: Callable[[MLP], Optimizer], batch_size: int, engine: Any) -> None:
    wanted = by_hand(make, 9, batch_size)
    assert by_fit(make, 9, engine, batch_size) == pytest.approx(wanted, rel=1e-12)


def set_momentum(optimizer: Any, epoch: int) -> None:
    optimizer.momentum = {0: 0.9, 3: 0.0, 5: 0.5}.get(epoch, optimizer.momentum)


def set_learning_rate(optimizer: Any, epoch: int) -> None:
    optimizer.learning_rate = (lambda epoch: 0.3 / (1 + epoch)) if epoch == 2 else 0.1 * epoch


def set_betas(optimizer: Any, epoch: int) -> None:
    optimizer.beta1, optimizer.epsilon = 0.5 + 0.05 * epoch, 10.0**-epoch


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("make", "change"),
    [
        (lambda net: SGD(net.parameters(), 0.1), set_momentum),
        (lambda net: SGD(net.parameters(), 0.1, momentum=0.2), set_momentum),
        (lambda net: SGD(net.parameters(), 0.1), set_learning_rate),
        (lambda net: Adam(net.parameters(), 0.1), set_betas),
    ],
)
def test_what_is_assigned_between_epochs(make: Any, change: Any, engine: Any) -> None:
    wanted = by_hand(make, 8, change=change)
    assert by_fit(make, 8, engine, change=change) == pytest.approx(wanted, rel=1e-12)


def test_momentum_that_is_set_afterwards_counts() -> None:
    """By its formula: v = momentum v + grad."""
    for engine in (*ENGINES, None):
        w = Value(1.0, "w")
        optimizer = SGD([w], 0.1)
        assert optimizer.momentum == 0.0
        optimizer.momentum = 0.9
        want, v = 1.0, 0.0
        for _ in range(4):
            v = 0.9 * v + 2 * want
            want -= 0.1 * v
            if engine is None:
                optimizer.zero_grad()
                (w * w).backward()
                optimizer.step()
        if engine:
            fit(_Alone(w), [[1.0]], [0.0], lambda p, y: p * p + 0 * y, optimizer, 4, engine=engine)
        assert w.data == pytest.approx(want, rel=1e-14)
    with pytest.raises(UsageError, match=r"momentum must be a finite number of at least 0 and below 1, not 1\.5"):
        optimizer.momentum = 1.5
    assert optimizer.momentum == 0.9


class _Alone(Module):
    def __init__(self, w: Value) -> None:
        self.w = w

    def parameters(self) -> list[Value]:
        return [self.w]

    def __call__(self, inputs: Any) -> Any:
        return self.w * inputs[0]


@pytest.mark.parametrize("engine", ENGINES)
def test_two_calls_of_ten_epochs_are_one_of_twenty(engine: Any) -> None:
    """What the schedule is given goes on; what the caller sees counts from 0 in each call."""
    asked: list[int] = []

    def schedule(epoch: int) -> float:
        asked.append(epoch)
        return 0.5 / (1 + epoch)

    once, twice = start(), start()
    wanted = fit(once, *XOR, optimizer=SGD(once.parameters(), lambda epoch: 0.5 / (1 + epoch)), epochs=20)
    optimizer = SGD(twice.parameters(), schedule)
    seen: list[int] = []
    histories = [
        fit(
            twice, *XOR, optimizer=optimizer, epochs=10, engine=engine, evaluate_every=5,
            on_epoch=lambda epoch, _: seen.append(epoch),
        )
        for _ in range(2)
    ]  # fmt: skip
    assert asked == list(range(20))
    assert (optimizer.epoch, seen) == (20, [*range(10), *range(10)])
    assert [list(history.evaluations) for history in histories] == [[0, 5], [0, 5]]
    assert histories[0].losses + histories[1].losses == pytest.approx(wanted.losses, rel=1e-12)
    assert [p.data for p in twice.parameters()] == pytest.approx([p.data for p in once.parameters()], rel=1e-12)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("batch_size", [1, 4])
def test_a_schedule_is_asked_once_an_epoch_or_once_an_update(engine: Any, batch_size: int) -> None:
    def asked(looks: bool) -> list[tuple[int, int]]:
        seen: list[tuple[int, int]] = []

        def schedule(epoch: int) -> float:
            seen.append((epoch, optimizer.steps if looks else 0))
            return 0.1

        net = start()
        optimizer = SGD(net.parameters(), schedule)
        fit(net, *XOR, optimizer=optimizer, epochs=6, batch_size=batch_size, engine=engine)
        optimizer.step()  # by hand it is asked each time
        optimizer.step()
        return seen

    updates = 4 // batch_size
    assert asked(looks=False) == [(epoch, 0) for epoch in (*range(6), 6, 6)]
    assert asked(looks=True) == [
        (step // updates if step < 6 * updates else 6, step) for step in range(6 * updates + 2)
    ]


@pytest.mark.parametrize("engine", ["auto", *ENGINES, "numpy"])
@pytest.mark.parametrize("look", [lambda w: w.grad, lambda w: (w * w).backward() or 0.1], ids=["read", "added to"])
def test_a_schedule_that_looks_at_a_grad_is_refused(look: Callable[[Value], float], engine: Any) -> None:
    net = start()
    net.w2.grad = 3.0
    before = [p.data for p in net.parameters()]
    optimizer = SGD(net.parameters(), lambda epoch: 0.1 / (1 + abs(look(net.w2))))
    with pytest.raises(UsageError, match="the learning rate's schedule reads the grad of a parameter, which fit has"):
        fit(net, *XOR, optimizer=optimizer, epochs=6, engine=engine)
    assert ([p.data for p in net.parameters()], net.w2.grad, optimizer.steps) == (before, 3.0, 0)


def test_another_error_in_a_schedule_stays_what_it_is() -> None:
    net = start()
    optimizer = SGD(net.parameters(), lambda epoch: net.w2.gard)
    with pytest.raises(AttributeError, match="gard"):
        fit(net, *XOR, optimizer=optimizer, epochs=6)


@pytest.mark.parametrize("engine", ENGINES)
def test_an_epoch_that_is_set_while_it_trains_stays_set(engine: Any) -> None:
    """A schedule that starts again every three epochs."""
    asked: list[int] = []

    def schedule(epoch: int) -> float:
        asked.append(epoch)
        return 0.5 / (1 + epoch)

    net = start()
    optimizer = SGD(net.parameters(), schedule)

    def restart(epoch: int, _: History) -> None:
        if epoch % 3 == 2:
            optimizer.epoch = 0

    fit(net, *XOR, optimizer=optimizer, epochs=7, on_epoch=restart, engine=engine)
    assert asked == [0, 1, 2, 0, 1, 2, 0]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_learning_rate_that_is_none_is_said_with_the_epoch_of_the_call(engine: Any) -> None:
    net = start()
    optimizer = SGD(net.parameters(), lambda epoch: 0.1 if epoch < 7 else math.nan)
    fit(net, *XOR, optimizer=optimizer, epochs=5, engine=engine)
    with pytest.raises(
        UsageError, match=r"the learning rate \(in epoch 2\) must be a finite number of at least 0, not nan"
    ):
        fit(net, *XOR, optimizer=optimizer, epochs=5, engine=engine)
    assert (optimizer.epoch, optimizer.steps) == (7, 28)


def test_states_that_are_not_as_many_as_the_parameters_are_refused() -> None:
    net = start()
    optimizer = Adam(net.parameters())
    with pytest.raises(UsageError, match="there are 9 parameters, so states are as many, not 2"):
        optimizer.states = [(0.0, 0.0)] * 2


@pytest.mark.parametrize("engine", ENGINES)
def test_a_fit_inside_a_fit_leaves_the_outer_ones_schedule_asked_once_an_epoch(engine: Any) -> None:
    asked: list[int] = []

    def schedule(epoch: int) -> float:
        asked.append(epoch)
        return 0.1

    net = start()
    optimizer = SGD(net.parameters(), schedule)

    def warm(epoch: int, _: History) -> None:
        if epoch == 1:
            fit(net, *XOR, optimizer=optimizer, epochs=2, engine=engine)

    fit(net, *XOR, optimizer=optimizer, epochs=4, on_epoch=warm, engine=engine)
    assert asked == [0, 1, 2, 3, 4, 5]
    assert (optimizer.epoch, optimizer.steps) == (6, 24)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_parameter_that_is_put_in_twice_is_refused_while_it_trains(engine: Any) -> None:
    net = start()
    optimizer = SGD(net.parameters(), 0.1)
    with pytest.raises(UsageError, match="a parameter is listed twice: it would move twice at every step"):
        fit(
            net, *XOR, optimizer=optimizer, epochs=4, engine=engine,
            on_epoch=lambda epoch, _: optimizer.parameters.append(net.w1),
        )  # fmt: skip
    assert optimizer.epoch == 1


@pytest.mark.parametrize(("name", "ours"), [("history", "losses"), ("val_loss", "validation_losses")])
def test_names_that_other_frameworks_give_a_history_are_answered_with_ours(name: str, ours: str) -> None:
    net = start()
    history = fit(net, *XOR, optimizer=SGD(net.parameters(), 0.1), epochs=1)
    with pytest.raises(AttributeError, match=f"a History has no '{name}'; here it is {ours}"):
        getattr(history, name)
    assert not hasattr(history, "anything")
    assert copy.deepcopy(pickle.loads(pickle.dumps(history))).losses == history.losses
