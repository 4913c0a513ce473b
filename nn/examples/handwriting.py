"""Handwritten digits, told by 64 pixels, 32 hidden neurons and 10 outputs."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from autograd import Value

from ..articles import OnFilm, finish, loss_printer, refuse_fixed_start
from ..classes import confusion_matrix
from ..data import Rows, digits, split
from ..losses import cross_entropy
from ..neuron import MLP
from ..optimizers import Adam
from ..training.loop import fit


def digits_network(
    epochs: int = 30,
    learning_rate: float = 0.01,
    seed: int | None = None,
    fixed_start: bool = False,
    every: int | None = None,
    on_film: OnFilm | None = None,
) -> MLP:
    """A 64-32-10 network reads 1,797 handwritten digits, a fifth of them held out."""
    refuse_fixed_start("digits", fixed_start)
    inputs, targets, loss = digits_samples()
    train_inputs, train_targets, test_inputs, test_targets = split(inputs, targets, held_out=0.2, seed=seed)
    # cross_entropy takes the softmax of the outputs itself.
    net = MLP(64, [32, 10], output_activation="linear", weight_init="xavier", bias_init="zero", seed=seed)
    history = fit(
        net,
        train_inputs,
        train_targets,
        loss,
        Adam(net.parameters(), learning_rate),
        epochs,
        batch_size=32,
        shuffle=True,
        seed=seed,
        on_epoch=loss_printer(every),
        film=on_film is not None,
    )
    finish(history, on_film)
    print(f"{len(history.losses)} epochs, cross-entropy {history.losses[0]:.4f}, then {history.losses[-1]:.4f}")
    counts = confusion_matrix(net, test_inputs, test_targets)
    print("\nHeld-out digits: a row for each digit, a column for what the network took it for\n")
    print(matrix(counts))
    right = sum(counts[digit][digit] for digit in range(10))
    print(f"\nAccuracy on {len(test_inputs)} held-out samples: {right / len(test_inputs):.1%}")
    return net


def digits_samples() -> tuple[Rows, list[float], Callable[..., Value]]:
    """The digits with pixels from 0 to 1, and the loss."""
    inputs, targets = digits()
    return [[pixel / 16 for pixel in row] for row in inputs], targets, cross_entropy


def matrix(counts: Sequence[Sequence[int]]) -> str:
    """A confusion matrix as text; no sample is a dot, so that mistakes stand out.

    >>> print(matrix([[12, 0], [1, 9]]))
           0   1
       0  12   .
       1   1   9
    """
    cells = [["", *map(str, range(len(counts)))]]
    cells += [[str(digit), *(str(count) if count else "." for count in row)] for digit, row in enumerate(counts)]
    return "\n".join("".join(f"{cell:>4}" for cell in row) for row in cells)
