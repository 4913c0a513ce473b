"""Optimisers: how parameters move, given their gradients. Each is a rule of text, and its settings.

Each works in a loop written by hand (zero_grad, backward, step) and in `fit`, which compiles the rule (an
autograd.UpdateRule) into the loop it runs. A step is all or nothing: the new numbers are computed first, and a step
that is interrupted while it assigns them is taken back.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterable, Sequence

from autograd import DomainError, NotANumberError, UpdateRule, UsageError, Value

LearningRate = float | Callable[[int], float]


class Optimizer:
    """What SGD and Adam share: everything but `rule`, by which one parameter moves.

    `learning_rate` is a number, or a function of the epoch; `epoch` counts from 0 and is set by `fit`, or by you. Every
    other setting of the rule is an attribute of that name.

    >>> class Signs(Optimizer):
    ...     rule = UpdateRule({"w": "w - learning_rate * sign(grad)"}, ["learning_rate"])
    >>> w = Value(1.0)
    >>> (w * w).backward()
    >>> Signs([w], 0.25).step()
    >>> w.data
    0.75
    """

    rule: UpdateRule

    def __init__(self, parameters: Iterable[Value], learning_rate: LearningRate) -> None:
        self.parameters = list(parameters) if hasattr(parameters, "__iter__") else []
        if not self.parameters:
            raise UsageError("an optimiser needs parameters to move: SGD(net.parameters(), learning_rate=0.1)")
        for parameter in self.parameters:
            if not isinstance(parameter, Value) or parameter.inputs:
                raise UsageError(f"a parameter is a leaf, a Value that no operation produced; {parameter!r} is not")
        if len(set(self.parameters)) < len(self.parameters):
            raise UsageError("a parameter is listed twice: it would move twice at every step")
        self.learning_rate = learning_rate
        self.epoch = 0
        self.steps = 0
        if not isinstance(getattr(self, "rule", None), UpdateRule):
            name = type(self).__name__
            raise UsageError(f"{name} does not say how a parameter moves: give it a rule, an autograd.UpdateRule")
        self.states = [(0.0,) * len(self.rule.state)] * len(self.parameters)
        if not callable(learning_rate):
            self.current_learning_rate()

    def __repr__(self) -> str:
        rate = "a function" if callable(self.learning_rate) else repr(self.learning_rate)
        return f"<{type(self).__name__} of {len(self.parameters)} parameters, learning_rate={rate}, {self.steps} steps>"

    def current_learning_rate(self) -> float:
        """The learning rate of this epoch. Raises UsageError where it is not a finite number of at least 0."""
        rate = self.learning_rate(self.epoch) if callable(self.learning_rate) else self.learning_rate
        return _setting(rate, f"the learning rate (in epoch {self.epoch})", 0.0, math.inf)

    def zero_grad(self) -> None:
        """Set the grad of every parameter back to zero."""
        for parameter in self.parameters:
            parameter.zero_grad()

    def settings(self) -> list[float]:
        """The numbers of the rule's settings, in its order, in this epoch."""
        rate = self.current_learning_rate()
        return [rate if name == "learning_rate" else self._number(name) for name in self.rule.settings]

    def _number(self, name: str) -> float:
        kind = type(self).__name__
        if not hasattr(self, name):
            raise UsageError(f"the rule of {kind} has the setting {name!r}: set it as an attribute, self.{name} = 0.9")
        try:
            return Value(getattr(self, name)).data
        except NotANumberError as error:
            raise UsageError(f"{kind}.{name}: {error}") from None

    def step(self) -> None:
        """Move every parameter once, by its grad. Raises DomainError where the rule has no answer."""
        shared = self.rule.shared(self.settings(), self.steps + 1)
        moved = []
        for parameter, state in zip(self.parameters, self.states, strict=True):
            try:
                moved.append(self.rule.move_by(parameter.data, parameter.grad, state, shared))
            except DomainError as error:
                error.args = (f"{parameter.name or 'a parameter'}: {error}",)
                raise
        self.move_to([number for number, _ in moved], [state for _, state in moved], self.steps + 1)

    def move_to(self, numbers: Sequence[float], states: Sequence[tuple[float, ...]], steps: int) -> None:
        """Give every parameter its number, and remember the states after so many steps; or leave all as it was."""
        before = [parameter.data for parameter in self.parameters]
        try:
            for parameter, number in zip(self.parameters, numbers, strict=True):
                parameter.data = number
            self.states, self.steps = list(states), steps
        except BaseException:
            for parameter, number in zip(self.parameters, before, strict=True):
                parameter.data = number
            raise


def _setting(given: float, what: str, least: float, below: float) -> float:
    try:
        number = Value(given).data
    except NotANumberError:
        number = math.nan
    if not least <= number < below:
        limit = f" and below {below:g}" if below < math.inf else ""
        raise UsageError(f"{what} must be a finite number of at least {least:g}{limit}, not {given!r:.40}")
    return number


_PLAIN = UpdateRule({"w": "w - learning_rate * grad"}, ["learning_rate"])
_MOMENTUM = UpdateRule({"v": "momentum * v + grad", "w": "w - learning_rate * v"}, ["learning_rate", "momentum"])


class SGD(Optimizer):
    """Gradient descent: w -= learning_rate * d_L_d_w.

    With momentum the gradient is replaced by a running sum, v = momentum * v + d_L_d_w.

    >>> w = Value(1.0)
    >>> (w * w).backward()
    >>> SGD([w], learning_rate=0.25).step()
    >>> w.data
    0.5
    """

    def __init__(self, parameters: Iterable[Value], learning_rate: LearningRate, momentum: float = 0.0) -> None:
        self.momentum = _setting(momentum, "momentum", 0.0, 1.0)
        self.rule = _MOMENTUM if self.momentum else _PLAIN
        super().__init__(parameters, learning_rate)


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
    ) -> None:
        if not isinstance(betas, tuple | list) or len(betas) != 2:
            raise UsageError(f"betas are two numbers, for the means of the gradient and of its square, not {betas!r}")
        self.beta1 = _setting(betas[0], "the first beta", 0.0, 1.0)
        self.beta2 = _setting(betas[1], "the second beta", 0.0, 1.0)
        self.epsilon = _setting(epsilon, "epsilon", sys.float_info.min, math.inf)
        super().__init__(parameters, learning_rate)
