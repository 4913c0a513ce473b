"""Families: values that the same operation computes from members of the same families.

A family becomes one array with a column for each member. Families form a graph as Values do.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from ...core.op import Op
from ...core.value import Value


class Part:
    """One operand of a family, or one part of its sum.

    kind: "each"  one value for each member: an operand of an elementwise operation
          "over"  several values for each member, which are added up (or folded)
          "dot"   A @ W.T, where A has rows of values and W rows of leaves: a member for each pair of rows
          "pairs" as "dot", but not for all pairs of rows: a row of values and a row of leaves for each member
          "pick"  one of several values for each member, by an index
    source: the family of the values; None if they are leaves: parameters, or fixed numbers.
    values: for each member a value, or a tuple of several; for "dot" and "pick" the distinct tuples.
    weights: for "dot" the distinct rows of leaves, for "pairs" one for each member. is_fixed: whether the leaves are
    fixed numbers.
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
        """The leaves that are read here, for each member one or a tuple; none if only a family is read."""
        if self.kind in ("dot", "pairs"):
            return self.weights
        if self.source is not None:
            return []
        # A table, from which a row is picked, has a column for each tuple.
        is_table = self.kind == "pick" and len(self.values) > 1
        return list(zip(*self.values, strict=True)) if is_table else self.values

    @property
    def counts(self) -> list[int]:
        """How many values each member reads, for the kinds that read several."""
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
    """Values that the same operation computes from members of the same families.

    kind: "data"; "row", an operation of the table, `op`; "sum" of its parts and `constant`; "fold", by `fold`, which is
        logsumexp or norm; "pick".
    operands: the Parts that it reads; for a row also constants, as numbers.
    which: for a pick, the place of the tuple that each member picks from; numbers: these tuples, if they are constants.
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
        """What it reads, without constants."""
        return [one for one in self.operands if isinstance(one, Part)]
