"""A `Value`: a number that remembers how it was made.

Every operation on Values gives a new Value that holds the result, the Values it was computed from (`inputs`), the
numbers they had at that moment (`numbers`) and the row of the calculus table that was used (`op`). That is the
computation graph: ordinary objects that refer to each other. `backward()` walks it from the result to the leaves.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NoReturn

from ..errors import NotANumberError, UsageError
from .backward import backward
from .copying import deep_copy, reduce, shallow_copy
from .op import Op, Rule
from .recording import Place, keep_place, keeps_lines, note_reads, place_of, requests

if TYPE_CHECKING:
    from typing import Self

Number = float  # what annotations call anything that `number` accepts: int, float, bool, a NumPy scalar


def number(given: Any, where: str = "a Value") -> float:
    """`given` as a float; ints, bools and NumPy scalars become one, anything else raises NotANumberError."""
    if isinstance(given, int | float):
        try:
            return float(given)
        except OverflowError:
            raise NotANumberError(f"{where} holds a float, and this int is too large for one; scale it down") from None
    numpy = sys.modules.get("numpy")
    if numpy is not None and isinstance(given, numpy.generic) and given.dtype.kind in "biuf":
        return float(given)
    kind = type(given).__name__
    if isinstance(given, Value):
        mend = "to record a computation use it in an expression; for a new leaf with the same number write v.detach()"
    elif isinstance(given, str | bytes):
        mend = f"if the text spells a number, write float({given!r:.40})"
    elif given is None:
        mend = "did a function end without a return?"
    elif isinstance(given, complex) or (numpy is not None and isinstance(given, numpy.complexfloating)):
        mend = "stepgrad differentiates real numbers; take .real, .imag or abs(...) first"
    elif hasattr(given, "__len__") or hasattr(given, "shape"):
        mend = "a Value is one number; make one for each: [Value(x) for x in xs]"
    else:
        mend = "convert it first, with float(...)"
    raise NotANumberError(f"{where} holds one real number, not {kind} {_shortened(given)}: {mend}")


def _shortened(given: Any) -> str:
    text = repr(given)
    return text if len(text) <= 40 else text[:39] + "…"


class Value:
    """One number in a computation graph.

    `Value(data, name="")` makes a leaf: an input, a target, a weight. Operations on it make the other values.

    data: the number, a Python float. Assigning to it is for leaves, between two forward passes.
    grad: ∂root/∂self after `root.backward()`; 0.0 until a backward pass reaches this value.
    name: what people and views call it; may be anything, or empty.
    op: the row of the calculus table that produced it; None for a leaf.
    inputs: the Values the operation read, in order, repeats kept; () for a leaf.
    role, group: two notes for views, without meaning in mathematics: "input", "target", "parameter" or None, and the
        name of the neuron that the value belongs to, or None.

    Raises NotANumberError for anything but one real number.

    >>> x, w = Value(2.0, "x"), Value(-3.0, "w")
    >>> y = (x * w).tanh()
    >>> y.backward()
    >>> w.grad == 2 * (1 - y.data**2)
    True
    """

    __slots__ = ("__weakref__", "_data", "_first", "_rule", "_second", "grad", "group", "inputs", "name", "role")

    _data: float
    _rule: Rule | None
    grad: float
    name: str
    inputs: tuple[Value, ...]
    _first: Any
    _second: Any
    role: str | None
    group: str | None

    def __init__(self, data: Number, name: str = "") -> None:
        self._data = data if type(data) is float else number(data)
        self.name = _checked_name(name)
        self.grad = 0.0
        self.inputs = ()
        self._first = self._second = None
        self._rule = None
        self.role = None
        self.group = None
        if requests and keeps_lines():
            keep_place(self)

    def __init_subclass__(cls) -> NoReturn:
        raise UsageError(
            f"class {cls.__name__}(Value): Value cannot be subclassed, operations would answer plain Values; "
            "keep a Value in an attribute instead, or add an operation with define_operation"
        )

    # What it is -------------------------------------------------------------------------------------------------

    @property
    def data(self) -> float:
        """The number."""
        if requests:
            note_reads((self,))
        return self._data

    @data.setter
    def data(self, new: Number) -> None:
        if self.inputs:
            raise UsageError(
                f"{self!r} was computed, by {self.op}; its data cannot be assigned. "
                "Change the data of a leaf and compute again, or take v.detach() for a leaf of its own"
            )
        if requests:
            note_reads((self,), is_write=True)
        self._data = new if type(new) is float else number(new)

    @property
    def op(self) -> Op | None:
        """The row of the calculus table that produced this value, or None for a leaf."""
        return self._rule.op if self._rule else None

    @property
    def numbers(self) -> tuple[float, ...]:
        """The numbers the operation computed with, as they were then, constants included; () for a leaf.

        >>> (2.0 * Value(3.0, "x")).numbers
        (2.0, 3.0)
        """
        note_reads((self,))
        return self._recorded_numbers()

    def _recorded_numbers(self) -> tuple[float, ...]:
        if self._rule is None:
            return ()
        count = len(self._rule.mask)
        return (self._first, self._second)[:count] if count <= 2 else self._first

    @property
    def operands(self) -> tuple[Value | float, ...]:
        """What the operation was called with, in its own order: the inputs, and constants as numbers between them.

        >>> (2.0 * Value(3.0, "x")).operands
        (2.0, Value(3.0, 'x'))
        """
        return self._rule.operands(self.inputs, self._recorded_numbers()) if self._rule else ()

    @property
    def place(self) -> Place | None:
        """The file and line of the program that made this value, where `record_lines()` was asked for; else None."""
        return place_of(self)

    def __repr__(self) -> str:
        note_reads((self,))
        return f"Value({self._data!r}, {self.name!r})" if self.name else f"Value({self._data!r})"

    def _repr_html_(self) -> str:
        # Loaded when a notebook asks: most programs show nothing.
        from ..notation.markup import value_html

        return value_html(self.name, self.data, self.grad, self.op, self.operands, self.numbers)

    def __float__(self) -> float:
        if requests:
            note_reads((self,))
        return self._data

    def __format__(self, spec: str) -> str:
        note_reads((self,))
        return format(self._data, spec) if spec else repr(self)

    def named(self, name: str) -> Self:
        """Give this value a name, which also gives it a line of its own in every view; returns the value itself.

        >>> Value(1.0).named("h1")
        Value(1.0, 'h1')
        """
        self.name = _checked_name(name)
        return self

    # Gradients --------------------------------------------------------------------------------------------------

    def backward(self, seed: Number = 1.0) -> None:
        """Fill `grad` for everything this value was computed from, with ∂self/∂self = seed.

        Leaves add to the grad they have, so that gradients of several samples sum up; interior values start from zero
        on each call. Raises DomainError where a partial has no real answer (sqrt at 0, say), and then leaves every
        leaf's grad as it was.
        """
        backward(self, number(seed, "the seed of backward()"))

    def zero_grad(self) -> None:
        """Set this value's grad, and no other, back to zero."""
        self.grad = 0.0

    def detach(self) -> Value:
        """A new leaf with the same number and name, which no gradient passes through."""
        note_reads((self,))
        return Value(self._data, self.name)

    # Copies. Written without recursion in copying.py, where the reason stands too. ------------------------------

    def __copy__(self) -> Value:
        note_reads((self,))
        copy: Value = shallow_copy(self)
        return copy

    def __deepcopy__(self, memo: dict[int, Any]) -> Value:
        note_reads((self,))
        copy: Value = deep_copy(self, memo)
        return copy

    def __reduce_ex__(self, protocol: object) -> tuple[Any, ...]:
        note_reads((self,))
        return reduce(self)

    # Comparisons look at the number; == stays identity, so that values can be members of sets, and a Value is true,
    # like any object. Who asks either may have meant the number all the same. ------------------------------------

    def __lt__(self, other: Value | Number) -> bool:
        if requests:
            note_reads((self,))
        return self._data < _plain(other)

    def __le__(self, other: Value | Number) -> bool:
        if requests:
            note_reads((self,))
        return self._data <= _plain(other)

    def __gt__(self, other: Value | Number) -> bool:
        if requests:
            note_reads((self,))
        return self._data > _plain(other)

    def __ge__(self, other: Value | Number) -> bool:
        if requests:
            note_reads((self,))
        return self._data >= _plain(other)

    def __eq__(self, other: object) -> bool:
        if requests:
            note_reads((self,))
        return True if self is other else NotImplemented

    __hash__ = object.__hash__

    def __bool__(self) -> bool:
        if requests:
            note_reads((self,))
        return True

    # NumPy is told to leave `array * value` and `np.float64(2) * value` to the methods below.
    __array_ufunc__ = None

    if TYPE_CHECKING:
        # Attached in operations.py, each written out from its row of the table.
        def __add__(self, other: Value | Number) -> Value: ...
        def __radd__(self, other: Number) -> Value: ...
        def __sub__(self, other: Value | Number) -> Value: ...
        def __rsub__(self, other: Number) -> Value: ...
        def __mul__(self, other: Value | Number) -> Value: ...
        def __rmul__(self, other: Number) -> Value: ...
        def __truediv__(self, other: Value | Number) -> Value: ...
        def __rtruediv__(self, other: Number) -> Value: ...
        def __pow__(self, other: Value | Number) -> Value: ...
        def __rpow__(self, other: Number) -> Value: ...
        def __neg__(self) -> Value: ...
        def __pos__(self) -> Value: ...
        def __abs__(self) -> Value: ...

        exp: Callable[[], Value]
        log: Callable[[], Value]
        sqrt: Callable[[], Value]
        sin: Callable[[], Value]
        cos: Callable[[], Value]
        tanh: Callable[[], Value]
        sigmoid: Callable[[], Value]
        relu: Callable[[], Value]
        softplus: Callable[[], Value]


def _checked_name(name: str) -> str:
    if not isinstance(name, str):
        raise UsageError(f"a name is text, not {type(name).__name__} {_shortened(name)}: write Value(data, 'w1')")
    return name


def _plain(other: Value | Number) -> float:
    return other._data if isinstance(other, Value) else number(other, "a comparison")


def name_all(values: Mapping[str, Any]) -> None:
    """Name the Values in a mapping after their keys, leaving those that have a name: `name_all(locals())`.

    >>> a = Value(2.0)
    >>> b = a * 3
    >>> name_all({"a": a, "b": b, "text": "ignored"})
    >>> a, b
    (Value(2.0, 'a'), Value(6.0, 'b'))
    """
    for name, value in values.items():
        if isinstance(value, Value) and not value.name:
            value.named(name)
