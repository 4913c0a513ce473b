"""Pausing Python's garbage collector while a graph is recorded."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from threading import Event, Thread

import pytest

from autograd import DomainError, Value, pause_collector


@pytest.fixture(autouse=True)
def _collecting() -> Iterator[None]:
    assert gc.isenabled()
    yield
    gc.enable()


def test_it_pauses_and_goes_on() -> None:
    with pause_collector():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_blocks_nest() -> None:
    with pause_collector():
        with pause_collector():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()


def test_who_had_switched_it_off_finds_it_off() -> None:
    gc.disable()
    with pause_collector():
        assert not gc.isenabled()
    assert not gc.isenabled()


def test_an_error_in_the_block_leaves_it_running() -> None:
    with pytest.raises(DomainError), pause_collector():
        Value(-1.0, "x").log()
    assert gc.isenabled()


def test_blocks_that_overlap_in_two_threads_leave_it_running() -> None:
    inside, leave = Event(), Event()

    def other() -> None:
        with pause_collector():
            inside.set()
            leave.wait(10)

    with pause_collector():
        thread = Thread(target=other)
        thread.start()
        assert inside.wait(10)
    leave.set()
    thread.join(10)
    assert gc.isenabled()


def test_a_graph_that_was_recorded_inside_goes_without_a_collection() -> None:
    with pause_collector():
        before = len(gc.get_objects())
        y = Value(1.0)
        for _ in range(1000):
            y = y * 1.5 + 0.1
        y.backward()
        assert len(gc.get_objects()) > before + 1000
        del y
        assert len(gc.get_objects()) < before + 50
