"""Where a NaN or an infinity began: forward, backward, in a leaf, and with its line."""

from __future__ import annotations

import contextlib
import math
from collections import Counter
from random import Random
from xml.etree import ElementTree

import pytest

from autograd import DomainError, UsageError, Value, find_nonfinite, log, maximum, record_lines
from autograd.core.graph import topological_order
from autograd.core.op import VALUES

from ..support.graphs import HOSTILE, articles_loss, hostile_graph
from ..support.rows import ROWS

inf, nan = math.inf, math.nan


def test_nothing_to_find() -> None:
    _, loss = articles_loss()
    assert find_nonfinite(loss) is None
    assert find_nonfinite(Value(1.0)) is None
    assert find_nonfinite(hostile_graph()[1]) is None


def test_the_first_value_in_forward_order() -> None:
    a, b = Value(1e200, "a"), Value(2e200, "b")
    with record_lines():
        c = (a * b).named("c")
        d = (c - c).named("d")
    root = (d.sigmoid() * 0 + 1).named("L")
    found = find_nonfinite(root)
    assert found is not None
    assert found.value is c
    assert (found.number, found.to, found.rule) == (inf, None, "x * y")
    assert found.operands == {"x": 1e200, "y": 2e200}
    assert found.path[0] is c
    assert found.path[1] is d
    assert found.path[-1] is root
    line = test_the_first_value_in_forward_order.__code__.co_firstlineno + 3
    assert found.place == (__file__, line)
    assert str(found) == (
        "inf began at c, in the forward pass\n"
        "    rule     c is mul, x * y\n"
        "    operand  x = a = 1e+200\n"
        "    operand  y = b = 2e+200\n"
        "    path     c → d → t1 → t2 → L\n"
        f"    line     {__file__}:{line}"
    )
    assert repr(found) == str(found)


def test_a_nan_of_inf_minus_inf_by_hand() -> None:
    x = Value(1e308, "x")
    big = (x * 10.0).named("big")
    found = find_nonfinite((big - big).named("L"))
    assert found is not None
    assert (found.value, found.number) == (big, inf)  # the NaN of L began as an infinity
    found = find_nonfinite(Value(inf, "x") * 0)
    assert found is not None
    assert str(found).startswith("inf began at x, in the forward pass\n    rule     x is a leaf: the number was put in")


def test_a_constant_is_the_operations_own() -> None:
    x = Value(2.0, "x")
    y = (x * inf).named("y")
    found = find_nonfinite(y + 1)
    assert found is not None
    assert found.value is y
    assert "    operand  x = x = 2.0\n    operand  y = inf\n" in str(found)


def test_leaves_are_judged_by_the_number_that_was_read() -> None:
    x = Value(nan, "x")
    root = (x * 2).named("L")
    x.data = 1.0
    found = find_nonfinite(root)
    assert found is not None
    assert found.value is x
    assert math.isnan(found.number)
    y = Value(1.0, "y")
    root = y * 2
    y.data = nan  # which nothing has read yet
    assert find_nonfinite(root) is None
    assert find_nonfinite(y) is not None


def test_a_masked_infinity_is_told_too() -> None:
    x = Value(-inf, "x")
    found = find_nonfinite(maximum(x, 1.0))
    assert found is not None
    assert found.value is x


def test_the_first_contribution_in_backward_order() -> None:
    x, w = Value(5e-324, "x"), Value(3.0, "w")
    with record_lines():
        h = log(x).named("h")
    root = (w * h).named("L")
    found = find_nonfinite(root)
    assert found is not None
    assert (found.value, found.to, found.number) == (h, x, inf)
    assert found.operands == {"x": 5e-324}
    assert found.rule == "1 / x"
    assert [one.name for one in found.path] == ["L", "h", "x"]
    assert str(found) == (
        "inf began on the way from h to x, in the backward pass\n"
        "    step     ∂L/∂x += ∂L/∂h · (1 / x)\n"
        "    numbers  0 + 3 · inf = inf\n"
        "    rule     h is log, log(x); its partial is 1 / x\n"
        "    operand  x = x = 5e-324\n"
        "    path     L → h → x\n"
        f"    line     {h.place}"
    )
    assert (x.grad, h.grad) == (0.0, 0.0)


def test_finite_contributions_that_add_up_to_more_than_a_float_holds() -> None:
    x = Value(1e-10, "x")
    a, b = (x * 1e308).named("a"), (x * 1.5e308).named("b")
    found = find_nonfinite((a + b).named("L"))
    assert found is not None
    assert (found.to, found.number) == (x, inf)
    assert "numbers  1.5e308 + 1 · 1e308 = inf" in str(found)  # backward() comes to b first


def test_it_agrees_with_what_backward_does() -> None:
    x, y = Value(1e-200, "x"), Value(1e-200, "y")
    root = ((x / y).named("q") / y).named("p") * y * y  # finite all the way; 1 / y² is not
    found = find_nonfinite(root)
    root.backward()
    assert math.isfinite(root.data)
    assert not all(math.isfinite(one.grad) for one in (x, y))
    assert found is not None
    assert found.to is not None
    assert not math.isfinite(found.to.grad)


def test_no_answer_is_the_error_of_backward() -> None:
    with pytest.raises(DomainError, match="the gradient of sqrt"):
        find_nonfinite(Value(0.0).sqrt())
    with pytest.raises(UsageError, match=r"looks through a graph, such as that of the loss L, not 3\.0"):
        find_nonfinite(3.0)  # type: ignore[arg-type]


def test_a_long_path_is_folded_and_found_without_recursion() -> None:
    y = (Value(1e308, "x") * 10).named("start")
    for _ in range(20_000):
        y = y + 1.0
    found = find_nonfinite(y.named("L"))
    assert found is not None
    assert len(found.path) == 20_001
    assert "    path     start → t1 → t2 → t3 → t4 → t5 → ⋯ 19989 more ⋯ → t1999" in str(found)


def test_the_path_goes_through_what_is_not_finite() -> None:
    big = (Value(1e308, "x") * 10).named("big")
    harmless = (1 / big).named("harmless")
    bad = (big - big).named("bad")
    found = find_nonfinite((harmless + bad).named("L"))
    assert found is not None
    assert [one.name for one in found.path] == ["big", "bad", "L"]
    assert len(topological_order(found.path[-1])) == 5


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_text(name: str) -> None:
    a = Value(1e200, name)
    for root in ((a * a).named(name), (a.log() * (Value(5e-324, name).log()).named(name)).named(name)):
        found = find_nonfinite(root)
        assert found is not None
        str(found).encode()
        html = found._repr_html_()
        tags = {element.tag for element in ElementTree.fromstring(html).iter()}
        assert tags == {"div", "table", "thead", "tbody", "tr", "th", "td"}


def test_operands_of_one_operation_that_make_up_for_each_other() -> None:
    """X / x hands on inf and then -inf; together they are nothing, but backward() adds them one after the other."""
    x = Value(1e-308, "x")
    y = ((x / x).named("q") * 2).named("y")
    y.backward()
    assert math.isnan(x.grad)
    found = find_nonfinite(y)
    assert found is not None
    assert (found.number, found.value.name, found.to) == (math.inf, "q", x)
    assert found.rule == "1 / y"
    assert (
        "    step     ∂y/∂x += ∂y/∂q · (1 / x)\n"
        "    numbers  0 + 2 · 1e308 = inf\n"
        "    rule     q is div, x / y; its partial is 1 / y\n" in str(found)
    )


def test_terms_are_added_in_the_order_of_backward() -> None:
    """What an operand gets twice goes, one after the other, on top of what is there: 1.5e308 + 1e308 - 1e308."""
    x = Value(1.0, "x")
    d = (x - x).named("d")
    root = (d * 1e308 + x * 1.5e308).named("L")
    found = find_nonfinite(root)
    root.backward()
    assert x.grad == inf
    assert found is not None
    assert (found.value, found.to, found.number) == (d, x, inf)
    assert "    numbers  1.5e308 + 1e308 · 1 = inf\n" in str(found)
    # And the other way round: two terms that are too much together, but not on top of -1.5e308.
    a = Value(1e-3, "a")
    root = (a + a) * 1e308 + a * -1.5e308
    root.backward()
    assert a.grad == -1.5e308 + 1e308 + 1e308
    assert find_nonfinite(root) is None


_NUMBERS = [0.0, -0.0, 1.0, -1.0, 2.0, 0.5, 1e308, -1e308, 1.5e308, 1e-308, 5e-324, 1e200, -1e200, 1e-200, 1e154, 709.0]
_UNARY = [op.name for op in ROWS if len(op.inputs) == 1]
_BINARY = [op.name for op in ROWS if len(op.inputs) == 2]


def _extreme_graph(random: Random) -> Value:
    """A few operations on huge and tiny numbers, their results summed up in the end."""
    values = [Value(random.choice(_NUMBERS), name) for name in ("a", "b", "")]
    for _ in range(random.randint(1, 8)):
        names = _UNARY if random.random() < 0.3 else _BINARY
        x, y = random.choice(values), random.choice([*values, random.choice(_NUMBERS)])
        with contextlib.suppress(DomainError):
            values.append(VALUES[random.choice(names)](*(x, y)[: 1 if names is _UNARY else 2]))
    total = values[-1]
    for one in values[-3:-1]:
        total = total + one
    return total


def _first_by_hand(root: Value) -> tuple[Value, Value | None] | None:
    """Where the first number that is not finite comes up, and, backward, where it goes: the sweep as in a textbook."""
    order: list[Value] = []

    def visit(value: Value) -> None:
        if value not in order:
            for one in value.inputs:
                visit(one)
            order.append(value)

    visit(root)
    for value in order:
        if not math.isfinite(value.data):
            return value, None
    gradient = dict.fromkeys(order, 0.0) | {root: 1.0}
    for value in reversed(order):
        for place, one in enumerate(value.operands):
            if isinstance(one, Value) and value.op is not None:
                partial = value.op.partial_functions[place](*value.numbers, value.data)
                gradient[one] += gradient[value] * partial
                if not math.isfinite(gradient[one]):
                    return value, one
    return None


def test_extreme_graphs_against_the_sweep_by_hand_and_backward() -> None:
    random = Random(3)
    seen: Counter[str] = Counter()
    for _ in range(3000):
        root = _extreme_graph(random)
        try:
            first = _first_by_hand(root)
        except (ArithmeticError, ValueError):
            with pytest.raises(DomainError):
                find_nonfinite(root)
            continue
        found = find_nonfinite(root)
        assert (None if found is None else (found.value, found.to)) == first
        if first is None or first[1] is not None:
            with contextlib.suppress(DomainError):  # later than the first that was found
                root.backward()
                assert (found is None) == all(math.isfinite(one.grad) for one in topological_order(root))
        seen["none" if first is None else "forward" if first[1] is None else "backward"] += 1
    assert min(seen[kind] for kind in ("none", "forward", "backward")) > 50, seen
