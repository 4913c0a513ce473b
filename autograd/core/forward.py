"""The forward sweep: how fast values change when the values they were computed from change.

For every operation, inputs before consumers:  tangent of out = Σ over inputs of  ∂out/∂input · tangent of input.
The partials are those of the backward sweep, at kinks too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .graph import topological_order
from .partials import local_partials, times


def tangents(results: Sequence[Any], given: Mapping[Any, Any], as_values: bool) -> list[Any]:
    """The tangent of each result; 0.0 if it does not move. Raises DomainError where a partial has no real answer.

    given: the tangents of some values; they may be Values themselves. No partial is computed for a value with tangent
        0.0.
    as_values: as for `gradients`.
    """
    moving = {value: tangent for value, tangent in given.items() if not (type(tangent) is float and tangent == 0.0)}
    seen = set(given)
    for result in results:
        for value in topological_order(result, seen):
            if value.inputs:
                parts = [times(partial, moving[one]) for one, partial in local_partials(value, moving, as_values)]
                if parts:
                    moving[value] = sum(parts[1:], parts[0])
    return [moving.get(result, 0.0) for result in results]
