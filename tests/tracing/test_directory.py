"""What a key means: how partials are asked for, and what is said where a name means nothing, or two things."""

from __future__ import annotations

import pytest

from autograd import UsageError, Value
from autograd.testing import assert_partials, check_partials
from autograd.tracing.directory import Directory
from nn import MLP, mean_squared_error

from ..support.graphs import articles_loss, hostile_graph


def ends(directory: Directory, key: object) -> tuple[str, str]:
    found = directory.key(key)
    return found.of.target, found.wrt.target


def test_every_spelling_of_a_partial() -> None:
    net, loss = articles_loss()
    directory = Directory(loss)
    for key in (net.w1, "w1", "d_L_d_w1", (loss, net.w1), ("L", "w1"), (loss, "w1"), ("L", net.w1)):
        assert ends(directory, key) == ("L", "w1")
    for name in ("o1", "ypred", "y_pred"):
        assert ends(directory, f"d_L_d_{name}") == ("L", "o1")
        assert ends(directory, f"d_{name}_d_h1") == ("o1", "h1")
        assert ends(directory, name) == ("L", "o1")
        assert directory.argument(name).target == "o1"
    assert ends(directory, ("h1", "w1")) == ends(directory, "d_h1_d_w1") == ("h1", "w1")
    assert directory.key("d_ypred_d_h1").text == "d_ypred_d_h1"  # as it was asked
    assert directory.key(net.w1).text == "d_L_d_w1"


def test_the_spellings_of_calculus() -> None:
    net, loss = articles_loss()
    directory = Directory(loss)
    for key in ("dL/dw1", "∂L/∂w1", "dL_dw1", "d_L/d_w1", "∂L / ∂w1", "dL / dw1"):
        assert ends(directory, key) == ("L", "w1")
        assert directory.key(key).text == "d_L_d_w1"
    for key in ("dypred/dh1", "∂ypred/∂h1", "dypred_dh1", "do1_dh1"):
        assert ends(directory, key) == ("o1", "h1")
    assert ends(directory, "dsum_h1_dw1") == ("sum_h1", "w1")
    assert_partials(loss, {"dL/dw1": "0.0215", "∂L/∂b1": "-0.0107", "dL_dw2": "0.0107", net.w5: "-0.0113"})
    with pytest.raises(UsageError, match=r"'dL/dw7': nothing in the graph of L is named 'w7'; near it: w6, w5"):
        directory.key("dL/dw7")
    with pytest.raises(UsageError, match=r"'dL/w1': nothing in the graph of L is named 'dL/w1'"):
        directory.key("dL/w1")


def test_a_name_that_reads_like_a_partial_is_answered_with_both() -> None:
    w1 = Value(3.0, "w1")
    root = ((w1 * w1).named("whole") + Value(1.0, "dwhole_dw1")).named("R")
    with pytest.raises(UsageError, match=r"'dwhole_dw1' has 2 meanings; .*\('R', 'dwhole_dw1'\), \('whole', 'w1'\)"):
        check_partials(root, {"dwhole_dw1": 1.0})


def test_a_value_that_is_called_ypred_is_that_value() -> None:
    ypred = Value(0.3, "ypred")
    o1 = (ypred * 2).named("o1")
    assert ends(Directory((o1 * 3).named("L")), "ypred") == ("L", "ypred")
    with pytest.raises(UsageError, match="nothing in the graph of y is named 'ypred'"):
        Directory((Value(1.0, "x") * 2).named("y")).key("ypred")


def test_unnamed_values_get_a_line_where_they_are_asked_for() -> None:
    x = Value(2.0, "x")
    inner = x * 3
    root = inner + 1
    report = check_partials(root, {inner: 1.0, (inner, x): 3.0, (root, x): 3.0})
    assert [verdict.key.text for verdict in report.verdicts] == ["d_root_d_t1", "d_t1_d_x", "d_root_d_x"]
    assert report.ok


def test_an_unknown_name_is_answered_with_those_that_come_near() -> None:
    _, loss = articles_loss()
    for key, said in [
        ("d_L_d_w7", r"'d_L_d_w7': nothing in the graph of L is named 'w7'; near it: w6, w5, w4, w3, w2"),
        ("sum_o2", r"is named 'sum_o2'; near it: sum_o1, sum_h2"),
        ("d_ypre_d_h1", r"is named 'ypre'; near it: ypred, y_pred"),
        ("d_L_d_", r"nothing in the graph of L is named 'd_L_d_'"),
        (
            ("L", "Q"),
            r"'Q': nothing in the graph of L is named 'Q' \(must be one of x1, x2, y_true, w1, .*\(19 names\)\)",
        ),
        ("d_A_d_B", r"nothing in the graph of L is named 'A'.*nothing in the graph of L is named 'B'"),
        (Value(1.0, "stranger"), r"Value\(1\.0, 'stranger'\) is not in the graph of L"),
        (7, r"7 is no key: write a Value, its name, a pair \(of, wrt\), or text such as 'd_L_d_w1'"),
        (("L", "w1", "w2"), "is no key"),
        (("L", 3), "3 is no part of a key"),
    ]:
        with pytest.raises(UsageError, match=said):
            check_partials(loss, {key: 1.0})
    with pytest.raises(UsageError, match=r"the result has no name yet, give it one with \.named\('L'\)"):
        check_partials(Value(1.0, "x") * 2, {"d_L_d_x": 2.0})


def test_an_ambiguous_key_is_answered_with_what_it_can_mean() -> None:
    a, b = Value(1.0, "a"), Value(2.0, "b")
    whole = (a * b).named("b_d_a")
    root = (whole * Value(3.0, "a_d_b") + b.sin().named("L_d_a")).named("L")
    with pytest.raises(UsageError, match=r"'d_L_d_a_d_b' has 2 meanings; .*: \('L', 'a_d_b'\), \('L_d_a', 'b'\)"):
        check_partials(root, {"d_L_d_a_d_b": 1.0})
    assert_partials(root, {("L", "a_d_b"): 2.0, ("L_d_a", "b"): lambda b: __import__("math").cos(b)})
    # Only one way of reading this one makes sense.
    directory = Directory(root)
    assert ends(directory, "d_L_d_b_d_a") == ("L", "b_d_a")
    assert directory.code(*directory.key(("L", "a_d_b"))[:2]) == '("L", "a_d_b")'
    assert directory.code(*directory.key(("L", "b_d_a"))[:2]) == '"d_L_d_b_d_a"'


def test_names_that_repeat() -> None:
    net = MLP(2, [2, 1], seed=1)
    losses = [mean_squared_error(net([x, 1.0]), 1.0) for x in (0.5, -0.5)]
    loss = ((losses[0] + losses[1]) / 2).named("L")
    directory = Directory(loss)
    assert ends(directory, "w1") == ("L", "w1")  # the root owns its name, the samples' losses are L__2 and L__3
    with pytest.raises(UsageError, match=r"'h1' has 2 meanings.*\('L', 'h1__1'\), \('L', 'h1__2'\)"):
        directory.key("h1")
    with pytest.raises(UsageError, match=r"'h1' is the name of 2 values: write h1__1, h1__2"):
        directory.key(("L", "h1"))
    assert ends(directory, "d_L_d_h1__1") == ("L", "h1")
    assert ends(directory, "d_L_d_h1__2") == ("L", "h1__2")
    assert ends(directory, "d_L__2_d_w1") == ("L__2", "w1")
    # As in generated Python, and as is said, the argument h1 is the first.
    assert directory.argument("h1").target == "h1"
    report = check_partials(loss, {("L__2", "h1__1"): lambda y_true, o1, w5: -2 * (y_true - o1) * o1 * (1 - o1) * w5})
    assert report.ok
    assert "2 values are named h1: here, as in to_python, they are h1, h1__2" in str(report)


def test_names_that_are_no_identifiers() -> None:
    x, w = Value(2.0, "an input"), Value(0.5, "lambda")
    root = (w * x).named("the result")
    assert_partials(root, {"an input": 0.5, "lambda_": lambda an_input: an_input, "d_the_result_d_an_input": 0.5})
    text = str(check_partials(root, {"lambda": lambda an_input: an_input}))
    assert "an_input is 'an input'" not in text
    assert "an_input is an input" in text
    leaves, root = hostile_graph()
    directory = Directory(root)
    for leaf in leaves:
        found = directory.key(leaf)
        assert directory.key(found.text).wrt.value is leaf  # what is shown can be written


def test_arguments_of_a_function() -> None:
    _, loss = articles_loss()
    for function, said in [
        (lambda w9: w9, r"the argument 'w9': nothing in the graph of L is named 'w9'; near it: w6, w5"),
        (lambda *args: 1.0, r"\*args can be anything; name what the function reads, as in lambda x1, h1: …"),
        (lambda **names: 1.0, r"\*\*names can be anything"),
        (lambda h1, two=2.0: h1 * two, "two has a default; leave it out: every argument is a value's number"),
        (dict, r"d_L_d_w5: "),
    ]:
        with pytest.raises(UsageError, match=said):
            check_partials(loss, {"w5": function})

    def by_keyword(y_true: float, o1: float, /, *, h1: float) -> float:
        return -2 * (y_true - o1) * o1 * (1 - o1) * h1

    assert_partials(loss, {"w5": by_keyword})
