"""Names for many Values at once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .value import Value


def name_all(values: Mapping[str, Any]) -> None:
    """Name the unnamed Values in a mapping after their keys, except IPython's `_`, `__`, `_1`: `name_all(locals())`.

    >>> a = Value(2.0)
    >>> name_all({"_": a, "a": a})
    >>> a
    Value(2.0, 'a')
    """
    for name, value in values.items():
        if isinstance(value, Value) and not value.name and not re.fullmatch(r"_+\d*", name):
            value.named(name)
