"""Training on either engine: the same numbers, the same errors."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from autograd import DomainError, UpdateRule, UsageError, Value, record_lines
from nn import MLP, SGD, Adam, History, Neuron, evaluate, fit, half_squared_error, mean_squared_error
from nn.data import DIABETES, PEOPLE, XOR, breast_cancer, standardise, two_moons
from nn.losses import binary_cross_entropy
from nn.module import Module
from nn.optimizers import Optimizer
from nn.training.engines import Eager
from nn.training.samples import Samples

from ...support.engines import JAX

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


@pytest.mark.parametrize("engine", ["compiled", "numpy", "eager", JAX])
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
    with pytest.raises(
        UsageError, match=r"engine='fast' \(must be one of 'auto', 'compiled', 'numpy', 'jax', 'eager'\)"
    ):
        fit(MLP(2, [1]), *XOR, engine="fast")  # type: ignore[arg-type]


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

    monkeypatch.setattr("nn.training.loop.progress_bar", lambda epochs, progress: Bar())
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
