"""Rule text: what it may say, and that nothing else ever gets through."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import RuleError
from autograd.core.op import NUMBERS
from autograd.core.primitives import ARITY
from autograd.notation.expression import names_in, parse
from autograd.notation.typesetting import to_code


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
        ("z", "'z' is not a name this rule knows (must be one of x, y)"),
        ("__import__('os')", "'__import__' is not a function a rule may use"),
        ("x.real", "'x.real' says more than a rule may: it has numbers, names"),
        ("x^2", "'x^2' has a ^: a power is written **"),
        ("math.exp(x)", "'math.exp' stands for exp in Python: in a rule write exp(…)"),
        ("x[0]", "'x[0]' says more than a rule may"),
        ("(lambda: x)()", "says more than a rule may"),
        ("[x for x in y]", "says more than a rule may"),
        ("x if y else 1", "says more than a rule may"),
        ("x < y", "says more than a rule may"),
        ("x and y", "says more than a rule may"),
        ("x // y", "says more than a rule may"),
        ("x % y", "says more than a rule may"),
        ("x @ y", "says more than a rule may"),
        ("not x", "says more than a rule may"),
        ("+x", "says more than a rule may"),
        ("f'{x}'", "says more than a rule may"),
        ("'x'", "says more than a rule may"),
        ("(x := 2)", "says more than a rule may"),
        ("True", "a rule is about numbers"),
        ("2j", "says more than a rule may"),
        ("1e999", "is too large for a float"),
        ("1" + "0" * 400, "is too large for a float"),
        ("exp(x, y)", "gives exp 2 argument(s), not 1"),
        ("maximum(x)", "gives maximum 1 argument(s), not 2"),
        ("exp(x=1)", "says more than a rule may"),
        ("exp(*x)", "says more than a rule may"),
        ("exp", "'exp' is not a name this rule knows"),
        ("power(x, y)", "'power' is not a function a rule may use"),
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
