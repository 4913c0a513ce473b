"""The evaluation trace: what stands on a line, in which order, and that its partials are right."""

from __future__ import annotations

import ast
import gc
import math
import re
import weakref
from pathlib import Path
from random import Random
from types import CodeType

import pytest

import autograd
from autograd import TABLE, DomainError, UsageError, Value, define_operation, grad, trace
from autograd.notation.typesetting import to_code
from autograd.tracing.assignments import Trace
from autograd.tracing.builder import DEEPEST_EXPRESSION, parameters_of
from nn import Neuron, binary_cross_entropy
from nn.articles import ARTICLES, one_sample

from ..conftest import Spoil
from ..support import oracles
from ..support.graphs import articles_loss, hostile_graph, random_graph, untrained
from ..support.rows import ROWS, points_of


def listing(lines: Trace) -> list[str]:
    """The computing lines, without their partials and numbers."""
    computed = [line for line in str(lines).splitlines() if not line.startswith(" ")][len(lines.leaves) :]
    return [line.rsplit(" = ", 1)[0] for line in computed]


def test_it_can_be_walked_from_its_end() -> None:
    lines = trace(articles_loss()[1])
    assert list(reversed(lines)) == list(lines)[::-1]


def test_the_articles_network_reads_as_written_by_hand() -> None:
    _, loss = articles_loss()
    lines = trace(loss)
    assert listing(lines) == [
        "sum_h1 = w1 * x1 + w2 * x2 + b1",
        "h1 = sigmoid(sum_h1)",
        "sum_h2 = w3 * x1 + w4 * x2 + b2",
        "h2 = sigmoid(sum_h2)",
        "sum_o1 = w5 * h1 + w6 * h2 + b3",
        "o1 = sigmoid(sum_o1)",
        "L = (y_true - o1) ** 2",
    ]
    assert [leaf.target for leaf in lines.leaves] == [
        "x1",
        "x2",
        "y_true",
        "w1",
        "w2",
        "b1",
        "w3",
        "w4",
        "b2",
        "w5",
        "w6",
        "b3",
    ]
    assert [line.target for line in lines.backward] == ["L", "o1", "sum_o1", "h1", "sum_h1", "h2", "sum_h2"]
    edges = [(line.target, partial.wrt.target) for line, partial in lines.edges()]
    assert edges[2:8] == [
        ("o1", "sum_o1"),
        *(("sum_o1", name) for name in ("w5", "w6", "b3", "h1", "h2")),
    ]
    text = str(lines)
    assert "∂L/∂o1 = -2 * (y_true - o1) = -0.9526" in text
    assert "∂h1/∂sum_h1 = h1 * (1 - h1) = 0.04518" in text
    assert "∂sum_h1/∂w1 = x1 = -2" in text


def test_what_gets_a_line_of_its_own() -> None:
    x, y = Value(2.0, "x"), Value(3.0, "y")
    unnamed = x * y + 1  # used once: written inside
    twice = x - y
    named = (unnamed * 2).named("n")
    root = named + twice * twice.tanh()
    assert listing(trace(root)) == ["n = (x * y + 1) * 2", "t1 = x - y", "t2 = tanh(t1)", "root = n + t1 * t2"]
    assert listing(trace(root, "operations")) == [
        "t1 = x * y",
        "t2 = t1 + 1",
        "n = t2 * 2",
        "t3 = x - y",
        "t4 = tanh(t3)",
        "t5 = t3 * t4",
        "root = n + t5",
    ]
    # What is asked for stands on a line, too.
    assert "t1 = x * y + 1" in listing(trace(root, wrt=[unnamed]))


def test_a_needed_partial_that_mentions_out_gives_its_value_a_line() -> None:
    x, y = Value(2.0, "x"), Value(3.0, "y")
    assert listing(trace(1 + x / y)) == ["t1 = x / y", "root = 1 + t1"]
    assert listing(trace(1 + x / y, wrt=[x])) == ["root = 1 + x / y"]
    assert listing(trace(1 + x / 3)) == ["root = 1 + x / 3"]


def test_what_a_partial_repeats_is_short() -> None:
    x, y = Value(2.0, "x"), Value(3.0, "y")
    assert listing(trace((y - (x * y + 1)) ** 2)) == ["root = (y - (x * y + 1)) ** 2"]
    assert listing(trace((y - (x * y + x * x + 1)) ** 2)) == ["t1 = y - (x * y + x * x + 1)", "root = t1 ** 2"]
    assert listing(trace(x.log() * y)) == ["t1 = log(x)", "root = t1 * y"]
    product = x
    for _ in range(800):
        product = product * y
    plain = sum(len(line) for line in listing(trace(product)))
    assert len(str(trace(product))) < 20 * plain


def test_long_expressions_are_split() -> None:
    x = Value(1.0, "x")
    for _ in range(1000):
        x = x + 1
    lines = trace(x)
    assert len(lines.lines) == math.ceil(1000 / DEEPEST_EXPRESSION)
    assert lines.lines[0].target == "t1"


def test_the_numbers_are_those_that_were_recorded() -> None:
    x, w = Value(2.0, "x"), Value(3.0, "w")
    loss = (w * x) ** 2
    w.data, x.data = 50.0, 60.0
    text = str(trace(loss))
    assert "w = 3\n" in text
    assert "x = 2\n" in text
    assert "∂root/∂w = 2 * w * x * x = 24" in text


def test_partials_that_are_merged() -> None:
    x = Value(3.0, "x")
    (partial,) = trace(x * x).root.partials
    assert (to_code(partial.tree), partial.number) == ("2.0 * x", 6.0)
    (partial,) = trace(x - x).root.partials
    assert partial.number == 0.0
    (partial,) = trace(x * 2 / 4).root.partials
    assert (to_code(partial.tree), partial.number) == ("1.0 / 2.0", 0.5)


def test_a_partial_without_an_answer_raises_only_when_its_number_is_asked_for() -> None:
    x = Value(0.0, "x")
    lines = trace(x.sqrt().named("y"))
    assert "∂y/∂x = 1 / (2 * y) = undefined" in str(lines)
    assert "undefined" in lines._repr_html_()
    with pytest.raises(DomainError, match="sqrt"):
        _ = lines.root.partials[0].number


def _check_partials(lines: Trace) -> None:
    """The partial in symbols, evaluated, is the number; and it is the derivative of the expression."""
    point = {line.target: line.number for line in lines}
    for line in lines.lines:
        code = compile(to_code(line.expression), "expression", "eval")

        def value_at(name: str, number: float, code: CodeType = code) -> float:
            return float(eval(code, dict(autograd.core.op.NUMBERS), {**point, name: number}))

        assert value_at(line.target, line.number) == line.number
        for partial in line.partials:
            symbolic = eval(to_code(partial.tree), dict(autograd.core.op.NUMBERS), dict(point))
            assert symbolic == pytest.approx(partial.number, rel=1e-12, abs=1e-12)
            name = partial.wrt.target
            if partial.wrt.value.op is TABLE["heaviside"]:  # the index of a pick, which has to stay whole
                continue
            central = oracles.central_gradient(
                lambda at, name=name, value_at=value_at: value_at(name, at), [point[name]]
            )
            scale = 1e-5 * (1.0 + abs(partial.number))
            assert partial.number == pytest.approx(central[0], rel=1e-5, abs=scale)


def test_partials_of_random_graphs_against_central_differences() -> None:
    random = Random(3)
    for _ in range(150):
        _, root = random_graph(random)
        for detail in ("named", "operations"):
            _check_partials(trace(root, detail))


@pytest.mark.parametrize("spoilt_rows", ["mul", "sigmoid"])
def test_a_spoilt_row_spoils_the_trace(spoilt: Spoil, spoilt_rows: str) -> None:
    x, w = Value(2.0, "x"), Value(0.5, "w")
    root = (w * x).named("z").sigmoid().named("h")
    with spoilt(spoilt_rows, x="7 * out"):
        text = str(trace(root))
    assert ("∂z/∂w = 7 * z = 7" if spoilt_rows == "mul" else "∂h/∂z = 7 * h = 5.117") in text


def test_an_operation_of_ones_own_is_written_out(clean_table: None) -> None:
    gauss = define_operation("gauss", "exp(-x * x)", {"x": "-2 * x * out"}, "it falls off on both sides of 0")
    x = Value(1.5, "x")
    assert listing(trace(gauss(x + 1).named("y"))) == ["y = exp(-(x + 1) * (x + 1))"]
    # What the row repeats is not written twice where it is long.
    assert listing(trace(gauss(x.sin()).named("y"))) == ["t1 = sin(x)", "y = exp(-t1 * t1)"]
    assert "∂y/∂x = -2 * (x + 1) * y" in str(trace(gauss(x + 1).named("y")))


def test_second_derivatives_have_a_trace() -> None:
    x = Value(0.7, "x")
    slope = grad(lambda v: (v * v).sin() / (1 + v))(x)
    _check_partials(trace(slope))


def test_wrt_limits_the_partials_to_those_that_are_needed() -> None:
    net, loss = articles_loss()
    lines = trace(loss, wrt=[net.w1])
    assert [(line.target, [p.wrt.target for p in line.partials]) for line in lines.backward] == [
        ("L", ["o1"]),
        ("o1", ["sum_o1"]),
        ("sum_o1", ["h1"]),
        ("h1", ["sum_h1"]),
        ("sum_h1", ["w1"]),
        ("h2", []),
        ("sum_h2", []),
    ]
    assert set(parameters_of(loss)) == set(net.parameters())
    x = Value(1.0)
    assert parameters_of(x * 2) == [x]


def test_unnamed_values_belong_where_their_consumer_does() -> None:
    net, _ = articles_loss()
    loss = binary_cross_entropy(net([-2, -1]), 1)
    groups = {line.target: line.group for line in trace(loss, "operations")}
    assert {groups[name] for name in ("t1", "t2", "t3", "sum_h1", "h1", "w1", "b1")} == {"h1"}
    assert groups["x1"] is groups["L"] is groups["y_true"] is None


def test_names_equal_and_hostile() -> None:
    _, root = hostile_graph()
    lines = trace(root)
    targets = [line.target for line in lines]
    labels = [line.label for line in lines]
    assert len(set(targets)) == len(set(labels)) == len(targets)
    assert lines.root.label == "</script><img src=x onerror=alert(1)>"
    # The root is named first, then whoever comes first.
    first, second = Value(1.0, "L"), Value(2.0, "h1")
    lines = trace((first * second.exp().named("h1")).named("L"))
    assert {line.target for line in lines} == {"L", "L__2", "h1", "h1__2"}
    assert lines.root.target == "L"


def test_no_names_of_networks_in_the_source() -> None:
    """But in directory.py, which reads what people write: ypred, as the articles do, where the output is o1."""
    folder = Path(autograd.__path__[0])
    for room in ("notation", "tracing", "views", "codegen"):
        for path in set((folder / room).glob("*.py")) - {folder / "tracing" / "directory.py"}:
            code = "\n".join(_without_docstrings(path.read_text(encoding="utf-8")))
            # At the start of a word: #1b1b1b is a colour.
            assert re.findall(r"\b(?:h1|h2|o1|sum_h|ypred|y_true|w1|b1)|'L'", code) == [], path


def _without_docstrings(source: str) -> list[str]:
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node):
            node.body = node.body[1:] or [ast.Pass()]
        if isinstance(node, ast.Raise):  # a message may give an example
            node.exc = node.cause = None
    return ast.unparse(tree).splitlines()


def test_wrong_arguments_get_one_clear_line() -> None:
    with pytest.raises(UsageError, match=r"starts at a Value, such as the loss L, not at float 3\.0"):
        trace(3.0)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match=r"not at Neuron .*; a network has a graph where it is called: net\(inputs\)"):
        trace(Neuron(2))  # type: ignore[arg-type]
    with pytest.raises(UsageError, match=r"detail='all' \(must be one of 'named', 'operations'\)"):
        trace(Value(1.0), "all")
    lines = trace(Value(1.0, "x"))
    with pytest.raises(UsageError, match="no line of its own"):
        lines[Value(2.0)]


def test_a_leaf_alone() -> None:
    assert str(trace(Value(2.5, "x"))) == "x = 2.5"
    assert str(trace(Value(2.5))) == "root = 2.5"


@pytest.mark.slow
def test_deep_and_wide_graphs_need_no_recursion_and_text_in_proportion() -> None:
    def characters(length: int) -> int:
        x, w = Value(0.5, "x"), Value(0.999, "w")
        for _ in range(length // 2):
            x = x * w + 0.001
        return len(str(trace(x)))

    assert characters(50_000) < 12 * characters(5_000)
    wide = sum((Value(1.0) * 2 for _ in range(20_000)), Value(0.0, "zero"))
    assert len(trace(wide).leaves) == 20_001


def test_a_long_trace_is_folded_in_a_notebook_and_printed_whole() -> None:
    x = Value(1.0, "x")
    for number in range(1000):
        x = (x + 1).named(f"y{number}")
    lines = trace(x)
    assert str(lines).count("\n") == 2000
    assert "⋯ 801 more lines" in repr(lines)
    assert "⋯ 801 more lines" in lines._repr_html_()
    assert len(lines._repr_html_()) < 300_000


def test_memory_is_freed_with_the_last_reference() -> None:
    gc.collect()
    gc.disable()
    try:
        x = Value(1.0, "x")
        root = (x * 2 + x).tanh()
        lines = trace(root)
        seen = weakref.ref(x), weakref.ref(lines)
        str(lines)
        lines._repr_html_()
        del x, root, lines
        assert [one() for one in seen] == [None, None]
    finally:
        gc.enable()


def test_every_row_of_the_table_has_a_trace() -> None:
    for op in ROWS:
        operands = [Value(number, name) for number, name in zip(points_of(op)[-1], op.inputs, strict=True)]
        record = autograd.core.op.VALUES.get(op.name)
        if record is not None:
            lines = trace(record(*operands).named("result"))
            assert str(lines)
            assert lines.latex().startswith("\\begin{aligned}")


@pytest.mark.parametrize("name", sorted(ARTICLES))
def test_the_articles_losses(name: str) -> None:
    _check_partials(trace(one_sample(name, untrained(name))))
