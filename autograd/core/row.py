"""The form of a row of the calculus table: an operation, its partials and the reason, all as text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Row(NamedTuple):
    """An operation. Formulas may use numbers, + - * / **, and every function that has a row."""

    name: str
    expression: str  # what it computes from its inputs
    partials: Mapping[str, str]  # ∂out/∂input for each input; `out` is what the expression gave
    because: str | Mapping[str, str]  # the reason, or one for each input
    # How it is written, where that is not name(inputs):
    reads: str = ""  # by people, another formula
    written: str = ""  # typeset, another name, as arcsin or log_2, or signs, as |x|
    numpy: str = ""  # in NumPy, another name


class ListRow(NamedTuple):
    """An operation of a list of any length.

    In its expression the list is called `values`. The partial "values" is written once for all of them: in it `value`
    is the one that the partial is for, and `place` its index in the list, from 0.
    """

    name: str
    expression: str
    partials: Mapping[str, str]  # for the values, and then for each input beside the list
    because: str | Mapping[str, str]
    written: str = ""
