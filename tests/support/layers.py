"""Random networks of nn, with a loss, as graphs that array code is made of."""

from __future__ import annotations

from random import Random

from autograd import Value
from nn import MLP, half_squared_error, mean_squared_error
from nn.activations import ACTIVATIONS
from nn.losses import cross_entropy_of_weights

from .unusual import leaves


def random_network(random: Random) -> tuple[Value, list[Value], list[Value]]:
    """The loss of one sample, inputs and targets, and the parameters."""
    sizes = [random.randint(1, 4) for _ in range(random.randint(1, 4))]
    kinds = sorted(ACTIVATIONS)
    net = MLP(
        random.randint(1, 4),
        sizes,
        random.choice(kinds),
        random.choice(kinds),
        random.random() < 0.7,
        seed=random.randrange(999),
    )
    xs = leaves(random, net.n_inputs, "x", "input")
    ys = leaves(random, sizes[-1], "y_true", "target")
    outputs = net(list(xs))
    losses = [mean_squared_error, half_squared_error, *([cross_entropy_of_weights] if sizes[-1] > 1 else [])]
    return random.choice(losses)(outputs, ys if sizes[-1] > 1 else ys[0]), [*xs, *ys], net.parameters()
