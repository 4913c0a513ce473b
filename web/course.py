"""The course, running in the browser: JupyterLite with the notebooks, on the Python of `runtime.py`."""

from __future__ import annotations

import ast
import re
import shutil
from pathlib import Path
from textwrap import indent
from typing import Any

from .folders import HERE, ROOT, WORK, run

# No registry has these for a browser. What is guarded for the sake of to_numpy, whose text needs NumPy, runs if it can.
MISSING = {
    "numpy": "NumPy",
    "to_numpy": "NumPy",
    "matplotlib": "matplotlib",
    "jax": "JAX",
    "torch": "PyTorch",
    "sklearn": "scikit-learn",
}
# An error would end "Run All Cells".
_GUARDED = """\
try:  # the browser does not have {needed}: download the notebook to run this
{code}
except (ImportError, NameError, KeyError) as error:  # it is missing, or what would have come of it
    print(f"This needs {needed}, which is not here ({{error}}). The lesson goes on without it.")
"""
KEPT = "What you write stays in your browser, and File → Download takes it with you."
NOTEBOOKS = sorted((ROOT / "notebooks").glob("[0-9]*.ipynb"))


def build_course(folder: Path) -> None:
    """Write JupyterLite and the notebooks, without outputs, into a folder beside `runtime`."""
    settings = WORK / "lite"
    shutil.rmtree(settings, ignore_errors=True)
    # What it remembers of the last build would let new settings go unnoticed.
    (WORK / ".jupyterlite.doit.db").unlink(missing_ok=True)
    (settings / "files").mkdir(parents=True)
    shutil.copy(HERE / "lite" / "jupyter-lite.json", settings)
    for path in NOTEBOOKS:
        write(for_the_browser(path), settings / "files" / path.name)
    options = ["--apps=notebooks", "--no-sourcemaps", "--no-unused-shared-packages"]
    run("jupyter", "lite", "build", f"--lite-dir={settings}", f"--output-dir={folder}", *options, where=WORK)


# The library that reads notebooks takes seconds to import, and not everything here needs it.


def read(path: Path) -> Any:
    """A notebook as it is in the file, but for its badges: they lead here, and their pictures are elsewhere."""
    import nbformat

    notebook = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    notebook.cells[0].source = re.sub(r"\n\n\[!\[.*", "", notebook.cells[0].source)
    return notebook


def write(notebook: Any, path: Path) -> None:
    """Write a notebook into a file."""
    import nbformat

    nbformat.write(notebook, path)  # type: ignore[no-untyped-call]


def for_the_browser(path: Path) -> Any:
    """A notebook without outputs, in which what needs a missing library says so, and the rest goes on."""
    notebook = read(path)
    missing: set[str] = set()  # the names that are not there
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
            cell.source = _guarded(cell.source, missing)
        elif cell.source.startswith("# "):
            title, _, rest = cell.source.partition("\n")
            cell.source = f"{title}\n\n*{KEPT}*\n{rest}"
    return notebook


def _guarded(code: str, missing: set[str]) -> str:
    """A cell in which the statements that need what is missing say so. The names they define are missing, too."""
    lines = code.splitlines()
    made: list[str] = []
    held: list[str] = []  # statements in a row that need something
    needed: set[str] = set()
    end = 0

    def close() -> None:
        if held:
            what = " and ".join(sorted(needed)) or "what was left out above"
            made.append(_GUARDED.format(needed=what, code=indent("\n".join(held), "    ")).rstrip())
            held.clear()
            needed.clear()

    for statement in ast.parse(code).body:
        text = "\n".join(lines[end : statement.end_lineno])
        end = statement.end_lineno or end
        libraries, defined, used = _names(statement)
        if libraries or used & missing:
            missing |= defined
            needed |= libraries
            held.append(text)
        else:
            missing -= defined
            close()
            made.append(text)
    close()
    return "\n".join([*made, *lines[end:]])


def _names(statement: ast.stmt) -> tuple[set[str], set[str], set[str]]:
    """Of a statement: which of MISSING it imports, the names that it defines, and those that it reads."""
    libraries: set[str] = set()
    defined: set[str] = set()
    used: set[str] = set()
    for node in ast.walk(statement):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            for alias in node.names:
                module = (node.module or "" if isinstance(node, ast.ImportFrom) else alias.name).partition(".")[0]
                libraries |= {MISSING[name] for name in (module, alias.name) if name in MISSING}
                defined.add(alias.asname or alias.name.partition(".")[0])
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            defined.add(node.name)
        elif isinstance(node, ast.Name):
            (used if isinstance(node.ctx, ast.Load) else defined).add(node.id)
    return libraries, defined, used
