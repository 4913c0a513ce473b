"""What people read, spelled for consoles that cannot carry every character: ∂L/∂w1 is dL/dw1 there.

Python prints in the encoding of sys.stdout, and raises an error at a character that this does not have: ∂ in cp1252,
which redirected output has on Windows, or anything but letters and digits in ASCII.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Callable
from functools import wraps
from typing import TypeVar

T = TypeVar("T")

_SPELLED = {
    "∂": "d",
    "‖": "||",
    "→": "->",
    "←": "<-",
    "·": "*",
    "×": "x",
    "−": "-",
    "±": "+-",
    "…": "...",
    "⋯": "...",
    "½": "1/2",
    "∞": "inf",
    "Σ": "sum",
    "√": "sqrt",
    "⌊": "floor(",
    "⌋": ")",
    "⌈": "ceil(",
    "⌉": ")",
    "⁄": "/",
    "₂": "2",
    "✓": "ok",
    "✗": "x",
}
_RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺"
_POWERS = re.compile(f"[{_RAISED}]+")
_LOWERED = str.maketrans(_RAISED, "0123456789-+")
_GREEK = re.compile(r"GREEK (SMALL|CAPITAL) LETTER (?:FINAL )?([A-Z]+)")


def carried(text: str) -> str:
    r"""The text as sys.stdout can carry it: itself, wherever it can.

    A character without another spelling is written as its escape.
    """
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    try:
        if _fits(text, encoding):
            return text
    except LookupError:  # an encoding that Python does not know
        return text

    def power(found: re.Match[str]) -> str:
        return found[0] if _fits(found[0], encoding) else f"^{found[0].translate(_LOWERED)}"

    text = _POWERS.sub(power, text)
    text = "".join(one if _fits(one, encoding) else _spelled(one) for one in text)
    return text.encode(encoding, "backslashreplace").decode(encoding)


def on_console(write: Callable[[T], str]) -> Callable[[T], str]:
    """A __str__ or __repr__ whose text is spelled for the console."""

    @wraps(write)
    def spelled(self: T) -> str:
        return carried(write(self))

    return spelled


def _fits(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _spelled(character: str) -> str:
    found = _GREEK.fullmatch(unicodedata.name(character, ""))
    if character in _SPELLED or found is None:
        return _SPELLED.get(character, character)
    name = found[2].lower().replace("lamda", "lambda")
    return name if found[1] == "SMALL" else name.title()
