"""What a block asks of the operations in it: record nothing (`no_grad`), keep lines, note who reads a number.

Beside these, `asking("made", function)` has the function called with every new value.
"""

from __future__ import annotations

import copy
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from types import FrameType
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from .blocks import all_asked_for, asked_for, asking, requests

# The values that derivatives are being taken for around this point, from the outermost function to the innermost.
differentiated: ContextVar[frozenset[Any]] = ContextVar("stepgrad_differentiated", default=frozenset())


def is_recording() -> bool:
    """Whether an operation done here and now would record its inputs."""
    return not (requests and asked_for("paused"))


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
    with asking("paused"):
        yield


@contextmanager
def recorded(with_lines: bool = True) -> Iterator[None]:
    """Inside the block operations record, even within `no_grad()`: a derivative needs its graph.

    with_lines: whether lines are kept where that was asked for. What is computed again was not written here.
    """
    if not requests:  # there is nothing to take back
        yield
        return
    with asking("paused", False), asking("lines", with_lines and asked_for("lines")):
        yield


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
_CORE = f"{_ABOVE}autograd{os.sep}core{os.sep}"
_VALUES = (*_NOBODYS, *(f"{_CORE}{name}.py" for name in ("recording", "misuse", "value", "number_like", "copying")))


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
    with asking("lines"):
        yield


def _frame_outside(files: tuple[str, ...]) -> FrameType:
    """The nearest call that is running and does not stand in one of these files or folders."""
    frame = sys._getframe(1)
    while frame.f_code.co_filename.startswith(files) and frame.f_back is not None:
        frame = frame.f_back
    return frame


def _users_line() -> Place:
    frame = _frame_outside(_OURS)
    return Place(frame.f_code.co_filename, frame.f_lineno)


def users_frame() -> FrameType | None:
    """The call that asks a value, or None where that is autograd or nn."""
    frame = _frame_outside(_VALUES)
    return None if frame.f_code.co_filename.startswith(_OURS) else frame


def place_here() -> Place | None:
    """The user's line that is running, where lines are kept."""
    return _users_line() if requests and asked_for("lines") else None


def place_of(value: Any) -> Place | None:
    """The line that made a value, if it was kept."""
    return _places.get(value)


def made(value: Any) -> None:
    """Do for a new value what the blocks around it ask for."""
    paused, lines, reads, note_made = all_asked_for()
    if paused:
        if reads is not None:
            for one in value.inputs:
                note_read(one)
        value._inputs = ()
        value._pullback = value._first = value._second = None
    if lines:
        _places[value] = _users_line()
    if note_made is not None:
        note_made(value)


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
    with asking("reads", reads):
        yield reads


def note_read(value: Any, is_write: bool = False) -> None:
    """Note that whoever asked a value, or computed with it unrecorded, looks at its number, or assigns it."""
    reads = asked_for("reads")
    if reads is not None:
        reads.append(Read(value, _users_line(), users_frame() is None, is_write))
