"""The arrows of the design: which room may import which, and that importing the engine loads nothing else."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import autograd
import nn

ROOT = Path(__file__).parent.parent

# Each room may import those to its left.
AUTOGRAD = ["errors", "primitives", "expression", "typesetting", "recording", "graph", "rules", "backward", "copying"]
AUTOGRAD += ["updates", "value", "operations", "functional"]
# The views.
AUTOGRAD += [
    "mathematics",
    "simplify",
    "naming",
    "markup",
    "assignments",
    "tracing",
    "source",
    "steps",
    "explanation",
    "tutor",
    "dual",
    "nonfinite",
    "differences",
    "gradient_report",
    "gradient_check",
    "testing",
    "files",
    "rendering",
]
AUTOGRAD += ["picture", "player", "structure", "loops", "recipe", "program", "__init__"]
# What reaches up all the same: how a notebook shows a Value.
REACHES_UP = {("value", "markup")}
NN = [
    "activations",
    "initializers",
    "module",
    "losses",
    "optimizers",
    "engine",
    "compiling",
    "saving",
    "neuron",
    "train",
    "data",
]
NN += ["articles"]
NN += ["diagrams", "plots", "__init__", "__main__"]
# How a notebook shows a network, and a History.
REACHES_UP |= {("neuron", "diagrams"), ("train", "plots")}


def imports(path: Path) -> list[str]:
    """The modules a file imports, at its top or inside a function; relative ones with their dots."""
    found: list[str] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found.append("." * node.level + (node.module or ""))
    return found


@pytest.mark.parametrize(("package", "rooms"), [("autograd", AUTOGRAD), ("nn", NN)])
def test_arrows_run_one_way(package: str, rooms: list[str]) -> None:
    folder = ROOT / package
    # A folder is one room: nn/data/__init__.py is `data`.
    files = [(path.stem if path.parent == folder else path.parent.name, path) for path in folder.rglob("*.py")]
    assert {room for room, _ in files} == set(rooms)
    for room, path in files:
        for module in imports(path):
            inside = path.parent != folder and not module.startswith("..")
            if not module.startswith(".") or inside:
                continue
            other = module.strip(".").split(".")[0]
            if (room, other) not in REACHES_UP:
                assert rooms.index(other) < rooms.index(room), f"{room} must not import {other}"


def test_autograd_imports_the_standard_library_and_itself_only() -> None:
    for path in (ROOT / "autograd").rglob("*.py"):
        for module in set(imports(path)) - ({"graphviz"} if path.stem == "picture" else set()):
            assert module.startswith(".") or module.split(".")[0] in sys.stdlib_module_names, (path, module)


def test_nn_imports_only_public_names_of_autograd() -> None:
    for path in (ROOT / "nn").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "autograd":
                assert node.module == "autograd", path
                assert {alias.name for alias in node.names} <= set(autograd.__all__), path


def test_importing_autograd_loads_no_third_party_module() -> None:
    program = (
        "import sys; before = set(sys.modules); import autograd, nn; "
        "print(*sorted({name.split('.')[0] for name in set(sys.modules) - before}))"
    )
    run = subprocess.run(
        [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); {program}"],
        check=True,
        capture_output=True,
        text=True,
    )
    loaded = set(run.stdout.split())
    assert {"autograd", "nn"} <= loaded
    assert loaded - {"autograd", "nn"} <= set(sys.stdlib_module_names)


def test_importing_autograd_does_not_wait_for_the_views() -> None:
    program = "import sys; before = set(sys.modules); import autograd, nn; print(*set(sys.modules) - before)"
    run = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True, cwd=ROOT)
    views = AUTOGRAD[AUTOGRAD.index("mathematics") : AUTOGRAD.index("__init__")]
    assert not {f"autograd.{view}" for view in views} & set(run.stdout.split())
    # These take about as long to load as all of nn.
    assert not {"dataclasses", "importlib.resources", "inspect", "json", "tempfile"} & set(run.stdout.split())
    assert {"trace", "draw"} <= set(dir(autograd))
    with pytest.raises(AttributeError, match="has no attribute 'drawn'"):
        autograd.drawn  # noqa: B018


@pytest.mark.parametrize("package", [autograd, nn])
def test_public_names_are_documented_and_there(package: object) -> None:
    names = package.__all__  # type: ignore[attr-defined]
    assert len(names) == len(set(names))
    for name in names:
        thing = getattr(package, name)
        if inspect.isclass(thing) or inspect.isfunction(thing):
            assert inspect.getdoc(thing), name


def test_no_module_bears_the_name_of_a_public_function() -> None:
    for package, rooms in ((autograd, AUTOGRAD), (nn, NN)):
        functions = {name for name in package.__all__ if inspect.isfunction(getattr(package, name))}
        assert not functions & set(rooms)


def test_every_module_says_what_it_does() -> None:
    for package in ("autograd", "nn"):
        for path in (ROOT / package).rglob("*.py"):
            docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
            assert docstring, path
            assert docstring.splitlines()[0][-1] in ".:;,…", path
