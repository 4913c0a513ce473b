"""Derivatives of functions: `grad`, `value_and_grad`, `jacobian` and `hessian`, of any order.

Numbers in, floats out; Values in, Values out, so that the derivative of a derivative is asked for by writing so:
`grad(grad(f))`. A function's arguments may be numbers, or lists, tuples, dictionaries and NumPy arrays of them, nested
as you like. Nobody's `.grad` is touched.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial, wraps
from itertools import islice
from math import prod
from typing import Any, NamedTuple, Never

from ..errors import UsageError
from . import misuse
from .nesting import ARRAY, Form, as_array, flatten, nested, shapes
from .sweep import NUMBERS, Sweep

Argnums = int | tuple[int, ...]


def grad(f: Callable[..., Any], argnums: Argnums = 0, has_aux: bool = False, **others: Never) -> Callable[..., Any]:
    """The function that computes ∂f/∂argument, for the argument at position `argnums`, or a tuple for several.

    f returns one number. A gradient has the form of its argument: lists, tuples, dictionaries, NumPy arrays.
    has_aux: f returns (number, other), and the answer is (gradient, other).
    Raises UsageError where f does not return one number, or has no such argument; NotANumberError where the argument
    holds anything but numbers; DomainError where a partial has no real answer.

    >>> grad(lambda x: x**3)(2.0)
    12.0
    >>> grad(grad(lambda x: x**3))(2.0)
    12.0
    >>> grad(lambda x, y: x * y, argnums=(0, 1))(2.0, 5.0)
    (5.0, 2.0)
    >>> grad(lambda p, x: p["w"][0] * x + p["w"][1] * x**2 + p["b"])({"w": [2.0, 5.0], "b": 1.0}, 3.0)
    {'w': [3.0, 9.0], 'b': 1.0}
    """
    if others:
        raise misuse.wrong_keyword("grad(f, argnums)", others)
    both = value_and_grad(f, argnums, has_aux)

    @wraps(f, updated=())
    def gradient(*arguments: Any, **keywords: Any) -> Any:
        value, found = both(*arguments, **keywords)
        return (found, value[1]) if has_aux else found

    vars(gradient)["derivative"] = Derivative(f, argnums, has_aux, with_value=False)
    return gradient


def value_and_grad(
    f: Callable[..., Any], argnums: Argnums = 0, has_aux: bool = False, **others: Never
) -> Callable[..., tuple[Any, Any]]:
    """The function that computes the pair (f, ∂f/∂argument) in one pass; see `grad`.

    has_aux: f returns (number, other), and the answer is ((number, other), gradient).

    >>> value_and_grad(lambda x: x * x)(3.0)
    (9.0, 6.0)
    """
    if others:
        raise misuse.wrong_keyword("value_and_grad(f, argnums)", others)
    check_function(f, "grad")
    check_argnums(argnums)

    @wraps(f, updated=())
    def value_and_gradient(*arguments: Any, **keywords: Any) -> tuple[Any, Any]:
        sweep = Sweep(f, arguments, keywords, positions_of(argnums, len(arguments)), has_aux)
        shaped = sweep.shaped(iter(sweep.gradients(sweep.one_output("grad"))))
        value = sweep.plain(sweep.result)
        return (value, sweep.aux) if has_aux else value, shaped if isinstance(argnums, tuple) else shaped[0]

    vars(value_and_gradient)["derivative"] = Derivative(f, argnums, has_aux, with_value=True)
    return value_and_gradient


class Derivative(NamedTuple):
    """What a function made by `grad` or `value_and_grad` differentiates, and how."""

    f: Callable[..., Any]
    argnums: Argnums
    has_aux: bool
    with_value: bool


def jacobian(
    f: Callable[..., Any], argnums: Argnums | None = None, has_aux: bool = False, **others: Never
) -> Callable[..., Any]:
    """The function that computes all ∂f_i/∂x_j.

    argnums: None gives a list of rows i, each over all inputs j of all arguments; f then returns a list of numbers, or
        one number, for which the answer is one row. With a position, or a tuple of positions, the answer has the form
        of what f returns, with each number replaced by its gradient in the form of the argument; an array of arrays
        becomes one array.
    has_aux: f returns (result, other), and the answer is (jacobian, other).

    >>> jacobian(lambda x, y: [x * y, x + y])(2.0, 5.0)
    [[5.0, 2.0], [1.0, 1.0]]
    >>> jacobian(lambda p: {"area": p["a"] * p["b"]}, argnums=0)({"a": 2.0, "b": 5.0})
    {'area': {'a': 5.0, 'b': 2.0}}
    """
    if others:
        raise misuse.wrong_keyword("jacobian(f, argnums)", others)
    check_function(f, "jacobian")
    if argnums is not None:
        check_argnums(argnums)

    @wraps(f, updated=())
    def rows(*arguments: Any, **keywords: Any) -> Any:
        positions = range(len(arguments)) if argnums is None else positions_of(argnums, len(arguments))
        sweep = Sweep(f, arguments, keywords, positions, has_aux)
        form, outputs = sweep.outputs()
        found: Any = [sweep.gradients(one) for one in outputs]
        if argnums is not None:
            found = _in_forms(form, iter(found), sweep, isinstance(argnums, tuple))
        elif form is None:
            found = found[0]
        elif not _is_flat(form):
            raise UsageError(
                "jacobian needs a function that returns one number or a flat list, not lists in a list or a "
                "dictionary; with argnums, as in jacobian(f, argnums=0), the answer has the form of what f returns"
            )
        return (found, sweep.aux) if has_aux else found

    return rows


def hessian(
    f: Callable[..., Any], argnums: Argnums | None = None, has_aux: bool = False, **others: Never
) -> Callable[..., Any]:
    """The function that computes all ∂²f/∂x_i∂x_j, for f that returns one number: the jacobian of its gradient.

    argnums: None gives a list of rows, over all inputs; positions give the nested form: see `jacobian`.
    has_aux: f returns (number, other), and the answer is (hessian, other).

    >>> hessian(lambda x, y: x**2 * y)(3.0, 5.0)
    [[10.0, 6.0], [6.0, 0.0]]
    >>> hessian(lambda p: p["x"] ** 2 * p["y"], argnums=0)({"x": 3.0, "y": 5.0})["y"]
    {'x': 6.0, 'y': 0.0}
    """
    if others:
        raise misuse.wrong_keyword("hessian(f, argnums)", others)
    if argnums is not None:
        return jacobian(grad(f, argnums, has_aux), argnums, has_aux)
    check_function(f, "hessian")

    @wraps(f, updated=())
    def gradient(*arguments: Any, **keywords: Any) -> Any:
        found = grad(f, tuple(range(len(arguments))), has_aux)(*arguments, **keywords)
        leaves: list[Any] = []
        flatten(found[0] if has_aux else found, NUMBERS, leaves, [])
        return (leaves, found[1]) if has_aux else leaves

    return jacobian(gradient, None, has_aux)


def check_function(f: object, asked: str) -> None:
    """Raises UsageError if f is no function. asked: the name of the caller, for the message."""
    if not callable(f):
        raise UsageError(f"{asked} takes a function, and gives another: write {asked}(f)(x), not {asked}({f!r:.40})")


def check_argnums(argnums: Argnums) -> None:
    """Raises UsageError where argnums is neither a position nor a tuple of positions."""
    if not all(type(position) is int for position in (argnums if isinstance(argnums, tuple) else (argnums,))):
        raise UsageError(f"argnums is the position of an argument, or a tuple of positions, not {argnums!r}")


def positions_of(argnums: Argnums, count: int) -> list[int]:
    """The positions among `count` arguments, from 0 on. Raises UsageError if there is no such argument."""
    positions = argnums if isinstance(argnums, tuple) else (argnums,)
    for position in positions:
        if not -count <= position < count:
            raise UsageError(f"argnums={argnums!r}, but the function was given {count} argument(s)")
    return [position % count for position in positions]


def _is_flat(form: Form) -> bool:
    if form[0] is ARRAY:
        return len(form[1]) == 1
    return form[0] is not dict and (type(form[-1]) is int or all(part is None for part in form[-1]))


def _in_forms(form: Form, rows: Iterator[list[Any]], sweep: Sweep, is_tuple: bool) -> Any:
    """A jacobian in the form of the outputs, each in the form of the inputs.

    rows: for each output its gradients with respect to all inputs.
    """
    blocks = []
    for shape in shapes(form):
        some = list(islice(rows, prod(shape)))
        by_input = zip(*some, strict=True) if some else [()] * len(sweep.wrt)
        columns = [as_array(shape, iter(column)) for column in by_input] if shape else some[0]
        shaped = sweep.shaped(iter(columns), partial(_stacked, shape))
        blocks.append(shaped if is_tuple else shaped[0])
    return nested(form, iter(blocks), array=lambda _, leaves: next(leaves))


def _stacked(outer: tuple[int, ...], inner: tuple[int, ...], columns: Iterator[Any]) -> Any:
    """The next columns, each a number or an array of the outer shape, as one array of shape outer + inner."""
    if not outer:
        return as_array(inner, columns)
    some: Sequence[Any] = list(islice(columns, prod(inner)))
    return sys.modules["numpy"].stack(some, -1).reshape(*outer, *inner)
