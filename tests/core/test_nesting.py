"""Nested numbers as a flat list and a form, and back."""

from __future__ import annotations

import math
import subprocess
import sys
from collections import OrderedDict
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import UsageError
from autograd.core.nesting import described, flatten, leaves_of_form, nested, places

KINDS = frozenset((int, float))


class Point(NamedTuple):
    x: Any
    y: Any


def flat(thing: Any) -> tuple[Any, list[Any], list[Any]]:
    leaves: list[Any] = []
    fixed: list[Any] = []
    return flatten(thing, KINDS, leaves, fixed), leaves, fixed


trees = st.recursive(
    st.one_of(st.integers(-9, 9), st.floats(allow_nan=False), st.booleans(), st.none(), st.text(max_size=3)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.lists(inner, max_size=4).map(tuple),
        st.dictionaries(st.text(max_size=2), inner, max_size=4),
        st.tuples(inner, inner).map(lambda pair: Point(*pair)),
    ),
    max_leaves=12,
)


@given(trees)
def test_there_and_back(tree: Any) -> None:
    form, leaves, fixed = flat(tree)
    again = nested(form, iter(leaves), iter(fixed))
    assert (again, type(again)) == (tree, type(tree))
    assert all(type(leaf) in (int, float) for leaf in leaves)
    hash(form)
    named = list(places(form, "it"))
    assert [is_leaf for _, is_leaf in named].count(True) == len(leaves)
    for (place, is_leaf), found in zip(named, _in_order(leaves, fixed, named), strict=True):
        assert eval(place, {"it": tree}) is found, (place, is_leaf)


def _in_order(leaves: list[Any], fixed: list[Any], named: list[tuple[str, bool]]) -> list[Any]:
    each = iter(leaves), iter(fixed)
    return [next(each[0] if is_leaf else each[1]) for _, is_leaf in named]


def test_arrays_are_leaves_in_a_shape() -> None:
    form, leaves, fixed = flat({"w": np.array([[1.0, 2.0], [3.0, 4.0]]), "n": np.float32(0.5), "k": np.int64(3)})
    assert (leaves, fixed) == ([1.0, 2.0, 3.0, 4.0, 0.5, 3], [])
    again = nested(form, iter([1.0, 2.0, 3.0, 5.0, 6.0, 7.0]))
    assert again["w"].tolist() == [[1.0, 2.0], [3.0, 5.0]]
    assert again["w"].dtype == float
    assert [place for place, _ in places(form, "p")][:2] == ["p['w'][0, 0]", "p['w'][0, 1]"]
    assert nested(flat(np.zeros((0, 2)))[0], iter([])).shape == (0, 2)


def test_what_is_fixed_is_a_part_of_the_form() -> None:
    for one, other in [
        (True, False),
        ("a", "b"),
        (None, "None"),
        (True, "True"),
        (math.sin, math.cos),
        ([True], [1]),
        ([1, 2], (1, 2)),
        ([[1], 2], [1, [2]]),
        ({"a": 1}, {"b": 1}),
        (Point(1, 2), (1, 2)),
        (np.array([True]), np.array([False])),
        (np.zeros(2), [0.0, 0.0]),
        (np.zeros((2, 1)), np.zeros((1, 2))),
    ]:
        assert flat(one)[0] != flat(other)[0], (one, other)
        assert flat(one)[0] == flat(one)[0], one
    assert flat([1, 2.0])[0] == flat([3.0, 4])[0]
    assert flat(OrderedDict(a=1))[0] == flat({"a": 2})[0]


def test_numbers_are_fixed_where_no_kind_is_a_leaf() -> None:
    def key(thing: Any) -> Any:
        return flatten(thing, frozenset(), [], [])

    assert key([1, 2]) == key([1, 2])
    assert len({key(one) for one in (1, 1.0, True, -0.0, 0.0, math.nan, math.nan, "1", [1], (1,))}) == 9
    assert key(np.array([1, 2])) != key(np.array([1, 3]))
    assert key(np.array([1, 2])) != key(np.array([1.0, 2.0]))


@pytest.mark.parametrize(
    ("form", "given", "message"),
    [
        (3.0, [1.0], "it is a list of 1, where x is one number"),
        ([1.0, 2.0], [1.0], "it is a list of 1, where x is a list of 2"),
        ([1.0, {"a": 2.0}], [1.0, {"b": 2.0}], r"it\[1\] is a dictionary of 'b', where x is a dictionary of 'a'"),
        ([1.0, [2.0]], [1.0, 2.0], r"it\[1\] is one number, where x is a list of 1"),
        (Point(1.0, [2.0]), Point(1.0, "a"), r"it\.y is of type str, where x is a list of 1"),
        (np.zeros((2, 3)), np.zeros(3), r"it is an array of shape \(3,\), where x is an array of shape \(2, 3\)"),
    ],
)
def test_another_form_is_told_with_its_place(form: Any, given: Any, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        list(leaves_of_form(flat(form)[0], given, "it", "x"))


def test_a_form_may_be_filled_by_what_means_the_same() -> None:
    assert list(leaves_of_form(flat((1.0, {"a": 2.0, "b": 3.0}))[0], [1, {"b": 3, "a": 2}], "it", "x")) == [1, 2, 3]
    assert list(leaves_of_form(flat(np.zeros(2))[0], [1.0, 2.0], "it", "x")) == [1.0, 2.0]


def test_forms_in_words() -> None:
    assert described(flat([])[0]) == "an empty list"
    assert described(flat(Point(1, 2))[0]) == "a Point of 2"
    assert described(flat(dict.fromkeys("abcde", 1.0))[0]) == "a dictionary of 5"
    assert described(flat(None)[0]) == "of type NoneType"


def test_numpy_is_not_imported_for_it() -> None:
    program = (
        "import sys; from autograd import grad, jacobian\n"
        "grad(lambda p: p['w'][0] * p['b'])({'w': [1.0], 'b': 2.0}); jacobian(lambda p: p, 0)((1.0, [2.0]))\n"
        "sys.exit('numpy' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
