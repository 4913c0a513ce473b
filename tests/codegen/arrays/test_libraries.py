"""Ctrl-C while a library is imported comes when that is over."""

from __future__ import annotations

import signal
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from autograd.codegen.arrays.libraries import library

SLOW = """import os, signal
if {stops}:
    os.kill(os.getpid(), signal.SIGINT)
rest = [number for number in range(1000)]
"""


def slow(folder: Path, name: str, stops: bool, monkeypatch: pytest.MonkeyPatch) -> str:
    (folder / f"{name}.py").write_text(SLOW.format(stops=stops))
    monkeypatch.syspath_prepend(folder)
    return name


def test_ctrl_c_leaves_a_library_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = slow(tmp_path, "stopped_library", True, monkeypatch)
    with pytest.raises(KeyboardInterrupt):
        library(name)
    assert len(sys.modules.pop(name).rest) == 1000
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_library_that_fails_leaves_signals_as_they_were() -> None:
    with pytest.raises(ModuleNotFoundError, match="no_such_library"):
        library("no_such_library")
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_handler_of_ones_own_and_other_threads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []
    name = slow(tmp_path, "handled_library", True, monkeypatch)
    signal.signal(signal.SIGINT, lambda number, _: seen.append(number))
    try:
        assert len(library(name).rest) == 1000
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    assert seen == [signal.SIGINT]
    other = slow(tmp_path, "other_library", False, monkeypatch)
    thread = threading.Thread(target=lambda: seen.append(library(other)))
    thread.start()
    thread.join()
    assert len(seen.pop().rest) == 1000
    for module in (name, other):
        del sys.modules[module]
