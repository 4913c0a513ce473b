"""A `Value`: a number that remembers how it was made.

An operation on Values gives a new Value: the result, with the Values it was computed from (`inputs`), the numbers it
read, constants included (`numbers`), and the row of the table that was used (`op`). These references are the
computation graph.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Never, NoReturn

from ..errors import UsageError
from . import misuse
from .arguments import Number, is_number, number
from .backward import backward
from .blocks import requests
from .copying import deep_copy, reduce, shallow_copy
from .methods import Methods
from .notes import NO_NOTES, Noted
from .op import Op, Pullback
from .recording import Place, differentiated, made, note_read, place_of


class Value(Noted, Methods):
    """One number in a computation graph.

    `Value(data, name="")` makes a leaf: an input, a target, a weight. Operations make the others.

    data: the number, a float. A leaf's may be assigned; what was computed from it before keeps its numbers.
    grad: ∂root/∂self after `root.backward()`, of leaves summed over such calls; 0.0 until one reaches it.
    name: any text.
    inputs: the Values the operation read, in order, repeats kept; () for a leaf.
    role, group: only views read them: "input", "target", "parameter" or None; the neuron it belongs to.

    >>> x, w = Value(2.0, "x"), Value(-3.0, "w")
    >>> y = (x * w).tanh()
    >>> y.backward()
    >>> w.grad == 2 * (1 - y.data**2)
    True
    """

    # _pullback knows the row, and how a gradient goes back to the inputs (backward.py). _first and _second keep the
    # numbers that were read, if they are one or two; if more, _first is a tuple of all.
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
        if requests:  # some block is open: made() does what it asks, as no_grad(), which takes inputs and pullback away
            made(self)

    def __init_subclass__(cls) -> NoReturn:
        raise UsageError(
            f"class {cls.__name__}(Value): operations would answer plain Values. Keep a Value in an attribute, or use "
            "define_operation"
        )

    @property
    def data(self) -> float:
        """The number. Who looks at it from outside comes through here, so that record_reads() can note it."""
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

    def __float__(self) -> float:
        data = self.data
        if differentiated.get():  # inside grad(f): nothing could flow back through a float
            misuse.left_as_float()
        return data

    def __round__(self, digits: int | None = None) -> float:
        return round(float(self), digits)

    def __repr__(self) -> str:
        return f"Value({self.data!r}, {self.name!r})" if self.name else f"Value({self.data!r})"

    def __format__(self, spec: str) -> str:
        return format(self.data, spec) if spec else repr(self)

    def __lt__(self, other: Value | Number) -> bool:
        return self.data < _plain(other)

    def __le__(self, other: Value | Number) -> bool:
        return self.data <= _plain(other)

    def __gt__(self, other: Value | Number) -> bool:
        return self.data > _plain(other)

    def __ge__(self, other: Value | Number) -> bool:
        return self.data >= _plain(other)

    # == compares identity, so that Values can stand in sets, and every Value is true. Who asks may have meant the
    # number: `_ = self.data` lets record_reads() note that.

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

    @property
    def pullback(self) -> Pullback | None:
        """How the operation hands a gradient back to its inputs; None for a leaf."""
        _ = self.inputs  # which records what was deferred
        return self._pullback

    @property
    def inputs(self) -> tuple[Value, ...]:
        """The Values the operation read, in order, repeats kept; () for a leaf."""
        if self._pullback and self._pullback.is_deferred:
            self._pullback.record(self)
        return self._inputs

    @property
    def op(self) -> Op | None:
        """The row of the table that produced this value; None for a leaf."""
        pullback = self._pullback
        if pullback and pullback.is_deferred:
            pullback = self.pullback
        return pullback.op if pullback else None

    @property
    def numbers(self) -> tuple[float, ...]:
        """The numbers the operation read, constants included; () for a leaf."""
        _ = self.data
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
        """The line that made this value, in `record_lines()`; else None."""
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

        Leaves add to the grad they have, so that those of several samples sum up; the others get this call's alone.
        Raises DomainError where a partial has no real answer (sqrt at 0, say); leaves then keep the grad they had.
        """
        if requests:
            note_read(self)
        backward(self, number(seed, "the seed of backward()"))

    def zero_grad(self) -> None:
        """Set this value's grad to zero, and no other."""
        self.grad = 0.0

    def _repr_html_(self) -> str:
        from ..notation.markup import value_html

        return value_html(self.name, self.data, self.grad, self.op, self.operands, self.numbers)

    def __copy__(self) -> Value:
        return shallow_copy(self)

    def __deepcopy__(self, memo: dict[int, Any]) -> Value:
        return deep_copy(self, memo)

    def __reduce_ex__(self, protocol: object) -> tuple[Any, ...]:
        return reduce(self)

    def __array_ufunc__(self, ufunc: Any, method: str, *operands: Any, **settings: Any) -> Any:
        return misuse.answer_ufunc(self, ufunc, method, operands, settings)

    def __dir__(self) -> Iterable[str]:
        return misuse.without_names_of_other_libraries(object.__dir__(self))


misuse.add_names_of_other_libraries(Value)


def _checked_name(name: str) -> str:
    if not isinstance(name, str):
        raise UsageError(f"a name is text, not {type(name).__name__} {name!r:.40}: write Value(data, 'w1')")
    return name


def _plain(other: Value | Number) -> float:
    return other.data if isinstance(other, Value) else number(other, "a comparison")


def name_all(values: Mapping[str, Any]) -> None:
    """Name the unnamed Values in a mapping after their keys, but IPython's `_`, `__`, `_1`: `name_all(locals())`.

    >>> a = Value(2.0)
    >>> name_all({"_": a, "a": a})
    >>> a
    Value(2.0, 'a')
    """
    for name, value in values.items():
        if isinstance(value, Value) and not value.name and not re.fullmatch(r"_+\d*", name):
            value.named(name)
