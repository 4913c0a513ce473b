"""Mistakes of people who know another library, or forget that a Value is no number; and what to write instead."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Mapping
from typing import Any

from ..errors import UsageError
from .arguments import is_array
from .place import users_frame
from .recording import differentiated
from .table import FUNCTIONS

# Attributes of other libraries' values: what to write here.
_ATTRIBUTES = {
    "label": "v.name",
    "value": "v.data",
    **dict.fromkeys(("item", "numpy", "tolist", "val"), "v.data"),
    "gradient": "v.grad",
    "requires_grad": "v.role, which is 'parameter' for what is trained",
    "_prev": "v.inputs",
    "_children": "v.inputs",
    "children": "v.inputs",
    "parents": "v.inputs",
    "_op": "v.op, or v.op.name for its name",
    "grad_fn": "v.op",
    "_backward": "v.op.partials; v.backward() goes through the whole graph",
    **dict.fromkeys(
        ("m", "v", "velocity", "momentum"),
        "the optimiser's to keep, as nn.Adam does, or yours, in a dictionary such as {p: 0.0 for p in parameters}",
    ),
}
_KEYWORDS = {"label": "name", "value": "data", "argnum": "argnums", "wrt": "argnums"}


class UnknownNameError(UsageError, AttributeError):
    """A Value has no attribute of that name, but stepgrad has another for it."""


class _Elsewhere:
    """An attribute of other libraries' values. Reading or assigning it raises an error that names ours."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, value: object, owner: type | None = None) -> Any:
        if value is None:
            return self
        raise UnknownNameError(f"a Value has no {self.name!r}; here it is {_ATTRIBUTES[self.name]}")

    def __set__(self, value: object, new: object) -> None:
        self.__get__(value)


class NoWholeNumberError(UsageError, TypeError):
    """A Value stands where Python needs a whole number."""


def _as_index(value: Any) -> int:
    """Python calls this for range(v) and rows[v]."""
    _ = value.data
    raise NoWholeNumberError(
        "a Value is no whole number, as range(v), rows[v] and int(v) need: write int(v.data); or, for an element of a "
        "list by an index that is recorded, pick(rows, v)"
    )


def wrong_keyword(call: str, given: Mapping[str, object]) -> UsageError:
    """The error for an argument that a function does not have. call: how it is called, such as "Value(data, name)"."""
    name = next(iter(given))
    ours = _KEYWORDS.get(name, "")
    mend = f"; write {ours}={given[name]!r:.40}" if ours and ours in call else ""
    return UsageError(f"{call} has no argument {name!r}{mend}")


# NumPy's operators: Python's method of a Value on the left, and of one on the right.
_UFUNCS = {
    "add": ("__add__", "__radd__"),
    "subtract": ("__sub__", "__rsub__"),
    "multiply": ("__mul__", "__rmul__"),
    "divide": ("__truediv__", "__rtruediv__"),
    "power": ("__pow__", "__rpow__"),
    "remainder": ("__mod__", "__rmod__"),
    "floor_divide": ("__floordiv__", "__rfloordiv__"),
    "divmod": ("__divmod__", "__rdivmod__"),
    "less": ("__lt__", "__gt__"),
    "less_equal": ("__le__", "__ge__"),
    "greater": ("__gt__", "__lt__"),
    "greater_equal": ("__ge__", "__le__"),
    "equal": ("__eq__", "__eq__"),
    "not_equal": ("__ne__", "__ne__"),
}


class Corrections:
    """How a Value answers where it is taken for an array, or for another library's value."""

    __slots__ = ()

    def __array_ufunc__(self, ufunc: Any, method: str, *operands: Any, **settings: Any) -> Any:
        """NumPy calls this: `np.float64(2) * v` is computed, `array * v` for each member of the array; np.exp(v) raises
        an error that names autograd.exp.
        """
        name = ufunc.__name__
        if any(map(is_array, operands)):
            boxes = [sys.modules["numpy"].array(one, object) if one is self else one for one in operands]
            return getattr(ufunc, method)(*boxes, **settings)
        if name in _UFUNCS and method == "__call__" and not settings:
            left, right = operands
            on_left, on_right = _UFUNCS[name]
            answer = getattr(left, on_left)(right) if left is self else getattr(right, on_right)(left)
            # As Python does where neither side knows the other.
            return name == "not_equal" if answer is NotImplemented else answer
        inputs = ", ".join(["v", "w"][: len(operands)])
        mends = {"absolute": "abs(v)", "square": "v ** 2", "negative": "-v", "reciprocal": "1 / v"}
        mends |= {row.numpy or row.name: f"autograd.{row.name}({inputs})" for row in FUNCTIONS}
        mend = mends.get(name, "it with autograd.exp and its like, or add the function with define_operation")
        raise UsageError(f"np.{name} computes with arrays, and a Value is none: write {mend}")

    def __dir__(self) -> list[str]:
        """The names that may be offered for completion."""
        return [name for name in object.__dir__(self) if name not in _ATTRIBUTES]


# Set from outside the class, so that type checkers do not take them for real attributes.
for _name in _ATTRIBUTES:
    setattr(Corrections, _name, _elsewhere := _Elsewhere())
    _elsewhere.__set_name__(Corrections, _name)
Corrections.__index__ = _as_index  # type: ignore[attr-defined]


def _warn(text: str) -> None:
    """Warn the user, once for each line of the program; not where autograd or nn asks."""
    frame = users_frame()
    if frame is not None:
        names = frame.f_globals
        warnings.warn_explicit(
            text,
            UserWarning,
            frame.f_code.co_filename,
            frame.f_lineno,
            module=names.get("__name__", "__main__"),
            registry=names.setdefault("__warningregistry__", {}),
        )


def left_as_float() -> None:
    """Warn of float(v) where a derivative is being taken."""
    _warn(
        "float(v) leaves the graph while a derivative is taken: what is computed from it counts as a constant. Go on "
        "with the Value itself (autograd.exp(v), not math.exp(v); a list of Values, not an array), or write v.data if "
        "a constant is meant"
    )


def left_as_condition() -> None:
    """Warn of `if v:` where a derivative is being taken."""
    _warn("a Value is always true, also when its number is 0: write `if v.data != 0:`, or `if v is not None:`")


def left_as_equality(value: Any, number: object) -> None:
    """Refuse `v == 2.0` where a derivative is being taken; elsewhere warn."""
    if not differentiated.get():
        _warn(
            "a Value is never equal to a number: == asks whether two Values are the same one. Write v.data == number, "
            "and any(v.data == number for v in values) for `number in values`"
        )
    elif users_frame() is not None:
        name = value.name if value.name.isidentifier() else "v"
        raise UsageError(
            f"{value!r} == {number!r} is never true: == asks whether two Values are the same one. Write {name}.data "
            f"== {number!r}, and any(v.data == {number!r} for v in values) for `in`. Either way the derivative is that "
            "of the branch that is taken"
        )
