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

ROOT = Path(__file__).parents[2]

# The rooms, each on a line with those beside it: a room may import those on the lines above, and within itself.
AUTOGRAD = [
    ["console"],
    ["errors"],
    ["notation"],
    ["core"],
    ["tracing"],
    ["views", "codegen"],
    ["checks", "tutor"],
    ["player", "testing"],
    ["extend"],
    ["__init__"],
]
NN = [
    ["regions"],
    ["activations", "axes", "display", "initializers", "interrupts", "prediction", "rows", "seeds"],
    ["module"],
    ["saving"],
    ["classes", "losses", "optimizers", "data"],
    ["neuron"],
    ["film"],
    ["training"],
    ["diagrams", "plots", "articles"],
    ["examples"],
    ["stepping"],
    ["__init__"],
    ["command"],
    ["__main__"],
]
# The files of a room whose order tells how it works, from first to last.
INSIDE = {
    "autograd/notation": "expression simplify typesetting mathematics naming widths markup paper",
    "autograd/core": (
        "arguments nesting collector row activations piecewise helpers table list_rows primitives blocks place "
        "recording misuse graph python_function source domain_errors op list_op partials backward forward copying "
        "update_rule methods notes number_like value naming operations lists deferred defining functions sweep "
        "functional products leaves"
    ),
    "autograd/tracing": "assignments builder directory decimals",
    "autograd/views": "files theme rendering steps explanation cards tables picture",
    "autograd/codegen": (
        "backends ints listing javascript forward loops replay program compiling building capture caching"
    ),
    "autograd/codegen/arrays": (
        "families overview arranging rolling blocks shapes turning wording spelling jax_spelling reading forward "
        "arrivals backward listing training layout prepared libraries program devices jax_program rolled_graph choosing"
    ),
    "autograd/checks": "forward_mode differences report nonfinite gradients",
    "autograd/tutor": (
        "answers kinks points subgraph edits mistakes catalogue sampling rounding diagnosis numbers report checking"
    ),
    "autograd/player": "element templates figures recorded frames copied page",
    "nn/training": "progress history schedule samples engines compiled look choice validation run loop",
    "nn/examples": "handwriting gpt spelling",
    "nn/film": "keyframes packing recording losses classes columns stepping run poster page",
    "nn/optimizers": "settings changes state optimizer rules rates",
    "nn/diagrams": "content layout svg",
}


def imports(path: Path) -> list[str]:
    """The modules a file imports, at its top, inside a function, or for types only; relative ones with their dots."""
    found: list[str] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            dots = "." * node.level
            # `from . import misuse` is the module misuse; `from . import Film` would be a name of the package itself.
            inside = path.parents[node.level - 1] if node.level and not node.module else None
            modules = [alias.name for alias in node.names if inside and (inside / f"{alias.name}.py").exists()]
            found += [dots + name for name in modules] or [dots + (node.module or "")]
    return found


def room_of(path: Path, package: Path) -> str:
    """The room a file stands in: a folder, or the file itself where it lies directly in its package."""
    return path.stem if path.parent == package else path.relative_to(package).parts[0]


def targets(path: Path) -> list[Path]:
    """The files and folders of this project that a file imports, without their suffix."""
    found = []
    for module in imports(path):
        name = module.lstrip(".")
        dots = len(module) - len(name)
        if dots:
            found.append(path.parents[dots - 1].joinpath(*filter(None, name.split("."))))
    return found


@pytest.mark.parametrize(("package", "rooms"), [("autograd", AUTOGRAD), ("nn", NN)])
def test_arrows_run_one_way(package: str, rooms: list[list[str]]) -> None:
    folder = ROOT / package
    line_of = {room: number for number, line in enumerate(rooms) for room in line}
    files = [*folder.rglob("*.py")]
    assert {room_of(path, folder) for path in files} == set(line_of)
    for path in files:
        for target in targets(path):
            room, other = room_of(path, folder), target.relative_to(folder).parts[0]
            if room != other:
                assert line_of[other] < line_of[room], f"{path.relative_to(ROOT)} must not import {other}"


@pytest.mark.parametrize("room", INSIDE)
def test_arrows_inside_a_room_run_one_way(room: str) -> None:
    order = INSIDE[room].split()
    files = {path.stem: path for path in (ROOT / room).glob("*.py")}
    door = files.pop("__init__")  # imports them all, if it imports any
    assert set(files) == set(order)
    for name, path in files.items():
        for target in targets(path):
            assert target != door.parent, f"{room}/{name}.py must not import its room's __init__.py, which imports it"
            if target.parent == door.parent:
                assert order.index(target.name) < order.index(name), f"{room}/{name}.py must not import {target.name}"


def test_the_rooms_can_be_seen_at_once() -> None:
    assert len([*(ROOT / "autograd").glob("*.py")]) <= 6
    for package in ("autograd", "nn"):
        for path in (ROOT / package).rglob("*.py"):
            assert len(path.read_text(encoding="utf-8").splitlines()) <= 330, path
    tutor = [path.read_text(encoding="utf-8").splitlines() for path in (ROOT / "autograd" / "tutor").glob("*.py")]
    assert sum(map(len, tutor)) < 2000


def test_autograd_imports_the_standard_library_and_itself_only() -> None:
    for path in (ROOT / "autograd").rglob("*.py"):
        for module in set(imports(path)) - ({"graphviz"} if path.stem == "picture" else set()):
            assert module.startswith(".") or module.split(".")[0] in sys.stdlib_module_names, (path, module)


def test_nn_imports_only_public_names_of_autograd() -> None:
    for path in (ROOT / "nn").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "autograd":
                assert node.module in ("autograd", "autograd.extend"), path
                # compile is public, and only kept from hiding Python's own where everything is imported by *.
                public = [*autograd.__all__, "compile"] if node.module == "autograd" else autograd.extend.__all__
                assert {alias.name for alias in node.names} <= set(public), path


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
    loaded = set(run.stdout.split())
    later = {room for line in AUTOGRAD[AUTOGRAD.index(["tracing"]) : -1] for room in line} - {"extend"}
    assert not {f"autograd.{room}" for room in later} & loaded
    # These take about as long to load as all of nn.
    assert not {"dataclasses", "importlib.resources", "inspect", "json", "tempfile"} & loaded
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
    for package in (autograd, nn):
        functions = {name for name in package.__all__ if inspect.isfunction(getattr(package, name))}
        folder = Path(package.__path__[0])
        modules = [path.relative_to(folder).with_suffix("") for path in folder.rglob("*.py")]
        assert not functions & {part for module in modules for part in module.parts}


def test_every_module_says_what_it_does() -> None:
    for package in ("autograd", "nn"):
        for path in (ROOT / package).rglob("*.py"):
            docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
            assert docstring, path
            assert docstring.splitlines()[0][-1] in ".:;,…", path


def test_the_core_reads_in_ten_minutes() -> None:
    """At 300 words a minute."""
    core = ROOT / "autograd" / "core"
    read = ["table", "value", "operations", "backward"]
    words = {name: len((core / f"{name}.py").read_text(encoding="utf-8").split()) for name in read}
    assert sum(words.values()) <= 3000, words
