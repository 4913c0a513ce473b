"""Named errors: what happened, where, and how to mend it."""

from __future__ import annotations


class StepgradError(Exception):
    """Every error that stepgrad raises on purpose is one of these."""


class NotANumberError(StepgradError, TypeError):
    """Something that is not one real number was given where a number belongs."""


class DomainError(StepgradError, ArithmeticError):
    """An operation, or one of its partials, has no real answer at these operands."""


class RuleError(StepgradError, ValueError):
    """A row of the calculus table says something that a row may not say."""


class UsageError(StepgradError, ValueError):
    """Something was asked for in a way that cannot work; the message says what would."""
