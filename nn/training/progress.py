"""Progress: what is shown of a run while it goes on."""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import find_spec
from time import monotonic
from typing import Protocol

# A log has so many lines in all, and none sooner than so many seconds after the last.
_LINES = 10
_SECONDS_BETWEEN = 1.0


class Bar(Protocol):
    """What shows how far a run is."""

    def update(self, epochs: int) -> object:
        """So many more epochs are over."""

    def close(self) -> object:
        """The run is over."""


def progress_bar(epochs: int, progress: bool | None, unit: str = "epoch") -> Bar | None:
    """A bar for so many epochs, or None where there is to be none; progress: as in `fit`.

    unit: what a bar counts in their place.
    """
    in_notebook, in_terminal = _is_notebook(), sys.stderr.isatty()
    if progress is False or (progress is None and not (in_notebook or in_terminal)):
        return None
    if not (in_notebook or in_terminal):
        return Log(epochs)
    try:
        # tqdm.auto would warn where there are no widgets.
        tqdm = import_module("tqdm.auto" if in_notebook and find_spec("ipywidgets") else "tqdm.std").tqdm
    except ImportError:
        if progress:
            raise
        return None  # nobody asked for a bar
    if sys.platform == "emscripten":
        tqdm.monitor_interval = 0  # its monitor is a thread, and a web page's Python has none
    # Where nobody asked, work that takes less than two seconds shows nothing.
    found: Bar = tqdm(total=epochs, unit=unit, delay=2.0 if progress is None else 0.0, leave=False)
    return found


def _is_notebook() -> bool:
    """Whether this runs in a kernel, which shows what it is sent on a page."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    return shell is not None and hasattr(shell, "kernel")


class Log:
    """A few lines for a file, where a bar would be thousands."""

    def __init__(self, epochs: int) -> None:
        self.epochs = epochs
        self.done = self._told = 0
        self._start = self._last = monotonic()

    def update(self, epochs: int) -> None:
        """Write a line where a tenth of the epochs, and a second, are over since the last."""
        self.done += epochs
        now = monotonic()
        if self.done * _LINES // self.epochs > self._told * _LINES // self.epochs and (
            now - self._last >= _SECONDS_BETWEEN or self.done == self.epochs
        ):
            self._told, self._last = self.done, now
            print(pace(self.done, self.epochs, now - self._start), file=sys.stderr)

    def close(self) -> None:
        """Nothing is left open."""


def pace(done: int, epochs: int, seconds: float) -> str:
    """How far a run is, how fast, and how long it will take.

    >>> pace(250, 1000, 5.0)
    '250 of 1000 epochs, 50 epochs/s, 15 s left'
    """
    rate = done / max(seconds, 1e-9)
    speed = f"{rate:.3g} epochs/s" if rate >= 1.0 else f"{1 / max(rate, 1e-9):.3g} s an epoch"
    left = (epochs - done) / max(rate, 1e-9)
    words = f"{left:.0f} s" if left < 120 else f"{left / 60:.0f} min" if left < 7200 else f"{left / 3600:.1f} h"
    return f"{done} of {epochs} epochs, {speed}" + (f", {words} left" if done < epochs else "")
