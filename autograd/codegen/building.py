"""A form (core/nesting.py) as compiled Python: a function that puts a flat list of numbers into that form.

    lambda n, f: {k1: [n[0:2], n[2:4]], k2: n[4]}

It does the same as `nested`, faster: it takes slices instead of single leaves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from math import prod
from typing import Any

from ..core.nesting import ARRAY, FIXED, Form, as_array, parts_of
from ..core.source import run_source, tuple_of

_builders = count(1)


def builder(form: Form) -> Callable[[list[Any], list[Any]], Any]:
    """The function of the list of leaves and the list of what is fixed.

    >>> builder((dict, ("w", "b"), ((list, 2), None)))([1.0, 2.0, 3.0], [])
    {'w': [1.0, 2.0], 'b': 3.0}
    """
    names: dict[str, Any] = {"iter": iter, "as_array": as_array}
    leaves, fixed = count(), count()
    text = _text(form, names, leaves, fixed)
    source = f"def built(n, f):\n    return {text}\n"
    built: Callable[[list[Any], list[Any]], Any] = run_source(source, f"form {next(_builders)}", names)["built"]
    return built


def _text(form: Form, names: dict[str, Any], leaves: Iterator[int], fixed: Iterator[int]) -> str:
    if form is None:
        return f"n[{next(leaves)}]"
    kind, parts = form[0], form[-1]
    if kind is FIXED:
        return f"f[{next(fixed)}]"
    if kind is ARRAY:
        return f"as_array({parts!r}, iter({_slice(leaves, prod(parts))}))"
    if kind is list and type(parts) is int:
        return _slice(leaves, parts)
    members = [_text(part, names, leaves, fixed) for part in parts_of(form)]
    if kind is list:
        return f"[{', '.join(members)}]"
    if kind is dict:
        keys = [_named(key, names) for key in form[1]]
        return f"{{{', '.join(f'{key}: {one}' for key, one in zip(keys, members, strict=True))}}}"
    return tuple_of(members) if kind is tuple else f"{_named(kind, names)}({', '.join(members)})"


def _slice(leaves: Iterator[int], length: int) -> str:
    taken = [next(leaves) for _ in range(length)]
    return f"n[{taken[0]}:{taken[-1] + 1}]" if taken else "[]"


def _named(thing: Any, names: dict[str, Any]) -> str:
    name = f"k{len(names)}"
    names[name] = thing
    return name
