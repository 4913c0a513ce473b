"""JAX as one of the engines that a test runs on, where it is installed."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

NEEDS_JAX = pytest.mark.skipif(
    find_spec("jax") is None, reason="JAX is not installed, so nothing that runs on it is tested: pip install jax"
)
# XLA compiles for a second before it does anything.
JAX = pytest.param("jax", marks=[NEEDS_JAX, pytest.mark.slow])
