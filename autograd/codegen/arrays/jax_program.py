"""Array programs on JAX: compiled by XLA, over all devices, the epochs of training in one compiled loop."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import count, groupby
from typing import Any
from weakref import WeakKeyDictionary

from ...core.source import run_source
from ..program import TrainingRun
from .devices import Devices, LaidOut
from .prepared import Prepared
from .program import ArrayProgram, Batch

# The most epochs in one call of the compiled loop, which has room for as many losses.
_MOST_EPOCHS = 4096

_programs = count(1)


class JaxProgram(ArrayProgram):
    """An ArrayProgram that runs on JAX, in float64, with the samples distributed over all devices.

    The user's settings of JAX are neither changed nor used.
    """

    backend, library = "jax", "JAX"

    def _defined(self) -> dict[str, Any]:
        self._lying: WeakKeyDictionary[Prepared, list[Any]] = WeakKeyDictionary()
        self._devices, functions, self._of_one, self._of_all, self._loop = _compiled(self.source)
        return functions

    def laid_out(self, batches: Sequence[tuple[float, Any]]) -> LaidOut:
        """Batches (factor, samples) on the devices, as `train_epochs` takes them fastest."""
        items = [(seed, one if isinstance(one, Prepared) else self.prepared(one)) for seed, one in batches]
        with self._devices.in_double():
            data = self._devices.batches(items)
        return LaidOut(items, data, self._np.array([seed for seed, _ in items]), 0, len(items))

    def agreed(self, number: int) -> int:
        """The number that the first of the machines in this run has, on all of them."""
        return self._devices.agreed(number)

    def compiled_text(self, batches: Sequence[tuple[float, Any]], run: TrainingRun) -> str:
        """The training loop for these batches as XLA compiled it."""
        given = self._given(run, self._np.array(run.state.parameters)) | self._given_by(self.laid_out(batches), 1)
        with self._devices.in_double():
            text: str = self._loop.lower(**given).compile().as_text()
        return text

    def _backprop(self, data: Sequence[Any], arrays: Sequence[Any]) -> tuple[Any, Sequence[Any]]:
        with self._devices.in_double():
            found: tuple[Any, Sequence[Any]] = self._devices.on_host(self._of_one(*data, self._np.ones(1), *arrays))
        return found

    def _summed(self, samples: Prepared, arrays: Sequence[Any]) -> tuple[Any, Sequence[Any]]:
        with self._devices.in_double():
            if samples not in self._lying:
                self._lying[samples] = self._devices.samples(samples)
            found: tuple[Any, Sequence[Any]] = self._devices.on_host(self._of_all(*self._lying[samples], *arrays))
        return found

    def _given(self, run: TrainingRun, numbers: Any) -> dict[str, Any]:
        """The arguments of the training loop at the start of a run."""
        return {
            "moving": numbers[self._moving],
            "others": tuple(numbers[places] for places in self._staying),
            "states": self._states_gathered(run.state.states),
            "settings": tuple(run.settings),
            "step": float(run.state.step),
            "carried": run.carried,
            "losses": self._np.zeros(_MOST_EPOCHS),
        }

    def _given_by(self, batches: LaidOut, epochs: int) -> dict[str, Any]:
        """Its arguments for this many epochs of these batches."""
        names = ("data", "seeds", "start", "stop")
        return {name: getattr(batches, name) for name in names} | {"epochs": epochs}

    def _trained(
        self, run: TrainingRun, epochs: Sequence[Sequence[Batch]], numbers: Any, losses: list[float], trail: Any
    ) -> tuple[Any, Sequence[Any]]:
        given, most = self._given(run, numbers), _MOST_EPOCHS if trail is None else 1
        for batches, some in _together(epochs):
            lying = batches if isinstance(batches, LaidOut) else self.laid_out(batches)
            for number in (min(most, some - done) for done in range(0, some, most)):
                with self._devices.in_double():
                    answer = self._loop(**given, **self._given_by(lying, number))
                given |= self._devices.on_host(answer)
                losses += given["losses"][:number].tolist()
                given["carried"] = 0.0
                if trail is not None:
                    trail.append(given["moving"])
        return given["moving"], given["states"]


def _together(epochs: Sequence[Sequence[Batch]]) -> Iterator[tuple[Sequence[Batch], int]]:
    """Consecutive epochs with the same batches, taken together: the batches, and how many epochs."""
    for _, same in groupby(epochs, id):
        first, *others = same
        yield first, 1 + len(others)


@lru_cache(maxsize=64)
def _compiled(source: str) -> tuple[Devices, dict[str, Any], Any, Any, Any]:
    """The devices, the functions that a text defines, and those that XLA compiles: backprop of one sample and of many,
    and the training loop. Programs with the same text share them.
    """
    devices = Devices()
    with devices.in_double():  # constants are made
        functions = run_source(source, f"JAX program {next(_programs)}", {})
    jit, everywhere = devices.jax.jit, devices.everywhere
    backprop, loop = functions["backprop"], None
    if "update" in functions:
        given_away = ("moving", "states", "losses")
        loop = jit(training_loop(devices, functions["update"]), donate_argnames=given_away, out_shardings=everywhere)
    return devices, functions, jit(backprop), jit(backprop, out_shardings=everywhere), loop


def training_loop(devices: Devices, update: Any) -> Any:
    """The function that trains, around the update of one batch: epochs, and the batches from start to before stop."""
    jax = devices.jax
    jnp, loop = jax.numpy, jax.lax.fori_loop

    def as_before(new: Any, old: Any) -> Any:
        """The new vector in the type and shape of the old one; a rule may give a number."""
        return jnp.broadcast_to(jnp.asarray(new, old.dtype), old.shape)

    def train(
        data: Any,
        seeds: Any,
        start: Any,
        stop: Any,
        epochs: Any,
        moving: Any,
        others: Any,
        states: Any,
        settings: Any,
        step: Any,
        carried: Any,
        losses: Any,
    ) -> dict[str, Any]:
        def by_batch(place: Any, standing: Any) -> Any:
            (moving, states), step, total = standing
            # The rows of a batch stay on their devices.
            batch = [jax.lax.with_sharding_constraint(one[place], devices.of_samples) for one in data]
            value, *after = update(batch, moving, others, states, settings, step, seeds[place])
            return jax.tree.map(as_before, tuple(after), (moving, states)), step + 1.0, total + value

        def by_epoch(epoch: Any, standing: Any) -> Any:
            before, step, total, losses = standing
            if len(seeds) == 1:  # a loop of one would copy the batch each time
                after, step, total = by_batch(0, (before, step, total))
            else:
                after, step, total = loop(start, stop, by_batch, (before, step, total))
            return after, step, 0.0, losses.at[epoch].set(total)

        (after, step, _, losses) = loop(0, epochs, by_epoch, ((moving, states), step, carried, losses))
        return {"moving": after[0], "states": after[1], "step": step, "losses": losses}

    return train
