"""The look before training: which samples the engine computes, and what of them is compared with a program.

All of them would often take longer than training. So those come first that tell most, and only as many are looked at as
take some 20 ms together. What that takes is counted in values, not measured: the same run looks at the same samples.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from autograd import UsageError, no_grad
from autograd.extend import leaves_and_size

from ..optimizers import Optimizer
from ..prediction import computed
from .compiled import MOST_COMPARED, Compiled
from .engines import out_of_reach, reaches
from .samples import Samples

# How many values may be recorded: 20 ms where one takes half a microsecond. To compare the structure of a second sample
# takes three times as long as its loss alone, to compare gradients twice.
_VALUES_LOOKED_AT = 40_000
_STRUCTURE, _GRADIENTS = 3, 2


class Extent(NamedTuple):
    """What the look covers, of samples that have so many values each.

    losses: of how many samples the loss is compared. gradients: of how many also the gradients. structure: whether a
    second sample is recorded.
    """

    losses: int
    gradients: int
    structure: bool


def extent(values: int) -> Extent:
    """What fits; the loss of one sample, the farthest from the first, is compared however large it is.

    >>> extent(400)
    Extent(losses=49, gradients=24, structure=True)
    >>> extent(77_000)
    Extent(losses=1, gradients=0, structure=False)
    """
    left = _VALUES_LOOKED_AT // values - 1
    structure = left >= _STRUCTURE
    left -= _STRUCTURE * structure
    gradients = max(0, left) // (2 * _GRADIENTS)
    return Extent(1 + max(0, left - _GRADIENTS * gradients), gradients, structure)


def order_of(samples: Samples) -> list[int]:
    """All samples, those first that tell most: the first, the farthest from it, one of each kind of target, and then
    some from everywhere.
    """
    count, rows = len(samples), samples.rows
    step = max(1, count * len(rows[0]) // 40_000)  # of very many, not all are measured
    farthest = max(range(0, count, step), key=lambda sample: math.dist(rows[sample], rows[0]))
    # What is done with a target may depend on which it is.
    kinds = {str(target): sample for sample, target in enumerate(samples.targets)} if count <= 10_000 else {}
    some = [place * (count - 1) // (MOST_COMPARED - 1) for place in range(MOST_COMPARED)]
    first = [0, farthest, *list(kinds.values())[:MOST_COMPARED], *some]
    return list(dict.fromkeys([*first, *range(count)]))


def compare(engine: Compiled, order: Sequence[int], compares_losses: bool = True) -> None:
    """Raises UsageError where the program gives other gradients than the engine, or other losses."""
    covered = extent(engine.values)
    wrong = engine.first_wrong(order[: covered.gradients])
    if wrong is None and compares_losses:
        # The program was made from the first: where there is time for one only, another tells more.
        chosen = order[1:] if len(order) > 1 and covered.losses == 1 else order
        samples = engine.eager.samples
        losses = {sample: samples.loss_of(sample).data for sample in chosen[: covered.losses]}
        wrong = engine.first_wrong_loss(losses)
    if wrong is not None:
        raise UsageError(
            f"sample {wrong} is not computed in the way that was recorded, of sample 0: something plays a part that is "
            "no operation on Values"
        )


def check_losses(samples: Samples, optimizer: Optimizer, order: Sequence[int]) -> None:
    """Raises UsageError or DomainError where one of the samples that are looked at has no loss, and UsageError where
    no parameter reaches any loss.
    """
    if samples.reads_classes():
        outputs = computed(samples.net, list(samples.rows[0]))
        check_classes(samples, len(outputs) if isinstance(outputs, list) else 0)
    most, is_reached = 0, False
    for place, sample in enumerate(order):
        loss = samples.loss_of(sample)
        most = most or extent(leaves_and_size(loss)[1]).losses
        is_reached = is_reached or reaches(loss, optimizer.parameters)
        if is_reached and place >= most:
            return
    if not is_reached:
        raise out_of_reach(optimizer)


def check_classes(samples: Samples, count: int) -> None:
    """Raises UsageError, with the row, where a target is none of so many classes: its weights would all be 0."""
    with no_grad():
        for sample, target in enumerate(samples.targets):
            if target not in range(count):
                samples.loss_of(sample)
