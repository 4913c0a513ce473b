"""Text in a picture: numbers, names that somebody chose, and how wide they can get in a font that nobody knows."""

from __future__ import annotations

import unicodedata

_JOINERS = "\u200d\ufe0f"  # what joins emoji into one, and chooses how it looks: invisible, but harmless


def figure(number: float) -> str:
    """A number with four significant digits and a real minus sign.

    >>> figure(-0.06062), figure(2.0), figure(123456.7), figure(1.5e-7)
    ('−0.06062', '2', '123457', '1.5e−7')
    """
    text = f"{number + 0.0:.4g}"  # + 0.0: no -0
    mantissa, _, exponent = text.partition("e")
    if exponent:
        text = f"{number:.0f}" if 1.0 < abs(number) < 1e6 else f"{mantissa}e{int(exponent)}"
    return text.replace("-", "−")


def visible(text: str) -> str:
    r"""Someone's text, without anything invisible or endless.

    >>> visible("two\nlines"), len(visible("w" * 10_000))
    ('two\\nlines', 30)
    """
    shown = "".join(map(_escaped, text[:31]))
    if not shown.strip(f" {_JOINERS}"):  # nothing to see
        return repr(text[:20])
    return shown if len(shown) <= 30 else shown[:29] + "…"


def _escaped(character: str) -> str:
    is_visible = character in _JOINERS or character == " " or unicodedata.category(character)[0] not in "CZ"
    return character if is_visible else character.encode("unicode_escape").decode("ascii")


def cut(text: str, most: float) -> str:
    """As much of the text as is at most so many ems wide."""
    if ems(text) <= most:
        return text
    while text and ems(text) > most - 1.0:
        text = text[:-1]
    return text.rstrip(_JOINERS) + "…"


def ems(text: str) -> float:
    """How wide text can get, in units of its size, whatever sans-serif font the reader has."""
    return sum(map(_ems_of, text))


def _ems_of(character: str) -> float:
    if character in _JOINERS or unicodedata.category(character)[0] == "M":
        return 0.0
    if not character.isascii() and character != "−":
        wide = 1.35 if unicodedata.east_asian_width(character) in "WF" else 1.0
        return wide * len(unicodedata.normalize("NFKC", character))  # some characters are whole phrases
    return 1.0 if character in "MWmw@%" else 0.85 if character.isupper() or character in "−=+<>~^&#" else 0.65
