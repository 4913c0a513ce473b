"""Rule text: checked, and printed back as Python that may run.

A rule is one arithmetic expression, such as `out * (1 - out)`. Its text is parsed into a small tree, and only what is
printed from such a tree is ever evaluated: whatever the grammar below does not list never reaches Python.

A tree is a tuple: ("number", 2), ("name", "x"), ("call", "exp", tree, …), ("neg", tree), or (sign, left, right) with
one of the signs + - * / **.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from .errors import RuleError

Tree = tuple[Any, ...]

_SIGNS: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.Pow: "**",
}
# How tightly each kind of tree holds together; a call, a name and a number hold tightest.
_PRECEDENCE = {"+": 1, "-": 1, "*": 2, "/": 2, "neg": 3, "**": 4}
_ATOM = 5

# A rule is a line of a derivative table. The bounds keep every later recursion over a tree shallow.
_LONGEST_TEXT = 500
_DEEPEST_TREE = 30


def parse(text: str, names: Collection[str], arity: Mapping[str, int]) -> Tree:
    """The tree of one expression over `names`, calling only functions listed in `arity` (name: number of arguments).

    Raises RuleError, naming the offending part, for anything but arithmetic.

    >>> parse("out * (1 - out)", ["out"], {})
    ('*', ('name', 'out'), ('-', ('number', 1), ('name', 'out')))
    """
    if not isinstance(text, str):
        raise RuleError(f"a rule is written as text, such as 'x * y', not as {text!r}")
    if len(text) > _LONGEST_TEXT:
        raise RuleError(f"{text[:40]!r}… is {len(text)} characters long; a rule has at most {_LONGEST_TEXT}")
    try:
        body = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        raise RuleError(f"{text!r} is not an expression ({error.args[0] if error.args else 'too deep'})") from None

    def refuse(node: ast.expr, why: str) -> RuleError:
        part = ast.get_source_segment(text.strip(), node)
        return RuleError(f"{part or text!r}: {why}")

    def convert(node: ast.expr, depth: int) -> Tree:
        if depth > _DEEPEST_TREE:
            raise RuleError(f"{text[:40]!r}… is nested deeper than {_DEEPEST_TREE} operations; split it in two rules")
        deeper = depth + 1
        match node:
            case ast.Constant(value=bool()):
                raise refuse(node, "a rule is about numbers; write 1 or 0")
            case ast.Constant(value=int() | float() as number):
                # An integer too large for a float is as wrong as 1e999.
                if number > 1.7976931348623157e308 or not math.isfinite(number):
                    raise refuse(node, "is too large for a float")
                return ("number", number)
            case ast.Name(id=name):
                if name not in names:
                    raise refuse(node, f"is not a name this rule knows (must be one of {', '.join(names)})")
                return ("name", name)
            case ast.Call(func=ast.Name(id=function), args=arguments, keywords=[]):
                if function not in arity:
                    raise refuse(node.func, f"is not a function a rule may use (must be one of {', '.join(arity)})")
                if len(arguments) != arity[function]:
                    raise refuse(node, f"{function} takes {arity[function]} argument(s), not {len(arguments)}")
                return ("call", function, *(convert(argument, deeper) for argument in arguments))
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return ("neg", convert(operand, deeper))
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _SIGNS:
                return (_SIGNS[type(op)], convert(left, deeper), convert(right, deeper))
        raise refuse(node, "a rule has numbers, names, + - * / **, unary minus and calls of listed functions, no more")

    return convert(body, 0)


def names_in(tree: Tree) -> Iterator[str]:
    """Every name in the tree, from left to right, repeats kept.

    >>> list(names_in(parse("x * exp(x + y)", ["x", "y"], {"exp": 1})))
    ['x', 'x', 'y']
    """
    if tree[0] == "name":
        yield tree[1]
    for part in tree[1:]:
        if isinstance(part, tuple):
            yield from names_in(part)


def to_code(tree: Tree) -> str:
    """Python that computes the tree fast: numbers as floats, `**` as a call of `power`.

    Floats, because Python multiplies a float by a float faster than by an int; `power`, because Python's `**` answers
    a negative base with a complex number.

    >>> to_code(parse("y * x ** (y - 1)", ["x", "y"], {}))
    'y * power(x, y - 1.0)'
    """
    return _print(tree, 0)


def _print(tree: Tree, outer: int) -> str:
    kind = tree[0]
    inner = _PRECEDENCE.get(kind, _ATOM)
    match tree:
        case ("number", number):
            return repr(float(number))
        case ("name", name):
            return str(name)
        case ("call", function, *arguments):
            return f"{function}({', '.join(_print(argument, 0) for argument in arguments)})"
        case ("**", base, exponent):
            return f"power({_print(base, 0)}, {_print(exponent, 0)})"
        case ("neg", operand):
            text = f"-{_print(operand, inner)}"
        case (sign, left, right):
            # The right operand of a chain needs brackets: a - (b - c).
            text = f"{_print(left, inner)} {sign} {_print(right, inner + 1)}"
    return f"({text})" if inner < outer else text
