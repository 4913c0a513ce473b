"""What the evaluation trace of a graph, its text and Python's own compile() cost, for a chain and for a network."""

from __future__ import annotations

import gc
import warnings
from typing import Any

import pytest

from autograd import Value, sigmoid, to_python
from autograd.core.graph import topological_order

from . import workload
from .bench_stepgrad import chain


def batch(samples: int) -> Value:
    """The workload's network on some of its samples, as one graph."""
    root: Value = workload.total_loss(workload.network(Value), sigmoid, Value, samples)
    return root


def unary_chain(length: int) -> Value:
    """One function of another, as deep as it is long: every value has a line, the most that a value can cost."""
    x = Value(0.5)
    for _ in range(length):
        x = x.sin()
    return x


# name: (a small graph, one of about 100,000 values)
GRAPHS = {
    "chain": (lambda: chain(10_000), lambda: chain(100_000)),
    "unary chain": (lambda: unary_chain(10_000), lambda: unary_chain(100_000)),
    "network": (lambda: batch(34), lambda: batch(340)),
}


@pytest.mark.parametrize("size", ["small", "large"])
@pytest.mark.parametrize("graph", sorted(GRAPHS))
def test_trace(benchmark: Any, graph: str, size: str) -> None:
    root = GRAPHS[graph][size == "large"]()
    gc.collect()
    gc.freeze()

    def trace_print_compile() -> None:
        compile(to_python(root), "generated", "exec")

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        gc.disable()
        benchmark.pedantic(trace_print_compile, rounds=3, warmup_rounds=1)
        gc.enable()
    benchmark.extra_info["values"] = len(topological_order(root))
