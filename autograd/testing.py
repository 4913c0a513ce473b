"""What tests of one's own derivatives need: is the gradient right, and if not, what is wrong."""

from __future__ import annotations

from .gradient_check import GradientCheck, assert_gradients, check_gradients

__all__ = ["GradientCheck", "assert_gradients", "check_gradients"]
