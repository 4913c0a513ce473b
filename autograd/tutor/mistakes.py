"""The mistakes that people make in one factor of a chain, and how mistakes are said."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

from ..core.value import Value
from ..notation.expression import Tree, names_in, size, substitute
from ..notation.simplify import Product, sum_of
from ..notation.typesetting import PYTHON, write
from ..tracing.assignments import Assignment, Partial, Trace
from .edits import Becomes, Edit, Factors
from .kinks import functions_of_one

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

# How mistakes are said: what you did, and the doing of it.
LEFT_OUT, COUNTED_ONLY = ("left out ", "leaving out "), ("counted only ", "counting only ")
COUNTED, TOOK, GAVE = ("counted ", "counting "), ("took ", "taking "), ("gave ", "giving ")
DIVIDED, FLIPPED = ("divided by ", "dividing by "), ("flipped ", "flipping ")
WROTE, MULTIPLIED = ("wrote ", "writing "), ("multiplied ", "multiplying ")
OVERWRITTEN = " (= where += belongs)"


class Mistake(NamedTuple):
    """One mistake.

    kind: one of KINDS. about: what tells it from others of its kind: the lines of the factor or path, or a number.
    verb, said: how it is said: "left out …" or "leaving out …". edit: what it does to the gradient.
    """

    kind: str
    about: tuple[str, ...]
    verb: tuple[str, str]
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
        if partial.tree in (("number", 1), ("number", 1.0)):
            return
        about, shown = (line.target, partial.wrt.target), equation(line, partial)
        divided = (shown, " instead of multiplying by it")
        yield Mistake("missing", about, LEFT_OUT, (shown,), _becomes(place, lambda partial, point: 1.0))
        twice = _becomes(place, lambda partial, point: partial * partial)
        yield Mistake("doubled", about, COUNTED, (shown, " twice"), twice)
        inverse = _becomes(place, lambda partial, point: 1.0 / partial if partial else math.nan)
        yield Mistake("inverted", about, DIVIDED, divided, inverse)

    def _of_a_part(self, place: int, line: Assignment, partial: Partial) -> Iterator[Mistake]:
        """A part left out, a slope at the output, or written with the output and given the sum; one term of many."""
        ends = (line.target, partial.wrt.target)
        of = (" of ", equation(line, partial))

        def mistake(kind: str, about: str, verb: tuple[str, str], said: Sentence, tree: Tree) -> Mistake:
            number = len(self.trees)
            self.trees.append(tree)
            edit = _becomes(place, lambda partial, point: point.others[number] if point.others else math.nan)
            return Mistake(kind, (*ends, about), verb, said, edit)

        for part, rest in _parts(partial.product):
            yield mistake("missing", write(part, PYTHON), LEFT_OUT, (("*", part), *of), rest.tree)
        for link in [link for chain in partial.chains for link in chain.links() if functions_of_one(link)]:
            op = link.value.op
            assert op is not None
            (name,), (slope,) = op.inputs, op.partial_trees
            read, out = link.trees[name], link.trees["out"]
            about = write(out, PYTHON)
            said: Sentence = (f"the derivative of {op.name} at its output ", out, " instead of at ", read)
            at_output = {name: out, "out": substitute(op.tree, {name: out})}
            yield mistake("output", about, TOOK, said, _with_slope(partial, link.value, substitute(slope, at_output)))
            if "out" in names_in(slope):
                wrong = substitute(slope, {name: read, "out": read})
                said = (("*", wrong), f" for the derivative of {op.name}, which is ", link.tree)
                yield mistake("sum", about, TOOK, said, _with_slope(partial, link.value, wrong))
            if op.name == "tanh":
                sigmoids: Tree = ("*", out, ("-", ("number", 1), out))
                said = ("sigmoid's derivative ", sigmoids, " for that of tanh, which is ", link.tree)
                yield mistake("activation", about, TOOK, said, _with_slope(partial, link.value, sigmoids))
        terms = [chain.product for chain in partial.chains]
        for number, term in enumerate(terms if len(terms) > 1 else []):
            if term not in terms[:number]:  # as in a + a
                one = (("*", term.tree), *of)
                yield mistake("only", str(number), COUNTED_ONLY, ("the term ", *one, OVERWRITTEN), term.tree)
                if len(terms) > 2:
                    others = sum_of([*terms[:number], *terms[number + 1 :]])
                    yield mistake("path", str(number), LEFT_OUT, ("the term ", *one), others)


def _becomes(place: int, becomes: Becomes) -> Factors:
    return Factors(((place, becomes),))


def _parts(product: Product) -> Iterator[tuple[Tree, Product]]:
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
    if len(found) > 1:
        yield from found


def _with_slope(partial: Partial, curve: Value, slope: Tree) -> Tree:
    """A partial in which this stands for one function's slope."""
    terms = []
    for chain in partial.chains:
        product = Product()
        for link in chain.links():
            product = product.times(slope if link.value is curve else link.tree)
        terms.append(product)
    return sum_of(terms)


def equation(line: Assignment, partial: Partial) -> Tree:
    """∂h1/∂sum_h1 = h1 · (1 - h1), or the left side only, where the right one is long."""
    derivative: Tree = ("derivative", line.target, partial.wrt.target)
    tree = partial.tree
    return derivative if size(tree) > _LONGEST else ("=", derivative, tree)
