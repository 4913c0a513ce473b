"""The evaluation trace: a recorded graph as the list of lines that a person would have written.

Each line is an `Assignment`: a target, an expression, and the partial of the target with respect to every value in the
expression. A value gets a line of its own if it is named, a leaf, used more than once, or the root; any other is
written inside the expression that uses it. So naming a value gives it a line.

    sum_h1 = w1 * x1 + w2 * x2 + b1
    h1 = sigmoid(sum_h1)
    L = (y_true - h1) ** 2

Everything that people see is read off this list, so that all views have the same names, order and numbers.
"""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Collection, Iterable
from typing import NamedTuple

from ..core.graph import topological_order
from ..core.op import Op
from ..core.primitives import LIST_PRIMITIVES, PRIMITIVES
from ..core.python_function import PythonFunction
from ..core.value import Value
from ..errors import UsageError
from ..notation.expression import Tree, depth, has_call, names_in, size, substitute
from ..notation.naming import Names
from .assignments import Assignment, Chain, Partial, Trace

# An expression is split before its brackets nest deeper than Python's parser, or a reader, can follow.
DEEPEST_EXPRESSION = 40
# The most operations in one expression.
LARGEST_EXPRESSION = 100
# The most operations in an operand that an expression or a partial mentions twice; a larger one gets a line.
LARGEST_REPEATED = 3

# Names that generated Python uses for itself.
RESERVED = {
    *PRIMITIVES,
    *LIST_PRIMITIVES,
    "backprop",
    "math",
    "pow",
    "inf",
    "nan",
    "log1p",
    "float",
    "abs",
    "_Value",
    "_named",
}


def trace(root: Value, detail: str = "named", wrt: Iterable[Value] | None = None) -> Trace:
    """The evaluation trace of everything `root` was computed from.

    detail: "named" gives a line to leaves, to values that are named or used more than once, and to the root;
        "operations" gives one to every operation.
    wrt: the values whose gradients are wanted, which limits the partials to those they need; None means all.

    Raises UsageError for another detail, or where root is not a Value.

    >>> x, w = Value(2.0, "x"), Value(0.5, "w")
    >>> print(trace(((w * x - 3) ** 2).named("L")))
    w = 0.5
    x = 2
    L = (w * x - 3) ** 2 = 4
        ∂L/∂w = 2 * (w * x - 3) * x = -8
        ∂L/∂x = 2 * (w * x - 3) * w = -2
    """
    _check_root(root)
    if wrt is not None:
        wrt = checked_values(wrt, "wrt")
    if detail not in ("named", "operations"):
        raise UsageError(f"detail={detail!r:.40} (must be one of 'named', 'operations')")
    return _Builder(root, detail == "operations", wrt, LARGEST_REPEATED).trace()


def trace_for_speed(root: Value, wrt: Iterable[Value]) -> Trace:
    """The trace for compiled programs: any operand that is mentioned twice gets a line, to be computed once."""
    _check_root(root)
    return _Builder(root, False, checked_values(wrt, "wrt"), 0).trace()


def parameters_of(root: Value) -> list[Value]:
    """The leaves with the role of a parameter, or all leaves if none has that role."""
    _check_root(root)
    leaves = [value for value in topological_order(root) if not value.inputs]
    return [leaf for leaf in leaves if leaf.role == "parameter"] or leaves


def checked_values(given: Iterable[Value], what: str) -> list[Value]:
    """The Values of a list, each once. Raises UsageError for anything else."""
    values = [given] if isinstance(given, Value) or not isinstance(given, Iterable) else list(given)
    for value in values:
        if not isinstance(value, Value):
            raise UsageError(f"{what} is a list of Values, such as net.parameters(), not of {value!r:.40}")
    return list(dict.fromkeys(values))


def functions_of(values: Iterable[Value]) -> dict[str, PythonFunction]:
    """The Python functions that operations call, by name. Raises UsageError if two of them have the same name."""
    found: dict[str, PythonFunction] = {}
    for op in {value.op for value in values}:
        for name, function in op.functions.items() if op else ():
            if found.setdefault(name, function) != function:
                raise UsageError(
                    f"{name} means two functions in this graph, as it was defined again meanwhile: record it anew"
                )
    return found


def _check_root(root: object) -> None:
    if not isinstance(root, Value):
        mend = "; a network has a graph where it is called: net(inputs)" if hasattr(root, "parameters") else ""
        raise UsageError(
            f"a trace starts at a Value, such as the loss L, not at {type(root).__name__} {root!r:.40}{mend}"
        )


class _Inline(NamedTuple):
    """A value without a line so far: its operands, what the names in its row stand for, its expression, and the
    measures that decide whether it may stay inside its consumer's expression.
    """

    operands: tuple[Value | float, ...]
    trees: dict[str, Tree]
    tree: Tree
    depth: int
    size: int
    has_call: bool


class _Row(NamedTuple):
    """What the builder needs to know about a row of the table, given which of its partials are needed."""

    depth: int
    size: int
    has_call: bool
    counts: tuple[int, ...]  # how often the expression mentions each operand
    repeats: tuple[bool, ...]  # whether the expression and the needed partials mention it more than once
    needs_out: bool  # whether a needed partial mentions what the operation computed


class _Builder:
    """Goes through a graph once, inputs before consumers, and decides which values get a line."""

    def __init__(
        self, root: Value, every_operation: bool, wrt: Collection[Value] | None, largest_repeated: int
    ) -> None:
        self.root = root
        self.largest_repeated = largest_repeated
        self.every_operation = every_operation
        self.order = topological_order(root)
        self.wrt = frozenset(() if wrt is None else wrt)
        self.needed = self._needed(wrt)
        self.functions = functions_of(self.order)
        self.names = Names({*RESERVED, *self.functions})
        self.lines: dict[Value, Assignment] = {}
        self.inline: dict[Value, _Inline] = {}
        self.rows: dict[tuple[Op, tuple[bool, ...]], _Row] = {}
        # The number that each leaf had when an operation first read it: its data may have been changed since.
        self.leaf_numbers: dict[Assignment, float] = {}
        self.changed: list[Assignment] = []  # leaves that had another number when a later operation read them

    def _needed(self, wrt: Collection[Value] | None) -> Collection[Value]:
        """The values on a path from the root to one whose gradient is wanted."""
        if wrt is None:
            return set(self.order)
        needed = set(wrt)
        for value in self.order:
            if not needed.isdisjoint(value.inputs):
                needed.add(value)
        return needed

    def trace(self) -> Trace:
        """The lines, in forward order."""
        uses = dict.fromkeys(self.order, 0)
        for value in self.order:
            for one in value.inputs:
                uses[one] += 1
        # The user's names are taken before t1, t2, …, and the root's before all others.
        named = sorted((value for value in self.order if value.name), key=lambda value: value is not self.root)
        targets = {value: self.names.identifier(value.name) for value in named}
        if self.root not in targets:
            targets[self.root] = self.names.identifier("root")
        for value in self.order:
            has_line = (
                value in targets or not value.inputs or uses[value] > 1 or self.every_operation or value in self.wrt
            )
            if value.inputs:
                has_line = self._write_inline(value) or has_line
            if has_line:
                self._give_line(value, targets.get(value))
        if self.changed:
            warnings.warn(
                f"the data of {self.changed[0].label} were changed between two operations of this graph; the trace "
                "shows what the first one saw, and Python with one argument for it computes something else",
                stacklevel=3,
            )
        for line, number in self.leaf_numbers.items():
            line.number, line.expression = number, ("number", number)
        return Trace(self.lines, self.root, self.names, self.functions)

    def _write_inline(self, value: Value) -> bool:
        """Write a value's expression, those of its operands inside it; returns whether the value needs a line."""
        op = value.op
        assert op is not None
        operands = value.operands
        needed = tuple(map(self.needed.__contains__, operands))
        row = self.rows.get((op, needed)) or self._row(op, needed)
        deepest, length, calls = 0, row.size, row.has_call
        for operand, count, repeats in zip(operands, row.counts, row.repeats, strict=True):
            if not isinstance(operand, Value) or operand not in self.inline:
                continue
            inside = self.inline[operand]
            if repeats and (inside.has_call or inside.size > self.largest_repeated):
                self._give_line(operand, None)
                continue
            deepest = max(deepest, inside.depth)
            length += count * inside.size
            calls = calls or inside.has_call
        deepest += max(1, row.depth)
        trees = dict(zip(op.inputs, map(self._tree, operands), strict=True))
        self.inline[value] = _Inline(operands, trees, substitute(op.tree, trees), deepest, length, calls)
        return row.needs_out or deepest >= DEEPEST_EXPRESSION or length >= LARGEST_EXPRESSION

    def _row(self, op: Op, needed: tuple[bool, ...]) -> _Row:
        partials = [tree for tree, is_needed in zip(op.partial_trees, needed, strict=True) if is_needed]
        mentioned = {name for tree in partials for name in names_in(tree)}
        in_expression = Counter(names_in(op.tree))
        counts = tuple(in_expression[name] for name in op.inputs)
        self.rows[op, needed] = row = _Row(
            depth(op.tree),
            size(op.tree),
            has_call(op.tree),
            counts,
            tuple(count > 1 or name in mentioned for count, name in zip(counts, op.inputs, strict=True)),
            "out" in mentioned,
        )
        return row

    def _give_line(self, value: Value, target: str | None) -> None:
        target = target or self.names.temporary()
        line = Assignment(value, target, self.names.label(value.name or target, target))
        if value.inputs:
            inside = self.inline.pop(value)
            line.expression = inside.tree
            found: dict[Assignment, Partial] = {}
            self._descend(value, inside, ("name", target), None, found)
            line.inputs = tuple(found)
            line.partials = tuple(partial for partial in found.values() if partial.chains)
        self.lines[value] = line

    def _descend(
        self, value: Value, inside: _Inline, out: Tree, above: Chain | None, found: dict[Assignment, Partial]
    ) -> None:
        """Collect the lines that an expression reads, and the chains to them. Recurses as deep as brackets nest."""
        trees = inside.trees
        trees["out"] = out
        for index, operand in enumerate(inside.operands):
            if not isinstance(operand, Value):
                continue
            chain = None
            if operand in self.needed:
                chain = Chain(above, value, index, trees)
            line = self.lines.get(operand)
            if line is None:
                below = self.inline.pop(operand)
                self._descend(operand, below, below.tree, chain, found)
                continue
            partial = found.get(line)
            if partial is None:
                found[line] = partial = Partial(line)
            if chain is not None:
                partial.chains.append(chain)
            if line.is_leaf:
                now = value.numbers[index]
                first = self.leaf_numbers.setdefault(line, now)
                if first != now and (first == first or now == now):  # two NaNs count as equal
                    self.changed.append(line)

    def _tree(self, operand: Value | float) -> Tree:
        if not isinstance(operand, Value):
            return ("number", operand)
        line = self.lines.get(operand)
        return ("name", line.target) if line else self.inline[operand].tree
