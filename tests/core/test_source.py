"""Generated source: what is compiled, and when."""

from __future__ import annotations

import inspect
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from autograd.core.source import compiled_later


def test_a_function_is_compiled_at_its_first_call_and_stays_the_same_function() -> None:
    compiled = []

    def late(name: str) -> Callable[..., Any]:
        compiled.append(name)
        if len(compiled) == 1:
            raise KeyboardInterrupt
        return lambda x, y: 10 * x + y

    function = compiled_later("digits", ["x", "y"], lambda: late("digits"))
    assert list(inspect.signature(function).parameters) == ["x", "y"]
    assert compiled == []
    with pytest.raises(KeyboardInterrupt):
        function(1, 2)
    assert [function(1, 2), function(y=3, x=4), function(5, y=6)] == [12, 43, 56]
    assert compiled == ["digits", "digits"], "interrupted, it is compiled again; then never"
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'y'"):
        function(1)


def test_no_row_of_the_table_is_compiled_before_it_is_used() -> None:
    program = (
        "import linecache; from autograd import Value, sin; "
        "print([name for name in linecache.cache if name.startswith('<stepgrad')]); sin(Value(1.0)); "
        "print([name for name in linecache.cache if name.startswith('<stepgrad')])"
    )
    run = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert run.stdout.splitlines() == ["[]", "['<stepgrad rule sin>', '<stepgrad operation sin>']"]
