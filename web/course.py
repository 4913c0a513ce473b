"""The course, running in the browser: JupyterLite with the notebooks, on the Python of `runtime.py`."""

from __future__ import annotations

import ast
import shutil
from pathlib import Path
from textwrap import indent
from typing import Any

import nbformat

from .folders import HERE, ROOT, WORK, run

# No registry has these for a browser's Python.
MISSING = {"numpy": "NumPy", "matplotlib": "matplotlib", "jax": "JAX", "torch": "PyTorch", "sklearn": "scikit-learn"}
# An error would end "Run All Cells".
_GUARDED = """\
# The browser does not have {needed}, which this cell needs. Download the notebook to run it.
try:
{code}
except (ImportError, NameError) as error:
    print(f"This cell needs {needed}, which is not here ({{error}}). The lesson goes on without it.")
"""
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
        nbformat.write(for_the_browser(path), settings / "files" / path.name)  # type: ignore[no-untyped-call]
    options = ["--apps=notebooks", "--no-sourcemaps", "--no-unused-shared-packages"]
    run("jupyter", "lite", "build", f"--lite-dir={settings}", f"--output-dir={folder}", *options, where=WORK)


def for_the_browser(path: Path) -> Any:
    """A notebook without outputs, in which each cell that needs what is missing says so, and the others go on."""
    notebook = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    missing: set[str] = set()  # the names that are not there
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
            needed = _needed(cell.source, missing)
            if needed:
                cell.source = _GUARDED.format(needed=" and ".join(needed), code=indent(cell.source, "    "))
    return notebook


def _needed(code: str, missing: set[str]) -> list[str]:
    """What of MISSING a cell needs. The names that it would have defined are missing from there on, too."""
    tree = ast.parse(code)
    imported: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            for alias in node.names:
                module = (node.module or "" if isinstance(node, ast.ImportFrom) else alias.name).partition(".")[0]
                if module in MISSING:
                    imported[alias.asname or alias.name.partition(".")[0]] = MISSING[module]
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    defined = {node.id for node in names if isinstance(node.ctx, ast.Store)}
    defined |= {node.name for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
    used = {node.id for node in names if isinstance(node.ctx, ast.Load)} & missing - defined
    if imported or used:
        missing |= {*imported, *defined}
        return sorted({*imported.values()}) or ["what an earlier cell could not load"]
    missing -= defined
    return []
