"""Nesterov, AdamW, RMSProp, weight decay, clipping and schedules: every engine, and step(), against loops by hand."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

from autograd import UpdateRule, UsageError, Value
from nn import SGD, Adam, AdamW, Module, Optimizer, RMSProp, cosine_decay, fit, step_decay, warm_up

from ..support.engines import JAX

# Prediction w1 x + w2 with the loss (prediction - y)², in batches of two: two gradients, by hand.
ROWS, TARGETS = [[1.0], [2.0], [-1.0], [0.5]], [1.0, 4.0, 0.0, -2.0]
EPOCHS, RATE = 6, 0.05

Vector = tuple[float, float]
Memory = dict[int, dict[str, float]]
Move = Callable[[Vector, Vector, Memory, int], Vector]


class Line(Module):
    def __init__(self) -> None:
        self.w = [Value(0.5, "w1"), Value(-0.25, "w2")]

    def parameters(self) -> list[Value]:
        return list(self.w)

    def __call__(self, inputs: Any) -> Any:
        return self.w[0] * inputs[0] + self.w[1]


def squared(prediction: Any, target: Any) -> Any:
    return (prediction - target) ** 2


def by_hand(move: Move) -> Vector:
    w: Vector = (0.5, -0.25)
    memory: Memory = {}
    step = 0
    for _ in range(EPOCHS):
        for first in (0, 2):
            g1 = g2 = 0.0
            for (x,), y in zip(ROWS[first : first + 2], TARGETS[first : first + 2], strict=True):
                error = w[0] * x + w[1] - y
                g1 += 0.5 * 2 * error * x
                g2 += 0.5 * 2 * error
            step += 1
            w = move(w, (g1, g2), memory, step)
    return w


def each(formula: Callable[..., float]) -> Move:
    """A move that is the same for both; formula(w, g, m, step) may keep things in m."""

    def move(w: Vector, g: Vector, memory: Memory, step: int) -> Vector:
        one, other = (formula(w[i], g[i], memory.setdefault(i, {"v": 0.0, "m": 0.0, "s": 0.0}), step) for i in (0, 1))
        return one, other

    return move


def nesterov(w: float, g: float, m: dict[str, float], step: int) -> float:
    m["v"] = 0.9 * m["v"] + g
    return w - RATE * (g + 0.9 * m["v"])


def decayed_momentum(w: float, g: float, m: dict[str, float], step: int) -> float:
    m["v"] = 0.9 * m["v"] + (g + 0.1 * w)
    return w - RATE * m["v"]


def adam(w: float, g: float, m: dict[str, float], step: int) -> float:
    m["m"] = 0.9 * m["m"] + 0.1 * g
    m["s"] = 0.999 * m["s"] + 0.001 * g * g
    return (m["m"] / (1 - 0.9**step)) / (math.sqrt(m["s"] / (1 - 0.999**step)) + 1e-8)


def rmsprop(w: float, g: float, m: dict[str, float], step: int) -> float:
    m["s"] = 0.95 * m["s"] + 0.05 * g * g
    return w - RATE * g / (math.sqrt(m["s"]) + 1e-8)


def clipped(g: Vector, most: float) -> Vector:
    norm = math.sqrt(g[0] ** 2 + g[1] ** 2)
    return (g[0] * most / norm, g[1] * most / norm) if norm > most else g


def cut(g: float) -> float:
    return max(-0.3, min(0.3, g))


def adam_by_norm(w: Vector, g: Vector, memory: Memory, step: int) -> Vector:
    return each(lambda w, g, m, step: w - RATE * adam(w, g, m, step))(w, clipped(g, 0.75), memory, step)


def norm_then_decay(w: Vector, g: Vector, memory: Memory, step: int) -> Vector:
    g = clipped(g, 0.75)
    return w[0] - RATE * (g[0] + 0.2 * w[0]), w[1] - RATE * (g[1] + 0.2 * w[1])


CASES: dict[str, tuple[Callable[[list[Value]], Optimizer], Move]] = {
    "nesterov": (lambda p: SGD(p, RATE, 0.9, nesterov=True), each(nesterov)),
    "momentum, decay": (lambda p: SGD(p, RATE, 0.9, weight_decay=0.1), each(decayed_momentum)),
    "RMSProp": (lambda p: RMSProp(p, RATE, decay=0.95), each(rmsprop)),
    "AdamW": (
        lambda p: AdamW(p, RATE, weight_decay=0.1),
        each(lambda w, g, m, step: w - RATE * 0.1 * w - RATE * adam(w, g, m, step)),
    ),
    "Adam, decay": (
        lambda p: Adam(p, RATE, weight_decay=0.1),
        each(lambda w, g, m, step: w - RATE * adam(w, g + 0.1 * w, m, step)),
    ),
    "Adam, norm": (lambda p: Adam(p, RATE, clip_norm=0.75), adam_by_norm),
    "norm, decay": (lambda p: SGD(p, RATE, clip_norm=0.75, weight_decay=0.2), norm_then_decay),
    "value": (lambda p: SGD(p, RATE, clip_value=0.3), each(lambda w, g, m, step: w - RATE * cut(g))),
    "RMSProp, value": (
        lambda p: RMSProp(p, RATE, decay=0.95, clip_value=0.3),
        each(lambda w, g, m, step: rmsprop(w, cut(g), m, step)),
    ),
}


@pytest.mark.parametrize("engine", ["compiled", "numpy", "eager", "step", JAX])
@pytest.mark.parametrize("case", sorted(CASES))
def test_every_kind_is_its_formula_on_every_engine(case: str, engine: Any) -> None:
    make, move = CASES[case]
    net = Line()
    optimizer = make(net.parameters())
    if engine == "step":
        for batches in [[[0, 1], [2, 3]]] * EPOCHS:
            for batch in batches:
                optimizer.zero_grad()
                for place in batch:
                    squared(net(ROWS[place]), TARGETS[place]).backward(0.5)
                optimizer.step()
    else:
        history = fit(net, ROWS, TARGETS, squared, optimizer, EPOCHS, 2, engine=engine)
        assert history.engine == engine
    assert [p.data for p in net.parameters()] == pytest.approx(by_hand(move), rel=1e-12)


def test_the_norm_is_that_of_the_parameters_that_move() -> None:
    ends = []
    for engine in ("compiled", "numpy", "eager"):
        net, chosen = Line(), engine
        fit(net, ROWS, TARGETS, squared, SGD([net.w[1]], 1.0, clip_norm=0.25), 1, None, engine=chosen)  # type: ignore[arg-type]
        ends.append(net.w[1].data)
    # Its gradient is the mean of 2 error: 2 (-0.75 - 3.25 - 0.75 + 2) / 4 < -0.25, so w2 moves by 0.25.
    assert ends == [0.0, 0.0, 0.0]


def test_several_parameters_with_one_gradient_are_changed_each_by_its_own_number() -> None:
    """Two biases of a sum have the same gradient, and decay by themselves."""

    class Two(Module):
        def __init__(self) -> None:
            self.b1, self.b2 = Value(1.0, "b1"), Value(3.0, "b2")

        def parameters(self) -> list[Value]:
            return [self.b1, self.b2]

        def __call__(self, inputs: Any) -> Any:
            return self.b1 + self.b2 + 0.0 * inputs[0]

    for engine in ("compiled", "numpy", "eager"):
        net, chosen = Two(), engine
        fit(net, [[0.0]], [2.0], squared, SGD(net.parameters(), 0.125, weight_decay=0.5), 1, engine=chosen)  # type: ignore[arg-type]
        assert (net.b1.data, net.b2.data) == (1 - 0.125 * (4 + 0.5), 3 - 0.125 * (4 + 1.5))


@pytest.mark.parametrize("engine", ["compiled", "numpy", "eager", JAX])
def test_gradients_whose_squares_overflow_are_clipped(engine: Any) -> None:
    net = Line()
    net.w[0].data = 0.0
    rows = [[3e160]]
    fit(net, rows, [1.0], lambda p, y: p * 1e10 + 0.0 * y, SGD(net.parameters(), 1.0, clip_norm=1.0), 1, engine=engine)
    assert net.w[0].data == pytest.approx(-1.0, rel=1e-12)


def test_what_changes_while_it_trains() -> None:
    def change(epoch: int, _: Any) -> None:
        if epoch == 1:
            optimizer.clip_value, optimizer.weight_decay = 0.5, 0.1
        elif epoch == 2:
            optimizer.clip_value = None

    def formula(w: float, g: float, m: dict[str, float], step: int) -> float:
        epoch = (step - 1) // 2
        g = max(-0.5, min(0.5, g)) if epoch == 2 else g
        return w - RATE * (g + (0.1 * w if epoch >= 2 else 0.0))

    for engine in ("compiled", "numpy", "eager"):
        net, chosen = Line(), engine
        optimizer = SGD(net.parameters(), RATE)
        fit(net, ROWS, TARGETS, squared, optimizer, EPOCHS, 2, engine=chosen, on_epoch=change)  # type: ignore[arg-type]
        assert [p.data for p in net.parameters()] == pytest.approx(by_hand(each(formula)), rel=1e-12)


def test_a_rule_of_ones_own_is_clipped_and_decays_too() -> None:
    class Twice(Optimizer):
        rule = UpdateRule({"w": "w - 2 * learning_rate * grad"}, ["learning_rate"])

    w = Value(1.0, "w")
    w.grad = 8.0
    Twice([w], 0.25, clip_value=2.0, weight_decay=1.0).step()
    assert w.data == 1.0 - 0.5 * (2.0 + 1.0)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda p: SGD(p, 0.1, clip_norm=1.0, clip_value=1.0), "clip_norm and clip_value are two ways to clip"),
        (lambda p: SGD(p, 0.1, clip_norm=0), "clip_norm is 0: nothing would move; None leaves gradients as they are"),
        (lambda p: SGD(p, 0.1, clip_value=-1), "clip_value must be a finite number of at least 0, not -1"),
        (lambda p: SGD(p, 0.1, weight_decay=math.nan), "weight_decay must be a finite number of at least 0, not nan"),
        (lambda p: SGD(p, 0.1, nesterov=True), "nesterov=True looks ahead by the momentum: give one"),
        (lambda p: RMSProp(p, 0.1, decay=1.0), "decay must be a finite number of at least 0 and below 1, not 1.0"),
        (lambda p: step_decay(0.1, 0), "every must be a whole number of at least 1, not 0"),
        (lambda p: cosine_decay(-0.1, 5), "the learning rate must be a finite number of at least 0, not -0.1"),
        (lambda p: warm_up(0.1, 0), "epochs must be a whole number of at least 1, not 0"),
    ],
)
def test_what_cannot_be_meant_is_refused(make: Any, words: str) -> None:
    with pytest.raises(UsageError) as caught:
        make(Line().parameters())
    assert words in str(caught.value)


def test_schedules_follow_their_formulas() -> None:
    assert [step_decay(1.0, 3, 0.1)(epoch) for epoch in (0, 2, 3, 6)] == pytest.approx([1, 1, 0.1, 0.01])
    wanted = [0.1 + 0.9 * (1 + math.cos(math.pi * epoch / 8)) / 2 for epoch in range(9)]
    assert [cosine_decay(1.0, 8, least=0.1)(epoch) for epoch in range(9)] == pytest.approx(wanted)
    schedule = warm_up(step_decay(0.5, 2), 4)
    assert [schedule(epoch) for epoch in range(8)] == [0.125, 0.25, 0.375, 0.5, 0.5, 0.5, 0.25, 0.25]
