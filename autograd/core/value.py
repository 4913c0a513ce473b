"""A `Value`: a number that remembers how it was made.

Every operation on Values gives a new Value, which holds the result, the Values it was computed from (`inputs`), the
numbers they had at that moment (`numbers`) and the row of the calculus table that was used (`op`). That is the
computation graph: objects that refer to each other. `backward()` walks it from the result to the leaves.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Never, NoReturn

from ..errors import NotANumberError, UsageError
from . import misuse
from .backward import backward
from .blocks import requests
from .copying import deep_copy, reduce, shallow_copy
from .methods import Methods
from .op import Op, Pullback
from .recording import Place, differentiated, made, note_read, place_of

if TYPE_CHECKING:
    from typing import Self

Number = float  # what annotations call anything that `number` accepts


def is_number(given: Any) -> bool:
    """Whether it is one real number: an int, float or bool, or a scalar or 0-d array, of NumPy's or its like."""
    if isinstance(given, int | float):
        return True
    return getattr(given, "shape", None) == () and _kind(given) in {"b", "i", "u", "f"}


def _kind(given: Any) -> Any:
    return getattr(getattr(given, "dtype", None), "kind", "")


def number(given: Any, where: str = "a Value") -> float:
    """`given` as a float. Raises NotANumberError, which names `where`, for anything but one real number."""
    if is_number(given):
        try:
            return float(given)
        except OverflowError:
            raise NotANumberError(f"{where} holds a float, and this int is too large for one; scale it down") from None
    if isinstance(given, Value):
        mend = "to record a computation use it in an expression; for a new leaf with the same number write v.detach()"
    elif isinstance(given, str | bytes):
        mend = f"if the text spells a number, write float({given!r:.40})"
    elif given is None:
        mend = "did a function end without a return?"
    elif isinstance(given, complex) or _kind(given) == "c":
        mend = "stepgrad differentiates real numbers; take .real, .imag or abs(...) first"
    elif hasattr(given, "__len__") or hasattr(given, "shape"):
        mend = "a Value is one number; make one for each: [Value(x) for x in xs]"
    else:
        mend = "convert it first, with float(...)"
    raise NotANumberError(f"{where} holds one real number, not {type(given).__name__} {_shortened(given)}: {mend}")


def _shortened(given: Any) -> str:
    text = repr(given)
    return text if len(text) <= 40 else text[:39] + "…"


class Value(Methods):
    """One number in a computation graph.

    `Value(data, name="")` makes a leaf: an input, a target, a weight. Operations make the others.

    data: the number, a Python float. Assign it on leaves only, between two forward passes.
    grad: ∂root/∂self after `root.backward()`; 0.0 until a backward pass reaches it.
    name: what people and views call it; any text.
    op: the row of the table that produced it; None for a leaf.
    inputs: the Values the operation read, in order, repeats kept; () for a leaf.
    role, group: for views: "input", "target", "parameter" or None, and the neuron it belongs to, or None.

    Raises NotANumberError for anything but one real number.

    >>> x, w = Value(2.0, "x"), Value(-3.0, "w")
    >>> y = (x * w).tanh()
    >>> y.backward()
    >>> w.grad == 2 * (1 - y.data**2)
    True
    """

    # _first and _second keep the numbers that were read: one or two, or all as a tuple in _first.
    __slots__ = ("__weakref__", "_data", "_first", "_pullback", "_second", "grad", "group", "inputs", "name", "role")

    _data: float
    _pullback: Pullback | None
    grad: float
    name: str
    inputs: tuple[Value, ...]
    _first: Any
    _second: Any
    role: str | None
    group: str | None

    def __init__(self, data: Number, name: str = "", **others: Never) -> None:
        if others:
            raise misuse.wrong_keyword("Value(data, name)", others)
        self._data = data if type(data) is float else number(data)
        self.name = _checked_name(name)
        self.grad = 0.0
        self.inputs = ()
        self._pullback = self._first = self._second = None
        self.role = self.group = None
        if requests:
            made(self)

    def __init_subclass__(cls) -> NoReturn:
        raise UsageError(
            f"class {cls.__name__}(Value): Value cannot be subclassed, operations would answer plain Values; "
            "keep a Value in an attribute instead, or add an operation with define_operation"
        )

    # The number. Whoever looks at it comes through `data`, so that `record_reads()` can note it. -----------------

    @property
    def data(self) -> float:
        """The number."""
        if requests:
            note_read(self)
        return self._data

    @data.setter
    def data(self, new: Number) -> None:
        if self.inputs:
            raise UsageError(
                f"{self!r} was computed, by {self.op}; its data cannot be assigned. "
                "Change the data of a leaf and compute again, or take v.detach() for a leaf of its own"
            )
        if requests:
            note_read(self, is_write=True)
        self._data = new if type(new) is float else number(new)

    def __float__(self) -> float:
        if differentiated.get():
            misuse.left_as_float()
        return self.data

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

    # == is identity, so that Values can be members of sets, and a Value is true, like any object. Who asks either may
    # have meant the number all the same.

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if is_number(other):
            misuse.left_as_equality(self, other)
        _ = self.data
        return NotImplemented

    __hash__ = object.__hash__

    def __bool__(self) -> bool:
        if differentiated.get():
            misuse.left_as_condition()
        _ = self.data
        return True

    # How it was made ----------------------------------------------------------------------------------------------

    @property
    def op(self) -> Op | None:
        """The row of the calculus table that produced this value, or None for a leaf."""
        return self._pullback.op if self._pullback else None

    @property
    def numbers(self) -> tuple[float, ...]:
        """The numbers the operation computed with, as they were then, constants included; () for a leaf.

        >>> (2.0 * Value(3.0, "x")).numbers
        (2.0, 3.0)
        """
        _ = self.data
        return self._recorded_numbers()

    def _recorded_numbers(self) -> tuple[float, ...]:
        if self._pullback is None:
            return ()
        count = len(self._pullback.mask)
        return (self._first, self._second)[:count] if count <= 2 else self._first

    @property
    def operands(self) -> tuple[Value | float, ...]:
        """What the operation was called with: the inputs, and the constants between them.

        >>> (2.0 * Value(3.0, "x")).operands
        (2.0, Value(3.0, 'x'))
        """
        return self._pullback.operands(self.inputs, self._recorded_numbers()) if self._pullback else ()

    @property
    def place(self) -> Place | None:
        """The line of the program that made this value, where `record_lines()` was asked for; else None."""
        return place_of(self)

    def named(self, name: str) -> Self:
        """Give this value a name, and so a line of its own in every view; returns the value itself.

        >>> Value(1.0).named("h1")
        Value(1.0, 'h1')
        """
        self.name = _checked_name(name)
        return self

    def detach(self) -> Value:
        """A new leaf with the same number and name, which no gradient passes through."""
        return Value(self.data, self.name)

    # Gradients ----------------------------------------------------------------------------------------------------

    def backward(self, seed: Number = 1.0) -> None:
        """Fill `grad` for everything this value was computed from, with ∂self/∂self = seed.

        Leaves add to the grad they have, so that gradients of several samples sum up; interior values start from zero
        on each call. Where a partial has no real answer (sqrt at 0, say) it raises DomainError, and leaves keep the
        grad they had.
        """
        backward(self, number(seed, "the seed of backward()"))

    def zero_grad(self) -> None:
        """Set this value's grad, and no other, back to zero."""
        self.grad = 0.0

    # Notebooks, copies (copying.py says why they are not Python's), NumPy, completion ------------------------------

    def _repr_html_(self) -> str:
        # Loaded when a notebook asks: most programs show nothing.
        from ..notation.markup import value_html

        return value_html(self.name, self.data, self.grad, self.op, self.operands, self.numbers)

    def __copy__(self) -> Value:
        copy: Value = shallow_copy(self)
        return copy

    def __deepcopy__(self, memo: dict[int, Any]) -> Value:
        copy: Value = deep_copy(self, memo)
        return copy

    def __reduce_ex__(self, protocol: object) -> tuple[Any, ...]:
        return reduce(self)

    def __array_ufunc__(self, ufunc: Any, method: str, *operands: Any, **settings: Any) -> Any:
        return misuse.answer_ufunc(self, ufunc.__name__, method, operands, settings)

    def __dir__(self) -> Iterable[str]:
        return misuse.without_names_of_others(object.__dir__(self))


misuse.add_names_of_others(Value)


def _checked_name(name: str) -> str:
    if not isinstance(name, str):
        raise UsageError(f"a name is text, not {type(name).__name__} {_shortened(name)}: write Value(data, 'w1')")
    return name


def _plain(other: Value | Number) -> float:
    return other.data if isinstance(other, Value) else number(other, "a comparison")


def name_all(values: Mapping[str, Any]) -> None:
    """Name the Values in a mapping after their keys, leaving those that have a name: `name_all(locals())`.

    IPython's `_`, `__`, `_1` and their like are no names.

    >>> a = Value(2.0)
    >>> b = a * 3
    >>> name_all({"_": b, "a": a, "b": b, "text": "ignored"})
    >>> a, b
    (Value(2.0, 'a'), Value(6.0, 'b'))
    """
    for name, value in values.items():
        if isinstance(value, Value) and not value.name and not re.fullmatch(r"_+\d*", name):
            value.named(name)
