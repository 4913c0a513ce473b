"""The training player: a run as a film that can be held, wound back and entered.

`recording.py` is what `fit` keeps, thinned to key frames (`keyframes.py`), which `packing.py` makes small. `columns.py`
and `classes.py` say what is shown of the network, `losses.py` the curve, `stepping.py` the way into the step player;
`run.py` has them all. `page.py` makes a page of it that needs no network, no kernel and no server.
"""

from __future__ import annotations

import os
from uuid import uuid4

from autograd.extend import save_page

from .run import FilmedRun


class Film(FilmedRun):
    """A training run to be watched: shown by a notebook, or saved as a page.

    epochs: how many there are. Before the first one, and after each of them, the network can be looked at.
    best: the epoch after which the validation loss was least, where fit was given validation samples, else None.
    keeps_best: whether the network was left as it was then, as fit(…, patience=) does.
    error: how far the numbers of `parameters` are from those that training had, at most.
    """

    def save(self, path: str | os.PathLike[str], link: tuple[str, str] | None = None) -> None:
        """Write the film to one HTML file, all or nothing. It opens anywhere, without a network.

        link: the address of a page that this one leads to, and words for it.
        Raises UsageError where path does not end in .html.
        """
        from .page import standalone

        save_page(path, standalone(self, link))

    def __repr__(self) -> str:
        frames = len(self.packed.epochs)
        return f"<Film of {self.epochs:,} epochs in {frames} key frames; .save('training.html') writes it to a file>"

    def _repr_html_(self) -> str:
        from .page import embedded

        # Every time it is shown it is another element of the page.
        return embedded(self, f"stepgrad-{uuid4().hex}")
