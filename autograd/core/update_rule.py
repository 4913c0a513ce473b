"""Update rules: how a parameter moves, given its gradient, as rows of text like those of the calculus table.

    v = momentum * v + grad
    w = w - learning_rate * v

An optimiser runs the rule on one parameter after another; a compiled program has it written into its loop, once for
each parameter.
"""

from __future__ import annotations

import keyword
import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import count
from typing import Any

from ..errors import DomainError, RuleError, UsageError
from ..notation.expression import Tree, names_in, parse
from ..notation.typesetting import to_code
from .domain_errors import why
from .op import NUMBERS
from .primitives import ARITY, PRIMITIVES
from .source import run_source, tuple_of

_rules = count(1)


class UpdateRule:
    """How one parameter w moves by its gradient, grad.

    rows: {name: expression}, computed in this order; the last is w. A row named grad replaces the gradient. The others
        are the parameter's state, remembered from step to step; it is 0.0 before the first.
    settings: the names of the numbers that are the same for all parameters, such as the learning rate.
    each_step: {name: expression of settings and `step`}, computed once a step for all parameters; steps count from 1.
    Rows and each_step may read grad_norm, the norm of the gradients of all parameters that move in a step.

    Raises RuleError where a row says something that it may not say.

    >>> rule = UpdateRule({"v": "momentum * v + grad", "w": "w - rate * v"}, ["momentum", "rate"])
    >>> rule.move(1.0, grad=2.0, state=(0.0,), settings=(0.9, 0.5), step=1)
    (0.0, (2.0,))
    """

    def __init__(
        self, rows: Mapping[str, str], settings: Sequence[str], each_step: Mapping[str, str] | None = None
    ) -> None:
        if not (isinstance(rows, Mapping) and isinstance(each_step or {}, Mapping)):
            raise RuleError(f"the rows of an update rule are a dictionary from names to expressions, not {rows!r:.60}")
        if isinstance(settings, str) or not isinstance(settings, Iterable):
            raise RuleError(f"settings are a list of names, such as ['learning_rate'], not {settings!r:.60}")
        each_step = dict(each_step or {})
        self.settings = tuple(settings)
        *state, last = rows or [""]
        if last != "w":
            raise RuleError(f"the last row of an update rule says where w goes; this one says what {last!r} is")
        self.state = tuple(name for name in state if name != "grad")
        self._texts = (dict(rows), self.settings, each_step)
        names = ["w", "grad", *self.state, *self.settings, "step", "grad_norm", *each_step]
        _check_names(names)
        known: list[str] = [*self.settings, "step", "grad_norm"]
        self.each_step: dict[str, Tree] = {}
        for name, text in each_step.items():
            self.each_step[name] = parse(text, known, ARITY)
            known.append(name)
        self.rows: dict[str, Tree] = {name: parse(text, names, ARITY) for name, text in rows.items()}
        every = [*self.rows.values(), *self.each_step.values()]
        # Whether the gradient is read more than once, so that a program computes it first.
        self.reads_norm = any("grad_norm" in names_in(tree) for tree in every)
        self.keeps_gradient = self.reads_norm or "grad" in self.rows or self.mentions("grad") > 1
        self._given = [*self.settings, "step", *(["grad_norm"] if self.reads_norm else [])]
        functions = run_source(self._source(), f"update rule {next(_rules)}", NUMBERS, owner=self)
        self._shared, self._move = functions["shared"], functions["move"]

    def __reduce__(self) -> tuple[Any, ...]:
        return UpdateRule, self._texts

    def __repr__(self) -> str:
        rows, _, _ = self._texts
        return f"<UpdateRule {'; '.join(f'{name} = {text}' for name, text in rows.items())}>"

    def mentions(self, name: str) -> int:
        """How often the rows mention a name."""
        return sum(found == name for tree in self.rows.values() for found in names_in(tree))

    def with_gradient(
        self, gradient: str, settings: Sequence[str] = (), each_step: Mapping[str, str] | None = None
    ) -> UpdateRule:
        """The same rule with another gradient: an expression of grad, w, and whatever rules may read.

        >>> UpdateRule({"w": "w - rate * grad"}, ["rate"]).with_gradient("grad + decay * w", ["decay"])
        <UpdateRule grad = grad + decay * w; w = w - rate * grad>
        """
        rows, known, own = self._texts
        more = [name for name in settings if name not in known]
        return UpdateRule({"grad": gradient, **rows}, [*known, *more], {**own, **(each_step or {})})

    def shared(self, settings: Sequence[float], step: int, gradients: Iterable[float] = ()) -> tuple[float, ...]:
        """What all parameters share in one step: the settings, the step, the norm of the gradients if it is read, and
        the numbers of each_step.
        """
        if len(settings) != len(self.settings):
            raise UsageError(f"{self!r} has the settings {list(self.settings)}, not {len(settings)} numbers")
        given = [*settings, float(step), *([math.hypot(*gradients)] if self.reads_norm else [])]
        try:
            shared: tuple[float, ...] = self._shared(*given)
            return shared
        except (ArithmeticError, ValueError) as error:
            raise self._no_answer(self._given, given, error) from None

    def move(
        self, w: float, grad: float, state: Sequence[float], settings: Sequence[float], step: int
    ) -> tuple[float, tuple[float, ...]]:
        """The new w and its new state, if it is the only parameter. Raises DomainError where the rule has no answer."""
        return self.move_by(w, grad, state, self.shared(settings, step, [grad]))

    def move_by(
        self, w: float, grad: float, state: Sequence[float], shared: Sequence[float]
    ) -> tuple[float, tuple[float, ...]]:
        """As `move`, for one of many parameters. shared: what `shared` gives for the step."""
        try:
            moved: tuple[float, tuple[float, ...]] = self._move(w, grad, *state, *shared)
            return moved
        except (ArithmeticError, ValueError) as error:
            names = ["w", "grad", *self.state, *self._given, *self.each_step]
            raise self._no_answer(names, [w, grad, *state, *shared], error) from None

    def _no_answer(self, names: Sequence[str], numbers: Sequence[float], error: Exception) -> DomainError:
        at = ", ".join(f"{name} = {number!r}" for name, number in zip(names, numbers, strict=True))
        mends = (
            "Add a small number to the divisor",
            "Take smaller steps",
            "Keep what it reads inside the domain of the rule",
        )
        return DomainError(f"{self!r} has no answer at {at}: {why(error, *mends)}")

    def _source(self) -> str:
        """The text of two functions: what is shared by all parameters, and the move of one."""
        given = self._given
        arguments = ", ".join(["w", "grad", *self.state, *given, *self.each_step])
        lines = [
            f"def shared({', '.join(given)}):",
            *(f"    {name} = {to_code(tree)}" for name, tree in self.each_step.items()),
            f"    return {tuple_of([*given, *self.each_step])}",
            f"def move({arguments}):",
            *(f"    {name} = {to_code(tree)}" for name, tree in self.rows.items()),
            f"    return w, {tuple_of(self.state)}",
        ]
        return "\n".join(lines) + "\n"


def _check_names(names: Sequence[Any]) -> None:
    for place, name in enumerate(names):
        if not (isinstance(name, str) and name.isascii() and name.isidentifier()) or name in names[:place]:
            raise RuleError(f"{name!r} cannot be a name in an update rule: use plain identifiers, each for one thing")
        if keyword.iskeyword(name) or name in PRIMITIVES or name in ("shared", "move", "power", "__debug__"):
            raise RuleError(f"{name!r} cannot be a name in an update rule: that name means something else")
