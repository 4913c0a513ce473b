"""The text of training: epochs of batches, an update after each, the optimiser's rule written out for every array."""

from __future__ import annotations

from collections.abc import Sequence

from ...core.op import tuple_of
from ...core.update_rule import UpdateRule
from ...notation.expression import Tree, parts, size, substitute
from ...notation.simplify import simplified
from ...notation.typesetting import write
from .listing import ArrayListing


class ArrayTraining:
    """The text of `train` around the `backprop` of a listing. moving: the arrays that the rule moves.

    work: how long an update takes, in statements of two operations each.
    """

    def __init__(self, listing: ArrayListing, rule: UpdateRule, moving: Sequence[str]) -> None:
        self.listing = listing
        self.rule = rule
        self.moving = moving
        self.work = len(moving) * sum(map(size, rule.rows.values())) // 2

    def text(self) -> str:
        """train(epochs, arrays, states, settings, step, losses, trail); an epoch is [(seed, pieces), …], and each of
        the pieces of a batch the data of some samples. After each epoch it adds the sum of the values to `losses` and,
        unless `trail` is None, the arrays to that; returns arrays and states. carried: the sum so far, where it begins
        within an epoch.
        """
        names, rule, style = self.listing.names.copy(), self.rule, self.listing.style
        words = (
            "epochs",
            "arrays",
            "states",
            "settings",
            "step",
            "losses",
            "trail",
            "carried",
            "batches",
            "seed",
            "pieces",
            "total",
            "value",
        )
        epochs, arrays, states, settings, step, losses, trail, carried, batches, seed, pieces, total, value = map(
            names.identifier, words
        )
        shared: dict[str, Tree] = {one: ("name", names.identifier(one)) for one in (*rule.settings, *rule.each_step)}
        shared["step"] = ("name", step)
        blocks = [name for name, _ in self.listing.layout]
        gradients = {name: names.identifier(f"d_{name}") for name in blocks}
        update = [f"{step} += 1.0"]
        if rule.keeps_gradient:
            for block in self.moving:
                gradient: Tree = ("*", ("name", seed), ("name", gradients[block]))
                update.append(f"{gradients[block]} = {write(gradient, style)}")
        if rule.reads_norm:
            shared["grad_norm"] = ("name", names.identifier("grad_norm"))
            each = ", ".join(gradients[block] for block in self.moving)
            update.append(f"{shared['grad_norm'][1]} = norm_of({each})")
        update += [
            f"{shared[one][1]} = {write(substitute(tree, shared), style)}" for one, tree in rule.each_step.items()
        ]
        state_names: list[str] = []
        for block in self.moving:
            own: dict[str, Tree] = {one: ("name", names.identifier(f"{one}_{block}")) for one in rule.state}
            state_names += [name for _, name in own.values()]
            gradient = ("name", gradients[block])
            if not rule.keeps_gradient:
                gradient = ("*", ("name", seed), gradient)
            trees = {**shared, **own, "w": ("name", block), "grad": gradient}
            for target, tree in rule.rows.items():
                moved = substitute(tree, trees)
                # Numbers first: one pass over an array less.
                moved = moved if _divides_by_quotient(moved) else simplified(moved)
                update.append(f"{trees[target][1]} = {write(moved, style)}")
        given = ", ".join(blocks)
        lines = [
            f"def train({', '.join([epochs, arrays, states, settings, step, losses, trail])}, {carried}=0.0):",
            f"    {tuple_of(blocks)} = {arrays}",
            *([f"    {tuple_of(state_names)} = {states}"] if state_names else []),
            f"    {tuple_of([shared[one][1] for one in rule.settings])} = {settings}",
            f"    {total} = {carried}",
            f"    for {batches} in {epochs}:",
            f"        for {seed}, {pieces} in {batches}:",
            f"            {value}, {tuple_of(gradients.values())} = summed({pieces}, {given})",
            f"            {total} += {value}",
            *(f"            {line}" for line in update),
            f"        {losses}.append(float({total}))",
            f"        {total} = 0.0",
            f"        if {trail} is not None:",
            f"            {trail}.append({tuple_of(blocks)})",
            f"    return {tuple_of(blocks)}, {tuple_of(state_names)}",
        ]
        return (f"{_NORM}\n\n" if rule.reads_norm else "") + "\n".join(lines) + "\n"


# The sum over pieces of a batch: what is computed stays in the processor's memory while it is read.
SUMMED = """def summed(pieces, *arrays):
    value, gradients = backprop(*pieces[0], *arrays)
    for piece in pieces[1:]:
        more, others = backprop(*piece, *arrays)
        value = value + more
        gradients = tuple(one + other for one, other in zip(gradients, others))
    return value, gradients
"""


# The norm of all gradients, computed of their shares of the largest, whose squares do not overflow.
_NORM = """def norm_of(*arrays):
    largest = max(float(np.max(np.abs(one))) for one in arrays)
    if not 0.0 < largest < np.inf:
        return largest
    return largest * float(np.sqrt(sum(np.sum((one / largest) ** 2) for one in arrays)))
"""


def _divides_by_quotient(tree: Tree) -> bool:
    """Whether it divides by a quotient: a / (b / c) would become a · c / b, which has an answer where c is 0."""
    return any(one[0] == "/" and any(part[0] == "/" for part in parts(one[2])) for one in parts(tree))
