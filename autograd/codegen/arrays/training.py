"""The text of training: epochs of batches, an update after each, the optimiser's rule written out."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from ...core.source import tuple_of
from ...core.update_rule import UpdateRule
from ...notation.expression import Tree, names_in, size, substitute
from ...notation.simplify import divides_by_quotient, simplified
from ...notation.typesetting import write
from .blocks import Block
from .listing import ArrayListing


class ArrayTraining:
    """The text of `train` around the `backprop` of a listing. moving: the arrays that the rule moves.

    These are one vector, one array after another, so that an update takes only as many operations as the rule has.
    moves: for each number of the vector whether it moves; empty where all do.

    work: the cost of an update, in statements of two operations each.
    """

    def __init__(
        self, listing: ArrayListing, rule: UpdateRule, moving: Sequence[str], moves: Sequence[bool] = ()
    ) -> None:
        self.listing = listing
        self.rule = rule
        self.moving = moving
        self.moves = moves
        self.work = len(moving) + sum(map(size, rule.rows.values())) // 2

    def text(self) -> str:
        """train(epochs, moving, others, states, settings, step, losses, trail, carried): returns (moving, states).

        An epoch is a list of batches (seed, pieces): gradients are multiplied by the seed, a piece has the data of some
        samples. moving: the vector; others: the arrays that stay; each of the states is a vector, too. After each epoch
        it appends the sum of the values to `losses` and, unless `trail` is None, the vector to that. carried: the sum
        so far, if training begins in the middle of an epoch.
        """
        update = _Update(self)
        moving, others, states, settings, step, seed = update.arguments
        epochs, losses, trail, carried, batches, pieces, total = update.named(
            "epochs losses trail carried batches pieces total"
        )
        parameters = [epochs, moving, others, states, settings, step, losses, trail]
        lines = [
            f"def train({', '.join(parameters)}, {carried}=0.0):",
            *(f"    {line}" for line in update.taken),
            f"    {total} = {carried}",
            f"    for {batches} in {epochs}:",
            f"        for {seed}, {pieces} in {batches}:",
            *(f"            {line}" for line in self.views(moving)),
            f"            {update.value}, {update.gradients} = summed({', '.join([pieces, *update.blocks])})",
            f"            {total} += {update.value}",
            *(f"            {line}" for line in update.lines),
            f"        {losses}.append(float({total}))",
            f"        {total} = 0.0",
            f"        if {trail} is not None:",
            f"            {trail}.append({moving})",
            f"    return {update.answer}",
        ]
        return "\n\n\n".join([*update.above, *([_NORM] if self.rule.reads_norm else []), "\n".join(lines) + "\n"])

    def text_of_update(self) -> str:
        """update(data, moving, others, states, settings, step, seed): an update by one batch, changing no array.

        It returns the sum of the values before the update, and the vector and the states after it.
        """
        update = _Update(self)
        [data] = update.named("data")
        lines = [
            f"def update({', '.join([data, *update.arguments])}):",
            *(f"    {line}" for line in (*update.taken, *self.views(update.arguments[0]))),
            f"    {update.value}, {update.gradients} = backprop({', '.join([f'*{data}', *update.blocks])})",
            *(f"    {line}" for line in update.lines),
            f"    return {update.value}, {update.answer}",
        ]
        norm = [_NORM_WITHOUT_BRANCH] if self.rule.reads_norm else []
        return self.listing.style.spelled("\n\n\n".join([*update.above, *norm, "\n".join(lines) + "\n"]))

    def views(self, moving: str) -> Iterator[str]:
        """The lines that take each array from the vector, in their order."""
        first = 0
        for name, leaves in self.listing.layout:
            if name in self.moving:
                shape = Block(leaves, False).shape
                last = first + math.prod(shape)
                view = f"{moving}[{first}:{last}]" if shape else f"{moving}[{first}]"
                yield f"{name} = {view}" + (f".reshape{shape}" if len(shape) > 1 else "")
                first = last


class _Update:
    """The lines of one update, and the names in them.

    arguments: the names of the vector that moves, the arrays that stay, the states, the settings, the step, and the
    seed by which gradients are multiplied. taken: the lines that unpack these. blocks: the arguments of `backprop`;
    value, gradients: its results. lines: those of the update. answer: the vector and the states, as text. above: what
    stands above the function.
    """

    def __init__(self, training: ArrayTraining) -> None:
        listing, rule = training.listing, training.rule
        self._names, style = listing.names.copy(), listing.style
        self.arguments = moving, others, states, settings, step, seed = self.named(
            "moving others states settings step seed"
        )
        self.value, grad = self.named("value grad")
        trees: dict[str, Tree] = {
            one: ("name", name) for one in (*rule.settings, *rule.each_step, *rule.state) for name in self.named(one)
        }
        trees |= {"step": ("name", step), "w": ("name", moving), "grad": ("name", grad)}
        self.blocks = [name for name, _ in listing.layout]
        gradients = {block: name for block in self.blocks for name in self.named(f"d_{block}")}
        self.gradients = tuple_of(gradients.values())
        moved = tuple_of(gradients[name] for name in training.moving)
        self.lines = [f"{step} += 1.0", f"{grad} = np.concatenate({moved}, axis=None)"]
        self.above, moves = [], ""
        if training.moves:  # the numbers that stay have no gradient, and get none of what the rule computes
            [moves] = self.named("moves")
            self.above = [f"{moves} = np.array({list(training.moves)})"]
            self.lines.append(f"{grad} = np.where({moves}, {grad}, 0.0)")
        if rule.keeps_gradient:
            self.lines.append(f"{grad} = {seed} * {grad}")
        else:
            trees["grad"] = ("*", ("name", seed), ("name", grad))
        if rule.reads_norm:
            [norm] = self.named("grad_norm")
            trees["grad_norm"] = ("name", norm)
            self.lines.append(f"{norm} = norm_of({grad})")
        self.lines += [
            f"{trees[one][1]} = {write(substitute(tree, trees), style)}" for one, tree in rule.each_step.items()
        ]
        vectors = {moving, grad, *(str(trees[one][1]) for one in rule.state)}
        for target, tree in rule.rows.items():
            changed = substitute(tree, trees)
            # Numbers are multiplied first, which saves a pass over the vector.
            changed = changed if divides_by_quotient(changed) else simplified(changed)
            text = write(changed, style)
            if vectors.isdisjoint(names_in(changed)):  # a number, such as the step
                text = f"np.full_like({moving}, {text})"
            name = trees[target][1]
            self.lines.append(f"{name} = np.where({moves}, {text}, {name})" if moves else f"{name} = {text}")
        staying = [name for name in self.blocks if name not in training.moving]
        remembered = tuple_of([trees[one][1] for one in rule.state])
        self.taken = [
            *([f"{tuple_of(staying)} = {others}"] if staying else []),
            *([f"{remembered} = {states}"] if rule.state else []),
            f"{tuple_of([trees[one][1] for one in rule.settings])} = {settings}",
        ]
        self.answer = f"{moving}, {remembered}"

    def named(self, words: str) -> list[str]:
        """A free name for each of some words."""
        return list(map(self._names.identifier, words.split()))


# The sum over the pieces of a batch; a piece is small enough for the processor's cache.
SUMMED = """def summed(pieces, *arrays):
    value, gradients = backprop(*pieces[0], *arrays)
    for piece in pieces[1:]:
        more, others = backprop(*piece, *arrays)
        value = value + more
        gradients = tuple(one + other for one, other in zip(gradients, others))
    return value, gradients
"""


# The norm of a gradient, divided by its largest number before squaring, so that nothing overflows.
_NORM = """def norm_of(x):
    largest = float(np.max(np.abs(x)))
    if not 0.0 < largest < np.inf:
        return largest
    return largest * float(np.sqrt(np.sum((x / largest) ** 2)))"""

# The same without a branch, for code that XLA compiles.
_NORM_WITHOUT_BRANCH = """def norm_of(x):
    largest = np.max(np.abs(x))
    scale = np.where((largest > 0.0) & (largest < np.inf), largest, 1.0)
    norm = scale * np.sqrt(np.sum((x / scale) ** 2))
    return np.where(largest < np.inf, norm, largest)"""
