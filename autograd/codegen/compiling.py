"""Compiling: a recorded graph as a program that runs as fast as a loop, or as matrices, written by hand.

The program is the listing of `to_python`, printed for speed (loops.py); or that of `to_numpy`, with narrow layers
transposed in memory (arrays/turning.py); or that of `to_jax`. There is no second implementation of a derivative.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from ..core.collector import pause_collector
from ..core.update_rule import UpdateRule
from ..core.value import Value
from ..errors import UsageError
from ..tracing.assignments import Trace
from ..tracing.builder import checked_values, parameters_of, trace_for_speed
from .arrays.rolled_graph import RolledForJax, RolledGraph
from .listing import Listing, warn_of_many
from .loops import Fast, Loops
from .program import Program
from .replay import recipe_of


def compile(  # noqa: A001 -- what it does: Python's own takes text
    root: Value,
    inputs: Sequence[Value] | None = None,
    wrt: Sequence[Value] | None = None,
    update: UpdateRule | None = None,
    moving: Sequence[Value] | None = None,
    backend: str = "python",
) -> Program:
    """A program that computes a recorded graph, and its gradients, from other numbers.

    inputs: the leaves for which every sample has its own numbers; None means those with the role of an input or target.
    wrt: the leaves whose gradients are wanted, the parameters; None means those with that role, or all leaves.
    update: a rule that is compiled in, so that the program trains. moving: the parameters that it moves, the first of
        wrt; None means all of them.
    backend: "python" computes sample by sample; "numpy" computes all samples of a batch at once, as arrays, which is
        faster for large batches or layers; "jax" does that on JAX, over all its devices, compiled by XLA at the first
        call for a number of samples. All take and give flat lists of numbers.
    Every other leaf keeps the number it was recorded with. Branches are fixed, too: a program computes the one that was
    taken. Checks in Python, such as that a target is a probability, are not in the graph, so a program does not make
    them. Partials with respect to inputs are not computed, so none of them can fail.

    Raises UsageError if inputs or wrt are not leaves, share one, or list one twice; for "numpy" and "jax" also if the
    library is not installed, or if an update moves only a part of an array. Warns of more than 100,000 lines.

    >>> x, w = Value(2.0, "x"), Value(0.5, "w")
    >>> program = compile((w * x - 3) ** 2, inputs=[x], wrt=[w])
    >>> program([2.0], [0.5])
    (4.0, [-8.0])
    >>> program.over([[2.0], [4.0]], [0.5])
    (5.0, [-16.0])
    """
    if backend not in ("python", "numpy", "jax"):
        raise UsageError(f"backend={backend!r:.40} (must be one of 'python', 'numpy', 'jax')")
    given = _each_once(inputs or (), "inputs")
    wanted = parameters_of(root) if wrt is None else _each_once(wrt, "wrt")
    if wrt is None:
        taken = set(given)
        wanted = [value for value in wanted if value not in taken]
    # Leaves that are not listed are taken in the order of the trace. Array code for listed leaves needs no trace.
    lines = None
    if backend == "python" or inputs is None or wrt is None:
        with pause_collector():  # lines and texts hold no cycles, like graphs
            lines = trace_for_speed(root, wanted)
        warn_of_many(lines)
        leaves = [leaf.value for leaf in lines.leaves]
        known = set(wanted)
        if wrt is None:
            wanted = [leaf for leaf in leaves if leaf in known]
        if inputs is None:
            given = [leaf for leaf in leaves if leaf.role in ("input", "target") and leaf not in known]
    _check(given, wanted, update, moving)
    moved = wanted if moving is None else wanted[: len(moving)]
    with pause_collector():
        if backend == "jax":
            return RolledForJax(root, given, wanted, update, moved).compiled()
        if backend == "numpy" or lines is None:
            return RolledGraph(root, given, wanted, update, moved).compiled()
        source, called = _source(lines, given, wanted, update, moved), lines.functions
        numbers = {leaf.value: leaf.number for leaf in lines.leaves}
        del lines  # Python's compiler needs as much memory again
        return Program(source, recipe_of(root, given, wanted, numbers), update, called)


def _check(inputs: list[Value], wrt: list[Value], update: object, moving: Sequence[Value] | None) -> None:
    """Raises UsageError for what `compile` cannot take."""
    for value in (*inputs, *wrt):
        if value.inputs:
            raise UsageError(f"a program is called with numbers for leaves; {value!r:.60} is computed, by {value.op}")
    for value in set(inputs) & set(wrt):
        raise UsageError(
            f"{value!r:.60} is an input and in wrt; a program takes its number from one of the two: leave it out of one"
        )
    if update is None and moving is not None:
        raise UsageError("moving are the parameters that an update moves: give the rule, too, as update=")
    if update is not None and not isinstance(update, UpdateRule):
        raise UsageError(f"update is an UpdateRule, such as SGD's optimizer.rule, not {update!r:.60}")
    if moving is not None and list(moving) != wrt[: len(moving)]:
        raise UsageError("moving are the parameters that the update moves: the first of wrt, in the same order")


def _source(
    lines: Trace, inputs: Sequence[Value], wrt: Sequence[Value], update: UpdateRule | None, moving: Sequence[Value]
) -> str:
    """The text of a program."""
    listing = Listing(lines, inputs, wrt, Fast())
    loops = Loops(listing, inputs, wrt)
    functions = [loops.one(), loops.over()]
    if update:
        functions += [loops.each(update, moving), loops.batches(update, moving)]
    text = listing.preamble()
    for function in functions:
        text += [*function, "", ""]
    return "\n".join(text).rstrip() + "\n"


def _each_once(values: Iterable[Value], what: str) -> list[Value]:
    listed = values if isinstance(values, Value) else list(values)
    once = checked_values(listed, what)
    if not isinstance(listed, Value) and len(once) < len(listed):
        twice = next(value for value, times in Counter(listed).items() if times > 1)
        raise UsageError(f"{what} lists {twice!r:.60} twice; a program takes one number for each")
    return once
