"""Optimizer: what all optimisers share. Each is a rule of text, and its settings.

Each works in a loop written by hand (zero_grad, backward, step) and in `fit`, which compiles the rule (an
autograd.UpdateRule) into the loop it runs. A step is all or nothing: the new numbers are computed first, and a step
that is interrupted while it assigns them is taken back.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Literal, NamedTuple

from autograd import DomainError, NotANumberError, UpdateRule, UsageError, Value, record_reads
from autograd.extend import has_members, numbers_of, set_numbers

from ..interrupts import surely
from .changes import GradientChanges
from .settings import LearningRate, setting
from .state import state_of, take_up


class _Answer(NamedTuple):
    """What a schedule said. step: None where that stands for the epoch; else the one update that it stands for."""

    schedule: Callable[[int], float] | None = None
    step: int | None = None
    rate: Any = None


_UNASKED = _Answer()


class Optimizer(GradientChanges):
    """What SGD and Adam share: everything but `rule`, by which one parameter moves.

    parameters: the Values that move. One that is taken out of the list stays what it is; put in again, it goes on with
        the state that it had.
    weight_decay: how much of itself each parameter gives up: the gradient becomes grad + weight_decay * w, as by an L2
        term of ½ weight_decay w² in the loss.
    clip_norm: the gradients of a step are made smaller, all by the same factor, where their norm is larger than that.
    clip_value: each gradient is cut off there, on both sides. Only one of the two; both before weight decay.
    learning_rate: a number, or a schedule: a function of `epoch`. In a loop written by hand, `step` asks it each time;
        `fit` asks it once an epoch, or before every update where it looks at `steps`, `states` or a parameter's number;
        one that looks at a parameter's grad is refused.
    epoch: how many epochs there were: `fit` counts the whole ones, from call to call; else it is set by you.
    steps: how many updates there were.
    states: for each parameter, what the rule remembers of it.

    Every other setting of the rule is an attribute of that name. All of them may be changed between two steps.

    >>> class Signs(Optimizer):
    ...     rule = UpdateRule({"w": "w - learning_rate * sign(grad)"}, ["learning_rate"])
    >>> w = Value(1.0)
    >>> (w * w).backward()
    >>> Signs([w], 0.25).step()
    >>> w.data
    0.75
    """

    # Whether somebody has looked at what every update changes; and what the schedule said, where `fit` keeps that.
    _is_looked_at = False
    _answer: _Answer | None = None
    # Errors count the epochs of a call of `fit` from 0.
    _first_epoch = 0

    def __init__(
        self,
        parameters: Iterable[Value],
        learning_rate: LearningRate,
        *,
        weight_decay: float = 0.0,
        clip_norm: float | None = None,
        clip_value: float | None = None,
    ) -> None:
        self.parameters = list(parameters) if has_members(parameters) else []
        self.check_parameters()
        self.learning_rate = learning_rate
        self._epoch = 0
        self._steps = 0
        if not isinstance(getattr(self, "rule", None), UpdateRule):
            name = type(self).__name__
            raise UsageError(f"{name} does not say how a parameter moves: give it a rule, an autograd.UpdateRule")
        self._begin_with(weight_decay, clip_norm, clip_value)
        # What is remembered, and of which parameters, by which rule; and what was remembered of those that left.
        self._states: tuple[list[Value], UpdateRule, list[tuple[float, ...]]] = [], self.rule, []
        self._left: dict[Value, tuple[float, ...]] = {}
        if not callable(learning_rate):
            self.current_learning_rate()

    def __repr__(self) -> str:
        rate = "a function" if callable(self.learning_rate) else repr(self.learning_rate)
        return (
            f"<{type(self).__name__} of {len(self.parameters)} parameters, learning_rate={rate}, {self._steps} steps>"
        )

    def check_parameters(self) -> None:
        """Raises UsageError where the list of parameters cannot be moved."""
        if not self.parameters:
            raise UsageError("an optimiser needs parameters to move: SGD(net.parameters(), learning_rate=0.1)")
        for parameter in self.parameters:
            if not isinstance(parameter, Value) or parameter.inputs:
                raise UsageError(f"a parameter is a leaf, a Value that no operation produced; {parameter!r} is not")
        if len(set(self.parameters)) < len(self.parameters):
            raise UsageError("a parameter is listed twice: it would move twice at every step")

    # What changes from update to update: a schedule that looks at it is asked before every one. ----------------------

    @property
    def epoch(self) -> int:
        """How many epochs there were."""
        return self._epoch

    @epoch.setter
    def epoch(self, epoch: int) -> None:
        if self._answer and epoch != self._epoch:
            self._answer = _UNASKED
        self._epoch = epoch

    @property
    def steps(self) -> int:
        """How many updates there were."""
        self._is_looked_at = True
        return self._steps

    @steps.setter
    def steps(self, steps: int) -> None:
        self._steps = steps

    @property
    def states(self) -> list[tuple[float, ...]]:
        """For each parameter, what the rule remembers of it; 0.0 before its first step."""
        self._is_looked_at = True
        return self._remembered()[2]

    @states.setter
    def states(self, states: Sequence[tuple[float, ...]]) -> None:
        if len(states) != len(self.parameters):
            raise UsageError(f"there are {len(self.parameters)} parameters, so states are as many, not {len(states)}")
        parameters, rule, _ = self._remembered()
        self._states = parameters, rule, list(states)

    def _remembered(self) -> tuple[list[Value], UpdateRule, list[tuple[float, ...]]]:
        """The states, of the parameters and the rule as they are now."""
        parameters, rule, states = self._states
        if parameters != self.parameters or rule is not self.rule:
            self._left |= zip(parameters, states, strict=True)
            new = (0.0,) * len(self.rule.state)
            known = [self._left.get(parameter, new) for parameter in self.parameters]
            states = [state if len(state) == len(new) else new for state in known]
            self._states = list(self.parameters), self.rule, states
        return self._states

    @property
    def lr(self) -> float:
        """What others call the learning rate. Raises AttributeError, unless it is a setting of the rule."""
        if "lr" in vars(self):
            return float(vars(self)["lr"])
        raise AttributeError(f"{type(self).__name__} has no lr; here it is learning_rate")

    @lr.setter
    def lr(self, rate: float) -> None:
        if "lr" not in self.rule.settings:
            raise AttributeError(f"an lr would change nothing: write learning_rate = {rate!r:.40}")
        vars(self)["lr"] = rate

    # State out, and in -----------------------------------------------------------------------------------------------

    def state_dict(self) -> dict[str, Any]:
        """Where it stands, as plain data: how far it is, its settings, and for each parameter what the rule remembers.

        A schedule is a function, which no data can say: it is None here.
        """
        return state_of(self)

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on where another one stood, of the same kind, for as many parameters in the same order: all or nothing.

        Numbers of settings are taken over. A schedule stays, and where there was one this optimiser needs one, too.
        Raises UsageError where the state is not of such an optimiser.
        """
        before = dict(vars(self))
        try:
            take_up(self, state)
        except BaseException:
            surely(lambda: vars(self).update(before))
            raise

    def load(self, path: Any) -> None:
        """Go on where the optimiser stood that was saved with its network, by `net.save(path, optimizer)`.

        Raises LoadError where the file does not hold one of this kind.
        """
        from ..saving import LoadError, optimizer_state

        try:
            self.load_state_dict(optimizer_state(path))
        except UsageError as error:
            raise LoadError(f"{path}: field 'optimizer': {error}") from None

    # Settings --------------------------------------------------------------------------------------------------------

    def current_learning_rate(self) -> float:
        """The learning rate now. Raises UsageError where it is not a finite number of at least 0."""
        rate = self._asked(self.learning_rate) if callable(self.learning_rate) else self.learning_rate
        if type(rate) is float and 0.0 <= rate < math.inf:
            return rate
        return setting(rate, f"the learning rate (in epoch {self._epoch - self._first_epoch})", 0.0, math.inf)

    def _asked(self, schedule: Callable[[int], float]) -> Any:
        """What the schedule says; in `fit`, it is not asked again before that can have changed."""
        if self._answer is None:
            return schedule(self._epoch)
        if self._answer.schedule is not schedule or self._answer.step not in (None, self._steps):
            self._is_looked_at = False
            with record_reads() as reads, _without_grads(self.parameters):
                rate = schedule(self._epoch)
            changes = self._is_looked_at or not {read.value for read in reads}.isdisjoint(self.parameters)
            self._answer = _Answer(schedule, self._steps if changes else None, rate)
        return self._answer.rate

    def settings_stand(self) -> Literal["update", "epoch", "always"]:
        """How long the numbers of `settings()` stay what they are, if nobody changes an attribute."""
        if "learning_rate" in self.rule.settings and callable(self.learning_rate):
            self._asked(self.learning_rate)
            if self._answer and self._answer.step is not None:
                return "update"
        if "steps" in self.rule.settings:
            return "update"
        return "epoch" if "epoch" in self.rule.settings or callable(self.learning_rate) else "always"

    def settings(self) -> list[float]:
        """The numbers of the rule's settings, in its order, as they are now."""
        return [
            self.current_learning_rate() if name == "learning_rate" else self._number(name)
            for name in self.rule.settings
        ]

    def _number(self, name: str) -> float:
        kind = type(self).__name__
        if not hasattr(self, name):
            raise UsageError(f"the rule of {kind} has the setting {name!r}: set it as an attribute, self.{name} = 0.9")
        try:
            given = getattr(self, name)
            return given if type(given) is float else Value(given).data
        except NotANumberError as error:
            raise UsageError(f"{kind}.{name}: {error}") from None

    # Steps -----------------------------------------------------------------------------------------------------------

    def zero_grad(self) -> None:
        """Set the grad of every parameter back to zero."""
        for parameter in self.parameters:
            parameter.zero_grad()

    def step(self) -> None:
        """Move every parameter once, by its grad. Raises DomainError where the rule has no answer."""
        gradients = [parameter.grad for parameter in self.parameters]
        shared = self.rule.shared(self.settings(), self._steps + 1, gradients)
        moved = []
        for parameter, state in zip(self.parameters, self.states, strict=True):
            try:
                moved.append(self.rule.move_by(parameter.data, parameter.grad, state, shared))
            except DomainError as error:
                error.args = (f"{parameter.name or 'a parameter'}: {error}",)
                raise
        self.move_to([number for number, _ in moved], [state for _, state in moved], self._steps + 1)

    def move_to(self, numbers: Sequence[float], states: Sequence[tuple[float, ...]], steps: int) -> None:
        """Give every parameter its number, and remember the states after so many steps; or leave all as it was."""
        numbers = [number if type(number) is float else Value(number).data for number in numbers]
        before = numbers_of(self.parameters), self.states, self._steps
        try:
            self.assign(numbers, states, steps)
        except BaseException:
            surely(lambda: self.assign(*before))
            raise

    def standing(self) -> tuple[list[tuple[float, ...]], int, int]:
        """The states, the steps and the epoch."""
        self._is_looked_at = True
        return self._remembered()[2], self._steps, self._epoch

    def assign(self, numbers: Sequence[float], states: Sequence[tuple[float, ...]], steps: int) -> None:
        """As `move_to`, for floats; a caller that is interrupted meanwhile has to put the old ones back."""
        set_numbers(self.parameters, numbers)
        parameters, rule, _ = self._remembered()
        self._states, self._steps = (parameters, rule, list(states)), steps


@contextmanager
def _without_grads(parameters: Sequence[Value]) -> Iterator[None]:
    """Raises UsageError where a grad is read inside the block: which update's that is depends on the engine."""
    grads = [parameter.grad for parameter in parameters]

    def restore() -> None:
        for parameter, grad in zip(parameters, grads, strict=True):
            parameter.grad = grad

    try:
        for parameter in parameters:
            del parameter.grad
        yield
    except AttributeError as error:
        if error.name == "grad" and isinstance(error.obj, Value):
            raise UsageError(
                "the learning rate's schedule reads the grad of a parameter, which fit has for no one update: train in "
                "a loop of your own, with optimizer.step(), or give the optimiser clip_norm, clip_value or a rule"
            ) from None
        raise
    finally:
        surely(restore)


@contextmanager
def asked_once_an_epoch(optimizer: Optimizer) -> Iterator[None]:
    """Inside the block a schedule is not asked again within an epoch, unless it looks at what every update changes."""
    before = optimizer._answer, optimizer._first_epoch  # of a call of fit that this one is inside of

    def forget() -> None:
        optimizer._answer, optimizer._first_epoch = before

    try:
        optimizer._answer, optimizer._first_epoch = _UNASKED, optimizer.epoch
        yield
    finally:
        surely(forget)
