"""A number or another name where a named value belongs: what a function can get wrong, and a number cannot show."""

from __future__ import annotations

from collections.abc import Iterator

from ..tracing.assignments import Assignment
from .answers import Function
from .edits import Becomes, Factors
from .mistakes import WROTE, Mistake, Sentence
from .subgraph import Subgraph


def misnamed(function: Function, subgraph: Subgraph) -> Iterator[Mistake]:
    """For each factor that is a named value: its recorded number in its place, or an argument of the function."""
    evaluator = subgraph.evaluator
    number_of = {line: number for number, line in enumerate(evaluator.lines)}
    recorded = evaluator.here().values
    by_target = {line.target: line for line in evaluator.lines}
    factors: dict[Assignment, list[int]] = {}
    for place, (_, partial) in zip(subgraph.places, subgraph.edges, strict=True):
        if partial.tree[0] == "name" and partial.tree[1] in by_target:
            factors.setdefault(by_target[partial.tree[1]], []).append(place)
    for factor, places in factors.items():
        belongs: Sentence = (" where ", ("name", factor.target), " belongs")
        number = recorded[number_of[factor]]
        yield _in_its_place(places, factor, str(number), (("number", number), *belongs), _always(number))
        for other in function.arguments:
            if other is not factor:
                written: Sentence = (("name", other.target), *belongs)
                yield _in_its_place(places, factor, other.target, written, _number_of(number_of[other]))


def _in_its_place(places: list[int], factor: Assignment, other: str, said: Sentence, becomes: Becomes) -> Mistake:
    edit = Factors(tuple((place, becomes) for place in places))
    return Mistake("name", (factor.target, other), WROTE, said, edit)


def _always(number: float) -> Becomes:
    return lambda partial, point: number


def _number_of(line: int) -> Becomes:
    return lambda partial, point: point.values[line]
