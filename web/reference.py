"""The pages of the API reference: every public name, on the page of the room that it comes from."""

from __future__ import annotations

import inspect
from importlib import import_module
from types import ModuleType
from typing import Any

# Each page: its file, its title, what it holds, and the modules whose public names stand on it, in this order.
PAGES: list[tuple[str, str, str, list[str]]] = [
    (
        "values",
        "Values",
        "Numbers that remember how they were made.",
        ["core.value", "core.naming", "core.recording", "core.place", "core.collector"],
    ),
    (
        "gradients",
        "Gradients of functions",
        "What a function's derivatives are, without a graph in sight.",
        ["core.functional", "core.products"],
    ),
    (
        "operations",
        "Operations",
        "The rows of the calculus table as functions, and rows of your own.",
        ["autograd", "core.lists", "core.defining", "core.op", "core.table", "core.update_rule"],
    ),
    (
        "views",
        "Steps, chain rule, pictures",
        "A recorded graph as lines, and what is read off them.",
        ["tracing", "views"],
    ),
    ("player", "The step player", "The backward pass, one product at a time.", ["player"]),
    ("code", "Generated code", "A recorded graph as Python, NumPy, JAX and JavaScript; and compiled.", ["codegen"]),
    ("testing", "Testing gradients", "``autograd.testing``, and where a NaN came from.", ["tutor", "checks"]),
    ("errors", "Errors", "Every error of stepgrad is a StepgradError.", ["errors"]),
    (
        "networks",
        "Networks",
        "Neurons, layers and networks, with the articles' names.",
        ["nn.neuron", "nn.module", "nn.saving"],
    ),
    ("losses", "Losses and measures", "What a network is trained on, and judged by.", ["nn.losses", "nn.classes"]),
    ("training", "Training", "The loop, and what comes of it.", ["nn.training", "nn.film"]),
    ("optimizers", "Optimisers", "How parameters move.", ["nn.optimizers"]),
    (
        "plots",
        "Diagrams and plots",
        "Networks, losses and boundaries as pictures.",
        ["nn.diagrams", "nn.plots", "nn.axes"],
    ),
    ("data", "Data", "The data of the articles, and some that are made.", ["nn.data"]),
]
EXTEND = "extend"
# Data have no docstring.
DATA = {
    "TABLE": "The calculus table: {name: Op} of every operation, those of ``define_operation`` too.",
    "XOR": "(inputs, targets) of the four rows of exclusive or.",
    "PEOPLE": "(inputs, targets): weight and height of four people, less the average, and 1 for a woman.",
    "DIABETES": "(inputs, targets): smoking, obesity and exercise of six people, and 1 for diabetes.",
    "DRAWN": "How numbers are written in pictures; ``DRAWN.figure(number)`` is one with four digits.",
}


def pages() -> dict[str, str]:
    """{name of the file: reStructuredText} of every page. Raises LookupError for a public name that no page has."""
    names: dict[str, list[tuple[int, str]]] = {file: [] for file, *_ in PAGES}
    for module in ("autograd", "autograd.testing", "nn", "nn.data"):
        package = import_module(module)
        public = package.__all__ if hasattr(package, "__all__") else ["XOR", "PEOPLE", "DIABETES", "from_metric"]
        # compile is public, too: it is only kept from hiding Python's own.
        for name in [*public, *(["compile"] if module == "autograd" else [])]:
            file, place = _page_of(package, name)
            names[file].append((place, _directive(package, name)))
    made = {}
    for file, title, words, _ in PAGES:
        in_order = sorted(names[file], key=lambda one: one[0])
        made[file] = _page(title, words, [directive for _, directive in in_order])
    extend = import_module("autograd.extend")
    made[EXTEND] = _page(
        "For whoever builds on autograd",
        "``autograd.extend``, as nn uses it.",
        [_directive(extend, name) for name in extend.__all__],
    )
    return made


def _home(package: ModuleType, name: str) -> str:
    """The module a name comes from, as PAGES has it."""
    home = getattr(getattr(package, name), "__module__", None) or ""
    if not isinstance(home, str) or home.split(".")[0] not in ("autograd", "nn"):
        home = ""  # data of a built-in kind
    return home.removeprefix("autograd.") or {"autograd": "core.table", "nn.data": "nn.data"}[package.__name__]


def _page_of(package: ModuleType, name: str) -> tuple[str, int]:
    """The page a name stands on, and the place of its module there."""
    home = _home(package, name)
    for file, _, _, modules in PAGES:
        for place, module in enumerate(modules):
            if home == module or home.startswith(f"{module}."):
                return file, place
    raise LookupError(f"{package.__name__}.{name} comes from {home}: no page of web/reference.py has that")


def _directive(package: ModuleType, name: str) -> str:
    thing: Any = getattr(package, name)
    full = f"{package.__name__}.{name}"
    if inspect.isclass(thing):
        # Of what a class is built on, only what is public is told.
        is_told = all(base.__module__ == "builtins" or hasattr(package, base.__name__) for base in thing.__bases__)
        bases = "   :show-inheritance:\n" if is_told and thing.__bases__ != (object,) else ""
        return f".. autoclass:: {full}\n   :members:\n{bases}"
    if callable(thing) and inspect.isroutine(thing):
        return f".. autofunction:: {full}\n"
    return f".. py:data:: {full}\n\n   {DATA[name]}\n"


def _page(title: str, words: str, directives: list[str]) -> str:
    return "\n".join([title, "=" * len(title), "", words, "", *directives])
