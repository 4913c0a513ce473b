"""Networks beyond the articles: what they print, and that they learn."""

from __future__ import annotations

import re
from pathlib import Path
from random import Random

import pytest

from autograd import UsageError, Value, compile  # noqa: A004
from nn import Adam, digits
from nn.command import main
from nn.examples import handwriting, one_sample, spelling
from nn.examples.gpt import GPT, surprise
from nn.examples.handwriting import digits_network, matrix
from nn.examples.spelling import as_tokens, new_names

from ..support.browser import inflated
from ..support.scalar_gpt import ScalarGPT, numbers_of_matrices


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


def test_a_confusion_matrix_is_a_table() -> None:
    assert matrix([[2, 0], [130, 7]]).splitlines() == ["       0   1", "   0   2   .", "   1 130   7"]


# A GPT ----------------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_gpt_trains_as_the_same_model_on_another_engine() -> None:
    net = GPT(seed=1)
    other = ScalarGPT(numbers_of_matrices(vars(net)))
    optimizer = Adam(net.parameters(), 0.01, betas=(0.85, 0.99))
    for step in range(20):
        text = as_tokens(["a", "bo", "cy"][step % 3])
        loss = surprise(net(text[:-1]), text[1:])
        net.zero_grad()
        loss.backward()
        optimizer.step()
        assert loss.data == pytest.approx(other.step([*map(int, text)], 0.01), rel=0, abs=1e-12)
    assert loss.data < 2.0 < 3.0 < surprise(GPT(seed=1)(text[:-1]), text[1:]).data
    assert [one.data for one in net.parameters()] == pytest.approx([one.data for one in other.parameters], abs=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["python", "numpy"])
def test_its_programs_train_as_that_model(backend: str) -> None:
    net = GPT(seed=2)
    other = ScalarGPT(numbers_of_matrices(vars(net)))
    optimizer = Adam(net.parameters(), 0.01, betas=(0.85, 0.99))
    tokens = [Value(0.0) for _ in range(6)]
    program = compile(surprise(net(tokens[:-1]), tokens[1:]), tokens, net.parameters(), backend=backend)
    for step in range(20):
        text = as_tokens(["anna", "emil", "noor"][step % 3])
        loss, gradients = program(text, [one.data for one in net.parameters()])
        for parameter, gradient in zip(net.parameters(), gradients, strict=True):
            parameter.grad = gradient
        optimizer.step()
        assert loss == pytest.approx(other.step([*map(int, text)], 0.01), rel=0, abs=1e-12)


@pytest.mark.slow
def test_the_command_trains_a_gpt_and_prints_new_names(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    known = ["ann", "ben", "bea", "eva"]
    monkeypatch.setattr(spelling, "names", lambda: known)
    assert main(["gpt", "--epochs", "3", "--seed", "3", "--every", "2"]) == 0
    printed = capsys.readouterr().out.splitlines()
    losses = [float(line.split(" loss: ")[1]) for line in printed[:2]]
    assert [line.split(" loss")[0] for line in printed[:2]] == ["Epoch 0", "Epoch 2"]
    assert losses[1] < losses[0]
    assert printed[2] == f"3 epochs, mean surprise {losses[1]:.4f} a letter"
    invented = printed[5:]
    assert len({*invented} - {*known}) == len(invented) == 20
    assert all(re.fullmatch("[a-z]{1,16}", name) for name in invented)


@pytest.mark.slow
def test_a_gpt_learns_how_names_are_spelled(capsys: pytest.CaptureFixture[str]) -> None:
    net = spelling.spelling_gpt(epochs=1, seed=1)
    # Who knows only how often each letter occurs is surprised by 2.8.
    assert float(capsys.readouterr().out.split("surprise ")[1].split()[0]) < 2.6
    vowels = sum(any(letter in name for letter in "aeiou") for name in new_names(net, Random(1), 20))
    assert vowels >= 18


@pytest.mark.parametrize(
    ("name", "option", "why"),
    [
        *(("gpt", option, "one letter takes gpt some 4,000 lines") for option in ("--draw", "--film", "--diagram")),
        *(
            ("gpt", "--step", "one letter takes gpt some 4,000 lines"),
            ("digits", "--step", "one digit takes the network some 2,600 lines"),
        ),
    ],
)
def test_what_is_too_large_for_a_picture_is_refused_before_training(
    name: str, option: str, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main([name, option, "page.html"])
    shown = capsys.readouterr()
    assert f"{option}: {why}, and a picture shows 250" in shown.err
    assert (shown.out, shown.err.count("\n")) == ("", 1)


def test_digits_have_a_film_and_what_fails_after_training_comes_after_it(
    few: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refused(net: object) -> object:
        raise UsageError("no diagram")

    monkeypatch.setattr("nn.command.diagram", refused)
    film = tmp_path / "film.html"
    with pytest.raises(SystemExit, match="2"):
        main(["digits", "--epochs", "1", "--film", str(film), "--diagram", str(tmp_path / "net.svg")])
    assert "Watch the training" in capsys.readouterr().out
    assert '"epochs":1,' in inflated(film.read_text(encoding="utf-8"))


def test_an_interrupted_gpt_says_how_far_it_came(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(spelling, "compile", interrupted)
    assert main(["gpt", "--seed", "1"]) == 130
    assert capsys.readouterr().out == "Interrupted after 0 epochs\n"


def test_a_sample_of_a_gpt_is_the_first_name() -> None:
    net = GPT(seed=1)
    loss = one_sample("gpt", net)
    assert loss.data == surprise(net([0.0, 1.0, 4.0, 1.0]), [1.0, 4.0, 1.0, 0.0]).data
    assert any(one.grad for row in net.token for one in row)


def test_a_gpt_says_that_it_is_slow_without_numpy(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(spelling, "names", lambda: ["ada"])
    monkeypatch.setattr(spelling, "new_names", lambda *_: ["ida"])
    monkeypatch.setattr(spelling, "find_spec", lambda name: None)
    spelling.spelling_gpt(epochs=1, seed=1)
    assert capsys.readouterr().out.startswith("Without NumPy this takes several minutes")
