"""Optimisers and schedules beside PyTorch's of the same names, on the same data, where PyTorch is installed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from autograd import Value
from nn import SGD, Adam, AdamW, Neuron, Optimizer, RMSProp, cosine_decay, fit, step_decay

torch = pytest.importorskip("torch", reason="PyTorch is not installed")

INPUTS, TARGETS = [[1.0], [2.0], [-1.0], [0.5]], [1.0, 4.0, 0.0, -2.0]
EPOCHS, RATE = 20, 0.05

Ours = Callable[[list[Value]], Optimizer]
Theirs = Callable[[Any], Any]
OPTIMIZERS: dict[str, tuple[Ours, Theirs]] = {
    "SGD, nesterov": (
        lambda p: SGD(p, RATE, momentum=0.9, nesterov=True),
        lambda p: torch.optim.SGD(p, RATE, momentum=0.9, nesterov=True),
    ),
    "SGD, weight_decay": (
        lambda p: SGD(p, RATE, momentum=0.9, weight_decay=0.1),
        lambda p: torch.optim.SGD(p, RATE, momentum=0.9, weight_decay=0.1),
    ),
    "RMSProp": (lambda p: RMSProp(p, RATE, decay=0.95), lambda p: torch.optim.RMSprop(p, RATE, alpha=0.95)),
    "Adam": (lambda p: Adam(p, RATE), lambda p: torch.optim.Adam(p, RATE)),
    "AdamW": (lambda p: AdamW(p, RATE, weight_decay=0.1), lambda p: torch.optim.AdamW(p, RATE, weight_decay=0.1)),
}
SCHEDULES: dict[str, tuple[Callable[[int], float], Theirs]] = {
    "StepLR": (step_decay(RATE, 5, 0.5), lambda one: torch.optim.lr_scheduler.StepLR(one, 5, 0.5)),
    "CosineAnnealingLR": (
        cosine_decay(RATE, EPOCHS, least=0.01),
        lambda one: torch.optim.lr_scheduler.CosineAnnealingLR(one, EPOCHS, eta_min=0.01),
    ),
}


def trained_by_torch(
    start: list[float], make: Theirs, schedule: Theirs | None = None, value: float = 0.0
) -> list[float]:
    """Weight and bias of a torch.nn.Linear. value: where its gradients are clipped, if they are."""
    model = torch.nn.Linear(1, 1, dtype=torch.float64)
    with torch.no_grad():
        model.weight[0, 0], model.bias[0] = start
    optimizer = make(model.parameters())
    scheduler = schedule and schedule(optimizer)
    inputs, targets = (torch.tensor(one, dtype=torch.float64) for one in (INPUTS, TARGETS))
    for _ in range(EPOCHS):
        for batch in (slice(0, 2), slice(2, 4)):
            optimizer.zero_grad()
            torch.nn.functional.mse_loss(model(inputs[batch])[:, 0], targets[batch]).backward()
            if value:
                torch.nn.utils.clip_grad_value_(model.parameters(), value)
            optimizer.step()
        if scheduler:
            scheduler.step()
    return [model.weight.item(), model.bias.item()]


def trained(make: Ours) -> tuple[list[float], list[float]]:
    """Weight and bias of a neuron, before and after."""
    net = Neuron(1, activation="linear", seed=1)
    start = [parameter.data for parameter in net.parameters()]
    fit(net, INPUTS, TARGETS, optimizer=make(net.parameters()), epochs=EPOCHS, batch_size=2)
    return start, [parameter.data for parameter in net.parameters()]


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_optimiser_moves_as_that_of_pytorch(name: str) -> None:
    ours, theirs = OPTIMIZERS[name]
    start, found = trained(ours)
    assert found == pytest.approx(trained_by_torch(start, theirs), rel=1e-12)


@pytest.mark.parametrize("name", SCHEDULES)
def test_a_schedule_is_that_of_pytorch(name: str) -> None:
    ours, theirs = SCHEDULES[name]
    start, found = trained(lambda p: SGD(p, ours))
    assert found == pytest.approx(trained_by_torch(start, lambda p: torch.optim.SGD(p, RATE), theirs), rel=1e-12)


def test_gradients_are_clipped_by_value_as_by_pytorch() -> None:
    start, found = trained(lambda p: SGD(p, RATE, clip_value=0.3))
    assert found == pytest.approx(trained_by_torch(start, lambda p: torch.optim.SGD(p, RATE), value=0.3), rel=1e-12)
