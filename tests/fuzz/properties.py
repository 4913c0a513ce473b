"""What has to hold whatever comes in: random programs, files, names and rows, and what is asked of each.

tests/project/test_fuzz.py tries some examples of each in every run, `python -m tests.fuzz` as many as wanted.
"""

from __future__ import annotations

import atexit
import contextlib
import copy
import json
import pickle
import re
import tempfile
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from html.parser import HTMLParser
from pathlib import Path
from random import Random
from types import CodeType, FunctionType
from typing import Any, NamedTuple
from xml.etree import ElementTree

import pytest
from hypothesis import strategies as st

import autograd
from autograd import (
    TABLE,
    DomainError,
    RuleError,
    StepgradError,
    Value,
    backward_steps,
    define_operation,
    draw,
    explain,
    play,
    to_python,
    trace,
)
from autograd.checks.forward_mode import forward_slopes
from autograd.core.backward import gradients as gradients_of
from autograd.core.graph import topological_order
from autograd.core.op import VALUES
from autograd.core.primitives import ARITY, PRIMITIVES
from autograd.core.table import ROWS as _ROWS
from autograd.testing import check_gradients
from nn import MLP, LoadError

from ..support import oracles
from ..support.arrays import RandomGraph, check_arrays, check_on_jax
from ..support.engines import NEEDS_JAX
from ..support.graphs import HOSTILE
from ..support.layers import random_network
from ..support.nested import check_compiled
from ..support.programs import STEPS, points, run
from ..support.rows import oracle
from ..support.sequences import RandomSequence


class Property(NamedTuple):
    """A function that raises where something does not hold, what it is tried on, and how often in a test run."""

    check: Callable[..., None]
    given: Mapping[str, st.SearchStrategy[Any]]
    examples: int


# Programs of any rows of the table -----------------------------------------------------------------------------------

ROW_NAMES = [row[0] for row in _ROWS]

_LARGEST = 1e4


class _Track(NamedTuple):
    """A result: the Value, and by hand-derived partials its slopes for each leaf, and how exact they are."""

    value: Value
    slopes: list[float]
    sizes: list[float]  # of the products along the paths that each slope is the sum of
    errors: list[float]


def _recorded(steps: Sequence[tuple[str, list[int]]], point: list[float]) -> tuple[list[Value], _Track]:
    """The leaves of a program of any rows, and its root, with what the oracles say of it."""
    leaves = [Value(x) for x in point]
    results = []
    for leaf in leaves:
        itself = [float(other is leaf) for other in leaves]
        results.append(_Track(leaf, itself, itself, [0.0] * len(leaves)))
    for name, picks in steps:
        done = _stepped(name, [results[pick % len(results)] for pick in picks[: len(TABLE[name].inputs)]])
        if done is not None:
            results.append(done)
    total = results[-1]
    for other in results[:-1]:
        part = _stepped("add", [total, other])
        total = part or total
    return leaves, total


def check_program(steps: Sequence[tuple[str, list[int]]], point: list[float]) -> None:
    """Value and gradients of a program of any rows, against each row's expression and partials by hand."""
    leaves, total = _recorded(steps, point)
    root = total.value
    for leaf in leaves:
        leaf.grad = 0.0
    root.backward()
    program = autograd.compile(root, inputs=[], wrt=leaves)
    value, gradients = program([], point)
    assert value == pytest.approx(root.data, rel=1e-12, abs=1e-300)
    for leaf, compiled, slope, size, error in zip(
        leaves, gradients, total.slopes, total.sizes, total.errors, strict=True
    ):
        allowed = 10 * error + 1e-11 * size
        assert abs(leaf.grad - slope) <= allowed, (leaf.grad, slope, allowed)
        assert abs(compiled - slope) <= allowed, (compiled, slope, allowed)


def check_views(steps: Sequence[tuple[str, list[int]]], point: list[float], names: list[bool]) -> None:
    """What the views, copies and pickles of a random program say of its gradients, against the oracles."""
    leaves, total = _recorded(steps, point)
    root = total.value
    order = topological_order(root)
    for place, value in enumerate(order):
        if names[place % len(names)]:
            value.named(f"v{place % 7}")  # some of them alike
    numbers = [value.data for value in order]
    told: dict[str, list[float]] = {}
    lines = trace(root)
    assert [line.number for line in lines if line.value is root] == [root.data]
    told["forward mode"] = [one.slope for one in forward_slopes(root, leaves)]
    after = {step.to: step.after for step in backward_steps(root)}
    told["steps"] = [after.get(leaf, 0.0) for leaf in leaves]
    told["explain"] = [explain(root, leaf).gradient for leaf in leaves]
    namespace: dict[str, Any] = {}
    exec(to_python(root, inputs=leaves, wrt=leaves), namespace)
    value, gradients = namespace["backprop"](*point)
    assert value == root.data
    told["to_python"] = list(gradients.values())
    for kind, copied in (
        ("copies", copy.deepcopy([root, *leaves])),
        ("pickles", pickle.loads(pickle.dumps([root, *leaves]))),
    ):
        assert [one.data for one in topological_order(copied[0])] == numbers
        for leaf in copied[1:]:
            leaf.grad = 0.0
        copied[0].backward()
        told[kind] = [leaf.grad for leaf in copied[1:]]
    told["Values"] = [one.data if isinstance(one, Value) else one for one in gradients_of(root, leaves, True)]
    for kind, slopes in told.items():
        for slope, wanted, size, error in zip(slopes, total.slopes, total.sizes, total.errors, strict=True):
            allowed = 10 * error + 1e-11 * size
            assert abs(slope - wanted) <= allowed, (kind, slope, wanted, allowed)


def _is_near_a_corner(exact: Callable[..., float], point: Sequence[float], partials: Sequence[float]) -> bool:
    """Whether a row jumps or has a kink next to a point: an example there says nothing."""
    here, step = exact(*point), 1e-6
    for place, partial in enumerate(partials):
        for moved in (step, -step):
            beside = exact(*point[:place], point[place] + moved, *point[place + 1 :])
            if not abs((beside - here) / moved - partial) < 0.01 * (1 + abs(partial)):
                return True
    return False


def _stepped(name: str, operands: Sequence[_Track]) -> _Track | None:
    """One operation, compared with the oracles; None where it is no example: outside the domain, or at a corner."""
    op = TABLE[name]
    numbers = [one.value.data for one in operands]
    exact = oracle(op)
    try:
        wanted, partials = exact(*numbers), oracles.dual_gradient(exact, numbers)
        if _is_near_a_corner(exact, numbers, partials):
            return None
    except (ArithmeticError, ValueError, TypeError):  # a TypeError where Python's ** turned complex
        return None
    if isinstance(wanted, complex) or not all(abs(one) < _LARGEST for one in (wanted, *partials)):
        return None
    try:
        value = VALUES[name](*(one.value for one in operands))
        value.backward()
    except DomainError:
        # Only what needs the logarithm of a negative base, which the oracle does without.
        assert name in ("power", "times_power"), (name, numbers)
        assert numbers[-2] <= 0, (name, numbers)
        return None
    assert value.data == pytest.approx(wanted, rel=1e-11, abs=1e-13), (name, numbers)
    columns = range(len(operands[0].slopes))

    def summed(parts: Callable[[float, _Track, int], float]) -> list[float]:
        return [sum(parts(p, one, i) for p, one in zip(partials, operands, strict=True)) for i in columns]

    return _Track(
        value,
        summed(lambda p, one, i: p * one.slopes[i]),
        summed(lambda p, one, i: abs(p) * one.sizes[i]),
        summed(lambda p, one, i: abs(p) * one.errors[i] + (1e-10 * abs(p) + 1e-13) * one.sizes[i]),
    )


_row_steps = st.lists(
    st.tuples(st.sampled_from(ROW_NAMES), st.lists(st.integers(0, 99), min_size=3, max_size=3)),
    min_size=1,
    max_size=20,
)
_numbers = st.one_of(st.floats(-3.0, 3.0), st.sampled_from([0.0, -1.0, 1.0, 2.0, 0.5, 1e-3, 30.0, -30.0]))


def check_that_the_three_agree(steps: Sequence[tuple[str, int, int]], point: list[float]) -> None:
    """check_gradients confirms what is right: no false alarms."""
    report = check_gradients(lambda *xs: run(list(steps), xs, 1), *point)
    assert report.ok, str(report)


_smooth_steps = st.lists(
    st.tuples(st.sampled_from(sorted(set(STEPS) - {"maximum"})), st.integers(0, 99), st.integers(0, 99)),
    min_size=1,
    max_size=12,
)


def check_that_arrays_agree(seed: int) -> None:
    """Array code of layers, or of a sequence, and of what breaks them, gives what the engine and dual numbers give."""
    random = Random(seed)
    graph = RandomGraph(random) if seed % 3 else RandomSequence(random)
    with_oracle = seed % 10 == 0
    check_arrays(graph.root, graph.inputs, graph.wrt, random, random.choice([1, 2, 5]), with_oracle)


def check_that_jax_agrees(seed: int) -> None:
    """A random graph, sequence or network on JAX gives what NumPy and the engine give."""
    random = Random(seed)
    rows, kind = random.choice([1, 2, 3, 5]), seed % 3
    if kind == 0:
        check_on_jax(random_network(random), random, rows)
        return
    graph = RandomGraph(random) if kind == 1 else RandomSequence(random)
    check_on_jax((graph.root, graph.inputs, graph.wrt), random, rows)


# Saved networks ------------------------------------------------------------------------------------------------------


def _saved() -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        texts = []
        for net in (
            MLP(2, [1], seed=1),
            MLP(2, [2, 1], "tanh", "linear", seed=2),
            MLP(1, [3, 2], "relu", "softplus", bias=False, seed=3),
        ):
            net.save(Path(folder, "net.json"))
            texts.append(Path(folder, "net.json").read_text())
        return texts


SAVED = _saved()
_FOLDER = tempfile.TemporaryDirectory(prefix="stepgrad-fuzz-")
atexit.register(_FOLDER.cleanup)


def check_file(content: bytes) -> None:
    """A file is refused by name, or loaded as exactly what it says."""
    path = Path(_FOLDER.name, "net.json")
    path.write_bytes(content)
    refused = ""
    try:
        net = MLP.load(path)
    except LoadError as error:
        refused = str(error)
    if refused:
        assert str(path) in refused
        assert len(refused) < 1000
        refused.encode()
        return
    repeated: list[str] = []

    def pairs(members: list[tuple[str, Any]]) -> dict[str, Any]:
        repeated.extend({name for name, _ in members if [other for other, _ in members].count(name) > 1})
        return dict(members)

    said = json.loads(content.decode(), object_pairs_hook=pairs)
    assert not repeated, "a field that is there twice says two things"
    assert {name: float(number) for name, number in said["parameters"].items()} == {
        name: parameter.data for name, parameter in net.named_parameters().items()
    }
    assert (net.n_inputs, net.sizes, net.has_bias) == (said["n_inputs"], said["sizes"], said["bias"])
    assert (net.activation, net.output_activation) == (said["activation"], said["output_activation"])
    net.save(path)
    assert repr(MLP.load(path)) == repr(net)
    assert isinstance(net.predict([0.5] * net.n_inputs), float | list)


def _mutated(text: str, cuts: list[tuple[int, int, bytes]]) -> bytes:
    """A saved network with some stretches of it replaced."""
    content = text.encode()
    for start, length, new in cuts:
        start %= len(content) + 1
        content = content[:start] + new + content[start + length :]
    return content


_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([10**400, -(10**4000), 2**63, 0, -1])
    | st.floats()
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@st.composite
def _changed_tree(draw: st.DrawFn) -> bytes:
    """A saved network with fields changed, taken away, or written twice."""
    content = json.loads(draw(st.sampled_from(SAVED)))
    for _ in range(draw(st.integers(1, 3))):
        inside = (
            content["parameters"] if draw(st.booleans()) and isinstance(content.get("parameters"), dict) else content
        )
        name = draw(st.sampled_from(sorted(inside) or ["version"]) | st.text(max_size=4))
        if draw(st.booleans()):
            inside[name] = draw(_json)
        else:
            inside.pop(name, None)
    text = json.dumps(content)
    if draw(st.booleans()):
        first = next(iter(content), "format")
        text = text.replace("{", f"{{{json.dumps(first)}: {json.dumps(draw(_json))}, ", 1)
    return text.encode()


_files = (
    st.binary(max_size=200)
    | st.builds(
        _mutated,
        st.sampled_from(SAVED),
        st.lists(
            st.tuples(
                st.integers(0, 2000),
                st.integers(0, 20),
                st.binary(max_size=4) | st.sampled_from([b"", b"9" * 500, b"[" * 2000, b"NaN", b"1e999", b'"w1": 1,']),
            ),
            min_size=1,
            max_size=4,
        ),
    )
    | st.builds(lambda text, length: text.encode()[:length], st.sampled_from(SAVED), st.integers(0, 600))
    | _changed_tree()
)


def check_set_parameters(numbers: dict[str, Any]) -> None:
    """A network takes all the numbers it is given, or none."""
    net = MLP(2, [2, 1], seed=4)
    before = {name: parameter.data for name, parameter in net.named_parameters().items()}
    try:
        net.set_parameters(numbers)
    except StepgradError:
        assert {name: parameter.data for name, parameter in net.named_parameters().items()} == before
    else:
        after = {name: parameter.data for name, parameter in net.named_parameters().items()}
        assert list(map(repr, after.values())) == [repr(float(numbers.get(name, x))) for name, x in before.items()]


_parameters = st.dictionaries(
    st.sampled_from(["w1", "w2", "b1", "w6", "b3"]) | st.text(max_size=3), st.floats() | _json, max_size=4
)


# Names ---------------------------------------------------------------------------------------------------------------


class _Page(HTMLParser):
    """What is in a page that a browser would act on."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found |= {tag, *(f"{tag} {name}" for name, _ in attrs)}


def acted_on(html: str) -> set[str]:
    """The tags of a page, and their attributes."""
    page = _Page()
    page.feed(html)
    page.close()
    return page.found


def _named_graph(names: Sequence[str]) -> tuple[list[Value], Value]:
    a, b, c, line, root = names
    leaves = [Value(0.5, a), Value(-1.25, b), Value(2.0, c)]
    for leaf in leaves:
        leaf.group = line
    middle = (leaves[0] * leaves[1] + leaves[2]).named(line)
    middle.group = line
    return leaves, (middle.tanh() * leaves[0] + middle).named(root)


_PLAIN, _ = _named_graph(["a", "b", "c", "line", "root"])
_HTML_OF_VIEWS = {
    "div",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "p",
    "br",
    "math",
    "mrow",
    "mo",
    "mi",
    "mn",
    "mtext",
}
_HTML_OF_VIEWS |= {"mfrac", "msub", "msup", "msubsup", "mtable", "mtr", "mtd", "msqrt", "mspace", "mfenced"}
_ATTRIBUTES = {"style", "scope", "colspan", "displaystyle", "mathvariant"}


def check_names(names: list[str]) -> None:
    """Whatever the values of a graph are called, every view of it is well-formed, says the same, and runs nothing."""
    leaves, root = _named_graph(names)
    _, plain = _named_graph(["a", "b", "c", "line", "root"])
    lines, steps = trace(root), backward_steps(root, gradients_of="all")
    explained = [explain(root, leaf) for leaf in leaves]
    for text in (str(lines), str(steps), repr(root), *map(str, explained)):
        text.encode()
        assert len(text) < 20_000
    assert len(str(lines).splitlines()) == len(str(trace(plain)).splitlines())
    assert [step.contribution for step in steps] == [
        step.contribution for step in backward_steps(plain, gradients_of="all")
    ]
    for latex in (lines.latex(), steps[-1].latex, *(one.latex() for one in explained)):
        assert not re.search(r"\\(?:href|url|write|input|immediate|catcode|def|let)\b", latex), latex
        assert _is_balanced(latex), latex
    values = [root, lines, steps, steps[-1], *leaves, *explained]
    for html in (value._repr_html_() for value in values):  # type: ignore[attr-defined]
        found = acted_on(html)
        assert {one for one in found if " " not in one} <= _HTML_OF_VIEWS, found
        assert {one.split()[1] for one in found if " " in one} <= _ATTRIBUTES, found
        html.encode()
    for mathml in (step.mathml for step in steps):
        ElementTree.fromstring(mathml)
    source = to_python(root)
    namespace: dict[str, Any] = {}
    exec(compile(source, "<fuzzed names>", "exec"), namespace)  # its names are ours: that is what is tested
    value, gradients = namespace["backprop"](*(leaf.data for leaf in lines_of(root)))
    root.backward()
    assert value == root.data
    assert sorted(gradients.values()) == pytest.approx(sorted(leaf.grad for leaf in leaves), rel=1e-12)
    assert set(namespace) <= {"__builtins__", "backprop", "tanh", "sigmoid", "exp", "log1p"}, set(namespace)
    assert "label" in draw(root).source


def lines_of(root: Value) -> list[Value]:
    """The leaves of a graph, in the order in which generated code takes them."""
    return [line.value for line in trace(root).leaves]


def _is_balanced(latex: str) -> bool:
    depth = 0
    for brace in re.findall(r"(?<!\\)(?:\\\\)*([{}])", latex):
        depth += 1 if brace == "{" else -1
        if depth < 0:
            return False
    return depth == 0


def check_names_in_pictures(names: list[str]) -> None:
    """The same for what Graphviz and a browser are given."""
    _, root = _named_graph(names)
    ElementTree.fromstring(draw(root).rendered("svg"))
    _, plain = _named_graph(["a", "b", "c", "line", "root"])
    html = play(root, 0.1)._repr_html_()
    page, usual = acted_on(html), acted_on(play(plain, 0.1)._repr_html_())
    allowed = usual | {f"{tag}{rest}" for tag in _HTML_OF_VIEWS for rest in ("", *(f" {one}" for one in _ATTRIBUTES))}
    assert page <= allowed | {"text", "tspan", "title", "g", "a"}, page - allowed
    assert html.count("<script") == 1
    html.encode()


_names = st.lists(
    st.text(max_size=12)
    | st.sampled_from(HOSTILE)
    | st.text(alphabet="<>&\"'\\{}$%_^~#|;:/*-+ \n\r\t\0\u202e\u2028ab1\ud800", max_size=20),
    min_size=5,
    max_size=5,
)


# Rows of the table ---------------------------------------------------------------------------------------------------

_ALLOWED = {*PRIMITIVES, "power"}


# Seconds. Not how fast a row is, but that no text makes Python compute for ever, as 9**9**9**9 would.
_HANGS = 30.0


def check_row(expression: str, partial: str, name: str) -> None:
    """A row is refused by name, or is arithmetic: its code reads nothing but its inputs and the listed functions."""
    started = time.perf_counter()
    before = dict(TABLE)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of Python's, about spellings such as 1if
            operation = define_operation(name, expression, {"x": partial, "y": "0 * out"}, "whatever it says")
    except RuleError as error:
        assert before == TABLE, "a row that was refused is in the table"
        str(error).encode()
        return
    finally:
        assert time.perf_counter() - started < _HANGS
    try:
        op = TABLE[name]
        pulls = [pullback.pull for pullback in op.pullbacks.values()]
        functions = [op.expression_function, *op.partial_functions]
        for function in functions:
            _check_code(function, _ALLOWED)
        attributes = {"_inputs", "grad", "_first", "_second", "_data"}
        for pull in pulls:
            _check_code(pull, _ALLOWED | attributes)
        for point in ([0.5, -2.0], [1e308, 1e-308], [0.0, 0.0]):
            with contextlib.suppress(DomainError):
                assert type(operation(*point)) is float
            with contextlib.suppress(DomainError):
                operation(*map(Value, point)).backward()
        assert time.perf_counter() - started < _HANGS
    finally:
        TABLE.clear()
        TABLE.update(before)


def _check_code(function: Callable[..., Any], allowed: set[str]) -> None:
    assert isinstance(function, FunctionType)
    code = function.__code__
    assert set(code.co_names) <= allowed, code.co_names
    assert code.co_freevars == code.co_cellvars == ()
    assert not any(isinstance(constant, CodeType) for constant in code.co_consts)
    assert all(constant is None or isinstance(constant, float | int | str | tuple) for constant in code.co_consts)
    assert function.__globals__["__builtins__"] == {}


def _arithmetic(*leaves: str) -> st.SearchStrategy[str]:
    """Texts that a row may say."""
    return st.recursive(
        st.sampled_from(leaves),
        lambda inner: st.one_of(
            st.builds("({} {} {})".format, inner, st.sampled_from(["+", "-", "*", "/", "**"]), inner),
            st.builds("-{}".format, inner),
            st.sampled_from(sorted(ARITY)).flatmap(
                lambda f: st.lists(inner, min_size=ARITY[f], max_size=ARITY[f]).map(
                    lambda parts: f"{f}({', '.join(parts)})"
                )
            ),
        ),
        max_leaves=12,
    )


_LEAVES = ["x", "y", "1", "2", "0.5", "9", "1e308", "1e-308", "9 ** 9 ** 9 ** 9", "-x", "(x)"]
_expressions = st.builds("{} + 0 * x * y".format, _arithmetic(*_LEAVES))
_partials = _arithmetic(*_LEAVES, "out")
# What Python can say and a row may not.
_PARTS = [
    ".real", ".__class__", ".__globals__", "__import__('os')", "().__class__.__bases__[0]", "[x for x in y]",
    "lambda: x", "exec('1')", "open('f')", "exp.__self__", "x if y else 1", "x or y", "not x", "x < y", "f'{x}'", "2j",
    "'a' * 9", "True", "None", "...", "x := 1", "*x", "**x", "x;y", "\n", "\\", "#", "@", "~x", "x // y", "x % y", "{}",
    "[]", "x[0]", "await x", "yield", "print(x)", "grad", "self", "op", "Value", "power(x, y)", "_first", "x.grad",
    "1_0", "0x1f", "1if", "ｅｘｐ(x)", "ﬁ", "\x00", "\ud800", "(" * 90, "-" * 90, "9" * 400, "exp(" * 40, "1e999",
    "\t", "\f", "\r",
]  # fmt: skip


def _spliced(text: str, cuts: list[tuple[int, int, str]]) -> str:
    for start, length, new in cuts:
        start %= len(text) + 1
        text = text[:start] + new + text[start + length :]
    return text


_rows = [text for row in _ROWS for text in (row[1], *row[2].values())]
_wild_texts = (
    st.text(max_size=40)
    | st.builds(
        _spliced,
        st.sampled_from(_rows) | _partials,
        st.lists(
            st.tuples(st.integers(0, 200), st.integers(0, 6), st.sampled_from(_PARTS) | st.text(max_size=5)),
            min_size=1,
            max_size=3,
        ),
    )
    | st.text(alphabet="xyout()[]{}+-*/.,_0123456789eE '\"=<>!@%&|^~:;#\\\n", max_size=60)
)


def _mostly(usual: st.SearchStrategy[str], wild: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """One example in four from the second: where every part is wild, hardly any row is accepted."""
    return st.integers(0, 3).flatmap(lambda turn: usual if turn else wild)


# All of them ---------------------------------------------------------------------------------------------------------

PROPERTIES: dict[str, Property] = {
    "programs": Property(
        check_program, {"steps": _row_steps, "point": st.lists(_numbers, min_size=3, max_size=3)}, 200
    ),
    "views": Property(
        check_views,
        {
            "steps": _row_steps,
            "point": st.lists(_numbers, min_size=3, max_size=3),
            "names": st.lists(st.booleans(), min_size=1, max_size=9),
        },
        60,
    ),
    "three_oracles": Property(check_that_the_three_agree, {"steps": _smooth_steps, "point": points}, 40),
    "arrays": Property(check_that_arrays_agree, {"seed": st.integers(0, 10**9)}, 60),
    "compiled": Property(check_compiled, {"seed": st.integers(500, 10**9)}, 10),
    "loader": Property(check_file, {"content": _files}, 300),
    "set_parameters": Property(check_set_parameters, {"numbers": _parameters}, 100),
    "names": Property(check_names, {"names": _names}, 100),
    "pictures": Property(check_names_in_pictures, {"names": _names}, 5),
    "rows": Property(
        check_row,
        {
            "expression": _mostly(_expressions, _wild_texts | st.builds("{} + 0 * x * y".format, _wild_texts)),
            "partial": _mostly(_partials, _wild_texts),
            "name": _mostly(
                st.just("fuzzed"), st.text(max_size=5) | st.sampled_from(["Value", "type", "new", "mul", "exp"])
            ),
        },
        300,
    ),
}

# XLA compiles each of them.
if not NEEDS_JAX.args[0]:
    PROPERTIES["jax"] = Property(check_that_jax_agrees, {"seed": st.integers(0, 10**9)}, 3)
