"""The chain rule written out: every path, with its numbers, and what they add up to."""

from __future__ import annotations

import math
from random import Random
from xml.etree import ElementTree

import pytest

from autograd import DomainError, UsageError, Value, explain, trace
from autograd.views.explanation import MOST_PATHS
from nn import MLP, mean_squared_error

from ..conftest import Spoil
from ..support.graphs import articles_loss, hostile_graph, random_graph


def test_one_path_as_the_article_writes_it() -> None:
    net, loss = articles_loss()
    assert str(explain(loss, net.w1)).splitlines() == [
        "∂L/∂w1 = ∂L/∂o1 · ∂o1/∂sum_o1 · ∂sum_o1/∂h1 · ∂h1/∂sum_h1 · ∂sum_h1/∂w1",
        "       = -2 · (y_true - o1) · o1 · (1 - o1) · w5 · h1 · (1 - h1) · x1",
        "       = -0.9526 · 0.2494 · 1 · 0.04518 · -2",
        "       = 0.02147",
    ]
    assert explain(loss, net.w1).gradient == pytest.approx(0.02146953526581111, rel=1e-12)


def test_one_term_for_each_path_and_their_sum() -> None:
    _, loss = articles_loss()
    x1 = trace(loss).leaves[0].value
    explanation = explain(loss, x1)
    assert explanation.n_paths == 2
    assert str(explanation).splitlines()[1:2] == [
        "       + ∂L/∂o1 · ∂o1/∂sum_o1 · ∂sum_o1/∂h2 · ∂h2/∂sum_h2 · ∂sum_h2/∂x1"
    ]
    assert str(explanation).splitlines()[-2:] == ["       = -0.01073 + -0.01073", "       = -0.02147"]


def test_a_single_edge_the_root_and_no_path() -> None:
    x = Value(3.0, "x")
    y = (x * 2).named("y")
    assert str(explain(y, x)) == "∂y/∂x = ∂y/∂x\n      = 2"
    assert str(explain(y, y)) == "∂y/∂y = 1"
    assert str(explain(y, Value(1.0, "z"))) == "∂y/∂z = 0\ny does not depend on z"
    assert explain(y, Value(1.0)).gradient == 0.0


def _paths(root: Value, wrt: Value) -> list[float]:
    """The product along every path, by plain enumeration."""
    lines = trace(root, wrt=[wrt])
    products = []
    stack = [(lines.root, 1.0)]
    while stack:
        line, product = stack.pop()
        if line.value is wrt:
            products.append(product)
        stack += [(partial.wrt, product * partial.number) for partial in line.partials]
    return products


def test_counts_sums_and_largest_paths_of_random_graphs() -> None:
    random = Random(8)
    for _ in range(100):
        leaves, root = random_graph(random)
        explanation = explain(root, leaves[0])
        products = _paths(root, leaves[0])
        assert explanation.n_paths == len(products)
        root.backward()
        scale = max(map(abs, products), default=0.0)
        assert explanation.gradient == pytest.approx(leaves[0].grad, rel=1e-12, abs=1e-12 * scale)
        assert math.fsum(products) == pytest.approx(explanation.gradient, rel=1e-12, abs=1e-12 * scale)
        shown = sorted((abs(path.product) for path in explanation.paths), reverse=True)
        assert shown == pytest.approx(sorted(map(abs, products), reverse=True)[:MOST_PATHS], rel=1e-9)
        total = math.fsum(path.product for path in explanation.paths) + explanation.rest
        assert total == pytest.approx(explanation.gradient, rel=1e-12, abs=1e-12 * scale)


def test_of_thousands_of_paths_the_largest_are_shown() -> None:
    net = MLP(2, [8, 8, 8, 8, 1], seed=1)
    x1 = Value(-2.0, "x1")
    loss = mean_squared_error(net([x1, Value(-1.0, "x2")]), 1)
    explanation = explain(loss, x1)
    assert explanation.n_paths == 8**4
    text = str(explanation)
    assert text.count("∂sum_h1_6/∂x1") >= 1
    assert "+ 4,088 more paths" in text
    assert text.endswith("the 8 with the largest products are shown, the other 4,088 add up to 0.000732")
    assert "add up to" in explanation._repr_html_()


def test_paths_beyond_counting() -> None:
    x = Value(1.0, "x")
    y = x
    for number in range(2000):
        half = (y * 0.5).named(f"half{number}")
        y = (half + half.sin() * 0.1 + y * 0.4).named(f"y{number}")
    explanation = explain(y, x)
    assert explanation.n_paths == 2**2000
    text = str(explanation)
    assert "about 1e602 paths; the 8" in text
    assert " more ⋯ " in text
    assert max(map(len, text.splitlines())) < 600


def test_as_latex_and_mathml() -> None:
    net, loss = articles_loss()
    explanation = explain(loss, net.w1)
    assert explanation.latex().startswith("\\begin{aligned}\n\\frac{\\partial L}{\\partial w_{1}} &= ")
    assert explanation.latex().count(r"\\") == 3
    ElementTree.fromstring(explanation.mathml())
    ElementTree.fromstring(explanation._repr_html_())
    assert explanation._repr_latex_().startswith("$\\displaystyle ")


def test_hostile_names() -> None:
    leaves, root = hostile_graph()
    for leaf in leaves:
        explanation = explain(root, leaf)
        ElementTree.fromstring(explanation._repr_html_().replace("&#x27;", "'"))
        assert "<img" not in explanation._repr_html_() + explanation.latex()


def test_a_spoilt_row_spoils_the_explanation(spoilt: Spoil) -> None:
    with spoilt("mul", x="2 * y"):
        net, loss = articles_loss()
        loss.backward()
        assert explain(loss, net.w5).gradient == pytest.approx(net.w5.grad, rel=1e-12)
        assert "-4 · (y_true - o1) · o1 · (1 - o1) · h1" in str(explain(loss, net.w5))


def test_what_is_wrong_is_said() -> None:
    _, loss = articles_loss()
    with pytest.raises(UsageError, match=r"takes a Value of the graph, such as net\.w1, not 'w1'"):
        explain(loss, "w1")  # type: ignore[arg-type]
    x = Value(0.0, "x")
    with pytest.raises(DomainError, match="sqrt"):
        explain(x.sqrt(), x)


def test_what_paths_add_up_to_is_not_lost_beside_larger_ones() -> None:
    x = Value(1.0, "x")
    terms = [(x * factor).named("term") for factor in [1e16] * 8 + [1.0, 2.0]]
    found = explain(sum(terms[1:], terms[0]).named("L"), x)
    assert found.rest == 3.0
    assert "10 paths; the 8 with the largest products are shown, the other 2 add up to 3" in str(found)
    # 20 paths: eight of 30e16, which are shown; eight of 15e16, and 15, 30, 30 and 60, which are not.
    y = Value(1.0, "y")
    lines = [(y * 3.0).named("line") for _ in range(10)]
    terms = [(line * factor).named("term") for line, factor in zip(lines, [1e16] * 8 + [1.0, 2.0], strict=True)]
    middle = sum(terms[1:], terms[0]).named("middle")
    found = explain(((middle * 5.0).named("a") + (middle * 10.0).named("b")).named("L"), y)
    assert found.n_paths == 20
    assert found.rest == float(8 * 15 * 10**16 + 15 + 30 + 30 + 60)


def test_a_partial_through_several_paths_is_rounded_once() -> None:
    x = Value(1.0, "x")
    (partial,) = trace((x * 1e16 + x * 3.0 - x * 1e16).named("L")).lines[0].partials
    assert partial.number == 3.0


def test_paths_of_which_some_are_infinite_add_up_as_floats_do() -> None:
    x = Value(1.0, "x")
    terms = [(x * factor).named("term") for factor in [math.inf] * 8 + [1e308] * 2]
    found = explain(sum(terms[1:], terms[0]).named("L"), x)
    assert (found.rest, found.gradient) == (math.inf, math.inf)
    terms = [(x * factor).named("term") for factor in [math.inf] * 9 + [-math.inf]]
    assert math.isnan(explain(sum(terms[1:], terms[0]).named("L"), x).rest)
