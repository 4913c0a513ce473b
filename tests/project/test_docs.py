"""The README's code runs and prints what the README says it prints; what it names is there."""

from __future__ import annotations

import contextlib
import inspect
import io
import linecache
import re
import shlex
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from autograd.core import backward
from autograd.core.operations import recorder
from nn.__main__ import main

from ..bench.__main__ import ARRAYS, ENGINE, TIMES, TRAINING, tracing_rows

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")

# (language, text) of every fenced block, in order.
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def printed_by(number: int) -> str | None:
    """What the README shows as the output of a block: the text block right behind it, if there is one."""
    following = BLOCKS[number + 1 : number + 2]
    return following[0][1] if following and following[0][0] == "text" else None


def assert_same(printed: str, wanted: str) -> None:
    """The same words and, to 1e-12, the same numbers: the last digits differ between mathematical libraries."""
    number = r"-?\d+\.\d+(?:e[-+]\d+)?"
    assert re.sub(number, "#", printed) == re.sub(number, "#", wanted)
    assert list(map(float, re.findall(number, printed))) == pytest.approx(
        list(map(float, re.findall(number, wanted))), rel=1e-12
    )


def numbered(language: str) -> list[int]:
    return [number for number, (kind, _) in enumerate(BLOCKS) if kind == language]


def test_there_are_blocks_to_test() -> None:
    assert len(numbered("python")) >= 3
    assert len(numbered("sh")) >= 2
    assert {kind for kind, _ in BLOCKS} <= {"python", "text", "sh", "bat"}


@pytest.mark.parametrize("number", numbered("python"))
@pytest.mark.usefixtures("clean_table")
def test_python_blocks_print_what_follows_them(number: int) -> None:
    namespace = {"__name__": "readme"}
    # A reader has run those before, too.
    for earlier in [one for one in numbered("python") if one <= number]:
        output = io.StringIO()
        with contextlib.redirect_stdout(output):
            exec(compile(BLOCKS[earlier][1], f"README block {earlier}", "exec"), namespace)
    assert_same(output.getvalue(), printed_by(number) or "")


@pytest.mark.parametrize("number", numbered("sh"))
def test_commands_that_train_print_what_follows_them(
    number: int, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    commands = [shlex.split(line, comments=True) for line in BLOCKS[number][1].splitlines()]
    trains = [command[3:] for command in commands if command[:3] == [".venv/bin/python", "-m", "nn"]]
    for arguments in trains:
        assert main(arguments) == 0
    if trains:
        printed, wanted = capsys.readouterr().out, printed_by(number) or ""
        if wanted.startswith("…\n"):  # the end of it is shown
            wanted = wanted.removeprefix("…\n")
            printed = "\n".join(printed.splitlines()[-wanted.count("\n") :]) + "\n"
        assert_same(printed, wanted)


def test_the_picture_that_is_shown_is_the_one_that_the_command_draws(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (command,) = [line for _, text in BLOCKS for line in text.splitlines() if "--draw" in line]
    monkeypatch.chdir(tmp_path)
    assert main(shlex.split(command)[3:]) == 0
    drawn, shown = (
        sorted(text.text or "" for text in ElementTree.parse(path).iter("{http://www.w3.org/2000/svg}text"))
        for path in (tmp_path / "network.svg", ROOT / "docs" / "network.svg")
    )
    assert drawn == shown


def test_make_targets_that_the_documents_name_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for document in ("README.md", "CONTRIBUTING.md"):
        for target in re.findall(r"make (?:\w+=\S+ )?(\w+)", (ROOT / document).read_text(encoding="utf-8")):
            assert re.search(rf"^{target}:", makefile, re.MULTILINE), (document, target)


def test_files_that_the_documents_name_exist() -> None:
    for document in ("README.md", "CONTRIBUTING.md"):
        text = (ROOT / document).read_text(encoding="utf-8")
        for path in re.findall(r"\]\((?!http)([^)#]+)\)", text) + re.findall(
            r"`((?:autograd|nn|tests)/[\w/.]+)`", text
        ):
            assert (ROOT / path).exists(), (document, path)


def test_the_version_is_in_the_changelog() -> None:
    version = re.search(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)
    assert version is not None
    assert f"## {version[1]}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_list_of_articles_is_shown_as_the_command_prints_it() -> None:
    run = subprocess.run([sys.executable, "-m", "nn"], capture_output=True, text=True, check=True, cwd=ROOT)
    assert all(f"`{name}`" in README for name in re.findall(r"^  (\S+)", run.stdout, re.MULTILINE))


def test_the_compiled_code_that_is_shown_is_the_code_that_runs() -> None:
    (shown,) = [text for _, text in BLOCKS if text.startswith("def _pull_vv")]
    assert shown in "".join(linecache.getlines("<stepgrad rule mul>"))
    assert shown in inspect.cleandoc(inspect.getdoc(backward) or "").replace("\n    ", "\n")
    (documented,) = re.findall(r"the text begins\n(.*?)\n\nand ends", inspect.getdoc(recorder) or "", re.DOTALL)
    running = [line.strip() for line in linecache.getlines("<stepgrad operation mul>")]
    lines = [line.strip() for line in documented.splitlines() if line.strip() not in ("", "...")]
    assert len(lines) == 6
    assert [line for line in lines if line not in running and "(...)" not in line] == []


def test_the_table_of_speeds_is_the_one_that_the_bench_prints() -> None:
    rows = [*TRAINING, *ARRAYS, *ENGINE, *tracing_rows()]
    shown = re.findall(r"^\| (.+) \| (.+) \| (.*) \|$", README, re.MULTILINE)
    shown = shown[[what for what, *_ in shown].index("what") + 2 :][: len(rows)]
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


def test_a_row_whose_peer_is_missing_says_so_and_a_promise_that_is_not_kept_too() -> None:
    run = {
        "test_weight_height_fit": {"median": 2.0, "epochs": 100},
        "test_weight_height_numpy": {"median": 1.0, "epochs": 10},
    }
    by_what = {row.what: row for row in TRAINING}
    numpy, torch = (by_what[f"… times as fast as {peer}"] for peer in ("with NumPy scalars", "PyTorch, one thread"))
    assert numpy.cells([run], 2.0) == (numpy.what, "5.0", "≥ 10 MISSED", False)
    assert torch.cells([run], 2.0) == (torch.what, "torch is not installed", "≥ 200", True)


def test_times_are_promised_in_proportion_to_the_machine() -> None:
    (ready,) = [row for row in TRAINING if row.unit == " ms" and row.promise]
    run = {"test_ready": {"median": 0.090}}
    assert ready.cells([run], 2.0)[1:] == ("90.0 ms", "≤ 50 ms · 2.0", True)
    assert ready.cells([run], 1.5)[1:] == ("90.0 ms", "≤ 50 ms · 1.5 MISSED", False)
    assert ready.cells([run], 0.5)[1:] == ("90.0 ms", "≤ 50 ms MISSED", False)
