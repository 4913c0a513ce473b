"""Compiled graphs: the same numbers as the engine's, the same errors, and no less careful about what they are given."""

from __future__ import annotations

import gc
import linecache
import math
import multiprocessing
import pickle
import traceback
from collections.abc import Callable
from random import Random
from typing import Any

import numpy
import pytest

from autograd import (
    TABLE,
    DomainError,
    NotANumberError,
    UsageError,
    Value,
    compile,  # noqa: A004
    define_operation,
    no_grad,
    record_lines,
    trace,
)
from autograd.core.op import VALUES
from autograd.core.operations import recorder
from autograd.extend import TrainingRun
from nn import MLP, SGD, Adam, mean_squared_error
from nn.articles import ARTICLES, one_sample

from ..conftest import Spoil
from ..support import oracles
from ..support.graphs import HOSTILE, articles_loss, hostile_graph, random_graph, untrained
from ..support.programs import Program as Steps
from ..support.programs import run
from ..support.rows import operands_of


def check(root: Value, rel: float = 1e-12) -> None:
    """A program of all leaves gives the recorded value and the gradients of a fresh backward."""
    leaves = [leaf.value for leaf in trace(root).leaves]
    numbers = [leaf.number for leaf in trace(root).leaves]
    for leaf in leaves:
        leaf.grad = 0.0
    root.backward()
    half = len(leaves) // 2
    program = compile(root, inputs=leaves[:half], wrt=leaves[half:])
    value, gradients = program(numbers[:half], numbers[half:])
    wanted = [leaf.grad for leaf in leaves[half:]]
    scale = max((abs(leaf.grad) for leaf in leaves if math.isfinite(leaf.grad)), default=0.0)
    assert value == pytest.approx(root.data, rel=rel, nan_ok=True)
    assert gradients == pytest.approx(wanted, rel=rel, abs=rel * scale, nan_ok=True)
    total, summed = program.over([numbers[:half]] * 3, numbers[half:])
    assert total == pytest.approx(3 * value, rel=rel, nan_ok=True)
    assert summed == pytest.approx([3 * one for one in gradients], rel=rel, abs=rel * scale, nan_ok=True)


def test_the_articles_figures() -> None:
    net, loss = articles_loss()
    program = compile(loss)
    value, gradients = program([-2, -1, 1], [1, 1, 0] * 3)
    assert value == pytest.approx(0.22686628719087137, rel=1e-12)
    by_name = dict(zip(net.named_parameters(), gradients, strict=True))
    assert by_name["w1"] == pytest.approx(0.02146953526581111, rel=1e-12)
    assert by_name["w5"] == pytest.approx(-0.011269220242958155, rel=1e-12)
    assert by_name["b3"] == pytest.approx(-0.23761755952842809, rel=1e-12)


def test_other_numbers_than_those_that_were_recorded() -> None:
    net, loss = articles_loss()
    program = compile(loss)
    random = Random(1)
    for _ in range(20):
        numbers = {name: random.gauss(0, 1) for name in net.named_parameters()}
        x, y = [random.gauss(0, 3), random.gauss(0, 3)], random.random()
        net.set_parameters(numbers)
        net.zero_grad()
        eager = mean_squared_error(net(x), y)
        eager.backward()
        value, gradients = program([*x, y], numbers.values())
        assert value == pytest.approx(eager.data, rel=1e-12)
        assert gradients == pytest.approx([parameter.grad for parameter in net.parameters()], rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("name", sorted(ARTICLES))
def test_every_article(name: str) -> None:
    check(one_sample(name, untrained(name)))


@pytest.mark.parametrize("name", sorted(TABLE))
def test_every_row_of_the_table(name: str) -> None:
    op = TABLE[name]
    record: Any = VALUES.get(name) or recorder(op)
    random = Random(0)
    for _ in range(5):
        numbers = operands_of(op, random)
        leaves = [Value(number, f"v{index}") for index, number in enumerate(numbers)]
        check(record(*leaves))
        check(record(*[leaf * 1.25 - leaf / 4 for leaf in leaves]) * leaves[0])
        check(record(leaves[0], *numbers[1:]))


@pytest.mark.parametrize("graphs", [100, pytest.param(300, marks=pytest.mark.slow)])
def test_random_graphs_with_fan_out(graphs: int) -> None:
    random = Random(21)
    for _ in range(graphs):
        check(random_graph(random)[1])


def test_random_graphs_against_dual_numbers() -> None:
    random = Random(22)
    for _ in range(50):
        names = random.choices(["mul", "exp", "div", "power"], k=8)
        program: Steps = [(name, random.randrange(9), random.randrange(9)) for name in names]
        point = [random.uniform(-1.5, 1.5) for _ in range(3)]
        xs = [Value(x) for x in point]
        _, gradients = compile(run(program, xs, 1), inputs=[], wrt=xs)([], point)
        exact = oracles.dual_gradient(lambda *p, program=program: run(program, p, 2), point)
        assert gradients == pytest.approx(exact, rel=1e-9, abs=1e-9)


@pytest.mark.usefixtures("clean_table")
def test_operations_of_ones_own_hostile_names_and_unnamed_leaves() -> None:
    gauss = define_operation("gauss", "exp(-x * x)", {"x": "-2 * x * out"}, "it falls off on both sides of 0")
    check(gauss(Value(0.3) * Value(0.4)))
    check(hostile_graph()[1])
    for name in HOSTILE:
        check((Value(1.5, name) * 2 + Value(0.5, name) * Value(0.5, "samples")).named(name))
    check((Value(1.0, "total") * Value(2.0, "inputs") * Value(3.0, "sum_w") * Value(4.0, "w")).named("parameters"))


def test_what_is_not_an_input_nor_a_parameter_keeps_its_number() -> None:
    x, w, c = Value(2.0, "x"), Value(3.0, "w"), Value(5.0)
    program = compile(x * w + c, inputs=[x], wrt=[w])
    assert program([10.0], [1.0]) == (15.0, [10.0])
    c.data = 100.0
    assert program([10.0], [1.0]) == (15.0, [10.0])


def test_parameters_that_do_not_reach_the_root_and_the_root_itself() -> None:
    x, w, elsewhere = Value(2.0, "x"), Value(3.0, "w"), Value(1.0, "v")
    program = compile(x * w, inputs=[x], wrt=[elsewhere, w])
    assert program([10.0], [7.0, 1.0]) == (10.0, [0.0, 10.0])
    assert program.over([[10.0], [5.0]], [7.0, 1.0]) == (15.0, [0.0, 15.0])
    alone = compile(w, inputs=[], wrt=[w])
    assert alone([], [4.0]) == (4.0, [1.0])
    assert alone.over([[], []], [4.0]) == (8.0, [2.0])


def test_numbers_are_checked_and_converted() -> None:
    program = compile(Value(2.0, "x") * 3, inputs=[], wrt=None)
    half: Any = numpy.float32(0.5)
    assert program([], [half]) == (1.5, [3.0])
    value, gradients = program([], [True])
    assert (type(value), type(gradients[0])) == (float, float)
    with pytest.raises(UsageError, match=r"parameters holds 2 number\(s\), but this program takes 1"):
        program([], [1.0, 2.0])
    with pytest.raises(NotANumberError, match=r"parameters\[0\] holds one real number, not str '2'"):
        program([], ["2"])  # type: ignore[list-item]
    with pytest.raises(UsageError, match=r"inputs is .*; expected a list of 0 number"):
        program("", [1.0])  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="sample 1 holds 1 number"):
        program.over([[], [1.0]], [1.0])


def test_errors_are_those_of_the_engine() -> None:
    x, w = Value(2.0, "price"), Value(3.0, "w")
    program = compile(x.log() * w, inputs=[x], wrt=[w])
    calls: list[Callable[[], object]] = [lambda: program([0.0], [1.0]), lambda: program.over([[1.0], [0.0]], [1.0])]
    for call in calls:
        with pytest.raises(DomainError, match=r"log, by its rule log\(x\), has no answer at x = 0.0 \(named 'price'\)"):
            call()
    root = compile((x - 2.0) ** 0.5 * w, inputs=[x], wrt=[w])
    with pytest.raises(DomainError, match="power"):  # never a complex number
        root([1.0], [1.0])
    too_large = compile(x.exp() * w, inputs=[x], wrt=[w])
    with pytest.raises(DomainError, match="exp"):
        too_large([1000.0], [1.0])
    assert too_large([1.0], [math.inf])[0] == math.inf
    square = compile((w * x) ** 2, inputs=[x], wrt=[w])  # a product in the text, which would be inf
    with pytest.raises(DomainError, match="power"):
        square([1.0], [1e200])
    assert square([1.0], [1e153])[0] == 1e306
    assert math.isnan(square([1.0], [math.nan])[0])
    line = compile((w * x).named("z").log() * w, inputs=[x], wrt=[w])
    with pytest.raises(DomainError, match="named 'z'"):
        line([1.0], [-1.0])


def test_a_thousand_divisions_in_a_row() -> None:
    x, w = Value(1.001, "x"), Value(2.0, "w")
    root = w
    for _ in range(1000):
        root = root / x
    check(root, rel=1e-9)


def test_a_very_negative_sum_stays_on_the_fast_text() -> None:
    x, w = Value(1.0, "x"), Value(1.0, "w")
    program = compile((w * x).sigmoid(), inputs=[x], wrt=[w])
    assert program._one([1.0], [-720.0])[0] == pytest.approx(math.exp(-720.0), rel=1e-12)
    assert program._one([1.0], [-1000.0]) == (0.0, [0.0])
    assert compile(w * math.inf, inputs=[], wrt=[w])._one([], [2.0]) == (math.inf, [math.inf])


def test_a_spoilt_row_spoils_the_program(spoilt: Spoil) -> None:
    x, w = Value(2.0, "x"), Value(3.0, "w")
    with spoilt("mul", x="5 * y"):
        assert compile(w * x, inputs=[x], wrt=[w])([2.0], [3.0]) == (6.0, [10.0])


def test_the_source_is_what_runs_and_what_a_traceback_shows() -> None:
    x, w = Value(2.0, "x"), Value(3.0, "w")
    program = compile((w * x).named("z").sigmoid(), inputs=[x], wrt=[w])
    filename = program._one.__code__.co_filename
    assert "".join(linecache.getlines(filename)) == program.source
    with pytest.raises(TypeError) as caught:
        program._one(["a"], [1.0])
    assert "z = w * x" in "".join(traceback.format_exception(caught.value))
    assert "exp(-z)" in program.source
    assert "import stepgrad" not in program.source
    del program, caught
    gc.collect()
    assert filename not in linecache.cache


def _in_another_process(program: Any) -> Any:
    return program([-2.0, -1.0, 1.0], [1.0, 1.0, 0.0] * 3)


def test_it_pickles_also_into_a_spawned_process() -> None:
    program = compile(articles_loss()[1])
    again = pickle.loads(pickle.dumps(program))
    assert again.source == program.source
    assert _in_another_process(again) == _in_another_process(program)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.apply(_in_another_process, (program,)) == _in_another_process(program)
    x = Value(1.0, "x")
    with pytest.raises(DomainError, match="named 'x'"):
        pickle.loads(pickle.dumps(compile(x.log(), inputs=[], wrt=[x])))([], [0.0])


def test_a_network_of_some_hundred_parameters() -> None:
    net = MLP(30, [8, 1], seed=3)
    check(mean_squared_error(net([0.1 * number for number in range(30)]), 1))


def test_what_is_wrong_is_said() -> None:
    x, w = Value(2.0, "x"), Value(3.0, "w")
    y = (x * w).named("y")
    with pytest.raises(UsageError, match=r"numbers for leaves; Value\(6.0, 'y'\) is computed"):
        compile(y * 2, inputs=[y])
    with pytest.raises(UsageError, match=r"Value\(2.0, 'x'\) is an input and in wrt"):
        compile(y, inputs=[x], wrt=[x])
    with pytest.raises(UsageError, match="wrt is a list of Values"):
        compile(y, wrt=["w"])  # type: ignore[list-item]
    with pytest.raises(UsageError, match="starts at a Value"):
        compile("x * w")  # type: ignore[arg-type]


def both(f: Callable[[Value], Value], at: float) -> list[str]:
    """What a program recorded at 1, and the engine, say of another number: the answer, or the error."""
    w = Value(1.0, "w")
    program = compile(f(w), [], [w])

    def by_engine() -> tuple[float, list[float]]:
        v = Value(at, "w")
        root = f(v)
        root.backward()
        return root.data, [v.grad]

    def by_program() -> tuple[float, list[float]]:
        return program([], [at])

    said = []
    for way in (by_program, by_engine):
        try:
            said.append(repr(way()))
        except DomainError as error:
            said.append(str(error))
    return said


@pytest.mark.usefixtures("clean_table")
def test_defined_operations_are_themselves_where_they_have_no_answer() -> None:
    half = define_operation("half_square", "0.5 * x * x", {"x": "2 * out / x"}, "as far as it is large, twice, over x")
    step = define_operation("careful_step", "heaviside(x)", {"x": "log(x)"}, "not what it is, but what it says")
    mine = define_operation("my_log", "log(x)", {"x": "1 / x"}, "as for log")
    for f, number, name in ((half, 0.0, "half_square"), (step, -1.0, "careful_step"), (mine, -1.0, "my_log")):
        program, engine = both(f, number)
        assert program == engine
        assert f"{name}" in program
    with no_grad():
        w = Value(1.0, "w")
    root_program = compile(w.sqrt(), [], [w])
    with no_grad(), pytest.raises(DomainError, match="the gradient of sqrt"):
        root_program([], [0.0])
    with record_lines(), pytest.raises(DomainError) as caught:
        root_program([], [-1.0])
    assert caught.value.place is None
    define_operation("my_log", "log(2 * x)", {"x": "1 / x"}, "another one by now")
    root_program = compile(mine(w), [], [w])
    with pytest.raises(DomainError, match=r"my_log, by its rule log\(x\), has no answer at x = -1\.0 \(named 'w'\)"):
        root_program([], [-1.0])


def test_names_in_errors_are_those_that_people_gave() -> None:
    w, c = Value(1.0, "w\n" + "long" * 20), Value(0.5)
    program = compile(((w - c).named("h1") * (w + 1).named("h1")).log(), [], [w])
    with pytest.raises(DomainError) as caught:
        program([], [0.25])
    assert caught.value.names == {}
    twice = compile((w - 1).named("h1") / (w - c).named("h1"), [], [w])
    with pytest.raises(DomainError, match=r"y = 0\.0 \(named 'h1'\)"):
        twice([], [0.5])
    with pytest.raises(DomainError) as caught:
        compile(w.log(), [], [w])([], [0.0])
    assert caught.value.names == {"x": w.name}


def test_what_a_program_is_made_of_and_called_with_is_checked() -> None:
    x, w = Value(2.0, "x"), Value(0.5, "w")
    root = (w * x - 3) ** 2
    program = compile(root, inputs=[x])
    assert program([2.0], [0.5]) == (4.0, [-8.0])
    with pytest.raises(UsageError, match=r"wrt lists Value\(0\.5, 'w'\) twice; a program takes one number for each"):
        compile(root, [x], [w, w])
    with pytest.raises(UsageError, match=r"inputs lists Value\(2\.0, 'x'\) twice"):
        compile(root, [x, x], [w])
    with pytest.raises(UsageError, match=r"is an input and in wrt; .*: leave it out of one"):
        compile(root, [x], [x, w])
    with pytest.raises(UsageError, match=r"update is an UpdateRule, such as .*, not 0\.1"):
        compile(root, [x], [w], update=0.1)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match=r"moving are the parameters that an update moves: give the rule, too"):
        compile(root, [x], [w], moving=[w])
    with pytest.raises(UsageError, match=r"this program only differentiates; one that trains is compiled with update="):
        program.train(TrainingRun([0.5], [()], [0.1]), [[2.0]])
    wrong: list[Any] = [5, None, "ab", b"ab", {2.0: 1}, {2.0}, numpy.array(2.0), x]
    for given in wrong:
        with pytest.raises(UsageError, match=r"inputs is .*; expected a list of 1 number\(s\)"):
            program(given, [0.5])
        with pytest.raises(UsageError, match=r"samples is .*; expected a list of samples, each of 1|sample 0 "):
            program.over(given if given != "ab" else [given], [0.5])
    values: list[Any] = [w]
    with pytest.raises(UsageError, match=r"parameters\[0\] is the Value Value\(0\.5, 'w'\); .*: write its \.data"):
        program([2.0], values)


def test_the_sample_without_an_answer_is_named() -> None:
    x = Value(2.0, "x")
    with pytest.raises(DomainError, match=r"^sample 2: log, by its rule log\(x\), has no answer at x = 0\.0"):
        compile(x.log(), [x], []).over([[1.0], [2.0], [0.0], [-1.0]], [])


def test_a_very_long_program_warns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autograd.codegen.listing._MANY_LINES", 10)
    x = y = Value(0.5, "x")
    for _ in range(20):
        y = (y * 0.9).named("y")
    with pytest.warns(UserWarning, match="21 lines: Python needs half a gigabyte"):
        compile(y, [], [x])


def test_programs_of_operations_that_are_not_defined_elsewhere() -> None:
    """In a process that has never heard of the operation, its errors are the same."""
    cubed = define_operation("cubed_log", "log(x) ** 3", {"x": "3 * log(x) ** 2 / x"}, "by the chain rule")
    x = Value(2.0, "x")
    program = compile(cubed(x), [x], [])
    known = TABLE.pop("cubed_log")
    try:
        again = pickle.loads(pickle.dumps(program))
        assert again([2.0], []) == program([2.0], [])
        with pytest.raises(DomainError, match=r"cubed_log, by its rule log\(x\) \*\* 3, has no answer at x = -2\.0"):
            again([-2.0], [])
    finally:
        TABLE["cubed_log"] = known


@pytest.mark.parametrize("name", ["each", "batches"])
def test_a_program_that_is_held_after_every_epoch_trains_as_one_that_is_not(name: str) -> None:
    net, root = articles_loss()
    wrt = net.parameters()
    inputs = [leaf.value for leaf in trace(root).leaves if leaf.value.role != "parameter"]
    adam = Adam(wrt, 0.1)
    program = compile(root, inputs, wrt, adam.rule)
    start = [leaf.data for leaf in wrt]
    rows = [[0.5, -1.0, 1.0], [0.25, 2.0, 0.0]]
    items: Any = rows if name == "each" else [(1.0, rows)]
    held = program.epochs(TrainingRun(start, adam.states, adam.settings()), items, name)
    for epochs in range(1, 5):
        whole = TrainingRun(start, adam.states, adam.settings())
        (program.train if name == "each" else program.train_in_batches)(whole, items, epochs)
        assert next(held) == (*whole.state[:2], epochs * len(items), whole.state.losses[-1])


@pytest.mark.usefixtures("clean_table")
def test_a_held_program_calls_functions_of_python() -> None:
    twice = define_operation("twice", lambda x: 2.0 * x, {"x": lambda x: 2.0}, "it is doubled")
    x, w = Value(1.0, "x"), Value(1.0, "w")
    program = compile(twice(x * w), [x], [w], SGD([w], 1.0).rule)
    held = program.epochs(TrainingRun([1.0], [()], [0.5]), [[3.0]], "each")
    assert [next(held)[0], next(held)[0]] == [[-2.0], [-5.0]]


def test_a_held_program_says_where_an_epoch_has_no_answer() -> None:
    x, w = Value(1.0, "x"), Value(1.0, "w")
    program = compile((x * w).log(), [x], [w], SGD([w], 1.0).rule)
    held = program.epochs(TrainingRun([1.0], [()], [1.0]), [[1.0]], "each")
    assert next(held)[0] == [0.0]
    with pytest.raises(DomainError, match="an update of this epoch has no answer"):
        next(held)


def test_the_functions_of_a_long_text_are_compiled_when_they_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autograd.core.source._LONG", 100)
    x, w = Value(2.0, "x"), Value(0.5, "w")
    program = compile((w * x - 3) ** 2, inputs=[x], wrt=[w], update=SGD([w], 0.1).rule)
    assert "one" in program._functions
    assert not {"over", "each", "batches"} & set(program._functions)
    assert program.over([[2.0], [4.0]], [0.5]) == (5.0, [-16.0])
    assert "over" in program._functions
    line = program.source.splitlines().index("def over(samples, parameters):") + 1
    assert program._functions["over"].__code__.co_firstlineno == line
