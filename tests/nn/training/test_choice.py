"""Which engine trains: compiled wherever that is right, else eager, with a reason."""

from __future__ import annotations

import copy
import math
import re
from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from autograd import UpdateRule, UsageError, Value, grad, log, no_grad, relu
from nn import MLP, SGD, History, Neuron, cross_entropy, evaluate, fit
from nn.data import XOR
from nn.losses import binary_cross_entropy, hinge
from nn.module import Module
from nn.optimizers import Optimizer

from ...support.engines import JAX
from .networks import Branching, hidden


def test_a_branch_on_data_is_never_silently_wrong() -> None:
    samples = [[1.0], [-1.0], [2.0]], [1.0, 1.0, 2.0]
    history = fit(Branching(), *samples, epochs=3)
    assert history.engine == "eager"
    assert re.match(
        r"line \d+, `scaled: Value = .* if self\.look\(to.*`, looks at the number of total, as a branch does: ",
        history.why,
    )
    with pytest.raises(UsageError, match=r"cannot be compiled: .* looks at the number of total"):
        fit(Branching(), *samples, engine="compiled")
    history = fit(Branching(hidden), *samples, epochs=3)
    assert history.why == (
        "sample 0 is computed in another way than sample 1: value 5, mul, has another constant: 1.0, 0.0"
    )
    with pytest.raises(UsageError, match="cannot be compiled: sample 0 is computed in another way"):
        fit(Branching(hidden), [[1.0], [-1.0]], [1.0, 1.0], engine="compiled")
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


@pytest.mark.parametrize("engine", ["compiled", "numpy", "eager", JAX])
def test_a_column_of_classes_is_a_list_of_them(engine: Any) -> None:
    """Of each row of the column the one number is the class."""
    losses = []
    for targets in ([1, 0, 2], [[1], [0], [2]]):
        net = MLP(2, [3], output_activation="linear", seed=1)
        history = fit(net, [[0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], targets, cross_entropy, epochs=3, engine=engine)
        losses.append((history.losses, evaluate(net, [[0.0, 1.0]], targets[:1], cross_entropy)))
    assert losses[0] == losses[1]
    with pytest.raises(UsageError, match=r"row 1: cross_entropy reads a class index from 0 to 2 as target, not 3"):
        fit(MLP(2, [3], seed=1), [[0.0, 1.0], [1.0, 0.0]], [[1], [3]], cross_entropy)


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
