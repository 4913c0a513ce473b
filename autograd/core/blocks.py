"""Blocks such as `with no_grad():`, each of which asks for something, and how an operation finds those it runs in.

They belong to a thread, or to an asynchronous task. Two may overlap without one being inside the other, as when two
generators take turns.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from types import FrameType
from typing import Any


class _Block:
    """What one open block asks for. generator: the running generator that opened it, or None."""

    def __init__(self, what: str, answer: Any) -> None:
        self.what = what
        self.answer = answer
        self.generator = _generator_around()


# The blocks around this point of this thread or task, from the outermost to the innermost. Those no longer in
# `requests` have ended.
_around: ContextVar[tuple[_Block, ...]] = ContextVar("stepgrad_blocks", default=())

# All open blocks of all threads. While there is none, operations and values look no further.
requests: set[_Block] = set()


@contextmanager
def asking(what: str, answer: Any = True) -> Iterator[None]:
    """Inside the block `asked_for(what)` gives this answer."""
    block = _Block(what, answer)
    try:
        requests.add(block)
        _around.set((*_around.get(), block))
        yield
    finally:
        # This alone ends the block, so Ctrl-C may come before the next line.
        requests.discard(block)
        _around.set(tuple(one for one in _around.get() if one in requests))


# Flags of the code of generators and asynchronous generators.
_GENERATOR = 0x20 | 0x200
# Modules that resume a generator on behalf of the code around it: of @contextmanager functions and pytest fixtures.
_ON_BEHALF = ("contextlib", "_pytest.fixtures")


def _generator_around() -> FrameType | None:
    """The innermost running generator. A block that it opens does not hold for the loop that it yields to."""
    frame = sys._getframe(1)
    while (caller := frame.f_back) is not None:
        if frame.f_code.co_flags & _GENERATOR and caller.f_globals.get("__name__") not in _ON_BEHALF:
            return frame
        frame = caller
    return None


def _is_running(wanted: FrameType) -> bool:
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame is not wanted:
        frame = frame.f_back
    return frame is wanted


def asked_for(what: str) -> Any:
    """The answer of the innermost block that asks for `what`, one of _KINDS; None if there is none."""
    return all_asked_for()[_KINDS.index(what)]


_KINDS = ("paused", "lines", "reads", "made")


def all_asked_for() -> tuple[Any, Any, Any, Any]:
    """The answers for all of _KINDS, found in one walk because every operation asks."""
    paused = lines = reads = made = None
    for block in _around.get():
        if block in requests and (not block.generator or _is_running(block.generator)):
            if block.what == "paused":
                paused = block.answer
            elif block.what == "lines":
                lines = block.answer
            elif block.what == "reads":
                reads = block.answer
            else:
                made = block.answer
    return paused, lines, reads, made
