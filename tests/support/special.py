"""Functions of a module, for operations that are defined from Python: lgamma's derivatives, and cube roots."""

from __future__ import annotations

import math
from typing import Any

import numpy as np


def digamma(x: float) -> float:
    """The slope of lgamma: by its recurrence above 8, then by the series that is named after Stirling."""
    total = 0.0
    while x < 8.0:
        total -= 1.0 / x
        x += 1.0
    f = 1.0 / (x * x)
    series = f * (1 / 12 - f * (1 / 120 - f * (1 / 252 - f * (1 / 240 - f * (1 / 132 - f * 691 / 32760)))))
    return total + math.log(x) - 0.5 / x - series


def trigamma(x: float) -> float:
    """The slope of digamma, likewise."""
    total = 0.0
    while x < 8.0:
        total += 1.0 / (x * x)
        x += 1.0
    f = 1.0 / (x * x)
    return total + (1.0 + f * (1 / 6 - f * (1 / 30 - f * (1 / 42 - f * (1 / 30 - f * 5 / 66))))) / x + f / 2


def cube_root(x: float) -> float:
    return math.copysign(abs(x) ** (1 / 3), x)


def slope_of_cube_root(x: float, out: float) -> float:
    return 1.0 / (3.0 * out * out)


def cube_roots(x: Any) -> Any:
    return np.cbrt(x)
