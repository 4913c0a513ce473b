"""The code of the README and of the pages runs and prints what they say it prints; what they name is there."""

from __future__ import annotations

import contextlib
import inspect
import io
import linecache
import re
import shlex
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

import pytest

from autograd.core import backward, operations
from nn.command import main

from ..bench.__main__ import ARRAYS, ENGINE, GPT, TIMES, TRAINING, tracing_rows
from ..support.devices import printed_with_devices
from ..support.engines import NEEDS_JAX

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")

# What has blocks that a reader runs: the README, and the pages. Recipes stand on their own (test_recipes.py).
PAGES = {
    path.name: path.read_text(encoding="utf-8")
    for path in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    if path.name not in ("edges.md", "recipes.md")
}


class Block(NamedTuple):
    """A fenced block: its language, its text, the module it needs, if a comment before it names one."""

    language: str
    text: str
    needs: str


# The blocks of every page, in order.
BLOCKS = {
    name: [
        Block(language, text, needs)
        for needs, language, text in re.findall(
            r"(?:^<!-- needs (\w+) -->\n)?^```([\w{} ]*)\n(.*?)^```$", page, re.MULTILINE | re.DOTALL
        )
    ]
    for name, page in PAGES.items()
}


def printed_by(name: str, number: int) -> str:
    """What a page shows as the output of a block: the text block right behind it, if there is one."""
    following = BLOCKS[name][number + 1 : number + 2]
    return following[0].text if following and following[0].language == "text" else ""


def assert_same(printed: str, wanted: str) -> None:
    """The same words and, to 1e-12, the same numbers: the last digits differ between mathematical libraries."""
    number = r"-?\d+\.\d+(?:e[-+]\d+)?"
    assert re.sub(number, "#", printed) == re.sub(number, "#", wanted)
    assert list(map(float, re.findall(number, printed))) == pytest.approx(
        list(map(float, re.findall(number, wanted))), rel=1e-12
    )


def pages_with(language: str) -> list[str]:
    return [name for name, blocks in BLOCKS.items() if any(block.language == language for block in blocks)]


def test_there_are_blocks_to_test() -> None:
    assert "README.md" in pages_with("python")
    assert len(pages_with("python")) >= 10
    assert len(pages_with("sh")) >= 3
    known = {"python", "text", "sh", "bat", "html", "{toctree}", "{raw} html"}
    assert {block.language for blocks in BLOCKS.values() for block in blocks} <= known


@pytest.mark.parametrize("name", [name for name in pages_with("python") if name != "devices.md"])
@pytest.mark.usefixtures("clean_table")
def test_the_python_of_a_page_prints_what_follows_it(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    namespace = {"__name__": "page"}
    for number, block in enumerate(BLOCKS[name]):
        if block.language == "python" and not (block.needs and find_spec(block.needs) is None):
            output = io.StringIO()
            with contextlib.redirect_stdout(output):
                exec(compile(block.text, f"{name}, block {number}", "exec"), namespace)
            assert_same(output.getvalue(), printed_by(name, number))


@NEEDS_JAX
@pytest.mark.slow
def test_the_page_about_devices_runs_on_eight() -> None:
    [(number, block)] = [(place, one) for place, one in enumerate(BLOCKS["devices.md"]) if one.language == "python"]
    assert_same(printed_with_devices(8, block.text), printed_by("devices.md", number))


@pytest.mark.parametrize("name", pages_with("sh"))
def test_commands_that_train_print_what_follows_them(
    name: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for number, block in enumerate(BLOCKS[name]):
        commands = [shlex.split(line, comments=True) for line in block.text.splitlines() if block.language == "sh"]
        trains = [command[3:] for command in commands if command[:3] == [".venv/bin/python", "-m", "nn"]]
        for arguments in trains:
            assert main(arguments) == 0
        if trains:
            printed, wanted = capsys.readouterr().out, printed_by(name, number)
            if wanted.startswith("…\n"):  # the end of it is shown
                wanted = wanted.removeprefix("…\n")
                printed = "\n".join(printed.splitlines()[-wanted.count("\n") :]) + "\n"
            assert_same(printed, wanted)


def test_the_picture_that_is_shown_is_the_one_that_the_command_draws(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = [block.text for blocks in BLOCKS.values() for block in blocks]
    (command,) = [line for text in texts for line in text.splitlines() if "--draw" in line]
    monkeypatch.chdir(tmp_path)
    assert main(shlex.split(command)[3:]) == 0
    drawn, shown = (
        sorted(text.text or "" for text in ElementTree.parse(path).iter("{http://www.w3.org/2000/svg}text"))
        for path in (tmp_path / "network.svg", ROOT / "docs" / "network.svg")
    )
    assert drawn == shown


def test_make_targets_that_the_documents_name_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for document in ("README.md", "CONTRIBUTING.md", *(f"docs/{name}" for name in PAGES if name != "README.md")):
        for target in re.findall(r"make (?:\w+=\S+ )?(\w+)", (ROOT / document).read_text(encoding="utf-8")):
            assert re.search(rf"^{target}:", makefile, re.MULTILINE), (document, target)


def test_files_that_the_documents_name_exist() -> None:
    for document in ("README.md", "CONTRIBUTING.md", *(f"docs/{name}" for name in PAGES if name != "README.md")):
        text = (ROOT / document).read_text(encoding="utf-8")
        for path in re.findall(r"\]\((?!http|#)([^)#\s]+)", text):
            assert ((ROOT / document).parent / path).exists(), (document, path)
        for path in re.findall(r"`((?:autograd|nn|tests|web)/[\w/.]+)`", text):
            assert (ROOT / path).exists(), (document, path)


def test_the_version_is_in_the_changelog() -> None:
    version = re.search(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)
    assert version is not None
    assert f"## {version[1]}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_list_of_articles_is_shown_as_the_command_prints_it() -> None:
    run = subprocess.run([sys.executable, "-m", "nn"], capture_output=True, text=True, check=True, cwd=ROOT)
    assert all(f"`{name}`" in PAGES["articles.md"] for name in re.findall(r"^  (\S+)", run.stdout, re.MULTILINE))


def test_the_compiled_code_that_is_shown_is_the_code_that_runs() -> None:
    (shown,) = [block.text for block in BLOCKS["design.md"] if block.text.startswith("def _pull_vv")]
    assert shown in "".join(linecache.getlines("<stepgrad rule mul>"))
    assert shown in inspect.cleandoc(inspect.getdoc(backward) or "").replace("\n    ", "\n")
    (documented,) = re.findall(r"`a \* b` begins\n(.*?)\n\nand goes on", inspect.getdoc(operations) or "", re.DOTALL)
    running = [line.strip() for line in linecache.getlines("<stepgrad operation mul>")]
    lines = [line.strip() for line in documented.splitlines() if line.strip() not in ("", "...")]
    assert len(lines) == 6
    assert [line for line in lines if line not in running and "(...)" not in line] == []


def speeds_shown_by(page: str) -> list[tuple[str, str, str]]:
    """What, measured, promised: the rows of a page's table of speeds."""
    shown: list[tuple[str, str, str]] = re.findall(r"^\| (.+) \| (.+) \| (.*) \|$", PAGES[page], re.MULTILINE)
    return shown[[what for what, *_ in shown].index("what") + 2 :]


def test_the_table_of_speeds_is_the_one_that_the_bench_prints() -> None:
    rows = [*TRAINING, *ARRAYS, *GPT, *ENGINE, *tracing_rows()]
    shown = speeds_shown_by("speed.md")
    for row, (what, measured, promised) in zip(rows, shown, strict=True):
        assert row.what == what
        if measured.endswith(" is not installed"):
            assert promised == row.promise
            continue
        assert measured.endswith(row.unit)
        promise, _, slowness = promised.removesuffix(" MISSED").partition(" · ")
        assert promise == (row.promise and row.promise + row.unit)
        assert not slowness or row.unit in TIMES
        number = float(re.sub(r"[^\d.e-]", "", measured.removesuffix(row.unit)))
        sign, _, limit = row.promise.partition(" ")
        kept = not sign or (number >= float(limit) if sign == "≥" else number <= float(limit) * float(slowness or 1))
        assert kept == (not promised.endswith("MISSED")), what


def test_the_readme_shows_some_of_these_rows() -> None:
    every = iter(speeds_shown_by("speed.md"))
    some = speeds_shown_by("README.md")
    assert len(some) > 9
    assert [row for row in some if row not in every] == []  # in their order


def test_a_row_whose_peer_is_missing_says_so_and_a_promise_that_is_not_kept_too() -> None:
    run = {
        "test_weight_height_fit": {"median": 2.0, "epochs": 100},
        "test_weight_height_numpy": {"median": 1.0, "epochs": 10},
    }
    by_what = {row.what: row for row in TRAINING}
    numpy, torch = (by_what[f"… times as fast as {peer}"] for peer in ("with NumPy scalars", "PyTorch, one thread"))
    assert numpy.cells([run], 2.0) == (numpy.what, "5.0", "≥ 10 MISSED", False)
    assert torch.cells([run], 2.0) == (torch.what, "torch is not installed", "≥ 150", True)


def test_times_are_promised_in_proportion_to_the_machine() -> None:
    (ready,) = [row for row in TRAINING if row.unit == " ms" and row.promise]
    run = {"test_ready": {"median": 0.090}}
    assert ready.cells([run], 2.0)[1:] == ("90.0 ms", "≤ 50 ms · 2.0", True)
    assert ready.cells([run], 1.5)[1:] == ("90.0 ms", "≤ 50 ms · 1.5 MISSED", False)
    assert ready.cells([run], 0.5)[1:] == ("90.0 ms", "≤ 50 ms MISSED", False)
