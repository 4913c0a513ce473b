"""What is hard to tell: partials of very different sizes, corners, rare regions, few digits, many samples."""

from __future__ import annotations

import gc
import linecache
import math
import operator
import re
from collections.abc import Callable
from decimal import Decimal, localcontext
from random import Random
from typing import Any

import pytest

from autograd import NotANumberError, UsageError, Value, define_operation, maximum, minimum, norm, pick, relu
from autograd.core.op import TABLE, Op
from autograd.core.primitives import PRIMITIVES
from autograd.testing import Report, assert_partials, check_partials
from autograd.tutor.kinks import is_steep
from nn import (
    MLP,
    mean_squared_error,
)

from ..support.graphs import articles_loss


def potential() -> Value:
    """Of two atoms that repel each other when they are near: at some points it is 1e7 times what it is at others."""
    r, s, eps = Value(1.2, "r"), Value(1.0, "s"), Value(0.5, "eps")
    q = (s / r).named("q")
    return (4 * eps * (q**12 - q**6)).named("V")


@pytest.mark.parametrize(
    ("key", "wrong"),
    [
        ("r", lambda eps, s, r: 4 * eps * (-12 * s**12 / r**13)),  # the second term forgotten
        ("r", lambda eps, s, r: 4 * eps * (-12 * s**12 / r**13 - 6 * s**6 / r**7)),  # its sign
        ("q", lambda eps, q: 4 * eps * 12 * q**11),
    ],
)
def test_a_point_where_all_is_large_excuses_no_other(key: str, wrong: Any) -> None:
    assert not check_partials(potential(), {key: wrong}).ok
    assert check_partials(potential(), {"q": lambda eps, q: 4 * eps * (12 * q**11 - 6 * q**5)}).ok


@pytest.mark.parametrize("n", range(2, 14))
def test_a_term_that_is_small_beside_the_other_is_not_forgotten(n: int) -> None:
    x, a = Value(1.5, "x"), Value(2.0, "a")
    y = (a / x**n + x.sin()).named("y")
    assert not check_partials(y, {"x": lambda a, x: -n * a / x ** (n + 1)}).ok
    assert check_partials(y, {"x": lambda a, x: -n * a / x ** (n + 1) + math.cos(x)}).ok


def kinds(report: Report) -> list[tuple[str, ...]]:
    return [verdict.kinds for verdict in report.verdicts]


def test_terms_that_are_the_same() -> None:
    """X + x + x, whose three partials are 1, and each of them may be forgotten."""
    x, y = Value(0.3, "x"), Value(0.7, "y")
    total = x + x + x
    for root in (total.sigmoid(), total.tanh(), -total, 3 * total, total / 3):
        assert not check_partials(root.named("L"), {"x": "0.123"}).ok
    thrice = (x + x + x).named("L")
    assert "you left out the term 1" in str(check_partials(thrice, {"x": lambda: 2.0}))
    assert "you counted only the term 1" in str(check_partials(thrice, {"x": lambda: 1.0}))
    mixed = (x + x + x * y).named("L")
    assert check_partials(mixed, {"x": lambda y: 2 + y}).ok
    assert "you left out the term 1" in str(check_partials(mixed, {"x": lambda y: 1 + y}))
    assert "you counted only the term y" in str(check_partials(mixed, {"x": lambda y: y}))


# Corners and rare regions --------------------------------------------------------------------------------------------


def test_at_a_corner_another_slope_is_no_mistake_and_that_is_said() -> None:
    """Relu at 0 has the slope 0 here; whoever says 1 there, and the right thing elsewhere, is right."""
    x, w = Value(0.0, "x"), Value(0.5, "w")
    z = (w * x).named("z")
    root = (relu(z) * 3).named("L")
    report = check_partials(root, {"x": lambda z, w: 3 * w * (1.0 if z >= 0 else 0.0)})
    assert report.ok
    assert "the recorded point lies on a kink, where the engine's slope is a convention" in str(report)
    assert "lies on a kink" not in str(check_partials(root, {"x": lambda z, w: 3 * w * (1.0 if z > 0 else 0.0)}))
    # A number that is everywhere at the corner: no slope there is right or wrong.
    flat = (relu(x - x) + w * x).named("L")
    assert check_partials(flat, {"x": lambda w: w}).ok


def _absolute(left: float, right: float) -> Callable[[float], float]:
    return lambda x: right if x >= 0 else left


@pytest.mark.parametrize(
    "loss",
    [
        lambda x: relu(x) + relu(-x),
        lambda x: relu(2 * x) / 2 + relu(-2 * x) / 2,
        lambda x: abs(x) / 2 + abs(-x) / 2,
        lambda x: maximum(x, 0.0) + maximum(-x, 0.0),
    ],
)
def test_at_kinks_that_face_each_other_each_sides_slope_is_right(loss: Callable[[Value], Value]) -> None:
    """With all of them on their upper sides, or all on the lower, nothing seems to jump."""
    root = loss(Value(0.0, "x")).named("L")
    report = check_partials(root, {"x": _absolute(-1.0, 1.0)})
    assert report.ok, report
    assert "lies on a kink, where the engine's slope is a convention" in str(report)
    assert not check_partials(root, {"x": _absolute(1.0, -1.0)}).ok


@pytest.mark.parametrize(
    ("loss", "slope"),
    [
        (lambda z: abs(1 - z.sigmoid()), lambda z: -math.exp(-z) / (1 + math.exp(-z)) ** 2),
        (lambda z: abs(1 - z.tanh()), lambda z: -1 / math.cosh(z) ** 2),
        (lambda z: relu(1 - z.tanh()), lambda z: -1 / math.cosh(z) ** 2),
    ],
)
def test_a_kink_that_is_reached_by_rounding_alone_is_no_kink(
    loss: Callable[[Value], Value], slope: Callable[[float], float]
) -> None:
    """From z = 37 on 1 - sigmoid(z) is 0 in floats."""
    root = loss(Value(0.5, "z")).named("L")
    report = check_partials(root, {"z": slope})
    assert report.ok, report
    assert re.search(r"(abs|relu) was tried only where .*1", str(report))
    assert not check_partials(root, {"z": lambda z: -slope(z)}).ok


@pytest.mark.parametrize("far", [25.0, 30.0, 36.0, 40.0, 50.0])
def test_what_is_rounded_twice_over_at_the_recorded_point_is_right(far: float) -> None:
    """Nothing is left of 1 - h, and that is squared."""
    z = Value(far, "z")
    h = z.sigmoid().named("h")
    root = ((1 - h) ** 2).named("L")

    def by_h(z: float) -> float:
        return -2 * math.exp(-z) / (1 + math.exp(-z))

    def by_z(z: float) -> float:
        return -2 * math.exp(-2 * z) / (1 + math.exp(-z)) ** 3

    report = check_partials(root, {"h": by_h, "z": by_z})
    assert report.ok, report
    report = check_partials(root, {"h": lambda z: 2 * by_h(z), "z": lambda z: -by_z(z)})
    assert [verdict.right for verdict in report.verdicts] == [False, False]
    assert "you gave 2 times the partial" in str(report)
    assert "you flipped the sign" in str(report)


def test_of_very_many_kinks_some_are_told() -> None:
    xs = [Value(1.0, f"x{number}") for number in range(1, 16)]
    w = Value(0.5, "w")
    total = sum((relu(w * w + x * x + 0.1) for x in xs), Value(0.0))
    report = check_partials(total.named("L"), {"w": lambda w: 30 * w})
    assert report.ok
    assert "; 12 more kinks were tried on one side only" in str(report)


@pytest.mark.parametrize("corner", [1.9, 1.95, 1.97])
def test_both_sides_of_a_kink_that_random_points_seldom_cross_are_tried(corner: float) -> None:
    x = Value(0.5, "x")
    root = (relu(x - corner) * 2 + x).named("L")
    assert not check_partials(root, {"x": lambda: 1.0}).ok
    assert check_partials(root, {"x": lambda x: 3.0 if x > corner else 1.0}).ok


@pytest.mark.parametrize("edge", [1.8, 1.84, 1.9, 1.93])
def test_a_mistake_is_named_only_if_the_function_makes_it_everywhere(edge: float) -> None:
    """Twice the partial, but for one point in twenty or thirty."""
    x, y = Value(0.5, "x"), Value(0.8, "y")
    root = (x * x * y).named("L")
    assert kinds(check_partials(root, {"x": lambda x, y: 4 * x * y})) == [("constant",)]
    seldom: list[Callable[[float, float], float]] = [
        lambda x, y: (5 if x > edge else 4) * x * y,
        lambda x, y: (5 if x < -edge else 4) * x * y,
        lambda x, y: (5 if y > edge else 4) * x * y,
    ]
    for wrong in seldom:
        assert kinds(check_partials(root, {"x": wrong})) == [()]


def test_the_other_side_of_a_kink_is_looked_for_far_away() -> None:
    """At x = 3 and around it each is as if it had no kink."""
    x = Value(3.0, "x")
    roots = [minimum(x, 10.0), maximum(x, 10.0), (x - 10).relu(), (10 - x).relu(), abs(x + 200), relu(-x - 50)]
    for root, slope in zip(roots, [1.0, 0.0, 0.0, -1.0, 1.0, 0.0], strict=True):
        assert check_partials(root.named("L"), {"x": slope}).ok
        assert not check_partials(root, {"x": eval(f"lambda: {slope}")}).ok
    assert check_partials((x - 10).relu().named("L"), {"x": lambda x: 1.0 if x > 10 else 0.0}).ok
    near_0 = Value(0.02, "x")
    assert not check_partials(minimum(near_0, 10.0).named("L"), {"x": lambda: 1.0}).ok


def test_a_kink_of_which_one_side_is_not_found_is_told() -> None:
    x = Value(3.0, "x")
    h = x.sigmoid().named("h")
    for root, key, right, said in [
        ((x - 1e9).relu(), "x", lambda: 0.0, "right; agrees at 26 points; relu was tried only where x < 1e9"),
        (minimum(x, 1e9), "x", lambda: 1.0, "minimum was tried only where x < 1e9"),
        (maximum(h, -1.0), "h", lambda: 1.0, "maximum was tried only where h > -1"),
        (abs(h), "h", lambda: 1.0, "abs was tried only where h > 0"),
    ]:
        report = check_partials(root.named("L"), {key: right})
        assert report.ok
        assert said in str(report)
    assert "tried only" not in str(check_partials(abs(x).named("L"), {"x": lambda x: x / abs(x)}))


@pytest.mark.parametrize("choice", [maximum, minimum])
def test_a_tie_is_a_corner(choice: Callable[..., Value]) -> None:
    """There each counts half here; whoever counts one of them whole is right everywhere else."""
    a, b = Value(0.0, "a"), Value(0.0, "b")
    is_first: Callable[[float, float], bool] = operator.gt if choice is maximum else operator.lt
    for root, slope in [
        ((choice(a, 0.0) * 3).named("L"), lambda a: 3.0 if is_first(a, 0.0) else 0.0),
        ((choice(a, b) * 3).named("L"), lambda a, b: 3.0 if is_first(a, b) else 0.0),
        ((choice(a, b) * 3).named("L"), lambda a, b: 0.0 if is_first(b, a) else 3.0),
    ]:
        report = check_partials(root, {"a": slope})
        assert report.ok
        assert "the recorded point lies on a kink" in str(report)
    assert not check_partials(choice(a, b).named("L"), {"a": lambda a, b: 0.0 if is_first(a, b) else 1.0}).ok
    both = check_partials(choice(a, a).named("L"), {"a": lambda: 1.0})  # no choice, and so no corner
    assert str(both).endswith("right; agrees at 26 points")


@pytest.mark.usefixtures("clean_table")
def test_an_operation_of_ones_own_has_its_kink_where_its_row_has_it() -> None:
    partials = {"x": "-y * heaviside(1 - x * y)", "y": "-x * heaviside(1 - x * y)"}
    hinge = define_operation("hinge", "maximum(0, 1 - x * y)", partials, "it pays until the margin is 1")
    root = hinge(Value(1.0, "x"), Value(1.0, "y")).named("L")
    report = check_partials(root, {"x": lambda x, y: -y if x * y <= 1 else 0.0})
    assert report.ok
    assert "the recorded point lies on a kink" in str(report)
    assert not check_partials(root, {"x": lambda y: -y}).ok


def test_a_tie_at_which_nothing_jumps_is_no_corner() -> None:
    """Below 1 the smaller of x and what is x is x, whichever of them it is."""
    x = Value(0.5, "x")
    m = minimum(x, 1.0).named("m")
    for root in (minimum(x, minimum(x, 1.0)), minimum(m, x), minimum(minimum(x, x), 1.0)):
        report = check_partials(root.named("L"), {"x": lambda x: 1.0 if x < 1.0 else 0.0})
        assert "right; agrees at 2" in str(report)
        assert not check_partials(root, {"x": lambda x: 2.0 if x < 1.0 else 0.0}).ok
        assert not check_partials(root, {"x": 2.0}).ok


def saturated(z: float, function: str) -> Value:
    x, w = Value(z / 2, "x"), Value(2.0, "w")
    curve: Value = getattr((w * x).named("z"), function)()
    return (curve.named("h") * 3).named("L")


# As somebody writes them whose numbers are right far out, too.
EXACT_SLOPES: dict[str, Callable[[float, float], float]] = {
    "sigmoid": lambda z, x: 3 * x * math.exp(-z) / (1 + math.exp(-z)) ** 2,
    "tanh": lambda z, x: 3 * x / math.cosh(z) ** 2,
}


@pytest.mark.parametrize(
    ("function", "z"), [("sigmoid", 25.0), ("sigmoid", 33.0), ("sigmoid", 40.0), ("tanh", 14.0), ("tanh", 19.0)]
)
def test_where_the_engines_own_digits_are_lost_that_is_not_held_against_anybody(function: str, z: float) -> None:
    """1 - h has no digits left where h is nearly 1."""
    root, right = saturated(z, function), EXACT_SLOPES[function]
    report = check_partials(root, {"w": right})
    assert report.ok
    assert "right; agrees at 25 points; at the recorded point the engine's own digits are lost to rounding" in str(
        report
    )
    number = check_partials(root, {"w": f"{right(z, z / 2):.9e}"})
    assert "right in exact arithmetic; the engine's own digits are lost to rounding here" in str(number)
    # It excuses nothing else.
    assert kinds(check_partials(root, {"w": lambda z, x: 2 * right(z, x)})) == [("constant",)]
    far_out = 0.9 * z
    assert not check_partials(root, {"w": lambda z, x: right(z, x) + (1e-9 if z > far_out else 0.0)}).ok
    assert not check_partials(root, {"w": 2 * right(z, z / 2) + 1e-9}).ok


def test_a_corner_is_no_rounding() -> None:
    z = Value(0.0, "z")
    assert not check_partials((relu(z) * 3).named("L"), {"z": 1.5}).ok


def test_the_recorded_point_is_tried_wherever_it_is() -> None:
    x = Value(50.0, "x")
    root = (x * x).named("L")
    assert not check_partials(root, {"x": lambda x: 2 * x if x != 50.0 else 99.0}).ok


def test_answers_at_few_points_name_nothing() -> None:
    x, y = Value(0.5, "x"), Value(0.8, "y")
    root = (x * x * y).named("L")

    def seldom(x: float, y: float) -> float:
        return 4 * x * math.sqrt(x - 1.93) / math.sqrt(x - 1.93) * y

    report = check_partials(root, {"x": seldom})
    assert kinds(report) == [()]
    assert "it raises ValueError" in str(report)
    report = check_partials(root, {"x": lambda x, y: 4 * x * y if x > 1.97 else 0.0})
    assert "from a 0 no mistake can be told" in str(report)


def test_only_functions_that_die_out_or_run_off_are_kept_from_large_numbers() -> None:
    """By their rows, whoever wrote them."""
    of_one = [op for op in TABLE.values() if len(op.inputs) == 1 and op.name in PRIMITIVES]
    assert {op.name for op in of_one if is_steep(op)} == {
        "exp",
        "tanh",
        "sigmoid",
        "softplus",
        "cosh",
        "sinh",
        "elu",
        "silu",
        "gelu",
        "exp2",
        "expm1",
        "erf",
        "erfc",
    }
    assert is_steep(Op("gauss", "exp(-x * x)", {"x": "-2 * x * out"}, "it falls off on both sides of 0"))
    assert not is_steep(Op("cube", "x * x * x", {"x": "3 * x * x"}, "a cube grows on three sides"))


# Of w, with something else for the derivative that is the same at w = 0.5.
ALWAYS_LARGE: dict[str, tuple[Callable[[Value], Value], Callable[[float], float], Callable[[float], float]]] = {
    "sqrt(w * w + 9)": (
        lambda w: (w * w + 9.0).sqrt(),
        lambda w: w / math.sqrt(w * w + 9),
        lambda w: 0.5 / math.sqrt(9.25),
    ),
    "log(w + 20)": (lambda w: (w + 20.0).log(), lambda w: 1 / (w + 20), lambda w: 2 * w / 20.5),
    "sqrt(w + 1000)": (
        lambda w: (w + 1000.0).sqrt(),
        lambda w: 0.5 / math.sqrt(w + 1000),
        lambda w: w / math.sqrt(1000.5),
    ),
    "relu(1e6 * w - 3)": (lambda w: (w * 1e6 - 3.0).relu(), lambda w: 1e6 if w > 3e-6 else 0.0, lambda w: 2e6 * w),
    "abs(1e6 * w - 3)": (lambda w: abs(w * 1e6 - 3.0), lambda w: 1e6 if w > 3e-6 else -1e6, lambda w: 2e6 * w),
    "sin(w + 50)": (lambda w: (w + 50.0).sin(), lambda w: math.cos(w + 50), lambda w: 2 * w * math.cos(50.5)),
    "exp(w + 600)": (lambda w: (w + 600.0).exp(), lambda w: math.exp(w + 600), lambda w: 2 * w * math.exp(600.5)),
    "softplus(w + 20)": (lambda w: (w + 20.0).softplus(), lambda w: 1 / (1 + math.exp(-w - 20)), lambda w: 2 * w),
    "tanh(w + 9)": (
        lambda w: (w + 9.0).tanh(),
        lambda w: 1 / math.cosh(w + 9) ** 2,
        lambda w: 2 * w / math.cosh(9.5) ** 2,
    ),
    "sqrt(1 - (1e6 * w - 5e5) ** 2)": (
        lambda w: (1 - (w * 1e6 - 5e5) ** 2).sqrt(),
        lambda w: -1e6 * (w * 1e6 - 5e5) / math.sqrt(1 - (w * 1e6 - 5e5) ** 2),
        lambda w: 0.0,
    ),
}


@pytest.mark.parametrize("name", ALWAYS_LARGE)
def test_other_points_are_found_where_an_argument_is_always_large(name: str) -> None:
    root_of, right, wrong = ALWAYS_LARGE[name]
    w = Value(0.5, "w")
    root = root_of(w).named("L")
    root.backward()
    assert wrong(0.5) == pytest.approx(w.grad, rel=1e-6, abs=1e-9)
    assert not check_partials(root, {"w": wrong}).ok
    report = check_partials(root, {"w": right})
    assert report.ok
    assert "right; agrees at " in str(report)


def test_a_mistake_is_found_where_an_argument_is_always_large() -> None:
    w, x = Value(0.5, "w"), Value(3.0, "x")
    report = check_partials((w + 20.0).log().named("L"), {"w": "-0.0488"})
    assert "you flipped the sign" in str(report)
    far = Value(1e6 + 2, "far")
    logarithm = (far - 1e6).log().named("L")
    assert kinds(check_partials(logarithm, {"far": lambda far: 1 / (far - 1e6) ** 2})) == [("doubled",)]
    assert check_partials(logarithm, {"far": lambda far: 1 / (far - 1e6)}).ok
    assert kinds(check_partials((x - 100).relu().named("L"), {"x": lambda x: 2.0 * (x > 100)})) == [("constant",)]


def test_one_point_is_not_called_right() -> None:
    """A graph that overflows wherever x is not 1: what agrees there agrees there."""
    x = Value(1.0, "x")
    root = ((x - 1) * 1e300 * 1e300 + x * x).named("y")
    report = check_partials(root, {("y", "y"): lambda: 1.0})
    assert report.ok
    assert str(report).splitlines()[1].split("  ")[-1].strip() == "agrees here; no other point could be tried"


# Numbers --------------------------------------------------------------------------------------------------------------


def test_more_digits_than_a_float_has_are_not_held_against_anybody() -> None:
    """Correctly rounded, by arithmetic with fifty digits."""
    random = Random(8)
    for _ in range(60):
        x, w = (Value(random.uniform(-2, 2), name) for name in "xw")
        h = (w * x).sigmoid().named("h")
        with localcontext(prec=50):
            out = 1 / (1 + (-Decimal(w.data) * Decimal(x.data)).exp())
            true = Decimal(x.data) * out * (1 - out)
            off = true * (1 + Decimal("1e-11"))
        for digits in (15, 16, 17, 20, 30):
            report = check_partials(h, {"w": f"{true:.{digits - 1}e}"})
            assert report.ok, report
            assert "agrees to 12 digits here" in str(report)
        assert not check_partials(h, {"w": f"{off:.19e}"}).ok


def huge() -> Value:
    x = Value(1e-300, "x")
    return ((x * 1e200).named("y") * 1e200).named("z")


@pytest.mark.parametrize("wrong", [5.0, -3.0, "5.0", "1e300", lambda x: 5.0, lambda y: -y, math.nan])
def test_an_infinite_gradient_agrees_with_nothing_finite(wrong: Any) -> None:
    report = check_partials(huge(), {"x": wrong})
    assert not report.ok
    assert "wrong: the engine's number is inf; find_nonfinite(z) says where it began" in str(report)
    assert not report.verdicts[0].finding.candidates


@pytest.mark.parametrize("right", [math.inf, lambda x: math.inf])
def test_an_infinite_gradient_agrees_with_infinity(right: Any) -> None:
    report = check_partials(huge(), {"x": right})
    assert report.ok
    assert str(report).endswith("inf    inf       the engine's number is inf; find_nonfinite(z) says where it began")
    assert check_partials(huge(), {"y": 1e200}).ok
    assert check_partials(huge(), {"y": lambda: 1e200}).ok


def test_what_is_not_finite_here_is_tried_elsewhere() -> None:
    x = Value(1e300, "x")
    cube = (x * x * x).named("L")
    report = check_partials(cube, {"x": lambda x: 3 * x * x})
    assert report.ok
    assert "right; agrees at 25 points; the engine's number is inf; find_nonfinite(L) says where it began" in str(
        report
    )
    assert kinds(check_partials(cube, {"x": lambda x: x * x})) == [("only",)]
    # The data may be infinite, and the gradient a number.
    far = Value(math.inf, "x")
    twice = (far * 2).named("L")
    for claim, is_right in ((2.0, True), ("2.0", True), (lambda: 2.0, True), (3.0, False), (lambda: 3.0, False)):
        assert check_partials(twice, {"x": claim}).ok is is_right
    nan = ((far - far) * far).named("L")
    report = check_partials(nan, {"x": 2.0})
    assert "wrong: the engine's number is nan; find_nonfinite(L) says where it began" in str(report)
    assert not report.verdicts[0].finding.candidates


def test_whole_numbers_and_short_ones_on_paper() -> None:
    a, x = Value(3.0, "a"), Value(3.0, "x")
    assert not check_partials((a + a).named("b"), {"a": "1"}).ok  # one path forgotten
    square = (x**2).named("y")
    assert [check_partials(square, {"x": text}).ok for text in ("5", "6", "7", "6.0", "6.1")] == [
        False,
        True,
        False,
        True,
        False,  # nothing on the way was rounded
    ]
    one = (Value(1.0, "x") * Value(3.0, "y")).named("L")
    assert [check_partials(one, {"y": text}).ok for text in ("0.05", "0.1", "2", "0.91", "0.991", "1", "1.00")] == [
        *[False] * 5,
        True,
        True,
    ]


def test_zero_and_infinity() -> None:
    a, b, c, x = Value(0.1, "a"), Value(0.2, "b"), Value(0.3, "c"), Value(1.0, "x")
    root = (a * x + b * x - c * x).named("L")
    assert check_partials(root, {"x": "0"}).ok
    assert not check_partials(root, {"a": "0"}).ok
    tiny = Value(1e-200, "x")
    huge = ((1 / tiny) * 1.0).named("L")
    huge.backward()
    assert check_partials(huge, {"x": tiny.grad}).ok
    assert "-inf" not in str(check_partials(huge, {"x": 3.0})).partition("work it out")[2]


def test_to_how_many_digits_a_float_agrees() -> None:
    net, loss = articles_loss()
    loss.backward()
    true = net.w1.grad
    assert "agrees to ± 1 here" in str(check_partials(loss, {"w1": true + 0.5}, abs=1.0))
    assert "agrees to 9 digits here" in str(check_partials(loss, {"w1": true * (1 + 1e-10)}))
    report = str(check_partials(loss, {"w1": true * (1 + 1e-8)}))
    assert re.search(r"it agrees to ([78]) digits; if it is worth no more, say rel=1e-\1", report)
    assert check_partials(loss, {"w1": true * (1 + 1e-8)}, rel=1e-7).ok


def test_the_point_that_is_asked_for_asks_something_new() -> None:
    """∂L/∂w = x depends on neither w nor b: at another w nothing has to be worked out again."""
    w, x, b = Value(0.5, "w"), Value(3.0, "x"), Value(3.0, "b")
    root = (w * x + b).named("L")
    report = check_partials(root, {"w": "6.00"})
    assert '{"here": "6.00", "x = 2": "…"}' in str(report)
    # Somebody who takes x + b for it, and not twice the partial.
    assert kinds(check_partials(root, {"w": {"here": "6.00", "x = 2": "5.00"}})) == [()]
    assert kinds(check_partials(root, {"w": {"here": "6.00", "x = 2": "4.00"}})) == [("constant",)]
    # Points at which the truth is the same are as good as one, and so are two digits.
    assert kinds(check_partials(root, {"w": {"here": "6.00", "w = 2": "6.00"}})) == [()]
    few = check_partials(root, {"w": {"here": "6.0", "x = 2": "4.0"}})
    assert kinds(few) == [()]
    assert "these numbers name no mistake" in str(few)
    assert "with fewer than 3 digits no mistake is named" in str(few)
    # What is 1 everywhere: only where everything else is another number does the same answer tell something.
    assert kinds(check_partials(root, {"b": {"here": "2.00", "x = 2": "2.00"}})) == [()]
    assert kinds(check_partials(root, {"b": {"here": "2.00", "w = 2, x = -2, b = 0.5": "2.00"}})) == [("constant",)]


def test_a_value_without_a_name_gets_no_key_that_may_mean_another() -> None:
    w, x, a = Value(0.5, "w"), Value(2.0, "x"), Value(0.3, "a")
    inner, s = w * x, a * a
    root = ((inner + 1).sigmoid() * s + s).named("L")
    root.backward()
    sign = f"{-inner.grad:.4g}"
    report = str(check_partials(root, {inner: sign}))
    assert "d_L_d_t" not in report.partition("work it out")[2]
    assert f'\n    {{"here": "{sign}", ' in report


# Manners --------------------------------------------------------------------------------------------------------------


def test_without_revealing_nothing_is_given_away() -> None:
    _, loss = articles_loss()
    x1, w1 = Value(0.0, "x1"), Value(0.3, "w1")
    o = (w1 * x1).named("s").sigmoid().named("o")
    zero = check_partials(o, {"w1": "0.25"}, reveal=False)
    nowhere = check_partials(loss, {("h1", "w5"): "1.0"}, reveal=False)
    for report in (zero, nowhere):
        for text in (str(report), report._repr_html_(), repr(report.verdicts)):
            assert "0 diagnoses" not in text
            assert "no path" not in text
            assert "is 0" not in text
    # The same in four digits: it is not shown in more of them only because it is that near.
    h = (Value(3.0, "x") * Value(0.5, "w")).sigmoid().named("h")
    shown = [check_partials(h, {"w": near}, reveal=False) for near in (0.44741111, 0.44791111)]
    assert [str(report).splitlines()[1].split()[1] for report in shown] == ["0.4474", "0.4479"]
    number = check_partials(loss, {"w1": "0.9"}, reveal=False)
    assert repr(number.verdicts) == "[<Verdict on d_L_d_w1: wrong>]"
    assert "0.0214" not in str(number) + number._repr_html_() + repr(number["w1"])


def test_a_verdict_is_found_by_any_key_that_means_it() -> None:
    net, loss = articles_loss()
    report = check_partials(loss, {"w1": "0.0215", "d_ypred_d_h1": "0.249"})
    assert report["w1"] is report["d_L_d_w1"] is report[net.w1] is report["L", "w1"]
    assert report["d_o1_d_h1"].right
    with pytest.raises(KeyError, match="was not checked"):
        report["w2"]
    with pytest.raises(UsageError, match="nothing in the graph of L is named"):
        report["w77"]
    with pytest.raises(UsageError, match="there is no partial to check"):
        assert_partials(loss, {})


def test_what_is_handed_in_wrongly_is_said() -> None:
    net, loss = articles_loss()
    with pytest.raises(NotANumberError, match="reads one that is none of its arguments"):
        check_partials(loss, {"w1": lambda x1: net.w5 * x1})
    for points, said in [
        (["here", " here"], "the point 'here' stands there twice"),
        (["here", ""], "the point 'here' stands there twice"),
        (["x1 = 2, w2 = 3", "w2=3.0, x1=2"], "'x1 = 2, w2 = 3' stands there twice, the second time as 'w2=3.0, x1=2'"),
        (["here", "w2 = 2, w2 = 1"], "w2 stands twice in the point 'w2 = 2, w2 = 1'; give it one number"),
    ]:
        with pytest.raises(UsageError, match=re.escape(said)):
            check_partials(loss, {"w1": dict.fromkeys(points, "0.5")})
    for rel, said in [(10, "10.0"), (-1, "-1.0"), (math.inf, "inf"), (math.nan, "nan"), (1, "1.0")]:
        with pytest.raises(
            UsageError, match=f"rel is how far a float may be off, .* from 0 to less than 1.*; not {said}"
        ):
            check_partials(loss, {"w1": 0.5}, rel=rel)
    for allowed in (-1.0, math.inf, math.nan):
        with pytest.raises(UsageError, match=f"abs is how far a float may be off: .*; not {allowed}"):
            check_partials(loss, {"w1": 0.5}, abs=allowed)
    for no_number in ("x", None):
        with pytest.raises(NotANumberError, match="rel holds one real number, not "):
            check_partials(loss, {"w1": 0.5}, rel=no_number)  # type: ignore[arg-type]
    assert check_partials(loss, {"w1": 0.5}, rel=0.0, abs=0.5).ok
    many = MLP(6, [6, 1], seed=1)
    wide = mean_squared_error(many([1.0] * 6), 1.0)
    report = str(check_partials(wide, {"w1": "0.1"}))
    assert report.count("\n  - ") <= 13


@pytest.mark.slow
def test_texts_go_when_the_report_does() -> None:
    _, loss = articles_loss()
    check_partials(loss, {"w1": "0.0215"})
    gc.collect()
    before = len(linecache.cache)
    for _ in range(5):
        check_partials(loss, {"w1": "0.0215"})
    gc.collect()
    assert len(linecache.cache) == before


# Many samples ---------------------------------------------------------------------------------------------------------


def batch(samples: int, divided: bool = False) -> tuple[MLP, Value]:
    net, random = MLP(1, [1, 1], seed=1), Random(1)
    losses = [0.5 * (random.random() - net([random.gauss(0, 1)])) ** 2 for _ in range(samples)]
    total = losses[0]
    for one in losses[1:]:
        total = total + one
    return net, (total / samples if divided else total).named("L")


def test_a_sum_of_half_squares_has_as_many_terms_as_samples() -> None:
    net, loss = batch(4)
    loss.backward()
    report = check_partials(loss, {net.w1: {"here": f"{4 * net.w1.grad:.4g}", "w2 = 3": "0.1"}})
    assert not report.ok
    assert "4 times the partial" in str(check_partials(loss, {net.w1: f"{4 * net.w1.grad:.4g}"}))


def test_where_there_are_too_many_factors_that_is_said() -> None:
    net, loss = batch(120, divided=True)
    loss.backward()
    report = check_partials(loss, {net.w1: 1.234 * net.w1.grad})
    assert "factors on the way, and not each was tried" in str(report)
    assert "120 times the partial" in str(check_partials(loss, {net.w1: 120 * net.w1.grad}))


@pytest.mark.slow
def test_the_search_for_a_point_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """By how often a graph is computed anew, not by the clock."""
    from autograd.tutor import points

    random = Random(0)
    xs = [Value(random.gauss(0, 1), f"x{place}") for place in range(1500)]
    total = xs[0] * xs[0]
    for x in xs[1:]:
        total = total + x * x
    root = total.named("L")
    root.backward()
    calls: list[int] = []
    original = points.PointEvaluator.at

    def counted(self: points.PointEvaluator, leaves: Any) -> Any:
        calls.append(1)
        return original(self, leaves)

    monkeypatch.setattr(points.PointEvaluator, "at", counted)
    assert not check_partials(root, {xs[0]: f"{-xs[0].grad:.3e}"}).ok
    assert len(calls) < 1000


def test_a_choice_passes_as_a_branch() -> None:
    a, b = Value(2.0, "a"), Value(1.0, "b")
    root = (maximum(a, b) * 3).named("L")
    assert check_partials(root, {"a": lambda a, b: 3.0 if a > b else 0.0}).ok


def test_an_index_keeps_its_number_where_a_partial_is_tried_elsewhere() -> None:
    low, high, token = Value(0.2, "low"), Value(0.7, "high"), Value(1.0, "token")
    square = (pick([low, high], token) ** 2).named("L")
    assert "right; agrees at 26 points" in str(check_partials(square, {"high": lambda high: 2 * high}))
    norm_of = norm([low, high]).named("r")
    assert "right; agrees at 26 points" in str(check_partials(norm_of, {"low": lambda low, r: low / r}))


def test_a_number_or_another_name_where_a_name_belongs_is_named() -> None:
    x, w, v, y_true = Value(0.5, "x"), Value(2.0, "w"), Value(2.0, "v"), Value(1.0, "y_true")
    y = ((w * x).named("z").tanh() * v).named("y")
    loss = ((y_true - y) ** 2).named("L")

    def said(partial: Callable[..., float], reveal: Any = True) -> str:
        return str(check_partials(loss, {"d_L_d_w": partial}, reveal=reveal))

    def right(y_true: float, y: float, z: float, v: float, x: float) -> float:
        return -2 * (y_true - y) * v * (1 - math.tanh(z) ** 2) * x

    assert "right" in said(right)
    assert "you wrote 0.5 where x belongs" in said(lambda y_true, y, z, v: right(y_true, y, z, v, 0.5))
    assert "you wrote w where v belongs" in said(lambda y_true, y, z, w, x: right(y_true, y, z, w, x))
    hidden = said(lambda y_true, y, z, v: right(y_true, y, z, v, 0.5), reveal=False)
    assert "a number or another name stands where a named value belongs" in hidden


def test_another_name_inside_a_factor_is_named_with_the_factor() -> None:
    _, loss = articles_loss(w1=0.5, w5=2.0, b2=0.25)

    def w1(y_true: float, o1: float, at_o1: float, w5: float, at_h1: float, x1: float) -> float:
        return -2 * (y_true - o1) * at_o1 * (1 - at_o1) * w5 * at_h1 * (1 - at_h1) * x1

    for wrong, said in [
        (
            lambda y_true, o1, w5, h2, x1: w1(y_true, o1, o1, w5, h2, x1),
            "you wrote h2 where h1 belongs in ∂h1/∂sum_h1 = h1 · (1 - h1)",
        ),
        (
            lambda y_true, o1, w5, h1, x1: w1(y_true, h1, o1, w5, h1, x1),
            "you wrote h1 where o1 belongs in ∂L/∂o1 = -2 · (y_true - o1)",
        ),
        (lambda y_true, o1, w5, h1, h2, x1: w1(y_true, h2, h2, w5, h1, x1), "you wrote h2 where o1 belongs"),
        (
            lambda o1, w5, h1, x1: w1(0.25, o1, o1, w5, h1, x1),
            "no single listed mistake explains it",
        ),
    ]:
        verdict = str(check_partials(loss, {"w1": wrong})).splitlines()[1]
        assert verdict.endswith(f"wrong: {said}")


def test_a_path_through_what_has_no_name_is_told_by_its_formula() -> None:
    p, y_true = Value(0.6, "p"), Value(1.0, "y_true")
    loss = (-(y_true * p.log() + (1 - y_true) * (1 - p).log())).named("L")
    report = str(check_partials(loss, {"p": lambda p, y_true: -y_true / p}))
    assert "you counted only the path through log(p) (= where += belongs)" in report


def test_a_mistake_can_be_named_and_the_number_kept_back() -> None:
    x, w = Value(3.0, "x"), Value(0.5, "w")
    h = (w * x).named("z").sigmoid().named("h")
    true = 3.0 * h.data * (1 - h.data)
    report = str(check_partials(h, {"d_h_d_w": f"{true / 3:.4g}"}, reveal="mistake"))
    assert "you left out ∂z/∂w = x" in report
    assert f"{true:.4g}" not in report
    nothing = str(check_partials(h, {"d_h_d_w": "0.777"}, reveal="mistake"))
    assert f"{true:.4g}" not in nothing
    assert "∂h/∂z" not in nothing, "the chain is kept back, too"
