"""Random functions of nested arguments, which the engine and the oracles run alike."""

from __future__ import annotations

from random import Random
from typing import Any, NamedTuple

import numpy as np

from autograd.core.nesting import flatten, nested

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
