"""Copies and pickles of whole graphs, however deep, without recursion.

Python's pickle and deepcopy follow references by calling themselves: a chain of a thousand operations would exhaust the
stack. Both remember what they have already copied, though. So the graph is handed to them inputs first, and by the time
they come to a value everything it refers to is known and nothing is left to descend into.

Pickle cannot be asked what it has already written. So in a pickle of n values of one chain each brings the list of all
before it: for some thousand named values pickle the last one, or a few, instead of all.
"""

from __future__ import annotations

from collections.abc import Iterator
from threading import local
from typing import Any, TypeVar, cast

from .graph import topological_order
from .op import Op

T = TypeVar("T")


def shallow_copy(value: T) -> T:
    """A new value with the same number, inputs and notes."""
    original: Any = value
    _ = original.inputs  # recorded by now, if they were deferred
    copy: Any = object.__new__(type(value))
    for slot in ("_notes", *original.__slots__):
        if slot != "__weakref__":
            setattr(copy, slot, getattr(original, slot))
    copy._data = original.data  # who copies looks at the number
    return cast(T, copy)


def deep_copy(root: T, memo: dict[int, Any]) -> T:
    """The same graph again, in new values; `memo` is deepcopy's record of what it has copied already."""
    # Kept in the memo too, under a key that no copied object can have: a second root walks only what is new.
    copied = memo.setdefault(id(deep_copy), set())
    for value in topological_order(root, copied):
        copy = memo[id(value)] = shallow_copy(value)
        copy._inputs = tuple(memo[id(one)] for one in value.inputs)
    return cast(T, memo[id(root)])


class _Pending(local):
    """The values, by id, that the list being pickled in this thread has yet to write."""

    def __init__(self) -> None:
        self.ids: set[int] = set()


_pending = _Pending()


class _InputsFirst:
    """Pickles as a list of everything below a value, inputs first, so that pickle meets each value with nothing left to
    descend into. Unpickles as that list, which nobody keeps.
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
        except GeneratorExit:  # pickling failed half-way, and what is left will not be written
            _pending.ids = set()
            raise


class _Done:
    """The last member: pickle takes members off the iterator ahead of writing them, so only writing this one says that
    all others are written.
    """

    def __reduce__(self) -> tuple[Any, ...]:
        _pending.ids = set()
        return type(None), ()


def reduce(value: Any) -> tuple[Any, ...]:
    """What `Value.__reduce_ex__` answers: a function that makes the value again, and its arguments."""
    first = None if not value.inputs or id(value) in _pending.ids else _InputsFirst(value)
    _pending.ids.discard(id(value))
    pullback = value.pullback
    op_and_mask = (pullback.op, pullback.mask) if pullback else None
    kept = (value.data, value._first, value._second, value.grad, value.name, value._notes)
    return restore, (type(value), first, op_and_mask, value.inputs, kept)


def restore(
    cls: type[Any],
    first: None,
    op_and_mask: tuple[Op, tuple[bool, ...]] | None,
    inputs: tuple[Any, ...],
    kept: tuple[float, Any, Any, float, str, tuple[str | None, str | None]],
) -> Any:
    """Make a pickled value again; `first` has done its work by being read before the inputs."""
    value = object.__new__(cls)
    value._pullback = None
    if op_and_mask:
        op, mask = op_and_mask
        value._pullback = op.pullbacks[mask]
    value._inputs = inputs
    value._data, value._first, value._second, value.grad, value.name, value._notes = kept
    return value
