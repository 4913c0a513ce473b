"""Optimisers, and learning rates that change."""

from .optimizer import Optimizer, asked_once_an_epoch
from .rates import cosine_decay, step_decay, warm_up
from .rules import SGD, Adam, AdamW, RMSProp
from .settings import LearningRate

__all__ = [
    "SGD",
    "Adam",
    "AdamW",
    "LearningRate",
    "Optimizer",
    "RMSProp",
    "asked_once_an_epoch",
    "cosine_decay",
    "step_decay",
    "warm_up",
]
