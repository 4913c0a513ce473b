"""Programs: a compiled graph, its calls and its training."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import count, repeat
from typing import Any, NamedTuple

from ..core.arguments import Number, members, number
from ..core.op import NO_FUNCTIONS
from ..core.source import run_source
from ..core.update_rule import UpdateRule
from ..core.value import Value
from ..errors import DomainError, UsageError
from .replay import Recipe

_programs = count(1)


class TrainingState(NamedTuple):
    """Where training stands after a whole number of updates.

    parameters: their numbers. states: what the update rule remembers for each that moves. step: how many updates.
    losses: for each epoch so far, the sum of the values over its samples. trail: the parameters after each epoch, if
    the run keeps them.
    """

    parameters: list[float]
    states: Sequence[tuple[float, ...]]
    step: int = 0
    losses: tuple[float, ...] = ()
    trail: tuple[Sequence[float], ...] = ()

    def followed_by(
        self,
        parameters: list[float],
        states: Sequence[tuple[float, ...]],
        updates: int,
        losses: Iterable[float],
        trail: Iterable[Sequence[float]],
    ) -> TrainingState:
        """The state after further updates, in epochs with these losses."""
        return TrainingState(parameters, states, self.step + updates, (*self.losses, *losses), (*self.trail, *trail))


class TrainingRun:
    """A run of training: what it starts from, and how far it is. See Program.train.

    parameters: the numbers to start from. states: what the update rule remembers for each that moves.
    settings: the numbers of the rule's settings, in its order. step: how many updates there were before.
    keeps_trail: whether the parameters after every epoch are kept. carried: the sum of the values so far, if the run
    begins in the middle of an epoch.

    state: where training stands. It is one tuple, replaced as a whole, so it is never half an update.
    """

    def __init__(
        self,
        parameters: Sequence[float],
        states: Sequence[tuple[float, ...]],
        settings: Sequence[float],
        step: int = 0,
        keeps_trail: bool = False,
        carried: float = 0.0,
    ) -> None:
        self.state = TrainingState(list(parameters), list(states), step)
        self.settings = settings
        self.keeps_trail = keeps_trail
        self.carried = carried


class Program:
    """A compiled graph: `program(inputs, parameters)` gives the value and the gradients, in the order of `wrt`.

    source: the text that runs. Tracebacks and debuggers show it.

    inputs, parameters: the names of the leaves whose numbers it takes, in their order.

    A program can be pickled and sent to another process. A Python function that it calls (define_operation) is pickled
    by its name in a module; UsageError if it has none.
    """

    def __init__(
        self, source: str, recipe: Recipe, update: UpdateRule | None = None, called: Mapping[str, Any] = NO_FUNCTIONS
    ) -> None:
        self.source = source
        self._called = dict(called)
        self.update = update
        self._recipe = recipe
        later = ("over", "each", "batches")
        self._functions = functions = run_source(source, f"program {next(_programs)}", self._called, later, self)
        self._one: Callable[..., Any] = functions["one"]
        self._held: dict[str, Callable[..., Any]] = {}

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.source, self._recipe, self.update, self._called)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {len(self.inputs)} inputs and {len(self.parameters)} parameters>"

    @property
    def inputs(self) -> list[str]:
        """The names of the inputs."""
        return [self._recipe.leaves[place][1] for place in self._recipe.inputs]

    @property
    def parameters(self) -> list[str]:
        """The names of the parameters."""
        return [self._recipe.leaves[place][1] for place in self._recipe.parameters]

    def __call__(self, inputs: Iterable[Number], parameters: Iterable[Number]) -> tuple[float, list[float]]:
        """The value and its gradients for one sample. Raises DomainError where the engine would."""
        xs = checked_numbers(inputs, len(self._recipe.inputs), "inputs")
        ws = checked_numbers(parameters, len(self._recipe.parameters), "parameters")
        return self.for_one(xs, ws)

    def for_one(self, xs: list[float], ws: list[float]) -> tuple[float, list[float]]:
        """The same, for lists of floats of the right lengths, which are not checked."""
        try:
            answer: tuple[float, list[float]] = self._one(xs, ws)
            return answer
        except (ArithmeticError, ValueError):
            return self._recipe.run(xs, ws)

    def over(
        self, samples: Iterable[Sequence[Number]], parameters: Iterable[Number], checked: bool = False
    ) -> tuple[float, list[float]]:
        """The sum of the values over many samples, and the summed gradients. An error says which sample it was.

        checked: True skips the check that every sample is a list of as many floats as there are inputs, which takes
        about as long as computing with them.
        """
        rows: Any = samples
        if not checked:
            wanted = len(self._recipe.inputs)
            each = members(samples, "samples", f"samples, each of {wanted} number(s)")
            rows = [checked_numbers(sample, wanted, f"sample {place}") for place, sample in enumerate(each)]
        ws = checked_numbers(parameters, len(self._recipe.parameters), "parameters")
        try:
            total: tuple[float, list[float]] = self._functions["over"](rows, ws)
            return total
        except (ArithmeticError, ValueError):
            return self._one_by_one(rows, ws)

    def _one_by_one(self, rows: Iterable[list[float]], ws: list[float]) -> tuple[float, list[float]]:
        """As `over`, sample after sample, to find out which has no answer, and why."""
        total, sums = 0.0, [0.0] * len(ws)
        for place, row in enumerate(rows):
            try:
                value, gradients = self.for_one(row, ws)
            except DomainError as error:
                error.args = (f"sample {place}: {error}",)
                raise
            total += value
            sums = [one + more for one, more in zip(sums, gradients, strict=True)]
        return total, sums

    def train(self, run: TrainingRun, samples: Sequence[Sequence[float]], epochs: int = 1) -> None:
        """Epochs of training with an update after every sample, all or none.

        A sample is a list of as many floats as there are inputs. This is not checked: it would take as long as
        training. Raises DomainError where something has no answer. After an error or an interrupt `run.state` is as it
        was before. The error says which update has no answer, and why, only if a single one is trained.
        """
        self.train_epochs(run, [samples] * epochs, "each")

    def train_in_batches(
        self, run: TrainingRun, batches: Sequence[tuple[float, Sequence[Sequence[float]]]], epochs: int = 1
    ) -> None:
        """As `train`, with an update after every batch (factor, samples), by the factor times the summed gradients.

        For the mean over the batch the factor is 1 / len(samples).
        """
        self.train_epochs(run, [batches] * epochs, "batches")

    def epochs(
        self,
        run: TrainingRun,
        batches: Sequence[tuple[float, Sequence[Sequence[float]]]] | Sequence[Sequence[float]],
        name: str,
    ) -> Iterator[tuple[list[float], Sequence[tuple[float, ...]], int, float]]:
        """Epochs without end, each trained when it is asked for. Yields, as in TrainingState, the parameters, states
        and step after the epoch, and the sum of its values.

        name: "each" for samples with an update after each; "batches" for batches as in `train_in_batches`.
        Raises DomainError if something in an epoch has no answer; `train` tells what.
        """
        if name not in self._held:
            text, title = as_generator(self.source, name), f"program {next(_programs)}"
            self._held[name] = run_source(text, title, self._called, owner=self)[name]
        before = run.state
        losses: list[float] = []
        step, updates = before.step, len(batches)
        try:
            for parameters, states in self._held[name](
                repeat(batches), before.parameters, before.states, run.settings, float(step), losses, None
            ):
                step += updates
                yield parameters, states, step, losses.pop()
        except (ArithmeticError, ValueError) as error:
            raise DomainError(f"an update of this epoch has no answer ({error})") from None

    def train_epochs(self, run: TrainingRun, epochs: Sequence[Sequence[Any]], name: str) -> None:
        """As `train` or `train_in_batches`, with samples or batches for each epoch, equally many. name: as for
        `epochs`.
        """
        if self.update is None:
            raise UsageError(
                "this program only differentiates; one that trains is compiled with update=, an UpdateRule"
            )
        before, updates = run.state, len(epochs) * len(epochs[0])
        losses: list[float] = []
        trail: list[Sequence[float]] | None = [] if run.keeps_trail else None
        start = before.parameters, before.states, run.settings, float(before.step)
        try:
            parameters, states = self._functions[name](epochs, *start, losses, trail, run.carried)
        except (ArithmeticError, ValueError) as error:
            if updates > 1:
                raise DomainError(
                    f"one of these {updates} updates has no answer ({error}), so none of them was made; train them one "
                    "at a time to see which, and why"
                ) from None
            [item] = epochs[0]
            batch = (1.0, [item]) if name == "each" else item
            parameters, states, loss = self._update_slowly(before, run.settings, *batch)
            losses, trail = [run.carried + loss], [parameters] if run.keeps_trail else None
        run.state = before.followed_by(parameters, states, updates, losses, trail or ())

    def _update_slowly(
        self, before: TrainingState, settings: Sequence[float], seed: float, samples: Sequence[Sequence[float]]
    ) -> tuple[list[float], list[tuple[float, ...]], float]:
        """One update by the engine: (parameters, states, the sum of the values). Raises the engine's DomainError; the
        engine may also have an answer where only the fast text has none.
        """
        assert self.update is not None
        value, gradients = self.over(samples, before.parameters, checked=True)
        # Those that move are the first.
        gradients = [seed * gradient for gradient in gradients[: len(before.states)]]
        shared = self.update.shared(settings, before.step + 1, gradients)
        moved = [
            self.update.move_by(w, gradient, state, shared)
            for w, gradient, state in zip(before.parameters, gradients, before.states, strict=False)
        ]
        parameters = [w for w, _ in moved] + before.parameters[len(moved) :]
        return parameters, [state for _, state in moved], value


def as_generator(source: str, name: str) -> str:
    """The text of a program with the training function of that name as a generator: after every epoch it yields what
    the function returns at the end.
    """
    head, start, rest = source.partition(f"def {name}(")
    lines = rest.split("\n\n\n", 1)[0].rstrip().split("\n")
    # The last lines note the loss, keep a trail, and return; the last but one of these has two lines.
    *lines, answer = *lines[:-3], lines[-1]
    indent = lines[-1][: len(lines[-1]) - len(lines[-1].lstrip())]
    lines.append(f"{indent}yield {answer.strip().removeprefix('return ')}")
    return head + start + "\n".join(lines) + "\n"


def checked_numbers(given: Iterable[Number], wanted: int, what: str) -> list[float]:
    """A list of `wanted` floats. Raises UsageError for anything else; what: its name there."""
    each = given if type(given) is list else members(given, what, f"{wanted} number(s)")
    numbers = [one if type(one) is float else _number(one, f"{what}[{place}]") for place, one in enumerate(each)]
    if len(numbers) != wanted:
        raise UsageError(f"{what} holds {len(numbers)} number(s), but this program takes {wanted}")
    return numbers


def _number(given: Any, where: str) -> float:
    if isinstance(given, Value):
        raise UsageError(f"{where} is the Value {given!r:.40}; a program computes with plain numbers: write its .data")
    return number(given, where)
