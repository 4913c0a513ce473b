"""Recorded graphs that several test files look at."""

from __future__ import annotations

from random import Random
from typing import Any

from autograd import Value
from nn import MLP, Neuron, mean_squared_error

from .programs import STEPS, run

# What people may call a value without breaking anything.
HOSTILE = [
    "lambda",
    "__debug__",
    "exp",
    "sigmoid",
    "pow",
    "inf",
    "backprop",
    "t1",
    "root",
    "d_L_d_w",
    "L",
    "samples",
    "2nd",
    "my weight",
    "a + b",
    "",
    " ",
    "__",
    "ﬁ",  # NFKC makes this fi
    "fi",
    "µ",
    "μ",
    "</script><img src=x onerror=alert(1)>",
    "{a|b}<port>",
    "<b>bold</b>",
    "\\N \\G \\n",
    "&lt;&amp;&#65;",
    "quote \" and ' and `",
    '"""',
    "two\nlines\r\n\tand a tab",
    "$x$ \\frac{a}{b} % # _ ^ ~",
    "\u202eright to left\u2066",
    "שלום",
    "重み",
    "🦊 👩‍👩‍👧",
    "\ud800",
    "\0",
    "w" * 10_000,
    "w" * 9_999 + "x",
]


def articles_loss(**parameters: float) -> tuple[MLP, Value]:
    """The articles' network with all weights 1 and biases 0, and its loss for Alice."""
    net = MLP(2, [2, 1])
    ones = {"w1": 1, "w2": 1, "b1": 0, "w3": 1, "w4": 1, "b2": 0, "w5": 1, "w6": 1, "b3": 0}
    net.set_parameters(ones | parameters)
    return net, mean_squared_error(net([-2, -1]), 1)


def untrained(name: str) -> MLP | Neuron:
    """An article's network before training."""
    if name == "diabetes":
        return Neuron(3, seed=1)
    sizes: tuple[int, list[int]] = {
        "weight-height": (2, [2, 1]),
        "xor": (2, [3, 1]),
        "breast-cancer": (30, [4, 1]),
        "log-loss": (2, [8, 1]),
    }[name]
    return MLP(*sizes, bias=name != "log-loss", seed=1)


def hostile_graph() -> tuple[list[Value], Value]:
    """A graph of values with hostile names: leaves, lines and the root."""
    leaves = [Value(0.5 + 0.01 * number, name) for number, name in enumerate(HOSTILE)]
    total: Any = 0.0
    for leaf in leaves:
        leaf.group = leaf.name
        line = (leaf * leaf + 1.0).named(leaf.name)
        line.group = leaf.name
        total = total + line.sigmoid()
    return leaves, total.named(HOSTILE[22])


def random_graph(random: Random) -> tuple[list[Value], Value]:
    """Three leaves and a program with fan-out; half of the values are named."""
    leaves = [Value(random.uniform(-2.0, 2.0), name) for name in ("a", "b", "c")]
    names = sorted(STEPS)
    program = [(random.choice(names), random.randrange(10**6), random.randrange(10**6)) for _ in range(12)]
    root: Value = run(program[: random.randint(1, 12)], leaves, 1)
    return leaves, root
