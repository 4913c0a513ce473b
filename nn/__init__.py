"""Neurons, layers and networks on top of `autograd`, in the style of the articles: h1, h2, o1 and w1, w2, b1.

>>> from nn import MLP
>>> net = MLP(2, [2, 1], seed=1)
>>> loss = (net([-2, -1]) - 1) ** 2
>>> loss.backward()
>>> net.w1.grad != 0
True
"""

from __future__ import annotations

from .data import accuracy, breast_cancer, spirals, split, standardise, two_moons
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
from .optimizers import SGD, Adam, Optimizer
from .saving import LoadError
from .train import History, evaluate, fit

__all__ = [
    "MLP",
    "SGD",
    "Adam",
    "History",
    "Layer",
    "LoadError",
    "Module",
    "Neuron",
    "Optimizer",
    "accuracy",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "breast_cancer",
    "cross_entropy",
    "evaluate",
    "fit",
    "half_squared_error",
    "hinge",
    "mean_squared_error",
    "softmax",
    "spirals",
    "split",
    "standardise",
    "two_moons",
]
