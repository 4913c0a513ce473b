"""Compiled functions: against the plain function, and what they refuse."""

from __future__ import annotations

import math
from itertools import pairwise
from random import Random
from typing import Any

import numpy as np
import pytest

import autograd
from autograd import (
    DomainError,
    UsageError,
    Value,
    compiled,
    define_operation,
    grad,
    hessian,
    hessian_vector_product,
    jacobian,
    jvp,
    log,
    maximum,
    no_grad,
    pick,
    record_lines,
    sqrt,
    tanh,
    value_and_grad,
    vjp,
)
from nn import MLP, binary_cross_entropy, mean_squared_error

from ..support.nested import check_compiled, flat


def test_random_functions_are_what_the_plain_ones_are() -> None:
    for seed in range(60):
        check_compiled(seed)


@pytest.mark.slow
@pytest.mark.parametrize("first", range(60, 500, 55))
def test_more_random_functions(first: int) -> None:
    for seed in range(first, first + 55):
        check_compiled(seed)


# What a function may do ----------------------------------------------------------------------------------------------


def test_values_from_outside_are_read_anew_and_numbers_are_fixed() -> None:
    w, factor = Value(3.0, "w"), 2.0
    f = compiled(lambda x: w * x * factor)
    assert f(2.0) == 12.0
    w.data, factor = 5.0, 100.0
    assert (f(2.0), f.cache_info().hits) == (20.0, 1)
    assert w.grad == 0.0


def test_a_value_computed_outside_keeps_its_number() -> None:
    w = Value(3.0, "w")
    h = w * 2
    f = compiled(lambda x: [h * x, h])
    assert f(2.0) == [12.0, 6.0]
    w.data = 5.0
    assert f(3.0) == [18.0, 6.0]  # as the plain function has it: h was computed before


def test_the_parameters_of_a_network() -> None:
    net = MLP(2, [3, 1], seed=1)

    @compiled
    def predicted(x: Any) -> Any:
        return net(x)

    for seed in range(3):
        assert predicted([0.5, -1.0]) == pytest.approx(net.predict([0.5, -1.0]), rel=1e-14)
        net.set_parameters(MLP(2, [3, 1], seed=seed + 5).named_parameters())
    assert predicted.cache_info().misses == 1
    as_argument = compiled(lambda net, x: net(x))
    assert as_argument(net, [1.0, 2.0]) == pytest.approx(net.predict([1.0, 2.0]), rel=1e-14)
    net.w1.data += 1.0
    assert as_argument(net, [1.0, 2.0]) == pytest.approx(net.predict([1.0, 2.0]), rel=1e-14)


@pytest.mark.parametrize("backend", ["python", "numpy", "auto"])
def test_what_derivatives_answer(backend: str) -> None:
    def f(p: Any, x: Any) -> Any:
        return p["w"][0] * x**2 + p["w"][1] * x

    def many(p: Any, x: Any) -> Any:
        return {"f": f(p, x), "w": (p["w"][0] * x, 3)}

    for other in (lambda p: p, lambda p: {"w": [2 * one for one in p["w"]]}):
        p, x = other({"w": [2.0, 5.0]}), 3.0
        for derivative in (
            grad(f),
            value_and_grad(f, 1),
            value_and_grad(f, (1, 0)),
            grad(grad(f, 1), 1),
            jacobian(many, (0, 1)),
            jacobian(f),
            hessian(f, (0, 1)),
            hessian(f),
            value_and_grad(lambda p, x: (f(p, x), {"aux": p["w"], "n": 2.0, "on": True}), has_aux=True),
            lambda p, x: jvp(f, (p, x), ({"w": [1.0, 0.0]}, 2.0)),
            lambda p, x: vjp(many, p, x)[1]({"f": 1.0, "w": (2.0, 1.0)}),
            lambda p, x: hessian_vector_product(f, 1)(p, x, 1.0),
            lambda p, x: x * grad(lambda y: x * y * p["w"][0])(2.0),  # which is called with a number, and depends on x
        ):
            assert compiled(derivative, backend=backend)(p, x) == derivative(p, x)


def test_results_that_are_arguments_constants_or_the_same_twice() -> None:
    w = Value(2.0)
    f = compiled(lambda x, y: {"x": x, "again": [x, x + y, w], "n": 3, "name": "f", "none": None, "on": True})
    wanted = {"x": 1.0, "again": [1.0, 3.0, 2.0], "n": 3.0, "name": "f", "none": None, "on": True}
    assert f(1, 2) == wanted
    assert type(f(1, 2)["n"]) is float
    assert compiled(lambda x: x)(2) == 2.0
    assert compiled(lambda x: 3)(2) == 3.0
    assert compiled(lambda: w)() == 2.0
    assert compiled(lambda x: [])(2.0) == []
    assert compiled(lambda x: (Value(3.0), x))(2.0) == (3.0, 2.0)
    f(1, 2)["again"].append(9.0)
    assert f(1, 2) == wanted


def test_arrays_in_and_out() -> None:
    @compiled
    def layer(w: Any, x: Any) -> Any:
        return {"out": np.tanh(w @ x), "sum": (w @ x).sum()}

    w, x = np.array([[1.0, 2.0], [3.0, 4.0], [0.5, 0.0]]), np.array([0.1, -0.2])
    for scale in (1.0, -2.0):
        found = layer(scale * w, x)
        assert found["out"].dtype == float
        assert found["out"] == pytest.approx(np.tanh(scale * w @ x), rel=1e-14)
        assert found["sum"] == pytest.approx((scale * w @ x).sum(), rel=1e-12)
    assert layer.cache_info().misses == 1
    step = compiled(value_and_grad(lambda w, x: ((w @ x) ** 2).sum()))
    assert step(w, x)[1] == pytest.approx(2 * np.outer(w @ x, x), rel=1e-12)


def test_a_large_function_runs_as_arrays_where_that_is_faster() -> None:
    def loss(w: Any, x: Any) -> Any:
        return sum(sum(a * b for a, b in zip(row, x, strict=True)).tanh() for row in w)

    random = Random(1)
    w, x = [[random.gauss(0, 0.1) for _ in range(40)] for _ in range(40)], [random.random() for _ in range(40)]
    found = {}
    for backend in ("python", "numpy", "auto"):
        f = compiled(value_and_grad(loss), backend=backend)
        found[backend] = f(w, x)
        (captured,) = f._shapes.values()
        is_array = isinstance(captured.program, autograd.ArrayProgram)
        assert is_array == (backend != "python")
    assert flat(found["numpy"][1]) == pytest.approx(flat(found["python"][1]), rel=1e-12)
    small = compiled(lambda x: x * x)
    small(2.0)
    assert not isinstance(next(iter(small._shapes.values())).program, autograd.ArrayProgram)


# What it refuses -----------------------------------------------------------------------------------------------------


def branch(x: Any, n: Any) -> Any:
    if x > 0:
        return x * n
    return -x


def repeated(x: Any, n: Any) -> Any:
    for _ in range(n):
        x = x * 2
    return x


def token(rows: Any, i: Any) -> Any:
    return rows[i] * 2


def left(x: Any, n: Any) -> Any:
    return math.exp(x) * n


def equal(x: Any, n: Any) -> Any:
    return x if n == 2 else 3 * x


def among(x: Any, n: Any) -> Any:
    return x if n in [1, 2] else 3 * x


def true(x: Any, n: Any) -> Any:
    return x if n else 3 * x


def later(x: Any, n: Any) -> Any:
    y = tanh(x * n)
    return y if y < 0.5 else -y


def paused(x: Any, n: Any) -> Any:
    with no_grad():
        return x * n


def whole(x: Any, n: Any) -> Any:
    return x * int(n)


@pytest.mark.parametrize(
    ("f", "line", "whose", "static"),
    [
        (branch, 1, "x", "'x',"),
        (repeated, 1, "n", "'n',"),
        (left, 1, "x", "'x',"),
        (equal, 1, "n", "'n',"),
        (among, 1, "n", "'n',"),
        (true, 1, "n", "'n',"),
        (later, 2, "a value computed from x, n", "'x', 'n'"),
        (paused, 2, "n", "'n',"),
        (whole, 1, "n", "'n',"),
    ],
)
def test_who_looks_at_a_number_is_told_where_and_what_to_do(f: Any, line: int, whose: str, static: str) -> None:
    with pytest.raises(UsageError) as caught:
        compiled(f)(2.0, 2)
    message = str(caught.value)
    assert message.startswith(f"line {f.__code__.co_firstlineno + line}, `")
    assert f"looks at the number of {whose if f is not paused else 'x'} while {f.__name__} is recorded" in message
    assert "maximum(x, y), or where(x - y, a, b), for a branch" in message
    assert f"compiled(f, static=({static if f is not paused else repr('x') + ','}))" in message
    with_static = compiled(f, static=("x", "n"))
    assert with_static(2.0, 2) == pytest.approx(float(f(Value(2.0).data if f is left else 2.0, 2)))


@pytest.mark.parametrize("backend", ["python", "numpy"])
def test_a_choice_that_is_recorded_goes_both_ways(backend: str) -> None:
    def cheaper(x: Any, y: Any) -> Any:
        return autograd.where(x - y, 3 * y, x * x) + x % y + autograd.clip(x, 0, 1)

    program = compiled(value_and_grad(cheaper, (0, 1)), backend=backend)
    for x, y in ((0.5, 2.0), (5.0, 2.0), (-1.0, 3.0)):
        chosen, slopes = (3 * y, [0.0, 3.0]) if x > y else (x * x, [2 * x, 0.0])
        value, gradients = program(x, y)
        assert value == chosen + x % y + min(max(x, 0), 1)
        assert gradients == (slopes[0] + 1 + (0 < x < 1), slopes[1] - x // y)
    assert program.cache_info().misses == 1


def test_an_index_is_told_and_the_token_trap_is_shut() -> None:
    rows = [1.0, 10.0, 100.0]
    with pytest.raises(
        UsageError, match=r"`return rows\[i\] \* 2`, looks at the number of i .*pick\(rows, i\) for rows"
    ):
        compiled(token)(rows, 1)

    letters = ".abov"

    def loss(table: Any, tokens: Any) -> Any:
        return sum((table[a] - table[b]) ** 2 for a, b in pairwise(tokens))

    table = [0.5, 1.0, -2.0, 3.0, 0.25]
    words = {word: [letters.index(letter) for letter in word] for word in ("ava", "bob")}
    with pytest.raises(UsageError, match=r"looks at the number of tokens\[0\].*static=\('tokens',\)"):
        compiled(loss)(table, words["ava"])
    right = compiled(value_and_grad(loss), static="tokens")
    for word in ("ava", "bob", "ava"):
        assert right(table, words[word]) == value_and_grad(loss)(table, words[word])
    assert right.cache_info()[:2] == (1, 2)


@pytest.mark.parametrize("backend", ["python", "numpy"])
def test_tokens_are_data_with_pick(backend: str) -> None:
    def loss(table: Any, tokens: Any, at: Any = pick) -> Any:
        return sum((x - y) ** 2 for a, b in pairwise(tokens) for x, y in zip(at(table, a), at(table, b), strict=True))

    table = [[0.5, 1.0], [-2.0, 3.0], [0.25, -1.0], [4.0, 0.0]]
    step = compiled(value_and_grad(loss), backend=backend)
    for tokens in ([0, 3, 0], [1, 2, 1], [2, 2, 2]):
        plain = value_and_grad(lambda table, tokens=tokens: loss(table, tokens, lambda rows, i: rows[i]))
        value, slopes = plain(table)
        found = step(table, tokens)
        assert found[0] == pytest.approx(value, rel=1e-12)
        assert flat(found[1]) == pytest.approx(flat(slopes), rel=1e-12, abs=1e-12)
    assert step.cache_info()[:2] == (2, 1)
    with pytest.raises(DomainError, match=r"no answer at index = 4\.0 \(named 'tokens\[1\]'\).*from 0 to 3, not 4"):
        step(table, [0, 4, 0])
    with pytest.raises(DomainError, match=r"not 1\.5"):
        step(table, [0, 1.5, 0])


def test_what_else_leaves_the_graph_is_refused() -> None:
    w = Value(2.0, "w")

    def assigns(x: Any) -> Any:
        w.data = 3.0
        return x * w

    def differentiates(x: Any) -> Any:
        y = x * w
        y.backward()
        return w.grad

    with pytest.raises(UsageError, match=r"`w\.data = 3\.0`, assigns the number of w .*assign it outside"):
        compiled(assigns)(1.0)
    with pytest.raises(UsageError, match=r"`y\.backward\(\)`, looks at the number of a value computed from x"):
        compiled(differentiates)(1.0)
    with pytest.raises(UsageError, match=r"looks at the number of w while <lambda> is recorded.*pick\(rows, i\) for"):
        compiled(lambda x: x * w.data)(1.0)
    with pytest.raises(UsageError, match="looks at the number of x"):
        compiled(lambda x: f"{x}")(1.0)
    assert (w.data, w.grad) == (2.0, 0.0)
    with pytest.raises(UsageError, match="looks at the number of y"):
        compiled(lambda x, y: binary_cross_entropy(x.sigmoid(), y))(1.0, 1.0)
    assert compiled(lambda x, y: mean_squared_error(x, y))(1.0, 3.0) == 4.0


def test_it_records_inside_no_grad() -> None:
    with no_grad():
        assert compiled(value_and_grad(lambda x: x**3))(2.0) == (8.0, 12.0)


def test_after_a_refusal_nothing_is_kept() -> None:
    f = compiled(branch)
    for _ in range(2):
        with pytest.raises(UsageError):
            f(1.0, 2.0)
    assert f.cache_info() == (0, 0, 32, 0)
    assert Value(2.0) > 1.0  # and looking is allowed again
    assert grad(lambda x: x if x > 0 else -x)(2.0) == 1.0


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ({1, 2}, r"p\['s'\] is a set, of which a compiled function cannot see whether it is another one"),
        (iter([1.0]), r"p\['s'\] is a list_iterator"),
        ((x for x in [1.0]), r"p\['s'\] is a generator"),
    ],
)
def test_arguments_that_cannot_be_compared_are_refused(argument: Any, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        compiled(lambda p: p["x"])({"x": 1.0, "s": argument})


def test_a_static_argument_that_cannot_be_compared_is_refused() -> None:
    with pytest.raises(UsageError, match="p is a dict, of which a compiled function cannot see"):
        compiled(lambda x, p: x, static="p")(1.0, {"s": {1, 2}})
    assert compiled(lambda x, p: x * len(p), static="p")(2.0, {"s": [1.0, None]}) == 2.0


def test_results_that_are_no_numbers_are_refused() -> None:
    with pytest.raises(
        UsageError, match=r"the result\['y'\] of <lambda> is a set; a compiled function returns numbers"
    ):
        compiled(lambda x: {"x": x, "y": {x}})(1.0)
    with pytest.raises(UsageError, match="the result of <lambda> is a generator"):
        compiled(lambda x: (y for y in [x]))(1.0)


# Numbers -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("backend", ["python", "numpy"])
def test_errors_of_the_domain_name_the_argument(backend: str) -> None:
    f = compiled(lambda p, x: log(p["scale"][1]) * x, backend=backend)
    assert f({"scale": [0.0, math.e]}, 2.0) == pytest.approx(2.0)
    with pytest.raises(DomainError) as caught:
        f({"scale": [0.0, -1.0]}, 2.0)
    assert str(caught.value).startswith("log, by its rule log(x), has no answer at x = -1.0 (named \"p['scale'][1]\")")
    slope = compiled(grad(sqrt), backend=backend)
    assert slope(4.0) == 0.25
    with pytest.raises(DomainError, match=r"the gradient of sqrt, .* at x = 0\.0 \(named 'x'\)"):
        slope(0.0)
    with pytest.raises(DomainError, match="log, by its rule"):
        compiled(lambda x: log(x), backend=backend)(-1.0)


@pytest.mark.parametrize("backend", ["python", "numpy"])
def test_numbers_that_are_not_finite_are_those_of_the_engine(backend: str) -> None:
    f = compiled(lambda x, y: [x * y, x - x, sqrt(y)], backend=backend)
    assert f(2.0, 4.0) == [8.0, 0.0, 2.0]
    big = f(1e200, 1e200)
    assert big == [math.inf, 0.0, 1e100]
    # No partial is computed for a value: sqrt at 0 has none, and here nobody wants one.
    strange = f(math.inf, 0.0)
    assert strange[2] == 0.0
    assert all(math.isnan(one) for one in strange[:2])
    with pytest.raises(DomainError):
        compiled(lambda x: 1 / x, backend=backend)(0.0)


def test_operations_of_your_own(clean_table: None) -> None:
    bell = define_operation("bell", "exp(-x * x)", {"x": "-2 * x * out"}, "it falls off on both sides of 0")
    for backend in ("python", "numpy"):
        assert compiled(value_and_grad(bell), backend=backend)(0.5) == pytest.approx(
            (math.exp(-0.25), -math.exp(-0.25)), rel=1e-14
        )


def test_lines_are_not_kept_and_values_stay_their_own() -> None:
    kept: list[Any] = []

    def f(x: Any) -> Any:
        kept.append(maximum(x, 1.0))
        return kept[-1]

    with record_lines():
        assert compiled(f)(2.0) == 2.0
    assert len(kept) == 1
    assert kept[0].data == 2.0
