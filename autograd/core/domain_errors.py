"""The error to raise where an operation, or one of its partials, has no real answer at its operands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..errors import DomainError
from .place import Place, place_here, place_of


def domain_error(
    op: Any,
    operands: Sequence[Any],
    numbers: Sequence[float],
    error: Exception,
    wanted: Sequence[str] = (),
    place: Place | None = None,
) -> DomainError:
    """The error for an operation, or, with `wanted`, for its partials with respect to these inputs.

    error: what Python raised. place: where the operation was written, if it is not the running line.
    """
    at = dict(zip(op.inputs, numbers, strict=True))
    names = {x: one.name for x, one in zip(at, operands, strict=True) if getattr(one, "name", "")}
    shown = [f"{x} = {at[x]!r}" + (f" (named {names[x]!r})" if x in names else "") for x in op.shown_inputs]
    rule: str | dict[str, str] = op.expression
    subject = f"{op.name}, by its rule {op.expression},"
    if wanted:
        rule = {x: op.partials[x] for x in wanted}
        partials = ", ".join(f"∂out/∂{x} = {text}" for x, text in rule.items())
        subject = f"the gradient of {op.name}, {op.expression}, by its rule {partials},"
    place = place or place_here()
    written = f" It was written at {place}." if place else ""
    message = f"{subject} has no answer at {', '.join(shown)}: {op.why(error)}.{written}"
    return DomainError(message, op.name, rule, at, names, place)


def no_partial(value: Any, error: Exception) -> DomainError:
    """The error where a partial of the operation that computed this value has no real answer."""
    return domain_error(value.op, value.operands, value.numbers, error, value._pullback.wanted(), place_of(value))


def why(
    error: Exception,
    divides: str = "Keep the divisor away from 0",
    is_large: str = "Scale the operands down",
    outside: str = "Keep the operands inside the domain of the rule",
) -> str:
    """What Python's error means, and the mend for each of its three kinds."""
    if isinstance(error, ZeroDivisionError):
        return f"it divides by zero. {divides}"
    if isinstance(error, OverflowError):
        return f"it is too large for a float. {is_large}"
    return f"there is no such real number. {outside}"
