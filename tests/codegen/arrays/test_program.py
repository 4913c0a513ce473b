"""Array programs: called with flat lists like every program, and right for any number of samples."""

from __future__ import annotations

import pickle
import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from random import Random
from typing import Any

import numpy as np
import pytest

from autograd import (
    ArrayProgram,
    DomainError,
    Program,
    StepgradError,
    UpdateRule,
    UsageError,
    Value,
    compile,  # noqa: A004 -- ours, of graphs
    to_numpy,
)
from autograd.codegen.arrays import program as array_programs
from autograd.extend import TrainingRun
from nn import MLP, SGD, Adam, mean_squared_error
from nn.losses import cross_entropy_of_weights

from ...support.arrays import RandomGraph, assert_same, run_engine
from ...support.unusual import UNUSUAL, leaves


def articles_program(**settings: Any) -> tuple[MLP, ArrayProgram, Program]:
    net = MLP(2, [2, 1], seed=1)
    xs, ys = leaves(Random(1), 2, "x"), leaves(Random(1), 1, "y_true", "target")
    root = mean_squared_error(net(list(xs)), ys[0])
    if "moving" in settings:
        settings["moving"] = net.parameters()[: settings["moving"]]
    arrays = compile(root, [*xs, *ys], net.parameters(), **settings, backend="numpy")
    assert isinstance(arrays, ArrayProgram)
    return net, arrays, compile(root, [*xs, *ys], net.parameters(), **settings)


ROWS = [[-2.0, -1.0, 1.0], [25.0, 6.0, 0.0], [17.0, 4.0, 0.0], [-15.0, -6.0, 1.0]]


def test_it_takes_and_gives_what_a_program_does() -> None:
    net, arrays, python = articles_program()
    numbers = [parameter.data for parameter in net.parameters()]
    assert_same(arrays(ROWS[0], numbers), python(ROWS[0], numbers), 1e-14)
    assert_same(arrays.over(ROWS, numbers), python.over(ROWS, numbers), 1e-14)
    value, gradients = arrays.over(np.array(ROWS), np.array(numbers))
    assert (type(value), {type(one) for one in gradients}) == (float, {float})
    assert_same((value, gradients), python.over(ROWS, numbers), 1e-14)
    assert arrays.over([], numbers) == (0.0, [0.0] * 9)
    names = ["x1", "x2", "y_true1"], ["w1", "w2", "b1", "w3", "w4", "b2", "w5", "w6", "b3"]
    assert (arrays.inputs, arrays.parameters) == (python.inputs, python.parameters) == names
    assert repr(arrays) == "<ArrayProgram of 3 inputs and 9 parameters>"


def test_the_layout_says_what_stands_where() -> None:
    _, arrays, _ = articles_program()
    wanted = [("W_h", [["w1", "w2"], ["w3", "w4"]]), ("b_h", ["b1", "b2"]), ("w_o", ["w5", "w6"]), ("b_o", "b3")]
    assert arrays.layout == wanted
    assert pickle.loads(pickle.dumps(arrays.layout)) == wanted


def test_a_notebook_shows_the_matrices_with_names_and_numbers() -> None:
    net = MLP(2, [2, 1], seed=1)
    net.set_parameters({"w1": 0.5, "w2": -1.25, "b1": 1e-9})
    net.w3.named("<w>")
    xs = leaves(Random(1), 2, "x")
    shown = compile(net(list(xs)), xs, net.parameters(), backend="numpy").layout._repr_html_()  # type: ignore[attr-defined]
    for cell in ("W_h", "w1 0.5", "w2 -1.25", "b1 1e-9", "&lt;w&gt;"):
        assert f">{cell}" in shown
    wide = MLP(30, [40, 1], seed=1)
    xs = leaves(Random(1), 30, "x")
    shown = compile(wide(list(xs)), xs, wide.parameters(), backend="numpy").layout._repr_html_()  # type: ignore[attr-defined]
    assert "w1200 " in shown
    assert "⋯" in shown
    assert shown.count("<td") < 300


def test_an_array_of_samples_is_not_copied() -> None:
    _, arrays, _ = articles_program()
    rows = np.array(ROWS)
    assert all(np.shares_memory(one, rows) for one in arrays._data(arrays._rows(rows)))


def test_the_samples_of_a_narrow_layer_lie_side_by_side() -> None:
    """What runs differs from the listing in no more than that."""
    xs, ys = leaves(Random(1), 5, "x"), leaves(Random(1), 1, "y_true", "target")
    net = MLP(5, [32, 4, 1], seed=1)
    root = mean_squared_error(net(list(xs)), ys[0])
    inputs, wrt = [*xs, *ys], net.parameters()
    one, other = compile(root, inputs, wrt, backend="numpy").source, to_numpy(root, inputs, wrt)
    lines = [
        line.split("  # ")[0].strip() for text in (one.partition("def summed")[0], other) for line in text.split("\n")
    ]
    changed = [line for line, count in Counter(lines).items() if count == 1]
    assert changed == [
        "sum_h2 = (W_h2 @ h1.T + b_h2[:, None]).T",
        "d_h2 = (d_sum_o * w_o[:, None]).T",
        "sum_h2 = h1 @ W_h2.T + b_h2",
        "d_h2 = d_sum_o[:, None] * w_o",
    ]


@pytest.mark.parametrize("name", ["recurrent", "partly_shared_weights", "no_data", "frozen_layer", "hostile_names"])
def test_unusual_graphs(name: str) -> None:
    random = Random(name)
    root, inputs, wrt = UNUSUAL[name](random)
    program = pickle.loads(pickle.dumps(compile(root, inputs, wrt, backend="numpy")))
    # More samples than are computed at once.
    rows = [[random.uniform(-1.0, 1.0) for _ in inputs] for _ in range(1100 if inputs else 2)]
    numbers = [leaf.data for leaf in wrt]
    assert_same(program.over(rows, numbers), compile(root, inputs, wrt).over(rows, numbers))
    if inputs:
        prepared = program.prepared(rows).selected([5, 3, 900])
        some = [rows[place] for place in (5, 3, 900)]
        assert_same(program.over(prepared, numbers), run_engine(root, inputs, wrt, some, numbers))


@pytest.mark.parametrize("optimizer", [SGD, Adam])
@pytest.mark.parametrize("seed", range(12))
def test_training_by_arrays_and_by_loops_ends_alike(seed: int, optimizer: Any) -> None:
    graph = RandomGraph(Random(seed), 4)
    rule = optimizer(graph.wrt, 0.01)
    rows = [[0.1 * leaf.data * place for leaf in graph.inputs] for place in range(5)]
    ends = []
    for backend in ("python", "numpy"):
        program = compile(graph.root, graph.inputs, graph.wrt, rule.rule, backend=backend)
        run = TrainingRun([leaf.data for leaf in graph.wrt], rule.states, rule.settings())
        program.train(run, rows)
        program.train_in_batches(run, [(0.5, rows[:2]), (1 / 3, rows[2:])], 3)
        ends.append(run.state)
    one, other = ends
    assert (one.step, len(one.losses)) == (other.step, len(other.losses)) == (11, 4)
    assert other.parameters == pytest.approx(one.parameters, rel=1e-9, abs=1e-9)
    assert other.losses == pytest.approx(one.losses, rel=1e-9, abs=1e-9)
    assert np.ravel(other.states) == pytest.approx(np.ravel(one.states), rel=1e-7, abs=1e-9)


def test_a_rule_may_remember_what_is_the_same_for_all_parameters() -> None:
    xs, ws = [Value(1.0), Value(1.0)], [Value(1.0), Value(2.0)]
    rule = UpdateRule({"t": "step", "w": "w - rate * grad / t"}, ["rate"])
    program = compile(ws[0] * xs[0] + ws[1] * xs[1], xs, ws, rule, backend="numpy")
    run = TrainingRun([1.0, 2.0], [(0.0,), (0.0,)], [0.5])
    program.train(run, [[3.0, 5.0], [4.0, 6.0]])
    assert run.state[:3] == ([1.0 - 1.5 - 1.0, 2.0 - 2.5 - 1.5], [(2.0,), (2.0,)], 2)


def test_what_is_not_finite_is_looked_into_sample_by_sample() -> None:
    x, w = Value(1.0, "x"), Value(2.0, "w")
    program = compile((w * x).log(), [x], [w], backend="numpy")
    with pytest.raises(DomainError, match=r"^sample 2: log, by its rule log\(x\), has no answer at x = -2\.0"):
        program.over([[1.0], [3.0], [-1.0]], [2.0])
    # Where the engine says infinity, so does the program.
    assert compile(w * x, [x], [w], backend="numpy").over([[1e200], [1.0]], [1e200])[0] == float("inf")
    rule = SGD([w], 1.0).rule
    training = compile((w * x).log(), [x], [w], rule, backend="numpy")
    run = TrainingRun([2.0], [()], [1.0])
    with pytest.raises(DomainError, match="one of these 2 updates leads to a number that is not finite"):
        training.train_in_batches(run, [(1.0, [[1.0]]), (1.0, [[-1.0]])])
    assert (run.state.parameters, run.state.step) == ([2.0], 0)
    with pytest.raises(DomainError, match="sample 0: log, by its rule"):
        training.train_in_batches(run, [(1.0, [[-1.0]])])


def test_what_cannot_be_meant_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    net, arrays, _ = articles_program()
    numbers = [parameter.data for parameter in net.parameters()]
    with pytest.raises(UsageError, match=r"samples are a list of lists of 3 number\(s\), .* has the shape \(4, 2\)"):
        arrays.over(np.ones((4, 2)), numbers)
    with pytest.raises(UsageError, match=r"samples are lists of 3 number\(s\) each, all of one length"):
        arrays.over([[1.0, 2.0, 3.0], [1.0]], numbers)
    with pytest.raises(UsageError, match=r"parameters holds 8 number\(s\), but this program takes 9"):
        arrays.over(ROWS, numbers[1:])
    with pytest.raises(UsageError, match="this program only differentiates"):
        arrays.train_in_batches(TrainingRun(numbers, [], []), [(1.0, ROWS)])
    with pytest.raises(UsageError, match=r"backend='torch' \(must be one of 'python', 'numpy', 'jax'\)"):
        compile(net.w1 * 2.0, backend="torch")

    def missing(*_: Any, **__: Any) -> Any:
        raise ModuleNotFoundError("No module named 'numpy'")

    monkeypatch.setattr(array_programs, "run_source", missing)
    with pytest.raises(UsageError, match=r"backend='numpy' needs NumPy \(No module named 'numpy'\): pip install numpy"):
        articles_program()


@pytest.mark.parametrize("kind", ["f2", "f4", ">f8", "i2", "u1", bool, object])
def test_samples_are_arrays_of_any_real_numbers(kind: Any) -> None:
    net, arrays, python = articles_program()
    numbers = [parameter.data for parameter in net.parameters()]
    rows = np.array([[3.0, 0.0, 1.0], [1.5, 2.25, 0.0]]).astype(kind)
    rows.flags.writeable = False
    for form in (rows, rows[::-1], rows[:, ::-1], np.asfortranarray(rows), rows.tolist(), iter(rows.tolist())):
        wanted = [[float(one) for one in row] for row in (rows.tolist() if isinstance(form, Iterator) else form)]
        assert_same(arrays.over(form, numbers), python.over(wanted, numbers), 1e-14)
    large = [[2**70, True, np.float32(1.5)]]
    assert_same(arrays.over(large, numbers), python.over([[2.0**70, 1.0, 1.5]], numbers), 1e-14)


@pytest.mark.parametrize(
    "wrong", [None, "0.5", 0.5 + 0j, Value(0.5), Decimal("0.5"), 10**400, np.datetime64("2000-01-01")], ids=type
)
def test_what_is_no_real_number_is_refused_as_by_every_program(wrong: Any) -> None:
    net, arrays, python = articles_program()
    numbers = [parameter.data for parameter in net.parameters()]
    with pytest.raises(StepgradError, match=r"^sample 1\[2\] ") as theirs:
        python.over([ROWS[0], [1.0, 2.0, wrong]], numbers)
    for rows in ([ROWS[0], [1.0, 2.0, wrong]], np.array([ROWS[0], [1.0, 2.0, wrong]], dtype=object)):
        with pytest.raises(type(theirs.value), match=f"^{re.escape(str(theirs.value))}$"):
            arrays.over(rows, numbers)
    with pytest.raises(UsageError, match=r"^samples is .*; expected a list of samples, each of 3 number\(s\)$"):
        arrays.over({"x1": [1.0]}, numbers)


def test_a_wide_network_is_a_short_text() -> None:
    """Its length depends on the layers, not on how wide they are."""
    lengths = []
    for width in (20, 200):
        net = MLP(width, [16, 3], output_activation="linear", seed=1)
        xs, ys = leaves(Random(1), width, "x"), leaves(Random(1), 3, "y_true", "target")
        root = cross_entropy_of_weights(net(list(xs)), ys)
        lengths.append(len(compile(root, [*xs, *ys], net.parameters(), backend="numpy").source.splitlines()))
    assert lengths[0] == lengths[1] < 100
