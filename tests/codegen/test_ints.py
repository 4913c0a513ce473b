"""Generated Python that is handed ints, or holds some, computes with floats all the same, to the last bit."""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from autograd import DomainError, Value, clip, elu, leaky_relu, maximum, minimum, relu, sigmoid, to_python, where
from autograd.core.primitives import ARITY, PRIMITIVES
from autograd.notation.typesetting import with_floats
from nn import MLP, binary_cross_entropy, mean_squared_error

from ..support.graphs import articles_loss


def answer(source: str, *arguments: float) -> tuple[str, dict[str, str]]:
    """What backprop returns, with every bit of it and the type: ints have no hex()."""
    namespace: dict[str, Any] = {}
    exec(source, namespace)
    value, gradients = namespace["backprop"](*arguments)
    return value.hex(), {name: gradient.hex() for name, gradient in gradients.items()}


def test_constants_that_would_make_ints_are_floats() -> None:
    source = to_python(maximum(Value(2.0, "x"), 3) ** 40)
    assert "t1 = maximum(x, 3.0)\n    root = t1 ** 40\n" in source
    assert answer(source, 2.0)[0] == (3.0**40).hex()  # 1.2157665459056929e19, not 12157665459056928801


@pytest.mark.parametrize(
    ("f", "x", "recorded"),
    [
        (lambda x: maximum(x, 3) ** 40, 2, 3.0**40),
        (lambda x: maximum(x, 3) ** 40, 5, 5.0**40),
        (lambda x: x**40, 3, 3.0**40),
        (lambda x: x * x * x, 10**6 + 3, 1000003.0 * 1000003.0 * 1000003.0),
        (lambda x: maximum(x, 10) * 1e300, 7, 1e301),
        (lambda x: maximum(x, 10**15) * 10**15 * x, 4, 4e30),
        (lambda x: clip(x, 0, 3) ** 40, 5, 3.0**40),
        (lambda x: where(x > 0, x, 3) ** 40, 3, 3.0**40),
        (lambda x: (x % 1000) ** 40, 1003, 3.0**40),
        (lambda x: (x // 2) ** 40, 7, 3.0**40),
        (lambda x: elu(x) ** 40 + leaky_relu(x) ** 40, 3, 2 * 3.0**40),
        (lambda x: minimum(x, 0) * -3, 5, -0.0),
        (lambda x: -minimum(x, 0), 5, -0.0),
        (lambda x: abs(minimum(x, 0)) * -1, 5, -0.0),
        (lambda x: relu(x) * -2, 0, -0.0),
        (lambda x: x * -1, 0, -0.0),
        (lambda x: -x, 0, -0.0),
        (lambda x: x * -0.0, 7, -0.0),
    ],
)
def test_ints_handed_in_compute_as_floats_do(f: Any, x: int, recorded: float) -> None:
    root = f(Value(x, "x"))
    assert root.data.hex() == recorded.hex()
    source = to_python(root)
    assert answer(source, x) == answer(source, float(x))
    assert answer(source, x)[0] == recorded.hex()


def test_a_float_that_overflows_does_so_with_ints_too() -> None:
    source = to_python(Value(2.0, "x") * Value(2.0, "y"))
    assert answer(source, 10**200, 10**200)[0] == math.inf.hex()
    source = to_python(Value(2.0, "x") ** 400)
    with pytest.raises(OverflowError):
        answer(source, 10)


def test_what_meets_a_float_stays_as_it_reads() -> None:
    _, loss = articles_loss()
    source = to_python(loss)
    assert "d_L_d_o1 = -2 * (y_true - o1)" in source
    assert "float(" not in source.partition("def backprop")[2]
    ints = [-2, -1, 1, *[1, 1, 0] * 3]
    assert answer(source, *ints) == answer(source, *map(float, ints))


def networks() -> list[Value]:
    roots = []
    for hidden in ("sigmoid", "relu", "tanh", "softplus", "linear"):
        for last in ("linear", "sigmoid"):
            for bias in (True, False):
                output = MLP(2, [3, 1], hidden, last, bias=bias, seed=3)([-2, 3])
                roots.append(mean_squared_error(output, 1))
                if last == "sigmoid":
                    roots.append(binary_cross_entropy(output, 1))
    return roots


def test_networks_take_ints() -> None:
    random = Random(5)
    for root in networks():
        source = to_python(root)
        count = source.partition("def backprop(")[2].partition("):")[0].count(",") + 1
        for largest in (1, 3, 1000):
            ints = [random.randint(-largest, largest) for _ in range(count)]
            ints[2] = random.randint(0, 1)  # the target
            try:
                wanted = answer(source, *map(float, ints))
            except (ArithmeticError, ValueError) as error:
                with pytest.raises(type(error)):
                    answer(source, *ints)
            else:
                assert answer(source, *ints) == wanted, source


def test_random_programs_take_ints() -> None:
    random = Random(6)
    plain: dict[str, Callable[[Any, Any], Value]] = {
        "add": lambda a, b: a + b,
        "sub": lambda a, b: a - b,
        "mul": lambda a, b: a * b,
        "neg": lambda a, b: -a,
        "square": lambda a, b: a**2,
        "max": lambda a, b: maximum(maximum(a, 3), b),
        "abs": lambda a, b: abs(a) - 2 * b,
        "scaled": lambda a, b: 7 * a - 1,
        "divided": lambda a, b: a / (b * b + 1),
        "sigmoid": lambda a, b: sigmoid(a),
        "named": lambda a, b: (a * b + a).named("h"),
    }
    for _ in range(300):
        ints = [random.choice([0, 0, -1, 1, 2, -7, 12345, 999_983]) for _ in range(3)]
        results = [Value(x, f"x{place}") for place, x in enumerate(ints)]
        try:
            for _ in range(random.randint(1, 8)):
                results.append(plain[random.choice(sorted(plain))](random.choice(results), random.choice(results)))
        except DomainError:
            continue
        source = to_python(results[-1], inputs=results[:3])
        try:
            wanted = answer(source, *map(float, ints))
        except OverflowError:
            continue
        assert answer(source, *ints) == wanted, source


def test_many_arguments_are_made_floats_in_lines_that_are_not_long() -> None:
    output = MLP(30, [2, 1], "relu", "linear", seed=1)([1.0] * 30)
    source = to_python(mean_squared_error(output, 1))
    assert source.count("float(x30)") == 1
    assert max(map(len, source.splitlines())) <= 100


def test_functions_that_hand_on_ints_are_known() -> None:
    """Every function of the table, asked with ints, at points where it has an answer."""
    for name, function in PRIMITIVES.items():
        kinds = set()
        for point in (1, 2, 0, -1):
            try:
                kinds.add(type(function(*[point] * ARITY[name])))
            except (ArithmeticError, ValueError):
                continue
        tree = ("call", name, *[("number", 1)] * ARITY[name])
        assert (with_floats(tree) != tree) == (int in kinds), name
