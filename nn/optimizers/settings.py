"""The numbers that an optimiser is given."""

from __future__ import annotations

import math
from collections.abc import Callable

from autograd import NotANumberError, UsageError, Value

LearningRate = float | Callable[[int], float]


def setting(given: float, what: str, least: float, below: float) -> float:
    """A setting as a float. Raises UsageError where it is not a finite number from `least` to below that limit."""
    try:
        number = given if type(given) is float else Value(given).data
    except NotANumberError:
        number = math.nan
    if not least <= number < below:
        limit = f" and below {below:g}" if below < math.inf else ""
        raise UsageError(f"{what} must be a finite number of at least {least:g}{limit}, not {given!r:.40}")
    return number


def positive(given: float, what: str) -> float:
    """As `setting`, from 0 on; raises UsageError for 0, too."""
    number = setting(given, what, 0.0, math.inf)
    if not number:
        raise UsageError(f"{what} is 0: nothing would move; None leaves gradients as they are")
    return number
