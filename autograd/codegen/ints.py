"""Whether generated Python would give another number for ints than for floats.

A caller may pass ints, with which Python computes exactly: 3 ** 40 is not 3.0 ** 40, an int has no -0 and never becomes
inf. So the text converts its arguments to floats, unless every int is combined with a float before it makes a
difference, as in sigmoid(w1 * x1 + w2 * x2 + b1). For constants see typesetting.with_floats.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

from ..notation.expression import Tree
from ..notation.typesetting import INT_FUNCTIONS, is_written_as_int

# Callers are taken to pass ints up to the first bound; floats are exact for ints up to the second.
_LARGEST_ARGUMENT = 2.0**20
_LARGEST_EXACT = 2.0**53


class _Int(NamedTuple):
    """A number that is an int if the arguments are: how large it may be, and whether as a float it could be -0."""

    largest: float
    loses_sign: bool


class _Differs(Exception):  # noqa: N818 -- no error, but an answer
    """Ints would give another number than floats."""


def ints_differ(
    assignments: Iterable[tuple[str, str, Tree]], arguments: Collection[str], results: Iterable[str]
) -> bool:
    """Whether ints up to a million as arguments could give any other result than floats, to the last bit.

    assignments: (target, "=" or "+=", expression), in order. results: the names whose numbers are returned.

    >>> assignments = [("h", "=", ("+", ("*", ("name", "w"), ("name", "x")), ("name", "b")))]
    >>> assignments.append(("L", "=", ("call", "exp", ("name", "h"))))
    >>> ints_differ(assignments, ["w", "x", "b"], ["L"]), ints_differ(assignments, ["w", "x", "b"], ["h"])
    (False, True)
    """
    ints = dict.fromkeys(arguments, _Int(_LARGEST_ARGUMENT, False))
    try:
        for target, sign, tree in assignments:
            found = _int_of(tree if sign == "=" else ("+", ("name", target), tree), ints)
            if found is not None:
                ints[target] = found
    except _Differs:
        return True
    return any(name in ints for name in results)


def _int_of(tree: Tree, ints: dict[str, _Int]) -> _Int | None:
    """The int that the tree computes, None if it computes a float. Raises _Differs."""
    kind = tree[0]
    if kind == "name":
        return ints.get(tree[1])
    if kind == "number":
        return _Int(abs(tree[1]), False) if is_written_as_int(tree[1]) else None
    if kind == "figure":
        return None
    operands = [_int_of(operand, ints) for operand in tree[1:] if isinstance(operand, tuple)]
    known = [one for one in operands if one is not None]
    if not known:
        return None
    if kind == "list":
        return _Int(max(one.largest for one in known), any(one.loses_sign for one in known))
    if kind in ("+", "-", "*", "neg") and len(known) == len(operands):
        found = _exactly(kind, known)
        if found.largest <= _LARGEST_EXACT:
            return found
        raise _Differs
    is_int = (kind == "**" and operands[0]) or (kind == "call" and tree[1] in INT_FUNCTIONS)
    if is_int or any(one.loses_sign for one in known):
        raise _Differs
    return None


def _exactly(kind: str, operands: list[_Int]) -> _Int:
    sizes = [one.largest for one in operands]
    if kind == "*":
        return _Int(sizes[0] * sizes[1], True)
    if kind == "neg":
        return _Int(sizes[0], True)
    # A sum is -0 if both terms are, a difference only if the first is.
    return _Int(sum(sizes), operands[0].loses_sign and (kind == "-" or operands[1].loses_sign))
