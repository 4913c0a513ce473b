"""Capture: a function is recorded once, for arguments of one shape, and becomes a program.

The numbers in the arguments become leaves, the function runs on them, and what it returns is compiled. The program is
right for other numbers only if the function would do the same with them, so looking at a number meanwhile is an error.
A Value that was made outside the function is replaced by a leaf, which takes the Value's number anew at each call.
"""

from __future__ import annotations

import linecache
from collections.abc import Callable, Iterator, Sequence
from functools import reduce
from importlib.util import find_spec
from itertools import count
from operator import add
from typing import Any, NamedTuple

from ..core.blocks import asking
from ..core.functional import Derivative, positions_of
from ..core.graph import topological_order
from ..core.nesting import Form, flatten, nested, parts_of, places
from ..core.recording import Read, differentiated, recorded
from ..core.value import Value
from ..errors import UsageError
from .arrays.choosing import faster_over_arrays
from .arrays.prepared import as_slice
from .arrays.rolled_graph import RolledGraph
from .building import builder
from .compiling import compile as compiled_graph
from .program import Program

_NUMBERS = frozenset((int, float, Value))


class Static:
    """A static argument, `given`, and the form that it is compared by, `key`."""

    __slots__ = ("given", "key")

    def __init__(self, key: Any, given: Any) -> None:
        self.key = key
        self.given = given

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Static) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)


class Arguments(NamedTuple):
    """The arguments of a call, taken apart.

    positional, keywords: their forms. leaves: the numbers. fixed: everything else. names: those of the positional ones.
    """

    positional: Form
    keywords: Form
    leaves: list[float]
    fixed: list[Any]
    names: Sequence[str]

    def built(self, leaves: Sequence[Any]) -> tuple[list[Any], dict[str, Any]]:
        """Positional arguments and keywords, with these leaves."""
        members, others = iter(leaves), iter(self.fixed)
        positional = [unwrapped(one) for one in nested(self.positional, members, others)]
        keywords = nested(self.keywords, members, others) if self.keywords else {}
        return positional, {name: unwrapped(one) for name, one in keywords.items()}

    def parts(self) -> Iterator[tuple[str, Form]]:
        """The name and the form of each argument."""
        yield from zip(self.names, parts_of(self.positional), strict=True)
        if self.keywords:
            yield from zip(self.keywords[1], parts_of(self.keywords), strict=True)


def unwrapped(argument: Any) -> Any:
    """The argument itself, taken out of a Static."""
    return argument.given if type(argument) is Static else argument


class Captured:
    """A function for arguments of one shape: called with their numbers, it gives what the function returns.

    program: what runs; None if the answer depends on no number. outside: the Values whose numbers it reads anew.
    answer: makes the function's answer from that of the program.
    wrt: which of the numbers are the program's parameters. shares: if none are, how many leaves `_as_one` added, which
    are its parameters then.
    """

    def __init__(
        self,
        program: Program | None,
        outside: Sequence[Value],
        answer: Callable[[float, list[float]], Any],
        wrt: Sequence[int] = (),
        shares: int = 0,
    ) -> None:
        self.program = program
        self._outside = outside
        self._answer = answer
        self._wrt = as_slice(wrt) if wrt else None
        self._shares = [0.0] * shares

    def __call__(self, numbers: list[float]) -> Any:
        """The answer. numbers: the leaves of the arguments, in order."""
        if self.program is None:
            return self._answer(0.0, [])
        wrt = self._wrt
        if wrt is None:
            inputs, parameters = numbers, self._shares
        elif type(wrt) is slice:
            inputs, parameters = numbers[: wrt.start] + numbers[wrt.stop :], numbers[wrt]
        else:
            taken = set(wrt)
            inputs = [number for place, number in enumerate(numbers) if place not in taken]
            parameters = [numbers[place] for place in wrt]
        if self._outside:
            inputs = inputs + [value.data for value in self._outside]
        return self._answer(*self.program.for_one(inputs, parameters))


def capture(f: Callable[..., Any], arguments: Arguments, backend: str) -> Captured:
    """The function, recorded for arguments of this shape. Raises UsageError if it looks at a number meanwhile."""
    derivative = getattr(f, "derivative", None)
    if isinstance(derivative, Derivative) and not derivative.has_aux:
        captured = _captured_derivative(derivative, arguments, backend)
        if captured is not None:
            return captured
    run = _Run(f, arguments)
    leaves: list[Any] = []
    fixed: list[Any] = []
    form = flatten(run.result, _NUMBERS, leaves, fixed)
    _check_returned(form, fixed, run.name)
    outputs = [run.inside(one) if isinstance(one, Value) else float(one) for one in leaves]
    several = list(dict.fromkeys(one for one in outputs if isinstance(one, Value)))
    if not several:
        return Captured(None, (), lambda *_: nested(form, iter(outputs), iter(fixed)))
    built = builder(form)
    root, shares = _as_one(several)
    program = _program(root, [*run.leaves, *run.outside.values()], shares, backend)
    place = {value: number for number, value in enumerate(several)}
    constants = [one for one in outputs if not isinstance(one, Value)]
    # The place of each output: among those of the program, or, for a constant, after them.
    behind = count(len(several))
    picked = [place[one] if isinstance(one, Value) else next(behind) for one in outputs]
    is_plain = picked == list(range(len(several)))

    def answer(value: float, found: list[float]) -> Any:
        numbers = found if shares else [value]
        if not is_plain:
            numbers = [*numbers, *constants]
            numbers = [numbers[one] for one in picked]
        return built(numbers, fixed)

    return Captured(program, [*run.outside], answer, shares=len(shares))


def _captured_derivative(derivative: Derivative, arguments: Arguments, backend: str) -> Captured | None:
    """A gradient by the backward pass of the function's program; None if arguments or result do not allow it."""
    parts = parts_of(arguments.positional)
    positions = positions_of(derivative.argnums, len(parts))
    kinds = [list(places(part, "")) for part in parts]
    if len({*positions}) < len(positions) or not all(is_leaf for one in positions for _, is_leaf in kinds[one]):
        return None
    run = _Run(derivative.f, arguments)
    root = run.result
    if not isinstance(root, Value):
        return None
    counts = [sum(is_leaf for _, is_leaf in kind) for kind in kinds]
    wrt = [sum(counts[:one]) + place for one in positions for place in range(counts[one])]
    taken = set(wrt)
    inputs = [leaf for place, leaf in enumerate(run.leaves) if place not in taken]
    root, _ = _as_one([run.inside(root)])
    program = _program(root, [*inputs, *run.outside.values()], [run.leaves[place] for place in wrt], backend)
    one = parts[positions[0]] if isinstance(derivative.argnums, int) else (tuple, tuple(parts[at] for at in positions))
    built = builder(one)

    def answer(value: float, found: list[float]) -> Any:
        gradient = built(found, [])
        return (value, gradient) if derivative.with_value else gradient

    return Captured(program, [*run.outside], answer, wrt)


def _as_one(outputs: Sequence[Value]) -> tuple[Value, list[Value]]:
    """One root for several outputs, and added leaves with respect to which the root's gradients are these outputs.

    The gradients of a · o1 + b · o2 with respect to a and b are o1 and o2. A single output is the root itself.
    """
    with recorded(with_lines=False):
        if len(outputs) == 1:
            return outputs[0] if outputs[0].inputs else +outputs[0], []
        shares = [Value(0.0) for _ in outputs]
        return reduce(add, (share * one for share, one in zip(shares, outputs, strict=True))), shares


def _program(root: Value, inputs: list[Value], wrt: list[Value], backend: str) -> Program:
    """The program of a graph; for "auto" the one that is faster for one sample."""

    def roll() -> RolledGraph:
        return RolledGraph(root, inputs, wrt)

    if backend == "numpy":
        return roll().compiled()
    if backend == "auto" and find_spec("numpy"):
        try:
            rolled = faster_over_arrays(len(topological_order(root)), 1, roll)
            if rolled:
                return rolled.compiled()
        except UsageError:  # an operation that NumPy does not have
            pass
    return compiled_graph(root, inputs, wrt)


def _check_returned(form: Form, fixed: Sequence[Any], name: str) -> None:
    for (place, _), one in zip((one for one in places(form, "the result") if not one[1]), fixed, strict=True):
        if not isinstance(one, bool | str | bytes | None) and type(one).__module__ != "numpy":
            raise UsageError(
                f"{place} of {name} is a {type(one).__name__}; a compiled function returns numbers, in lists, tuples, "
                "dictionaries or arrays, and bools, text and None between them"
            )


class _Run:
    """One run of a function on leaves, whose numbers it must not look at.

    leaves: one for each number in the arguments. outside: the leaf that replaces each Value from outside. result: what
    the function returned.
    """

    def __init__(self, f: Callable[..., Any], arguments: Arguments) -> None:
        self.name = name_of(f)
        named = [(name, place) for name, form in arguments.parts() for place, is_leaf in places(form, name) if is_leaf]
        self.leaves = [Value(one, place) for one, (_, place) in zip(arguments.leaves, named, strict=True)]
        self.argument_of = {leaf: name for leaf, (name, _) in zip(self.leaves, named, strict=True)}
        self.outside: dict[Value, Value] = {}
        self._inside = set(self.leaves)
        positional, keywords = arguments.built(self.leaves)
        # What is differentiated inside depends on these leaves, also where it is called with plain numbers.
        token = differentiated.set(differentiated.get().union(self.leaves))
        try:
            with recorded(), asking("reads", self), asking("made", self._note_made):
                self.result = f(*positional, **keywords)
        finally:
            differentiated.reset(token)

    def _note_made(self, value: Value) -> None:
        self._inside.add(value)
        if not self._inside.issuperset(value.inputs):
            value._inputs = tuple(map(self.inside, value.inputs))

    def inside(self, value: Value) -> Value:
        """The value itself; for one from outside, the leaf that replaces it."""
        if value in self._inside:
            return value
        if value not in self.outside:
            self.outside[value] = leaf = Value(value._data, value.name)
            self._inside.add(leaf)
        return self.outside[value]

    def append(self, read: Read) -> None:
        """Refuse a look at a number. As the list of reads of a block, this object gets each one to append."""
        line = linecache.getline(read.place.file, read.place.line).strip()
        where = f"line {read.place.line}{f', `{line:.60}`,' if line else ''}"
        leaves = [leaf for leaf in topological_order(read.value) if leaf in self.argument_of]
        names = list(dict.fromkeys(self.argument_of[leaf] for leaf in leaves))
        if read.value in self.argument_of:
            whose = read.value.name
        elif names:
            whose = f"a value computed from {', '.join(names)}"
        else:
            whose = read.value.name or "a value"
        if read.is_write:
            raise UsageError(
                f"{where} assigns the number of {whose} while {self.name} is recorded, which only this first call "
                "would do. Return the number, and assign it outside"
            )
        static = f"('{names[0]}',)" if len(names) == 1 else f"({', '.join(map(repr, names))})"
        mend = f", or make the argument a part of the shape: compiled(f, static={static})" if names else ""
        raise UsageError(
            f"{where} looks at the number of {whose} while {self.name} is recorded: the program would go the same way "
            "for every number. Compute with the Value itself (maximum(x, y), or where(x - y, a, b), for a branch, "
            f"autograd.exp(x) for math.exp(x), pick(rows, i) for rows[i]){mend}"
        )


def name_of(f: Any) -> str:
    """The name of a function, for messages."""
    return str(getattr(f, "__name__", type(f).__name__))
