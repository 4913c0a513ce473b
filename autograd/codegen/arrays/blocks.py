"""Blocks: leaves that are read together as an array, such as the matrix W_h of the weights that h1, h2, … read."""

from __future__ import annotations

from collections import Counter
from typing import Any

from ...core.value import Value
from .families import Family, Part
from .rolling import Rolled


class Block:
    """Leaves in the shape of an array.

    leaves: a Value, a tuple of them, or a tuple of rows. readers: the family and the part of each use.
    is_fixed: whether the leaves keep the numbers they were recorded with.
    is_own: whether no leaf is in another block, or here twice. If not, the block is gathered from one vector, which
    holds all shared leaves; or it is `joined`: other blocks one after another, as the weights in a penalty are those of
    each matrix.
    """

    def __init__(self, leaves: Any, is_fixed: bool) -> None:
        self.leaves = leaves
        self.is_fixed = is_fixed
        self.is_own = True
        self.joined: list[Block] = []
        self.readers: list[tuple[Family, Part]] = []

    @property
    def shape(self) -> tuple[int, ...]:
        """() for a number, (count,) for a vector, (rows, columns) for a matrix."""
        if isinstance(self.leaves, Value):
            return ()
        first = self.leaves[0]
        return (len(self.leaves), *(() if isinstance(first, Value) else (len(first),)))

    @property
    def flat(self) -> list[Value]:
        """The leaves, row by row."""
        return _flat(self.leaves)

    def mapped(self, function: Any) -> Any:
        """The results of a function for the leaves, in lists nested like them."""
        return _mapped(function, self.leaves)


class Blocks:
    """All blocks of a rolled graph, in the order in which they are read.

    of: the block of a part, and whether the part reads it transposed. shared: the parameters in the vector from which
    blocks are gathered. unread: a block of the parameters that are not read.
    """

    def __init__(self, rolled: Rolled) -> None:
        self.of: dict[Part, tuple[Block, bool]] = {}
        found: dict[Any, Block] = {}
        for family in rolled.families:
            for part in family.parts:
                if part.leaves:
                    self._find(found, family, part)
        self.all = list(found.values())
        counts = self._join()
        shared = {leaf for block in self.gathered for leaf in block.flat}
        self.shared = [leaf for leaf in rolled.wrt if leaf in shared]
        unread = tuple(leaf for leaf in rolled.wrt if leaf not in counts)
        self.unread = Block(unread if len(unread) > 1 else unread[0], False) if unread else None

    @property
    def gathered(self) -> list[Block]:
        """The blocks that are gathered from one vector."""
        return [block for block in self.all if not (block.is_own or block.is_fixed or block.joined)]

    def _join(self) -> Counter[Value]:
        """Find vectors that are other blocks one after another. Returns how many of the other blocks have each leaf."""
        flats = {block: block.flat for block in self.all}
        starting: dict[Value, list[Block]] = {}
        for block, flat in flats.items():
            starting.setdefault(flat[0], []).append(block)
        joined: dict[Block, list[Block]] = {}
        for vector, rest in flats.items():
            found: list[Block] = []
            while rest and len(vector.shape) == 1 and not vector.is_fixed:
                others = (one for one in starting.get(rest[0], ()) if one is not vector)
                fits = next((one for one in others if flats[one] == rest[: len(flats[one])]), None)
                if fits is None:
                    break
                found.append(fits)
                rest = rest[len(flats[fits]) :]
            if not rest:
                joined[vector] = found
        while True:
            counts = Counter(leaf for block, flat in flats.items() if block not in joined for leaf in flat)
            wrong = [
                block
                for block, found in joined.items()
                if any(one in joined or any(counts[leaf] > 1 for leaf in flats[one]) for one in found)
            ]
            if not wrong:
                break
            for block in wrong:
                del joined[block]
        for block in self.all:
            block.joined = joined.get(block, [])
            block.is_own = not block.joined and all(counts[leaf] == 1 for leaf in flats[block])
        return counts

    def _find(self, found: dict[Any, Block], family: Family, part: Part) -> None:
        """Find the block of a part: an existing one, maybe transposed, or a new one."""
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


def _flat(leaves: Any) -> list[Value]:
    if isinstance(leaves, Value):
        return [leaves]
    return list(leaves) if isinstance(leaves[0], Value) else [leaf for row in leaves for leaf in row]


def _mapped(function: Any, leaves: Any) -> Any:
    if isinstance(leaves, Value):
        return function(leaves)
    is_vector = isinstance(leaves[0], Value)
    return list(map(function, leaves)) if is_vector else [list(map(function, row)) for row in leaves]
