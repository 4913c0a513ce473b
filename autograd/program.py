"""Programs: a recorded graph as a function of numbers, which runs as fast as a loop written by hand.

What runs is the listing that `to_python` shows, printed for speed: constants as floats, which Python multiplies faster
than ints, sigmoid written out with its guard, a square as a product. It is the trace, executed; there is no second
implementation.
"""

from __future__ import annotations

import linecache
import math
import weakref
from collections.abc import Callable, Iterable, Sequence
from itertools import count
from typing import Any

from .errors import UsageError
from .rules import VALUES, run_source
from .source import Listing, Needing
from .tracing import checked_values, parameters_of, trace_for_speed
from .typesetting import CODE
from .value import Number, Value, number

_programs = count(1)

# primitives.sigmoid, in line: a call would cost a third as much again. The tests hold the two equal.
_SIGMOID = "(1.0 / (1.0 + exp(-{x})) if {x} > -709.0 else exp({x}))"


class _Fast(Needing):
    """Python that runs fast, noting what it needs from elsewhere."""

    def has_sign_for_power(self, exponent: Any) -> bool:
        """Never: a call raises where there is no real power."""
        return False

    def number(self, number: float) -> str:
        """A constant, as a float."""
        super().number(number)  # notes that inf and nan have to be imported
        return CODE.number(number)

    def call(self, function: str, arguments: Sequence[str]) -> str:
        """A function, or what it amounts to."""
        if arguments[0].isidentifier():
            if function == "sigmoid":
                self.needs.add("exp")
                return _SIGMOID.format(x=arguments[0])
            if function == "pow" and arguments[1] == "2.0":
                return f"({arguments[0]} * {arguments[0]})"
        return super().call(function, arguments)


class Program:
    """A compiled graph: `program(inputs, parameters)` gives the value and the gradients, in the order of `wrt`.

    source: the text that runs. Tracebacks and debuggers show it.

    A program can be pickled, and sent to another process.
    """

    def __init__(self, source: str, replay: str, n_inputs: int, n_parameters: int) -> None:
        self.source = source
        self._replay_source = replay
        self._n_inputs = n_inputs
        self._n_parameters = n_parameters
        functions = run_source(source, f"program {next(_programs)}", {})
        self._one: Callable[..., Any] = functions["one"]
        self._over: Callable[..., Any] = functions["over"]
        # The text that tracebacks show goes when the program does.
        weakref.finalize(self, linecache.cache.pop, self._one.__code__.co_filename, None)

    def __reduce__(self) -> tuple[Any, ...]:
        return Program, (self.source, self._replay_source, self._n_inputs, self._n_parameters)

    def __repr__(self) -> str:
        return f"<Program of {self._n_inputs} inputs and {self._n_parameters} parameters>"

    def __call__(self, inputs: Iterable[Number], parameters: Iterable[Number]) -> tuple[float, list[float]]:
        """The value and its gradients for one sample. Raises DomainError where the engine would."""
        xs = _numbers(inputs, self._n_inputs, "inputs")
        ws = _numbers(parameters, self._n_parameters, "parameters")
        return self._checked(xs, ws)

    def over(
        self, samples: Iterable[Sequence[Number]], parameters: Iterable[Number], checked: bool = False
    ) -> tuple[float, list[float]]:
        """The sum of the values over many samples, and the summed gradients.

        checked: whether it is known that every sample is a list of as many floats as there are inputs. Looking at each
        of them takes about as long as computing with them.
        """
        rows: Any = samples
        if not checked:
            rows = [_numbers(sample, self._n_inputs, f"sample {place}") for place, sample in enumerate(samples)]
        ws = _numbers(parameters, self._n_parameters, "parameters")
        try:
            total: tuple[float, list[float]] = self._over(rows, ws)
            return total
        except (ArithmeticError, ValueError):
            # Which sample it was, and what went wrong, one by one.
            values, gradients = 0.0, [0.0] * self._n_parameters
            for row in rows:
                value, added = self._checked(row, ws)
                values += value
                gradients = [one + more for one, more in zip(gradients, added, strict=True)]
            return values, gradients

    def _checked(self, xs: list[float], ws: list[float]) -> tuple[float, list[float]]:
        try:
            answer: tuple[float, list[float]] = self._one(xs, ws)
            return answer
        except (ArithmeticError, ValueError):
            return self._replay(xs, ws)

    def _replay(self, xs: list[float], ws: list[float]) -> tuple[float, list[float]]:
        """The same sample on Values: the engine's error says which operation, on what, by which rule."""
        functions = run_source(
            self._replay_source,
            "replay",
            {**VALUES, "pow": VALUES["power"], "Value": Value, "inf": math.inf, "nan": math.nan},
        )
        root, leaves = functions["replay"](xs, ws)
        if isinstance(root, Value):
            root.backward()
            return root.data, [leaf.grad for leaf in leaves]
        return float(root), [0.0] * len(leaves)


def compile(  # noqa: A001 -- what it does: Python's own takes text
    root: Value, inputs: Sequence[Value] | None = None, wrt: Sequence[Value] | None = None
) -> Program:
    """A program that computes a recorded graph, and its gradients, from other numbers.

    inputs: the leaves that every sample has its own numbers for; None means those with the role of an input or target.
    wrt: the leaves that gradients are wanted for, the parameters; None means those with that role, or all leaves.
    Every other leaf keeps the number it was recorded with.

    Raises UsageError where inputs or wrt are not leaves, or share one.

    >>> x, w = Value(2.0, "x"), Value(0.5, "w")
    >>> program = compile((w * x - 3) ** 2, inputs=[x], wrt=[w])
    >>> program([2.0], [0.5])
    (4.0, [-8.0])
    >>> program.over([[2.0], [4.0]], [0.5])
    (5.0, [-16.0])
    """
    wanted = parameters_of(root) if wrt is None else checked_values(wrt, "wrt")
    lines = trace_for_speed(root, wanted)
    if wrt is None:  # in the order in which they are read
        known = set(wanted)
        wanted = [leaf.value for leaf in lines.leaves if leaf.value in known]
    roles = ("input", "target")
    if inputs is None:
        given = [leaf.value for leaf in lines.leaves if leaf.value.role in roles and leaf.value not in set(wanted)]
    else:
        given = checked_values(inputs, "inputs")
    for value in (*given, *wanted):
        if value.inputs:
            raise UsageError(f"a program is called with numbers for leaves; {value!r:.60} is computed, by {value.op}")
    for value in set(given) & set(wanted):
        raise UsageError(f"{value!r:.60} is an input and in wrt; a program takes its number from one of the two")
    listing = Listing(lines, given, wanted, _Fast())
    return Program(_source(listing, given, wanted), _replay_source(listing, given, wanted), len(given), len(wanted))


def _source(listing: Listing, given: Sequence[Value], wanted: Sequence[Value]) -> str:
    """The text of `one` and `over`."""
    names = listing.names
    inputs, parameters, samples, total = map(names.identifier, ("inputs", "parameters", "samples", "total"))
    forward = [statement.text for statement in listing.forward]
    known = set(given) | set(wanted)
    fixed = [
        f"{leaf.target} = {listing.style.number(leaf.number)}"
        for leaf in listing.trace.leaves
        if leaf.value not in known
    ]
    root = listing.trace.root.target
    gradients = [listing.gradient(value) for value in wanted]
    takes_inputs = _unpacked([listing.name_of[value] for value in given])
    takes_parameters = _unpacked([listing.name_of[value] for value in wanted])
    one = [
        f"{takes_inputs} = {inputs}",
        f"{takes_parameters} = {parameters}",
        *fixed,
        *forward,
        *(statement.text for statement in listing.gradients),
        f"return {root}, [{', '.join(gradients)}]",
    ]
    # A parameter's gradient needs no line of its own: what it comes together from is added where it is summed.
    leaves = {listing.trace.get(value) for value in wanted} - {None, listing.trace.root}
    sums = {listing.gradient(value): names.identifier(f"sum_{listing.name_of[value]}") for value in wanted}
    inside = [*forward]
    for statement in listing.gradients:
        if statement.line in leaves:
            target, _, right = statement.text.split(" ", 2)
            inside.append(f"{sums[target]} += {right}")
        else:
            inside.append(statement.text)
    summed = [sums[gradient] if gradient not in ("0.0", "1.0") else gradient for gradient in gradients]
    for place, gradient in enumerate(gradients):
        if gradient == "1.0":
            summed[place] = names.identifier("samples_seen")
            inside.append(f"{summed[place]} += 1.0")
    over = [
        f"{takes_parameters} = {parameters}",
        *fixed,
        f"{total} = 0.0",
        *(f"{name} = 0.0" for name in summed if name != "0.0"),
        f"for {takes_inputs} in {samples}:",
        *(f"    {line}" for line in (*inside, f"{total} += {root}")),
        f"return {total}, [{', '.join(summed)}]",
    ]
    text = listing.preamble()
    for head, body in ((f"one({inputs}, {parameters})", one), (f"over({samples}, {parameters})", over)):
        text += [f"def {head}:", *(f"    {line}" for line in body), "", ""]
    return "\n".join(text).rstrip() + "\n"


def _replay_source(listing: Listing, given: Sequence[Value], wanted: Sequence[Value]) -> str:
    """The forward lines over Values, which record what they do."""
    article = Listing(listing.trace, given, wanted)
    names = article.names
    inputs, parameters = names.identifier("inputs"), names.identifier("parameters")
    labels = listing.trace.labels
    values = []
    for source, leaves in ((inputs, given), (parameters, wanted)):
        for place, value in enumerate(leaves):
            name = article.name_of[value]
            values.append(f"{name} = Value({source}[{place}], {labels.get(name, name)!r})")
    known = set(given) | set(wanted)
    fixed = [leaf for leaf in listing.trace.leaves if leaf.value not in known]
    values += [f"{leaf.target} = Value({article.style.number(leaf.number)}, {leaf.label!r})" for leaf in fixed]
    leaves_text = ", ".join(article.name_of[value] for value in wanted)
    lines = [
        *values,
        *(statement.text for statement in article.forward),
        f"return {listing.trace.root.target}, [{leaves_text}]",
    ]
    return "\n".join([f"def replay({inputs}, {parameters}):", *(f"    {line}" for line in lines), ""])


def _unpacked(names: Sequence[str]) -> str:
    return f"({', '.join(names)},)" if names else "()"


def _numbers(given: Iterable[Number], wanted: int, what: str) -> list[float]:
    if isinstance(given, str | Value) or not hasattr(given, "__iter__"):
        raise UsageError(f"{what} is a list of {wanted} number(s), not {given!r:.40}")
    numbers = [one if type(one) is float else number(one, what) for one in given]
    if len(numbers) != wanted:
        raise UsageError(f"{what} holds {len(numbers)} number(s), but this program takes {wanted}")
    return numbers
