"""The bench runs where nothing is installed but its own extra."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

from ..bench.__main__ import HERE, command_for

_EXTRAS = tomllib.loads((HERE.parent.parent / "pyproject.toml").read_text())["project"]["optional-dependencies"]


def packages_of(*extras: str) -> set[str]:
    """The names, without versions, that pyproject.toml lists for these extras."""
    return {re.split(r"[<>=\[]", one)[0] for extra in extras for one in _EXTRAS[extra]}


def test_the_bench_imports_what_its_extras_install() -> None:
    known = {"autograd", "nn", "pytest", "tests"} | packages_of("bench", "bench-torch")
    for path in HERE.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            modules = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level:
                modules = [node.module or ""]
            for module in modules:
                name = module.split(".")[0]
                assert name in known or name in sys.stdlib_module_names, (path.name, module)


def test_the_bench_does_without_what_only_the_tests_need(tmp_path: Path) -> None:
    hidden = packages_of("test", "dev", "notebooks") - packages_of("bench") - {"pytest"}
    modules = [module for module, packages in packages_distributions().items() if hidden & set(packages)]
    assert {"hypothesis", "bleach"} <= set(modules)
    (tmp_path / "without.py").write_text(f"import sys\nsys.modules.update(dict.fromkeys({modules!r}))\n")
    run = subprocess.run(
        [*command_for("stepgrad"), "--collect-only", "-p", "without"],
        env={**os.environ, "PYTHONPATH": str(tmp_path), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        cwd=HERE.parent.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "bench_stepgrad.py::" in run.stdout
