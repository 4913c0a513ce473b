"""Neurons, layers and networks on top of `autograd`, in the style of the articles: h1, h2, o1 and w1, w2, b1.

>>> from nn import MLP
>>> net = MLP(2, [2, 1], seed=1)
>>> loss = (net([-2, -1]) - 1) ** 2
>>> loss.backward()
>>> net.w1.grad != 0
True
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import autograd

if not hasattr(autograd, "UsageError"):
    raise ImportError(
        f"nn needs stepgrad's autograd; here `import autograd` finds {autograd.__file__}, PyPI's package of that name. "
        "Give stepgrad an environment of its own; or, to go without the other, `pip uninstall autograd` and then "
        "`pip install --force-reinstall stepgrad`"
    )

from .classes import accuracy, confusion_matrix
from .data import breast_cancer, digits, spirals, split, standardise, two_moons
from .losses import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    cross_entropy,
    half_squared_error,
    hinge,
    mean_squared_error,
    softmax,
)
from .module import Module
from .neuron import MLP, Layer, Neuron
from .optimizers import SGD, Adam, AdamW, Optimizer, RMSProp, cosine_decay, step_decay, warm_up
from .training.history import History
from .training.loop import evaluate, fit

if TYPE_CHECKING:
    from .axes import SvgAxes
    from .diagrams import diagram
    from .film import Film
    from .plots import SideBySide, plot_boundary, plot_gradients, plot_loss
    from .saving import LoadError

# What draws and what saves is loaded when it is first used: a training run need not wait for it.
_LATER = {
    "Film": "film",
    "LoadError": "saving",
    "SideBySide": "plots",
    "SvgAxes": "axes",
    "diagram": "diagrams",
    "plot_boundary": "plots",
    "plot_gradients": "plots",
    "plot_loss": "plots",
}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = thing = getattr(import_module(f".{_LATER[name]}", __name__), name)
    return thing


def __dir__() -> list[str]:
    return sorted({*globals(), *_LATER})


__all__ = [
    "MLP",
    "SGD",
    "Adam",
    "AdamW",
    "Film",
    "History",
    "Layer",
    "LoadError",
    "Module",
    "Neuron",
    "Optimizer",
    "RMSProp",
    "SideBySide",
    "SvgAxes",
    "accuracy",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "breast_cancer",
    "confusion_matrix",
    "cosine_decay",
    "cross_entropy",
    "diagram",
    "digits",
    "evaluate",
    "fit",
    "half_squared_error",
    "hinge",
    "mean_squared_error",
    "plot_boundary",
    "plot_gradients",
    "plot_loss",
    "softmax",
    "spirals",
    "split",
    "standardise",
    "step_decay",
    "two_moons",
    "warm_up",
]
