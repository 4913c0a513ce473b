"""The order of a recorded graph. Knows only `.inputs`, and needs no recursion, so no graph is too deep for it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


def topological_order(root: Any, stop: Iterable[Any] = ()) -> list[Any]:
    """Everything `root` was computed from, and root itself, each once: inputs before consumers, x1 before x2.

    Values in `stop` are taken as not there: neither they nor what lies behind them is listed.
    """
    order: list[Any] = []
    seen = set(stop)
    if root in seen:
        return order
    seen.add(root)
    # From the root down to `value`, whose remaining inputs are in `inputs`: the values whose inputs are not all listed
    # yet, each followed by the inputs it has left. This is what a recursive walk would keep on Python's own stack.
    path: list[Any] = []
    value, inputs = root, iter(root.inputs)
    while True:
        for one in inputs:
            if one not in seen:
                seen.add(one)
                if one.inputs:
                    path += (value, inputs)
                    value, inputs = one, iter(one.inputs)
                    break  # go down
                order.append(one)
        else:
            order.append(value)
            if not path:
                return order
            inputs, value = path.pop(), path.pop()  # go back up
