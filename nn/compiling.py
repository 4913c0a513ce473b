"""Which engine `fit` gets: whether a network, a loss and an optimiser can be compiled, and whether that is right.

A program is made from one recorded sample: its loss, its gradients and the optimiser's update. It is right for all
samples only if the network computes all of them in the same way: one that branches on `.data` does not. So a second
sample is recorded and its structure compared, and before the program is trusted it is compared with the engine: the
loss of every sample, and the gradients of some. Where anything differs, training is eager, and says why.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from autograd import StepgradError, UsageError, Value

from .engine import MOST_COMPARED, Compiled, Eager, Row, Samples, alike
from .losses import cross_entropy_of_weights
from .optimizers import Optimizer


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
    with_gradients = {place * (count - 1) // (MOST_COMPARED - 1) for place in range(MOST_COMPARED)}
    numbers = [parameter.data for parameter in engine.eager.parameters]
    for sample, true in enumerate(losses):
        if sample in with_gradients:
            is_right = engine.is_right_for(sample)
        else:
            is_right = alike([engine.program(engine.columns[sample], numbers)[0]], [true])
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
