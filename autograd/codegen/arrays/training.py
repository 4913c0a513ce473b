"""The text of training: epochs of batches, an update after each, the optimiser's rule written out."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from ...core.op import tuple_of
from ...core.update_rule import UpdateRule
from ...notation.expression import Tree, parts, size, substitute
from ...notation.simplify import simplified
from ...notation.typesetting import write
from .blocks import Block
from .listing import ArrayListing


class ArrayTraining:
    """The text of `train` around the `backprop` of a listing. moving: the arrays that the rule moves.

    They are one vector, one array after another, so that an update is as many operations on it as the rule has.

    work: how long an update takes, in statements of two operations each.
    """

    def __init__(self, listing: ArrayListing, rule: UpdateRule, moving: Sequence[str]) -> None:
        self.listing = listing
        self.rule = rule
        self.moving = moving
        self.work = len(moving) + sum(map(size, rule.rows.values())) // 2

    def text(self) -> str:
        """train(epochs, moving, others, states, settings, step, losses, trail, carried); an epoch is
        [(seed, pieces), …], and each of the pieces of a batch the data of some samples. moving: the vector; others: the
        arrays that stay; each of the states is a vector, too. After each epoch it adds the sum of the values to
        `losses` and, unless `trail` is None, the vector to that; returns vector and states. carried: the sum so far,
        where it begins within an epoch.
        """
        names, rule, style = self.listing.names.copy(), self.rule, self.listing.style

        def named(words: str) -> list[str]:
            return list(map(names.identifier, words.split()))

        epochs, moving, others, states, settings, step, losses, trail = parameters = named(
            "epochs moving others states settings step losses trail"
        )
        carried, batches, seed, pieces, total, value, grad = named("carried batches seed pieces total value grad")
        trees: dict[str, Tree] = {
            one: ("name", names.identifier(one)) for one in (*rule.settings, *rule.each_step, *rule.state)
        }
        trees |= {"step": ("name", step), "w": ("name", moving), "grad": ("name", grad)}
        blocks = [name for name, _ in self.listing.layout]
        gradients = {name: names.identifier(f"d_{name}") for name in blocks}
        moved = ", ".join(gradients[name] for name in self.moving)
        update = [f"{step} += 1.0", f"{grad} = flat({moved})"]
        if rule.keeps_gradient:
            update.append(f"{grad} = {seed} * {grad}")
        else:
            trees["grad"] = ("*", ("name", seed), ("name", grad))
        if rule.reads_norm:
            trees["grad_norm"] = ("name", names.identifier("grad_norm"))
            update.append(f"{trees['grad_norm'][1]} = norm_of({grad})")
        update += [f"{trees[one][1]} = {write(substitute(tree, trees), style)}" for one, tree in rule.each_step.items()]
        for target, tree in rule.rows.items():
            changed = substitute(tree, trees)
            # Numbers first: one pass over the vector less.
            changed = changed if _divides_by_quotient(changed) else simplified(changed)
            update.append(f"{trees[target][1]} = {write(changed, style)}")
        staying = [name for name in blocks if name not in self.moving]
        remembered = tuple_of([trees[one][1] for one in rule.state])
        lines = [
            f"def train({', '.join(parameters)}, {carried}=0.0):",
            *([f"    {tuple_of(staying)} = {others}"] if staying else []),
            *([f"    {remembered} = {states}"] if rule.state else []),
            f"    {tuple_of([trees[one][1] for one in rule.settings])} = {settings}",
            f"    {total} = {carried}",
            f"    for {batches} in {epochs}:",
            f"        for {seed}, {pieces} in {batches}:",
            *(f"            {line}" for line in self._views(moving)),
            f"            {value}, {tuple_of(gradients.values())} = summed({pieces}, {', '.join(blocks)})",
            f"            {total} += {value}",
            *(f"            {line}" for line in update),
            f"        {losses}.append(float({total}))",
            f"        {total} = 0.0",
            f"        if {trail} is not None:",
            f"            {trail}.append({moving})",
            f"    return {moving}, {remembered}",
        ]
        return "\n\n\n".join([_FLAT, *([_NORM] if rule.reads_norm else []), "\n".join(lines) + "\n"])

    def _views(self, moving: str) -> Iterator[str]:
        """The lines that take each array from the vector, in their order."""
        first = 0
        for name, leaves in self.listing.layout:
            if name in self.moving:
                shape = Block(leaves, False).shape
                last = first + math.prod(shape)
                view = f"{moving}[{first}:{last}]" if shape else f"{moving}[{first}]"
                yield f"{name} = {view}" + (f".reshape{shape}" if len(shape) > 1 else "")
                first = last


# The sum over pieces of a batch: what is computed stays in the processor's memory while it is read.
SUMMED = """def summed(pieces, *arrays):
    value, gradients = backprop(*pieces[0], *arrays)
    for piece in pieces[1:]:
        more, others = backprop(*piece, *arrays)
        value = value + more
        gradients = tuple(one + other for one, other in zip(gradients, others))
    return value, gradients
"""


# The gradients of the arrays that move, as the vector has these.
_FLAT = """def flat(*arrays):
    return np.concatenate([np.ravel(one) for one in arrays])"""

# The norm of a gradient, computed of its shares of the largest, whose squares do not overflow.
_NORM = """def norm_of(x):
    largest = float(np.max(np.abs(x)))
    if not 0.0 < largest < np.inf:
        return largest
    return largest * float(np.sqrt(np.sum((x / largest) ** 2)))"""


def _divides_by_quotient(tree: Tree) -> bool:
    """Whether it divides by a quotient: a / (b / c) would become a · c / b, which has an answer where c is 0."""
    return any(one[0] == "/" and any(part[0] == "/" for part in parts(one[2])) for one in parts(tree))
