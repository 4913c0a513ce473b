"""Products with a jacobian or a hessian, in one sweep each: `vjp`, `jvp`, `hessian_vector_product`.

A backward sweep multiplies the jacobian from the left, by a weight for each row; a forward sweep from the right, by a
tangent for each column. The jacobian itself is never computed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from ..errors import UsageError
from .arguments import number
from .forward import tangents as forward_tangents
from .functional import Argnums, check_argnums, check_function, grad, positions_of
from .nesting import leaves_of_form, nested
from .recording import recorded
from .sweep import Sweep
from .value import Value


def vjp(f: Callable[..., Any], *arguments: Any, has_aux: bool = False) -> Any:
    """The pair (f(*arguments), pull), where pull(weights) is Σ_i weight_i · ∂f_i/∂argument, one for each argument.

    weights: numbers in the form of what f returns. The answer is a tuple; each member has the form of its argument.
    has_aux: f returns (result, other), and the answer is (result, pull, other).
    Raises UsageError where weights have another form; NotANumberError where an argument, or what f returns, holds
    anything but numbers; DomainError where a partial has no real answer.

    >>> result, pull = vjp(lambda x, y: [x * y, x + y], 2.0, 5.0)
    >>> result, pull([1.0, 10.0])
    ([10.0, 7.0], (15.0, 12.0))
    """
    check_function(f, "vjp")
    sweep = Sweep(f, arguments, {}, range(len(arguments)), has_aux)
    form, outputs = sweep.outputs()

    def pull(weights: Any) -> tuple[Any, ...]:
        given = _factors(leaves_of_form(form, weights, "weights", "what f returned"))
        with recorded():
            root: Any = 0.0
            for weight, output in zip(given, outputs, strict=True):
                # An output with weight 0 needs no partials.
                if isinstance(output, Value) and not (type(weight) is float and weight == 0.0):
                    root = root + output * weight
        seen = sweep.with_values(given)
        return seen.shaped(iter(seen.gradients(root)))

    result = nested(form, map(sweep.plain, outputs))
    return (result, pull, sweep.aux) if has_aux else (result, pull)


def jvp(f: Callable[..., Any], arguments: Sequence[Any], tangents: Sequence[Any], has_aux: bool = False) -> Any:
    """The pair (f(*arguments), Σ_j ∂f/∂x_j · tangent_j): how fast f moves when its arguments move as the tangents say.

    tangents: one for each argument, in its form. The second answer has the form of what f returns. Its partials are
    those of the backward sweep, at kinks too; none is computed for an input whose tangent is 0.0.
    has_aux: f returns (result, other), and the answer is (result, tangent, other).
    Raises UsageError where tangents have another form than the arguments; else as `vjp`.

    >>> jvp(lambda x, y: [x * y, x + y], (2.0, 5.0), (1.0, 10.0))
    ([10.0, 7.0], [25.0, 11.0])
    """
    check_function(f, "jvp")
    for given, what in ((arguments, "arguments"), (tangents, "tangents")):
        if not isinstance(given, list | tuple):
            raise UsageError(f"{what} is a tuple with one for each argument of f, as in jvp(f, (x,), (1.0,))")
    sweep = Sweep(f, arguments, {}, range(len(arguments)), has_aux)
    moved = _factors(leaves_of_form((tuple, tuple(sweep.forms)), tangents, "tangents", "arguments"))
    form, outputs = sweep.outputs()
    sweep = sweep.with_values(moved)
    values = [one for one in outputs if isinstance(one, Value)]
    with recorded():
        found = iter(forward_tangents(values, dict(zip(sweep.wrt, moved, strict=True)), sweep.as_values))
        moves = [sweep.plain(next(found) if isinstance(one, Value) else 0.0) for one in outputs]
    result, tangent = (nested(form, iter(some)) for some in (map(sweep.plain, outputs), moves))
    return (result, tangent, sweep.aux) if has_aux else (result, tangent)


def hessian_vector_product(f: Callable[..., Any], argnums: Argnums = 0) -> Callable[..., Any]:
    """The function of (*arguments, vector) that computes the product of f's hessian and the vector.

    vector: numbers in the form of the argument at `argnums`, or a tuple of these for several; the answer is alike.
    f returns one number. The product is the tangent of the gradient; the hessian itself is never computed.
    Raises UsageError where the vector has another form; else as `grad`.

    >>> hessian_vector_product(lambda p: p[0] ** 2 * p[1])([3.0, 5.0], [1.0, 10.0])
    [70.0, 6.0]
    """
    check_function(f, "hessian_vector_product")
    check_argnums(argnums)

    @wraps(f, updated=())
    def product(*arguments: Any, **keywords: Any) -> Any:
        if len(arguments) < 2:
            raise UsageError(
                "hessian_vector_product(f) is called with the arguments of f, and behind them the vector, in the form "
                "of the argument that is differentiated"
            )
        *given, vector = arguments
        positions = positions_of(argnums, len(given))
        several = isinstance(argnums, tuple)

        def gradient(*moving: Any) -> Any:
            for position, one in zip(positions, moving, strict=True):
                given[position] = one
            return grad(f, argnums)(*given, **keywords)

        moving = [given[position] for position in positions]
        return jvp(gradient, moving, vector if several else (vector,))[1]

    return product


def _factors(given: Any) -> list[Any]:
    return [one if isinstance(one, Value) else number(one, "a factor") for one in given]
