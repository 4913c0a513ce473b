"""Random programs with fan-out, against dual numbers and central differences."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import autograd
from autograd import TABLE, Value, grad
from autograd.core.graph import topological_order

from ..support import oracles
from ..support.programs import STEPS, Program, points, programs, run


@settings(max_examples=300)
@given(programs, points)
def test_gradients_of_random_programs(program: Program, point: list[float]) -> None:
    xs = [Value(x) for x in point]
    root = run(program, xs, 1)
    # In a tie, and only there, the engine's convention and the oracle's differ.
    choices = [value for value in topological_order(root) if value.op is TABLE["maximum"]]
    assume(all(abs(value.numbers[0] - value.numbers[1]) > 1e-9 for value in choices))
    root.backward()
    grads = [x.grad for x in xs]
    exact = oracles.dual_gradient(lambda *p: run(program, p, 2), point)
    scale = 1.0 + max(map(abs, exact))
    assert root.data == pytest.approx(oracles.real(run(program, [oracles.Dual(x, 0.0) for x in point], 2)), rel=1e-9)
    assert grads == pytest.approx(exact, rel=1e-8, abs=1e-9 * scale)
    assert list(grad(lambda *p: run(program, p, 1), (0, 1, 2))(*point)) == pytest.approx(grads, rel=1e-9, abs=1e-12)


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(st.sampled_from(sorted(set(STEPS) - {"maximum"})), st.integers(0, 99), st.integers(0, 99)),
        min_size=1,
        max_size=8,
    ),
    points,
)
def test_second_derivatives_and_central_differences(program: Program, point: list[float]) -> None:
    def f(*p: Any) -> Any:
        return run(program, p, 1)

    first = list(grad(f, (0, 1, 2))(*point))
    central = oracles.central_gradient(lambda *p: run(program, [Value(x) for x in p], 1).data, point)
    scale = 1.0 + max(map(abs, first))
    assert first == pytest.approx(central, rel=1e-4, abs=1e-4 * scale)
    second = autograd.hessian(f)(*point)
    exact = oracles.dual_hessian(lambda *p: run(program, p, 2), point)
    for mine, want in zip(second, exact, strict=True):
        assert mine == pytest.approx(want, rel=1e-6, abs=1e-6 * (1.0 + max(map(abs, want))))
