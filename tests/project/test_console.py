"""What is printed on a console that cannot carry ∂, as redirected output on Windows cannot."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import autograd
import nn
from autograd import (
    DomainError,
    StepgradError,
    UsageError,
    Value,
    backward_steps,
    explain,
    find_nonfinite,
    sqrt,
    trace,
)
from autograd.console import carried
from autograd.testing import check_gradients, check_partials

ENCODINGS = ["ascii", "cp1252", "cp437", "latin-1"]


@contextmanager
def console(encoding: str) -> Iterator[io.BytesIO]:
    """Sys.stdout in an encoding, as strict as Python's own."""
    taken, before = io.BytesIO(), sys.stdout
    sys.stdout = writer = io.TextIOWrapper(taken, encoding=encoding, errors="strict")
    try:
        yield taken
    finally:
        sys.stdout = before
        writer.detach()  # so that it does not close what was taken


def graph() -> tuple[Value, Value]:
    x, w = Value(-2.0, "x"), Value(1.0, "θ")
    return ((w * x).named("Δz").sigmoid() ** 2 - 1).named("L"), w


def reports() -> list[object]:
    """Everything that str() has words and signs of ours for."""
    root, w = graph()
    many = [(w * factor).named("term") for factor in range(1, 12)]
    infinite = (Value(1e200, "a") * 1e200).named("inf")
    lines = trace(root)
    steps = backward_steps(root)
    found: list[object] = [
        lines,
        steps,
        *steps,
        explain(root, w),
        explain(sum(many[1:], many[0]), w),
        find_nonfinite((infinite - infinite).named("L")),
        find_nonfinite(infinite * Value(0.0, "b").sqrt()),
        check_gradients(lambda x: x**3, 2.0),
        check_gradients(lambda x: 1e-9 * x.sin() + 1e3, 2.0),
        check_partials(root, {"d_L_d_x": 0.5}),
        check_partials(root, {w: lambda x: -x}, reveal=False),
    ]
    with pytest.raises(DomainError) as error:
        sqrt(Value(0.0, "θ")).backward()
    return [*found, error.value, UsageError("∂L/∂w1 → … α · β²")]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_every_report_and_error_can_be_printed(encoding: str) -> None:
    plain = [str(one) for one in reports()]
    assert any("∂" in text for text in plain)
    with console(encoding) as taken:
        for one in reports():
            print(one)
            print(repr(one))
    text = taken.getvalue().decode(encoding)
    assert "dL/dx += dL/dDeltaz" in text
    assert "->" in text
    assert "theta" in text
    assert "\\u" not in text


def test_where_the_console_carries_them_signs_stay() -> None:
    plain = [str(one) for one in reports()]
    with console("utf-8"):
        assert [str(one) for one in reports()] == plain
    taken, before = io.StringIO(), sys.stdout
    sys.stdout = taken  # has no encoding
    try:
        assert [str(one) for one in reports()] == plain
    finally:
        sys.stdout = before


@pytest.mark.parametrize(
    ("text", "encoding", "wanted"),
    [
        ("∂L/∂w1 = -2 · x² → …", "ascii", "dL/dw1 = -2 * x^2 -> ..."),
        ("∂L/∂w1 = -2 · x² → …", "cp1252", "dL/dw1 = -2 · x² -> …"),
        ("x⁻¹² + x¹⁰ × ½ ± ∞ − 1", "ascii", "x^-12 + x^10 x 1/2 +- inf - 1"),
        ("x⁻¹² + x¹⁰", "cp1252", "x^-12 + x^10"),  # which has ¹ and ², but not ⁻ and ⁰
        ("α Δ λ Σ ς", "ascii", "alpha Delta lambda sum sigma"),
        ("学习 é", "ascii", "\\u5b66\\u4e60 \\xe9"),
        ("学习 é", "cp1252", "\\u5b66\\u4e60 é"),
        ("plain", "ascii", "plain"),
        ("∂", "no such encoding", "∂"),
        ("∂\ud800", "utf-8", "∂\\ud800"),
    ],
)
def test_spellings(text: str, encoding: str, wanted: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class Console:
        pass

    Console.encoding = encoding  # type: ignore[attr-defined]
    monkeypatch.setattr(sys, "stdout", Console())
    assert carried(text) == wanted
    assert str(StepgradError(text)) == wanted


def test_no_console_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    assert str(UsageError("∂")) == "∂"


def test_every_sign_that_our_texts_have_is_spelled_in_ascii(monkeypatch: pytest.MonkeyPatch) -> None:
    """But for those of pages and pictures, which no console sees."""
    folders = [Path(package.__file__ or "").parent for package in (autograd, nn)]
    on_pages = {"player", "film", "diagrams", "plots.py"}
    texts = [
        path.read_text(encoding="utf-8")
        for folder in folders
        for path in folder.rglob("*.py")
        if not on_pages & {*path.parts, path.name}
    ]
    signs = {sign for text in texts for sign in text if not sign.isascii()}
    assert len(signs) > 10

    class Console:
        encoding = "ascii"

    monkeypatch.setattr(sys, "stdout", Console())
    assert {sign: carried(sign) for sign in signs if "\\" in carried(sign)} == {}


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_the_command_ends_well_whatever_its_files_are_called(encoding: str, tmp_path: Path) -> None:
    names = {"--step": "学习.html", "--diagram": "netΔ.svg"}
    options = [part for option, name in names.items() for part in (option, name)]
    command = [sys.executable, "-W", "error", "-m", "nn", "weight-height", "--epochs", "1", "--listing", *options]
    root = Path(autograd.__file__).parents[1]
    environment = os.environ | {"PYTHONIOENCODING": encoding, "PYTHONPATH": str(root)}
    run = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, check=False)
    assert run.returncode == 0, run.stderr
    assert b"\\u5b66\\u4e60.html" in run.stdout
    assert b"net\\u0394.svg" in run.stdout
    for name in names.values():
        assert "∂" in (tmp_path / name).read_text(encoding="utf-8") or name.endswith(".svg")


def test_errors_of_the_command_end_well(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "nn", "weight-height", "--draw", "学习/net.svg"]
    environment = os.environ | {"PYTHONIOENCODING": "ascii", "PYTHONPATH": str(Path(autograd.__file__).parents[1])}
    run = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, check=False)
    assert run.returncode == 2
    assert b"there is no folder" in run.stderr
