"""Array programs beside NumPy as an article writes it, and what it takes to make one. NumPy has one thread.

What is compared is timed in turn, so that what slows the machine down for a while slows both; the ratio of each turn is
taken, and the median of the ratios.
"""

from __future__ import annotations

import statistics
import tracemalloc
from collections.abc import Callable
from functools import partial
from time import process_time
from typing import Any

import pytest

from autograd import Value, compile, pause_collector  # noqa: A004 -- ours, of graphs
from autograd.extend import RolledGraph, TrainingRun, faster_over_arrays, structural_difference
from nn import MLP, SGD, Adam, cross_entropy, fit, mean_squared_error
from nn.data import breast_cancer, split, standardise
from nn.examples.handwriting import digits_samples
from nn.losses import cross_entropy_of_weights
from nn.training import look
from nn.training.choice import _recorded, engine_for
from nn.training.engines import Eager
from nn.training.samples import Samples

np = pytest.importorskip("numpy")

RATE = 0.5


def recorded(net: MLP, loss: Any) -> tuple[Value, list[Value]]:
    """The loss of one sample, and its inputs and targets."""
    xs = [Value(0.1, f"x{number}") for number in range(1, net.n_inputs + 1)]
    ys = [Value(float(not number), "y_true") for number in range(net.sizes[-1])]
    return loss(net(list(xs)), list(ys) if len(ys) > 1 else ys[0]), [*xs, *ys]


def ratio(one: Callable[[], Any], other: Callable[[], Any], *less: Callable[[], Any], turns: int = 9) -> float:
    """How many times as long as the other the one takes. less: what the one does, too, and is not counted."""
    ways, ratios = (one, other, *less), []
    for turn in range(turns + 1):
        seconds = []
        for way in ways:
            start = process_time()
            way()
            seconds.append(process_time() - start)
        if turn:  # the first warms up
            ratios.append((seconds[0] - sum(seconds[2:])) / seconds[1])
    return statistics.median(ratios)


def noted(benchmark: Any, **numbers: float) -> None:
    benchmark.extra_info.update(numbers)
    benchmark.pedantic(lambda: None, rounds=1)


# 30-4-1 and 455 samples: the article ----------------------------------------------------------------------------------


def cancer() -> tuple[list[list[float]], list[float]]:
    rows, targets, held_out, _ = split(*breast_cancer(), held_out=0.2, seed=0)
    return standardise(rows, held_out)[0], targets


def by_hand(inputs: Any, targets: Any, epochs: int, size: int) -> list[float]:
    """What an article writes: columns of targets, the loss of every epoch, SGD."""
    random, losses = np.random.default_rng(1), []
    w1, b1 = 0.1 * random.standard_normal((30, 4)), np.zeros((1, 4))
    w2, b2 = 0.1 * random.standard_normal((4, 1)), np.zeros((1, 1))
    for _ in range(epochs):
        total = 0.0
        for first in range(0, len(inputs), size):
            x, y = inputs[first : first + size], targets[first : first + size]
            hidden = 1 / (1 + np.exp(-(x @ w1 + b1)))
            output = 1 / (1 + np.exp(-(hidden @ w2 + b2)))
            total += np.sum((y - output) ** 2)
            d_output = -2 * (y - output) / len(x) * output * (1 - output)
            d_hidden = d_output @ w2.T * hidden * (1 - hidden)
            d_w2, d_b2 = hidden.T @ d_output, np.sum(d_output, axis=0, keepdims=True)
            d_w1, d_b1 = x.T @ d_hidden, np.sum(d_hidden, axis=0, keepdims=True)
            w2, b2 = w2 - RATE * d_w2, b2 - RATE * d_b2
            w1, b1 = w1 - RATE * d_w1, b1 - RATE * d_b1
        losses.append(total / len(inputs))
    return losses


def ours(
    rows: list[list[float]], targets: list[float], epochs: int, size: int, backend: str = "numpy"
) -> Callable[[], None]:
    """The same by an array program."""
    net = MLP(30, [4, 1], seed=1)
    optimizer = SGD(net.parameters(), RATE)
    root, leaves = recorded(net, mean_squared_error)
    program: Any = compile(root, leaves, net.parameters(), optimizer.rule, backend=backend)
    samples = program.prepared([[*row, target] for row, target in zip(rows, targets, strict=True)])
    batches: Any = []
    for first in range(0, len(rows), size):
        places = range(first, min(first + size, len(rows)))
        batches.append((1 / len(places), samples.selected(places)))
    if backend == "jax":
        batches = program.laid_out(batches)
    start = [parameter.data for parameter in net.parameters()]
    return lambda: program.train_in_batches(TrainingRun(start, optimizer.states, [RATE]), batches, epochs)


@pytest.mark.parametrize("size", [455, 32])
def test_article_by_hand(benchmark: Any, size: int) -> None:
    rows, targets = cancer()
    epochs = 200 if size == 455 else 30
    inputs, column = np.array(rows), np.array(targets).reshape(-1, 1)
    noted(benchmark, ratio=ratio(ours(rows, targets, epochs, size), lambda: by_hand(inputs, column, epochs, size)))


def test_article_by_fit(benchmark: Any) -> None:
    """All that fit does for 1000 epochs: looking at samples, recording, rolling, compiling, training, comparing."""
    rows, targets = cancer()
    inputs, column = np.array(rows), np.array(targets).reshape(-1, 1)

    def by_fit() -> None:
        net = MLP(30, [4, 1], seed=1)
        history = fit(net, rows, targets, mean_squared_error, SGD(net.parameters(), RATE), 1000, None)
        assert history.engine == "numpy"

    noted(benchmark, ratio=ratio(by_fit, lambda: by_hand(inputs, column, 1000, 455), turns=5))


def test_article_torch(benchmark: Any) -> None:
    torch = pytest.importorskip("torch")
    torch.set_num_threads(1)
    rows, targets = cancer()
    x, y = torch.tensor(rows), torch.tensor(targets).reshape(-1, 1)
    net = torch.nn.Sequential(torch.nn.Linear(30, 4), torch.nn.Sigmoid(), torch.nn.Linear(4, 1), torch.nn.Sigmoid())
    optimizer, cost = torch.optim.SGD(net.parameters(), lr=RATE), torch.nn.MSELoss()

    def by_torch() -> None:
        for _ in range(200):
            optimizer.zero_grad()
            loss = cost(net(x), y)
            loss.backward()
            optimizer.step()
            loss.item()

    noted(benchmark, ratio=ratio(by_torch, ours(rows, targets, 200, 455)))


@pytest.mark.filterwarnings("ignore")
def test_article_sklearn(benchmark: Any) -> None:
    network = pytest.importorskip("sklearn.neural_network")
    rows, targets = cancer()
    inputs, column = np.array(rows), np.array(targets)
    settings = {
        "solver": "sgd",
        "momentum": 0.0,
        "alpha": 0.0,
        "learning_rate_init": 0.01,
        "shuffle": False,
        "tol": 0.0,
    }

    def by_sklearn() -> None:
        model = network.MLPRegressor(
            hidden_layer_sizes=(4,),
            activation="logistic",
            batch_size=455,
            max_iter=200,
            n_iter_no_change=10**6,
            **settings,
        )
        model.fit(inputs, column)

    noted(benchmark, ratio=ratio(by_sklearn, ours(rows, targets, 200, 455), turns=5))


# Digits: 64-32-10, 1,438 samples, batches of 32 ----------------------------------------------------------------------


def test_digits(benchmark: Any) -> None:
    """30 epochs with Adam, as multiples of them by hand: by the program; by fit, which also shuffles and compares; and
    with all that fit does before its first epoch.
    """
    inputs, targets, _, _ = split(*digits_samples()[:2], held_out=0.2, seed=0)
    x, classes = np.array(inputs), np.eye(10)[np.array(targets, dtype=int)]

    def start() -> MLP:
        return MLP(64, [32, 10], output_activation="linear", weight_init="xavier", bias_init="zero", seed=1)

    def by_fit(epochs: int = 30) -> None:
        net = start()
        optimizer = Adam(net.parameters(), 0.01)
        assert fit(net, inputs, targets, cross_entropy, optimizer, epochs, 32, shuffle=True, seed=1).engine == "numpy"

    net = start()
    optimizer = Adam(net.parameters(), 0.01)
    root, leaves = recorded(net, cross_entropy_of_weights)
    program: Any = compile(root, leaves, net.parameters(), optimizer.rule, backend="numpy")
    samples = program.prepared(np.hstack([x, classes]))
    numbers = [parameter.data for parameter in net.parameters()]

    def by_program() -> None:
        places = [range(first, min(first + 32, len(x))) for first in range(0, len(x), 32)]
        batches = [(1 / len(batch), samples.selected(batch)) for batch in places]
        run = TrainingRun(numbers, optimizer.states, optimizer.settings())
        program.train_in_batches(run, batches, 30)
        assert run.state.losses[-1] < 0.1 * len(x)

    def hand() -> None:
        random = np.random.default_rng(1)
        weights = [0.15 * random.standard_normal((64, 32)), np.zeros(32)]
        weights += [0.15 * random.standard_normal((32, 10)), np.zeros(10)]
        first, second = ([np.zeros_like(w) for w in weights] for _ in range(2))
        steps = 0
        for _ in range(30):
            order, total = random.permutation(len(x)), 0.0
            for start in range(0, len(x), 32):
                places = order[start : start + 32]
                batch, y = x[places], classes[places]
                hidden = 1 / (1 + np.exp(-(batch @ weights[0] + weights[1])))
                logits = hidden @ weights[2] + weights[3]
                shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
                p = shifted / shifted.sum(axis=1, keepdims=True)
                total -= np.log(p[y == 1]).sum()
                d_logits = (p - y) / len(batch)
                d_hidden = d_logits @ weights[2].T * hidden * (1 - hidden)
                gradients = [batch.T @ d_hidden, d_hidden.sum(axis=0), hidden.T @ d_logits, d_logits.sum(axis=0)]
                steps += 1
                for place, gradient in enumerate(gradients):
                    first[place] = 0.9 * first[place] + 0.1 * gradient
                    second[place] = 0.999 * second[place] + 0.001 * gradient * gradient
                    step = first[place] / (1 - 0.9**steps)
                    weights[place] -= 0.01 * step / (np.sqrt(second[place] / (1 - 0.999**steps)) + 1e-8)

    noted(
        benchmark,
        program=ratio(by_program, hand, turns=5),
        fit=ratio(by_fit, hand, turns=5),
        epochs=ratio(lambda: by_fit(31), hand, lambda: by_fit(1)),
    )


# The look before training ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", ["30-4-1", "784-32-10"])
def test_look(benchmark: Any, shape: str) -> None:
    """What is computed and compared before training, beside making the program."""
    if shape == "30-4-1":
        (rows, targets), net, loss = cancer(), MLP(30, [4, 1], seed=1), mean_squared_error
    else:
        random = np.random.default_rng(1)
        rows, targets = random.random((1_000, 784)).tolist(), random.integers(0, 10, 1_000).tolist()
        net, loss = MLP(784, [32, 10], output_activation="linear", seed=1), cross_entropy
    samples, optimizer = Samples(net, loss, rows, targets), SGD(net.parameters(), RATE)
    engine: Any = engine_for("numpy", samples, optimizer, 32)
    eager = Eager(samples, optimizer)
    root, leaves = _recorded(eager, 0)
    seconds = []
    for _ in range(9):
        with pause_collector():
            start = process_time()
            order = look.order_of(samples)
            if look.extent(engine.values).structure:
                second, others = _recorded(eager, order[1])
                assert not structural_difference(root, second, leaves, others)
            look.compare(engine, order)
            seconds.append(process_time() - start)
    noted(benchmark, seconds=min(seconds))


# A wide layer ---------------------------------------------------------------------------------------------------------


def wide(inputs: int) -> tuple[MLP, Value, list[Value]]:
    net = MLP(inputs, [32, 10], output_activation="linear", seed=1)
    return (net, *recorded(net, cross_entropy_of_weights))


def test_wide_compiled(benchmark: Any) -> None:
    """Rolled, printed and compiled: 25,450 parameters, 77,000 values."""
    seconds, values = {}, {}
    for inputs in (98, 784):
        net, root, leaves = wide(inputs)
        wrt, rule = net.parameters(), SGD(net.parameters(), 0.1).rule
        times = []
        for _ in range(3):
            start = process_time()
            rolled = RolledGraph(root, leaves, wrt, rule)
            rolled.compiled()
            times.append(process_time() - start)
        seconds[inputs], values[inputs] = min(times), rolled.values
    tracemalloc.start()
    kept = RolledGraph(root, leaves, wrt, rule).compiled()
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept.source
    growth = (seconds[784] / values[784]) / (seconds[98] / values[98])
    noted(benchmark, seconds=seconds[784], growth=growth, bytes=most)


def test_wide_epoch(benchmark: Any) -> None:
    net, root, leaves = wide(784)
    optimizer = SGD(net.parameters(), 0.1)
    program: Any = compile(root, leaves, net.parameters(), optimizer.rule, backend="numpy")
    random = np.random.default_rng(1)
    inputs, classes = random.random((10_000, 784)), np.eye(10)[random.integers(0, 10, 10_000)]
    samples = program.prepared(np.hstack([inputs, classes]))
    batches = [(1 / 500, samples.selected(range(first, first + 500))) for first in range(0, 10_000, 500)]
    start = [parameter.data for parameter in net.parameters()]

    def hand() -> None:
        w1, b1 = random.standard_normal((784, 32)), np.zeros(32)
        w2, b2 = random.standard_normal((32, 10)), np.zeros(10)
        total = 0.0
        for first in range(0, 10_000, 500):
            x, y = inputs[first : first + 500], classes[first : first + 500]
            hidden = 1 / (1 + np.exp(-(x @ w1 + b1)))
            logits = hidden @ w2 + b2
            shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
            p = shifted / shifted.sum(axis=1, keepdims=True)
            total -= np.log(p[y == 1]).sum()
            d_logits = (p - y) / len(x)
            d_hidden = d_logits @ w2.T * hidden * (1 - hidden)
            w2, b2 = w2 - 0.1 * hidden.T @ d_logits, b2 - 0.1 * d_logits.sum(axis=0)
            w1, b1 = w1 - 0.1 * x.T @ d_hidden, b1 - 0.1 * d_hidden.sum(axis=0)

    def arrays() -> None:
        program.train_in_batches(TrainingRun(start, optimizer.states, [0.1]), batches)

    noted(benchmark, ratio=ratio(arrays, hand, turns=5))


# The choice -----------------------------------------------------------------------------------------------------------

SHAPES = {
    "2-2-1": (2, [2, 1]),
    "2-3-1": (2, [3, 1]),
    "3-1": (3, [1]),
    "2-8-1": (2, [8, 1]),
    "30-4-1": (30, [4, 1]),
    "16-16-4": (16, [16, 4]),
    "2-8-3": (2, [8, 3]),
    "8-8-8-1": (8, [8, 8, 1]),
}


def test_choice(benchmark: Any) -> None:
    """Eight shapes, seven batch sizes: how many times as long as the better of the two "auto" takes, at worst."""
    costs = []
    random = np.random.default_rng(3)
    for shape, (inputs, sizes) in SHAPES.items():
        is_softmax = shape == "2-8-3"
        net = MLP(inputs, sizes, output_activation="linear" if is_softmax else None, seed=1)
        optimizer = (Adam if shape == "2-8-1" else SGD)(net.parameters(), 0.01)
        root, leaves = recorded(net, cross_entropy_of_weights if is_softmax else mean_squared_error)
        roll = partial(RolledGraph, root, leaves, net.parameters(), optimizer.rule)
        rolled = roll()
        arrays: Any = rolled.compiled()
        python = compile(root, leaves, net.parameters(), optimizer.rule)
        start = [parameter.data for parameter in net.parameters()]
        for batch in (1, 2, 4, 8, 16, 32, 64):
            rows = random.standard_normal((batch, len(leaves))).tolist()
            ways = ((python, [(1.0, rows)]), (arrays, [(1.0, arrays.prepared(rows))]))
            times: list[list[float]] = [[], []]
            epochs = max(20, 1000 // batch)
            for _ in range(5):
                for way, (program, batches) in enumerate(ways):
                    run = TrainingRun(start, optimizer.states, optimizer.settings())
                    began = process_time()
                    program.train_in_batches(run, batches, epochs)
                    times[way].append(process_time() - began)
            is_arrays = faster_over_arrays(rolled.values, batch, roll) is not None
            costs.append((min(times[is_arrays]) / min(map(min, times)), f"{shape}, {batch}"))
    worst, where = max(costs)
    noted(benchmark, worst=worst)
    benchmark.extra_info["where"] = where
