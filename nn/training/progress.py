"""Progress: what is shown of a run while it goes on."""

from __future__ import annotations

import sys
from typing import Any


def progress_bar(epochs: int, progress: bool | None) -> Any:
    """A bar for so many epochs, or None where there is to be none; progress: as in `fit`."""
    wanted = sys.stderr.isatty() if progress is None else progress
    if not wanted:
        return None
    try:
        from tqdm import tqdm
    except ImportError:
        if progress:
            raise
        return None  # nobody asked for a bar
    # Where nobody asked, work that takes less than two seconds shows nothing.
    return tqdm(total=epochs, unit="epoch", delay=2.0 if progress is None else 0.0, leave=False)
