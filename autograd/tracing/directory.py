"""The lines of a trace by name, and what a key means: which partial it asks for.

A key is a Value or its name, which mean ∂root/∂value; a pair (of, wrt); or text as the articles spell it,
"d_ypred_d_h1", or as "dL/dw1", "∂L/∂w1" or "dL_dw1". Names may contain anything, even `_d_`, so there may be several
ways to split a text. Exactly one of them must give two names of the graph.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from heapq import nlargest
from typing import Any, NamedTuple

from ..core.graph import topological_order
from ..core.value import Value
from ..errors import UsageError
from ..notation.naming import visible
from .assignments import Assignment
from .builder import trace

# The articles' names for the output of their network, which is o1 here.
ALIASES = {"ypred": "o1", "y_pred": "o1"}

# An error lists this many names, which fill a line.
_MOST_NAMES = 12
# A mistyped name is compared with this many, those that share the longest beginning. That takes a tenth of a second.
_MOST_COMPARED = 1000


class Key(NamedTuple):
    """A partial, ∂of/∂wrt, and how its key is spelled."""

    of: Assignment
    wrt: Assignment
    text: str


class Directory:
    """The lines of a graph by name.

    keys: each Value that one of them mentions gets a line. lines: the trace.

    Raises UsageError where root is no Value.

    >>> x, w = Value(2.0, "x"), Value(0.5, "w")
    >>> L = (w * x).named("h").sigmoid().named("L")
    >>> key = Directory(L).key("d_L_d_h")
    >>> key.of.target, key.wrt.target
    ('L', 'h')
    """

    def __init__(self, root: Value, keys: Iterable[Any] = ()) -> None:
        mentioned = [part for key in keys for part in (key if isinstance(key, tuple) else (key,))]
        values = [value for value in mentioned if isinstance(value, Value)]
        if values and isinstance(root, Value):
            # `wrt` gives a line to values without a name, too. The leaves stay among them.
            values += [value for value in topological_order(root) if not value.inputs]
        self.lines = trace(root, wrt=values or None)
        self._called: dict[str, list[Assignment]] = {}
        for line in self.lines:
            for name in dict.fromkeys((line.value.name, line.label, line.target)):
                if name:
                    self._called.setdefault(name, []).append(line)
        root_line = self.lines.root
        for name in {root_line.value.name, root_line.target} - {""}:
            self._called[name] = [root_line]  # where losses named L are added up to one named L, L is the sum
        for name, lines in list(self._called.items()):
            if len(lines) > 1:
                self._called.setdefault(f"{name}__1", lines[:1])

    @property
    def names(self) -> list[str]:
        """One identifier for each line, in the order of the trace."""
        return [self.word(line) for line in self.lines]

    def called(self, name: str) -> list[Assignment]:
        """The lines of that name: none, one, or several that share it."""
        return self._called.get(name) or self._called.get(ALIASES.get(name, ""), [])

    def word(self, line: Assignment) -> str:
        """The identifier that means this line and no other; the first of several with one name ends with __1."""
        return line.target if self.called(line.target) == [line] else f"{line.target}__1"

    def spelled(self, of: Assignment, wrt: Assignment) -> str:
        """A partial as the articles spell it."""
        return f"d_{self.word(of)}_d_{self.word(wrt)}"

    def code(self, of: Assignment, wrt: Assignment) -> str:
        """A partial as a key in Python code: as the articles spell it, or as a pair if that has two meanings."""
        is_clear = self._readings(self.spelled(of, wrt)) == [(of, wrt)]
        return key_in_code(self.word(of), self.word(wrt), is_clear)

    def argument(self, name: str) -> Assignment:
        """The line that a function's argument of this name stands for."""
        for line in self.called(name):
            if line.target == name:
                return line
        return self._only(name, "the argument ")

    def key(self, given: Any) -> Key:
        """What a key means. Raises UsageError, with similar names, if it means nothing or two things."""
        if isinstance(given, Value):
            wrt = self._line(given)
            return Key(self.lines.root, wrt, self.spelled(self.lines.root, wrt))
        if isinstance(given, tuple) and len(given) == 2:
            of, wrt = (self._only(part, "") if isinstance(part, str) else self._line(part) for part in given)
            return Key(of, wrt, self.spelled(of, wrt))
        if not isinstance(given, str):
            raise UsageError(
                f"{given!r:.60} is no key: write a Value, its name, a pair (of, wrt), or text such as 'd_L_d_w1'"
            )
        readings = self._readings(given)
        if len(readings) > 1:
            meanings = ", ".join(f"({self.word(of)!r}, {self.word(wrt)!r})" for of, wrt in readings)
            raise UsageError(f"{given!r:.60} has {len(readings)} meanings; write the one you mean: {meanings}")
        if not readings:
            raise UsageError(self._unknown(given))
        of, wrt = readings[0]
        return Key(of, wrt, visible(given) if given.startswith("d_") and "/d_" not in given else self.spelled(of, wrt))

    def _readings(self, text: str) -> list[tuple[Assignment, Assignment]]:
        found = [(self.lines.root, wrt) for wrt in self.called(text)]
        found += [(of, wrt) for above, below in splits(text) for of in self.called(above) for wrt in self.called(below)]
        return list(dict.fromkeys(found))

    def _line(self, value: object) -> Assignment:
        if not isinstance(value, Value):
            raise UsageError(f"{value!r:.60} is no part of a key: write a Value or its name")
        line = self.lines.get(value)
        if line is None:
            raise UsageError(
                f"{value!r:.60} is not in the graph of {self.lines.root.label}: nothing was computed from it"
            )
        return line

    def _only(self, name: str, what: str) -> Assignment:
        lines = self.called(name)
        if len(lines) > 1:
            raise UsageError(
                f"{what}{name!r:.60} is the name of {len(lines)} values: write {', '.join(map(self.word, lines))}"
            )
        if not lines:
            raise UsageError(f"{what}{name!r:.60}: {self._near(name)}")
        return lines[0]

    def _unknown(self, text: str) -> str:
        """What is wrong with a key that means nothing, for the reading with the fewest unknown names."""
        parted = sorted(splits(text), key=lambda parts: sum(not self.called(part) for part in parts))
        unknown = next(([part for part in parts if not self.called(part)] for parts in parted), [text])
        how = "" if parted else f"; a partial is written as {self.spelled(self.lines.root, self.lines.leaves[-1])}"
        return f"{text!r:.60}: " + "; ".join(map(self._near, unknown)) + how

    def _near(self, name: str) -> str:
        known = [one for one in self._called if one.isprintable() and len(one) <= 60]
        if len(known) > _MOST_COMPARED:
            known = nlargest(_MOST_COMPARED, known, key=lambda one: _length_of_common_start(one, name))
        near = get_close_matches(name, [*known, *ALIASES] if self.called("ypred") else known, 5, 0.5)
        says = f"nothing in the graph of {self.lines.root.label} is named {visible(name)!r}"
        if near:
            return f"{says}; near it: {', '.join(near)}"
        # The user's names rather than t1, t2, …, if there are any.
        names = [self.word(line) for line in self.lines if line.value.name] or self.names
        more = f", … ({len(names)} names)" if len(names) > _MOST_NAMES else ""
        hint = "" if self.lines.root.value.name else "; the result has no name yet, give it one with .named('L')"
        return f"{says} (must be one of {', '.join(names[:_MOST_NAMES])}{more}){hint}"


def _length_of_common_start(one: str, other: str) -> int:
    return next((place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))


def key_in_code(of: str, wrt: str, is_clear: bool) -> str:
    """A partial as a key in Python code: as the articles spell it if that is clear, else as a pair."""
    return f'"d_{of}_d_{wrt}"' if is_clear else f'("{of}", "{wrt}")'


def splits(text: str) -> Iterator[tuple[str, str]]:
    """Every way of reading d_A_d_B, d_A/d_B, dA_dB, dA/dB or ∂A/∂B as A and B."""
    for start, between in (
        ("d_", "_d_"),
        ("d", "_d"),
        ("d_", "/d_"),
        ("d", "/d"),
        ("d", " / d"),
        ("∂", "/∂"),
        ("∂", " / ∂"),
    ):
        if text.startswith(start) and not (between == "_d" and text.startswith("d_")):
            place = text.find(between, len(start))
            while place > 0:
                of, wrt = text[len(start) : place], text[place + len(between) :]
                if of and wrt:
                    yield of, wrt
                place = text.find(between, place + 1)
