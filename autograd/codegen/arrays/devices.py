"""Devices: samples are divided among all that JAX has, on this machine and the others of a run."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any

from .libraries import library
from .prepared import Prepared
from .program import Batch


class Devices:
    """All devices. of_samples, of_batches: the sharding of arrays of samples, and of arrays of batches of samples.

    everywhere: that of parameters, which each device has as a whole. count: how many devices there are.
    are_of_several_machines: whether other processes have some of them (jax.distributed.initialize).
    """

    def __init__(self) -> None:
        # Not an import statement, which a type checker would follow: JAX may be missing.
        self.jax: Any = library("jax")
        self._np: Any = library("numpy")
        sharding: Any = library("jax.sharding")
        mesh = sharding.Mesh(self._np.array(self.jax.devices()), ("samples",))
        self.count = int(mesh.size)
        self.are_of_several_machines: bool = self.jax.process_count() > 1
        self.everywhere, self.of_samples, self.of_batches = (
            sharding.NamedSharding(mesh, sharding.PartitionSpec(*axes))
            for axes in ((), ("samples",), (None, "samples"))
        )

    def in_double(self) -> AbstractContextManager[Any]:
        """A context in which JAX computes in float64, whatever it does outside."""
        module = self.jax if hasattr(self.jax, "enable_x64") else library("jax.experimental")
        context: AbstractContextManager[Any] = module.enable_x64(True)
        return context

    def placed(self, array: Any, sharding: Any) -> Any:
        """An array, distributed over the devices."""
        return self.jax.make_array_from_callback(array.shape, sharding, array.__getitem__)

    def on_host(self, tree: Any) -> Any:
        """Copies in NumPy of arrays that all devices have: the originals may be donated to the next call."""
        # Not np.array(one), which after a Ctrl-C takes the JAX array for something else.
        return self.jax.tree.map(lambda one: self._np.array(one.__array__()), tree)

    def agreed(self, number: int) -> int:
        """The number that the first machine has, on all machines."""
        if not self.are_of_several_machines:
            return number
        machines: Any = library("jax.experimental.multihost_utils")
        return int(machines.broadcast_one_to_all(self._np.int32(min(number, 2**31 - 1))))

    def samples(self, samples: Prepared) -> list[Any]:
        """Samples over the devices, their weights last. Padding, so that all devices get equally many, has weight 0."""
        rows = self._rows(samples.count)
        data = [self._padded(one, rows) for one in samples.data]
        return [self.placed(one, self.of_samples) for one in (*data, self._weights(samples.count, rows))]

    def batches(self, batches: Sequence[Batch]) -> list[Any]:
        """Batches as arrays of (batches, rows of one, …), the rows over the devices; their weights last."""
        rows = self._rows(max(one.count for _, one in batches))
        data = [
            self._np.stack([self._padded(one, rows) for one in each])
            for each in zip(*(one.data for _, one in batches), strict=True)
        ]
        weights = self._np.stack([self._weights(one.count, rows) for _, one in batches])
        return [self.placed(one, self.of_batches) for one in (*data, weights)]

    def _rows(self, count: int) -> int:
        """The count, rounded up to a multiple of the number of devices."""
        return -(-count // self.count) * self.count

    def _padded(self, one: Any, rows: int) -> Any:
        """Padded with copies of the first sample: if these have no answer, the batch has none anyway."""
        missing = rows - len(one)
        return self._np.concatenate([one, self._np.repeat(one[:1], missing, axis=0)]) if missing else one

    def _weights(self, count: int, rows: int) -> Any:
        return (self._np.arange(rows) < count).astype(float)


class LaidOut(Sequence[Batch]):
    """Batches on the devices: of those in `data`, the ones from `start` to before `stop`.

    data: see Devices.batches. seeds: the factor of each batch.
    """

    def __init__(self, batches: Sequence[Batch], data: Sequence[Any], seeds: Any, start: int, stop: int) -> None:
        self._batches = batches
        self.data = data
        self.seeds = seeds
        self.start = start
        self.stop = stop

    def __len__(self) -> int:
        return self.stop - self.start

    def __getitem__(self, place: Any) -> Any:
        if isinstance(place, slice):
            start, stop, _ = place.indices(len(self))
            return LaidOut(self._batches, self.data, self.seeds, self.start + start, self.start + stop)
        return self._batches[range(self.start, self.stop)[place]]
