"""How `fit` trains on a batch, or on epochs of them: by a compiled program where it can, else by the eager engine.

A program is made from one recorded sample: its loss, its gradients and the optimiser's update. It is right for all
samples only if the network computes all of them in the same way: one that branches on `.data` does not. So a second
sample is recorded and its structure compared, and before the program is trusted it is compared with the engine: the
loss of every sample, and the gradients of some. Where anything differs, training is eager, and says why. It is compared
again while the parameters move, before epochs 1, 2, 4, 8, … and at the end: where it differs then, there is an error.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from autograd import DomainError, StepgradError, UsageError, Value, no_grad

from .losses import Loss, cross_entropy, cross_entropy_of_weights
from .module import Module
from .optimizers import Optimizer

if TYPE_CHECKING:
    from autograd import Program, TrainingRun

Row = list[float]

# On how many samples at once the gradients of a program are compared with the engine's; how far apart they may be.
_MOST_COMPARED = 20
_TOLERANCE = 1e-9


class Samples:
    """What is trained on: a network's loss for rows of inputs and their targets."""

    def __init__(self, net: Module, loss: Loss, rows: Sequence[Row], targets: Sequence[Any]) -> None:
        self.net = net
        self.loss = loss
        self.rows = rows
        self.targets = targets

    def __len__(self) -> int:
        return len(self.rows)

    def recorded(self, sample: int) -> Value:
        """The loss of one sample."""
        return self.loss(self.net(self.rows[sample]), self.targets[sample])

    def reads_classes(self) -> bool:
        """Whether the targets are indices of classes."""
        return self.loss is cross_entropy and not any(isinstance(target, list) for target in self.targets)

    def losses(self) -> list[float]:
        """The loss of every sample. Raises UsageError or DomainError, naming the row, where there is none."""
        found = []
        with no_grad():
            for sample in range(len(self)):
                try:
                    answer = self.recorded(sample)
                except (UsageError, DomainError) as error:
                    error.args = (f"row {sample}: {error}",)
                    raise
                if not isinstance(answer, Value):
                    raise UsageError(
                        f"the loss returned {answer!r:.40}; expected a Value, through which gradients flow"
                    )
                found.append(answer.data)
        return found


class Eager:
    """The engine itself: every sample is recorded, and differentiated by backward()."""

    name = "eager"

    def __init__(self, samples: Samples, optimizer: Optimizer, why: str = "") -> None:
        self.samples = samples
        self.optimizer = optimizer
        self.why = why
        # Also those that the optimiser leaves alone: theirs would add up from batch to batch.
        self.parameters = list(dict.fromkeys([*optimizer.parameters, *samples.net.parameters()]))
        self._totals: list[float] = []

    def run(self, batches: Sequence[Sequence[int]], is_mean: bool, epochs: int) -> None:
        """Epochs of training on the same batches of samples. What was in the parameters' grad is there again then."""
        self._totals = []
        before = [parameter.grad for parameter in self.parameters]
        try:
            for _ in range(epochs):
                total = 0.0
                for batch in batches:
                    total += self.differentiate(batch, 1.0 / len(batch) if is_mean else 1.0)
                    self.optimizer.step()
                self._totals.append(total)
        finally:
            for parameter, grad in zip(self.parameters, before, strict=True):
                parameter.grad = grad

    def settle(self) -> list[float]:
        """Where the last run stands, also where it was stopped: the sum of the losses for each of its whole epochs."""
        return self._totals

    def differentiate(self, batch: Sequence[int], seed: float = 1.0) -> float:
        """The sum of the losses over a batch; each parameter's grad becomes that of seed times the sum."""
        for parameter in self.parameters:
            parameter.zero_grad()
        total = 0.0
        for sample in batch:
            cost = self.samples.recorded(sample)
            cost.backward(seed)
            total += cost.data
        return total

    def total(self) -> float:
        """The sum of the losses over all samples."""
        return sum(self.samples.losses())

    def check(self, epoch: int) -> None:
        """There is nothing to compare the engine with."""

    def next_check(self, epoch: int) -> int:
        """Every epoch is run by itself."""
        return epoch + 1


class Compiled:
    """A program of one sample, run over many."""

    name = "compiled"
    why = ""

    def __init__(self, program: Program, columns: list[Row], eager: Eager) -> None:
        self.program = program
        self.columns = columns
        self.eager = eager
        self._batches: Sequence[Sequence[int]] = ()
        self._items: list[Any] = []
        self._compared = 0
        self._run: TrainingRun | None = None
        optimizer = eager.optimizer
        self._compiled_for = (optimizer.rule, list(optimizer.parameters))

    def _numbers(self) -> list[float]:
        return [parameter.data for parameter in self.eager.parameters]

    def is_right_for(self, sample: int) -> bool:
        """Whether the program gives the loss and the gradients that the engine gives."""
        value, gradients = self.program(self.columns[sample], self._numbers())
        before = [parameter.grad for parameter in self.eager.parameters]
        try:
            true = self.eager.differentiate([sample])
            wanted = [parameter.grad for parameter in self.eager.parameters]
        finally:
            for parameter, grad in zip(self.eager.parameters, before, strict=True):
                parameter.grad = grad
        return _alike([value, *gradients], [true, *wanted])

    def check(self, epoch: int) -> None:
        """Compare some samples, others every time: parameters have moved. Raises UsageError for a difference."""
        count = len(self.columns)
        some = [(self._compared + place) % count for place in range(min(_MOST_COMPARED, count))]
        self._compared += len(some)
        for sample in some:
            try:
                is_right = self.is_right_for(sample)
            except DomainError:  # training has led to where there is no answer, and will say so if it goes on
                continue
            if not is_right:
                raise UsageError(
                    f"in epoch {epoch} sample {sample} is no longer computed in the way that was compiled, as by a "
                    "branch on numbers that training has changed; what has been learned since the start may be wrong. "
                    "Start again with engine='eager'"
                )

    def next_check(self, epoch: int) -> int:
        """The next epoch after this one before which there is something to compare: 1, 2, 4, 8, …"""
        return 1 << epoch.bit_length()

    def run(self, batches: Sequence[Sequence[int]], is_mean: bool, epochs: int) -> None:
        """As the eager engine's. Parameters and optimiser are as they were until it is settled."""
        # Loaded when it is first needed, as all views of a graph are.
        from autograd import TrainingRun

        self._run = None
        optimizer = self.eager.optimizer
        if (optimizer.rule, optimizer.parameters) != self._compiled_for:
            raise UsageError(
                "the optimiser's parameters or its rule have been changed while it trains, and others are compiled; "
                "call fit once for each, or with engine='eager'"
            )
        one_by_one = all(len(batch) == 1 for batch in batches)
        if batches is not self._batches:
            self._items = [[self.columns[sample] for sample in batch] for batch in batches]
            if one_by_one:
                self._items = [row for rows in self._items for row in rows]
            else:
                self._items = [(1.0 / len(rows) if is_mean else 1.0, rows) for rows in self._items]
            self._batches = batches
        self._run = TrainingRun(self._numbers(), optimizer.states, optimizer.settings(), optimizer.steps)
        train = self.program.train if one_by_one else self.program.train_in_batches
        train(self._run, self._items, epochs)

    def settle(self) -> list[float]:
        """As the eager engine's. Gives the optimiser the numbers of the last whole update; twice is as good as once."""
        if self._run is None:
            return []
        numbers, states, step, losses = self._run.standing
        optimizer = self.eager.optimizer
        optimizer.move_to(numbers[: len(optimizer.parameters)], states, step)
        return list(losses)

    def total(self) -> float:
        """The sum of the losses over all samples."""
        return self.program.over(self.columns, self._numbers(), checked=True)[0]


def engine_for(wanted: str, samples: Samples, optimizer: Optimizer) -> Eager | Compiled:
    """The engine that fit asked for: "eager", "compiled", or "auto", which is compiled wherever that is right.

    Raises UsageError where "compiled" is asked for and cannot be, saying why, and where a sample has no loss.
    """
    if wanted not in ("auto", "compiled", "eager"):
        raise UsageError(f"engine={wanted!r:.40} (must be one of 'auto', 'compiled', 'eager')")
    # What a target may be, and a prediction, only the loss knows: it is asked about every sample once.
    losses = samples.losses()
    eager = Eager(samples, optimizer)
    if wanted == "eager":
        return eager
    try:
        engine = _compiled(eager)
        _compare(engine, losses)
        return engine
    except StepgradError as error:
        if wanted == "compiled":
            raise UsageError(f"engine='compiled': this network cannot be compiled: {error}") from None
        eager.why = str(error)
        return eager


def _compare(engine: Compiled, losses: Sequence[float]) -> None:
    """Raises StepgradError where the program gives other numbers than the engine."""
    count = len(losses)
    with_gradients = {place * (count - 1) // (_MOST_COMPARED - 1) for place in range(_MOST_COMPARED)}
    numbers = [parameter.data for parameter in engine.eager.parameters]
    for sample, true in enumerate(losses):
        if sample in with_gradients:
            is_right = engine.is_right_for(sample)
        else:
            is_right = _alike([engine.program(engine.columns[sample], numbers)[0]], [true])
        if not is_right:
            raise UsageError(f"sample {sample} is computed in another way than sample 0, as by a branch on its numbers")


def _compiled(eager: Eager) -> Compiled:
    """The program of the first sample, and all samples as what it takes. Raises StepgradError where there is none."""
    from autograd import compile, structural_difference  # noqa: A004 -- ours, of graphs

    optimizer, samples = eager.optimizer, eager.samples
    _check_is_plain(optimizer)
    targets = _targets(samples)
    root, leaves = _recorded(samples, targets, 0)
    # A second sample, as different from the first as there is.
    farthest = max(range(len(samples)), key=lambda sample: math.dist(samples.rows[sample], samples.rows[0]))
    other, other_leaves = _recorded(samples, targets, farthest)
    difference = structural_difference(root, other, leaves, other_leaves)
    if difference:
        raise UsageError(f"sample {farthest} is computed in another way than sample 0: {difference}")
    program = compile(root, leaves, eager.parameters, optimizer.rule, optimizer.parameters)
    columns = [[*row, *target] for row, target in zip(samples.rows, targets, strict=True)]
    return Compiled(program, columns, eager)


def _check_is_plain(optimizer: Optimizer) -> None:
    """Only what stands in the rule's text is compiled: an optimiser that does more, in Python, is not."""
    name = type(optimizer).__name__
    for method in ("step", "settings", "current_learning_rate", "move_to"):
        if method in vars(optimizer) or getattr(type(optimizer), method) is not getattr(Optimizer, method):
            raise UsageError(f"{name} has a {method}() of its own; only a rule of text can be compiled")
    for setting in optimizer.rule.settings:
        if setting not in vars(optimizer):
            raise UsageError(f"{name} computes its {setting} anew each time; only numbers that stay can be compiled")


def _targets(samples: Samples) -> list[Row]:
    """The targets as rows of numbers that a program can read."""
    if samples.reads_classes():
        try:
            classes = len(samples.net.predict(samples.rows[0]))
        except (TypeError, ValueError) as error:  # it may be somebody's own
            raise UsageError(f"predict() does not give numbers ({error!r:.80})") from None
        return [[float(index == target) for index in range(classes)] for target in samples.targets]
    rows = [target if isinstance(target, list) else [target] for target in samples.targets]
    if len({len(row) for row in rows}) > 1 or len({isinstance(target, list) for target in samples.targets}) > 1:
        raise UsageError("the targets are not all of the same form")
    return rows


def _recorded(samples: Samples, targets: Sequence[Row], sample: int) -> tuple[Value, list[Value]]:
    """The loss of a sample whose inputs and targets are Values, and these."""
    xs = [Value(x, f"x{place}") for place, x in enumerate(samples.rows[sample], start=1)]
    ys = [Value(y, "y_true") for y in targets[sample]]
    loss = cross_entropy_of_weights if samples.reads_classes() else samples.loss
    several = isinstance(samples.targets[sample], list) or len(ys) > 1
    try:
        return loss(samples.net(list(xs)), list(ys) if several else ys[0]), [*xs, *ys]
    # Whatever somebody's network does with a Value that it does not do with a number.
    except Exception as error:
        raise UsageError(f"it does not take Values as inputs and targets ({error!r:.80})") from None


def _alike(found: Sequence[float], wanted: Sequence[float]) -> bool:
    scale = max((abs(number) for number in wanted if math.isfinite(number)), default=0.0)
    return all(
        one == other or abs(one - other) <= _TOLERANCE * max(abs(other), scale) or (one != one and other != other)
        for one, other in zip(found, wanted, strict=True)
    )
