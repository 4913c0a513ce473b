"""Ctrl-C: what has to be put back is put back, also when it comes a second time."""

from __future__ import annotations

from collections.abc import Callable


def surely(put_back: Callable[[], object]) -> None:
    """Call a function to its end, as often as it takes, where Ctrl-C stops it; the Ctrl-C goes on afterwards."""
    stopped: KeyboardInterrupt | None = None
    while True:
        try:
            put_back()
            break
        except KeyboardInterrupt as error:
            stopped = error
    if stopped:
        raise stopped
