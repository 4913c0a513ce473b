"""Nested lists, tuples, dictionaries and arrays of numbers, as a flat list of leaves and the form they had.

A form is made of tuples, so that it can be compared and be a key:

    None                        a leaf
    (list, 3)                   a list of three leaves; also with tuple, or a class of named tuples, in place of list
    (list, (form, form))        a list of other members
    (dict, keys, 3)             a dictionary, with its values as above
    ("array", shape)            an array of leaves
    ("fixed", type, value)      anything else: it is no leaf, and kept in a list of its own
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from math import prod
from typing import Any

from ..errors import UsageError
from .arguments import is_array, is_number

Form = Any

ARRAY, FIXED = "array", "fixed"


def flatten(
    given: Any, kinds: frozenset[type], leaves: list[Any], fixed: list[Any], seen: set[type] | None = None
) -> Form:
    """The form of `given`; its leaves are added to `leaves`, everything else to `fixed`, the leaves' types to `seen`.

    kinds: the types that are leaves. If int is one, so are NumPy's numbers; if bool is one, NumPy's bools.

    >>> leaves, fixed = [], []
    >>> flatten({"w": [1, 2], "act": "relu"}, frozenset([int]), leaves, fixed)
    (<class 'dict'>, ('w', 'act'), ((<class 'list'>, 2), ('fixed', <class 'str'>, 'relu')))
    >>> leaves, fixed
    ([1, 2], ['relu'])
    """
    kind = type(given)
    if kind in kinds:
        leaves.append(given)
        if seen is not None:
            seen.add(kind)
        return None
    if kind is list or kind is tuple or isinstance(given, dict):
        keys: tuple[Any, ...] = ()
        if kind is not list and kind is not tuple:
            kind, keys, given = dict, (tuple(given),), given.values()
        types = {*map(type, given)}
        if types and types <= kinds:
            leaves += given
            if seen is not None:
                seen |= types
            return kind, *keys, len(given)
        parts = [flatten(one, kinds, leaves, fixed, seen) for one in given]
        return kind, *keys, tuple(parts) if any(part is not None for part in parts) else len(parts)
    if isinstance(given, list | tuple):
        kind = kind if hasattr(given, "_fields") else list if isinstance(given, list) else tuple
        return kind, tuple([flatten(one, kinds, leaves, fixed, seen) for one in given])
    if is_array(given):
        members = given.ravel().tolist()
        types = {*map(type, members)}
        if types <= kinds:
            leaves += members
            if seen is not None:
                seen |= types
            return ARRAY, given.shape
        fixed.append(given)
        return FIXED, kind, (given.shape, str(given.dtype), repr(members))
    if int in kinds and is_number(given) and (bool in kinds or not _is_truth(given)):
        leaves.append(given)
        if seen is not None:
            seen.add(kind)
        return None
    fixed.append(given)
    # 0.0 is equal to -0.0, and NaN to nothing.
    return FIXED, kind, repr(given) if kind is float else given


def _is_truth(given: Any) -> bool:
    return isinstance(given, bool) or getattr(getattr(given, "dtype", None), "kind", "") == "b"


def nested(
    form: Form, leaves: Iterator[Any], fixed: Iterator[Any] | None = None, array: Callable[..., Any] | None = None
) -> Any:
    """New lists, tuples, dictionaries and arrays of a form, made from its leaves and what is fixed.

    array: what to call, in place of `as_array`, to make an array of a shape from the next leaves.

    >>> nested((tuple, (None, (list, 2))), iter([1.0, 2.0, 3.0]))
    (1.0, [2.0, 3.0])
    """
    if form is None:
        return next(leaves)
    kind, parts = form[0], form[-1]
    if kind is ARRAY:
        return (array or as_array)(parts, leaves)
    if kind is FIXED:
        return next(fixed or iter(()))
    if type(parts) is int:
        members = list(islice(leaves, parts))
    else:
        members = [nested(part, leaves, fixed, array) for part in parts]
    if kind is list:
        return members
    if kind is dict:
        return dict(zip(form[1], members, strict=True))
    return tuple(members) if kind is tuple else kind(*members)


def places(form: Form, name: str) -> Iterator[tuple[str, bool]]:
    """How Python writes each member, in order, and whether it is a leaf; the others are fixed.

    >>> [place for place, _ in places((dict, ("w", "b"), ((list, 2), None)), "p")]
    ["p['w'][0]", "p['w'][1]", "p['b']"]
    """
    kind = form and form[0]
    if kind is None or kind is FIXED:
        yield name, kind is None
    elif kind is ARRAY:
        numpy = sys.modules["numpy"]
        for index in numpy.ndindex(form[1]):
            yield f"{name}[{', '.join(map(str, index))}]", True
    else:
        parts = parts_of(form)
        for part, step in zip(parts, _steps(form, len(parts)), strict=True):
            yield from places(part, name + step)


def parts_of(form: Form) -> Sequence[Form]:
    """The forms of the members of a list, a tuple or a dictionary."""
    parts: Sequence[Form] = (None,) * form[-1] if type(form[-1]) is int else form[-1]
    return parts


def _steps(form: Form, count: int) -> list[str]:
    """How Python writes the steps to the members: [0], ['w'], .x"""
    if form[0] is dict:
        return [f"[{key!r}]" for key in form[1]]
    fields = getattr(form[0], "_fields", None)
    return [f".{field}" for field in fields] if fields else [f"[{index}]" for index in range(count)]


def shapes(form: Form) -> Iterator[tuple[int, ...]]:
    """The shape of each array in a form, and () for each other leaf, in order."""
    kind = form and form[0]
    if kind is None or kind is ARRAY:
        yield form[1] if form else ()
    elif kind is not FIXED:
        for part in parts_of(form):
            yield from shapes(part)


def described(form: Form) -> str:
    """A form in words.

    >>> described((list, 2)), described((dict, ("w", "b"), 2)), described((tuple, ()))
    ('a list of 2', "a dictionary of 'w', 'b'", 'an empty tuple')
    """
    if form is None:
        return "one number"
    kind, parts = form[0], form[-1]
    if kind is FIXED:
        return f"of type {form[1].__name__}"
    if kind is ARRAY:
        return f"an array of shape {parts}"
    name = "dictionary" if kind is dict else kind.__name__
    count = parts if type(parts) is int else len(parts)
    if not count:
        return f"an empty {name}"
    if kind is dict and count <= 4:
        return f"a dictionary of {', '.join(map(repr, form[1]))}"
    return f"a {name} of {count}"


def leaves_of_form(form: Form, given: Any, name: str, other: str) -> Iterator[Any]:
    """The leaves of `given`, which must have this form; raises UsageError, naming the place where it differs.

    Lists may stand for tuples, and dictionaries may have another order. name: that of `given` in errors. other: that of
    what has the form.

    >>> list(leaves_of_form((dict, ("w", "b"), 2), {"b": 3.0, "w": 2.0}, "the tangent", "p"))
    [2.0, 3.0]
    """
    kind = form and form[0]
    if kind is None:
        if not (is_number(given) or hasattr(given, "_pullback")):
            raise _another(form, given, name, other)
        yield given
    elif kind is ARRAY:
        array = sys.modules["numpy"].array(given, dtype=object)
        if array.shape != form[1]:
            raise _another(form, given, name, other)
        yield from array.ravel().tolist()
    elif kind is not FIXED:
        parts = parts_of(form)
        if kind is dict:
            if not isinstance(given, dict) or set(given) != set(form[1]):
                raise _another(form, given, name, other)
            members = [given[key] for key in form[1]]
        elif isinstance(given, list | tuple) and len(given) == len(parts):
            members = list(given)
        else:
            raise _another(form, given, name, other)
        for part, member, step in zip(parts, members, _steps(form, len(parts)), strict=True):
            yield from leaves_of_form(part, member, name + step, other)


def _another(form: Form, given: Any, name: str, other: str) -> UsageError:
    kinds = frozenset((int, float, bool))
    return UsageError(
        f"{name} is {described(flatten(given, kinds, [], []))}, where {other} is {described(form)}: it needs a number "
        "for each number there"
    )


def as_array(shape: tuple[int, ...], members: Iterator[Any]) -> Any:
    """The next members as an array of a shape: of floats, or of objects if any is not a float."""
    numpy = sys.modules["numpy"]
    taken = list(islice(members, prod(shape)))
    if {*map(type, taken)} <= {float}:
        return numpy.array(taken, float).reshape(shape)
    array = numpy.empty(len(taken), object)
    array[:] = taken
    return array.reshape(shape)
