"""The article's network on JAX beside NumPy by hand, in a process of its own: JAX makes Python's collector slower."""

from __future__ import annotations

from time import perf_counter
from typing import Any

import pytest

from .bench_arrays import by_hand, cancer, noted, np, ours, ratio

pytest.importorskip("jax")


@pytest.mark.parametrize("size", [455, 32])
def test_article_jax(benchmark: Any, size: int) -> None:
    """On JAX, once XLA has compiled, which is timed apart: the first call, less another."""
    rows, targets = cancer()
    epochs = 1000 if size == 455 else 100
    inputs, column = np.array(rows), np.array(targets).reshape(-1, 1)
    train, seconds = ours(rows, targets, epochs, size, "jax"), []
    for _ in range(2):
        start = perf_counter()
        train()
        seconds.append(perf_counter() - start)
    by_jax = ratio(train, lambda: by_hand(inputs, column, epochs, size))
    noted(benchmark, ratio=by_jax, seconds=seconds[0] - seconds[1])
