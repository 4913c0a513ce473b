"""Graphs that are too large to be computed at many points: what is handed in is compared where they were recorded."""

from __future__ import annotations

from ..errors import UsageError
from ..tracing.assignments import Assignment, Trace
from .answers import Answer, Function
from .diagnosis import Finding
from .sampling import same

# Up to here a report takes seconds, and a tenth of a gigabyte.
LARGEST_GRAPH = 5_000


def about_large(answer: Answer, lines: Trace, of: Assignment, wrt: Assignment, key: str) -> Finding:
    """Compare what was handed in with the gradient that was recorded. Raises DomainError where a partial has none.

    Raises UsageError for numbers at other points.
    """
    why = f"the graph is larger than {LARGEST_GRAPH:,} partials"
    smaller = "take fewer samples, or a value nearer to the end"
    gradients = {of: 1.0}
    for line, partial in lines.edges():
        if line in gradients:
            gradients[partial.wrt] = gradients.get(partial.wrt, 0.0) + gradients[line] * partial.number
    true = gradients.get(wrt, 0.0)
    if isinstance(answer, Function):
        yours = answer({line: line.number for line in lines})
        if isinstance(yours, complex):
            return Finding(False, [], [true], [], summary=f"it gives the complex number {yours:.4g}")
        is_right, yours = same(true, yours, 0.0), float(yours)
    else:
        if any(changed for changed, _ in answer.at.values()):
            raise UsageError(f"{key}: {why}, so numbers are compared at the recorded point only; {smaller}")
        ((_, written),) = answer.at.values()
        is_right, yours = written.fits(true), written.number
    if is_right:
        return Finding(True, [yours], [true], [f"agrees here; {why}, so no other point is tried"])
    return Finding(False, [yours], [true], [], summary=f"{why}, so no mistake is looked for: {smaller}")
