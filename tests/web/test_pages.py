"""What becomes a page, and that links between texts of the repository lead to pages."""

from __future__ import annotations

import os
import re

import pytest

from web.folders import ROOT
from web.pages import OUTSIDE, TEACHING, _placed, _with_links


@pytest.mark.parametrize(
    ("path", "page", "text", "made"),
    [
        ("docs/teach.md", "teach.md", "[w](../notebooks/worksheet.html)", "[w](site:course/worksheet.html)"),
        ("notebooks/01.ipynb", "course/01.ipynb", "[w](worksheet.html)", "[w](site:worksheet.html)"),
        ("CONTRIBUTING.md", "contributing.md", "[c](CHANGELOG.md)", "[c](changelog.md)"),
        (
            "docs/a.md",
            "a.md",
            '<img src="player-dark.png"> [x](https://x.org)',
            '<img src="player-dark.png"> [x](https://x.org)',
        ),
    ],
)
def test_links_lead_to_pages(path: str, page: str, text: str, made: str) -> None:
    assert _with_links(text, path, page) == made


def test_every_text_that_is_linked_to_becomes_a_page() -> None:
    texts = [*(ROOT / name for name in OUTSIDE if name.endswith(".md")), *(ROOT / "docs").glob("*.md"), *TEACHING]
    pages = {path.relative_to(ROOT).as_posix() for path in texts} | {"LICENSE"}
    for path in texts:
        name = path.relative_to(ROOT).as_posix()
        if name == "README.md":
            continue
        for link in re.findall(r"\]\((?!https?:|#|site:)([^)#\s]+\.md)", path.read_text(encoding="utf-8")):
            target = os.path.normpath(path.parent.relative_to(ROOT) / link)
            assert target in pages, (name, link)
            assert _placed(target), (name, link)
