"""Partials as a person would write them, and never another number."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd.core.op import NUMBERS
from autograd.core.primitives import ARITY
from autograd.notation.expression import Tree, parse
from autograd.notation.simplify import Product, merged, simplified, sum_of
from autograd.notation.typesetting import PYTHON, to_code, write

NAMES = ["x", "y", "out"]


def short(text: str) -> str:
    return write(simplified(parse(text, NAMES, ARITY)), PYTHON)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("1 * x", "x"),
        ("x * 2 * y * 3", "6 * x * y"),
        ("-(x * -y)", "x * y"),
        ("x * (1 / y)", "x / y"),
        ("1 / (2 * out)", "1 / (2 * out)"),
        ("2 * x / 4", "x / 2"),
        ("3 * x / 2", "3 * x / 2"),
        ("0.5 * 2 * x", "x"),
        ("1 / 3 * x", "x / 3"),
        ("x / (-y)", "-x / y"),
        ("x / (y / out)", "x * out / y"),
        ("x ** 1", "x"),
        ("x ** 0 * y", "y"),
        ("x + 0", "x"),
        ("0 - x", "-x"),
        ("x + -2", "x - 2"),
        ("x - -2", "x + 2"),
        ("x - (-y)", "x + y"),
        ("2 - 1", "1"),
        ("-1 * (x - y)", "-(x - y)"),
        ("times_power(2, x - y, 2 - 1) * -1", "-2 * (x - y)"),
        ("times_power(3, x, 3 - 1)", "3 * x ** 2"),
        ("times_power(y, x, y - 1)", "times_power(y, x, y - 1)"),
        ("xlogy(out, 2)", "out * log(2)"),
        ("xlogy(out, x)", "xlogy(out, x)"),
        # Not 0: it is not, where x is infinite.
        ("0 * x", "0 * x"),
        ("x - x", "x - x"),
        ("x / x", "x / x"),
        # In one number these would leave the range of floats, with what they multiply they do not.
        ("x * 1e200 * y * 1e-200", "x * 1e+200 * y * 1e-200"),
        ("x / 1e-200 / y / 1e200", "x / 1e-200 / y / 1e+200"),
        ("x / y / out", "x / y / out"),
        ("x / (y * out)", "x / (y * out)"),
        ("2 * x / (2 * out)", "x / out"),
        ("(x / 2) * 2", "x"),
    ],
)
def test_what_a_person_would_write(text: str, wanted: str) -> None:
    assert short(text) == wanted


def test_terms_that_are_alike_become_one() -> None:
    x, y = ("name", "x"), ("name", "y")
    terms = [Product().times(("*", x, y)), Product(-1.0).times(x), Product(2.0).times(("*", y, x))]
    assert write(sum_of(merged(terms)), PYTHON) == "3 * x * y - x"
    opposite = [Product().times(x), Product(-1.0).times(x)]
    assert write(sum_of(merged(opposite)), PYTHON) == "x - x"
    assert merged([Product().times(x)] * 41) == [Product(41.0, (x,))]
    # 0 * y + y is not y where y is infinite.
    assert len(merged([Product(0.0, (y,)), Product(1.0, (y,))])) == 2
    assert write(sum_of([Product(-1.0, (x,)), Product(1.0, (y,))]), PYTHON) == "y - x"
    # A 0 alone is not said, 0 * y is.
    assert write(sum_of([Product(0.0), Product(1.0, (y,)), Product(0.0, (x,))]), PYTHON) == "y + 0 * x"
    assert write(sum_of([Product(0.0), Product(0.0)]), PYTHON) == "0"


trees: st.SearchStrategy[Tree] = st.recursive(
    st.sampled_from([("name", "x"), ("name", "y"), ("number", 2), ("number", 0), ("number", 1), ("number", -0.5)]),
    lambda inner: st.one_of(
        st.tuples(st.sampled_from(["+", "-", "*", "/"]), inner, inner),
        st.tuples(st.just("neg"), inner),
        st.tuples(st.just("**"), inner, st.sampled_from([("number", 0), ("number", 1), ("number", 2)])),
        st.tuples(st.just("call"), st.sampled_from(["tanh", "sin"]), inner),
    ),
    max_leaves=12,
)


@given(trees, st.floats(0.3, 2.0), st.floats(-2.0, -0.3))
def test_simplified_is_the_same_number(tree: Tree, x: float, y: float) -> None:
    def number(of: Tree) -> Any:
        try:
            return eval(to_code(of), dict(NUMBERS), {"x": x, "y": y})
        except (ArithmeticError, ValueError):
            return None

    wanted, found = number(tree), number(simplified(tree))
    # Where the whole has no answer (1 / 0) the simplified one may be spared it, but never the other way round.
    if wanted is not None and math.isfinite(wanted):
        scale = 1e-9 * (1.0 + sum(abs(number(part) or 0.0) for part in tree[1:] if isinstance(part, tuple)))
        assert found == pytest.approx(wanted, rel=1e-9, abs=scale)
