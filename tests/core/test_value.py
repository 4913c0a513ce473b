"""Value: leaves, operators, names, and what it refuses."""

from __future__ import annotations

import decimal
import fractions
import gc
import math
import operator
import sys
import threading
import weakref
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd
from autograd import TABLE, NotANumberError, UsageError, Value, name_all, no_grad


def test_a_leaf() -> None:
    x = Value(3, "x")
    assert (x.data, type(x.data), x.grad, x.name, x.op, x.inputs) == (3.0, float, 0.0, "x", None, ())
    assert (x.role, x.group, x.numbers, x.operands) == (None, None, (), ())


@pytest.mark.parametrize(
    "given",
    [
        3,
        True,
        2.5,
        np.float64(2.5),
        np.float32(2.5),
        np.float16(2.5),
        np.int64(3),
        np.uint8(3),
        np.bool_(True),
        np.array(2.5),
    ],
)
def test_numbers_of_all_kinds_become_floats(given: Any) -> None:
    assert type(Value(given).data) is float
    assert Value(given).data == float(given)
    assert type((Value(1.0) * given).data) is float
    assert type((given * Value(1.0)).data) is float
    assert (given - Value(1.0)).data == float(given) - 1.0
    assert isinstance(given / Value(1.0), Value)
    leaf = Value(0.0)
    leaf.data = given
    assert type(leaf.data) is float


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("3.5", "not str '3.5': if the text spells a number, write float('3.5')"),
        (None, "not NoneType None: did a function end without a return"),
        (1j, "take .real, .imag or abs"),
        (np.complex128(1j), "take .real, .imag or abs"),
        ([1.0, 2.0], "make one for each: [Value(x) for x in xs]"),
        (np.array([1.0]), "make one for each"),
        (np.array([[1.0]]), "make one for each"),
        (np.array(1j), "take .real, .imag or abs"),
        (np.array(None), "hand in its .tolist(), or that of the whole array or tensor"),
        (np.str_("3.5"), "if the text spells a number"),
        (Value(1.0, "w"), "v.detach()"),
        (fractions.Fraction(1, 2), "convert it first, with float(...)"),
        (decimal.Decimal("0.5"), "convert it first, with float(...)"),
        (10**400, "too large"),
        ("x" * 1000, "…"),
    ],
)
def test_what_is_not_one_real_number_is_refused_with_a_mend(given: Any, words: str) -> None:
    with pytest.raises(NotANumberError) as caught:
        Value(given)
    assert words in str(caught.value)
    assert len(str(caught.value)) < 260
    assert isinstance(caught.value, TypeError)
    leaf = Value(1.0)
    with pytest.raises(NotANumberError):
        leaf.data = given
    assert leaf.data == 1.0
    if not (isinstance(given, Value) or getattr(given, "ndim", False)):  # an array is computed with member by member
        for compute in (operator.add, operator.mul, operator.pow, operator.truediv):
            with pytest.raises(NotANumberError, match="an operand of"):
                compute(leaf, given)
            if not isinstance(given, fractions.Fraction):  # which turns itself into a float first
                with pytest.raises(NotANumberError):
                    compute(given, leaf)
        with pytest.raises(NotANumberError, match="a comparison"):
            _ = leaf < given


@pytest.mark.parametrize(
    ("compute", "name", "want"),
    [
        (lambda x: x + 2, "add", 5.0),
        (lambda x: 2 + x, "add", 5.0),
        (lambda x: x - 2, "sub", 1.0),
        (lambda x: 2 - x, "sub", -1.0),
        (lambda x: x * 2, "mul", 6.0),
        (lambda x: 2 * x, "mul", 6.0),
        (lambda x: x / 2, "div", 1.5),
        (lambda x: 2 / x, "div", 2 / 3),
        (lambda x: x**2, "power", 9.0),
        (lambda x: 2**x, "power", 8.0),
        (lambda x: x + x, "add", 6.0),
        (lambda x: x - x, "sub", 0.0),
        (lambda x: x * x, "mul", 9.0),
        (lambda x: x / x, "div", 1.0),
        (lambda x: x**x, "power", 27.0),
        (lambda x: -x, "neg", -3.0),
        (lambda x: +x, "identity", 3.0),
        (lambda x: abs(-1 * x), "abs", 3.0),
    ],
)
def test_operators(compute: Callable[[Value], Value], name: str, want: float) -> None:
    out = compute(Value(3.0))
    assert out.data == want
    assert out.op is TABLE[name]
    assert type(out.data) is float


@pytest.mark.parametrize("name", ["exp", "log", "sqrt", "sin", "cos", "tanh", "sigmoid", "relu", "softplus"])
def test_methods_and_functions_agree_and_functions_take_numbers(name: str) -> None:
    function, x = getattr(autograd, name), Value(0.7)
    assert getattr(x, name)().data == function(x).data == function(0.7)
    assert type(function(0.7)) is float
    assert type(function(1)) is float
    assert type(function(np.float32(1))) is float


def test_functions_of_two_take_any_mix() -> None:
    for function in (autograd.maximum, autograd.minimum, autograd.logaddexp):
        assert type(function(1, 2)) is float
        assert function(Value(1.0), 2).data == function(1, Value(2.0)).data == function(1, 2)


def test_operands_show_constants_in_their_place_and_inputs_do_not() -> None:
    x = Value(3.0, "x")
    assert (2 - x).operands == (2.0, x)
    assert (2 - x).inputs == (x,)
    assert (x - 2).operands == (x, 2.0)
    assert (x + x).inputs == (x, x)
    assert (x + x).numbers == (3.0, 3.0)


def test_in_place_operators_make_a_new_value() -> None:
    x = y = Value(3.0)
    y += 1
    y *= 2
    assert (x.data, y.data) == (3.0, 8.0)


def test_sum_and_max_of_a_list() -> None:
    xs = [Value(1.0), Value(4.0), Value(2.0)]
    sum(xs, Value(0.0)).backward()
    assert [x.grad for x in xs] == [1.0, 1.0, 1.0]
    assert max(xs) is xs[1]
    assert sorted(xs) == [xs[0], xs[2], xs[1]]


def test_comparisons_look_at_data_and_equality_is_identity() -> None:
    a, b = Value(1.0), Value(1.0)
    assert a != b
    assert a == a
    assert a <= b
    assert a >= b
    assert not a < b
    assert not a > b
    assert a < 2
    assert a < 2
    assert a >= 1
    assert np.float64(2.0) > a
    assert len({a, b}) == 2
    for compare in (operator.lt, operator.le, operator.gt, operator.ge):
        assert compare(Value(math.nan), 1.0) is False


def test_names_may_be_anything_but_must_be_text() -> None:
    for name in ("", "h1", "</script>", "\n\x00", "🙂" * 10_000, "d_L_d_w"):
        assert Value(1.0, name).name == name
    v = Value(1.0)
    assert v.named("h1") is v
    assert v.name == "h1"
    for wrong in (None, 3, b"w"):
        with pytest.raises(UsageError, match="a name is text, not"):
            v.named(wrong)  # type: ignore[arg-type]
        with pytest.raises(UsageError, match="a name is text, not"):
            Value(1.0, wrong)  # type: ignore[arg-type]
    assert v.name == "h1"


def test_name_all_leaves_those_that_have_a_name() -> None:
    a = Value(1.0)
    b = Value(2.0, "bias")
    c = a * b
    name_all(locals())
    assert (a.name, b.name, c.name) == ("a", "bias", "c")


def test_repr_is_short() -> None:
    assert repr(Value(2)) == "Value(2.0)"
    assert repr(Value(2, "w1")) == "Value(2.0, 'w1')"
    assert repr(Value(1.0) * 3) == "Value(3.0)"


def test_float_and_format() -> None:
    v = Value(1 / 3, "third")
    assert float(v) == 1 / 3
    assert f"{v:.3f}" == "0.333"
    assert f"{v}" == "Value(0.3333333333333333, 'third')"


def test_data_of_a_computed_value_cannot_be_assigned() -> None:
    y = (Value(2.0) * 3).named("y")
    with pytest.raises(UsageError, match=r"Value\(6.0, 'y'\) was computed.*v.detach\(\)"):
        y.data = 5.0
    assert y.data == 6.0


def test_value_cannot_be_subclassed() -> None:
    with pytest.raises(UsageError, match="define_operation"):

        class Mine(Value):
            pass


def test_detach_cuts_the_graph() -> None:
    x = Value(2.0, "x")
    cut = (x * 3).named("y").detach()
    assert (cut.data, cut.name, cut.inputs, cut.op) == (6.0, "y", (), None)
    (cut * x).backward()
    assert (x.grad, cut.grad) == (6.0, 2.0)


def test_no_grad_records_nothing() -> None:
    x = Value(2.0)
    with no_grad():
        y = x * 3
        with no_grad():
            z = y.exp()
        again = x + 1
    assert y.inputs == z.inputs == again.inputs == ()
    assert y.op is None
    assert (x * 3).inputs == (x,)


def test_no_grad_ends_with_its_block_even_after_an_error() -> None:
    with pytest.raises(ZeroDivisionError), no_grad():
        _ = 1 / 0
    x = Value(1.0)
    assert (x + 1).inputs == (x,)


def test_no_grad_is_for_its_own_thread_only() -> None:
    entered, checked = threading.Event(), threading.Event()

    def pause() -> None:
        with no_grad():
            entered.set()
            checked.wait(10)

    thread = threading.Thread(target=pause)
    thread.start()
    assert entered.wait(10)
    x = Value(1.0)
    recorded = (x + 1).inputs
    checked.set()
    thread.join()
    assert recorded == (x,)


def test_a_graph_goes_with_its_last_reference_and_with_the_collector_off() -> None:
    gc.disable()
    try:
        x = Value(2.0)
        y = (x * x).tanh() + x
        y.backward()
        gone = [weakref.ref(y), weakref.ref(y.inputs[0]), weakref.ref(y.inputs[0].inputs[0])]
        del y
        assert [ref() for ref in gone] == [None, None, None]
        assert sys.getrefcount(x) == 2
    finally:
        gc.enable()


def test_a_value_has_no_dictionary_to_misspell_into() -> None:
    with pytest.raises(AttributeError):
        Value(1.0).gard = 3.0  # type: ignore[attr-defined]


@pytest.mark.parametrize("digits", [None, 0, 2, -1])
def test_round_gives_what_it_gives_of_the_number(digits: int | None) -> None:
    v = Value(12.3456)
    assert round(v, digits) == round(12.3456, digits)
    assert type(round(v, digits)) is type(round(12.3456, digits))
    assert (round(v, 2), math.floor(v), math.ceil(v)) == (12.35, 12, 13)


def test_name_all_leaves_ipythons_own_names_alone() -> None:
    names = ["_", "__", "___", "_1", "_12", "_i", "loss"]
    values = {name: Value(float(place)) for place, name in enumerate(names)}
    same = values["loss"]
    name_all({"_": same, **values, "_3": same})
    assert [values[name].name for name in names] == ["", "", "", "", "", "_i", "loss"]
