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

from .core.functional import grad, hessian, jacobian, value_and_grad
from .core.op import TABLE, VALUES, Op
from .core.operations import define_operation
from .core.recording import Place, Read, no_grad, record_lines, record_reads
from .core.update_rule import UpdateRule
from .core.value import Value, name_all
from .errors import DomainError, NotANumberError, RuleError, StepgradError, UsageError

if TYPE_CHECKING:
    from typing import Protocol, overload

    from .checks.nonfinite import NonFinite, find_nonfinite
    from .codegen.arrays.listing import to_numpy
    from .codegen.javascript import to_javascript
    from .codegen.listing import to_python
    from .codegen.program import Program, compile  # noqa: A004 -- ours, of graphs
    from .player import Player, play
    from .tracing.assignments import Assignment, Trace
    from .tracing.builder import trace
    from .views.explanation import Explanation, explain
    from .views.picture import Drawing, draw
    from .views.rendering import PictureError
    from .views.steps import Step, Steps, backward_steps

    class _OfOne(Protocol):
        @overload
        def __call__(self, x: Value) -> Value: ...
        @overload
        def __call__(self, x: float) -> float: ...

    class _OfTwo(Protocol):
        @overload
        def __call__(self, x: Value, y: Value | float) -> Value: ...
        @overload
        def __call__(self, x: float, y: Value) -> Value: ...
        @overload
        def __call__(self, x: float, y: float) -> float: ...


# The operations of the table as functions, which take Values or numbers.
exp: _OfOne = VALUES["exp"]
log: _OfOne = VALUES["log"]
sqrt: _OfOne = VALUES["sqrt"]
sin: _OfOne = VALUES["sin"]
cos: _OfOne = VALUES["cos"]
tanh: _OfOne = VALUES["tanh"]
sigmoid: _OfOne = VALUES["sigmoid"]
relu: _OfOne = VALUES["relu"]
softplus: _OfOne = VALUES["softplus"]
maximum: _OfTwo = VALUES["maximum"]
minimum: _OfTwo = VALUES["minimum"]
logaddexp: _OfTwo = VALUES["logaddexp"]

# The views are loaded when they are first used: a training run need not wait for what draws pictures.
_VIEWS = {
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
    "compile": "codegen.program",
    "draw": "views.picture",
    "explain": "views.explanation",
    "find_nonfinite": "checks.nonfinite",
    "play": "player",
    "to_javascript": "codegen.javascript",
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


__all__ = [
    "TABLE",
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
    "compile",
    "cos",
    "define_operation",
    "draw",
    "exp",
    "explain",
    "find_nonfinite",
    "grad",
    "hessian",
    "jacobian",
    "log",
    "logaddexp",
    "maximum",
    "minimum",
    "name_all",
    "no_grad",
    "play",
    "record_lines",
    "record_reads",
    "relu",
    "sigmoid",
    "sin",
    "softplus",
    "sqrt",
    "tanh",
    "to_javascript",
    "to_numpy",
    "to_python",
    "trace",
    "value_and_grad",
]
