"""Derivatives of functions: `grad`, `value_and_grad`, `jacobian` and `hessian`, of any order.

Numbers in, floats out; Values in, Values out, so that the derivative of a derivative is asked for by writing so:
`grad(grad(f))`. A function's arguments may be numbers or lists of numbers. Nobody's `.grad` is touched.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Never

from ..errors import UsageError
from . import misuse
from .arguments import number
from .backward import gradients
from .graph import topological_order
from .op import VALUES
from .recording import differentiated, is_recording, recorded
from .value import Value


def grad(f: Callable[..., Any], argnums: int | tuple[int, ...] = 0, **others: Never) -> Callable[..., Any]:
    """The function that computes ∂f/∂argument, for the argument at position `argnums`, or a tuple for several.

    f returns one number. Where an argument is a list, so is its gradient. Raises UsageError where f does not return one
    number, or has no such argument; DomainError where a partial has no real answer.

    >>> grad(lambda x: x**3)(2.0)
    12.0
    >>> grad(grad(lambda x: x**3))(2.0)
    12.0
    >>> grad(lambda x, y: x * y, argnums=(0, 1))(2.0, 5.0)
    (5.0, 2.0)
    >>> grad(lambda xs: xs[0] * xs[1])([2.0, 5.0])
    [5.0, 2.0]
    """
    if others:
        raise misuse.wrong_keyword("grad(f, argnums)", others)
    both = value_and_grad(f, argnums)

    def gradient(*arguments: Any, **keywords: Any) -> Any:
        return both(*arguments, **keywords)[1]

    return gradient


def value_and_grad(
    f: Callable[..., Any], argnums: int | tuple[int, ...] = 0, **others: Never
) -> Callable[..., tuple[Any, Any]]:
    """The function that computes the pair (f, ∂f/∂argument) in one pass; see `grad`.

    >>> value_and_grad(lambda x: x * x)(3.0)
    (9.0, 6.0)
    """
    if others:
        raise misuse.wrong_keyword("value_and_grad(f, argnums)", others)
    positions = argnums if isinstance(argnums, tuple) else (argnums,)
    if not all(type(position) is int for position in positions):
        raise UsageError(f"argnums is the position of an argument, or a tuple of positions, not {argnums!r}")

    def value_and_gradient(*arguments: Any, **keywords: Any) -> tuple[Any, Any]:
        for position in positions:
            if not -len(arguments) <= position < len(arguments):
                raise UsageError(f"argnums={argnums!r}, but the function was given {len(arguments)} argument(s)")
        sweep = _Sweep(f, arguments, keywords, [position % len(arguments) for position in positions])
        if isinstance(sweep.result, list | tuple):
            raise UsageError(
                f"grad needs a function that returns one number; this one returned {len(sweep.result)}. "
                "Use jacobian, or return their sum"
            )
        flat = iter(sweep.gradients(sweep.result))
        shaped = tuple(_shaped_like(sweep.fresh[position], flat) for position in sweep.positions)
        return sweep.plain(sweep.result), shaped if isinstance(argnums, tuple) else shaped[0]

    return value_and_gradient


def jacobian(f: Callable[..., Any], **others: Never) -> Callable[..., Any]:
    """The function that computes all ∂f_i/∂x_j, as a list of rows i, each over all inputs j.

    f takes numbers, or lists of them, and returns a list of m numbers; the inputs are counted through, from the first
    argument to the last. Where f returns one number the answer is one row.

    >>> jacobian(lambda x, y: [x * y, x + y])(2.0, 5.0)
    [[5.0, 2.0], [1.0, 1.0]]
    """
    if others:
        raise misuse.wrong_keyword("jacobian(f), of all inputs,", others)

    def rows(*arguments: Any, **keywords: Any) -> Any:
        sweep = _Sweep(f, arguments, keywords, list(range(len(arguments))))
        if isinstance(sweep.result, list | tuple):
            return [sweep.gradients(one) for one in sweep.result]
        return sweep.gradients(sweep.result)

    return rows


def hessian(f: Callable[..., Any], **others: Never) -> Callable[..., list[list[Any]]]:
    """The function that computes all ∂²f/∂x_i∂x_j, for f that returns one number: the jacobian of its gradient.

    >>> hessian(lambda x, y: x**2 * y)(3.0, 5.0)
    [[10.0, 6.0], [6.0, 0.0]]
    """
    if others:
        raise misuse.wrong_keyword("hessian(f), of all inputs,", others)

    def gradient(*arguments: Any, **keywords: Any) -> list[Any]:
        return _flat(grad(f, tuple(range(len(arguments))))(*arguments, **keywords))

    return jacobian(gradient)


class _Sweep:
    """One call of f on fresh values, and the sweeps back from what it returned."""

    def __init__(
        self, f: Callable[..., Any], arguments: tuple[Any, ...], keywords: dict[str, Any], positions: list[int]
    ) -> None:
        given = [one for position in positions for one in _flat(arguments[position])]
        self.answers_values = any(isinstance(one, Value) for one in given)
        # Inside another derivative f may use the outer variable: grad(lambda x: x * grad(lambda y: x * y)(1.0))(2.0).
        self.around = differentiated.get()
        self.as_values = is_recording() and (self.answers_values or bool(self.around))
        self.positions = positions
        # Each argument gets an identity of its own: in grad(lambda y: x * y)(x) only y is differentiated, not x.
        with recorded():
            self.fresh = [_map(self._fresh, one) if i in positions else one for i, one in enumerate(arguments)]
            self.wrt = [one for position in positions for one in _flat(self.fresh[position])]
            # f may change its lists: it gets lists of its own, and the gradients have the shape of these here.
            handed = [_map(_itself, one) if i in positions else one for i, one in enumerate(self.fresh)]
            token = differentiated.set(self.around.union(self.wrt))
            try:
                self.result = f(*handed, **keywords)
            finally:
                differentiated.reset(token)

    def _fresh(self, given: Any) -> Value:
        if isinstance(given, Value):
            fresh: Value = VALUES["identity"](given) if self.as_values else given.detach()
            return fresh
        return Value(number(given, "an argument of a function to differentiate"))

    def gradients(self, result: Any) -> list[Any]:
        """∂result/∂w for every fresh value."""
        if isinstance(result, list | tuple):
            raise UsageError("jacobian needs a function that returns one number or a flat list, not lists in a list")
        if not isinstance(result, Value):
            number(result, "the result of a function to differentiate")
            return [self.plain(0.0) for _ in self.wrt]
        with recorded():
            return [self.plain(one) for one in gradients(result, self.wrt, self.as_values)]

    def plain(self, answer: Any) -> Any:
        """A Value where Values were given, a float where numbers were, unless an outer derivative depends on it."""
        if isinstance(answer, Value) and self.as_values:
            stays_value = self.answers_values or not self.around.isdisjoint(topological_order(answer))
        else:
            stays_value, answer = self.answers_values, Value(float(answer))
        return answer if stays_value else float(answer)


def _flat(argument: Any) -> list[Any]:
    if isinstance(argument, list | tuple):
        return [one for part in argument for one in _flat(part)]
    return [argument]


def _map(function: Callable[[Any], Any], argument: Any) -> Any:
    if isinstance(argument, list | tuple):
        parts = [_map(function, part) for part in argument]
        if isinstance(argument, list):
            return parts
        return type(argument)(*parts) if hasattr(argument, "_fields") else tuple(parts)
    return function(argument)


def _itself(value: Any) -> Any:
    return value


def _shaped_like(argument: Any, flat: Any) -> Any:
    return _map(lambda _: next(flat), argument)
