"""Generated JavaScript, run in Chromium: the numbers of Python, and an error in words where Python raises."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path
from random import Random
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from playwright.sync_api import Error as PlaywrightError

from autograd import (
    DomainError,
    Trace,
    UsageError,
    Value,
    define_operation,
    grad,
    logaddexp,
    maximum,
    to_javascript,
    to_python,
    trace,
)
from autograd.codegen import javascript
from autograd.codegen.javascript import steps_in_javascript
from autograd.core.op import VALUES
from autograd.core.operations import recorder
from autograd.core.primitives import JAVASCRIPT, LIST_PRIMITIVES, PRIMITIVES
from autograd.notation.mathematics import DIGITS_IN_JAVASCRIPT, digits
from autograd.views.steps import steps_of
from nn import MLP, mean_squared_error
from nn.articles import ARTICLES, one_sample

from ..support.browser import opened
from ..support.graphs import HOSTILE, articles_loss, hostile_graph, random_graph, untrained
from ..support.rows import ROWS, operands_of, points_of

GOLDEN = Path(__file__).parent / "golden" / "backprop.js"

# Words that mean something in JavaScript and nothing, or something else, in Python.
_WORDS = """var let const function new this typeof void null undefined NaN Infinity Math Number Object Error arguments
eval static async of get set enum default export public package interface delete switch case throw catch debugger
__proto__ constructor toString valueOf prototype real divide computing noAnswer data grads steps partials edges place
Array console window globalThis await yield"""
WORDS = _WORDS.split()

# Modules are told apart by what is in them, so that none is loaded twice.
_RUN = """async (programs) => Promise.all(programs.map(async ([source, points], number) => {
  const url = URL.createObjectURL(new Blob([source, "// " + number], { type: "text/javascript" }));
  const { backprop, ...others } = await import(url);
  if (Object.keys(others).length) throw new Error("exports more: " + Object.keys(others));
  return points.map((point) => {
    try {
      const [value, gradients] = backprop(...point);
      return { value, gradients: Object.entries(gradients) };
    } catch (error) {
      return { error: String(error), ...error };
    }
  });
}))"""
_STEPS = """(programs) => programs.map(([source, points]) => {
  const compute = (0, eval)(source);
  return points.map((point) => {
    try {
      return compute(...point);
    } catch (error) {
      return { error: String(error), ...error };
    }
  });
})"""


@pytest.fixture(scope="module")
def page(chromium: Browser) -> Iterator[Page]:
    one = chromium.new_page()
    yield one
    one.close()


def answers(page: Page, programs: Sequence[tuple[str, Sequence[Sequence[float]]]]) -> list[list[dict[str, Any]]]:
    """What each module's backprop says at each of its points, all in one go."""
    found: list[list[dict[str, Any]]] = page.evaluate(_RUN, [[text, [*map(list, points)]] for text, points in programs])
    return found


def scale(numbers: Any) -> float:
    return max((abs(number) for number in numbers if math.isfinite(number)), default=0.0)


def check(page: Page, roots: Sequence[Value]) -> None:
    """Each root's module gives the recorded value and the gradients of a fresh backward, under Python's names; and the
    function for the player gives every number of every step.
    """
    lines = [trace(root) for root in roots]
    points = [[[leaf.number for leaf in one.leaves]] for one in lines]
    said = answers(page, [(to_javascript(root), at) for root, at in zip(roots, points, strict=True)])
    stepped = page.evaluate(_STEPS, [[steps_in_javascript(one), at] for one, at in zip(lines, points, strict=True)])
    for root, one, (answer,), (numbers,) in zip(roots, lines, said, stepped, strict=True):
        assert "error" not in answer, answer["error"]
        for line in one:
            line.value.grad = 0.0
        root.backward()
        wanted = [leaf for leaf in one.leaves if leaf.value.role == "parameter"] or one.leaves
        gradients = dict(answer["gradients"])
        assert [*gradients] == [leaf.target for leaf in wanted]
        agree([answer["value"]], [root.data])
        agree([*gradients.values()], [leaf.value.grad for leaf in wanted])
        check_steps(one, numbers)


def check_steps(lines: Trace, numbers: dict[str, Any]) -> None:
    """Every number of every step is that of Python."""
    assert "error" not in numbers, numbers
    assert [*numbers] == ["data", "grads", "steps"]
    steps = steps_of(lines)
    last = {step.to: step.after for step in steps}
    fields = ("upstream", "partial", "contribution", "before", "after")
    agree(numbers["data"], [line.number for line in lines])
    agree(numbers["grads"], [last.get(line.value, 0.0) for line in lines])
    assert all((*step,) == fields for step in numbers["steps"])
    found = [[step[name] for name in fields] for step in numbers["steps"]]
    for some, step in zip(found, steps, strict=True):
        agree(some, [getattr(step, name) for name in fields])


def agree(found: Sequence[float], wanted: Sequence[float]) -> None:
    """To 1e-12, of a number itself or of the largest beside it; as pytest.approx, and a hundred times as fast."""
    near = 1e-12 * scale(wanted)
    for one, right in zip(found, wanted, strict=True):
        is_nan = math.isnan(one) and math.isnan(right)
        assert is_nan or math.isclose(one, right, rel_tol=1e-12, abs_tol=near), (found, wanted)


def test_the_golden_module() -> None:
    assert to_javascript(articles_loss()[1]) == GOLDEN.read_text(encoding="utf-8")


def test_the_golden_module_computes_the_articles_figures(page: Page) -> None:
    (((answer,),)) = answers(page, [(GOLDEN.read_text(encoding="utf-8"), [[-2, -1, 1, *[1, 1, 0] * 3]])])
    gradients = dict(answer["gradients"])
    assert answer["value"] == pytest.approx(0.22686628719087137, rel=1e-12)
    assert gradients["w1"] == pytest.approx(0.02146953526581111, rel=1e-12)
    assert gradients["b3"] == pytest.approx(-0.23761755952842809, rel=1e-12)


def test_every_article(page: Page) -> None:
    check(page, [one_sample(name, untrained(name)) for name in ARTICLES])


def test_every_row_of_the_table(page: Page) -> None:
    random = Random(0)
    roots = []
    for op in ROWS:
        record = VALUES.get(op.name) or recorder(op)
        for _ in range(5):
            point = operands_of(op, random)
            leaves = [Value(number, f"v{index}") for index, number in enumerate(point)]
            roots += [record(*leaves), record(*[leaf * 1.25 - leaf / 4 for leaf in leaves]) * leaves[0]]
            if len(leaves) > 1:
                roots += [record(leaves[0], *point[1:]), record(*point[:-1], leaves[-1])]
    check(page, roots)


@pytest.mark.parametrize("graphs", [60, pytest.param(300, marks=pytest.mark.slow)])
def test_random_graphs_with_fan_out(page: Page, graphs: int) -> None:
    random = Random(31)
    check(page, [random_graph(random)[1] for _ in range(graphs)])


def test_hostile_names(page: Page) -> None:
    several = [Value(0.5 + 0.01 * place, name) for place, name in enumerate(WORDS)]
    total: Any = 0.0
    for leaf in several:
        total = total + (leaf * leaf + 1.0).named(leaf.name).sigmoid()
    roots = [hostile_graph()[1], total.named("var")]
    # Each alone, as the leaf and as the root.
    roots += [(Value(1.5, name) / 2 + Value(0.5, name).log()).named(name) for name in [*HOSTILE, *WORDS]]
    check(page, roots)


def test_a_script_element_takes_both_texts_whatever_the_names(chromium: Browser, tmp_path: Path) -> None:
    names = ["</script>", "<!--", "<script>", "]]>", "\u2028", "&lt;", "\\", "*/", "${x}", "`"]
    product = sum((Value(1.0 + place, name).log() for place, name in enumerate(names)), Value(0.5, "</SCRIPT"))
    root = (product / Value(2.0, "-->")).named("<!--<script>")
    module, steps = to_javascript(root), steps_in_javascript(trace(root))
    for text in (module, steps):
        assert not re.search(r"<[/!s]", text, re.IGNORECASE)
    point = ", ".join(repr(leaf.number) for leaf in trace(root).leaves)
    document = tmp_path / "page.html"
    document.write_text(
        f'<!doctype html><meta charset="utf-8"><title>{escape("<script>")}</title>'
        f"<script>const compute = {steps}; const numbers = compute({point});</script>"
        f"<script type=module>{module}\nwindow.answer = backprop({point});</script>",
        encoding="utf-8",
    )
    with opened(chromium, document.as_uri()) as page:
        assert page.evaluate("answer[0]") == pytest.approx(root.data, rel=1e-12)
        assert page.evaluate("numbers.data.at(-1)") == pytest.approx(root.data, rel=1e-12)
        assert page.evaluate("document.body.innerText.trim()") == ""


def test_constants_and_signs(page: Page) -> None:
    x, y, neg = Value(0.5, "x"), Value(-2.0, "Infinity"), VALUES["neg"]
    roots = [
        x * math.inf,
        x + math.nan,
        x * -math.inf + y,
        (y * -0.0 + x) * 1e300,
        x * 1e-300 * 1e-300 * 1e300 * y,
        x * 1e200 * 1e-200 + 2**60 * x,
        (x - (-2.0)) ** 2 - (-2.0) * y,
        (x + 1) ** -2,
        2**x - x**0 + x**1 + (x * x) ** 0.5 + y**3,
        0.0**x,
        1 / 3 * x / 7 * 2 / 4,
        x.log() / -3 + 5 / (-x),
        -(x * -1) - (-y),
        neg(neg(x)),
        neg(neg(neg(y))) - neg(neg(x)),
        -(Value(1.0, "a") * -1e-300),
        (-x) ** 2 + neg(neg(x)) ** 3,
        maximum(x, 3) ** 40,
        logaddexp(x, x * 1.0),
        x - -1 - -y,
    ]
    check(page, roots)


@pytest.mark.slow
def test_numbers_at_the_edges_are_those_of_python(page: Page) -> None:
    """Where Python answers, the same answer; where it raises, an error: at zeros, ties, infinities and what is huge."""
    edges = [0.0, -0.0, 1.0, -1.0, 0.5, 2.0, -3.0, 710.0, -800.0, 1e200, -1e-320, math.inf, -math.inf, math.nan]
    programs, wanted = [], []
    for op in ROWS:
        record = VALUES.get(op.name) or recorder(op)
        root = record(*[Value(number, f"v{place}") for place, number in enumerate(points_of(op)[-1])])
        points = [[x, y, z][: len(op.inputs)] for x in edges for y in edges for z in edges]
        points = [*{tuple(map(repr, point)): point for point in points}.values()]
        namespace: dict[str, Any] = {}
        exec(to_python(root), namespace)
        programs.append((to_javascript(root), points))
        wanted.append([in_python(namespace["backprop"], point) for point in points])
    for (text, points), said, right in zip(programs, answers(page, programs), wanted, strict=True):
        for point, answer, numbers in zip(points, said, right, strict=True):
            where = f"{text}\n{point}: {answer}, in Python {numbers}"
            if numbers is None:
                assert answer.get("name") == "DomainError", where
            else:
                found = [answer["value"], *dict(answer["gradients"]).values()] if "value" in answer else None
                assert found == pytest.approx(numbers, rel=1e-12, nan_ok=True), where


def test_erf_and_its_complement_to_thirteen_digits(page: Page) -> None:
    """JavaScript has none: they are computed by series and continued fraction, against Python's math."""
    points = [[x / 50] for x in range(-400, 1300)] + [[1e-300], [-1e-17], [1.5], [math.nextafter(1.5, 2)]]
    programs = [(to_javascript(VALUES[name](Value(0.5, "x"))), points) for name in ("erf", "erfc", "gelu")]
    for function, said in zip((math.erf, math.erfc, PRIMITIVES["gelu"]), answers(page, programs), strict=True):
        for (x,), answer in zip(points, said, strict=True):
            assert math.isclose(answer["value"], function(x), rel_tol=2e-13, abs_tol=1e-300), (function, x)


def in_python(backprop: Any, point: Sequence[float]) -> list[float] | None:
    try:
        value, gradients = backprop(*point)
    except (ArithmeticError, ValueError):
        return None
    return [value, *gradients.values()]


@pytest.mark.parametrize(
    ("record", "numbers", "value", "rule"),
    [
        (lambda x: x.log(), [-1.0], "y", "log(x)"),
        (lambda x: x.log(), [0.0], "y", "log(x)"),
        (lambda x: x.exp(), [1000.0], "y", "exp(x)"),
        (lambda x: x.sqrt(), [-4.0], "y", "sqrt(x)"),
        (lambda x: x.sin(), [math.inf], "y", "sin(x)"),
        (lambda x, z: x / z, [1.0, 0.0], "y", "x / y"),
        (lambda x: x**0.5, [-1.0], "y", "x ** y"),
        (lambda x: x**-1, [0.0], "y", "x ** y"),
        (lambda x: x**2, [1e200], "y", "x ** y"),
    ],
)
def test_an_error_names_value_and_rule_and_says_why_as_the_engine_does(
    page: Page, record: Any, numbers: list[float], value: str, rule: str
) -> None:
    leaves = [Value(1.5, name) for name in ("x", "z")[: len(numbers)]]
    ((answer,),) = answers(page, [(to_javascript(record(*leaves).named("y")), [numbers])])
    assert (answer["name"], answer["value"], answer["rule"]) == ("DomainError", value, rule)
    with pytest.raises(DomainError) as raised:
        record(*[Value(number) for number in numbers])
    _, _, why = str(raised.value).partition(": ")
    at = ", ".join(f"{name} = {number}" for name, number in answer["operands"].items()).replace("inf", "Infinity")
    assert answer["error"] == f"DomainError: y: {rule} has no answer at {at}: {why}"
    assert [*answer["operands"].values()][: len(numbers)] == numbers


def test_an_error_in_a_partial_names_it(page: Page) -> None:
    x = Value(4.0, "x")
    root = (x.sqrt().named("half") * 3).named("L")
    ((answer,),) = answers(page, [(to_javascript(root), [[0.0]])])
    assert answer["error"] == (
        "DomainError: ∂L/∂x: x / y has no answer at x = 3, y = 0: it divides by zero. Keep the divisor away from 0."
    )
    assert answer["value"] == "x"
    ((numbers,),) = page.evaluate(_STEPS, [[steps_in_javascript(trace(root)), [[0.0]]]])
    assert numbers["error"].startswith("DomainError: ∂half/∂x: x / y has no answer at ")
    assert numbers["value"] == "half"
    assert trace(root).labels.get(numbers["value"], numbers["value"]) in [line.label for line in trace(root)]


def test_what_is_no_number_is_refused(page: Page) -> None:
    """From a field of a page comes a text, and "1" + 2 is "12" to JavaScript."""
    text = to_javascript((Value(1.0, "x") * 2 + Value(3.0, "b")).named("y"))
    points: Any = [["1", 2], [1], [1, 2, 3], [None, 1], [1, True], [1, 2]]
    (said,) = answers(page, [(text, points)])
    assert [answer.get("error") for answer in said] == [
        "TypeError: backprop takes numbers, not the string 1",
        "TypeError: backprop takes 2 numbers, not 1",
        "TypeError: backprop takes 2 numbers, not 3",
        "TypeError: backprop takes numbers, not the object null",
        "TypeError: backprop takes numbers, not the boolean true",
        None,
    ]
    assert said[-1]["value"] == 4


def test_other_numbers_than_those_that_were_recorded(page: Page) -> None:
    net, loss = articles_loss()
    lines, random = trace(loss), Random(5)
    points = [[random.gauss(0, 2) for _ in lines.leaves] for _ in range(20)]
    (said,) = answers(page, [(to_javascript(loss), points)])
    (stepped,) = page.evaluate(_STEPS, [[steps_in_javascript(lines), points]])
    names = [leaf.label for leaf in lines.leaves]
    for point, answer, numbers in zip(points, said, stepped, strict=True):
        at = dict(zip(names, point, strict=True))
        net.set_parameters({name: at[name] for name in net.named_parameters()})
        eager = mean_squared_error(net([at["x1"], at["x2"]]), at["y_true"])
        net.zero_grad()
        eager.backward()
        assert answer["value"] == pytest.approx(eager.data, rel=1e-12)
        wanted = {name: parameter.grad for name, parameter in net.named_parameters().items()}
        assert dict(answer["gradients"]) == pytest.approx(wanted, rel=1e-12, abs=1e-15)
        check_steps(trace(mean_squared_error(net([at["x1"], at["x2"]]), Value(at["y_true"], "y_true"))), numbers)


def test_inputs_and_wrt_are_those_of_to_python(page: Page) -> None:
    net, loss = articles_loss()
    unused = Value(0.0, "x9")
    text = to_javascript(loss, inputs=[net.w6, unused], wrt=[loss, net.w5, Value(1.0, "var")])
    assert "export function backprop(w6, x9, x1, x2, y_true, w1," in text
    assert 'return [L, {"L": 1.0, "w5": d_L_d_w5, "var": 0.0}];' in text
    text = to_javascript(loss, inputs=[Value(0.0, "class"), Value(0.0, "var")])
    assert "export function backprop(class_, var$, x1," in text
    h1 = trace(loss).lines[1].value
    with pytest.raises(UsageError, match=r"inputs are leaves.*'h1'.* is computed"):
        to_javascript(loss, inputs=[h1])
    with pytest.raises(UsageError, match="wrt is a list of Values"):
        to_javascript(loss, wrt=["w1"])  # type: ignore[list-item]
    with pytest.raises(UsageError, match="starts at a Value"):
        to_javascript(3.0)  # type: ignore[arg-type]


def test_a_leaf_alone_and_many_consumers(page: Page) -> None:
    assert to_javascript(Value(2.0, "x")).endswith(
        'export function backprop(x) {\n  numbers(arguments, 1);\n  return [x, {"x": 1.0}];\n}\n'
    )
    w = Value(0.5, "w")
    lines = [(w / number).log().named(f"y{number}") for number in range(1, 31)]
    root = sum((line.tanh() for line in lines), Value(0.0, "start"))
    text = to_javascript(root)
    assert "  let d_root_d_w = " in text
    assert "\n  d_root_d_w += " in text
    check(page, [root, Value(2.0, "x"), Value(2.0, "data")])


@pytest.mark.usefixtures("clean_table")
def test_operations_of_ones_own_and_second_derivatives(page: Page) -> None:
    gauss = define_operation("gauss", "exp(-x * x)", {"x": "-2 * x * out"}, "it falls off on both sides of 0")
    x, y = Value(0.3, "x"), Value(-0.4, "y")
    second = grad(lambda v: (v * v).sin() / (1 + v))(Value(0.7, "x"))
    check(page, [gauss(x * y), gauss(gauss(x)), second, grad(grad(lambda v: v.tanh()))(Value(0.2, "v"))])


@pytest.mark.slow
def test_long_chains_and_wide_networks(page: Page) -> None:
    x, w = Value(0.5, "x"), Value(0.999, "w")
    for _ in range(3_000):
        x = x * w + 0.001
    wide = mean_squared_error(MLP(30, [4, 1], seed=1)([0.1] * 30), 1)
    check(page, [x, wide])
    # What the functions are may be read in one line; what is generated keeps to the width.
    assert max(map(len, to_javascript(wide).partition("export")[2].splitlines())) <= 100


def test_more_leaves_than_javascript_has_arguments_are_said(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    most = javascript._MOST_ARGUMENTS
    function = "(count) => Function(...Array.from({ length: count }, (_, place) => 'x' + place), 'return x0').length"
    assert page.evaluate(function, most) == most
    with pytest.raises(PlaywrightError, match="Too many parameters"):
        page.evaluate(function, 65_536)
    monkeypatch.setattr(javascript, "_MOST_ARGUMENTS", 2)
    x, w, b = Value(2.0, "x"), Value(0.5, "w"), Value(1.0, "b")
    assert "backprop(w, x)" in to_javascript(w * x)
    with pytest.raises(
        UsageError, match=r"^3 leaves, and a function of JavaScript takes some 2 arguments: to_python can"
    ):
        to_javascript(w * x + b)


@pytest.mark.slow
def test_numbers_are_shown_with_the_digits_of_python(page: Page) -> None:
    random = Random(6)
    numbers = [
        0.0,
        -0.0,
        math.inf,
        -math.inf,
        math.nan,
        5e-324,
        1.7976931348623157e308,
        4.440892098500626e-16,
        1.0,
        1e6,
    ]
    numbers += [random.uniform(-1, 1) * 10.0 ** random.randint(-20, 20) for _ in range(4000)]
    numbers += [random.uniform(-1, 1) * 10.0 ** random.randint(-6, 7) for _ in range(4000)]
    # Ties, and what lies just beside them.
    ties = [whole / 2**power for power in range(12) for whole in (*range(1, 40), *range(9985, 10120), 16_777_217)]
    ties += [tie * 10 for tie in ties] + [12344.5, 12345.5, 999_999.5, 99_995.0, 9999.5, 1.00005, 0.000099995]
    numbers += [sign * math.nextafter(tie, to) for tie in ties for to in (0.0, tie, math.inf) for sign in (1, -1)]
    for significant in (4, 5, 9, 15):
        shown = page.evaluate(
            f"([all, n]) => all.map((one) => ({DIGITS_IN_JAVASCRIPT})(one, n))", [numbers, significant]
        )
        wanted = [digits(number, significant) for number in numbers]
        assert [one for one in zip(numbers, shown, wanted, strict=True) if one[1] != one[2]] == []
    assert page.evaluate(f"({DIGITS_IN_JAVASCRIPT})(0.02146953)") == digits(0.02146953)


def test_every_function_that_a_rule_may_call_has_its_javascript(page: Page) -> None:
    assert set(JAVASCRIPT) == {*PRIMITIVES, *LIST_PRIMITIVES, "pow"}
    called = re.findall(r"\bMath\.(\w+)\(", " ".join(JAVASCRIPT.values()))
    assert page.evaluate("(names) => names.filter((name) => typeof Math[name] !== 'function')", called) == []


def test_a_function_without_javascript_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(javascript._FUNCTIONS, "tanh")
    with pytest.raises(UsageError, match="tanh has no JavaScript"):
        to_javascript(Value(1.0, "x").tanh())
