"""Which engine `fit` gets: whether a network, a loss and an optimiser can be compiled, and whether that is right.

A program is made from one recorded sample: its loss, its gradients and the optimiser's update. It is right for all
samples only if the network computes all of them in the same way. One that looks at a number while it computes may not:
it can branch. So nobody may have looked; a second sample is recorded and its structure compared; and before the program
is trusted it is compared with the engine: losses and gradients of some samples. Where anything speaks against it, it is
not used, and training is eager, and says why.

There are two programs, Python for one sample after another and arrays for a whole batch at once. They compute the same;
which is faster depends on the batch and on the size of the graph. The arrays are NumPy's, or JAX's where somebody asks
for them: before it trains, XLA compiles for about a second, and only long runs win that back.
"""

from __future__ import annotations

import linecache
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING

from autograd import DomainError, StepgradError, UpdateRule, UsageError, Value, pause_collector, record_reads

from ..interrupts import surely
from ..losses import cross_entropy_of_weights
from ..optimizers import Optimizer
from ..rows import Row
from . import look
from .compiled import Arrays, Compiled, OnJax
from .engines import Eager, Engine, out_of_reach
from .samples import Samples, weights_of

if TYPE_CHECKING:
    from autograd import ArrayProgram


def engine_for(wanted: str, samples: Samples, optimizer: Optimizer, batch_size: int, is_first: bool = True) -> Engine:
    """The engine that fit asked for: "eager", "compiled", "numpy", "jax", or "auto", the first or the second program if
    that is right: whichever is faster for batches of that size.

    is_first: whether it is asked before training starts. Then, unless the engine is "eager", some samples are computed,
        as many as there is time for: what a target may be, and a prediction, only the loss knows.

    Raises UsageError where the engine that is asked for cannot be had, saying why; where a sample has no loss; and if
    no parameter reaches the loss.
    """
    if wanted not in ("auto", "compiled", "numpy", "jax", "eager"):
        raise UsageError(f"engine={wanted!r:.40} (must be one of 'auto', 'compiled', 'numpy', 'jax', 'eager')")
    if wanted == "jax" and find_spec("jax") is None:
        raise UsageError("engine='jax' needs JAX, which is not installed: pip install jax, or leave the engine to fit")
    optimizer.check_parameters()
    eager = Eager(samples, optimizer)
    if wanted == "eager":
        return eager
    with pause_collector(), _parameters_kept(eager.parameters):
        order = look.order_of(samples)
        try:
            engine = _compiled(eager, wanted, order[1] if len(order) > 1 else 0, batch_size)
            look.compare(engine, order, compares_losses=is_first)
            return engine
        except StepgradError as error:
            if is_first:
                look.check_losses(samples, optimizer, order)  # what is wrong with a sample is said first
            if wanted != "auto":
                if isinstance(error, DomainError):
                    raise
                raise UsageError(f"engine={wanted!r}: this network cannot be compiled: {error}") from None
            return Eager(samples, optimizer, str(error))


@contextmanager
def _parameters_kept(parameters: Sequence[Value]) -> Iterator[None]:
    """Afterwards every parameter has the number and the grad that it has now, also where the network assigns some."""
    before = [(parameter, parameter.data, parameter.grad) for parameter in parameters]

    def restore() -> None:
        for parameter, number, grad in before:
            parameter.data, parameter.grad = number, grad

    try:
        yield
    finally:
        surely(restore)


def _compiled(eager: Eager, wanted: str, farthest: int, batch_size: int) -> Compiled:
    """The program of the first sample, and all samples as what it takes. Raises StepgradError where there is none.

    farthest: a second sample, as different from the first as there is.
    """
    from autograd import compile  # noqa: A004 -- ours, of graphs
    from autograd.extend import leaves_and_size, structural_difference

    optimizer, samples = eager.optimizer, eager.samples
    _check_is_plain(optimizer)
    root, leaves = _recorded(eager, 0)
    width = len(leaves) - len(samples.rows[0])
    if samples.reads_classes():
        look.check_classes(samples, width)
    rows = samples.as_rows(width)
    known, values = leaves_and_size(root)
    others = set(known).difference(eager.parameters, leaves)
    if others or look.extent(values).structure:
        second, second_leaves = _recorded(eager, farthest)
        difference = structural_difference(root, second, leaves, second_leaves)
        if difference:
            changes = f"is computed in another way than sample {farthest}" if farthest else "is never the same"
            raise UsageError(f"sample 0 {changes}: {difference}")
        # A leaf that both graphs share, such as a temperature, is read anew for every chunk, like a parameter.
        shared = others.intersection(leaves_and_size(second)[0]) if others else others
        eager.parameters += [value for value in known if value in shared]
    if set(optimizer.parameters).isdisjoint(known):
        raise out_of_reach(optimizer)
    why = ""
    if wanted != "compiled":
        try:
            if wanted == "jax":
                return _on_jax(eager, root, leaves, rows, values)
            arrays, why = _arrays(eager, root, leaves, values, 0 if wanted == "numpy" else min(batch_size, len(rows)))
            if arrays:
                return Arrays(arrays, rows, eager, values, why)
        except StepgradError as error:
            if wanted in ("numpy", "jax"):
                raise
            why = str(error)
    program = compile(root, leaves, eager.parameters, optimizer.rule, optimizer.parameters)
    return Compiled(program, rows, eager, values, why)


def _arrays(eager: Eager, root: Value, leaves: list[Value], values: int, batch: int) -> tuple[ArrayProgram | None, str]:
    """The program over arrays, and why: None where it would be slower for batches of that size; 0 takes it anyway.

    Raises UsageError where there is none.
    """
    from autograd.extend import RolledGraph, faster_over_arrays

    def roll() -> RolledGraph:
        optimizer = eager.optimizer
        return RolledGraph(root, leaves, eager.parameters, optimizer.rule, optimizer.parameters)

    rolled = faster_over_arrays(values, batch, roll) if batch else roll()
    if rolled is None:
        return None, ""
    if batch and find_spec("numpy") is None:
        return None, f"NumPy is not installed; with it, {values} values for {batch} samples at once would be faster"
    return rolled.compiled(), f"{values} values for {batch} samples at once are faster over arrays" if batch else ""


def _on_jax(eager: Eager, root: Value, leaves: list[Value], rows: list[Row], values: int) -> OnJax:
    """The engine on JAX. Raises UsageError where there is none."""
    from autograd.extend import RolledForJax

    optimizer = eager.optimizer
    rolled = RolledForJax(root, leaves, eager.parameters, optimizer.rule, optimizer.parameters)
    return OnJax(rolled.compiled(), rows, eager, values)


def _check_is_plain(optimizer: Optimizer) -> None:
    """Only what stands in the rule's text is compiled: an optimiser that does more, in Python, is not."""
    kind = type(optimizer)
    for method in ("step", "settings", "current_learning_rate", "move_to"):
        if method in vars(optimizer) or getattr(kind, method) is not getattr(Optimizer, method):
            raise UsageError(f"{kind.__name__} has a {method}() of its own; only a rule of text can be compiled")
    if type(optimizer.rule) is not UpdateRule:
        rule = type(optimizer.rule).__name__
        raise UsageError(f"{kind.__name__}'s rule is a {rule}, which may do more than its text says")
    for attribute in ("rule", *optimizer.rule.settings):
        where = next((base for base in kind.__mro__ if attribute in vars(base)), Optimizer)
        # The properties of our own are known: what they give stays until somebody assigns another.
        if not where.__module__.startswith("nn.optimizers.") and hasattr(vars(where)[attribute], "__get__"):
            raise UsageError(
                f"{kind.__name__} computes its {attribute} anew each time; only what stays can be compiled"
            )


def _recorded(eager: Eager, sample: int) -> tuple[Value, list[Value]]:
    """The loss of a sample whose inputs and targets are Values, and these.

    Raises UsageError where somebody looked at a number meanwhile, or assigned a number or a grad.
    """
    samples = eager.samples
    xs = [Value(x, f"x{place}") for place, x in enumerate(samples.rows[sample], start=1)]
    target = samples.targets[sample]
    loss = cross_entropy_of_weights if samples.reads_classes() else samples.loss
    # An object that nobody else has: a grad that is another one afterwards was assigned.
    mark = float("nan")
    try:
        with eager.grads_kept(), record_reads() as reads:
            for parameter in eager.parameters:
                parameter.grad = mark
            prediction = samples.net(list(xs))
            by_net = len(reads)
            if samples.reads_classes():
                target = weights_of(target, len(prediction))
            ys = [Value(y, "y_true") for y in (target if isinstance(target, list) else [target])]
            root = loss(prediction, list(ys) if isinstance(target, list) else ys[0])
            assigned = [parameter for parameter in eager.parameters if parameter.grad is not mark]
    # A network may do anything with its inputs, such as look them up: any error means that these cannot be Values.
    except Exception as error:
        raise UsageError(f"it does not take Values as inputs and targets ({error!r:.80})") from None
    if not isinstance(root, Value):
        raise UsageError("its loss of Values is no Value")
    if assigned:
        whose = assigned[0].name or "a parameter"
        raise UsageError(f"the grad of {whose} is assigned while the loss is computed; a program would not")
    who_looks = getattr(loss, "__name__", "the loss")
    # Our losses have looked at every target already, to see whether it is one.
    found = [
        (read, "the network" if number < by_net else who_looks)
        for number, read in enumerate(reads)
        if not (read.by_us and read.value in ys)
    ]
    # What is assigned is told before what is looked at: it is the more surprising of the two.
    for read, part in sorted(found, key=lambda one: not one[0].is_write):
        line = linecache.getline(read.place.file, read.place.line).strip()
        who = part if read.by_us else f"line {read.place.line}, `{line:.60}`,"
        whose = read.value.name or "a value"
        if read.is_write:
            raise UsageError(f"{who} assigns the number of {whose} while the loss is computed; a program would not")
        raise UsageError(
            f"{who} looks at the number of {whose}, as a branch does: what is computed may be another for other numbers"
        )
    return root, [*xs, *ys]
