"""How a notebook shows networks and histories: as drawn by a room that is loaded when a notebook first asks."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any


def shown_by(room: str, drawer: str) -> Callable[..., dict[str, str]]:
    """The method by which IPython shows an object: `drawer`, a function of that room of nn, given the object."""

    def _repr_mimebundle_(self: Any, include: Any = None, exclude: Any = None) -> dict[str, str]:
        bundle: dict[str, str] = getattr(import_module(f".{room}", __package__), drawer)(self)
        return bundle

    return _repr_mimebundle_
