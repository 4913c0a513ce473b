"""What a report costs: one trace, and large graphs are only compared."""

from __future__ import annotations

import difflib
import sys
from typing import Any

import pytest

from autograd import UsageError, Value
from autograd.testing import assert_partials, check_partials
from autograd.tracing import directory
from autograd.tracing.assignments import Trace
from autograd.tutor.points import PointEvaluator
from tests.support.processes import run_measured


def test_one_trace_a_report(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two of them call the values that share a name by different names."""
    from autograd.tracing import builder

    traced: list[Value] = []
    build = builder._Builder.trace

    def counted(self: builder._Builder) -> Trace:
        traced.append(self.root)
        return build(self)

    monkeypatch.setattr(builder._Builder, "trace", counted)
    x, w = Value(0.7, "x"), Value(0.3, "w")
    inner = w * x
    h = (inner + 1).sigmoid().named("h")
    again = (h * w).sigmoid().named("h")
    root = (again * h + (inner * again).tanh() * x).named("L")
    report = check_partials(root, {(again, h): "9.876", (again, inner): 5.0, inner: 1.0, "w": lambda w: 5 * w})
    assert len(traced) == 1
    # The chain of the value in the middle calls the values what the table calls them.
    assert "d_h__2_d_h" in str(report)
    assert "∂h/∂h" not in str(report)


def chain(length: int) -> Value:
    w, value = Value(1.0001, "w"), Value(0.5, "x")
    for number in range(length):
        value = (value + w * 0.001).named(f"h{number}")
    return value.named("L")


@pytest.mark.slow
def test_a_large_graph_is_compared_where_it_was_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    """By hand: every one of 6,000 steps adds 0.001 w, and w itself is added 5,000 times after h999."""
    monkeypatch.setattr(PointEvaluator, "__init__", None)  # it is never made
    root = chain(6000)
    assert_partials(root, {"w": 6.0, "x": 1.0, ("h999", "w"): "1.000", "h999": lambda: 1.0})
    report = check_partials(root, {"w": lambda w: 6.0, "x": "2.0", "h1": lambda: -1.0, "h2": lambda w: w + 1j})
    said = "the graph is larger than 5,000 partials, so"
    lines = str(report).splitlines()
    assert lines[1].endswith(f"agrees here; {said} no other point is tried")
    for line in lines[2:4]:
        assert line.endswith(
            f"wrong: {said} no mistake is looked for: take fewer samples, or a value nearer to the end"
        )
    assert lines[4].endswith("wrong: it gives the complex number 1+1j")
    assert not report.ok
    with pytest.raises(
        UsageError, match=f"d_L_d_w: {said} numbers are compared at the recorded point only; take fewer"
    ):
        check_partials(root, {"w": {"here": "6.0", "x = 3": "6.0"}})


def test_a_mistyped_key_is_compared_with_a_thousand_names(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[int] = []
    matches = difflib.get_close_matches

    def counted(word: str, names: list[str], *more: Any) -> list[str]:
        compared.append(len(names))
        return matches(word, names, *more)

    monkeypatch.setattr(directory, "get_close_matches", counted)
    with pytest.raises(UsageError, match=r"nothing in the graph of L is named 'h1q23'; near it: h123, "):
        check_partials(chain(3000), {"d_L_d_h1q23": 1.0})
    assert compared == [1000]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what a process needed")
@pytest.mark.parametrize("key", ["h5", "d_L_d_h1q23"])
def test_a_hundred_thousand_lines_take_less_than_a_gigabyte(key: str) -> None:
    printed, most = run_measured(
        "from autograd import UsageError; from autograd.testing import check_partials\n"
        "from tests.tutor.test_large import chain\n"
        f"try: print(check_partials(chain(100_000), {{{key!r}: '0.5'}}))\n"
        "except UsageError as error: print(error)"
    )
    assert "no mistake is looked for" in printed or "near it: h123" in printed
    assert most < 2**30
