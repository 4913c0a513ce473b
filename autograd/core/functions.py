"""The functions of the table: autograd.exp and its like. `make generated` writes this file from the table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .operations import RECORDERS
from .value import Value

if TYPE_CHECKING:
    from typing import Protocol, overload

    class OfX(Protocol):
        @overload
        def __call__(self, x: Value) -> Value: ...
        @overload
        def __call__(self, x: float) -> float: ...

    class OfXY(Protocol):
        @overload
        def __call__(self, x: Value, y: Value | float) -> Value: ...
        @overload
        def __call__(self, x: float, y: Value) -> Value: ...
        @overload
        def __call__(self, x: float, y: float) -> float: ...

    class OfYX(Protocol):
        @overload
        def __call__(self, y: Value, x: Value | float) -> Value: ...
        @overload
        def __call__(self, y: float, x: Value) -> Value: ...
        @overload
        def __call__(self, y: float, x: float) -> float: ...

    class OfConditionXY(Protocol):
        @overload
        def __call__(self, condition: Value, x: Value | float, y: Value | float) -> Value: ...
        @overload
        def __call__(self, condition: float, x: Value, y: Value | float) -> Value: ...
        @overload
        def __call__(self, condition: float, x: float, y: Value) -> Value: ...
        @overload
        def __call__(self, condition: float, x: float, y: float) -> float: ...

    class OfXLowHigh(Protocol):
        @overload
        def __call__(self, x: Value, low: Value | float, high: Value | float) -> Value: ...
        @overload
        def __call__(self, x: float, low: Value, high: Value | float) -> Value: ...
        @overload
        def __call__(self, x: float, low: float, high: Value) -> Value: ...
        @overload
        def __call__(self, x: float, low: float, high: float) -> float: ...


exp: OfX = RECORDERS["exp"]
log: OfX = RECORDERS["log"]
sqrt: OfX = RECORDERS["sqrt"]
sin: OfX = RECORDERS["sin"]
cos: OfX = RECORDERS["cos"]
tan: OfX = RECORDERS["tan"]
asin: OfX = RECORDERS["asin"]
acos: OfX = RECORDERS["acos"]
atan: OfX = RECORDERS["atan"]
atan2: OfYX = RECORDERS["atan2"]
hypot: OfXY = RECORDERS["hypot"]
sinh: OfX = RECORDERS["sinh"]
cosh: OfX = RECORDERS["cosh"]
tanh: OfX = RECORDERS["tanh"]
asinh: OfX = RECORDERS["asinh"]
acosh: OfX = RECORDERS["acosh"]
atanh: OfX = RECORDERS["atanh"]
log1p: OfX = RECORDERS["log1p"]
expm1: OfX = RECORDERS["expm1"]
exp2: OfX = RECORDERS["exp2"]
log2: OfX = RECORDERS["log2"]
log10: OfX = RECORDERS["log10"]
logaddexp: OfXY = RECORDERS["logaddexp"]
erf: OfX = RECORDERS["erf"]
erfc: OfX = RECORDERS["erfc"]
sigmoid: OfX = RECORDERS["sigmoid"]
relu: OfX = RECORDERS["relu"]
leaky_relu: OfX = RECORDERS["leaky_relu"]
elu: OfX = RECORDERS["elu"]
gelu: OfX = RECORDERS["gelu"]
silu: OfX = RECORDERS["silu"]
softsign: OfX = RECORDERS["softsign"]
softplus: OfX = RECORDERS["softplus"]
maximum: OfXY = RECORDERS["maximum"]
minimum: OfXY = RECORDERS["minimum"]
clip: OfXLowHigh = RECORDERS["clip"]
where: OfConditionXY = RECORDERS["where"]
sign: OfX = RECORDERS["sign"]
floor: OfX = RECORDERS["floor"]
ceil: OfX = RECORDERS["ceil"]

__all__ = [
    "acos",
    "acosh",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "ceil",
    "clip",
    "cos",
    "cosh",
    "elu",
    "erf",
    "erfc",
    "exp",
    "exp2",
    "expm1",
    "floor",
    "gelu",
    "hypot",
    "leaky_relu",
    "log",
    "log1p",
    "log2",
    "log10",
    "logaddexp",
    "maximum",
    "minimum",
    "relu",
    "sigmoid",
    "sign",
    "silu",
    "sin",
    "sinh",
    "softplus",
    "softsign",
    "sqrt",
    "tan",
    "tanh",
    "where",
]
