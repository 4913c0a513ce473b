"""The reverse sweep: from the root back to the leaves, one chain-rule product at a time.

For every operation, consumers before inputs:  ∂root/∂input += ∂root/∂out · ∂out/∂input.  The partials ∂out/∂input are
text in the operation's row. Pullback.source (op.py) puts it into a compiled function `pull`, a line for each input that
is a Value. For the product of two, `x_` and `y_`, that is

    def _pull_vv(self):
        (x_, y_) = self._inputs
        x = self._first
        y = self._second
        grad = self.grad
        x_.grad += grad * y
        y_.grad += grad * x

where `_first` and `_second` are the numbers that were read. `out` in a partial is `self._data`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..errors import UsageError
from .domain_errors import no_partial
from .graph import start_from_zero, topological_order
from .partials import local_partials, times


def backward(root: Any, seed: float) -> None:
    """What `Value.backward` does. Every grad starts from 0; in the end leaves add their old one, so samples sum up."""
    operations: list[Any] = []  # inputs before consumers
    leaves: list[tuple[Any, Any]] = []  # each with its old grad
    value: Any = None  # whose pull is running
    try:
        start_from_zero(root, operations, leaves)  # fills both lists and sets every grad to 0
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
        # Half a sweep is no gradient: leaves get their old grads back, after Ctrl-C too.
        for touched in operations:
            touched.grad = 0.0
        for leaf, grad in leaves:
            leaf.grad = grad
        if value is not None and isinstance(error, ArithmeticError | ValueError):
            raise no_partial(value, error) from error
        raise


def gradients(root: Any, wrt: Sequence[Any], as_values: bool) -> list[Any]:
    """∂root/∂w for each w in `wrt`, the others held fixed; 0.0 where root does not depend on w. No `grad` is touched.

    With `as_values` the partials are evaluated over Values, so that the result can be differentiated again; a constant
    one may still be a float.
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
