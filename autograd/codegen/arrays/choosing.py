"""When arrays are faster than one number after another: for how large a batch, of how large a graph."""

from __future__ import annotations

from collections.abc import Callable

from .rolled_graph import RolledGraph

# Arrays are faster where a batch holds more values than this for every statement.
_VALUES_A_STATEMENT = 80
_FEWEST_STATEMENTS = 8


def faster_over_arrays(values: int, batch: int, roll: Callable[[], RolledGraph]) -> RolledGraph | None:
    """The rolled graph, if so many samples at once are computed faster over arrays than one after another; else None.

    values: how many there are in the graph of a sample. roll: makes the rolled graph, where it comes into question.
    """
    if batch * values <= _VALUES_A_STATEMENT * _FEWEST_STATEMENTS:
        return None
    rolled = roll()
    return rolled if batch * values > _VALUES_A_STATEMENT * rolled.work else None
