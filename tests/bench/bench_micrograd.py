"""micrograd 0.1.0 on the same workload. It has no sigmoid: one is added, a closure node as its own operations are."""

from __future__ import annotations

import gc
import math
from typing import Any

import pytest
from micrograd.engine import Value

from . import workload


def sigmoid(x: Any) -> Any:
    data = 1.0 / (1.0 + math.exp(-x.data))
    out = Value(data, (x,), "sigmoid")

    def _backward() -> None:
        x.grad += data * (1.0 - data) * out.grad

    out._backward = _backward
    return out


@pytest.mark.parametrize("collector", ["running", "paused"])
def test_workload(benchmark: Any, collector: str) -> None:
    net = workload.network(Value)

    def record_and_differentiate() -> float:
        root = workload.total_loss(net, sigmoid, lambda x: x)  # it wraps plain numbers itself
        root.backward()
        return float(root.data)

    gc.collect()
    gc.freeze()  # as for stepgrad: pytest's own objects are not to be looked through
    if collector == "paused":
        # Its graphs are cycles, which only the collector frees: collect outside of what is timed.
        gc.disable()
        benchmark.pedantic(record_and_differentiate, setup=lambda: gc.collect() and None, rounds=20, warmup_rounds=2)
    else:
        benchmark.pedantic(record_and_differentiate, rounds=20, warmup_rounds=2)
    gc.enable()
