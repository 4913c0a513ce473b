"""Models as people type them, compiled: one neuron, a recurrent net, and a small transformer over tokens."""

from __future__ import annotations

import itertools
from functools import reduce
from operator import add
from random import Random
from typing import Any

import pytest

from autograd import compiled, exp, logsumexp, pick, relu, sigmoid, tanh, value_and_grad

from ..support.nested import flat
from ..support.oracles import central_gradient

TOKENS = 5


def dot(left: Any, right: Any) -> Any:
    return reduce(add, [a * b for a, b in zip(left, right, strict=True)])


def times(matrix: Any, vector: Any) -> Any:
    return [dot(row, vector) for row in matrix]


def plus(left: Any, right: Any) -> Any:
    return [a + b for a, b in zip(left, right, strict=True)]


def neuron(p: Any, tokens: Any) -> Any:
    return (sigmoid(dot(p["w"], tokens[:2]) + p["b"]) - tokens[-1]) ** 2


def recurrent(p: Any, tokens: Any) -> Any:
    """Each token is predicted from those before it."""
    state, cost = [0.0, 0.0, 0.0], 0.0
    for token, following in itertools.pairwise(tokens):
        state = [tanh(one) for one in plus(times(p["state"], state), pick(p["table"], token))]
        logits = times(p["out"], state)
        cost = cost + logsumexp(logits) - pick(logits, following)
    return cost


def transformer(p: Any, tokens: Any) -> Any:
    """One layer with two heads."""
    keys: Any = []
    values: Any = []
    costs = []
    for place, (token, following) in enumerate(itertools.pairwise(tokens)):
        x = plus(pick(p["table"], token), p["places"][place])
        scale = (dot(x, x) / len(x) + 1e-5) ** -0.5
        normal = [one * scale for one in x]
        query = times(p["query"], normal)
        keys.append(times(p["key"], normal))
        values.append(times(p["value"], normal))
        mixed: Any = []
        for part in (slice(0, 2), slice(2, 4)):
            scores = [dot(query[part], key[part]) for key in keys]
            top = logsumexp(scores)
            shares = [exp(score - top) for score in scores]
            mixed += [dot(shares, column) for column in zip(*(value[part] for value in values), strict=True)]
        x = plus(x, mixed)
        x = plus(x, times(p["narrow"], [relu(one) for one in x]))
        logits = times(p["head"], x)
        costs.append(logsumexp(logits) - pick(logits, following))
    return reduce(add, costs) / len(costs)


def matrix(random: Random, rows: int, columns: int) -> list[list[float]]:
    return [[random.gauss(0.0, 0.4) for _ in range(columns)] for _ in range(rows)]


def parameters(name: str) -> dict[str, Any]:
    random = Random(3)
    if name == "neuron":
        return {"w": [0.5, -0.25], "b": 0.1}
    if name == "recurrent":
        shapes = {"state": (3, 3), "table": (TOKENS, 3), "out": (TOKENS, 3)}
    else:
        square = dict.fromkeys(("query", "key", "value", "narrow"), (4, 4))
        shapes = {"table": (TOKENS, 4), "places": (6, 4), **square, "head": (TOKENS, 4)}
    return {name: matrix(random, *shape) for name, shape in shapes.items()}


@pytest.mark.parametrize("backend", ["python", "numpy"])
@pytest.mark.parametrize("model", [neuron, recurrent, transformer])
def test_one_program_serves_all_tokens(model: Any, backend: str) -> None:
    p = parameters(model.__name__)
    step = compiled(value_and_grad(model), backend=backend)
    value = compiled(model, backend=backend)
    texts = [[0, 1, 4], [3, 3, 0]] if model is neuron else [[0, 1, 4, 1, 0], [3, 2, 3, 3, 1], [4, 4, 4, 4, 4]]
    for tokens in texts:
        loss, slopes = step(p, tokens)
        wanted, exact = value_and_grad(model)(p, tokens)
        assert loss == pytest.approx(wanted, rel=1e-12)
        assert value(p, tokens) == pytest.approx(wanted, rel=1e-12)
        assert flat(slopes) == pytest.approx(flat(exact), rel=1e-9, abs=1e-12)

        def moved(*numbers: float, tokens: Any = tokens) -> float:
            each = iter(numbers)
            return float(
                value({name: [[next(each) for _ in row] for row in rows] for name, rows in p.items()}, tokens)
                if model is not neuron
                else value({"w": [next(each), next(each)], "b": next(each)}, tokens)
            )

        if tokens is texts[0]:
            assert flat(slopes) == pytest.approx(central_gradient(moved, flat(p)), rel=1e-5, abs=1e-7)
    assert (step.cache_info().misses, value.cache_info().misses) == (1, 1)
