"""The compiled engine while it trains: it is compared with the eager one, and stops where they differ."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from autograd import UsageError, Value, exp, log
from nn import MLP, SGD, Adam, History, cross_entropy, fit, mean_squared_error
from nn.data import XOR, two_moons

from .networks import Branching, hidden


def test_a_branch_that_training_reaches_stops_it() -> None:
    net = Branching(hidden)
    with pytest.raises(
        UsageError, match=r"before epoch \d+ sample 0 is no longer computed in the way that was compiled"
    ):
        fit(net, [[1.0]], [-5.0], optimizer=SGD([net.w], 0.1), epochs=50)


def test_a_branch_that_training_reaches_on_one_sample_only_is_noticed_at_the_end_at_the_latest() -> None:
    """All four predictions are above a half at first."""

    def branching(prediction: Value, target: Value) -> Value:
        error = target - prediction
        return (error * error if hidden(prediction) > 0.5 else 0.5 * error * error).named("L")

    inputs = [[-2.0, -1.0], [2.5, 0.6], [1.7, 0.4], [-1.5, -0.6]]
    for epochs in (30, 100):
        net = MLP(2, [2, 1], seed=1)
        net.set_parameters({f"w{i}": i / 10 for i in range(1, 7)} | {"b1": 0, "b2": 0, "b3": 0})
        with pytest.raises(UsageError, match=r"before epoch \d+ sample \d is no longer computed in the way that"):
            fit(net, inputs, [1.0, 0.0, 0.0, 1.0], branching, SGD(net.parameters(), 0.1), epochs)


def test_what_on_epoch_changes_is_noticed_before_the_next_epoch() -> None:
    """A number that the loss takes from elsewhere, and that is put back before any other check."""
    net, beta = MLP(2, [2, 1], seed=1), [0.0]
    seen: list[float] = []

    def loss(p: Value, y: Value) -> Value:
        return mean_squared_error(p, y) + beta[0] * p * p

    def change(epoch: int, _: History) -> None:
        beta[0] = 0.5 if epoch == 4 else 0.0
        seen.append(net.w1.data)

    with pytest.raises(
        UsageError, match=r"before epoch 5 sample \d is no longer computed in the way that was compiled"
    ):
        fit(net, *XOR, loss=loss, epochs=7, on_epoch=change)
    assert len(seen) == 5
    assert net.w1.data == seen[-1]


def test_a_temperature_that_is_no_parameter_is_read_anew() -> None:
    def run(engine: Any) -> tuple[str, list[float], float]:
        net, temperature = MLP(2, [2, 1], seed=1), Value(1.0, "temperature")
        temperature.grad = 7.0

        def loss(p: Value, y: Value) -> Value:
            return mean_squared_error(p * temperature, y)

        def cool(epoch: int, _: History) -> None:
            temperature.data = 1.0 / (epoch + 1)

        history = fit(net, *XOR, loss=loss, epochs=9, on_epoch=cool, engine=engine)
        return history.engine, [parameter.data for parameter in net.parameters()], temperature.grad

    compiled, eager = run("auto"), run("eager")
    assert (compiled[0], compiled[2]) == ("compiled", 7.0)
    assert compiled[1] == pytest.approx(eager[1], rel=1e-12)


def test_class_indices_are_compiled_as_weights_of_the_classes() -> None:
    random = Random(2)
    inputs = [[random.uniform(-1, 1), random.uniform(-1, 1)] for _ in range(12)]
    classes = [place % 3 for place in range(12)]

    def run(engine: Any) -> tuple[History, list[float]]:
        net = MLP(2, [4, 3], output_activation="linear", seed=1)
        history = fit(net, inputs, classes, cross_entropy, SGD(net.parameters(), 0.2), 50, 5, engine=engine)
        return history, [parameter.data for parameter in net.parameters()]

    (compiled, numbers), (eager, wanted) = run("auto"), run("eager")
    assert (compiled.engine, eager.engine) == ("compiled", "eager")
    assert numbers == pytest.approx(wanted, rel=1e-12)
    assert compiled.losses == pytest.approx(eager.losses, rel=1e-12)


def test_class_indices_are_learned_as_exactly_by_the_program() -> None:
    """Also where a prediction is sure, and one logit far above the others."""
    inputs = [[1.5, 0.5], [1.52, 0.48], [1.75, -0.9], [1.78, -0.95], [-1.9, 0.6], [-1.92, 0.62]]
    classes = [0, 0, 1, 1, 2, 2]
    for scale in (1.0, 100.0):

        def run(engine: Any, scale: float = scale) -> list[float]:
            net = MLP(2, [3], activation="linear", weight_init="zero", bias_init="zero")
            rows = [[scale * x for x in row] for row in inputs]
            history = fit(net, rows, classes, cross_entropy, Adam(net.parameters(), 0.05), 1000, engine=engine)
            assert history.engine == engine
            return [parameter.data for parameter in net.parameters()]

        assert run("compiled") == pytest.approx(run("eager"), rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("scale", [1.0, 1000.0])
def test_what_is_learned_to_the_last_digit_can_be_trained_on(scale: float) -> None:
    """Its gradients are 1e-15 and less, and the program's p - y is rounded: that is no other computation."""
    rows, classes = [[scale, 0.1], [-scale, 0.3], [0.2, scale]], [0, 1, 2]
    net = MLP(2, [3], activation="linear", weight_init="zero", bias_init="zero")
    net.set_parameters({"w1": 36.3 / scale, "w3": -36.7 / scale, "w6": 36.1 / scale})
    history = fit(net, rows, classes, cross_entropy, SGD(net.parameters(), 0.1), 20)
    assert (history.engine, history.why) == ("compiled", "")
    assert history.losses[0] < 1e-9


def test_what_is_learned_to_the_last_digit_is_no_alarm() -> None:
    """Then gradients are differences of nearly equal numbers, and all their digits are rounding."""

    def own(scores: list[Value], weights: list[Value]) -> Any:
        exponentials = [exp(z) for z in scores]
        chosen = sum(y * e for y, e in zip(weights, exponentials, strict=True))
        return -log(chosen / sum(exponentials))

    inputs = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0], [0.2, 0.9], [0.9, 0.1]]
    targets = [[1, 0, 0], [0, 1, 0], [0, 1, 0], [0, 0, 1], [0, 1, 0], [0, 1, 0]]
    net = MLP(2, [4, 3], activation="tanh", output_activation="linear", seed=1)
    history = fit(net, inputs, targets, own, Adam(net.parameters(), 0.3), 3000)
    assert history.engine == "compiled"
    assert history.losses[-1] < 1e-8


def test_a_program_is_compared_on_other_samples_every_time() -> None:
    """Of 40 samples, 20 at a time: one of the others is computed in another way from the first epoch on."""
    inputs, targets = two_moons(40, seed=1)
    epochs_begun: list[int] = []

    def loss(p: Value, y: Value) -> Value:
        square = (p - y) ** 2
        is_odd = epochs_begun and abs(hidden(p) - odd[0]) < 1e-12
        return 2 * square if is_odd else square

    net = MLP(2, [3, 1], seed=1)
    odd = [net.predict(inputs[30])]
    optimizer = SGD(net.parameters(), 0.0)
    with pytest.raises(UsageError, match="before epoch 4 sample 30 is no longer computed in the way that was compiled"):
        fit(net, inputs, targets, loss, optimizer, 6, on_epoch=lambda epoch, _: epochs_begun.append(epoch))
