"""What is recorded beside the numbers: nothing in `no_grad()`; lines in `record_lines()`, reads in `record_reads()`."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from threading import Lock
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

# What this thread, or this asynchronous task, has asked for: that nothing is recorded; that lines are kept; and a list
# to note reads in.
_paused: ContextVar[bool] = ContextVar("stepgrad_paused", default=False)
_keeps_lines: ContextVar[bool] = ContextVar("stepgrad_keeps_lines", default=False)
_reads: ContextVar[list[Read] | None] = ContextVar("stepgrad_reads", default=None)
_lock = Lock()


class _Requests:
    """How many of the three blocks are open anywhere; while none is, no operation looks into the context variables."""

    __slots__ = ("open",)  # which Python reads fastest, and every operation does

    def __init__(self) -> None:
        self.open = 0


requests = _Requests()


@contextmanager
def _asked(variable: ContextVar[Any], what: Any = True) -> Iterator[None]:
    with _lock:
        requests.open += 1
    token: Token[Any] = variable.set(what)
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
    """Inside the block operations record nothing: their results are leaves, and keep nothing else in memory.

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
def recorded(with_lines: bool = True) -> Iterator[None]:
    """Inside the block operations record, even within `no_grad()`: a derivative needs its graph.

    with_lines: whether lines are kept where that was asked for. What is computed again was not written here.
    """
    tokens = [(_paused, _paused.set(False))]
    if not with_lines:
        tokens.append((_keeps_lines, _keeps_lines.set(False)))
    try:
        yield
    finally:
        for variable, token in tokens:
            variable.reset(token)


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
    return _users_line()


def _users_line() -> Place:
    """The nearest line that is running outside autograd and nn."""
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


class Read(NamedTuple):
    """Somebody looked at a number.

    value: whose. place: the nearest line outside autograd and nn. by_us: whether autograd or nn looked.
    """

    value: Any
    place: Place
    by_us: bool


@contextmanager
def record_reads() -> Iterator[list[Read]]:
    """Inside the block it is noted who looks at the number of a value: by `.data`, float(v), a comparison, v.detach().

    A computation that looks can leave the graph: by a branch, or as math.exp(v) does. One that does not computes the
    same, whatever the numbers are.

    >>> from autograd import Value, record_reads
    >>> x = Value(3.0, "x")
    >>> with record_reads() as reads:
    ...     y = x * 2 if x > 0 else -x
    >>> [read.value for read in reads]
    [Value(3.0, 'x')]
    """
    reads: list[Read] = []
    with _asked(_reads, reads):
        yield reads


def note_read(value: Any) -> None:
    """Note that the caller's caller looks at a value's number, where that was asked for."""
    reads = _reads.get()
    if reads is not None:
        by_us = sys._getframe(2).f_code.co_filename.startswith(_OURS)
        reads.append(Read(value, _users_line(), by_us))
