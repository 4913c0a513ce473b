"""The reverse sweep: from the root back to the leaves, one chain-rule product at a time.

For every operation, consumers before inputs:  ∂root/∂input += ∂root/∂out · ∂out/∂input.  The partials ∂out/∂input come
from the operation's row. From them op.py writes a function `pull`; for the product of two Values, `x_` and `y_`,

    def _pull_vv(self):
        (x_, y_) = self._inputs
        x = self._first
        y = self._second
        grad = self.grad
        x_.grad += grad * y
        y_.grad += grad * x

where `_first` and `_second` are the numbers that were read. A partial's `out` is `self._data`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..errors import UsageError
from .graph import start_from_zero, topological_order
from .partials import local_partials, no_partial, times


def backward(root: Any, seed: float) -> None:
    """What `Value.backward` does. All start from zero; to a leaf what it had is added last, so that samples sum up."""
    operations: list[Any] = []  # inputs before consumers
    leaves: list[tuple[Any, Any]] = []  # each with the grad it had
    value: Any = None  # whose pull is running
    try:
        start_from_zero(root, operations, leaves)  # which fills both, and sets every grad to 0
        for leaf, grad in leaves:
            if not isinstance(grad, (float, int)):
                shown = f"the grad of {leaf!r} is {grad!r:.40}"
                raise UsageError(f"{shown}, to which nothing can be added; call zero_grad()")
        root.grad = seed
        for value in reversed(operations):
            value._pullback.pull(value)
        for leaf, grad in leaves:
            leaf.grad += grad
    except BaseException as error:
        # Half a sweep is no gradient: leaves get back what they had, also where Ctrl-C stopped it.
        for touched in operations:
            touched.grad = 0.0
        for leaf, grad in leaves:
            leaf.grad = grad
        if value is not None and isinstance(error, ArithmeticError | ValueError):
            raise no_partial(value, error) from error
        raise


def gradients(root: Any, wrt: Sequence[Any], as_values: bool) -> list[Any]:
    """∂root/∂w for each w in `wrt`, the other ones held fixed, touching nobody's `grad`; 0.0 where root reads no w.

    With `as_values` the partials are evaluated over Values, so that the result can be differentiated again; one that is
    the same everywhere may still be a float.
    """
    order = topological_order(root, seen=set(wrt))
    # What lies between root and a w. Inputs come first, so one pass finds it.
    needed = set(wrt)
    for value in order:
        if not needed.isdisjoint(value.inputs):
            needed.add(value)
    gradient: dict[Any, Any] = {root: 1.0}
    for value in reversed(order):
        if value not in needed:
            continue
        upstream = gradient.pop(value)
        for operand, partial in local_partials(value, needed, as_values):
            product = times(upstream, partial)
            gradient[operand] = gradient[operand] + product if operand in gradient else product
    return [gradient.get(one, 0.0) for one in wrt]
