"""Copies and pickles of whole graphs, however deep, without recursion.

Python's pickle and deepcopy follow references by calling themselves: a chain of a thousand operations would exhaust the
stack. But both remember what they have already copied. So they get the graph inputs first: when they come to a value,
they know everything it refers to and have nothing to descend into.

Pickle does not tell what it has already written. So a pickle of n values of one chain lists, for each of them, all
values before it: pickle the last one, or a few, rather than thousands.
"""

from __future__ import annotations

from collections.abc import Iterator
from threading import local
from typing import Any

from .graph import topological_order
from .op import Op


class Copyable:
    """What copy, deepcopy and pickle ask of a value."""

    __slots__ = ()

    def __copy__(self) -> Any:
        """A new value with the same number, inputs and notes."""
        original: Any = self
        _ = original.inputs  # this records what was deferred
        copy: Any = object.__new__(type(self))
        for slot in ("_notes", *original.__slots__):
            if slot != "__weakref__":
                setattr(copy, slot, getattr(original, slot))
        copy._data = original.data  # a look, for record_reads()
        return copy

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        """The same graph again, in new values; `memo` is deepcopy's record of what it has copied already."""
        # The values copied so far are kept in the memo, under a key of no copied object, so that the copy of a second
        # root walks only what is new.
        copied = memo.setdefault(id(Copyable), set())
        for value in topological_order(self, copied):
            copy = memo[id(value)] = value.__copy__()
            copy._inputs = tuple(memo[id(one)] for one in value.inputs)
        return memo[id(self)]

    def __reduce_ex__(self, protocol: object) -> tuple[Any, ...]:
        """A function that makes the value again, and its arguments."""
        value: Any = self
        first = None if not value.inputs or id(value) in _pending.ids else _InputsFirst(value)
        _pending.ids.discard(id(value))
        pullback = value.pullback
        op_and_mask = (pullback.op, pullback.mask) if pullback else None
        kept = (value.data, value._first, value._second, value.grad, value.name, value._notes)
        return restore, (type(value), first, op_and_mask, value.inputs, kept)


class _Pending(local):
    """The ids of the values that the list being pickled in this thread has not written yet."""

    def __init__(self) -> None:
        self.ids: set[int] = set()


_pending = _Pending()


class _InputsFirst:
    """Pickles as the list of everything a value was computed from, inputs first. Unpickles as that list, which nobody
    keeps.
    """

    def __init__(self, root: Any) -> None:
        self.root = root

    def __reduce__(self) -> tuple[Any, ...]:
        return list, (), None, self.members()

    def members(self) -> Iterator[Any]:
        order = topological_order(self.root)[:-1]
        _pending.ids = set(map(id, order))
        try:
            yield from order
            yield _Done()
        except GeneratorExit:  # pickling failed half-way; the rest will not be written
            _pending.ids = set()
            raise


class _Done:
    """The last member. Pickle takes members from the iterator before it writes them, so only when this one is written
    are all others.
    """

    def __reduce__(self) -> tuple[Any, ...]:
        _pending.ids = set()
        return type(None), ()


def restore(
    cls: type[Any],
    first: None,
    op_and_mask: tuple[Op, tuple[bool, ...]] | None,
    inputs: tuple[Any, ...],
    kept: tuple[float, Any, Any, float, str, tuple[str | None, str | None]],
) -> Any:
    """Make a pickled value again; `first` was only there to be unpickled before the inputs."""
    value = object.__new__(cls)
    value._pullback = None
    if op_and_mask:
        op, mask = op_and_mask
        value._pullback = op.pullbacks[mask]
    value._inputs = inputs
    value._data, value._first, value._second, value.grad, value.name, value._notes = kept
    return value
