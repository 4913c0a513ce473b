"""The step player: backprop that can be walked through, one chain-rule product at a time.

`frames.py` says what there is to see at every step, with places for the numbers (`templates.py`); `recorded.py` fills
in those that were recorded, with as many digits as make every equation true (`figures.py`). `page.py` makes a page of
it that needs no network, no kernel and no server, which `start.js` begins (`element.py`): `numbers.js` computes and
fills in the numbers, `cards.js` draws, `stage.js` shows a step, `layout.js` makes it fit, `fields.js` takes what a
reader writes, `player.js` has the controls, `theme.js` knows whether the page around is light or dark. `copied.py` is
what "Copy as a test" copies.
"""

from __future__ import annotations

import os
from base64 import b64encode
from html import escape
from typing import Any, NamedTuple
from uuid import uuid4

from ..codegen.javascript import steps_in_javascript
from ..core.arguments import Number
from ..core.value import Value
from ..errors import StepgradError
from ..views.rendering import in_browser
from .element import save_page
from .frames import Film
from .page import Link, as_function, embedded, standalone


class Player:
    """A film of one backward pass, to be stepped through: shown by a notebook, or saved as a page.

    film: what there is to see, step by step.
    """

    def __init__(self, film: Film) -> None:
        self.film = film

    def save(self, path: str | os.PathLike[str], link: tuple[str, str] | None = None) -> None:
        """Write the player to one HTML file, all or nothing. It opens anywhere, without a network.

        link: the address of a page that this one leads to, and words for it.
        Raises UsageError where path does not end in .html.
        """
        save_page(path, standalone(self.film, link and Link(*link)))

    def __repr__(self) -> str:
        title = f"the backward pass of {self.film.lines.root.label}"
        count = len(self.film.shown)
        return f"<Player of {title}: {count} steps; .save('backprop.html') writes it to a file>"

    def _repr_html_(self) -> str:
        # Every time it is shown it is another element of the page.
        return embedded(self.film, f"stepgrad-{uuid4().hex}")

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        bundle = {"text/html": self._repr_html_(), "text/plain": repr(self)}
        if in_browser():  # nothing there makes a PNG
            return bundle
        try:
            bundle["image/png"] = b64encode(self.film.drawing.rendered("png")).decode()
        except StepgradError as error:
            bundle["text/html"] += f"<p>{escape(str(error))}</p>"
        return bundle


def play(
    root: Value, learning_rate: Number | None = None, detail: str = "named", gradients_of: str = "parameters"
) -> Player:
    """A player that goes through forward, backward and, with a learning rate, update, one step at a time.

    Every number of a leaf, and the learning rate, can be changed in the page, and everything follows.

    detail: as for `trace`. gradients_of: whether the gradients of inputs and targets are shown at first, as for
    `backward_steps`; a check box shows and hides them. Raises DomainError where a partial has no real answer,
    UsageError where the graph is too large to be looked at, or the learning rate is no finite number of at least 0.

    >>> x, w = Value(2.0, "x"), Value(0.5, "w")
    >>> print(play((w * x).tanh().named("y"), learning_rate=0.1))
    <Player of the backward pass of y: 7 steps; .save('backprop.html') writes it to a file>
    """
    return Player(Film(root, learning_rate, detail, gradients_of))


class PlayerFunction(NamedTuple):
    """text: a function of JavaScript. leaves: the Values whose numbers it can be given, in their order."""

    text: str
    leaves: list[Value]


def player_in_javascript(root: Value, learning_rate: Number | None = None) -> PlayerFunction:
    """The player for a page that puts it into an element of its own, as often and with whatever numbers it likes.

    `const restart = player(element)` does so; `restart([0.5, …])` begins again with other numbers of the leaves. Raises
    as `play` does, and UsageError where the graph calls a function that has no JavaScript.
    """
    film = Film(root, learning_rate, "named")
    steps_in_javascript(film.lines)
    return PlayerFunction(as_function(film), [leaf.value for leaf in film.lines.leaves])
