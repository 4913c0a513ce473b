"""Programs: a recorded graph as a function of numbers, which runs as fast as a loop written by hand.

What runs is the listing that `to_python` shows, printed for speed (loops.py): the trace, executed; there is no second
implementation.
"""

from __future__ import annotations

import linecache
import weakref
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import count, repeat
from typing import Any, NamedTuple

from ..core.arguments import Number, members, number
from ..core.op import run_source
from ..core.update_rule import UpdateRule
from ..core.value import Value
from ..errors import DomainError, UsageError
from ..tracing.assignments import Trace
from ..tracing.builder import checked_values, parameters_of, trace_for_speed
from .listing import Listing, warn_of_many
from .loops import Fast, Loops
from .replay import Recipe, recipe_of

_programs = count(1)


class TrainingState(NamedTuple):
    """Where training stands after a whole number of updates.

    parameters: their numbers. states: for each that moves, what the update rule remembers. step: how many updates.
    losses: for each epoch so far, the sum of the values over its samples.
    """

    parameters: list[float]
    states: Sequence[tuple[float, ...]]
    step: int = 0
    losses: tuple[float, ...] = ()


class TrainingRun:
    """What training changes, and what it needs to know: see Program.train.

    parameters: the numbers to start from. states: for each that moves, what the update rule remembers.
    settings: the numbers of the rule's settings, in its order. step: how many updates were before.

    state: where training stands. It is one tuple, so that whoever reads it, at any moment, never finds half an update.
    """

    def __init__(
        self,
        parameters: Sequence[float],
        states: Sequence[tuple[float, ...]],
        settings: Sequence[float],
        step: int = 0,
    ) -> None:
        self.state = TrainingState(list(parameters), list(states), step)
        self.settings = settings


class Program:
    """A compiled graph: `program(inputs, parameters)` gives the value and the gradients, in the order of `wrt`.

    source: the text that runs. Tracebacks and debuggers show it.

    A program can be pickled, and sent to another process.
    """

    def __init__(self, source: str, recipe: Recipe, update: UpdateRule | None = None) -> None:
        self.source = source
        self.update = update
        self._recipe = recipe
        self._functions = functions = run_source(source, f"program {next(_programs)}", {})
        self._one: Callable[..., Any] = functions["one"]
        self._over: Callable[..., Any] = functions["over"]
        # The text that tracebacks show goes when the program does.
        weakref.finalize(self, linecache.cache.pop, self._one.__code__.co_filename, None)

    def __reduce__(self) -> tuple[Any, ...]:
        return Program, (self.source, self._recipe, self.update)

    def __repr__(self) -> str:
        return f"<Program of {len(self._recipe.inputs)} inputs and {len(self._recipe.parameters)} parameters>"

    def __call__(self, inputs: Iterable[Number], parameters: Iterable[Number]) -> tuple[float, list[float]]:
        """The value and its gradients for one sample. Raises DomainError where the engine would."""
        xs = _numbers(inputs, len(self._recipe.inputs), "inputs")
        ws = _numbers(parameters, len(self._recipe.parameters), "parameters")
        return self._checked(xs, ws)

    def over(
        self, samples: Iterable[Sequence[Number]], parameters: Iterable[Number], checked: bool = False
    ) -> tuple[float, list[float]]:
        """The sum of the values over many samples, and the summed gradients. An error says which sample it was.

        checked: whether it is known that every sample is a list of as many floats as there are inputs. Looking at each
        of them takes about as long as computing with them.
        """
        rows: Any = samples
        if not checked:
            wanted = len(self._recipe.inputs)
            each = members(samples, "samples", f"samples, each of {wanted} number(s)")
            rows = [_numbers(sample, wanted, f"sample {place}") for place, sample in enumerate(each)]
        ws = _numbers(parameters, len(self._recipe.parameters), "parameters")
        try:
            total: tuple[float, list[float]] = self._over(rows, ws)
            return total
        except (ArithmeticError, ValueError):
            # Which sample it was, and what went wrong, one by one.
            values, gradients = 0.0, [0.0] * len(ws)
            for place, row in enumerate(rows):
                try:
                    value, added = self._checked(row, ws)
                except DomainError as error:
                    error.args = (f"sample {place}: {error}",)
                    raise
                values += value
                gradients = [one + more for one, more in zip(gradients, added, strict=True)]
            return values, gradients

    def train(self, run: TrainingRun, samples: Sequence[Sequence[float]], epochs: int = 1) -> None:
        """Epochs of training with an update after every sample: all of it, or none.

        A sample is a list of as many floats as there are inputs, which nothing checks: it would take as long as to
        train. Raises DomainError where something has no answer. Then, and where it is interrupted, `run.state` stays
        what it was; updates that are trained one at a time tell which of them has no answer, and why.
        """
        self._train("each", run, samples, epochs, lambda sample: (1.0, [sample]))

    def train_in_batches(
        self, run: TrainingRun, batches: Sequence[tuple[float, Sequence[Sequence[float]]]], epochs: int = 1
    ) -> None:
        """As `train`, with an update after every batch (number, samples): by the number times their summed gradients.

        The number is 1 / len(samples) for the mean over the batch.
        """
        self._train("batches", run, batches, epochs, lambda batch: batch)

    def _train(
        self, name: str, run: TrainingRun, items: Sequence[Any], epochs: int, as_batch: Callable[[Any], Any]
    ) -> None:
        """Run the training function of that name. An item is what it makes one update of: a sample, or a batch."""
        if self.update is None:
            raise UsageError(
                "this program only differentiates; one that trains is compiled with update=, an UpdateRule"
            )
        before, updates = run.state, epochs * len(items)
        losses: list[float] = []
        try:
            parameters, states = self._functions[name](
                repeat(items, epochs), before.parameters, before.states, run.settings, float(before.step), losses
            )
        except (ArithmeticError, ValueError) as error:
            if updates > 1:
                raise DomainError(
                    f"one of these {updates} updates has no answer ({error}), so none of them was made; train them one "
                    "at a time to see which, and why"
                ) from None
            parameters, states, loss = self._update_slowly(before, run.settings, *as_batch(items[0]))
            losses = [loss]
        run.state = TrainingState(parameters, states, before.step + updates, (*before.losses, *losses))

    def _update_slowly(
        self, before: TrainingState, settings: Sequence[float], seed: float, samples: Sequence[Sequence[float]]
    ) -> tuple[list[float], list[tuple[float, ...]], float]:
        """One update by the engine, which may have an answer where only the fast text has none: (parameters, states,
        the sum of the values). Raises the engine's DomainError.
        """
        assert self.update is not None
        value, gradients = self.over(samples, before.parameters, checked=True)
        shared = self.update.shared(settings, before.step + 1)
        moved = [
            self.update.move_by(w, seed * gradient, state, shared)
            # Those that move are the first.
            for w, gradient, state in zip(before.parameters, gradients, before.states, strict=False)
        ]
        parameters = [w for w, _ in moved] + before.parameters[len(moved) :]
        return parameters, [state for _, state in moved], value

    def _checked(self, xs: list[float], ws: list[float]) -> tuple[float, list[float]]:
        try:
            answer: tuple[float, list[float]] = self._one(xs, ws)
            return answer
        except (ArithmeticError, ValueError):
            return self._recipe.run(xs, ws)


def compile(  # noqa: A001 -- what it does: Python's own takes text
    root: Value,
    inputs: Sequence[Value] | None = None,
    wrt: Sequence[Value] | None = None,
    update: UpdateRule | None = None,
    moving: Sequence[Value] | None = None,
) -> Program:
    """A program that computes a recorded graph, and its gradients, from other numbers.

    inputs: the leaves that every sample has its own numbers for; None means those with the role of an input or target.
    wrt: the leaves that gradients are wanted for, the parameters; None means those with that role, or all leaves.
    update: a rule that is compiled in, so that the program trains. moving: the parameters that it moves, the first of
        wrt; None means all of them.
    Every other leaf keeps the number it was recorded with, and so does every number that somebody looked at meanwhile:
    a branch is the one that was taken. What Python checked on the way, such as that a target is a probability, is not
    in the graph, so no program checks it; nor are partials with respect to inputs computed, so none can fail.

    Raises UsageError where inputs or wrt are not leaves, or share one, or list one twice. Warns of more than 100,000
    lines.

    >>> x, w = Value(2.0, "x"), Value(0.5, "w")
    >>> program = compile((w * x - 3) ** 2, inputs=[x], wrt=[w])
    >>> program([2.0], [0.5])
    (4.0, [-8.0])
    >>> program.over([[2.0], [4.0]], [0.5])
    (5.0, [-16.0])
    """
    given = _each_once(inputs or (), "inputs")
    wanted = parameters_of(root) if wrt is None else _each_once(wrt, "wrt")
    if wrt is None:
        wanted = [value for value in wanted if value not in set(given)]
    lines = trace_for_speed(root, wanted)
    warn_of_many(lines)
    if wrt is None:  # in the order in which they are read
        known = set(wanted)
        wanted = [leaf.value for leaf in lines.leaves if leaf.value in known]
    if inputs is None:
        taken = set(wanted)
        leaves = [leaf.value for leaf in lines.leaves]
        given = [leaf for leaf in leaves if leaf.role in ("input", "target") and leaf not in taken]
    for value in (*given, *wanted):
        if value.inputs:
            raise UsageError(f"a program is called with numbers for leaves; {value!r:.60} is computed, by {value.op}")
    for value in set(given) & set(wanted):
        raise UsageError(
            f"{value!r:.60} is an input and in wrt; a program takes its number from one of the two: leave it out of one"
        )
    if update is None and moving is not None:
        raise UsageError("moving are the parameters that an update moves: give the rule, too, as update=")
    if update is not None and not isinstance(update, UpdateRule):
        raise UsageError(f"update is an UpdateRule, such as SGD's optimizer.rule, not {update!r:.60}")
    if moving is not None and list(moving) != wanted[: len(moving)]:
        raise UsageError("moving are the parameters that the update moves: the first of wrt, in the same order")
    moved = wanted if moving is None else wanted[: len(moving)]
    source = _source(lines, given, wanted, update, moved)
    numbers = {leaf.value: leaf.number for leaf in lines.leaves}
    del lines  # Python's compiler needs as much memory again
    return Program(source, recipe_of(root, given, wanted, numbers), update)


def _source(
    lines: Trace, inputs: Sequence[Value], wrt: Sequence[Value], update: UpdateRule | None, moving: Sequence[Value]
) -> str:
    """The text of a program."""
    listing = Listing(lines, inputs, wrt, Fast())
    loops = Loops(listing, inputs, wrt)
    functions = [loops.one(), loops.over()]
    if update:
        functions += [loops.each(update, moving), loops.batches(update, moving)]
    text = listing.preamble()
    for function in functions:
        text += [*function, "", ""]
    return "\n".join(text).rstrip() + "\n"


def _each_once(values: Iterable[Value], what: str) -> list[Value]:
    listed = values if isinstance(values, Value) else list(values)
    once = checked_values(listed, what)
    if not isinstance(listed, Value) and len(once) < len(listed):
        twice = next(value for value, times in Counter(listed).items() if times > 1)
        raise UsageError(f"{what} lists {twice!r:.60} twice; a program takes one number for each")
    return once


def _numbers(given: Iterable[Number], wanted: int, what: str) -> list[float]:
    each = given if type(given) is list else members(given, what, f"{wanted} number(s)")
    numbers = [one if type(one) is float else _number(one, f"{what}[{place}]") for place, one in enumerate(each)]
    if len(numbers) != wanted:
        raise UsageError(f"{what} holds {len(numbers)} number(s), but this program takes {wanted}")
    return numbers


def _number(given: Any, where: str) -> float:
    if isinstance(given, Value):
        raise UsageError(f"{where} is the Value {given!r:.40}; a program computes with plain numbers: write its .data")
    return number(given, where)
