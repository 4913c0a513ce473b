"""Whether operations record what they do, and where: `no_grad()`, its opposite, and `record_lines()`."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from threading import Lock
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

# True where this thread, or this asynchronous task, has asked for no recording; and for the lines to be kept.
_paused: ContextVar[bool] = ContextVar("stepgrad_paused", default=False)
_keeps_lines: ContextVar[bool] = ContextVar("stepgrad_keeps_lines", default=False)
_lock = Lock()


class _Requests:
    """How many of the two blocks are open anywhere; while none is, no operation looks into the context variables."""

    __slots__ = ("open",)  # which Python reads fastest, and every operation does

    def __init__(self) -> None:
        self.open = 0


requests = _Requests()


@contextmanager
def _asked(variable: ContextVar[bool]) -> Iterator[None]:
    with _lock:
        requests.open += 1
    token: Token[bool] = variable.set(True)
    try:
        yield
    finally:
        with _lock:
            requests.open -= 1
        variable.reset(token)


# What an operation asks, once it knows that a block is open somewhere: whether it is one around this very operation.
is_paused = _paused.get
keeps_lines = _keeps_lines.get


def is_recording() -> bool:
    """Whether an operation done here and now would record its inputs."""
    return not (requests.open and is_paused())


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
    with _asked(_paused):
        yield


@contextmanager
def recorded() -> Iterator[None]:
    """Inside the block operations record, even within `no_grad()`: a derivative needs its graph."""
    token = _paused.set(False)
    try:
        yield
    finally:
        _paused.reset(token)


class Place(NamedTuple):
    """A line of somebody's program. Prints as file:line."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


# Beside the values, not in them: what nobody asked for takes no memory. An entry goes when its value does.
_places: WeakKeyDictionary[Any, Place] = WeakKeyDictionary()

# Code that is not the user's: ours, and what we wrote from the table.
_ABOVE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120 -- pathlib loads slowly
_OURS = ("<stepgrad ", *(os.path.join(_ABOVE, package, "") for package in ("autograd", "nn")))  # noqa: PTH118


@contextmanager
def record_lines() -> Iterator[None]:
    """Inside the block every new Value remembers the line of the program that made it: `value.place`.

    That is the nearest line outside autograd and nn. Outside such blocks nothing is kept, and nothing is slower for it.

    >>> from autograd import Value, record_lines
    >>> with record_lines():
    ...     y = Value(3.0) * 2
    >>> y.place.line
    2
    """
    with _asked(_keeps_lines):
        yield


def place_here() -> Place | None:
    """The user's line that is running, where this thread asked for lines to be kept."""
    if not (requests.open and keeps_lines()):
        return None
    frame = sys._getframe(1)
    while frame.f_code.co_filename.startswith(_OURS) and frame.f_back is not None:
        frame = frame.f_back
    return Place(frame.f_code.co_filename, frame.f_lineno)


def keep_place(value: Any) -> None:
    """Keep the line that is making a value, where that was asked for."""
    place = place_here()
    if place is not None:
        _places[value] = place


def place_of(value: Any) -> Place | None:
    """The line that made a value, if it was kept."""
    return _places.get(value)
