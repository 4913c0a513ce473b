"""What each backend has of an operation defined from a function of Python, and the sentence where it has none."""

from __future__ import annotations

import math
import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograd import (
    DomainError,
    UsageError,
    Value,
    compile,  # noqa: A004 -- ours
    define_operation,
    play,
    to_javascript,
    to_numpy,
    to_python,
)

from ..support.browser import inflated
from ..support.special import cube_root, cube_roots, digamma, slope_of_cube_root, trigamma

pytestmark = pytest.mark.usefixtures("clean_table")

ROOT = Path(__file__).parents[2]


def graph(function: Callable[..., Any] = math.lgamma) -> tuple[Value, Value]:
    define_operation("digamma", digamma, {"x": trigamma}, "term by term of its series")
    lgamma = define_operation("lgamma", function, {"x": "digamma(x)"}, "digamma is called the slope of lgamma")
    x = Value(3.5, "x")
    return x, (lgamma(x) * x).named("L")


def wanted(x: float) -> list[float]:
    """The number of the graph, and its slope."""
    return [math.lgamma(x) * x, digamma(x) * x + math.lgamma(x)]


def test_a_program_calls_the_function() -> None:
    x, root = graph()
    program = compile(root, wrt=[x])
    value, gradients = program([], [2.5])
    assert [value, *gradients] == pytest.approx(wanted(2.5))
    trained = compile(root, inputs=[x], wrt=[])
    assert trained.over([[2.5], [3.5]], [])[0] == pytest.approx(wanted(2.5)[0] + wanted(3.5)[0])
    with pytest.raises(DomainError, match=r"lgamma, by its rule lgamma\(x\), has no answer at x = -1.0 \(named 'x'\)"):
        program([], [-1.0])


def test_a_program_is_pickled_by_the_names_of_its_functions(tmp_path: Path) -> None:
    x, root = graph()
    program = compile(root, wrt=[x])
    path = tmp_path / "program.pickle"
    path.write_bytes(pickle.dumps(program))
    load = f"import pickle; print(pickle.load(open({str(path)!r}, 'rb'))([], [2.5])[1])"
    run = subprocess.run([sys.executable, "-c", load], cwd=ROOT, check=True, capture_output=True, text=True)
    assert run.stdout.strip() == repr(program([], [2.5])[1])


def test_a_program_that_calls_a_lambda_is_not_pickled() -> None:
    x, root = graph(lambda x: math.lgamma(x))
    program = compile(root, wrt=[x])
    assert program([], [2.5])[1] == pytest.approx(wanted(2.5)[1:])
    with pytest.raises(UsageError) as caught:
        pickle.dumps(program)
    assert str(caught.value) == (
        "lgamma cannot be pickled, as no module has its function test_a_program_that_calls_a_lambda_is_not_pickled."
        "<locals>.<lambda> under that name: define it with def at the top of a module"
    )


def test_the_text_of_python_imports_the_function_where_a_module_has_it() -> None:
    x, root = graph()
    text = to_python(root)
    assert "from math import lgamma\n" in text
    assert f"from {digamma.__module__} import digamma\n" in text
    scope: dict[str, Any] = {}
    exec(text, scope)
    value, gradients = scope["backprop"](2.5)
    assert [value, gradients["x"]] == pytest.approx(wanted(2.5))
    assert x.op is None


def test_the_text_of_python_refuses_what_no_module_has() -> None:
    _, root = graph(lambda x: math.lgamma(x))
    with pytest.raises(
        UsageError, match=r"a text cannot import lgamma, as no module has its function .*<lambda> under"
    ):
        to_python(root)


def test_numpy_wants_the_array_function() -> None:
    x, root = graph()
    for make in (lambda: to_numpy(root), lambda: compile(root, wrt=[x], backend="numpy")):
        with pytest.raises(UsageError) as caught:
            make()
        assert str(caught.value) == (
            "digamma has no array code: it is a function of Python for one number at a time. Hand the one for NumPy's "
            "arrays to define_operation, as array_function, and give a partial as such an operation, too"
        )


def test_numpy_calls_the_array_function() -> None:
    root_of = define_operation(
        "cube_root", cube_root, {"x": "1 / (3 * out * out)"}, "cubing, undone", array_function=cube_roots
    )
    x, w = Value(8.0, "x"), Value(0.5, "w")
    loss = (root_of(w * x) ** 2).named("L")
    text = to_numpy(loss, inputs=[x], wrt=[w])
    assert "from tests.support.special import cube_roots as cube_root" in text
    scope: dict[str, Any] = {}
    exec(text, scope)
    samples = np.array([1.0, 8.0, 27.0])
    value, (gradient,) = scope["backprop"](samples, 1.0)
    assert value == pytest.approx(1.0 + 4.0 + 9.0)
    assert gradient == pytest.approx(sum(2 / 3 * x ** (2 / 3) for x in samples))
    program = compile(loss, inputs=[x], wrt=[w], backend="numpy")
    again = pickle.loads(pickle.dumps(program))
    assert again.over([[1.0], [8.0], [27.0]], [1.0]) == (pytest.approx(value), [pytest.approx(gradient)])
    with pytest.raises(DomainError, match="cube_root"):
        program.over([[0.0]], [1.0])


def test_a_partial_that_is_a_function_has_no_array_code() -> None:
    root_of = define_operation(
        "cube_root", cube_root, {"x": slope_of_cube_root}, "cubing, undone", array_function=np.cbrt
    )
    x = Value(8.0, "x")
    with pytest.raises(UsageError, match="d_cube_root_d_x has no array code"):
        to_numpy(root_of(x))
    assert "np.cbrt" not in to_numpy(root_of(x) + Value(1.0, "w"), inputs=[x])
    assert "from numpy import cbrt as cube_root" in to_numpy(root_of(x) + Value(1.0, "w"), inputs=[x])


def test_there_is_no_javascript_and_the_player_says_so() -> None:
    _, root = graph()
    with pytest.raises(UsageError, match="lgamma has no JavaScript, only Python: to_python can list this graph"):
        to_javascript(root)
    player = play(root, learning_rate=0.1)
    page = inflated(player._repr_html_())
    assert "No number can be changed here: lgamma has no JavaScript, only Python." in page
    assert "Start over" not in page
    assert player.film.sentence(len(player.film.shown) - 1).endswith("L was 4.203, and is now 2.058.")
