"""The engine: the calculus table, Value, and the backward pass."""

from __future__ import annotations

import sys
from typing import Any

from ..errors import missing_name


def __getattr__(name: str) -> Any:
    raise missing_name(__name__, name, sys._getframe(1).f_globals.get("__name__", ""))
