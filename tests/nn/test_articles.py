"""The five articles: every figure of theirs, and the command that trains them."""

from __future__ import annotations

import functools
import inspect
import os
import re
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from autograd import Player, Value, play, sigmoid, trace
from nn import MLP, SGD, evaluate, mean_squared_error
from nn.articles import (
    ARTICLES,
    breast_cancer_network,
    diabetes,
    log_loss,
    sigmoid_with_mistake,
    weight_height,
    xor,
)
from nn.command import main
from nn.data import DIABETES, PEOPLE, XOR
from nn.diagrams import Diagram
from nn.film import Film
from nn.stepping import readable_sample, untrained

from ..support.browser import inflated

FLOAT = r"-?\d+\.\d+(?:e-?\d+)?"


def figures(text: str) -> dict[str, float]:
    """`name = number` and `name: number` as they are printed."""
    return {
        name.strip(): float(number) for name, number in re.findall(rf"^(.*?)(?: =|:) ({FLOAT})\b", text, re.MULTILINE)
    }


def test_weight_height_from_its_fixed_start(capsys: pytest.CaptureFixture[str]) -> None:
    net = weight_height(fixed_start=True)
    printed = figures(capsys.readouterr().out)
    want = {
        "Every neuron with weights [0, 1] and bias 0, input [2, 3]": 0.7216325609518421,
        "h1": 0.04742587317756678,
        "h2": 0.04742587317756678,
        "y_pred": 0.5236951740839997,
        "L": 0.22686628719087137,
        "d_L_d_ypred": -0.9526096518320006,
        "d_L_d_w1": 0.02146953526581111,
        "d_L_d_w2": 0.010734767632905555,
        "d_L_d_b1": -0.010734767632905555,
        "d_L_d_w5": -0.011269220242958155,
        "d_L_d_b3": -0.23761755952842809,
        "Epoch 0 loss": 0.360582644762974,
        "Epoch 10 loss": 0.19373015300928795,
        "Epoch 990 loss": 0.001524517918467611,
        "After 1000 epochs loss": 0.0015093149138969675,
        "Emily": 0.9675211209379232,
        "Frank": 0.03904440779730403,
    }
    assert {name: printed[name] for name in want} == pytest.approx(want, rel=1e-12)
    assert sum(name.startswith("Epoch") for name in printed) == 100
    assert net.predict([-7, -3]) == printed["Emily"]
    rows, targets = [row for row, _ in PEOPLE.values()], [y for _, y in PEOPLE.values()]
    assert evaluate(net, rows, targets) == printed["After 1000 epochs loss"]


def test_the_first_figure_of_the_article() -> None:
    net = MLP(2, [2, 1], weight_init="zero", bias_init="zero")
    net.set_parameters({"w2": 1, "w4": 1, "w6": 1})
    assert net.predict([2, 3]) == 0.7216325609518421


def test_the_nine_partials_with_all_weights_1() -> None:
    net = MLP(2, [2, 1], weight_init=lambda *_: 1.0, bias_init="zero")
    prediction = net([-2, -1])
    mean_squared_error(prediction, 1).backward()
    assert prediction.grad == pytest.approx(-0.9526096518320006, rel=1e-12)
    assert [p.grad for p in net.parameters()] == pytest.approx(
        [
            *[0.02146953526581111, 0.010734767632905555, -0.010734767632905555] * 2,
            *[-0.011269220242958155, -0.011269220242958155, -0.23761755952842809],
        ],
        rel=1e-12,
    )


def test_weight_height_prints_as_the_article_does(capsys: pytest.CaptureFixture[str]) -> None:
    net = weight_height(epochs=21, seed=1)
    lines = capsys.readouterr().out.splitlines()
    assert [re.sub(r"\d\.\d{3}", "X.XXX", line) for line in lines[:3]] == [
        f"Epoch {epoch} loss: X.XXX" for epoch in (0, 10, 20)
    ]
    assert lines[3] == f"Emily: {net.predict([-7, -3]):.3f}  (1 female, 0 male)"


@pytest.mark.parametrize("seed", range(3))
def test_weight_height_learns_from_random_starts(seed: int, capsys: pytest.CaptureFixture[str]) -> None:
    net = weight_height(seed=seed)
    assert net.predict([-7, -3]) > 0.9
    assert net.predict([20, 2]) < 0.1
    assert capsys.readouterr().out


def test_xor_from_its_fixed_start(capsys: pytest.CaptureFixture[str]) -> None:
    net = xor(fixed_start=True)
    assert [net.predict(row) for row in XOR[0]] == pytest.approx(
        [0.03830302997404932, 0.9279290160221977, 0.9386831035376526, 0.08505061433737479], rel=1e-12
    )
    assert evaluate(net, *XOR) == pytest.approx(0.004413679406915163, rel=1e-12)
    out = capsys.readouterr().out
    assert len(out.splitlines()) == 5
    assert figures(out)["Mean squared error"] == evaluate(net, *XOR)


def test_diabetes_from_its_fixed_start_by_both_gradients(capsys: pytest.CaptureFixture[str]) -> None:
    neuron = diabetes(fixed_start=True)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[-2:] for line in lines[1:]] == [["0.03124953", "0.00707584"], ["0.98762539", "0.99837029"]]
    assert neuron.predict([1, 0, 0]) == pytest.approx(0.03124953, abs=5e-9)
    assert neuron.predict([0, 1, 0]) == pytest.approx(0.98762539, abs=5e-9)
    assert [neuron.predict(row) > 0.5 for row in DIABETES[0]] == [y == 1 for y in DIABETES[1]]


def test_the_diabetes_articles_mistake_is_the_slope_at_the_output() -> None:
    x = Value(0.75)
    out = sigmoid_with_mistake(x)
    out.backward()
    at_output = sigmoid(out.data)
    assert x.grad == at_output * (1 - at_output) != out.data * (1 - out.data)


def test_breast_cancer_shows_ten_samples_and_accuracy_on_both_parts(capsys: pytest.CaptureFixture[str]) -> None:
    breast_cancer_network(epochs=2, seed=0)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("2 epochs, mean squared error 0.2")
    assert len([line for line in lines if re.fullmatch(r"predicted [01] \(0\.\d{3}\), true [01]", line)]) == 10
    assert re.fullmatch(r"Accuracy on 455 training samples: \d+\.\d%", lines[-2])
    assert re.fullmatch(r"Accuracy on 114 held-out samples: \d+\.\d%", lines[-1])


def test_breast_cancer_learns(capsys: pytest.CaptureFixture[str]) -> None:
    # A higher learning rate than the article's, so that a few seconds show it.
    breast_cancer_network(epochs=40, learning_rate=10.0, seed=0)
    share = re.search(r"held-out samples: (\d+\.\d)%", capsys.readouterr().out)
    assert share is not None
    assert float(share[1]) > 92.0


def test_log_loss_falls_at_every_iteration(capsys: pytest.CaptureFixture[str]) -> None:
    log_loss(epochs=300, seed=0)
    out = capsys.readouterr().out
    assert "Iteration 0 loss: " in out
    assert "Iteration 200 loss: " in out
    assert "The loss fell 299 times in 299" in out


def test_the_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    out = capsys.readouterr().out
    assert re.findall(r"^  (\S+)", out, re.MULTILINE) == [*ARTICLES, "digits", "gpt"]
    assert list(ARTICLES) == ["weight-height", "xor", "diabetes", "breast-cancer", "log-loss"]


def test_settings_reach_the_training(capsys: pytest.CaptureFixture[str]) -> None:
    outputs = []
    for arguments in (["--seed", "1"], ["--seed", "1"], ["--seed", "2"], ["--seed", "1", "--lr", "0.5"]):
        assert main(["weight-height", "--epochs", "11", *arguments]) == 0
        outputs.append(capsys.readouterr().out)
    assert outputs[0] == outputs[1] != outputs[2]
    assert outputs[0] != outputs[3]
    assert outputs[0].count("Epoch") == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nothing"], "invalid choice: 'nothing' (choose from"),
        (["xor", "--epochs", "0"], "argument --epochs: '0' is not a whole number of at least 1"),
        (["xor", "--epochs", "1e3"], "'1e3' is not a whole number of at least 1"),
        (["xor", "--lr", "fast"], "argument --lr: 'fast' is not a finite number of at least 0"),
        (["xor", "--lr", "-1"], "argument --lr: '-1' is not a finite number of at least 0"),
        (["xor", "--seed", "x"], "argument --seed: 'x' is not a whole number"),
        (["xor", "--bogus"], "unrecognized arguments: --bogus"),
        (["--seed", "1"], "say which network to train"),
        (["--lr", "0"], "say which network to train"),
        (["log-loss", "--fixed-start"], "log-loss has no fixed start"),
        (["xor", "--fixed-start", "--seed", "3"], "--fixed-start begins at known numbers, and --seed at random ones"),
        (["breast-cancer", "--fixed-start"], "breast-cancer has no fixed start"),
        (["xor", "--every", "0"], "argument --every: '0' is not a whole number of at least 1"),
        (["--every", "5"], "say which network to train"),
        (["xor", "--open"], "--open opens the page that --step or --film writes: name its file"),
    ],
)
def test_wrong_arguments_get_one_line_and_exit_code_2(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert words in err
    assert err.count("\n") == 1


def test_help_has_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--help"])
    assert caught.value.code == 0
    assert "example:\n  python -m nn weight-height --epochs 500 --lr 0.2 --seed 1" in capsys.readouterr().out


@pytest.mark.skipif(os.name != "posix", reason="there is no head to close the pipe")
def test_a_closed_pipe_is_no_traceback() -> None:
    run = subprocess.run(
        f"{sys.executable} -m nn weight-height --seed 1 | head -n 1",
        shell=True,
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.startswith("Epoch 0 loss")
    assert run.stderr == ""


def test_the_networks_and_settings_are_those_of_the_articles(capsys: pytest.CaptureFixture[str]) -> None:
    settings = {name: inspect.signature(train).parameters for name, train in ARTICLES.items()}
    assert {name: (p["epochs"].default, p["learning_rate"].default) for name, p in settings.items()} == {
        "weight-height": (1000, 0.1),
        "xor": (10_000, 0.1),
        "diabetes": (20_000, 0.05),
        "breast-cancer": (1000, 0.5),
        "log-loss": (1500, 1.0),
    }
    nets = {name: train(epochs=1, seed=1) for name, train in ARTICLES.items() if name != "diabetes"}
    assert {name: (net.n_inputs, net.sizes, net.has_bias) for name, net in nets.items()} == {
        "weight-height": (2, [2, 1], True),
        "xor": (2, [3, 1], True),
        "breast-cancer": (30, [4, 1], True),
        "log-loss": (2, [8, 1], False),
    }
    starts = [[p.data for p in diabetes(epochs=1, learning_rate=0.0, seed=seed).parameters()] for seed in (1, 2)]
    assert starts[0] != starts[1]
    assert all(0.0 < p < 1.0 for start in starts for p in start)
    assert len(starts[0]) == 4
    assert capsys.readouterr().out


@pytest.mark.parametrize("name", list(ARTICLES))
def test_ctrl_c_says_so_and_nothing_about_what_was_not_learned(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(self: SGD) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(SGD, "step", interrupted)
    assert main([name]) == 130
    assert capsys.readouterr().out == "Interrupted after 0 epochs\n"


def test_ctrl_c_while_the_command_is_loaded_prints_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    class Interrupted:
        def find_spec(self, name: str, *_: object) -> None:
            if name == "nn.command":
                raise KeyboardInterrupt

    monkeypatch.delitem(sys.modules, "nn.command")
    monkeypatch.setattr(sys, "meta_path", [Interrupted(), *sys.meta_path])
    with pytest.raises(SystemExit) as ended:
        runpy.run_module("nn", run_name="__main__")
    assert ended.value.code == 130


def test_one_sample_is_drawn_and_listed_after_training(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "network.svg"
    assert main(["weight-height", "--epochs", "2", "--seed", "1", "--draw", str(path), "--listing"]) == 0
    printed = capsys.readouterr().out
    assert f"Drawn: {path}\nfrom math import exp\n" in printed
    assert "    d_L_d_w1 = d_L_d_sum_h1 * x1\n" in printed
    picture = path.read_text(encoding="utf-8")
    # Diana's numbers, with gradients.
    assert ">−15<" in picture
    assert ">−6<" in picture
    assert ">grad 1<" in picture


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--draw", "network.txt"], "a picture is written as .svg, .png or .pdf, not as 'txt'"),
        (["--draw", "nowhere/network.svg"], "--draw nowhere/network.svg: there is no folder"),
        (["--draw", "."], "--draw .: that is a folder"),
        (["--step", "page.txt"], "--step page.txt: the file's name must end in .html"),
        (["--film", "film.txt"], "--film film.txt: the file's name must end in .html"),
        (["--diagram", "net.png"], "--diagram net.png: the file's name must end in .svg"),
        (["--draw", ""], "--draw : that is a folder"),
    ],
)
def test_what_cannot_be_drawn_is_said_before_training(
    arguments: list[str],
    complaint: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as caught:
        main(["breast-cancer", *arguments])
    assert caught.value.code == 2
    shown = capsys.readouterr()
    assert complaint in shown.err
    assert shown.err.count("\n") == 1
    assert shown.out == ""
    assert not list(tmp_path.iterdir())


def test_a_listing_without_a_network_is_a_wrong_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--listing"])
    assert "say which network to train" in capsys.readouterr().err


@pytest.mark.parametrize("name", sorted(ARTICLES))
def test_every_article_has_a_player_and_a_diagram(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    player, picture = tmp_path / "backprop.html", tmp_path / "net.svg"
    assert main([name, "--epochs", "1", "--seed", "1", "--step", str(player), "--diagram", str(picture)]) == 0
    assert f"backprop after 1 epoch in a browser: {player}\n" in capsys.readouterr().out
    assert "Update, step" in player.read_text(encoding="utf-8")
    assert picture.read_text(encoding="utf-8").startswith("<svg")


@pytest.mark.parametrize("name", sorted(ARTICLES))
def test_every_article_has_a_film(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "training.html"
    assert main([name, "--epochs", "3", "--seed", "1", "--film", str(page)]) == 0
    assert capsys.readouterr().out.endswith(f"Watch the training, epoch by epoch, in a browser: {page}\n")
    assert '"epochs":3,' in inflated(page.read_text(encoding="utf-8"))


def test_film_and_step_player_lead_to_each_other(tmp_path: Path) -> None:
    (tmp_path / "a folder").mkdir()
    step, film = tmp_path / "a folder" / "back prop.html", tmp_path / "training.html"
    assert main(["weight-height", "--epochs", "2", "--step", str(step), "--film", str(film)]) == 0
    texts = [inflated(page.read_text(encoding="utf-8")) for page in (step, film)]
    found = [re.findall(r'class=\\"beside\\" href=\\"([^"]*)\\"', text) for text in texts]
    assert found == [["../training.html"], ["a%20folder/back%20prop.html"]]


def test_the_film_is_of_the_training_that_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    films: list[Film] = []
    net = ARTICLES["xor"](epochs=50, fixed_start=True, on_film=films.append)
    assert [film.epochs for film in films] == [50]
    numbers = {name: parameter.data for name, parameter in net.named_parameters().items()}
    assert films[0].parameters(50) == pytest.approx(numbers, abs=films[0].error)
    assert films[0].parameters(0)["w1"] == pytest.approx(0.5, abs=films[0].error)
    out = capsys.readouterr().out
    ARTICLES["xor"](epochs=50, fixed_start=True)
    assert capsys.readouterr().out == out


@pytest.fixture
def played(monkeypatch: pytest.MonkeyPatch) -> list[Value]:
    """The losses that players are made of."""
    roots: list[Value] = []

    def noted(root: Value, learning_rate: float) -> Player:
        roots.append(root)
        return play(root, learning_rate)

    monkeypatch.setattr("nn.command.play", noted)
    return roots


def test_the_demo_shows_the_worksheet_untrained(
    tmp_path: Path, played: list[Value], capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "backprop.html"
    assert main(["weight-height", "--every", "100", "--step", str(page)]) == 0
    out = capsys.readouterr().out
    assert re.findall(r"^Epoch (\d+) loss", out, re.MULTILINE) == [str(epoch) for epoch in range(0, 1000, 100)]
    assert out.endswith(f"Step through one sample's backprop before training in a browser: {page}\n")
    numbers = {line.label: line.number for line in trace(played[0])}
    assert [numbers[name] for name in ("h1", "h2", "o1", "L")] == pytest.approx([0.75, 0.5, 0.8, 0.64], rel=1e-12)
    assert "is now 0.3175." in page.read_text(encoding="utf-8")


_BUT_FOR_THE_WIDE_ONE = [
    pytest.param(name, marks=pytest.mark.slow) if name == "breast-cancer" else name for name in sorted(ARTICLES)
]


@pytest.mark.parametrize("name", _BUT_FOR_THE_WIDE_ONE)
def test_the_player_is_of_the_start_unless_epochs_are_given(name: str, tmp_path: Path, played: list[Value]) -> None:
    page = str(tmp_path / "backprop.html")
    start = numbers_of(readable_sample(name, untrained(name, seed=3)))
    moved = numbers_of(readable_sample(name, ARTICLES[name](epochs=2, seed=3)))
    train = ARTICLES[name]

    @functools.wraps(train)
    def quick(**settings: Any) -> Any:
        return train(**{"epochs": 2, **settings})

    with pytest.MonkeyPatch.context() as patched:
        patched.setitem(ARTICLES, name, quick)
        assert main([name, "--seed", "3", "--step", page]) == 0
    assert main([name, "--seed", "3", "--step", page, "--epochs", "2"]) == 0
    assert [numbers_of(root) for root in played] == [start, moved]
    assert start != moved


def numbers_of(root: Value) -> list[float]:
    return [line.number for line in trace(root)]


@pytest.mark.parametrize("name", _BUT_FOR_THE_WIDE_ONE)
def test_the_sample_to_step_through_has_gradients_to_see(name: str) -> None:
    for seed in range(3):
        net = untrained(name, seed=seed)
        assert readable_sample(name, net).grad == 1.0
        gradients = sorted(abs(parameter.grad) for parameter in net.parameters())
        assert gradients[len(gradients) // 2] > 1e-4


@pytest.mark.parametrize(
    ("terminal", "ci", "screen", "flag", "opened"),
    [
        (True, "", ":0", ["--open"], True),
        (True, "", ":0", [], False),
        (False, "", ":0", ["--open"], False),
        (True, "true", ":0", ["--open"], False),
        (True, "", "", ["--open"], False),
    ],
)
def test_a_page_is_opened_only_where_somebody_looks(
    terminal: bool, ci: str, screen: str, flag: list[str], opened: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    addresses: list[str] = []
    monkeypatch.setattr("webbrowser.open", addresses.append)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: terminal)
    monkeypatch.setattr(sys, "platform", "linux")
    for name, setting in {"CI": ci, "DISPLAY": screen, "WAYLAND_DISPLAY": "", "BROWSER": ""}.items():
        monkeypatch.setenv(name, setting)
    page = tmp_path / "a page.html"
    assert main(["weight-height", "--epochs", "1", "--step", str(page), *flag]) == 0
    assert addresses == ([page.as_uri()] if opened else [])


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (OSError(28, "No space left on device", "net.svg"), 2, "python -m nn: [Errno 28] No space left on device"),
        (BrokenPipeError(32, "Broken pipe"), 0, ""),
    ],
)
def test_a_full_disk_is_one_line_and_a_reader_who_has_left_is_none(
    error: OSError, code: int, words: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def fails(*_: object) -> None:
        raise error

    monkeypatch.setattr(Diagram, "save", fails)
    try:
        found = main(["xor", "--epochs", "1", "--diagram", "net.svg"])
    except SystemExit as end:
        found = int(str(end.code))
    assert found == code
    err = capfd.readouterr().err
    assert err.startswith(words)
    assert err.count("\n") == bool(words)
