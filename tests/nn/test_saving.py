"""Networks as files: the same network comes back, and a file that is not one is refused, field by field."""

from __future__ import annotations

import contextlib
import json
import math
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import UsageError, Value, tanh
from nn import MLP, LoadError, Module, saving
from nn.activations import ACTIVATIONS, linear


@pytest.mark.parametrize(
    "net",
    [
        MLP(2, [2, 1], seed=1),
        MLP(3, [4, 5, 2], "tanh", "linear", seed=2),
        MLP(2, [8, 1], bias=False, seed=3),
        MLP(1, [1], "softplus", weight_init=lambda *_: 1e308),
    ],
)
def test_the_same_network_comes_back(net: MLP, tmp_path: Path) -> None:
    net.save(tmp_path / "net.json")
    again = MLP.load(tmp_path / "net.json")
    assert repr(again) == repr(net)
    assert {n: p.data for n, p in again.named_parameters().items()} == {
        n: p.data for n, p in net.named_parameters().items()
    }
    assert [path.name for path in tmp_path.iterdir()] == ["net.json"]


def test_load_is_of_the_class_and_a_network_that_would_stay_as_it_is_says_so(tmp_path: Path) -> None:
    class Mine(MLP):
        pass

    net = Mine(2, [3, 1], seed=1)
    net.save(tmp_path / "net.json")
    again = Mine.load(tmp_path / "net.json")
    assert (type(again), again.state_dict()) == (Mine, net.state_dict())
    for name in ("load", "load_weights"):
        with pytest.raises(AttributeError, match=r"write net = MLP\.load\(path\), which makes a new network, instead"):
            getattr(net, name)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_every_activation_comes_back_by_its_name(name: str, tmp_path: Path) -> None:
    net = MLP(2, [3, 1], name, "linear", seed=1)
    net.save(tmp_path / "net.json")
    again = MLP.load(tmp_path / "net.json")
    assert again.activation == name
    assert again([0.5, -2.0]).data == net([0.5, -2.0]).data


def test_the_file_is_readable(tmp_path: Path) -> None:
    path = tmp_path / "net.json"
    net = MLP(2, [1], seed=1)
    net.set_parameters({"w1": 0.1, "w2": -2.5, "b1": 0})
    net.save(str(path))
    assert path.read_text() == (
        '{\n  "format": "stepgrad network",\n  "version": 2,\n  "n_inputs": 2,\n  "sizes": [\n    1\n  ],\n'
        '  "activation": "sigmoid",\n  "output_activation": "sigmoid",\n  "bias": true,\n'
        '  "parameters": {\n    "w1": 0.1,\n    "w2": -2.5,\n    "b1": 0.0\n  }\n}\n'
    )


def test_an_activation_given_as_our_own_function_is_saved_by_its_name(tmp_path: Path) -> None:
    from autograd import tanh

    net = MLP(2, [1], activation=tanh)
    net.save(tmp_path / "net.json")
    assert MLP.load(tmp_path / "net.json").activation == "tanh"


def test_names_given_to_parameters_and_parameters_put_in_by_hand_lose_nothing(tmp_path: Path) -> None:
    net = MLP(2, [2, 1], seed=1)
    net.w1.named("first weight")
    net.w3.named("w2")
    net.h2.weights[1] = Value(0.25)
    net.save(tmp_path / "net.json")
    again = MLP.load(tmp_path / "net.json")
    assert [p.data for p in again.parameters()] == [p.data for p in net.parameters()]
    assert again.w4.data == net.w4.data == 0.25


def changed(change: Callable[[Any], object], *sizes: int) -> MLP:
    net = MLP(2, sizes or [2, 1], seed=1)
    change(net)
    return net


def test_a_changed_output_activation_comes_back(tmp_path: Path) -> None:
    net = MLP(2, [2, 1], seed=1)
    net.o1.activation = linear
    w1, w2, b1, w3, w4, b2, w5, w6, b3 = (parameter.data for parameter in net.parameters())
    h1, h2 = (1 / (1 + math.exp(-s)) for s in (0.5 * w1 + 0.25 * w2 + b1, 0.5 * w3 + 0.25 * w4 + b2))
    want = w5 * h1 + w6 * h2 + b3
    net.save(tmp_path / "net.json")
    again = MLP.load(tmp_path / "net.json")
    assert again.predict([0.5, 0.25]) == pytest.approx(want, rel=1e-12)
    assert again.predict([0.5, 0.25]) == net.predict([0.5, 0.25])


@pytest.mark.parametrize(
    "change",
    [
        lambda net: vars(net.h1).update(activation=tanh) or vars(net.h2).update(activation=tanh),
        lambda net: any(vars(neuron).update(bias=None) for neuron in net.neurons),
        lambda net: setattr(net, "activation", "relu"),  # read when the network was made, and never again
        lambda net: setattr(net, "sizes", [7]),
        lambda net: setattr(net, "has_bias", False),
        lambda net: setattr(net.h1, "name", "first"),
    ],
)
def test_what_was_changed_everywhere_alike_comes_back(change: Callable[[Any], object], tmp_path: Path) -> None:
    net = changed(change)
    net.save(tmp_path / "net.json")
    assert MLP.load(tmp_path / "net.json").predict([0.5, 0.25]) == net.predict([0.5, 0.25])


@pytest.mark.parametrize(
    ("net", "words"),
    [
        (
            changed(lambda net: setattr(net.h2, "bias", None)),
            "h1 has a bias, and h2 has no bias, of which a file can say",
        ),
        (changed(lambda net: setattr(net.o1, "bias", None)), "h1 has a bias, and o1 has no bias"),
        (changed(lambda net: setattr(net.h2, "activation", tanh)), "h1 has sigmoid, and h2 has tanh"),
        (changed(lambda net: setattr(net.o2, "activation", tanh), 2, 2), "o1 has sigmoid, and o2 has tanh"),
        (changed(lambda net: setattr(net.h1_1, "activation", tanh), 1, 1, 1), "h1_1 has tanh, and h2_1 has sigmoid"),
        (changed(lambda net: setattr(net.h2, "activation", abs)), "an activation, is a function of your own"),
        (changed(lambda net: setattr(net.h2, "weights", net.h1.weights)), "would compute something else"),
        (changed(lambda net: setattr(net.h2, "weights", [net.w1 * 2, net.w4])), "would compute something else"),
        (changed(lambda net: setattr(net.o1, "output", lambda xs: xs[0])), "would compute something else"),
        (changed(lambda net: net.layers.reverse()), "no file of it could be read"),
        (changed(lambda net: setattr(net, "n_inputs", 3)), "no file of it could be read"),
    ],
)
def test_what_a_file_cannot_say_is_not_saved(net: MLP, words: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        net.save(tmp_path / "net.json")
    assert str(caught.value).startswith("this network cannot be saved: ")
    assert words in str(caught.value)
    assert str(caught.value).endswith("and set_parameters() in a network that you make again")
    assert not list(tmp_path.iterdir())


class Tempered(MLP):
    """A network with a number of its own in what it computes."""

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.temperature = Value(1.0)

    def __call__(self, inputs: Any) -> Any:
        return super().__call__(inputs) * self.temperature


def test_a_class_of_ones_own_is_made_again_by_its_class(tmp_path: Path) -> None:
    class Xor(MLP):
        def __init__(self) -> None:
            super().__init__(2, [2, 1], seed=1)

    for net in (Xor(), Tempered(2, [2, 1], seed=1)):
        net.save(tmp_path / "net.json")
        again = (Tempered if isinstance(net, Tempered) else MLP).load(tmp_path / "net.json")
        assert again.predict([0.5, 0.25]) == net.predict([0.5, 0.25])
    hot = Tempered(2, [2, 1], seed=1)
    hot.temperature.data = 2.0
    with pytest.raises(UsageError, match=r"something else \(value \d+ is a leaf of 2.0 in one, of 1.0 in the other\)"):
        hot.save(tmp_path / "net.json")


def test_what_has_layers_but_is_no_mlp_is_not_saved(tmp_path: Path) -> None:
    class Own(Module):
        def __init__(self, net: MLP) -> None:
            self.net = net
            self.n_inputs, self.layers, self.activation = net.n_inputs, net.layers, net.activation

        def named_parameters(self) -> dict[str, Value]:
            return self.net.named_parameters()

    with pytest.raises(UsageError, match="this network cannot be saved: Own is no MLP"):
        saving.save(Own(MLP(2, [2, 1])), tmp_path / "net.json")


def test_a_network_that_has_no_answer_where_it_is_compared_is_saved(tmp_path: Path) -> None:
    class Logarithm(MLP):
        def __call__(self, inputs: Any) -> Any:
            return super().__call__(inputs).log()

    net = Logarithm(1, [1], activation="linear")
    net.set_parameters({"w1": -1.0, "b1": 0.0})
    net.save(tmp_path / "net.json")
    assert Logarithm.load(tmp_path / "net.json").predict([-1.0]) == net.predict([-1.0]) == 0.0


def test_a_link_stays_and_what_it_points_to_is_written(tmp_path: Path) -> None:
    real, link = tmp_path / ("a" * 250), tmp_path / "link.json"
    link.symlink_to(real)
    MLP(2, [1], seed=1).save(link)
    assert link.is_symlink()
    assert MLP.load(real).n_inputs == 2


def test_what_cannot_be_saved_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "net.json"
    net = MLP(2, [1], seed=1)
    net.save(path)
    old = path.read_bytes()
    net.set_parameters({"w2": math.inf})
    with pytest.raises(UsageError, match=r"w2 is inf; a network is saved only when all its parameters are finite"):
        net.save(path)
    with pytest.raises(UsageError, match=r"cannot be saved: .* is a function of your own"):
        MLP(2, [1], activation=lambda s: s).save(path)
    assert path.read_bytes() == old


@pytest.mark.parametrize("moment", ["dumps", "fsync", "replace"])
def test_a_save_that_dies_leaves_the_old_file_and_no_other(
    moment: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "net.json"
    MLP(2, [1], seed=1).save(path)
    old = path.read_bytes()

    def die(*_: Any, **__: Any) -> None:
        raise OSError("disk full")

    where: Any = {"dumps": json, "fsync": os, "replace": Path}[moment]
    monkeypatch.setattr(where, moment, die)
    with pytest.raises(OSError, match="disk full"):
        MLP(2, [1], seed=2).save(path)
    assert path.read_bytes() == old
    assert [p.name for p in tmp_path.iterdir()] == ["net.json"]


# Saves a network over and over, in children that are killed: one at every line that saving runs, in nn/saving.py and
# autograd/views/files.py and in what these call of the standard library to handle files. After each the file is read.
_KILLED_AT_EVERY_LINE = """
import json, os, signal, sys
from pathlib import Path
from nn import MLP

path = Path(sys.argv[1])
nets = [MLP(2, [1], seed=seed) for seed in (1, 2)]
numbers = [[parameter.data for parameter in net.parameters()] for net in nets]
nets[0].save(path)
seen, line = [0, 0], 0
while True:
    line += 1
    child = os.fork()
    if not child:
        lines = 0

        def at_line(frame, event, argument):
            global lines
            if event == "line":
                lines += 1
                if lines == line:
                    os.kill(os.getpid(), signal.SIGKILL)
            return at_line

        def at_call(frame, event, argument):
            file = Path(frame.f_code.co_filename).name
            return at_line if file in ("saving.py", "files.py", "pathlib.py", "_local.py") else None

        sys.settrace(at_call)
        nets[1].save(path)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    found = [parameter.data for parameter in MLP.load(path).parameters()]
    seen[numbers.index(found)] += 1
    if os.WIFEXITED(status):
        assert os.WEXITSTATUS(status) == 0
        break
    assert os.WTERMSIG(status) == signal.SIGKILL
    if found == numbers[1]:
        nets[0].save(path)
print(json.dumps([line, seen]))
"""


@pytest.mark.slow
@pytest.mark.skipif(
    not hasattr(os, "fork"), reason="processes cannot be forked, and killed at a line, on this platform"
)
def test_a_process_killed_at_any_line_of_saving_leaves_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _KILLED_AT_EVERY_LINE, str(tmp_path / "net.json")]
    run = subprocess.run(command, check=True, capture_output=True, text=True, cwd=Path(__file__).parents[2])
    kills, (old, new) = json.loads(run.stdout)
    assert kills > 50
    assert old > 30
    assert new >= 2  # killed after it had taken its place, and not killed at all


@pytest.mark.slow
def test_a_process_killed_at_any_moment_leaves_a_whole_file(tmp_path: Path) -> None:
    program = (
        "import sys; from nn import MLP\n"
        "nets = [MLP(2, [30, 1], seed=seed) for seed in (1, 2)]\n"
        "while True:\n"
        "    for net in nets:\n"
        "        net.save(sys.argv[1]); print(flush=True)\n"
    )
    path = tmp_path / "net.json"
    either = [[parameter.data for parameter in MLP(2, [30, 1], seed=seed).parameters()] for seed in (1, 2)]
    random = Random(5)
    for _ in range(6):
        child = subprocess.Popen(
            [sys.executable, "-c", program, str(path)], stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]
        )
        with child:
            assert child.stdout is not None
            child.stdout.readline()  # the first file is there
            time.sleep(random.uniform(0.0, 0.02))
            child.kill()
        assert [parameter.data for parameter in MLP.load(path).parameters()] in either


def test_a_missing_file_is_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        MLP.load(tmp_path / "nothing.json")


GOOD: dict[str, Any] = {
    "format": "stepgrad network",
    "version": 2,
    "n_inputs": 2,
    "sizes": [1],
    "activation": "sigmoid",
    "output_activation": "sigmoid",
    "bias": True,
    "parameters": {"w1": 0.5, "w2": 1, "b1": -0.5},
}


def test_a_field_twice_among_very_many_is_found_at_once(tmp_path: Path) -> None:
    """Where every name was counted anew this took minutes."""
    names = [f"w{number}" for number in range(200_000)]
    with pytest.raises(LoadError, match="'w199999' is there twice"):
        load("{" + ", ".join(f'"{name}": 1' for name in [*names, names[-1]]) + "}", tmp_path)


def load(text: str, tmp_path: Path) -> MLP:
    path = tmp_path / "net.json"
    path.write_text(text)
    return MLP.load(path)


def test_the_good_file_of_these_tests_is_good(tmp_path: Path) -> None:
    assert load(json.dumps(GOOD), tmp_path).w1.data == 0.5


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"format": "other"}, "field 'format' should be 'stepgrad network'"),
        ({"version": 3}, "field 'version' is 3, and this stepgrad reads 2; install a newer one"),
        ({"version": 10**4000}, "field 'version' is 1000000000"),
        ({"version": 0}, "field 'version' is 0; expected a whole number from 1 to 2"),
        ({"version": "1"}, "field 'version' is '1'; expected of type int"),
        ({"version": True}, "field 'version' is True; expected of type int"),
        ({"version": None}, "field 'version' is missing"),
        ({"n_inputs": 0}, "field 'n_inputs' is 0; expected a whole number of at least 1"),
        ({"n_inputs": 2.0}, "field 'n_inputs' is 2.0; expected of type int"),
        ({"n_inputs": 3}, "field 'parameters' is '3 numbers'; expected 4 for a network of these sizes"),
        ({"n_inputs": 10**12}, "field 'parameters' is '3 numbers'; expected 1000000000001"),
        ({"sizes": []}, "field 'sizes' is []; expected a list of whole numbers"),
        ({"sizes": [1, "1"]}, "field 'sizes' is [1, '1']; expected a list of whole numbers"),
        ({"sizes": [True]}, "field 'sizes' is [True]"),
        ({"sizes": None}, "field 'sizes' is missing"),
        ({"activation": "swish"}, "field 'activation' is 'swish'; expected one of sigmoid"),
        ({"output_activation": 3}, "field 'output_activation' is 3; expected of type str"),
        ({"bias": 1}, "field 'bias' is 1; expected of type bool"),
        ({"bias": False}, "field 'parameters' is '3 numbers'; expected 2"),
        ({"parameters": [1, 2, 3]}, "field 'parameters' is [1, 2, 3]; expected of type dict"),
        ({"parameters": {"w1": 1, "w2": 2}}, "expected 3 for a network"),
        ({"parameters": {"w1": 1, "w2": 2, "b2": 3}}, "field 'parameters.b2' is 3; expected a parameter of a network"),
        ({"parameters": {"w1": 1, "w2": "2", "b1": 3}}, "field 'parameters.w2' is '2'; expected a finite number"),
        ({"parameters": {"w1": 1, "w2": None, "b1": 3}}, "field 'parameters.w2' is None; expected a finite number"),
        ({"parameters": {"w1": 1, "w2": math.nan, "b1": 3}}, "field 'parameters.w2' is nan; expected a finite number"),
        ({"parameters": {"w1": 1, "w2": True, "b1": 3}}, "field 'parameters.w2' is True; expected a finite number"),
        ({"parameters": {"w1": 1, "w2": 10**400, "b1": 3}}, "field 'parameters.w2' is 1000"),
    ],
)
def test_a_wrong_field_is_named(change: dict[str, Any], words: str, tmp_path: Path) -> None:
    content = {name: value for name, value in {**GOOD, **change}.items() if value is not None}
    with pytest.raises(LoadError) as caught:
        load(json.dumps(content), tmp_path)
    assert words in str(caught.value)
    assert str(tmp_path / "net.json") in str(caught.value)
    assert len(str(caught.value)) < 300


def test_a_field_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    text = json.dumps(GOOD)
    for twice in (text.replace('"w1": 0.5', '"w1": 0.5, "w1": 7'), text.replace("{", '{"n_inputs": 2, ', 1)):
        with pytest.raises(LoadError, match=r"is not a saved network: .*\('(w1|n_inputs)' is there twice\)"):
            load(twice, tmp_path)


def test_sizes_too_large_to_be_written_out_are_refused(tmp_path: Path) -> None:
    with pytest.raises(LoadError, match="field 'parameters' is '3 numbers'; expected far more for a network"):
        load(json.dumps({**GOOD, "n_inputs": 10**4000, "sizes": [10**4000]}), tmp_path)


def test_an_endless_name_makes_no_endless_message(tmp_path: Path) -> None:
    parameters = {"w1": 0.5, "w" * 5000: 1, "b1": -0.5}
    with pytest.raises(LoadError, match=r"field 'parameters\.www") as caught:
        load(json.dumps({**GOOD, "parameters": parameters}), tmp_path)
    assert len(str(caught.value)) < 300


def test_every_truncation_is_refused(tmp_path: Path) -> None:
    text = json.dumps(GOOD)
    for length in range(len(text)):
        with pytest.raises(LoadError, match="is not a saved network: it is damaged or cut off"):
            load(text[:length], tmp_path)


@pytest.mark.parametrize("text", ["", "null", "[]", "3", '"stepgrad network"', "{}", "[" * 100_000, "\x00"])
def test_foreign_files_are_refused(text: str, tmp_path: Path) -> None:
    with pytest.raises(LoadError, match="is not a saved network"):
        load(text, tmp_path)


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "net.json"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(LoadError, match="is not a saved network"):
        MLP.load(path)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(field=st.sampled_from(sorted(GOOD)), value=json_values)
def test_any_value_in_any_field_is_read_or_refused(
    field: str, value: object, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / "fuzzed.json"
    path.write_text(json.dumps({**GOOD, field: value}))
    with contextlib.suppress(LoadError):
        MLP.load(path)


def test_the_version_that_is_written_is_the_one_that_is_read() -> None:
    assert GOOD["version"] == saving.VERSION
