"""Recording without Python's garbage collector, which graphs do not need."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def pause_collector() -> Iterator[None]:
    """Inside the block Python's garbage collector does not run; afterwards it is as it was before. Blocks nest.

    While objects are made, the collector looks for cycles again and again. A graph has many objects and no cycle; it is
    freed with the last reference to it. So recording is safe without the collector, and faster. The pause holds for the
    whole process: cycles that other code makes inside the block are freed after it.

    >>> import gc
    >>> from autograd import Value, pause_collector
    >>> with pause_collector():
    ...     gc.isenabled(), sum(Value(i) for i in range(1000)).data
    (False, 499500.0)
    >>> gc.isenabled()
    True
    """
    was_running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_running:
            gc.enable()
