"""The order of a recorded graph, found without recursion, so that no graph is too deep."""

from __future__ import annotations

from typing import Any


def topological_order(root: Any, seen: set[Any] | None = None, records: bool = True) -> list[Any]:
    """Everything `root` was computed from, and root itself, each once: inputs before consumers, x1 before x2.

    seen: Values that are left out, with what only they were computed from; the listed ones are added to it.
    records: whether deferred sums are recorded (deferred.py); otherwise each is listed as one value.
    """
    order: list[Any] = []
    seen = set() if seen is None else seen
    if root in seen:
        return order
    seen.add(root)
    if records:
        _ = root.inputs  # this records; below, the slot is read, which is faster
    # The values from the root down to `value`, whose inputs are not all listed yet. A recursive walk would have them on
    # Python's stack.
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

    operations: filled in the order of `topological_order`, inputs before consumers. leaves: filled with (leaf, its old
    grad). A grad that is this very `zero` marks a value as seen: that takes half the time of a set.
    """
    zero = float("0")  # a new object, so that no grad was it before
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
