"""What is used from a zip, without sources, or with Python's -OO does what it does from a folder of sources."""

from __future__ import annotations

import compileall
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import autograd

ROOT = Path(autograd.__file__).parents[1]
INSTALLATIONS = ["sources", "compiled", "zip"]

# Lines of a user's program; it prints what it found, as JSON.
USE = """
import json, sys
from autograd import DomainError, Value, explain, maximum, play, record_lines, record_reads, to_python
from nn import MLP, SGD, fit, mean_squared_error
from nn.data import breast_cancer

found = {}
with record_lines(), record_reads() as reads:
    x = Value(3.0, "x")  # line 9
    y = x * 2 if x > 0 else x  # line 10
    try:
        (x - 3.0).sqrt().log()  # line 12
    except DomainError as error:
        found["error"] = error.place.line, error.place.file.endswith("use.py")
found["place"] = y.place.line, y.place.file.endswith("use.py")
found["reads"] = [(read.place.line, read.by_us) for read in reads]
for activation in ("relu", "softplus", "tanh"):
    net = MLP(2, [2, 1], activation, seed=1)
    history = fit(net, [[0.5, -1.0], [2.0, 0.25]], [0.0, 1.0], optimizer=SGD(net.parameters(), 0.1), epochs=5)
    found[activation] = history.engine, history.losses[-1], net.w1.data
text = to_python(maximum(x, 4.0).relu() ** 2 + x.softplus(), inputs=[x])
namespace = {}
exec(text, namespace)
found["to_python"] = namespace["backprop"](5.0)
page = play(mean_squared_error(net([1.0, 2.0]), 1.0), learning_rate=0.1)
page.save("page.html")
saved = open("page.html", encoding="utf-8").read()
found["page"] = "stepgrad-player" in saved and "∂" in saved, len(saved), len(page.film.frames)
found["explained"] = str(explain(mean_squared_error(net([1.0, 2.0]), 1.0), net.w1))
found["data"] = len(breast_cancer()[0])
print(json.dumps(found))
"""


@pytest.fixture(scope="module", params=INSTALLATIONS)
def installed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is put on Python's path."""
    folder = tmp_path_factory.mktemp(request.param)
    for package in ("autograd", "nn"):
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    if request.param == "zip":
        return Path(shutil.make_archive(str(folder) + "-archive", "zip", folder))
    if request.param == "compiled":
        assert compileall.compile_dir(folder, quiet=1, legacy=True, stripdir=str(folder))
        for source in folder.rglob("*.py"):
            source.unlink()
    return folder


def python(installed: Path, where: Path, *options: str) -> str:
    """What a command of Python's prints, which finds stepgrad there and nowhere else."""
    environment = os.environ | {"PYTHONPATH": str(installed), "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1"}
    command = [sys.executable, "-W", "error", *options]
    run = subprocess.run(command, cwd=where, env=environment, capture_output=True, encoding="utf-8", check=False)
    assert run.returncode == 0, run.stderr
    return run.stdout


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What the program finds from here."""
    return used(ROOT, tmp_path_factory.mktemp("usual"))


def used(installed: Path, where: Path, *options: str) -> Any:
    (where / "use.py").write_text(USE, encoding="utf-8")
    return json.loads(python(installed, where, *options, "use.py"))


def test_the_program_finds_what_there_is_to_find(usual: Any) -> None:
    assert usual["place"] == [10, True]
    assert usual["error"] == [12, True]
    assert usual["reads"] == [[10, False]]
    assert usual["relu"][0] == "compiled"
    assert usual["to_python"][0] == pytest.approx(25.0 + 5.006715348489118)
    assert usual["page"][0]
    assert usual["explained"].startswith("∂L/∂w1 = ")
    assert usual["data"] == 569


@pytest.mark.parametrize("optimised", [pytest.param([], marks=pytest.mark.slow), ["-OO"]], ids=["", "OO"])
def test_it_is_the_same_everywhere(installed: Path, optimised: list[str], usual: Any, tmp_path: Path) -> None:
    where = python(installed, tmp_path, "-c", "import autograd; print(autograd.__file__)")
    assert where.startswith(str(installed))
    assert used(installed, tmp_path, *optimised) == usual


@pytest.mark.slow
def test_the_command_is_the_same_everywhere(installed: Path, tmp_path: Path) -> None:
    names = python(installed, tmp_path, "-OO", "-m", "nn")
    assert "  weight-height" in names
    assert "1000 epochs, learning rate 0.1\n" in names
    options = ["--fixed-start", "--epochs", "2", "--step", "page.html", "--diagram", "net.svg"]
    printed = python(installed, tmp_path, "-OO", "-m", "nn", "weight-height", *options, "--listing")
    assert "Drawn: net.svg" in printed
    assert "def backprop(x1, x2, y_true," in printed
    assert "<svg" in (tmp_path / "net.svg").read_text(encoding="utf-8")
    assert "stepgrad-player" in (tmp_path / "page.html").read_text(encoding="utf-8")
