"""Generated Python: read as a teacher would, and run in an interpreter that has never heard of stepgrad."""

from __future__ import annotations

import json
import math
import subprocess
import sys
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest

import autograd
from autograd import TABLE, UsageError, Value, define_operation, grad, to_python, trace
from autograd.core.op import VALUES
from autograd.core.operations import recorder
from nn import MLP, mean_squared_error
from nn.articles import ARTICLES, one_sample

from ..conftest import Spoil
from ..support import oracles
from ..support.graphs import HOSTILE, articles_loss, hostile_graph, random_graph, untrained
from ..support.programs import Program, run
from ..support.rows import operands_of

GOLDEN = Path(__file__).parent / "golden" / "backprop.txt"

# Reads texts and arguments, runs each text in a namespace of its own, writes what backprop returns, all digits.
_BARE = """
import json, sys
for line in sys.stdin:
    source, arguments = json.loads(line)
    namespace = {}
    exec(source, namespace)
    value, gradients = namespace["backprop"](*map(float.fromhex, arguments))
    print(json.dumps([float(value).hex(), {name: float(g).hex() for name, g in gradients.items()}]))
"""


def in_bare_interpreter(programs: Sequence[tuple[str, Sequence[float]]]) -> list[tuple[float, dict[str, float]]]:
    """What each text returns for its arguments, run by a Python that can import nothing but the standard library."""
    lines = [json.dumps([source, [float(one).hex() for one in arguments]]) for source, arguments in programs]
    ran = subprocess.run(
        [sys.executable, "-I", "-S", "-c", _BARE], input="\n".join(lines), capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    answers = [json.loads(line) for line in ran.stdout.splitlines()]
    return [
        (float.fromhex(value), {name: float.fromhex(gradient) for name, gradient in gradients.items()})
        for value, gradients in answers
    ]


def check(roots: Sequence[Value], wrt: Callable[[Value], Sequence[Value] | None] = lambda root: None) -> None:
    """Each root's text gives the recorded value bit for bit, and the gradients of a fresh backward to 1e-12."""
    lines = [trace(root, wrt=wrt(root)) for root in roots]
    programs = [
        (to_python(root, wrt=wrt(root)), [leaf.number for leaf in one.leaves])
        for root, one in zip(roots, lines, strict=True)
    ]
    for root, one, (value, gradients) in zip(roots, lines, in_bare_interpreter(programs), strict=True):
        assert value.hex() == root.data.hex() or (math.isnan(value) and math.isnan(root.data))
        for line in one:
            line.value.grad = 0.0
        root.backward()
        wanted = {line.target: line.value.grad for line in one if line.target in gradients}
        assert len(wanted) == len(gradients)
        assert gradients == pytest.approx(wanted, rel=1e-12, abs=1e-13 * _scale(wanted.values()), nan_ok=True)


def _scale(numbers: Any) -> float:
    return max((abs(number) for number in numbers if math.isfinite(number)), default=0.0)


def test_the_golden_listing() -> None:
    _, loss = articles_loss()
    assert to_python(loss) == GOLDEN.read_text(encoding="utf-8")


def test_the_golden_listing_computes_the_articles_figures() -> None:
    _, loss = articles_loss()
    ((value, gradients),) = in_bare_interpreter([(GOLDEN.read_text(encoding="utf-8"), [-2, -1, 1, *[1, 1, 0] * 3])])
    assert value == loss.data
    assert value == pytest.approx(0.22686628719087137, rel=1e-12)
    assert gradients["w1"] == pytest.approx(0.02146953526581111, rel=1e-12)
    assert gradients["w5"] == pytest.approx(-0.011269220242958155, rel=1e-12)
    assert gradients["b3"] == pytest.approx(-0.23761755952842809, rel=1e-12)


def test_every_article() -> None:
    check([one_sample(name, untrained(name)) for name in ARTICLES])


@pytest.mark.parametrize("name", sorted(TABLE))
def test_every_row_of_the_table(name: str) -> None:
    op = TABLE[name]
    record = VALUES.get(name) or recorder(op)
    random = Random(0)
    roots = []
    for _ in range(10):
        numbers = operands_of(op, random)
        leaves = [Value(number, f"v{index}") for index, number in enumerate(numbers)]
        roots += [record(*leaves), record(*[leaf * 1.25 - leaf / 4 for leaf in leaves]) * leaves[0]]
        if len(leaves) > 1:
            roots += [record(leaves[0], *numbers[1:]), record(*numbers[:-1], leaves[-1])]
    check(roots)


@pytest.mark.usefixtures("clean_table")
def test_operations_of_ones_own() -> None:
    gauss = define_operation("gauss", "exp(-x * x)", {"x": "-2 * x * out"}, "it falls off on both sides of 0")
    blend = define_operation(
        "blend",
        "a * sigmoid(c) + b * (1 - sigmoid(c)) + 2 ** -a",
        {"a": "sigmoid(c) - 2 ** -a * log(2)", "b": "1 - sigmoid(c)", "c": "(a - b) * sigmoid(c) * (1 - sigmoid(c))"},
        "c says how much of each",
    )
    x, y, z = Value(0.3, "x"), Value(-0.4, "y"), Value(0.9, "z")
    check([gauss(x * y), gauss(x.sin()), blend(x, y, z), blend(x * y, 2.0, z.exp()), blend(x, x, x), gauss(gauss(x))])


@pytest.mark.parametrize("graphs", [100, pytest.param(500, marks=pytest.mark.slow)])
def test_random_graphs_with_fan_out(graphs: int) -> None:
    random = Random(11)
    check([random_graph(random)[1] for _ in range(graphs)])


def test_random_graphs_against_dual_numbers() -> None:
    random = Random(12)
    texts: list[tuple[str, list[float]]] = []
    exact: list[list[float]] = []
    for _ in range(100):
        program: Program = [
            (random.choice(["mul", "exp", "div", "power"]), random.randrange(9), random.randrange(9)) for _ in range(8)
        ]
        point = [random.uniform(-1.5, 1.5) for _ in range(3)]
        root = run(program, [Value(x, f"x{i}") for i, x in enumerate(point)], 1)
        texts.append((to_python(root), [leaf.number for leaf in trace(root).leaves]))
        exact.append(oracles.dual_gradient(lambda *p, program=program: run(program, p, 2), point))
    for (_, gradients), wanted in zip(in_bare_interpreter(texts), exact, strict=True):
        assert [gradients[f"x{i}"] for i in range(3)] == pytest.approx(wanted, rel=1e-9, abs=1e-9)


def test_constants() -> None:
    x, y = Value(0.5, "x"), Value(-2.0, "inf")
    roots = [
        x * math.inf,
        x + math.nan,
        x * -math.inf + y,
        (y * -0.0 + x) * 1e300,
        x * 1e-300 * 1e-300 * 1e300 * y,
        x * 1e200 * 1e-200 + 2**60 * x,
        (x - (-2.0)) ** 2 - (-2.0) * y,
        (x + 1) ** -2,
        2**x - x**0 + x**1 + (x * x) ** 0.5 + y**3,
        0.0**x,
        1 / 3 * x / 7 * 2 / 4,
        x.log() / -3 + 5 / (-x),
        -(x * -1) - (-y),
    ]
    check(roots)


def test_second_derivatives() -> None:
    check([grad(lambda v: (v * v).sin() / (1 + v))(Value(0.7, "x")), grad(grad(lambda v: v.tanh()))(Value(0.2, "v"))])


def test_hostile_names() -> None:
    _, root = hostile_graph()
    check([root])
    source = to_python(root)
    assert "import" not in source.replace("from math import exp\n", "")
    compile(source, "generated", "exec")
    assert len(source) < 40_000
    for name in HOSTILE:  # each alone, as the leaf and as the root
        check([(Value(1.5, name) * 2 + Value(0.5, name)).named(name)])
    assert "# my_weight is my weight" in source


def test_names_of_gradients_that_are_taken() -> None:
    w, other, temporary = Value(2.0, "w"), Value(3.0, "d_L_d_w"), Value(4.0, "t1")
    root = (w * other * (temporary * w).exp() / (w * w * w * w + temporary)).named("L")
    check([root])
    assert "d_L_d_w__2 = " in to_python(root)


def test_unnamed_leaves_are_arguments_and_constants_are_not() -> None:
    root = (Value(2.0) * 3 + Value(4.0)).named("y")
    source = to_python(root)
    assert "def backprop(t1, t2):\n    t1, t2 = float(t1), float(t2)\n    y = t1 * 3 + t2\n" in source
    check([root])


def test_which_gradients_are_returned() -> None:
    net, loss = articles_loss()
    source = to_python(loss)
    assert "d_L_d_x1" not in source
    assert "d_L_d_y_true" not in source
    x1 = trace(loss).leaves[0].value
    only = to_python(loss, wrt=[x1, net.w5])
    assert 'return L, {"x1": d_L_d_x1, "w5": d_L_d_w5}' in only
    assert "d_L_d_w1" not in only
    # In the middle of the network, the root itself, and what the root does not depend on.
    h1 = trace(loss).lines[1].value
    elsewhere = Value(1.0, "w99")
    source = to_python(loss, wrt=[h1, loss, elsewhere])
    assert 'return L, {"h1": d_L_d_h1, "L": 1.0, "w99": 0.0}' in source
    ((_, gradients),) = in_bare_interpreter([(source, [leaf.number for leaf in trace(loss).leaves])])
    loss.backward()
    assert gradients == pytest.approx({"h1": h1.grad, "L": 1.0, "w99": 0.0}, rel=1e-12)


def test_the_order_of_the_arguments() -> None:
    net, loss = articles_loss()
    assert "def backprop(x1, x2, y_true, w1, w2, b1, w3, w4, b2, w5, w6, b3):" in to_python(loss)
    unused = Value(0.0, "x9")
    assert "def backprop(w6, x9, x1, x2, y_true, w1," in to_python(loss, inputs=[net.w6, unused])


def test_a_leaf_alone() -> None:
    assert to_python(Value(2.0, "x")) == 'def backprop(x):\n    return x, {"x": 1.0}\n'


def test_gradients_from_many_consumers_go_on_in_further_lines() -> None:
    w = Value(0.5, "w")
    lines = [(w * number).named(f"y{number}") for number in range(30)]
    root = sum((line.tanh() for line in lines), Value(0.0, "start"))
    source = to_python(root)
    assert "\n    d_root_d_w += " in source
    check([root])


def test_no_line_is_long() -> None:
    net = MLP(30, [4, 1], seed=1)
    source = to_python(mean_squared_error(net([0.1] * 30), 1))
    assert max(len(line) for line in source.splitlines() if '"""' not in line) <= 100
    check([mean_squared_error(net([0.1] * 30), 1)])


def test_a_spoilt_row_spoils_the_text(spoilt: Spoil) -> None:
    _, loss = articles_loss()
    with spoilt("sigmoid", x="out * (2 - out)"):
        assert "d_L_d_sum_h1 = d_L_d_h1 * h1 * (2 - h1)" in to_python(loss)


def test_what_is_wrong_with_inputs_and_wrt_is_said() -> None:
    _, loss = articles_loss()
    h1 = trace(loss).lines[1].value
    with pytest.raises(UsageError, match=r"inputs are leaves.*'h1'.* is computed, by <Op sigmoid"):
        to_python(loss, inputs=[h1])
    with pytest.raises(UsageError, match=r"wrt is a list of Values, such as net\.parameters\(\), not of 'w1'"):
        to_python(loss, wrt=["w1"])  # type: ignore[list-item]
    with pytest.raises(UsageError, match="starts at a Value"):
        to_python(3.0)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="starts at a Value"):
        to_python([loss])  # type: ignore[arg-type]
    for nothing in (5, [[loss]], [None], "w"):
        with pytest.raises(UsageError, match="is a list of Values"):
            trace(loss, wrt=nothing)  # type: ignore[arg-type]


@pytest.mark.slow
def test_deep_graphs_compile_in_proportion_and_very_long_ones_warn() -> None:
    x, w = Value(0.5, "x"), Value(0.999, "w")
    for _ in range(5_000):
        x = x * w + 0.001
    source = to_python(x)
    assert len(source) < 200 * 10_000
    compile(source, "generated", "exec")
    check([x])
    autograd.codegen.listing._MANY_LINES, many = 10, autograd.codegen.listing._MANY_LINES
    try:
        with pytest.warns(UserWarning, match="lines: Python needs half a gigabyte"):
            to_python(x)
    finally:
        autograd.codegen.listing._MANY_LINES = many
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        to_python(x)


def pairwise(terms: list[Value]) -> Value:
    """A sum as a balanced tree."""
    while len(terms) > 1:
        terms = [sum(terms[place : place + 2][1:], terms[place]) for place in range(0, len(terms), 2)]
    return terms[0]


@pytest.mark.slow
def test_a_value_that_one_sum_reads_a_thousand_times() -> None:
    x = Value(1.5, "x")
    check([pairwise([x * float(number) for number in range(1024)]), pairwise([(x - Value(0.1)) ** 2] * 1000)])
    root = pairwise([Value(0.5) * 2.0 for _ in range(5000)])
    assert max(map(len, to_python(root).splitlines())) <= 100
    assert len(str(trace(root)).split("\n")[-1]) < 4000


def test_no_name_gets_out_of_its_comment() -> None:
    for name in ("x = " + "y" * 70, "a= print(1);(0 # " + "x" * 10 + "ﷺ" * 13):
        source = to_python((Value(2.0, name) * 3).named("L"))
        (comment,) = [line for line in source.splitlines() if line.lstrip().startswith("#")]
        assert " is " in comment
        check([(Value(2.0, name) * 3).named("L")])


def test_products_whose_order_decides_whether_they_overflow() -> None:
    x, y, z = Value(2.0, "x"), Value(1e-300, "y"), Value(1e300, "z")
    huge = Value(1e200, "huge")
    check(
        [
            x * 1e300 * y * z,
            x / 1e-200 / 1e-200 * 1e-300,
            Value(1e300, "c") * (Value(1.0, "x") / huge / huge),
            x / (x * 5e-324) * 0.0,
        ]
    )


def test_constants_are_floats_however_often_they_are_multiplied() -> None:
    for start in (Value(1e-300, "x") * 1, Value(1e-300, "x") * Value(2.0, "w")):
        root = start
        for number in range(700):
            root = (root * 3).named(f"h{number}")
        check([root])
    source = to_python(Value(1.0, "x") + Value(2.0, "y"))
    namespace: dict[str, Any] = {}
    exec(source, namespace)
    assert repr(namespace["backprop"](1.0, 2.0)) == "(3.0, {'x': 1.0, 'y': 1.0})"


@pytest.mark.usefixtures("clean_table")
def test_constants_of_a_row_are_floats_too() -> None:
    mix = define_operation("mix", "a ** 2 * b - x", {"a": "2 * a * b", "b": "a ** 2", "x": "-1"}, "made up")
    line = define_operation("line", "a * b + x", {"a": "b", "b": "a", "x": "1"}, "made up")
    many = define_operation("many", "*".join(["a"] * 21) + " + x", {"a": "0 * a", "x": "1"}, "made up")
    x = Value(-0.0, "x")
    check([mix(123456789, -1, x), line(0, -1, x), many(1e15, x)])


def test_what_is_infinite_stays_so() -> None:
    w, y = Value(2.0, "w"), Value(math.inf, "y")
    check([0 * y * w + y * w, 2 * w * y - w * y])


def test_a_leaf_that_was_changed_in_between_is_told_of() -> None:
    w = Value(2.0, "w")
    first = w * 3
    w.data = 5.0
    with pytest.warns(UserWarning, match="data of w were changed between two operations of this graph"):
        to_python(first + w * 4)
