"""Families: values that are computed alike from the same families, and what they read.

A family is one array, with a column for each member. Families are to arrays what Values are to numbers: a graph.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from ...core.op import Op
from ...core.value import Value


class Part:
    """What a family reads in one place.

    kind: "each"  one value for each member: an operand of an elementwise operation
          "over"  several values for each member, which are added up (or folded)
          "dot"   rows of several values, each times the leaves of one row after another: A @ W.T; a member for each
                  pair of rows
          "pairs" the same, but not for all pairs: several values for each member, each times a leaf of its own
          "pick"  one of several values for each member, by an index
    source: the family of the values; None where they are leaves: parameters, or numbers that are fixed.
    values: a value, or a tuple of several, for each member; of a dot, and of a pick, the tuples that there are.
    weights: of a dot the tuples of leaves; of pairs one for each member. is_fixed: whether the leaves are fixed.
    """

    __slots__ = ("is_fixed", "kind", "sign", "source", "values", "weights")

    def __init__(
        self,
        kind: Literal["each", "over", "dot", "pairs", "pick"],
        sign: int,
        source: Family | None,
        is_fixed: bool = False,
    ) -> None:
        self.kind = kind
        self.sign = sign
        self.source = source
        self.is_fixed = is_fixed
        self.values: list[Any] = []
        self.weights: list[tuple[Value, ...]] = []

    @property
    def leaves(self) -> list[Any]:
        """The leaves that are read here, for each member one or a tuple; none where it reads a family only."""
        if self.kind in ("dot", "pairs"):
            return self.weights
        if self.source is not None:
            return []
        # A table, from which a row is picked, has a column for each tuple.
        is_table = self.kind == "pick" and len(self.values) > 1
        return list(zip(*self.values, strict=True)) if is_table else self.values

    @property
    def counts(self) -> list[int]:
        """How many values each member reads, where these are several."""
        return [len(some) for some in self.values]

    @property
    def is_ragged(self) -> bool:
        """Whether some members read more values than others."""
        return self.kind == "over" and len(set(self.counts)) > 1

    @property
    def needs(self) -> bool:
        """Whether a gradient is wanted for the values that are read."""
        return self.source.needs if self.source else not self.is_fixed


class Family:
    """Values that are computed alike.

    op: the row of the table; None for the data, a sum, a fold, or a pick, as `kind` says.
    fold: what a fold calls: logsumexp or norm.
    which: of a pick, the tuple that each member picks from. numbers: those tuples, where they are constants.
    operands: what it reads; of a row, a number where there is a constant. constant: what a sum adds.
    depends: whether it depends on the data. needs: whether a gradient is wanted for it.
    uses: where it is read: (reader, part).
    """

    __slots__ = (
        "constant",
        "depends",
        "fold",
        "kind",
        "members",
        "needs",
        "number",
        "numbers",
        "op",
        "operands",
        "uses",
        "which",
    )

    def __init__(
        self,
        number: int,
        kind: Literal["data", "row", "sum", "fold", "pick"],
        op: Op | None = None,
        operands: Sequence[Part | float] = (),
        constant: float = 0.0,
    ) -> None:
        self.number = number
        self.kind = kind
        self.op = op
        self.operands = list(operands)
        self.constant = constant
        self.fold = ""
        self.depends: bool = kind == "data" or any(
            part.source is not None and part.source.depends for part in self.parts
        )
        self.needs: bool = any(part.needs or (part.kind == "dot" and not part.is_fixed) for part in self.parts)
        self.members: list[Value] = []
        self.which: list[int] = []
        self.numbers: list[tuple[float, ...]] = []
        self.uses: list[tuple[Family, Part]] = []
        for part in self.parts:
            if part.source:
                part.source.uses.append((self, part))

    def __len__(self) -> int:
        return len(self.members)

    @property
    def parts(self) -> list[Part]:
        """What it reads, but for constants."""
        return [one for one in self.operands if isinstance(one, Part)]
