"""Partials derived by hand: those of the articles pass in every form, and what is wrong with others is found."""

from __future__ import annotations

import math
import re
from random import Random
from xml.etree import ElementTree

import pytest

from autograd import DomainError, NotANumberError, UsageError, Value, clip, floor, where
from autograd.testing import Report, assert_partials, check_partials
from nn import MLP, Neuron, half_squared_error, mean_squared_error
from nn.articles import one_sample
from nn.data import PEOPLE

from ..conftest import Spoil
from ..support.graphs import articles_loss, hostile_graph, untrained


def sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))


def slope(x: float) -> float:
    """As a careful student writes it."""
    fx = sigmoid(x)
    return fx * (1 - fx)


# The article's nine partials, in its naming; d_L_d_w1 and its like multiplied together from them.
NINE = {
    "d_L_d_ypred": lambda y_true, y_pred: -2 * (y_true - y_pred),
    "d_ypred_d_w5": lambda h1, sum_o1: h1 * slope(sum_o1),
    "d_ypred_d_w6": lambda h2, sum_o1: h2 * slope(sum_o1),
    "d_ypred_d_b3": lambda sum_o1: slope(sum_o1),
    "d_ypred_d_h1": lambda w5, sum_o1: w5 * slope(sum_o1),
    "d_ypred_d_h2": lambda w6, sum_o1: w6 * slope(sum_o1),
    "d_h1_d_w1": lambda x1, sum_h1: x1 * slope(sum_h1),
    "d_h1_d_w2": lambda x2, sum_h1: x2 * slope(sum_h1),
    "d_h1_d_b1": lambda sum_h1: slope(sum_h1),
    "d_h2_d_w3": lambda x1, sum_h2: x1 * slope(sum_h2),
    "d_h2_d_w4": lambda x2, sum_h2: x2 * slope(sum_h2),
    "d_h2_d_b2": lambda sum_h2: slope(sum_h2),
}
WHOLE = {
    "d_L_d_w1": lambda y_true, ypred, w5, sum_o1, x1, sum_h1: (
        -2 * (y_true - ypred) * w5 * slope(sum_o1) * x1 * slope(sum_h1)
    ),
    "d_L_d_w2": lambda y_true, ypred, w5, sum_o1, x2, sum_h1: (
        -2 * (y_true - ypred) * w5 * slope(sum_o1) * x2 * slope(sum_h1)
    ),
    "d_L_d_b1": lambda y_true, ypred, w5, sum_o1, sum_h1: -2 * (y_true - ypred) * w5 * slope(sum_o1) * slope(sum_h1),
    "d_L_d_w3": lambda y_true, ypred, w6, sum_o1, x1, h2: 2 * (ypred - y_true) * w6 * slope(sum_o1) * x1 * (h2 - h2**2),
    "d_L_d_w4": lambda y_true, ypred, w6, x2, h2: (
        2 * (ypred - y_true) * (ypred - ypred**2) * (w6 * x2) * (h2 - h2 * h2)
    ),
    "d_L_d_b2": lambda y_true, o1, w6, h2: -2 * (y_true - o1) * o1 * (1 - o1) * w6 * h2 * (1 - h2),
    "d_L_d_w5": lambda y_true, o1, h1: -2 * (y_true - o1) * o1 * (1 - o1) * h1,
    "d_L_d_w6": lambda y_true, o1, h2: -2 * (y_true - o1) * o1 * (1 - o1) * h2,
    "d_L_d_b3": lambda y_true, o1: -2 * (y_true - o1) * o1 * (1 - o1),
}
# Worked out with NumPy from the article's formulas, and the same as they would be noted down.
FIGURES = {
    "d_L_d_ypred": -0.9526096518320006,
    "d_L_d_w1": 0.02146953526581111,
    "d_L_d_w2": 0.010734767632905555,
    "d_L_d_b1": -0.010734767632905555,
    "d_L_d_w5": -0.011269220242958155,
    "d_L_d_b3": -0.23761755952842809,
}
ON_PAPER = {
    "d_L_d_ypred": "-0.953",
    "d_L_d_w1": "0.0215",
    "d_L_d_w2": "0.0107",
    "d_L_d_b1": "-1.07e-2",
    "d_L_d_w5": "-0.01127",
    "d_L_d_b3": "−0.2376",
}


@pytest.mark.parametrize("derived", [NINE, WHOLE, FIGURES, ON_PAPER])
def test_the_articles_partials_pass(derived: dict[str, object]) -> None:
    _, loss = articles_loss()
    report = check_partials(loss, derived)
    assert report.ok, report
    assert_partials(loss, derived)
    assert_partials(loss, derived, reveal=False)


def test_the_articles_partials_pass_for_every_person_and_start() -> None:
    for seed, (row, target) in enumerate(PEOPLE.values()):
        loss = mean_squared_error(MLP(2, [2, 1], seed=seed)(row), target)
        assert_partials(loss, NINE | WHOLE)


def test_floats_and_quoted_numbers_are_compared_as_they_say() -> None:
    _, loss = articles_loss()
    true = 0.02146953526581111
    assert check_partials(loss, {"w1": true * (1 + 9e-10)}).ok
    assert not check_partials(loss, {"w1": true * (1 + 2e-9)}).ok
    assert check_partials(loss, {"w1": true * (1 + 2e-9)}, rel=1e-8).ok
    assert check_partials(loss, {"w1": true + 0.5}, abs=1.0).ok
    # Half a unit in the last place, and one unit for the figures it was worked out with.
    for text, right in [("0.02147", True), ("0.02148", True), ("0.02149", False), ("0.0217", False), ("0.021", True)]:
        assert check_partials(loss, {"w1": text}).ok is right, text
    report = check_partials(loss, {"w1": "0.0215", "b1": true / -2})
    assert str(report).splitlines()[1:] == [
        "d_L_d_w1  0.0215    0.02147   agrees to 3 digits here",
        "d_L_d_b1  -0.01073  -0.01073  agrees to 9 digits here",
    ]
    assert "correct" not in str(report)
    assert 'it agrees to 3 digits; if it is rounded, put it in quotes: "0.0215"' in str(
        check_partials(loss, {"w1": 0.0215})
    )


# What people get wrong -----------------------------------------------------------------------------------------------


def before(y_true: float, o1: float) -> float:
    """∂L/∂sum_o1, with which all chains begin."""
    return -2 * (y_true - o1) * o1 * (1 - o1)


def diagnosis(report: Report) -> str:
    """The verdict of the only line."""
    (line,) = [line for line in str(report).splitlines() if line.startswith("d_") and ": " in line][:1]
    return line.partition("wrong: ")[2]


def test_every_kind_of_mistake_in_the_articles_network() -> None:
    _, loss = articles_loss()
    for key, wrong, said in [
        ("w5", lambda y_true, o1, h1: -before(y_true, o1) * h1, "you flipped the sign"),
        (
            "w5",
            lambda y_true, o1, h1: 2 * before(y_true, o1) * h1,
            "you gave 2 times the partial (a factor 2 too many, or a factor 1/2 missing)",
        ),
        ("w5", lambda y_true, o1, h1: -(y_true - o1) * o1 * (1 - o1) * h1, "you gave 1/2 of the partial"),
        (
            "w1",
            lambda y_true, o1, w5, x1: before(y_true, o1) * w5 * x1,
            "you left out ∂h1/∂sum_h1 = h1 · (1 - h1)",
        ),
        (
            "w1",
            lambda y_true, o1, w5, h1: before(y_true, o1) * w5 * h1 * (1 - h1),
            "you left out ∂sum_h1/∂w1 = x1, which is the same as giving d_L_d_b1",
        ),
        (
            "w1",
            lambda y_true, o1, w5, h1, x1: before(y_true, o1) * w5 * (1 - h1) * x1,
            "you left out h1 of ∂h1/∂sum_h1 = h1 · (1 - h1)",
        ),
        (
            "w1",
            lambda y_true, o1, w5, h1, x1: before(y_true, o1) * w5**2 * h1 * (1 - h1) * x1,
            "you counted ∂sum_o1/∂h1 = w5 twice",
        ),
        (
            "w1",
            lambda y_true, o1, w5, h1, x1: before(y_true, o1) / w5 * h1 * (1 - h1) * x1,
            "you divided by ∂sum_o1/∂h1 = w5 instead of multiplying by it",
        ),
        (
            "x1",
            lambda y_true, o1, w5, h1, w1: before(y_true, o1) * w5 * h1 * (1 - h1) * w1,
            "you counted only the path through sum_h1 (= where += belongs)",
        ),
        (
            "w1",
            lambda y_true, o1, w5, h1, x1: before(y_true, o1) * w5 * slope(h1) * x1,
            "you took the derivative of sigmoid at its output h1 instead of at sum_h1",
        ),
        (
            "w1",
            lambda y_true, o1, w5, h1, x1: -2 * (y_true - o1) * slope(o1) * w5 * slope(h1) * x1,
            "you took the derivatives of all 2 activations on the way at their outputs",
        ),
        (
            "w1",
            lambda y_true, o1, w5, h1, x2: before(y_true, o1) * w5 * h1 * (1 - h1) * x2,
            "you gave d_L_d_w2",
        ),
        (
            "w1",
            lambda y_true, o1, w5, x1: -before(y_true, o1) * w5 * x1,
            "you left out ∂h1/∂sum_h1 = h1 · (1 - h1) and flipped the sign",
        ),
        (
            "w1",
            lambda y_true, o1, w5, h1, x1: before(y_true, o1) * w5 * h1 * (1 + h1) * x1,
            "no single listed mistake explains it",
        ),
    ]:
        report = check_partials(loss, {key: wrong})
        assert not report.ok
        assert diagnosis(report).startswith(said), (said, str(report))


def test_two_partials_swapped() -> None:
    _, loss = articles_loss()
    swapped = {"d_L_d_w5": WHOLE["d_L_d_w6"], "d_L_d_w6": WHOLE["d_L_d_w5"]}
    lines = str(check_partials(loss, swapped)).splitlines()
    assert lines[1].endswith("wrong: you gave d_L_d_w6; it agrees at the recorded point, not at others")
    assert lines[2].endswith("wrong: you gave d_L_d_w5; it agrees at the recorded point, not at others")
    # Also of one in the middle, if it is among the keys.
    report = check_partials(loss, {"d_h1_d_w1": NINE["d_ypred_d_h1"], "d_ypred_d_h1": NINE["d_ypred_d_h1"]})
    assert "wrong: you gave d_o1_d_h1" in str(report).splitlines()[1]


def test_a_sum_where_only_one_term_was_counted() -> None:
    a = Value(3.0, "a")
    b = (a + a).named("b")
    c = (b + b).named("c")
    assert_partials(c, {"a": lambda: 4.0, "b": lambda: 2.0, ("b", "a"): 2.0})
    report = check_partials(c, {"b": lambda: 1.0})
    assert diagnosis(report).startswith("you counted only the term 1 of ∂c/∂b = 2 (= where += belongs)")


def test_the_mean_over_a_batch() -> None:
    net = MLP(2, [2, 1], seed=3)
    samples = [(0.3, 1.0), (-1.0, 0.0), (2.0, 1.0)]
    losses = [mean_squared_error(net([x1, 0.5]), y) for x1, y in samples]
    loss = ((losses[0] + losses[1] + losses[2]) / 3).named("L")

    def right(
        y_true: float,
        y_true__2: float,
        y_true__3: float,
        o1: float,
        o1__2: float,
        o1__3: float,
        h1: float,
        h1__2: float,
        h1__3: float,
    ) -> float:
        columns = (y_true, y_true__2, y_true__3), (o1, o1__2, o1__3), (h1, h1__2, h1__3)
        return sum(before(y, o) * h for y, o, h in zip(*columns, strict=True)) / 3

    def no_mean(
        y_true: float,
        y_true__2: float,
        y_true__3: float,
        o1: float,
        o1__2: float,
        o1__3: float,
        h1: float,
        h1__2: float,
        h1__3: float,
    ) -> float:
        return 3 * right(y_true, y_true__2, y_true__3, o1, o1__2, o1__3, h1, h1__2, h1__3)

    def no_slope(
        y_true: float,
        y_true__2: float,
        y_true__3: float,
        o1: float,
        o1__2: float,
        o1__3: float,
        h1: float,
        h1__2: float,
        h1__3: float,
    ) -> float:
        columns = (y_true, y_true__2, y_true__3), (o1, o1__2, o1__3), (h1, h1__2, h1__3)
        return sum(-2 * (y - o) * h for y, o, h in zip(*columns, strict=True)) / 3

    report = check_partials(loss, {"w5": right})
    assert report.ok
    assert "3 values are named o1: here, as in to_python, they are o1, o1__2, o1__3" in str(report)
    assert "3 times the partial (a factor 3 too many, or a factor 1/3 missing)" in str(
        check_partials(loss, {"w5": no_mean})
    )
    said = "you left out ∂o1/∂sum_o1 = o1 · (1 - o1), and so for all 3 of these names"
    assert said in str(check_partials(loss, {"w5": no_slope}))


# The diabetes article ------------------------------------------------------------------------------------------------


def test_the_diabetes_articles_mistake_as_functions() -> None:
    loss = one_sample("diabetes", untrained("diabetes"))
    article = {
        "d_L_d_w1": lambda y_true, o1, x1: (o1 - y_true) * slope(o1) * x1,
        "d_L_d_w2": lambda y_true, o1, x2: (o1 - y_true) * slope(o1) * x2,
        "d_L_d_w3": lambda y_true, o1, x3: (o1 - y_true) * slope(o1) * x3,
        "d_L_d_b1": lambda y_true, o1: (o1 - y_true) * slope(o1),
    }
    report = check_partials(loss, article)
    for verdict in report.verdicts:
        assert verdict.kinds == ("output",)
        assert len(verdict.finding.named) == 1
    said = "you took the derivative of sigmoid at its output o1 instead of at sum_o1"
    assert str(report).count(f"wrong: {said}") == 4
    assert_partials(loss, {"d_L_d_w3": lambda y_true, o1, x3, sum_o1: (o1 - y_true) * slope(sum_o1) * x3})


def test_the_diabetes_articles_mistake_as_numbers() -> None:
    """For the person (1, 1, 1), from the article's own fixed start: by hand, four digits of each."""
    weights, bias = [0.3745401188473625, 0.9507143064162014, 0.7319939418114051], 0.5986584841970366

    def article(x3: float) -> float:
        out = sigmoid(weights[0] + weights[1] + weights[2] * x3 + bias)
        return (out - 1) * slope(out) * x3

    loss = half_squared_error(Neuron(weights=weights, bias=bias)([1, 1, 1]), 1)
    first = f"{article(1):.4g}"
    report = check_partials(loss, {"d_L_d_w3": first})
    candidates = [way[0].kind for one in report.verdicts[0].finding.candidates for way in one.ways]
    assert not report.ok
    assert not report.verdicts[0].finding.named
    assert "output" in candidates
    assert "one number names no mistake" in str(report)
    assert f'"d_L_d_w3": {{"here": "{first}", ' in str(report)
    report = check_partials(loss, {"d_L_d_w3": {"here": first, "x3 = 2": f"{article(2):.4g}"}})
    assert diagnosis(report) == "you took the derivative of sigmoid at its output o1 instead of at sum_o1"


# It never guesses ----------------------------------------------------------------------------------------------------


def test_one_number_names_nothing_and_the_second_does() -> None:
    _, loss = articles_loss()
    report = check_partials(loss, {"d_L_d_w2": "-0.01073"})
    assert str(report).splitlines() == [
        "gradient  yours     engine's  verdict",
        "d_L_d_w2  -0.01073  0.01073   wrong: one number names no mistake; 4 candidates below",
        "",
        "d_L_d_w2: what gives this number here:",
        "  - you left out ∂sum_h1/∂w2 = x2, which is the same as giving d_L_d_b1",
        "  - you gave d_L_d_b2 (the same here, because w1 = w3 and w2 = w4 and b1 = b2 and w5 = w6)",
        "  - you flipped the sign (the same here, because x2 = -1)",
        "  - you counted ∂sum_h1/∂w2 = x2 twice (the same here, because x2 = -1)",
        "d_L_d_w2: work it out at this point too, and hand in both numbers:",
        '    "d_L_d_w2": {"here": "-0.01073", "b2 = 0.5, x2 = 3": "…"},',
    ]
    # At that point, by hand: x2 = 3, b2 = 0.5, the other weights 1.
    h1, h2 = sigmoid(-2 + 3), sigmoid(-2 + 3 + 0.5)
    o1 = sigmoid(h1 + h2)
    true = -2 * (1 - o1) * o1 * (1 - o1) * h1 * (1 - h1) * 3
    for wrong, said in [
        (-true, "you flipped the sign"),
        (true / 3, "you left out ∂sum_h1/∂w2 = x2, which is the same as giving d_L_d_b1"),
        (true * 3, "you counted ∂sum_h1/∂w2 = x2 twice"),
        (true / 3 / h1 / (1 - h1) * h2 * (1 - h2), "you gave d_L_d_b2"),
        (0.777, "no single listed mistake explains it"),
    ]:
        both = {"here": "-0.01073", "b2 = 0.5, x2 = 3": f"{wrong:.4g}"}
        assert diagnosis(check_partials(loss, {"d_L_d_w2": both})) == said
    # The same point again is no second number.
    again = check_partials(loss, {"d_L_d_w2": {"here": "-0.01073", "x1 = -2": "-0.01073"}})
    assert not again.verdicts[0].finding.named


def test_the_line_to_paste_can_be_pasted() -> None:
    net, loss = articles_loss()
    line = check_partials(loss, {net.w1: "0.4752"}).verdicts[0].ask
    key, point = "d_L_d_w1", next(iter(eval(f"{{{line}}}")["d_L_d_w1"].keys() - {"here"}))
    report = check_partials(loss, {key: {"here": "0.4752", point: "0.5"}})
    assert len(report.verdicts[0].finding.yours) == 2


def test_mistakes_that_do_not_show_at_the_point() -> None:
    """With x1 = 1 it makes no difference to leave x1 out: the number agrees, the function does not."""
    x1, w1 = Value(1.0, "x1"), Value(0.3, "w1")
    o1 = (w1 * x1).named("sum_o1").sigmoid().named("o1")

    def wrong(o1: float) -> float:
        return o1 * (1 - o1)

    here = f"{wrong(o1.data):.4g}"
    report = check_partials(o1, {"w1": here})
    assert report.ok
    assert "agrees to 4 digits here" in str(report)
    report = check_partials(o1, {"w1": wrong})
    assert diagnosis(report) == "you left out ∂sum_o1/∂w1 = x1; it agrees at the recorded point, not at others"
    at_2 = sigmoid(0.6) * (1 - sigmoid(0.6))
    assert not check_partials(o1, {"w1": {"here": here, "x1 = 2": f"{at_2:.4g}"}}).ok


def test_a_partial_that_is_0_diagnoses_nothing() -> None:
    x1, w1 = Value(0.0, "x1"), Value(0.3, "w1")
    o1 = (w1 * x1).named("sum_o1").sigmoid().named("o1")
    report = check_partials(o1, {"w1": "0"})
    assert report.ok
    assert "is 0 here, which says little" in str(report)
    report = check_partials(o1, {"w1": "0.25"})
    assert diagnosis(report).startswith("from a 0 no mistake can be told")
    assert not report.verdicts[0].finding.candidates
    assert '"d_o1_d_w1": {"here": "0.25", "x1 = 2": "…"},' in str(report)
    assert not check_partials(o1, {"x1": "0.00"}).ok  # it is 0.075


def test_a_written_0_is_right_where_the_partial_rounds_to_it_and_what_it_is_is_said() -> None:
    x1, w1 = Value(0.0, "x1"), Value(0.3, "w1")
    o1 = (w1 * x1).sigmoid().named("o1")
    for zero in ("0", "0.0", "-0.0"):
        report = check_partials(o1, {"x1": zero})  # 0.3 / 4
        assert report.ok is (zero == "0")
    assert "0.075     rounds to 0 in these digits; it is 0.075" in str(check_partials(o1, {"x1": "0"}))
    hidden = check_partials(o1, {"x1": "0"}, reveal=False)
    assert str(hidden).endswith("rounds to 0 in these digits")


def test_relu_is_tried_on_and_off() -> None:
    x, w1, w2 = Value(1.5, "x"), Value(0.5, "w1"), Value(-0.7, "w2")
    h = (w1 * x).named("sum_h").relu().named("h")
    loss = (w2 * h).named("L")
    assert_partials(loss, {"w1": lambda w2, sum_h, x: w2 * (sum_h > 0) * x})
    assert_partials(loss, {"w1": lambda w2, sum_h, x: w2 * (1.0 if sum_h >= 0 else 0.0) * x})  # at the corner, either
    report = check_partials(loss, {"w1": lambda w2, x: w2 * x})
    assert diagnosis(report).startswith("you left out ∂h/∂sum_h = heaviside(sum_h); it agrees at the recorded point")


def test_what_is_not_known_is_not_explained() -> None:
    _, loss = articles_loss()
    report = check_partials(loss, {"w5": lambda y_true, o1, h1: (y_true - o1) ** 2 * h1})
    assert "wrong: no single listed mistake explains it" in str(report)
    assert "∂L/∂w5 = ∂L/∂o1 · ∂o1/∂sum_o1 · ∂sum_o1/∂w5" in str(report)
    assert "= -0.9526 · 0.2494 · 0.04743" in str(report)
    report = check_partials(loss, {"w5": lambda o1: -2 * (1 - o1) * o1 * (1 - o1) * 0.04742587317756678})
    assert "is there a number in it that should be a name?" in str(report)


def test_a_function_that_fails_somewhere() -> None:
    x = Value(2.0, "x")
    y = (x * x.relu().named("h")).named("y")
    report = check_partials(y, {"x": lambda x, h: x * h / h + h})
    assert "it agrees where it has an answer, but it raises ZeroDivisionError" in str(report)
    with pytest.raises(NotANumberError, match="d_y_d_x: what the function returns holds one real number, not NoneType"):
        check_partials(y, {"x": lambda x: None})
    with pytest.raises(NameError):
        check_partials(y, {"x": lambda x: x + undefined})  # type: ignore[name-defined]  # noqa: F821


def test_a_function_that_turns_complex_somewhere() -> None:
    """Where both are negative x * y has a root, and neither of them has one."""
    x, y = Value(2.0, "x"), Value(3.0, "y")
    root = (x * y).sqrt().named("L")
    split: dict[object, object] = {"x": lambda x, y: 0.5 * y**0.5 / x**0.5, "y": lambda x, y: math.sqrt(x * y) / 2 / y}
    lines = str(check_partials(root, split)).splitlines()
    said = r"wrong: it agrees where it has an answer, but it gives the complex number .*j at x = -\S+, y = -"
    assert re.search(said, lines[1])
    assert lines[2].endswith("right; agrees at 26 points")
    assert diagnosis(check_partials(root, {"x": lambda: 1j})) == "it gives the complex number 0+1j at any point"


def test_what_is_too_little_to_tell_a_mistake_by() -> None:
    _, loss = articles_loss()
    for function, said in [
        (lambda: math.nan, "it gives nan at any point"),
        (lambda h1: math.inf * h1, "it gives inf at h1 = "),
        (lambda: 0.0, "from a 0 no mistake can be told"),
        (lambda h1: 1 / 0 if h1 else 0.0, "it raises ZeroDivisionError (division by zero) at h1 = "),
    ]:
        assert diagnosis(check_partials(loss, {"w5": function})).startswith(said)
    # A graph that has an answer nowhere else.
    x = Value(1.0, "x")
    only_here = ((x - 1) * 1e300 * 1e9 + x).named("y")
    report = check_partials(only_here, {("y", "y"): lambda: 1.0})
    assert report.ok
    zero = (x * 0.0).named("zero")
    assert check_partials(zero, {"x": lambda: 0.0}).ok
    assert diagnosis(check_partials(zero, {"x": lambda: 0.5})) == "from a 0 no mistake can be told"


def test_no_path() -> None:
    _, loss = articles_loss()
    report = check_partials(loss, {("h1", "w5"): 0.0, ("h1", "w6"): lambda: 0.0, "d_h1_d_b3": "1"})
    text = str(report).splitlines()
    assert text[1].endswith("h1 does not depend on w5: it is 0 everywhere")
    assert text[2].endswith("right; h1 does not depend on w6: it is 0 everywhere")
    assert text[3].endswith("wrong: h1 does not depend on b3: it is 0 everywhere")
    assert str(check_partials(loss, {"d_w1_d_L": "1"})).endswith("wrong: w1 does not depend on L: it is 0 everywhere")


def test_what_python_says_of_a_formula_as_on_paper_is_mended() -> None:
    _, loss = articles_loss()
    for wrong, said in [
        (lambda h1, w5: w5 * h1(1 - h1), r"d_L_d_w1: .* is not callable; write \* between factors, as in h1 \* "),
        (lambda sum_h1: sum_h1.sigmoid(), "no attribute 'sigmoid'; the arguments are plain numbers"),
        (lambda h1: h1 * x1, "name 'x1' is not defined; make every value that it reads an argument"),  # type: ignore[name-defined] # noqa: F821
    ]:
        with pytest.raises((TypeError, AttributeError, NameError), match=said):
            check_partials(loss, {"w1": wrong})
    with pytest.raises(TypeError, match="unsupported operand"):
        check_partials(loss, {"w1": lambda h1: h1 + "1"})
    with pytest.raises(UsageError, match=r"'-2 \* \(1 - o1\) \* w5' is a formula: hand in lambda o1, w5: …"):
        check_partials(loss, {"w1": "-2 * (1 - o1) * w5"})
    with pytest.raises(NotANumberError, match="in the place of the three dots"):
        check_partials(loss, {"w1": ...})


def test_a_value_where_its_partial_1_belongs() -> None:
    _, loss = articles_loss()
    report = check_partials(loss, {"b1": lambda y_true, o1, w5, h1, b1: before(y_true, o1) * w5 * h1 * (1 - h1) * b1})
    assert "wrong: you wrote b1 where ∂sum_h1/∂b1 = 1 belongs" in str(report)


def test_all_digits_are_shown_only_where_the_others_are_wrong() -> None:
    x = Value(0.1, "x")
    y = (x * 3).named("y")
    one_bit_off = str(check_partials(y, {"x": lambda: 3 + 4e-16})).splitlines()[1]
    assert one_bit_off.split()[:4] == ["d_y_d_x", "3", "3", "right;"]
    wrong = str(check_partials(y, {"x": 3.00001})).splitlines()[1]
    assert wrong.split()[:4] == ["d_y_d_x", "3.00001", "3.0", "wrong:"]


# The report ----------------------------------------------------------------------------------------------------------


def test_without_giving_the_answer_away() -> None:
    _, loss = articles_loss()
    wrong = {
        "d_L_d_w1": lambda y_true, o1, w5, x1: -2 * (y_true - o1) * o1 * (1 - o1) * w5 * x1,
        "d_L_d_w2": "0.9123",
        "d_L_d_b1": "-0.2376",
        "d_L_d_b3": "-0.2376",
    }
    report = check_partials(loss, wrong, reveal=False)
    assert str(report).splitlines() == [
        "gradient  yours    verdict",
        "d_L_d_w1  0.4752   wrong: a factor of the chain is left out",
        "d_L_d_w2  0.9123   wrong: no single listed mistake explains it",
        "d_L_d_b1  -0.2376  wrong: one number names no mistake; 2 candidates below",
        "d_L_d_b3  -0.2376  agrees to 4 digits here",
        "",
        "d_L_d_b1: what gives this number here:",
        "  - a factor of the chain is left out",
        "  - another partial is given in the place of this one",
        "d_L_d_b1: work it out at this point too, and hand in both numbers:",
        '    "d_L_d_b1": {"here": "-0.2376", "w5 = 2": "…"},',
    ]
    for given_away in ("0.01073", "0.02147", "h1 · (1 - h1)", "∂h1"):
        assert given_away not in str(report)
        assert given_away not in report._repr_html_()
    with pytest.raises(AssertionError, match="a factor of the chain is left out") as raised:
        assert_partials(loss, wrong, reveal=False)
    assert "h1 · (1 - h1)" not in str(raised.value)


def test_the_report_as_a_table_in_a_notebook() -> None:
    _, loss = articles_loss()
    report = check_partials(
        loss,
        {
            "d_L_d_w1": "0.0215",
            "d_L_d_b1": "-0.2376",
            "d_L_d_w5": 7.0,
            "d_L_d_w2": lambda y_true, o1, w5, x2: -2 * (y_true - o1) * o1 * (1 - o1) * w5 * x2,
        },
    )
    page = ElementTree.fromstring(report._repr_html_().replace("&#x27;", "'"))
    rows = [["".join(cell.itertext()) for cell in row] for row in page.iter("tr")]
    assert rows[0] == ["gradient", "yours", "engine's", "verdict"]
    assert rows[1] == ["∂L/∂w1", "0.0215", "0.02147", "✓ agrees to 3 digits here"]
    assert rows[2][3].startswith("✗ wrong: one number names no mistake")
    assert rows[4][3].startswith("✗ wrong: you left out ∂h1/∂sum_h1 = h1 · (1 - h1)")
    assert [item.text for item in page.iter("li")] == [
        "you left out ∂h1/∂sum_h1 = h1 · (1 - h1)",
        "you gave d_L_d_b3 (the same here, because w5 = 1)",
    ]
    assert "".join(page.find(".//pre").itertext()) == '"d_L_d_b1": {"here": "-0.2376", "w5 = 2": "…"},'  # type: ignore[union-attr]
    assert not bool(report)
    assert report["d_L_d_w1"].right
    with pytest.raises(KeyError, match="was not checked"):
        report["d_L_d_w4"]


def test_hostile_names() -> None:
    leaves, root = hostile_graph()
    report = check_partials(root, dict.fromkeys(leaves, 0.123) | {(root, root): 1.0})
    assert "<img" not in report._repr_html_()
    assert "my_weight is my weight" in str(report)
    ElementTree.fromstring(report._repr_html_().replace("&#x27;", "'"))
    root.backward()
    assert_partials(root, {leaf: leaf.grad for leaf in leaves})


def test_it_is_the_engine_that_is_compared_with() -> None:
    random = Random(4)
    for name in ("weight-height", "xor", "diabetes", "log-loss", "breast-cancer"):
        net = untrained(name)
        root = one_sample(name, net)
        for parameter in random.sample(net.parameters(), 4):
            assert check_partials(root, {parameter: parameter.grad}).ok
            assert not check_partials(root, {parameter: parameter.grad + 1e-3}).ok


def test_a_spoilt_row_is_seen(spoilt: Spoil) -> None:
    with spoilt("sigmoid", x="out * (1 + out)"):
        _, loss = articles_loss()
        assert not check_partials(loss, {"d_L_d_b3": WHOLE["d_L_d_b3"], "b1": FIGURES["d_L_d_b1"]}).ok


def test_nobodys_grad_is_touched() -> None:
    net, loss = articles_loss()
    check_partials(loss, {"w1": 1.0, "w2": lambda x2: x2})
    assert [parameter.grad for parameter in net.parameters()] == [0.0] * 9


def test_what_is_wrong_is_said() -> None:
    _, loss = articles_loss()
    for partials, said in [
        ([1.0], r"partials are a dictionary, such as {'d_L_d_w1': …}, not \[1\.0\]"),
        ({"w1": {}}, "d_L_d_w1: the dictionary is empty"),
        (
            {"w1": {"x1 = 3, h1 = 2": "0.1"}},
            "h1 at the point 'x1 = 3, h1 = 2' is computed; a point gives numbers to leaves",
        ),
        ({"w1": {"there": "0.1"}}, "'there' is no point; write 'here', or what is different there: 'x1 = 3'"),
        ({"w1": {3: "0.1"}}, "3 is no point"),
        ({"w1": {"x1 = a": "0.1"}}, "'a' is no number"),
    ]:
        with pytest.raises(UsageError, match=said):
            check_partials(loss, partials)  # type: ignore[arg-type]
    with pytest.raises(NotANumberError, match="d_L_d_w1: what is handed in holds one real number, not list"):
        check_partials(loss, {"w1": [1.0]})
    with pytest.raises(UsageError, match="a trace starts at a Value"):
        check_partials(3.0, {"w1": 1.0})  # type: ignore[arg-type]
    x = Value(0.0, "x")
    with pytest.raises(DomainError, match="sqrt"):
        check_partials(x.sqrt(), {"x": 1.0})
    y = Value(2.0, "y")
    with pytest.raises(UsageError, match=r"at the point 'y = -1' the graph has no answer"):
        check_partials(y.log().named("z"), {"y": {"here": "0.5", "y = -1": "-1"}})


def test_what_is_clipped_chosen_or_rounded_is_tried_on_all_sides() -> None:
    x, w = Value(1.5, "x"), Value(0.5, "w")
    loss = (clip((w * x).named("s"), 0.0, 1.0) * 2).named("L")
    assert_partials(loss, {"w": lambda x, s: 2 * x * (0 < s < 1)})
    assert_partials(loss, {"w": lambda x, s: 2 * x * (0 <= s <= 1)})  # on the bounds, either
    assert "you left out ∂L/∂s" in str(check_partials(loss, {"w": lambda x: 2 * x}))
    chosen = where(x - 1, w * x, w * w).named("L")
    assert_partials(chosen, {"w": lambda w, x: x if x > 1 else 2 * w, "x": lambda w, x: w if x > 1 else 0.0})
    assert not check_partials(chosen, {"w": lambda x: x})
    assert_partials((w * x).leaky_relu().named("L"), {"w": lambda w, x: x if w * x > 0 else 0.01 * x})
    assert_partials((floor(w * x) * x).named("L"), {"x": lambda w, x: math.floor(w * x), "w": 0.0})
    assert_partials((x % w).named("M"), {"x": 1.0, "w": lambda w, x: -(x // w)})
    assert not check_partials((x % w).named("M"), {"w": lambda w, x: -x / w})
