"""Rows: what is checked when the table is built, and how a defined operation joins it."""

from __future__ import annotations

import linecache
import traceback
from typing import Any

import pytest

from autograd import TABLE, DomainError, Op, RuleError, Value, define_operation, grad, hessian

from ..support.oracles import central_gradient


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (("f", "x +", {"x": "1"}, "why"), "row 'f' of the calculus table, with partials for x: 'x +' is no"),
        (
            ("f", "x * z", {"x": "1"}, "why"),
            "for x: 'z' is not a name this rule knows (must be one of x); if it is an input, give",
        ),
        (("f", "x", {"x": "1", "y": "0"}, "why"), "'x' does not use 'y'"),
        (("f", "x", {"x": "z"}, "why"), "must be one of x, out"),
        (("f", "out", {"x": "1"}, "why"), "'out' is not a name this rule knows"),
        (("f", "1", {}, "why"), "at least one input"),
        (("f", "x", {"x": "1"}, "  "), "say in words why"),
        (("f", "x", {"x": "1"}, None), "say in words why"),
        (("2f", "x", {"x": "1"}, "why"), "'2f' cannot be a name"),
        (("lambda", "x", {"x": "1"}, "why"), "'lambda' cannot be a name"),
        (("_f", "x", {"x": "1"}, "why"), "no underscore at either end"),
        (("f", "x_", {"x_": "1"}, "why"), "no underscore at either end"),
        (("f", "é", {"é": "1"}, "why"), "use a plain identifier"),
        (("f", "grad", {"grad": "1"}, "why"), "cannot be called 'grad'"),
        (("f", "exp", {"exp": "1"}, "why"), "cannot be called 'exp'"),
        (("f", "out", {"out": "1"}, "why"), "cannot be called 'out'"),
        (("f", "+".join("abcdefg"), dict.fromkeys("abcdefg", "1"), "why"), "at most 6 inputs, not 7"),
    ],
)
def test_a_wrong_row_is_refused_when_it_is_built(row: Any, words: str) -> None:
    with pytest.raises(RuleError) as caught:
        Op(*row)
    assert words in str(caught.value)


@pytest.mark.usefixtures("clean_table")
class TestDefineOperation:
    def test_it_works_everywhere_ours_do(self) -> None:
        blend = define_operation(
            "blend",
            "t * x + (1 - t) * y",
            {"t": "x - y", "x": "t", "y": "1 - t"},
            "a share of one and the rest of the other",
        )
        t, x, y = Value(0.25), Value(3.0), Value(5.0)
        out = blend(t, x, y)
        out.backward()
        assert (out.data, t.grad, x.grad, y.grad) == (4.5, -2.0, 0.25, 0.75)
        assert out.op is TABLE["blend"]
        assert blend(0.25, 3, 5) == 4.5
        assert hessian(blend)(0.25, 3.0, 5.0) == [[0.0, 1.0, -1.0], [1.0, 0.0, 0.0], [-1.0, 0.0, 0.0]]
        mixed = blend(0.25, x, 5)
        assert mixed.inputs == (x,)
        assert mixed.operands == (0.25, x, 5.0)

    def test_second_derivatives_use_the_functions_of_the_table(self) -> None:
        gauss = define_operation("gauss", "exp(-x * x)", {"x": "-2 * x * exp(-x * x)"}, "it falls off on both sides")
        assert grad(grad(gauss))(0.5) == pytest.approx(central_gradient(grad(gauss), [0.5])[0], rel=1e-8)

    def test_six_inputs_in_any_mix(self) -> None:
        names = "abcdef"
        total = define_operation("total", " + ".join(names), dict.fromkeys(names, "1"), "each counts once")
        values = [Value(float(i)) for i in range(6)]
        out = total(values[0], 1, values[2], 3, 4, values[5])
        out.backward()
        assert (out.data, [v.grad for v in values]) == (15.0, [1.0, 0.0, 1.0, 0.0, 0.0, 1.0])

    def test_inputs_whose_names_look_alike_are_kept_apart(self) -> None:
        partials = {"a": "1", "b_c": "10", "a_b": "100", "c": "1000"}
        sums = define_operation("sums", "a + 10 * b_c + 100 * a_b + 1000 * c", partials, "each by its factor")
        x, y = Value(1.0), Value(1.0)
        sums(x, y, 0.0, 0.0).backward()
        assert (x.grad, y.grad) == (1.0, 10.0)
        x, y = Value(1.0), Value(1.0)
        sums(0.0, 0.0, x, y).backward()
        assert (x.grad, y.grad) == (100.0, 1000.0)
        product = define_operation("product", "x * pull_x", {"x": "pull_x", "pull_x": "x"}, "each the other")
        product(x, 3.0).backward()
        assert x.grad == 103.0

    def test_names_of_the_table_are_taken_and_ones_own_may_be_defined_again(self) -> None:
        with pytest.raises(RuleError, match="'mul' is an operation of stepgrad's own table"):
            define_operation("mul", "x", {"x": "1"}, "why")
        for factor in (2, 3):
            scale = define_operation("scale", f"{factor} * x", {"x": f"{factor}"}, "in proportion")
            assert scale(1.0) == factor

    def test_a_refused_row_leaves_the_table_alone(self) -> None:
        before = dict(TABLE)
        with pytest.raises(RuleError, match="give a dictionary"):
            define_operation("f", "x", ["1"], "why")  # type: ignore[arg-type]
        with pytest.raises(RuleError):
            define_operation("f", "x.real", {"x": "1"}, "why")
        with pytest.raises(RuleError, match="cannot be a name"):
            define_operation(["f"], "x", {"x": "1"}, "why")  # type: ignore[arg-type]
        assert before == TABLE

    @pytest.mark.parametrize(
        "name", ["Value", "forward", "number", "requests", "is_paused", "record_x", "type", "float", "match"]
    )
    def test_any_name_of_an_operation_is_harmless(self, name: str) -> None:
        double = define_operation(name, "2 * x", {"x": "2"}, "in proportion")
        x = Value(3.0)
        double(x).backward()
        assert (double(x).data, double(3.0), x.grad, double.__name__) == (6.0, 6.0, 2.0, name)

    @pytest.mark.parametrize("name", ["value", "values", "args", "record", "partial", "d_out_d_x", "pull", "x1", "T"])
    def test_any_name_of_an_input_is_harmless(self, name: str) -> None:
        double = define_operation("double", f"2 * {name}", {name: "2"}, "in proportion")
        x = Value(3.0)
        double(x).backward()
        assert (double(x).data, x.grad) == (6.0, 2.0)

    def test_its_documentation_is_the_row(self) -> None:
        double = define_operation("double", "2 * x", {"x": "2"}, "in proportion")
        assert double.__doc__ == "2 * x. Partials: ∂/∂x: 2, because in proportion. Takes Values or numbers."


def test_a_constant_exponent_never_meets_log() -> None:
    x = Value(-3.0)
    (x**2).backward()
    assert x.grad == -6.0


def test_a_traceback_shows_the_rule_that_failed() -> None:
    out = (1 * Value(0.0, "x")).sqrt()
    with pytest.raises(DomainError) as caught:
        out.backward()
    assert isinstance(caught.value.__cause__, ZeroDivisionError)
    shown = "".join(traceback.format_exception(caught.value.__cause__))
    assert 'File "<stepgrad rule sqrt>"' in shown
    assert "x_.grad += grad * (1.0 / (2.0 * out))" in shown
    assert "x * y" in "".join(linecache.getlines("<stepgrad operation mul>"))


def test_partials_run_on_their_own() -> None:
    op = TABLE["mul"]
    assert [partial(2.0, 5.0, 10.0) for partial in op.partial_functions] == [5.0, 2.0]
    assert repr(op) == "<Op mul: x * y>"
