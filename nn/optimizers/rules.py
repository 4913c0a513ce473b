"""SGD, Adam, AdamW and RMSProp: the rules of text, and what their settings may be."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable
from typing import Any

from autograd import UpdateRule, UsageError, Value

from .optimizer import Optimizer
from .settings import LearningRate, setting

# Without momentum there is nothing to remember.
_PLAIN = UpdateRule({"w": "w - learning_rate * grad"}, ["learning_rate"])
_MOMENTUM = UpdateRule({"v": "momentum * v + grad", "w": "w - learning_rate * v"}, ["learning_rate", "momentum"])
_NESTEROV = UpdateRule(
    {"v": "momentum * v + grad", "w": "w - learning_rate * (grad + momentum * v)"}, ["learning_rate", "momentum"]
)


class SGD(Optimizer):
    """Gradient descent: w -= learning_rate * d_L_d_w.

    With momentum the gradient is replaced by a running sum, v = momentum * v + d_L_d_w. It may be changed between two
    steps; where there was none before, v starts from 0. nesterov: the gradient is replaced by d_L_d_w + momentum * v,
    which looks a step ahead (as PyTorch has it; Sutskever and others, 2013). changes: weight_decay, clip_norm and
    clip_value, see Optimizer.

    >>> w = Value(1.0)
    >>> (w * w).backward()
    >>> SGD([w], learning_rate=0.25).step()
    >>> w.data
    0.5
    """

    def __init__(
        self,
        parameters: Iterable[Value],
        learning_rate: LearningRate,
        momentum: float = 0.0,
        nesterov: bool = False,
        **changes: Any,
    ) -> None:
        if not isinstance(nesterov, bool):
            raise UsageError(f"nesterov={nesterov!r:.40}: write True or False")
        self.rule = _PLAIN
        self._with_momentum = _NESTEROV if nesterov else _MOMENTUM
        self._momentum = setting(momentum, "momentum", 0.0, 1.0)
        if nesterov and not momentum:
            raise UsageError("nesterov=True looks ahead by the momentum: give one, such as momentum=0.9")
        if self._momentum:
            self.rule = self._with_momentum
        super().__init__(parameters, learning_rate, **changes)

    @property
    def momentum(self) -> float:
        """How much of v is kept at a step, from 0 to below 1."""
        return self._momentum

    @momentum.setter
    def momentum(self, momentum: float) -> None:
        self._momentum = setting(momentum, "momentum", 0.0, 1.0)
        if self._momentum and self._own_rule is _PLAIN:
            self._own_rule = self._with_momentum
            self._renew_rule()


class Adam(Optimizer):
    """Gradient descent with a step size of its own for every parameter.

    m and s are running means of the gradient and of its square; each is divided by its share, for having started at 0.
    Source: Kingma and Ba, Adam: a method for stochastic optimization, 2015.

    >>> w = Value(1.0)
    >>> (w * w).backward()
    >>> Adam([w], learning_rate=0.25).step()
    >>> round(w.data, 6)
    0.75
    """

    rule = UpdateRule(
        {
            "m": "beta1 * m + (1 - beta1) * grad",
            "s": "beta2 * s + (1 - beta2) * grad * grad",
            "w": "w - learning_rate * (m / m_share) / (sqrt(s / s_share) + epsilon)",
        },
        settings=["learning_rate", "beta1", "beta2", "epsilon"],
        each_step={"m_share": "1 - beta1 ** step", "s_share": "1 - beta2 ** step"},
    )

    def __init__(
        self,
        parameters: Iterable[Value],
        learning_rate: LearningRate = 0.001,
        betas: tuple[float, float] = (0.9, 0.999),
        epsilon: float = 1e-8,
        **changes: Any,
    ) -> None:
        if not isinstance(betas, tuple | list) or len(betas) != 2:
            raise UsageError(f"betas are two numbers, for the means of the gradient and of its square, not {betas!r}")
        self.beta1 = setting(betas[0], "the first beta", 0.0, 1.0)
        self.beta2 = setting(betas[1], "the second beta", 0.0, 1.0)
        self.epsilon = setting(epsilon, "epsilon", sys.float_info.min, math.inf)
        super().__init__(parameters, learning_rate, **changes)


class AdamW(Adam):
    """Adam, with weight decay that does not pass through its means: w also gives up learning_rate * weight_decay * w.

    Source: Loshchilov and Hutter, Decoupled weight decay regularization, 2019.

    >>> w = Value(1.0)
    >>> AdamW([w], learning_rate=0.25, weight_decay=0.5).step()
    >>> w.data
    0.875
    """

    rule = UpdateRule(
        {
            "m": "beta1 * m + (1 - beta1) * grad",
            "s": "beta2 * s + (1 - beta2) * grad * grad",
            "w": "w - learning_rate * ((m / m_share) / (sqrt(s / s_share) + epsilon) + weight_decay * w)",
        },
        settings=["learning_rate", "beta1", "beta2", "epsilon", "weight_decay"],
        each_step={"m_share": "1 - beta1 ** step", "s_share": "1 - beta2 ** step"},
    )

    def __init__(
        self,
        parameters: Iterable[Value],
        learning_rate: LearningRate = 0.001,
        betas: tuple[float, float] = (0.9, 0.999),
        epsilon: float = 1e-8,
        weight_decay: float = 0.01,
        **changes: Any,
    ) -> None:
        super().__init__(parameters, learning_rate, betas, epsilon, weight_decay=weight_decay, **changes)


class RMSProp(Optimizer):
    """Gradient descent by the gradient's share of its own size: s is a running mean of its square, of which each step
    keeps `decay`.

    Source: Hinton, Neural networks for machine learning, lecture 6, 2012.

    >>> w = Value(1.0)
    >>> (w * w).backward()
    >>> RMSProp([w], learning_rate=0.25, decay=0.75).step()
    >>> round(w.data, 6)
    0.5
    """

    rule = UpdateRule(
        {"s": "decay * s + (1 - decay) * grad * grad", "w": "w - learning_rate * grad / (sqrt(s) + epsilon)"},
        settings=["learning_rate", "decay", "epsilon"],
    )

    def __init__(
        self,
        parameters: Iterable[Value],
        learning_rate: LearningRate = 0.01,
        decay: float = 0.99,
        epsilon: float = 1e-8,
        **changes: Any,
    ) -> None:
        self.decay = setting(decay, "decay", 0.0, 1.0)
        self.epsilon = setting(epsilon, "epsilon", sys.float_info.min, math.inf)
        super().__init__(parameters, learning_rate, **changes)
