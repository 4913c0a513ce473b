"""What the outputs of a network mean: classes, and how sure it is of each; or numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from autograd import UsageError

from ..classes import Classes
from ..losses import binary_cross_entropy_with_logits, cross_entropy
from .recording import Recording


class Meaning(NamedTuple):
    """kind: how the page makes shares of the classes from the outputs (numbers.js): probability, sign, logit, softmax
    or scores; "numbers" where there are no classes. labels: of the classes. of_targets: for each sample the place of
    its class among them.
    """

    kind: str
    labels: list[int]
    of_targets: list[int]


_NUMBERS = Meaning("numbers", [], [])


def meaning_of(recording: Recording) -> Meaning:
    """What the outputs of a recorded network mean, by its loss and its targets."""
    try:
        classes = Classes(recording.net, recording.rows, recording.targets)
    except UsageError:  # the targets are no classes
        return _NUMBERS
    several = classes.n_outputs > 1
    if recording.loss is cross_entropy:
        kind = "softmax"
    elif several and not all(map(_names_a_class, recording.targets)):
        return _NUMBERS
    elif several:
        kind = "scores"
    elif classes.are_signs:
        kind = "sign"
    else:
        kind = "logit" if recording.loss is binary_cross_entropy_with_logits else "probability"
    return Meaning(kind, classes.labels, classes.of_targets)


def _names_a_class(target: Any) -> bool:
    """Whether a target is an index, or a list with a 1 for one class and the same lower number for the others."""
    if not isinstance(target, Sequence):
        return True
    *others, largest = sorted(target)
    return bool(largest == 1.0 and others[0] == others[-1] < 1.0)
