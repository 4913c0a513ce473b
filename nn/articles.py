"""The five articles' systems: each trains its network and prints what its article prints.

Every function takes the same settings, with the article's own as defaults, and returns the trained network: epochs;
learning_rate; seed, an int for the same random start every time; fixed_start, to begin at numbers that are written down
here and so end, every time, at figures that can be checked; every, after how many epochs the loss is printed; on_film,
a function that is given the film of the training.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from random import Random
from typing import TYPE_CHECKING, Any

from autograd import UsageError, Value, define_operation

from .classes import accuracy, predicted_class
from .data import (
    DIABETES,
    PEOPLE,
    XOR,
    Rows,
    breast_cancer,
    from_metric,
    split,
    standardise,
    two_moons,
)
from .losses import binary_cross_entropy, half_squared_error, mean_squared_error
from .neuron import MLP, Neuron
from .optimizers import SGD
from .seeds import random_from
from .training.history import History
from .training.loop import evaluate, fit

if TYPE_CHECKING:
    from .film import Film

OnFilm = Callable[["Film"], object]

# As a format: all digits of the float. After a training run the last two of them depend on how sums were rounded.
_ALL_DIGITS = ""


def weight_height(
    epochs: int = 1000,
    learning_rate: float = 0.1,
    seed: int | None = None,
    fixed_start: bool = False,
    every: int = 10,
    on_film: OnFilm | None = None,
) -> MLP:
    """A network of neurons h1, h2, o1 tells who is female from weight and height."""
    inputs: Rows = [row for row, _ in PEOPLE.values()]
    targets = [target for _, target in PEOPLE.values()]
    net = MLP(2, [2, 1], seed=seed)
    if fixed_start:
        _first_figures(net)
        net.set_parameters({f"w{i}": i / 10 for i in range(1, 7)} | {"b1": 0, "b2": 0, "b3": 0})
    digits = _ALL_DIGITS if fixed_start else ".3f"

    def print_evaluation(epoch: int, history: History) -> None:
        if epoch in history.evaluations:
            print(f"Epoch {epoch} loss: {history.evaluations[epoch]:{digits}}")

    optimizer = SGD(net.parameters(), learning_rate)
    history = fit(
        net,
        inputs,
        targets,
        mean_squared_error,
        optimizer,
        epochs,
        evaluate_every=every,
        on_epoch=print_evaluation,
        film=on_film is not None,
    )
    finish(history, on_film)
    if fixed_start:
        print(f"After {epochs} epochs loss: {evaluate(net, inputs, targets):{digits}}")
    print(f"Emily: {net.predict([-7, -3]):{digits}}  (1 female, 0 male)")
    print(f"Frank: {net.predict([20, 2]):{digits}}")
    swapped = from_metric(kg=182, cm=73)
    print(f"182 kg and 73 cm: {net.predict(swapped):{digits}}  (as the article passes them; the two are swapped)")
    print(f"73 kg and 182 cm: {net.predict(from_metric(kg=73, cm=182)):{digits}}")
    return net


def _first_figures(net: MLP) -> None:
    """The first figure of the article's network, and one sample's partials with all weights 1, before any training."""
    zero_biases = {"b1": 0, "b2": 0, "b3": 0}
    net.set_parameters({"w1": 0, "w2": 1, "w3": 0, "w4": 1, "w5": 0, "w6": 1} | zero_biases)
    print(f"Every neuron with weights [0, 1] and bias 0, input [2, 3]: {net.predict([2, 3]):{_ALL_DIGITS}}")
    net.set_parameters({f"w{i}": 1 for i in range(1, 7)} | zero_biases)
    alice, y_true = PEOPLE["Alice"]
    prediction = net(alice)
    loss = mean_squared_error(prediction, y_true)
    net.zero_grad()
    loss.backward()
    print("All weights 1, biases 0, Alice:")
    figures = {"h1": net.h1.predict(alice), "h2": net.h2.predict(alice), "y_pred": prediction.data, "L": loss.data}
    figures["d_L_d_ypred"] = prediction.grad
    figures |= {f"d_L_d_{name}": parameter.grad for name, parameter in net.named_parameters().items()}
    for name, figure in figures.items():
        print(f"  {name} = {figure:{_ALL_DIGITS}}")


def xor(
    epochs: int = 10_000,
    learning_rate: float = 0.1,
    seed: int | None = None,
    fixed_start: bool = False,
    every: int | None = None,
    on_film: OnFilm | None = None,
) -> MLP:
    """Two inputs, three hidden neurons, one output: the four rows of XOR as one batch."""
    inputs, targets = XOR
    net = MLP(2, [3, 1], bias_init="zero", seed=seed)
    if fixed_start:
        # Into h1, h2 and h3 two weights each, then three into o1.
        start = [0.5, 0.2, -0.4, 0.6, 0.3, -0.7, 0.3, -0.2, 0.6]
        net.set_parameters({f"w{i}": weight for i, weight in enumerate(start, start=1)})
    digits = _ALL_DIGITS if fixed_start else ".3f"
    optimizer = SGD(net.parameters(), learning_rate)
    # The article's gradient is that of a half of the sum of squared errors.
    history = fit(
        net,
        inputs,
        targets,
        half_squared_error,
        optimizer,
        epochs,
        batch_size=None,
        reduction="sum",
        on_epoch=loss_printer(every),
        film=on_film is not None,
    )
    finish(history, on_film)
    for row, target in zip(inputs, targets, strict=True):
        print(f"{row[0]:.0f} xor {row[1]:.0f} = {target:.0f}, predicted {net.predict(row):{digits}}")
    print(f"Mean squared error: {evaluate(net, inputs, targets):{digits}}")
    return net


# One row of the calculus table is all it takes to make the diabetes article's mistake: it differentiates sigmoid at the
# neuron's output, where the chain rule wants it at the weighted sum.
sigmoid_with_mistake = define_operation(
    "sigmoid_with_mistake",
    "sigmoid(x)",
    {"x": "sigmoid(out) * (1 - sigmoid(out))"},
    "the article takes the slope at the output; at the sum it would be out * (1 - out)",
)


def diabetes(
    epochs: int = 20_000,
    learning_rate: float = 0.05,
    seed: int | None = None,
    fixed_start: bool = False,
    every: int | None = None,
    on_film: OnFilm | None = None,
) -> Neuron:
    """One neuron learns who is diabetic, by the true gradient and, beside it, by the article's mistaken one."""
    inputs, targets = DIABETES
    random = random_from(seed)
    weights, bias = [random.random() for _ in range(3)], random.random()
    if fixed_start:
        weights, bias = [0.3745401188473625, 0.9507143064162014, 0.7319939418114051], 0.5986584841970366
    neurons: list[Neuron] = []
    for activation in ("sigmoid", sigmoid_with_mistake):
        neuron = Neuron(weights=weights, bias=bias, activation=activation)
        optimizer = SGD(neuron.parameters(), learning_rate)
        history = fit(
            neuron,
            inputs,
            targets,
            half_squared_error,
            optimizer,
            epochs,
            batch_size=None,
            reduction="sum",
            on_epoch=loss_printer(None if neurons else every),  # those of the true gradient
            film=on_film is not None and not neurons,
        )
        finish(history, None if neurons else on_film)
        neurons.append(neuron)
    true, mistaken = neurons
    print("smoking, obesity, exercise    true gradient    the article's (slope taken at the output)")
    for row in ([1.0, 0.0, 0.0], [0.0, 1.0, 0.0]):
        cells = ", ".join(f"{x:.0f}" for x in row)
        print(f"{cells:<28}  {true.predict(row):<15.8f}  {mistaken.predict(row):.8f}")
    return true


def _small(random: Random, n_inputs: int, n_outputs: int) -> float:
    return random.gauss(0.0, 0.1)


def breast_cancer_network(
    epochs: int = 1000,
    learning_rate: float = 0.5,
    seed: int | None = None,
    fixed_start: bool = False,
    every: int | None = None,
    on_film: OnFilm | None = None,
) -> MLP:
    """A 30-4-1 network tells benign from malignant in 569 real samples, a fifth of them held out."""
    refuse_fixed_start("breast-cancer", fixed_start)
    train_inputs, train_targets, test_inputs, test_targets = split(*breast_cancer(), held_out=0.2, seed=seed)
    # The article skips this; without it the sums are in the hundreds, and sigmoids that far out hardly move.
    train_inputs, test_inputs = standardise(train_inputs, test_inputs)
    net = MLP(30, [4, 1], weight_init=_small, bias_init="zero", seed=seed)
    optimizer = SGD(net.parameters(), learning_rate)
    history = fit(
        net,
        train_inputs,
        train_targets,
        mean_squared_error,
        optimizer,
        epochs,
        batch_size=None,
        on_epoch=loss_printer(every),
        film=on_film is not None,
    )
    finish(history, on_film)
    print(f"{len(history.losses)} epochs, mean squared error {history.losses[0]:.4f}, then {history.losses[-1]:.4f}")
    for i in random_from(seed).sample(range(len(test_inputs)), 10):
        row, target = test_inputs[i], test_targets[i]
        print(f"predicted {predicted_class(net, row)} ({net.predict(row):.3f}), true {target:.0f}")
    for part, rows, targets in (("training", train_inputs, train_targets), ("held-out", test_inputs, test_targets)):
        print(f"Accuracy on {len(rows)} {part} samples: {accuracy(net, rows, targets):.1%}")
    return net


def log_loss(
    epochs: int = 1500,
    learning_rate: float = 1.0,
    seed: int | None = None,
    fixed_start: bool = False,
    every: int = 100,
    on_film: OnFilm | None = None,
) -> MLP:
    """Eight hidden neurons without biases part two moons, by cross-entropy."""
    refuse_fixed_start("log-loss", fixed_start)
    inputs, targets = two_moons(100, noise=0.1, seed=seed)
    net = MLP(2, [8, 1], bias=False, seed=seed)
    optimizer = SGD(net.parameters(), learning_rate)
    history = fit(
        net,
        inputs,
        targets,
        binary_cross_entropy,
        optimizer,
        epochs,
        batch_size=None,
        on_epoch=loss_printer(every, "Iteration"),
        film=on_film is not None,
    )
    finish(history, on_film)
    falls = sum(later < earlier for earlier, later in pairwise(history.losses))
    print(f"The loss fell {falls} times in {len(history.losses) - 1}, to {history.losses[-1]:.4f}")
    print(f"Accuracy on the {len(inputs)} points: {accuracy(net, inputs, targets):.1%}")
    return net


def loss_printer(every: int | None, word: str = "Epoch") -> Callable[[int, History], object] | None:
    """What `fit` calls after each epoch to print every so many losses; None where none is to be printed."""
    if every is None:
        return None

    def print_loss(epoch: int, history: History) -> None:
        if epoch % every == 0:
            print(f"{word} {epoch} loss: {history.losses[-1]:.4f}")

    return print_loss


def finish(history: History, on_film: OnFilm | None) -> None:
    """Hand over the film. After Ctrl-C nothing is printed: the rest would be about a network trained to the end."""
    if history.interrupted:
        print(f"Interrupted after {len(history.losses)} epochs")
        raise KeyboardInterrupt
    if on_film is not None:
        on_film(history.film)


def refuse_fixed_start(name: str, fixed_start: bool) -> None:
    """Raises UsageError where a fixed start is asked for and there is none."""
    if fixed_start:
        raise UsageError(f"{name} has no fixed start: its figures depend on random weights; give a seed instead")


ARTICLES: dict[str, Callable[..., Any]] = {
    "weight-height": weight_height,
    "xor": xor,
    "diabetes": diabetes,
    "breast-cancer": breast_cancer_network,
    "log-loss": log_loss,
}


def samples_of(name: str) -> tuple[Rows, list[float], Callable[..., Value]]:
    """Inputs and targets of an article, and its loss."""
    if name == "weight-height":
        return [row for row, _ in PEOPLE.values()], [target for _, target in PEOPLE.values()], mean_squared_error
    if name == "breast-cancer":
        rows, targets = breast_cancer()
        return standardise(rows, rows)[0], targets, mean_squared_error
    if name == "log-loss":
        return *two_moons(100, noise=0.1, seed=0), binary_cross_entropy
    return *{"xor": XOR, "diabetes": DIABETES}[name], half_squared_error


def one_sample(name: str, net: Any) -> Value:
    """The loss of an article's network for one of its samples, with all gradients: what is drawn and listed."""
    inputs, targets, loss = samples_of(name)
    place = {"weight-height": [*PEOPLE].index("Diana"), "xor": 1, "diabetes": 1}.get(name, 0)
    return with_gradients(net, loss(net(inputs[place]), targets[place]))


def with_gradients(net: Any, root: Value) -> Value:
    """The loss of a network, when it has been differentiated."""
    net.zero_grad()
    root.backward()
    return root
