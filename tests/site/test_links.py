"""Every link of every page leads somewhere, and nothing is asked for elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from .support import MEASURED, SITE

# What a page loads by itself, and what a reader may follow.
_LOADS = {
    ("link", "href"),
    ("script", "src"),
    ("img", "src"),
    ("iframe", "src"),
    ("source", "srcset"),
    ("img", "srcset"),
}


class Page(HTMLParser):
    """The links of a page, what it loads, and the places in it that a link may lead to."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.places: set[str] = set()
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("id", "name") and value:
                self.places.add(value)
            elif (tag, name) in _LOADS and value:
                self.loads.append(value)
            elif name == "href" and value:
                self.links.append(value)


def pages() -> Iterator[Path]:
    """The pages that were written for this site: JupyterLite's own, and the file with everything, have none."""
    for path in sorted(SITE.rglob("*.html")):
        if path.relative_to(SITE).parts[0] != "lite" and path.name != "playground.html":
            yield path


READ = {path: Page(path) for path in pages()}


def test_there_are_pages() -> None:
    assert len(READ) > 80
    MEASURED.append(f"links: {len(READ)} pages, {sum(len(page.links) for page in READ.values()):,} links")


def test_no_page_loads_anything_from_elsewhere() -> None:
    outside = {(path.name, load) for path, page in READ.items() for load in page.loads if urlsplit(load).netloc}
    assert outside == set()


def test_every_link_leads_to_a_file_and_a_place_in_it() -> None:
    broken = []
    for path, page in READ.items():
        for link in [*page.links, *page.loads]:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            target = target / "index.html" if target.is_dir() else target
            place = unquote(parts.fragment)
            if not target.exists():
                broken.append(f"{path.relative_to(SITE)}: {link}")
            elif place and target in READ and place not in READ[target].places | {"top"}:
                broken.append(f"{path.relative_to(SITE)}: {link} has no such place")
            elif "path=" in parts.query and "lite" in parts.path:
                notebook = parts.query.partition("path=")[2]
                if not (SITE / "lite" / "files" / notebook).exists():
                    broken.append(f"{path.relative_to(SITE)}: {link} has no such notebook")
    assert broken == []


@pytest.mark.parametrize("name", ["genindex.html", "search.html", "index.html", "play/index.html", "changelog.html"])
def test_what_one_looks_for_is_there(name: str) -> None:
    assert SITE / name in READ


def test_the_wheels_that_the_lock_file_names_lie_beside_it() -> None:
    lock = json.loads((SITE / "runtime" / "pyodide-lock.json").read_text())
    named = {one["file_name"] for one in lock["packages"].values()}
    assert named == {path.name for path in (SITE / "runtime").glob("*.whl")}
    assert {"stepgrad", "ipython", "comm", "graphviz", "tqdm"} <= set(lock["packages"])
    assert all(set(one["depends"]) <= set(lock["packages"]) for one in lock["packages"].values())
