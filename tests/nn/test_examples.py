"""Networks beyond the articles: what they print, and that they learn."""

from __future__ import annotations

import re
from random import Random

import pytest

from nn import digits
from nn.__main__ import main
from nn.examples import handwriting
from nn.examples.handwriting import confusion, digits_network, matrix


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """150 of the 1,797 digits."""
    inputs, targets = digits()
    monkeypatch.setattr(handwriting, "digits", lambda: (inputs[:150], targets[:150]))


def counts_in(printed: str) -> list[list[int]]:
    """The confusion matrix that was printed."""
    rows = re.findall(r"^ +(\d)((?: +(?:\d+|\.)){10})$", printed, re.MULTILINE)
    assert [digit for digit, _ in rows] == [*"0123456789"]
    return [[0 if cell == "." else int(cell) for cell in cells.split()] for _, cells in rows]


def check(printed: str, held_out: int, least: float) -> None:
    """The accuracy is that of the matrix."""
    counts = counts_in(printed)
    right = sum(counts[digit][digit] for digit in range(10))
    assert sum(map(sum, counts)) == held_out
    assert f"Accuracy on {held_out} held-out samples: {right / held_out:.1%}" in printed
    assert right / held_out > least


def test_some_digits_are_read(capsys: pytest.CaptureFixture[str], few: None) -> None:
    net = digits_network(seed=1)
    check(capsys.readouterr().out, 30, 0.7)
    assert (net.h32.n_inputs, net.o10.n_inputs) == (64, 32)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 7))
def test_all_digits_are_read_from_any_start(seed: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["digits", "--seed", str(seed)]) == 0
    check(capsys.readouterr().out, 359, 0.95)


def test_the_command_trains_and_lists(capsys: pytest.CaptureFixture[str], few: None) -> None:
    assert main(["digits", "--epochs", "1", "--seed", "3", "--every", "1"]) == 0
    assert re.match(r"Epoch 0 loss: \d\.\d{4}\n1 epochs, cross-entropy ", capsys.readouterr().out)
    assert main([]) == 0
    assert "digits         A 64-32-10 network reads 1,797 handwritten digits" in capsys.readouterr().out
    with pytest.raises(SystemExit, match="2"):
        main(["digits", "--fixed-start"])
    assert "digits has no fixed start" in capsys.readouterr().err


def test_a_confusion_matrix_counts_every_sample_once() -> None:
    random = Random(1)
    true, seen = ([random.randrange(4) for _ in range(200)] for _ in range(2))
    counts = confusion([float(digit) for digit in true], seen, 4)
    pairs = [*zip(true, seen, strict=True)]
    assert counts == [[pairs.count((row, column)) for column in range(4)] for row in range(4)]
    assert matrix([[2, 0], [130, 7]]).splitlines() == ["       0   1", "   0   2   .", "   1 130   7"]
