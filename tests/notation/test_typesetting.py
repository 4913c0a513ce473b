"""Trees written out: brackets only where they are needed, and the same meaning in every style."""

from __future__ import annotations

import math
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd.core.op import NUMBERS
from autograd.core.primitives import ARITY
from autograd.notation.expression import Tree, parse
from autograd.notation.mathematics import DRAWN, LATEX, LISTING, MATHML, TEXT, digits
from autograd.notation.typesetting import CODE, PYTHON, write

from ..support.graphs import HOSTILE
from .test_simplify import trees


@pytest.mark.parametrize(
    ("text", "python", "plain", "latex"),
    [
        ("x * y", "x * y", "x · y", r"x \cdot y"),
        ("x - (y - 1)", "x - (y - 1)", "x - (y - 1)", r"x - \left(y - 1\right)"),
        ("-2 * (x - y)", "-2 * (x - y)", "-2 · (x - y)", r"-2 \cdot \left(x - y\right)"),
        ("-(x * y)", "-(x * y)", "-(x · y)", r"-\left(x \cdot y\right)"),
        ("(-2) ** 2", "pow(-2.0, 2.0)", "(-2)²", r"\left(-2\right)^{2}"),
        ("(x + 1) ** 2", "(x + 1) ** 2", "(x + 1)²", r"\left(x + 1\right)^{2}"),
        ("x ** -1", "x ** -1", "x⁻¹", r"x^{-1}"),
        ("x ** 0.5", "pow(x, 0.5)", "x^0.5", r"x^{0.5}"),
        ("x ** (y + 1)", "pow(x, y + 1)", "x^(y + 1)", r"x^{y + 1}"),
        ("(x ** 2) ** 3", "(x ** 2) ** 3", "(x²)³", r"\left(x^{2}\right)^{3}"),
        ("x / (2 * y)", "x / (2 * y)", "x / (2 · y)", r"\frac{x}{2 \cdot y}"),
        ("(x / y) ** 2", "(x / y) ** 2", "(x / y)²", r"\left(\frac{x}{y}\right)^{2}"),
        ("sqrt(x) + abs(y)", "sqrt(x) + abs(y)", "sqrt(x) + abs(y)", r"\sqrt{x} + \left|y\right|"),
        ("sigmoid(x)", "sigmoid(x)", "sigmoid(x)", r"\operatorname{sigmoid}\left(x\right)"),
        ("xlogy(x, y)", "xlogy(x, y)", "x · log(y)", r"x \cdot \log\left(y\right)"),
        ("times_power(2, x, y)", "times_power(2, x, y)", "2 · x^y", r"2 \cdot x^{y}"),
        ("maximum(x, -y)", "maximum(x, -y)", "maximum(x, -y)", r"\operatorname{maximum}\left(x, -y\right)"),
        ("1e-7 * x", "1e-07 * x", "1e-7 · x", r"1 \times 10^{-7} \cdot x"),
        ("x * -0", "x * -0.0", "x · -0", r"x \cdot \left(-0\right)"),
    ],
)
def test_in_each_style(text: str, python: str, plain: str, latex: str) -> None:
    tree = parse(text, ["x", "y"], ARITY)
    # Only trees from the trace have negative numbers: what is parsed has a minus in front of a positive one.
    tree = _negative_numbers(tree)
    assert write(tree, PYTHON) == python
    assert write(tree, TEXT) == plain
    assert write(tree, LATEX) == latex
    ElementTree.fromstring(f"<math>{write(tree, MATHML)}</math>")


def _negative_numbers(tree: Tree) -> Tree:
    if tree[0] == "neg" and tree[1][0] == "number":
        return ("number", -float(tree[1][1]))
    return (tree[0], *(_negative_numbers(part) if isinstance(part, tuple) else part for part in tree[1:]))


@given(trees, st.floats(0.3, 2.0), st.floats(-2.0, -0.3))
def test_python_as_people_write_it_computes_what_the_fast_code_computes(tree: Tree, x: float, y: float) -> None:
    def number(text: str) -> float | None:
        try:
            found: float = eval(text, {**NUMBERS, "pow": math.pow, "abs": abs}, {"x": x, "y": y})
        except (ArithmeticError, ValueError):
            return None
        return float(found)

    assert str(number(write(tree, PYTHON))) == str(number(write(tree, CODE)))


@pytest.mark.parametrize("number", [math.inf, -math.inf, math.nan, 0.0, -0.0, 1e300, -1e-300, 2.0**60, 12345.678])
def test_any_number_in_any_style(number: float) -> None:
    found = eval(write(("number", number), PYTHON), {"inf": math.inf, "nan": math.nan})
    assert str(float(found)) == str(number)
    for tree in (("number", number), ("figure", number)):
        product: Tree = ("*", ("name", "x"), tree)
        for style in (TEXT, LATEX, DRAWN, LISTING):
            assert write(product, style)
        ElementTree.fromstring(f"<math>{write(product, MATHML)}</math>")


@pytest.mark.parametrize(
    ("label", "latex"),
    [
        ("w1", "w_{1}"),
        ("y_true", r"y_{\mathrm{true}}"),
        ("sum_h1", r"\mathrm{sum}_{h_{1}}"),
        ("h1_2", "h_{1,2}"),
        ("L", "L"),
        ("my weight", r"\text{my weight}"),
        ("h1__2", r"\text{h1}\_\text{}\_\text{2}"),
        ("a<b\\", r"\text{a}{\lt}\text{b}\backslash\text{}"),
    ],
)
def test_names_in_latex(label: str, latex: str) -> None:
    assert write(("name", "x"), LATEX, {"x": label}) == latex


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_text_in_every_style(name: str) -> None:
    shown = name.encode(errors="replace").decode().replace("\0", "0")[:50]
    mathml = write(("name", "x"), MATHML, {"x": shown})
    assert "".join(ElementTree.fromstring(f"<math>{mathml}</math>").itertext()).replace("\n", "").strip() in (
        shown.replace("\r\n", "").replace("\n", "").strip(),
        shown.replace("_", "").strip(),
    )
    latex = write(("name", "x"), LATEX, {"x": shown})
    assert latex.count("{") - latex.count(r"\{") == latex.count("}") - latex.count(r"\}")
    assert "<" not in latex
    assert "$" not in latex.replace(r"\$", "")


def test_derivatives_and_equations() -> None:
    tree = ("+=", ("derivative", "L", "w1"), ("*", ("derivative", "L", "sum_h1"), ("name", "x1")))
    assert write(tree, TEXT) == "∂L/∂w1 += ∂L/∂sum_h1 · x1"
    assert write(tree, PYTHON) == "d_L_d_w1 += d_L_d_sum_h1 * x1"
    assert r"\frac{\partial L}{\partial w_{1}} \mathrel{+}= " in write(tree, LATEX)


def test_four_digits() -> None:
    shown = [digits(number) for number in (0.021469535, -0.95260965, 1.0, 12345.6, 1234567.0, 1e-9, -0.0, 1e22)]
    assert shown == ["0.02147", "-0.9526", "1", "12346", "1.235e6", "1e-9", "0", "1e22"]
