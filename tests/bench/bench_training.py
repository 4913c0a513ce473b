"""Training the articles' networks: `fit`, and what others would write. Each peer does the same
kind of updates, from a start of its own.

`epochs` and `samples` in extra_info say how much a round does, so that rounds of different length can be compared.
"""

from __future__ import annotations

import gc
import math
import statistics
from collections.abc import Callable
from math import exp
from time import perf_counter
from typing import Any

import pytest

from autograd import Value, compile, compiled  # noqa: A004
from autograd.extend import TrainingRun
from nn import MLP, SGD, Neuron, fit, half_squared_error, mean_squared_error
from nn.articles import breast_cancer_network
from nn.data import DIABETES, PEOPLE, XOR, breast_cancer, split, standardise

from . import workload
from .transformer import CHARACTERS, WIDTH, Transformer, leaves

INPUTS = [[float(x) for x in row] for row, _ in PEOPLE.values()]
TARGETS = [float(y) for _, y in PEOPLE.values()]
START = [0.1, 0.2, 0.0, 0.3, 0.4, 0.0, 0.5, 0.6, 0.0]  # w1, w2, b1, w3, w4, b2, w5, w6, b3
EPOCHS = 50_000


def timed(benchmark: Any, work: Any, epochs: int, rounds: int = 5, **settings: Any) -> Any:
    gc.collect()
    benchmark.extra_info["epochs"] = epochs
    return benchmark.pedantic(work, rounds=rounds, warmup_rounds=1 if rounds > 1 else 0, **settings)


def weight_height() -> MLP:
    net = MLP(2, [2, 1])
    net.set_parameters(dict(zip(net.named_parameters(), START, strict=True)))
    return net


# weight-height: one sample at a time, 2-2-1, the loss of every sample included ----------------------------------------


def by_fit() -> float:
    net = weight_height()
    return fit(net, INPUTS, TARGETS, mean_squared_error, SGD(net.parameters(), 0.1), EPOCHS).losses[-1]


def test_weight_height_fit(benchmark: Any) -> None:
    timed(benchmark, by_fit, EPOCHS)


def test_weight_height_in_turn(benchmark: Any) -> None:
    """Fit, its own program without fit, and a loop written by hand: so near to each other that they are timed in turn,
    and what slows the machine down for a while slows all three.
    """
    net = weight_height()
    optimizer = SGD(net.parameters(), 0.1)
    program = compile(mean_squared_error(net(INPUTS[0]), TARGETS[0]), update=optimizer.rule)
    samples = [[*row, target] for row, target in zip(INPUTS, TARGETS, strict=True)]

    def by_program() -> float:
        run = TrainingRun(START, optimizer.states, [0.1])
        program.train(run, samples, EPOCHS)
        return run.state.losses[-1] / 4

    ways: dict[str, Callable[[], float]] = {"fit": by_fit, "bare": by_program, "hand": lambda: by_hand(EPOCHS)}
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    ends = []

    def all_in_turn() -> None:
        for name, way in ways.items():
            start = perf_counter()
            ends.append(way())
            seconds[name].append(perf_counter() - start)

    timed(benchmark, all_in_turn, EPOCHS, rounds=11)
    assert ends == pytest.approx([ends[0]] * len(ends), rel=1e-9)
    benchmark.extra_info["hand"] = statistics.median(seconds["hand"]) / EPOCHS
    for one, other in (("bare", "hand"), ("fit", "bare")):
        ratios = [a / b for a, b in zip(seconds[one], seconds[other], strict=True)]
        benchmark.extra_info[f"{one} to {other}"] = statistics.median(ratios)


def by_hand(epochs: int) -> float:
    """What one would write for this network and no other: the update in line, each slope computed once."""
    samples = [(*row, target) for row, target in zip(INPUTS, TARGETS, strict=True)]
    w1, w2, b1, w3, w4, b2, w5, w6, b3 = START
    rate = 0.1
    losses = []
    for _ in range(epochs):
        total = 0.0
        for x1, x2, y_true in samples:
            h1 = 1.0 / (1.0 + exp(-(w1 * x1 + w2 * x2 + b1)))
            h2 = 1.0 / (1.0 + exp(-(w3 * x1 + w4 * x2 + b2)))
            o1 = 1.0 / (1.0 + exp(-(w5 * h1 + w6 * h2 + b3)))
            error = y_true - o1
            total += error * error
            d_sum_o1 = -2.0 * error * o1 * (1.0 - o1)
            d_sum_h1 = d_sum_o1 * w5 * h1 * (1.0 - h1)
            d_sum_h2 = d_sum_o1 * w6 * h2 * (1.0 - h2)
            w1 -= rate * d_sum_h1 * x1
            w2 -= rate * d_sum_h1 * x2
            b1 -= rate * d_sum_h1
            w3 -= rate * d_sum_h2 * x1
            w4 -= rate * d_sum_h2 * x2
            b2 -= rate * d_sum_h2
            w5 -= rate * d_sum_o1 * h1
            w6 -= rate * d_sum_o1 * h2
            b3 -= rate * d_sum_o1
        losses.append(total / 4)
    return losses[-1]


def test_weight_height_numpy(benchmark: Any) -> None:
    """The article's way: NumPy arrays for the data, so that every number is a NumPy scalar."""
    np = pytest.importorskip("numpy")
    inputs, targets = np.array(INPUTS), np.array(TARGETS)
    epochs = EPOCHS // 50

    def sigmoid(x: Any) -> Any:
        return 1 / (1 + np.exp(-x))

    def slope(x: Any) -> Any:
        return sigmoid(x) * (1 - sigmoid(x))

    def work() -> float:
        w1, w2, b1, w3, w4, b2, w5, w6, b3 = START
        rate = 0.1
        for _ in range(epochs):
            for x, y_true in zip(inputs, targets, strict=True):
                sum_h1 = w1 * x[0] + w2 * x[1] + b1
                h1 = sigmoid(sum_h1)
                sum_h2 = w3 * x[0] + w4 * x[1] + b2
                h2 = sigmoid(sum_h2)
                sum_o1 = w5 * h1 + w6 * h2 + b3
                d_o1 = -2 * (y_true - sigmoid(sum_o1))
                d_h1, d_h2 = w5 * slope(sum_o1), w6 * slope(sum_o1)
                w5_next = w5 - rate * d_o1 * h1 * slope(sum_o1)
                w6_next = w6 - rate * d_o1 * h2 * slope(sum_o1)
                b3 -= rate * d_o1 * slope(sum_o1)
                w1 -= rate * d_o1 * d_h1 * x[0] * slope(sum_h1)
                w2 -= rate * d_o1 * d_h1 * x[1] * slope(sum_h1)
                b1 -= rate * d_o1 * d_h1 * slope(sum_h1)
                w3 -= rate * d_o1 * d_h2 * x[0] * slope(sum_h2)
                w4 -= rate * d_o1 * d_h2 * x[1] * slope(sum_h2)
                b2 -= rate * d_o1 * d_h2 * slope(sum_h2)
                w5, w6 = w5_next, w6_next
        return float(w5)

    timed(benchmark, work, epochs)


def test_weight_height_torch(benchmark: Any) -> None:
    torch = pytest.importorskip("torch")
    torch.set_num_threads(1)
    net = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Sigmoid(), torch.nn.Linear(2, 1), torch.nn.Sigmoid())
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    losses = []
    samples = [(torch.tensor(row), torch.tensor([target])) for row, target in zip(INPUTS, TARGETS, strict=True)]
    cost = torch.nn.MSELoss()
    epochs = EPOCHS // 500

    def work() -> None:
        for _ in range(epochs):
            total = 0.0
            for x, y_true in samples:
                optimizer.zero_grad()
                loss = cost(net(x), y_true)
                loss.backward()
                optimizer.step()
                total += loss.item()
            losses.append(total / 4)

    timed(benchmark, work, epochs)


# xor and diabetes: full batches of four and five ---------------------------------------------------------------------


def test_xor_fit(benchmark: Any) -> None:
    def work() -> None:
        net = MLP(2, [3, 1], bias_init="zero", seed=1)
        fit(net, *XOR, half_squared_error, SGD(net.parameters(), 0.1), 10_000, None, reduction="sum")

    timed(benchmark, work, 10_000)


def test_xor_watched(benchmark: Any) -> None:
    """With an on_epoch that does nothing, in turn with one that is not there."""

    def seconds(on_epoch: Any) -> float:
        net = MLP(2, [3, 1], bias_init="zero", seed=1)
        optimizer = SGD(net.parameters(), 0.1)
        start = perf_counter()
        fit(net, *XOR, half_squared_error, optimizer, 20_000, None, reduction="sum", on_epoch=on_epoch)
        return perf_counter() - start

    ratios = []

    def in_turn() -> None:
        alone = seconds(None)
        ratios.append(seconds(lambda epoch, history: None) / alone)

    timed(benchmark, in_turn, 20_000)
    benchmark.extra_info["ratio"] = statistics.median(ratios)


def test_xor_numpy(benchmark: Any) -> None:
    np = pytest.importorskip("numpy")
    inputs, targets = np.array(XOR[0]), np.array(XOR[1]).reshape(-1, 1)
    random = np.random.default_rng(1)
    epochs = 2_000

    def work() -> Any:
        w1, b1 = random.standard_normal((2, 3)), np.zeros((1, 3))
        w2, b2 = random.standard_normal((3, 1)), np.zeros((1, 1))
        for _ in range(epochs):
            hidden = 1 / (1 + np.exp(-(inputs @ w1 + b1)))
            output = 1 / (1 + np.exp(-(hidden @ w2 + b2)))
            error = targets - output
            d_output = error * output * (1 - output)
            d_hidden = d_output @ w2.T * hidden * (1 - hidden)
            w2 += 0.1 * hidden.T @ d_output
            b2 += 0.1 * d_output.sum(axis=0, keepdims=True)
            w1 += 0.1 * inputs.T @ d_hidden
            b1 += 0.1 * d_hidden.sum(axis=0, keepdims=True)
        return error

    timed(benchmark, work, epochs)


def test_diabetes_fit(benchmark: Any) -> None:
    def work() -> None:
        neuron = Neuron(3, seed=1)
        fit(neuron, *DIABETES, half_squared_error, SGD(neuron.parameters(), 0.05), 20_000, None, reduction="sum")

    timed(benchmark, work, 20_000)


def test_diabetes_numpy(benchmark: Any) -> None:
    np = pytest.importorskip("numpy")
    inputs, targets = np.array(DIABETES[0]), np.array(DIABETES[1]).reshape(-1, 1)
    random = np.random.default_rng(1)
    epochs = 4_000

    def work() -> Any:
        weights, bias = random.random((3, 1)), random.random(1)
        for _ in range(epochs):
            output = 1 / (1 + np.exp(-(inputs @ weights + bias)))
            error = output - targets
            d_sum = error * output * (1 - output)
            weights -= 0.05 * inputs.T @ d_sum
            bias -= 0.05 * d_sum.sum()
        return error

    timed(benchmark, work, epochs)


# breast-cancer: a full batch of 455, 30-4-1 --------------------------------------------------------------------------


def cancer() -> tuple[Any, Any]:
    rows, targets, held_out, _ = split(*breast_cancer(), held_out=0.2, seed=0)
    return standardise(rows, held_out)[0], targets


def test_breast_cancer_fit(benchmark: Any) -> None:
    rows, targets = cancer()
    net = MLP(30, [4, 1], seed=1)
    work = lambda: fit(net, rows, targets, mean_squared_error, SGD(net.parameters(), 0.5), 1000, None)  # noqa: E731
    assert timed(benchmark, work, 1000, rounds=1).engine == "numpy"


def test_breast_cancer_job(benchmark: Any) -> None:
    """All of `python -m nn breast-cancer`: reading, splitting, 1000 epochs, predicting."""
    timed(benchmark, lambda: breast_cancer_network(seed=0), 1000, rounds=1)


def test_breast_cancer_numpy(benchmark: Any) -> None:
    """Where arrays win: all samples at once."""
    np = pytest.importorskip("numpy")
    rows, labels = cancer()
    inputs, targets = np.array(rows), np.array(labels).reshape(-1, 1)
    random = np.random.default_rng(1)
    epochs = 200

    def work() -> Any:
        w1, b1 = 0.1 * random.standard_normal((30, 4)), np.zeros(4)
        w2, b2 = 0.1 * random.standard_normal((4, 1)), np.zeros(1)
        for _ in range(epochs):
            hidden = 1 / (1 + np.exp(-(inputs @ w1 + b1)))
            output = 1 / (1 + np.exp(-(hidden @ w2 + b2)))
            error = output - targets
            d_output = 2 / len(inputs) * error * output * (1 - output)
            d_hidden = d_output @ w2.T * hidden * (1 - hidden)
            w2 -= 0.5 * hidden.T @ d_output
            b2 -= 0.5 * d_output.sum(axis=0)
            w1 -= 0.5 * inputs.T @ d_hidden
            b1 -= 0.5 * d_hidden.sum(axis=0)
        return error

    timed(benchmark, work, epochs)


def test_breast_cancer_micrograd_batch(benchmark: Any) -> None:
    engine = pytest.importorskip("micrograd.engine")
    from .bench_micrograd import sigmoid

    net = workload.network(engine.Value)
    samples = list(zip(*cancer(), strict=True))

    def work() -> None:
        root = workload.loss_of(samples, net, sigmoid, lambda x: x)
        root.backward()

    timed(benchmark, work, 1, rounds=2)


def test_breast_cancer_micrograd_each(benchmark: Any) -> None:
    engine = pytest.importorskip("micrograd.engine")
    from .bench_micrograd import sigmoid

    net = workload.network(engine.Value)
    samples = list(zip(*cancer(), strict=True))

    def work() -> None:
        for sample in samples:
            workload.loss_of([sample], net, sigmoid, lambda x: x).backward()

    timed(benchmark, work, 1, rounds=2)


def test_ready(benchmark: Any) -> None:
    """From the call of fit to the first epoch: 30-4-1, with 100 samples."""
    net = MLP(30, [4, 1], seed=1)
    work = lambda: fit(net, workload.INPUTS, workload.TARGETS, epochs=0)  # noqa: E731
    assert timed(benchmark, work, 1, rounds=10).engine == "compiled"


# A transformer: one forward and one backward pass over a text of eight characters ------------------------------------


def test_transformer_eager(benchmark: Any) -> None:
    net, texts = Transformer(0), [leaves(8, width, seed) for seed, width in enumerate((WIDTH, WIDTH, CHARACTERS))]
    timed(benchmark, lambda: net.loss(*texts).backward(), 1)


def test_transformer_compiled(benchmark: Any) -> None:
    net, texts = Transformer(0), [leaves(8, width, seed) for seed, width in enumerate((WIDTH, WIDTH, CHARACTERS))]
    *embeddings, following = [[value for vector in text for value in vector] for text in texts]
    root = net.loss(*texts)
    wrt = [value for text in embeddings for value in text] + net.weights
    program = compile(root, following, wrt)
    inputs, parameters = [value.data for value in following], [value.data for value in wrt]
    _, gradients = timed(benchmark, lambda: program(inputs, parameters), 1, rounds=20)
    root.backward()
    scale = max(abs(value.grad) for value in wrt)
    apart = max(
        abs(one - value.grad) / max(abs(value.grad), 1e-3 * scale) for one, value in zip(gradients, wrt, strict=True)
    )
    benchmark.extra_info["apart"] = apart
    benchmark.extra_info["parameters"] = len(net.weights) + (CHARACTERS + 16) * WIDTH
    assert math.isfinite(apart)


# A function of `compiled` over numbers: what it takes to look at the arguments ----------------------------------------


def test_compiled_function(benchmark: Any) -> None:
    f = compiled(lambda w, x, b: (w * x + b).tanh(), backend="python")
    w, x, b = Value(1.0), Value(2.0), Value(3.0)
    program = compile((w * x + b).tanh(), inputs=[w, x, b], wrt=[])
    calls = 1000

    def seconds(call: Callable[[], object]) -> float:
        start = perf_counter()
        for _ in range(calls):
            call()
        return perf_counter() - start

    def work() -> float:
        return seconds(lambda: f(1.0, 2.0, 3.0)) / seconds(lambda: program([1.0, 2.0, 3.0], []))

    ratios = [work() for _ in range(15)]
    timed(benchmark, work, calls)
    benchmark.extra_info["ratio"] = statistics.median(ratios)
