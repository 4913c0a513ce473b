"""Python functions that operations call, for what primitives.py does not have, such as lgamma."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any

from ..errors import RuleError, UsageError
from .arguments import number


class PythonFunction:
    """A Python function given to define_operation: numbers in, a float out.

    name: what generated code calls it. count: how many numbers it takes. arrays: the same for NumPy arrays,
    or None. record: the same for Values, which records; it raises UsageError if no derivative was given.

    It is pickled by its name in its module; without one, pickling raises UsageError.
    """

    def __init__(
        self, name: str, function: Callable[..., Any], count: int, arrays: Callable[..., Any] | None = None
    ) -> None:
        self.name = name
        self.function = function
        self.count = count
        self.arrays = arrays
        self.record: Callable[..., Any] = self._refuse

    def __call__(self, *numbers: float) -> float:
        """What the function gives, as a float. Raises NotANumberError if that is no number."""
        found = self.function(*numbers)
        return found if type(found) is float else number(found, f"what {self.name} returns")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, PythonFunction):
            return NotImplemented
        return (self.name, self.function, self.arrays) == (other.name, other.function, other.arrays)

    def __hash__(self) -> int:
        return hash((self.name, self.function))

    def __reduce__(self) -> tuple[Any, ...]:
        for one in (self.function, self.arrays):
            if one is not None and home_of(one) is None:
                raise UsageError(
                    f"{self.name} cannot be pickled, as no module has its function {called(one)} under that name: "
                    "define it with def at the top of a module"
                )
        return PythonFunction, (self.name, self.function, self.count, self.arrays)

    def over_values(self, *values: Any) -> Any:
        """What `record` gives; `record` may be set later."""
        return self.record(*values)

    def _refuse(self, *_: Any) -> Any:
        raise UsageError(
            f"{self.name} is a Python function without a derivative of its own: make it an operation, by "
            "define_operation, and give that as the partial"
        )


def called(function: Callable[..., Any]) -> str:
    """What a function calls itself: f, or f.<locals>.<lambda>."""
    return str(getattr(function, "__qualname__", "") or getattr(function, "__name__", type(function).__name__))


def home_of(function: Callable[..., Any]) -> tuple[str, str] | None:
    """The module of a function and its name there; None for what a text cannot import, such as a lambda."""
    from pickle import whichmodule  # type: ignore[attr-defined]  # slow to load, and seldom needed

    name = called(function)
    module = whichmodule(function, name) if name.isidentifier() else ""
    return (module, name) if getattr(sys.modules.get(module), name, None) is function else None


def check_arguments(name: str, function: Callable[..., Any], inputs: Sequence[str]) -> None:
    """Raise RuleError where a function cannot be called with these inputs, in this order."""
    names = _parameters(function)
    if names is None:
        return
    if len(names) != len(inputs):
        raise RuleError(f"{name} takes {len(names)} argument(s), but there are partials for {', '.join(inputs)}")
    if set(names) == set(inputs) and list(names) != list(inputs):
        raise RuleError(f"{name} takes {', '.join(names)}; give its partials in that order, not {', '.join(inputs)}")


def takes_out(function: Callable[..., Any], count: int) -> bool:
    """Whether a partial's function has an argument `out` after those of the inputs."""
    names = _parameters(function)
    return names is not None and names[count:] == ["out"]


def _parameters(function: Callable[..., Any]) -> list[str] | None:
    """The names of a function's required arguments; None if it does not tell, or takes any number of them."""
    from inspect import Parameter, signature  # slow to load, and seldom needed

    try:
        parameters = list(signature(function).parameters.values())
    except (TypeError, ValueError):
        return None
    if any(one.kind in (Parameter.VAR_POSITIONAL, Parameter.KEYWORD_ONLY) for one in parameters):
        return None
    return [one.name for one in parameters if one.default is Parameter.empty and one.kind is not Parameter.VAR_KEYWORD]
