"""A GPT learns how first names are spelled, and invents some."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from random import Random

from autograd import Program, UsageError, Value, compile, no_grad  # noqa: A004
from autograd.extend import numbers_of

from ..articles import OnFilm, refuse_fixed_start
from ..data import Rows, names
from ..optimizers import Adam, cosine_decay
from ..seeds import random_from
from ..training.progress import progress_bar
from .gpt import GPT, POSITIONS, Vector, softmax, surprise

# A token is a place in here. The dot stands before a name, and ends it.
LETTERS = ".abcdefghijklmnopqrstuvwxyz"


def spelling_gpt(
    epochs: int = 8,
    learning_rate: float = 0.01,
    seed: int | None = None,
    fixed_start: bool = False,
    every: int = 1,
    on_film: OnFilm | None = None,
) -> GPT:
    """A GPT of 4,192 parameters learns to spell 1,053 first names, letter by letter, and invents twenty more."""
    refuse_fixed_start("gpt", fixed_start)
    if on_film:
        raise UsageError("gpt has no film: that shows neurons which read a row of numbers, and a GPT reads texts")
    if not find_spec("numpy"):
        print("Without NumPy this takes several minutes; with it (python -m pip install numpy), about one")
    net, random, texts = GPT(seed), random_from(seed), [as_tokens(name) for name in names()]
    parameters = net.parameters()
    optimizer = Adam(parameters, cosine_decay(learning_rate, epochs), betas=(0.85, 0.99))

    @cache
    def program(length: int) -> Program:
        """Loss and gradients of texts of one length: their graph is the same, and is recorded once."""
        text = [Value(0.0) for _ in range(length)]
        backend = "numpy" if find_spec("numpy") else "python"
        return compile(surprise(net(text[:-1]), text[1:]), text, parameters, backend=backend)

    bar = progress_bar(epochs * len(texts), None, "name")
    try:
        for epoch in range(epochs):
            optimizer.epoch = epoch
            random.shuffle(texts)
            total = 0.0
            for text in texts:
                loss, gradients = program(len(text))(text, numbers_of(parameters))
                for parameter, gradient in zip(parameters, gradients, strict=True):
                    parameter.grad = gradient
                optimizer.step()
                total += loss
                if bar:
                    bar.update(1)
            if epoch % every == 0:
                print(f"Epoch {epoch} loss: {total / len(texts):.4f}")
    except KeyboardInterrupt:
        print(f"Interrupted after {optimizer.epoch} epochs")
        raise
    finally:
        if bar:
            bar.close()
    print(f"{epochs} epochs, mean surprise {total / len(texts):.4f} a letter\n\nTwenty new names:")
    print("\n".join(new_names(net, random, 20)))
    return net


def as_tokens(name: str) -> list[float]:
    """A name between its dots, as tokens.

    >>> as_tokens("ada")
    [0.0, 1.0, 4.0, 1.0, 0.0]
    """
    return [float(LETTERS.index(letter)) for letter in f".{name}."]


def spelling_samples() -> tuple[Rows, Rows]:
    """What is read of each name, and what follows."""
    texts = [as_tokens(name) for name in names()]
    return [text[:-1] for text in texts], [text[1:] for text in texts]


def new_names(net: GPT, random: Random, count: int) -> list[str]:
    """Names of the network's own: none twice, and none of those that it was shown."""
    known, found = {"", *names()}, dict[str, None]()
    while len(found) < count:
        name = invented(net, random)
        if name not in known:
            found[name] = None
    return [*found]


def invented(net: GPT, random: Random, temperature: float = 0.6) -> str:
    """A name, letter by letter. temperature: below 1 it keeps to what is likely, above 1 it dares more."""
    name, token = "", 0
    past: list[tuple[Vector, Vector]] = []
    with no_grad():
        while len(past) < POSITIONS:
            shares = softmax([logit / temperature for logit in net.following(token, past)])
            token = random.choices(range(len(LETTERS)), numbers_of(shares))[0]
            if not token:
                break
            name += LETTERS[token]
    return name
