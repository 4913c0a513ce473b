"""Derivatives of functions of nested arguments, against hand-derived partials and central differences."""

from __future__ import annotations

import inspect
from random import Random
from typing import Any, NamedTuple

import numpy as np
import pytest

from autograd import (
    NotANumberError,
    UsageError,
    Value,
    exp,
    grad,
    hessian,
    jacobian,
    maximum,
    sin,
    tanh,
    value_and_grad,
)
from autograd.core.nesting import flatten, nested

from ..support.oracles import central_gradient


class Layer(NamedTuple):
    w: Any
    b: Any


NUMBERS = frozenset((int, float))


def network(p: Any, xs: Any) -> Any:
    """Two neurons, in a dictionary with a list of named tuples, a tuple and an array."""
    hidden = [tanh(sum(w * x for w, x in zip(layer.w, xs, strict=True)) + layer.b) for layer in p["hidden"]]
    out = p["out"][0] * hidden[0] + p["out"][1] * hidden[1]
    return (out - p["bias"] * sin(p["table"][1, 0])) ** 2


def point(seed: int) -> tuple[Any, list[float]]:
    random = Random(seed)

    def some(count: int) -> list[float]:
        return [random.uniform(-1.5, 1.5) for _ in range(count)]

    hidden = [Layer(some(2), some(1)[0]) for _ in range(2)]
    p = {"hidden": hidden, "out": tuple(some(2)), "bias": some(1)[0], "table": np.array(some(4)).reshape(2, 2)}
    return p, some(2)


def flat(thing: Any) -> list[float]:
    leaves: list[float] = []
    flatten(thing, NUMBERS, leaves, [])
    return leaves


@pytest.mark.parametrize("seed", range(10))
def test_gradients_of_nested_arguments_against_central_differences(seed: int) -> None:
    p, xs = point(seed)
    form = flatten((p, xs), NUMBERS, [], [])

    def f(*numbers: float) -> float:
        # Values all the way, and nothing differentiated: what is compared is only the number.
        again = nested(form, iter([Value(one) for one in numbers]))
        return float(network(*again).data)

    gradient = grad(network, (0, 1))(p, xs)
    assert flatten(gradient, NUMBERS, [], []) == form
    assert flat(gradient) == pytest.approx(central_gradient(f, flat((p, xs))), rel=1e-5, abs=1e-6)
    value, first = value_and_grad(network)(p, xs)
    assert (value, flat(first)) == (f(*flat((p, xs))), flat(gradient[0]))
    assert (type(first["hidden"][0]), type(first["out"]), first["table"].shape) == (Layer, tuple, (2, 2))


def test_by_hand() -> None:
    def area(room: Any, scale: Any) -> Any:
        return scale * room["size"][0] * room["size"][1]

    room = {"size": (2.0, 3.0), "height": 5.0}
    assert grad(area)(room, 7.0) == {"size": (21.0, 14.0), "height": 0.0}
    assert grad(area, (1, 0))(room, 7.0) == (6.0, {"size": (21.0, 14.0), "height": 0.0})
    assert grad(area, argnums=1)(room, 7) == 6.0
    assert list(grad(area)({"height": 5.0, "size": (2.0, 3.0)}, 1.0)) == ["height", "size"]
    nested_hessian = hessian(area, 0)(room, 7.0)
    assert nested_hessian["size"][0] == {"size": (0.0, 7.0), "height": 0.0}
    assert nested_hessian["height"] == {"size": (0.0, 0.0), "height": 0.0}
    both = hessian(area, (0, 1))(room, 7.0)
    assert both[1] == ({"size": (3.0, 2.0), "height": 0.0}, 0.0)
    assert hessian(area)(room, 7.0)[3] == [3.0, 2.0, 0.0, 0.0]  # flat: size, size, height, scale


def test_the_form_of_a_jacobian() -> None:
    def f(p: Any, c: Any) -> Any:
        return {"sum": p["a"] + p["b"] * c, "parts": [p["a"] * p["b"], 3.0]}

    p = {"a": 2.0, "b": 5.0}
    assert jacobian(f, 0)(p, 7.0) == {
        "sum": {"a": 1.0, "b": 7.0},
        "parts": [{"a": 5.0, "b": 2.0}, {"a": 0.0, "b": 0.0}],
    }
    assert jacobian(f, (1,))(p, 7.0) == {"sum": (5.0,), "parts": [(0.0,), (0.0,)]}
    assert jacobian(lambda p: list(p.values()))(p) == [[1.0, 0.0], [0.0, 1.0]]
    assert jacobian(lambda p: p["a"] * p["b"], 0)(p) == {"a": 5.0, "b": 2.0}
    with pytest.raises(UsageError, match=r"a flat list, not lists in a list or a dictionary; with argnums"):
        jacobian(f)(p, 7.0)


def test_arrays() -> None:
    weights, rows = np.array([1.0, 2.0]), np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])

    def residuals(w: Any) -> Any:
        return rows @ w - 1.0

    found = jacobian(residuals, 0)(weights)
    assert isinstance(found, np.ndarray)
    assert found.tolist() == rows.tolist()
    assert jacobian(residuals)(weights) == rows.tolist()
    gradient = grad(lambda w: (residuals(w) ** 2).sum())(weights)
    assert gradient.dtype == float
    assert gradient.tolist() == (2 * rows.T @ (rows @ weights - 1.0)).tolist()
    curved = hessian(lambda w: (residuals(w) ** 2).sum(), 0)(weights)
    assert curved.tolist() == (2 * rows.T @ rows).tolist()
    several = jacobian(lambda p: [p["w"] * p["s"], p["s"]], 0)({"w": weights, "s": 3.0})
    assert several[0]["w"].tolist() == [[3.0, 0.0], [0.0, 3.0]]
    assert (several[0]["s"].tolist(), several[1]) == ([1.0, 2.0], {"w": pytest.approx([0.0, 0.0]), "s": 1.0})
    assert jacobian(lambda w: w[:0], 0)(weights).shape == (0, 2)
    assert grad(lambda w: w[0] * w[1])(np.array([2, 5])).tolist() == [5.0, 2.0]
    answer = grad(lambda w: w[0] ** 2 + w[1])(np.array([Value(3.0), Value(1.0)]))
    assert answer.dtype == object
    assert [one.data for one in answer] == [6.0, 1.0]
    assert answer[0].inputs


def test_arrays_and_single_values_compute_together() -> None:
    def f(w: Any, b: Any, x: Any) -> Any:
        return ((b + x @ w) * 2.0 + (x @ w + b) / b - b * np.array([1.0, 2.0]) + np.array([1.0, 2.0]) * b**2).sum()

    w, b, x = np.array([1.0, 2.0]), 0.5, np.array([[1.0, 2.0], [3.0, 4.0]])
    slope_w, slope_b = grad(f, (0, 1))(w, b, x)
    assert slope_w.tolist() == pytest.approx(((2 + 1 / b) * x.sum(axis=0)).tolist())
    assert slope_b == pytest.approx(2 * 2 - (x @ w).sum() / b**2 - 3 + 2 * b * 3)
    with pytest.raises(NotANumberError, match="an operand of maximum holds one real number, not ndarray"):
        maximum(Value(1.0), np.zeros(2))  # type: ignore[call-overload]


def test_has_aux() -> None:
    def f(p: Any) -> Any:
        loss = p["w"] ** 2
        return loss, {"twice": 2 * p["w"], "name": "loss", "n": 3, "both": [loss, 1.5]}

    other = {"twice": 6.0, "name": "loss", "n": 3, "both": [9.0, 1.5]}
    assert value_and_grad(f, has_aux=True)({"w": 3.0}) == ((9.0, other), {"w": 6.0})
    assert grad(f, has_aux=True)({"w": 3.0}) == ({"w": 6.0}, other)
    assert jacobian(f, has_aux=True)({"w": 3.0}) == ([6.0], other)
    assert jacobian(f, 0, has_aux=True)({"w": 3.0}) == ({"w": 6.0}, other)
    assert hessian(f, has_aux=True)({"w": 3.0}) == ([[2.0]], other)
    assert hessian(f, 0, has_aux=True)({"w": 3.0}) == ({"w": {"w": 2.0}}, other)
    _, kept = grad(f, has_aux=True)({"w": Value(3.0)})
    assert isinstance(kept["twice"], Value)
    for derivative in (grad, value_and_grad, jacobian, hessian):
        with pytest.raises(UsageError, match=r"has_aux=True is for a function that returns two things.* one number"):
            derivative(lambda x: x * x, has_aux=True)(2.0)


def test_name_and_docstring_of_f_are_kept() -> None:
    for derivative in (grad, value_and_grad, jacobian, hessian, lambda f: hessian(f, 0)):
        found = derivative(network)
        assert (found.__name__, found.__doc__) == ("network", network.__doc__)
        assert list(inspect.signature(found).parameters) == ["p", "xs"]


def test_what_is_no_number_is_told_with_its_place() -> None:
    for leaf, name in [("relu", "str 'relu'"), (None, "NoneType None")]:
        with pytest.raises(NotANumberError) as caught:
            grad(lambda x, p: x, argnums=1)(1.0, {"layers": [{"w": 1.0}, {"act": leaf}]})
        assert str(caught.value) == (
            f"argument 1['layers'][1]['act'] is {name}; an argument of a function to differentiate holds numbers only, "
            "in lists, tuples, dictionaries or arrays. Hand in the rest as another argument, which argnums leaves out"
        )
    assert grad(lambda x, act: act(x), argnums=0)(0.0, exp) == 1.0


@pytest.mark.parametrize(
    ("result", "shape"),
    [
        (lambda x: [x, x], "a list of 2"),
        (lambda x: (x,), "a tuple of 1"),
        (lambda x: {"loss": x, "n": 1}, "a dictionary of 'loss', 'n'"),
        (lambda x: np.array([[x, x]]), r"an array of shape \(1, 2\)"),
    ],
)
def test_a_result_that_is_not_one_number_is_told_with_its_shape(result: Any, shape: str) -> None:
    for derivative in (grad, value_and_grad, hessian):
        with pytest.raises(UsageError, match=rf"returns one number; this one returned {shape}\. Use jacobian, or vjp"):
            derivative(result)(2.0)


def test_what_is_no_function_is_told() -> None:
    for derivative in (grad, value_and_grad, jacobian, hessian):
        with pytest.raises(UsageError, match=r"takes a function.*\(f\)\(x\), not \w+\(6\.0\)"):
            derivative(6.0)  # type: ignore[arg-type]
