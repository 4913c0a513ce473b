"""Every equation that the player writes is true at the digits shown."""

from __future__ import annotations

from random import Random

import pytest

from autograd import Value, play
from autograd.player.figures import Equation, apart, enough, figure
from autograd.player.frames import Film
from nn.articles import ARTICLES, one_sample, samples_of
from nn.stepping import worksheet_sample

from ..support.graphs import articles_loss, untrained
from .equations import equations_in, is_true, reads_as_no_change, wrong_in


def written(film: Film) -> list[str]:
    return [
        text
        for frame in film.frames
        for text in (film.said(frame.words, frame), *(film.said(row, frame) for row in frame.formula))
    ]


def count(film: Film) -> int:
    return sum(len(equations_in(text)) for text in written(film))


def test_the_test_itself_refuses_what_reads_as_false() -> None:
    assert is_true("0.02147", "(−0.010735) · (−2)")
    assert not is_true("0.02147", "(−0.01073) · (−2)")
    assert is_true("0.75", "sigmoid(1.0986)")
    assert not is_true("0.75", "sigmoid(1.098)")
    assert reads_as_no_change("2.5", "2.5 − 0.1 · 0.002417")
    assert not reads_as_no_change("2.5", "2.5 − 0.1 · 0")
    assert wrong_in(["0.5 = 0.25 + 0.26"]) == ["0.5 = 0.25 + 0.26"]
    assert wrong_in(["w moves against its gradient: 2.5 − 0.1 × 0.002417 = 2.5."]) == ["2.5 = 2.5 − 0.1 × 0.002417"]
    words = "gradient flows through y to a: 1 × 2 = 2, added to the 3 from before: 6."
    assert wrong_in([words]) == ["6 = 3 + (2)"]


@pytest.mark.parametrize("gradients_of", ["parameters", "all"])
@pytest.mark.parametrize("name", [*sorted(ARTICLES), "worksheet", "by hand"])
def test_every_equation_of_every_step_is_true(name: str, gradients_of: str) -> None:
    known = {"worksheet": worksheet_sample(), "by hand": articles_loss()[1]}
    root = known[name] if name in known else one_sample(name, untrained(name))
    film = play(root, 0.1, gradients_of=gradients_of).film
    assert wrong_in(written(film)) == []
    assert count(film) > 2 * len(film.frames) - 25, "two for most steps, in the sentence and in the formula"


def test_so_they_are_for_any_numbers() -> None:
    random = Random(7)
    rows, _, loss = samples_of("xor")
    for _ in range(60):
        net = untrained("xor")
        size = 10.0 ** random.randint(-6, 3)
        net.set_parameters({name: random.gauss(0, size) for name in net.named_parameters()})
        film = play(
            loss(net([random.gauss(0, 1) for _ in rows[0]]), random.random()), 10.0 ** random.randint(-4, 1)
        ).film
        assert wrong_in(written(film)) == []


def test_a_small_step_is_seen() -> None:
    w = Value(2.5, "w")
    film = play((w * 0.002417).named("L"), 0.1).film
    (frame,) = [frame for frame in film.frames if frame.phase == "update"]
    assert film.said(frame.formula[1], frame) == "2.4998 = 2.5 − 0.1 · 0.002417"
    assert film.sentence(len(film.shown) - 1).endswith("L was 0.0060425, and is now 0.0060419.")
    # A step that is smaller than any that a float can make says so.
    film = play((Value(2.5, "w") * 1e-18).named("L"), 0.1).film
    (frame,) = [frame for frame in film.frames if frame.phase == "update"]
    assert film.said(frame.formula[1], frame) == "2.5 ≈ 2.5 − 0.1 · 1e−18"


def test_enough_digits() -> None:
    assert enough([]) == (4, 4, True)
    assert enough([Equation(0.5, lambda of, _: of(0.25) + of(0.25))]) == (4, 4, True)
    assert enough([Equation(float("inf"), lambda of, _: of(1e308) * of(10.0))]) == (4, 4, True)
    assert apart(0.001004, 0.0010036) == 5
    assert apart(1.0, 1.0) == 4
    assert figure(-4.440892098500626e-16, 1.0) == "0"
    assert figure(2.4997583, 0.0, 5) == "2.4998"
