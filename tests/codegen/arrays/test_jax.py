"""Array code for JAX: it reads as NumPy's does, and computes what NumPy and JAX's own derivatives do."""

from __future__ import annotations

import math
import pickle
import re
import sys
from contextlib import suppress
from importlib import import_module
from random import Random
from typing import Any

import numpy as np
import pytest

from autograd import TABLE, DomainError, UsageError, Value, define_operation, logsumexp, norm, to_jax, to_numpy
from autograd import compile as compiled
from autograd.codegen.arrays.blocks import Block
from autograd.codegen.arrays.jax_spelling import JaxStyle
from autograd.codegen.arrays.listing import ArrayListing
from autograd.core.graph import topological_order
from autograd.core.primitives import ARITY, PRIMITIVES
from autograd.extend import RolledForJax, TrainingRun
from autograd.notation.typesetting import write
from nn import MLP, SGD, mean_squared_error

from ...support.arrays import RandomGraph, assert_same, check_on_jax
from ...support.engines import NEEDS_JAX
from ...support.layers import random_network
from ...support.rows import points_of
from ...support.sequences import RandomSequence
from ...support.unusual import UNUSUAL
from .test_listing import NETWORKS

jax: Any = import_module("jax") if not NEEDS_JAX.args[0] else None


def in_double() -> Any:
    return jax.enable_x64(True) if hasattr(jax, "enable_x64") else import_module("jax.experimental").enable_x64()


def article() -> tuple[MLP, Value]:
    net = MLP(2, [2, 1], seed=1)
    return net, mean_squared_error(net([0.5, -1.0]), 1.0)


# What it reads like; for this JAX need not be there -------------------------------------------------------------------


@pytest.mark.parametrize("name", ["weight-height", "xor", "breast-cancer", "two-hidden-layers"])
def test_it_reads_as_numpys_does(name: str) -> None:
    root = NETWORKS[name]()
    theirs, ours = to_numpy(root).replace("numpy as np", "jax.numpy as jnp").replace("np.", "jnp."), to_jax(root)
    assert [line.split("  #")[0].rstrip() for line in ours.splitlines()] == [
        line.split("  #")[0].rstrip() for line in theirs.replace("jjnp", "jnp").splitlines()
    ]
    # The comments stand in one column.
    assert len({line.rindex("  # ") for line in ours.splitlines() if " = " in line and "  # " in line}) == 1


def test_what_is_added_to_an_array_makes_another_one() -> None:
    """Weights that two neurons share: their gradients are gathered."""
    x, y, w, v = Value(2.0, "x"), Value(3.0, "y"), Value(0.5, "w"), Value(1.5, "v")
    text = to_jax(((w * x + v * y).tanh() + (v * x + w * y).tanh()).named("L"), inputs=[x, y])
    assert re.search(r"^    d_p = d_p\.at\[\w+\]\.add\(.+\)", text, re.MULTILINE)
    assert "np.add.at" not in text.replace("jnp", "")
    assert "+=" not in text


@pytest.mark.usefixtures("clean_table")
def test_an_operation_of_pythons_is_refused() -> None:
    cubed = define_operation("cubed", lambda x: x**3, {"x": "3 * x ** 2"}, "a cube", array_function=np.square)
    x = Value(2.0, "x")
    with pytest.raises(UsageError, match=r"^cubed has no JAX code: .* Use NumPy, with to_numpy, backend='numpy'"):
        to_jax(cubed(x), inputs=[], wrt=[x])


def test_without_jax_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jax", None)
    x = Value(2.0, "x")
    with pytest.raises(UsageError, match=r"^backend='jax' needs JAX \(.*\): pip install jax$"):
        compiled((x * 17.25).sin(), inputs=[x], wrt=[], backend="jax")


# What it computes -----------------------------------------------------------------------------------------------------


@NEEDS_JAX
def test_a_program_is_called_as_numpys_is_and_changes_no_setting() -> None:
    net, root = article()
    numbers = [parameter.data for parameter in net.parameters()]
    ours, theirs = (compiled(root, wrt=net.parameters(), backend=backend) for backend in ("jax", "numpy"))
    rows = [[0.5, -1.0, 1.0], [1.5, 0.25, 0.0], [-2.0, 3.0, 1.0]]
    for program in (ours, pickle.loads(pickle.dumps(ours))):
        assert_same(program(rows[1], numbers), theirs(rows[1], numbers), 1e-14)
        assert_same(program.over(rows, numbers), theirs.over(rows, numbers), 1e-14)
        assert (program.inputs, program.parameters) == (theirs.inputs, theirs.parameters)
    assert jax.numpy.ones(1).dtype == np.float32
    assert not jax.config.jax_enable_x64


@NEEDS_JAX
def test_where_there_is_no_answer_the_engine_says_so() -> None:
    x, w = Value(2.0, "x"), Value(1.0, "w")
    rule = SGD([w], 1.0).rule
    program: Any = compiled((w * x).log(), inputs=[x], wrt=[w], update=rule, backend="jax")
    with pytest.raises(DomainError, match=r"^sample 1: log, by its rule"):
        program.over([[1.0], [-1.0], [3.0]], [1.0])
    run = TrainingRun([1.0], [()], [0.5])
    with pytest.raises(DomainError, match="one of these 4 updates leads to a number that is not finite"):
        program.train_in_batches(run, [(1.0, [[1.0]]), (1.0, [[-1.0]])], 2)
    assert run.state.step == 0


@NEEDS_JAX
def test_a_batch_is_filled_up_with_samples_that_count_nothing() -> None:
    """The root of each sample has a weight, 0 for those that are added: also where the data do not reach it."""
    x, w = Value(2.0, "x"), Value(1.5, "w")
    root = w * x + w * w
    rolled = RolledForJax(root, [x], [w], SGD([w], 1.0).rule)
    program = rolled.compiled()
    run = TrainingRun([1.5], [()], [0.125])
    program.train_in_batches(run, [(1.0, [[1.0], [2.0], [3.0]]), (0.5, [[4.0]])])
    first = 1.5 - 0.125 * (6.0 + 3 * 2 * 1.5)
    second = first - 0.125 * 0.5 * (4.0 + 2 * first)
    assert run.state.parameters == pytest.approx([second], rel=1e-14)
    assert run.state.losses == pytest.approx([1.5 * 6 + 3 * 1.5**2 + 4 * first + first**2], rel=1e-14)


@NEEDS_JAX
@pytest.mark.parametrize("name", ["breast-cancer", "softmax"])
@pytest.mark.slow
def test_the_text_gives_the_gradients_that_jax_finds_itself(name: str) -> None:
    root, random = NETWORKS[name](), np.random.default_rng(1)
    names: dict[str, Any] = {}
    leaves = [leaf for leaf in topological_order(root) if not leaf.inputs]
    inputs = [leaf for leaf in leaves if leaf.role in ("input", "target")]
    listing = ArrayListing(root, inputs, [leaf for leaf in leaves if leaf.role == "parameter"], JaxStyle)
    shapes = [(5, len(members))[: 1 if len(members) == 1 else 2] for _, members in listing.data]
    data = len(shapes)
    shapes += [Block(block, False).shape for _, block in listing.layout]
    with in_double():
        exec(listing.text(), names)
        arrays = [jax.numpy.array(random.uniform(0.1, 0.9, shape)) for shape in shapes]
        places = tuple(range(data, len(arrays)))
        wanted = jax.grad(lambda *given: names["backprop"](*given)[0], argnums=places)(*arrays)
        _, found = jax.jit(names["backprop"])(*arrays)
        for one, other in zip(found, wanted, strict=True):
            assert np.allclose(one, other, rtol=1e-11, atol=1e-13)


@NEEDS_JAX
@pytest.mark.parametrize("part", range(5))
@pytest.mark.slow
def test_random_graphs_and_networks(part: int) -> None:
    for seed in range(part * 10, part * 10 + 10):
        random = Random(seed)
        graph = RandomGraph(random)
        check_on_jax((graph.root, graph.inputs, graph.wrt), random, random.choice([1, 2, 5]))
        check_on_jax(random_network(random), random, random.choice([1, 2, 5]))
    for seed in range(part * 2, part * 2 + 2):
        random, sequence = Random(seed), RandomSequence(Random(seed))
        check_on_jax((sequence.root, sequence.inputs, sequence.wrt), random, 3)


@NEEDS_JAX
def test_a_penalty_on_all_parameters() -> None:
    """Which is read as one vector, of matrices, vectors and numbers."""
    net, loss = article()
    xs = [leaf for leaf in topological_order(loss) if leaf.role in ("input", "target")]
    check_on_jax((loss + 0.5 * sum(one * one for one in net.parameters()), xs, net.parameters()), Random(1), 3)


@NEEDS_JAX
@pytest.mark.slow
def test_unusual_graphs() -> None:
    for name, make in UNUSUAL.items():
        random = Random(name)
        check_on_jax(make(random), random, 3)


@NEEDS_JAX
@pytest.mark.slow
def test_every_function_of_the_table_is_spelled_as_it_is_computed() -> None:
    for name in PRIMITIVES:
        style = JaxStyle()
        arguments = ["x", "y", "z"][: ARITY[name]]
        text = style.spelled(write(("call", name, *(("name", one) for one in arguments)), style))
        names: dict[str, Any] = {}
        exec(style.heading, names)
        for function in style.functions():
            exec(style.spelled(function), names)
        points = points_of(TABLE[name])
        for point in (0.5, 1.0, 2.0):  # ties
            with suppress(ArithmeticError, ValueError):
                PRIMITIVES[name](*(point,) * ARITY[name])
                points.append((point,) * ARITY[name])
        with in_double():
            columns = map(jax.numpy.array, zip(*points, strict=True))
            found = eval(text, names, dict(zip(arguments, columns, strict=True)))
            wanted = [PRIMITIVES[name](*point) for point in points]
            assert found.tolist() == pytest.approx(wanted, rel=1e-12, abs=1e-300, nan_ok=True), name


@NEEDS_JAX
@pytest.mark.parametrize("fold", [norm, logsumexp, sum])
@pytest.mark.slow
def test_segments_of_different_length(fold: Any) -> None:
    xs = [Value(0.25 * place - 0.5, f"x{place}") for place in range(4)]
    ws = [Value(1.5 - place, f"w{place}") for place in range(4)]
    each = [w * x for w, x in zip(ws, xs, strict=True)]
    root = fold(each[:2]).sin() * fold(each).sin() * fold(each[1:]).sin()
    assert "_from(" in to_jax(root, inputs=xs)
    check_on_jax((root, xs, ws), Random(1), 3)


@NEEDS_JAX
@pytest.mark.slow
def test_norms_and_log_sum_exp_at_the_ends_of_the_floats() -> None:
    names: dict[str, Any] = {}
    style = JaxStyle()
    style.needs |= {"norm", "logsumexp"}
    exec("\n".join([style.heading, *map(style.spelled, style.functions())]), names)
    with in_double():
        rows = jax.numpy.array([[3e200, 4e200], [3e-200, 4e-200], [0.0, 0.0], [-math.inf, 1.0]])
        assert names["norm"](rows).tolist() == pytest.approx([5e200, 5e-200, 0.0, math.inf], rel=1e-15)
        rows = jax.numpy.array([[800.0, 800.0], [-900.0, 3.0]])
        assert names["logsumexp"](rows).tolist() == pytest.approx([800.0 + math.log(2.0), 3.0], rel=1e-15)
