"""What becomes of a notebook that is to run in the browser."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from web.course import KEPT, NOTEBOOKS, for_the_browser, read

from ..making.notebooks import badges


def made(tmp_path: Path, *cells: str) -> list[str]:
    """The code of a notebook's cells, as it is in the browser."""
    import nbformat

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


def test_such_statements_say_what_they_need_and_raise_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "numpy", None)
    names: dict[str, Any] = {}
    cells = [
        "import numpy as np\nfrom math import pi\n\n# two ones\nx = np.ones(2)\nif pi:\n    y = 2",
        "x + 1",
        "z = y + 1",
    ]
    for code in made(tmp_path, *cells):
        exec(code, names)
    said = capsys.readouterr().out.splitlines()
    assert [line.partition(", which")[0] for line in said] == [
        "This needs NumPy",
        "This needs what was left out above",
        "This needs what was left out above",
    ]
    assert names["z"] == 3


def test_any_other_error_is_the_readers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "numpy", None)
    defines = "import numpy as np\nspace = {}\nexec(f'pi = {np.pi}', space)"
    defines, calls, follows = made(tmp_path, defines, "space['pi'] + np.pi", "1 / 0 + np.pi")
    names: dict[str, Any] = {}
    for code in (defines, calls):
        exec(code, names)
    with pytest.raises(ZeroDivisionError):
        exec(follows, names)


def test_every_lesson_says_where_what_is_written_stays() -> None:
    for path in NOTEBOOKS:
        title, kept, rest = for_the_browser(path).cells[0].source.split("\n\n", 2)
        assert (title[:2], kept, rest[:1]) == ("# ", f"*{KEPT}*", "*")


def test_badges_stay_away_from_pages_that_ask_for_nothing_elsewhere(tmp_path: Path) -> None:
    import nbformat

    (badge,) = badges("lesson", "https://github.com/someone/stepgrad")
    title = nbformat.v4.new_markdown_cell(f"# 1 · A lesson\n\n{badge}\n\n*About 40 minutes.*")  # type: ignore[no-untyped-call]
    notebook: Any = nbformat.v4.new_notebook(cells=[title])  # type: ignore[no-untyped-call]
    nbformat.write(notebook, tmp_path / "lesson.ipynb")  # type: ignore[no-untyped-call]
    assert read(tmp_path / "lesson.ipynb").cells[0].source == "# 1 · A lesson\n\n*About 40 minutes.*"
