"""One call of a function that is differentiated, and the backward sweeps from what it returned."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from copy import copy
from typing import Any

from ..errors import NotANumberError, UsageError
from .arguments import number
from .backward import gradients
from .graph import topological_order
from .nesting import FIXED, Form, described, flatten, nested, places
from .op import VALUES
from .recording import differentiated, is_recording, recorded
from .value import Value

# The types that are differentiated, in arguments and results.
NUMBERS = frozenset((int, float, bool, Value))


class Sweep:
    """One call of f, on fresh values in place of the numbers to differentiate with respect to.

    positions: which arguments hold these numbers. forms: those of these arguments. wrt: the fresh values of them all.
    result: what f returned; with has_aux its first part, and aux the second.
    """

    def __init__(
        self,
        f: Callable[..., Any],
        arguments: Sequence[Any],
        keywords: dict[str, Any],
        positions: Sequence[int],
        has_aux: bool = False,
    ) -> None:
        self.positions = positions
        self.forms: list[Form] = []
        given: list[Any] = []
        for position in positions:
            fixed: list[Any] = []
            self.forms.append(flatten(arguments[position], NUMBERS, given, fixed))
            if fixed:
                raise _not_differentiable(self.forms[-1], position, fixed)
        self.answers_values = any(isinstance(one, Value) for one in given)
        # Inside another derivative f may use the outer variable: grad(lambda x: x * grad(lambda y: x * y)(1.0))(2.0).
        self.around = differentiated.get()
        self.as_values = is_recording() and (self.answers_values or bool(self.around))
        # Fresh values also for Values: in grad(lambda y: x * y)(x) only y is differentiated, not x.
        with recorded():
            self.wrt = [self._fresh(one) for one in given]
            # f gets new lists, which it may change.
            leaves = iter(self.wrt)
            handed = list(arguments)
            for position, form in zip(positions, self.forms, strict=True):
                handed[position] = nested(form, leaves)
            token = differentiated.set(self.around.union(self.wrt))
            try:
                self.result = f(*handed, **keywords)
            finally:
                differentiated.reset(token)
        if has_aux:
            if not (isinstance(self.result, list | tuple) and len(self.result) == 2):
                raise UsageError(
                    "has_aux=True is for a function that returns two things, the result to differentiate and another; "
                    f"this one returned {self._described()}"
                )
            self.result, self.aux = self.result[0], self.plain_parts(self.result[1])

    def _fresh(self, given: Any) -> Value:
        if isinstance(given, Value):
            fresh: Value = VALUES["identity"](given) if self.as_values else given.detach()
            return fresh
        return Value(number(given, "an argument of a function to differentiate"))

    def _described(self) -> str:
        return described(flatten(self.result, NUMBERS, [], []))

    def outputs(self) -> tuple[Form, list[Any]]:
        """The form of the result, and its numbers and Values. Raises NotANumberError if it holds anything else."""
        leaves: list[Any] = []
        fixed: list[Any] = []
        form = flatten(self.result, NUMBERS, leaves, fixed)
        if fixed:
            where = next(place for place, is_leaf in places(form, "the result") if not is_leaf)
            number(fixed[0], f"{where} of a function to differentiate")
        return form, leaves

    def one_output(self, asked: str) -> Any:
        """The result, which has to be one number. asked: the name of the caller, for the message."""
        form = flatten(self.result, NUMBERS, [], [])
        if form is not None and form[0] is not FIXED:
            raise UsageError(
                f"{asked} needs a function that returns one number; this one returned {described(form)}. "
                "Use jacobian, or vjp for a product with its rows, or return their sum; what is not to be "
                "differentiated may be returned as (result, other) with has_aux=True"
            )
        return self.result

    def gradients(self, result: Any) -> list[Any]:
        """∂result/∂w for every fresh value."""
        if not isinstance(result, Value):
            number(result, "the result of a function to differentiate")
            return [self.plain(0.0) for _ in self.wrt]
        with recorded():
            return [self.plain(one) for one in gradients(result, self.wrt, self.as_values)]

    def shaped(self, flat: Iterator[Any], array: Callable[..., Any] | None = None) -> tuple[Any, ...]:
        """A flat list, with a member for each fresh value, in the forms of the arguments."""
        return tuple(nested(form, flat, array=array) for form in self.forms)

    def with_values(self, also: Sequence[Any]) -> Sweep:
        """The same sweep, answering Values if any of `also` is one."""
        if not any(isinstance(one, Value) for one in also):
            return self
        sweep = copy(self)
        sweep.answers_values, sweep.as_values = True, is_recording()
        return sweep

    def plain(self, answer: Any) -> Any:
        """A Value where Values were given or an outer derivative depends on the answer; else a float."""
        if isinstance(answer, Value) and self.as_values:
            stays_value = self.answers_values or not self.around.isdisjoint(topological_order(answer))
        else:
            stays_value, answer = self.answers_values, Value(float(answer))
        return answer if stays_value else float(answer)

    def plain_parts(self, given: Any) -> Any:
        """`plain` for each Value in lists, tuples, dictionaries and arrays."""
        leaves: list[Any] = []
        fixed: list[Any] = []
        form = flatten(given, frozenset((Value,)), leaves, fixed)
        return nested(form, map(self.plain, leaves), iter(fixed))


def _not_differentiable(form: Form, position: int, fixed: Sequence[Any]) -> NotANumberError:
    where = next(place for place, is_leaf in places(form, f"argument {position}") if not is_leaf)
    return NotANumberError(
        f"{where} is {type(fixed[0]).__name__} {fixed[0]!r:.40}; an argument of a function to differentiate holds "
        "numbers only, in lists, tuples, dictionaries or arrays. Hand in the rest as another argument, which argnums "
        "leaves out"
    )
