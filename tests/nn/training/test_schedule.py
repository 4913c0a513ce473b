"""The schedule: every update once and in order, in chunks that stop where there is something to do."""

from __future__ import annotations

from itertools import cycle, repeat
from random import Random
from typing import Any

import pytest

from nn import MLP, fit
from nn.training import run
from nn.training.compiled import Compiled
from nn.training.schedule import Batches, Chunk, Schedule, Stretch


def updates_of(stretches: list[Stretch], sizes: list[int]) -> list[tuple[int, list[int]]]:
    """The epoch and the batch of every update that the chunks make, taken as they come."""
    found = []
    most = cycle(sizes)
    for stretch in stretches:
        epoch, place = stretch.first, 0
        for chunk in stretch.chunks(lambda an_epoch: next(most)):
            assert chunk.start == place
            one_by_one = list(chunk.one_by_one())
            assert len(one_by_one) == chunk.updates
            for update in one_by_one:
                [batches] = update.epochs
                found.append((epoch, batches[update.start]))
                if update.ends_epoch:
                    epoch += 1
            place = 0 if chunk.ends_epoch else chunk.stop
        assert (epoch, place) == (stretch.last + 1, 0)
    return found


@pytest.mark.parametrize("sizes", [[1], [2], [1, 5, 3], [7], [1000], [4, 1, 100]])
@pytest.mark.parametrize("batch_size", [1, 2, 3, 5, 9])
def test_every_batch_of_every_epoch_once_and_in_order(sizes: list[int], batch_size: int) -> None:
    schedule = Schedule(5, batch_size, epochs=11, evaluate_every=4)
    stretches = list(schedule.stretches(lambda epoch: 3))
    batches: Batches = [list(range(start, min(start + batch_size, 5))) for start in range(0, 5, batch_size)]
    assert updates_of(stretches, sizes) == [(epoch, batch) for epoch in range(11) for batch in batches]
    # At most three at once, and an end after each of 0, 4 and 8.
    assert [stretch[:2] for stretch in stretches] == [(0, 1), (1, 3), (4, 1), (5, 3), (8, 1), (9, 2)]


@pytest.mark.parametrize("sizes", [[1], [2], [1, 5, 3], [1000], [4, 1, 100]])
def test_every_epoch_has_an_order_of_its_own_however_it_is_cut(sizes: list[int]) -> None:
    def schedule() -> Schedule:
        return Schedule(4, 1, 7, shuffle=True, random=Random(1), evaluate_every=3)

    found = updates_of(list(schedule().stretches(lambda epoch: 2)), sizes)
    orders = [[sample for epoch, (sample,) in found if epoch == wanted] for wanted in range(7)]
    # Each is the one before it, shuffled.
    random, order = Random(1), list(range(4))
    for one in orders:
        random.shuffle(order)
        assert one == order
    assert [stretch[:2] for stretch in schedule().stretches(lambda epoch: 2)] == [
        (0, 1),
        (1, 2),
        (3, 1),
        (4, 2),
        (6, 1),
    ]


def test_a_chunk_of_several_epochs_is_of_whole_ones() -> None:
    batches = [[0], [1], [2]]
    assert list(Stretch(0, 5, repeat(batches)).chunks(lambda an_epoch: 7)) == [
        Chunk([batches, batches], 0, 3, True),
        Chunk([batches, batches], 0, 3, True),
        Chunk([batches], 0, 3, True),
    ]
    assert list(Stretch(0, 1, repeat(batches)).chunks(lambda an_epoch: 2)) == [
        Chunk([batches], 0, 2),
        Chunk([batches], 2, 3),
    ]
    one, other = Stretch(0, 2, repeat(batches)).chunks(lambda an_epoch: 3)
    assert one is other


@pytest.mark.parametrize("size", [1, 64])
def test_a_chunk_takes_a_tenth_of_a_second_of_training_alone(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sample takes a millisecond by this clock; during each third chunk it does something else for a minute."""
    clock, samples_of = [0.0], []
    train = Compiled.run

    def slow(engine: Compiled, chunk: Chunk, *others: Any) -> Any:
        batches = [batch for epoch in chunk.epochs for batch in epoch[chunk.start : chunk.stop]]
        samples_of.append(sum(map(len, batches)))
        clock[0] += 1e-3 * samples_of[-1] + 60.0 * (len(samples_of) % 3 == 0)
        return train(engine, chunk, *others)

    monkeypatch.setattr(Compiled, "run", slow)
    monkeypatch.setattr(run, "perf_counter", lambda: clock[0])
    fit(MLP(1, [1], seed=1), [[1.0]] * 65, [0.5] * 65, epochs=200, batch_size=size, engine="compiled")
    assert sum(samples_of) == 65 * 200
    # The batch of one that ends an epoch does not make the other, of 64, seem as short.
    assert max(samples_of) <= 100
    assert len(samples_of) <= {1: 202, 64: 400}[size]
