"""Array code: what it reads like, and that it computes what the engine and the oracles do."""

from __future__ import annotations

import math
import re
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest

from autograd import TABLE, UsageError, Value, clip, define_operation, relu, tanh, to_numpy, where
from autograd.codegen.arrays.listing import ArrayListing
from autograd.codegen.arrays.rolling import Rolled
from autograd.codegen.arrays.spelling import FUNCTIONS, ArrayStyle
from autograd.core.op import VALUES
from autograd.core.primitives import ARITY, PRIMITIVES
from autograd.notation.typesetting import write
from nn import MLP, binary_cross_entropy, half_squared_error, mean_squared_error
from nn.losses import cross_entropy_of_weights

from ...support.arrays import RandomGraph, assert_same, by_oracle, check_arrays, run_arrays, run_engine
from ...support.layers import random_network
from ...support.oracles import central_gradient
from ...support.rows import points_of
from ...support.unusual import UNUSUAL, dot, leaves

GOLDEN = Path(__file__).parent / "golden"


def recorded(net: Any, loss: Any, n_targets: int = 1) -> Value:
    """The loss of one sample; networks and losses name the leaves and give them their roles."""
    root: Value = loss(net([0.5] * net.n_inputs), [0.0] * n_targets if n_targets > 1 else 0.0)
    return root


NETWORKS = {
    "weight-height": lambda: recorded(MLP(2, [2, 1], seed=1), mean_squared_error),
    "xor": lambda: recorded(MLP(2, [3, 1], seed=1), half_squared_error),
    "breast-cancer": lambda: recorded(MLP(30, [4, 1], seed=1), mean_squared_error),
    "log-loss": lambda: recorded(MLP(2, [8, 1], bias=False, seed=1), binary_cross_entropy),
    "softmax": lambda: recorded(MLP(2, [8, 3], "relu", "linear", seed=1), cross_entropy_of_weights, 3),
    "two-hidden-layers": lambda: recorded(MLP(2, [3, 3, 2], "tanh", seed=1), mean_squared_error, 2),
}


# What it reads like ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NETWORKS)
def test_networks_read_as_an_article_writes_them(name: str) -> None:
    assert to_numpy(NETWORKS[name]()) == (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")


def test_the_gradient_of_softmax_with_cross_entropy_is_p_minus_y() -> None:
    assert "    d_o = softmax(o) - y_true " in to_numpy(NETWORKS["softmax"]())


def test_a_hand_written_graph_is_named_by_its_values() -> None:
    xs, first, last = leaves(Random(1), 2, "x"), [leaves(Random(1), 3, "w") for _ in range(2)], leaves(Random(1), 2)
    hidden = [(dot(row[:2], xs) + row[2]).sigmoid().named(f"h{number}") for number, row in enumerate(first, 1)]
    root = dot(last, hidden).named("out")
    text = to_numpy(root, inputs=xs)
    assert "def backprop(X, W_h, w_h, w_out):" in text
    assert "    h = sigmoid(t1) " in text
    assert "    out = h @ w_out " in text


def test_neurons_of_one_layer_that_differ_are_named_together() -> None:
    net = MLP(2, [4, 1], seed=1)
    for neuron, activation in zip(net.neurons, (tanh, relu, tanh, relu), strict=False):
        neuron.activation = activation
    text = to_numpy(recorded(net, mean_squared_error))
    assert "    sum_h = X @ W_h.T + b_h " in text
    assert "    h1_and_h3 = np.tanh(sum_h[:, [0, 2]]) " in text
    assert "    h2_and_h4 = relu(sum_h[:, [1, 3]]) " in text


def test_a_penalty_reads_the_matrices_of_the_network() -> None:
    net = MLP(2, [3, 1], seed=1)
    weights = [weight for neuron in net.neurons for weight in neuron.weights]
    for penalised, joined in (
        (weights, "W_h.ravel(), w_o"),
        (net.parameters(), "W_h.ravel(), b_h, w_o, np.ravel(b_o)"),
    ):
        root = mean_squared_error(net([0.5, 0.25]), 1.0) + 0.01 * sum(one * one for one in penalised)
        text = to_numpy(root)
        assert "def backprop(X, y_true, W_h, b_h, w_o, b_o):" in text
        assert f"    w = np.concatenate([{joined}]) " in text
        assert "    d_W_h = d_w[0:6].reshape(3, 2) + d_sum_h.T @ X " in text
        check_arrays(root, [*net_inputs(root)], net.parameters(), Random(1))


def net_inputs(root: Value) -> list[Value]:
    return [leaf for leaf in ArrayListing(root, [], []).rolled.numbers if leaf.role in ("input", "target")]


def test_no_name_stands_for_two_arrays() -> None:
    for seed in range(40):
        graph = RandomGraph(Random(seed))
        text = ArrayListing(graph.root, graph.inputs, graph.wrt).text()
        assigned = re.findall(r"^    ([\w, ]+) = ", text, re.MULTILINE)
        names = [name for line in assigned for name in line.split(", ")]
        arguments = re.search(r"def backprop\((.*?)\):", text, re.DOTALL)
        assert arguments
        names += [name.strip() for name in arguments[1].split(",") if name.strip()]
        assert len(set(names)) == len(names), text


@pytest.mark.parametrize("seed", range(40))
def test_every_line_says_its_true_shape(seed: int) -> None:
    """What the comments say, and what NumPy makes of it."""
    graph = RandomGraph(Random(seed))
    listing = ArrayListing(graph.root, graph.inputs, graph.wrt)
    checked: list[str] = []
    for line in listing.text().splitlines():
        checked.append(line)
        found = re.fullmatch(r"    (\w+) = .*?  # (\(.*\)|a number)", line)
        if found:
            shape = "()" if found[2] == "a number" else found[2].replace("samples", "5")
            checked.append(f"    assert np.shape({found[1]}) == {shape}, {found[1]!r}")
    assert any("assert" in line for line in checked)
    samples = [[leaf.data for leaf in graph.inputs]] * (5 if graph.inputs else 1)
    numbers = [leaf.data for leaf in graph.wrt]
    run_arrays(graph.root, graph.inputs, graph.wrt, samples, numbers, "\n".join(checked))


def test_a_square_is_told_from_a_product_of_two() -> None:
    xs, rows = leaves(Random(1), 3, "x"), [leaves(Random(2), 3, "w"), leaves(Random(3), 3, "w")]
    h1, h2 = (dot(row, xs).tanh().named(f"h{number}") for number, row in enumerate(rows, 1))
    text = to_numpy(h1 * h1 + h2 * h2 + h1 * h2, inputs=xs)
    assert "(h * h).sum(axis=1) + h[:, 0] * h[:, 1] " in text
    assert "    d_h = 2 * h " in text


def test_data_that_are_read_one_by_one_are_taken_apart() -> None:
    a, b, w = Value(2.0, "a"), Value(3.0, "b"), Value(0.5, "w")
    text = to_numpy((a * b).sin() * w, inputs=[a, b])
    assert "    a, b = X.T " in text
    assert "np.sin(a * b) " in text


def test_long_lists_of_arguments_and_constants_are_wrapped() -> None:
    net = MLP(12, [4, 1], seed=1)
    root = mean_squared_error(net([0.1] * 12), 1)
    text = to_numpy(root, wrt=net.o1.parameters())
    assert max(map(len, text.splitlines())) <= 120
    assert re.search(r"^W_h = np\.array\(\n    \[\[", text, re.MULTILINE)


# What it computes -----------------------------------------------------------------------------------------------------


def test_there_are_as_many_unusual_graphs_as_were_asked_for() -> None:
    assert len(UNUSUAL) >= 33


@pytest.mark.parametrize("name", UNUSUAL)
def test_unusual_graphs(name: str) -> None:
    random = Random(name)
    root, inputs, wrt = UNUSUAL[name](random)
    # Ties have no derivative, and of a row with a mistake the oracles know only the expression.
    is_smooth = name not in ("ties", "another_partial_for_the_same_expression")
    for rows in (1, 4):
        check_arrays(root, inputs, wrt, random, rows, with_oracle=is_smooth)


def test_a_row_is_told_from_another_with_the_same_expression(monkeypatch: pytest.MonkeyPatch) -> None:
    """The graph with a mistaken partial is right; were rows told apart by their expressions, it would be wrong."""
    family = Rolled._family

    def careless(self: Rolled, key: Any, make: Any) -> Any:
        return family(self, (getattr(key[0], "expression", key[0]), *key[1:]), make)

    monkeypatch.setattr(Rolled, "_family", careless)
    random = Random(1)
    graph = UNUSUAL["another_partial_for_the_same_expression"](random)
    with pytest.raises(AssertionError):
        check_arrays(*graph, random, with_oracle=False)


@pytest.mark.parametrize("name", NETWORKS)
def test_networks_against_central_differences(name: str) -> None:
    random = Random(name)
    root = NETWORKS[name]()
    listing = ArrayListing(root, [], [])
    leaves_of_root = list(listing.rolled.numbers)
    inputs = [leaf for leaf in leaves_of_root if leaf.role in ("input", "target")]
    wrt = [leaf for leaf in leaves_of_root if leaf.role == "parameter"]
    rows = [[random.uniform(0.1, 0.9) for _ in inputs] for _ in range(3)]
    numbers = [leaf.data for leaf in wrt]
    total = by_oracle(root, inputs, wrt, rows)
    wanted = float(total(*numbers)), central_gradient(lambda *ws: float(total(*ws)), numbers)
    assert_same(run_arrays(root, inputs, wrt, rows, numbers), wanted, 1e-7)


@pytest.mark.parametrize("part", range(3))
def test_random_networks(part: int) -> None:
    for seed in range(part * 100, part * 100 + 100):
        random = Random(seed)
        root, inputs, wrt = random_network(random)
        check_arrays(root, inputs, wrt, random, random.choice([1, 2, 5]), with_oracle=seed % 10 == 0)


@pytest.mark.parametrize("part", range(5))
@pytest.mark.slow
def test_random_graphs(part: int) -> None:
    for seed in range(part * 200, part * 200 + 200):
        random = Random(seed)
        graph = RandomGraph(random)
        rows = random.choice([1, 2, 5])
        check_arrays(graph.root, graph.inputs, graph.wrt, random, rows, with_oracle=seed % 10 == 0)


def test_where_the_prediction_is_sure_p_minus_y_is_exact_to_1e_16() -> None:
    zs, ys = leaves(Random(1), 3, "z"), leaves(Random(1), 3, "y_true", "target")
    root = cross_entropy_of_weights(zs, ys)
    _, gradients = run_arrays(root, ys, zs, [[1.0, 0.0, 0.0]], [700.0, 660.0, -1000.0])
    assert gradients == pytest.approx([-np.exp(-40.0), np.exp(-40.0), 0.0], abs=1e-16)


# How functions are spelled --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PRIMITIVES)
def test_every_function_of_the_table_is_spelled_as_it_is_computed(name: str) -> None:
    style = ArrayStyle()
    arguments = ["x", "y", "z"][: ARITY[name]]
    text = write(("call", name, *(("name", one) for one in arguments)), style)
    names: dict[str, Any] = {"np": np}
    for function in style.functions():
        exec(function, names)
    points = points_of(TABLE[name])
    for point in (0.5, 1.0, 2.0):  # ties
        with suppress(ArithmeticError, ValueError):
            PRIMITIVES[name](*(point,) * ARITY[name])
            points.append((point,) * ARITY[name])
    with np.errstate(all="ignore"):
        found = eval(text, names, dict(zip(arguments, np.array(points).T, strict=True)))
    assert list(found) == pytest.approx([PRIMITIVES[name](*point) for point in points], rel=1e-14)


def test_erf_and_its_like_are_those_of_pythons_math() -> None:
    """Also far out, and where nothing is to be computed; without a warning."""
    points = [x / 8 for x in range(-320, 321)] + [0.0, 1e-300, -1e-17, 1e308, -1e308, math.inf, -math.inf, math.nan]
    for name in ("erf", "erfc", "gelu", "silu", "elu", "softsign", "floor", "ceil", "sign", "log1p", "expm1", "asinh"):
        inside = [x for x in points if name not in ("log1p", "expm1") or -1 < x < 700]
        root = VALUES[name](Value(0.5, "x") * 1.0)
        names: dict[str, Any] = {}
        exec(to_numpy(root, inputs=list(root.inputs[0].inputs), wrt=[]), names)
        # That exp(-x) in sigmoid overflows is known.
        with np.errstate(all="raise", under="ignore", over="ignore"):
            for x in inside:
                value, _ = names["backprop"](np.array([x]))
                assert value == pytest.approx(PRIMITIVES[name](x), rel=1e-14, abs=0.0, nan_ok=True), (name, x)


def test_the_branch_that_is_not_taken_and_bounds_are_not_computed_into_nan_or_a_warning() -> None:
    x, w = Value(0.5, "x"), Value(2.0, "w")
    root = where(x, w * x, w + math.inf) + clip(w * x, -math.inf, 0.5) + clip(x - x, -1.0, math.inf)
    names: dict[str, Any] = {}
    exec(to_numpy(root, inputs=[x], wrt=[w]), names)
    with np.errstate(all="raise"):
        _, (gradient,) = names["backprop"](np.array([0.5, 0.25, 1.0]), 0.75)
    assert float(gradient) == 2 * 0.5 + 2 * 0.25 + 1.0  # beyond the bound, where x is 1.0, clip adds nothing


def test_a_function_that_is_brought_along_brings_those_it_calls() -> None:
    style = ArrayStyle()
    for name in FUNCTIONS:
        style.call(name, ["x"])
    names: dict[str, Any] = {"np": np}
    for function in style.functions():
        exec(function, names)
    for name in FUNCTIONS:
        known = {*names, "math", "float", *dir(np), *dir(np.ndarray), *dir(np.ufunc)}
        assert set(names[name].__code__.co_names) <= known


@pytest.mark.usefixtures("clean_table")
def test_an_operation_of_ones_own_is_written_out() -> None:
    swish = define_operation(
        "swish",
        "x * sigmoid(b * x)",
        {
            "x": "sigmoid(b * x) + x * b * sigmoid(b * x) * (1 - sigmoid(b * x))",
            "b": "x * x * sigmoid(b * x) * (1 - sigmoid(b * x))",
        },
        "by the product rule",
    )
    xs, weights = leaves(Random(2), 2, "x"), leaves(Random(2), 4, "w")
    root = swish(dot(weights[:2], xs), 1.5) + swish(dot(weights[2:], xs), weights[0])
    rows, numbers = [[0.3, -0.4], [1.0, 2.0]], [0.5, -0.25, 0.75, 1.0]
    assert_same(run_arrays(root, xs, weights, rows, numbers), run_engine(root, xs, weights, rows, numbers))


def test_numbers_that_are_no_numbers_are_spelled() -> None:
    x, w = Value(1.0, "x"), Value(2.0, "w")
    text = to_numpy((x * w + float("inf")).tanh() + (x + w) * float("nan") - float("inf"), inputs=[x])
    assert "np.inf" in text
    assert "np.nan" in text
    exec(text, {})


# What is asked of it --------------------------------------------------------------------------------------------------


def test_targets_stand_apart_and_the_rest_of_the_inputs_is_one_array() -> None:
    x, y, w = Value(1.0, "a"), Value(2.0, "b"), Value(0.5, "w")
    label = Value(1.0, "label")
    label.role = "target"
    text = to_numpy((w * x - y - label) ** 2, inputs=[x, y])
    assert "def backprop(X, label, w):" in text
    assert "def backprop(a, b, label, w)" not in text


def test_without_roles_and_inputs_there_is_one_row() -> None:
    a, b = Value(2.0, "a"), Value(3.0, "b")
    names: dict[str, Any] = {}
    text = to_numpy(a * b)
    exec(text, names)
    assert "def backprop(a, b):" in text
    assert names["backprop"](2.0, 3.0) == (6.0, (3.0, 2.0))


def test_what_is_no_leaf_or_both_is_refused() -> None:
    x, w = Value(1.0, "x"), Value(2.0, "w")
    with pytest.raises(UsageError, match=r"inputs and wrt are leaves; Value\(2\.0\) is computed, by <Op mul"):
        to_numpy((x * w).exp(), wrt=[x * w])
    with pytest.raises(UsageError, match=r"Value\(1\.0, 'x'\) is in inputs and in wrt; .* leave it out of one"):
        to_numpy(x * w, inputs=[x], wrt=[x, w])
    with pytest.raises(UsageError, match=r"wrt is a list of Values, such as net\.parameters\(\), not of 'w'"):
        to_numpy(x * w, inputs=[x], wrt=["w"])  # type: ignore[list-item]


def test_a_leaf_keeps_the_number_that_was_read() -> None:
    x, w, scale = Value(1.0, "x"), Value(2.0, "w"), Value(3.0, "scale")
    root = x * w * scale
    scale.data = 100.0
    assert "L" not in to_numpy(root, inputs=[x], wrt=[w])
    assert "* 3 " in to_numpy(root, inputs=[x], wrt=[w])
