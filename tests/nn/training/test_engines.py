"""Training on generated code: the same numbers as eager training, and never another function than the network's."""

from __future__ import annotations

import copy
import math
import re
import sys
from collections.abc import Callable
from random import Random
from types import FrameType
from typing import Any

import pytest

from autograd import DomainError, UpdateRule, UsageError, Value, exp, grad, log, no_grad, record_lines, relu
from nn import MLP, SGD, Adam, History, Neuron, cross_entropy, evaluate, fit, half_squared_error, mean_squared_error
from nn.data import DIABETES, PEOPLE, XOR, breast_cancer, standardise, two_moons
from nn.losses import binary_cross_entropy, hinge
from nn.module import Module
from nn.optimizers import Optimizer
from nn.training.engines import Eager
from nn.training.samples import Samples

OPTIMIZERS: dict[str, Callable[[list[Value]], Optimizer]] = {
    "SGD": lambda parameters: SGD(parameters, 0.05),
    "momentum": lambda parameters: SGD(parameters, 0.02, momentum=0.9),
    "Adam": lambda parameters: Adam(parameters, 0.01),
}

_rows, _targets = breast_cancer()
_standard = standardise(_rows, _rows)[0]
ARTICLES: dict[str, tuple[Callable[[], Any], Any, Any, Any, int | None]] = {
    "weight-height": (
        lambda: MLP(2, [2, 1], seed=1),
        [[weight / 10, height / 10] for (weight, height), _ in PEOPLE.values()],
        [target for _, target in PEOPLE.values()],
        mean_squared_error,
        1,
    ),
    "xor": (lambda: MLP(2, [3, 1], bias_init="zero", seed=2), *XOR, half_squared_error, None),
    "diabetes": (lambda: Neuron(3, seed=3), *DIABETES, half_squared_error, None),
    "breast-cancer": (lambda: MLP(30, [4, 1], seed=4), _standard[:4], _targets[:4], mean_squared_error, 3),
    "log-loss": (lambda: MLP(2, [8, 1], bias=False, seed=5), *two_moons(6, seed=0), binary_cross_entropy, 4),
}


def trained(name: str, engine: Any, optimizer: str, epochs: int, **settings: Any) -> tuple[History, list[float]]:
    make, inputs, targets, loss, batch_size = ARTICLES[name]
    net = make()
    moves = OPTIMIZERS[optimizer](net.parameters())
    history = fit(net, inputs, targets, loss, moves, epochs, batch_size, engine=engine, **settings)
    return history, [parameter.data for parameter in net.parameters()]


@pytest.mark.parametrize("optimizer", sorted(OPTIMIZERS))
@pytest.mark.parametrize("name", sorted(ARTICLES))
def test_compiled_and_eager_agree_after_a_thousand_updates(name: str, optimizer: str) -> None:
    _, inputs, _, _, size = ARTICLES[name]
    a_pass = -(-len(inputs) // (size or len(inputs)))
    compiled, numbers = trained(name, "auto", optimizer, 1000 // a_pass)
    eager, wanted = trained(name, "eager", optimizer, 1000 // a_pass)
    assert (compiled.engine, compiled.why, eager.engine) == ("compiled", "", "eager")
    assert numbers == pytest.approx(wanted, rel=1e-12)
    assert compiled.losses == pytest.approx(eager.losses, rel=1e-12, abs=1e-16)


@pytest.mark.parametrize("engine", ["compiled", "numpy", "eager"])
def test_all_that_fit_does_it_does_on_every_engine(engine: Any) -> None:
    seen: list[int] = []
    settings = {
        "shuffle": True,
        "seed": 7,
        "evaluate_every": 2,
        "reduction": "sum",
        "on_epoch": lambda epoch, _: seen.append(epoch),
        "progress": False,
    }
    history, numbers = trained("log-loss", engine, "SGD", 7, **settings)
    reference, wanted = trained("log-loss", "eager", "SGD", 7, **{**settings, "on_epoch": None})
    assert history.engine == engine
    assert seen == list(range(7))
    assert history.losses == pytest.approx(reference.losses, rel=1e-12)
    assert history.evaluations == pytest.approx(reference.evaluations, rel=1e-12)
    assert set(history.evaluations) == {0, 2, 4, 6}
    assert numbers == pytest.approx(wanted, rel=1e-12)


def test_ctrl_c_on_compiled_code() -> None:
    net = MLP(2, [2, 1], seed=1)

    def stop(epoch: int, history: History) -> None:
        if epoch == 3:
            raise KeyboardInterrupt

    history = fit(net, *XOR, epochs=10, on_epoch=stop)
    assert (history.engine, history.interrupted, len(history.losses)) == ("compiled", True, 4)
    again = MLP(2, [2, 1], seed=1)
    fit(again, *XOR, epochs=4)
    assert [p.data for p in net.parameters()] == [p.data for p in again.parameters()]


def test_a_learning_rate_that_changes_by_epoch() -> None:
    def run(engine: Any) -> list[float]:
        net = MLP(2, [2, 1], seed=1)
        fit(net, *XOR, optimizer=SGD(net.parameters(), lambda epoch: 0.5 / (1 + epoch)), epochs=20, engine=engine)
        return [parameter.data for parameter in net.parameters()]

    assert run("compiled") == pytest.approx(run("eager"), rel=1e-12)
    assert run("numpy") == pytest.approx(run("eager"), rel=1e-12)


class _Branching(Module):
    """A relu by hand: what is computed depends on the number."""

    def __init__(self, look: Callable[[Value], float] = float) -> None:
        self.w = Value(1.0, "w")
        self.look = look

    def parameters(self) -> list[Value]:
        return [self.w]

    def __call__(self, inputs: Any) -> Value:
        total = (self.w * inputs[0]).named("total")
        scaled: Value = total * 1.0 if self.look(total) > 0 else total * 0.0
        return scaled


def hidden(value: Value) -> float:
    """The number, looked at where nobody is noted."""
    return value._data


def test_a_branch_on_data_is_never_silently_wrong() -> None:
    samples = [[1.0], [-1.0], [2.0]], [1.0, 1.0, 2.0]
    history = fit(_Branching(), *samples, epochs=3)
    assert history.engine == "eager"
    assert re.match(
        r"line \d+, `scaled: Value = .* if self\.look\(to.*`, looks at the number of total, as a branch does: ",
        history.why,
    )
    with pytest.raises(UsageError, match=r"cannot be compiled: .* looks at the number of total"):
        fit(_Branching(), *samples, engine="compiled")
    history = fit(_Branching(hidden), *samples, epochs=3)
    assert history.why == (
        "sample 0 is computed in another way than sample 1: value 5, mul, has another constant: 1.0, 0.0"
    )
    with pytest.raises(UsageError, match="cannot be compiled: sample 0 is computed in another way"):
        fit(_Branching(hidden), [[1.0], [-1.0]], [1.0, 1.0], engine="compiled")
    same = Neuron(weights=[1.0], bias=False, activation=relu)
    assert fit(same, *samples, epochs=3).engine == "compiled"


def _huber(p: Value, y: Value) -> Value:
    e = p - y
    return (0.5 * e * e if abs(e.data) <= 1 else abs(e) - 0.5).named("L")


def _log_loss(p: Value, y: Value) -> Value:
    return -log(p) if y == 1 else -log(1 - p)


def _log_loss_by_truth(p: Value, y: Value) -> Value:
    return -log(p) if y else -log(1 - p)


def _log_loss_by_set(p: Value, y: Value) -> Value:
    return -log(p) if y in {1.0, 2.0} else -log(1 - p)


def _stopped(p: Value, y: Value) -> Value:
    return (p.detach() * p - y) ** 2


def _by_libraries_function(p: Value, y: Value) -> Value:
    return (p - y) ** 2 * math.exp(p)


def _shrunk(p: Value, y: Value) -> Value:
    largest: Any = max(1.0, abs(p))
    error: Value = p / largest - y
    return error * error


@pytest.mark.parametrize(
    "loss",
    [_huber, _log_loss, _log_loss_by_truth, _log_loss_by_set, _stopped, _by_libraries_function, _shrunk],
    ids=lambda loss: loss.__name__,
)
def test_whoever_looks_at_a_number_is_trained_eagerly(loss: Any) -> None:
    """From a start at which all samples have the same loss, and far more samples than are compared one by one."""
    random = Random(2)
    targets = [float(random.random() < 0.01) for _ in range(500)]
    inputs = [[random.gauss(2 * y, 1), random.gauss(y, 1)] for y in targets]

    def run(engine: Any) -> tuple[History, list[float]]:
        net = MLP(2, [1], weight_init="zero", bias_init="zero")
        history = fit(net, inputs, targets, loss, SGD(net.parameters(), 0.1), 3, 20, engine=engine)
        return history, [parameter.data for parameter in net.parameters()]

    (history, numbers), (_, wanted) = run("auto"), run("eager")
    assert (history.engine, bool(history.why)) == ("eager", True)
    assert numbers == wanted


def test_a_branch_that_training_reaches_stops_it() -> None:
    net = _Branching(hidden)
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


def test_networks_that_cannot_be_compiled_are_trained_eagerly_with_a_reason() -> None:
    random = Random(1)

    def noisy(s: Value) -> Value:
        return s * random.random()

    history = fit(Neuron(1, noisy, seed=1), [[1.0], [2.0]], [1.0, 2.0], epochs=2)
    assert history.engine == "eager"
    scores = fit(Neuron(1, "linear", seed=1), [[1.0], [2.0]], [1, -1], hinge, epochs=3)
    assert scores.engine == "compiled"


class _Lookup(Module):
    """An embedding: the input is a key."""

    def __init__(self) -> None:
        self.table = {0.0: Value(0.1, "w1"), 1.0: Value(0.2, "w2")}

    def parameters(self) -> list[Value]:
        return list(self.table.values())

    def __call__(self, inputs: Any) -> Value:
        return self.table[inputs[0]] * 1.0


class _Pruned(Module):
    """A network that sets one of its weights while it computes."""

    def __init__(self, write: Callable[[Neuron], None]) -> None:
        self.net = Neuron(weights=[3.0, 2.0], bias=False, activation="linear")
        self.write = write

    def parameters(self) -> list[Value]:
        return self.net.parameters()

    def __call__(self, inputs: Any) -> Value:
        self.write(self.net)
        return self.net(inputs)


def _assigns(net: Neuron) -> None:
    net.w2.data = 0.0


@pytest.mark.parametrize("write", [_assigns, lambda net: net.set_parameters({"w2": 0})], ids=["data", "set_parameters"])
def test_a_network_that_writes_while_it_computes_is_trained_eagerly(write: Callable[[Neuron], None]) -> None:
    inputs, targets, rate = [[1.0, 2.0], [-1.0, 0.5]], [2.5, -2.0], 0.01
    w1 = 3.0
    for _ in range(3):
        for (x1, _), y in zip(inputs, targets, strict=True):
            w1 -= rate * -2 * (y - w1 * x1) * x1  # w2 is 0 whenever it is read
    found = _Pruned(write)
    history = fit(found, inputs, targets, optimizer=SGD(found.parameters(), rate), epochs=3)
    assert history.engine == "eager"
    assert re.search(r"assigns the number of w2 while the loss is computed; a program would not$", history.why)
    assert found.net.w1.data == pytest.approx(w1, rel=1e-14)
    with pytest.raises(UsageError, match=r"engine='compiled': this network cannot be compiled: .* assigns the number"):
        fit(_Pruned(write), inputs, targets, engine="compiled")


def test_a_network_that_assigns_a_grad_while_it_computes_is_trained_eagerly() -> None:
    """By hand: the gradient of w2 starts from 5 in every batch of one."""
    inputs, targets, rate = [[1.0, 2.0], [-1.0, 0.5]], [2.5, -2.0], 0.01
    w1, w2 = 3.0, 2.0
    for _ in range(3):
        for (x1, x2), y in zip(inputs, targets, strict=True):
            slope = -2 * (y - w1 * x1 - w2 * x2)
            w1, w2 = w1 - rate * slope * x1, w2 - rate * (5.0 + slope * x2)

    def write(net: Neuron) -> None:
        net.w2.grad = 5.0

    found = _Pruned(write)
    history = fit(found, inputs, targets, optimizer=SGD(found.parameters(), rate), epochs=3)
    assert history.why == "the grad of w2 is assigned while the loss is computed; a program would not"
    assert [found.net.w1.data, found.net.w2.data] == pytest.approx([w1, w2], rel=1e-14)
    assert found.net.w2.grad == 0.0


def test_what_a_network_assigns_before_training_is_taken_back() -> None:
    """By hand: w2 is halved whenever a sample is computed, and that is once for each update."""
    inputs, targets, rate = [[1.0, 2.0], [-1.0, 0.5]], [2.5, -2.0], 0.01
    w1, w2 = 3.0, 2.0
    for _ in range(3):
        for (x1, x2), y in zip(inputs, targets, strict=True):
            w2 /= 2
            slope = -2 * (y - w1 * x1 - w2 * x2)
            w1, w2 = w1 - rate * slope * x1, w2 - rate * slope * x2

    def halve(net: Neuron) -> None:
        net.w2.data /= 2

    engines: list[Any] = ["auto", "eager"]
    for engine in engines:
        found = _Pruned(halve)
        history = fit(found, inputs, targets, optimizer=SGD(found.parameters(), rate), epochs=3, engine=engine)
        assert history.engine == "eager"
        assert [found.net.w1.data, found.net.w2.data] == pytest.approx([w1, w2], rel=1e-14)


def test_a_network_that_looks_numbers_up() -> None:
    net = _Lookup()
    history = fit(net, [[0.0], [1.0]], [1.0, 2.0], epochs=200)
    assert history.engine == "eager"
    assert "it does not take Values as inputs and targets (KeyError" in history.why
    assert [w.data for w in net.parameters()] == pytest.approx([1.0, 2.0], rel=1e-3)


def test_several_outputs() -> None:
    def run(engine: Any) -> tuple[str, list[float]]:
        net = MLP(2, [3, 2], seed=1)
        history = fit(net, [[0.0, 1.0], [1.0, 0.5]], [[1.0, 0.0], [0.0, 1.0]], epochs=50, engine=engine)
        return history.engine, [parameter.data for parameter in net.parameters()]

    compiled, eager = run("auto"), run("eager")
    assert (compiled[0], eager[0]) == ("compiled", "eager")
    assert compiled[1] == pytest.approx(eager[1], rel=1e-12)


def test_errors_are_those_of_the_engine() -> None:
    engines: list[Any] = ["compiled", "numpy", "eager"]
    for engine in engines:
        net = Neuron(weights=[1.0], bias=False, activation=lambda s: s.log())
        with pytest.raises(DomainError, match=r"log, by its rule log\(x\)"):
            fit(net, [[1.0]], [-50.0], optimizer=SGD(net.parameters(), 0.05), epochs=3, engine=engine)
    with pytest.raises(UsageError, match=r"engine='fast' \(must be one of 'auto', 'compiled', 'numpy', 'eager'\)"):
        fit(MLP(2, [1]), *XOR, engine="fast")  # type: ignore[arg-type]


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


class _Clipped(SGD):
    def step(self) -> None:
        for parameter in self.parameters:
            parameter.grad = max(-0.01, min(0.01, parameter.grad))
        super().step()


class _Bounded(SGD):
    def move_to(self, numbers: Any, states: Any, steps: int) -> None:
        super().move_to([max(-1.0, min(1.0, number)) for number in numbers], states, steps)


class _Warm(SGD):
    @property
    def learning_rate(self) -> float:
        return 0.1 / (1 + self.steps)

    @learning_rate.setter
    def learning_rate(self, rate: Any) -> None:
        pass


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        (_Clipped, "_Clipped has a step() of its own; only a rule of text can be compiled"),
        (_Bounded, "_Bounded has a move_to() of its own; only a rule of text can be compiled"),
        (_Warm, "_Warm computes its learning_rate anew each time; only what stays can be compiled"),
    ],
)
def test_an_optimiser_that_does_more_than_its_rule_says_is_not_compiled(kind: Any, why: str) -> None:
    net = MLP(2, [2, 1], seed=1)
    history = fit(net, *XOR, optimizer=kind(net.parameters(), 0.1), epochs=2)
    assert (history.engine, history.why) == ("eager", why)
    plain: Any = SGD(net.parameters(), 0.1)
    plain.step = lambda: None
    assert "SGD has a step() of its own" in fit(net, *XOR, optimizer=plain, epochs=2).why


def test_parameters_are_frozen_and_unfrozen_while_it_trains() -> None:
    """By hand: who is not in optimizer.parameters does not move, and goes on with the state that it had."""
    inputs, targets, rate = [[1.0, 2.0], [-1.0, 0.5]], [2.5, -2.0], 0.01
    moving = {0: "12", 1: "1", 2: "1", 3: "2", 4: "12"}
    w, v = {"1": 3.0, "2": 2.0}, {"1": 0.0, "2": 0.0}
    for epoch in range(5):
        for (x1, x2), y in zip(inputs, targets, strict=True):
            slope = -2 * (y - w["1"] * x1 - w["2"] * x2)
            for name in moving[epoch]:
                v[name] = 0.5 * v[name] + slope * {"1": x1, "2": x2}[name]
            for name in moving[epoch]:
                w[name] -= rate * v[name]

    def run(engine: Any) -> None:
        net = Neuron(weights=[3.0, 2.0], bias=False, activation="linear")
        optimizer = SGD(net.parameters(), rate, momentum=0.5)

        def change(epoch: int, _: History) -> None:
            if epoch == 0:
                optimizer.parameters.remove(net.w2)
            if epoch == 2:
                optimizer.parameters = [net.w2]
            if epoch == 3:
                optimizer.parameters.insert(0, net.w1)

        history = fit(net, inputs, targets, optimizer=optimizer, epochs=5, on_epoch=change, engine=engine)
        assert history.engine == ("eager" if engine == "eager" else "compiled")
        assert [net.w1.data, net.w2.data] == pytest.approx([w["1"], w["2"]], rel=1e-14)
        assert optimizer.states == [pytest.approx((v["1"],), rel=1e-14), pytest.approx((v["2"],), rel=1e-14)]

    for engine in ("auto", "compiled", "eager"):
        run(engine)


def test_gradients_are_compared_too() -> None:
    """The middle one of three samples has the same loss, but its gradient is cut off."""

    class Detached(Module):
        def __init__(self) -> None:
            self.w = Value(2.0, "w")

        def parameters(self) -> list[Value]:
            return [self.w]

        def __call__(self, inputs: Any) -> Value:
            x = inputs[0]
            number = x if isinstance(x, float) else hidden(x)
            product: Value = (self.w.detach() if number == 2.0 else self.w) * x
            return product

    history = fit(Detached(), [[1.0], [2.0], [9.0]], [1.0, 1.0, 1.0], epochs=1)
    assert history.why.startswith("sample 1 is not computed in the way that was recorded, of sample 0: ")


def test_targets_of_two_forms() -> None:
    net = MLP(2, [3, 1], seed=1)
    history = fit(net, [[0.0, 1.0], [1.0, 0.0]], [1.0, [0.0]], epochs=2)
    assert (history.engine, history.why) == ("eager", "the targets are not all of the same form")


@pytest.mark.parametrize("engine", ["auto", "eager"])
def test_class_targets_are_read_by_the_network_itself_whatever_its_predict_says_if_it_has_one(engine: Any) -> None:
    class Labelled(MLP):
        def predict(self, inputs: Any) -> Any:
            outputs = super().predict(inputs)
            return outputs.index(max(outputs))

    class Ducklike:
        """No Module: it computes and it has parameters, and that is all."""

        def __init__(self, net: MLP) -> None:
            self.net = net

        def __call__(self, inputs: Any) -> Any:
            return self.net(inputs)

        def parameters(self) -> list[Value]:
            return self.net.parameters()

    nets: list[Any] = [MLP(2, [3], seed=1), Labelled(2, [3], seed=1), Ducklike(MLP(2, [3], seed=1))]
    samples = [[0.0, 1.0], [1.0, 0.0]], [1, 0]
    histories = [fit(net, *samples, cross_entropy, epochs=2, engine=engine) for net in nets]
    assert len({tuple(history.losses) for history in histories}) == 1
    assert {(history.engine, history.why) for history in histories} == {
        ("compiled" if engine == "auto" else "eager", "")
    }


def test_where_training_runs_away_both_engines_stop_alike() -> None:
    found = []
    for engine in ("compiled", "eager"):
        net = Neuron(1, "linear", seed=1)
        kind: Any = engine
        with pytest.raises(DomainError, match="power"):
            fit(net, [[10.0], [20.0]], [1.0, 2.0], optimizer=SGD(net.parameters(), 1.0), epochs=200, engine=kind)
        found.append([parameter.data for parameter in net.parameters()])
        # Shortly before that nothing is wrong yet, and nothing is said.
        net = Neuron(1, "linear", seed=1)
        history = fit(net, [[10.0], [20.0]], [1.0, 2.0], optimizer=SGD(net.parameters(), 1.0), epochs=29, engine=kind)
        assert len(history.losses) == 29
    assert found[0] == pytest.approx(found[1], rel=1e-9)


@pytest.mark.parametrize("engine", ["compiled", "eager"])
def test_epochs_that_run_together(engine: Any) -> None:
    """With nothing to do after each of them."""
    wanted = trained("log-loss", "eager", "SGD", 23, shuffle=True, seed=3, on_epoch=lambda epoch, _: None)[1]
    assert trained("log-loss", engine, "SGD", 23, shuffle=True, seed=3)[1] == pytest.approx(wanted, rel=1e-12)
    seen: dict[int, float] = {}
    make, inputs, targets, loss, size = ARTICLES["log-loss"]
    net = make()
    optimizer = SGD(net.parameters(), 0.05)

    def note(epoch: int, _: History) -> None:
        if epoch % 5 == 0:
            seen[epoch] = evaluate(net, inputs, targets, loss)

    fit(net, inputs, targets, loss, optimizer, 23, size, on_epoch=note, engine="eager")
    history, _ = trained("log-loss", engine, "SGD", 23, evaluate_every=5)
    assert history.evaluations == pytest.approx(seen, rel=1e-12)
    assert list(history.evaluations) == [0, 5, 10, 15, 20]
    assert optimizer.epoch == 23
    again = SGD(net.parameters(), 0.05)
    fit(net, inputs, targets, loss, again, 23, size, engine=engine)
    assert (again.epoch, again.steps) == (23, 46)


def test_the_bar_counts_every_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    counts: list[int] = []

    class Bar:
        def update(self, count: int) -> None:
            counts.append(count)

        def close(self) -> None:
            counts.append(-1)

    monkeypatch.setattr("nn.training.loop._progress_bar", lambda epochs, progress: Bar())
    net = MLP(2, [2, 1], seed=1)
    fit(net, *XOR, epochs=21)
    assert counts == [1, 3, 12, 5, -1]


def test_ctrl_c_while_grads_are_put_back_puts_them_back() -> None:
    net = MLP(2, [2, 1], seed=1)
    eager = Eager(Samples(net, mean_squared_error, [[1.0, 2.0]], [1.0]), SGD(net.parameters(), 0.1))
    for parameter in net.parameters():
        parameter.grad = 7.5
    lines = iter(range(6))

    def trace(frame: FrameType, event: str, _: object) -> Any:
        if frame.f_code.co_name == "restore" and event == "line" and next(lines, None) == 5:
            raise KeyboardInterrupt
        return trace

    before = sys.gettrace()
    try:
        sys.settrace(trace)
        with pytest.raises(KeyboardInterrupt), eager.grads_kept():
            eager.differentiate([0])
    finally:
        sys.settrace(before)
    assert list(lines) == []
    assert {parameter.grad for parameter in net.parameters()} == {7.5}


def test_what_on_epoch_changes_stays_when_ctrl_c_comes_right_after_it(monkeypatch: pytest.MonkeyPatch) -> None:
    net = MLP(2, [2, 1], seed=1)

    def change(epoch: int, _: History) -> None:
        net.w1.data = 7.0 + epoch
        if epoch == 2:
            raise KeyboardInterrupt

    history = fit(net, *XOR, epochs=50, on_epoch=change)
    assert (history.engine, len(history.losses), net.w1.data) == ("compiled", 3, 9.0)


def test_what_on_epoch_changes_is_trained_on() -> None:
    """Parameters, also those that do not move, the learning rate, and the optimiser's state between two runs."""

    def run(engine: Any) -> list[float]:
        net = MLP(2, [2, 1], seed=1)
        optimizer = SGD([net.w5, net.w6, net.b3], 0.1, momentum=0.5)

        def change(epoch: int, _: History) -> None:
            net.w1.data += 0.1
            net.w5.data *= 0.5
            optimizer.learning_rate = 0.1 / (1 + epoch)

        fit(net, *XOR, optimizer=optimizer, epochs=5, on_epoch=change, engine=engine)
        optimizer.learning_rate = 0.2
        fit(net, *XOR, optimizer=optimizer, epochs=5, engine=engine, batch_size=3, reduction="sum")
        assert optimizer.steps == 5 * 4 + 5 * 2
        return [parameter.data for parameter in net.parameters()]

    assert run("compiled") == pytest.approx(run("eager"), rel=1e-12)


@pytest.mark.parametrize("method", ["settings", "current_learning_rate"])
def test_settings_that_an_optimiser_computes_in_its_own_way_are_asked_for_in_every_epoch(method: str) -> None:
    def falling(self: Any) -> Any:
        rate = 0.1 / (1 + self.epoch)
        return [rate] if method == "settings" else rate

    net, same = MLP(2, [2, 1], seed=1), MLP(2, [2, 1], seed=1)
    optimizer = type("Falling", (SGD,), {method: falling})(net.parameters(), 0.1)
    history = fit(net, *XOR, optimizer=optimizer, epochs=5)
    assert history.why == f"Falling has a {method}() of its own; only a rule of text can be compiled"
    fit(same, *XOR, optimizer=SGD(same.parameters(), lambda epoch: 0.1 / (1 + epoch)), epochs=5)
    assert [p.data for p in net.parameters()] == pytest.approx([p.data for p in same.parameters()], rel=1e-12)


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


def test_numbers_that_the_loss_refuses_are_not_trained_on() -> None:
    """A prediction that is no probability: of a linear neuron, while it trains. A sigmoid's is not asked about."""
    inputs = [[0.1], [-0.3], [0.2], [1.0]]
    for engine in ("auto", "eager"):
        net = Neuron(weights=[0.0], bias=0.5, activation="linear")
        chosen: Any = engine
        with pytest.raises(UsageError, match=r"row 3: binary_cross_entropy reads a prediction .* not 1\.0"):
            fit(net, inputs, [1, 0, 1, 1], binary_cross_entropy, SGD(net.parameters(), 0.05), 50, engine=chosen)
    net = Neuron(weights=[0.0], bias=0.5, activation="linear")
    history = fit(net, inputs, [1, 0, 1, 1], binary_cross_entropy, SGD(net.parameters(), 0.01), 1)
    assert history.why.startswith("binary_cross_entropy looks at the number of o1, as a branch does: ")


def test_an_error_while_training_has_the_row_the_names_and_the_line_of_the_program() -> None:
    def logarithm(s: Value) -> Value:
        return s.log()

    found = []
    for engine in ("compiled", "eager"):
        net = Neuron(weights=[1.0], bias=False, activation=logarithm)
        chosen: Any = engine
        optimizer = SGD(net.parameters(), 0.05)
        with pytest.raises(DomainError) as caught, record_lines():
            fit(net, [[1.0], [2.0]], [-50.0, 0.7], optimizer=optimizer, epochs=3, engine=chosen)
        found.append((str(caught.value), caught.value.place, optimizer.steps, net.w1.data, net.w1.grad))
    assert found[0] == found[1]
    message, place, *_ = found[0]
    assert message.startswith("in epoch 0, row 1: log, by its rule log(x), has no answer at x = ")
    assert place.line == logarithm.__code__.co_firstlineno + 1


def test_an_update_without_an_answer_says_which_parameter() -> None:
    class Up(Optimizer):
        rule = UpdateRule({"w": "w + learning_rate * sqrt(0.5 - w)"}, ["learning_rate"])

    found = []
    for engine in ("compiled", "eager"):
        seen: list[History] = []

        def keep(_: int, history: History, seen: list[History] = seen) -> None:
            seen.append(history)

        net = Neuron(weights=[0.1, 0.45], bias=False, activation="linear")
        chosen: Any = engine
        with pytest.raises(DomainError, match=r"^in epoch 1, the update after row 1: w2: <UpdateRule .* has no"):
            fit(
                net,
                [[1.0, 1.0], [2.0, 2.0], [3.0, 3.0]],
                [1.0] * 3,
                optimizer=Up(net.parameters(), 0.1),
                epochs=50,
                engine=chosen,
                on_epoch=keep,
            )
        found.append((len(seen[-1].losses), net.w1.data))
    assert found[0] == found[1]


def test_the_loss_is_that_before_the_update_also_where_a_parameter_is_the_loss() -> None:
    class Alone(Module):
        def __init__(self) -> None:
            self.w = Value(5.0, "w")

        def parameters(self) -> list[Value]:
            return [self.w]

        def __call__(self, inputs: Any) -> Value:
            return self.w

    for engine in ("compiled", "eager"):
        net = Alone()
        chosen: Any = engine
        history = fit(net, [[0.0]], [0.0], lambda p, _: p, SGD([net.w], 1.0), 3, engine=chosen)
        assert (history.engine, history.losses) == (engine, [5.0, 4.0, 3.0])


def test_settings_of_an_optimiser_and_rules_that_do_more_than_they_say() -> None:
    class Clipped(UpdateRule):
        def move_by(self, w: float, grad: float, state: Any, shared: Any) -> Any:
            return super().move_by(w, max(-0.01, min(0.01, grad)), state, shared)

    text = {"w": "(1 - decay) * w - learning_rate * grad"}, ["learning_rate", "decay"]

    def history_of(**attributes: Any) -> History:
        net = MLP(2, [2, 1], seed=1)
        kind = type("Decaying", (Optimizer,), {"rule": UpdateRule(*text), **attributes})
        return fit(net, *XOR, optimizer=kind(net.parameters(), 0.1), epochs=2)

    assert history_of(decay=0.01).engine == "compiled"
    assert history_of(decay=property(lambda self: 0.01)).why.startswith("Decaying computes its decay anew each time")
    assert history_of(decay=0.0, rule=Clipped(*text)).why == (
        "Decaying's rule is a Clipped, which may do more than its text says"
    )
    with pytest.raises(UsageError, match=r"the rule of Decaying has the setting 'decay': set it as an attribute"):
        history_of()
    with pytest.raises(UsageError, match=r"Decaying\.decay: a Value holds one real number, not str '0\.1'"):
        history_of(decay="0.1")


def test_what_is_drawn_at_random_and_what_is_not_recorded() -> None:
    random = Random(1)

    def noisy(p: Value, y: Value) -> Value:
        return (p - y) ** 2 * random.random()

    history = fit(Neuron(1, seed=1), [[1.0]], [0.5], noisy, epochs=2)
    assert re.match(r"sample 0 is never the same: value \d+, mul, has another constant", history.why)
    with pytest.raises(UsageError, match=r"fit is called inside no_grad\(\), where no operation is"), no_grad():
        fit(Neuron(1, seed=1), [[1.0]], [0.5])


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


class _Normed(Module):
    """y over a number that no gradient is to flow through."""

    def __init__(self, norm: Callable[[Value], Any]) -> None:
        self.w = Value(3.0, "w")
        self.norm = norm

    def parameters(self) -> list[Value]:
        return [self.w]

    def __call__(self, inputs: Any) -> Any:
        return self.w * inputs[0] / self.norm(self.w)


@pytest.mark.parametrize(
    "norm",
    [no_grad()(lambda w: (w * w).sqrt()), copy.copy, copy.deepcopy, lambda w: float(f"{w:.3f}")],
    ids=["no_grad", "copy", "deepcopy", "format"],
)
def test_a_gradient_that_is_stopped_is_trained_eagerly(norm: Callable[[Value], Any]) -> None:
    history = fit(_Normed(norm), [[1.0], [2.0]], [0.5, 1.0], epochs=20)
    assert history.engine == "eager"
    assert re.search(r"line \d+, `.*`, looks at the number of ", history.why)


def test_a_derivative_inside_the_network_is_compiled_and_one_in_floats_is_the_networks_look() -> None:
    class Slope(Module):
        def __init__(self, as_value: bool) -> None:
            self.w = Value(0.3, "w")
            self.as_value = as_value

        def parameters(self) -> list[Value]:
            return [self.w]

        def __call__(self, inputs: Any) -> Any:
            h = self.w * inputs[0]
            return grad(lambda h: (h * h).tanh())(h) if self.as_value else self.w * grad(lambda x: h * x)(2.0)

    def trained_by(engine: Any, as_value: bool) -> tuple[History, float]:
        net = Slope(as_value)
        return fit(net, [[1.0], [0.5]], [0.5, 0.4], epochs=20, engine=engine), net.w.data

    history, w = trained_by("compiled", as_value=True)
    eager, wanted = trained_by("eager", as_value=True)
    assert w == pytest.approx(wanted, rel=1e-12)
    assert history.losses == pytest.approx(eager.losses, rel=1e-12)
    history, _ = trained_by("auto", as_value=False)
    assert history.engine == "eager"
    assert history.why.startswith("the network looks at the number of ")


def test_a_rule_that_is_computed_anew_is_not_compiled() -> None:
    class Own(Optimizer):
        @property
        def rule(self) -> UpdateRule:  # type: ignore[override]
            return UpdateRule({"w": "w - learning_rate * grad"}, ["learning_rate"])

    net = MLP(2, [2, 1], seed=1)
    history = fit(net, *XOR, optimizer=Own(net.parameters(), 0.1), epochs=2)
    assert history.why == "Own computes its rule anew each time; only what stays can be compiled"


def test_an_evaluation_without_an_answer_says_after_which_epoch() -> None:
    class Root(Module):
        def __init__(self) -> None:
            self.w = Value(0.1, "w")

        def parameters(self) -> list[Value]:
            return [self.w]

        def __call__(self, inputs: Any) -> Any:
            return self.w.sqrt() * inputs[0]

    for engine in ("compiled", "eager"):
        chosen: Any = engine
        with pytest.raises(
            DomainError, match=r"^after epoch 0, row 0: sqrt, by its rule sqrt\(x\), has no answer at x = -"
        ):
            fit(Root(), [[1.0]], [-5.0], epochs=9, evaluate_every=1, engine=chosen)


def test_what_is_no_network_or_no_loss_is_said() -> None:
    wrong: list[Any] = [lambda x: x, "net", None, [Value(1.0)]]
    for net in wrong:
        with pytest.raises(UsageError, match="fit trains a network, such as an MLP or a Module of your own, not "):
            fit(net, *XOR)
    loss: Any = "mse"
    with pytest.raises(UsageError, match=r"loss is 'mse'; expected a function \(prediction, target\)"):
        fit(MLP(2, [1]), *XOR, loss)


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
