"""Named errors: what happened, where, and how to mend it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .console import on_console


class StepgradError(Exception):
    """Every error that stepgrad raises on purpose is one of these."""

    @on_console
    def __str__(self) -> str:
        return super().__str__()

    @on_console
    def __repr__(self) -> str:
        return super().__repr__()


class NotANumberError(StepgradError, TypeError):
    """Something that is not one real number was given where a number belongs."""


class DomainError(StepgradError, ArithmeticError):
    """An operation, or one of its partials, has no real answer at these operands.

    operation: the name of its row of the calculus table; "" where the error came from elsewhere.
    rule: the text of the row that has no answer: the expression, or the partials as {input: text}.
    operands: the numbers, by the names that the rule has for them.
    names: what people call these operands, for those that have a name.
    place: the file and line that the operation was written on, where `record_lines()` was asked for; else None.
    """

    def __init__(
        self,
        message: str = "",
        operation: str = "",
        rule: str | Mapping[str, str] = "",
        operands: Mapping[str, float] | None = None,
        names: Mapping[str, str] | None = None,
        place: Any = None,
    ) -> None:
        super().__init__(message)
        self.operation = operation
        self.rule = rule
        self.operands = dict(operands or {})
        self.names = dict(names or {})
        self.place = place


class RuleError(StepgradError, ValueError):
    """A row of the calculus table says something that a row may not say."""


class UsageError(StepgradError, ValueError):
    """Something was asked for in a way that cannot work; the message says what would."""


def missing_name(module: str, name: str, asked_by: str) -> Exception:
    """The error where a module of ours lacks a name: in words where the other autograd of PyPI asks for it.

    Both packages install a folder called autograd. Where both are installed, each finds the other's files.

    asked_by: the name of the module that asks.
    """
    if asked_by.partition(".")[0] == "autograd" and not name.startswith("__"):
        return ImportError(OTHER_AUTOGRAD)
    return AttributeError(f"module {module!r} has no attribute {name!r}")


OTHER_AUTOGRAD = (
    "PyPI's package autograd and stepgrad are both installed here; each has a folder called autograd, and they "
    "overwrite each other's files. Give stepgrad an environment of its own; or, to go without the other, "
    "`pip uninstall autograd` and then `pip install --force-reinstall stepgrad`"
)
