"""Random programs with fan-out, against dual numbers and central differences."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import autograd
from autograd import TABLE, Value, grad
from autograd.graph import topological_order

from . import oracles

# name: (arity, how the engine does it, how the oracles do it). Bounded in and out, so that programs stay in range.
STEPS: dict[str, tuple[int, Any, Any]] = {
    "add": (2, lambda a, b: a + b, lambda a, b: a + b),
    "sub": (2, lambda a, b: a - b, lambda a, b: a - b),
    "mul": (2, lambda a, b: a.tanh() * b, lambda a, b: oracles.tanh(a) * b),
    "div": (2, lambda a, b: a / (1.5 + b * b), lambda a, b: a / (1.5 + b * b)),
    "square": (1, lambda a: a.sin() ** 2, lambda a: oracles.sin(a) ** 2),
    "power": (2, lambda a, b: (1.5 + a.sin()) ** b.tanh(), lambda a, b: (1.5 + oracles.sin(a)) ** oracles.tanh(b)),
    "exp": (1, lambda a: a.sin().exp(), lambda a: oracles.exp(oracles.sin(a))),
    "log": (1, lambda a: (a * a + 0.5).log(), lambda a: oracles.log(a * a + 0.5)),
    "sqrt": (1, lambda a: (a * a + 0.5).sqrt(), lambda a: oracles.sqrt(a * a + 0.5)),
    "cos": (1, lambda a: a.cos(), oracles.cos),
    "sigmoid": (1, lambda a: a.sigmoid(), oracles.sigmoid),
    "softplus": (1, lambda a: a.tanh().softplus(), lambda a: oracles.softplus(oracles.tanh(a))),
    "constant": (1, lambda a: 0.75 - a * 2 / 3, lambda a: 0.75 - a * 2 / 3),
    "maximum": (2, lambda a, b: autograd.maximum(a, b + 0.001), lambda a, b: oracles.maximum(a, b + 0.001)),
}

Program = list[tuple[str, int, int]]
programs = st.lists(
    st.tuples(st.sampled_from(sorted(STEPS)), st.integers(0, 10**6), st.integers(0, 10**6)), min_size=1, max_size=25
)
points = st.lists(st.floats(-2.0, 2.0).map(lambda x: round(x, 3)), min_size=3, max_size=3)


def run(program: Program, xs: Any, which: int) -> Any:
    """Each step reads earlier results, any of them any number of times; the sum of all results is the root."""
    results = list(xs)
    for name, i, j in program:
        arity = STEPS[name][0]
        operands = [results[k % len(results)] for k in (i, j)[:arity]]
        compute = (STEPS[name][1], STEPS[name][2])[which - 1]
        results.append(compute(*operands))
    total = results[-1]
    for one in results[:-1]:
        total = total + one * 0.25
    return total


@settings(max_examples=300, deadline=None)
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


@settings(max_examples=60, deadline=None)
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
