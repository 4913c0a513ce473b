"""history.gradient_norms: by layer, after every epoch; against gradients worked out by hand."""

from __future__ import annotations

import math
from typing import Any

import matplotlib as mpl
import pytest

from autograd import UsageError
from nn import MLP, SGD, Neuron, fit, plot_gradients

from ...support.engines import JAX

ROWS, TARGETS = [[1.0], [2.0]], [1.0, -1.0]


@pytest.mark.parametrize("engine", ["compiled", "numpy", "eager", JAX])
@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_by_layer_after_every_epoch(engine: Any, reduction: Any) -> None:
    """1-1-1, linear, no bias: p = v w x, so ∂/∂w is 2 (p - y) v x and ∂/∂v is 2 (p - y) w x."""
    net = MLP(1, [1, 1], "linear", bias=False)
    net.set_parameters({"w1": 0.5, "w2": -0.75})
    net.w1.grad = 7.0
    w, v = 0.5, -0.75
    wanted: list[tuple[float, ...]] = []

    def gradients() -> tuple[float, float]:
        errors = [(v * w * x - y, x) for (x,), y in zip(ROWS, TARGETS, strict=True)]
        share = 0.5 if reduction == "mean" else 1.0
        return share * sum(2 * e * v * x for e, x in errors), share * sum(2 * e * w * x for e, x in errors)

    for _ in range(6):
        one, other = gradients()
        w, v = w - 0.05 * one, v - 0.05 * other
        wanted.append(tuple(map(abs, gradients())))
    history = fit(
        net, ROWS, TARGETS, optimizer=SGD(net.parameters(), 0.05), epochs=6, batch_size=None, reduction=reduction,
        engine=engine, gradient_norms=True,
    )  # fmt: skip
    assert history.engine == engine
    assert list(history.gradient_norms) == ["hidden 1", "output"]
    found = list(zip(*history.gradient_norms.values(), strict=True))
    for norms, known in zip(found, wanted, strict=True):
        assert norms == pytest.approx(known, rel=1e-9)
    assert net.w1.data == pytest.approx(w, rel=1e-12)
    assert net.w1.grad == 7.0


def test_deep_sigmoids_vanish_and_the_plot_shows_it() -> None:
    net = MLP(2, [3, 3, 3, 1], seed=1)
    history = fit(net, [[0.0, 1.0], [1.0, 0.0]], [0, 1], epochs=20, gradient_norms=True)
    first, *_, last = (norms[-1] for norms in history.gradient_norms.values())
    assert first < 0.1 * last
    ax = plot_gradients(history)
    assert [line.get_label() for line in ax.lines] == ["hidden 1", "hidden 2", "hidden 3", "output"]
    assert ax.get_yscale() == "log"
    drawn: Any = ax.lines[0].get_ydata()
    assert list(drawn) == history.gradient_norms["hidden 1"]
    assert len({(line.get_color(), line.get_linestyle()) for line in ax.lines}) == 4


def test_a_norm_of_0_leaves_a_gap() -> None:
    neuron = Neuron(weights=[0.0], bias=0.0, activation="linear")
    history = fit(neuron, [[1.0]], [0.0], epochs=2, gradient_norms=True)
    assert history.gradient_norms == {"output": [0.0, 0.0]}
    with mpl.rc_context():
        assert all(map(math.isnan, plot_gradients(history).lines[0].get_ydata()))  # type: ignore[arg-type]


def test_without_asking_there_are_none() -> None:
    history = fit(Neuron(1), [[1.0]], [0.0], epochs=2)
    assert history.gradient_norms == {}
    with pytest.raises(UsageError, match=r"ask for them with fit\(…, gradient_norms=True\)"):
        plot_gradients(history)
