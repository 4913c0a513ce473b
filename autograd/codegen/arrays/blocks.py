"""Blocks: leaves that are read together, as an array: the matrix W_h of the weights that h1, h2, … read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from ...core.value import Value
from .families import Family, Part
from .rolling import Rolled


class Block:
    """Leaves in the shape of an array.

    leaves: a Value, a tuple of them, or a tuple of rows. readers: the family and the part of each use.
    is_fixed: whether they keep the numbers they were recorded with. is_own: whether each of them is in this block only,
    once; otherwise several blocks are gathered from one vector that holds the leaves they share.
    """

    def __init__(self, leaves: Any, is_fixed: bool) -> None:
        self.leaves = leaves
        self.is_fixed = is_fixed
        self.is_own = True
        self.readers: list[tuple[Family, Part]] = []

    @property
    def shape(self) -> tuple[int, ...]:
        """How many rows and columns."""
        if isinstance(self.leaves, Value):
            return ()
        first = self.leaves[0]
        return (len(self.leaves), *(() if isinstance(first, Value) else (len(first),)))

    @property
    def flat(self) -> list[Value]:
        """The leaves, row by row."""
        return list(_flat(self.leaves))

    def mapped(self, function: Any) -> Any:
        """What a function makes of each leaf, in nested lists."""
        return _mapped(function, self.leaves)


class Blocks:
    """All blocks of a rolled graph, in the order in which they are read.

    of: the block of a part, and whether the part reads it transposed. shared: the parameters of the blocks that are
    gathered from one vector. unread: the parameters that nobody reads, as a block.
    """

    def __init__(self, rolled: Rolled) -> None:
        self.of: dict[Part, tuple[Block, bool]] = {}
        found: dict[Any, Block] = {}
        for family in rolled.families:
            for part in family.parts:
                if part.leaves:
                    self._find(found, family, part)
        self.all = list(found.values())
        counts = Counter(leaf for block in self.all for leaf in block.flat)
        for block in self.all:
            block.is_own = all(counts[leaf] == 1 for leaf in block.flat)
        shared = {leaf for block in self.all if not (block.is_own or block.is_fixed) for leaf in block.flat}
        self.shared = [leaf for leaf in rolled.wrt if leaf in shared]
        unread = tuple(leaf for leaf in rolled.wrt if leaf not in counts)
        self.unread = Block(unread if len(unread) > 1 else unread[0], False) if unread else None

    def _find(self, found: dict[Any, Block], family: Family, part: Part) -> None:
        """The block of a part: one that is there, as it is or transposed, or a new one."""
        leaves: Any = tuple(part.leaves)
        if part.kind == "pick":
            leaves = leaves[0] if len(leaves) == 1 else leaves
        elif len(leaves) == 1 or (part.kind == "each" and len(set(leaves)) == 1):
            leaves = leaves[0]
        is_turned = False
        if leaves not in found and part.kind == "dot" and len(part.weights) > 1:
            turned = tuple(zip(*leaves, strict=True))
            if turned in found:
                leaves, is_turned = turned, True
        block = found.setdefault(leaves, Block(leaves, part.is_fixed))
        block.readers.append((family, part))
        self.of[part] = block, is_turned


def _flat(leaves: Any) -> Iterator[Value]:
    if isinstance(leaves, Value):
        yield leaves
        return
    for one in leaves:
        yield from _flat(one)


def _mapped(function: Any, leaves: Any) -> Any:
    return function(leaves) if isinstance(leaves, Value) else [_mapped(function, one) for one in leaves]
