"""The look before training: as many samples as fit, those first that tell most; what it costs is counted."""

from __future__ import annotations

import gc
from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from autograd import UsageError, Value
from autograd.extend import leaves_and_size
from nn import MLP, SGD, cross_entropy, fit, mean_squared_error
from nn.module import Module
from nn.training import look
from nn.training.engines import Eager
from nn.training.look import extent, order_of
from nn.training.samples import Samples

from .networks import hidden


class _Watched(Module):
    """A network that notes the first input of every sample that it is called with.

    changed: what it does to its first output, given the first input.
    """

    def __init__(self, net: MLP, changed: Callable[[Value, Any], Value] = lambda output, x: output) -> None:
        self.net = net
        self.changed = changed
        self.n_inputs = net.n_inputs
        self.seen: list[float] = []

    def parameters(self) -> list[Value]:
        return self.net.parameters()

    def __call__(self, inputs: Any) -> Any:
        first = inputs[0]
        self.seen.append(hidden(first) if isinstance(first, Value) else first)
        outputs = self.net(inputs)
        if isinstance(outputs, list):
            return [self.changed(outputs[0], first), *outputs[1:]]
        return self.changed(outputs, first)


def samples_for(inputs: int, classes: int, count: int) -> tuple[list[list[float]], list[Any]]:
    """Samples whose first input is their number; the farthest from the first is the last but one."""
    random = Random(1)
    rows = [[float(number), *(random.random() for _ in range(inputs - 1))] for number in range(count)]
    rows[-2][0] = 2.0 * count
    return rows, [number % max(2, classes) for number in range(count)]


@pytest.mark.parametrize(
    ("inputs", "sizes"), [(2, [2, 1]), (30, [4, 1]), (64, [32, 10]), (100, [50, 10]), (200, [60, 10])]
)
def test_what_is_computed_before_training_is_bounded(
    inputs: int, sizes: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In values: 1 for a loss, 2 for gradients, 3 for a second sample whose structure is compared with the first's."""
    differentiated = []
    differentiate = Eager.differentiate

    def noted(self: Eager, batch: Any, seed: float = 1.0) -> float:
        differentiated.extend(batch)
        return differentiate(self, batch, seed)

    monkeypatch.setattr(Eager, "differentiate", noted)
    rows, targets = samples_for(inputs, sizes[-1], 300)
    net = _Watched(MLP(inputs, sizes, output_activation="linear", seed=1))
    loss = cross_entropy if sizes[-1] > 1 else mean_squared_error
    history = fit(net, rows, targets, loss, SGD(net.parameters(), 0.01), 0, None)
    assert history.engine != "eager"
    seen = list(net.seen)
    _, values = leaves_and_size(Samples(net, loss, rows, targets).loss_of(0))
    gradients, farthest = len(differentiated), 2.0 * 300
    assert seen[0] == 0.0  # of which the program is made
    structure = values <= 10_000
    assert farthest in seen[1:3]
    losses = len(seen) - 1 - structure - gradients
    cost = (3 * structure + 2 * gradients + losses) * values
    assert cost <= max(40_000, values)
    # Half of what there is place for is used at least, where there are samples enough.
    assert cost > 20_000 or values > 20_000 or losses == 300


@pytest.fixture
def all_are_wide(monkeypatch: pytest.MonkeyPatch) -> None:
    """Networks of a few hundred values are what those of 40,000 are, so that tests need not train such."""
    monkeypatch.setattr(look, "_VALUES_LOOKED_AT", 400)


@pytest.mark.usefixtures("all_are_wide")
def test_of_wide_networks_the_first_sample_and_the_farthest_are_recorded() -> None:
    rows, targets = samples_for(20, 10, 30)
    net = _Watched(MLP(20, [6, 10], output_activation="linear", seed=1))
    assert fit(net, rows, targets, cross_entropy, SGD(net.parameters(), 0.01), 0).engine != "eager"
    assert net.seen == [0.0, 60.0]


def test_the_order_is_first_farthest_and_one_of_each_kind_of_target() -> None:
    rows, targets = samples_for(3, 4, 100)
    samples = Samples(MLP(3, [4]), cross_entropy, rows, targets)
    order = order_of(samples)
    assert order[:2] == [0, 98]
    assert sorted(targets[sample] for sample in order[2:6]) == [0, 1, 2, 3] or len({*order[:6]}) == 6
    assert sorted(order) == list(range(100))


@pytest.mark.usefixtures("all_are_wide")
def test_what_a_wide_network_does_in_another_way_for_the_farthest_sample_is_seen() -> None:
    def branches(output: Value, x: Any) -> Value:
        return output * 2.0 if (hidden(x) if isinstance(x, Value) else x) > 50 else output

    rows, targets = samples_for(20, 10, 30)
    net = _Watched(MLP(20, [6, 10], output_activation="linear", seed=1), branches)
    history = fit(net, rows, targets, cross_entropy, SGD(net.parameters(), 0.0), 0)
    assert (history.engine, history.why.partition(":")[0]) == (
        "eager",
        "sample 28 is not computed in the way that was recorded, of sample 0",
    )


@pytest.mark.usefixtures("all_are_wide")
def test_what_a_wide_network_draws_at_random_is_seen() -> None:
    random = Random(1)
    rows, targets = samples_for(20, 10, 30)
    net = _Watched(MLP(20, [6, 10], seed=1), lambda output, x: output * random.random())
    assert fit(net, rows, targets, cross_entropy, SGD(net.parameters(), 0.0), 0).engine == "eager"


@pytest.mark.usefixtures("all_are_wide")
def test_a_leaf_that_a_wide_network_keeps_is_read_anew() -> None:
    """A temperature, which on_epoch changes: as eagerly."""
    rows, targets = samples_for(20, 10, 4)

    def trained(engine: Any) -> list[float]:
        warmth = Value(1.0, "temperature")
        net = _Watched(MLP(20, [6, 10], output_activation="linear", seed=1), lambda output, x: output * warmth)

        def warm(epoch: int, history: Any) -> None:
            warmth.data = 2.0

        settings = {"on_epoch": warm, "engine": engine}
        return fit(net, rows, targets, cross_entropy, SGD(net.parameters(), 0.001), 3, None, **settings).losses

    assert trained("numpy") == pytest.approx(trained("eager"), rel=1e-9)


@pytest.mark.usefixtures("all_are_wide")
def test_what_the_look_at_a_wide_network_leaves_open_is_found_before_epoch_1() -> None:
    """The loss of every sample is right, but the gradient of all but those that are Values is cut off."""

    def cut_off(output: Value, x: Any) -> Value:
        return output if isinstance(x, Value) else Value(output.data) + 0.0 * output

    rows, targets = samples_for(20, 10, 30)
    net = _Watched(MLP(20, [6, 10], output_activation="linear", seed=1), cut_off)
    with pytest.raises(UsageError, match=r"before epoch 1 sample 0 is no longer computed .* engine='eager'"):
        fit(net, rows, targets, cross_entropy, SGD(net.parameters(), 0.001), 3, None)


def test_the_collector_is_paused_meanwhile_and_only_then() -> None:
    collects = []

    def notes(output: Value, x: Any) -> Value:
        collects.append(gc.isenabled())
        return output

    rows, targets = samples_for(2, 1, 4)
    net = _Watched(MLP(2, [2, 1], seed=1), notes)
    fit(net, rows, targets, epochs=0)
    assert set(collects) == {False}
    assert gc.isenabled()
    gc.disable()
    try:
        fit(net, rows, targets, epochs=0)
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_extents() -> None:
    assert extent(10**6) == (1, 0, False)
    for values in range(1, 40_001):
        losses, gradients, structure = extent(values)
        assert (losses + 2 * gradients + 3 * structure) * values <= 40_000
        assert losses >= 1
