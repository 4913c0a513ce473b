"""The data: the articles' tables, generated points, the real data set, and what prepares and judges them."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable
from importlib.resources import files

import pytest

from autograd import UsageError
from nn import breast_cancer, digits, spirals, split, standardise, two_moons
from nn.data import DIABETES, PEOPLE, XOR, from_metric, names


def test_the_articles_tables() -> None:
    assert {name: (*row, y) for name, (row, y) in PEOPLE.items()} == {
        "Alice": (-2, -1, 1),
        "Bob": (25, 6, 0),
        "Charlie": (17, 4, 0),
        "Diana": (-15, -6, 1),
    }
    assert list(PEOPLE) == ["Alice", "Bob", "Charlie", "Diana"]
    assert [int(a) ^ int(b) for a, b in XOR[0]] == XOR[1]
    assert list(zip(*DIABETES, strict=True)) == [
        ([0, 1, 0], 1),
        ([0, 0, 1], 0),
        ([1, 0, 0], 0),
        ([1, 1, 0], 1),
        ([1, 1, 1], 1),
    ]


def test_from_metric() -> None:
    lb_over, inches_over = from_metric(kg=61.2349, cm=167.64)
    assert lb_over == pytest.approx(0.0, abs=1e-3)
    assert inches_over == pytest.approx(0.0, abs=1e-4)


def test_breast_cancer_is_the_data_set_with_its_source_and_licence() -> None:
    inputs, targets = breast_cancer()
    assert (len(inputs), {len(row) for row in inputs}) == (569, {30})
    assert (targets.count(1.0), targets.count(0.0)) == (357, 212)
    assert inputs[0][:3] == [17.99, 10.38, 122.8]
    # The smallest and largest of some columns, as the data set's own description gives them.
    columns = list(zip(*inputs, strict=True))
    assert (min(columns[0]), max(columns[0])) == (6.981, 28.11)
    assert (min(columns[3]), max(columns[3])) == (143.5, 2501.0)
    assert (min(columns[23]), max(columns[23])) == (185.2, 4254.0)
    about = (files("nn.data") / "breast_cancer.md").read_text(encoding="utf-8")
    for fact in ("10.24432/C5DW2B", "CC BY 4.0", "Wolberg", "scikit-learn"):
        assert fact in about


def test_digits_are_the_data_set_with_its_source_and_licence() -> None:
    inputs, targets = digits()
    assert (len(inputs), {len(row) for row in inputs}) == (1797, {64})
    # How many there are of each digit, and the first image, as scikit-learn's documentation shows them.
    assert [targets.count(digit) for digit in range(10)] == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert inputs[0][:24] == [0, 0, 5, 13, 9, 1, 0, 0, 0, 0, 13, 15, 10, 15, 5, 0, 0, 3, 15, 2, 0, 11, 8, 0]
    assert {pixel for row in inputs for pixel in row} == set(range(17))
    about = (files("nn.data") / "digits.md").read_text(encoding="utf-8")
    for fact in ("10.24432/C50P49", "CC BY 4.0", "Alpaydin", "scikit-learn"):
        assert fact in about


def test_names_are_spelled_with_26_letters_and_have_their_origin_stated() -> None:
    found = names()
    assert found == sorted(set(found))
    assert {letter for name in found for letter in name} == {*"abcdefghijklmnopqrstuvwxyz"}
    assert {*map(len, found)} == set(range(3, 9))
    about = (files("nn.data") / "names.md").read_text(encoding="utf-8")
    assert "written down for stepgrad" in about


@pytest.mark.slow
def test_digits_are_those_of_scikit_learn() -> None:
    datasets = pytest.importorskip("sklearn.datasets")
    theirs = datasets.load_digits()
    assert digits() == (theirs.data.tolist(), theirs.target.tolist())


@pytest.mark.parametrize("n", [2, 7, 100])
def test_two_moons(n: int) -> None:
    inputs, targets = two_moons(n, noise=0.0, seed=1)
    assert (len(inputs), len(targets), set(targets)) == (n, n, {0.0, 1.0})
    for (x, y), label in zip(inputs, targets, strict=True):
        center = (1.0, 0.5) if label else (0.0, 0.0)
        assert math.dist((x, y), center) == pytest.approx(1.0)
        assert (y - center[1]) * (1 if label == 0 else -1) >= -1e-12
    assert two_moons(n, seed=1) == two_moons(n, seed=1) != two_moons(n, seed=2)


def test_spirals() -> None:
    inputs, targets = spirals(300, classes=3, noise=0.05, seed=1)
    assert [targets.count(float(k)) for k in range(3)] == [100, 100, 100]
    assert all(math.hypot(*row) <= 1.0 for row in inputs)
    assert len(spirals(10, classes=3, seed=1)[0]) == 10
    exact, _ = spirals(3000, classes=3, noise=0.0, seed=1)
    noisy, _ = spirals(3000, classes=3, noise=0.2, seed=1)
    turns = [
        math.remainder(math.atan2(*a) - math.atan2(*b), 2 * math.pi)
        for a, b in zip(exact, noisy, strict=True)
        if any(a)
    ]
    assert statistics.pstdev(turns) == pytest.approx(0.2, rel=0.05)


def test_noise_has_the_standard_deviation_asked_for() -> None:
    exact, _ = two_moons(2000, noise=0.0, seed=1)
    noisy, _ = two_moons(2000, noise=0.3, seed=1)
    differences = [a - b for one, other in zip(exact, noisy, strict=True) for a, b in zip(one, other, strict=True)]
    assert statistics.pstdev(differences) == pytest.approx(0.3, rel=0.05)


def test_split_parts_have_no_sample_in_common_and_keep_pairs_together() -> None:
    inputs = [[float(i)] for i in range(100)]
    targets = [2.0 * i for i in range(100)]
    train_in, train_out, test_in, test_out = split(inputs, targets, held_out=0.2, seed=1)
    assert (len(train_in), len(test_in)) == (80, 20)
    assert sorted(train_in + test_in) == inputs
    for rows, ys in ((train_in, train_out), (test_in, test_out)):
        assert all(y == 2 * row[0] for row, y in zip(rows, ys, strict=True))
    assert split(inputs, targets, seed=1) == split(inputs, targets, seed=1) != split(inputs, targets, seed=2)
    for share in (0.0, 1.0, 0.001):
        with pytest.raises(UsageError, match="leaves one part empty"):
            split(inputs, targets, held_out=share)


def test_standardise_is_fitted_on_the_training_part() -> None:
    train_in, _, test_in, _ = split(*breast_cancer(), seed=1)
    train, test = standardise(train_in, test_in)
    for column in zip(*train, strict=True):
        assert statistics.fmean(column) == pytest.approx(0.0, abs=1e-12)
        assert statistics.pstdev(column) == pytest.approx(1.0, rel=1e-12)
    first = [row[0] for row in train_in]
    assert test[0][0] == pytest.approx((test_in[0][0] - statistics.fmean(first)) / statistics.pstdev(first), rel=1e-12)
    assert statistics.fmean(row[0] for row in test) != pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize(("x", "n"), [(3.3, 3), (0.1, 3), (1e-5, 49), (123.456, 10)])
def test_a_column_that_does_not_vary_is_only_shifted(x: float, n: int) -> None:
    train, test = standardise([[x]] * n, [[x + 1.0]])
    assert train == [[0.0]] * n
    assert test == [[x + 1.0 - x]]


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: standardise([[1.0], [1.0, 2.0]]), "all of one length; the lengths here are [1, 2]"),
        (lambda: standardise([[1.0]], [[1.0, 2.0]]), "the lengths here are [1, 2]"),
        (lambda: split([1, 2, 3], [1, 2]), "there are 3 rows and 2 targets"),
        (lambda: split([1, 2, 3], [1, 2, 3], held_out=math.nan), "leaves one part empty"),
        (lambda: split([1, 2], [1, 2], held_out="a fifth"), "held_out is 'a fifth'; expected the share to hold out"),  # type: ignore[arg-type]  # wrong on purpose
        (lambda: standardise([[1, 1e200], [1, 2e200]]), "column 1 of the training part, from 1e+200 to 2e+200, has"),
        (lambda: standardise([[5e-324], [0]]), "column 0 of the training part, from 0 to 4.94066e-324, has squares"),
        (lambda: standardise([[1.7e308], [1.7e308], [1]]), "has squares that no float holds: write it in another unit"),
        (lambda: two_moons(-1), "the number of points on two moons must be a whole number of at least 2, not -1"),
        (lambda: two_moons(1e2), "the number of points on two moons must be a whole number of at least 2, not 100.0"),  # type: ignore[arg-type]  # wrong on purpose
        (lambda: spirals(5, classes=-3), "the number of classes must be a whole number of at least 1, not -3"),
        (lambda: spirals(2), "the number of points on 3 spirals must be a whole number of at least 3, not 2"),
    ],
)
def test_what_makes_no_sense_is_refused(make: Callable[[], object], words: str) -> None:
    with pytest.raises(UsageError) as caught:
        make()
    assert words in str(caught.value)
