"""stepgrad on the workload, how its time grows with the graph, and what a graph costs."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import pytest

from autograd import Value, pause_collector, play, sigmoid
from nn import MLP, mean_squared_error

from . import workload


@pytest.mark.parametrize("collector", ["running", "paused"])
def test_workload(benchmark: Any, collector: str) -> None:
    net = workload.network(Value)

    def record_and_differentiate() -> float:
        root = workload.total_loss(net, sigmoid, Value)
        root.backward()
        return float(root.data)

    timed(benchmark, collector, record_and_differentiate)


@pytest.mark.parametrize("collector", ["running", "paused"])
def test_neurons(benchmark: Any, collector: str) -> None:
    """The same network of neurons of nn, from the same weights: nn records a neuron's sum as one operation."""
    net = MLP(30, [4, 1])
    for parameter, number in zip(net.parameters(), workload.numbers(), strict=True):
        parameter.data = number

    def record_and_differentiate() -> float:
        root = workload.loss_of_neurons(net)
        root.backward()
        return float(root.data)

    assert record_and_differentiate() == workload.total_loss(workload.network(Value), sigmoid, Value).data
    timed(benchmark, collector, record_and_differentiate)


def timed(benchmark: Any, collector: str, record_and_differentiate: Callable[[], float]) -> None:
    """Time it with the collector running, or paused."""
    gc.collect()
    gc.freeze()  # pytest's own objects, which a user's program does not have, are not to be looked through
    with pause_collector() if collector == "paused" else nullcontext():
        benchmark.pedantic(record_and_differentiate, rounds=20, warmup_rounds=2)


def chain(length: int) -> Value:
    x, w = Value(0.5), Value(0.999)
    for _ in range(length // 2):
        x = x * w + 0.001
    return x


@pytest.mark.parametrize("length", [10_000, 100_000, 1_000_000])
def test_growth(benchmark: Any, length: int) -> None:
    def record_and_differentiate() -> None:
        chain(length).backward()

    with pause_collector():
        benchmark.pedantic(record_and_differentiate, rounds=3 if length > 100_000 else 10, warmup_rounds=1)
    benchmark.extra_info["length"] = length


def test_player(benchmark: Any) -> None:
    net = MLP(2, [2, 1], seed=1)
    loss = mean_squared_error(net([-2, -1]), 1)
    benchmark.pedantic(lambda: play(loss, 0.1)._repr_html_(), rounds=10, warmup_rounds=1)


def test_memory(benchmark: Any) -> None:
    def bytes_retained() -> float:
        tracemalloc.start()
        root = chain(100_000)
        root.backward()
        retained, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return retained / 100_000

    benchmark.extra_info["bytes"] = bytes_retained()
    benchmark.pedantic(lambda: None, rounds=1)
