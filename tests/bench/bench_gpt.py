"""A step of a GPT, forward, backward and Adam, beside the same model on a Value of a few lines (support/scalar_gpt.py).

All are timed in turn, so that what slows the machine down for a while slows all; the ratio of each turn is taken, and
the median of the ratios.
"""

from __future__ import annotations

import statistics
import tracemalloc
from collections.abc import Callable
from importlib.util import find_spec
from time import process_time
from typing import Any

import pytest

from autograd import Value, compile, pause_collector  # noqa: A004 -- ours, of graphs
from autograd.extend import RolledGraph, TrainingRun
from nn import Adam
from nn.examples.gpt import GPT, surprise
from nn.examples.spelling import as_tokens

from ..support.scalar_gpt import ScalarGPT, numbers_of_matrices

RATE, BETAS = 0.01, (0.85, 0.99)
TEXT = as_tokens("anna")  # five positions
STEPS = 10  # of a program, in one call
TURNS = 9


def recorded(net: GPT, text: list[float]) -> tuple[Value, list[Value]]:
    """The loss of a text, whose tokens are data; and these."""
    tokens = [Value(token) for token in text]
    return surprise(net(tokens[:-1]), tokens[1:]), tokens


def by_oracle() -> Callable[[], object]:
    net = ScalarGPT(numbers_of_matrices(vars(GPT(seed=1))))
    text = [int(token) for token in TEXT]
    return lambda: net.step(text, RATE, BETAS)


def eagerly() -> Callable[[], None]:
    net = GPT(seed=1)
    optimizer = Adam(net.parameters(), RATE, BETAS)

    def step() -> None:
        optimizer.zero_grad()
        surprise(net(TEXT[:-1]), TEXT[1:]).backward()
        optimizer.step()

    return step


def paused() -> Callable[[], None]:
    step = eagerly()

    def without_collector() -> None:
        with pause_collector():
            step()

    return without_collector


def by_program(backend: str) -> Callable[[], None]:
    """So many steps by a program that has Adam in it."""
    net = GPT(seed=1)
    optimizer = Adam(net.parameters(), RATE, BETAS)
    program = compile(*recorded(net, TEXT), net.parameters(), optimizer.rule, backend=backend)
    run = TrainingRun([one.data for one in net.parameters()], optimizer.states, optimizer.settings())
    return lambda: program.train(run, [TEXT] * STEPS)


def noted(benchmark: Any, **numbers: float) -> None:
    benchmark.extra_info.update(numbers)
    benchmark.pedantic(lambda: None, rounds=1)


def test_gpt_step(benchmark: Any) -> None:
    programs = ("python", "numpy") if find_spec("numpy") else ("python",)
    ways = {"oracle": by_oracle(), "eager": eagerly(), "paused": paused()}
    ways |= {backend: by_program(backend) for backend in programs}
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(TURNS + 1):
        for name, step in ways.items():
            start = process_time()
            step()
            if turn:  # the first warms up
                seconds[name].append((process_time() - start) / (STEPS if name in programs else 1))
    times = {
        name: statistics.median(map(float.__truediv__, seconds["oracle"], found)) for name, found in seconds.items()
    }
    noted(benchmark, **times)


def test_gpt_python_ready(benchmark: Any) -> None:
    """From the recorded graph to its Python program, Adam included: five positions, 41,000 values."""
    net = GPT(seed=1)
    root, tokens = recorded(net, TEXT)
    parameters, rule, seconds = net.parameters(), Adam(net.parameters()).rule, []
    for _ in range(3):
        start = process_time()
        compile(root, tokens, parameters, rule)
        seconds.append(process_time() - start)
    noted(benchmark, seconds=min(seconds))


def test_gpt_numpy_ready(benchmark: Any) -> None:
    """Rolled, printed and compiled: sixteen positions, 128,000 values."""
    pytest.importorskip("numpy")
    net = GPT(seed=1)
    root, tokens = recorded(net, [float(token) for token in range(17)])
    parameters, rule, seconds = net.parameters(), Adam(net.parameters()).rule, []
    for _ in range(3):
        start = process_time()
        rolled = RolledGraph(root, tokens, parameters, rule)
        rolled.compiled()
        seconds.append(process_time() - start)
    tracemalloc.start()
    kept = RolledGraph(root, tokens, parameters, rule).compiled()
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept.source
    noted(benchmark, seconds=min(seconds), bytes=most)
