"""The way from the film into the step player: the graph of one sample, whose leaves the page gives their numbers."""

from __future__ import annotations

from typing import Any, NamedTuple

from autograd import UsageError, Value, record_reads
from autograd.extend import has_members, player_in_javascript

from ..losses import cross_entropy, cross_entropy_of_weights
from .recording import Recording, recorded

# Beyond so many parameters the step player, which shows some hundred values, is not asked.
_MOST_PARAMETERS = 1000
_CANNOT = "It cannot be stepped through: "


class Stepping(NamedTuple):
    """player: a function of JavaScript, see player_in_javascript; "" where there is none, and `why` in words.

    leaves: for each leaf that it takes a number for where that is found: ("x", place of the input), ("y", place in the
    target), ("w", place of the parameter), or ("c", the number itself). targets: of each sample, as numbers.
    """

    player: str
    leaves: list[tuple[str, float]]
    targets: list[list[float]]
    why: str = ""


def stepping_of(recording: Recording) -> Stepping:
    """The step player for any sample of a recorded run."""
    count = len(recording.parameters)
    if count > _MOST_PARAMETERS:
        return Stepping("", [], [], f"{_CANNOT}{count:,} parameters are too many to be shown.")
    try:
        return _stepping(recording)
    except UsageError as error:
        return Stepping("", [], [], f"{_CANNOT}{str(error).partition(':')[0]}.")


def _stepping(recording: Recording) -> Stepping:
    xs, outputs, _ = recorded(recording.net, recording.rows[0])
    loss, targets = recording.loss, recording.targets
    if loss is cross_entropy and not has_members(targets[0]):
        loss = cross_entropy_of_weights  # the index is then a number like others
        targets = [[float(index == target) for index in range(len(outputs))] for target in targets]
    several = has_members(targets[0])
    as_lists: list[list[float]] = [[*target] if several else [target] for target in targets]
    ys = [Value(number) for number in as_lists[0]]
    for number, y in enumerate(ys, start=1):
        y.named("y_true" if len(ys) == 1 else f"y_true{number}").role = "target"
    prediction: Any = outputs if len(outputs) > 1 else outputs[0]
    with record_reads() as reads:
        root = loss(prediction, ys if several else ys[0])
    branches = [read for read in reads if not (read.by_us and read.value in ys)]
    if branches:
        why = f"{_CANNOT}the loss looks at a number while it computes, as a branch does."
        return Stepping("", [], [], why)
    player = player_in_javascript(root, recording.learning_rate)
    x_of, y_of = ({value: at for at, value in enumerate(values)} for values in (xs, ys))
    w_of = {value: at for at, value in enumerate(recording.parameters)}
    leaves: list[tuple[str, float]] = []
    for leaf in player.leaves:
        places = [(kind, of[leaf]) for kind, of in (("x", x_of), ("y", y_of), ("w", w_of)) if leaf in of]
        leaves.append(places[0] if places else ("c", leaf.data))
    return Stepping(player.text, leaves, as_lists)
