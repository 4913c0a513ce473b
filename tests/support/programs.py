"""Random programs with fan-out, which the engine and the oracles run alike."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

import autograd
from autograd.core.op import VALUES

from . import oracles


def _index(a: Any, height: float) -> Any:
    """An index that is computed: 1 where the height is above 1, 0 where it is below -1."""
    return VALUES["heaviside"](a.sin() + height)


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
    "norm": (2, lambda a, b: autograd.norm([a, 0.5, b]), lambda a, b: oracles.norm([a, 0.5, b])),
    "logsumexp": (2, lambda a, b: autograd.logsumexp([b, a, -0.5]), lambda a, b: oracles.logsumexp([b, a, -0.5])),
    "log_softmax": (
        2,
        lambda a, b: autograd.log_softmax([a, b + 0.001])[0],
        lambda a, b: oracles.log_softmax([a, b + 0.001])[0],
    ),
    "pick_first": (2, lambda a, b: autograd.pick([b, a, 2.0], _index(a, -1.5)), lambda a, b: b),
    "pick_second": (2, lambda a, b: autograd.pick([a, b, 2.0], _index(a, 1.5)), lambda a, b: b),
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
