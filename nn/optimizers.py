"""Optimisers: how parameters move, given their gradients.

Each works in a loop written by hand (zero_grad, backward, step) and in `fit`. A step is all or nothing: the new numbers
are computed first, and a step that is interrupted while it assigns them is taken back.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterable

from autograd import NotANumberError, UsageError, Value

LearningRate = float | Callable[[int], float]
State = tuple[float, ...]  # what an optimiser remembers of one parameter from step to step


class Optimizer:
    """What SGD and Adam share: everything but `move`, the rule by which one number moves.

    `learning_rate` is a number, or a function of the epoch; `epoch` counts from 0 and is set by `fit`, or by you.
    """

    start: State = ()

    def __init__(self, parameters: Iterable[Value], learning_rate: LearningRate) -> None:
        self.parameters = list(parameters) if hasattr(parameters, "__iter__") else []
        if not self.parameters:
            raise UsageError("an optimiser needs parameters to move: SGD(net.parameters(), learning_rate=0.1)")
        for parameter in self.parameters:
            if not isinstance(parameter, Value) or parameter.inputs:
                raise UsageError(f"a parameter is a leaf, a Value that no operation produced; {parameter!r} is not")
        self.learning_rate = learning_rate
        self.epoch = 0
        self.steps = 0
        self.states = [self.start] * len(self.parameters)
        if not callable(learning_rate):
            self.current_learning_rate()

    def current_learning_rate(self) -> float:
        """The learning rate of this epoch. Raises UsageError where it is not a finite number of at least 0."""
        rate = self.learning_rate(self.epoch) if callable(self.learning_rate) else self.learning_rate
        return _setting(rate, f"the learning rate (in epoch {self.epoch})", 0.0, math.inf)

    def zero_grad(self) -> None:
        """Set the grad of every parameter back to zero."""
        for parameter in self.parameters:
            parameter.zero_grad()

    def move(self, w: float, grad: float, state: State, rate: float, steps: int) -> tuple[float, State]:
        """Where w goes, and what to remember, in the steps-th step, counted from 1."""
        raise UsageError(f"{type(self).__name__} does not say how a parameter moves: define move(...)")

    def step(self) -> None:
        """Move every parameter once, by its grad."""
        rate, steps = self.current_learning_rate(), self.steps + 1
        before = [parameter.data for parameter in self.parameters]
        moved = [
            self.move(parameter.data, parameter.grad, state, rate, steps)
            for parameter, state in zip(self.parameters, self.states, strict=True)
        ]
        states = [state for _, state in moved]
        try:
            for parameter, (number, _) in zip(self.parameters, moved, strict=True):
                parameter.data = number
            self.states, self.steps = states, steps
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


class SGD(Optimizer):
    """Gradient descent: w -= learning_rate * d_L_d_w.

    With momentum the gradient is replaced by a running sum, v = momentum * v + d_L_d_w.

    >>> w = Value(1.0)
    >>> (w * w).backward()
    >>> SGD([w], learning_rate=0.25).step()
    >>> w.data
    0.5
    """

    start = (0.0,)

    def __init__(self, parameters: Iterable[Value], learning_rate: LearningRate, momentum: float = 0.0) -> None:
        self.momentum = _setting(momentum, "momentum", 0.0, 1.0)
        super().__init__(parameters, learning_rate)

    def move(self, w: float, grad: float, state: State, rate: float, steps: int) -> tuple[float, State]:
        """The rule; the state is the velocity v."""
        velocity = self.momentum * state[0] + grad if self.momentum else grad
        return w - rate * velocity, (velocity,)


class Adam(Optimizer):
    """Gradient descent with a step size of its own for every parameter.

    m and s are running means of the gradient and of its square, corrected for having started at 0 (m̂, ŝ):
    w -= learning_rate * m̂ / (√ŝ + ε). Source: Kingma and Ba, Adam: a method for stochastic optimization, 2015.

    >>> w = Value(1.0)
    >>> (w * w).backward()
    >>> Adam([w], learning_rate=0.25).step()
    >>> round(w.data, 6)
    0.75
    """

    start = (0.0, 0.0)

    def __init__(
        self,
        parameters: Iterable[Value],
        learning_rate: LearningRate = 0.001,
        betas: tuple[float, float] = (0.9, 0.999),
        epsilon: float = 1e-8,
    ) -> None:
        if not isinstance(betas, tuple | list) or len(betas) != 2:
            raise UsageError(f"betas are two numbers, for the means of the gradient and of its square, not {betas!r}")
        self.betas = (_setting(betas[0], "the first beta", 0.0, 1.0), _setting(betas[1], "the second beta", 0.0, 1.0))
        self.epsilon = _setting(epsilon, "epsilon", sys.float_info.min, math.inf)
        super().__init__(parameters, learning_rate)

    def move(self, w: float, grad: float, state: State, rate: float, steps: int) -> tuple[float, State]:
        """The rule; the state is (m, s)."""
        beta1, beta2 = self.betas
        m = beta1 * state[0] + (1.0 - beta1) * grad
        s = beta2 * state[1] + (1.0 - beta2) * grad * grad
        corrected_m = m / (1.0 - beta1**steps)
        corrected_s = s / (1.0 - beta2**steps)
        return w - rate * corrected_m / (math.sqrt(corrected_s) + self.epsilon), (m, s)
