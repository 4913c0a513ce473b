"""The cache of shapes, the ways to write `compiled`, and what may be done with a compiled function."""

from __future__ import annotations

import copy
import inspect
import math
import pickle
import subprocess
import sys
import threading
from typing import Any

import numpy as np
import pytest

from autograd import UsageError, Value, compiled, grad, maximum, value_and_grad
from autograd.codegen.building import builder
from autograd.core.nesting import flatten, nested

from ..support.nested import problem


@compiled
def scaled(p: Any, x: Any) -> Any:
    """The product of w and x."""
    return p["w"] * x


@compiled(static="n", backend="python")
def power(x: Any, n: int) -> Any:
    """Some power of x."""
    for _ in range(n - 1):
        x = x * x
    return x


def loss(w: Any, x: Any) -> Any:
    return (w * x - 3) ** 2


step = compiled(value_and_grad(loss))


class Line:
    def __init__(self, w: float) -> None:
        self.w = Value(w)

    @compiled
    def at(self, x: Any) -> Any:
        return self.w * x


# How it is written ----------------------------------------------------------------------------------


def test_as_a_function_and_as_a_decorator() -> None:
    scaled.cache_clear()
    assert scaled({"w": 2}, 3) == 6.0
    assert power(2.0, 3) == 16.0
    assert (scaled.__name__, scaled.__doc__, power.__name__) == ("scaled", "The product of w and x.", "power")
    assert list(inspect.signature(power).parameters) == ["x", "n"]
    assert repr(scaled) == "<compiled scaled: 1 shape(s)>"
    assert step(2.0, 4.0) == (25.0, 40.0)
    assert compiled(grad(loss), backend="python")(2, 4) == 40.0
    assert compiled(scaled)({"w": 2}, 3) == 6.0


def test_a_method() -> None:
    one, other = Line(2.0), Line(3.0)
    assert (one.at(2.0), other.at(2.0), one.at(4.0)) == (4.0, 6.0, 8.0)
    one.w.data = 5.0
    assert one.at(2.0) == 10.0
    assert Line.at.cache_info()[:2] == (2, 2)


def test_keywords_defaults_and_arguments_that_have_no_name() -> None:
    f = compiled(lambda x, y=2.0, *more, z=3.0, **others: x * y + z + sum(more) + sum(others.values()))
    assert f(1.0) == 5.0
    assert f(1.0, 4.0, z=5.0) == 9.0
    assert f(y=4.0, x=1.0) == 7.0
    assert f(1.0, 2.0, 10.0, 20.0, a=100.0) == 135.0
    with pytest.raises(UsageError, match=r"looks at the number of more\[1\]"):
        compiled(lambda *more: more[0] if more[1] > 0 else -more[0])(1.0, 2.0)
    with pytest.raises(TypeError, match="missing 1 required positional argument"):
        compiled(loss)(1.0)


def test_static_by_position_by_keyword_and_nested() -> None:
    def f(x: Any, sizes: Any = (1, 2)) -> Any:
        return [x * one for one in range(sum(sizes))]

    for static in ("sizes", ("sizes",), ["sizes"]):
        g = compiled(f, static=static)
        assert g(2.0, (1, 1)) == [0.0, 2.0]
        assert g(2.0, sizes=(1, 2)) == [0.0, 2.0, 4.0]
        assert g(3.0, (1, 1)) == [0.0, 3.0]
        assert g(3.0) == [0.0, 3.0, 6.0]
        assert g.cache_info()[:2] == (1, 3)
    signed = compiled(lambda x, s: x * math.copysign(1.0, s), static="s")
    assert [signed(2.0, 0.0), signed(2.0, -0.0), signed(2.0, 1), signed(2.0, True)] == [2.0, -2.0, 2.0, 2.0]
    assert signed.cache_info().misses == 4
    assert math.isnan(signed(2.0, math.nan)) is False
    signed(2.0, math.nan)
    assert signed.cache_info().hits == 1


def test_what_cannot_be_is_told_at_once() -> None:
    with pytest.raises(UsageError, match=r"static='m' \(must be of the arguments of loss: w, x\)"):
        compiled(loss, static="m")
    with pytest.raises(UsageError, match=r"backend='numba' \(must be one of 'python', 'numpy', 'auto'\)"):
        compiled(loss, backend="numba")
    with pytest.raises(UsageError, match=r"compiled takes a function: write compiled\(f\)\(x\), not compiled\(3\.0\)"):
        compiled(3.0)  # type: ignore[call-overload]


# Shapes ----------------------------------------------------------------------------------


def test_what_is_another_shape_and_what_is_not() -> None:
    f = compiled(lambda p, act: act(sum(p["w"])) if p["on"] else -sum(p["w"]))
    cases: list[tuple[Any, bool, Any, int]] = [
        ([1.0, 2.0], True, maximum_with_one, 1),
        ([3, 4.0], True, maximum_with_one, 1),
        ([np.float64(3), np.int64(4)], True, maximum_with_one, 1),
        ([1.0, 2.0], False, maximum_with_one, 2),
        ((1.0, 2.0), True, maximum_with_one, 3),
        ([1.0, 2.0, 3.0], True, maximum_with_one, 4),
        ([1.0, 2.0], True, abs, 5),
        ([-1.0, 2.0], True, abs, 5),
    ]
    for w, on, act, misses in cases:
        total = sum(float(one) for one in w)
        assert f({"w": w, "on": on}, act) == (act(total) if on else -total)
        assert f.cache_info().misses == misses


def maximum_with_one(x: Any) -> Any:
    return maximum(x, 1.0)


def test_the_cache_keeps_the_32_shapes_that_were_used_last() -> None:
    f = compiled(lambda xs: sum(xs))
    with pytest.warns(UserWarning, match=r"<lambda> was recorded for the 10th shape .*lengths of lists") as caught:
        assert [f([1.0] * length) for length in range(1, 33)] == [*range(1, 33)]
    assert [one.filename for one in caught] == [__file__]
    assert f.cache_info() == (0, 32, 32, 32)
    f([1.0])
    f([1.0] * 33)  # takes the place of the list of 2
    assert f.cache_info() == (1, 33, 32, 32)
    f([1.0])
    f([1.0] * 2)
    assert f.cache_info() == (2, 34, 32, 32)
    assert f.cache_info()._fields == ("hits", "misses", "maxsize", "currsize")
    f.cache_clear()
    assert f.cache_info() == (0, 0, 32, 0)
    assert f([1.0, 2.0]) == 3.0


def test_called_with_a_value_f_itself_runs_and_records() -> None:
    calls = []

    @compiled
    def f(x: Any, p: Any) -> Any:
        calls.append(x)
        return p["w"] * x

    x = Value(2.0, "x")
    y = f(x, {"w": 3.0})
    y.backward()
    assert (y.data, x.grad, f.cache_info().misses) == (6.0, 3.0, 0)
    assert f(2.0, {"w": np.array([Value(1.0)])})[0].data == 2.0
    assert f(2.0, {"w": 3.0}) == 6.0
    assert len(calls) == 3
    assert grad(f)(2.0, {"w": 3.0}) == 3.0
    # What depends on an outer variable is no number yet.
    assert grad(lambda w: compiled(lambda y: w * y)(2.0))(5.0) == 2.0
    assert compiled(lambda w: compiled(lambda y: w * y)(2.0) + w)(5.0) == 15.0


def test_threads() -> None:
    f = compiled(value_and_grad(lambda xs: sum(x**2 for x in xs)))
    found: list[Any] = []

    def work(seed: int) -> None:
        for length in (1, 2, 3, 4):
            xs = [float(seed + place) for place in range(length)]
            found.append(f(xs) == (sum(x**2 for x in xs), [2 * x for x in xs]))

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [True] * 32
    hits, misses, _, count = f.cache_info()
    assert (hits + misses, count) == (32, 4)


# Copies and pickles ----------------------------------------------------------------------------------


def test_it_is_pickled_by_name() -> None:
    for f in (scaled, step, Line.at):
        assert pickle.loads(pickle.dumps(f)) is f
        assert copy.deepcopy([f, copy.copy(f)]) == [f, f]
    program = (
        "import pickle, sys; step = pickle.loads(bytes.fromhex(sys.argv[1]))\n"
        "print(step(2.0, 4.0), step.cache_info()[1])"
    )
    run = subprocess.run(
        [sys.executable, "-c", program, pickle.dumps(step).hex()], check=True, capture_output=True, text=True
    )
    assert run.stdout == "(25.0, 40.0) 1\n"


def test_one_that_has_no_name_says_so() -> None:
    with pytest.raises(UsageError, match=r"<compiled <lambda>: 0 shape\(s\)> cannot be pickled: .*top of the module"):
        pickle.dumps(compiled(lambda x: x))
    with pytest.raises(UsageError, match=r"<compiled loss: 0 shape\(s\)> cannot be pickled"):
        pickle.dumps(compiled(grad(loss)))


# Speed ----------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(30))
def test_the_text_of_a_form_builds_what_the_form_says(seed: int) -> None:
    leaves: list[Any] = []
    fixed: list[Any] = []
    given = [*problem(seed).arguments, {"name": "f", 1: None}, [], ()]
    form = flatten(given, frozenset((int, float)), leaves, fixed)
    built = builder(form)(leaves, fixed)
    assert repr(built) == repr(nested(form, iter(leaves), iter(fixed))) == repr(given)
