"""Random numbers of one digit: what the partial rounds to is right, and nothing else is."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_HALF_DOWN, ROUND_HALF_UP, Decimal
from random import Random

import pytest

from autograd import Value
from autograd.testing import assert_partials, check_partials

from ..planting.networks import random_network
from ..planting.planting import gradient


def one_digit(number: Decimal, is_scientific: bool) -> str:
    """A number of one digit as it is written: -4e-2, or -0.04."""
    return f"{number:.0e}" if is_scientific else f"{number:f}"


def rounded(true: float, digit: Decimal, is_scientific: bool) -> set[Decimal]:
    """A partial with as many decimals as a number has, or, if that is written as 4e-2, with one digit."""
    exact = Decimal(true)
    power = exact.adjusted() if is_scientific and true else digit.adjusted()
    unit = Decimal(1).scaleb(power)
    return {(exact / unit).quantize(Decimal(1), rounding) * unit for rounding in (ROUND_HALF_UP, ROUND_HALF_DOWN)}


def handed_in(number: int, random: Random) -> Iterator[tuple[Value, tuple[str, str], str, bool]]:
    """Graphs, partials and numbers of one digit, and whether these are right, by derivatives written down by hand."""
    made = 0
    while made < number:
        network = random_network(random, random.random() < 0.5)
        root = network.recorded()
        for wrt in random.sample(list(network.leaves), min(4, len(network.leaves))):
            if not network.paths("L", wrt):
                continue
            true = gradient(network, "L", wrt)(network.leaves)
            is_scientific = random.random() < 0.5
            if true and random.random() < 0.5:
                digit = Decimal(f"{true:.0e}")
            else:
                near = Decimal(true).adjusted() if true else 0
                digit = Decimal(random.choice((-1, 1)) * random.randint(1, 9)).scaleb(
                    near + random.choice((*range(-3, 4), 300))
                )
            is_scientific = is_scientific or digit.adjusted() > 0  # 30 has two digits
            yield root, ("L", wrt), one_digit(digit, is_scientific), digit in rounded(true, digit, is_scientific)
            made += 1


@pytest.mark.parametrize("number", [60, pytest.param(8000, marks=pytest.mark.slow)])
def test_random_numbers_of_one_digit(number: int) -> None:
    counts = {True: 0, False: 0}
    for root, key, text, is_right in handed_in(number, Random(number)):
        assert check_partials(root, {key: text}).ok is is_right, (key, text, check_partials(root, {key: text}))
        counts[is_right] += 1
    assert min(counts.values()) >= 3000 * number // 8000


@pytest.mark.parametrize("text", ["1e5", "1e300", "0.1", "0.02", "1e-2", "-0.02", "-0.1", "-0.012", "-0.0103"])
def test_a_square_whose_root_is_small(text: str) -> None:
    """-2 · 0.00519 is -0.01038; nothing on the way has more than three digits."""
    w = Value(-0.00519, "w")
    root = (w * w).named("L")
    assert not check_partials(root, {"d_L_d_w": text}).ok
    with pytest.raises(AssertionError):
        assert_partials(root, {"d_L_d_w": text})


@pytest.mark.parametrize("text", ["-1e-2", "-0.01", "-0.010", "-0.0104", "-1.04e-2", "-0.01038", "0", "0.0"])
def test_a_square_whose_root_is_small_rounded(text: str) -> None:
    w = Value(-0.00519, "w")
    assert_partials((w * w).named("L"), {"d_L_d_w": text})


def test_0_1_is_not_minus_0_04() -> None:
    w = Value(-0.02, "w")
    with pytest.raises(AssertionError):
        assert_partials((w * w).named("L"), {"d_L_d_w": "0.1"})


def test_one_digit_that_is_one_off_is_told_to_have_more() -> None:
    w = Value(0.17, "w")
    report = check_partials((w * w).named("L"), {"d_L_d_w": "0.4"})  # 0.34
    assert "a number of one digit has to be the partial, rounded: give more digits" in str(report)
    assert "of one digit" not in str(check_partials((w * w).named("L"), {"d_L_d_w": "0.6"}))


def test_one_unit_is_granted_only_where_something_on_the_way_was_rounded() -> None:
    x, w = Value(3.0, "x"), Value(0.123456, "w")
    square, product = (x**2).named("y"), (w * w * w).named("y")
    assert [check_partials(square, {"x": text}).ok for text in ("5.9", "6.0", "6.1")] == [False, True, False]
    report = check_partials(product, {"w": "0.0458"})  # 3 · 0.123456² is 0.0457
    assert "agrees to 3 digits here, give or take one in the last" in str(report)
    assert not check_partials(product, {"w": "0.0459"}).ok
