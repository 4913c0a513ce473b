"""Which functions each backend can call. This is the only place that decides it.

a function of the table     Python, NumPy, JAX, JavaScript
a Python function           Python: to_python imports it from its module; compile() calls the object itself
(define_operation)          NumPy: calls its array_function; without one, UsageError
                            JAX: UsageError, as XLA does not compile NumPy's functions
                            JavaScript: UsageError; the player shows the recorded steps, but lets no number be changed
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ..core.python_function import PythonFunction, called, home_of
from ..errors import UsageError

Functions = Mapping[str, PythonFunction]


def imports_of(functions: Mapping[str, Callable[..., Any]]) -> list[str]:
    """The lines that import Python functions into a text. Raises UsageError if no module has one of them."""
    lines = []
    for name, function in sorted(functions.items()):
        module, found = home_of(function) or ("__main__", name)
        if module == "__main__":
            raise UsageError(
                f"a text cannot import {name}, as no module has its function {called(function)} under that name: "
                "define it with def at the top of a module; compile() takes it as it is"
            )
        lines.append(f"from {module} import {found}{f' as {name}' if found != name else ''}")
    return lines


def python_functions(functions: Functions, needs: Iterable[str]) -> dict[str, Callable[..., Any]]:
    """Those of the functions that a Python text needs."""
    return {name: functions[name].function for name in sorted({*needs} & functions.keys())}


def array_functions(
    functions: Functions, needs: Iterable[str], library: str = "NumPy"
) -> dict[str, Callable[..., Any]]:
    """The array functions that array code needs. Raises UsageError if one is missing, or if the library is JAX."""
    found: dict[str, Callable[..., Any]] = {}
    for name in sorted({*needs} & functions.keys()):
        if library == "JAX":
            raise UsageError(
                f"{name} has no JAX code: it is a function of Python, and its array function, if it has one, is for "
                "NumPy's arrays. Use NumPy, with to_numpy, backend='numpy' or engine='numpy'"
            )
        arrays = functions[name].arrays
        if arrays is None:
            raise UsageError(
                f"{name} has no array code: it is a function of Python for one number at a time. Hand the one for "
                "NumPy's arrays to define_operation, as array_function, and give a partial as such an operation, too"
            )
        found[name] = arrays
    return found


def no_javascript(name: str) -> UsageError:
    """The error to raise for a function that has no JavaScript."""
    return UsageError(f"{name} has no JavaScript, only Python: to_python can list this graph")
