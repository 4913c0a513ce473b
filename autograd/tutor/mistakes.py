"""The mistakes that people make in one factor of a chain, and how mistakes are said."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial as bound
from functools import reduce
from typing import Any, NamedTuple

from ..core.value import Value
from ..notation.expression import Tree, names_in, size, substitute
from ..notation.simplify import ONE, Product, sum_of
from ..notation.typesetting import PYTHON, write
from ..tracing.assignments import Assignment, Partial, Trace
from .answers import Function
from .edits import Edit, Factors
from .kinks import functions_of_one
from .points import Point, PointEvaluator
from .subgraph import Subgraph

# Words, with formulas between them.
Sentence = tuple[str | Tree, ...]

# The kinds, as they are told with reveal=False. Of mistakes that are the same function, the earlier kind is told first.
KINDS = {
    "output": "the derivative of an activation is taken at its output instead of at its sum",
    "sum": "a derivative that is written with the activation's output is taken with its sum in that place",
    "activation": "the derivative of another activation is taken",
    "only": "only one of several paths is counted (= where += belongs)",
    "path": "a path is left out",
    "multiplied": "paths are multiplied where they add up",
    "missing": "a factor of the chain is left out",
    "swapped": "another partial is given in the place of this one",
    "constant": "a constant factor is missing, or is there and should not be",
    "sign": "the sign is flipped",
    "doubled": "a factor of the chain is counted twice",
    "inverted": "a factor of the chain divides where it should multiply",
    "name": "a number or another name stands where a named value belongs",
}

# A partial of more operations is named, but not written out: the sentence would be longer than a line.
_LONGEST = 12


# What you did, and the doing of it.
DOING = {"left out": "leaving out", "counted": "counting", "counted only": "counting only", "took": "taking"}
DOING |= {"divided by": "dividing by", "flipped": "flipping", "gave": "giving", "multiplied": "multiplying"}
DOING |= {"wrote": "writing"}
OVERWRITTEN = " (= where += belongs)"


class Mistake(NamedTuple):
    """One mistake.

    kind: one of KINDS. about: what tells it from others of its kind: the lines of the factor or path, or a number.
    verb, said: how it is said, "left out" … or, by DOING, "leaving out" …. edit: what it does to the gradient.
    """

    kind: str
    about: tuple[str, ...]
    verb: str
    said: Sentence
    edit: Edit


class EdgeMistakes:
    """The mistakes in the partial of each edge of a trace.

    of: for the place of each edge, its mistakes. trees: the expressions that partials become; an edit has their place.
    """

    def __init__(self, lines: Trace) -> None:
        self.of: list[list[Mistake]] = []
        self.trees: list[Tree] = []
        for place, (line, partial) in enumerate(lines.edges()):
            self.of.append([*self._of_the_factor(place, line, partial), *self._of_a_part(place, line, partial)])

    def _of_the_factor(self, place: int, line: Assignment, partial: Partial) -> Iterator[Mistake]:
        """Left out, there twice, or dividing."""
        if partial.tree == ("number", 1):
            return
        about, shown = (line.target, partial.wrt.target), equation(line, partial)
        yield Mistake("missing", about, "left out", (shown,), Factors({place: lambda x, _: 1.0}))
        yield Mistake("doubled", about, "counted", (shown, " twice"), Factors({place: lambda x, _: x * x}))
        inverse = Factors({place: lambda x, _: 1.0 / x if x else math.nan})
        yield Mistake("inverted", about, "divided by", (shown, " instead of multiplying by it"), inverse)

    def _of_a_part(self, place: int, line: Assignment, partial: Partial) -> Iterator[Mistake]:
        """A part left out, a slope at the output, or written with the output and given the sum; one term of many."""
        ends = (line.target, partial.wrt.target)
        of = (" of ", equation(line, partial))

        def mistake(kind: str, about: str, verb: str, said: Sentence, tree: Tree) -> Mistake:
            number = len(self.trees)
            self.trees.append(tree)
            edit = Factors({place: lambda _, point: point.others[number] if point.others else math.nan})
            return Mistake(kind, (*ends, about), verb, said, edit)

        for part, rest in _parts(partial.product):
            yield mistake("missing", write(part, PYTHON), "left out", (("*", part), *of), rest.tree)
        for link in [link for chain in partial.chains for link in chain.links() if functions_of_one(link)]:
            op = link.value.op
            assert op is not None
            (name,), (slope,) = op.inputs, op.partial_trees
            read, out = link.trees[name], link.trees["out"]
            about = write(out, PYTHON)
            said: Sentence = (f"the derivative of {op.name} at its output ", out, " instead of at ", read)
            at_output = {name: out, "out": substitute(op.tree, {name: out})}
            yield mistake("output", about, "took", said, _with_slope(partial, link.value, substitute(slope, at_output)))
            if "out" in names_in(slope):
                wrong = substitute(slope, {name: read, "out": read})
                said = (("*", wrong), f" for the derivative of {op.name}, which is ", link.tree)
                yield mistake("sum", about, "took", said, _with_slope(partial, link.value, wrong))
            if op.name == "tanh":
                sigmoids: Tree = ("*", out, ("-", ("number", 1), out))
                said = ("sigmoid's derivative ", sigmoids, " for that of tanh, which is ", link.tree)
                yield mistake("activation", about, "took", said, _with_slope(partial, link.value, sigmoids))
        terms = [chain.product for chain in partial.chains]
        for number, term in enumerate(terms if len(terms) > 1 else []):
            if term not in terms[:number]:  # as in a + a
                one = (("*", term.tree), *of)
                yield mistake("only", str(number), "counted only", ("the term ", *one, OVERWRITTEN), term.tree)
                if len(terms) > 2:
                    others = sum_of([*terms[:number], *terms[number + 1 :]])
                    yield mistake("path", str(number), "left out", ("the term ", *one), others)


def misnamed(function: Function, subgraph: Subgraph) -> Iterator[Mistake]:
    """An argument, or the recorded number, where a factor is or reads a named value; b1 where ∂sum_h1/∂b1 is 1."""
    evaluator = subgraph.evaluator
    number_of = {line.target: number for number, line in enumerate(evaluator.lines)}
    places_of: dict[str, dict[int, Sentence]] = {}
    for place, (line, partial) in zip(subgraph.places, subgraph.edges, strict=True):
        factor, itself = equation(line, partial), partial.wrt.target
        if partial.tree == ("number", 1) and partial.wrt in function.arguments:
            edit = Factors({place: lambda _, point, of=number_of[itself]: point.values[of]})  # type: ignore[misc]
            yield Mistake("name", (itself, "1"), "wrote", (("name", itself), " where ", factor, " belongs"), edit)
        for name in sorted(number_of.keys() & {*names_in(partial.tree)}):
            places_of.setdefault(name, {})[place] = () if partial.tree == ("name", name) else (" in ", factor)
    for name, places in places_of.items():
        others: list[tuple[Tree, Any]] = [(("name", one.target), number_of[one.target]) for one in function.arguments]
        number = evaluator.lines[number_of[name]].number
        for written, other in [*others, *([] if any(places.values()) else [(("number", number), number)])]:
            edits = {place: bound(_reread, evaluator, place, number_of[name], other) for place in places}
            for some in [edits, *({place: edit} for place, edit in edits.items() if len(edits) > 1)]:
                said = (written, " where ", ("name", name), " belongs", *(places[min(some)] if len(some) == 1 else ()))
                yield Mistake("name", (name, str(written[1]), *map(str, some)), "wrote", said, Factors(some))


def _reread(evaluator: PointEvaluator, place: int, name: int, other: int | float, _: float, point: Point) -> float:
    """The partial of an edge, where the value of that number is another value's, or a float."""
    values = list(point.values)
    values[name] = other if isinstance(other, float) else values[other]
    try:
        return evaluator.beside[0](values)[place]
    except (ArithmeticError, ValueError):
        return math.nan


def _parts(product: Product) -> list[tuple[Tree, Product]]:
    """The parts of a product that can be left out, each with what remains; nothing where there is one part only."""
    found: list[tuple[Tree, Product]] = []
    if abs(product.coefficient) not in (0.0, 1.0):
        found.append((("number", product.coefficient), product._replace(coefficient=1.0)))
    for place, factor in enumerate(product.factors):
        rest = (*product.factors[:place], *product.factors[place + 1 :])
        found.append((factor, product._replace(factors=rest)))
    if product.divisor != 1.0:
        found.append((("/", ("number", 1), ("number", product.divisor)), product._replace(divisor=1.0)))
    for place, divisor in enumerate(product.below):
        rest = (*product.below[:place], *product.below[place + 1 :])
        found.append((("/", ("number", 1), divisor), product._replace(below=rest)))
    return found if len(found) > 1 else []


def _with_slope(partial: Partial, curve: Value, slope: Tree) -> Tree:
    """A partial in which this stands for one function's slope."""
    terms = [[slope if link.value is curve else link.tree for link in chain.links()] for chain in partial.chains]
    return sum_of([reduce(Product.times, factors, ONE) for factors in terms])


def equation(line: Assignment, partial: Partial) -> Tree:
    """∂h1/∂sum_h1 = h1 · (1 - h1), or the left side only, where the right one is long."""
    derivative: Tree = ("derivative", line.target, partial.wrt.target)
    tree = partial.tree
    return derivative if size(tree) > _LONGEST else ("=", derivative, tree)
