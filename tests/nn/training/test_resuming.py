"""Training in two parts: state out, state in, and to the last bit what it would have been in one."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest

from autograd import UsageError
from nn import MLP, SGD, Adam, AdamW, LoadError, Optimizer, RMSProp, cosine_decay, fit, warm_up

from ...support.engines import JAX

RANDOM = Random(5)
INPUTS = [[RANDOM.gauss(0, 1), RANDOM.gauss(0, 1)] for _ in range(9)]
TARGETS = [RANDOM.random() for _ in INPUTS]

Make = Callable[[MLP], Optimizer]
KINDS: dict[str, Make] = {
    "plain": lambda net: SGD(net.parameters(), 0.3),
    "nesterov": lambda net: SGD(net.parameters(), 0.1, 0.8, nesterov=True, weight_decay=0.01),
    "Adam": lambda net: Adam(net.parameters(), 0.05, clip_norm=0.2),
    "AdamW": lambda net: AdamW(net.parameters(), warm_up(cosine_decay(0.1, 12), 3)),
    "RMSProp": lambda net: RMSProp(net.parameters(), lambda epoch: 0.1 / (1 + epoch), clip_value=0.1),
}


def start() -> MLP:
    return MLP(2, [3, 1], activation="tanh", seed=2)


def train(net: MLP, optimizer: Optimizer, epochs: int, engine: Any) -> list[float]:
    history = fit(
        net, INPUTS, TARGETS, optimizer=optimizer, epochs=epochs, batch_size=2, shuffle=True, seed=7, engine=engine
    )
    assert history.engine == engine
    return history.losses


@pytest.mark.parametrize("engine", ["compiled", "numpy", "eager", JAX])
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_run_in_two_parts_is_one_to_the_last_bit(kind: str, engine: Any, tmp_path: Path) -> None:
    whole = start()
    optimizer = KINDS[kind](whole)
    losses = train(whole, optimizer, 11, engine)

    first = start()
    half = KINDS[kind](first)
    found = train(first, half, 4, engine)
    first.save(tmp_path / "net.json", half)
    again = MLP.load(tmp_path / "net.json")
    going_on = KINDS[kind](again)
    going_on.load(tmp_path / "net.json")
    found += train(again, going_on, 7, engine)

    assert found == losses
    assert again.state_dict() == whole.state_dict()
    assert going_on.state_dict() == optimizer.state_dict()
    assert going_on.epoch == 11


def test_without_a_seed_orders_are_drawn_anew() -> None:
    orders = []
    for _ in range(2):
        net = start()
        fit(net, INPUTS, TARGETS, epochs=2, shuffle=True)
        orders.append(net.state_dict())
    assert orders[0] != orders[1]


def test_settings_are_taken_over_and_a_schedule_stays() -> None:
    saved = SGD(start().parameters(), 0.25, 0.5, weight_decay=0.125, clip_value=2.0)
    saved.epoch, saved.steps = 7, 21
    other = SGD(start().parameters(), 0.1, clip_norm=1.0)
    other.load_state_dict(json.loads(json.dumps(saved.state_dict())))
    assert (other.learning_rate, other.momentum, other.weight_decay) == (0.25, 0.5, 0.125)
    assert (other.clip_norm, other.clip_value, other.epoch, other.steps) == (None, 2.0, 7, 21)
    schedule = cosine_decay(0.1, 5)
    other = SGD(start().parameters(), schedule)
    other.load_state_dict(saved.state_dict())
    assert other.learning_rate is schedule


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda state: state.pop("steps"), "this is no state of an optimiser: 'steps' is missing"),
        (lambda state: state.update(optimizer="SGD"), "the state is that of 'SGD', and this optimiser is 'Adam'"),
        (lambda state: state["states"].pop(), "the state is not that of 13 parameters, which this optimiser moves"),
        (lambda state: state["states"][3].pop(), "the state of parameter 3 is [0.0]; expected 2 finite number(s)"),
        (lambda state: state["states"].__setitem__(0, [0.0, float("nan")]), "the state of parameter 0 is [0.0, nan]"),
        (lambda state: state.update(epoch=-1), "epoch must be a whole number of at least 0, not -1"),
        (lambda state: state["settings"].update(beta1="much"), "the setting beta1 is 'much'; expected a number"),
        (lambda state: state["settings"].update(step=1.0), "'step' is no setting of Adam"),
        (lambda state: state["settings"].update(learning_rate=None), "the learning rate was a schedule"),
        (lambda state: state.update(rule="w = w"), "the state is that of the rule 'w = w', and this one has <Upd"),
    ],
)
def test_a_state_of_another_optimiser_is_refused_and_nothing_has_changed(
    change: Any, words: str, tmp_path: Path
) -> None:
    net = start()
    optimizer = Adam(net.parameters(), 0.125, clip_norm=3.0)
    state = Adam(start().parameters(), 0.5).state_dict()
    change(state)
    before = optimizer.state_dict()
    with pytest.raises(UsageError) as caught:
        optimizer.load_state_dict(state)
    assert words in str(caught.value)
    assert optimizer.state_dict() == before
    net.save(tmp_path / "net.json", optimizer)
    content = json.loads((tmp_path / "net.json").read_text())
    content["optimizer"] = state
    (tmp_path / "net.json").write_text(json.dumps(content))
    with pytest.raises(LoadError) as refused:
        optimizer.load(tmp_path / "net.json")
    assert "net.json: field 'optimizer': " in str(refused.value)
    assert optimizer.state_dict() == before


def test_files_without_an_optimiser_and_of_version_1(tmp_path: Path) -> None:
    net = start()
    net.save(tmp_path / "net.json")
    with pytest.raises(LoadError, match="holds a network without its optimiser: write it with"):
        SGD(net.parameters(), 0.1).load(tmp_path / "net.json")
    content = json.loads((tmp_path / "net.json").read_text())
    assert content["version"] == 2
    content["version"] = 1
    (tmp_path / "net.json").write_text(json.dumps(content))
    assert MLP.load(tmp_path / "net.json").state_dict() == net.state_dict()
    with pytest.raises(UsageError, match="expected the one that moves this network's parameters"):
        net.save(tmp_path / "other.json", SGD(start().parameters(), 0.1))
    assert not (tmp_path / "other.json").exists()


def test_all_parameters_by_name() -> None:
    net, other = start(), MLP(2, [3, 1], seed=8)
    other.load_state_dict(net.state_dict())
    assert other.state_dict() == {name: parameter.data for name, parameter in net.named_parameters().items()}
    state = net.state_dict()
    del state["w3"]
    with pytest.raises(UsageError, match=r"the state has no number for w3; set_parameters\(\) sets some"):
        net.load_state_dict(state)
    with pytest.raises(UsageError, match="there is no parameter 'w99'"):
        net.load_state_dict({**net.state_dict(), "w99": 1.0})
    with pytest.raises(UsageError, match=r"load_state_dict reads numbers by name, .* not 'net\.json'"):
        net.load_state_dict("net.json")  # type: ignore[arg-type]
