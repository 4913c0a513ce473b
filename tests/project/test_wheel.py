"""The wheel: built, installed on its own in an empty folder, and all five articles run from it."""

from __future__ import annotations

import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from ..support.browser import inflated

ROOT = Path(__file__).parents[2]


def run(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, ROOT, cwd=folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.mark.slow
def test_it_carries_the_packages_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names if ".dist-info" not in name} == {"autograd", "nn"}
    kept = ("breast_cancer.csv", "breast_cancer.md", "digits.txt", "digits.md", "names.txt", "names.md")
    data = [f"nn/data/{name}" for name in kept]
    for needed in ("autograd/py.typed", "nn/py.typed", *data):
        assert needed in names
    scripts = [f"autograd/player/{name}.js" for name in ("numbers", "cards", "stage", "fields", "player")]
    for needed in ("autograd/player/player.css", *scripts):
        assert needed in names
    assert any(name.endswith("licenses/LICENSE") for name in names)


@pytest.mark.slow
def test_all_five_articles_run_from_it_in_an_empty_folder(wheel: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "venv", with_pip=True)
    scripts = tmp_path / "venv" / ("Scripts" if sys.platform == "win32" else "bin")
    python = scripts / "python"
    run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", wheel, cwd=tmp_path)
    empty = tmp_path / "empty"
    empty.mkdir()
    assert str(ROOT) not in run(python, "-c", "import autograd; print(autograd.__file__)", cwd=empty)
    assert "0.9675211209379" in run(python, "-m", "nn", "weight-height", "--fixed-start", cwd=empty)
    assert "0.038303029974" in run(python, "-m", "nn", "xor", "--fixed-start", cwd=empty)
    assert "0.03124953       0.00707584" in run(python, "-m", "nn", "diabetes", "--fixed-start", cwd=empty)
    assert "114 held-out samples" in run(python, "-m", "nn", "breast-cancer", "--epochs", "3", cwd=empty)
    assert "Accuracy on the 100 points" in run(python, "-m", "nn", "log-loss", "--epochs", "30", cwd=empty)
    assert list(empty.iterdir()) == []
    play = "from autograd import Value, play; x = Value(2.0, 'x'); play((x * 3).named('y'), 0.1).save('backprop.html')"
    run(python, "-c", play, cwd=empty)
    page = (empty / "backprop.html").read_text(encoding="utf-8")
    assert "Backward, step 3 of 5" in page
    assert "startOver" in inflated(page)  # of its script
    assert "-product: #" in inflated(page)  # of its style sheet
