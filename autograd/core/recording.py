"""What is recorded beside the numbers: nothing in `no_grad()`; lines in `record_lines()`, reads in `record_reads()`."""

from __future__ import annotations

import copy
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from types import FrameType
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

# What this thread, or this asynchronous task, has asked for: that nothing is recorded; that lines are kept; and a list
# to note reads in.
_paused: ContextVar[bool] = ContextVar("stepgrad_paused", default=False)
_keeps_lines: ContextVar[bool] = ContextVar("stepgrad_keeps_lines", default=False)
_reads: ContextVar[list[Read] | None] = ContextVar("stepgrad_reads", default=None)

# The blocks that are open anywhere; while there is none, no operation looks into the context variables.
requests: set[object] = set()


@contextmanager
def _asked(variable: ContextVar[Any], what: Any = True) -> Iterator[None]:
    before, request = variable.get(), object()
    # Ctrl-C may come between any two of these lines, and then nothing may stay asked for.
    try:
        requests.add(request)
        variable.set(what)
        yield
    finally:
        try:
            variable.set(before)
        finally:
            requests.discard(request)


# What an operation asks, once it knows that a block is open somewhere: whether it is one around this very operation.
is_paused = _paused.get
keeps_lines = _keeps_lines.get
reads_noted = _reads.get


def is_recording() -> bool:
    """Whether an operation done here and now would record its inputs."""
    return not (requests and is_paused())


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
    paused, keeps = is_paused(), keeps_lines()
    try:
        _paused.set(False)
        _keeps_lines.set(keeps and with_lines)
        yield
    finally:
        try:
            _paused.set(paused)
        finally:
            _keeps_lines.set(keeps)


class Place(NamedTuple):
    """A line of somebody's program. Prints as file:line."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


# Beside the values, not in them: what nobody asked for takes no memory. An entry goes when its value does.
_places: WeakKeyDictionary[Any, Place] = WeakKeyDictionary()

# Code that is not the user's: our files, what we wrote from the table, and Python's copy, which copies for its caller.
# Files are called as code calls them: an installation without sources says where it was compiled.
_FILE = is_recording.__code__.co_filename
_ABOVE = _FILE.rpartition("autograd")[0]
_NOBODYS = ("<stepgrad ", copy.copy.__code__.co_filename)
_OURS = (*_NOBODYS, *(f"{_ABOVE}{package}{os.sep}" for package in ("autograd", "nn")))
# The part of it that answers in a value's place.
_VALUES = (*_NOBODYS, _FILE, f"{_ABOVE}autograd{os.sep}core{os.sep}value.py")


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
    if not (requests and keeps_lines()):
        return None
    return _users_line()


def _users_line() -> Place:
    """The nearest line that is running outside autograd and nn."""
    frame = _frame_outside(_OURS)
    return Place(frame.f_code.co_filename, frame.f_lineno)


def _frame_outside(files: tuple[str, ...]) -> FrameType:
    """The nearest call that is running and does not stand in one of these files or folders."""
    frame = sys._getframe(1)
    while frame.f_code.co_filename.startswith(files) and frame.f_back is not None:
        frame = frame.f_back
    return frame


def keep_place(value: Any) -> None:
    """Keep the line that is making a value, where that was asked for."""
    place = place_here()
    if place is not None:
        _places[value] = place


def place_of(value: Any) -> Place | None:
    """The line that made a value, if it was kept."""
    with _asked(_reads, None):  # the dictionary compares keys, which is no look at a number
        return _places.get(value)


class Read(NamedTuple):
    """Somebody looked at a number, or assigned it.

    value: whose. place: the nearest line outside autograd and nn. by_us: whether autograd or nn looked.
    is_write: whether the number was assigned.
    """

    value: Any
    place: Place
    by_us: bool
    is_write: bool = False


@contextmanager
def record_reads() -> Iterator[list[Read]]:
    """Inside the block it is noted who looks at the number of a value.

    By `.data`, float(v), a comparison (== and a condition such as `if v:` may mean the number, too), printing,
    formatting or copying it, v.detach(), v.numbers, or computing with it in `no_grad()`. Who assigns `.data` is noted
    too, as a read with is_write=True.

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


def note_reads(values: Iterable[Any], is_write: bool = False) -> None:
    """Note that whoever asked a value, or had an operation computed, looks at these values' numbers.

    is_write: or assigned them.
    """
    reads = reads_noted()
    if reads is not None:
        by_us, place = _frame_outside(_VALUES).f_code.co_filename.startswith(_OURS), _users_line()
        reads += [Read(value, place, by_us, is_write) for value in values]
