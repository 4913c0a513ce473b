"""Two graphs are the same computation only where a program of one gives the values of the other."""

from __future__ import annotations

from random import Random

import pytest

from autograd import Value, compile  # noqa: A004
from autograd.extend import structural_difference
from nn import MLP, mean_squared_error

from ..support.programs import STEPS, run


def test_a_network_on_two_samples() -> None:
    net = MLP(3, [4, 2], seed=1)
    graphs = []
    for row in ([1.0, 2.0, 3.0], [0.0, -1.0, 5.0]):
        xs = [Value(x) for x in row]
        graphs.append((mean_squared_error(net(xs), [0.0, 1.0]), xs))
    (one, xs), (other, ys) = graphs
    assert structural_difference(one, other, xs, ys) == ""
    assert structural_difference(one, other, xs, ys[::-1]) == "value 4 is another input"
    assert "is a leaf of 1.0 in one, of 0.0 in the other" in structural_difference(one, other)


def test_every_kind_of_difference() -> None:
    x, y, w, v = (Value(number) for number in (1.0, 2.0, 0.5, 0.25))

    def difference(one: Value, other: Value) -> str:
        return structural_difference(one, other, [x], [y])

    assert difference(w * x, w * y) == ""
    assert difference(w * x + x, w * y + y) == ""
    assert difference(w * x, w + y) == "one ends with mul, the other with add"
    assert difference((w * x).exp() * 2, (w + y).exp() * 2) == "value 3 is mul in one, add in the other"
    assert difference(w * x, v * y) == "value 1 is a leaf of 0.5 in one, of 0.25 in the other"
    assert difference(x * 2.0, y * 3.0) == "value 2, mul, has another constant: 2.0, 3.0"
    assert difference(x - 2.0, 2.0 - y).startswith("value 2, sub, has another constant")
    assert difference(w * x, y * w)
    assert difference(w * x + x * v, w * y + v * y)
    assert difference(x * x, y * Value(2.0))
    assert difference(w * x, w * x)  # x of the other graph is no longer an input there
    assert difference(x * float("nan"), y * float("nan")) == ""
    assert difference(x.exp(), y.exp().exp()) == "one has 2 values, the other 3"
    assert difference(x.exp().exp(), y.exp()) == "one has 3 values, the other 2"


def test_what_is_called_the_same_is_computed_the_same() -> None:
    random = Random(3)
    verdicts = {"": 0}
    for _ in range(300):
        program = [(random.choice(sorted(STEPS)), random.randrange(10**6), random.randrange(10**6)) for _ in range(8)]
        changed = list(program)
        place = random.randrange(8)
        if random.random() < 0.6:
            name, _, right = program[place]
            changed[place] = (name, random.randrange(10**6), right)
        leaves = [Value(random.uniform(-2.0, 2.0)) for _ in range(3)]
        others = [Value(random.uniform(-2.0, 2.0)) for _ in range(3)]
        root, other = run(program, leaves, 1), run(changed, others, 1)
        verdict = structural_difference(root, other, leaves, others)
        verdicts[verdict] = verdicts.get(verdict, 0) + 1
        if not verdict:
            compiled = compile(root, leaves, [])
            assert compiled([leaf.data for leaf in others], [])[0] == pytest.approx(other.data, nan_ok=True)
    assert 100 < verdicts[""] < 280
    assert len(verdicts) > 10


def test_constants_differ_by_the_sign_of_0_and_not_by_being_nan() -> None:
    x = Value(1.0, "x")
    assert structural_difference(x * 0.0, x * -0.0) == "value 2, mul, has another constant: 0.0, -0.0"
    assert structural_difference(x * float("nan"), x * float("nan")) == ""
    assert "leaf of 0.0 in one, of -0.0" in structural_difference(Value(0.0) * x, Value(-0.0) * x)
