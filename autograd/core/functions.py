"""The functions of the table: autograd.exp and its like. `make generated` writes this file from the table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .operations import RECORDERS
from .value import Value

if TYPE_CHECKING:
    from typing import Protocol, overload

    class OfOne(Protocol):
        @overload
        def __call__(self, x: Value) -> Value: ...
        @overload
        def __call__(self, x: float) -> float: ...

    class OfTwo(Protocol):
        @overload
        def __call__(self, x: Value, y: Value | float) -> Value: ...
        @overload
        def __call__(self, x: float, y: Value) -> Value: ...
        @overload
        def __call__(self, x: float, y: float) -> float: ...


exp: OfOne = RECORDERS["exp"]
log: OfOne = RECORDERS["log"]
sqrt: OfOne = RECORDERS["sqrt"]
sin: OfOne = RECORDERS["sin"]
cos: OfOne = RECORDERS["cos"]
tanh: OfOne = RECORDERS["tanh"]
sigmoid: OfOne = RECORDERS["sigmoid"]
relu: OfOne = RECORDERS["relu"]
softplus: OfOne = RECORDERS["softplus"]
logaddexp: OfTwo = RECORDERS["logaddexp"]
maximum: OfTwo = RECORDERS["maximum"]
minimum: OfTwo = RECORDERS["minimum"]

__all__ = [
    "cos",
    "exp",
    "log",
    "logaddexp",
    "maximum",
    "minimum",
    "relu",
    "sigmoid",
    "sin",
    "softplus",
    "sqrt",
    "tanh",
]
