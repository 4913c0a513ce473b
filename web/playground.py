"""The playground: its page, with every example run beforehand, so that the first picture waits for no Python."""

from __future__ import annotations

import json
import re
import shutil
from base64 import b64encode
from pathlib import Path

from .folders import HERE, ROOT, bundle
from .play.runner import run

PLAY = HERE / "play"


def build_playground(folder: Path) -> None:
    """Write the playground into a folder beside `runtime`."""
    folder.mkdir(parents=True, exist_ok=True)
    data = json.dumps(examples(), ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    page = (PLAY / "index.html").read_text(encoding="utf-8")
    for place, text in [
        ("/*STYLE*/", (PLAY / "play.css").read_text(encoding="utf-8")),
        ("/*ICON*/", b64encode((ROOT / "docs" / "favicon.svg").read_bytes()).decode()),
        ("/*EXAMPLES*/", data),
    ]:
        page = page.replace(place, text)
    (folder / "index.html").write_text(page, encoding="utf-8")
    for name in ("worker.js", "runner.py"):
        shutil.copy(PLAY / name, folder)
    bundle(PLAY / "main.js", folder / "play.js", "--format=iife")


def examples() -> list[dict[str, str]]:
    """Every example: title, code, partials to try, and what running it shows, prints and says."""
    found = []
    for path in sorted((PLAY / "examples").glob("*.py")):
        code, partials = example(path)
        title, _, code = code.partition("\n")
        answer = json.loads(run(code))
        # The same name at every build: the same clone makes the same page.
        html = re.sub(r"stepgrad-[0-9a-f]{32}", f"stepgrad-{path.stem}", answer["html"])
        found.append({"title": title.removeprefix("# "), "code": code, "partials": partials, **answer, "html": html})
    return found


def example(path: Path) -> tuple[str, str]:
    """The lines of an example, and the partials that its lines "# check: …" hand in."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    partials = "".join(line.removeprefix("# check: ") for line in lines if line.startswith("# check: "))
    return "".join(line for line in lines if not line.startswith("# check: ")), partials.rstrip("\n")
