"""The mistakes that people make in a chain of partials, each as an edit of the true chain, and how they are said.

An edit gives a factor of the chain another value (left out, it is 1), drops paths from the sum, scales the whole, or
puts another partial in its place. What a mistake would give is then computed like the truth.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from ..core.value import Value
from ..notation.expression import Tree, names_in, size, substitute
from ..notation.simplify import Product, sum_of
from ..notation.typesetting import PYTHON, write
from ..tracing.assignments import Assignment, Partial, Trace
from .kinks import functions_of_one
from .subgraph import Sweep

# Words, with formulas between them.
Sentence = tuple[str | Tree, ...]

# The kinds, as they are told where the answer is not to be given away. What is the same as functions is said first as
# what stands first here.
KINDS = {
    "output": "the derivative of an activation is taken at its output instead of at its sum",
    "sum": "a derivative that is written with the activation's output is taken with its sum in that place",
    "only": "only one of several paths is counted (= where += belongs)",
    "path": "a path is left out",
    "missing": "a factor of the chain is left out",
    "swapped": "another partial is given in the place of this one",
    "constant": "a constant factor is missing, or is there and should not be",
    "sign": "the sign is flipped",
    "doubled": "a factor of the chain is counted twice",
    "inverted": "a factor of the chain divides where it should multiply",
}

# What a factor of the chain is turned into; from 0 on, the place of an expression in `variants`.
ONE, SQUARE, INVERSE, ZERO = -1, -2, -3, -4

# A longer partial is named, but not written out.
_LONGEST = 12


class Mistake(NamedTuple):
    """One mistake.

    kind: one of KINDS. about: what tells it from others of its kind: the lines of the factor or path, or a number.
    past, gerund: how it is said: "left out …", "leaving out …".
    changes: for each changed edge of the subgraph, what its factor becomes. path: the only path that is counted, or the
    one that is not, where the kind is path. scale: what the whole is multiplied by. other: what is given in its place.
    """

    kind: str
    about: tuple[str, ...]
    past: Sentence
    gerund: Sentence
    changes: tuple[tuple[int, int], ...] = ()
    path: int | None = None
    scale: float = 1.0
    other: tuple[Sweep, Assignment] | None = None


class Other(NamedTuple):
    """Another partial, which may have been given in the place of this one."""

    of: Assignment
    wrt: Assignment
    text: str
    sweep: Sweep


class Variant(NamedTuple):
    """Another expression for the partial of an edge, as a mistake would have it."""

    edge: int  # its place among the edges of the trace
    kind: str
    about: tuple[str, ...]
    past: Sentence
    gerund: Sentence
    tree: Tree


def variants(lines: Trace) -> list[Variant]:
    """The wrong partials of all edges: a part of one left out, a slope taken at the output, one term of several."""
    found: list[Variant] = []
    for place, (line, partial) in enumerate(lines.edges()):
        for kind, about, (past, gerund), said, tree in _wrong_partials(line, partial):
            found.append(Variant(place, kind, about, (past, *said), (gerund, *said), tree))
    return found


_Wrong = tuple[str, tuple[str, ...], tuple[str, str], Sentence, Tree]
LEFT_OUT, COUNTED_ONLY = ("left out ", "leaving out "), ("counted only ", "counting only ")
TOOK = ("took ", "taking ")
OVERWRITTEN = " (= where += belongs)"


def _wrong_partials(line: Assignment, partial: Partial) -> Iterator[_Wrong]:
    ends = (line.target, partial.wrt.target)
    of = (" of ", equation(line, partial))
    product = partial.product
    for part, rest in _parts(product):
        yield "missing", (*ends, write(part, PYTHON)), LEFT_OUT, (("*", part), *of), rest.tree
    for chain in partial.chains:
        for link in chain.links():
            if functions_of_one(link) and link.value.op is not None:
                (name,) = link.value.op.inputs
                read, out = link.trees[name], link.trees["out"]
                said = (f"the derivative of {link.value.op.name} at its output ", out, " instead of at ", read)
                again = {name: out, "out": substitute(link.value.op.tree, {name: out})}
                about = (*ends, write(out, PYTHON))
                yield "output", about, TOOK, said, _with_slope(partial, link.value, again)
                slope = link.value.op.partial_trees[0]
                if "out" in names_in(slope):  # out * (1 - out), where a helper is given what the function reads
                    wrong = substitute(slope, {name: read, "out": read})
                    instead = (("*", wrong), f" for the derivative of {link.value.op.name}, which is ", link.tree)
                    yield "sum", about, TOOK, instead, _with_slope(partial, link.value, {name: read, "out": read})
    terms = [chain.product for chain in partial.chains]
    if len(terms) > 1:
        for place, term in enumerate(terms):
            if term in terms[:place]:  # a + a
                continue
            one_term: Sentence = ("the term ", ("*", term.tree), *of)
            yield "only", (*ends, str(place)), COUNTED_ONLY, (*one_term, OVERWRITTEN), term.tree
            if len(terms) > 2:
                others = [*terms[:place], *terms[place + 1 :]]
                yield "path", (*ends, str(place)), LEFT_OUT, one_term, sum_of(others)


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


def _with_slope(partial: Partial, curve: Value, trees: Mapping[str, Tree]) -> Tree:
    """A partial in which these stand for the names in one function's slope."""
    terms = []
    for chain in partial.chains:
        product = Product()
        for link in chain.links():
            op = link.value.op
            is_it = link.value is curve and op is not None
            product = product.times(substitute(op.partial_trees[0], trees) if is_it and op else link.tree)
        terms.append(product)
    return sum_of(terms)


def equation(line: Assignment, partial: Partial) -> Tree:
    """∂h1/∂sum_h1 = h1 · (1 - h1), or the left side only, where the right one is long."""
    derivative: Tree = ("derivative", line.target, partial.wrt.target)
    tree = partial.tree
    return derivative if size(tree) > _LONGEST else ("=", derivative, tree)
