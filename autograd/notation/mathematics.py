r"""The styles for people, which are never run: plain text, LaTeX and MathML.

    text     ∂L/∂w1 = -2 · (y_true - o1) · x1
    LaTeX    \frac{\partial L}{\partial w_{1}} = -2 \cdot \left(y_{\mathrm{true}} - o_{1}\right) \cdot x_{1}
    MathML   <mfrac><mrow><mo>∂</mo><mi>L</mi></mrow>…

Names may be anything; each style escapes characters that mean something to TeX or to a browser.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from typing import ClassVar

from .expression import Tree, substitute
from .typesetting import ATOM, PRECEDENCE, SPELLINGS, Style


def digits(number: float, significant: int = 4) -> str:
    """A number with four significant digits, or more, as a person would write it down.

    >>> digits(0.02146953), digits(-2.0), digits(123456.7), digits(1.5e-7), digits(2.4997583, 5)
    ('0.02147', '-2', '123457', '1.5e-7', '2.4998')
    """
    text = f"{number + 0.0:.{significant}g}"  # no -0
    mantissa, _, exponent = text.partition("e")
    if not exponent:
        return text
    return f"{number:.0f}" if 1.0 < abs(number) < 1e6 else f"{mantissa}e{int(exponent)}"


# The same in JavaScript. Ties need care: Python rounds them to the even digit, JavaScript up.
DIGITS_IN_JAVASCRIPT = r"""(number, significant = 4) => {
  if (!Number.isFinite(number)) return Number.isNaN(number) ? "nan" : number > 0 ? "inf" : "-inf";
  let rounded = number.toExponential(significant - 1);
  // Only a number that ends in 5 can lie between two others of that many digits.
  if (/5e/.test(number.toExponential())) {
    const [kept, rest] = /^(-?\d\.?\d*?[02468])50*(e.*)$/.exec(number.toExponential(60))?.slice(1) || [];
    if (kept && kept.replace(/\D/g, "").length === significant) rounded = kept + rest;
  }
  const [mantissa, exponent] = rounded.split("e").map(Number);
  if (exponent >= -4 && exponent < significant) return String(Number(rounded) + 0);
  const size = Math.abs(number);
  if (!(size > 1 && size < 1e6)) return mantissa + "e" + exponent;
  return String(Math.sign(number) * (size % 1 === 0.5 ? 2 * Math.round(size / 2) : Math.round(size)));
}"""


class Mathematics(Style):
    """What text, LaTeX and MathML have in common."""

    minus = "-"

    def prepared(self, tree: Tree) -> Tree:
        """The tree with xlogy, times_power and the like as plain products: what they do at 0 concerns only code."""
        parts = [self.prepared(part) if isinstance(part, tuple) else part for part in tree[1:]]
        spelling = SPELLINGS.get(tree[1]) if tree[0] == "call" else None
        if spelling is None or spelling.reads is None:
            return (tree[0], *parts)
        # 1 · x ** y · log(x) is written without the 1.
        said = substitute(spelling.reads, dict(zip(spelling.inputs, parts[1:], strict=True)))
        return _without_ones(said)

    def has_sign_for_power(self, exponent: Tree) -> bool:
        """Always."""
        return True

    def number(self, number: float) -> str:
        """A constant, with at most six digits."""
        text = f"{float(number):.6g}"
        return self.signed(digits(number) if "e" in text else text)

    def figure(self, number: float, significant: int = 4) -> str:
        """A number that was computed, with four digits or more."""
        return self.signed(digits(number, significant))

    def signed(self, text: str) -> str:
        """A number in the style's own spelling."""
        return text.replace("-", self.minus)


def _without_ones(tree: Tree) -> Tree:
    if tree[0] != "*":
        return tree
    left = _without_ones(tree[1])
    return tree[2] if left == ("number", 1) else ("*", left, tree[2])


class _Text(Mathematics):
    signs: ClassVar[Mapping[str, str]] = {**Style.signs, "*": " · "}
    exponents = ATOM

    def name(self, label: str) -> str:
        return label if label.isidentifier() else "'" + label.replace("'", "\\'") + "'"

    def derivative(self, of: str, wrt: str) -> str:
        return f"∂{self.name(of)}/∂{self.name(wrt)}"

    def power(self, base: str, exponent: str) -> str:
        is_whole = re.fullmatch(r"\d+|\([-−]\d+\)", exponent)
        return base + exponent.strip("()").translate(_SUPERSCRIPTS) if is_whole else f"{base}^{exponent}"


class _Drawn(_Text):
    """Text in a picture, where a minus is as long as a plus is wide."""

    signs: ClassVar[Mapping[str, str]] = {**_Text.signs, "-": " − "}
    minus = "−"

    def negative(self, text: str) -> str:
        return f"−{text}"


_SUPERSCRIPTS = str.maketrans("-−0123456789", "⁻⁻⁰¹²³⁴⁵⁶⁷⁸⁹")

# w1, h1_2, y_true, sum_h1: letters, a number, and maybe more after an underscore.
_PARTS = re.compile(r"([A-Za-z]+)(\d*)(?:_([A-Za-z0-9]+(?:_[A-Za-z0-9]+)*))?")


# A function with a base: log_2, but not leaky_relu.
_BASE = re.compile(r"([A-Za-z]+)_(\d+)")


class _Typeset(Mathematics):
    """What LaTeX and MathML have in common: a function is written as `Spelling.written` says."""

    fractions = True
    negative_numbers = PRECEDENCE["+"]
    exponents = 0

    def call(self, function: str, arguments: Sequence[str]) -> str:
        spelling = SPELLINGS.get(function)
        match re.split(r"(\w+)", spelling.written if spelling else function):
            case ["", name, ""]:
                return self.applied(name, arguments)
            case ["√", _, ""]:
                return self.root(arguments[0])
            case [left, _, right]:
                return self.between(left, arguments[0], right)
        return self.at_index(*arguments)

    def applied(self, name: str, arguments: Sequence[str]) -> str:
        """A function of that name, of arguments in brackets."""
        raise NotImplementedError

    def root(self, text: str) -> str:
        """The square root."""
        raise NotImplementedError

    def between(self, left: str, text: str, right: str) -> str:
        """The same between two signs that are as high."""
        raise NotImplementedError

    def at_index(self, values: str, index: str) -> str:
        """One of the values, with its index below."""
        raise NotImplementedError

    def brackets(self, text: str) -> str:
        return self.between("(", text, ")")


class _Latex(_Typeset):
    signs: ClassVar[Mapping[str, str]] = {**Style.signs, "*": r" \cdot ", "+=": r" \mathrel{+}= "}

    def signed(self, text: str) -> str:
        mantissa, _, exponent = text.partition("e")
        mantissa = mantissa.replace("inf", r"\infty").replace("nan", r"\mathrm{NaN}")
        return rf"{mantissa} \times 10^{{{exponent}}}" if exponent else mantissa

    def name(self, label: str) -> str:
        if label.isdecimal():
            return label
        parts = _PARTS.fullmatch(label)
        if parts is None:
            symbols = (_LATEX_SYMBOLS.get(character, character) for character in label)
            return rf"\text{{{''.join(symbols)}}}"
        letters, number, rest = parts.groups()
        below = ",".join(part for part in (number, rest and self.name(rest)) if part)
        base = letters if len(letters) == 1 else rf"\mathrm{{{letters}}}"
        return rf"{base}_{{{below}}}" if below else base

    def words(self, text: str) -> str:
        return rf"\text{{{text}}}"

    def derivative(self, of: str, wrt: str) -> str:
        return rf"\frac{{\partial {self.name(of)}}}{{\partial {self.name(wrt)}}}"

    def applied(self, name: str, arguments: Sequence[str]) -> str:
        parts = _BASE.fullmatch(name)
        name, below = (parts[1], f"_{{{parts[2]}}}") if parts else (name, "")
        command = rf"\{name}" if name in _LATEX_FUNCTIONS else rf"\operatorname{{{name}}}"
        return f"{command}{below}{self.brackets(', '.join(arguments))}"

    def root(self, text: str) -> str:
        return rf"\sqrt{{{text}}}"

    def between(self, left: str, text: str, right: str) -> str:
        return rf"\left{_LATEX_SIGNS.get(left, left)}{text}\right{_LATEX_SIGNS.get(right, right)}"

    def at_index(self, values: str, index: str) -> str:
        return f"{{{values}}}_{{{index}}}"

    def listed(self, items: Sequence[str]) -> str:
        return self.between("[", ", ".join(items), "]")

    def fraction(self, top: str, bottom: str) -> str:
        return rf"\frac{{{top}}}{{{bottom}}}"

    def power(self, base: str, exponent: str) -> str:
        return f"{base}^{{{exponent}}}"


# Functions and signs that LaTeX has a command for.
_LATEX_FUNCTIONS = {"exp", "log", "sin", "cos", "tan", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh"}
_LATEX_SIGNS = {"⌊": r"\lfloor ", "⌋": r"\rfloor", "⌈": r"\lceil ", "⌉": r"\rceil", "‖": r"\Vert "}

# What means something to TeX or to HTML is written as a symbol, outside \text{…}.
_LATEX_SYMBOLS = {
    character: rf"}}{symbol}\text{{"
    for character, symbol in {
        "\\": r"\backslash",
        "^": r"{\wedge}",
        "~": r"{\sim}",
        "<": r"{\lt}",
        ">": r"{\gt}",
        "`": r"{\prime}",
        **{character: rf"\{character}" for character in "{}$&#_%"},
    }.items()
}


class _MathML(_Typeset):
    signs: ClassVar[Mapping[str, str]] = {
        **{sign: f"<mo>{sign}</mo>" for sign in ("+", "/", "=", "+=")},
        "-": "<mo>−</mo>",
        "*": "<mo>·</mo>",
    }
    minus = "−"

    def signed(self, text: str) -> str:
        mantissa, _, exponent = text.replace("-", self.minus).partition("e")
        mantissa = f"<mn>{mantissa.replace('inf', '∞').replace('nan', 'NaN')}</mn>"
        if not exponent:
            return mantissa
        return f"<mrow>{mantissa}<mo>×</mo><msup><mn>10</mn><mn>{exponent}</mn></msup></mrow>"

    def name(self, label: str) -> str:
        if label.isdecimal():
            return f"<mn>{label}</mn>"
        parts = _PARTS.fullmatch(label)
        if parts is None:
            return f"<mtext>{html.escape(label)}</mtext>"
        letters, number, rest = parts.groups()
        below = "<mo>,</mo>".join(part for part in (number and self.name(number), rest and self.name(rest)) if part)
        return f"<msub><mi>{letters}</mi><mrow>{below}</mrow></msub>" if below else f"<mi>{letters}</mi>"

    def words(self, text: str) -> str:
        return f"<mtext>{html.escape(text)}</mtext>"

    def derivative(self, of: str, wrt: str) -> str:
        return self.fraction(f"<mo>∂</mo>{self.name(of)}", f"<mo>∂</mo>{self.name(wrt)}")

    def applied(self, name: str, arguments: Sequence[str]) -> str:
        parts = _BASE.fullmatch(name)
        head = f"<msub><mi>{parts[1]}</mi><mn>{parts[2]}</mn></msub>" if parts else f"<mi>{name}</mi>"
        return f"<mrow>{head}{self.brackets('<mo>,</mo>'.join(arguments))}</mrow>"

    def root(self, text: str) -> str:
        return f"<msqrt>{text}</msqrt>"

    def between(self, left: str, text: str, right: str) -> str:
        return f"<mrow><mo>{left}</mo>{text}<mo>{right}</mo></mrow>"

    def at_index(self, values: str, index: str) -> str:
        return f"<msub>{values} {index}</msub>"

    def listed(self, items: Sequence[str]) -> str:
        return self.between("[", "<mo>,</mo>".join(items), "]")

    def negative(self, text: str) -> str:
        return f"<mo>−</mo>{text}"

    def fraction(self, top: str, bottom: str) -> str:
        return f"<mfrac><mrow>{top}</mrow><mrow>{bottom}</mrow></mfrac>"

    def power(self, base: str, exponent: str) -> str:
        return f"<msup><mrow>{base}</mrow><mrow>{exponent}</mrow></msup>"


class _Listing(Style):
    """Signs as in Python, names and derivatives as people write them."""

    def prepared(self, tree: Tree) -> Tree:
        return TEXT.prepared(tree)

    def has_sign_for_power(self, exponent: Tree) -> bool:
        return True

    def name(self, label: str) -> str:
        return TEXT.name(label)

    def derivative(self, of: str, wrt: str) -> str:
        return TEXT.derivative(of, wrt)

    def figure(self, number: float) -> str:
        return digits(number)


TEXT = _Text()
DRAWN = _Drawn()
LISTING = _Listing()
LATEX = _Latex()
MATHML = _MathML()
