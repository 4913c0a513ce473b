"""Running generated source so that tracebacks and debuggers show its lines."""

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
    """What generated source defines; some functions are compiled when they are first looked up."""

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
    """Execute generated source, which may use `names`, and return what it defines.

    later: functions that, if the source is long, are compiled when they are first looked up.
    owner: the text that tracebacks show is dropped when this object is freed.
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

    # A long text is compiled function by function: Python's compiler takes a hundred times the memory of the text.
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
    """A function that, when it is first called, takes over the code of the one that `compiled` gives.

    It stays the same object, so that it can be handed out before it is compiled.
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
