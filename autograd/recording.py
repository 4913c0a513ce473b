"""Whether operations record what they do: `no_grad()`, and its opposite for what must differentiate inside it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock

# True where this thread, or this asynchronous task, has asked for no recording.
_paused: ContextVar[bool] = ContextVar("stepgrad_paused", default=False)
_lock = Lock()


class _Pauses:
    """How many `no_grad()` blocks are open anywhere; while none is, no operation looks into the context variable."""

    open = 0


pauses = _Pauses()


def is_recording() -> bool:
    """Whether an operation done here and now would record its inputs."""
    return not (pauses.open and _paused.get())


@contextmanager
def no_grad() -> Iterator[None]:
    """Inside the block operations record nothing: their results are leaves, and cost less.

    >>> from autograd import Value, no_grad
    >>> w = Value(3.0)
    >>> with no_grad():
    ...     y = w * 2
    >>> y.data, y.inputs
    (6.0, ())
    """
    with _lock:
        pauses.open += 1
    token = _paused.set(True)
    try:
        yield
    finally:
        with _lock:
            pauses.open -= 1
        _paused.reset(token)


@contextmanager
def recorded() -> Iterator[None]:
    """Inside the block operations record, even within `no_grad()`: a derivative needs its graph."""
    token = _paused.set(False)
    try:
        yield
    finally:
        _paused.reset(token)
