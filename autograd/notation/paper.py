"""A number as it is written down, exact or rounded, and which numbers it agrees with.

A number on paper agrees with every number that, rounded to the written digits, is this number. If numbers on the way to
it were rounded to as many digits, the last digit may be off by one. That is allowed for numbers of two digits or more;
for one digit it would be a large part of the number, and whole numbers such as "216" are rarely rounded on the way.
"""

from __future__ import annotations

import math
import re
from typing import NamedTuple

from ..errors import UsageError

# Where terms cancel, the rounding error relative to the terms is smaller than this, even after thousands of operations.
ROUNDING = 1e-12

# 0.0215, 2.15e-2, 2.15 × 10^-2, 2.15·10⁻²
_NUMBER = re.compile(
    r"(?P<sign>[+-]?)(?P<whole>[0-9]*)(?:\.(?P<decimals>[0-9]*))?"
    r"(?:e(?P<e>[+-]?[0-9]+)|\s*[×·*]\s*10\s*(?:(?:\^|\*\*)\s*\{?(?P<power>[+-]?[0-9]+)\}?|(?P<raised>[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)))?"
)
_BETWEEN_DIGITS = re.compile("(?<=[0-9])_(?=[0-9])")
_SUPERSCRIPTS = str.maketrans("⁻⁺⁰¹²³⁴⁵⁶⁷⁸⁹", "-+0123456789")


class Written(NamedTuple):
    """A number that was handed in, exact or rounded.

    text: as it is shown. number: its value. rel, abs: how far off it may be if it is exact. figures: how many
    significant digits it is written with; None if it is exact. unit: that of its last place. below: the same for
    smaller numbers.
    is_whole: whether it has neither point nor exponent.
    """

    text: str
    number: float
    rel: float = 0.0
    abs: float = 0.0
    figures: int | None = None
    unit: float = 0.0
    below: float = 0.0
    is_whole: bool = False

    @property
    def digits(self) -> int:
        """How many digits are compared: those that are written, or as many as `rel` asks for."""
        if self.figures is not None:
            return min(self.figures, round(-math.log10(ROUNDING)))
        return round(-math.log10(max(self.rel, 1e-16)))

    @property
    def reach(self) -> str:
        """That number in words."""
        return f"{self.digits} digit{'s' if self.digits != 1 else ''}"

    def is_rounded(self, true: float) -> bool:
        """Whether it is `true`, rounded to the written digits; if it is exact, whether it is near enough."""
        if self.figures is None:
            return self._is_within(max(self.rel * abs(true), self.abs), true)
        # Sixteen digits are more than a float can be held to.
        return self._has_sign_of(true) and self._is_within(max(self._unit(true) / 2, ROUNDING * abs(true)), true)

    def is_one_off(self, true: float) -> bool:
        """Whether it is `true` rounded, give or take one unit in the last place."""
        return self.figures is not None and self._has_sign_of(true) and self._is_within(1.5 * self._unit(true), true)

    def fits(self, true: float) -> bool:
        """Whether it may come from `true`, where other numbers were rounded to as many digits on the way."""
        return self.is_rounded(true) or ((self.figures or 0) > 1 and not self.is_whole and self.is_one_off(true))

    def _unit(self, true: float) -> float:
        return self.below if abs(true) < abs(self.number) else self.unit

    def _has_sign_of(self, true: float) -> bool:
        """Whether both have the same sign; a written 0 has any."""
        return self.number == 0.0 or self.number * true > 0.0 or self.number == true

    def _is_within(self, allowed: float, true: float) -> bool:
        """Whether the two differ by at most `allowed`; an infinite number agrees with itself only."""
        return self.number == true or abs(self.number - true) <= allowed * (1 + ROUNDING) < math.inf


def on_paper(text: str) -> Written:
    """A number in quotes. Raises UsageError if it is no number.

    >>> on_paper("-2.15e-2").figures, on_paper("0.0215").unit
    (3, 0.0001)
    """
    found = _NUMBER.fullmatch(_BETWEEN_DIGITS.sub("", text.strip().lower().replace("−", "-")))
    if found is None or not (found["whole"] or found["decimals"]):
        mend = "with a point for the decimals" if "," in text else "in digits, such as '0.0215' or '2.15e-2'"
        raise UsageError(
            f"{text!r:.60} is no number: write it {mend}; or hand in a float, or a function of the named values"
        )
    sign, whole, decimals = found["sign"], found["whole"], found["decimals"] or ""
    power = found["e"] or found["power"] or found["raised"]
    is_whole = found["decimals"] is None and power is None
    exponent = (power or "0").translate(_SUPERSCRIPTS)  # which may have more digits than an int takes
    last = f"0.{'0' * (len(decimals) - 1)}1" if decimals else "1"
    value, unit = float(f"{sign}{whole or 0}.{decimals or 0}e{exponent}"), float(f"{last}e{exponent}")
    if not math.isfinite(value):
        raise UsageError(f"{text!r:.60} is too large for a float")
    figures = (whole + decimals).lstrip("0")
    # 0.06 rounded to one decimal is 0.1; but 6e4 rounded to one digit is itself, and not 1e5.
    below = unit / 10 if power is not None and figures.strip("0") == "1" else unit
    return Written(text.strip(), value, 0.0, 0.0, len(figures), unit, below, is_whole)
