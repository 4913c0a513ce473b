"""Names for lines, made from the names of values: unique, and safe to show or to use in Python.

A value's name may be anything. From it come an identifier, for generated Python, and a label, for people, which is of
limited length and has no invisible characters. No two lines share either.

>>> names = Names(reserved=["exp"])
>>> [names.identifier(name) for name in ("h1", "h1", "exp", "lambda", "my weight", "2nd")]
['h1', 'h1__2', 'exp_', 'lambda_', 'my_weight', '_2nd']
"""

from __future__ import annotations

import keyword
import unicodedata
from collections.abc import Iterable

_LONGEST_IDENTIFIER = 60
_LONGEST_LABEL = 40

# Invisible, but harmless: the characters that join emoji and choose how they look.
JOINERS = "\u200d\ufe0f"


class Names:
    """Gives identifiers and labels, each only once."""

    def __init__(self, reserved: Iterable[str] = ()) -> None:
        self._taken = {"__debug__", *reserved}
        self._labels: set[str] = set()
        self._copies: dict[str, int] = {}

    def copy(self) -> Names:
        """An independent copy, which knows the names taken so far."""
        other = Names(self._taken)
        other._copies = dict(self._copies)
        return other

    def identifier(self, name: str) -> str:
        """The identifier nearest to the name: a second h1 is h1__2, a keyword or a reserved word gets an underscore."""
        # To Python, two identifiers with the same NFKC form are the same.
        wish = name[:_LONGEST_IDENTIFIER]
        if not (wish.isascii() and wish.isidentifier()):
            wish = unicodedata.normalize("NFKC", wish)
            wish = "".join(one if f"a{one}".isidentifier() else "_" for one in wish)
            wish = unicodedata.normalize("NFKC", wish)[:_LONGEST_IDENTIFIER]
            if not wish.isidentifier():
                wish = f"_{wish}"
        if keyword.iskeyword(wish) or (wish in self._taken and wish not in self._copies):
            wish += "_"
        count = self._copies.get(wish, 0) + 1
        found = wish if count == 1 else f"{wish}__{count}"
        while found in self._taken:
            count += 1
            found = f"{wish}__{count}"
        self._copies[wish] = count
        self._taken.add(found)
        return found

    def label(self, name: str, identifier: str) -> str:
        r"""What people are shown for a name that was given this identifier: the name itself, where it can be shown.

        Characters that cannot be seen, or that change the order of others, are written as escapes; a long name is cut;
        a second one of its kind is numbered, as its identifier is.

        >>> names = Names()
        >>> names.label("my weight", "my_weight"), names.label("h1", "h1__2"), names.label("two\nlines", "two_lines")
        ('my weight', 'h1__2', 'two\\nlines')
        """
        shown = name
        if name != identifier:
            shown = visible(name)
            _, copied, count = identifier.rpartition("__")
            if copied and count.isdecimal() and not name.endswith(f"__{count}"):
                shown += f"__{count}"
        if shown in self._labels:  # two long names that are cut alike
            shown += f" ({identifier})"
        self._labels.add(shown)
        return shown

    def temporary(self) -> str:
        """The next free one of t1, t2, …"""
        count = self._copies.get("", 0) + 1
        while (found := f"t{count}") in self._taken:
            count += 1
        self._copies[""] = count
        self._taken.add(found)
        return found


def visible(text: str) -> str:
    r"""The text, cut where it is long, with what is invisible in it written as escapes.

    >>> visible("two\nlines"), len(visible("w" * 10_000))
    ('two\\nlines', 40)
    """
    shown = "".join(map(_escaped, text[: _LONGEST_LABEL + 1]))
    if not shown.strip(f" {JOINERS}"):  # nothing to see
        return repr(text[:_LONGEST_LABEL])
    return shown if len(shown) <= _LONGEST_LABEL else shown[: _LONGEST_LABEL - 1] + "…"


def _escaped(character: str) -> str:
    is_visible = character in JOINERS or character == " " or unicodedata.category(character)[0] not in "CZ"
    return character if is_visible else character.encode("unicode_escape").decode("ascii")
