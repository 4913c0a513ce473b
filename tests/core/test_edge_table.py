"""What happens at the ends of the floats is right, for each operation, loss and optimiser, and the page says so."""

from __future__ import annotations

import math
from decimal import Decimal
from itertools import chain

import numpy as np
import pytest

import nn
from autograd import TABLE, Op, Value, exp
from autograd.core.op import VALUES
from autograd.core.primitives import LIST_PRIMITIVES
from nn import losses, optimizers

from ..conftest import Spoil
from ..making import edges
from ..support import exact, oracles
from ..support.rows import by_name


@by_name
def test_every_row_of_the_table_at_every_special_number(op: Op) -> None:
    wrong = list(edges.wrong_operation(op))
    assert [one for one in wrong if not edges.is_known(one)] == []


@pytest.mark.parametrize("name", edges.LISTS)
def test_every_operation_of_a_list_at_every_special_number(name: str) -> None:
    wrong = list(edges.wrong_list(name))
    assert [one for one in wrong if not edges.is_known(one)] == []


@pytest.mark.slow
def test_every_loss_at_every_special_number() -> None:
    assert [one for one in edges.wrong_losses() if not edges.is_known(one)] == []


def test_every_optimiser_at_every_special_number() -> None:
    assert [one for one in edges.wrong_optimizers() if not edges.is_known(one)] == []


def test_none_is_left_out() -> None:
    found = {name for name, thing in vars(losses).items() if getattr(thing, "__module__", "") == losses.__name__}
    assert set(edges.LOSSES) == {name for name in found if name in nn.__all__} - {"softmax"}
    kinds = {type(case.make([Value(1.0)])) for case in edges.OPTIMIZERS.values()}
    assert kinds == {
        thing
        for thing in vars(optimizers).values()
        if isinstance(thing, type) and issubclass(thing, optimizers.Optimizer) and thing is not optimizers.Optimizer
    }
    assert set(exact.FUNCTIONS) == set(oracles.FUNCTIONS)
    assert set(edges.LISTS) == set(LIST_PRIMITIVES)


@pytest.mark.slow
def test_what_is_known_to_be_otherwise_still_is() -> None:
    rows = [edges.wrong_operation(TABLE[name]) for name in ("hypot", "times_power", "times_power_log")]
    wrong = [*chain(*rows), *chain(*map(edges.wrong_list, edges.LISTS)), *edges.wrong_optimizers()]
    assert {edges.is_known(one) for one in wrong} == set(edges.KNOWN)


def test_the_page_is_what_the_engine_answers() -> None:
    assert edges.PAGE.read_text(encoding="utf-8") == edges.page(), "run: python -m tests.making.edges"


# A test of the tester -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "partial", "point"),
    [
        ("sqrt", "1 / (2 * out + 1e-300)", "0.0"),
        ("log", "x", "5e-324"),
        ("mul", "0 * y", "2.0"),
        ("relu", "heaviside(x + 1e-300)", "-5e-324"),
        ("tanh", "1 - x * x", "1e+308"),
        ("sigmoid", "out", "2.0"),
        ("abs", "2 * sign(x)", "-1e-308"),
        ("softplus", "sigmoid(x) + 0 * x", "inf"),
    ],
)
def test_a_silent_wrong_gradient_is_found(name: str, partial: str, point: str, spoilt: Spoil) -> None:
    op = TABLE[name]
    right = list(edges.wrong_operation(op))
    with spoilt(name, x=partial):
        wrong = list(edges.wrong_operation(op))
    assert right == []
    assert any(one.startswith(f"{name} at ") and point in one and "partial 0" in one for one in wrong)


def test_a_wrong_value_is_found() -> None:
    def flushed(x: Value) -> Value:
        return exp(x) if x > -1.0 else 0 * exp(x) + 1e-300

    assert list(edges.complaints(flushed, exact.exp, (-1e308,))) == ["value 1e-300"]
    assert list(edges.complaints(VALUES["exp"], exact.exp, (-1e308,))) == []
    assert list(edges.complaints(VALUES["identity"], lambda x: x, (-0.0,), 0.0)) == ["value -0.0: the sign of zero"]


# The exact answers, against others -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(set(oracles.FUNCTIONS) - {"times_power", "times_power_log"}))
def test_exact_values_and_slopes_where_the_other_oracles_have_them_too(name: str) -> None:
    f, other = exact.FUNCTIONS[name], oracles.FUNCTIONS[name]
    found = 0
    for point in ([0.75, 1.5, 3.0], [2.5, 0.25, 0.5], [1e-3, 3.0, 2.0]):
        at = point[: len(TABLE[name].inputs)]
        value = exact.value_of(f, at)
        if value.least is None:
            with pytest.raises(ValueError, match=r"math domain error|expected"):  # asin(2.5)
                other(*at)
            continue
        found += 1
        assert float(value.least) == pytest.approx(other(*at), rel=1e-13)
        for place, slope in enumerate(oracles.dual_gradient(other, at)):
            assert exact.slope_of(f, at, place).admits(slope, rounding=1e-12)
    assert found


def test_exact_waves_far_out() -> None:
    for x in (1e22, 1e308, 3.0, 5e-324, 1e-5):
        for f, other in ((exact.sin, np.sin), (exact.cos, np.cos)):
            answer = exact.value_of(f, (x,))
            assert answer.least is not None
            assert float(answer.least) == pytest.approx(float(other(x)), rel=1e-14)
    assert float(exact._pi(800)) == math.pi


def test_exact_kinks_jumps_edges_and_limits() -> None:
    def numbers(answer: exact.Answer) -> tuple[float, float] | None:
        return None if answer.least is None or answer.most is None else (float(answer.least), float(answer.most))

    assert numbers(exact.slope_of(abs, (0.0,), 0)) == (-1.0, 1.0)
    assert numbers(exact.slope_of(exact.relu, (0.0,), 0)) == (0.0, 1.0)
    assert exact.slope_of(exact.sign, (0.0,), 0).admits(0.0)
    assert numbers(exact.value_of(exact.log, (0.0,))) is None
    assert not exact.slope_of(exact.sqrt, (0.0,), 0).admits(1e300)
    assert numbers(exact.value_of(exact.tanh, (-math.inf,))) == (-1.0, -1.0)
    assert numbers(exact.slope_of(exact.log, (math.inf,), 0)) == (0.0, 0.0)
    assert exact.value_of(lambda x, y: x + y, (math.inf, 1.0)).admits(math.inf)
    assert numbers(exact.value_of(exact.sin, (math.inf,))) is None
    assert exact.value_of(exact.exp, (1e308,)).admits(math.inf)
    assert not exact.value_of(exact.exp, (1e308,)).admits(1e308)
    assert exact.value_of(lambda x: x * x, (1e-308,)).admits(0.0)
    assert not exact.value_of(lambda x: x + Decimal(1), (1e-308,)).admits(0.0)
