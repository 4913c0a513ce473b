"""Operations of lists in generated code: Python and NumPy compute what the engine does, and refuse alike."""

from __future__ import annotations

import math
import pickle
from itertools import pairwise
from typing import Any

import pytest

from autograd import (
    DomainError,
    Value,
    compile,  # noqa: A004 -- ours
    log_softmax,
    logsumexp,
    norm,
    one_hot,
    pick,
    to_javascript,
    to_numpy,
    to_python,
    trace,
)

BACKENDS = ("python", "numpy")
by_backend = pytest.mark.parametrize("backend", BACKENDS)


def graph() -> tuple[list[Value], Value, Value]:
    """Leaves, an index, and a root that every operation of lists has a part in."""
    a, b, c = leaves = [Value(0.75, "a"), Value(-1.5, "b"), Value(2.0, "c")]
    index = Value(1.0, "index")
    picked = pick([a * b, b, 3.0, c], index)
    sure = log_softmax([a, b.exp(), c])[2]
    hot = one_hot(index, 4)
    root = picked * logsumexp([a, b, 0.5]) + norm([b, c, 1.0]) * sure + hot[1] * a - hot[3] * c
    return leaves, index, root.named("L")


def by_hand(index: int, a: float, b: float, c: float) -> float:
    """The same, from definitions."""
    sure = c - math.log(math.exp(a) + math.exp(math.exp(b)) + math.exp(c))
    total = math.log(math.exp(a) + math.exp(b) + math.exp(0.5))
    hot = [float(place == index) for place in range(4)]
    picked = [a * b, b, 3.0, c][index]
    return picked * total + math.sqrt(b * b + c * c + 1.0) * sure + hot[1] * a - hot[3] * c


@by_backend
@pytest.mark.parametrize("index", range(4))
def test_a_program_computes_what_the_lists_mean(backend: str, index: int) -> None:
    leaves, place, root = graph()
    program = compile(root, inputs=[place], wrt=leaves, backend=backend)
    point = [-0.25, 0.5, 1.25]
    value, gradients = program([index], point)
    assert value == pytest.approx(by_hand(index, *point), rel=1e-13)
    for at, slope in enumerate(gradients):
        step = 1e-6
        above, below = ([x + sign * step * (i == at) for i, x in enumerate(point)] for sign in (1, -1))
        assert slope == pytest.approx((by_hand(index, *above) - by_hand(index, *below)) / (2 * step), rel=1e-7)


@by_backend
def test_gradients_of_an_index_read_twice_add_up(backend: str) -> None:
    rows = [[Value(10.0 * r + c, f"w{r}{c}") for c in range(2)] for r in range(3)]
    tokens = [Value(0.0, f"token{t}") for t in range(3)]
    picked = [pick(rows, token) for token in tokens]
    root = sum((weight * one for weight, row in enumerate(picked, start=1) for one in row), Value(0.0))
    program = compile(root, inputs=tokens, wrt=[w for row in rows for w in row], backend=backend)
    weights = [float(w) for w in range(6)]
    assert program([2, 0, 2], weights) == (1 * 9.0 + 2 * 1.0 + 3 * 9.0, [2.0, 2.0, 0.0, 0.0, 4.0, 4.0])
    total, gradients = program.over([[2, 0, 2], [1, 1, 1]], weights)
    assert total == 38.0 + 6 * 5.0
    assert gradients == [2.0, 2.0, 6.0, 6.0, 4.0, 4.0]


@by_backend
@pytest.mark.parametrize("index", [4.0, -1.0, 0.5, math.nan])
def test_a_program_refuses_an_index_as_the_engine_does(backend: str, index: float) -> None:
    leaves, place, root = graph()
    program = compile(root, inputs=[place], wrt=leaves, backend=backend)
    with pytest.raises(
        DomainError, match=r"has no answer at index = .* \(named 'index'\): the index is a whole number"
    ):
        program([index], [1.0, 1.0, 1.0])
    with pytest.raises(DomainError, match="sample 1: pick"):
        pickle.loads(pickle.dumps(program)).over([[0.0], [index]], [1.0, 1.0, 1.0])


def test_the_text_of_python_runs_on_its_own() -> None:
    leaves, index, root = graph()
    scope: dict[str, Any] = {}
    exec(to_python(root, inputs=[index], wrt=leaves), scope)
    root.backward()
    arguments = {"index": 1, "a": 0.75, "b": -1.5, "c": 2}
    value, gradients = scope["backprop"](**arguments)
    assert value == root.data
    assert gradients == pytest.approx({leaf.name: leaf.grad for leaf in leaves}, rel=1e-12)
    with pytest.raises(ValueError, match="the index is a whole number from 0 to 3, not 4"):
        scope["backprop"](**arguments | {"index": 4})


def test_a_list_of_ints_is_computed_as_one_of_floats() -> None:
    a, b, index = Value(3.0, "a"), Value(0.0, "b"), Value(1.0, "index")
    scope: dict[str, Any] = {}
    exec(to_python((pick([a, b, 2], index) ** 40).named("L"), wrt=[a]), scope)
    assert repr(scope["backprop"](a=3, b=0, index=0)[0]) == repr(3.0**40)
    assert repr(scope["backprop"](a=3, b=0, index=2)[0]) == repr(2.0**40)


def test_what_people_read_calls_lists_as_they_do() -> None:
    leaves, _, root = graph()
    lines = trace(root)
    text, latex, html = str(lines), lines.latex(), lines._repr_html_()
    assert "logsumexp([a, b, 0.5])" in text
    assert "pick([a * b, b, 3, c], index)" in text
    assert r"\left\Vert \left[b, c, 1\right]\right\Vert" in latex
    assert r"{\left[a \cdot b, b, 3, c\right]}_{\mathrm{index}}" in latex
    assert "<mo>‖</mo><mrow><mo>[</mo><mi>b</mi><mo>,</mo>" in html
    assert leaves[0].op is None


def test_javascript_and_numpy_know_the_functions() -> None:
    leaves, index, root = graph()
    javascript = to_javascript(root, wrt=leaves)
    for name in ("norm", "logsumexp", "pick", "equal", "ratio"):
        assert f"const {name} = " in javascript
    numpy = to_numpy(root, inputs=[index], wrt=leaves)
    for name in ("norm", "logsumexp", "pick", "equal", "ratio"):
        assert f"def {name}(" in numpy


# The token trap ------------------------------------------------------------------------------------------------------

VOCABULARY = "abno."  # the last one ends a word


def tokens_of(word: str) -> list[int]:
    return [VOCABULARY.index(letter) for letter in word]


def bigram(weights: list[list[Any]], tokens: list[Any]) -> Any:
    """The loss of a bigram model: the weights of each token are the logits of the next; a word is between dots."""
    end = len(VOCABULARY) - 1
    pairs = zip([end, *tokens], [*tokens, end], strict=True)
    losses = [-pick(log_softmax(pick(weights, one)), other) for one, other in pairs]
    return sum(losses) / len(losses)


def recurrent(weights: list[list[Any]], tokens: list[Any]) -> Any:
    """The loss of a recurrent model with one neuron: what it remembers moves all logits."""
    memory, losses = 0.0, []
    for one, other in pairwise(tokens):
        row = pick(weights, one)
        memory = (row[0] + 0.5 * memory).tanh()
        losses.append(-pick(log_softmax([memory * one for one in row]), other))
    return sum(losses)


@by_backend
@pytest.mark.parametrize("model", [bigram, recurrent])
def test_the_program_compiled_for_ava_is_right_for_bob(model: Any, backend: str) -> None:
    """Peers bake the tokens in without a word: what they compiled for one name answers for another."""
    weights = [[Value(0.3 * r - 0.2 * c * r + 0.1 * c) for c in range(5)] for r in range(5)]
    flat = [w for row in weights for w in row]
    tokens = [Value(token) for token in tokens_of("nan")]
    program = compile(model(weights, tokens), inputs=tokens, wrt=flat, backend=backend)
    numbers = [w.data for w in flat]
    answers = []
    for word in ("nan", "bob", "ana", "bbb"):
        for w in flat:
            w.grad = 0.0
        root = model(weights, tokens_of(word))  # recorded for this word alone: its tokens are numbers
        root.backward()
        value, gradients = program(tokens_of(word), numbers)
        assert value == pytest.approx(root.data, rel=1e-12)
        assert gradients == pytest.approx([w.grad for w in flat], rel=1e-10, abs=1e-14)
        answers.append(value)
    assert len(set(answers)) == 4


def test_the_bigram_loss_is_what_it_is_by_hand() -> None:
    weights = [[0.0] * 5 for _ in range(5)]
    assert bigram(weights, tokens_of("bob")) == pytest.approx(math.log(5.0))


def test_numpy_reads_a_table_by_its_index_and_adds_the_gradient_there() -> None:
    weights = [[Value(0.1 * r - c, f"w{r}{c}") for c in range(2)] for r in range(3)]
    tokens = [Value(0.0, "token1"), Value(2.0, "token2")]
    root = sum(one * one for token in tokens for one in pick(weights, token))
    text = to_numpy(root, inputs=tokens, wrt=[w for row in weights for w in row])
    assert "W[place, [0, 1, 0, 1]]" in text
    assert "np.add.at(d_W, (place, [0, 1, 0, 1]), d_t1)" in text
    assert "stacked" not in text
    hot = to_numpy(sum(w[0] * one for w, one in zip(weights, one_hot(tokens[0], 3), strict=True)), inputs=tokens)
    assert "table = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])" in hot
