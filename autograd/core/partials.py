"""The partials of one recorded operation, as numbers or as Values, for the sweeps in both directions."""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import Any

from ..errors import StepgradError
from .domain_errors import no_partial


def local_partials(value: Any, needed: Container[Any], as_values: bool) -> Iterator[tuple[Any, Any]]:
    """Each operand in `needed`, with ∂value/∂operand: a number, or with `as_values` what the partial records."""
    if as_values:
        read = [*map(_as_recorded, value.operands, value._recorded_numbers()), value]
        partial_functions = value.op.value_partials
    else:
        read, partial_functions = [*value.numbers, value.data], value.op.partial_functions
    for operand, partial_function in zip(value.operands, partial_functions, strict=True):
        if operand in needed:
            try:
                partial = partial_function(*read)
            except StepgradError:
                raise  # of an operation inside the partial, which says more
            except (ArithmeticError, ValueError) as error:
                raise no_partial(value, error) from error
            yield operand, partial


def times(one: Any, other: Any) -> Any:
    """The product of two factors; a factor of 1 is left out, which makes the graph shorter."""
    return one if _is_one(other) else other if _is_one(one) else one * other


def _as_recorded(operand: Any, number: float) -> Any:
    """The operand, or, if its data were changed since it was read, one with the number that was read."""
    if type(operand) is float or operand._data is number:
        return operand
    stand_in = +operand
    stand_in._data = stand_in._first = number
    return stand_in


def _is_one(factor: Any) -> bool:
    return type(factor) is float and factor == 1.0
