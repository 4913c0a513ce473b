"""The Python of the browser: Pyodide, Graphviz as wasm, and exactly the wheels that are needed, with their bytecode.

Nothing of it asks for anything elsewhere: `pyodide-lock.json` names the wheels that lie beside it, and no others.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
import zipfile
from email.parser import Parser
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename

from .folders import HERE, NODE, ROOT, WORK, bundle, python, run

# What JupyterLite's kernel brings along.
_KERNEL = Path("share/jupyter/labextensions/@jupyterlite/pyodide-kernel-extension/static/pypi")


def build_runtime(folder: Path) -> None:
    """Lay the browser's Python out in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    pyodide = NODE / "pyodide"
    shutil.copy(pyodide / "pyodide.asm.wasm", folder)
    _compiled([pyodide / "python_stdlib.zip", *_wheels()], folder)
    lock = json.loads((pyodide / "pyodide-lock.json").read_text())
    (folder / "pyodide-lock.json").write_text(json.dumps(_locked(lock["info"], folder), indent=1))
    bundle(HERE / "python" / "runtime.js", folder / "stepgrad.js", "--format=esm", "--external:node:*", "--external:ws")


def fetch_packages() -> None:
    """The packages of npm, exactly those of the lock file, if they are not there already."""
    lock = (HERE / "package-lock.json").read_bytes()
    stamp = NODE / ".lock"
    if not stamp.exists() or stamp.read_bytes() != lock:
        WORK.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / name, WORK)
        run("npm", "ci", "--no-audit", "--no-fund", where=WORK)
        stamp.write_bytes(lock)


def _wheels() -> list[Path]:
    """Stepgrad's own wheel, made now; those that it and the kernel need, as the registry and the kernel have them."""
    own, fetched = WORK / "own", WORK / "wheels"
    shutil.rmtree(own, ignore_errors=True)
    python("-m", "build", "--wheel", "--no-isolation", "--outdir", own, ROOT)
    wanted = HERE / "python" / "requirements.txt"
    stamp = fetched / "requirements.txt"
    if not stamp.exists() or stamp.read_bytes() != wanted.read_bytes():
        shutil.rmtree(fetched, ignore_errors=True)
        pure = ["--no-deps", "--only-binary=:all:", "--platform=any", "--implementation=py", "--abi=none"]
        python("-m", "pip", "download", "--quiet", "--python-version=3.14", *pure, "--dest", fetched, "-r", wanted)
        shutil.copy(wanted, stamp)
    kernel = Path(sys.prefix) / _KERNEL
    parts = [one for name in ("ipykernel", "piplite", "pyodide_kernel") for one in kernel.glob(f"{name}-*.whl")]
    return sorted([*own.glob("*.whl"), *fetched.glob("*.whl"), *parts])


def _compiled(archives: list[Path], folder: Path) -> None:
    """Copy archives with their bytecode, compiled once for each content: it halves the time until Python is there."""
    kept = WORK / "compiled"
    kept.mkdir(parents=True, exist_ok=True)
    way = (HERE / "python" / "compile.py").read_bytes()
    of = {one: kept / f"{hashlib.sha256(one.read_bytes() + way).hexdigest()}{one.suffix}" for one in archives}
    pairs = [path for one, compiled in of.items() if not compiled.exists() for path in (one, compiled)]
    if pairs:
        for name in ("compile.py", "compile.js"):  # beside the packages, where Node looks for them
            shutil.copy(HERE / "python" / name, WORK)
        run("node", WORK / "compile.js", *pairs)
    for one, compiled in of.items():
        shutil.copy(compiled, folder / one.name)
    for compiled in kept.iterdir():
        if compiled not in of.values():  # of an earlier version
            compiled.unlink()


def _locked(info: dict[str, Any], folder: Path) -> dict[str, Any]:
    """A lock file of exactly the wheels in a folder. What else they name is optional."""
    version = info["python"]
    here = {
        "sys_platform": "emscripten",
        "platform_system": "Emscripten",
        "platform_machine": "wasm32",
        "os_name": "posix",
        "python_version": version.rpartition(".")[0],
        "python_full_version": version,
        "extra": "",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
    }
    wheels = {parse_wheel_filename(one.name)[0]: one for one in sorted(folder.glob("*.whl"))}
    packages = {}
    for name, wheel in wheels.items():
        with zipfile.ZipFile(wheel) as archive:
            files = archive.namelist()
            (metadata,) = [one for one in files if one.endswith(".dist-info/METADATA")]
            needs = map(Requirement, Parser().parsestr(archive.read(metadata).decode()).get_all("Requires-Dist") or [])
            wanted = {canonicalize_name(one.name) for one in needs if one.marker is None or one.marker.evaluate(here)}
        modules = {one.split("/")[0].removesuffix(".py") for one in files if one.endswith(".py")}
        packages[name] = {
            "name": name,
            "version": str(parse_wheel_filename(wheel.name)[1]),
            "file_name": wheel.name,
            "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(),
            "depends": sorted(wanted & wheels.keys()),
            "imports": sorted(one for one in modules if not one.endswith((".dist-info", ".data"))),
            "install_dir": "site",
            "package_type": "package",
            "unvendored_tests": False,
            "tool": {},
        }
    return {"info": info, "packages": packages}
