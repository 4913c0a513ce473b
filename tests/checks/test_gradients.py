"""Three oracles: what is right passes; what is wrong is found, and told to be the row's fault, the sweep's, or f's."""

from __future__ import annotations

import math
import random
import re
import subprocess
import sys
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest

import autograd
from autograd import (
    TABLE,
    Op,
    UsageError,
    Value,
    ceil,
    clip,
    define_operation,
    floor,
    hypot,
    leaky_relu,
    log,
    maximum,
    no_grad,
    relu,
    sigmoid,
    sign,
    sin,
    sqrt,
    where,
)
from autograd.checks import gradients
from autograd.checks.forward_mode import forward_slopes
from autograd.core.op import VALUES, Pullback
from autograd.testing import assert_gradients, check_gradients
from nn import MLP, binary_cross_entropy, mean_squared_error, softmax

from ..conftest import Spoil
from ..support.graphs import HOSTILE
from ..support.rows import by_name, points_of


def test_what_is_right_passes_with_all_three_numbers() -> None:
    report = check_gradients(lambda x, y: x * y + sin(x), 2.0, 3.0)
    assert report
    assert report.ok
    assert report.verdict == "right: reverse mode, forward mode and central differences agree."
    x, y = report.inputs
    assert (x.name, x.x, x.verdict, y.name) == ("x", 2.0, "agree", "y")
    assert x.reverse == pytest.approx(3 + math.cos(2.0), rel=1e-15)
    assert x.forward == pytest.approx(3 + math.cos(2.0), rel=1e-15)
    assert x.difference.slope == pytest.approx(3 + math.cos(2.0), rel=1e-9)


@by_name
def test_every_row_of_the_table_passes(op: Op) -> None:
    for point in points_of(op):
        report = check_gradients(VALUES[op.name], *point)
        assert report, report


def test_lists_values_and_names() -> None:
    net = MLP(2, [2, 1], seed=1)
    net.w1.grad = 7.0

    def loss(ws: list[Value], x: Value) -> Value:
        h1, h2 = sigmoid(ws[0] * x - ws[1] + ws[2]), sigmoid(ws[3] * x - ws[4] + ws[5])
        return (1 - sigmoid(ws[6] * h1 + ws[7] * h2 + ws[8])) ** 2

    report = check_gradients(loss, net.parameters(), -2)
    assert report, report
    assert [one.name for one in report.inputs] == ["w1", "w2", "b1", "w3", "w4", "b2", "w5", "w6", "b3", "x"]
    assert [one.name for one in check_gradients(lambda *xs: xs[0] * xs[1], 1.0, 2.0).inputs] == ["x1", "x2"]
    assert [one.name for one in check_gradients(lambda ws: ws[0] * ws[1][0], [1.0, (2.0,)]).inputs] == [
        "ws[0]",
        "ws[1][0]",
    ]
    assert net.w1.grad == 7.0


def test_nobodys_grad_is_touched_and_no_grad_does_not_matter() -> None:
    w = Value(3.0, "w")
    inside = w * 2
    w.grad, inside.grad = 5.0, 6.0
    with no_grad():
        assert check_gradients(lambda x: x * inside * w, 2.0)
    assert (w.grad, inside.grad) == (5.0, 6.0)


@pytest.mark.usefixtures("clean_table")
def test_defined_operations() -> None:
    right = define_operation("gauss", "exp(-x * x)", {"x": "-2 * x * out"}, "it falls off on both sides of 0")
    assert check_gradients(lambda x: 3 * right(x) ** 2, 0.5)
    wrong = define_operation("bell", "exp(-x * x)", {"x": "2 * x * out"}, "it falls off on both sides of 0")
    report = check_gradients(lambda x: 3 * wrong(x) ** 2, 0.5)
    assert not report
    assert report.verdict.startswith("wrong row: bell says ∂out/∂x = 2 * x * out, which is 0.7788 at x = 0.5")


@pytest.mark.usefixtures("clean_table")
def test_what_rounding_does_within_a_row_is_not_held_against_it() -> None:
    """Of exp(x) - 1 a few digits are left at small x, and of x within 1e6 + x."""
    rows = [
        ("exp(x) - 1", "exp(x)"),
        ("(x + 1e6) - 1e6", "1"),
        ("log(1 + x * x)", "2 * x / (1 + x * x)"),
        ("1 - cos(x)", "sin(x)"),
    ]
    for place, (expression, partial) in enumerate(rows):
        right = define_operation(f"right{place}", expression, {"x": partial}, "it cancels")
        wrong = define_operation(f"wrong{place}", expression, {"x": f"1.01 * ({partial})"}, "it cancels")
        for x in (1e-8, -3e-6, 1e-4, 0.0087971680654476, -0.5, 14.41752261778374):
            assert not check_gradients(right, x).wrong_rows
            assert check_gradients(lambda v, f=right: 2 * f(v) + v, x)
            assert check_gradients(wrong, x).verdict.startswith(f"wrong row: wrong{place} says ∂out/∂x = 1.01 * (")


# A test of the tester -----------------------------------------------------------------------------------------------


@by_name
def test_with_any_partial_of_any_row_spoilt_it_fails_and_names_the_row(op: Op, spoilt: Spoil) -> None:
    point = points_of(op)[-1]
    for name in op.inputs:
        for wrong in ("({}) * 1.0002 + 0.0001", "-({}) - 0.001", "0.5 * ({}) + 1"):
            with spoilt(op.name, **{name: wrong.format(op.partials[name])}):
                # On its own, inside of something, and where what follows is so flat that f hardly shows it.
                for f in (
                    VALUES[op.name],
                    lambda *xs: 1.5 - sigmoid(VALUES[op.name](*xs)),
                    lambda *xs: 1e-9 * VALUES[op.name](*xs) + xs[0],
                ):
                    report = check_gradients(f, *point)
                    assert not report
                    assert (op, name) in {(row.op, row.name) for row in report.wrong_rows}
                    assert f"wrong row: {op.name} says ∂out/∂{name} = {op.partials[name]}, which is" in report.verdict
                    assert "sweep" not in report.verdict
    assert check_gradients(VALUES[op.name], *point)


@by_name
def test_with_the_sweep_of_any_row_spoilt_it_says_sweep(op: Op, monkeypatch: pytest.MonkeyPatch) -> None:
    point = points_of(op)[-1]
    pullback = op.pullbacks[(True,) * len(op.inputs)]
    right = pullback.pull

    def doubled(value: Value) -> None:
        right(value)
        for one in value.inputs:
            one.grad += 0.01

    monkeypatch.setattr(pullback, "pull", doubled)
    report = check_gradients(VALUES[op.name], *point)
    assert not report
    assert not report.wrong_rows
    assert {one.verdict for one in report.inputs} == {"reverse"}
    assert report.verdict.startswith("wrong sweep: for ")
    assert "reverse mode is wrong" in report.verdict


def test_a_sweep_that_overwrites_where_it_should_add(monkeypatch: pytest.MonkeyPatch) -> None:
    pullback: Pullback = TABLE["mul"].pullbacks[(True, True)]

    def overwrites(value: Value) -> None:
        x, y = value.inputs
        first, second = value.numbers
        x.grad = value.grad * second
        y.grad = value.grad * first

    monkeypatch.setattr(pullback, "pull", overwrites)
    report = check_gradients(lambda x, y: x * y + y * x, 2.0, 3.0)
    assert not report
    assert "wrong sweep: for x, y reverse mode is wrong" in report.verdict
    assert not report.wrong_rows


def test_a_sweep_in_the_wrong_order(monkeypatch: pytest.MonkeyPatch) -> None:
    walk: Any = vars(autograd.core.backward)["start_from_zero"]

    def shuffled(root: Value, operations: list[Value], leaves: list[Any]) -> None:
        walk(root, operations, leaves)
        operations[1:-1] = operations[-2:0:-1]

    monkeypatch.setattr(autograd.core.backward, "start_from_zero", shuffled)
    report = check_gradients(lambda x: ((x * 2).tanh() * x).exp(), 0.3)
    assert "wrong sweep: for x reverse mode is wrong" in report.verdict


def test_a_wrong_forward_sweep_is_told_from_a_wrong_reverse_sweep(monkeypatch: pytest.MonkeyPatch) -> None:
    each_partial = autograd.checks.forward_mode.each_partial
    monkeypatch.setattr(
        autograd.checks.forward_mode, "each_partial", lambda value: [(one, 2 * p) for one, p in each_partial(value)]
    )
    report = check_gradients(lambda x: x * 3, 2.0)
    assert "wrong sweep: for x forward mode is wrong; it differs from reverse mode" in report.verdict


def test_a_wrong_row_and_a_wrong_sweep_are_both_told(spoilt: Spoil) -> None:
    with spoilt("mul", x="2 * y"), pytest.MonkeyPatch.context() as patch:
        patch.setattr(TABLE["mul"].pullbacks[(True, True)], "pull", lambda value: None)
        report = check_gradients(lambda x, y: x * y, 2.0, 3.0)
    assert "wrong row: mul says ∂out/∂x = 2 * y, which is 6 at x = 2.0, y = 3.0" in report.verdict
    assert "there its expression x * y has the slope 3" in report.verdict
    # For x neither sweep is what differences say: one has the wrong row, the other nothing.
    assert "wrong sweep: for x reverse and forward mode differ, though both read the same partials" in report.verdict
    assert "wrong sweep: for y reverse mode is wrong" in report.verdict


@pytest.mark.parametrize(
    "f", [lambda x: x * float(x), lambda x: x * x.data, lambda x: x + math.exp(x), lambda x: math.exp(x)]
)
def test_what_leaves_the_graph_is_no_rows_fault(f: Callable[[Any], Any]) -> None:
    report = check_gradients(f, 2.0)
    assert not report
    assert "not recorded: for x both sweeps agree, and so does every row" in report.verdict
    assert "float(v), v.data or math.exp(v)" in report.verdict


# Points at which there is nothing to compare ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("f", "point", "left", "right", "row"),
    [
        (relu, [0.0], "0", "1", "relu at x = 0.0"),
        (abs, [0.0], "-1", "1", "abs at x = 0.0"),
        (lambda x: relu(3 * x - 6), [2.0], "0", "3", "relu at x = 0.0"),
        (maximum, [3.0, 3.0], "0", "1", "maximum at x = 3.0, y = 3.0"),
        (leaky_relu, [0.0], "0.01", "1", "leaky_relu at x = 0.0"),
        (hypot, [0.0, 0.0], "-1", "1", "hypot at x = 0.0, y = 0.0"),
        (lambda x: clip(x, -1.0, 2.0), [2.0], "1", "0", "clip at x = 2.0, low = -1.0, high = 2.0"),
        (lambda x: x if x > 1 else 3 * x - 2, [1.0], "3", "1", None),  # no row has it: f branches
    ],
)
def test_a_kink_is_said_to_be_one(f: Any, point: list[float], left: str, right: str, row: str | None) -> None:
    report = check_gradients(f, *point)
    assert not report
    assert {one.verdict for one in report.inputs} == {"kink"}
    assert "kink: at x = " in report.verdict
    assert f"the slope is {left} on the left and {right} on the right" in report.verdict
    assert [f"{one.op.name} at {one.at}" for one in report.kinks[:1]] == ([row] if row else [])
    assert row is None or row in report.verdict
    assert not report.wrong_rows


@pytest.mark.parametrize(
    ("f", "x", "row"),
    [
        (sign, 0.0, "sign at x = 0.0"),
        (floor, 3.0, "floor at x = 3.0"),
        (lambda x: ceil(x / 2), -4.0, "ceil at x = -2.0"),
        (lambda x: x % 1.5, 3.0, "mod at x = 3.0, y = 1.5"),
        (lambda x: x // 1.5, 3.0, "floordiv at x = 3.0, y = 1.5"),
        (lambda x: where(x, 5.0 + x, 1.0 - x), 0.0, "where at condition = 0.0, x = 5.0, y = 1.0"),
    ],
)
def test_a_jump_is_said_to_be_one(f: Any, x: float, row: str) -> None:
    report = check_gradients(f, x)
    assert not report
    assert "f jumps there" in report.verdict
    assert row in report.verdict
    assert not report.wrong_rows
    assert check_gradients(lambda v: f(v) + v, x + 0.25)


def test_kinks_of_the_pieces_that_the_whole_does_not_have() -> None:
    # Where the rows' subgradient 0 is right for the whole, it passes; where it is not, it says why.
    assert check_gradients(lambda x: relu(x) ** 2, 0.0)
    assert check_gradients(lambda x: maximum(x, x), 3.0)
    report = check_gradients(lambda x: relu(x) - relu(-x), 0.0)
    assert not report
    assert "the rows there take one side for both, and f, as a whole, moves by 1. relu at x = 0.0" in report.verdict


@pytest.mark.parametrize(
    ("f", "point", "words"),
    [
        (log, 0.0, "edge: this is no point to compare gradients at: log, by its rule log(x), has no answer at x = 0.0"),
        (sqrt, 0.0, "the gradient of sqrt, sqrt(x), by its rule"),
        (lambda x: x**1.5, 0.0, "edge: x = 0.0 is too close to the edge of the domain: "),
        (
            lambda x: log(x - 1),
            1 + 1e-15,
            "edge: x = 1.000000000000001 is too close to the edge of the domain: 1.8e-15",
        ),
        (lambda x: sqrt(1 - x * x), 1 - 1e-16, "edge: x = 0.9999999999999999 is too close to the edge"),
    ],
)
def test_an_edge_is_said_to_be_one(f: Any, point: float, words: str) -> None:
    report = check_gradients(f, point)
    assert not report
    assert words in report.verdict


@pytest.mark.parametrize("x", [1e-12, 1e-6, 1e-3, 1.0, 1e6, 1e12])
def test_inside_the_domain_it_passes_at_any_scale(x: float) -> None:
    for f in (log, sqrt, lambda x: 1 / x, lambda x: x**-2.5, lambda x: x * log(x)):
        report = check_gradients(f, x)
        assert report, report


def test_what_is_not_finite_is_traced_to_where_it_began() -> None:
    report = check_gradients(lambda x: (x * 1e200) * 1e200 + 1, 2.0)
    assert not report
    assert "not finite: f is inf there. inf began at t2, in the forward pass" in report.verdict
    report = check_gradients(lambda x: (x * x).named("square") / 1e-320, 1e-10)
    assert not report
    assert "not finite: the gradient for x is no number" in report.verdict
    assert "inf began on the way from root to square, in the backward pass" in report.verdict


def test_terms_that_cancel_leave_a_slope_of_0_that_is_confirmed() -> None:
    assert check_gradients(lambda x, y: 2 * y + 0.25 * (x + y + (y - x)), 1.0, 0.0)
    assert check_gradients(lambda x: (x + 1e6) - x, 3.0)
    assert check_gradients(lambda x: (x - 3.0) * 1e6, 3.0)


def test_what_is_rounded_away_at_the_end_of_the_floats_is_not_held_against_a_row() -> None:
    assert check_gradients(lambda x: x * 1e-300, 1e-300)
    assert check_gradients(lambda x: x * 0, 2.0)
    assert check_gradients(lambda x: x * 5e-324, 2.0)


def test_a_jump_and_a_random_function() -> None:
    report = check_gradients(lambda x: x + math.copysign(1.0, x.data) * (x.data != 0), 0.0)
    assert not report
    assert "rough: at x = 0.0 the central differences do not settle" in report.verdict
    with pytest.raises(UsageError, match=r"f gave .* and then .* at the same point"):
        check_gradients(lambda x: x * random.random(), 2.0)


def test_losses_of_networks() -> None:
    net = MLP(2, [3, 1], seed=2)
    for loss in (mean_squared_error, binary_cross_entropy):
        report = check_gradients(lambda x1, x2, y, loss=loss: loss(net([x1, x2]), y), -0.4, 0.9, 0.25)
        assert report, report


# How it is told -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda wrong: check_gradients(wrong), "takes a function and the point to try it at, not 3.0"),
        (lambda _: check_gradients(sin), "needs the point"),
        (lambda _: check_gradients(lambda x: [x, x], 1.0), "a function that returns one number, not 2"),
        (lambda _: check_gradients(lambda x: "text", 1.0), "the result of a function to check holds one real number"),
        (lambda _: check_gradients(sin, "1"), "a point to check gradients at holds one real number"),
    ],
)
def test_wrong_use_says_what_would_be_right(call: Callable[[Any], object], words: str) -> None:
    with pytest.raises((UsageError, TypeError)) as caught:
        call(3.0)
    assert words in str(caught.value)


def test_the_report_as_text(spoilt: Spoil) -> None:
    with spoilt("mul", x="2 * y"):
        report = check_gradients(lambda x, y: x * y, 2.0, 3.0)
    assert repr(report) == str(report)
    assert str(report) == (
        "wrong row: mul says ∂out/∂x = 2 * y, which is 6 at x = 2.0, y = 3.0; there its expression x * y has the slope "
        "3.\n"
        "input  at   reverse  forward  differences  verdict\n"
        "x      2.0  6        6        3            partials\n"
        "y      3.0  2        2        2            agree"
    )


def test_assert_gradients_raises_the_report(spoilt: Spoil) -> None:
    assert_gradients(sin, 1.0)
    with spoilt("sin", x="-cos(x)"), pytest.raises(AssertionError, match=r"wrong row: sin says(.|\n)*input  at"):
        assert_gradients(sin, 1.0)


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)


def test_the_report_in_a_notebook_escapes_names() -> None:
    for name in HOSTILE:
        report = check_gradients(lambda xs: xs[0] * abs(xs[1]), [Value(2.0, name), Value(0.0, name)])
        html = report._repr_html_()
        parser = _Tags()
        parser.feed(html)
        assert parser.tags == {"p", "div", "table", "thead", "tbody", "tr", "th", "td"}
        assert "<th" in html
        str(report).encode()


def test_the_facade_is_the_module_and_is_loaded_when_asked_for() -> None:
    program = (
        "import sys, autograd; print('autograd.testing' in sys.modules, autograd.testing.check_gradients.__name__)"
    )
    run = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert run.stdout.split() == ["False", "check_gradients"]


def test_a_function_that_does_not_use_its_arguments_is_not_called_right() -> None:
    net = MLP(2, [2, 1], seed=1)
    report = check_gradients(lambda ws: mean_squared_error(net([1.0, 2.0]), 1.0), net.parameters())
    assert not report
    assert report.verdict.startswith("nothing to check: f gives ")
    assert "whatever w1, w2, b1, w3, w4, b2 is; it does not compute with its arguments" in report.verdict
    assert check_gradients(lambda x: 3.0, 1.0).verdict.startswith("nothing to check: f gives 3.0 whatever x is")
    assert check_gradients(lambda x, y: x * 2.0, 1.0, 2.0)
    assert check_gradients(lambda x: 0 * x, 1.0)


def test_waves_that_a_coarse_step_misses() -> None:
    """By chance the slopes that large steps see agree with each other; the finer ones are right."""
    chosen = random.Random(1)
    for power in (1, 3, 5, 8):
        for _ in range(60):
            k, x = 10 ** chosen.uniform(power, power + 0.3), chosen.uniform(-3.0, 3.0)

            def wave(v: Any, k: float = k) -> Any:
                return (k * v).sin()

            def ripple(v: Any, k: float = k) -> Any:
                return v * v + 1e-3 * (k * v).sin()

            for f in (wave, ripple):
                assert check_gradients(f, x), (k, x)


@pytest.mark.slow
def test_waves_too_fast_for_floats_are_not_accused() -> None:
    """From sin(1e10 x) on, large steps look smooth by chance; from 1e14 on, no step is small enough for the sine."""
    chosen = random.Random(2)
    kinds = []
    for _ in range(300):
        k, x = 10 ** chosen.uniform(9, 16), chosen.choice([1.0, chosen.uniform(-3.0, 3.0)])
        for f in (lambda v: v.sin(), lambda v: v * v.cos() + 1, lambda v: v.cos().softplus()):
            report = check_gradients(lambda v, f=f, k=k: f(k * v), x)
            kinds.append("right" if report else report.verdict.split(":")[0])
    # What is left to chance: one in a hundred.
    assert sum(kind not in ("right", "rough") for kind in kinds) <= 9, sorted(set(kinds))
    assert kinds.count("right") > 400
    report = check_gradients(lambda x: (1e15 * x).sin(), 1.0)
    assert report.verdict == (
        "rough: at x = 1.0 the central differences do not settle; f jumps there, moves faster than floats can follow, "
        "or is drowned by rounding. sin at x = 1000000000000000.0."
    )


@pytest.mark.parametrize(
    ("f", "x"),
    [
        (lambda x: x - float(x), 3.0),
        (lambda x: x**2 - x.data * x.data, 3.3),
        (lambda x: 1e10 * x - 1e10 * float(x), 1.0),
        (lambda x: (1e6 * x).sin() + math.sin(1e3 * x.data), 0.3),
        (lambda x: (1e6 * x).sin() + 1e7 * math.sin(x.data), 0.3),
        (lambda x: x * math.sin(1e6 * x.data), 0.3),
        (lambda x: (x + 1e13) - 1e13 + 1e3 * float(x), 1.0),
    ],
)
def test_what_leaves_the_graph_beside_waves_and_what_cancels_is_accused(f: Callable[[Any], Any], x: float) -> None:
    assert check_gradients(f, x).verdict.startswith("not recorded: for x both sweeps agree")


# What the operands drown -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "partial", "wrong", "point"),
    [
        ("add", "y", "0", (1e17, 1.0)),
        ("add", "y", "5", (1e17, 1.0)),
        ("sub", "x", "0", (0.5, 1e17)),
        ("cos", "x", "-2 * sin(x)", (1e-150,)),
        ("power", "x", "2 * times_power(y, x, y - 1)", (1e100, 1e-100)),
        ("logaddexp", "x", "sigmoid(x - y) * 1.0002", (1e12, 1e12)),
    ],
)
def test_a_row_that_its_operands_drown_is_compared_elsewhere(
    row: str, partial: str, wrong: str, point: tuple[float, ...], spoilt: Spoil
) -> None:
    with spoilt(row, **{partial: wrong}):
        report = check_gradients(VALUES[row], *point)
    assert not report
    assert f"wrong row: {row} says ∂out/∂{partial} = {wrong}, which is" in report.verdict
    assert not check_gradients(VALUES[row], *point).wrong_rows


def test_the_operands_at_which_a_drowned_row_was_compared_are_told(spoilt: Spoil) -> None:
    with spoilt("add", y="0"):
        verdict = check_gradients(lambda x, y: x + y, 2.0**57, 1.0).verdict
    assert "which is 0 at x = 0.5, y = 0.5; there its expression x + y has the slope 1. rough: at y = 1.0" in verdict


def test_a_slope_that_cancels_but_for_rounding_is_confirmed() -> None:
    def total(x: Value, y: Value) -> Value:
        one, other = softmax([x, y])
        return one + other

    random_numbers = random.Random(1)
    for _ in range(100):
        x, y = (random_numbers.uniform(-3.0, 3.0) for _ in range(2))
        assert check_gradients(total, x, y).ok, (x, y)


def test_a_row_that_is_wrong_in_its_last_digits_is_told_in_enough_of_them(spoilt: Spoil) -> None:
    with spoilt("sqrt", x="1.00001 / (2 * out)"):
        report = check_gradients(lambda x: x.sqrt(), 2.0)
    partial, slope = re.search(r"which is (\S+) at .* has the slope (\S+)\.", report.verdict).groups()  # type: ignore[union-attr]
    assert float(partial) / float(slope) == pytest.approx(1.00001, rel=1e-7)


@pytest.mark.parametrize(
    ("f", "x"),
    [
        (lambda x: x * 0, 2.0),
        (lambda x: x * 0 + 5, 1e17),
        (relu, -1e17),
        (lambda x: relu(x) * 1e6 + 1e12, -3.0),
        (VALUES["heaviside"], 1e17),
        (VALUES["heaviside"], 1e-150),
        (lambda x: maximum(x, 1e12), 1.0),
        (lambda x: sigmoid(x) * 1e9, 100.0),
        (lambda x: x - x, 1e17),
    ],
)
def test_a_slope_of_0_is_confirmed(f: Callable[[Any], Any], x: float) -> None:
    report = check_gradients(f, x)
    assert report, report
    assert (report.inputs[0].reverse, report.inputs[0].difference.slope) == (0.0, 0.0)


def test_a_slope_of_0_that_nothing_could_be_seen_of_is_not_confirmed() -> None:
    report = check_gradients(lambda x: 1e17 + float(x) + 0 * x, 1.0)
    assert not report
    assert "rough: at x = 1.0 the central differences do not settle" in report.verdict


def test_sweeps_that_differ_where_differences_cannot_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(root: Any, leaves: Any) -> Any:
        return [one._replace(slope=2 * one.slope + 1) for one in forward_slopes(root, leaves)]

    monkeypatch.setattr(gradients, "forward_slopes", wrong)
    report = check_gradients(relu, 0.0)
    assert report.verdict.startswith("wrong sweep: for x reverse and forward mode differ")
    assert check_gradients(lambda x: x * x, 3.0).inputs[0].verdict == "forward"


def test_what_only_one_sweep_makes_infinite_a_jump_and_a_kink_of_little_height() -> None:
    report = check_gradients(lambda x: x * 1e200 * 1e200 * 1e-200 * 1e-200, 1e-200)
    assert "None" not in report.verdict
    assert "In the backward pass all numbers are finite: forward mode multiplies in another order" in report.verdict
    assert check_gradients(lambda x: x + (1.0 if x > 2 else 0.0), 2.0).inputs[0].verdict == "rough"
    kink = check_gradients(lambda x: abs(x - 1) * 1e-6 + x, 1.0).verdict
    assert re.search(r"the slope is 0\.99999900\d on the left and 1\.0000010\d? on the right", kink)
    # Differences that are off by more than the slopes that they are to confirm confirm nothing.
    assert check_gradients(lambda x: ((x + 1e16) - 1e16) + 100 * float(x), 1.0).inputs[0].verdict == "rough"


def test_what_is_lost_within_f_is_known_to_be_noise() -> None:
    """Three digits are left of x beside 1e13, and the function itself is small."""
    for x in (1.5, 2.5, 3.7):
        assert check_gradients(lambda v: ((v + 1e13) - 1e13) ** 2, x), x
