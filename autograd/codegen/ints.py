"""Whether generated Python would compute another number from ints than from floats.

A caller may hand in ints, with which Python computes exactly and without end: 3 ** 40 is not 3.0 ** 40, an int has no
-0, and never becomes inf. So the text makes floats of its arguments, unless every int meets a float before it can show,
as in sigmoid(w1 * x1 + w2 * x2 + b1). Constants are seen to where they are written (typesetting.py).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

from ..notation.expression import Tree
from ..notation.typesetting import INT_FUNCTIONS, is_written_as_int

# Ints up to here are what callers hand in; floats hold every int up to the second bound.
_LARGEST_ARGUMENT = 2.0**20
_LARGEST_EXACT = 2.0**53


class _Int(NamedTuple):
    """A number that is an int if the arguments are: how large it may be, and whether 0 may stand for -0."""

    largest: float
    loses_sign: bool


class _Differs(Exception):  # noqa: N818 -- no error, but an answer
    """Ints would give another number than floats do."""


def ints_differ(
    assignments: Iterable[tuple[str, str, Tree]], arguments: Collection[str], results: Iterable[str]
) -> bool:
    """Whether ints up to a million, given for the arguments, could give anything but what floats give, to the last bit.

    assignments: (target, = or +=, expression), in order. results: the names whose numbers are returned.

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
    """The int that the tree computes, None where it computes a float. Raises _Differs."""
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
    # A sum is -0 where both its terms are, a difference where its first is.
    return _Int(sum(sizes), operands[0].loses_sign and (kind == "-" or operands[1].loses_sign))
