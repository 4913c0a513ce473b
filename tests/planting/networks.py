"""Random networks with derivatives written down here by hand: what the tutor is measured against.

Nothing of stepgrad computes here. A network is evaluated by its own loop, the partial of every line with respect to
every line it reads is a formula below, and a gradient is the sum over all paths, each found by walking from the loss
down. `Network.recorded` is the only place where stepgrad's Values come in: it writes the same network with them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from random import Random

from autograd import Value

Numbers = Mapping[str, float]
Edge = tuple[str, str]

ACTIVATIONS: dict[str, Callable[[float], float]] = {
    "sigmoid": lambda s: 1 / (1 + math.exp(-s)),
    "tanh": math.tanh,
    "softplus": lambda s: math.log(1 + math.exp(s)),
    "relu": lambda s: max(s, 0.0),
    "linear": lambda s: s,
}

# The slope of each at a sum; `h` is what the activation gives there.
SLOPES: dict[str, Callable[[float, float], float]] = {
    "sigmoid": lambda s, h: h * (1 - h),
    "tanh": lambda s, h: 1 - h * h,
    "softplus": lambda s, h: 1 / (1 + math.exp(-s)),
    "relu": lambda s, h: 1.0 if s > 0 else 0.0,
    "linear": lambda s, h: 1.0,
}

# Those that are written with the output, with the sum in its place.
AT_SUM: dict[str, Callable[[float, float], float]] = {
    "sigmoid": lambda s, h: s * (1 - s),
    "tanh": lambda s, h: 1 - s * s,
}

# The same slopes as somebody else might have written them.
OTHER_SLOPES: dict[str, Callable[[float], float]] = {
    "sigmoid": lambda s: math.exp(-s) / (1 + math.exp(-s)) ** 2,
    "tanh": lambda s: 1 / math.cosh(s) ** 2,
    "softplus": lambda s: math.exp(s) / (1 + math.exp(s)),
    "relu": lambda s: max(s, 0.0) / s if s else 0.0,
    "linear": lambda s: 1.0,
}


@dataclass
class Neuron:
    """output = activation(Σ weight · input + bias), all by name."""

    name: str
    activation: str
    terms: list[tuple[str, str]]  # (weight, input)
    bias: str | None

    @property
    def sum_name(self) -> str:
        """What its sum is called; a linear neuron has none."""
        return self.name if self.activation == "linear" else f"sum_{self.name}"


@dataclass
class Network:
    """Neurons in forward order, and a loss over pairs of (target, output)."""

    neurons: list[Neuron]
    outputs: list[tuple[str, str]]
    loss: str  # squared, half or cross-entropy
    leaves: dict[str, float] = field(default_factory=dict)

    @property
    def is_smooth(self) -> bool:
        """Whether no relu is in it."""
        return all(neuron.activation != "relu" for neuron in self.neurons)

    def values(self, leaves: Numbers) -> dict[str, float]:
        """All named values, from those of the leaves."""
        known = dict(leaves)
        for neuron in self.neurons:
            total = sum(known[weight] * known[read] for weight, read in neuron.terms)
            total += known[neuron.bias] if neuron.bias else 0.0
            known[neuron.sum_name] = total
            known[neuron.name] = ACTIVATIONS[neuron.activation](total)
        for _, o in self.logs:
            known[f"log_{o}"], known[f"log_not_{o}"] = math.log(known[o]), math.log(1 - known[o])
        return known

    @property
    def logs(self) -> list[tuple[str, str]]:
        """The outputs of which the loss takes logarithms, with their targets."""
        return self.outputs if self.loss == "cross-entropy" else []

    @property
    def lines(self) -> list[str]:
        """What is computed, in forward order."""
        names = [name for one in self.neurons for name in dict.fromkeys((one.sum_name, one.name))]
        return [*names, *(f"{log}_{o}" for _, o in self.logs for log in ("log", "log_not")), "L"]

    def partials(
        self, known: Numbers, slopes: Mapping[str, Callable[[float, float], float]] = SLOPES
    ) -> dict[Edge, float]:
        """The partial of every line with respect to every line that it reads."""
        found: dict[Edge, float] = {}
        for y, o in self.outputs:
            for wrt, terms in self.loss_terms(known, y, o).items():
                found["L", wrt] = found.get(("L", wrt), 0.0) + sum(terms)
        for _, o in self.logs:
            found[f"log_{o}", o], found[f"log_not_{o}", o] = 1 / known[o], -1 / (1 - known[o])
        for neuron in self.neurons:
            s = neuron.sum_name
            if neuron.activation != "linear":
                found[neuron.name, s] = slopes[neuron.activation](known[s], known[neuron.name])
            for weight, read in neuron.terms:
                found[s, weight] = found.get((s, weight), 0.0) + known[read]
                found[s, read] = found.get((s, read), 0.0) + known[weight]
            if neuron.bias:
                found[s, neuron.bias] = found.get((s, neuron.bias), 0.0) + 1.0
        return found

    def loss_terms(self, known: Numbers, y: str, o: str) -> dict[str, list[float]]:
        """The partials of the loss with respect to what it reads for one output, term by term."""
        n, error = len(self.outputs), known[y] - known[o]
        if self.loss == "cross-entropy":
            p, q = f"log_{o}", f"log_not_{o}"
            return {p: [-known[y] / n], q: [-(1 - known[y]) / n], y: [-known[p] / n, known[q] / n]}
        factor = 2.0 if self.loss == "squared" else 1.0
        return {o: [-factor * error / n], y: [factor * error / n]}

    def paths(self, of: str, wrt: str) -> list[tuple[Edge, ...]]:
        """Every way from a line down to another, as the edges on it."""
        reads: dict[str, list[str]] = {"L": [name for pair in self.outputs for name in pair]}
        for _, o in self.logs:
            reads |= {f"log_{o}": [o], f"log_not_{o}": [o]}
            reads["L"] += [f"log_{o}", f"log_not_{o}"]
            reads["L"].remove(o)
        for neuron in self.neurons:
            if neuron.activation != "linear":
                reads[neuron.name] = [neuron.sum_name]
            operands = [name for term in neuron.terms for name in term] + ([neuron.bias] if neuron.bias else [])
            reads[neuron.sum_name] = list(dict.fromkeys(operands))

        def walk(line: str) -> Iterator[tuple[Edge, ...]]:
            if line == wrt:
                yield ()
                return
            for below in reads.get(line, []):
                for rest in walk(below):
                    yield ((line, below), *rest)

        return list(walk(of))

    def recorded(self) -> Value:
        """The same network in stepgrad's Values, named."""
        known = {name: Value(number, name) for name, number in self.leaves.items()}
        for neuron in self.neurons:
            (weight, read), *more = neuron.terms
            total = known[weight] * known[read]
            for weight, read in more:
                total = total + known[weight] * known[read]
            if neuron.bias:
                total = total + known[neuron.bias]
            if neuron.activation == "linear":
                known[neuron.name] = total.named(neuron.name)
            else:
                known[neuron.name] = getattr(total.named(neuron.sum_name), neuron.activation)().named(neuron.name)
        n = len(self.outputs)
        terms = []
        for y, o in self.outputs:
            if self.loss == "cross-entropy":
                log, log_not = known[o].log().named(f"log_{o}"), (1 - known[o]).log().named(f"log_not_{o}")
                terms.append(-(known[y] * log + (1 - known[y]) * log_not))
            else:
                square = (known[y] - known[o]) ** 2
                terms.append(square if self.loss == "squared" else 0.5 * square)
        loss = terms[0]
        for term in terms[1:]:
            loss = loss + term
        return (loss / n if n > 1 else loss).named("L")

    def random_leaves(self, random: Random) -> dict[str, float]:
        """Some other numbers for all leaves."""
        return {name: random.uniform(-1.5, 1.5) for name in self.leaves}


def random_network(random: Random, smooth: bool) -> Network:
    """One to three layers of one to three neurons; one to three samples; some weights tied, some inputs zero."""
    depth = random.randint(1, 3)
    widths = [random.randint(1, 3) for _ in range(depth - 1)] + [random.choice((1, 1, 1, 2))]
    samples = random.choice((1, 1, 2, 3)) if depth < 3 and sum(widths) < 5 else 1
    n_inputs = random.randint(1, 3)
    hidden = random.choice(("sigmoid", "tanh", "softplus")) if smooth else "relu"
    last = random.choice(("sigmoid", "linear", hidden))
    loss = random.choice(("squared", "squared", "half", "cross-entropy" if last == "sigmoid" else "squared"))
    weights: list[str] = []
    biases: list[str] = []
    neurons: list[Neuron] = []
    outputs: list[tuple[str, str]] = []
    shape: dict[tuple[int, int], tuple[list[str], str | None]] = {}
    tied = random.random() < 0.3
    for layer, width in enumerate(widths):
        reads = n_inputs if layer == 0 else widths[layer - 1]
        for j in range(width):
            mine = []
            for _ in range(reads):
                if tied and weights and random.random() < 0.4:
                    mine.append(random.choice(weights))
                else:
                    weights.append(f"w{len(weights) + 1}")
                    mine.append(weights[-1])
            bias = None
            if random.random() < 0.8:
                biases.append(f"b{len(biases) + 1}")
                bias = biases[-1]
            shape[layer, j] = (mine, bias)
    leaves: dict[str, float] = {}
    for k in range(samples):
        suffix = f"_s{k + 1}" if samples > 1 else ""
        below = [f"x{i + 1}{suffix}" for i in range(n_inputs)]
        leaves |= {name: random.choice((0.0, 1.0)) if random.random() < 0.25 else _number(random) for name in below}
        for layer, width in enumerate(widths):
            is_last = layer == depth - 1
            names = []
            for j in range(width):
                name = f"o{j + 1}" if is_last else f"h{j + 1}" if depth == 2 else f"h{layer + 1}_{j + 1}"
                names.append(name + suffix)
                mine, bias = shape[layer, j]
                activation = last if is_last else hidden
                neurons.append(Neuron(names[-1], activation, list(zip(mine, below, strict=True)), bias))
            below = names
        for j, name in enumerate(below):
            target = f"y{j + 1}{suffix}"
            leaves[target] = random.choice((0.0, 1.0)) if random.random() < 0.5 else round(random.random(), 2)
            outputs.append((target, name))
    leaves |= {name: _number(random) for name in (*weights, *biases)}
    return Network(neurons, outputs, loss, leaves)


def _number(random: Random) -> float:
    return round(random.uniform(-2.0, 2.0), 2) or 0.5
