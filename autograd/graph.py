"""The order of a recorded graph. Knows only `.inputs`; walks with a list, so no graph is too deep for it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


def topological_order(root: Any, stop: Iterable[Any] = ()) -> list[Any]:
    """Everything `root` was computed from, and root itself, each once: inputs before consumers, x1 before x2.

    Values in `stop` are taken as not there: neither they nor what lies behind them is listed.
    """
    order = []
    seen = set(stop)
    # What is still to be visited. A None says that the inputs of the value below it are all listed.
    stack = [root]
    while stack:
        value = stack.pop()
        if value is None:
            order.append(stack.pop())
        elif value not in seen:
            seen.add(value)
            if value.inputs:
                stack.append(value)
                stack.append(None)
                stack.extend(value.inputs[::-1])  # the last one in is visited first
            else:
                order.append(value)
    return order
