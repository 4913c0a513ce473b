"""Rule text: what it may say, and that nothing else ever gets through."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import RuleError
from autograd.expression import names_in, parse
from autograd.primitives import ARITY
from autograd.rules import NUMBERS
from autograd.typesetting import to_code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("x * y", "x * y"),
        ("x - (y - 1)", "x - (y - 1.0)"),
        ("(x - y) - 1", "x - y - 1.0"),
        ("x / (y * x)", "x / (y * x)"),
        ("-x ** 2", "-power(x, 2.0)"),
        ("(-x) ** 2", "power(-x, 2.0)"),
        ("-(x + y)", "-(x + y)"),
        ("-x * y", "-x * y"),
        ("x * -y", "x * -y"),
        ("2 ** x ** y", "power(2.0, power(x, y))"),
        ("  exp( x+1 ) ", "exp(x + 1.0)"),
        ("maximum(x, -y)", "maximum(x, -y)"),
    ],
)
def test_text_is_printed_back_as_code_with_the_same_meaning(text: str, code: str) -> None:
    tree = parse(text, ["x", "y"], ARITY)
    assert to_code(tree) == code
    scope = {"x": 0.75, "y": 1.5}
    assert eval(to_code(tree), dict(NUMBERS), scope) == eval(text.strip(), dict(NUMBERS), scope)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x +", "is not an expression"),
        ("", "is not an expression"),
        ("x; y", "is not an expression"),
        ("x = 1", "is not an expression"),
        ("x\x00", "is not an expression"),
        ("z", "'z': is not a name this rule knows (must be one of x, y)"),
        ("__import__('os')", "'__import__': is not a function a rule may use"),
        ("x.real", "'x.real': a rule has numbers, names"),
        ("x[0]", "'x[0]': a rule has"),
        ("(lambda: x)()", "a rule has"),
        ("[x for x in y]", "a rule has"),
        ("x if y else 1", "a rule has"),
        ("x < y", "a rule has"),
        ("x and y", "a rule has"),
        ("x // y", "a rule has"),
        ("x % y", "a rule has"),
        ("x @ y", "a rule has"),
        ("not x", "a rule has"),
        ("+x", "a rule has"),
        ("f'{x}'", "a rule has"),
        ("'x'", "a rule has"),
        ("(x := 2)", "a rule has"),
        ("True", "a rule is about numbers"),
        ("2j", "a rule has"),
        ("1e999", "is too large for a float"),
        ("1" + "0" * 400, "is too large for a float"),
        ("exp(x, y)", "exp takes 1 argument(s), not 2"),
        ("maximum(x)", "maximum takes 2 argument(s), not 1"),
        ("exp(x=1)", "a rule has"),
        ("exp(*x)", "a rule has"),
        ("exp", "'exp': is not a name this rule knows"),
        ("power(x, y)", "'power': is not a function a rule may use"),
        ("x + " * 200 + "x", "has at most 500"),
        ("-" * 100 + "x", "nested deeper than 30"),
        ("(" * 240 + "x" + ")" * 240, "is not an expression"),
    ],
)
def test_whatever_is_not_arithmetic_is_refused(text: str, words: str) -> None:
    with pytest.raises(RuleError) as caught:
        parse(text, ["x", "y"], ARITY)
    assert words in str(caught.value)


def test_text_must_be_text() -> None:
    with pytest.raises(RuleError, match="a rule is written as text"):
        parse(3, [], {})  # type: ignore[arg-type]


def test_names_keep_order_and_repeats() -> None:
    assert list(names_in(parse("y * exp(x + y)", ["x", "y"], ARITY))) == ["y", "x", "y"]


@given(st.text(max_size=60))
def test_any_text_is_parsed_or_refused(text: str) -> None:
    try:
        tree = parse(text, ["x"], ARITY)
    except RuleError:
        return
    assert set(names_in(tree)) <= {"x"}
    compile(to_code(tree), "<test>", "eval")
