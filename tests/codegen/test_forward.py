"""The forward pass as JavaScript over one array: the same floats as Python's, for networks and for every row."""

from __future__ import annotations

import json
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from autograd import Value, trace
from autograd.extend import forward_in_javascript
from nn import MLP

from ..support.browser import opened


@pytest.fixture(scope="module")
def page(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    path = tmp_path_factory.mktemp("forward") / "empty.html"
    path.write_text("<!doctype html><title>-</title>", encoding="utf-8")
    with opened(chromium, path.as_uri()) as one:
        yield one


def run(page: Page, root: Value, leaves: list[Value]) -> tuple[dict[Value, float], str]:
    """What JavaScript computes, by value, and the text."""
    forward = forward_in_javascript(root, leaves)
    numbers = json.dumps([leaf.data for leaf in leaves] + [0.0] * (forward.size - len(leaves)))
    found: Any = page.evaluate(
        f"() => {{ const v = new Float64Array({numbers}); ({forward.text})(v); return [...v]; }}"
    )
    return {value: found[place] for value, place in forward.places.items()}, forward.text


def check(page: Page, root: Value, leaves: list[Value], exactly: bool = False) -> str:
    found, text = run(page, root, leaves)
    for line in trace(root).lines:
        if line.value in found:
            wanted = line.value.data if exactly else pytest.approx(line.value.data, rel=1e-12)
            assert found[line.value] == wanted
    assert found[root] == pytest.approx(root.data, rel=1e-12)
    return text


@pytest.mark.parametrize("sizes", [[3, 1], [16, 16, 1], [5, 4]])
@pytest.mark.parametrize("inputs", [1, 2, 50])
def test_networks(page: Page, inputs: int, sizes: list[int]) -> None:
    random = Random(1)
    net = MLP(inputs, sizes, "tanh", "linear", seed=1)
    xs = [Value(random.gauss(0.0, 1.0), f"x{at}") for at in range(1, inputs + 1)]
    outputs = net(xs)
    root = outputs if isinstance(outputs, Value) else sum(outputs[1:], outputs[0])
    text = check(page, root, [*xs, *net.parameters()])
    assert ("dot(v" in text) == (inputs >= 4 or 16 in sizes or sizes == [5, 4])


def test_a_sum_is_added_in_the_order_of_the_graph(page: Page) -> None:
    """In another order, rounding would be another: the sums are equal to the last bit."""
    random = Random(2)
    ws, xs = ([Value(random.gauss(0.0, 10.0 ** random.randint(-8, 8))) for _ in range(60)] for _ in range(2))
    total = ws[0] * xs[0]
    for w, x in zip(ws[1:], xs[1:], strict=True):
        total = total + w * x
    mixed = (total + 0.1 + ws[3] * 2 - xs[4] * ws[5] + ws[6] * xs[7]).named("mixed")
    check(page, mixed, [*xs, *ws], exactly=True)


def test_leaves_that_are_not_given_keep_their_numbers(page: Page) -> None:
    x, temperature = Value(3.0, "x"), Value(2.5, "T")
    root = (x / temperature).named("y")
    found, text = run(page, root, [x])
    assert found[root] == 3.0 / 2.5
    assert "v[1] = 2.5;" in text


def test_brackets_and_signs(page: Page) -> None:
    a, b = Value(1.5, "a"), Value(-2.0, "b")
    check(page, (a - (b - a) + -(a * b) - (a + b) * (a - b) + (-b) ** 3).named("r"), [a, b], exactly=True)


def test_where_there_is_no_answer_it_throws(page: Page) -> None:
    x = Value(1.0, "x")
    forward = forward_in_javascript(x.log(), [x])
    assert (
        page.evaluate(f"() => {{ try {{ ({forward.text})(new Float64Array(2)); }} catch (e) {{ return e.name; }} }}")
        == "DomainError"
    )
