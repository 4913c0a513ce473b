"""Every row of the calculus table, because it exists: first and second derivatives against independent oracles."""

from __future__ import annotations

import itertools
import math
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import autograd
from autograd import TABLE, DomainError, Op, Value, grad, hessian, jacobian, trace
from autograd.core import helpers, table
from autograd.core.op import VALUES
from autograd.core.primitives import ARITY, PRIMITIVES

from ..conftest import Spoil
from ..making import functions
from ..support import oracles
from ..support.rows import FLAT, by_name, oracle, points_of

ROOT = Path(__file__).parents[2]


def test_every_function_a_rule_may_call_is_a_row_itself() -> None:
    assert set(PRIMITIVES) == set(ARITY) == set(oracles.FUNCTIONS)


def test_rows_named_in_the_specification_are_there() -> None:
    wanted = "add sub mul div neg power exp log sqrt sin cos tanh sigmoid relu softplus maximum minimum abs"
    assert set(wanted.split()) <= set(TABLE)


@by_name
def test_value_and_first_derivatives(op: Op) -> None:
    f, exact = VALUES[op.name], oracle(op)
    for point in points_of(op):
        xs = [Value(x) for x in point]
        out = f(*xs)
        assert out.data == pytest.approx(exact(*point), rel=1e-12)
        out.backward()
        grads = [x.grad for x in xs]
        assert grads == pytest.approx(oracles.dual_gradient(exact, point), rel=1e-11, abs=1e-13), point
        assert grads == pytest.approx(oracles.central_gradient(exact, point), rel=1e-6, abs=1e-8), point
        assert grad(f, argnums=tuple(range(len(point))))(*point) == pytest.approx(grads, rel=1e-15)


@by_name
def test_first_derivatives_at_the_edge_of_the_domain(op: Op) -> None:
    f, exact = VALUES[op.name], oracle(op)
    edges = [-30.0, -1e-6, 1e-9, 1e-6, 1e-3, 30.0]
    for point in points_of(op, [*edges, 1 - 1e-6, 1 + 1e-6, 1.001, 5.0] if len(op.inputs) == 1 else edges):
        xs = [Value(x) for x in point]
        out = f(*xs)
        out.backward()
        assert out.data == pytest.approx(exact(*point), rel=1e-12, abs=1e-13), point
        assert [x.grad for x in xs] == pytest.approx(oracles.dual_gradient(exact, point), rel=1e-9, abs=1e-12), point


@by_name
def test_the_ends_of_the_floats_give_a_number_or_a_named_error(op: Op) -> None:
    ends = [0.0, -0.0, 5e-324, -5e-324, 1e-308, 1e308, -1e308, math.inf, -math.inf]
    answered = 0
    for point in itertools.product(ends, repeat=len(op.inputs)):
        xs = [Value(x) for x in point]
        try:
            out = VALUES[op.name](*xs)
            out.backward()
        except DomainError as error:
            refused = str(error)
            assert op.name in refused
            assert {x.grad for x in xs} == {0.0}
        else:
            answered += 1
            assert {type(out.data), *(type(x.grad) for x in xs)} == {float}
    assert answered > 0


@by_name
def test_second_derivatives(op: Op) -> None:
    f, exact = VALUES[op.name], oracle(op)
    for point in points_of(op):
        if op.name in ("power", "times_power", "times_power_log") and point[-2] < 0:
            continue  # the partial for the exponent raises there, as it should
        second = hessian(f)(*point)
        for i, row in enumerate(second):
            assert row == pytest.approx(oracles.dual_hessian(exact, point)[i], rel=1e-10, abs=1e-12), point
            one_partial = grad(f, argnums=i)
            assert row == pytest.approx(oracles.central_gradient(one_partial, point), rel=1e-5, abs=1e-7), point


@by_name
def test_a_constant_gives_the_same_number_and_partial_as_a_value(op: Op) -> None:
    f = VALUES[op.name]
    for point in points_of(op):
        for i in range(len(point)):
            arguments: list[Any] = list(point)
            arguments[i] = x = Value(point[i])
            out = f(*arguments)
            out.backward()
            assert out.data == f(*point)
            assert out.inputs == (x,)
            assert x.grad == jacobian(f)(*point)[i]


@by_name
def test_nan_passes_through_and_never_turns_into_a_number(op: Op) -> None:
    for i in range(len(op.inputs)):
        point = [0.5] * len(op.inputs)
        point[i] = math.nan
        xs = [Value(x) for x in point]
        out = VALUES[op.name](*xs)
        if (op.name, op.inputs[i]) == ("where", "y"):  # the branch that is not taken
            assert out.data == 0.5
            continue
        assert math.isnan(out.data)
        out.backward()
        if op.name not in FLAT | {
            "add",
            "sub",
            "neg",
            "identity",
            "where",
        }:  # theirs are 1 and -1, whatever the numbers
            assert any(math.isnan(x.grad) for x in xs), op.partials


def test_the_two_powers_that_ieee_754_defines_at_nan() -> None:
    assert (Value(math.nan) ** 0).data == 1.0
    assert (1 ** Value(math.nan)).data == 1.0


@by_name
def test_a_row_explains_itself(op: Op) -> None:
    assert op.because[0] == op.because[0].lower()
    assert len(op.because) > 15
    assert list(op.partials) == list(op.inputs)


def test_what_has_no_slope_anywhere_says_so() -> None:
    assert {"sign", "floor", "ceil", "floordiv"} <= FLAT
    for name in FLAT - {row.name for row in helpers.HELPERS}:
        assert "the partial is 0 everywhere" in TABLE[name].because
    assert "its partial is 0 everywhere" in TABLE["where"].reasons[0]


@by_name
def test_a_spoilt_partial_is_wrong_everywhere_at_once(op: Op, spoilt: Spoil) -> None:
    """There is nowhere else that knows a derivative: backward and grad go wrong together, and come right again."""
    name = op.inputs[0]
    point = next(p for p in points_of(op) if all(x > 0 for x in p))
    f = VALUES[op.name]
    right = jacobian(f)(*point)

    def backward() -> float:
        xs = [Value(x) for x in point]
        f(*xs).backward()
        return xs[0].grad

    with spoilt(op.name, **{name: f"({op.partials[name]}) + 3"}):
        assert backward() == pytest.approx(right[0] + 3)
        assert jacobian(f)(*point)[0] == pytest.approx(right[0] + 3)
        assert grad(lambda *xs: 1 * f(*xs))(*[Value(x) for x in point]).data == pytest.approx(right[0] + 3)
    assert backward() == right[0]


def test_spoiling_a_row_spoils_second_derivatives_with_backward(spoilt: Spoil) -> None:
    def cube(x: Value) -> Value:
        return x * x * x

    with spoilt("mul", x="2 * y"):
        x = Value(2.0)
        cube(x).backward()
        # By hand, with the wrong factor 2 on every left operand: x² + 2x (2x + x) = 7x², and its derivative likewise.
        assert x.grad == grad(cube)(2.0) == 28.0
        assert grad(grad(cube))(2.0) == 42.0
    assert grad(cube)(2.0) == 12.0
    assert grad(grad(cube))(2.0) == 12.0


def test_what_follows_from_the_table_is_written_out() -> None:
    for path, text in functions.FILES.items():
        assert path.read_text(encoding="utf-8") == text(), "run: make generated"
    for row in table.FUNCTIONS:
        assert getattr(autograd, row.name) is VALUES[row.name]
        assert row.name in autograd.__all__
        assert (getattr(Value, row.name, None) is VALUES[row.name]) == (len(row.partials) == 1)
    assert not {row.name for row in (*table.OPERATORS, *helpers.HELPERS)} & set(autograd.__all__)


def test_it_is_written_anew_after_a_row_is_gone(tmp_path: Path) -> None:
    for folder in ("autograd", "tests/making"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "tests" / "__init__.py").touch()
    written = tmp_path / "autograd" / "core" / "functions.py"
    before = written.read_text(encoding="utf-8")
    written.write_text(before + 'gone: OfX = RECORDERS["gone"]\n', encoding="utf-8")
    subprocess.run([sys.executable, "-m", "tests.making.functions"], check=True, cwd=tmp_path, capture_output=True)
    assert written.read_text(encoding="utf-8") == before


def test_a_row_says_how_people_write_it() -> None:
    x, y = Value(2.0, "x"), Value(3.0, "y")
    lines = trace((x.sqrt() * abs(y) * x.sigmoid() * y.sin()).named("out"))
    latex, html = lines.latex(), lines._repr_html_()
    for shown in (r"\sqrt{x}", r"\left|y\right|", r"\operatorname{sigmoid}\left(x\right)", r"\sin\left(y\right)"):
        assert shown in latex
    for shown in ("<msqrt><mi>x</mi></msqrt>", "<mo>|</mo><mi>y</mi><mo>|</mo>", "<mi>sigmoid</mi>", "<mi>sin</mi>"):
        assert shown in html
    steps = trace((autograd.floor(x) + y // x + (x + y).log2() + (x / 4).asin() + x.sign()).named("out"))
    latex, html = steps.latex(), steps._repr_html_()
    for shown in (
        r"\left\lfloor x\right\rfloor",
        r"\left\lfloor \frac{y}{x}\right\rfloor",
        r"\log_{2}\left(x + y\right)",
        r"\arcsin",
    ):
        assert shown in latex
    for shown in (
        "<mo>⌊</mo><mi>x</mi><mo>⌋</mo>",
        "<msub><mi>log</mi><mn>2</mn></msub>",
        "<mi>sgn</mi>",
        "<mi>arcsin</mi>",
    ):
        assert shown in html
    power = trace((x**y).named("out"))
    assert "∂out/∂y = x ** y * log(x) = 5.545" in str(power)
    assert r"\frac{\partial out}".replace("out", r"\mathrm{out}") in power.latex()
    assert r"x^{y} \cdot \log\left(x\right)" in power.latex()
