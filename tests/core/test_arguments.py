"""What callers hand in: what counts as a list, as a DataFrame and as a whole number."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograd import UsageError
from autograd.extend import has_members, is_frame, members, whole_number
from tests.support.labelled import DataFrame, Series


@pytest.mark.parametrize(
    ("given", "listed"),
    [
        ([1, 2], [1, 2]),
        ((1, 2), [1, 2]),
        (range(2), [0, 1]),
        (np.array([1, 2]), [1, 2]),
        (Series([5, 6], labels=[1, 0]), [5, 6]),
        (iter("ab"), ["a", "b"]),
        ([], []),
    ],
)
def test_what_has_members_in_an_order_is_listed_by_position(given: Any, listed: list[Any]) -> None:
    assert has_members(given)
    assert members(given, "xs", "numbers") == listed


@pytest.mark.parametrize("given", ["ab", b"ab", 3, None, np.array(3.0), {1: 2}, {1, 2}, frozenset()])
def test_text_sets_dictionaries_and_single_things_are_no_lists(given: Any) -> None:
    with pytest.raises(UsageError) as caught:
        members(given, "xs", "numbers")
    assert str(caught.value) == f"xs is {given!r}; expected a list of numbers"


def test_a_frame_is_told_by_its_columns() -> None:
    frame = DataFrame({"a": [1, 2]})
    assert is_frame(frame)
    assert not any(map(is_frame, (Series([1]), np.zeros((2, 2)), [], None)))
    with pytest.raises(UsageError, match=r"^xs is a DataFrame, .* of numbers: hand in its \.to_numpy\(\)$"):
        members(frame, "xs", "numbers")


def test_whole_numbers() -> None:
    assert [whole_number(n, "n", 1) for n in (1, 10**30, np.int8(5), np.uint64(7))] == [1, 10**30, 5, 7]
    assert type(whole_number(np.int64(3), "n", 0)) is int
    given: Any
    for given in (0, -1, True, 2.0, "2", None, np.float64(2.0), np.bool_(True), [2]):
        with pytest.raises(UsageError, match=r"^n must be a whole number of at least 1, not "):
            whole_number(given, "n", 1)
