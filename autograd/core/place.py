"""Places: which line of the user's program is running, and which made a value."""

from __future__ import annotations

import copy
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from .blocks import asked_for, asking, requests


class Place(NamedTuple):
    """A line of the user's program. Prints as file:line."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


# Kept apart from the values, so that values take no more memory where nobody asked. An entry goes when its value does.
_places: WeakKeyDictionary[Any, Place] = WeakKeyDictionary()


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


def keep_place(value: Any) -> None:
    """Remember that the running line made this value."""
    _places[value] = users_line()


def place_of(value: Any) -> Place | None:
    """The line that made a value, if it was kept."""
    return _places.get(value)


def place_here() -> Place | None:
    """The user's running line, inside record_lines()."""
    return users_line() if requests and asked_for("lines") else None


# Code that is not the user's: generated from the table, Python's module copy, and the files of autograd and nn. The
# folder is taken from compiled code, because a package installed without sources keeps the paths it was compiled at.
_GENERATED = ("<stepgrad ", copy.copy.__code__.co_filename)
_ABOVE = place_of.__code__.co_filename.rpartition("autograd")[0]
_OURS = (*_GENERATED, *(f"{_ABOVE}{package}{os.sep}" for package in ("autograd", "nn")))
# Of our files, those whose functions answer for a value: the caller of these is who asks the value.
_CORE = f"{_ABOVE}autograd{os.sep}core{os.sep}"
_ANSWERING = ("place", "recording", "misuse", "value", "number_like", "copying")
_VALUES = (*_GENERATED, *(f"{_CORE}{name}.py" for name in _ANSWERING))


def _frame_outside(files: tuple[str, ...]) -> FrameType:
    """The innermost running call whose code is not in one of these files or folders."""
    frame = sys._getframe(1)
    while frame.f_code.co_filename.startswith(files) and frame.f_back is not None:
        frame = frame.f_back
    return frame


def users_line() -> Place:
    """The user's running line."""
    frame = _frame_outside(_OURS)
    return Place(frame.f_code.co_filename, frame.f_lineno)


def users_frame() -> FrameType | None:
    """The call that asks a value for something; None where autograd or nn asks."""
    frame = _frame_outside(_VALUES)
    return None if frame.f_code.co_filename.startswith(_OURS) else frame
