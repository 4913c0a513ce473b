"""Stand-ins for pandas: what is labelled is found by its label, and iterated over by position, or by column name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np


class Series:
    """A column: `series[label]` is looked up by label; iterating gives the values in order, as pandas does."""

    def __init__(self, values: Sequence[Any], labels: Sequence[Any] | None = None) -> None:
        self.values = list(values)
        self.index = list(range(len(self.values))) if labels is None else list(labels)
        self.shape = (len(self.values),)

    def __getitem__(self, label: Any) -> Any:
        if label not in self.index:
            raise KeyError(label)
        return self.values[self.index.index(label)]

    def __iter__(self) -> Iterator[Any]:
        return iter(self.values)

    def __len__(self) -> int:
        return len(self.values)

    def to_numpy(self) -> np.ndarray[Any, Any]:
        return np.array(self.values)


class DataFrame:
    """A table: `frame[name]` is a column, iterating gives the columns' names, and its length is that of a column."""

    def __init__(self, columns: dict[str, Sequence[Any]], labels: Sequence[Any] | None = None) -> None:
        self._columns = {name: Series(values, labels) for name, values in columns.items()}
        self.columns = list(columns)
        self.shape = (len(self), len(columns))

    def __getitem__(self, name: str) -> Series:
        return self._columns[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.columns)

    def __len__(self) -> int:
        return len(next(iter(self._columns.values())))

    def to_numpy(self) -> np.ndarray[Any, Any]:
        return np.array([column.values for column in self._columns.values()]).T
