"""Rule text, checked and parsed into trees. All generated code and all shown formulas are written from such trees.

A rule is one arithmetic expression, such as `out * (1 - out)`. The text itself is never evaluated, only code that was
written from its tree. So nothing that the grammar below does not list can run.

A tree is a tuple: ("number", 2), ("name", "x"), ("call", "exp", tree, …), ("neg", tree), or (sign, left, right) with
one of the signs + - * / **. Operations of lists add ("list", tree, …), which stands for their `values`.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from ..errors import RuleError

Tree = tuple[Any, ...]

_SIGNS: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.Pow: "**",
}
# Far more than a line of a derivative table needs. The bounds keep every recursion over a tree shallow.
_LONGEST_TEXT = 500
_DEEPEST_TREE = 30


def parse(text: str, names: Collection[str], arity: Mapping[str, int], hint: str = "") -> Tree:
    """The tree of one expression over `names`, calling only functions listed in `arity` (name: number of arguments).

    Raises RuleError, naming the offending part, for anything but arithmetic. hint: added for an unknown name.

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
        return RuleError(f"{part or text!r} {why}")

    def convert(node: ast.expr, depth: int) -> Tree:
        if depth > _DEEPEST_TREE:
            raise RuleError(f"{text[:40]!r}… is nested deeper than {_DEEPEST_TREE} operations; split it in two rules")
        deeper = depth + 1
        match node:
            case ast.Constant(value=bool()):
                raise refuse(node, "is a truth value, and a rule is about numbers; write 1 or 0")
            case ast.Constant(value=int() | float() as number):
                # 10 ** 400 is an int, and 1e999 is infinite already.
                if number > 1.7976931348623157e308 or not math.isfinite(number):
                    raise refuse(node, "is too large for a float")
                return ("number", number)
            case ast.Name(id=name):
                if name not in names:
                    raise refuse(node, f"is not a name this rule knows (must be one of {', '.join(names)}){hint}")
                return ("name", name)
            case ast.Call(func=ast.Name(id=function), args=arguments, keywords=[]):
                if function not in arity:
                    raise refuse(node.func, "is not a function a rule may use: it has no row in autograd.TABLE")
                if len(arguments) != arity[function]:
                    raise refuse(node, f"gives {function} {len(arguments)} argument(s), not {arity[function]}")
                return ("call", function, *(convert(argument, deeper) for argument in arguments))
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return ("neg", convert(operand, deeper))
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _SIGNS:
                return (_SIGNS[type(op)], convert(left, deeper), convert(right, deeper))
            case ast.BinOp(op=ast.BitXor()):
                raise refuse(node, "has a ^: a power is written **")
            case ast.Call(func=ast.Attribute(attr=function)) if function in arity:
                raise refuse(node.func, f"stands for {function} in Python: in a rule write {function}(…)")
        raise refuse(
            node,
            "says more than a rule may: it has numbers, names, + - * / **, unary minus and calls of listed functions",
        )

    return convert(body, 0)


def names_in(tree: Tree) -> Iterator[str]:
    """Every name in the tree, from left to right, repeats kept.

    >>> list(names_in(parse("x * exp(x + y)", ["x", "y"], {"exp": 1})))
    ['x', 'x', 'y']
    """
    for part in parts(tree):
        if part[0] == "name":
            yield part[1]


def parts(tree: Tree) -> Iterator[Tree]:
    """The tree itself, and every tree inside of it, from left to right."""
    waiting = [tree]
    while waiting:
        tree = waiting.pop()
        yield tree
        waiting += [part for part in tree[:0:-1] if isinstance(part, tuple)]


def substitute(tree: Tree, trees: Mapping[str, Tree]) -> Tree:
    """The tree with every name replaced by the tree that stands for it.

    >>> substitute(("*", ("name", "x"), ("number", 2)), {"x": ("neg", ("name", "w1"))})
    ('*', ('neg', ('name', 'w1')), ('number', 2))
    """
    kind = tree[0]
    if kind == "name":
        return trees[tree[1]]
    if kind == "number":
        return tree
    return (kind, *[substitute(part, trees) if isinstance(part, tuple) else part for part in tree[1:]])


def size(tree: Tree) -> int:
    """How many operations and calls the tree has."""
    inside = sum(size(part) for part in tree[1:] if isinstance(part, tuple))
    return inside + (tree[0] not in ("name", "number", "list"))


def depth(tree: Tree) -> int:
    """How deep operations are nested: 0 for a name, 2 for x + y * z."""
    inside = max((depth(part) for part in tree[1:] if isinstance(part, tuple)), default=-1)
    return inside if tree[0] == "list" else inside + 1


def has_call(tree: Tree) -> bool:
    """Whether the tree calls a function anywhere."""
    return tree[0] == "call" or any(has_call(part) for part in tree[1:] if isinstance(part, tuple))
