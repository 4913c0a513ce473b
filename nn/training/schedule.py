"""What is trained when: the epochs between two things to do, and how many updates run in one go.

A stretch is epochs with nothing to look at between them. It runs in chunks, each a number of
updates that takes about a tenth of a second; none is longer than an epoch where on_epoch is to be called. At the border
between two chunks the network is up to date, so Ctrl-C costs at most one chunk.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice, repeat
from random import Random
from typing import NamedTuple

# How long a chunk takes, in seconds; where one update takes longer, a chunk is that update.
CHUNK_SECONDS = 0.1

Batches = list[list[int]]


class Chunk(NamedTuple):
    """Updates that run in one go: by the batches from `start` to before `stop`, of each of some epochs.

    epochs: the batches of each. is_whole: whether they are whole epochs, from the first batch to the last; several
    always are.
    """

    epochs: Sequence[Batches]
    start: int
    stop: int
    is_whole: bool = False

    @property
    def updates(self) -> int:
        """How many updates they are."""
        return (self.stop - self.start) * len(self.epochs)

    @property
    def begins_in_full(self) -> bool:
        """Whether its first batch is as large as any: the last of an epoch may be smaller, and takes less time."""
        batches = self.epochs[0]
        return len(batches[self.start]) == len(batches[0])

    @property
    def ends_epoch(self) -> bool:
        """Whether an epoch is over afterwards."""
        return self.stop == len(self.epochs[0])

    def one_by_one(self) -> Iterator[Chunk]:
        """The same updates, each a chunk."""
        for batches in self.epochs:
            for place in range(self.start, self.stop):
                yield Chunk([batches], place, place + 1)


class Stretch(NamedTuple):
    """Epochs with nothing to look at between them. batches: those of each, from the first epoch on."""

    first: int
    epochs: int
    batches: Iterator[Batches]

    @property
    def last(self) -> int:
        """The last of the epochs."""
        return self.first + self.epochs - 1

    def chunks(self, most: Callable[[int], int]) -> Iterator[Chunk]:
        """The updates in chunks.

        most: from how many an epoch has, how many updates may run in one go; asked before every chunk.
        """
        left, whole = self.epochs, Chunk([[]], 0, 0)
        while left:
            batches = next(self.batches)
            size = len(batches)
            if epochs := min(most(size) // size, left):
                left -= epochs
                # The same chunk again, where it is the same, tells engines so.
                if epochs > 1 or whole.epochs != [batches]:
                    whole = Chunk([batches, *islice(self.batches, epochs - 1)], 0, size, True)
                yield whole
                continue
            left -= 1
            start = 0
            while start < size:
                stop = min(start + most(size), size)
                yield Chunk([batches], start, stop)
                start = stop


class Schedule:
    """When there is something to do during so many epochs.

    shuffle: a new order of the samples in every epoch, drawn by `random`; before: those of so many are passed by.
    evaluate_every: the loss is asked for after epochs 0, evaluate_every, …; None for never.
    """

    def __init__(
        self,
        samples: int,
        batch_size: int,
        epochs: int,
        shuffle: bool = False,
        random: Random | None = None,
        evaluate_every: int | None = None,
        before: int = 0,
    ) -> None:
        self.order = list(range(samples))
        self.batch_size = batch_size
        self.epochs = epochs
        self.shuffle = shuffle
        self.random = random or Random()
        self.evaluate_every = evaluate_every
        # An order is the one before it, shuffled: so it depends on the seed and on the number of the epoch.
        for _ in range(before if shuffle else 0):
            self.random.shuffle(self.order)

    def stretches(self, most: Callable[[int], int]) -> Iterator[Stretch]:
        """All epochs, in stretches. most: how many epochs, from the given one on, may run together."""
        epoch, batches = 0, self._shuffled() if self.shuffle else repeat(self._batches())
        while epoch < self.epochs:
            together = min(most(epoch), self.epochs - epoch)
            if self.evaluate_every:
                together = min(together, -epoch % self.evaluate_every + 1)
            yield Stretch(epoch, together, batches)
            epoch += together

    def evaluates_after(self, epoch: int) -> bool:
        """Whether the loss is asked for after that epoch."""
        return self.evaluate_every is not None and epoch % self.evaluate_every == 0

    def _shuffled(self) -> Iterator[Batches]:
        while True:
            self.random.shuffle(self.order)
            yield self._batches()

    def _batches(self) -> Batches:
        return [self.order[start : start + self.batch_size] for start in range(0, len(self.order), self.batch_size)]
