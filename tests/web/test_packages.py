"""What the site is built of is pinned, and no lock file names the registry that it was made with."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

from web.folders import HERE, ROOT


def test_npm_packages_are_pinned_without_a_registry() -> None:
    wanted = json.loads((HERE / "package.json").read_text())["dependencies"]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted.values())
    text = (HERE / "package-lock.json").read_text()
    assert "resolved" not in text
    assert "://" not in text
    packages = json.loads(text)["packages"]
    assert packages[""]["dependencies"] == wanted
    assert all(one["integrity"].startswith("sha512-") for name, one in packages.items() if name)


def test_python_packages_are_pinned() -> None:
    lines = (HERE / "python" / "requirements.txt").read_text().splitlines()
    assert all(re.fullmatch(r"[\w-]+==[\d.]+", line) for line in lines if not line.startswith("#"))
    extra = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]["site"]
    for name in ("sphinx", "myst-nb", "furo", "jupyterlite-core", "jupyterlite-pyodide-kernel"):
        assert any(re.fullmatch(rf"{name}==[\d.]+", one) for one in extra), name


def test_what_is_built_is_not_committed() -> None:
    ignored = Path(ROOT / ".gitignore").read_text().split()
    assert {"public/", "build/", "node_modules/"} <= set(ignored)
