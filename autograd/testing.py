"""What tests of one's own derivatives need: is the gradient right, and if not, what is wrong."""

from __future__ import annotations

from .gradient_check import assert_gradients, check_gradients
from .gradient_report import GradientCheck

__all__ = ["GradientCheck", "assert_gradients", "check_gradients"]
