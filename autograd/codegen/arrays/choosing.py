"""Whether arrays are faster than one number after another, by the size of batch and graph."""

from __future__ import annotations

from collections.abc import Callable

from .rolled_graph import RolledGraph

# Arrays are faster if a batch has more values than this for each statement of the array code.
_VALUES_A_STATEMENT = 80
_FEWEST_STATEMENTS = 8


def faster_over_arrays(values: int, batch: int, roll: Callable[[], RolledGraph]) -> RolledGraph | None:
    """The rolled graph, if a batch of this many samples is computed faster as arrays than sample by sample; else None.

    values: how many values the graph of a sample has. roll: makes the rolled graph; called only if it is needed.
    """
    if batch * values <= _VALUES_A_STATEMENT * _FEWEST_STATEMENTS:
        return None
    rolled = roll()
    return rolled if batch * values > _VALUES_A_STATEMENT * rolled.work else None
