"""Samples in every form in which people have them: read by position, or refused by name."""

from __future__ import annotations

import math
from random import Random
from typing import Any

import numpy as np
import pytest

from autograd import UsageError
from nn import MLP, Neuron, accuracy, evaluate, fit, plot_boundary, spirals, split, standardise, two_moons
from tests.support.labelled import DataFrame, Series

ROWS = [[float(i), float(-i)] for i in range(10)]
TARGETS = [2.0 * i for i in range(10)]
# A Series after sorting by something else: label 9 stands first.
BACKWARDS = list(reversed(range(10)))
# What a filter leaves of 20 rows: there is no label 0, 2, …
FILTERED = [2 * i + 1 for i in range(10)]


@pytest.mark.parametrize("labels", [None, BACKWARDS, FILTERED, [f"row {i}" for i in range(10)], [3] * 10])
def test_split_pairs_by_position_whatever_the_labels_are(labels: Any) -> None:
    frame = DataFrame({"x1": [row[0] for row in ROWS], "x2": [row[1] for row in ROWS]}, labels)
    inputs: Any
    targets: Any
    for inputs in (ROWS, np.array(ROWS), Series(ROWS, labels), frame):
        for targets in (TARGETS, np.array(TARGETS), Series(TARGETS, labels), iter(TARGETS)):
            train_in, train_out, test_in, test_out = split(inputs, targets, held_out=0.3, seed=1)
            assert (len(train_in), len(test_in)) == (7, 3)
            for rows, ys in ((train_in, train_out), (test_in, test_out)):
                assert [list(row) for row in rows] == [[y / 2, -y / 2] for y in ys]
            # The same samples in the same parts, however they are given.
            assert [float(y) for y in test_out] == split(ROWS, TARGETS, held_out=0.3, seed=1)[3]


def test_a_frame_of_targets_is_split_into_rows_too() -> None:
    _, train_out, _, test_out = split(ROWS, DataFrame({"y": TARGETS}), seed=1)
    assert sorted(float(y[0]) for y in [*train_out, *test_out]) == TARGETS


@pytest.mark.parametrize("given", ["0123456789", dict.fromkeys(range(10)), set(range(10)), 10, None])
def test_split_refuses_what_has_no_order(given: Any) -> None:
    with pytest.raises(UsageError, match=r"inputs is .*; expected a list of samples"):
        split(given, TARGETS)
    with pytest.raises(UsageError, match=r"targets is .*; expected a list of samples"):
        split(ROWS, given)


def test_arrays_and_series_train_and_are_judged_as_lists_are() -> None:
    inputs, targets = two_moons(40, seed=1)
    forms: list[tuple[Any, Any]] = [
        (inputs, targets),
        (np.array(inputs), np.array(targets)),
        ([Series(row, labels=["b", "a"]) for row in inputs], Series(targets, labels=range(39, -1, -1))),
        (Series(inputs, labels=range(100, 140)), tuple(targets)),
    ]
    seen = []
    for rows, wanted in forms:
        net = MLP(2, [3, 1], seed=1)
        history = fit(net, rows, wanted, epochs=3)
        seen.append((history.losses, evaluate(net, rows, wanted), accuracy(net, rows, wanted), history.engine))
    assert seen == [seen[0]] * 4
    assert seen[0][3] == "compiled"


def test_standardise_takes_arrays_and_series_and_gives_plain_lists() -> None:
    rows, other = [[1.0, 5.0], [3.0, 5.0]], [[5.0, 6.0]]
    want = [[[-1.0, 0.0], [1.0, 0.0]], [[3.0, 1.0]]]
    assert standardise(rows, other) == want
    found = standardise(np.array(rows), np.array(other))
    assert found == want
    assert all(type(number) is float for part in found for row in part for number in row)
    assert standardise(Series([Series(row, ["b", "a"]) for row in rows], [5, 3]), other) == want
    assert standardise(np.array(rows, dtype=np.float32), np.array([[5, 6]], dtype=np.int16)) == want
    with pytest.raises(UsageError, match=r"the lengths here are \[\]"):
        standardise(np.zeros((0, 2)))


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ([[1.0, "a"]], "row 0 of the training part, column 1: 'a' is text; expected a number"),
        ([[1.0], [math.nan]], "row 1 of the training part, column 0 is nan; expected a finite number"),
        ([1.0, 2.0], "row 0 of the training part is 1.0; expected a list of numbers"),
        (np.array([1.0, 2.0]), "row 0 of the training part is "),
    ],
)
def test_standardise_names_the_row_that_is_wrong(part: Any, words: str) -> None:
    with pytest.raises(UsageError) as caught:
        standardise(part)
    assert words in str(caught.value)
    with pytest.raises(UsageError, match="of part 1"):
        standardise([[1.0], [2.0]], part)


FRAME: Any = DataFrame({"weight": [1.0, 2.0], "height": [3.0, 4.0]})
NET = MLP(2, [2, 1], seed=1)


@pytest.mark.parametrize(
    ("make", "what"),
    [
        (lambda: fit(NET, FRAME, [0, 1]), "inputs"),
        (lambda: fit(NET, [[1, 2], [3, 4]], FRAME), "targets"),
        (lambda: evaluate(NET, FRAME, [0, 1]), "inputs"),
        (lambda: evaluate(NET, [[1, 2], [3, 4]], FRAME), "targets"),
        (lambda: accuracy(NET, FRAME, [0, 1]), "inputs"),
        (lambda: plot_boundary(NET, FRAME, [0, 1]), "inputs"),
        (lambda: standardise(FRAME), "the training part"),
        (lambda: standardise([[1, 2]], FRAME), "part 1"),
        (lambda: NET(FRAME), "what this network reads"),
        (lambda: NET.predict(FRAME), "inputs"),
        (lambda: Neuron(2)(FRAME), "what neuron o1 reads"),
    ],
)
def test_a_data_frame_is_refused_by_its_name(make: Any, what: str) -> None:
    before = [parameter.data for parameter in NET.parameters()]
    with pytest.raises(UsageError) as caught:
        make()
    message = str(caught.value)
    assert message.startswith(f"{what} is a DataFrame, whose members are the names of its columns; expected ")
    assert message.endswith(": hand in its .to_numpy()")
    assert [parameter.data for parameter in NET.parameters()] == before


def test_a_frames_numbers_train_as_its_message_says() -> None:
    net, same = MLP(2, [2, 1], seed=1), MLP(2, [2, 1], seed=1)
    fit(net, FRAME.to_numpy(), DataFrame({"y": [0, 1]}).to_numpy(), epochs=2)
    fit(same, [[1, 3], [2, 4]], [[0], [1]], epochs=2)
    assert [p.data for p in net.parameters()] == [p.data for p in same.parameters()]


@pytest.mark.parametrize("kind", [np.int64, np.int8, np.uint32])
def test_seeds_that_are_numpy_integers_are_the_integers_they_are(kind: Any) -> None:
    seed = kind(3)
    assert [p.data for p in MLP(2, [2, 1], seed=seed).parameters()] == [
        p.data for p in MLP(2, [2, 1], seed=3).parameters()
    ]
    assert Neuron(2, seed=seed).w1.data == Neuron(2, seed=3).w1.data
    assert two_moons(kind(6), seed=seed) == two_moons(6, seed=3)
    assert spirals(kind(6), classes=kind(2), seed=seed) == spirals(6, classes=2, seed=3)
    assert split(ROWS, TARGETS, seed=seed) == split(ROWS, TARGETS, seed=3)
    nets = [MLP(2, [kind(2), 1], seed=1) for _ in range(2)]
    for net, one in zip(nets, (seed, 3), strict=True):
        fit(net, ROWS, TARGETS, epochs=2, shuffle=True, seed=one)
    assert nets[0].w1.data == nets[1].w1.data


def test_a_seed_that_is_none_of_these() -> None:
    given: Any
    for given in ([1], {}, np.array([1, 2])):
        with pytest.raises(UsageError, match="seed must be a whole number, or None for another start"):
            MLP(2, [1], seed=given)
    # What Python's own random sources take, they take here.
    assert Neuron(1, seed="text").w1.data == Random("text").gauss(0.0, 1.0)  # type: ignore[arg-type]  # not promised


def test_text_among_the_samples_is_told_what_to_do() -> None:
    names: Any
    for names in (["cat", "dog"], np.array(["cat", "dog"]), [["cat"], ["dog"]], np.array([["cat"], ["dog"]])):
        with pytest.raises(
            UsageError, match=r"^row 0 of targets.*: 'cat' is text; .* classes\.index\(name\), .* \(one-hot\)"
        ):
            fit(Neuron(1), [[0.0], [1.0]], names)
    names = [[0.0, "red"]]
    with pytest.raises(UsageError, match=r"^row 0 of inputs, column 1: 'red' is text; .* a column of its own"):
        fit(Neuron(2), names, [1.0])
    with pytest.raises(UsageError, match=r"write float\('0\.5'\)"):
        fit(Neuron(1), [[0.0]], ["0.5"])
