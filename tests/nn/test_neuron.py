"""Neuron, Layer, MLP: the articles' names and formulas, initialisers, activations, and what is refused."""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random
from typing import Any

import numpy as np
import pytest

from autograd import DomainError, UsageError, Value
from autograd.core.graph import topological_order
from nn import MLP, SGD, Layer, Module, Neuron, evaluate, fit, mean_squared_error, two_moons
from nn.data import PEOPLE

# For calls that are wrong on purpose, which the type checker would refuse first.
untyped_mlp: Any = MLP
untyped_neuron: Any = Neuron

ARTICLE_NAMES = ["w1", "w2", "b1", "w3", "w4", "b2", "w5", "w6", "b3"]


def sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))


def slope(x: float) -> float:
    return sigmoid(x) * (1 - sigmoid(x))


@pytest.mark.parametrize("seed", range(20))
def test_the_nine_partials_against_the_hand_derived_formulas(seed: int) -> None:
    random = Random(seed)
    net = MLP(2, [2, 1], seed=seed)
    x1, x2, y = random.gauss(0, 2), random.gauss(0, 2), float(random.random() < 0.5)
    loss = mean_squared_error(net([x1, x2]), y)
    loss.backward()

    w1, w2, b1, w3, w4, b2, w5, w6, b3 = (p.data for p in net.parameters())
    sum_h1, sum_h2 = w1 * x1 + w2 * x2 + b1, w3 * x1 + w4 * x2 + b2
    h1, h2 = sigmoid(sum_h1), sigmoid(sum_h2)
    sum_o1 = w5 * h1 + w6 * h2 + b3
    d_L_d_ypred = -2 * (y - sigmoid(sum_o1))  # noqa: N806
    d_ypred_d_h1, d_ypred_d_h2 = w5 * slope(sum_o1), w6 * slope(sum_o1)
    want = {
        "w1": d_L_d_ypred * d_ypred_d_h1 * x1 * slope(sum_h1),
        "w2": d_L_d_ypred * d_ypred_d_h1 * x2 * slope(sum_h1),
        "b1": d_L_d_ypred * d_ypred_d_h1 * slope(sum_h1),
        "w3": d_L_d_ypred * d_ypred_d_h2 * x1 * slope(sum_h2),
        "w4": d_L_d_ypred * d_ypred_d_h2 * x2 * slope(sum_h2),
        "b2": d_L_d_ypred * d_ypred_d_h2 * slope(sum_h2),
        "w5": d_L_d_ypred * h1 * slope(sum_o1),
        "w6": d_L_d_ypred * h2 * slope(sum_o1),
        "b3": d_L_d_ypred * slope(sum_o1),
    }
    assert list(want) == ARTICLE_NAMES == list(net.named_parameters())
    assert {p.name: p.grad for p in net.parameters()} == pytest.approx(want, rel=1e-12, abs=1e-300)
    values = {v.name: v for v in topological_order(loss) if v.name}
    assert values["o1"].grad == pytest.approx(d_L_d_ypred, rel=1e-14)
    assert values["h1"].grad == pytest.approx(d_L_d_ypred * d_ypred_d_h1, rel=1e-13)
    assert values["sum_h2"].grad == pytest.approx(d_L_d_ypred * d_ypred_d_h2 * slope(sum_h2), rel=1e-13)


def test_names_roles_and_groups_of_the_articles_network() -> None:
    net = MLP(2, [2, 1])
    loss = mean_squared_error(net([2.0, 3.0]), 1)
    values = {v.name: v for v in topological_order(loss) if v.name}
    assert " ".join(values) == "y_true w5 w1 x1 w2 x2 b1 sum_h1 h1 w6 w3 w4 b2 sum_h2 h2 b3 sum_o1 o1 L"
    assert {name for name, v in values.items() if v.role == "input"} == {"x1", "x2"}
    assert {name for name, v in values.items() if v.role == "target"} == {"y_true"}
    assert [name for name in ARTICLE_NAMES if values[name].role == "parameter"] == ARTICLE_NAMES
    assert {name for name, v in values.items() if v.group == "h1"} == {"w1", "w2", "b1", "sum_h1", "h1"}
    assert {name for name, v in values.items() if v.group == "o1"} == {"w5", "w6", "b3", "sum_o1", "o1"}
    assert values["L"] is loss
    assert [v.op.name for v in topological_order(values["sum_h1"]) if v.op] == ["mul", "mul", "add", "add"]


def test_neurons_and_parameters_are_reachable_as_in_the_articles() -> None:
    net = MLP(2, [2, 1])
    assert net.h1.weights == [net.w1, net.w2]
    assert net.h2.bias is net.b2
    assert net.o1.parameters() == [net.w5, net.w6, net.b3]
    deep = MLP(3, [4, 2, 2])
    assert [n.name for n in deep.neurons] == ["h1_1", "h1_2", "h1_3", "h1_4", "h2_1", "h2_2", "o1", "o2"]
    assert deep.h1_2 is deep.layers[0].neurons[1]
    assert len(deep.parameters()) == 3 * 4 + 4 + 4 * 2 + 2 + 2 * 2 + 2
    assert [v.name for v in deep([1, 2, 3])] == ["o1", "o2"]
    flat = MLP(2, [1])
    assert [n.name for n in flat.neurons] == ["o1"]
    with pytest.raises(AttributeError, match=r"there is no parameter 'w99' \(must be one of w1, .*, b3\)"):
        _ = net.w99
    with pytest.raises(AttributeError, match="has no attribute 'weights'"):
        _ = net.weights


def test_a_neuron_that_is_told_its_weights() -> None:
    neuron = Neuron(weights=[0, 1], bias=4)
    assert neuron([2, 3]).data == pytest.approx(0.9990889488055994, rel=1e-15)
    assert neuron.predict([2, 3]) == neuron([2, 3]).data
    assert [(p.name, p.data) for p in neuron.parameters()] == [("w1", 0.0), ("w2", 1.0), ("b1", 4.0)]
    assert Neuron(weights=[1.0], bias=False).parameters()[0].name == "w1"
    assert Neuron(3).n_inputs == 3


def test_a_layer_names_its_neurons_and_numbers_its_parameters() -> None:
    layer = Layer(2, 3)
    assert list(layer.named_parameters()) == ARTICLE_NAMES
    assert [v.name for v in layer([1, 2])] == ["o1", "o2", "o3"]
    assert isinstance(Layer(2, 1)([1, 2]), Value)
    assert layer.predict([1, 2]) == [v.data for v in layer([1, 2])]


def test_bias_false_leaves_biases_out() -> None:
    net = MLP(2, [8, 1], bias=False)
    assert [p.name for p in net.parameters()] == [f"w{i}" for i in range(1, 25)]
    assert net.h1([0.0, 0.0]).data == 0.5


def test_output_activation_none_means_the_same_and_linear_is_a_choice() -> None:
    same = MLP(1, [1, 1], activation="tanh")
    assert same([1]).op is Value(1.0).tanh().op
    linear = MLP(1, [1, 1], activation="tanh", output_activation="linear")
    out = linear([1])
    assert out.name == "o1"
    assert out.op is not None
    assert out.op.name == "add"


def test_an_activation_may_be_a_function() -> None:
    net = MLP(2, [2, 1], activation=lambda s: s.sin() * 2, seed=1)
    values = {v.name for v in topological_order(net([1, 2]))}
    assert {"sum_h1", "h1", "sum_o1", "o1"} <= values
    wrong = untyped_neuron(weights=[1.0], bias=0, activation=lambda s: math.tanh(s))
    with pytest.raises(UsageError, match=r"activation of o1 returned .* no gradient flows.*not math\.exp"):
        wrong([1.0])


@pytest.mark.parametrize("name", ["normal", "uniform", "zero", "xavier", "he"])
def test_initialisers_by_name(name: str) -> None:
    net = MLP(100, [50, 1], weight_init=name, bias_init="zero", seed=3)
    weights = [w.data for neuron in net.layers[0].neurons for w in neuron.weights]
    spread = math.sqrt(sum(w * w for w in weights) / len(weights))
    want = {
        "normal": 1.0,
        "uniform": 1 / math.sqrt(3),
        "zero": 0.0,
        "xavier": math.sqrt(2 / 150),
        "he": math.sqrt(2 / 100),
    }
    assert spread == pytest.approx(want[name], rel=0.04)
    assert net.b1.data == 0.0


def test_a_seed_gives_the_same_start_and_none_another() -> None:
    def start(seed: int | None) -> list[float]:
        return [p.data for p in MLP(3, [4, 2], seed=seed).parameters()]

    assert start(1) == start(1) != start(2)
    assert start(None) != start(None)
    assert len(set(start(1))) == len(start(1))


def test_an_initialiser_may_be_a_function() -> None:
    net = MLP(3, [2, 1], weight_init=lambda random, n_inputs, n_outputs: 10 * n_inputs + n_outputs, bias_init="zero")
    assert [p.data for p in net.h1.weights] == [32.0] * 3
    assert [p.data for p in net.o1.weights] == [21.0] * 2


def test_values_as_inputs_stay_part_of_their_graph() -> None:
    net = MLP(2, [2, 1], seed=1)
    x = Value(0.5)
    out = net([x, x * 2])
    out.backward()
    assert x.grad != 0.0
    assert (x.name, x.role) == ("x1", "input")
    shared = net.w1
    net([shared, 1.0])
    assert shared.role == "parameter"


def test_predict_gives_plain_floats_and_records_nothing() -> None:
    net = MLP(2, [2, 2], seed=1)
    out = net.predict([1, 2])
    assert [type(p) for p in out] == [float, float]
    assert out == [v.data for v in net([1, 2])]


def test_set_parameters_is_all_or_nothing() -> None:
    net = MLP(2, [2, 1], seed=1)
    before = {name: p.data for name, p in net.named_parameters().items()}
    with pytest.raises(UsageError, match=r"there is no parameter 'w7' \(must be one of w1, w2, b1"):
        net.set_parameters({"w1": 5.0, "w7": 1.0})
    with pytest.raises(TypeError, match="holds one real number"):
        net.set_parameters({"w1": 5.0, "w2": "6"})  # type: ignore[arg-type]
    assert before == {name: p.data for name, p in net.named_parameters().items()}
    net.set_parameters({"w1": 5, "b3": 0.25})
    assert (net.w1.data, net.b3.data, net.w2.data) == (5.0, 0.25, before["w2"])


def test_the_parameters_of_another_network_are_copied_by_name() -> None:
    net, other = MLP(2, [2, 1], seed=1), MLP(2, [2, 1], seed=2)
    own = net.parameters()
    net.set_parameters(other.named_parameters())
    assert [p.data for p in net.parameters()] == [p.data for p in other.parameters()]
    assert net.parameters() == own  # the same Values, with other numbers
    other.w1.data += 1.0
    assert net.w1.data == other.w1.data - 1.0
    before = [p.data for p in net.parameters()]
    with pytest.raises(UsageError, match=r"there is no parameter 'w7' \(must be one of w1"):
        net.set_parameters(MLP(2, [3, 1], seed=3).named_parameters())
    assert [p.data for p in net.parameters()] == before
    wrong: Any
    for wrong in ([0.5] * 9, other.parameters(), other, "w1"):
        with pytest.raises(UsageError, match="set_parameters reads numbers by name"):
            net.set_parameters(wrong)


@pytest.mark.parametrize("net", [MLP(2, [2, 1], seed=1), Layer(2, 2, seed=1), Neuron(2, seed=1), Module()])
@pytest.mark.parametrize(
    ("name", "ours"),
    [
        ("fit", "nn.fit(net, inputs, targets)"),
        ("evaluate", "nn.evaluate(net, inputs, targets)"),
        ("score", "nn.accuracy(net, inputs, targets)"),
        ("forward", "net(inputs)"),
    ],
)
def test_names_of_other_frameworks_are_answered_with_ours(net: Any, name: str, ours: str) -> None:
    with pytest.raises(AttributeError) as caught:
        getattr(net, name)([[1, 2]], [0])
    assert str(caught.value) == f"{type(net).__name__!r} object has no attribute {name!r}: write {ours} instead"
    assert not hasattr(net, name)


def test_a_module_of_ones_own_may_have_these_names() -> None:
    class Own(Module):
        def forward(self, inputs: Any) -> str:
            return f"forward {inputs}"

    assert Own().forward([1]) == "forward [1]"
    assert not hasattr(Own(), "anything_else")


class OurNeuralNetwork(Module):
    """As the article writes it: neurons among the attributes."""

    def __init__(self) -> None:
        self.h1, self.h2 = (Neuron(weights=[1, 1], bias=0, name=name) for name in ("h1", "h2"))
        self.o1 = Neuron(weights=[1, 1], bias=0)
        self.name_parameters()

    def __call__(self, inputs: Any) -> Value:
        return self.o1([self.h1(inputs), self.h2(inputs)])


def test_a_network_of_ones_own_has_the_parameters_that_are_assigned() -> None:
    net = OurNeuralNetwork()
    assert list(net.named_parameters()) == ["w1", "w2", "b1", "w3", "w4", "b2", "w5", "w6", "b3"]
    assert [net.h2.w1.name, net.o1.b1.name, net.h2.w1.group] == ["w3", "b3", "h2"]
    loss = mean_squared_error(net([-2, -1]), 1)
    loss.backward()
    # The article's figures.
    assert net.named_parameters()["w1"].grad == pytest.approx(0.02146953526581111, rel=1e-12)
    assert net.named_parameters()["b3"].grad == pytest.approx(-0.23761755952842809, rel=1e-12)
    rows, targets = [list(column) for column in zip(*PEOPLE.values(), strict=True)]
    net.set_parameters({"w1": 0.1, "w2": 0.2, "w3": 0.3, "w4": 0.4, "w5": 0.5, "w6": 0.6})
    fit(net, rows, targets, optimizer=SGD(net.parameters(), 0.1), epochs=1000)
    assert evaluate(net, rows, targets) == pytest.approx(0.0015093149138969675, rel=1e-12)
    assert net.predict([-7, -3]) == pytest.approx(0.9675211209379232, rel=1e-12)


def test_parameters_are_found_in_what_attributes_hold() -> None:
    class Own(Module):
        def __init__(self) -> None:
            self.w, self.more = Value(1.0, "w"), {"a": [Value(2.0, "a")], "layers": (Layer(1, 2),)}
            self.same, self.computed, self.size, self.x = self.w, self.w * 2, 3, Value(0.0)
            self.x.role = "input"

    assert [one.name for one in Own().parameters()] == ["w", "a", "w1", "b1", "w2", "b2"]


def test_what_a_network_of_ones_own_lacks_is_told() -> None:
    class Forward(Module):
        def __init__(self) -> None:
            self.one, self.other = Neuron(2), Neuron(2)

        def forward(self, inputs: Any) -> Value:
            return self.one(inputs) + self.other(inputs)

    class Called(Forward):
        __call__ = Forward.forward

    with pytest.raises(UsageError, match=r"define __call__\(self, inputs\), in the place of forward"):
        Forward()([1, 2])
    with pytest.raises(
        UsageError, match=r"the name 'w1' of another; .* self.name_parameters\(\) at the end of __init__"
    ):
        Called().named_parameters()
    with pytest.raises(UsageError, match=r"set self.n_inputs in __init__: how many numbers a row has"):
        Called().predict([[1, 2], [3, 4]])
    net: Any = Called()
    net.n_inputs = 2
    assert net.predict([[1, 2], [3, 4]]) == [net.predict([1, 2]), net.predict([3, 4])]


@pytest.mark.parametrize("rows", [[[1, 2], [3, 4]], [[1, 2]], np.zeros((2, 2)), ((1, 2), (3, 4))])
def test_several_rows_at_once_are_answered_with_how_they_are_predicted(rows: Any) -> None:
    for net, reader in ((MLP(2, [2, 1]), "this network"), (Layer(2, 2), "this layer"), (Neuron(2), "neuron o1")):
        with pytest.raises(UsageError) as caught:
            net(rows)
        assert str(caught.value) == (
            f"{reader} reads one row of 2 number(s) at a time, not a list of rows: net.predict(rows) reads many"
        )
        assert net.predict(rows) == [net.predict(list(row)) for row in rows]


def test_what_a_module_computes_is_plain_floats_however_it_gives_its_outputs() -> None:
    class Pair(Module):
        def __call__(self, inputs: Any) -> Any:
            return tuple(Value(x) * 2.0 for x in inputs)

    assert Pair().predict([1, 2]) == [2.0, 4.0]


def test_zero_grad_of_a_network_clears_its_parameters_only() -> None:
    net = MLP(2, [2, 1], seed=1)
    out = net([1, 2])
    out.backward()
    net.zero_grad()
    assert {p.grad for p in net.parameters()} == {0.0}
    assert out.grad == 1.0


@pytest.mark.slow
def test_micrograds_training_loop_runs_here() -> None:
    # As in micrograd's own demonstration: labels of -1 and 1, a hinge loss over all samples, a decaying step.
    inputs, labels = two_moons(40, noise=0.1, seed=1)
    ys = [2 * label - 1 for label in labels]
    model = MLP(2, [16, 16, 1], activation="relu", output_activation="linear", weight_init="uniform", seed=1)
    for k in range(40):
        scores = [model(x) for x in inputs]
        losses = [(1 + -yi * scorei).relu() for yi, scorei in zip(ys, scores, strict=True)]
        total_loss = sum(losses) * (1.0 / len(losses)) + 1e-4 * sum(p * p for p in model.parameters())
        accuracy = sum((yi > 0) == (scorei.data > 0) for yi, scorei in zip(ys, scores, strict=True)) / len(ys)
        model.zero_grad()
        total_loss.backward()
        learning_rate = 0.3 - 0.25 * k / 40
        for p in model.parameters():
            p.data -= learning_rate * p.grad
    assert accuracy > 0.9


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: MLP(0, [1]), "n_inputs must be a whole number of at least 1, not 0"),
        (lambda: MLP(2, []), "give the sizes of the layers as a list"),
        (lambda: untyped_mlp(2, 4), "give the sizes of the layers as a list"),
        (lambda: MLP(2, [4, 0]), "a layer must be a whole number of at least 1, not 0"),
        (lambda: untyped_mlp(2, [4.0, 1]), "a layer must be a whole number of at least 1, not 4.0"),
        (lambda: MLP(2, [1], activation="swish"), "activation 'swish' is not known (must be one of sigmoid, tanh"),
        (lambda: MLP(2, [1], weight_init="gauss"), "initialiser 'gauss' is not known (must be one of normal"),
        (lambda: untyped_mlp(2, [1], bias=0.5), "bias=0.5: write True or False"),
        (lambda: untyped_mlp(2, [1], activation=["relu"]), "activation ['relu'] is not known"),
        (lambda: untyped_neuron(2, bias=None), "bias=None: write bias=False"),
        (lambda: Neuron(), "n_inputs must be a whole number of at least 1, not None"),
        (lambda: Neuron(3, weights=[1.0]), "n_inputs=3, but 1 weights are given"),
        (lambda: Neuron(weights=[]), "the number of weights must be a whole number of at least 1, not 0"),
        (lambda: MLP(2, [2, 1])([1.0]), "this network reads 2 input(s), but was given 1"),
        (lambda: untyped_mlp(2, [2, 1])(1.0), "what this network reads is 1.0; expected a list of 2 number(s)"),
        (lambda: untyped_mlp(2, [2, 1])("ab"), "what this network reads is 'ab'; expected a list of 2 number(s)"),
        (lambda: Layer(2, 2)([1, 2, 3]), "this layer reads 2 input(s), but was given 3"),
        (lambda: Neuron(2)([1]), "neuron o1 reads 2 input(s), but was given 1"),
        (
            lambda: Module().parameters(),
            "Module has no parameters: assign neurons or Values to self in __init__, or define parameters()",
        ),
        (lambda: Module()([1]), "define __call__"),
    ],
)
def test_what_makes_no_sense_is_refused(make: Any, words: str) -> None:
    with pytest.raises(UsageError) as caught:
        make()
    assert words in str(caught.value)


def test_a_domain_error_names_the_neurons_value() -> None:
    neuron = Neuron(weights=[1.0], bias=0, activation=lambda s: s.log())
    with pytest.raises(DomainError, match=r"log\(x\), has no answer at x = -1.0"):
        neuron([-1.0])


def test_assigning_to_a_parameters_number_is_refused() -> None:
    net = MLP(2, [2, 1], seed=1)
    with pytest.raises(UsageError, match=r"write net.w1.data = … or net.set_parameters\({'w1': …}\)"):
        net.w1 = 5.0
    net.w1.data = 5.0
    assert net.h1.weights[0].data == 5.0


def test_what_is_assigned_to_a_neuron_is_checked_as_what_it_is_made_of() -> None:
    net = MLP(1, [1], seed=1)
    net.set_parameters({"w1": 2.0, "b1": -1.0})
    assignable: Any = net.o1
    assignable.activation = "relu"
    assert [net.predict([x]) for x in (3.0, -3.0)] == [5.0, 0.0]
    assignable.bias = None
    assert net.predict([3.0]) == 6.0
    for name, new, words in [
        ("activation", "swish", "activation 'swish' is not known (must be one of sigmoid, tanh"),
        ("activation", None, "activation None is not known"),
        ("bias", 1.0, "a bias is a Value, or None, not 1.0; its number is neuron.bias.data"),
        ("bias", False, "a bias is a Value, or None, not False"),
    ]:
        with pytest.raises(UsageError) as caught:
            setattr(assignable, name, new)
        assert words in str(caught.value)
    assert net.predict([3.0]) == 6.0


@pytest.mark.parametrize("change", [list.pop, lambda weights: weights.append(Value(1.0))])
def test_a_neuron_without_a_weight_for_each_input_says_so(change: Callable[[Any], object]) -> None:
    net = MLP(2, [2, 1], seed=1)
    change(net.h1.weights)
    with pytest.raises(UsageError, match=r"a weighted sum needs a weight for each input: [13] weights, 2 inputs"):
        net([1.0, 2.0])


def test_sizes_may_be_numpys() -> None:
    assert untyped_mlp(np.int64(2), np.array([2, 1])).sizes == [2, 1]


def test_reprs_are_short() -> None:
    assert repr(MLP(2, [2, 1])) == "MLP(2, [2, 1], activation='sigmoid', output_activation='sigmoid')"
    assert repr(Layer(2, 3, "tanh")) == "Layer(2, 3, 'tanh')"
    assert repr(Neuron(2, name="h1")) == "Neuron(2, 'sigmoid', name='h1')"


def test_parameters_without_a_name_of_their_own_are_not_lost() -> None:
    class Pair(Module):
        def __init__(self, *parameters: Value) -> None:
            self._parameters = list(parameters)

        def parameters(self) -> list[Value]:
            return self._parameters

    w = Value(1.0, "w1")
    assert list(Pair(w, w, Value(2.0, "w2")).named_parameters()) == ["w1", "w2"]
    with pytest.raises(UsageError, match=r"parameter 2 of this Pair has no name; give each its own"):
        Pair(w, Value(2.0)).named_parameters()
    both = Pair(*MLP(2, [1]).parameters(), *MLP(2, [1]).parameters())
    with pytest.raises(UsageError, match="parameter 4 of this Pair has the name 'w1' of another"):
        both.set_parameters({"w1": 5.0})
