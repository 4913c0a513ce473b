"""What becomes of a notebook that is to run in the browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat

from web.course import GOES_ON, for_the_browser


def marked(tmp_path: Path, *cells: str) -> list[bool]:
    notebook: Any = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])  # type: ignore[no-untyped-call]
    nbformat.write(notebook, tmp_path / "lesson.ipynb")  # type: ignore[no-untyped-call]
    made = for_the_browser(tmp_path / "lesson.ipynb")
    for cell, source in zip(made.cells, cells, strict=True):
        is_marked = GOES_ON in cell.metadata.get("tags", [])
        assert cell.source.endswith(source)
        assert is_marked == cell.source.startswith("# This cell needs ")
    return [GOES_ON in cell.metadata.get("tags", []) for cell in made.cells]


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
    assert marked(tmp_path, *cells) == [False, True, False, True, True, True, False, False, True]


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    notebook: Any = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("import torch, numpy")])  # type: ignore[no-untyped-call]
    nbformat.write(notebook, tmp_path / "lesson.ipynb")  # type: ignore[no-untyped-call]
    assert "needs NumPy and PyTorch, which" in for_the_browser(tmp_path / "lesson.ipynb").cells[0].source
