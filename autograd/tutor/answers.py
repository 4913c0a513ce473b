"""What is handed in for a partial: a float, a number as it stands on paper, a function, or numbers at several points.

A number on paper carries its own precision: "0.0215" was rounded, and so were the numbers it was computed from. Half a
unit in its last place is allowed for the first, and one unit for the second. Where terms cancel, what was lost in each
of them remains: it is one unit in the last place of the sum of the absolute path terms, written with as many digits. A
whole number, without point and exponent, was hardly rounded on the way: it has half a unit.
"""

from __future__ import annotations

import inspect
import math
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from ..core.value import Value, number
from ..errors import NotANumberError, UsageError
from ..notation.mathematics import digits
from ..tracing.assignments import Assignment
from .keys import Directory

# A function has to agree to this, relative to the value.
RELATIVE = 1e-6
# What rounding leaves where terms cancel, relative to their sizes.
ROUNDING = 1e-12

HERE = "here"

# 0.0215, 2.15e-2, 2.15 × 10^-2, 2.15·10⁻²
_NUMBER = re.compile(
    r"(?P<sign>[+-]?)(?P<whole>[0-9]*)(?:\.(?P<decimals>[0-9]*))?"
    r"(?:e(?P<e>[+-]?[0-9]+)|\s*[×·*]\s*10\s*(?:(?:\^|\*\*)\s*\{?(?P<power>[+-]?[0-9]+)\}?|(?P<raised>[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)))?"
)
_BETWEEN_DIGITS = re.compile("(?<=[0-9])_(?=[0-9])")
_SUPERSCRIPTS = str.maketrans("⁻⁺⁰¹²³⁴⁵⁶⁷⁸⁹", "-+0123456789")


class Written(NamedTuple):
    """A number that was handed in, exactly or rounded.

    text: as it is shown. number: its value. figures: how many significant digits it is written with; None if exact.
    unit: of its last place. is_whole: whether it has neither point nor exponent. rel, abs: what is allowed where it is
    exact.
    """

    text: str
    number: float
    figures: int | None
    unit: float
    is_whole: bool
    rel: float
    abs: float

    @property
    def digits(self) -> int:
        """To how many digits it can agree with anything."""
        if self.figures is not None:
            return min(self.figures, round(-math.log10(ROUNDING)))
        return round(-math.log10(max(self.rel, 1e-16)))

    @property
    def reach(self) -> str:
        """The same in words."""
        return f"{self.digits} digit{'s' if self.digits != 1 else ''}"

    def tolerance(self, true: float, size: float) -> float:
        """How far it may be from a number whose path terms have this sum of sizes."""
        if self.figures is None:
            return max(self.rel * abs(true), self.abs)
        # A zero is right where there is one, and sixteen digits are more than a float can be held to.
        rounding = ROUNDING * size
        if self.figures == 0:
            return rounding
        return max(rounding, tolerance(self.figures, self.unit, max(abs(self.number), abs(true)), size, self.is_whole))

    def agrees(self, true: float, size: float) -> bool:
        """Whether it is this number, as far as can be told; an infinite one agrees with itself only."""
        allowed = self.tolerance(true, size) * (1 + ROUNDING)
        return self.number == true or abs(self.number - true) <= allowed < math.inf


def tolerance(figures: int, unit: float, number: float, size: float, is_whole: bool = False) -> float:
    """How far a number on paper may be off: its digits, the unit of the last; its size; the sum of its terms' sizes.

    >>> round(tolerance(3, 0.0001, 0.02147, 0.02147), 6), tolerance(1, 1.0, 6.0, 6.0, is_whole=True)
    (0.00015, 0.5)
    """
    lost = 0.0 if is_whole else unit
    if 2 * number < size < math.inf:  # terms cancel
        lost = max(unit, 10.0 ** (math.floor(math.log10(size)) + 1 - figures))
    return unit / 2 + lost


def on_paper(text: str) -> Written:
    """A number in quotes. Raises UsageError where it is none.

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
    return Written(f'"{text}"', value, len((whole + decimals).lstrip("0")), unit, is_whole, 0.0, 0.0)


class Function:
    """A partial as a function of the graph's values.

    arguments: the lines that its arguments stand for, in order.
    """

    def __init__(self, function: Callable[..., Any], directory: Directory, key: str) -> None:
        self._function = function
        self._key = key
        name = getattr(function, "__name__", "it")
        self.text = "a function" if name == "<lambda>" else f"{name}(…)"
        try:
            parameters = list(inspect.signature(function).parameters.values())
        except (TypeError, ValueError):
            raise UsageError(
                f"{key}: the arguments of {name} cannot be read; write a function of the named values, "
                "such as lambda x1, h1: …"
            ) from None
        for parameter in parameters:
            if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
                raise UsageError(
                    f"{key}: {parameter} can be anything; name what the function reads, as in lambda x1, h1: …"
                )
            if parameter.default is not parameter.empty:
                raise UsageError(
                    f"{key}: {parameter.name} has a default; leave it out: every argument is the value of that name"
                )
        self._keywords = [one.name for one in parameters if one.kind == one.KEYWORD_ONLY]
        self.names = [one.name for one in parameters]
        self.arguments = [directory.argument(one) for one in self.names]

    def __call__(self, numbers: Mapping[Assignment, float]) -> float | complex:
        """Its value where the lines have these numbers. Raises what the function raises.

        A root may turn complex where there is no real one: that is an answer at this point, and no error.
        """
        values = [numbers[line] for line in self.arguments]
        split = len(values) - len(self._keywords)
        answer = self._function(*values[:split], **dict(zip(self._keywords, values[split:], strict=True)))
        if isinstance(answer, Value):
            raise NotANumberError(
                f"{self._key}: the function gave a Value, {answer!r:.40}: it reads one that is none of its arguments, "
                "and which so has the same number at all points; make it an argument"
            )
        if isinstance(answer, complex):
            return answer
        return number(answer, f"{self._key}: what the function returns")


class Numbers(NamedTuple):
    """Numbers at points: for each, the leaves that differ from what was recorded, and what was handed in."""

    at: dict[str, tuple[dict[Assignment, float], Written]]

    @property
    def text(self) -> str:
        """What is shown of them."""
        return ", ".join(written.text for _, written in self.at.values())


Claim = Function | Numbers


def claim(given: Any, directory: Directory, key: str, rel: float, abs: float) -> Claim:  # noqa: A002 -- as callers say
    """What was handed in. Raises UsageError, or NotANumberError, where it is nothing of the kind."""
    if callable(given):
        return Function(given, directory, key)
    if not isinstance(given, Mapping):
        given = {HERE: given}
    if not given:
        raise UsageError(f"{key}: the dictionary is empty; write {{'here': '0.0215', 'x1 = 3': …}}")
    found = {}
    spelled: dict[frozenset[tuple[Assignment, float]], str] = {}
    for where, one in given.items():
        if not isinstance(where, str):
            raise UsageError(f"{key}: {where!r:.60} is no point; write 'here', or what is different there: 'x1 = 3'")
        changed = {} if where.strip() in (HERE, "") else dict(_changes(where, directory, key))
        where = where.strip() or HERE
        first = spelled.setdefault(frozenset(changed.items()), where)
        if where in found or first != where:
            raise UsageError(f"{key}: the point {first!r:.60} stands there twice, the second time as {where!r:.60}")
        if isinstance(one, str):
            written = on_paper(one)
        else:
            exact = number(one, f"{key}: what is handed in")
            written = Written(digits(exact), exact, None, 0.0, False, rel, abs)
        found[where] = (changed, written)
    return Numbers(found)


def _changes(where: str, directory: Directory, key: str) -> list[tuple[Assignment, float]]:
    """What a point such as "x1 = 3, w2 = -1" says."""
    found: list[tuple[Assignment, float]] = []
    for part in where.split(","):
        name, sign, value = (one.strip() for one in part.partition("="))
        if not sign:
            raise UsageError(f"{key}: {where!r:.60} is no point; write 'here', or what is different there: 'x1 = 3'")
        line = directory.argument(name)
        if not line.is_leaf:
            raise UsageError(f"{key}: {name} at the point {where!r:.60} is computed; a point gives numbers to leaves")
        if any(line is earlier for earlier, _ in found):
            raise UsageError(f"{key}: {name} stands twice in the point {where!r:.60}; give it one number")
        found.append((line, on_paper(value).number))
    return found
