"""A `Value`: a number that remembers how it was made.

An operation on Values gives a new Value: the result, with the Values it was computed from (`inputs`), the numbers it
read, constants included (`numbers`), and the row of the table, compiled (`op`). Such Values are the computation graph.
operations.py attaches the operators, `__mul__` and its like.
"""

from __future__ import annotations

from typing import Any, Never, NoReturn

from ..errors import UsageError
from . import misuse
from .arguments import Number, number
from .backward import backward
from .blocks import requests
from .copying import Copyable
from .methods import Methods
from .notes import NO_NOTES, Noted
from .number_like import NumberLike
from .op import Op, Pullback
from .place import Place, place_of
from .recording import made, note_read


# Inherited: role and group; float(v) and v < w; copies; hints for users of other libraries; types.
class Value(Noted, NumberLike, Copyable, misuse.Corrections, Methods):
    """One number in a computation graph.

    `Value(data, name="")` makes a leaf: an input, a target, a weight. Operations make the others.

    data: the number, a float. A leaf's may be assigned; what was computed from it before keeps its numbers.
    grad: ∂root/∂self after `root.backward()`, which a leaf sums over calls; 0.0 before.
    role: "input", "target", "parameter" or None. group: the neuron it belongs to. Only views read these.

    >>> x, w = Value(2.0, "x"), Value(-3.0, "w")
    >>> y = (x * w).tanh()
    >>> y.backward()
    >>> w.grad == 2 * (1 - y.data**2)
    True
    """

    # _pullback knows the row, and how a gradient goes back to the inputs (backward.py). _first and _second are the
    # numbers that were read; more than two are a tuple in _first.
    __slots__ = ("__weakref__", "_data", "_first", "_inputs", "_pullback", "_second", "grad", "name")

    _pullback: Pullback | None
    _inputs: tuple[Value, ...]
    _first: Any
    _second: Any

    def __init__(self, data: Number, name: str = "", **others: Never) -> None:
        if others:
            raise misuse.wrong_keyword("Value(data, name)", others)
        self._data = data if type(data) is float else number(data)
        self.name = _checked_name(name)
        self.grad = 0.0
        self._inputs = ()
        self._pullback = self._first = self._second = None
        self._notes = NO_NOTES
        if requests:  # a block such as no_grad() is open; made() does what it asks for
            made(self)

    def __init_subclass__(cls) -> NoReturn:
        raise UsageError(
            f"class {cls.__name__}(Value): operations would answer plain Values. Keep a Value in an attribute, or use "
            "define_operation"
        )

    @property
    def data(self) -> float:
        """The number. Every look from outside the core comes through here, so that record_reads() can note it."""
        if requests:
            note_read(self)
        return self._data

    @data.setter
    def data(self, new: Number) -> None:
        if self._inputs:
            raise UsageError(
                f"{self!r} was computed, by {self.op}; its data cannot be assigned. Change a leaf, or take v.detach()"
            )
        if requests:
            note_read(self, is_write=True)
        self._data = new if type(new) is float else number(new)

    def __repr__(self) -> str:
        return f"Value({self.data!r}, {self.name!r})" if self.name else f"Value({self.data!r})"

    def __divmod__(self, other: Value | Number) -> tuple[Value, Value]:
        return self // other, self % other

    def __rdivmod__(self, other: Number) -> tuple[Value, Value]:
        return other // self, other % self

    @property
    def op(self) -> Op | None:
        """The row of the table that produced this value; None for a leaf."""
        return self._pullback.op if self._pullback else None

    @property
    def inputs(self) -> tuple[Value, ...]:
        """The Values the operation read, in order, repeats kept; () for a leaf."""
        if self._pullback and self._pullback.is_deferred:  # a neuron's sum, recorded only now (deferred.py)
            self._pullback.record(self)
        return self._inputs

    @property
    def pullback(self) -> Pullback | None:
        """How a gradient goes back through the operation; None for a leaf."""
        _ = self.inputs  # this records what was deferred
        return self._pullback

    @property
    def numbers(self) -> tuple[float, ...]:
        """The numbers the operation read, constants included; () for a leaf."""
        _ = self.data  # a look, for record_reads()
        return self._recorded_numbers()

    def _recorded_numbers(self) -> tuple[float, ...]:
        if self.pullback is None:
            return ()
        count = len(self.pullback.mask)
        return (self._first, self._second)[:count] if count <= 2 else self._first

    @property
    def operands(self) -> tuple[Value | float, ...]:
        """What the operation was called with: inputs, and constants between them.

        >>> (2.0 * Value(3.0, "x")).operands
        (2.0, Value(3.0, 'x'))
        """
        return self.pullback.operands(self.inputs, self._recorded_numbers()) if self.pullback else ()

    @property
    def place(self) -> Place | None:
        """The line that made this value, if `record_lines()` kept it; else None."""
        return place_of(self)

    def named(self, name: str) -> Value:
        """Give this value a name, and so a line of its own in views; returns the value."""
        self.name = _checked_name(name)
        return self

    def detach(self) -> Value:
        """A leaf with the same number and name."""
        return Value(self.data, self.name)

    def backward(self, seed: Number = 1.0) -> None:
        """Fill `grad` for everything this value was computed from, with ∂self/∂self = seed.

        Leaves add to the grad they have, so that several samples sum up; other values get this call's alone.
        Raises DomainError where a partial has no real answer (sqrt at 0, say); leaves then keep the grad they had.
        """
        _ = self.data  # a look, for record_reads(): gradients leave the graph
        backward(self, number(seed, "the seed of backward()"))

    def zero_grad(self) -> None:
        """Set this value's grad to zero, and no other."""
        self.grad = 0.0

    def _repr_html_(self) -> str:
        from ..notation.markup import value_html

        return value_html(self.name, self.data, self.grad, self.op, self.operands, self.numbers)


def _checked_name(name: str) -> str:
    if not isinstance(name, str):
        raise UsageError(f"a name is text, not {type(name).__name__} {name!r:.40}: write Value(data, 'w1')")
    return name
