"""Numbers on paper, and how exactly they are meant."""

from __future__ import annotations

import math

import pytest

from autograd import UsageError
from autograd.notation.paper import on_paper


@pytest.mark.parametrize(
    ("text", "number", "figures", "unit"),
    [
        ("0.0215", 0.0215, 3, 1e-4),
        ("-0.0107", -0.0107, 3, 1e-4),
        ("−0.0107", -0.0107, 3, 1e-4),
        ("+.5", 0.5, 1, 0.1),
        ("0.0210", 0.021, 3, 1e-4),  # the last 0 was meant
        ("12", 12.0, 2, 1.0),
        ("1_200", 1200.0, 4, 1.0),
        ("2.15e-2", 0.0215, 3, 1e-4),
        ("2.15E-2", 0.0215, 3, 1e-4),
        ("2.15 × 10^-2", 0.0215, 3, 1e-4),
        ("2.15 · 10⁻²", 0.0215, 3, 1e-4),
        ("-2.15*10**-2", -0.0215, 3, 1e-4),
        (" 3. ", 3.0, 1, 1.0),
        ("0", 0.0, 0, 1.0),
        ("0.00", 0.0, 0, 0.01),
        ("2.15e4", 21500.0, 3, 100.0),
        ("1e-400", 0.0, 1, 0.0),
        ("1e-" + "9" * 5000, 0.0, 1, 0.0),
        ("0." + "0" * 400 + "1e401", 1.0, 1, 1.0),
    ],
)
def test_numbers_as_they_are_written(text: str, number: float, figures: int, unit: float) -> None:
    written = on_paper(text)
    assert (written.number, written.figures) == (number, figures)
    assert written.unit == pytest.approx(unit)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("0,0215", "write it with a point for the decimals"),
        ("1/3", r"write it in digits, such as '0\.0215'"),
        ("", "is no number"),
        (".", "is no number"),
        ("about 2", "is no number"),
        ("10³", "is no number"),
        ("2*100", "is no number"),
        ("3*105", "is no number"),
        ("2 × 10", "is no number"),
        ("nan", "is no number"),
        ("1e999", "too large for a float"),
        ("1e" + "9" * 5000, "too large for a float"),
        ("_1", "is no number"),
        ("1_", "is no number"),
        ("1__0", "is no number"),
        ("1_.5", "is no number"),
    ],
)
def test_what_is_no_number(text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        on_paper(text)


@pytest.mark.parametrize(
    ("true", "right", "wrong"),
    [
        (
            -0.01038,
            ["-0.01", "-0.0104", "-1e-2", "0", "0.0", "-0.010"],
            ["1e5", "1e300", "0.1", "-0.1", "0.01", "0.00"],
        ),
        (-0.04, ["-0.04", "-4e-2", "0.0"], ["0.1", "-0.1", "-0.05", "-0.03", "0.04", "0.00"]),
        (0.06, ["0.06", "0.1", "6e-2"], ["1e-1", "-0.1", "0.2", "0.0"]),  # one decimal; one digit
        (6e4, ["6e4", "60000"], ["1e5", "5e4", "0"]),
        (1.0, ["1", "1.0", "1e0", "1.00"], ["2", "0", "0.98", "1.02"]),
        (0.25, ["0.2", "0.3"], ["0.1", "0.4"]),  # halfway between them
        (6.4, ["6", "6.4"], ["5", "7"]),
        (215.561, ["216", "215.6", "216."], ["214", "215", "217"]),
        (0.0, ["0", "0.00"], ["0.1", "1e-300", "-0.01"]),
        (5.6e-17, ["0", "0.00", "5.6e-17"], ["-5.6e-17"]),
        (20.0, ["20", "2e1"], ["12", "19", "3e1"]),
        (math.inf, [], ["1e300", "0"]),
        (math.nan, [], ["0", "1"]),
    ],
)
def test_a_number_is_right_if_the_partial_rounds_to_it(true: float, right: list[str], wrong: list[str]) -> None:
    assert [text for text in right if not on_paper(text).fits(true)] == []
    assert [text for text in wrong if on_paper(text).fits(true)] == []


def test_one_unit_is_granted_where_numbers_on_the_way_may_have_been_rounded() -> None:
    for power in range(-30, 31):
        true = float(f"2.15561e{power}")
        texts = ("2.13", "2.14", "2.15", "2.16", "2.17", "2.18")
        assert [text for text in texts if on_paper(f"{text}e{power}").is_rounded(true)] == ["2.16"], power
        assert [text for text in texts if on_paper(f"{text}e{power}").fits(true)] == ["2.15", "2.16", "2.17"], power
    # 1.00e5 stands for what rounds to it with three digits, and 9.99e4 has three of its own.
    assert on_paper("1.00e5").is_rounded(99960.0)
    assert not on_paper("1.00e5").is_rounded(99940.0)


def test_more_digits_than_a_float_has() -> None:
    assert on_paper("0.1000000000000000055511151231257827").is_rounded(0.1)
    assert on_paper("0.3333333333333333333").is_rounded(1 / 3)
    assert not on_paper("0.3333333333433333333").is_rounded(1 / 3)
