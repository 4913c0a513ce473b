"""Training over arrays: it ends where every engine ends, and "auto" takes it where it is faster."""

from __future__ import annotations

import math
from random import Random
from typing import Any

import pytest

from autograd import DomainError, UsageError
from nn import MLP, SGD, Adam, History, cross_entropy, fit, mean_squared_error
from nn.training import choice

from ...support.engines import JAX
from .test_engines import ARTICLES, OPTIMIZERS


def trained(name: str, engine: Any, optimizer: str, size: int | None, reduction: Any) -> tuple[History, list[float]]:
    make, inputs, targets, loss, _ = ARTICLES[name]
    net = make()
    moves = OPTIMIZERS[optimizer](net.parameters())
    history = fit(net, inputs, targets, loss, moves, 6, size, reduction, engine=engine, seed=1)
    return history, [parameter.data for parameter in net.parameters()]


@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("size", [None, 1, 3])
@pytest.mark.parametrize("optimizer", sorted(OPTIMIZERS))
@pytest.mark.parametrize("name", sorted(ARTICLES))
def test_training_ends_where_every_engine_ends(name: str, optimizer: str, size: int | None, reduction: str) -> None:
    arrays, numbers = trained(name, "numpy", optimizer, size, reduction)
    compiled, wanted = trained(name, "compiled", optimizer, size, reduction)
    assert (arrays.engine, arrays.why, compiled.engine) == ("numpy", "", "compiled")
    assert numbers == pytest.approx(wanted, rel=1e-12, abs=1e-14)
    assert arrays.losses == pytest.approx(compiled.losses, rel=1e-12, abs=1e-14)


def many(count: int) -> tuple[list[list[float]], list[float]]:
    random = Random(3)
    rows = [[random.gauss(0.0, 1.0) for _ in range(6)] for _ in range(count)]
    return rows, [float(sum(row) > 0) for row in rows]


def test_auto_takes_arrays_where_a_batch_is_large() -> None:
    rows, targets = many(200)
    ends = {}
    for size in (None, 1):
        history = fit(MLP(6, [4, 1], seed=1), rows, targets, epochs=2, batch_size=size)
        ends[size] = history.engine, history.why
    assert ends[None] == ("numpy", "103 values for 200 samples at once are faster over arrays")
    assert ends[1] == ("compiled", "")


def test_without_numpy_it_is_compiled_and_says_what_would_be_faster(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choice, "find_spec", lambda name: None)
    rows, targets = many(200)
    history = fit(MLP(6, [4, 1], seed=1), rows, targets, epochs=2, batch_size=None)
    assert history.engine == "compiled"
    assert history.why == "NumPy is not installed; with it, 103 values for 200 samples at once would be faster"
    history = fit(MLP(6, [4, 1], seed=1), rows, targets, epochs=2, batch_size=1)
    assert (history.engine, history.why) == ("compiled", "")


@pytest.mark.parametrize("engine", ["auto", "numpy", JAX])
def test_an_optimiser_that_moves_a_part_of_an_array(engine: Any) -> None:
    """One of two weights, both read alike: the other stays, and is not counted in the norm, by hand."""
    x, y = [[0.5, -2.0], [1.0, 0.25], [-1.5, 0.75]] * 300, [1.0, 0.0, -1.0] * 300
    net = MLP(2, [1], "linear", bias=False, weight_init=lambda *_: 0.5)
    optimizer = Adam([net.w2], 0.1, weight_decay=0.3, clip_norm=0.2)
    fit(net, x, y, optimizer=optimizer, epochs=1, batch_size=None, engine=engine)
    history = fit(net, x, y, optimizer=optimizer, epochs=2, batch_size=None, engine=engine)
    assert history.engine == engine.replace("auto", "numpy")
    w1, w2, m, s = 0.5, 0.5, 0.0, 0.0
    for step in (1, 2, 3):
        gradient = sum(2 * (w1 * a + w2 * b - target) * b for (a, b), target in zip(x, y, strict=True)) / len(x)
        gradient = max(-0.2, min(0.2, gradient)) + 0.3 * w2
        m, s = 0.9 * m + 0.1 * gradient, 0.999 * s + 0.001 * gradient**2
        w2 -= 0.1 * (m / (1 - 0.9**step)) / (math.sqrt(s / (1 - 0.999**step)) + 1e-8)
    assert net.w1.data == 0.5
    assert net.w2.data == pytest.approx(w2, rel=1e-12)
    assert optimizer.states == [pytest.approx((m, s), rel=1e-12)]


def test_an_optimiser_that_moves_one_layer() -> None:
    rows, targets = many(50)
    ends = []
    for engine in ("numpy", "eager"):
        net = MLP(6, [4, 1], seed=1)
        fit(net, rows, targets, mean_squared_error, Adam(net.o1.parameters(), 0.1), 3, 7, engine=engine)
        ends.append([parameter.data for parameter in net.parameters()])
    assert ends[0] == pytest.approx(ends[1], rel=1e-12)


def test_classes_are_learned_by_arrays() -> None:
    random = Random(2)
    inputs = [[random.uniform(-1, 1), random.uniform(-1, 1)] for _ in range(60)]
    classes = [place % 3 for place in range(60)]
    ends = []
    for engine in ("auto", "eager"):
        net = MLP(2, [8, 3], "relu", "linear", seed=1)
        optimizer = SGD(net.parameters(), 0.2)
        history = fit(net, inputs, classes, cross_entropy, optimizer, 20, None, engine=engine)
        ends.append((history.engine, [parameter.data for parameter in net.parameters()]))
    assert [name for name, _ in ends] == ["numpy", "eager"]
    assert ends[0][1] == pytest.approx(ends[1][1], rel=1e-12)


def test_a_class_that_is_none_is_refused_wherever_it_stands() -> None:
    rows, _ = many(2000)
    classes = [0.0] * 1999 + [7.0]
    net = MLP(6, [8, 3], output_activation="linear", seed=1)
    with pytest.raises(UsageError, match="row 1999: cross_entropy reads a class index from 0 to 2 as target, not 7"):
        fit(net, rows, classes, cross_entropy, epochs=1, batch_size=None)


def test_where_training_runs_away_the_error_is_the_engines() -> None:
    rows, targets = many(100)
    ends = []
    for engine in ("numpy", "eager"):
        net = MLP(6, [4, 1], "linear", seed=1)
        with pytest.raises(
            DomainError, match=r"^in epoch 4, row 0: power, by its rule x \*\* y, has no answer at x = -4\.0"
        ):
            fit(net, rows, targets, mean_squared_error, SGD(net.parameters(), 50.0), 400, None, engine=engine)
        ends.append([parameter.data for parameter in net.parameters()])
    assert ends[0] == pytest.approx(ends[1], rel=1e-9)


def test_a_wide_network_is_looked_at_for_a_few_samples_only() -> None:
    """How much is computed before training does not grow with the number of samples."""
    calls = [0]

    class Counted(MLP):
        def __call__(self, inputs: Any) -> Any:
            calls[0] += 1
            return super().__call__(inputs)

    seen = []
    random = Random(1)
    for count in (200, 400):
        calls[0] = 0
        rows = [[random.gauss(0.0, 1.0) for _ in range(50)] for _ in range(count)]
        net = Counted(50, [10, 1], seed=1)
        assert fit(net, rows, [0.0, 1.0] * (count // 2), epochs=0, batch_size=None).engine == "numpy"
        seen.append(calls[0])
    assert seen[0] == seen[1] < 40
