"""Random training runs, changed while they run: compiled, eager and a loop by hand end at the same numbers."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from autograd import DomainError, UpdateRule
from nn import MLP, SGD, Adam, Optimizer, fit, mean_squared_error
from nn.training import run


class Slowing(Optimizer):
    rule = UpdateRule(
        {"v": "v / (1 + epoch) + grad", "w": "w - learning_rate * pace * v"},
        ["learning_rate", "epoch", "steps"],
        {"pace": "1 / sqrt(1 + steps)"},
    )


class Run:
    """A network, samples, an optimiser and what is changed after every epoch, all drawn from a seed."""

    optimizer: Optimizer

    def __init__(self, seed: int) -> None:
        random = Random(seed)
        self.net = net = MLP(2, [random.randint(1, 3), 1], random.choice(["tanh", "sigmoid", "softplus"]), seed=seed)
        self.inputs = [[random.gauss(0, 1), random.gauss(0, 1)] for _ in range(random.randint(1, 7))]
        self.targets = [random.random() for _ in self.inputs]
        rates: list[Any] = [
            0.05,
            lambda epoch: 0.05 / (1 + epoch),
            lambda epoch: 0.05 / (1 + self.optimizer.steps),
            lambda epoch: 0.05 / (1 + abs(net.w1.data)),
        ]
        rate = random.choice(rates)
        kinds: list[Callable[[], Optimizer]] = [
            lambda: SGD(net.parameters(), rate),
            lambda: SGD(net.parameters(), rate, momentum=0.8),
            lambda: Adam(net.parameters(), rate),
            lambda: Slowing(net.parameters(), rate),
        ]
        self.optimizer = random.choice(kinds)()
        self.batch_size = random.choice([1, 2, 3, len(self.inputs)])
        self.epochs = random.randint(1, 12)
        self.random = random
        self.is_changed = random.random() < 0.6

    def change(self, epoch: int = 0, history: Any = None) -> None:
        """Freeze or unfreeze, other settings, other numbers."""
        optimizer, number = self.optimizer, self.random.random()
        action = self.random.choice(["freeze", "unfreeze", "momentum", "rate", "data", "states", "nothing"])
        if action == "freeze" and len(optimizer.parameters) > 1:
            optimizer.parameters.pop(int(number * len(optimizer.parameters)))
        elif action == "unfreeze":
            optimizer.parameters = self.net.parameters()
        elif action == "momentum" and isinstance(optimizer, SGD):
            optimizer.momentum = 0.9 * number
        elif action == "rate":
            optimizer.learning_rate = 0.1 * number
        elif action == "data":
            self.net.w1.data = number
        elif action == "states":
            optimizer.states = [tuple(number for _ in state) for state in optimizer.states]
            optimizer.epoch += 2

    def by_fit(self, engine: Any) -> None:
        change = self.change if self.is_changed else None
        settings = {"optimizer": self.optimizer, "epochs": self.epochs, "batch_size": self.batch_size}
        history = fit(self.net, self.inputs, self.targets, engine=engine, on_epoch=change, **settings)  # type: ignore[arg-type]
        assert history.engine == engine

    def by_hand(self) -> None:
        samples = list(zip(self.inputs, self.targets, strict=True))
        for _ in range(self.epochs):
            for first in range(0, len(samples), self.batch_size):
                batch = samples[first : first + self.batch_size]
                self.net.zero_grad()
                for x, y in batch:
                    mean_squared_error(self.net(x), y).backward(1 / len(batch))
                self.optimizer.step()
            self.optimizer.epoch += 1
            if self.is_changed:
                self.change()

    def end(self) -> list[float]:
        numbers = [parameter.data for parameter in self.net.parameters()]
        states = [number for state in self.optimizer.states for number in state]
        return [*numbers, *states, self.optimizer.steps, self.optimizer.epoch]


@pytest.mark.parametrize("seeds", [range(25), pytest.param(range(25, 500), marks=pytest.mark.slow)])
def test_compiled_eager_and_by_hand(seeds: range, monkeypatch: pytest.MonkeyPatch) -> None:
    for seed in seeds:
        monkeypatch.setattr(run, "CHUNK_SECONDS", [0.0, 1e-4, 1e-3, 0.1][seed % 4])
        compiled, eager, hand = Run(seed), Run(seed), Run(seed)
        compiled.by_fit("compiled")
        eager.by_fit("eager")
        hand.by_hand()
        assert compiled.end() == pytest.approx(hand.end(), rel=1e-11, abs=1e-11), seed
        assert eager.end() == pytest.approx(hand.end(), rel=1e-11, abs=1e-11), seed


@pytest.mark.parametrize("seeds", [range(25), pytest.param(range(25, 500), marks=pytest.mark.slow)])
def test_runaways_stop_alike_with_the_last_finite_numbers(seeds: range) -> None:
    def run(seed: int, engine: Any) -> tuple[str, int, int]:
        random = Random(seed)
        net = MLP(2, [random.randint(1, 4), 1], random.choice(["linear", "relu", "tanh"]), "linear", seed=seed)
        size = 10 ** random.uniform(0, 3)
        inputs = [[random.gauss(0, size), random.gauss(0, size)] for _ in range(random.randint(1, 6))]
        kinds: list[Any] = [SGD, lambda parameters, rate: SGD(parameters, rate, 0.9), Adam]
        kind = random.choice(kinds)
        optimizer = kind(net.parameters(), 10 ** random.uniform(-2, 2))
        end = ""
        try:
            fit(net, inputs, [1.0] * len(inputs), optimizer=optimizer, epochs=60, engine=engine)
        except DomainError as error:
            end = re.sub(r"-?(\d+\.?\d*(e[+-]?\d+)?|inf|nan)", "#", str(error).partition(", has no answer")[0])
        assert all(math.isfinite(parameter.data) for parameter in net.parameters())
        assert all(math.isfinite(number) for state in optimizer.states for number in state)
        return end, optimizer.steps, optimizer.epoch

    found = [(run(seed, "auto"), run(seed, "eager")) for seed in seeds]
    assert [compiled for compiled, _ in found] == [eager for _, eager in found]
    assert 0.1 * len(found) < sum(bool(end) for (end, *_), _ in found) < len(found)
