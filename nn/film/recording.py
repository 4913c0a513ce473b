"""Recording: what `fit` keeps of a run for its film, while training goes on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from operator import add
from random import Random
from typing import Any, NamedTuple

from autograd import UsageError, Value, record_reads
from autograd.extend import has_members, structural_difference

from ..module import Module
from ..rows import Row
from .keyframes import KeyFrames, Numbers, Point

# For how many key frames there is room while training runs: for so many numbers, within these two limits.
_MOST_NUMBERS, _FEWEST_FRAMES, _MOST_FRAMES = 1_000_000, 32, 512
# How many samples are kept at most, and how many numbers in them; but a few in any case.
_MOST_SAMPLES, _MOST_INPUTS, _FEWEST_SAMPLES = 200, 50_000, 20


class Recording:
    """A run as it goes on.

    net, loss: what is trained, by what. parameters: the Values that training may move. learning_rate: at the start.
    count: how many samples there are. places: which are kept, at most 200 from everywhere; rows, targets: these.
    keyframes: the numbers of the parameters after every epoch so far, or nearly. They are replaced, never changed.
    keeps_best: whether the network was put back to its best epoch at the end.

    Raises UsageError where the network cannot be shown.
    """

    def __init__(
        self,
        net: Module,
        loss: Callable[[Any, Any], Value],
        rows: Sequence[Row],
        targets: Sequence[Any],
        parameters: Sequence[Value],
        learning_rate: float | None = None,
    ) -> None:
        self.net = net
        self.loss = loss
        self.parameters = list(parameters)
        self.learning_rate = learning_rate
        self.keeps_best = False
        self.count = count = len(rows)
        kept = min(count, _MOST_SAMPLES, max(_MOST_INPUTS // len(rows[0]), _FEWEST_SAMPLES))
        # By lot, but the same every time: at even distances whole classes could be missed where rows alternate.
        self.places = sorted(Random(0).sample(range(count), kept))
        self.rows = [rows[place] for place in self.places]
        self.targets = [targets[place] for place in self.places]
        _check(net, self.rows)
        most = max(_FEWEST_FRAMES, min(_MOST_NUMBERS // len(self.parameters), _MOST_FRAMES))
        self.keyframes = KeyFrames(Point(0, [parameter.data for parameter in self.parameters]), most)

    def extend(self, parameters: Sequence[Value], trail: Sequence[Numbers]) -> None:
        """Keep the numbers after so many more epochs: those of these parameters, in their order."""
        if parameters[: len(self.parameters)] != self.parameters:  # the optimiser moves others now
            number = {parameter: place for place, parameter in enumerate(parameters)}
            order = [number.get(parameter) for parameter in self.parameters]
            now = [parameter.data for parameter in self.parameters]
            trail = [
                [still if place is None else numbers[place] for place, still in zip(order, now, strict=True)]
                for numbers in trail
            ]
        elif len(parameters) > len(self.parameters):
            trail = [numbers[: len(self.parameters)] for numbers in trail]
        self.keyframes = self.keyframes.extended(trail)


class Computed(NamedTuple):
    """What a network computes of one row of inputs, as a graph. root: the output, or the sum of several."""

    xs: list[Value]
    outputs: list[Value]
    root: Value


def recorded(net: Module, row: Row) -> Computed:
    """The graph of a network for a row. Raises UsageError where it may be another for another row."""
    xs = [Value(x, f"x{number}") for number, x in enumerate(row, start=1)]
    with record_reads() as reads:
        found = net(list(xs))
    outputs = list(found) if has_members(found) else [found]
    if not all(isinstance(output, Value) for output in outputs):
        raise UsageError(f"film=True: the network returned {found!r:.40}; expected a Value, or a list of them")
    for number, output in enumerate(outputs, start=1):
        if output.inputs and not output.name:
            output.named(f"output{number}")  # so that it has a line in the trace
    if reads:
        read = reads[0]
        where = "the network" if read.by_us else f"line {read.place.line} of {read.place.file}"
        raise UsageError(
            f"film=True: {where} looks at the number of {read.value.name or 'a value'}, as a branch does. A film "
            "computes with the operations of one sample for all of them: write the network without a branch (autograd."
            "relu, maximum, …), or leave film=True out"
        )
    return Computed(xs, outputs, reduce(add, outputs))


def _check(net: Module, rows: Sequence[Row]) -> None:
    one, other = recorded(net, rows[0]), recorded(net, rows[-1])
    if difference := structural_difference(one.root, other.root, one.xs, other.xs):
        raise UsageError(
            f"film=True: the network does not compute all samples alike: {difference}. A film computes with the "
            "operations of one sample for all of them; leave film=True out"
        )
