"""Equations as a reader checks them: the right side is computed, as on a calculator, from the digits written."""

from __future__ import annotations

import math
import re
from decimal import Decimal

_FUNCTIONS = {
    "sigmoid": lambda x: 1 / (1 + math.exp(-x)) if x > -700 else math.exp(x),
    "tanh": math.tanh,
    "relu": lambda x: max(x, 0.0),
    "exp": math.exp,
    "log": math.log,
    "maximum": max,
}
_NUMBER = r"\(?−?\d+(?:\.\d+)?(?:e−?\d+)?\)?"


def value(text: str) -> float:
    """What a text of numbers, signs and functions comes to."""
    code = text.replace("−", "-").replace("·", "*").replace("×", "*").replace("²", "**2")
    return float(eval(code, {"__builtins__": {}}, _FUNCTIONS))


def is_true(left: str, right: str) -> bool:
    """Whether the right side rounds to the left one, of which at least four digits are known."""
    shown = Decimal(left.replace("−", "-"))
    digits = max(4, len(shown.normalize().as_tuple().digits))
    place = shown.adjusted() + 1 - digits
    unit = Decimal(10) ** (min(place, 0) if abs(shown) < 1_000_000 else place)
    return abs(Decimal(value(right)) - shown) <= Decimal("0.501") * unit


def reads_as_no_change(left: str, right: str) -> bool:
    """Whether 2.5 = 2.5 − … is written, though something is subtracted or added."""
    found = re.fullmatch(rf"({_NUMBER}) [+−] (.+)", right)
    return bool(found and found[1].strip("()") == left and value(found[2]) != 0.0)


def wrong_in(texts: list[str]) -> list[str]:
    """The equations with numbers in the texts that are not true, or read as if nothing changed."""
    wrong = []
    for text in texts:
        for left, right in equations_in(text):
            if not is_true(left, right) or reads_as_no_change(left, right):
                wrong.append(f"{left} = {right}")
    return wrong


def equations_in(text: str) -> list[tuple[str, str]]:
    """The equations in a row of a formula, or in a sentence, as result and right side."""
    row = re.fullmatch(rf"({_NUMBER}) = (.*\d.*?)(, so far)?", text)
    if row:
        return [] if "…" in text else [(row[1], row[2])]
    if "moves against" in text:
        found = re.findall(rf": ({_NUMBER} − {_NUMBER} × {_NUMBER}) = ({_NUMBER})\.$", text)
        return [(new, right) for right, new in found]
    found = [(result, product) for product, result in re.findall(rf"({_NUMBER} × {_NUMBER}) = ({_NUMBER})", text)]
    added = re.findall(rf" = ({_NUMBER}), added to the ({_NUMBER}) from before: ({_NUMBER})\.$", text)
    return found + [(after, f"{before} + ({product})") for product, before, after in added]
