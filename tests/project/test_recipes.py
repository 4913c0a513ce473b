"""The recipes of docs/recipes.md run, print what they say, and are right on every engine."""

from __future__ import annotations

import contextlib
import inspect
import io
import math
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from nn import MLP, SGD, fit, mean_squared_error, two_moons

TEXT = (Path(__file__).parents[2] / "docs" / "recipes.md").read_text(encoding="utf-8")
# {title: (code, what it prints, or nothing)}
RECIPES = {
    title: (code, printed or "")
    for title, code, printed in re.findall(
        r"^## (.*?)\n(?:(?!^## ).)*?^```python\n(.*?)^```\n(?:\n```text\n(.*?)^```)?", TEXT, re.MULTILINE | re.DOTALL
    )
}
ESTIMATOR = "A scikit-learn estimator"
ENGINES: list[Any] = ["compiled", "numpy", "eager"]


def ran(title: str) -> tuple[dict[str, Any], str]:
    """What a recipe defines, and what it prints."""
    names: dict[str, Any] = {"__name__": "recipe"}
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(compile(RECIPES[title][0], title, "exec"), names)
    return names, printed.getvalue()


@pytest.mark.parametrize("title", [title for title in RECIPES if title != ESTIMATOR])
def test_a_recipe_prints_what_it_says(title: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert ran(title)[1] == RECIPES[title][1] != ""


def test_there_are_recipes() -> None:
    assert len(RECIPES) == TEXT.count("\n## ") == 4


@pytest.mark.parametrize("engine", ENGINES)
def test_an_l2_term_is_a_gradient_of_2_w(engine: Any) -> None:
    """By hand, on one weight: ∂/∂w ((w x + b - y)² + 0.01 w²)."""
    from nn import Neuron

    names, _ = ran("An L2 term in the loss")
    neuron = Neuron(weights=[0.5], bias=0.25, activation="linear")
    names["weights"][:] = neuron.weights
    w, b = 0.5, 0.25
    for _ in range(5):
        for x, y in ((1.0, 2.0), (-2.0, 1.0)):
            error = w * x + b - y
            w, b = w - 0.1 * (2 * error * x + 0.02 * w), b - 0.1 * 2 * error
    fit(neuron, [[1.0], [-2.0]], [2.0, 1.0], names["with_l2"], SGD(neuron.parameters(), 0.1), 5, engine=engine)
    assert [neuron.w1.data, neuron.b1.data] == pytest.approx([w, b], rel=1e-12)


@pytest.mark.parametrize("engine", ENGINES)
def test_dropout_is_the_same_masks_on_every_engine(engine: Any) -> None:
    """By hand: 1-2-1, linear, one update an epoch, with the masks as they were drawn."""
    names, _ = ran("Dropout")
    net = names["Dropout"](MLP(1, [2, 1], activation="linear", bias=False, seed=1), kept=0.5, seed=4)
    w1, w2, w3, w4 = (parameter.data for parameter in net.parameters())
    drawn = []

    def draw(epoch: int = 0, history: Any = None) -> None:
        net.draw()
        drawn.append([mask.data for mask in net.masks[0]])

    draw()
    rows, targets = [[1.0], [0.5]], [1.0, -1.0]
    history = fit(
        net, rows, targets, mean_squared_error, SGD(net.parameters(), 0.1), 12, None, on_epoch=draw, engine=engine
    )
    assert history.engine == engine
    for m1, m2 in drawn[:12]:
        gradients = [0.0] * 4
        for (x,), y in zip(rows, targets, strict=True):
            error = w3 * m1 * w1 * x + w4 * m2 * w2 * x - y
            parts = (w3 * m1 * x, w4 * m2 * x, m1 * w1 * x, m2 * w2 * x)
            gradients = [g + error * part for g, part in zip(gradients, parts, strict=True)]  # the mean of 2 error
        w1, w2, w3, w4 = (w - 0.1 * g for w, g in zip((w1, w2, w3, w4), gradients, strict=True))
    assert [parameter.data for parameter in net.parameters()] == pytest.approx([w1, w2, w3, w4], rel=1e-11)
    assert {0.0, 2.0} == {mask for masks in drawn for mask in masks}
    assert math.isfinite(history.losses[-1])


class _Base:
    """What of scikit-learn's BaseEstimator the recipe needs."""

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        return {name: getattr(self, name) for name in inspect.signature(type(self)).parameters}


def test_the_estimator_learns_names_of_classes(monkeypatch: pytest.MonkeyPatch) -> None:
    """With stand-ins for the two base classes, so that it runs where scikit-learn is not installed."""
    base = ModuleType("sklearn.base")
    base.BaseEstimator, base.ClassifierMixin = _Base, type("Mixin", (), {})  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "sklearn", ModuleType("sklearn"))
    monkeypatch.setitem(sys.modules, "sklearn.base", base)
    network = ran(ESTIMATOR)[0]["Network"]
    inputs, targets = two_moons(60, seed=1)
    labels = ["no" if target == 0 else "yes" for target in targets]
    estimator = network(hidden=8, epochs=300)
    assert estimator.fit(inputs, labels) is estimator
    right = sum(one == other for one, other in zip(estimator.predict(inputs), labels, strict=True))
    assert right > 48
    again = type(estimator)(**estimator.get_params())  # as clone() makes it
    assert again.fit(inputs, labels).predict(inputs) == estimator.predict(inputs)


def test_the_estimator_in_scikit_learn() -> None:
    selection = pytest.importorskip("sklearn.model_selection", reason="scikit-learn is not installed")
    inputs, targets = two_moons(60, seed=1)
    estimator = ran(ESTIMATOR)[0]["Network"](hidden=8, epochs=300)
    folds = selection.StratifiedKFold(3, shuffle=True, random_state=0)  # two_moons walks along each of its moons
    assert selection.cross_val_score(estimator, inputs, [int(target) for target in targets], cv=folds).mean() > 0.8
