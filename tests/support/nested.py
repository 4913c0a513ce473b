"""Random functions of nested arguments, which the engine and the oracles run alike."""

from __future__ import annotations

from random import Random
from typing import Any, NamedTuple

import numpy as np
import pytest

from autograd import compiled, grad, value_and_grad
from autograd.core.nesting import flatten, nested

from . import oracles
from .programs import STEPS, Program, run

NUMBERS = frozenset((int, float))


class Pair(NamedTuple):
    one: Any
    other: Any


class Problem(NamedTuple):
    """A function of some arguments, and the arguments.

    program: what it computes of all numbers in them, in order. result: the form of what it returns. chosen: of which of
    its results that is made; the first is the loss, where one number is wanted.
    """

    program: Program
    arguments: tuple[Any, ...]
    form: Any
    result: Any
    chosen: list[int]

    def numbers(self) -> list[float]:
        return flat(self.arguments)

    def with_numbers(self, numbers: list[float]) -> tuple[Any, ...]:
        arguments: tuple[Any, ...] = nested(self.form, iter(numbers))
        return arguments

    def function(self, which: int) -> Any:
        """f(*arguments), by the engine (1) or by the oracles (2)."""

        def f(*arguments: Any) -> Any:
            results = self._results(flat(arguments, which), which)
            return nested(self.result, iter(results))

        return f

    def loss(self, which: int) -> Any:
        """The same with one number as its result."""

        def loss(*arguments: Any) -> Any:
            return self._results(flat(arguments, which), which)[0]

        return loss

    def _results(self, leaves: list[Any], which: int) -> list[Any]:
        steps = [run(self.program[: end + 1], leaves, which) for end in sorted(set(self.chosen))]
        by_end = dict(zip(sorted(set(self.chosen)), steps, strict=True))
        return [by_end[end] for end in self.chosen]


def flat(thing: Any, which: int = 2) -> list[Any]:
    """All numbers, values or duals in something, in order."""
    if isinstance(thing, dict):
        thing = list(thing.values())
    if isinstance(thing, np.ndarray):
        return list(thing.ravel().tolist())
    if isinstance(thing, list | tuple):
        return [one for part in thing for one in flat(part, which)]
    return [thing]


def problem(seed: int) -> Problem:
    random = Random(seed)

    def tree(depth: int) -> Any:
        kind = random.choice(["number", "number", "list", "tuple", "pair", "dict", "array"]) if depth else "number"
        if kind == "number":
            return random.choice([round(random.uniform(-2.0, 2.0), 3), random.randint(-2, 2)])
        parts = [tree(depth - 1) for _ in range(random.randint(1, 3))]
        if kind == "list":
            return parts
        if kind == "tuple":
            return tuple(parts)
        if kind == "pair":
            return Pair(parts[0], tree(depth - 1))
        if kind == "dict":
            return {random.choice(["w", "b", ("layer", 1), 3]): part for part in parts}
        shape = random.choice([(2,), (1, 3), (2, 2)])
        return np.array([round(random.uniform(-2.0, 2.0), 3) for _ in range(int(np.prod(shape)))]).reshape(shape)

    arguments = tuple(tree(3) for _ in range(random.randint(1, 3)))
    names = sorted(STEPS)
    program = [
        (random.choice(names), random.randrange(10**6), random.randrange(10**6)) for _ in range(random.randint(1, 12))
    ]
    result = flatten(tree(2), NUMBERS, [], [])
    count = len(flat(nested(result, iter([0.0] * 1000))))
    chosen = [random.randrange(len(program)) for _ in range(count)]
    return Problem(program, arguments, flatten(arguments, NUMBERS, [], []), result, chosen)


def check_compiled(seed: int) -> None:
    """A random function, compiled for each backend, is the plain one where it is recorded, and at other points."""
    one = problem(seed)
    random = Random(seed)
    plain, loss = one.function(2), one.loss(2)
    points = [one.numbers()] + [[round(random.uniform(-2.0, 2.0), 3) for _ in one.numbers()] for _ in range(2)]
    argnums = tuple(range(len(one.arguments)))
    for backend in ("python", "numpy", "auto")[: 3 if seed % 5 == 0 else 2]:
        f = compiled(one.function(1), backend=backend)
        both = compiled(value_and_grad(one.loss(1), argnums), backend=backend)
        first = compiled(grad(one.loss(1)), backend=backend)
        for point in points:
            arguments = one.with_numbers(point)
            wanted, found = plain(*arguments), f(*arguments)
            assert flat(found) == pytest.approx(flat(wanted), rel=1e-9, abs=1e-12), seed
            assert str(type(found)) == str(type(wanted)) or isinstance(found, float), seed
            assert all(type(number) is float for number in flat(found)), seed
            value, gradient = both(*arguments)
            assert value == pytest.approx(loss(*arguments), rel=1e-9, abs=1e-12), seed
            exact = oracles.dual_gradient(lambda *numbers: loss(list(numbers)), point)
            scale = 1.0 + max(map(abs, exact))
            assert flat(gradient) == pytest.approx(exact, rel=1e-8, abs=1e-9 * scale), seed
            assert flat(first(*arguments)) == pytest.approx(flat(gradient[0]), rel=1e-12), seed
        assert (f.cache_info().misses, both.cache_info().misses) == (1, 1), seed
