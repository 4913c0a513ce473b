"""python -m tests.making.release_notes 1.2.3: what CHANGELOG.md says of that version, as the text of its release.

Ends with an error where the package, the changelog and the citation do not name this version as one that is released.
"""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]


def notes(version: str, root: Path = ROOT) -> str:
    """The section of the changelog. Raises ValueError where a file names another version."""
    changelog, citation = ((root / name).read_text(encoding="utf-8") for name in ("CHANGELOG.md", "CITATION.cff"))
    packaged = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    if packaged != version:
        raise ValueError(f"pyproject.toml has version {packaged}, not {version}")
    if not re.search(rf"^version: {re.escape(version)}$", citation, re.MULTILINE):
        raise ValueError(f"CITATION.cff has another version than {version}")
    section = re.search(rf"^## {re.escape(version)}( [^\n]*)?\n(.*?)(?=^## |\Z)", changelog, re.MULTILINE | re.DOTALL)
    if section is None:
        raise ValueError(f"CHANGELOG.md has no section ## {version}")
    if "unreleased" in (section[1] or ""):
        raise ValueError(f"CHANGELOG.md calls {version} unreleased: write the day of the release there")
    return section[2].strip() + "\n"


if __name__ == "__main__":
    try:
        print(notes(sys.argv[1]), end="")
    except ValueError as error:
        sys.exit(str(error))
