"""The order of a family's members, so that it reads other families in their order; and the final kinds of parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ...core.op import TABLE
from ...core.value import Value
from .families import Family, Part

Places = dict[Value, tuple[Family, int]]


def arrange(families: Sequence[Family], of: Places, leaf_places: Mapping[Value, int]) -> None:
    """Settle parts and order of each family, after those of the families that it reads. Keeps `of` up to date."""
    moved: set[Family] = set()
    standing = _standing(families)

    def places(values: Sequence[Value]) -> list[int]:
        return [of[value][1] for value in values]

    for family in families:
        for part in family.parts:
            if part.kind == "over":
                if part.source in moved:
                    part.values = [tuple(sorted(some, key=lambda value: of[value][1])) for some in part.values]
                if max(part.counts) == 1:
                    part.kind, part.values = "each", [one for (one,) in part.values]
                    if family.kind == "fold":
                        _fold_no_more(family)
        order: Sequence[int] | None = None
        if any(part.kind == "dot" for part in family.parts):
            order = _grid(family, places, leaf_places)
        elif len(family) > 1:
            order = next(filter(None, (_aligned(part, places) for part in family.parts)), None)
            order = order or _as_leaves_stand(family, standing)
        if order and list(order) != list(range(len(family))):
            moved.add(family)
            _move(family, order)
            for place, value in enumerate(family.members):
                of[value] = family, place
        for part in family.parts:
            if part.kind == "dot":
                _settle_dot(part)


def _fold_no_more(family: Family) -> None:
    """A fold of one number is something simpler: its norm is its absolute value, its logsumexp the number itself."""
    family.kind, family.op = ("row", TABLE["abs"]) if family.fold == "norm" else ("sum", None)
    family.fold = ""


def _grid(family: Family, places: Any, leaf_places: Mapping[Value, int]) -> list[int] | None:
    """The order of the members if a matrix is applied to several rows of values: row by row, and in each row in the
    order of the matrix's leaves.
    """
    several = [part for part in family.parts if part.kind == "dot" and len(set(part.values)) > 1]
    if not several:
        return None
    part = several[0]
    rows = {some: tuple(places(some)) for some in set(part.values)}
    columns = {some: [leaf_places.get(leaf, 0) for leaf in some] for some in set(part.weights)}
    return sorted(range(len(family)), key=lambda at: (rows[part.values[at]], columns[part.weights[at]]))


def _aligned(part: Part, places: Any) -> Sequence[int] | None:
    """The order in which a part reads all of its source as it stands, each value once; None where it does not."""
    source = part.source
    if source is None or part.kind not in ("each", "over"):
        return None
    first = places(part.values if part.kind == "each" else [some[0] for some in part.values])
    flat = first if part.kind == "each" else [place for some in part.values for place in places(some)]
    if len(flat) != len(source) or len(set(flat)) != len(source):
        return None
    return sorted(range(len(first)), key=first.__getitem__)


def _standing(families: Sequence[Family]) -> dict[Value, int]:
    """The order in which leaves stand in the matrices and vectors that are applied to data."""
    leaves: dict[Value, None] = {}
    for family in families:
        for part in family.parts if family.depends else ():
            some = (
                part.weights if part.kind == "dot" else part.values if part.kind == "over" and not part.source else ()
            )
            leaves.update((leaf, None) for each in some for leaf in each)
    return {leaf: place for place, leaf in enumerate(leaves)}


def _as_leaves_stand(family: Family, standing: Mapping[Value, int]) -> Sequence[int] | None:
    """The order of what is computed from leaves alone, such as the squares of all weights: that of the leaves."""
    if not family.parts or any(part.kind != "each" or part.source or part.is_fixed for part in family.parts):
        return None
    leaves = family.parts[0].values
    if not all(leaf in standing for leaf in leaves):
        return None
    return sorted(range(len(family)), key=lambda at: standing[leaves[at]])


def _move(family: Family, order: Sequence[int]) -> None:
    family.members = [family.members[at] for at in order]
    if family.which:
        family.which = [family.which[at] for at in order]
    for part in family.parts:
        if part.kind != "pick":
            part.values = [part.values[at] for at in order]
        if part.kind == "dot":
            part.weights = [part.weights[at] for at in order]


def _settle_dot(part: Part) -> None:
    """Keep each row of values and of leaves once, if the members are all their pairs; else make the part "pairs"."""
    rows = list(dict.fromkeys(part.values))
    if len(rows) == 1:
        part.values = rows
        return
    columns = list(dict.fromkeys(part.weights))
    pairs = [(row, column) for row in rows for column in columns]
    if pairs == list(zip(part.values, part.weights, strict=True)):
        part.values, part.weights = rows, columns
    else:
        part.kind = "pairs"
