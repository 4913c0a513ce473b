"""NumPy and JAX, imported when they are first used, and completely even if Ctrl-C comes meanwhile."""

from __future__ import annotations

import signal
import threading
from importlib import import_module
from typing import Any


def library(name: str) -> Any:
    """Import a module. A Ctrl-C is raised only afterwards, because JAX cannot be imported after an interrupted import.

    Raises ModuleNotFoundError if it is not installed.
    """
    is_main = threading.current_thread() is threading.main_thread()
    # Only the main thread gets signals, and the user's own handler stays.
    if not is_main or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        return import_module(name)
    stopped: list[int] = []
    signal.signal(signal.SIGINT, lambda number, _: stopped.append(number))
    try:
        found = import_module(name)
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if stopped:
        raise KeyboardInterrupt
    return found
