"""stepgrad's engine: a `Value` records a computation graph, `backward()` differentiates it.

>>> from autograd import Value
>>> x, w, b = Value(2.0, "x"), Value(0.5, "w"), Value(-1.0, "b")
>>> y = (w * x + b).sigmoid()
>>> y.backward()
>>> y.data, w.grad
(0.5, 0.5)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .core import functions, lists
from .core.collector import pause_collector
from .core.defining import define_operation
from .core.functional import grad, hessian, jacobian, value_and_grad
from .core.functions import *  # noqa: F403 -- exp and its like, each listed in its __all__
from .core.lists import *  # noqa: F403 -- norm and its like, each listed in its __all__
from .core.naming import name_all
from .core.op import TABLE, Op
from .core.place import Place, record_lines
from .core.products import hessian_vector_product, jvp, vjp
from .core.recording import Read, no_grad, record_reads
from .core.update_rule import UpdateRule
from .core.value import Value
from .errors import DomainError, NotANumberError, RuleError, StepgradError, UsageError

if TYPE_CHECKING:
    from .checks.nonfinite import NonFinite, find_nonfinite
    from .codegen.arrays.listing import to_jax, to_numpy
    from .codegen.arrays.program import ArrayProgram
    from .codegen.caching import compiled
    from .codegen.compiling import compile as compile  # noqa: A004 -- ours, of graphs
    from .codegen.javascript import to_javascript
    from .codegen.listing import to_python
    from .codegen.program import Program
    from .player import Player, play
    from .tracing.assignments import Assignment, Trace
    from .tracing.builder import trace
    from .views.explanation import Explanation, explain
    from .views.picture import Drawing, draw
    from .views.rendering import PictureError
    from .views.steps import Step, Steps, backward_steps

# The views are loaded when they are first used: a training run need not wait for what draws pictures.
_VIEWS = {
    "ArrayProgram": "codegen.arrays.program",
    "Assignment": "tracing.assignments",
    "Drawing": "views.picture",
    "Explanation": "views.explanation",
    "NonFinite": "checks.nonfinite",
    "PictureError": "views.rendering",
    "Player": "player",
    "Program": "codegen.program",
    "Step": "views.steps",
    "Steps": "views.steps",
    "Trace": "tracing.assignments",
    "backward_steps": "views.steps",
    "compile": "codegen.compiling",
    "compiled": "codegen.caching",
    "draw": "views.picture",
    "explain": "views.explanation",
    "find_nonfinite": "checks.nonfinite",
    "play": "player",
    "to_javascript": "codegen.javascript",
    "to_jax": "codegen.arrays.listing",
    "to_numpy": "codegen.arrays.listing",
    "to_python": "codegen.listing",
    "trace": "tracing.builder",
}


def __getattr__(name: str) -> Any:
    if name in ("extend", "testing"):
        return import_module(f".{name}", __name__)
    if name not in _VIEWS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = view = getattr(import_module(f".{_VIEWS[name]}", __name__), name)
    return view


def __dir__() -> list[str]:
    return sorted({*globals(), *_VIEWS})


# What `from autograd import *` brings. `compile` is left out: it would take Python's own from the reader.
__all__ = [
    "TABLE",
    "ArrayProgram",
    "Assignment",
    "DomainError",
    "Drawing",
    "Explanation",
    "NonFinite",
    "NotANumberError",
    "Op",
    "PictureError",
    "Place",
    "Player",
    "Program",
    "Read",
    "RuleError",
    "Step",
    "StepgradError",
    "Steps",
    "Trace",
    "UpdateRule",
    "UsageError",
    "Value",
    "backward_steps",
    "compiled",
    "define_operation",
    "draw",
    "explain",
    "find_nonfinite",
    "grad",
    "hessian",
    "hessian_vector_product",
    "jacobian",
    "jvp",
    "name_all",
    "no_grad",
    "pause_collector",
    "play",
    "record_lines",
    "record_reads",
    "to_javascript",
    "to_jax",
    "to_numpy",
    "to_python",
    "trace",
    "value_and_grad",
    "vjp",
]
__all__ += [*functions.__all__, *lists.__all__]
