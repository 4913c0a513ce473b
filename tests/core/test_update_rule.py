"""Update rules: what their text may say, and that they move numbers as it says."""

from __future__ import annotations

import gc
import linecache
import math
import pickle
from typing import Any

import pytest

from autograd import DomainError, RuleError, UpdateRule, UsageError

RATE = ["rate"]


def test_rows_are_computed_in_order_and_the_state_is_remembered() -> None:
    rule = UpdateRule({"v": "0.5 * v + grad", "n": "n + 1", "w": "w - rate * v / n"}, RATE)
    assert rule.state == ("v", "n")
    w, state = rule.move(1.0, 4.0, (2.0, 0.0), [0.1], 1)
    assert (w, state) == (1.0 - 0.1 * 5.0 / 1.0, (5.0, 1.0))
    assert rule.move(w, 4.0, state, [0.1], 2) == (w - 0.1 * 6.5 / 2.0, (6.5, 2.0))


def test_what_is_shared_is_computed_from_settings_and_the_step() -> None:
    rule = UpdateRule({"w": "w - now * grad"}, RATE, {"half": "rate / 2", "now": "half / sqrt(step)"})
    assert rule.shared([3.0], 4) == (3.0, 4.0, 1.5, 0.75)
    assert rule.move(1.0, 1.0, (), [3.0], 4) == (0.25, ())
    assert rule.mentions("grad") == 1


def test_it_pickles_and_says_what_it_is() -> None:
    rule = UpdateRule({"v": "m * v + grad", "w": "w - rate * v"}, ["m", "rate"])
    again = pickle.loads(pickle.dumps(rule))
    assert again.move(1.0, 2.0, (3.0,), [0.5, 0.1], 1) == rule.move(1.0, 2.0, (3.0,), [0.5, 0.1], 1)
    assert repr(again) == "<UpdateRule v = m * v + grad; w = w - rate * v>"


def test_where_it_has_no_answer() -> None:
    rule = UpdateRule({"w": "w - rate * sqrt(grad)"}, RATE)
    with pytest.raises(
        DomainError,
        match=r"has no answer at w = 1.0, grad = -4.0, rate = 0.1, step = 3.0: there is no such",
    ):
        rule.move(1.0, -4.0, (), [0.1], 3)
    assert rule.move(1.0, math.inf, (), [0.1], 1) == (-math.inf, ())
    late = UpdateRule({"w": "w - share * grad"}, RATE, {"share": "rate / (step - 3)"})
    with pytest.raises(DomainError, match=r"has no answer at rate = 0.1, step = 3.0: it divides by zero"):
        late.move(1.0, 1.0, (), [0.1], 3)


def test_its_text_goes_with_it() -> None:
    rule = UpdateRule({"w": "w - grad"}, [])
    file = rule._move.__code__.co_filename
    assert "w = w - grad" in "".join(linecache.getlines(file))
    del rule
    gc.collect()
    assert file not in linecache.cache


@pytest.mark.parametrize(
    ("rows", "settings", "each_step", "words"),
    [
        ({}, [], {}, "the last row of an update rule says where w goes"),
        ({"w": "w - grad", "v": "grad"}, [], {}, "this one says what 'v' is"),
        ({"w": "w - rate * grad"}, [], {}, "'rate' is not a name this rule knows"),
        ({"w": "__import__('os')"}, [], {}, "is not a function a rule may use"),
        ({"w": "w.real"}, [], {}, "says more than a rule may"),
        ({"w": "w - a"}, ["a"], {"a": "1"}, "'a' cannot be a name in an update rule"),
        ({"w": "w"}, ["exp"], {}, "that name means something else"),
        ({"w": "w"}, ["step"], {}, "each for one thing"),
        ({"w": "w"}, ["lambda"], {}, "'lambda' cannot be a name"),
        ({"w": "w"}, ["__debug__"], {}, "that name means something else"),
        ({"w": "w"}, "rate", {}, "settings are a list of names"),
        ({"w": "w"}, 5, {}, "settings are a list of names"),
        ([("w", "w")], [], {}, "a dictionary from names to expressions"),
        ({"w": "w"}, [], ["a"], "a dictionary from names to expressions"),
        ({"w": "w"}, ["2nd"], {}, "use plain identifiers"),
        ({"w": "w"}, [], {"a": "grad"}, "'grad' is not a name this rule knows"),
        ({"w": "w"}, [], {"a": "b", "b": "1"}, "is not a name this rule knows"),
    ],
)
def test_what_a_rule_may_not_say(rows: Any, settings: Any, each_step: Any, words: str) -> None:
    with pytest.raises(RuleError, match=words):
        UpdateRule(rows, settings, each_step)


def test_too_few_settings_and_divisions_by_zero_are_said() -> None:
    rule = UpdateRule({"s": "s + grad * grad", "w": "w - rate * grad / sqrt(s)"}, ["rate"])
    with pytest.raises(UsageError, match=r"has the settings \['rate'\], not 0 numbers"):
        rule.move(1.0, 0.5, (0.0,), [], 1)
    with pytest.raises(DomainError, match=r"it divides by zero\. Add a small number to the divisor"):
        rule.move(1.0, 0.0, (0.0,), [0.1], 1)
    with pytest.raises(DomainError, match=r"it is too large for a float\. Take smaller steps"):
        UpdateRule({"w": "w - exp(grad)"}, []).move(1.0, 1e4, (), [], 1)
