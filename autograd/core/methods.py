"""The operators and methods that operations.py attaches. `make generated` writes this file from the table."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Self

    class Methods:
        """What a Value can do because the table has a row for it."""

        def __add__(self, other: Self | float) -> Self: ...

        def __radd__(self, other: float) -> Self: ...

        def __sub__(self, other: Self | float) -> Self: ...

        def __rsub__(self, other: float) -> Self: ...

        def __mul__(self, other: Self | float) -> Self: ...

        def __rmul__(self, other: float) -> Self: ...

        def __truediv__(self, other: Self | float) -> Self: ...

        def __rtruediv__(self, other: float) -> Self: ...

        def __pow__(self, other: Self | float) -> Self: ...

        def __rpow__(self, other: float) -> Self: ...

        def __mod__(self, other: Self | float) -> Self: ...

        def __rmod__(self, other: float) -> Self: ...

        def __floordiv__(self, other: Self | float) -> Self: ...

        def __rfloordiv__(self, other: float) -> Self: ...

        def __neg__(self) -> Self: ...

        def __pos__(self) -> Self: ...

        def __abs__(self) -> Self: ...

        exp: Callable[[], Self]
        log: Callable[[], Self]
        sqrt: Callable[[], Self]
        sin: Callable[[], Self]
        cos: Callable[[], Self]
        tan: Callable[[], Self]
        asin: Callable[[], Self]
        acos: Callable[[], Self]
        atan: Callable[[], Self]
        sinh: Callable[[], Self]
        cosh: Callable[[], Self]
        tanh: Callable[[], Self]
        asinh: Callable[[], Self]
        acosh: Callable[[], Self]
        atanh: Callable[[], Self]
        log1p: Callable[[], Self]
        expm1: Callable[[], Self]
        exp2: Callable[[], Self]
        log2: Callable[[], Self]
        log10: Callable[[], Self]
        erf: Callable[[], Self]
        erfc: Callable[[], Self]
        sigmoid: Callable[[], Self]
        relu: Callable[[], Self]
        leaky_relu: Callable[[], Self]
        elu: Callable[[], Self]
        gelu: Callable[[], Self]
        silu: Callable[[], Self]
        softsign: Callable[[], Self]
        softplus: Callable[[], Self]
        sign: Callable[[], Self]
        floor: Callable[[], Self]
        ceil: Callable[[], Self]

else:
    Methods = object
