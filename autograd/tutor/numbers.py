"""Which mistakes give the numbers that were handed in. One number names nothing: many mistakes can meet at a point.

What gives the number is listed, with the reason why it is the same here, and a point is found at which it is not. With
the number from there, too, one mistake may be left, and is named.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from ..errors import UsageError
from ..notation.expression import names_in
from ..tracing.assignments import Assignment
from .answers import ROUNDING, Numbers, Written, on_paper
from .catalogue import Catalogue
from .diagnosis import ZERO_SAYS_NOTHING, Candidate, Finding, Made, no_path, not_finite
from .points import Landscape, Point
from .rounding import Rounding
from .sampling import Pool, is_new, same, separating, split
from .subgraph import Subgraph

# Leaves with these numbers make much look alike.
_SPECIAL = (0.0, 1.0, -1.0, 2.0, 0.5)
_MOST_REASONS = 4
# Numbers of fewer digits are met by chance.
_FEWEST_FIGURES = 3
ROUNDS_TO_0 = "rounds to 0 in these digits"
# A float is told apart from others by so many.
_MOST_FIGURES = 6
# A float that is as near as this is as good as the way in which it was computed.
_NEARLY = 1e-5


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
        if not (
            written.is_rounded(number)
            or (written.fits(number) and _is_rounded_on_the_way(written, point, subgraph, landscape))
        )
    ]
    infinite = [number for number in true if not math.isfinite(number)]
    if infinite:
        says = not_finite(subgraph, infinite[0])
        return Finding(not wrong, yours, true, [says] if not wrong else [], summary=says)
    rounding = Rounding(subgraph, landscape)
    reasons = [rounding.of_number(point, written) for point, written in wrong]
    if wrong and all(reasons):
        return Finding(True, yours, true, list(dict.fromkeys(reasons)))
    if not wrong:
        where = "here" if len(seen) == 1 else f"at {len(seen)} points"
        return Finding(True, yours, true, [_agreement(seen, true, where) if subgraph.n_paths else no_path(subgraph)])
    notes = _hints(wrong, catalogue)
    if not subgraph.n_paths:
        return Finding(False, yours, true, notes, summary=no_path(subgraph))
    telling = _telling(seen, true, catalogue)
    if not telling:
        ask = separating(catalogue, [], 4, landscape)
        return Finding(False, yours, true, notes, ask=ask, summary=ZERO_SAYS_NOTHING)
    groups = split(catalogue, pool).groups
    values = [(catalogue.values(point), written) for point, written in seen]
    members = _giving(values, groups) or _giving([(at, _as_rounded(written)) for at, written in values], groups)
    ways: list[list[Made]] = [[(catalogue.mistakes[i],) for i in group] for group in members.values()]
    if not ways:
        return Finding(False, yours, true, notes, summary=catalogue.excuse)
    figures = min([written.figures for _, written in seen if written.figures] or [_MOST_FIGURES])
    if len(ways) == 1 and telling > 1:
        if figures >= _FEWEST_FIGURES:
            return Finding(False, yours, true, notes, named=ways[0])
        notes.append(f"with fewer than {_FEWEST_FIGURES} digits no mistake is named")
    one_each = [group[0] for group in members.values()]
    ask = separating(catalogue, one_each, figures, landscape)
    reasons = ["", *(_reason(catalogue, landscape, seen[0][0], one_each[0], i) for i in one_each[1:])]
    candidates = [Candidate(group, reason) for group, reason in zip(ways, reasons, strict=True)]
    return Finding(False, yours, true, notes, candidates=candidates, ask=ask)


_Values = tuple[list[float], Written]


def _giving(values: Sequence[_Values], groups: list[int]) -> dict[int, list[int]]:
    """The mistakes that give all the numbers, by their groups."""
    members: dict[int, list[int]] = {}
    for i, group in enumerate(groups[:-1]):
        if group != groups[-1] and all(written.fits(at[i]) for at, written in values):
            members.setdefault(group, []).append(i)
    return members


def _as_rounded(written: Written) -> Written:
    """A float with few digits was copied from paper: that it is wrong is known, by which mistake is asked of these."""
    if written.figures is not None or not math.isfinite(written.number):
        return written
    rounded = on_paper(repr(written.number))
    return rounded if 3 <= (rounded.figures or 0) <= 8 else written


def _is_rounded_on_the_way(written: Written, point: Point, subgraph: Subgraph, landscape: Landscape) -> bool:
    """Whether the way to a gradient, which comes last, leads over a number that has more digits than were written."""
    partials = [point.partials[place] for place in subgraph.places]
    known = {line.target: number for line, number in zip(landscape.lines, point.values, strict=True)}
    read = {known[name] for _, partial in subgraph.edges for name in names_in(partial.tree)}
    numbers = read.union(partials, subgraph.gradients(partials), subgraph.gradients_of(partials))
    numbers.discard(subgraph.true(point))
    return any(float(f"{number:.{(written.figures or 1) - 1}e}") != number for number in numbers)


def _agreement(seen: Sequence[tuple[Point, Written]], true: Sequence[float], where: str) -> str:
    """To how many digits the numbers agree, which may be none where they are very small."""
    if not any(true):
        return "is 0 here, which says little"
    for (_, written), number in zip(seen, true, strict=True):
        if written.figures == 0 and number:
            return ROUNDS_TO_0
        if written.figures is None and abs(written.number - number) > written.rel * abs(number):
            return f"agrees to ± {written.abs:g} {where}"
    least = min((written for _, written in seen), key=lambda written: written.digits)
    is_off = any(not written.is_rounded(number) for (_, written), number in zip(seen, true, strict=True))
    return f"agrees to {least.reach} {where}{', give or take one in the last' if is_off else ''}"


def _telling(seen: Sequence[tuple[Point, Written]], true: Sequence[float], catalogue: Catalogue) -> int:
    """At how many points something else was to be worked out, that is not 0."""
    found: list[tuple[Point, float]] = []
    for (point, written), number in zip(seen, true, strict=True):
        figures = written.figures or _MOST_FIGURES
        if number and written.number and all(is_new(one, point, earlier, number, figures) for one, earlier in found):
            found.append((point, number))
    return len(found)


def _hints(wrong: Sequence[tuple[Point, Written]], catalogue: Catalogue) -> list[str]:
    """What may only be a matter of writing."""
    point, written = wrong[0]
    true = catalogue.subgraph.true(point)
    if written.figures == 1 and written.is_one_off(true):
        return ["of one digit, a number is right if it is the partial rounded; work it out with more digits"]
    rounded = _as_rounded(written)
    if rounded is not written and rounded.fits(true):
        return [f"it agrees to {rounded.reach}; a number that was rounded is handed in in quotes, {rounded.text}"]
    if written.figures is None and true and 0.0 < abs(written.number / true - 1.0) < _NEARLY:
        digits = math.floor(-math.log10(abs(written.number / true - 1.0)))
        return [f"it agrees to {digits} digits; if it is worth no more, say rel=1e-{digits}"]
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
