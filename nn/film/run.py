"""A training run as a film shows it: its epochs, parameters, losses, and what its outputs mean."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import cached_property

from autograd import UsageError
from autograd.extend import visible, whole_number

from ..neuron import layers_of
from .classes import Meaning, meaning_of
from .losses import curve_of
from .packing import Packed
from .recording import Recording
from .stepping import Stepping, stepping_of

# How many key frames are shown: so many numbers, within these two limits.
_MOST_NUMBERS, _FEWEST_FRAMES, _MOST_FRAMES = 60_000, 20, 256


class FilmedRun:
    """A training run that was recorded.

    epochs: how many there are. Before the first one, and after each of them, the network can be looked at.
    best: the epoch after which the validation loss was least, where fit was given validation samples, else None.
    keeps_best: whether the network was left as it was then, as fit(…, patience=) does.
    error: how far the numbers of `parameters` are from those that training had, at most.
    """

    def __init__(self, recording: Recording, losses: Sequence[float], best: int | None = None) -> None:
        self.recording = recording
        self.best = best
        self.keeps_best = recording.keeps_best
        most = max(_FEWEST_FRAMES, min(_MOST_NUMBERS // len(recording.parameters), _MOST_FRAMES))
        keyframes = recording.keyframes.finished().thinned(most)
        self.packed = Packed(keyframes)
        self.epochs = keyframes.epochs
        self.error = keyframes.error + self.packed.error
        self._losses = list(losses)

    def parameters(self, epoch: int) -> dict[str, float]:
        """The network's parameters after so many epochs, by name, as `net.set_parameters` takes them.

        Between two key frames they lie on straight lines; `error` says how far off that is. Raises UsageError where
        there is no such epoch.
        """
        numbers = dict(zip(self.recording.parameters, self._numbers(epoch), strict=True))
        return {name: numbers[parameter] for name, parameter in self.recording.net.named_parameters().items()}

    def _numbers(self, epoch: int) -> list[float]:
        """The numbers of all Values that training might move, after so many epochs."""
        epoch = whole_number(epoch, "epoch", 0)
        if epoch > self.epochs:
            raise UsageError(f"epoch={epoch}, but the film ends after {self.epochs:,} epochs")
        epochs = self.packed.epochs
        place = bisect_left(epochs, epoch)
        after = self.packed.numbers(place)
        if epochs[place] == epoch:
            return after
        share = (epoch - epochs[place - 1]) / (epochs[place] - epochs[place - 1])
        before = self.packed.numbers(place - 1)
        return [one + share * (other - one) for one, other in zip(before, after, strict=True)]

    def loss(self, epoch: int) -> float | None:
        """The loss that training saw from that epoch on, or, at the end, last. None where it saw none."""
        if not self.curve:
            return None
        place = bisect_right(self.curve, epoch, key=lambda point: point[0])
        before, loss = self.curve[place - 1]
        if place == len(self.curve):
            return loss
        after, next_loss = self.curve[place]
        return loss + (epoch - before) / (after - before) * (next_loss - loss)

    @property
    def title(self) -> str:
        """The network in a few words."""
        net = self.recording.net
        layers = layers_of(net)
        if not layers:
            return visible(type(net).__name__)
        sizes = [len(self.recording.rows[0]), *map(len, layers)]
        return f"{type(net).__name__} {'-'.join(map(str, sizes))}"

    @property
    def best_in_words(self) -> str:
        """What the best epoch is; "" where there is none."""
        if self.best is None:
            return ""
        return "least validation loss" + (", and what the network keeps" if self.keeps_best else "")

    @property
    def samples(self) -> int:
        """How many samples there were."""
        return self.recording.count

    @cached_property
    def curve(self) -> list[tuple[int, float]]:
        """The losses, thinned: (epoch, loss)."""
        return curve_of(self._losses, self.epochs)

    @cached_property
    def meaning(self) -> Meaning:
        """What the outputs mean."""
        return meaning_of(self.recording)

    @cached_property
    def stepping(self) -> Stepping:
        """The way into the step player."""
        return stepping_of(self.recording)
