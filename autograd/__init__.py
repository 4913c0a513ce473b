"""stepgrad's engine: a `Value` records a computation graph, `backward()` differentiates it.

>>> from autograd import Value
>>> x, w, b = Value(2.0, "x"), Value(0.5, "w"), Value(-1.0, "b")
>>> y = (w * x + b).sigmoid()
>>> y.backward()
>>> y.data, w.grad
(0.5, 0.5)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .errors import DomainError, NotANumberError, RuleError, StepgradError, UsageError
from .functional import grad, hessian, jacobian, value_and_grad
from .operations import define_operation
from .recording import no_grad
from .rules import TABLE, VALUES, Op
from .value import Value, name_all

if TYPE_CHECKING:
    from typing import Protocol, overload

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

__all__ = [
    "TABLE",
    "DomainError",
    "NotANumberError",
    "Op",
    "RuleError",
    "StepgradError",
    "UsageError",
    "Value",
    "cos",
    "define_operation",
    "exp",
    "grad",
    "hessian",
    "jacobian",
    "log",
    "logaddexp",
    "maximum",
    "minimum",
    "name_all",
    "no_grad",
    "relu",
    "sigmoid",
    "sin",
    "softplus",
    "sqrt",
    "tanh",
    "value_and_grad",
]
