"""Which mistakes give the numbers that were handed in. One number names nothing: many mistakes can meet at a point.

What gives the number is listed, with the reason why it is the same here, and a point is found at which it is not. With
the number from there, too, one mistake may be left, and is named.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from ..assignments import Assignment
from ..errors import UsageError
from .catalogue import Catalogue
from .claims import ROUNDING, Numbers, Written, on_paper
from .diagnosis import Candidate, Finding, Made, no_path
from .points import Landscape, Point
from .sampling import Pool, same, separating, split

# Leaves with these numbers make much look alike.
_SPECIAL = (0.0, 1.0, -1.0, 2.0, 0.5)
_MOST_REASONS = 4


def about_numbers(numbers: Numbers, catalogue: Catalogue, landscape: Landscape, pool: Pool, key: str) -> Finding:
    """Compare numbers with the truth, and find the mistakes that give all of them."""
    subgraph = catalogue.subgraph
    seen: list[tuple[Point, Written]] = []
    for where, (changed, written) in numbers.at.items():
        point = landscape.with_changes(changed) if changed else landscape.here()
        if point is None:
            raise UsageError(f"{key}: at the point {where!r:.60} the graph has no answer")
        seen.append((point, written))
    yours, true = [written.number for _, written in seen], [subgraph.true(point) for point, _ in seen]
    wrong = [
        (point, written)
        for (point, written), number in zip(seen, true, strict=True)
        if not written.agrees(number, subgraph.size(point)) or _says_nothing(written, number)
    ]
    if not wrong:
        reach = min((written.reach for _, written in seen), key=lambda text: int(text.split()[0]))
        where = "here" if len(seen) == 1 else f"at {len(seen)} points"
        note = f"agrees to {reach} {where}" if any(true) else "is 0 here, which says little"
        return Finding(True, yours, true, [note] if subgraph.n_paths else [no_path(subgraph)])
    notes = _hints(wrong, catalogue)
    if not subgraph.n_paths:
        return Finding(False, yours, true, notes, summary=no_path(subgraph))
    telling = {point.leaves for point, written in seen if subgraph.true(point) and written.number}
    if not telling:
        ask = separating(catalogue, [], 4, landscape)
        return Finding(False, yours, true, notes, ask=ask, summary="a partial that is 0 diagnoses nothing")
    groups = split(catalogue, pool).groups
    values = [(catalogue.values(point), catalogue.values(point, sizes=True), written) for point, written in seen]
    members = _giving(values, groups) or _giving(
        [(at, sizes, _as_rounded(written)) for at, sizes, written in values], groups
    )
    ways: list[list[Made]] = [[(catalogue.mistakes[i],) for i in group] for group in members.values()]
    if len(ways) == 1 and len(telling) > 1:
        return Finding(False, yours, true, notes, named=ways[0])
    if not ways:
        return Finding(False, yours, true, notes)
    one_each = [group[0] for group in members.values()]
    figures = min([written.figures for _, written in seen if written.figures] or [6])
    ask = separating(catalogue, one_each, figures, landscape)
    reasons = ["", *(_reason(catalogue, landscape, seen[0][0], one_each[0], i) for i in one_each[1:])]
    candidates = [Candidate(group, reason) for group, reason in zip(ways, reasons, strict=True)]
    return Finding(False, yours, true, notes, candidates=candidates, ask=ask)


_Values = tuple[list[float], list[float], Written]


def _giving(values: Sequence[_Values], groups: list[int]) -> dict[int, list[int]]:
    """The mistakes that give all the numbers, by their groups."""
    members: dict[int, list[int]] = {}
    for i, group in enumerate(groups[:-1]):
        if group != groups[-1] and all(written.agrees(at[i], sizes[i]) for at, sizes, written in values):
            members.setdefault(group, []).append(i)
    return members


def _as_rounded(written: Written) -> Written:
    """A float with few digits was copied from paper: that it is wrong is known, by which mistake is asked of these."""
    if written.figures is not None or not math.isfinite(written.number):
        return written
    rounded = on_paper(repr(written.number))
    return rounded if 3 <= (rounded.figures or 0) <= 8 else written


def _says_nothing(written: Written, true: float) -> bool:
    """Whether a number on paper has no digit that could be compared: "0.00" for 0.0012."""
    return written.figures == 0 and true != 0.0


def _hints(wrong: Sequence[tuple[Point, Written]], catalogue: Catalogue) -> list[str]:
    """What may only be a matter of writing."""
    point, written = wrong[0]
    true, size = catalogue.subgraph.true(point), catalogue.subgraph.size(point)
    if _says_nothing(written, true):
        return [f"{written.text} has no digit that could be compared; write it as 1.2e-3 is written"]
    rounded = _as_rounded(written)
    if rounded is not written and rounded.agrees(true, size):
        return [f"it agrees to {rounded.reach}; a number that was rounded is handed in in quotes, {rounded.text}"]
    return []


def _reason(catalogue: Catalogue, landscape: Landscape, point: Point, one: int, other: int) -> str:
    """Why two mistakes give the same at a point: which leaves would part them if they were moved a little.

    Two leaves with the same number are the reason where each would part them alone, and both together would not.
    """

    def part(*places: int) -> bool:
        leaves = list(point.leaves)
        for place in places:
            leaves[place] += 0.125 * (abs(leaves[place]) or 1.0)
        moved = landscape.at(leaves)
        if moved is None:
            return False
        values = catalogue.values(moved)
        return not same(values[one], values[other], ROUNDING * catalogue.subgraph.size(moved))

    values = catalogue.values(point)
    if not same(values[one], values[other], ROUNDING * catalogue.subgraph.size(point)):
        return "as far as these digits show"
    reasons = _reasons(landscape.leaves, point.leaves, part)
    return f"the same here, because {' and '.join(reasons[:_MOST_REASONS])}" if reasons else "the same here"


def _reasons(leaves: Sequence[Assignment], numbers: Sequence[float], part: Callable[..., bool]) -> list[str]:
    parting = [place for place in range(len(leaves)) if part(place)]
    equal = []
    for place in parting:
        for second in parting:
            if place < second and numbers[place] == numbers[second] and not part(place, second):
                equal += [place, second]
    alike = [f"{leaves[a].label} = {leaves[b].label}" for a, b in zip(equal[::2], equal[1::2], strict=True)]
    special = [
        f"{leaves[place].label} = {numbers[place]:g}"
        for place in parting
        if numbers[place] in _SPECIAL and place not in equal
    ]
    return alike + special
