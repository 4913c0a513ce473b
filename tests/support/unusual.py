"""Graphs that are no plain layers: what array code has to get right all the same. name: (root, inputs, wrt)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from random import Random

import autograd
from autograd import Value
from nn import MLP, Neuron, binary_cross_entropy, hinge, mean_squared_error, softmax
from nn.articles import sigmoid_with_mistake
from nn.losses import cross_entropy_of_weights

from .graphs import HOSTILE
from .rows import ROWS, operands_of

Graph = tuple[Value, list[Value], list[Value]]
UNUSUAL: dict[str, Callable[[Random], Graph]] = {}


def _unusual(build: Callable[[Random], Graph]) -> Callable[[Random], Graph]:
    UNUSUAL[build.__name__] = build
    return build


def leaves(random: Random, count: int, letter: str = "", role: str | None = None) -> list[Value]:
    found = [Value(random.uniform(-1.0, 1.0), f"{letter}{number}" if letter else "") for number in range(1, count + 1)]
    for leaf in found:
        leaf.role = role
    return found


def total(values: Sequence[Value]) -> Value:
    result = values[0]
    for value in values[1:]:
        result = result + value
    return result


def joined(rows: Iterable[Sequence[Value]]) -> list[Value]:
    return [value for row in rows for value in row]


def dot(weights: Sequence[Value], values: Sequence[Value]) -> Value:
    return total([weight * value for weight, value in zip(weights, values, strict=True)])


def _network(random: Random, net: MLP, n_targets: int = 1) -> tuple[list[Value], list[Value], list[Value]]:
    xs, ys = leaves(random, net.n_inputs, "x", "input"), leaves(random, n_targets, "y_true", "target")
    outputs = net(list(xs))
    return xs, ys, outputs if isinstance(outputs, list) else [outputs]


@_unusual
def recurrent(random: Random) -> Graph:
    xs = leaves(random, 4, "x")
    inner = [leaves(random, 3, "u") for _ in range(3)]
    outer, biases = leaves(random, 3, "w"), leaves(random, 3, "b")
    state = [(w * xs[0] + b).tanh() for w, b in zip(outer, biases, strict=True)]
    for x in xs[1:]:
        state = [(dot(row, state) + w * x + b).tanh() for row, w, b in zip(inner, outer, biases, strict=True)]
    return total([one * one for one in state]), xs, [*joined(inner), *outer, *biases]


@_unusual
def tied_autoencoder(random: Random) -> Graph:
    xs = leaves(random, 4, "x")
    rows = [leaves(random, 4, "w") for _ in range(2)]
    code = [dot(row, xs).tanh() for row in rows]
    back = [dot(column, code) for column in zip(*rows, strict=True)]
    return total([(x - one) ** 2 for x, one in zip(xs, back, strict=True)]).named("L"), xs, joined(rows)


@_unusual
def partly_shared_weights(random: Random) -> Graph:
    xs, weights = leaves(random, 3, "x"), leaves(random, 5, "w")
    hidden = [dot(weights[place : place + 3], xs).sigmoid() for place in range(3)]
    return total(hidden) * weights[0], xs, weights


@_unusual
def convolution(random: Random) -> Graph:
    xs, kernel, bias = leaves(random, 6, "x"), leaves(random, 3, "k"), leaves(random, 1, "b")
    hidden = [(dot(kernel, xs[place : place + 3]) + bias[0]).relu() for place in range(4)]
    return total(hidden) / 4, xs, [*kernel, *bias]


@_unusual
def attention(random: Random) -> Graph:
    xs = [leaves(random, 3, f"x{row}_") for row in range(3)]
    queries, keys, values = ([leaves(random, 3) for _ in range(2)] for _ in range(3))
    q, k, v = ([[dot(row, x) for row in rows] for x in xs] for rows in (queries, keys, values))
    found = []
    for query in q:
        shares = softmax([dot(query, key) / 2 for key in k])
        found += [dot(shares, column) for column in zip(*v, strict=True)]
    return total([one.tanh() for one in found]), joined(xs), joined((*queries, *keys, *values))


@_unusual
def causal_attention(random: Random) -> Graph:
    xs, weights = leaves(random, 4, "x"), leaves(random, 3)
    found = []
    for place in range(1, 5):
        shares = softmax([weights[0] * xs[place - 1] * (weights[1] * x) for x in xs[:place]])
        found.append(dot(shares, [weights[2] * x for x in xs[:place]]))
    return total([one**2 for one in found]), xs, weights


@_unusual
def skip_connections(random: Random) -> Graph:
    xs = leaves(random, 3, "x")
    rows = [[leaves(random, 3) for _ in range(3)] for _ in range(2)]
    state = xs
    for layer in rows:
        state = [x + dot(row, state).tanh() for x, row in zip(state, layer, strict=True)]
    return total(state), xs, [leaf for layer in rows for row in layer for leaf in row]


@_unusual
def mixed_activations(random: Random) -> Graph:
    xs, rows = leaves(random, 2, "x"), [leaves(random, 2) for _ in range(4)]
    bends = [autograd.tanh, autograd.relu, autograd.tanh, autograd.softplus]
    hidden = [bend(dot(row, xs)) for bend, row in zip(bends, rows, strict=True)]
    return dot(leaves_of_sum := leaves(random, 4), hidden), xs, [*joined(rows), *leaves_of_sum]


@_unusual
def frozen_leaf(random: Random) -> Graph:
    xs, weights, temperature = leaves(random, 2, "x"), leaves(random, 2, "w"), Value(1.7, "temperature")
    return (dot(weights, xs) / temperature).sigmoid() + temperature, xs, weights


@_unusual
def frozen_layer(random: Random) -> Graph:
    net = MLP(3, [4, 1], "tanh", seed=1)
    xs, ys, (output,) = _network(random, net)
    return mean_squared_error(output, ys[0]), [*xs, *ys], net.o1.parameters()


@_unusual
def penalty_on_weights(random: Random) -> Graph:
    net = MLP(2, [3, 1], seed=2)
    xs, ys, (output,) = _network(random, net)
    penalty = total([w * w for w in net.parameters()])
    return (mean_squared_error(output, ys[0]) + 0.01 * penalty).named("loss"), [*xs, *ys], net.parameters()


@_unusual
def parameter_nobody_reads(random: Random) -> Graph:
    xs, weights = leaves(random, 2, "x"), leaves(random, 4, "w")
    return dot(weights[:2], xs).exp(), xs, weights


@_unusual
def no_data(random: Random) -> Graph:
    weights = leaves(random, 4, "w")
    return dot(weights[:2], weights[2:]).tanh() * weights[0], [], weights


@_unusual
def root_without_data(random: Random) -> Graph:
    xs, weights = leaves(random, 2, "x"), leaves(random, 2, "w")
    return total([w * w for w in weights]), xs, weights


@_unusual
def root_is_a_weight(random: Random) -> Graph:
    xs, weights = leaves(random, 1, "x"), leaves(random, 1, "w")
    return weights[0], xs, weights


@_unusual
def root_is_an_input(random: Random) -> Graph:
    xs, weights = leaves(random, 1, "x"), leaves(random, 1, "w")
    return xs[0], xs, weights


@_unusual
def linear_root(random: Random) -> Graph:
    xs, weights = leaves(random, 3, "x"), leaves(random, 4, "w")
    return dot(weights[:3], xs) + weights[3], xs, weights


@_unusual
def softmax_as_probabilities(random: Random) -> Graph:
    net = MLP(2, [3, 3], "tanh", "linear", seed=3)
    xs, ys, outputs = _network(random, net, 3)
    shares = softmax(outputs)
    return -total([y * p.log() for y, p in zip(ys, shares, strict=True)]), [*xs, *ys], net.parameters()


@_unusual
def softmax_with_cross_entropy(random: Random) -> Graph:
    net = MLP(2, [3, 3], "tanh", "linear", seed=3)
    xs, ys, outputs = _network(random, net, 3)
    return cross_entropy_of_weights(outputs, ys), [*xs, *ys], net.parameters()


@_unusual
def hinge_of_several(random: Random) -> Graph:
    net = MLP(2, [3, 2], "relu", "linear", seed=4)
    xs, _, outputs = _network(random, net)
    return hinge(outputs, [1, -1]), xs, net.parameters()


@_unusual
def another_partial_for_the_same_expression(random: Random) -> Graph:
    xs, weights = leaves(random, 2, "x"), leaves(random, 4, "w")
    sums = [dot(weights[:2], xs), dot(weights[2:], xs)]
    return sums[0].sigmoid() + 3.0 * sigmoid_with_mistake(sums[1]), xs, weights


@_unusual
def ties(random: Random) -> Graph:
    xs, weights = leaves(random, 1, "x"), leaves(random, 2, "w")
    one, other = weights[0] * xs[0], xs[0] * weights[0]
    return autograd.maximum(autograd.maximum(one, other), one) * weights[1], xs, weights


@_unusual
def computed_twice(random: Random) -> Graph:
    xs, rows = leaves(random, 2, "x"), [leaves(random, 2) for _ in range(2)]
    again = [[dot(row, xs).tanh() for row in rows] for _ in range(3)]
    return total([a * b * c for a, b, c in zip(*again, strict=True)]), xs, joined(rows)


# Ten of our own ---------------------------------------------------------------------------------------------------


@_unusual
def two_losses_added(random: Random) -> Graph:
    net = MLP(2, [3, 2], seed=5)
    xs, ys, outputs = _network(random, net, 2)
    probability = [outputs[0].sigmoid()]
    return mean_squared_error(outputs, ys) + 0.5 * binary_cross_entropy(probability, [1]), [*xs, *ys], net.parameters()


@_unusual
def batch_statistics(random: Random) -> Graph:
    net = Neuron(2, "linear", seed=6)
    xs = [leaves(random, 2, f"x{row}_") for row in range(4)]
    outputs = [net(list(row)) for row in xs]
    mean = total(outputs) / 4
    variance = total([(one - mean) ** 2 for one in outputs]) / 4
    scaled = [(one - mean) / (variance + 0.1).sqrt() for one in outputs]
    return total([one.tanh() for one in scaled]), joined(xs), net.parameters()


@_unusual
def weight_used_twice_in_a_neuron(random: Random) -> Graph:
    xs, weights = leaves(random, 4, "x"), leaves(random, 4, "w")
    hidden = [
        (weights[0] * xs[0] + weights[0] * xs[1] + weights[1] * xs[2]).tanh(),
        (weights[2] * xs[0] + weights[2] * xs[1] + weights[3] * xs[2]).tanh(),
    ]
    return total(hidden) ** 2, xs, weights


@_unusual
def input_read_twice_by_a_neuron(random: Random) -> Graph:
    xs, weights = leaves(random, 1, "x"), leaves(random, 4, "w")
    hidden = [(weights[0] * xs[0] + weights[1] * xs[0]).sin(), (weights[2] * xs[0] + weights[3] * xs[0]).sin()]
    return hidden[0] * hidden[1], xs, weights


@_unusual
def neurons_of_different_width(random: Random) -> Graph:
    xs = leaves(random, 4, "x")
    rows = [leaves(random, count) for count in (2, 3, 2, 4)]
    hidden = [dot(row, xs[: len(row)]).tanh().named(f"h{number}") for number, row in enumerate(rows, 1)]
    last = leaves(random, 4)
    return dot(last, hidden), xs, [*joined(rows), *last]


@_unusual
def hostile_names(random: Random) -> Graph:
    xs = [Value(random.uniform(-1.0, 1.0), name) for name in HOSTILE[:12]]
    weights = [Value(random.uniform(-1.0, 1.0), name) for name in HOSTILE[12:30]]
    for weight in weights:
        weight.group = weight.name
    hidden = [
        (dot(weights[:6], xs[:6]) + weight).tanh().named(name)
        for weight, name in zip(weights[6:], HOSTILE, strict=False)
    ]
    return total(hidden).named("import os"), xs, weights


@_unusual
def names_of_the_text_itself(random: Random) -> Graph:
    xs = [Value(0.3, "np"), Value(0.4, "backprop"), Value(-0.2, "samples"), Value(0.6, "len"), Value(0.1, "p")]
    weights = [Value(0.7, "softmax"), Value(-0.4, "d_L"), Value(0.2, "index"), Value(0.5, "X")]
    return (dot(weights, xs[:4]) + xs[4] * weights[0]).named("L").tanh().named("float"), xs, weights


@_unusual
def every_row(random: Random) -> Graph:
    """Every operation of the table, two neurons each."""
    xs, parts, wrt = leaves(random, 3, "x"), [], []
    for op in ROWS:
        point = operands_of(op, random)
        for _ in range(2):
            weights = leaves(random, len(op.inputs))
            operands = [at + 0.05 * (w * x).sin() for at, w, x in zip(point, weights, xs, strict=False)]
            parts.append(autograd.core.op.VALUES[op.name](*operands))
            wrt += weights
    return total(parts), xs, wrt


@_unusual
def sums_of_sums(random: Random) -> Graph:
    xs, weights = leaves(random, 3, "x"), leaves(random, 6, "w")
    inner = [weights[0] * x - weights[1] for x in xs]
    outer = [inner[0] - (inner[1] + w) + 2.5 for w in weights[2:]]
    return (total(outer) - total(inner) - 1.0) ** 2, xs, weights


@_unusual
def sums_of_weights_of_different_length(random: Random) -> Graph:
    """Of two and of three parameters, which make no matrix, and of fixed numbers."""
    xs, weights, fixed = leaves(random, 4, "x"), leaves(random, 5, "w"), leaves(random, 5)
    sums = [total(weights[:2]), total(weights[2:]), total(fixed[:2]), total(fixed[2:])]
    return total([one.tanh() * x for one, x in zip(sums, xs, strict=True)]), xs, weights


@_unusual
def norms_and_folds_of_the_same(random: Random) -> Graph:
    xs, weights = leaves(random, 4, "x"), leaves(random, 4, "w")
    each = [w * x for w, x in zip(weights, xs, strict=True)]
    return autograd.norm(each[:2]) * autograd.logsumexp(each[2:]) + autograd.logsumexp(each[:2]), xs, weights


@_unusual
def a_gradient_that_two_get_and_one_adds_to(random: Random) -> Graph:
    xs, rows = leaves(random, 2, "x"), [leaves(random, 2) for _ in range(4)]
    first, last = [dot(row, xs).cos() for row in rows[:2]], [dot(row, xs).tanh() for row in rows[2:]]
    sums = [(a + b).named("s") for a, b in zip(first, last, strict=True)]
    return total([one.sin() for one in sums]) + last[0] * xs[0], xs, joined(rows)


@_unusual
def weights_of_weights(random: Random) -> Graph:
    """A product of two matrices of parameters, times the data."""
    xs, rows, columns = (
        leaves(random, 2, "x"),
        [leaves(random, 2) for _ in range(2)],
        [leaves(random, 2) for _ in range(2)],
    )
    product = [[dot(row, column) for column in zip(*columns, strict=True)] for row in rows]
    return total([dot(row, xs).tanh() for row in product]), xs, joined((*rows, *columns))


@_unusual
def several_folds(random: Random) -> Graph:
    xs, weights = leaves(random, 6, "x"), leaves(random, 6, "w")
    logits = [w * x for w, x in zip(weights, xs, strict=True)]
    folds = [autograd.logaddexp(autograd.logaddexp(a, b), c) for a, b, c in (logits[:3], logits[3:])]
    return folds[0] * folds[1], xs, weights
