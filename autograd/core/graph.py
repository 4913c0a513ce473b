"""The order of a recorded graph. Knows only inputs, and needs no recursion, so no graph is too deep for it."""

from __future__ import annotations

from typing import Any


def topological_order(root: Any, seen: set[Any] | None = None, records: bool = True) -> list[Any]:
    """Everything `root` was computed from, and root itself, each once: inputs before consumers, x1 before x2.

    Values in `seen` are taken as not there: neither they nor what lies behind them is listed; those listed are added.
    records: whether what was deferred is recorded (deferred.py); else such a sum is listed as one value.
    """
    order: list[Any] = []
    seen = set() if seen is None else seen
    if root in seen:
        return order
    seen.add(root)
    if records:
        _ = root.inputs  # a look records; after it the slot is read, which is faster
    # The values above `value`, up to the root, whose inputs are not all listed yet: what a recursive walk would keep on
    # Python's own stack.
    above: list[Any] = []
    value = root
    while True:
        for one in value._inputs:
            if one not in seen:
                seen.add(one)
                if one.inputs if records else one._inputs:
                    above.append(value)
                    value = one
                    break  # go down
                order.append(one)
        else:
            order.append(value)
            if not above:
                return order
            value = above.pop()  # go back up


def start_from_zero(root: Any, operations: list[Any], leaves: list[tuple[Any, Any]]) -> None:
    """List what root was computed from, and root itself, each once, and set their grads to zero.

    Operations are in the order of `topological_order`, inputs before consumers. Here a value's grad, not a set, tells
    that it has been seen, and leaves are not gone into: that takes half the time.
    """
    zero = float("0")  # an object that is no other value's grad
    if not root._inputs:
        leaves.append((root, root.grad))
        return
    root.grad = zero
    above: list[Any] = []  # as there
    value = root
    while True:
        for one in value._inputs:
            if one.grad is not zero:
                if one._inputs:
                    one.grad = zero
                    above.append(value)
                    value = one
                    break  # go down
                leaves.append((one, one.grad))
                one.grad = zero
        else:
            operations.append(value)
            if not above:
                return
            value = above.pop()  # go back up
