"""Operations from functions of Python: what the closed list of functions cannot say."""

from __future__ import annotations

import copy
import math
import pickle
from typing import Any

import numpy as np
import pytest

from autograd import (
    TABLE,
    DomainError,
    NotANumberError,
    RuleError,
    UsageError,
    Value,
    backward_steps,
    define_operation,
    exp,
    explain,
    grad,
    hessian,
    maximum,
    trace,
)
from autograd.testing import assert_gradients, check_gradients

from ..support.oracles import central_gradient
from ..support.special import cube_root, digamma, slope_of_cube_root, trigamma

pytestmark = pytest.mark.usefixtures("clean_table")


def lgamma_by_text() -> Any:
    define_operation("digamma", digamma, {"x": trigamma}, "term by term of its series")
    return define_operation("lgamma", math.lgamma, {"x": "digamma(x)"}, "digamma is called the slope of lgamma")


def test_lgamma_with_digamma() -> None:
    lgamma = lgamma_by_text()
    x = Value(3.5, "x")
    out = lgamma(x)
    out.backward()
    assert out.data == math.lgamma(3.5)
    # ψ(7/2) = 2/5 + 2/3 + 2 - γ - 2 log 2, and ψ'(7/2) = π²/2 - 4 - 4/9 - 4/25.
    assert x.grad == pytest.approx(2 / 5 + 2 / 3 + 2 - 0.5772156649015329 - 2 * math.log(2), rel=1e-14)
    assert grad(grad(lgamma))(3.5) == pytest.approx(math.pi**2 / 2 - 4 - 4 / 9 - 4 / 25, rel=1e-13)
    assert_gradients(lambda x: lgamma(x * x) * x, 1.25)
    assert lgamma(3.5) == math.lgamma(3.5)
    assert out.op is TABLE["lgamma"]


def test_a_partial_may_be_the_operation_itself() -> None:
    slope = define_operation("digamma", digamma, {"x": trigamma}, "term by term of its series")
    lgamma = define_operation("lgamma", math.lgamma, {"x": slope}, "digamma is called the slope of lgamma")
    assert TABLE["lgamma"].partials == {"x": "digamma(x)"}
    assert grad(grad(lgamma))(2.5) == pytest.approx(central_gradient(grad(lgamma), [2.5])[0], rel=1e-8)
    # One of ours, and one of text.
    same = define_operation("same", math.exp, {"x": exp}, "exp is its own derivative")
    assert grad(grad(same))(0.5) == math.exp(0.5)
    bell = define_operation("bell", "exp(-x * x)", {"x": "-2 * x * out"}, "it falls off on both sides")
    area = define_operation(
        "area", lambda x: math.erf(x) * math.sqrt(math.pi) / 2, {"x": bell}, "its slope is the bell"
    )
    assert hessian(area)(0.5) == [[pytest.approx(-math.exp(-0.25))]]


def test_a_partial_that_is_a_function_has_no_second_derivative() -> None:
    root = define_operation("cube_root", cube_root, {"x": slope_of_cube_root}, "cubing, undone")
    assert grad(root)(8.0) == pytest.approx(1 / 12)
    with pytest.raises(UsageError) as caught:
        grad(grad(root))(8.0)
    assert str(caught.value) == (
        "d_cube_root_d_x is a Python function without a derivative of its own: make it an operation, by "
        "define_operation, and give that as the partial"
    )


def test_of_several_inputs_in_any_mix() -> None:
    log_beta = define_operation(
        "log_beta",
        lambda a, b: math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b),
        {"a": lambda a, b: digamma(a) - digamma(a + b), "b": lambda a, b: digamma(b) - digamma(a + b)},
        "each lgamma by its slope",
    )
    b = Value(2.0)
    log_beta(3, b).backward()
    assert b.grad == pytest.approx(1 - 1 / 2 - 1 / 3 - 1 / 4 - 1, rel=1e-13)  # ψ(2) - ψ(5)
    assert_gradients(log_beta, 1.5, 2.5)


def test_it_is_shown_and_checked_like_a_row() -> None:
    lgamma = lgamma_by_text()
    x = Value(3.5, "x")
    lines = trace((lgamma(x) * x).named("L"))
    assert "t1 = lgamma(x) = 1.201\n    ∂t1/∂x = digamma(x) = 1.103" in str(lines)
    assert r"\operatorname{lgamma}\left(x\right)" in lines.latex()
    assert backward_steps(lines.root.value)[-1].because == "digamma is called the slope of lgamma"
    assert "digamma(x)" in str(explain(lines.root.value, x))
    wrong = define_operation("wrong", math.lgamma, {"x": lambda x: 2 * digamma(x)}, "twice the slope by mistake")
    report = check_gradients(wrong, 3.5)
    assert "wrong row: wrong says ∂out/∂x = d_wrong_d_x(x), which is" in report.verdict


def test_a_value_may_be_called_as_the_function_is() -> None:
    lgamma = lgamma_by_text()
    x = Value(3.5, "digamma")
    assert "∂L/∂digamma_ = digamma(digamma_)" not in str(trace(lgamma(x).named("L")))
    assert trace(lgamma(x).named("L")).root.inputs[0].target == "digamma_"


def test_where_it_has_no_answer_the_error_is_that_of_a_row() -> None:
    lgamma = lgamma_by_text()
    with pytest.raises(DomainError, match=r"lgamma, by its rule lgamma\(x\), has no answer at x = -1.0 \(named 'n'\)"):
        lgamma(Value(-1.0, "n"))


@pytest.mark.parametrize("answer", [None, "1.0", 1j, [1.0], np.array([1.0])])
def test_what_returns_no_number_is_refused(answer: Any) -> None:
    odd = define_operation("odd", lambda x: answer, {"x": "1"}, "what it may be, it is no number")
    with pytest.raises(NotANumberError, match="what odd returns holds one real number, not"):
        odd(Value(1.0))


def test_what_numpy_returns_becomes_a_float() -> None:
    f = define_operation("f", lambda x: np.float32(x), {"x": "1"}, "it is about the same number")
    assert type(f(Value(0.5)).data) is float


def test_copies_and_pickles() -> None:
    lgamma = lgamma_by_text()
    out = lgamma(Value(3.5, "x"))
    for again in (copy.deepcopy(out), pickle.loads(pickle.dumps(out))):
        assert again.op is out.op
        again.backward()
        assert again.inputs[0].grad == digamma(3.5)


def test_defined_again_it_is_another_and_the_old_graph_keeps_the_old() -> None:
    f = define_operation("f", math.sin, {"x": "cos(x)"}, "a wave")
    x = Value(0.5)
    old = f(x)
    again = define_operation("f", math.cos, {"x": "-sin(x)"}, "another wave")
    new = again(x)
    assert (old.data, new.data) == (math.sin(0.5), math.cos(0.5))
    old.backward()
    assert x.grad == math.cos(0.5)
    with pytest.raises(UsageError, match="f means two functions in this graph, as it was defined again meanwhile"):
        trace(old + new)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (("exp", math.exp, {"x": "out"}, "why so"), "'exp' is an operation of stepgrad's own table"),
        (("norm", math.hypot, {"x": "1", "y": "1"}, "why so"), "'norm' is an operation of stepgrad's own table"),
        (("f", digamma, {"x": "1", "y": "1"}, "why so"), "f takes 1 argument(s), but there are partials for x, y"),
        (("f", lambda y, x: x, {"x": "1", "y": "1"}, "why so"), "f takes y, x; give its partials in that order, not x"),
        (("f", digamma, {"x": lambda: 1.0}, "why so"), "the partial of f for x takes 0 argument(s)"),
        (("f", digamma, {"x": 1.0}, "why so"), "a rule is written as text, such as 'x * y', not as 1.0"),
        (("f", digamma, {"x": "psi(x)"}, "why so"), "'psi' is not a function a rule may use"),
        (("f", digamma, ["x"], "why so"), "give a dictionary from each input to its partial"),
        (("f", digamma, {"x": "1"}, ""), "say in words why"),
        (("f", "x", {"x": "1"}, "why so", np.exp), "array_function goes with a function of Python"),
        (("f", digamma, {"x": maximum}, "why so"), "is maximum, which takes 2 input(s); write it as text"),
    ],
)
def test_what_a_row_may_not_say_is_refused(row: Any, words: str) -> None:
    with pytest.raises(RuleError) as caught:
        define_operation(*row)
    assert words in str(caught.value)
