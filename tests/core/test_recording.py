"""Blocks that change what operations record: per thread, per task, and free of charge where nobody asked."""

from __future__ import annotations

import asyncio
import contextlib
import copy
import gc
import math
import pickle
import sys
import threading
import weakref
from collections.abc import Callable, Coroutine, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from functools import partial
from types import FrameType
from typing import Any, TypeVar

import pytest

import autograd
from autograd import DomainError, Value, grad, no_grad, record_lines, record_reads
from autograd.core import blocks, recording
from autograd.core.blocks import asked_for, requests
from autograd.core.op import VALUES
from autograd.core.place import _places
from autograd.core.recording import recorded
from nn import MLP, Neuron, binary_cross_entropy_with_logits, mean_squared_error, softmax

from ..support.programs import run
from ..support.rows import ROWS, points_of


def line_of(function: Callable[..., Any], offset: int) -> int:
    return function.__code__.co_firstlineno + offset


def test_every_new_value_knows_its_line() -> None:
    outside = Value(1.0)
    with record_lines():
        x = Value(2.0, "x")
        y = x * outside
        z = y.sigmoid()
    first = line_of(test_every_new_value_knows_its_line, 3)
    assert [one.place for one in (x, y, z)] == [(__file__, first), (__file__, first + 1), (__file__, first + 2)]
    assert str(x.place) == f"{__file__}:{first}"
    assert outside.place is None
    assert (x * 2).place is None


def test_lines_are_the_users_not_ours() -> None:
    net = MLP(2, [2, 1], seed=1)
    with record_lines():
        loss = mean_squared_error(net([-2, -1]), 1)
        second = grad(grad(cube))(2.0)
    wanted = line_of(test_lines_are_the_users_not_ours, 3)
    values = autograd.core.graph.topological_order(loss)
    assert {value.place.line for value in values if value.place} == {wanted}
    assert [value.place for value in values if value in net.parameters()] == [None] * 9
    assert second == 12.0
    assert {(x.line, y.line) for x, y in places} == {(wanted + 1, line_of(cube, 1))}


places: list[Any] = []


def cube(x: Value) -> Value:
    y = x**3
    places.append((x.place, y.place))
    return y


def test_lines_within_no_grad_and_the_other_way_round() -> None:
    x = Value(2.0)
    with record_lines(), no_grad():
        y = x * 3
    with no_grad(), record_lines():
        z = x * 3
    assert y.inputs == z.inputs == ()
    assert y.place is not None
    assert z.place is not None
    with no_grad():
        assert (x * 3).place is None
    assert not requests


@contextlib.contextmanager
def recorded_again() -> Iterator[None]:
    with no_grad(), recorded():
        yield


@pytest.mark.parametrize("block", [no_grad, record_lines, record_reads, recorded_again])
def test_ctrl_c_at_any_moment_of_a_block_leaves_nothing_asked_for(block: Callable[[], Any]) -> None:
    """Each time one moment later. Python looks for signals when a function begins and when a built-in one has ended."""
    moments = 0

    def profile(frame: FrameType, event: str, _: object) -> None:
        nonlocal moments
        ours = frame.f_code.co_filename in (blocks.__file__, recording.__file__, contextlib.__file__)
        if ours and event in ("call", "c_return"):
            moments += 1
            if moments == stop:
                sys.setprofile(None)
                raise KeyboardInterrupt

    for stop in range(1, 100):
        moments = 0
        try:
            sys.setprofile(profile)
            with block():
                pass
            sys.setprofile(None)
            break
        except KeyboardInterrupt:
            pass
        assert not requests, stop
        assert (Value(1.0) * 2).inputs, stop
        assert [asked_for(what) for what in ("paused", "lines", "reads")] == [None] * 3, stop
    assert 8 < stop < 100


def test_a_block_that_ends_badly_ends() -> None:
    with pytest.raises(KeyError), record_lines():
        raise KeyError
    assert not requests
    assert Value(1.0).place is None


def test_lines_go_when_their_value_does() -> None:
    gc.collect()
    before = len(_places)
    with record_lines():
        x = Value(0.5)
        y = x
        for _ in range(100_000):
            y = y * 0.999
    assert len(_places) == before + 100_001
    gone = weakref.ref(y)
    gc.disable()
    try:
        del y, x
        assert gone() is None
        assert len(_places) == before
    finally:
        gc.enable()


def test_copies_and_pickles_are_values_of_their_own() -> None:
    with record_lines():
        y = Value(2.0) * 3
    for other in (copy.deepcopy(y), pickle.loads(pickle.dumps(y))):
        assert (other.data, other.place) == (6.0, None)


def test_nothing_is_looked_up_where_nobody_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """What it costs when it is off: one question, that every operation has asked for no_grad already."""

    def never(*_: object) -> None:
        raise AssertionError

    for name in ("asked_for", "keep_place", "is_recording"):
        monkeypatch.setattr(autograd.core.recording, name, never)
    monkeypatch.setattr(autograd.core.value, "made", never)
    for name in ("mul", "add", "sigmoid"):
        monkeypatch.setitem(VALUES[name].__globals__, "made", never)
    x = Value(2.0)
    (x * 3 + x).sigmoid().backward()
    assert x not in _places
    for made in (Value, x.__mul__):
        with pytest.raises(AssertionError), record_lines():
            made(1.0)


def test_threads_have_blocks_of_their_own() -> None:
    inside, checked = threading.Event(), threading.Event()
    seen: dict[str, Any] = {}

    def asks() -> None:
        with no_grad(), record_lines():
            inside.set()
            checked.wait(10)
            y = Value(2.0) * 3
            seen["asks"] = (y.inputs, y.place is not None)

    thread = threading.Thread(target=asks)
    thread.start()
    assert inside.wait(10)
    y = Value(2.0) * 3
    seen["other"] = (len(y.inputs), y.place)
    checked.set()
    thread.join()
    assert seen == {"asks": ((), True), "other": (1, None)}


T = TypeVar("T")


def in_a_thread(task: Coroutine[Any, Any, T]) -> T:
    """What a task answers. In this thread there may be a loop already, of the browser that other tests use."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, task).result()


def test_tasks_have_blocks_of_their_own() -> None:
    async def asks() -> bool:
        with record_lines():
            await asyncio.sleep(0.001)
            return Value(1.0).place is not None

    async def does_not() -> bool:
        await asyncio.sleep(0.0005)
        return Value(1.0).place is not None

    async def both() -> list[bool]:
        return [*await asyncio.gather(asks(), does_not())]

    assert in_a_thread(both()) == [True, False]


def test_independent_graphs_in_eight_threads_give_the_same_numbers_as_in_one() -> None:
    """Some of the threads record nothing for a while, and some keep lines; none of that reaches another one."""
    program = [("mul", 0, 1), ("exp", 3, 0), ("power", 4, 2), ("sigmoid", 5, 0), ("maximum", 6, 1)] * 8
    blocks: list[Callable[[], Any]] = [nullcontext, no_grad, record_lines, nullcontext]

    def work(k: int) -> list[Any]:
        xs = [Value(0.1 * k), Value(0.2), Value(-0.3)]
        found: list[Any] = []
        for turn in range(12):
            block = blocks[(k + turn) % 4]
            with block():
                root = run(program, xs, 1)
            found += [root.data, len(root.inputs), root.place is None]
            run(program, xs, 1).backward()
            found.append(float(grad(lambda x: run(program, [x, *xs[1:]], 1))(0.1 * k)))
        return found + [x.grad for x in xs]

    alone = [work(k) for k in range(8)]
    assert len({found[-1] for found in alone}) == 8
    together: dict[int, list[Any]] = {}
    start = threading.Barrier(8)

    def at_once(k: int) -> None:
        start.wait(10)
        together[k] = work(k)

    threads = [threading.Thread(target=at_once, args=(k,)) for k in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [together[k] for k in range(8)] == alone
    assert not requests


# What the errors carry ----------------------------------------------------------------------------------------------


def test_an_error_carries_the_operation_its_rule_its_operands_and_their_names() -> None:
    price = Value(0.0, "price")
    with pytest.raises(DomainError) as caught:
        2.0 / price
    error = caught.value
    assert (error.operation, error.rule, error.operands, error.names) == (
        "div",
        "x / y",
        {"x": 2.0, "y": 0.0},
        {"y": "price"},
    )
    assert error.place is None
    assert "written at" not in str(error)


def test_an_error_of_backward_carries_the_partials_and_the_line_of_the_operation() -> None:
    with record_lines():
        root = Value(0.0, "x").sqrt() + 1
    with pytest.raises(DomainError) as caught:
        root.backward()
    error = caught.value
    wanted = line_of(test_an_error_of_backward_carries_the_partials_and_the_line_of_the_operation, 2)
    assert (error.operation, error.rule, error.operands) == ("sqrt", {"x": "1 / (2 * out)"}, {"x": 0.0})
    assert error.place == (__file__, wanted)
    assert str(error).endswith(f"Keep the divisor away from 0. It was written at {__file__}:{wanted}.")
    for differentiate in (lambda: grad(lambda x: x.sqrt())(0.0), lambda: autograd.backward_steps(root)):
        with pytest.raises(DomainError) as caught:
            differentiate()
        assert (caught.value.operation, caught.value.operands) == ("sqrt", {"x": 0.0})


def test_an_error_of_the_forward_pass_knows_its_line_where_lines_are_kept() -> None:
    with record_lines(), pytest.raises(DomainError) as caught:
        Value(-1.0, "x").log()
    assert caught.value.place == (
        __file__,
        line_of(test_an_error_of_the_forward_pass_knows_its_line_where_lines_are_kept, 2),
    )


def test_errors_can_be_pickled_and_made_from_a_message_alone() -> None:
    with record_lines(), pytest.raises(DomainError) as caught:
        Value(0.0, "x") ** -1
    again = pickle.loads(pickle.dumps(caught.value))
    assert vars(again) == vars(caught.value)
    assert str(again) == str(caught.value)
    plain = DomainError("row 3: no answer")
    assert (str(plain), plain.operation, plain.rule, plain.operands, plain.place) == (
        "row 3: no answer",
        "",
        "",
        {},
        None,
    )


# Who looks at a number ----------------------------------------------------------------------------------------------

LOOKS: dict[str, Callable[[Value], object]] = {
    "data": lambda v: v.data,
    "float": float,
    "exp": math.exp,
    "less": lambda v: v < 1,
    "at most": lambda v: v <= 1,
    "more": lambda v: v > 1,
    "at least": lambda v: v >= 1,
    "the other way round": lambda v: v < 1.0,
    "largest": lambda v: max(1.0, v),
    "equal": lambda v: v == 2.0,
    "unequal": lambda v: v != 2.0,
    "truth": bool,
    "detach": lambda v: v.detach(),
    "numbers": lambda v: v.numbers,
    "repr": repr,
    "text": lambda v: f"{v}",
    "format": lambda v: f"{v:.0f}",
    "copy": lambda v: copy.copy(v),
    "deepcopy": lambda v: copy.deepcopy(v),
    "pickle": pickle.dumps,
    "unrecorded": partial(no_grad()(lambda v: v * 2)),
    "predictable": lambda v: Neuron(1, seed=1).predict([v]),
}


@pytest.mark.filterwarnings("ignore:a Value is never equal to a number")
@pytest.mark.parametrize("name", sorted(LOOKS))
def test_every_look_at_a_number_is_noted(name: str) -> None:
    v = Value(2.0, "v")
    LOOKS[name](v)
    with record_reads() as reads:
        LOOKS[name](v)
        here = LOOKS[name].__code__.co_firstlineno if hasattr(LOOKS[name], "__code__") else None
    assert reads
    assert all(read.place.file == __file__ for read in reads)
    assert name == "predictable" or {(read.value, read.by_us) for read in reads} == {(v, False)}
    assert here in (None, reads[0].place.line)
    assert not requests


def test_computing_looks_at_nothing() -> None:
    v, w = Value(2.0, "v"), Value(-1.0, "w")
    with record_reads() as reads:
        for op in ROWS:
            VALUES[op.name](*(Value(number, "x") for number in points_of(op)[0]))
        mean_squared_error(MLP(2, [3, 1], seed=1)([v, w]), 1.0).named("L")
        binary_cross_entropy_with_logits(MLP(2, [3, 1], output_activation="linear", seed=1)([v, w]), Value(1.0))
        softmax([v, w])
        grad(lambda x: (x * w).tanh())(v)
        assert v in {v, w}
        assert {v: 1}[v] == 1
    assert [read for read in reads if not read.by_us] == []
    with record_reads() as inside, record_reads() as innermost:
        _ = v.data
    assert (len(inside), len(innermost)) == (0, 1)


def test_writes_are_noted_as_reads_are() -> None:
    net, x = Neuron(2, seed=1), Value(3.0, "x")
    with record_reads() as reads:
        x.data = 4.0
        net.set_parameters({"w1": 0.5})
    assert [(read.value, read.by_us) for read in reads if read.is_write] == [(x, False), (net.w1, True)]
    assert {read.place.file for read in reads} == {__file__}
    with record_reads() as reads, pytest.raises(autograd.UsageError, match="its data cannot be assigned"):
        (x * 2).data = 1.0
    assert [read.is_write for read in reads if read.is_write] == []


def test_what_another_thread_looks_at_is_not_noted() -> None:
    v = Value(2.0)
    thread = threading.Thread(target=lambda: v.data)
    with record_reads() as reads:
        thread.start()
        thread.join()
    assert reads == []


# Blocks in generators ------------------------------------------------------------------------------------------------


def here() -> bool:
    """Whether an operation done here and now is recorded."""
    return bool((Value(3.0) * 2).inputs)


def numbered(count: int) -> Generator[tuple[int, Value], None, None]:
    """Yields from inside a block, in which it computes."""
    with no_grad():
        for number in range(count):
            yield number, Value(2.0) * number


def test_no_grad_of_a_generator_does_not_reach_the_loop_that_it_yields_to() -> None:
    for _, unrecorded in numbered(3):
        assert unrecorded.inputs == ()
        assert here()
        with no_grad():
            assert not here()
        assert here()
    assert not requests


def test_no_grad_of_generators_that_interleave_ends_with_each() -> None:
    for (_, one), (_, other) in zip(numbered(2), numbered(3), strict=False):  # the second is left in its block
        assert one.inputs == other.inputs == ()
        assert here()
    first, second = numbered(9), numbered(9)
    for _ in range(2):
        assert next(first)[1].inputs == next(second)[1].inputs == ()
    first.close()
    assert next(second)[1].inputs == ()
    assert here()
    second.close()
    gc.collect()
    assert not requests


def test_a_block_around_a_loop_holds_in_it_and_in_its_generators() -> None:
    def plain() -> Iterator[Value]:
        for number in range(2):
            yield Value(2.0) * number

    with no_grad():
        assert [one.inputs for one in plain()] == [(), ()]
        assert [(one.inputs, (one * 2).inputs) for _, one in numbered(2)] == [((), ()), ((), ())]
        for _ in numbered(2):
            assert not here()
    assert [len(one.inputs) for one in plain()] == [1, 1]


@contextlib.contextmanager
def quiet() -> Iterator[str]:
    with no_grad():
        yield "entered"


class Quiet:
    """A block of one's own around ours."""

    def __enter__(self) -> None:
        self.block = no_grad()
        self.block.__enter__()

    def __exit__(self, *error: Any) -> None:
        self.block.__exit__(*error)


@contextlib.contextmanager
def twice_quiet() -> Iterator[None]:
    with contextlib.ExitStack() as stack:
        stack.enter_context(quiet())
        yield


@pytest.mark.parametrize("block", [quiet, twice_quiet, Quiet])
def test_helpers_around_no_grad_keep_working(block: Callable[[], Any]) -> None:
    with block():
        assert not here()
    assert here()

    def yields_in_a_helper() -> Iterator[Value]:
        with block():
            yield Value(3.0) * 2
            yield Value(3.0) * 2

    for one in yields_in_a_helper():
        assert one.inputs == ()
        assert here()
    assert not requests


@pytest.fixture
def unrecorded() -> Iterator[None]:
    with no_grad():
        yield


@pytest.mark.usefixtures("unrecorded")
def test_no_grad_in_a_fixture_holds_in_the_test() -> None:
    assert (Value(3.0) * 2).inputs == ()


@quiet()
def decorated(x: Value) -> Value:
    return x * 2


def test_no_grad_as_a_decorator() -> None:
    x = Value(2.0)
    assert decorated(x).inputs == no_grad()(lambda: x * 2)().inputs == ()
    assert (x * 2).inputs == (x,)


def test_other_blocks_of_a_generator_end_at_its_loop_too() -> None:
    def with_lines() -> Iterator[Value]:
        with record_lines():
            yield Value(1.0)

    def with_reads(x: Value) -> Iterator[list[Any]]:
        with record_reads() as reads:
            _ = x.data
            yield reads

    x = Value(2.0)
    for one in with_lines():
        assert one.place is not None
        assert Value(1.0).place is None
    for reads in with_reads(x):
        assert x.data == 2.0
        assert len(reads) == 1


def test_no_grad_of_an_asynchronous_generator_does_not_reach_its_loop() -> None:
    async def numbers() -> Any:
        with no_grad():
            for number in range(2):
                await asyncio.sleep(0)
                yield Value(2.0) * number

    @contextlib.asynccontextmanager
    async def quiet_for_a_while() -> Any:
        with no_grad():
            yield

    async def main() -> list[tuple[int, int]]:
        found = [(len(one.inputs), len((Value(1.0) * 2).inputs)) async for one in numbers()]
        async with quiet_for_a_while():
            found.append((0, len((Value(1.0) * 2).inputs)))
        return found

    assert in_a_thread(main()) == [(0, 1), (0, 1), (0, 0)]
    assert not requests


def test_a_derivative_within_the_block_of_a_generator_records() -> None:
    def slopes() -> Iterator[float]:
        with no_grad():
            for x in (1.0, 2.0):
                yield grad(grad(cube))(x)

    assert list(slopes()) == [6.0, 12.0]
