"""fit: what it computes, what it reports, how it ends, and what it refuses before it starts."""

from __future__ import annotations

import io
import math
import sys
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from autograd import DomainError, UsageError, Value
from nn import (
    MLP,
    SGD,
    Adam,
    History,
    Module,
    Neuron,
    binary_cross_entropy,
    cross_entropy,
    evaluate,
    fit,
    half_squared_error,
    hinge,
    mean_squared_error,
)
from nn.data import XOR
from nn.training.progress import progress_bar

from ...support.engines import JAX

INPUTS = [[1.0], [2.0], [3.0], [4.0], [5.0]]
TARGETS = [1.0, 0.0, 1.0, 0.0, 2.0]


def line(w: float = 0.5) -> Neuron:
    """Prediction = w x, so that training can be followed by hand."""
    return Neuron(weights=[w], bias=False, activation="linear")


def by_hand(batch_size: int, reduction: str, epochs: int, rate: float = 0.01) -> tuple[float, list[float]]:
    """Gradient descent on Σ (y - w x)², written out: d/dw = -2 x (y - w x)."""
    w, losses = 0.5, []
    samples = [(row[0], y) for row, y in zip(INPUTS, TARGETS, strict=True)]
    for _ in range(epochs):
        total = 0.0
        for first in range(0, len(samples), batch_size):
            batch = samples[first : first + batch_size]
            total += sum((y - w * x) ** 2 for x, y in batch)
            gradient = sum(-2 * x * (y - w * x) for x, y in batch)
            w -= rate * (gradient / len(batch) if reduction == "mean" else gradient)
        losses.append(total / len(samples) if reduction == "mean" else total)
    return w, losses


@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("batch_size", [1, 2, 3, 5, 99, None])
def test_batches_of_any_size(batch_size: int | None, reduction: Any) -> None:
    net = line()
    optimizer = SGD(net.parameters(), 0.01)
    history = fit(net, INPUTS, TARGETS, optimizer=optimizer, epochs=7, batch_size=batch_size, reduction=reduction)
    w, losses = by_hand(batch_size or 5, reduction, 7)
    assert net.w1.data == pytest.approx(w, rel=1e-13)
    assert history.losses == pytest.approx(losses, rel=1e-13)


def test_all_partials_are_taken_before_any_parameter_moves() -> None:
    net = MLP(2, [2, 1], seed=4)
    inputs, targets = XOR
    before = [p.data for p in net.parameters()]
    loss = mean_squared_error(net(inputs[1]), targets[1])
    loss.backward()
    want = [w - 0.1 * p.grad for w, p in zip(before, net.parameters(), strict=True)]
    net.zero_grad()
    fit(net, inputs[1:2], targets[1:2], optimizer=SGD(net.parameters(), 0.1), epochs=1)
    assert [p.data for p in net.parameters()] == pytest.approx(want, rel=1e-15)


def test_evaluations_are_after_the_updates_of_epochs_0_10_20() -> None:
    net = line()
    seen = []
    history = fit(
        net,
        INPUTS,
        TARGETS,
        optimizer=SGD(net.parameters(), 0.001),
        epochs=25,
        evaluate_every=10,
        on_epoch=lambda epoch, history: seen.append((epoch, evaluate(net, INPUTS, TARGETS))),
    )
    assert list(history.evaluations) == [0, 10, 20]
    assert [epoch for epoch, _ in seen] == list(range(25))
    wanted = {epoch: loss for epoch, loss in seen if epoch % 10 == 0}
    assert history.evaluations == pytest.approx(wanted, rel=1e-12)  # summed in another way
    assert len(history.losses) == 25


def test_shuffling_is_another_order_every_epoch_and_a_seed_fixes_it() -> None:
    def orders(seed: int | None, shuffle: bool = True) -> list[list[float]]:
        seen: list[float] = []

        def loss(prediction: Any, target: Any) -> Value:
            seen.append(float(target))
            return mean_squared_error(prediction, target)

        fit(line(), INPUTS, [1, 2, 3, 4, 5], loss, epochs=3, shuffle=shuffle, seed=seed, engine="eager")
        return [seen[5 * i : 5 * i + 5] for i in range(3)]

    assert orders(1) == orders(1) != orders(2)
    assert len({tuple(order) for order in orders(1)}) > 1
    assert all(sorted(order) == [1, 2, 3, 4, 5] for order in orders(1))
    assert orders(None, shuffle=False) == [[1, 2, 3, 4, 5]] * 3


def test_a_learning_rate_that_changes_by_epoch() -> None:
    net = line()
    rates = [0.01, 0.001, 0.0]
    after = []
    fit(
        net,
        INPUTS,
        TARGETS,
        optimizer=SGD(net.parameters(), lambda epoch: rates[epoch]),
        epochs=3,
        on_epoch=lambda epoch, history: after.append(net.w1.data),
    )
    assert after[0] != after[1] == after[2]


def test_other_losses_optimisers_and_several_outputs() -> None:
    inputs, targets = XOR
    net = MLP(2, [6, 2], activation="tanh", output_activation="linear", seed=2)
    history = fit(net, inputs, targets, cross_entropy, Adam(net.parameters(), 0.05), epochs=150, batch_size=None)
    assert history.losses[-1] < 0.05
    net = MLP(2, [3, 2], seed=1)
    history = fit(net, inputs, [[y, 1 - y] for y in targets], half_squared_error, epochs=3)
    assert len(history.losses) == 3


def test_numpy_arrays_are_accepted_and_become_floats() -> None:
    net, same = MLP(2, [2, 1], seed=1), MLP(2, [2, 1], seed=1)
    inputs, targets = XOR
    fit(net, inputs, targets, epochs=2)
    fit(same, np.array(inputs), np.array(targets, dtype=np.float32), epochs=2)
    assert [p.data for p in same.parameters()] == [p.data for p in net.parameters()]
    assert {type(p.data) for p in same.parameters()} == {float}


def test_ctrl_c_returns_what_has_been_learned_as_the_last_whole_update_left_it() -> None:
    net, calls, whole = line(), [], []

    def loss(prediction: Any, target: Any) -> Value:
        calls.append(1)
        if len(calls) == 2 * 5 + 3:  # in the third sample of the third epoch
            raise KeyboardInterrupt
        whole.append(net.w1.data)
        return mean_squared_error(prediction, target)

    history = fit(net, INPUTS, TARGETS, loss, SGD(net.parameters(), 0.01), epochs=100, engine="eager")
    assert history.interrupted
    assert len(history.losses) == 2
    assert net.w1.data not in whole  # the update after the last whole sample was made
    assert repr(history).endswith("interrupted>")
    assert history.losses == by_hand(1, "mean", 2)[1]


def test_a_domain_error_leaves_the_network_as_the_last_whole_update_left_it() -> None:
    net = Neuron(weights=[1.0], bias=False, activation=lambda s: s.log())
    with pytest.raises(DomainError):
        fit(net, [[1.0], [1.0]], [-50.0, 0.0], optimizer=SGD(net.parameters(), 0.05), epochs=1)
    assert net.w1.data == -4.0  # 1 - 0.05 · 2 · 50, after which log has no answer


def test_no_epochs_is_no_training() -> None:
    net = line()
    assert fit(net, INPUTS, TARGETS, epochs=0).losses == []
    assert net.w1.data == 0.5
    assert repr(History()) == "<History: 0 epochs>"


def test_progress_is_quiet_without_a_terminal_and_shows_when_asked(capsys: pytest.CaptureFixture[str]) -> None:
    fit(line(), INPUTS, TARGETS, epochs=2)
    assert capsys.readouterr() == ("", "")
    fit(line(), INPUTS, TARGETS, epochs=2, progress=True)
    out, err = capsys.readouterr()
    assert out == ""
    assert "epoch" in err
    fit(line(), INPUTS, TARGETS, epochs=2, progress=False)
    assert capsys.readouterr() == ("", "")


def test_tqdm_loads_only_when_a_bar_is_shown() -> None:
    import subprocess

    program = "import sys; from nn import *; fit(MLP(1, [1]), [[1]], [1], epochs=2); print('tqdm' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert run.stdout == "False\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (([], []), "there are no samples"),
        (([[1, 2]], []), "inputs has 1 rows, but targets has 0"),
        (([[1, 2], [1]], [0, 1]), "row 1 of inputs has 1 number(s), but the network reads 2"),
        (([[1, 2, 3]], [0]), "row 0 of inputs has 3 number(s), but the network reads 2"),
        (([1, 2], [0, 1]), "row 0 of inputs is 1; expected a list of numbers"),
        (([b"ab"], [0]), "row 0 of inputs is b'ab'; expected a list of numbers"),
        (([{1: 2, 3: 4}], [0]), "row 0 of inputs is {1: 2, 3: 4}; expected a list of numbers"),
        (([{1, 2}], [0]), "row 0 of inputs is {1, 2}; expected a list of numbers"),
        (([np.array(1.0)], [0]), "row 0 of inputs is array(1.); expected a list of numbers"),
        (([[1, 2]], [np.array(1j)]), "row 0 of targets: a Value holds one real number, not ndarray"),
        ((None, [0]), "inputs is None; expected a list of rows of numbers"),
        (([[1, 2]], [0], lambda p, y: 3.0), "the loss returned 3.0; expected a Value"),
        (("ab", [0, 1]), "inputs is 'ab'; expected a list of rows of numbers"),
        ((5, [0, 1]), "inputs is 5; expected a list of rows of numbers"),
        (([[1, 2]], 5), "targets is 5; expected a list of numbers, one for each row"),
        (([[1, 2], [1, "a"]], [0, 1]), "row 1 of inputs, column 1: 'a' is text; expected a number"),
        (([[1, 2], [1, None]], [0, 1]), "row 1 of inputs, column 1: a Value holds one real number, not NoneType"),
        (([[1, 2], [1, math.nan]], [0, 1]), "row 1 of inputs, column 1 is nan; expected a finite number"),
        (([[1, math.inf]], [0]), "row 0 of inputs, column 1 is inf"),
        (([[1, 2], [1, 2]], [0, math.nan]), "row 1 of targets is nan; expected a finite number"),
        (([[1, 2], [1, 2]], [0, [1, 2]]), "row 1: the network has 1 output(s), but the target has 2"),
        (([[1, 2], [1, 2]], [0, "1"]), "row 1 of targets: a Value holds one real number, not str '1'"),
        (([[1, 2], [1, 2]], [0, 2], binary_cross_entropy), "row 1: binary_cross_entropy reads a target"),
        (([[1, 2], [1, 2]], [1, 0], hinge), "row 1: hinge reads a target of -1 or 1, not 0.0"),
        (([[1, 2]], [0], cross_entropy), "row 0: cross_entropy reads the logits of two classes"),
    ],
)
def test_samples_that_cannot_be_meant_are_refused_before_training_starts(arguments: Any, words: str) -> None:
    net = MLP(2, [2, 1], seed=1)
    before = [p.data for p in net.parameters()]
    with pytest.raises(UsageError) as caught:
        fit(net, *arguments)
    assert words in str(caught.value)
    assert before == [p.data for p in net.parameters()]


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"epochs": -1}, "epochs must be a whole number of at least 0, not -1"),
        ({"epochs": 1.5}, "epochs must be a whole number of at least 0, not 1.5"),
        ({"batch_size": 0}, "batch_size must be a whole number of at least 1, not 0"),
        ({"evaluate_every": 0}, "evaluate_every must be a whole number of at least 1, not 0"),
        ({"epochs": None}, "epochs must be a whole number of at least 0, not None"),
        (
            {"optimizer": SGD},
            "optimizer is <class 'nn.optimizers.rules.SGD'>; expected one, such as SGD(net.parameters()",
        ),
        ({"optimizer": SGD(line().parameters(), 0.1)}, "the optimiser moves no parameter of this network"),
        ({"on_epoch": 3}, "on_epoch is 3; expected a function (epoch, history)"),
        ({"shuffle": "no"}, "shuffle is 'no'; expected True or False"),
        ({"film": "xor.html"}, "film is 'xor.html'; expected True or False"),
        ({"gradient_norms": "yes"}, "gradient_norms is 'yes'; expected True or False"),
        ({"reduction": "avg"}, "reduction must be 'mean' or 'sum', not 'avg'"),
    ],
)
def test_wrong_settings_are_refused(settings: Any, words: str) -> None:
    with pytest.raises(UsageError) as caught:
        fit(line(), INPUTS, TARGETS, **settings)
    assert words in str(caught.value)


def test_evaluate_is_the_loss_over_all_samples() -> None:
    want = sum((y - 0.5 * row[0]) ** 2 for row, y in zip(INPUTS, TARGETS, strict=True))
    assert evaluate(line(), INPUTS, TARGETS, reduction="sum") == pytest.approx(want, rel=1e-15)
    assert evaluate(line(), INPUTS, TARGETS) == pytest.approx(want / 5, rel=1e-15)
    with pytest.raises(UsageError, match="reduction must be 'mean' or 'sum', not 'max'"):
        evaluate(line(), INPUTS, TARGETS, reduction="max")  # type: ignore[arg-type]


@pytest.mark.parametrize("loss", ["mse", None, 3.0])
def test_a_loss_that_is_no_function_is_refused_by_fit_and_by_evaluate_alike(loss: Any) -> None:
    for judge in (fit, evaluate):
        with pytest.raises(UsageError) as caught:
            judge(line(), INPUTS, TARGETS, loss=loss)
        assert str(caught.value).startswith(
            f"loss is {loss!r}; expected a function (prediction, target), such as mean_"
        )
    net: Any = "net"
    with pytest.raises(UsageError, match="not 'net'"):
        evaluate(net, INPUTS, TARGETS)


def test_a_prediction_that_the_loss_cannot_read_is_told_with_its_row_before_training_starts() -> None:
    net = Neuron(weights=[1.0], bias=False, activation="linear")
    with pytest.raises(
        UsageError, match="row 1: binary_cross_entropy reads a prediction that is between 0 and 1, not 3"
    ):
        fit(net, [[0.5], [3.0]], [1, 1], binary_cross_entropy)
    assert net.w1.data == 1.0


def test_whole_numbers_of_numpy_and_generators_are_accepted() -> None:
    net, same = line(), line()
    fit(net, INPUTS, TARGETS, epochs=3, batch_size=2)
    fit(same, (row for row in INPUTS), iter(TARGETS), epochs=np.int64(3), batch_size=np.int32(2))  # type: ignore[arg-type]
    assert same.w1.data == net.w1.data


@pytest.mark.parametrize("engine", ["compiled", "eager"])
def test_parameters_that_the_optimiser_leaves_alone_stay_and_every_grad_is_left_as_it_was(engine: Any) -> None:
    net = MLP(2, [2, 1], seed=1)
    mean_squared_error(net([1.0, 0.5]), 1).backward()
    before = {name: (parameter.data, parameter.grad) for name, parameter in net.named_parameters().items()}
    assert fit(net, *XOR, optimizer=SGD([net.w6, net.w5], 0.1), epochs=5, engine=engine).engine == engine
    for name, parameter in net.named_parameters().items():
        assert (parameter.data != before[name][0]) == (name in ("w5", "w6"))
        assert parameter.grad == before[name][1] != 0.0


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_bar_is_made_where_there_is_a_terminal_and_shown_after_two_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    assert progress_bar(3, None) is None
    monkeypatch.setattr(sys, "stderr", Terminal())
    bar: Any = progress_bar(3, None)
    assert (bar.total, bar.delay) == (3, 2.0)
    bar.close()


def test_without_tqdm_there_is_no_bar_and_an_error_only_where_one_was_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "tqdm.std", None)
    monkeypatch.setattr(sys, "stderr", Terminal())
    assert len(fit(line(), INPUTS, TARGETS, epochs=2).losses) == 2
    with pytest.raises(ImportError):
        fit(line(), INPUTS, TARGETS, epochs=2, progress=True)


def test_a_notebook_gets_a_bar_without_asking(monkeypatch: pytest.MonkeyPatch) -> None:
    class Shell:
        kernel = "one"

    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=Shell))
    bar: Any = progress_bar(3, None)
    assert (bar.total, bar.delay) == (3, 2.0)
    bar.close()
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: None))
    assert progress_bar(3, None) is None


def test_a_log_has_few_lines(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    clock = [0.0]
    monkeypatch.setattr("nn.training.progress.monotonic", lambda: clock[0])
    bar = progress_bar(1000, True)
    assert bar is not None
    for _ in range(1000):
        clock[0] += 0.5
        bar.update(1)
    bar.close()
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 10
    assert lines[0] == "100 of 1000 epochs, 2 epochs/s, 8 min left"
    assert lines[-1] == "1000 of 1000 epochs, 2 epochs/s"


def test_the_history_of_a_long_run_says_how_fast_it_is_and_how_much_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, seen = [100.0], list[str]()
    monkeypatch.setattr("nn.training.history.monotonic", lambda: clock[0])

    def on_epoch(epoch: int, history: History) -> None:
        clock[0] += 0.5
        seen.append(repr(history))

    history = fit(line(), INPUTS, TARGETS, epochs=20, on_epoch=on_epoch)
    assert seen[2].startswith("<History: 3 epochs, loss ")
    assert seen[4].startswith("<History: 5 of 20 epochs, 2 epochs/s, 8 s left, loss ")
    assert repr(history).startswith("<History: 20 epochs, loss ")
    assert (history.seconds, history.epochs) == (10.0, 20)


def test_a_sample_without_an_answer_is_told_with_its_row_before_training_starts() -> None:
    net = Neuron(weights=[1.0], bias=False, activation=lambda s: s.log())
    with pytest.raises(DomainError, match=r"row 1: log, by its rule log\(x\), has no answer at x = -1.0"):
        fit(net, [[1.0], [-1.0]], [0.0, 0.0])
    assert net.w1.data == 1.0


def test_evaluating_records_nothing() -> None:
    seen = []

    def spy(s: Value) -> Value:
        seen.append(s.inputs)
        return s

    net = Neuron(weights=[1.0], bias=False, activation=spy)
    evaluate(net, INPUTS, TARGETS)
    net.predict([1.0])
    assert len(seen) == 6
    assert set(seen) == {()}
    seen.clear()
    fit(net, INPUTS, TARGETS, epochs=1, evaluate_every=1, engine="eager")
    assert [bool(inputs) for inputs in seen] == [True] * 5 + [False] * 5


@pytest.mark.parametrize("engine", ["compiled", "numpy", "eager", JAX])
@pytest.mark.parametrize("batch_size", [1, 2])
def test_on_epoch_ends_the_run_by_stop_iteration(engine: Any, batch_size: int) -> None:
    """As a loop that breaks."""

    def on_epoch(epoch: int, history: History) -> None:
        if history.losses[-1] < wanted[3] * 1.000001:
            raise StopIteration

    w, wanted = by_hand(batch_size, "mean", 4)
    net = line()
    optimizer = SGD(net.parameters(), 0.01)
    history = fit(
        net, INPUTS, TARGETS, optimizer=optimizer, epochs=50, batch_size=batch_size, engine=engine, on_epoch=on_epoch
    )
    assert history.losses == pytest.approx(wanted, rel=1e-13)
    assert net.w1.data == pytest.approx(w, rel=1e-13)
    assert (optimizer.epoch, history.interrupted, history.engine) == (4, False, engine)


@pytest.mark.parametrize("batch_size", [1, 3])
def test_epochs_that_are_watched_are_the_same_to_the_last_bit(batch_size: int) -> None:
    """They are trained by a program that is held after each of them."""

    def end(is_watched: bool) -> Any:
        net, seen = MLP(1, [2, 1], seed=1), set[float]()
        optimizer = Adam(net.parameters(), lambda epoch: 0.1 / (1 + epoch // 7))
        history = fit(
            net, INPUTS, TARGETS, optimizer=optimizer, epochs=40, batch_size=batch_size, engine="compiled",
            on_epoch=(lambda epoch, history: seen.add(net.w1.data)) if is_watched else None,
        )  # fmt: skip
        assert len(seen) == 40 * is_watched
        return [p.data for p in net.parameters()], optimizer.states, optimizer.steps, history.losses

    assert end(True) == end(False)


@pytest.mark.parametrize("engine", ["compiled", "numpy", "eager", JAX])
def test_whatever_on_epoch_changes_the_next_epoch_begins_there(engine: Any) -> None:
    """By hand: momentum on Σ (y - w x)², changed in every way."""
    w, v, rate, momentum = 0.5, 0.0, 0.01, 0.5
    net = line()
    optimizer = SGD(net.parameters(), rate, momentum)

    def on_epoch(epoch: int, history: History) -> None:
        if epoch == 3:
            net.w1.data = 2.0
        elif epoch == 6:
            optimizer.states = [(0.25,)]
        elif epoch == 9:
            optimizer.learning_rate = 0.001
        elif epoch == 12:
            optimizer.momentum = 0.0

    for epoch in range(16):
        for (x,), y in zip(INPUTS, TARGETS, strict=True):
            v = momentum * v - 2 * x * (y - w * x)
            w -= rate * v
        w = 2.0 if epoch == 3 else w
        v = 0.25 if epoch == 6 else v
        rate = 0.001 if epoch == 9 else rate
        momentum = 0.0 if epoch == 12 else momentum
    fit(net, INPUTS, TARGETS, optimizer=optimizer, epochs=16, engine=engine, on_epoch=on_epoch)
    assert net.w1.data == pytest.approx(w, rel=1e-12)
    assert optimizer.states[0][0] == pytest.approx(v, rel=1e-12)


@pytest.mark.parametrize("engine", ["auto", "compiled", "eager"])
@pytest.mark.parametrize("shorten", ["some", "all", "another"])
def test_on_epoch_may_shorten_the_losses(engine: Any, shorten: str) -> None:
    """It made fit endless: the epochs were counted by them."""
    seen = []

    def on_epoch(epoch: int, history: History) -> None:
        seen.append(epoch)
        if shorten == "some":
            del history.losses[:-5]
        elif shorten == "all":
            history.losses.clear()
        else:
            history.losses = [7.0]

    net, same = line(), line()
    history = fit(net, INPUTS, TARGETS, epochs=20, on_epoch=on_epoch, engine=engine)
    losses = fit(same, INPUTS, TARGETS, epochs=20).losses
    assert seen == list(range(20))
    assert net.w1.data == pytest.approx(same.w1.data, rel=1e-12)
    assert history.losses == {"some": pytest.approx(losses[-5:], rel=1e-12), "all": [], "another": [7.0]}[shorten]


class _Leaving(Module):
    """A network whose output is computed with numbers that have left the graph."""

    def __init__(self, leave: Any) -> None:
        self.w = Value(0.5, "w")
        self.leave = leave

    def parameters(self) -> list[Value]:
        return [self.w]

    def __call__(self, inputs: Any) -> Any:
        return Value(self.leave(self.w)) * inputs[0]


def in_an_array(w: Value) -> float:
    row = np.zeros(1)
    row[0] = w.data
    return float(row[0])


@pytest.mark.parametrize("engine", ["auto", "compiled", "eager"])
@pytest.mark.parametrize("leave", [lambda w: math.exp(w.data), lambda w: w.data, in_an_array])
def test_where_no_parameter_reaches_the_loss_fit_says_so(leave: Any, engine: Any) -> None:
    net = _Leaving(leave)
    with pytest.raises(UsageError, match=r"^no parameter that the SGD moves reaches the loss, so nothing would be lea"):
        fit(net, INPUTS, TARGETS, epochs=5, engine=engine)
    assert net.w.data == 0.5


@pytest.mark.parametrize("engine", ["auto", "eager"])
def test_one_sample_that_a_parameter_reaches_is_enough(engine: Any) -> None:
    """As of a hinge by hand, which is a plain 0 where the margin is kept."""

    def hinge_by_hand(score: Value, target: float) -> Value:
        return 1 - target * score if (target * score).data < 1 else Value(0.0)

    net = line(1.0)
    history = fit(net, [[2.0], [3.0], [-4.0]], [1, 1, 1], hinge_by_hand, epochs=1, engine=engine)
    assert (history.engine, net.w1.data) == ("eager", 1.0 + 0.1 * -4.0)


class _Running(Module):
    """Inputs without their running mean, which every call moves on by half of the way."""

    def __init__(self) -> None:
        self.w = Value(1.0, "w")
        self.mean = 0.0

    def parameters(self) -> list[Value]:
        return [self.w]

    def __call__(self, inputs: Any) -> Any:
        self.mean += (float(inputs[0]) - self.mean) / 2
        return self.w * (inputs[0] - self.mean)


def test_a_network_that_keeps_running_means_learns_eagerly_as_in_a_loop() -> None:
    mean, w = 0.0, 1.0
    for _ in range(3):
        for (x,), y in zip(INPUTS, TARGETS, strict=True):
            mean += (x - mean) / 2
            w -= 0.01 * -2 * (y - w * (x - mean)) * (x - mean)
    net = _Running()
    fit(net, INPUTS, TARGETS, optimizer=SGD([net.w], 0.01), epochs=3, engine="eager")
    assert net.w.data == pytest.approx(w, rel=1e-14)
    assert net.mean == mean
    other = _Running()
    fit(other, INPUTS, TARGETS, optimizer=SGD([other.w], 0.01), epochs=3)
    assert other.w.data != net.w.data  # its docstring says so
    assert fit.__doc__ is not None
    assert 'train it with engine="eager", which computes nothing twice' in fit.__doc__


def test_a_bad_row_is_told_at_that_row_by_the_eager_engine() -> None:
    """By hand, after rows 0 and 1; the others tell it before they train."""
    inputs, targets, rate = [[1.0], [2.0], [3.0]], [1.0, 0.0, 7.0], 0.01

    def squared(p: Value, y: float) -> Value:
        if y == 7.0:
            raise UsageError("no seven")
        return (p - y) ** 2

    w = 0.5
    for x, y in ((1.0, 1.0), (2.0, 0.0)):
        w -= rate * 2 * (w * x - y) * x
    for engine, left, steps in (("eager", w, 2), ("auto", 0.5, 0), ("compiled", 0.5, 0)):
        net, chosen = line(), engine
        optimizer = SGD(net.parameters(), rate)
        with pytest.raises(UsageError, match=r"^row 2: no seven$"):
            fit(net, inputs, targets, squared, optimizer, 5, engine=chosen)  # type: ignore[arg-type]
        assert net.w1.data == pytest.approx(left, rel=1e-14)
        assert optimizer.steps == steps


@pytest.mark.parametrize("engine", ["auto", "compiled", "eager"])
def test_parameters_that_are_taken_out_of_the_optimiser_before_training_are_frozen(engine: Any) -> None:
    net = MLP(2, [2, 1], seed=1)
    optimizer = Adam(net.parameters(), 0.05)
    fit(net, *XOR, optimizer=optimizer, epochs=2, engine=engine)
    frozen = [net.w1, net.b2]
    for parameter in frozen:
        optimizer.parameters.remove(parameter)
    before = [p.data for p in net.parameters()]
    fit(net, *XOR, optimizer=optimizer, epochs=2, engine=engine)
    assert [p for p, number in zip(net.parameters(), before, strict=True) if p.data == number] == frozen
    optimizer.parameters = net.parameters()
    fit(net, *XOR, optimizer=optimizer, epochs=2, engine=engine)
    assert all(p.data != number for p, number in zip(net.parameters(), before, strict=True))
    assert (optimizer.epoch, optimizer.steps, len(optimizer.states)) == (6, 24, 9)


@pytest.mark.parametrize("engine", ["auto", "compiled", "eager"])
def test_what_a_network_and_a_loss_do_to_their_lists_is_not_done_to_the_samples(engine: Any) -> None:
    class Taking(Module):
        def __init__(self) -> None:
            self.w = Value(0.5, "w")

        def parameters(self) -> list[Value]:
            return [self.w]

        def __call__(self, inputs: Any) -> Any:
            product: Value = self.w * inputs.pop()
            return product

    def taking(prediction: Value, target: Any) -> Any:
        return (prediction - target.pop()) ** 2

    net, same = Taking(), line()
    fit(net, INPUTS, [[y] for y in TARGETS], taking, SGD([net.w], 0.01), epochs=3, engine=engine)
    fit(same, INPUTS, TARGETS, optimizer=SGD(same.parameters(), 0.01), epochs=3)
    assert net.w.data == pytest.approx(same.w1.data, rel=1e-12)
