"""The largest width of text in a picture, whose font is not known in advance."""

from __future__ import annotations

import unicodedata
from functools import reduce
from operator import add

from .naming import JOINERS


def ems(text: str) -> float:
    """The largest width of a text, relative to the font size, in any usual sans-serif font.

    >>> round(ems("w1 = −2"), 2)
    5.3
    """
    # From Python 3.12 on sum() rounds otherwise; pictures are the same on every Python.
    return reduce(add, map(_ems_of, text), 0.0)


def cut(text: str, most: float) -> str:
    """As much of the text as is at most `most` ems wide.

    >>> cut("w1", 6), cut("a name that is long", 6)
    ('w1', 'a name …')
    """
    if ems(text) <= most:
        return text
    while text and ems(text) > most - 1.0:
        text = text[:-1]
    return text.rstrip(JOINERS) + "…"


def _ems_of(character: str) -> float:
    if character in JOINERS or unicodedata.category(character)[0] == "M":
        return 0.0
    if not character.isascii() and character not in "−…":
        wide = 1.35 if unicodedata.east_asian_width(character) in "WF" else 1.0
        return wide * len(unicodedata.normalize("NFKC", character))  # some characters are whole phrases
    return 1.0 if character in "MWmw@%…" else 0.85 if character.isupper() or character in "−=+<>~^&#" else 0.65
