"""How wide text can get, and what of it fits. That no browser draws it wider is tested in tests/nn/test_diagrams."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd.extend import cut, ems


@pytest.mark.parametrize(
    ("text", "width"),
    [
        ("", 0.0),
        ("ab", 1.3),
        ("AB", 1.7),
        ("MW", 2.0),
        ("重量", 2.7),  # wide, as most of what is written in East Asia
        ("é", 1.0),
        ("e\u0301", 0.65),  # the accent stands above the letter
        ("\u200d\ufe0f", 0.0),
        ("ﷺ", 18.0),  # one character, in which a whole phrase is drawn
        ("−", 0.85),
        ("…", 1.0),  # one character too, and as wide as it looks
    ],
)
def test_the_width_of_text_is_that_of_its_characters(text: str, width: float) -> None:
    assert ems(text) == pytest.approx(width)


@given(st.text(max_size=30), st.floats(1.0, 20.0))
def test_what_is_cut_fits_and_begins_as_the_text_does(text: str, most: float) -> None:
    short = cut(text, most)
    assert ems(short) <= most
    assert short == text if ems(text) <= most else text.startswith(short.removesuffix("…"))
