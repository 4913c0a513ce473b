"""The functions and methods that follow from the calculus table, with their types, for editors and type checkers.

python -m tests.making.functions        writes autograd/core/functions.py and autograd/core/methods.py
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType

CORE = Path(__file__).parents[2] / "autograd" / "core"

if __name__ == "__main__":
    # Only the table is loaded: autograd itself imports functions.py, which may still name a row that is gone.
    sys.modules["autograd"] = ModuleType("autograd")
    sys.modules["autograd"].__path__ = [str(CORE.parent)]

from autograd.core.row import Row  # noqa: E402
from autograd.core.table import FUNCTIONS  # noqa: E402

_WRITTEN = "`make generated` writes this file from the table."


def functions() -> str:
    """The text of functions.py."""
    inputs = sorted({tuple(row.partials) for row in FUNCTIONS}, key=lambda names: (len(names), names))
    kinds = {names: f"Of{''.join(map(str.title, names))}" for names in inputs}
    lines = [f'"""The functions of the table: autograd.exp and its like. {_WRITTEN}"""', ""]
    lines += ["from __future__ import annotations", "", "from typing import TYPE_CHECKING", ""]
    lines += ["from .operations import RECORDERS", "from .value import Value", "", "if TYPE_CHECKING:"]
    lines += ["    from typing import Protocol, overload"]
    for names in inputs:
        lines += ["", f"    class {kinds[names]}(Protocol):", *_overloads(names)]
    lines += ["", ""]
    lines += [f'{row.name}: {kinds[tuple(row.partials)]} = RECORDERS["{row.name}"]' for row in FUNCTIONS]
    exported = sorted((row.name for row in FUNCTIONS), key=_with_numbers)
    lines += ["", "__all__ = [", *(f'    "{name}",' for name in exported), "]", ""]
    return "\n".join(lines)


def _with_numbers(name: str) -> list[tuple[bool, int, str]]:
    """The key by which log2 comes before log10, as the linter has it."""
    return [(part.isdigit(), int(part) if part.isdigit() else 0, part) for part in re.split(r"(\d+)", name)]


def _overloads(names: Sequence[str]) -> Iterator[str]:
    """A function of Values and numbers gives a Value; of numbers alone it gives a float."""
    count = len(names)
    for first in range(count + 1):  # the first of its arguments that is a Value; the last way has none
        kinds = ["float"] * first + ["Value"] * (first < count) + ["Value | float"] * (count - first - 1)
        arguments = ", ".join(f"{name}: {kind}" for name, kind in zip(names, kinds, strict=True))
        yield "        @overload"
        yield f"        def __call__(self, {arguments}) -> {'Value' if first < count else 'float'}: ..."


_OPERATORS = ["add", "sub", "mul", "truediv", "pow", "mod", "floordiv"]


def methods() -> str:
    """The text of methods.py."""
    of_one: Sequence[Row] = [row for row in FUNCTIONS if len(row.partials) == 1]
    lines = [f'"""The operators and methods that operations.py attaches. {_WRITTEN}"""', ""]
    lines += ["from __future__ import annotations", "", "from typing import TYPE_CHECKING", "", "if TYPE_CHECKING:"]
    lines += ["    from collections.abc import Callable", "    from typing import Self", "", "    class Methods:"]
    lines += ['        """What a Value can do because the table has a row for it."""', ""]
    for name in _OPERATORS:
        lines += [f"        def __{name}__(self, other: Self | float) -> Self: ...", ""]
        lines += [f"        def __r{name}__(self, other: float) -> Self: ...", ""]
    for name in ("__neg__", "__pos__", "__abs__"):
        lines += [f"        def {name}(self) -> Self: ...", ""]
    lines += [*(f"        {row.name}: Callable[[], Self]" for row in of_one), ""]
    lines += ["else:", "    Methods = object", ""]
    return "\n".join(lines)


FILES = {CORE / "functions.py": functions, CORE / "methods.py": methods}

if __name__ == "__main__":
    for path, text in FILES.items():
        path.write_text(text(), encoding="utf-8")
        print(f"Written: {path.name}")
