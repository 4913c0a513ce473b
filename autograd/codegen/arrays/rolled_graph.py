"""A graph as array code, before it is compiled: its cost is known then."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from ...core.update_rule import UpdateRule
from ...core.value import Value
from ..replay import Recipe, recipe_of
from .blocks import Block
from .jax_program import JaxProgram
from .jax_spelling import JaxStyle
from .layout import Places
from .listing import ArrayListing
from .program import ArrayProgram
from .spelling import ArrayStyle, FastStyle
from .training import SUMMED, ArrayTraining


class RolledGraph:
    """A graph as array code that can be compiled.

    values: how many values the graph has. work: the cost of an update with one sample, in statements.
    style: how it is spelled. has_weights: whether each sample has a weight, the last of the data.
    """

    style: type[ArrayStyle] = FastStyle
    has_weights = False

    def __init__(
        self,
        root: Value,
        inputs: Sequence[Value],
        wrt: Sequence[Value],
        update: UpdateRule | None = None,
        moving: Sequence[Value] | None = None,
    ) -> None:
        weight = Value(1.0, "weight") if self.has_weights else None
        self.listing = ArrayListing(root, inputs, wrt, self.style, weight)
        self.update = update
        place = {leaf: number for number, leaf in enumerate(wrt)}
        column = {leaf: number for number, leaf in enumerate(inputs)}
        moved = set(wrt if moving is None else moving)
        blocks = [(name, Block(leaves, False)) for name, leaves in self.listing.layout]
        which = [number for number, (_, block) in enumerate(blocks) if not moved.isdisjoint(block.flat)]
        self.places = Places(
            [(name, [column[leaf] for leaf in leaves]) for name, leaves in self.listing.data if weight not in leaves],
            [(name, block.mapped(place.__getitem__)) for name, block in blocks],
            which,
            [leaf.name for leaf in inputs],
            [leaf.name for leaf in wrt],
            [leaf.data for leaf in wrt],
        )
        self.training = None
        if update:
            moves = [leaf in moved for number in which for leaf in blocks[number][1].flat]
            names = [blocks[number][0] for number in which]
            self.training = ArrayTraining(self.listing, update, names, () if all(moves) else moves)
        self.values = self.listing.rolled.count
        self.work = self.listing.work + (self.training.work if self.training else 0)

    def compiled(self, of_values: bool = False) -> ArrayProgram:
        """The program. of_values: one that only gives the value of each sample (ArrayProgram.values)."""
        training = f"\n\n{self.training.text()}" if self.training else ""
        source = self.listing.text(runs_alone=False, of_values=of_values)
        if not of_values:
            source += f"\n\n{SUMMED}{training}"
        return ArrayProgram(source, self.places, self.recipe, self.update, self.listing.functions)

    @property
    def recipe(self) -> Callable[[], Recipe]:
        """A function that makes the recipe of the graph."""
        listing = self.listing
        return partial(recipe_of, listing.root, listing.inputs, listing.rolled.wrt, listing.rolled.numbers)


class RolledForJax(RolledGraph):
    """A RolledGraph for JAX, with a weight for each sample."""

    style = JaxStyle
    has_weights = True

    def compiled(self, of_values: bool = False) -> JaxProgram:
        """The program. of_values is for NumPy."""
        assert not of_values
        update = f"\n\n{self.training.text_of_update()}" if self.training else ""
        source = self.listing.text(runs_alone=False) + update
        return JaxProgram(source, self.places, self.recipe, self.update, self.listing.functions)
