"""Array programs: the compiled array code of a graph, which takes and gives flat lists like every program."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import count
from typing import Any

from ...core.arguments import Number, is_array, members
from ...core.op import NO_FUNCTIONS
from ...core.source import run_source
from ...core.update_rule import UpdateRule
from ...errors import DomainError, UsageError
from ..backends import Functions
from ..program import Program, TrainingRun, checked_numbers
from ..replay import Recipe
from .layout import Layout, Places
from .libraries import library
from .prepared import Prepared, as_slice

_programs = count(1)

Batch = tuple[float, Prepared]  # the number by which gradients are multiplied, and the samples


class ArrayProgram(Program):
    """A compiled graph over arrays, which computes many samples at once. It is used like any Program.

    layout: which parameter is where in the arrays; a notebook shows them with names and numbers.

    Arrays raise no errors. So if a number is not finite, the engine computes sample by sample, and says which sample
    has no answer, and why.
    """

    backend, library = "numpy", "NumPy"

    def __init__(
        self,
        source: str,
        places: Places,
        recipe: Recipe | Callable[[], Recipe],
        update: UpdateRule | None = None,
        called: Functions = NO_FUNCTIONS,
    ) -> None:
        self.source = source
        self._called = dict(called)
        self.update = update
        self.layout = Layout(places)
        self._places = places
        self._recipe_or_how = recipe
        try:
            np = self._np = library("numpy")
            self._functions = self._defined()
        except ModuleNotFoundError as error:
            name = self.library.lower()
            raise UsageError(f"backend={self.backend!r} needs {self.library} ({error}): pip install {name}") from None
        self._columns = [as_slice(columns) for _, columns in places.data]
        self._indices = [np.array(block, int) for _, block in places.blocks]
        # The places of parameters that move, in the order of the vector of `train`; and those of the arrays that stay.
        self._moving = np.array([place for block in places.moving for place in self._indices[block].flat], int)
        self._staying = [one for block, one in enumerate(self._indices) if block not in places.moving]
        self._moving_in_order = np.argsort(self._moving)
        # What the last training gave, and the same as vectors: the next one mostly goes on from there.
        self._remembered: tuple[Any, tuple[Any, ...]] = None, ()

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.source, self._places, self._recipe, self.update, self._called)

    @property
    def inputs(self) -> list[str]:
        """The names of the inputs."""
        return list(self._places.inputs)

    @property
    def parameters(self) -> list[str]:
        """The names of the parameters."""
        return list(self._places.parameters)

    @property
    def _recipe(self) -> Recipe:  # type: ignore[override]  # made when first needed, as it takes long
        if not isinstance(self._recipe_or_how, Recipe):
            self._recipe_or_how = self._recipe_or_how()
        return self._recipe_or_how

    # What another library does differently ---------------------------------------------------------------------------

    def _defined(self) -> dict[str, Any]:
        """The functions that the source defines."""
        arrays = {name: function.arrays for name, function in self._called.items()}
        return run_source(self.source, f"array program {next(_programs)}", arrays, owner=self)

    def _backprop(self, data: Sequence[Any], arrays: Sequence[Any]) -> tuple[Any, Sequence[Any]]:
        """The value and the gradients of one sample."""
        with self._np.errstate(all="ignore"):
            found: tuple[Any, Sequence[Any]] = self._functions["backprop"](*data, *arrays)
            return found

    def _summed(self, samples: Prepared, arrays: Sequence[Any]) -> tuple[Any, Sequence[Any]]:
        """The sum of the values, and of the gradients."""
        with self._np.errstate(all="ignore"):
            found: tuple[Any, Sequence[Any]] = self._functions["summed"](samples.pieces, *arrays)
            return found

    def _trained(
        self, run: TrainingRun, epochs: Sequence[Sequence[Batch]], numbers: Any, losses: list[float], trail: Any
    ) -> tuple[Any, Sequence[Any]]:
        """The vector that moves and the states after these epochs. Appends to `losses` and, unless it is None, `trail`.

        numbers: those of all parameters before.
        """
        with self._np.errstate(all="ignore"):
            found: tuple[Any, Sequence[Any]] = self._functions["train"](
                (((seed, one.pieces) for seed, one in batches) for batches in epochs),
                numbers[self._moving],
                tuple(numbers[places] for places in self._staying),
                self._states_gathered(run.state.states),
                run.settings,
                float(run.state.step),
                losses,
                trail,
                run.carried,
            )
        return found

    # Numbers ------------------------------------------------------------------------------------------------------

    def prepared(self, samples: Any) -> Prepared:
        """Rows of numbers, or a 2-d array, as `over` and `train_in_batches` take them fastest."""
        rows = self._rows(samples)
        data = [self._np.ascontiguousarray(one) for one in self._data(rows)]
        return Prepared(data, len(rows))

    def _data(self, rows: Any) -> list[Any]:
        """The arrays of data; those of adjacent columns are not copied."""
        data = [rows[:, columns] for columns in self._columns]
        return [one[:, 0] if one.shape[1] == 1 else one for one in data]

    def _rows(self, samples: Any) -> Any:
        """Samples as a 2-d array of floats."""
        wanted = len(self._places.inputs)
        given = samples if is_array(samples) else members(samples, "samples", f"samples, each of {wanted} number(s)")
        try:
            rows = self._np.asarray(given)
        except ValueError as error:
            raise UsageError(f"samples are lists of {wanted} number(s) each, all of one length: {error}") from None
        if rows.dtype.kind not in "fiub":  # text and complex numbers, which astype(float) would accept
            rows = self._np.array([checked_numbers(one, wanted, f"sample {place}") for place, one in enumerate(given)])
        rows = rows.astype(float, copy=False)
        if rows.shape == (0,):
            rows = rows.reshape(0, wanted)
        if rows.ndim != 2 or rows.shape[1] != wanted:
            raise UsageError(
                f"samples are a list of lists of {wanted} number(s), or an array of that many columns; this one has "
                f"the shape {rows.shape}"
            )
        return rows

    def _gathered(self, numbers: Sequence[float]) -> tuple[Any, ...]:
        flat = self._np.array(numbers, dtype=float)
        return tuple(flat[places] for places in self._indices)

    def _scattered(self, arrays: Sequence[Any]) -> list[float]:
        flat = self._np.zeros(len(self._places.parameters))
        for places, array in zip(self._indices, arrays, strict=True):
            flat[places] = array
        found: list[float] = flat.tolist()
        return found

    # Calls --------------------------------------------------------------------------------------------------------

    def __call__(self, inputs: Iterable[Number], parameters: Iterable[Number]) -> tuple[float, list[float]]:
        """The value and its gradients for one sample. Raises DomainError where the engine would."""
        xs = checked_numbers(inputs, len(self._places.inputs), "inputs")
        return self.for_one(xs, checked_numbers(parameters, len(self._places.parameters), "parameters"))

    def for_one(self, xs: list[float], ws: list[float]) -> tuple[float, list[float]]:
        """The value and its gradients for one sample; see Program.for_one."""
        value, gradients = self._backprop(self._data(self._np.array([xs], dtype=float)), self._gathered(ws))
        found = float(value), self._scattered(gradients)
        if math.isfinite(found[0]) and all(map(math.isfinite, found[1])):
            return found
        return self._recipe.run(xs, ws)

    def over(self, samples: Any, parameters: Iterable[Number], checked: bool = False) -> tuple[float, list[float]]:
        """The sum of the values over many samples, and the summed gradients; a 2-d array is not copied.

        An error says which sample it was. checked: has no effect, as checking an array is cheap.
        """
        rows = None if isinstance(samples, Prepared) else self._rows(samples)
        prepared = samples if rows is None else Prepared(self._data(rows), len(rows))
        numbers = checked_numbers(parameters, len(self._places.parameters), "parameters")
        arrays = self._gathered(numbers)
        if not prepared.count:
            return 0.0, [0.0] * len(self._places.parameters)
        value, gradients = self._summed(prepared, arrays)
        found = float(value), self._scattered(gradients)
        if math.isfinite(found[0]) and all(map(math.isfinite, found[1])):
            return found
        return self._one_by_one(self._single(prepared), numbers)

    def values(self, samples: Any, parameters: Iterable[Number]) -> list[float]:
        """The value of each sample; only for a program of RolledGraph.compiled(of_values=True)."""
        prepared = self.prepared(samples)
        arrays = self._gathered(checked_numbers(parameters, len(self._places.parameters), "parameters"))
        with self._np.errstate(all="ignore"):
            pieces = [self._functions["backprop"](*piece, *arrays) for piece in prepared.pieces]
        found: list[float] = self._np.concatenate(pieces).tolist()
        return found

    def _single(self, samples: Prepared) -> Iterator[list[float]]:
        """The samples as flat lists."""
        rows = self._np.zeros((samples.count, len(self._places.inputs)))
        for columns, one in zip(self._columns, samples.data, strict=True):
            rows[:, columns] = one.reshape(samples.count, -1)
        yield from rows.tolist()

    # Training -----------------------------------------------------------------------------------------------------

    def train(self, run: TrainingRun, samples: Any, epochs: int = 1) -> None:
        """Epochs of training with an update after every sample, all or none; as any Program's."""
        rows = self._rows(samples)
        batches = [(1.0, self.prepared(rows[place : place + 1])) for place in range(len(rows))]
        self.train_epochs(run, [batches] * epochs)

    def train_in_batches(self, run: TrainingRun, batches: Sequence[tuple[float, Any]], epochs: int = 1) -> None:
        """As `train`, with an update after every batch (factor, samples), by the factor times the summed gradients.

        samples: rows, a 2-d array, or what `prepared` made of either.
        """
        items = [(seed, one if isinstance(one, Prepared) else self.prepared(one)) for seed, one in batches]
        self.train_epochs(run, [items] * epochs)

    def train_epochs(self, run: TrainingRun, epochs: Sequence[Sequence[Batch]], name: str = "batches") -> None:
        """As `train_in_batches`, with batches for each epoch, equally many."""
        if self.update is None:
            raise UsageError(
                "this program only differentiates; one that trains is compiled with update=, an UpdateRule"
            )
        before, updates = run.state, len(epochs) * len(epochs[0])
        losses: list[float] = []
        trail: list[Any] | None = [] if run.keeps_trail else None
        flat = self._np.array(before.parameters, dtype=float)
        moved, states = self._trained(run, epochs, flat, losses, trail)
        with self._np.errstate(all="ignore"):
            # A sum is finite only if all its terms are.
            is_finite = math.isfinite(sum(losses)) and all(math.isfinite(one.sum()) for one in (moved, *states))
        parameters = self._moved(flat, moved)
        remembered = self._states_scattered(states, len(before.states))
        self._remembered = remembered, tuple(states)
        if not is_finite and updates > 1:
            raise DomainError(
                f"one of these {updates} updates leads to a number that is not finite, so none of them was made; train "
                "them one at a time to see which, and why"
            )
        if not is_finite:
            [(seed, samples)] = epochs[0]
            parameters, remembered, loss = self._update_slowly(before, run.settings, seed, list(self._single(samples)))
            losses = [run.carried + loss]
        passed = [*(self._moved(flat, one) for one in trail[:-1]), parameters] if trail else []
        run.state = before.followed_by(parameters, remembered, updates, losses, passed)

    def _moved(self, numbers: Any, moved: Any) -> list[float]:
        """All parameters; those that move have the numbers of the vector `moved`."""
        flat = numbers.copy()
        flat[self._moving] = moved
        found: list[float] = flat.tolist()
        return found

    def _states_gathered(self, states: Sequence[tuple[float, ...]]) -> tuple[Any, ...]:
        """A vector for each number that the rule remembers; 0.0 for parameters that stay, the last of all."""
        known, vectors = self._remembered
        if states == known:
            return vectors
        every = self._np.zeros((len(self._places.parameters), len(states[0])))
        every[: len(states)] = states
        return tuple(every[self._moving].T.copy())

    def _states_scattered(self, states: Sequence[Any], count: int) -> list[tuple[float, ...]]:
        """What is remembered of each of the parameters that move, the first of all."""
        if not states:
            return [()] * count
        places = self._moving_in_order[:count]
        return list(zip(*(state[places].tolist() for state in states), strict=True))
