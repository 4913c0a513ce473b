"""What the worker runs: somebody's lines become steps to watch, a verdict of the tutor, or a sentence that helps."""

from __future__ import annotations

import ast
import io
import json
import math
import traceback
from contextlib import redirect_stdout
from html import escape
from typing import Any

import autograd
from autograd import Player, StepgradError, Value, play
from autograd.testing import check_partials
from nn import Film

# What a partial on paper may call.
FUNCTIONS = {name: getattr(autograd, name) for name in ("exp", "log", "sqrt", "sin", "cos", "tanh", "sigmoid")}
FILE = "your lines"
MOST = 20_000  # signs that are printed
RATE = 0.1


class Short(io.StringIO):
    """What is printed, up to a length."""

    def write(self, text: str) -> int:
        """Keep what there is room for."""
        room = MOST - self.tell()
        if room >= 0:
            super().write(text if len(text) <= room else f"{text[:room]}\n… and more")
        return len(text)


def run(code: str, partials: str = "") -> str:
    """Run lines and return, as JSON, what the page shows: html, printed, error, line (of the error), report."""
    answer: dict[str, Any] = {"html": "", "printed": "", "error": "", "line": 0, "report": ""}
    printed = Short()
    try:
        with redirect_stdout(printed):
            shown = _run(code)
        view = play(shown, RATE) if isinstance(shown, Value) else shown
        answer["html"] = view._repr_html_()
        if partials.strip():
            answer["report"] = checked(view, partials)
    except BaseException as error:
        answer["line"] = _line_of(error)
        where = f"Line {answer['line']}: " if answer["line"] else ""
        kind = "" if isinstance(error, (StepgradError, NothingError)) else f"{type(error).__name__}: "
        answer["error"] = f"{where}{kind}{error.msg if isinstance(error, SyntaxError) else error}"
    answer["printed"] = printed.getvalue()
    return json.dumps(answer)


class NothingError(Exception):
    """The lines compute nothing that has steps."""


def _run(code: str) -> Value | Player | Film:
    """What the lines come to: the last one, where it is something to show; else L; else the Value made last."""
    names: dict[str, Any] = {"__name__": "__main__"}
    tree = ast.parse(code, FILE)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, FILE, "exec"), names)
    if isinstance(last, ast.Expr):
        shown = eval(compile(ast.Expression(last.value), FILE, "eval"), names)
        if isinstance(shown, (Value, Player, Film)):
            return shown
        if shown is not None:
            print(shown)
    computed = [value for value in names.values() if isinstance(value, Value) and value.op is not None]
    for found in (names.get("L"), *reversed(computed)):
        if isinstance(found, Value):
            return found
    raise NothingError("There is no Value to step through: call what you compute L, or write it on the last line.")


def _line_of(error: BaseException) -> int:
    """The line of somebody's lines that an error comes from; 0 where it is none of them."""
    if isinstance(error, SyntaxError):
        return error.lineno or 0
    lines = [frame.lineno or 0 for frame in traceback.extract_tb(error.__traceback__) if frame.filename == FILE]
    return lines[-1] if lines else 0


def checked(view: Player | Film, partials: str) -> str:
    """The tutor's verdict on partials, one a line, as HTML; or what is wrong with how they are written."""
    if isinstance(view, Film):
        return "A film has no partials: let the last line be a Value, such as the loss of one sample."
    given: dict[str, Any] = {}
    for number, line in enumerate(partials.splitlines(), start=1):
        if line.lstrip().startswith('"'):
            # What the report asks for, pasted: "d_L_d_w": {"here": "0.2", "x = 2": "0.1"},
            try:
                given.update(ast.literal_eval(f"{{{line.strip()}}}"))
            except (SyntaxError, ValueError):
                return f'Line {number}: write "d_L_d_w": {{"here": "0.2", "x = 2": "0.1"}} with numbers in quotes'
            continue
        key, equals, right = (part.strip() for part in line.partition("="))
        if not key or key.startswith("#"):
            continue
        if not equals or not right:
            return f"Line {number}: write a partial, =, and what you found, such as d_L_d_w = 2 * x"
        try:
            given[key] = _partial(right)
        except SyntaxError as error:
            return f"Line {number}: {escape(right)} is no formula: {escape(error.msg)}"
    try:
        return check_partials(view.film.lines.root.value, given)._repr_html_()
    except (StepgradError, NameError, TypeError) as error:
        return escape(str(error))


def _partial(text: str) -> Any:
    """A number on paper as its text, so that its digits count; a formula as a function of the values it names."""
    try:
        float(text)
    except ValueError:
        found = {node.id for node in ast.walk(ast.parse(text, mode="eval")) if isinstance(node, ast.Name)}
        names = sorted(found - FUNCTIONS.keys() - {"pi"})
        return eval(f"lambda {', '.join(names)}: {text}", {**FUNCTIONS, "pi": math.pi})
    return text
