"""What becomes of a notebook that is to run in the browser."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest

from web.course import for_the_browser


def made(tmp_path: Path, *cells: str) -> list[str]:
    """The code of a notebook's cells, as it is in the browser."""
    notebook: Any = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])  # type: ignore[no-untyped-call]
    nbformat.write(notebook, tmp_path / "lesson.ipynb")  # type: ignore[no-untyped-call]
    return [cell.source for cell in for_the_browser(tmp_path / "lesson.ipynb").cells]


def test_cells_that_need_what_is_missing_say_so(tmp_path: Path) -> None:
    cells = [
        "x = 1",
        "import numpy as np\ny = np.zeros(3)",
        "print(x)",
        "z = y + 1",  # y was not made
        "from matplotlib.pyplot import subplots",
        "subplots()",
        "y = 2",  # now it is
        "y + x",
        "def f():\n    return z\n",
    ]
    changed = [one != other for one, other in zip(made(tmp_path, *cells), cells, strict=True)]
    assert changed == [False, True, False, True, True, True, False, False, True]


def test_such_a_cell_says_what_it_needs_and_raises_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "numpy", None)
    names: dict[str, Any] = {}
    for code in made(tmp_path, "import numpy as np\nx = np.ones(2)\n\nif True:\n    y = 2", "x + 1", "z = 3"):
        exec(code, names)
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("This cell needs NumPy, which is not here (")
    assert said[1].startswith("This cell needs what an earlier cell could not load, which is not here (name 'x'")
    assert names["z"] == 3
