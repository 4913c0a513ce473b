"""Generated source, executed: tracebacks and debuggers show its lines."""

from __future__ import annotations

import linecache
import re
import weakref
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from types import FunctionType
from typing import Any

_LONG = 1_000_000  # characters


class Later(dict[str, Any]):
    """What generated source defines, some of it compiled when it is first asked for."""

    def __init__(self, namespace: dict[str, Any], waiting: Mapping[str, Callable[[], None]]) -> None:
        super().__init__(namespace)
        self._namespace = namespace
        self._waiting = waiting

    def __missing__(self, name: str) -> Any:
        self._waiting[name]()
        self[name] = self._namespace[name]
        return self[name]


def run_source(
    source: str, title: str, names: Mapping[str, Any], later: Collection[str] = (), owner: object = None
) -> dict[str, Any]:
    """Execute generated source over `names` and return what it defines; tracebacks and debuggers show its lines.

    later: functions that, where the source is long, are compiled when they are first asked for.
    owner: when this object goes, the text that tracebacks show goes with it.
    """
    filename = f"<stepgrad {title}>"
    lines = source.splitlines(keepends=True)
    linecache.cache[filename] = (len(source), None, lines, filename)
    if owner is not None:
        weakref.finalize(owner, linecache.cache.pop, filename, None)
    namespace = dict(names)
    waiting: dict[str, Callable[[], None]] = {}
    line = 0

    def run(part: str, line: int) -> None:
        exec(compile("\n" * line + part, filename, "exec"), namespace)

    # Function by function where the text is long: Python's compiler takes a hundred times as much memory as its text.
    for part in re.split(r"(?m)^(?=def )", source) if len(source) > _LONG else [source]:
        name = part[4 : part.find("(")]
        if name in later and part is not source:
            waiting[name] = partial(run, part, line)
        else:
            run(part, line)
        line += part.count("\n")
    return Later(namespace, waiting) if waiting else namespace


def compiled_later(
    name: str, arguments: Sequence[str], compiled: Callable[[], Callable[..., Any]]
) -> Callable[..., Any]:
    """A function that becomes the one that `compiled` answers when it is first called.

    It is one function all along, so that whoever has it need not ask for it again.
    """

    def become() -> None:
        function = compiled()
        names.update(function.__globals__)
        later.__code__ = function.__code__

    # No argument's name begins with an underscore.
    names: dict[str, Any] = {"__builtins__": {}, "_become": become}
    listed = ", ".join(arguments)
    source = f"def {name}({listed}):\n    _become()\n    return {name}({listed})\n"
    exec(compile(source, "<stepgrad first call>", "exec"), names)
    later: FunctionType = names[name]
    return later


def tuple_of(names: Iterable[str]) -> str:
    """The text of a tuple, for either side of `=`.

    >>> tuple_of([]), tuple_of(["x"]), tuple_of(["x", "y"])
    ('()', '(x,)', '(x, y)')
    """
    listed = list(names)
    return f"({', '.join(listed)}{',' if len(listed) == 1 else ''})"
