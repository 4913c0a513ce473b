"""How a Value answers where Python takes it for a number: when it is converted, compared, or a condition.

All of this reads the number through `data`, so that record_reads() notes it: what is computed next leaves the graph.
"""

from __future__ import annotations

from typing import Self

from . import misuse
from .arguments import Number, is_number, number
from .recording import differentiated


class NumberLike:
    """Something with a number, `data`."""

    __slots__ = ()

    data: float

    def __float__(self) -> float:
        data = self.data
        if differentiated.get():  # inside grad(f): nothing could flow back through a float
            misuse.left_as_float()
        return data

    def __round__(self, digits: int | None = None) -> float:
        return round(float(self), digits)

    def __format__(self, spec: str) -> str:
        return format(self.data, spec) if spec else repr(self)

    def __lt__(self, other: Self | Number) -> bool:
        return self.data < _plain(other)

    def __le__(self, other: Self | Number) -> bool:
        return self.data <= _plain(other)

    def __gt__(self, other: Self | Number) -> bool:
        return self.data > _plain(other)

    def __ge__(self, other: Self | Number) -> bool:
        return self.data >= _plain(other)

    # == asks whether it is the same Value, so that sets can hold Values; and every Value is true. The user may have
    # meant the number, so `_ = self.data` notes a look.

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        _ = self.data
        if is_number(other):
            misuse.left_as_equality(self, other)
        return NotImplemented

    __hash__ = object.__hash__

    def __bool__(self) -> bool:
        _ = self.data
        if differentiated.get():
            misuse.left_as_condition()
        return True


def _plain(other: NumberLike | Number) -> float:
    return other.data if isinstance(other, NumberLike) else number(other, "a comparison")
