"""What views, programs and checks cost grows as the graph does.

Nothing here is timed: calls of functions are counted, and the memory that is in use at most. Ten times the lines may
cost twenty-five times as much; what looks at every line for every line would cost a hundred times as much.
"""

from __future__ import annotations

import sys
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest

from autograd import UsageError, Value, backward_steps, compile, explain, find_nonfinite, to_python, trace  # noqa: A004
from autograd.checks import gradients
from autograd.core import source
from autograd.testing import check_gradients
from autograd.views import explanation
from tests.support.processes import run_measured

Graph = tuple[Value, Value]


def chain(lines: int) -> Graph:
    """Every value has a name and is used once."""
    x, w = Value(0.5, "x"), Value(0.999, "w")
    for place in range(lines):
        x = (x * w + 0.001).named(f"h{place}")
    return x, w


def twice(lines: int) -> Graph:
    """Every value is used twice by the next one."""
    x = y = Value(0.5, "x")
    for _ in range(lines):
        y = y * y + 0.25
    return y, x


def ladder(lines: int) -> Graph:
    """Every value is used by the next two, so that there are more paths than there are atoms."""
    x = Value(0.5, "x")
    before, y = x, x * 1.0
    for _ in range(lines):
        before, y = y, before * 0.5 + y * 0.5
    return y, x


def one_leaf(lines: int) -> Graph:
    """One leaf that every line reads, and a sum of them all."""
    x = Value(0.5, "x")
    total = x * 1.0
    for place in range(lines):
        total = total + (x * float(place + 2)).named("same")
    return total, x


def infinite(lines: int) -> Graph:
    """What is infinite begins at the leaf and goes through all of the graph."""
    x = y = Value(1e300, "x")
    for _ in range(lines):
        y = y * y
    return y, x


GRAPHS = [chain, twice, ladder, one_leaf, infinite]

VIEWS: dict[str, Callable[[Value, Value], Any]] = {
    "trace": lambda root, leaf: str(trace(root)),
    "operations": lambda root, leaf: trace(root, "operations").latex(),
    "steps": lambda root, leaf: str(backward_steps(root)),
    "explain": lambda root, leaf: str(explain(root, leaf)),
    "to_python": lambda root, leaf: to_python(root),
    "compile": lambda root, leaf: compile(root, inputs=[], wrt=[leaf]),
    "nonfinite": lambda root, leaf: str(find_nonfinite(root)),
}


def calls(work: Callable[[], object]) -> int:
    """How many functions are called, Python's own included."""
    count = 0

    def note(frame: object, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


def most_memory(work: Callable[[], object]) -> int:
    """How many bytes are in use at once, beyond what was in use before."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("graph", GRAPHS, ids=lambda graph: graph.__name__)
@pytest.mark.parametrize("view", VIEWS)
def test_ten_times_the_lines_cost_ten_times_as_much(view: str, graph: Callable[[int], Graph]) -> None:
    small, large = graph(20), graph(200)
    VIEWS[view](*small)  # what is loaded once
    assert calls(lambda: VIEWS[view](*large)) < 25 * calls(lambda: VIEWS[view](*small))
    assert most_memory(lambda: VIEWS[view](*large)) < 25 * most_memory(lambda: VIEWS[view](*small))


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what a process needed")
@pytest.mark.parametrize(
    ("view", "graph"),
    [
        ("compile", "chain"),
        ("to_python", "twice"),
        ("explain", "ladder"),
        ("nonfinite", "infinite"),
        ("steps", "chain"),
    ],
)
def test_a_hundred_thousand_lines_need_less_than_a_gigabyte(view: str, graph: str) -> None:
    _, most = run_measured(
        "import warnings\n"
        "from tests.project import test_costs as costs\n"
        "warnings.simplefilter('ignore')  # of what needs half a gigabyte\n"
        f"costs.VIEWS[{view!r}](*costs.{graph}(100_000))"
    )
    assert most < 2**30


def test_a_check_of_gradients_costs_as_much_as_there_are_lines() -> None:
    def f(lines: int) -> Callable[[Any, Any], Any]:
        def chained(x: Any, w: Any) -> Any:
            for _ in range(lines):
                x = x * w + 0.001
            return x

        return chained

    def check(lines: int) -> object:
        return check_gradients(f(lines), 0.5, 0.999)

    check(1)
    assert calls(lambda: check(200)) < 25 * calls(lambda: check(20))
    assert most_memory(lambda: check(200)) < 25 * most_memory(lambda: check(20))


def test_a_check_of_gradients_that_would_take_hours_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gradients, "_MOST_WORK", 100)
    with pytest.raises(
        UsageError, match=r"f takes 20 numbers and computes 39 values.*let f take at most 2 numbers, and close over"
    ):
        check_gradients(lambda xs: sum(xs[1:], xs[0]), [1.0] * 20)
    assert check_gradients(lambda x, y: x * y, 2.0, 3.0)


def test_of_a_long_graph_only_what_is_still_needed_is_kept_by_explain(monkeypatch: pytest.MonkeyPatch) -> None:
    """The number of paths has as many bits as the graph has lines; one for each line would be gigabytes."""
    alive = most = 0

    class Counted(explanation._Reached):
        def __init__(self) -> None:
            nonlocal alive, most
            super().__init__()
            alive += 1
            most = max(alive, most)

        def __del__(self) -> None:
            nonlocal alive
            alive -= 1

    monkeypatch.setattr(explanation, "_Reached", Counted)
    found = explain(*ladder(1000))
    assert found.n_paths > 10**200
    assert most < 10


def test_a_long_program_is_compiled_function_by_function(monkeypatch: pytest.MonkeyPatch) -> None:
    root, leaf = chain(300)
    whole = most_memory(lambda: compile(root, inputs=[], wrt=[leaf]))
    monkeypatch.setattr(source, "_LONG", 100)
    # The least of two: Python's own tables, of names say, grow now and then.
    assert min(most_memory(lambda: compile(root, inputs=[], wrt=[leaf])) for _ in range(2)) < 0.8 * whole
    # Tracebacks show the line that failed, also in a function that does not begin the text.
    x = Value(1.0, "x")
    program = compile(1 / x, inputs=[x], wrt=[])
    line = next(place for place, text in enumerate(program.source.splitlines(), 1) if text.startswith("def over"))
    assert program._functions["over"].__code__.co_firstlineno == line
