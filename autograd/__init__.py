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

from .errors import DomainError, NotANumberError, RuleError, StepgradError, UsageError
from .functional import grad, hessian, jacobian, value_and_grad
from .operations import define_operation
from .recording import Place, Read, no_grad, record_lines, record_reads
from .rules import TABLE, VALUES, Op
from .updates import UpdateRule
from .value import Value, name_all

if TYPE_CHECKING:
    from typing import Protocol, overload

    from .assignments import Assignment, Trace
    from .explanation import Explanation, explain
    from .files import write_whole
    from .nonfinite import NonFinite, find_nonfinite
    from .picture import Drawing, draw
    from .player import Player, play
    from .program import Program, TrainingRun, compile  # noqa: A004 -- ours, of graphs
    from .rendering import PictureError
    from .source import to_python
    from .steps import Step, Steps, backward_steps
    from .structure import structural_difference
    from .tracing import trace

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
    "Assignment": "assignments",
    "Drawing": "picture",
    "Explanation": "explanation",
    "NonFinite": "nonfinite",
    "PictureError": "rendering",
    "Player": "player",
    "Program": "program",
    "Step": "steps",
    "Steps": "steps",
    "Trace": "assignments",
    "backward_steps": "steps",
    "compile": "program",
    "draw": "picture",
    "explain": "explanation",
    "TrainingRun": "program",
    "find_nonfinite": "nonfinite",
    "play": "player",
    "structural_difference": "structure",
    "to_python": "source",
    "trace": "tracing",
    "write_whole": "files",
}


def __getattr__(name: str) -> Any:
    if name == "testing":
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
    "TrainingRun",
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
    "structural_difference",
    "tanh",
    "to_python",
    "trace",
    "value_and_grad",
    "write_whole",
]
