"""The reverse sweep: from the root back to the leaves, one chain-rule product at a time.

For every operation, consumers before inputs:  ∂root/∂input += ∂root/∂out · ∂out/∂input.  The partial ∂out/∂input comes
from the operation's row. Each value has the Pullback of its operation, whose `pull` op.py wrote from the row; for two
Values and x * y, where `x_` is the Value and `x` the number that was read from it,

    def _pull_vv(self):
        (x_, y_) = self.inputs
        x = self._first
        y = self._second
        grad = self.grad
        x_.grad += grad * y
        y_.grad += grad * x
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..errors import DomainError, UsageError
from .graph import topological_order
from .recording import place_of


def backward(root: Any, seed: float) -> None:
    """Fill `grad` for everything the root was computed from.

    Leaves add this sweep's gradient to what they had; interior values start from zero. Where a partial has no real
    answer, DomainError says where, and the leaves keep what they had.
    """
    order = topological_order(root)
    earlier = [(value, value.grad) for value in order if not value.inputs]
    for leaf, grad in earlier:
        if not isinstance(grad, float | int):
            raise UsageError(f"the grad of {leaf!r} is {grad!r:.40}, to which nothing can be added; call zero_grad()")
    value = root
    try:
        for value in order:
            value.grad = 0.0
        root.grad = seed
        for value in reversed(order):
            if value.inputs:
                value._pullback.pull(value)
        for leaf, grad in earlier:
            leaf.grad += grad
    except BaseException as error:
        # Half a sweep is no gradient: as if it had not been started, also when it was Ctrl-C that stopped it.
        for touched in order:
            touched.grad = 0.0
        for leaf, grad in earlier:
            leaf.grad = grad
        if isinstance(error, ArithmeticError | ValueError):
            raise no_partial(value, error) from error
        raise


def gradients(root: Any, wrt: Sequence[Any], as_values: bool) -> list[Any]:
    """∂root/∂w for each w in `wrt`, touching nobody's `grad`; 0.0 where root does not depend on w.

    With `as_values` the same partials are evaluated over Values instead of numbers, so that the result is itself
    recorded and can be differentiated again.
    """
    order = topological_order(root, seen=set(wrt))
    needed = set(wrt)
    for value in order:
        if any(one in needed for one in value.inputs):
            needed.add(value)
    gradient: dict[Any, Any] = {root: 1.0}
    for value in reversed(order):
        if value not in needed:
            continue
        upstream = gradient.pop(value)
        op = value.op
        if as_values:
            # Nobody looks at these numbers: what is made of them is recorded.
            numbers = tuple(map(_as_recorded, value.operands, value._recorded_numbers()))
            out, partial_functions = value, op.value_partials
        else:
            numbers, out, partial_functions = value.numbers, value.data, op.partial_functions
        for operand, partial_function in zip(value.operands, partial_functions, strict=True):
            if operand not in needed:
                continue
            try:
                partial = partial_function(*numbers, out)
            except DomainError:
                raise  # by an operation on Values within the partial, which says more
            except (ArithmeticError, ValueError) as error:
                raise no_partial(value, error) from error
            # 1 * partial and upstream * 1 are left out: a shorter graph for the next derivative.
            contribution = upstream if _is_one(partial) else partial if _is_one(upstream) else upstream * partial
            gradient[operand] = gradient[operand] + contribution if operand in gradient else contribution
    return [gradient.get(one, 0.0) for one in wrt]


def _as_recorded(operand: Any, number: float) -> Any:
    """The operand with the number that the forward pass saw, also where its data were changed since."""
    if type(operand) is float or operand._data is number:
        return operand
    stand_in = +operand
    stand_in._data = stand_in._first = number
    return stand_in


def _is_one(factor: Any) -> bool:
    return type(factor) is float and factor == 1.0


def no_partial(value: Any, error: Exception) -> DomainError:
    """The error to raise where a partial of this value's operation has no real answer."""
    wanted = value._pullback.wanted()
    named: DomainError = value.op.domain_error(value.operands, value.numbers, error, wanted, place_of(value))
    return named
