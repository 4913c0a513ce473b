"""Training on JAX: it ends where NumPy ends, on one device and on many, and no device gets the others' data."""

from __future__ import annotations

import json
from typing import Any

import pytest

from autograd import DomainError, UpdateRule, UsageError
from nn import MLP, SGD, Optimizer, fit, mean_squared_error
from nn.data import XOR
from nn.training import choice, run

from ...support.devices import printed_with_devices, trained
from ...support.engines import NEEDS_JAX
from .test_arrays import many
from .test_arrays import trained as trained_article
from .test_engines import ARTICLES, OPTIMIZERS


def test_without_jax_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choice, "find_spec", lambda name: None)
    with pytest.raises(UsageError, match=r"^engine='jax' needs JAX, which is not installed: pip install jax, or leave"):
        fit(MLP(2, [1]), *XOR, engine="jax")


def check_article(name: str, optimizer: str, size: int | None, reduction: str) -> None:
    ours, numbers = trained_article(name, "jax", optimizer, size, reduction)
    theirs, wanted = trained_article(name, "numpy", optimizer, size, reduction)
    assert (ours.engine, ours.why) == ("jax", "")
    assert numbers == pytest.approx(wanted, rel=1e-12, abs=1e-14)
    assert ours.losses == pytest.approx(theirs.losses, rel=1e-12, abs=1e-14)


@NEEDS_JAX
def test_an_article_ends_where_numpy_ends() -> None:
    check_article("weight-height", "Adam", 3, "mean")


@NEEDS_JAX
@pytest.mark.slow
@pytest.mark.parametrize("optimizer", sorted(OPTIMIZERS))
@pytest.mark.parametrize("name", sorted(ARTICLES))
def test_every_article_ends_where_numpy_ends(name: str, optimizer: str) -> None:
    for size, reduction in ((None, "mean"), (3, "sum")):
        check_article(name, optimizer, size, reduction)


@NEEDS_JAX
@pytest.mark.slow
def test_several_thousand_epochs_in_one_go(monkeypatch: pytest.MonkeyPatch) -> None:
    """More than the loop has room for the losses of; and the film has each of them."""
    monkeypatch.setattr(run, "CHUNK_SECONDS", 100.0)
    ends = []
    for engine in ("jax", "numpy"):
        net, chosen = MLP(2, [3, 1], bias_init="zero", seed=1), engine
        history = fit(net, *XOR, optimizer=SGD(net.parameters(), 0.5), epochs=9000, batch_size=3, engine=chosen)  # type: ignore[arg-type]
        ends.append([*history.losses, *(parameter.data for parameter in net.parameters())])
    assert len(ends[0]) == 9000 + 13
    assert ends[0] == pytest.approx(ends[1], rel=1e-11)


@NEEDS_JAX
@pytest.mark.slow
def test_a_rule_of_ones_own_and_one_that_forgets_where_it_was() -> None:
    class Signs(Optimizer):
        rule = UpdateRule({"seen": "1", "w": "w - learning_rate * sign(grad) * seen"}, ["learning_rate"])

    class Rewind(Optimizer):
        rule = UpdateRule({"w": "learning_rate"}, ["learning_rate"])

    for kind in (Signs, Rewind):
        ends = []
        for engine in ("jax", "eager"):
            net, chosen = MLP(2, [2, 1], seed=1), engine
            fit(net, *XOR, optimizer=kind(net.parameters(), 0.125), epochs=3, batch_size=3, engine=chosen)  # type: ignore[arg-type]
            ends.append([parameter.data for parameter in net.parameters()])
        assert ends[0] == pytest.approx(ends[1], rel=1e-14)


@NEEDS_JAX
def test_what_it_cannot_do_is_refused() -> None:
    class Own(SGD):
        def step(self) -> None:
            super().step()

    net = MLP(2, [2, 1], seed=1)
    with pytest.raises(
        UsageError, match=r"engine='jax': this network cannot be compiled: Own has a step\(\) of its own"
    ):
        fit(net, *XOR, mean_squared_error, Own(net.parameters(), 0.1), 2, None, engine="jax")


@NEEDS_JAX
@pytest.mark.slow
def test_where_training_runs_away_the_error_is_the_engines() -> None:
    rows, targets = many(100)
    ends = []
    for engine in ("jax", "eager"):
        net, chosen = MLP(6, [4, 1], "linear", seed=1), engine
        with pytest.raises(
            DomainError, match=r"^in epoch 4, row 0: power, by its rule x \*\* y, has no answer at x = -4\.0"
        ):
            fit(net, rows, targets, mean_squared_error, SGD(net.parameters(), 50.0), 400, None, engine=chosen)  # type: ignore[arg-type]
        ends.append([parameter.data for parameter in net.parameters()])
    assert ends[0] == pytest.approx(ends[1], rel=1e-9)


# Devices --------------------------------------------------------------------------------------------------------------


def assert_same_end(found: Any, wanted: Any) -> None:
    for batches, others in zip(found, wanted, strict=True):
        for numbers, theirs in zip(batches, others, strict=True):
            assert numbers == pytest.approx(theirs, rel=1e-12, abs=1e-14)


@NEEDS_JAX
@pytest.mark.slow
def test_on_one_three_and_eight_devices_and_on_two_machines_it_ends_at_the_same_parameters() -> None:
    """With 101 samples, in one batch and in batches of 7, and 3 in the last."""
    [(one, wanted)] = trained(1)
    assert one == 1
    for devices, machines in ((3, 1), (8, 1), (2, 2)):
        for count, found in trained(devices, machines):
            assert count == devices * machines
            assert_same_end(found, wanted)


# What devices give each other in the training loop that XLA has made, [kind, shapes] of each exchange: for one batch,
# for several, and for several whose samples lie over the devices in order, batch after batch.
_COMPILED = r"""
import json, re
from autograd import Value, compile
from autograd.extend import TrainingRun
from nn import MLP, Adam, mean_squared_error
net = MLP(6, [4, 1], seed=1)
optimizer = Adam(net.parameters(), 0.01)
xs, y = [Value(0.1 * place, f"x{place}") for place in range(6)], Value(1.0, "y_true")
root = mean_squared_error(net(list(xs)), y)
program = compile(root, [*xs, y], net.parameters(), optimizer.rule, backend="jax")
found = []
for size, count, layout in ((101, 1, "ours"), (13, 8, "ours"), (13, 8, "in order")):
    if layout == "in order":
        from jax.sharding import NamedSharding, PartitionSpec
        devices = program._devices
        devices.of_batches = NamedSharding(devices.of_batches.mesh, PartitionSpec("samples"))
    batches = [(1 / size, [[0.01 * place] * 7 for place in range(size)])] * count
    run = TrainingRun([p.data for p in net.parameters()], optimizer.states, optimizer.settings())
    text = program.compiled_text(batches, run)
    exchanged = re.findall(r" = (.*?) ((?:all|collective|reduce)-[a-z-]+)[(]", text)
    found.append([[kind, re.findall(r"f64\[([\d,]*)\]", what)] for what, kind in exchanged])
print(json.dumps(found))
"""


@NEEDS_JAX
@pytest.mark.slow
def test_devices_add_up_gradients_and_get_no_data() -> None:
    """No more than the loss and the gradients of 33 parameters, in one exchange."""
    whole, batches, in_order = json.loads(printed_with_devices(8, _COMPILED))
    for [(kind, shapes)] in (whole, batches):
        assert kind == "all-reduce"
        assert sorted(shapes) == ["", "", "4", "4", "4,6"]
    # That it would be seen: data that lie otherwise are exchanged.
    assert "all-to-all" in {kind for kind, _ in in_order}
