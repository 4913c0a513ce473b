"""How `fit` gets the loss and the gradients of a batch: by a compiled program where it can, else by the eager engine.

A program is made from one recorded sample. It is right for all samples only if the network computes all of them in the
same way: one that branches on `.data` does not. So a program is compared with the engine before it is trusted, the loss
of every sample and the gradients of some, and where it differs, training is eager, and says why. It is compared again
now and then while the parameters move: where it differs then, training stops with an error.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from autograd import StepgradError, UsageError, Value, no_grad

from .losses import Loss
from .module import Module

if TYPE_CHECKING:
    from autograd import Program

Row = list[float]

# On how many samples a program is compared with the engine, and how far apart they may be.
_MOST_COMPARED = 20
_TOLERANCE = 1e-9


class Eager:
    """The engine itself: every sample is recorded, and differentiated by backward()."""

    name = "eager"

    def __init__(
        self,
        net: Module,
        loss: Loss,
        rows: Sequence[Row],
        targets: Sequence[Any],
        parameters: Sequence[Value] = (),
        why: str = "",
    ) -> None:
        self.net = net
        self.loss = loss
        self.rows = rows
        self.targets = targets
        self.parameters = parameters
        self.why = why

    def batch(self, samples: Sequence[int], seed: float) -> float:
        """The sum of the losses over some samples; each parameter's grad becomes that of seed times the sum."""
        for parameter in self.parameters:
            parameter.zero_grad()
        total = 0.0
        for sample in samples:
            cost = self.loss(self.net(self.rows[sample]), self.targets[sample])
            cost.backward(seed)
            total += cost.data
        return total

    def losses(self) -> list[float]:
        """The loss of every sample."""
        with no_grad():
            return [self.loss(self.net(row), target).data for row, target in zip(self.rows, self.targets, strict=True)]

    def total(self) -> float:
        """The sum of the losses over all samples."""
        return sum(self.losses())

    def check(self, epoch: int) -> None:
        """There is nothing to compare the engine with."""


class Compiled:
    """A program of one sample, run over many."""

    name = "compiled"
    why = ""

    def __init__(self, program: Program, samples: list[Row], eager: Eager) -> None:
        self.program = program
        self.samples = samples
        self.parameters = eager.parameters
        self.eager = eager

    def is_right_for(self, sample: int) -> bool:
        """Whether the program gives the loss and the gradients that the engine gives."""
        value, gradients = self.program(self.samples[sample], [parameter.data for parameter in self.parameters])
        true = self.eager.batch([sample], 1.0)
        return _alike([value, *gradients], [true, *(parameter.grad for parameter in self.parameters)])

    def check(self, epoch: int) -> None:
        """Compare one sample, in epochs 1, 2, 4, 8, …: parameters have moved. Raises UsageError for a difference."""
        sample = epoch % len(self.samples)
        if epoch & (epoch - 1) == 0 and epoch and not self.is_right_for(sample):
            raise UsageError(
                f"in epoch {epoch} sample {sample} is no longer computed in the way that was compiled, as by a branch "
                "on numbers that training has changed; what has been learned since the start may be wrong. Start again "
                "with engine='eager'"
            )

    def batch(self, samples: Sequence[int], seed: float) -> float:
        """As the eager engine's."""
        numbers = [parameter.data for parameter in self.parameters]
        total, gradients = self.program.over([self.samples[sample] for sample in samples], numbers, checked=True)
        for parameter, gradient in zip(self.parameters, gradients, strict=True):
            parameter.grad = seed * gradient
        return total

    def total(self) -> float:
        """The sum of the losses over all samples."""
        return self.program.over(self.samples, [parameter.data for parameter in self.parameters], checked=True)[0]


def engine_for(
    wanted: str, net: Module, loss: Loss, rows: Sequence[Row], targets: Sequence[Any], parameters: Sequence[Value]
) -> Eager | Compiled:
    """The engine that fit asked for: "eager", "compiled", or "auto", which is compiled wherever that is right.

    Raises UsageError where "compiled" is asked for and cannot be, saying why.
    """
    if wanted not in ("auto", "compiled", "eager"):
        raise UsageError(f"engine={wanted!r:.40} (must be one of 'auto', 'compiled', 'eager')")
    eager = Eager(net, loss, rows, targets, parameters)
    if wanted == "eager":
        return eager
    try:
        return _compiled(eager)
    except StepgradError as error:
        if wanted == "compiled":
            raise UsageError(f"engine='compiled': this network cannot be compiled: {error}") from None
        eager.why = str(error)
        return eager


def _compiled(eager: Eager) -> Compiled:
    """The compiled engine, once it has been compared with the eager one. Raises StepgradError where it is not right."""
    before = [parameter.grad for parameter in eager.parameters]
    try:
        engine = _program(eager)
        numbers = [parameter.data for parameter in eager.parameters]
        count = len(engine.samples)
        with_gradients = {place * (count - 1) // (_MOST_COMPARED - 1) for place in range(_MOST_COMPARED)}
        for sample, true in enumerate(eager.losses()):
            if sample in with_gradients:
                is_right = engine.is_right_for(sample)
            else:
                is_right = _alike([engine.program(engine.samples[sample], numbers)[0]], [true])
            if not is_right:
                raise UsageError(
                    f"sample {sample} is computed in another way than sample 0, as by a branch on its numbers"
                )
    finally:
        for parameter, grad in zip(eager.parameters, before, strict=True):
            parameter.grad = grad
    return engine


def _program(eager: Eager) -> Compiled:
    """The program of the first sample, and all samples as what it takes."""
    # Loaded when it is first needed, as all views of a graph are.
    from autograd import compile  # noqa: A004 -- ours, of graphs

    row, target = eager.rows[0], eager.targets[0]
    forms = {len(one) if isinstance(one, list) else None for one in eager.targets}
    if len(forms) > 1:
        raise UsageError("the targets are not all of the same form")
    several = isinstance(target, list)
    xs = [Value(x, f"x{place}") for place, x in enumerate(row, start=1)]
    ys = [Value(y, "y_true") for y in (target if several else [target])]
    try:
        root = eager.loss(eager.net(list(xs)), list(ys) if several else ys[0])
    # Whatever somebody's network does with a Value that it does not do with a number.
    except Exception as error:
        raise UsageError(f"it does not take Values as inputs and targets ({error!r:.80})") from None
    samples = [[*row, *(y if several else [y])] for row, y in zip(eager.rows, eager.targets, strict=True)]
    return Compiled(compile(root, inputs=[*xs, *ys], wrt=eager.parameters), samples, eager)


def _alike(found: Sequence[float], wanted: Sequence[float]) -> bool:
    scale = max((abs(number) for number in wanted if math.isfinite(number)), default=0.0)
    return all(
        one == other or abs(one - other) <= _TOLERANCE * max(abs(other), scale) or (one != one and other != other)
        for one, other in zip(found, wanted, strict=True)
    )
