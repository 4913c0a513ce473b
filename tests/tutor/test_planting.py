"""The tutor, measured on a small sample of what `python -m tests.planting` measures; and the measurement, measured."""

from __future__ import annotations

import math
from random import Random

import pytest

from autograd import Value
from autograd.testing import check_partials
from autograd.tutor import edits, numbers
from autograd.tutor.sampling import Split

from ..planting.__main__ import lines, main, measure
from ..planting.networks import Network, random_network
from ..planting.planting import gradient
from ..support.oracles import central_gradient


@pytest.fixture(scope="module")
def networks() -> list[Network]:
    random = Random(5)
    return [random_network(random, smooth) for smooth in (True, False) for _ in range(30)]


def test_the_measuring_formulas_by_central_differences(networks: list[Network]) -> None:
    """What the tutor is measured with is tested itself, without stepgrad."""
    random = Random(6)
    for network in networks:
        leaves = network.random_leaves(random) if network.is_smooth else network.leaves
        names = list(leaves)
        loss = lambda *point, network=network, names=names: _loss(network, dict(zip(names, point, strict=True)))  # noqa: E731
        for name, wanted in zip(names, central_gradient(loss, list(leaves.values())), strict=True):
            if network.is_smooth or abs(wanted) > 1e-6:  # not at a corner of relu
                assert gradient(network, "L", name)(leaves) == pytest.approx(wanted, rel=1e-4, abs=1e-6)


def _loss(network: Network, leaves: dict[str, float]) -> float:
    known = network.values(leaves)
    total = 0.0
    for y, o in network.outputs:
        if network.loss == "cross-entropy":
            total -= known[y] * math.log(known[o]) + (1 - known[y]) * math.log(1 - known[o])
        else:
            total += (known[y] - known[o]) ** 2 * (1.0 if network.loss == "squared" else 0.5)
    return total / len(network.outputs)


def test_the_networks_are_of_all_kinds(networks: list[Network]) -> None:
    depths = {len({one.name.split("_")[0] for one in network.neurons}) for network in networks}
    assert len(depths) >= 3
    uses = [[weight for one in network.neurons for weight, _ in one.terms] for network in networks]
    assert any(len(set(one)) < len(one) for one in uses)  # tied, or several samples
    assert any(0.0 in network.leaves.values() for network in networks)
    assert any(len(network.outputs) > 1 for network in networks)
    for network in networks:
        assert network.recorded().data == pytest.approx(_loss(network, network.leaves), rel=1e-12)


@pytest.fixture(scope="module")
def measured() -> dict[str, dict[str, object]]:
    return measure(60, seed=1)  # type: ignore[return-value]  # Counters, which only `lines` reads


@pytest.mark.slow
def test_what_is_promised_is_kept_on_a_sample(measured: dict[str, dict[str, object]]) -> None:
    rows = lines(measured)  # type: ignore[arg-type]
    assert len(rows) == 12
    for what, promise, share, whole, kept in rows:
        assert whole >= 20, what
        assert kept, f"{what}: {promise}, but {share:.1%} of {whole:.0f}"


@pytest.mark.slow
def test_the_command_prints_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    main(["4"])
    printed = capsys.readouterr().out
    assert printed.startswith("4 random networks, ")
    assert "functions, any mistakes: a wrong one is named        under 0.5 %" in printed


@pytest.mark.slow
def test_the_measurement_sees_a_tutor_that_guesses(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that takes the first mistake that fits a number, and one that takes all mistakes for the same."""
    giving = numbers._giving
    with monkeypatch.context() as patch:
        patch.setattr(numbers, "_giving", lambda values, groups: dict([*giving(values, groups).items()][-1:]))
        rows = {row[0]: row[-1] for row in lines(measure(30, seed=7))}
        assert not rows["one number, smooth: the mistake is a candidate"]
    monkeypatch.setattr(numbers, "split", lambda one, pool: Split([], [1] * len(one.mistakes) + [0]))
    monkeypatch.setattr(numbers, "is_new", lambda *_: True)
    monkeypatch.setattr(numbers, "separating", lambda one, *_: {one.subgraph.evaluator.leaves[-1]: 0.77})
    rows = {row[0]: row[-1] for row in lines(measure(30, seed=5))}
    assert not rows["two numbers, relu: a wrong one is named"]


@pytest.mark.slow
def test_the_measurement_sees_a_catalogue_that_says_what_it_does_not_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edits.Scaled, "value", lambda self, chain: chain.true / self.factor)
    rows = {row[0]: row for row in lines(measure(40, seed=5))}
    assert not rows["functions, any mistakes: a wrong one is named"][-1]


def test_domains_are_kept_to() -> None:
    """Random points where log and sqrt have an answer."""
    x, y = Value(2.0, "x"), Value(3.0, "y")
    root = (x.log() * (y - 1).sqrt()).named("L")
    assert check_partials(
        root, {"x": lambda x, y: math.sqrt(y - 1) / x, "y": lambda x, y: math.log(x) / 2 / math.sqrt(y - 1)}
    ).ok
    report = check_partials(
        root, {"x": lambda x, y: math.sqrt(y - 1) * x, "y": lambda x, y: math.log(x) / math.sqrt(y - 1)}
    )
    assert [verdict.kinds for verdict in report.verdicts] == [("inverted",), ("missing",)]
    assert "2 times the partial" in str(report)
