"""Names made unique, and safe to show."""

from __future__ import annotations

import keyword
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from autograd.notation.naming import Names, visible

from ..support.graphs import HOSTILE


@given(st.lists(st.text(max_size=30) | st.sampled_from(HOSTILE) | st.sampled_from(["h1", "h1__2", "h1__3"])))
def test_identifiers_are_unique_to_python_and_labels_to_people(given_names: list[str]) -> None:
    names = Names(reserved=["exp", "pow"])
    identifiers = [names.identifier(name) for name in given_names]
    for identifier in identifiers:
        assert identifier.isidentifier()
        assert not keyword.iskeyword(identifier)
        assert identifier not in ("exp", "pow", "__debug__")
        assert len(identifier) < 80
    # Python compares names after NFKC.
    assert len({unicodedata.normalize("NFKC", identifier) for identifier in identifiers}) == len(identifiers)
    labels = [names.label(name, identifier) for name, identifier in zip(given_names, identifiers, strict=True)]
    assert len(set(labels)) == len(labels)
    for label in labels:
        assert label.encode()  # no lone surrogate
        assert len(label) < 130
        assert not {unicodedata.category(one) for one in label if one not in "\u200d\ufe0f"} & {"Cc", "Cs", "Zl", "Zp"}


def test_plain_names_stay_what_they_are() -> None:
    names = Names()
    for name in ("w1", "sum_h1", "y_true", "β", "größe"):
        assert names.identifier(name) == name
        assert names.label(name, name) == name


def test_a_copy_goes_its_own_way() -> None:
    names = Names()
    names.identifier("w")
    copy = names.copy()
    assert copy.identifier("w") == "w__2"
    assert names.identifier("w") == "w__2"
    assert [names.temporary(), copy.temporary(), copy.temporary()] == ["t1", "t1", "t2"]


def test_many_of_the_same_name_take_linear_time() -> None:
    names = Names()
    assert [names.identifier("h1") for _ in range(50_000)][-1] == "h1__50000"


def test_what_turns_the_reading_direction_is_shown_as_an_escape() -> None:
    assert visible("\u202egnp.exe") == "\\u202egnp.exe"
    assert visible("שלום") == "שלום"
    assert visible("👩‍👩‍👧") == "👩‍👩‍👧"
