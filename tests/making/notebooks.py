"""The course's notebooks: run in a fresh kernel, brought into a form that does not change by itself, and compared.

python -m tests.making.notebooks            runs all of them and writes their outputs back
python -m tests.making.notebooks 01 05      runs those whose names begin so
"""

from __future__ import annotations

import copy
import os
import re
import sys
import time
import tomllib
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape, unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

# What reads notebooks takes seconds to import, and every worker of the tests imports this file.
if TYPE_CHECKING:
    from nbclient import NotebookClient

FOLDER = Path(__file__).parents[2] / "notebooks"
PATHS = sorted(FOLDER.glob("[0-9]*.ipynb"))

# What such cells print differs from machine to machine, and is not compared.
TIMING = "timing"

# The first code cell, and the cell with the title.
READY, TITLE = "ready", "title"

# The notebook that a run stands for: cells as they are committed, a kernel of its own, and the folder it works in.
Notebook = Any


def read(path: Path) -> Notebook:
    """A notebook as it is in the file."""
    import nbformat

    return nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]


# Opened alone ---------------------------------------------------------------------------------------------------------


def address() -> str | None:
    """Where the project is on the web, if pyproject says so."""
    project = tomllib.loads((FOLDER.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    url: str | None = project.get("urls", {}).get("Repository")
    return url


def prepared(notebook: Notebook, name: str, url: str | None) -> Notebook:
    """The notebook with its first cell, and badges under its title where there is an address for them to lead to."""
    for cell in notebook.cells:
        if cell.id == READY:
            cell.source = first_cell(url)
        elif cell.id == TITLE:
            heading, *rest = cell.source.split("\n\n")
            rest = rest[1:] if rest[0].startswith("[![") else rest
            cell.source = "\n\n".join([heading, *badges(name, url), *rest])
    return notebook


def first_cell(url: str | None) -> str:
    """What a notebook does first: it installs stepgrad where that is missing, or says how."""
    missing = 'from importlib.util import find_spec\n\nif find_spec("autograd") is None or find_spec("nn") is None:\n'
    if url is None:
        return (
            f"{missing}"
            '    print("stepgrad is not installed here. In its folder, run this and start the notebook again:")\n'
            "    print(\"python -m pip install -e '.[pictures,plot]'\")"
        )
    return (
        "import subprocess\nimport sys\n"
        f"{missing}"
        f'    stepgrad = "stepgrad[pictures,plot] @ git+{url}"\n'
        '    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", stepgrad], check=True)'
    )


def badges(name: str, url: str | None) -> list[str]:
    """A line of links that open the notebook with nothing installed; none without an address on a known host.

    The first leads to the course on the project's own site, as .github/workflows/site.yml publishes it.
    """
    host, _, place = (url or "").removesuffix("/").partition("github.com/")
    if host != "https://" or not place:
        return []
    owner, _, project = place.partition("/")
    site, colab = f"https://{owner}.github.io/{project}", "https://colab.research.google.com"
    links = [
        ("Run in the browser", f"{site}/_static/badge.svg", f"{site}/lite/notebooks/index.html?path={name}.ipynb"),
        (
            "Open in Colab",
            f"{colab}/assets/colab-badge.svg",
            f"{colab}/github/{place}/blob/main/notebooks/{name}.ipynb",
        ),
    ]
    return [" ".join(f"[![{words}]({image})]({link})" for words, image, link in links)]


# Running --------------------------------------------------------------------------------------------------------------


@contextmanager
def running(notebook: Notebook) -> Iterator[NotebookClient]:
    """A fresh kernel that has run the notebook from top to bottom; its outputs are in the notebook."""
    from nbclient import NotebookClient

    client = NotebookClient(notebook, timeout=300, kernel_name="python3", record_timing=False)
    # A bar would be among the outputs wherever the machine is slow.
    os.environ["TQDM_DISABLE"] = "1"
    client.resources = {"metadata": {"path": str(FOLDER)}}
    with client.setup_kernel():
        for number, cell in enumerate(notebook.cells):
            if cell.cell_type == "code":
                client.execute_cell(cell, number)
        yield client


def executed(notebook: Notebook) -> Notebook:
    """A copy with fresh outputs."""
    fresh = copy.deepcopy(notebook)
    for cell in fresh.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    with running(fresh):
        return steady(fresh)


def steady(notebook: Notebook) -> Notebook:
    """The notebook without what differs from run to run and from machine to machine: what is left to differ matters."""
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    for cell in notebook.cells:
        cell.metadata = {key: cell.metadata[key] for key in ("alt", "jupyter", "tags") if cell.metadata.get(key)}
        joined: list[Any] = []
        for output in cell.get("outputs", []):
            if "Matplotlib is building the font cache" in output.get("text", ""):
                continue  # said once, on a machine that has not drawn before
            # One stream may arrive in pieces, cut anywhere.
            if joined and output.output_type == "stream" == joined[-1].output_type and output.name == joined[-1].name:
                joined[-1].text += output.text
                continue
            joined.append(output)
            if "metadata" in output:
                # A figure cannot say what it shows: the cell does.
                says = cell.metadata.get("alt")
                output.metadata = {"image/png": {"alt": says}} if says and "image/png" in output.data else {}
            html = output.get("data", {}).get("text/html")
            if html:  # a player draws a new name for its element whenever it is shown
                output.data["text/html"] = re.sub(r"stepgrad-[0-9a-f]{32}", f"stepgrad-{cell.id}", html)
        if cell.cell_type == "code":
            cell.outputs = joined
    return notebook


# As a page ------------------------------------------------------------------------------------------------------------

# What nbconvert writes where a picture has no text in its place; it knows of none that a picture has.
_IMAGE = re.compile(r'<img alt="No description[^"]*"([^>]*?) src="data:image/(svg\+xml|png);base64,([^"]*)"')


def as_page(notebook: Notebook, theme: str = "light") -> str:
    """The notebook as HTML, with the text of every picture: what an SVG says of itself, and a figure's cell of it."""
    says = {
        "".join(output.data["image/png"].split()): output.metadata.get("image/png", {}).get("alt", "")
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if "image/png" in output.get("data", {})
    }

    def described(image: re.Match[str]) -> str:
        look, kind, data = image.groups()
        alt = says.get("".join(data.split()), "")
        if kind == "svg+xml":
            svg = b64decode(data).decode()
            (alt,) = re.findall(r'<svg [^>]*aria-label="([^"]*)"', svg) or [""]
        return f'<img alt="{escape(unescape(alt))}"{look} src="data:image/{kind};base64,{data}"'

    from nbconvert import HTMLExporter

    html, _ = HTMLExporter(theme=theme).from_notebook_node(notebook)  # type: ignore[no-untyped-call]
    return _IMAGE.sub(described, html)


# Comparing ------------------------------------------------------------------------------------------------------------

# A number with its sign, unless the sign is a minus between two things.
_NUMBER = re.compile(r"(?<![\w.])[-−]?\d+(?:\.\d+)?(?:e[-+]?\d+)?")
_NEAR = 1e-9


def differences(committed: Notebook, fresh: Notebook) -> list[str]:
    """What a reader of the committed notebook sees that a fresh run does not say, one line a difference.

    Words must be the same. Numbers with a decimal point may differ by 1e-9 of their size, or by one in the last place
    shown. Cells tagged `timing` are left out, and of pictures the text in them is compared.
    """
    found = []
    for old, new in zip(committed.cells, fresh.cells, strict=True):
        if old.cell_type != "code" or TIMING in old.metadata.get("tags", []):
            continue
        texts = [list(map(text_of, cell.outputs)) for cell in (old, new)]
        if len(texts[0]) != len(texts[1]):
            found.append(f"cell {old.id}: {len(texts[0])} outputs are committed, a fresh run has {len(texts[1])}")
            continue
        for one, other in zip(*texts, strict=True):
            found += [f"cell {old.id}: {line}" for line in _different(one, other)]
    return found


def text_of(output: Any) -> str:
    """What an output says: its printed text, the text of its tables, the text in its pictures."""
    if output.output_type == "stream":
        return str(output.text)
    if output.output_type == "error":
        return f"{output.ename}: {output.evalue}"
    said = []
    for kind, content in sorted(output.data.items()):
        if kind == "text/plain":
            said.append(re.sub(r" at 0x[0-9a-f]+", "", content))
        elif kind == "text/html":
            rows = re.sub(r"<(script|style|noscript)\b.*?</\1>", "", content, flags=re.DOTALL)
            said.append(unescape(re.sub(r"<[^>]*>", " ", re.sub(r"</tr>", "\n", rows))))
        elif kind == "image/svg+xml":  # where Graphviz or matplotlib puts things is up to their version
            said.append("\n".join(sorted(unescape(one) for one in re.findall(r"<text\b[^>]*>([^<]*)<", content))))
        else:
            said.append(f"({kind})")
    return "\n".join(said)


def _different(old: str, new: str) -> Iterator[str]:
    before, after = old.split("\n"), new.split("\n")
    if len(before) != len(after):
        yield f"{len(before)} lines are committed, a fresh run has {len(after)}: {before[0]!r:.60}, {after[0]!r:.60}"
        return
    for one, other in zip(before, after, strict=True):
        numbers = _NUMBER.findall(one), _NUMBER.findall(other)
        same_words = _NUMBER.sub("#", one) == _NUMBER.sub("#", other)
        if not (same_words and all(map(_near, *numbers))):
            yield f"committed {one!r}, fresh {other!r}"


def _near(one: str, other: str) -> bool:
    if "." not in one and "e" not in one:
        return one == other
    a, b = (float(text.replace("−", "-")) for text in (one, other))
    mantissa, _, exponent = one.partition("e")
    last_place = 10.0 ** (int(exponent or 0) - len(mantissa.partition(".")[2]))
    return abs(a - b) <= max(_NEAR * abs(b), 1.001 * last_place)


# Exercises ------------------------------------------------------------------------------------------------------------


class Exercise(NamedTuple):
    """One exercise: the cell to be filled in, the cell that checks it, and the solution that is printed under it."""

    number: int
    unsolved: Any
    check: Any
    solution: str


def exercises(notebook: Notebook) -> list[Exercise]:
    """The exercises of a notebook, by the ids of their cells: exercise-1, check-1, solution-1."""
    cells = {cell.id: cell for cell in notebook.cells}
    found = []
    for number in range(1, 1 + sum(bool(re.fullmatch(r"exercise-\d", name)) for name in cells)):
        hidden = cells[f"solution-{number}"].source
        (solution,) = re.findall(r"<details>.*?```python\n(.*?)```.*?</details>", hidden, re.DOTALL)
        found.append(Exercise(number, cells[f"exercise-{number}"], cells[f"check-{number}"], solution))
    return found


def main(prefixes: list[str]) -> int:
    """Run notebooks and write them back."""
    for path in PATHS:
        if not prefixes or path.name.startswith(tuple(prefixes)):
            begun = time.perf_counter()
            notebook = executed(prepared(read(path), path.stem, address()))
            import nbformat

            nbformat.write(notebook, path)  # type: ignore[no-untyped-call]
            print(f"{path.name}: {time.perf_counter() - begun:.1f} s, {path.stat().st_size / 1000:.0f} kB", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
