"""What an operation does besides computing: record, unless `no_grad()` forbids it, and tell who asked to be told.

`record_lines()` is in place.py; blocks.py says how an operation finds the blocks that it runs in.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple

from .blocks import all_asked_for, asked_for, asking, requests
from .place import Place, keep_place, users_frame, users_line

# Inside grad(f) and its like: the values that f is being differentiated with respect to; of nested ones, all.
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

    with_lines: False keeps no lines, even within `record_lines()`: for a graph that is recorded a second time.
    """
    if not requests:  # there is nothing to take back
        yield
        return
    with asking("paused", False), asking("lines", with_lines and asked_for("lines")):
        yield


def made(value: Any) -> None:
    """Do with a new value what the blocks around it ask for."""
    paused, lines, reads, note_made = all_asked_for()
    if paused:
        if reads is not None:
            for one in value.inputs:
                note_read(one)
        value._inputs = ()
        value._pullback = value._first = value._second = None
    if lines:
        keep_place(value)
    if note_made is not None:
        note_made(value)


class Read(NamedTuple):
    """A look at the number of a value, or an assignment to it.

    value: whose number. place: the nearest line outside autograd and nn. by_us: whether autograd or nn looked.
    is_write: whether the number was assigned.
    """

    value: Any
    place: Place
    by_us: bool
    is_write: bool = False


@contextmanager
def record_reads() -> Iterator[list[Read]]:
    """Inside the block every look at the number of a value is noted in the list that `with` gives.

    Looks are `.data`, float(v), a comparison, == and `if v:`, printing, formatting, copying, v.detach(), v.numbers,
    v.backward(), and computing with v in `no_grad()`. Assigning `.data` is noted too, with is_write=True.

    A computation that looks at a number may leave the graph, by a branch or by math.exp(v). One that never looks does
    the same whatever the numbers are.

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
    """Note a look at the number of a value, or an assignment to it, if a block asks for that."""
    reads = asked_for("reads")
    if reads is not None:
        reads.append(Read(value, users_line(), users_frame() is None, is_write))
