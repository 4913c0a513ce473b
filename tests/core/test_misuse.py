"""What people write who know another library, or forget that a Value is no number, is told in words that mend it."""

from __future__ import annotations

import copy
import math
import operator
import shutil
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd
from autograd import UsageError, Value, exp, grad, hessian, jacobian, no_grad, value_and_grad

untyped_value: Any = Value
DERIVATIVES: list[Callable[..., Any]] = [grad, value_and_grad, jacobian, hessian]


def warned(compute: Callable[[], object]) -> list[warnings.WarningMessage]:
    """The warnings, as Python shows them unless it is told otherwise: once a line."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("default")
        compute()
    return caught


# Leaving the graph by float(v) ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("derivative", DERIVATIVES)
def test_float_of_a_value_warns_where_a_derivative_is_taken(derivative: Callable[..., Any]) -> None:
    def f(b: Any) -> Any:
        c = np.zeros(2)
        c[0] = b * b
        return b * c[0]

    found = warned(lambda: derivative(f)(3.0))
    line = f.__code__.co_firstlineno + 2
    assert {(one.filename, one.lineno, one.category) for one in found} == {(__file__, line, UserWarning)}
    assert "float(v) leaves the graph" in str(found[0].message)
    assert "autograd.exp(v), not math.exp(v)" in str(found[0].message)


def test_it_warns_once_a_line() -> None:
    def f(x: Any) -> Any:
        total = x
        for _ in range(5):
            total = total + math.exp(x)
        return total + math.sin(x)

    found = warned(lambda: [grad(f)(1.0), grad(f)(2.0)])
    first = f.__code__.co_firstlineno
    assert [one.lineno - first for one in found] == [3, 4]


@pytest.mark.parametrize("look", [math.exp, float, round, math.floor, lambda v: round(v, 2), lambda v: np.float64(v)])
def test_whatever_makes_a_float_of_a_value_warns(look: Callable[..., Any]) -> None:
    with pytest.warns(UserWarning, match=r"float\(v\) leaves the graph"):
        grad(lambda x: x * look(x))(2.0)


@pytest.mark.parametrize(
    "look", [lambda v: v.data, lambda v: v < 2, lambda v: f"{v:.3f} {v} {v!r}", lambda v: 1.0, copy.copy]
)
def test_data_comparisons_and_printing_stay_as_they_are(look: Callable[..., Any]) -> None:
    def f(x: Any) -> Any:
        look(x)
        return x * x

    assert grad(f)(3.0) == 6.0


def test_float_of_a_value_is_silent_elsewhere() -> None:
    x = Value(2.0)
    assert float(x) + math.exp(x) == 2.0 + math.exp(2.0)
    assert warned(lambda: (float(x), round(x, 1), math.exp(x))) == []
    assert grad(lambda y: y * grad(lambda z: z * y)(1.0))(3.0) == 6.0  # ours makes floats, and is not told


# Comparing with a number ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "compare",
    [
        lambda x: x == 2,
        lambda x: x == 2.0,
        lambda x: 2.0 == x,  # noqa: SIM300 -- a number on the left is another way to ask
        lambda x: x != 2,
        lambda x: x == np.float64(2.0),
        lambda x: np.float64(2.0) == x,
        lambda x: np.float64(2.0) != x,
        lambda x: x == np.array(2.0),
        lambda x: 2 in [x, x],
        lambda x: x in [1, 2],
        lambda x: [x].count(2),
    ],
)
def test_equality_with_a_number_is_refused_where_a_derivative_is_taken(compare: Callable[..., Any]) -> None:
    def f(x: Any) -> Any:
        return 10 * x if compare(x) else x

    for derivative in DERIVATIVES:
        with pytest.raises(UsageError, match=r"is never true: .*\.data == .*for `in`"):
            derivative(f)(2.0)
    with pytest.warns(UserWarning, match=r"Write v\.data == number"):
        compare(Value(2.0))


def test_the_mend_of_an_equality_names_value_and_number_and_works() -> None:
    with pytest.raises(UsageError, match=r"Value\(2\.0, 'x'\) == 2 is never true.*Write x\.data == 2,"):
        grad(lambda x: x.named("x") == 2)(2.0)
    assert value_and_grad(lambda x: 10 * x if x.data == 2 else x)(2.0) == (20.0, 10.0)


def test_equality_with_a_number_warns_once_a_line_elsewhere() -> None:
    xs = [Value(1.0), Value(2.0)]

    def ask() -> list[bool]:
        return [x == 2.0 for x in xs * 3]

    found = warned(ask)
    assert [(one.filename, one.lineno) for one in found] == [(__file__, ask.__code__.co_firstlineno + 1)]
    assert "number in values" in str(found[0].message)


def test_equality_of_values_stays_identity_without_a_word() -> None:
    x, y = Value(1.0), Value(1.0)
    assert warned(lambda: (x == y, x != y, x == x, x in {x, y}, x in [y, x], {x: 1}[x], x == "x", x is None)) == []

    def f(a: Any) -> Any:
        assert a == a
        assert a != x
        assert a in [x, a]
        return a * a

    assert grad(f)(3.0) == 6.0


def test_a_value_as_condition_warns_where_a_derivative_is_taken() -> None:
    def f(x: Any) -> Any:
        return x * 2 if x else x

    with pytest.warns(UserWarning, match=r"always true.*write `if v.data != 0:`"):
        assert grad(f)(0.0) == 2.0
    assert warned(lambda: f(Value(0.0))) == []


# NumPy's functions ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("compute", "mend"),
    [
        (np.exp, r"np\.exp computes with arrays.*write autograd\.exp\(v\)"),
        (np.tanh, r"autograd\.tanh\(v\)"),
        (lambda v: np.maximum(v, 0.0), r"autograd\.maximum\(v, w\)"),
        (lambda v: np.logaddexp(0.0, v), r"autograd\.logaddexp\(v, w\)"),
        (np.cbrt, r"np\.cbrt computes.*autograd\.exp and its like.*define_operation"),
        (np.arcsin, r"autograd\.asin\(v\)"),
        (lambda v: np.arctan2(v, 1.0), r"autograd\.atan2\(v, w\)"),
        (np.floor, r"autograd\.floor\(v\)"),
        (np.abs, r"abs\(v\)"),
        (np.square, r"v \*\* 2"),
        (lambda v: np.add.outer(v, v), r"np\.add"),
        (lambda v: np.add(v, v, out=np.zeros(1)), r"np\.add"),
    ],
)
def test_numpys_functions_name_ours(compute: Callable[..., Any], mend: str) -> None:
    with pytest.raises(UsageError, match=mend):
        compute(Value(2.0))


@pytest.mark.parametrize("number", [np.float64(2.0), np.float32(2.0), np.int64(2), np.array(2.0)])
def test_numpys_numbers_are_computed_with_on_either_side(number: Any) -> None:
    v = Value(3.0)
    for compute in (operator.add, operator.sub, operator.mul, operator.truediv, operator.pow, operator.mod):
        for left, right in ((number, v), (v, number)):
            out = compute(left, right)
            assert isinstance(out, Value)
            assert out.data == compute(float(left), float(right))
            assert out.inputs == (v,)
    for compare in (operator.lt, operator.le, operator.gt, operator.ge):
        assert compare(number, v) is compare(2.0, 3.0)
        assert compare(v, number) is compare(3.0, 2.0)
    for doubled in (np.array([1.0, 2.0]) * v, v * np.array([1.0, 2.0])):
        assert [one.data for one in doubled] == [3.0, 6.0]
        assert doubled[0].inputs == (v,)
    assert sum(np.array([v, v])).data == 6.0


# Names that other libraries have -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "ours"),
    [
        ("label", "v.name"),
        ("_prev", "v.inputs"),
        ("_children", "v.inputs"),
        ("_op", "v.op"),
        ("_backward", "v.op.partials"),
        ("item", "v.data"),
        ("numpy", "v.data"),
        ("gradient", "v.grad"),
        ("value", "v.data"),
        ("requires_grad", "v.role"),
        ("grad_fn", "v.op"),
        (
            "m",
            "the optimiser's to keep, as nn.Adam does, or yours, in a dictionary such as {p: 0.0 for p in parameters}",
        ),
        ("velocity", "the optimiser's to keep"),
    ],
)
def test_attributes_of_other_libraries_name_ours(name: str, ours: str) -> None:
    v: Any = Value(2.0, "a") * 3
    for ask in (lambda: getattr(v, name), lambda: setattr(v, name, 1)):
        with pytest.raises(UsageError) as caught:
            ask()
        assert f"a Value has no {name!r}; here it is {ours}" in str(caught.value)
        assert isinstance(caught.value, AttributeError)
    assert not hasattr(v, name)
    assert getattr(v, name, None) is None
    assert name not in dir(v)
    assert {"data", "grad", "tanh"} <= set(dir(v))


def test_keywords_of_other_libraries_name_ours() -> None:
    with pytest.raises(UsageError, match=r"Value\(data, name\) has no argument 'label'; write name='a'"):
        untyped_value(2.0, label="a")
    with pytest.raises(UsageError, match=r"Value\(data, name\) has no argument '_children'$"):
        untyped_value(2.0, _children=())
    for derivative in DERIVATIVES:
        with pytest.raises(UsageError, match=r"\(f, argnums\) has no argument 'argnum'; write argnums=1"):
            derivative(lambda x, y: x * y, argnum=1)


def test_an_import_of_everything_leaves_pythons_own_names_alone() -> None:
    namespace: dict[str, Any] = {}
    exec("from autograd import *", namespace)
    import builtins

    assert not (set(namespace) & set(dir(builtins))) - {"__builtins__", "__doc__", "__name__"}
    assert namespace["exp"] is exp
    assert namespace.get("compile") is None
    assert "compile" in dir(autograd)


# A grad that is no number --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wrong", [None, "0", Value(0.0), [0.0]])
def test_a_grad_that_is_no_number_is_told_with_the_value_and_the_mend(wrong: Any) -> None:
    w, x = Value(2.0, "w"), Value(3.0, "x")
    loss = w * x
    w.grad = wrong
    with pytest.raises(UsageError, match=r"the grad of Value\(2\.0, 'w'\) is .*call .*zero_grad\(\)"):
        loss.backward()
    assert (w.grad, x.grad) == (wrong, 0.0)
    w.zero_grad()
    loss.backward()
    assert w.grad == 3.0


def test_grads_that_are_other_numbers_are_added_to() -> None:
    for given in (0, True, np.float64(1.0)):
        w = Value(2.0)
        w.grad = given
        (w * 3).backward()
        assert w.grad == 3.0 + float(given)
    w = Value(2.0)
    y = w * 3
    y.grad = None  # type: ignore[assignment] # an interior value's is set anew
    y.backward()
    assert w.grad == 3.0


def test_no_grad_does_not_hide_a_float() -> None:
    def f(x: Any) -> Any:
        with no_grad():
            shown = float(x)
        return x * shown

    assert len(warned(lambda: grad(f)(2.0))) == 1


# PyPI's other autograd -----------------------------------------------------------------------------------------------

ROOT = Path(__file__).parents[2]
# What its files ask of each other.
ITS_INIT = "from autograd.core import primitive_with_deprecation_warnings as primitive\n"
ITS_NUMPY = "from autograd.extend import primitive, defvjp\n"


@pytest.mark.parametrize(
    ("init", "statement", "words"),
    [
        (ITS_INIT, "import autograd", "PyPI's package autograd and stepgrad are both installed here"),
        (ITS_INIT, "from autograd import Value", "PyPI's package autograd and stepgrad are both installed here"),
        (ITS_INIT, "import nn", "PyPI's package autograd and stepgrad are both installed here"),
        (None, "import autograd.numpy", "PyPI's package autograd and stepgrad are both installed here"),
        ("def grad(f): ...\n", "import nn", "nn needs stepgrad's autograd; here `import autograd` finds "),
        ("def grad(f): ...\n", "from nn import MLP", "pip uninstall autograd"),
    ],
)
def test_the_other_autograd_in_the_same_folder_is_told(
    init: str | None, statement: str, words: str, tmp_path: Path
) -> None:
    for package in ("autograd", "nn"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "autograd" / "numpy.py").write_text(ITS_NUMPY)
    if init is not None:
        (tmp_path / "autograd" / "__init__.py").write_text(init)
    run = subprocess.run([sys.executable, "-c", statement], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert run.returncode == 1
    last = run.stderr.splitlines()[-1]
    assert last.startswith("ImportError: ")
    assert words in last


def test_names_that_are_missing_are_missing_for_everyone_else() -> None:
    for module in (autograd.core, autograd.extend):
        assert not hasattr(module, "defvjp")
        with pytest.raises(AttributeError, match=f"module '{module.__name__}' has no attribute 'defvjp'"):
            module.defvjp  # noqa: B018 -- asking is what is tested
