"""Sums that are deferred are rolled as they are: to the same code as the products and additions that they stand for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from operator import add

import pytest

from autograd import Value
from autograd.codegen.arrays.listing import ArrayListing
from autograd.core.deferred import deferred_terms, leaves_and_size, weighted_sum
from autograd.core.graph import topological_order
from autograd.extend import structural_difference

Total = Callable[..., Value]
Graph = tuple[Value, list[Value], list[Value]]


def by_operators(weights: Sequence[Value], xs: Sequence[Value], bias: Value | None = None) -> Value:
    """What weighted_sum stands for."""
    terms = [w * x for w, x in zip(weights, xs, strict=True)]
    return reduce(add, terms if bias is None else [*terms, bias])


def values(letter: str, count: int) -> list[Value]:
    return [Value(0.1 * place - 0.25, f"{letter}{place}") for place in range(1, count + 1)]


def layers(total: Total) -> Graph:
    xs, ws, bs = values("x", 3), values("w", 9), values("b", 3)
    h1, h2 = total(ws[:3], xs, bs[0]).tanh(), total(ws[3:6], xs, bs[1]).tanh()
    return total(ws[6:], [h1, h2, h2], bs[2]) ** 2, xs, [*ws, *bs]


def single(total: Total) -> Graph:
    """One product is no product of rows; and one of each of two families."""
    [x], ws, bs = values("x", 1), values("w", 4), values("b", 3)
    h1, h2 = total(ws[:1], [x], bs[0]).tanh(), total(ws[1:2], [x], bs[1]).sigmoid()
    return total(ws[2:], [h1, h2], bs[2]), [x], [*ws, *bs]


def frozen(total: Total) -> Graph:
    """Of the second neuron nothing is wanted, so its numbers are constants."""
    root, xs, wrt = layers(total)
    return root, xs, [*wrt[:3], *wrt[6:10], wrt[11]]


def tied(total: Total) -> Graph:
    """The same weights at two rows of values, and a sum that is computed twice."""
    xs, ws = values("x", 4), values("w", 2)
    h1, h2, again = total(ws, xs[:2]).tanh(), total(ws, xs[2:]).tanh(), total(ws, xs[:2]).tanh()
    return total(ws, [h1, h2]) * again, xs, ws


def residual(total: Total) -> Graph:
    """Sums that become a part of others."""
    xs, ws, [b] = values("x", 2), values("w", 4), values("b", 1)
    return (total(ws[:2], xs, b) + xs[0]) - (total(ws[2:], xs) - 2.0), xs, [*ws, b]


def of_data(total: Total) -> Graph:
    """Products of data, of what does not depend on them, and a bias that is computed."""
    xs, ws = values("x", 4), values("w", 4)
    h = total(ws[:2], xs[:2], ws[2] * ws[3])
    return total(xs[:2], xs[2:]) * total(ws[:2], ws[2:]) + h.tanh(), xs, ws


def mixed(total: Total) -> Graph:
    """The same matrix at two positions, of which one is recorded; and a score of data, as attention has."""
    xs, ws = values("x", 4), values("w", 6)
    queries, keys = [total(ws[:2], xs[:2]), total(ws[2:4], xs[:2])], [total(ws[:2], xs[2:]), total(ws[2:4], xs[2:])]
    _ = keys[0].inputs
    return total(queries, keys).exp() * total(ws[4:], xs[:2]), xs, ws


@pytest.mark.parametrize("graph", [layers, single, frozen, tied, residual, of_data, mixed])
def test_the_code_is_that_of_the_operators(graph: Callable[[Total], Graph]) -> None:
    deferred, recorded = graph(weighted_sum), graph(by_operators)
    leaves, size = leaves_and_size(deferred[0])
    assert size == len(topological_order(recorded[0]))
    assert [one.name for one in sorted(leaves, key=lambda one: one.name)] == sorted(
        one.name for one in topological_order(recorded[0]) if not one.inputs
    )
    one, other = ArrayListing(*deferred), ArrayListing(*recorded)
    assert one.text() == other.text()
    assert [name for name, _ in one.layout] == [name for name, _ in other.layout]
    assert one.rolled.count == size


def test_only_what_cannot_be_rolled_is_recorded() -> None:
    for graph, stays in ((layers, 3), (residual, 2), (of_data, 0), (mixed, 4)):
        root, xs, wrt = graph(weighted_sum)
        ArrayListing(root, xs, wrt)
        order = topological_order(root, records=False)
        assert sum(deferred_terms(value) is not None for value in order) == stays


def test_graphs_are_compared_as_they_are() -> None:
    """Whether both are deferred, one, or none; and what differs is found in each case."""
    for one_total, other_total in ((weighted_sum, weighted_sum), (weighted_sum, by_operators)):
        ws, x, y = values("w", 2), values("x", 2), values("y", 2)

        def difference(
            weights: list[Value],
            by: float = 2.0,
            order: int = 1,
            one: Total = one_total,
            other: Total = other_total,
            at: tuple[list[Value], list[Value], list[Value]] = (ws, x, y),
        ) -> str:
            ws, x, y = at
            first, second = one(ws, x) * 2.0, other(weights, y[::order]) * by
            return structural_difference(first, second, x, y)

        assert difference(ws) == ""
        assert difference([ws[0], Value(ws[1].data)]) == ""
        assert "is a leaf of" in difference([ws[0], Value(7.0)])
        assert "has another constant: 2.0, 3.0" in difference(ws, 3.0)
        assert difference(ws, order=-1)
