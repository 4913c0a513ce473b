"""What is handed in for a partial: a float, a number on paper, a function, or numbers at several points."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from typing import Any

from ..core.arguments import number
from ..core.value import Value
from ..errors import NotANumberError, UsageError
from ..notation.mathematics import digits
from ..notation.naming import visible
from ..notation.paper import Written, on_paper
from ..tracing.assignments import Assignment
from ..tracing.directory import Directory

# A function has to agree to this, relative to the value: nobody's formula loses more, but where terms cancel.
RELATIVE = 1e-6
HERE = "here"
# What Python says of a formula that is written as on paper, or for Values; and what to write.
_NUMBERS = "the arguments are plain numbers, and what tanh or sigmoid gives is one of them, by its name"
_MENDED = {
    "'float' object is not callable": "write * between factors, as in h1 * (1 - h1)",
    "'float' object has no attribute": _NUMBERS,
    "is not defined": f"make every value that it reads an argument; {_NUMBERS}",
}
_NAME = re.compile(r"[^\W\d]\w*")


class Function:
    """A partial as a function of the graph's values.

    arguments: the lines that its arguments stand for, in order.
    """

    def __init__(self, function: Callable[..., Any], directory: Directory, key: str) -> None:
        self._function = function
        self._key = key
        name = getattr(function, "__name__", "it")
        try:
            parameters = list(inspect.signature(function).parameters.values())
        except (TypeError, ValueError):
            raise UsageError(f"{key}: {name} shows no arguments; write a function such as lambda x1, h1: …") from None
        for one in parameters:
            if one.kind in (one.VAR_POSITIONAL, one.VAR_KEYWORD):
                raise UsageError(f"{key}: {one} can be anything; name what the function reads, as in lambda x1, h1: …")
            if one.default is not one.empty:
                raise UsageError(f"{key}: {one.name} has a default; leave it out: every argument is a value's number")
        self._keywords = [one.name for one in parameters if one.kind == one.KEYWORD_ONLY]
        self.names = [one.name for one in parameters]
        self.arguments = [directory.argument(one) for one in self.names]

    def __call__(self, numbers: Mapping[Assignment, float]) -> float | complex:
        """Its value where the lines have these numbers. Raises what the function raises.

        A root may turn complex where there is no real one: that is an answer at this point, and no error.
        """
        values = [numbers[line] for line in self.arguments]
        split = len(values) - len(self._keywords)
        try:
            answer = self._function(*values[:split], **dict(zip(self._keywords, values[split:], strict=True)))
        except (TypeError, AttributeError, NameError) as error:
            for said, mend in _MENDED.items():
                if said in str(error):
                    raise type(error)(f"{self._key}: the function stops: {error}; {mend}") from error
            raise
        if isinstance(answer, Value):
            why = "it reads one that is none of its arguments, and which so has the same number at all points"
            raise NotANumberError(f"{self._key}: the function gave a Value, {answer!r:.40}: {why}; make it an argument")
        return answer if isinstance(answer, complex) else number(answer, f"{self._key}: what the function returns")


# Numbers at points: for each, the leaves that differ from what was recorded, and what was handed in.
Numbers = dict[str, tuple[dict[Assignment, float], Written]]
Answer = Function | Numbers


def read_answer(given: Any, directory: Directory, key: str, rel: float, abs: float) -> Answer:  # noqa: A002 -- as callers say
    """What was handed in. Raises UsageError, or NotANumberError, where it is nothing of the kind."""
    if callable(given):
        return Function(given, directory, key)
    if not isinstance(given, Mapping):
        given = {HERE: given}
    if not given:
        raise UsageError(f"{key}: the dictionary is empty; write {{'here': '0.0215', 'x1 = 3': …}}")
    found: Numbers = {}
    for where, one in given.items():
        if not isinstance(where, str):
            raise UsageError(f"{key}: {where!r:.60} is no point; write 'here', or what is different there: 'x1 = 3'")
        where = where.strip() or HERE
        changed = {} if where == HERE else _changes(where, directory, key)
        for first in (earlier for earlier, (same, _) in found.items() if same == changed):
            raise UsageError(f"{key}: the point {first!r:.60} stands there twice, the second time as {where!r:.60}")
        if isinstance(one, str):
            if names := dict.fromkeys(name for name in _NAME.findall(one) if directory.called(name)):
                raise UsageError(f"{key}: {visible(one)!r} is a formula: hand in lambda {', '.join(names)}: …")
            written = on_paper(one)
        else:
            exact = number(one, f"{key}: what is handed in")
            written = Written(digits(exact), exact, rel, abs)
        found[where] = (changed, written)
    return found


def _changes(where: str, directory: Directory, key: str) -> dict[Assignment, float]:
    """What a point such as "x1 = 3, w2 = -1" says."""
    found: dict[Assignment, float] = {}
    for part in where.split(","):
        name, sign, value = (one.strip() for one in part.partition("="))
        if not sign:
            raise UsageError(f"{key}: {where!r:.60} is no point; write 'here', or what is different there: 'x1 = 3'")
        line = directory.argument(name)
        if not line.is_leaf:
            raise UsageError(f"{key}: {name} at the point {where!r:.60} is computed; a point gives numbers to leaves")
        if line in found:
            raise UsageError(f"{key}: {name} stands twice in the point {where!r:.60}; give it one number")
        found[line] = on_paper(value).number
    return found
