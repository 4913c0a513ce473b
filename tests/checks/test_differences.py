"""Slopes by central differences: as exact as they say, at any scale, and no slope where there is none."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest

from autograd.checks.differences import difference


@pytest.mark.parametrize(
    ("f", "x", "slope"),
    [
        (math.exp, 1.0, math.e),
        *((math.log, x, 1 / x) for x in (1e-300, 1e-12, 1e-6, 1.0, 1e6, 1e300)),
        *((math.sin, x, math.cos(x)) for x in (0.0, -0.0, 1e-300, 1e-6, 3.0, 1e6, 1e9)),
        (lambda x: 1 + x, 1e-8, 1.0),
        (lambda x: math.log(x - 1), 1 + 1e-12, 1 / (1 + 1e-12 - 1)),  # next to the edge of the domain, but not too near
        (abs, 1e-9, 1.0),  # next to a kink
        (lambda x: max(x - 1, 0.0), 1 + 1e-9, 1.0),
        (lambda x: x * x, 0.0, 0.0),
        (lambda x: abs(x) ** 1.5, 0.0, 0.0),
        (lambda x: max(x, 0.0) ** 2, 0.0, 0.0),
        (math.sqrt, 1e-200, 0.5e100),
        (lambda x: 3.0, 1.0, 0.0),
        (lambda x: math.sin(1e6 * x), 0.3, 1e6 * math.cos(3e5)),
        (lambda x: math.sin(1e10 * x), 0.0, 1e10),
        (lambda x: x**3, 1e100, 3e200),
        (lambda x: x**3, -1e-5, 3e-10),
        (lambda x: 1 / x, 1e-100, -1e200),
        (math.floor, 1.5, 0.0),
    ],
)
def test_the_slope_is_as_exact_as_it_says(f: Callable[[float], float], x: float, slope: float) -> None:
    found = difference(f, x)
    assert found.kind == "smooth"
    assert abs(found.slope - slope) <= 1e-8 * abs(slope) + 3 * found.error
    assert found.error <= max(1e-6 * abs(slope), 1e-12)


@pytest.mark.parametrize(
    ("f", "left", "right"),
    [
        (abs, -1.0, 1.0),
        (lambda x: max(x, 0.0), 0.0, 1.0),
        (lambda x: 5 + 3 * x + 1e-6 * abs(x), 3 - 1e-6, 3 + 1e-6),
        (lambda x: 1 + 1e-9 * abs(x), -1e-9, 1e-9),  # so flat that rounding drowns it a little further in
    ],
)
def test_a_kink_has_two_slopes(f: Callable[[float], float], left: float, right: float) -> None:
    found = difference(f, 0.0)
    assert found.kind == "kink"
    assert [found.left, found.right] == pytest.approx([left, right], rel=0.05)
    assert math.isnan(found.slope)


@pytest.mark.parametrize(
    ("f", "x", "kind"),
    [
        (math.sqrt, 0.0, "edge"),
        (math.log, 5e-324, "edge"),
        (lambda x: math.log(x - 1), 1 + 1e-15, "edge"),
        (lambda x: math.sqrt(x) * x, 0.0, "edge"),
        (lambda x: math.sqrt(abs(x)), 0.0, "kink"),  # upright on both sides
        (lambda x: float(x > 0), 0.0, "rough"),
        (lambda x: float(x > 0) - float(x < 0), 0.0, "rough"),
    ],
)
def test_where_there_is_no_slope_none_is_made_up(f: Callable[[float], float], x: float, kind: str) -> None:
    found = difference(f, x)
    assert found.kind == kind
    assert math.isnan(found.slope)


def test_an_edge_says_how_close_it_is() -> None:
    def f(x: float) -> float:
        if x > 1e-3:
            raise ValueError
        return math.sqrt(x) * x

    assert difference(f, 0.0).step < 1e-15


def test_known_rounding_inside_f_widens_the_error() -> None:
    def f(x: float) -> float:
        return math.sin(1e8 + x)  # the sum is off by 1e-8, and so is its sine

    found = difference(f, 0.5, noise=1.5e-8)
    assert abs(found.slope - math.cos(1e8 + 0.5)) <= found.error


def test_steps_that_are_large_for_a_wave_do_not_settle_by_chance() -> None:
    # The sine's argument is off by 1e-6, and it is large steps whose slopes seem to agree.
    found = difference(lambda x: math.sin(1e10 * x), 1.0, noise=2e-6)
    assert abs(found.slope - 1e10 * math.cos(1e10)) <= 10 * found.error <= 1e8


@pytest.mark.parametrize("x", [27514566466402.594, 442011719380477.3, 5057297302665226.0, 1.4519347807705162e16])
def test_steps_that_are_whole_periods_of_a_wave_show_no_slope(x: float) -> None:
    """So far out floats are too far apart for finer steps. Whole periods of them are flat, four times as many too."""
    assert difference(math.sin, x).kind == "rough"


@pytest.mark.parametrize("x", [133391415028356.03, 57279298519854.74, 1e13 + 3.7, 3e12 / 7])
def test_steps_that_floats_round_are_taken_as_they_are(x: float) -> None:
    # A step of 0.059 beside 1.3e14 is one of 0.0625, and not a quarter of the one before.
    found = difference(math.sin, x)
    assert found.kind == "rough" or abs(found.slope - math.cos(x)) <= 1e-9 + 5 * found.error


def test_few_calls_are_enough_where_f_is_smooth() -> None:
    calls = []

    def f(x: float) -> float:
        calls.append(x)
        return math.exp(x)

    difference(f, 1.0)
    assert len(calls) < 25
