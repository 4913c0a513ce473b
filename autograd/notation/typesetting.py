"""Trees of expression.py, written as text. One walk decides where brackets go; a `Style` says how each part looks.

Two styles are here: code that runs fast, and Python as a person writes it. Styles for people only are in
mathematics.py. For them a tree may also hold ("derivative", "L", "w1"), which is ∂L/∂w1; ("figure", 0.02147), a number
that was computed; ("words", "undefined"); and the signs = and +=. For arrays it may hold ("@", a, b) and ("post", a,
".T"), which is a with text after it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, NamedTuple

from .expression import Tree

# Operators that bind more tightly have larger numbers; calls, names and numbers bind tightest.
PRECEDENCE = {"=": 0, "+=": 0, "+": 1, "-": 1, "*": 2, "/": 2, "@": 2, "neg": 3, "**": 4}
ATOM = 5

NO_LABELS: Mapping[str, str] = {}

_HOLD_NO_TREE = {"name", "number", "figure", "derivative", "words"}


def to_code(tree: Tree) -> str:
    """Python that computes the tree fast: numbers as floats, `**` as a call of `power`.

    Floats, because Python multiplies a float by a float faster than by an int; `power`, because Python's `**` answers
    a negative base with a complex number.

    >>> from autograd.notation.expression import parse
    >>> to_code(parse("y * x ** (y - 1)", ["x", "y"], {}))
    'y * power(x, y - 1.0)'
    """
    return write(tree, CODE)


def write(tree: Tree, style: Style, labels: Mapping[str, str] | None = None, around: int = 0) -> str:
    """The tree in a style. labels: what to write for a name, if that is not the name itself.

    around: the precedence of the operation that the text will be an operand of; for a right operand, one more.

    >>> square = ("**", ("-", ("name", "y_true"), ("name", "o1")), ("number", 2.0))
    >>> write(square, CODE), write(square, PYTHON)
    ('power(y_true - o1, 2.0)', '(y_true - o1) ** 2')
    """
    return write_prepared(style.prepared(tree), style, labels or NO_LABELS, around)


def write_prepared(tree: Tree, style: Style, labels: Mapping[str, str] = NO_LABELS, outer: int = 0) -> str:
    """As `write`, for a tree that was prepared for the style. It gets brackets if the operation around it (`outer`)
    binds more tightly than its own.
    """
    kind = tree[0]
    if kind == "name":
        return style.name(labels.get(tree[1], tree[1]))
    inner = PRECEDENCE.get(kind)
    if inner is None:
        return _write_atom(tree, style, labels, outer)
    if kind == "/" and style.fractions:
        text = style.fraction(write_prepared(tree[1], style, labels), write_prepared(tree[2], style, labels))
        return style.brackets(text) if outer == ATOM else text
    if kind == "neg":
        text = style.negative(write_prepared(tree[1], style, labels, inner))
    elif kind == "**":
        base, exponent = tree[1:]
        if not style.has_sign_for_power(exponent):
            return style.call(style.power_function, [write_prepared(part, style, labels) for part in tree[1:]])
        exponent = write_prepared(exponent, style, labels, style.exponents)
        text = style.power(write_prepared(base, style, labels, ATOM), exponent)
    else:
        # A minus before the left operand is before the whole text: -2 * x, but a + (-2) * x.
        before = 0 if inner < outer else outer
        before = before if PRECEDENCE.get(tree[1][0], ATOM) >= inner else inner
        text = write_prepared(tree[1], style, labels, before)
        # The right operand of a chain needs brackets: a - (b - c).
        for part in tree[2:]:
            text += style.signs[kind] + write_prepared(part, style, labels, inner + 1 if inner else 0)
    return style.brackets(text) if inner < outer else text


def _write_atom(tree: Tree, style: Style, labels: Mapping[str, str], outer: int) -> str:
    """A tree that is no operation and no name: a number, a call, a list, …"""
    kind = tree[0]
    if kind == "number" or kind == "figure":
        text = style.number(tree[1]) if kind == "number" else style.figure(tree[1])
        # A minus in front binds as the sign does: (-2) ** 2.
        is_negative = math.copysign(1.0, tree[1]) < 0 and tree[1] == tree[1]
        return style.brackets(text) if is_negative and outer > style.negative_numbers else text
    if kind == "call":
        return style.call(tree[1], [write_prepared(argument, style, labels) for argument in tree[2:]])
    if kind == "list":
        return style.listed([write_prepared(one, style, labels) for one in tree[1:]])
    if kind == "derivative":
        return style.derivative(labels.get(tree[1], tree[1]), labels.get(tree[2], tree[2]))
    if kind == "post":
        return write_prepared(tree[1], style, labels, ATOM) + str(tree[2])
    return style.words(tree[1])


class Spelling(NamedTuple):
    """How people write a function of the table.

    inputs: the names of its arguments. reads: a formula of these that people write instead, or None.
    written: how it is typeset: a name, as arcsin or log_2, or signs around an argument: |x|, ⌊x⌋, √x, values[index].
    """

    inputs: Sequence[str]
    reads: Tree | None
    written: str


# Filled in from the rows of the table, by core/op.py.
SPELLINGS: dict[str, Spelling] = {}

# Functions of the table that may answer ints with an int; filled in by core/primitives.py.
INT_FUNCTIONS: set[str] = set()


def with_floats(tree: Tree) -> Tree:
    """The tree with constants as floats wherever Python would otherwise compute an int.

    Python's ints are exact, while 3.0 ** 40 is rounded, and have no -0. Next to a float a constant may stay an int.

    >>> with_floats(("**", ("call", "maximum", ("name", "x"), ("number", 3)), ("number", 40)))
    ('**', ('call', 'maximum', ('name', 'x'), ('figure', 3.0)), ('number', 40))
    """
    kind = tree[0]
    if kind in _HOLD_NO_TREE:
        return tree
    if kind == "call":
        arguments = [with_floats(argument) for argument in tree[2:]]
        return (*tree[:2], *(map(_as_float, arguments) if tree[1] in INT_FUNCTIONS else arguments))
    if kind == "list":
        return (kind, *(_as_float(with_floats(one)) for one in tree[1:]))
    operands = [with_floats(operand) if isinstance(operand, tuple) else operand for operand in tree[1:]]
    if kind == "neg" and operands[0][0] == "number":
        return (kind, *(map(_as_float, operands) if operands[0][1] == 0 else operands))
    if operands and all(map(_is_int, operands)):
        operands = [_as_float(operand) for operand in operands]
    return (kind, *operands)


def _is_int(tree: Any) -> bool:
    kind = tree[0]
    return (kind == "number" and is_written_as_int(tree[1])) or (kind == "neg" and _is_int(tree[1]))


def _as_float(tree: Tree) -> Tree:
    if not _is_int(tree):
        return tree
    return ("neg", _as_float(tree[1])) if tree[0] == "neg" else ("figure", float(tree[1]))


def is_written_as_int(number: float) -> bool:
    """Whether a constant is written as 2 rather than 2.0. Not -0.0, which no int is, nor 2e+16, which is shorter."""
    return float(number).is_integer() and abs(number) < 1e16 and (number != 0 or math.copysign(1.0, number) > 0)


class Style:
    """How the parts of a tree look. This one is Python as a person writes it; others derive from it."""

    signs: ClassVar[Mapping[str, str]] = {sign: f" {sign} " for sign in ("+", "-", "*", "/", "=", "+=")}
    fractions = False
    negative_numbers = PRECEDENCE["neg"]
    exponents = PRECEDENCE["neg"]
    power_function = "pow"

    def prepared(self, tree: Tree) -> Tree:
        """The tree, changed as the style needs it."""
        return with_floats(tree)

    def has_sign_for_power(self, exponent: Tree) -> bool:
        """Whether a power is written with a sign. Python's ** is safe for whole exponents only: for others it turns a
        negative base complex.
        """
        return exponent[0] == "number" and float(exponent[1]).is_integer()

    def number(self, number: float) -> str:
        """A constant of an expression, exactly, but a whole number without a point."""
        return str(int(number)) if is_written_as_int(number) else repr(float(number))

    def figure(self, number: float) -> str:
        """A number that was computed."""
        return repr(number)

    def name(self, label: str) -> str:
        """A name."""
        return label

    def words(self, text: str) -> str:
        """Words, such as "undefined"."""
        return text

    def derivative(self, of: str, wrt: str) -> str:
        """∂of/∂wrt."""
        return f"d_{of}_d_{wrt}"

    def call(self, function: str, arguments: Sequence[str]) -> str:
        """A function of arguments."""
        return f"{function}({', '.join(arguments)})"

    def listed(self, items: Sequence[str]) -> str:
        """A list."""
        return f"[{', '.join(items)}]"

    def brackets(self, text: str) -> str:
        """The text in brackets."""
        return f"({text})"

    def negative(self, text: str) -> str:
        """The opposite."""
        return f"-{text}"

    def fraction(self, top: str, bottom: str) -> str:
        """A quotient, in a style that has fractions."""
        return f"{top} / {bottom}"

    def power(self, base: str, exponent: str) -> str:
        """A power, where there is a sign for it."""
        return f"{base} ** {exponent}"


class _Code(Style):
    power_function = "power"

    def prepared(self, tree: Tree) -> Tree:
        return tree

    def has_sign_for_power(self, exponent: Tree) -> bool:
        return False

    def number(self, number: float) -> str:
        return repr(float(number))


CODE = _Code()
PYTHON = Style()
