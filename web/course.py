"""The course, running in the browser: JupyterLite with the notebooks, on the Python of `runtime.py`."""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat

from .folders import HERE, ROOT, WORK, run

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
        notebook = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
        nbformat.write(notebook, settings / "files" / path.name)  # type: ignore[no-untyped-call]
    options = ["--apps=notebooks", "--no-sourcemaps", "--no-unused-shared-packages"]
    run("jupyter", "lite", "build", f"--lite-dir={settings}", f"--output-dir={folder}", *options, where=WORK)
