"""The training player: a run as a film that can be held, wound back and entered.

`recording.py` is what `fit` keeps, thinned to key frames (`keyframes.py`), which `packing.py` makes small.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from autograd import UsageError
from autograd.extend import whole_number

from .packing import Packed
from .recording import Recording

# How many key frames are shown: so many numbers, within these two limits.
_MOST_NUMBERS, _FEWEST_FRAMES, _MOST_FRAMES = 60_000, 20, 256


class Film:
    """A training run to be watched.

    epochs: how many there are. Before the first one, and after each of them, the network can be looked at.
    error: how far the numbers of `parameters` are from those that training had, at most.
    """

    def __init__(self, recording: Recording, losses: Sequence[float]) -> None:
        self._net, self._moved = recording.net, recording.parameters
        self._losses = list(losses)
        most = max(_FEWEST_FRAMES, min(_MOST_NUMBERS // len(self._moved), _MOST_FRAMES))
        keyframes = recording.keyframes.finished().thinned(most)
        self._packed = Packed(keyframes)
        self.epochs = keyframes.epochs
        self.error = keyframes.error + self._packed.error

    def parameters(self, epoch: int) -> dict[str, float]:
        """The network's parameters after so many epochs, by name, as `net.set_parameters` takes them.

        Between two key frames they lie on straight lines; `error` says how far off that is. Raises UsageError where
        there is no such epoch.
        """
        numbers = dict(zip(self._moved, self.numbers(epoch), strict=True))
        return {name: numbers[parameter] for name, parameter in self._net.named_parameters().items()}

    def numbers(self, epoch: int) -> list[float]:
        """The numbers of all Values that training might move, after so many epochs."""
        epoch = whole_number(epoch, "epoch", 0)
        if epoch > self.epochs:
            raise UsageError(f"epoch={epoch}, but the film ends after {self.epochs:,} epochs")
        epochs = self._packed.epochs
        place = bisect_left(epochs, epoch)
        after = self._packed.numbers(place)
        if epochs[place] == epoch:
            return after
        share = (epoch - epochs[place - 1]) / (epochs[place] - epochs[place - 1])
        before = self._packed.numbers(place - 1)
        return [one + share * (other - one) for one, other in zip(before, after, strict=True)]

    def __repr__(self) -> str:
        return f"<Film of {self.epochs:,} epochs in {len(self._packed.epochs)} key frames>"
