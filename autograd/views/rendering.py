"""From DOT to a picture, by Graphviz's `dot` or the program of the package graphviz-pure.

In a browser, where Python is Pyodide, no program can be run. There the page's function `globalThis.stepgradLayout` is
called, which takes DOT and gives SVG.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from importlib import import_module
from pathlib import Path

from ..errors import StepgradError, UsageError

# A layout that takes longer would hang a notebook.
_SECONDS = 60
FORMATS = ("svg", "png", "pdf")


class PictureError(StepgradError, RuntimeError):
    """A picture could not be laid out or written in the format that was asked for; the message says what to do."""


def layout_program() -> str:
    """The path of the layout program. If there is none, raises PictureError, which names two ways to get one."""
    # A notebook's kernel may run without the environment's script folder on its PATH.
    scripts = os.pathsep.join([sysconfig.get_path("scripts"), str(Path(sys.executable).parent)])
    program = shutil.which("dot") or shutil.which("graphviz-pure") or shutil.which("graphviz-pure", path=scripts)
    if program is None:
        raise PictureError(
            "no program to lay out pictures was found: run 'pip install graphviz-pure', or install Graphviz "
            "(apt install graphviz, brew install graphviz, winget install graphviz) so that dot is on the PATH"
        )
    return program


def in_browser() -> bool:
    """Whether this is the Python of a web page."""
    return sys.platform == "emscripten"


def render(source: str, form: str) -> bytes:
    """The picture that DOT text describes, as "svg", "png" or "pdf"."""
    if form not in FORMATS:
        raise UsageError(f"a picture is written as .svg, .png or .pdf, not as {form!r:.20}")
    if in_browser():
        return _laid_out_by_page(source, form)
    program = layout_program()
    try:
        run = _laid_out(program, source, form)
        if run.returncode:
            # Graphviz sometimes fails to route a curved arrow around boxes. Straight arrows need no routing.
            run = _laid_out(program, source, form, "-Gsplines=line")
    except subprocess.TimeoutExpired:
        raise PictureError(f"{program} was still laying out after {_SECONDS} s; draw a smaller part") from None
    except OSError as error:
        raise PictureError(f"{program} could not be run: {error}") from None
    if run.returncode or not run.stdout:
        if form == "pdf" and Path(program).stem != "dot":
            raise PictureError(
                f"{program} could not write pdf; Graphviz's own dot can: apt install graphviz, brew install graphviz "
                "or winget install graphviz. Or save it as .svg, which a browser prints"
            )
        said = run.stderr.decode(errors="replace").strip().splitlines() or [f"exit code {run.returncode}"]
        raise PictureError(f"{program} could not write {form}: {said[-1]:.200}")
    return run.stdout


def _laid_out(program: str, source: str, form: str, *options: str) -> subprocess.CompletedProcess[bytes]:
    command = [program, f"-T{form}", *options]
    return subprocess.run(command, input=source.encode(), capture_output=True, timeout=_SECONDS, check=False)


def _laid_out_by_page(source: str, form: str) -> bytes:
    layout = getattr(import_module("js"), "stepgradLayout", None)
    if form != "svg":
        raise PictureError(f"in a browser a picture is written as .svg, not as .{form}")
    if layout is None:
        raise PictureError("this page cannot lay out pictures: it has no function stepgradLayout(dot) that gives SVG")
    straight = f"{source.rstrip().removesuffix('}')} splines=line }}"
    try:
        try:
            svg = layout(source)
        except Exception:  # thrown by JavaScript, maybe for an arrow, as above
            svg = layout(straight)
    except Exception as error:
        raise PictureError(f"the page could not lay out the picture: {error!s:.200}") from None
    return str(svg).encode()
