"""Where the site's parts lie, and how the programs that make them are run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent
PUBLIC = ROOT / "public"
# What is kept from build to build: packages of npm and wheels as they came, and bytecode.
WORK = ROOT / "build" / "site"
NODE = WORK / "node_modules"


def run(*command: str | Path, where: Path = ROOT, **variables: str) -> str:
    """Run a program and return what it prints. Ends the build with the end of what it says where it fails."""
    # Its programs may have been installed beside this Python, which need not be on the PATH.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    settings = os.environ | {"PATH": path, "NODE_PATH": str(NODE)} | variables
    words = [str(word) for word in command]
    try:
        done = subprocess.run(words, cwd=where, env=settings, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        sys.exit(f"{words[0]} is not installed; the site needs it (on Debian: apt install nodejs npm)")
    if done.returncode:
        said = (done.stdout + done.stderr).strip().splitlines()
        sys.exit("\n".join([f"this failed: {' '.join(words)[:300]}", *said[-40:]]))
    return done.stdout


def python(*arguments: str | Path, where: Path = ROOT, **variables: str) -> str:
    """Run this Python."""
    return run(sys.executable, *arguments, where=where, **variables)


def bundle(script: Path, into: Path, *options: str) -> None:
    """Make one file of a script and all that it imports, by esbuild."""
    run(NODE / ".bin" / "esbuild", script, "--bundle", "--minify", "--log-level=error", f"--outfile={into}", *options)
