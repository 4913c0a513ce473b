"""Which engine `fit` gets: whether a network, a loss and an optimiser can be compiled, and whether that is right.

A program is made from one recorded sample: its loss, its gradients and the optimiser's update. It is right for all
samples only if the network computes all of them in the same way. One that looks at a number while it computes may not:
it can branch. So nobody may have looked; a second sample is recorded and its structure compared; and before the program
is trusted it is compared with the engine: the loss of every sample, and the gradients of some. Where anything speaks
against it, training is eager, and says why.
"""

from __future__ import annotations

import linecache
import math
from collections.abc import Sequence

from autograd import DomainError, StepgradError, UpdateRule, UsageError, Value, record_reads

from ..losses import cross_entropy_of_weights
from ..module import computed
from ..optimizers import Optimizer
from .engines import MOST_COMPARED, Compiled, Eager, Row, Samples


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
            if isinstance(error, DomainError):
                raise
            raise UsageError(f"engine='compiled': this network cannot be compiled: {error}") from None
        eager.why = str(error)
        return eager


def _compare(engine: Compiled, losses: Sequence[float]) -> None:
    """Raises StepgradError where the program gives other numbers than the engine."""
    count = len(losses)
    some = {place * (count - 1) // (MOST_COMPARED - 1) for place in range(MOST_COMPARED)}
    # What is done with a target may depend on which it is: one of every kind, where there are not too many.
    kinds = {str(target): sample for sample, target in enumerate(engine.eager.samples.targets)}
    some.update(list(kinds.values())[:MOST_COMPARED])
    wrong = engine.first_wrong(sorted(some))
    if wrong is None:
        wrong = engine.first_wrong_loss(range(count), losses)
    if wrong is not None:
        raise UsageError(
            f"sample {wrong} is not computed in the way that was recorded, of sample 0: something plays a part that is "
            "no operation on Values"
        )


def _compiled(eager: Eager) -> Compiled:
    """The program of the first sample, and all samples as what it takes. Raises StepgradError where there is none."""
    from autograd import compile  # noqa: A004 -- ours, of graphs
    from autograd.extend import structural_difference

    optimizer, samples = eager.optimizer, eager.samples
    _check_is_plain(optimizer)
    targets = _targets(samples)
    root, leaves = _recorded(samples, targets, 0)
    # A second sample, as different from the first as there is.
    farthest = max(range(len(samples)), key=lambda sample: math.dist(samples.rows[sample], samples.rows[0]))
    other, other_leaves = _recorded(samples, targets, farthest)
    difference = structural_difference(root, other, leaves, other_leaves)
    if difference:
        changes = f"is computed in another way than sample {farthest}" if farthest else "is never the same"
        raise UsageError(f"sample 0 {changes}: {difference}")
    # A leaf that both have, such as a temperature, is somebody's: its number is read anew, like a parameter's.
    stays = set(_leaves(other))
    eager.parameters = list(dict.fromkeys([*eager.parameters, *(leaf for leaf in _leaves(root) if leaf in stays)]))
    program = compile(root, leaves, eager.parameters, optimizer.rule, optimizer.parameters)
    columns = [[*row, *target] for row, target in zip(samples.rows, targets, strict=True)]
    return Compiled(program, columns, eager)


def _leaves(root: Value) -> list[Value]:
    found: dict[Value, None] = {}
    ahead = [root]
    while ahead:
        value = ahead.pop()
        if value not in found:
            found[value] = None
            ahead += value.inputs
    return [value for value in found if not value.inputs]


def _check_is_plain(optimizer: Optimizer) -> None:
    """Only what stands in the rule's text is compiled: an optimiser that does more, in Python, is not."""
    name = type(optimizer).__name__
    for method in ("step", "settings", "current_learning_rate", "move_to"):
        if method in vars(optimizer) or getattr(type(optimizer), method) is not getattr(Optimizer, method):
            raise UsageError(f"{name} has a {method}() of its own; only a rule of text can be compiled")
    if type(optimizer.rule) is not UpdateRule:
        raise UsageError(f"{name}'s rule is a {type(optimizer.rule).__name__}, which may do more than its text says")
    for attribute in ("rule", *optimizer.rule.settings):
        if hasattr(getattr(type(optimizer), attribute, None), "__get__"):
            raise UsageError(f"{name} computes its {attribute} anew each time; only what stays can be compiled")


def _targets(samples: Samples) -> list[Row]:
    """The targets as rows of numbers that a program can read."""
    if samples.reads_classes():
        classes = len(computed(samples.net, samples.rows[0]))
        return [[float(index == target) for index in range(classes)] for target in samples.targets]
    rows = [target if isinstance(target, list) else [target] for target in samples.targets]
    if len({len(row) for row in rows}) > 1 or len({isinstance(target, list) for target in samples.targets}) > 1:
        raise UsageError("the targets are not all of the same form")
    return rows


def _recorded(samples: Samples, targets: Sequence[Row], sample: int) -> tuple[Value, list[Value]]:
    """The loss of a sample whose inputs and targets are Values, and these.

    Raises UsageError where somebody looked at a number meanwhile, or assigned one.
    """
    xs = [Value(x, f"x{place}") for place, x in enumerate(samples.rows[sample], start=1)]
    ys = [Value(y, "y_true") for y in targets[sample]]
    loss = cross_entropy_of_weights if samples.reads_classes() else samples.loss
    several = isinstance(samples.targets[sample], list) or len(ys) > 1
    try:
        with record_reads() as reads:
            prediction = samples.net(list(xs))
            by_net = len(reads)
            root = loss(prediction, list(ys) if several else ys[0])
    # Whatever somebody's network does with a Value that it does not do with a number.
    except Exception as error:
        raise UsageError(f"it does not take Values as inputs and targets ({error!r:.80})") from None
    # What is assigned is told before what is looked at: it is the more surprising of the two.
    for number, read in sorted(enumerate(reads), key=lambda numbered: not numbered[1].is_write):
        # Our losses have looked at every target already, to see whether it is one.
        if not (read.by_us and read.value in ys):
            line = linecache.getline(read.place.file, read.place.line).strip()
            ours = "the network" if number < by_net else getattr(loss, "__name__", "the loss")
            who = ours if read.by_us else f"line {read.place.line}, `{line:.60}`,"
            whose = read.value.name or "a value"
            if read.is_write:
                raise UsageError(f"{who} assigns the number of {whose} while the loss is computed; a program would not")
            raise UsageError(
                f"{who} looks at the number of {whose}, as a branch does: what is computed may be another for other "
                "numbers"
            )
    return root, [*xs, *ys]
