"""The partials of one operation that was recorded, as numbers or as Values, for the sweeps in both directions."""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import Any

from ..errors import DomainError, StepgradError
from .op import Op
from .recording import place_of


def local_partials(value: Any, needed: Container[Any], as_values: bool) -> Iterator[tuple[Any, Any]]:
    """Each operand that is needed, with ∂value/∂operand: a number, or what is made of Values."""
    if as_values:
        # What is made of these numbers is recorded.
        read = [*map(_as_recorded, value.operands, value._recorded_numbers()), value]
        partial_functions = value.op.value_partials
    else:
        read, partial_functions = [*value.numbers, value.data], value.op.partial_functions
    for operand, partial_function in zip(value.operands, partial_functions, strict=True):
        if operand in needed:
            try:
                partial = partial_function(*read)
            except StepgradError:
                raise  # by an operation within the partial, which says more
            except (ArithmeticError, ValueError) as error:
                raise no_partial(value, error) from error
            yield operand, partial


def times(one: Any, other: Any) -> Any:
    """A product, left out where a factor is 1: the graph is shorter."""
    return one if _is_one(other) else other if _is_one(one) else one * other


def _as_recorded(operand: Any, number: float) -> Any:
    """The operand with the number that was read, also where its data were changed since."""
    if type(operand) is float or operand._data is number:
        return operand
    stand_in = +operand
    stand_in._data = stand_in._first = number
    return stand_in


def _is_one(factor: Any) -> bool:
    return type(factor) is float and factor == 1.0


def no_partial(value: Any, error: Exception) -> DomainError:
    """The error to raise where a partial of this value's operation has no real answer."""
    op: Op = value.op
    return op.domain_error(value.operands, value.numbers, error, value._pullback.wanted(), place_of(value))
