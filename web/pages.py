"""The documentation: `docs/`, the course as it is committed, and the reference, made into pages by Sphinx."""

from __future__ import annotations

import os
import re
import shutil
from html import unescape
from pathlib import Path
from typing import Any

from autograd import Player, Value, play
from nn import MLP, SGD, Film, fit, mean_squared_error
from nn.data import XOR

from .course import KEPT, NOTEBOOKS, read, write
from .folders import ROOT, WORK, python
from .reference import pages

# Pages of the repository that stand outside docs/, and the name of each as a page.
OUTSIDE = {
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "CODE_OF_CONDUCT.md": "conduct.md",
    "SECURITY.md": "security.md",
    "LICENSE": "license.md",
    "nn/data/breast_cancer.md": "breast_cancer.md",
    "nn/data/digits.md": "digits.md",
    "README.md": "index.md",
}
TEACHING = sorted((ROOT / "notebooks" / "teaching").glob("*.md"))
_LINK = re.compile(r"(\]\(|src=\"|srcset=\")(?![a-z]+:|#)([^)\"#\s]+)")


def build_pages(folder: Path) -> None:
    """Write all pages into a folder. A warning of Sphinx ends the build."""
    sources = WORK / "pages"
    shutil.rmtree(sources, ignore_errors=True)
    shutil.copytree(ROOT / "docs", sources, ignore=shutil.ignore_patterns("__pycache__"))
    for name, page in [*OUTSIDE.items(), *((f"docs/{path.name}", path.name) for path in (ROOT / "docs").glob("*.md"))]:
        if name != "README.md":
            text = (ROOT / name).read_text(encoding="utf-8")
            text = f"# Licence\n\n{text}" if name == "LICENSE" else _with_links(text, name, page)
            (sources / page).write_text(text, encoding="utf-8")
    (sources / "course").mkdir(exist_ok=True)
    for path in NOTEBOOKS:
        _lesson(path, sources / "course" / path.name)
    for name in ("course", "course/teaching"):
        (sources / "extra" / name).mkdir(parents=True)
        for path in (ROOT / name.replace("course", "notebooks")).glob("*.html"):  # the sheets to print
            shutil.copy(path, sources / "extra" / name)
    (sources / "course" / "teaching").mkdir()
    for path in TEACHING:
        page = f"course/teaching/{path.name}"
        text = _with_links(path.read_text(encoding="utf-8"), f"notebooks/teaching/{path.name}", page)
        (sources / page).write_text(text, encoding="utf-8")
    (sources / "api").mkdir()
    for name, text in pages().items():
        (sources / "api" / f"{name}.rst").write_text(text, encoding="utf-8")
    (sources / "embedded").mkdir()
    for name, shown in examples().items():
        # The same name at every build: the same clone makes the same site.
        html = re.sub(r"stepgrad-[0-9a-f]{32}", f"stepgrad-{name}", shown._repr_html_())
        (sources / "embedded" / f"{name}.html").write_text(html, encoding="utf-8")
        if name == "neuron":
            shown.save(sources / "extra" / "backprop.html")  # what docs/embed.md frames
    made = WORK / "html"
    shutil.rmtree(made, ignore_errors=True)
    options: list[str | Path] = [
        "--quiet",
        "--fail-on-warning",
        "--keep-going",
        "--fresh-env",
        "--doctree-dir",
        WORK / "doctrees",
    ]
    python("-m", "sphinx", *options, sources, made, PYTHONDONTWRITEBYTECODE="1")
    (made / ".buildinfo").unlink(missing_ok=True)
    _mend_ways_back(made)
    _mend_signatures(made)
    shutil.copytree(made, folder, dirs_exist_ok=True)
    (folder / ".nojekyll").touch()  # a host that runs Jekyll would leave _static out


def _mend_ways_back(made: Path) -> None:
    """Links from a source to the reference: Sphinx takes all names of a module to be public in the same place."""
    places = {
        path.stem: set(re.findall(r'id="([\w.]+)"', path.read_text("utf-8"))) for path in (made / "api").glob("*")
    }

    def mended(found: re.Match[str]) -> str:
        name = re.sub(r"^(autograd|nn)\.((extend|testing|data)\.)?", "", found[3])
        homes = [f"{home}.{name}" for home in ("autograd", "autograd.extend", "autograd.testing", "nn", "nn.data")]
        return found[1] + next((place for place in homes if place in places[found[2]]), found[3])

    for path in (made / "_modules").rglob("*.html"):
        text = re.sub(r"(api/(\w+)\.html#)((?:autograd|nn)[\w.]*)", mended, path.read_text("utf-8"))
        path.write_text(text, encoding="utf-8")


def _mend_signatures(made: Path) -> None:
    """Sphinx writes the parameters of a long signature as a list of definitions that defines nothing."""
    plain = {"<dl>": "<div>", "</dl>": "</div>", "<dd>": '<div class="parameter">', "</dd>": "</div>"}
    for path in (made / "api").glob("*.html"):
        text = re.sub(
            r'<dt class="sig .*?</dt>',
            lambda signature: re.sub("</?d[ld]>", lambda tag: plain[tag[0]], signature[0]),
            path.read_text("utf-8"),
            flags=re.DOTALL,
        )
        path.write_text(text, encoding="utf-8")


def examples() -> dict[str, Player | Film]:
    """The players that pages show: the articles' network before training, and a film of xor."""
    net = MLP(2, [2, 1])
    net.set_parameters({"w1": 1, "w2": 1, "b1": 0, "w3": 1, "w4": 1, "b2": 0, "w5": 1, "w6": 1, "b3": 0})
    loss = mean_squared_error(net([-2, -1]), 1)
    x, w, b = Value(2.0, "x"), Value(-0.5, "w"), Value(1.5, "b")
    neuron = ((1.0 - (w * x + b).named("z").sigmoid().named("h")) ** 2).named("L")
    net = MLP(2, [3, 1], seed=1)
    history = fit(net, *XOR, optimizer=SGD(net.parameters(), 1.0), epochs=3000, film=True, progress=False)
    return {"player": play(loss, 0.1), "neuron": play(neuron, 0.1), "film": history.film}


def _lesson(path: Path, into: Path) -> None:
    """A notebook with the way to run it, below its title, so that the title stays the page's."""
    notebook = read(path)
    first = notebook.cells[0]
    title, _, rest = first.source.partition("\n")
    door = f"../lite/notebooks/index.html?path={path.name}"
    run = f'<p class="run"><a href="{door}">Run this lesson</a> <span>Nothing to install. {KEPT}</span></p>'
    first.source = f"{title}\n\n{run}\n{rest}"
    # Whether stepgrad is installed is no question here.
    notebook.cells = [cell for cell in notebook.cells if cell.id != "ready"]
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = _with_links(cell.source, f"notebooks/{path.name}", f"course/{path.name}")
        elif _says(cell):
            cell.metadata["mystnb"] = {"image": {"alt": _says(cell)}}
    write(notebook, into)


def _says(cell: Any) -> str:
    """What a cell's picture shows, for whoever cannot see it: the cell says so of a figure, an SVG of itself."""
    svgs = [output.get("data", {}).get("image/svg+xml", "") for output in cell.outputs]
    labels = [unescape(label) for svg in svgs for label in re.findall(r'<svg [^>]*aria-label="([^"]*)"', svg)[:1]]
    return str(cell.metadata.get("alt", "; ".join(labels)))


def _with_links(text: str, path: str, page: str) -> str:
    """A text of the repository with its links to other files made links to their pages."""

    def to_page(found: re.Match[str]) -> str:
        link = _page_link(found[2], path, page)
        # Sphinx looks for what a link of Markdown leads to, and does not make every page.
        return found[1] + (f"site:{link}" if found[1] == "](" and link.endswith(".html") else link)

    return _LINK.sub(to_page, text)


def _page_link(link: str, path: str, page: str) -> str:
    target = os.path.normpath(Path(path).parent / link).replace(os.sep, "/")
    place = _placed(target)
    if place is None:
        return link
    return os.path.relpath(place, Path(page).parent).replace(os.sep, "/")


def _placed(target: str) -> str | None:
    """Where a file of the repository stands among the sources of the pages, if it does."""
    if target in OUTSIDE:
        return OUTSIDE[target]
    for folder, there in (("docs/", ""), ("notebooks/", "course/")):
        if target.startswith(folder):
            return there + target.removeprefix(folder)
    return None
