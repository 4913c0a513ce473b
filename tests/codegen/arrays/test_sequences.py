"""Array code of sequences: one matrix at several positions, sums of different length, and a GPT made of both."""

from __future__ import annotations

import re
from random import Random

import pytest

from autograd import Value, compile, logsumexp, norm, to_numpy  # noqa: A004 -- ours, of graphs
from nn.examples.gpt import GPT, surprise

from ...support.arrays import assert_same, check_arrays
from ...support.scalar_gpt import ScalarGPT, numbers_of_matrices
from ...support.sequences import RandomSequence
from ...support.unusual import dot, leaves


def check_sequences(seeds: range) -> None:
    for seed in seeds:
        random = Random(seed)
        graph = RandomSequence(random)
        check_arrays(graph.root, graph.inputs, graph.wrt, random, random.choice([1, 2, 5]), with_oracle=seed % 10 == 0)


def test_random_sequences() -> None:
    check_sequences(range(40))


@pytest.mark.slow
def test_many_random_sequences() -> None:
    check_sequences(range(40, 1000))


# What it reads like ---------------------------------------------------------------------------------------------------


def test_a_matrix_at_several_positions_is_one_product() -> None:
    xs, rows = leaves(Random(1), 6, "x"), [leaves(Random(1), 2, "w") for _ in range(4)]
    hidden = [dot(row, xs[place : place + 2]).tanh() for place in (0, 2, 4) for row in rows]
    text = to_numpy(sum(hidden[1:], hidden[0]), inputs=xs)
    assert "    t1 = (X.reshape(-1, 2) @ W.T).reshape(-1, 12) " in text
    assert "    d_W = d_t1.reshape(-1, 4).T @ X.reshape(-1, 2) " in text


def test_windows_that_overlap_are_rows_of_one_product() -> None:
    xs, weights = leaves(Random(1), 5, "x"), leaves(Random(1), 3, "w")
    windows = [dot(weights, xs[place : place + 3]).sin() for place in range(3)]
    assert "    t1 = (X[:, [0, 1, 2, 1, 2, 3, 2, 3, 4]].reshape(-1, 3) @ w).reshape(-1, 3) " in to_numpy(
        windows[0] * windows[1] * windows[2], inputs=xs
    )


def test_sums_and_folds_of_different_length_are_segments() -> None:
    xs, weights = leaves(Random(1), 3, "x"), leaves(Random(1), 3, "w")
    values = [w * x for w, x in zip(weights, xs, strict=True)]
    texts = [to_numpy(_product([fold(values[:2]), fold(values)]), inputs=xs) for fold in (_total, logsumexp, norm)]
    for text, function in zip(texts, ("add", "logaddexp", "hypot"), strict=True):
        assert re.search(rf"np\.{function}\.reduceat\(.*, \[0, 2\], axis=-1\) ", text), text


def _total(values: list[Value]) -> Value:
    return sum(values[1:], values[0])


def _product(values: list[Value]) -> Value:
    return values[0].sin() * values[1].sin()


def backprop_of(positions: int) -> str:
    """The function in the array code of a GPT that reads so many tokens."""
    net, tokens = GPT(seed=1), [Value(float(place)) for place in range(positions + 1)]
    text = to_numpy(surprise(net(tokens[:-1]), tokens[1:]), tokens, net.parameters())
    return text[text.index("def backprop") :]


def test_a_gpt_takes_as_many_lines_whatever_it_reads() -> None:
    text = backprop_of(3)
    assert len(text.splitlines()) == len(backprop_of(4).splitlines()) < 100
    # Queries, keys and values are one product, scores are scaled by the root of four, and shares are e to something.
    assert ".reshape(-1, 16) @ W.T).reshape(-1, 144) " in text
    assert ".sum(axis=2) / 2 " in text
    assert "relu(" in text


# What it computes -----------------------------------------------------------------------------------------------------


def check_gpt(text: list[int]) -> str:
    """The program of a GPT against the same model on another engine; its source."""
    net, tokens = GPT(seed=3), [Value(0.0) for _ in text]
    for one in net.parameters():
        one.data *= 5.0
    other = ScalarGPT(numbers_of_matrices(vars(net)))
    loss = other.loss(text)
    loss.backward()
    program = compile(surprise(net(tokens[:-1]), tokens[1:]), tokens, net.parameters(), backend="numpy")
    numbers = [one.data for one in net.parameters()]
    assert_same(program([*map(float, text)], numbers), (loss.data, [one.grad for one in other.parameters]), 1e-12)
    again = [text[0], *reversed(text[1:])]
    value, _ = program.over([list(map(float, text)), list(map(float, again))], numbers)
    assert value == pytest.approx(loss.data + other.loss(again).data, rel=1e-13)
    return program.source


def test_a_gpt_is_computed_as_by_another_engine() -> None:
    check_gpt([0, 5, 13, 9])


@pytest.mark.slow
def test_a_gpt_of_sixteen_positions_has_at_most_250_lines() -> None:
    random = Random(1)
    source = check_gpt([0, *(random.randrange(27) for _ in range(16))])
    without_indices = re.sub(r"^(index|counts)(__\d+)? = np\.array\((.|\n)*?\)$\n?", "", source, flags=re.MULTILINE)
    lines = [line for line in without_indices.splitlines() if line.strip()]
    assert "np.array([" not in without_indices
    assert len(lines) <= 250
