"""Texts with places for numbers: written once here, filled in here for a reader without scripts, else by the page.

A place is a key between two signs that no label holds (`visible` escapes them); the page fills in whatever numbers it
has by then. A symbol, the name of a value, is a place too, so that the page can make an element of it. A place without
a number is about the step that it stands in, so that most steps share their texts:

    s, d    the symbol and the data of a line, by its number; without one, of the line that the step leads to
    S       the symbol of the line that the step comes from
    U, P    the two factors of a step of backward in symbols; u, p as numbers, c their product
    b, a    the gradient before and after it; A the same where it is the result of a formula
    o, g, n the number, the gradient and the new number of a leaf in an update; r the learning rate
    f, l, m the root before an update, what is said of it afterwards, and the number afterwards
    e       =, or ≈ where no number of digits makes it true
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from ..notation.expression import Tree
from ..notation.mathematics import DRAWN
from ..notation.typesetting import PRECEDENCE, write
from ..tracing.assignments import Assignment, Trace

_OPEN, _CLOSE = "\ue000", "\ue001"
_PLACE = re.compile(f"{_OPEN}(\\(?)(\\w)(\\d*){_CLOSE}")
# A sum of more terms is shown by its first two and its last.
_MOST_TERMS = 5


class Frame(NamedTuple):
    """One step of the film; words, short and formula are templates.

    phase: forward, seed, backward or update. words: the sentence. short: the same in a few words, for the step before.
    formula: rows of symbols and numbers. because: the rule in words, if there is one. code: the lit line of the
    listing. source, target: the boxes that something is handed from and to. way: the place of the backward step among
    all of them, the seed being 0; None in the other phases. is_of_data: whether it is about the gradient of an input or
    a target, which is shown when asked for.
    """

    phase: str
    words: str
    short: str
    formula: Sequence[str]
    code: int
    target: int
    source: int | None = None
    because: str = ""
    way: int | None = None
    is_of_data: bool = False


def place(kind: str, number: int | str = "", in_brackets: bool = False) -> str:
    """A place for a number, or for a symbol; in brackets where it is negative and stands behind a sign."""
    return f"{_OPEN}{'(' if in_brackets else ''}{kind}{number}{_CLOSE}"


class _Template(type(DRAWN)):  # type: ignore[misc]  # the style's class has no public name
    """Mathematics with places: a figure, negative so that brackets come where they can be needed, is one for data."""

    negative_numbers = PRECEDENCE["+"]

    def name(self, label: str) -> str:
        """A symbol's place, as it is."""
        return label

    def figure(self, number: float) -> str:
        """The place of a value's data."""
        return place("d", int(-number) - 1)

    def brackets(self, text: str) -> str:
        """A number is bracketed if it turns out to be negative."""
        found = _PLACE.fullmatch(text)
        if found and found[2] != "s":
            return place(found[2], found[3], in_brackets=True)
        return f"({text})"


class Templates:
    """Writes trees of a trace as templates; `place` "s" with a line's number is its symbol, "d" its data."""

    def __init__(self, lines: Trace) -> None:
        self._style = _Template()
        self._boxes = {line.target: number for number, line in enumerate(lines)}
        self._labels = {target: place("s", number) for target, number in self._boxes.items()}

    def symbols(self, tree: Tree, around: int = 0) -> str:
        """A tree in symbols; long sums in parts."""
        return write(shortened(tree), self._style, self._labels, around)

    def numbers(self, tree: Tree) -> str:
        """The same with the data of the values in it."""
        return write(self._with_places(shortened(tree)), self._style)

    def symbol(self, line: Assignment) -> str:
        """The name of a value."""
        return self._labels[line.target]

    def _with_places(self, tree: Tree) -> Tree:
        if tree[0] == "name":
            return ("figure", -float(self._boxes[tree[1]] + 1))
        return tuple(self._with_places(part) if isinstance(part, tuple) else part for part in tree)


def shortened(tree: Tree) -> Tree:
    """A long sum as its first two terms, dots, and its last.

    >>> from autograd.notation.expression import parse
    >>> write(shortened(parse("a + b + c + d + e + f", list("abcdef"), {})), DRAWN)
    'a + b + … + f'
    """
    terms = [tree]
    while terms[0][0] == "+":
        terms[:1] = terms[0][1:]
    if len(terms) <= _MOST_TERMS:
        return tree
    first, second, *_, last = terms
    return ("+", ("+", ("+", first, second), ("words", "…")), last)


def filled(template: str, fill: Callable[[str, int | None], str]) -> str:
    """The text, with every place filled in: by its kind and its number, if it has one."""

    def replaced(found: re.Match[str]) -> str:
        text = fill(found[2], int(found[3]) if found[3] else None)
        return f"({text})" if found[1] and text.startswith("−") else text

    return _PLACE.sub(replaced, template)
