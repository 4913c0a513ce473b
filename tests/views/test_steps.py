"""Backward steps: every edge once, in the order of backward, and they add up to the gradients."""

from __future__ import annotations

from random import Random
from xml.etree import ElementTree

import pytest

from autograd import DomainError, UsageError, Value, backward_steps, trace
from nn.articles import ARTICLES, one_sample

from ..conftest import Spoil
from ..support.graphs import articles_loss, hostile_graph, random_graph, untrained


def test_the_articles_step_to_w1() -> None:
    net, loss = articles_loss()
    steps = backward_steps(loss)
    (step,) = [step for step in steps if step.to is net.w1]
    assert step.of is not None
    assert step.of.name == "sum_h1"
    assert step.text == "∂L/∂w1 += ∂L/∂sum_h1 · x1"
    assert step.text_numbers == "0 + -0.01073 · -2 = 0.02147"
    assert step.upstream == pytest.approx(-0.010734767632905555, rel=1e-12)
    assert (step.partial, step.before) == (-2.0, 0.0)
    assert step.contribution == step.after == pytest.approx(0.02146953526581111, rel=1e-12)
    assert step.because == (
        "when one term grows by 1, the sum grows by 1; when one factor grows by 1, the product grows by the other "
        "factor"
    )
    assert str(step) == f"{step.text}: {step.text_numbers}, because {step.because}"
    assert r"\frac{\partial L}{\partial w_{1}} \mathrel{+}= " in step.latex
    assert step.latex_numbers == r"0 + \left(-0.01073\right) \cdot \left(-2\right) = 0.02147"
    for markup in (step.mathml, step.mathml_numbers):
        ElementTree.fromstring(markup)


def test_the_seed_comes_first() -> None:
    _, loss = articles_loss()
    seed = backward_steps(loss)[0]
    assert (seed.of, seed.to, seed.upstream, seed.partial, seed.contribution, seed.before, seed.after) == (
        None,
        loss,
        1.0,
        1.0,
        1.0,
        0.0,
        1.0,
    )
    assert (seed.text, seed.text_numbers) == ("∂L/∂L = 1", "1")


def test_a_second_path_is_added() -> None:
    _, loss = articles_loss()
    to_x1 = [step for step in backward_steps(loss, gradients_of="all") if step.to.name == "x1"]
    assert [step.text_numbers for step in to_x1] == [
        "0 + -0.01073 · 1 = -0.01073",
        "-0.01073 + -0.01073 · 1 = -0.02147",
    ]
    assert to_x1[1].before == to_x1[0].after


def test_one_step_for_every_edge_in_the_order_of_the_trace() -> None:
    _, loss = articles_loss()
    for detail in ("named", "operations"):
        edges = [(line.value, partial.wrt.value) for line, partial in trace(loss, detail).edges()]
        steps = backward_steps(loss, detail, "all")
        assert [(step.of, step.to) for step in steps[1:]] == edges
    received: set[Value] = set()
    for step in steps:  # nothing is passed on before all of it has arrived
        received.discard(step.to)
        assert step.of not in received
    assert len(steps) == 1 + 30


def _adds_up(root: Value) -> None:
    for detail in ("named", "operations"):
        steps = backward_steps(root, detail, "all")
        last = {step.to: step.after for step in steps}
        leaves = [line.value for line in trace(root)]
        for value in leaves:
            value.grad = 0.0
        root.backward()
        scale = max(abs(value.grad) for value in last)
        assert last == pytest.approx({value: value.grad for value in last}, rel=1e-12, abs=1e-14 * scale)
        assert all(step.after == step.before + step.upstream * step.partial for step in steps)


@pytest.mark.parametrize("name", sorted(ARTICLES))
def test_the_last_step_of_each_value_is_its_gradient(name: str) -> None:
    _adds_up(one_sample(name, untrained(name)))


def test_the_last_steps_of_random_graphs() -> None:
    random = Random(5)
    for _ in range(100):
        _adds_up(random_graph(random)[1])


def test_gradients_of_inputs_and_targets_are_left_out_unless_asked_for() -> None:
    _, loss = articles_loss()
    names = [step.to.name for step in backward_steps(loss)]
    assert " ".join(names) == "L o1 sum_o1 w5 w6 b3 h1 h2 sum_h1 w1 w2 b1 sum_h2 w3 w4 b2"
    everything = [step.to.name for step in backward_steps(loss, gradients_of="all")]
    assert [name for name in everything if name not in ("x1", "x2", "y_true")] == names
    assert len(everything) == 21


def test_what_is_computed_from_inputs_alone_is_left_out_too() -> None:
    x, w, free = Value(2.0, "x"), Value(3.0, "w"), Value(1.0, "free")
    x.role, w.role = "input", "parameter"
    scaled = (x * 0.5).named("scaled")
    root = (scaled * w + free).named("y")
    assert [step.to.name for step in backward_steps(root)] == ["y", "w", "free"]
    assert [step.to.name for step in backward_steps(scaled)] == ["scaled", "x"], "there is nothing else to ask about"
    with pytest.raises(UsageError, match=r"gradients_of='weights' \(must be one of 'parameters', 'all'\)"):
        backward_steps(root, gradients_of="weights")


def test_a_value_that_stands_twice_in_a_line_takes_two_steps() -> None:
    a = Value(3.0, "a")
    steps = backward_steps((a + a).named("y"))
    assert [step.text_numbers for step in steps] == ["1", "0 + 1 · 1 = 1", "1 + 1 · 1 = 2"]
    b = Value(3.0, "b")
    squares = backward_steps((b * b + b).named("y"))
    assert [(step.partial, step.after) for step in squares[1:]] == [(3.0, 3.0), (3.0, 6.0), (1.0, 7.0)]


def test_making_steps_changes_no_grad() -> None:
    net, loss = articles_loss()
    net.w1.grad = 7.0
    backward_steps(loss)
    assert net.w1.grad == 7.0
    assert loss.grad == 0.0
    # Nor does it read one.
    before = [step.after for step in backward_steps(loss)]
    for line in trace(loss):
        line.value.grad = 99.0
    assert [step.after for step in backward_steps(loss)] == before


def test_a_spoilt_row_spoils_the_steps(spoilt: Spoil) -> None:
    net, loss = articles_loss()
    with spoilt("sigmoid", x="3 * out"):
        steps = backward_steps(loss)
        assert "∂L/∂sum_h1 += ∂L/∂h1 · (3 · h1)" in [step.text for step in steps]
        loss.backward()
        assert [step for step in steps if step.to is net.w1][-1].after == pytest.approx(net.w1.grad, rel=1e-12)


def test_prints_as_a_table_and_shows_as_one() -> None:
    x = Value(2.0, "x")
    steps = backward_steps((x * 3).named("y"))
    assert str(steps) == repr(steps)
    assert str(steps).splitlines() == [
        "step                numbers        because",
        "∂y/∂y = 1           1              whatever grows by 1 grows by 1",
        "∂y/∂x += ∂y/∂y · 3  0 + 1 · 3 = 3  when one factor grows by 1, the product grows by the other factor",
    ]
    page = steps._repr_html_()
    ElementTree.fromstring(page.replace("&#x27;", "'"))
    assert page.count("<tr>") == 3


def test_many_steps_are_folded_in_a_notebook() -> None:
    x = Value(1.0, "x")
    for number in range(1000):
        x = (x + 1).named(f"y{number}")
    steps = backward_steps(x)
    assert "⋯ 801 more steps" in repr(steps)
    assert "⋯ 801 more steps" in steps._repr_html_()
    assert str(steps).count("\n") == 1001


def test_hostile_names() -> None:
    _, root = hostile_graph()
    steps = backward_steps(root)
    page = steps._repr_html_()
    assert "<script" not in page
    assert "<img" not in page
    ElementTree.fromstring(page.replace("&#x27;", "'"))
    assert "\n" not in steps[3].text
    assert "'</script><img src=x onerror=alert(1)>'" in steps[3].text


def test_no_answer_is_an_error_as_in_backward() -> None:
    with pytest.raises(DomainError, match="sqrt"):
        backward_steps(Value(0.0, "x").sqrt())
    with pytest.raises(UsageError, match="detail"):
        backward_steps(Value(0.0, "x"), "every")
