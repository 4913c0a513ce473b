"""Array code beside the graph it was made from: run, and compared with the engine and with the oracles."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

import numpy as np

import autograd
from autograd import Value
from autograd.codegen.arrays.listing import ArrayListing
from autograd.codegen.arrays.spelling import FastStyle
from autograd.codegen.replay import recipe_of
from autograd.core.graph import topological_order
from autograd.core.op import VALUES

from .oracles import dual_gradient
from .rows import oracle

Rows = Sequence[Sequence[float]]


def run_arrays(
    root: Value, inputs: Sequence[Value], wrt: Sequence[Value], rows: Rows, numbers: Sequence[float], text: str = ""
) -> tuple[float, list[float]]:
    """The sum of the root over rows of the inputs, and the gradients in the order of wrt, by the text of the arrays.

    text: another text to run in its place, made of the same graph.
    """
    listing = ArrayListing(root, inputs, wrt)
    names: dict[str, Any] = {}
    exec(compile(text or listing.text(), "<arrays>", "exec"), names)
    column = {leaf: place for place, leaf in enumerate(inputs)}
    place = {leaf: number for number, leaf in enumerate(wrt)}
    samples = np.array([list(row) for row in rows], float).reshape(len(rows), len(inputs))
    data = []
    for _, leaves in listing.data:
        columns = samples[:, [column[leaf] for leaf in leaves]]
        data.append(columns[:, 0] if len(leaves) == 1 else columns)
    indices = [np.array(_nested(leaves, place)) for _, leaves in listing.layout]
    given = [np.array(numbers, float)[index] for index in indices]
    with np.errstate(all="ignore"):
        value, gradients = names["backprop"](*data, *given)
    assert len(gradients) == len(indices)
    found = np.zeros(len(wrt))
    for index, gradient in zip(indices, gradients, strict=True):
        assert np.shape(gradient) == index.shape
        found[index] = gradient
    return float(value), [float(one) for one in found]


def _nested(leaves: Any, place: dict[Value, int]) -> Any:
    return place[leaves] if isinstance(leaves, Value) else [_nested(one, place) for one in leaves]


def run_engine(
    root: Value, inputs: Sequence[Value], wrt: Sequence[Value], rows: Rows, numbers: Sequence[float]
) -> tuple[float, list[float]]:
    """The same by recording every sample again."""
    recipe = recipe_of(root, inputs, wrt, {})
    total, gradients = 0.0, [0.0] * len(wrt)
    for row in rows:
        value, added = recipe.run(row, numbers)
        total += value
        gradients = [one + more for one, more in zip(gradients, added, strict=True)]
    return total, gradients


def by_oracle(root: Value, inputs: Sequence[Value], wrt: Sequence[Value], rows: Rows) -> Callable[..., Any]:
    """The same sum as a function of the parameters, by the oracles' functions and not by the engine's."""
    order = topological_order(root)
    exact = {value.op: oracle(value.op) for value in order if value.op}

    def total(*numbers: Any) -> Any:
        found: Any = 0.0
        for row in rows:
            at: dict[Any, Any] = {**dict(zip(inputs, row, strict=True)), **dict(zip(wrt, numbers, strict=True))}
            for value in order:
                if value.op:
                    operands = (at[one] if isinstance(one, Value) else one for one in value.operands)
                    at[value] = exact[value.op](*operands)
                else:
                    at.setdefault(value, value.data)
            found = found + at[root]
        return found

    return total


def assert_same(
    found: tuple[float, Sequence[float]], wanted: tuple[float, Sequence[float]], rel: float = 1e-10
) -> None:
    """The same numbers, to so much of the largest of them."""
    value, gradients = found
    scale = max(1e-3, abs(wanted[0]), *map(abs, wanted[1]), 0.0)
    assert abs(value - wanted[0]) <= rel * scale, (value, wanted[0])
    for place, (one, other) in enumerate(zip(gradients, wanted[1], strict=True)):
        assert abs(one - other) <= rel * scale, (place, one, other)


def check_arrays(
    root: Value, inputs: Sequence[Value], wrt: Sequence[Value], random: Random, rows: int = 3, with_oracle: bool = True
) -> None:
    """The array code of a graph, as it reads and as it runs, against the engine, and against dual numbers, at random
    numbers.
    """
    samples = [[leaf.data + random.uniform(-0.3, 0.3) for leaf in inputs] for _ in range(rows if inputs else 1)]
    numbers = [leaf.data + random.uniform(-0.1, 0.1) for leaf in wrt]
    found = run_arrays(root, inputs, wrt, samples, numbers)
    wanted = run_engine(root, inputs, wrt, samples, numbers)
    assert_same(found, wanted)
    fast = ArrayListing(root, inputs, wrt, FastStyle).text()
    assert_same(run_arrays(root, inputs, wrt, samples, numbers, fast), wanted)
    if with_oracle:
        total = by_oracle(root, inputs, wrt, samples)
        assert_same(found, (float(total(*numbers)), dual_gradient(total, numbers)), 1e-9)


def check_on_jax(graph: tuple[Value, list[Value], list[Value]], random: Random, rows: int) -> None:
    """A graph (root, inputs, wrt) on JAX beside NumPy, and beside the engine, at random numbers."""
    root, inputs, wrt = graph
    samples = [[leaf.data + random.uniform(-0.3, 0.3) for leaf in inputs] for _ in range(rows if inputs else 1)]
    numbers = [leaf.data + random.uniform(-0.1, 0.1) for leaf in wrt]
    found, theirs = (
        autograd.compile(root, inputs, wrt, backend=backend).over(samples, numbers) for backend in ("jax", "numpy")
    )
    assert_same(found, theirs, 1e-11)
    assert_same(found, run_engine(root, inputs, wrt, samples, numbers))


# Random graphs --------------------------------------------------------------------------------------------------------

_UNARY: list[Callable[[Value], Value]] = [
    lambda x: x.tanh(),
    lambda x: x.sigmoid(),
    lambda x: x.sin(),
    lambda x: x.tanh().exp(),
    lambda x: (x * x + 0.5).log(),
    lambda x: (x * x + 0.5).sqrt(),
    lambda x: x.softplus() - 0.25,
    lambda x: 0.5 * x.relu(),
    lambda x: abs(x) / 2,
    lambda x: -x,
    lambda x: x**2 / 4,
    lambda x: 1 - x,
    lambda x: (1.5 + x.sin()) ** -1.5,
]
_BINARY: list[Callable[[Value, Value], Value]] = [
    lambda a, b: a + b,
    lambda a, b: a - b,
    lambda a, b: a * b.tanh(),
    lambda a, b: a / (1.5 + b * b),
    lambda a, b: autograd.maximum(a, b),
    lambda a, b: autograd.minimum(a, 0.25 + b),
    lambda a, b: autograd.logaddexp(a, b),
    lambda a, b: (1.5 + a.sin()) ** b.tanh(),
]


class RandomGraph:
    """A graph of groups that are computed alike, as of layers, and of what breaks that: other members, other orders,
    values that are shared, named, used twice. root, inputs, wrt: as for to_numpy; leaves of neither kind are fixed.
    """

    def __init__(self, random: Random, steps: int = 6) -> None:
        self.random = random
        self.inputs = [self._leaf() for _ in range(random.choice([0, 1, 2, 3, 4]))]
        self.wrt: list[Value] = [self._leaf() for _ in range(random.choice([1, 2, 3]))]
        self.fixed: list[Value] = []
        self.last_weights: list[list[Value]] = []
        if len(self.inputs) > 1 and random.random() < 0.5:
            for leaf in self.inputs[-random.choice([1, 2]) :]:
                leaf.role = "target"
        self.groups: list[list[Value]] = [list(group) for group in (self.inputs, self.wrt) if group]
        for _ in range(random.randint(1, steps)):
            group = self._grown()
            if random.random() < 0.3:
                for number, value in enumerate(group, 1):
                    if not value.name and random.random() < 0.9:
                        value.named(f"h{number}" if random.random() < 0.7 else "v")
            self.groups.append(group)
        self.root = self._combined(random.choice([1, 2, 3])).named(random.choice(["", "L"]))
        random.shuffle(self.wrt)

    def _leaf(self) -> Value:
        return Value(self.random.uniform(-1.0, 1.0), self.random.choice(["", "", "w", "a1", "a2"]))

    def _parameter(self) -> Value:
        """A new one, one that is there, or one that keeps its number."""
        kind = self.random.random()
        if kind < 0.1:
            return self.random.choice(self.wrt)
        leaf = self._leaf()
        (self.fixed if kind < 0.15 else self.wrt).append(leaf)
        return leaf

    def _group(self) -> list[Value]:
        group = self.random.choice(self.groups[-4:] + self.groups[:1])
        kind = self.random.random()
        if kind < 0.15:
            group = self.random.sample(group, len(group))
        elif kind < 0.3:
            group = self.random.choices(group, k=self.random.randint(1, 4))
        return group

    def _grown(self) -> list[Value]:
        random, group = self.random, self._group()
        kind = random.randrange(14)
        if kind == 0:
            f = random.choice(_UNARY)
            return [f(one) for one in group]
        if kind == 1:
            g, other = random.choice(_BINARY), self._group()
            return [g(one, other[place % len(other)]) for place, one in enumerate(group)]
        if kind in (2, 3, 4):
            return self._layer([group] * random.choice([1, 2, 3]))
        if kind == 5:
            return self._layer([group[place:] + group[:place] for place in range(min(3, len(group)))])
        if kind == 6:  # a softmax
            exponentials = [one.tanh().exp() for one in group]
            total = self._sum(exponentials)
            return [one / total for one in exponentials]
        if kind == 7:
            return [self._sum(group) * (1 / len(group))]
        if kind == 8:  # sums of some
            count = random.randint(1, len(group))
            return [self._sum(random.sample(group, count)) / count for _ in range(random.choice([1, 2, 3]))]
        if kind == 9:  # a fold, or several
            count = random.choice([len(group), 2, 3])
            fold = self._fold if random.random() < 0.7 else self._sum
            return [fold(group[place : place + count]) for place in range(0, len(group), count)]
        if kind == 10:  # constants of their own
            return [random.choice([0.5, 2.0, -1.0]) * one + random.choice([0.25, 1.0]) for one in group]
        if kind == 11:  # operations of lists, of members of one group, and of others among them
            of_list: Any = random.choice([autograd.norm, autograd.logsumexp])
            others: list[Any] = random.choice([[], [1.0], [self._parameter()]])
            count = random.choice([len(group), 2, 3])
            return [of_list([*group[place : place + count], *others]) for place in range(0, len(group), count)]
        if kind == 12:
            return self._picked(group)
        return [self._sum([self._leaf_of(self.wrt) for _ in range(3)]) * random.choice(group) for _ in range(2)]

    def _picked(self, group: Sequence[Value]) -> list[Value]:
        """Picks by indices that are computed, from a group, from tables of parameters, from constants, and a mix."""
        random, count = self.random, self.random.choice([2, 3])
        kind = random.randrange(4)
        tables: list[list[Any]] = [[self._parameter() for _ in range(count)] for _ in range(random.choice([1, 2]))]
        if kind == 1:
            tables = [random.choices(group, k=count) for _ in tables] if random.random() < 0.5 else [list(group)]
        elif kind == 2:
            tables = [[random.choice([0.0, 1.0, -0.5]) for _ in range(count)] for _ in tables]
        elif kind == 3:
            tables = [[random.choice(group), 0.5, self._parameter()]]
        indices = [self._index(random.choice(group), len(tables[0])) for _ in range(random.choice([1, 2]))]
        found = [autograd.pick(table, index) for index in indices for table in tables]
        return [one * random.choice(group) for one in found] if random.random() < 0.5 else found

    def _index(self, value: Value, count: int) -> Value:
        """An index below the count, up to 2, that stays what it is where the value moves a little."""
        steps = [VALUES["heaviside"](value.sin() + self.random.choice([-1.5, 1.5])) for _ in range(min(count, 3) - 1)]
        return self._sum(steps) if steps else 0.0 * VALUES["heaviside"](value)

    def _leaf_of(self, leaves: list[Value]) -> Value:
        leaves.append(self._leaf())
        return leaves[-1]

    def _layer(self, reads: Sequence[Sequence[Value]]) -> list[Value]:
        """Weighted sums, mostly with weights of their own, now and then with those of the layer before, transposed."""
        random = self.random
        rows = [[self._parameter() for _ in group] for group in reads]
        before = self.last_weights
        if before and random.random() < 0.4 and len(before) == len(reads[0]):
            rows = [[row[place % len(row)] for row in before] for place in range(len(before[0]))]
            reads = [reads[0]] * len(rows)
        self.last_weights = rows
        has_bias, is_bent, has_signs = random.random() < 0.6, random.random() < 0.7, random.random() < 0.1
        found = []
        for row, group in zip(rows, reads, strict=True):
            total = self._sum([self._product(*pair) for pair in zip(row, group, strict=True)], has_signs)
            total = total + self._parameter() if has_bias else total
            found.append(total.tanh() if is_bent else total)
        return found

    def _fold(self, values: Sequence[Value]) -> Value:
        total = values[0]
        for value in values[1:]:
            total = autograd.logaddexp(total, value)
        return total

    def _product(self, weight: Value, value: Value) -> Value:
        return weight * value if self.random.random() < 0.9 else value * weight

    def _sum(self, values: Sequence[Value], has_signs: bool = False) -> Value:
        total = values[0]
        for value in values[1:]:
            total = total - value if has_signs and self.random.random() < 0.5 else total + value
        return total

    def _combined(self, count: int) -> Value:
        if self.random.random() < 0.1:
            return self._layer([self.groups[-1]])[0]
        values = [self.random.choice(group) for group in self.groups[-count:]] + self.groups[-1]
        squares = [(1 - one) ** 2 for one in values] if self.random.random() < 0.7 else values
        total = self._sum(squares, self.random.random() < 0.3)
        if self.random.random() < 0.3:
            total = total + 0.01 * self._sum([w * w for w in self.wrt])
        return total if math.isfinite(total.data) else self.wrt[0] * 1.0
