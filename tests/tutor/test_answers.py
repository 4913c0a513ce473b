"""What is handed in: numbers on paper, and how exactly they are meant."""

from __future__ import annotations

import math

import pytest

from autograd import UsageError
from autograd.tutor.answers import on_paper, tolerance


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


def test_the_tolerance_by_hand() -> None:
    # Half a unit of 0.0215, and one for what was rounded on the way.
    assert tolerance(3, 1e-4, 0.0215, 0.0215) == pytest.approx(0.5e-4 + 1e-4)
    # Two terms of 3 that cancel to 0.02: each was written with three digits, so two decimals are left.
    assert tolerance(3, 1e-4, 0.0215, 6.0) == pytest.approx(0.5e-4 + 0.01)
    assert tolerance(3, 1e-4, 0.0215, 0.0) == pytest.approx(0.5e-4 + 1e-4)
    # 0.991 for 1: it is the unit of what was handed in that counts.
    assert not on_paper("0.991").agrees(1.0, 1.0)
    assert on_paper("0.999").agrees(1.0, 1.0)
    # A whole number is not rounded on the way: 5 is not 6, nor 1 a path forgotten of 2; but terms may cancel.
    assert [on_paper(text).agrees(6.0, 6.0) for text in ("5", "6", "7")] == [False, True, False]
    assert not on_paper("1").agrees(2.0, 2.0)
    assert on_paper("6").agrees(6.4, 6.4)
    assert on_paper("12").agrees(20.0, 3000.0)
    # With a point or an exponent it may have been, whatever its size.
    for power in range(-30, 31):
        true = float(f"2.15561e{power}")
        texts = ("2.13", "2.14", "2.15", "2.16", "2.17", "2.18")
        right = [text for text in texts if on_paper(f"{text}e{power}").agrees(true, true)]
        assert right == ["2.15", "2.16", "2.17"], power
    whole = [on_paper(text).agrees(215.561, 215.561) for text in ("214", "215", "216", "217", "217.")]
    assert whole == [False, False, True, False, True]
    # Zero is right where it is zero but for rounding, and nowhere else.
    assert on_paper("0").agrees(5.6e-17, 0.6)
    assert on_paper("0.00").agrees(0.0, 0.0)
    assert not on_paper("0").agrees(0.4, 0.4)
    assert not on_paper("0.00").agrees(0.0012, 0.0012)
    assert on_paper("0.020").agrees(0.03, 6.0)
    assert not on_paper("0.020").agrees(0.03, 0.03)
    assert not on_paper("0.020").agrees(math.nan, 1.0)
