"""A trace as Python: the forward lines, then the partials, as a careful author would have written them by hand."""

from __future__ import annotations

import inspect
import math
import re
import textwrap
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from ..core.primitives import LIST_PRIMITIVES, PRIMITIVES
from ..core.value import Value
from ..errors import UsageError
from ..notation.expression import Tree
from ..notation.simplify import Product, sum_of
from ..notation.typesetting import Style, write_prepared
from ..tracing.assignments import Assignment, Partial, Trace
from ..tracing.builder import checked_values, parameters_of, trace
from .backends import imports_of, python_functions
from .ints import ints_differ

LONGEST_LINE = 100
# A gradient with more terms than this goes on in another line, with +=.
_TERMS_A_LINE = 8
# For as many lines Python's own compile() needs about half a gigabyte.
_MANY_LINES = 100_000


def to_python(root: Value, inputs: Sequence[Value] | None = None, wrt: Sequence[Value] | None = None) -> str:
    """The forward and the backward pass of a recorded graph as a Python text that runs on its own.

    The text has its imports, the functions it calls, and `def backprop(…)` with an argument for every leaf: inputs,
    then targets, then the rest. It returns the root's value and a dictionary of gradients, by the arguments' names.
    If ints would give another number than floats, it converts its arguments to floats.

    inputs: the leaves that come first among the arguments; None means those with the role of an input.
    wrt: the values whose gradients are wanted; None means the parameters by role, or all leaves if there are none.

    Raises UsageError if inputs or wrt hold anything else.

    >>> x, w = Value(2.0, "x"), Value(0.5, "w")
    >>> print(to_python(((w * x - 3) ** 2).named("L"), wrt=[w]))
    def backprop(w, x):
        w, x = float(w), float(x)
        L = (w * x - 3) ** 2
    <BLANKLINE>
        d_L_d_w = 2 * (w * x - 3) * x
    <BLANKLINE>
        return L, {"w": d_L_d_w}
    <BLANKLINE>
    """
    lines, first, wanted = what_to_list(root, inputs, wrt)
    warn_of_many(lines)
    return Listing(lines, first, wanted).text()


def what_to_list(
    root: Value, inputs: Sequence[Value] | None, wrt: Sequence[Value] | None
) -> tuple[Trace, list[Value], list[Value]]:
    """The trace, the first arguments and the values whose gradients are returned, as for `to_python`."""
    wanted = parameters_of(root) if wrt is None else checked_values(wrt, "wrt")
    first = checked_values(inputs or (), "inputs")
    for value in first:
        if value.inputs:
            raise UsageError(f"inputs are leaves, which a caller can hand in; {value!r:.60} is computed, by {value.op}")
    lines = trace(root, wrt=wanted)
    if wrt is None:  # in the order of the arguments
        known = set(wanted)
        wanted = [leaf.value for leaf in lines.leaves if leaf.value in known]
    return lines, first, wanted


def warn_of_many(lines: Trace) -> None:
    """Warn, at the line of the caller's caller, if Python will need much memory to compile the text."""
    if len(lines) > _MANY_LINES:
        warnings.warn(
            f"{len(lines)} lines: Python needs half a gigabyte or more to compile such a text; record fewer samples at "
            "once",
            stacklevel=3,
        )


class Needing(Style):
    """Python as a person writes it. needs: the names that the text has to import or define."""

    # A gradient that is read only once is written into the statement that reads it, if it has at most as many factors.
    most_factors = 0

    def __init__(self) -> None:
        self.needs: set[str] = set()

    def number(self, number: float) -> str:
        """A constant; inf and nan are names."""
        if not math.isfinite(number):
            self.needs.add("nan" if math.isnan(number) else "inf")
        return super().number(number)

    def call(self, function: str, arguments: Sequence[str]) -> str:
        """A call of a function, which the text needs."""
        self.needs.add(function)
        return super().call(function, arguments)


class Statement(NamedTuple):
    """One statement of the body: target, sign ("=" or "+=") and right side as text.

    line: the line of the trace whose value or gradient it computes. tree: the right side, prepared for the style.
    edges: for a gradient, those whose terms it adds up.
    """

    target: str
    sign: str
    right: str
    line: Assignment
    tree: Tree
    edges: Sequence[tuple[Assignment, Partial]] = ()

    @property
    def text(self) -> str:
        """The statement in Python."""
        return f"{self.target} {self.sign} {self.right}"


class Listing:
    """A trace as Python, statement by statement."""

    def __init__(
        self, lines: Trace, inputs: Sequence[Value], wrt: Sequence[Value], style: Needing | None = None
    ) -> None:
        self.trace = lines
        self.wrt = wrt
        self.style = style or Needing()
        self.names = names = lines.names.copy()
        unread = [value for value in dict.fromkeys((*inputs, *wrt)) if value not in lines]
        self.name_of = {line.value: line.target for line in lines}
        self.name_of |= {value: names.identifier(value.name) if value.name else names.temporary() for value in unread}
        leaves = [leaf.value for leaf in lines.leaves]
        self.arguments = [self.name_of[value] for value in dict.fromkeys((*inputs, *leaves))]
        root = lines.root.target
        self.edges = list(lines.edges())
        self.gradient_of: dict[Assignment, str] = {}
        for _, partial in self.edges:
            if partial.wrt not in self.gradient_of:
                self.gradient_of[partial.wrt] = names.identifier(f"d_{root[:24]}_d_{partial.wrt.target[:32]}")
        self.forward = [self._statement(line.target, "=", line.expression, line) for line in lines.lines]
        self.gradients = list(self._gradients())

    def text(self) -> str:
        """The whole text."""
        body = [f"    # {target} is {label}" for target, label in self.trace.labels.items()]
        lines = self._floats()
        for part in (self.forward, self.gradients):
            lines += [statement.text for statement in part]
            lines += [""] if part else []
        for line in (*lines, *self._return()):
            if len(line) <= LONGEST_LINE or "= " not in line:
                body.append(f"    {line}" if line else "")
            else:
                target, _, expression = line.partition("= ")
                body += wrapped(f"{target}= (", expression, ")", "    ")
        head = wrapped("def backprop(", ", ".join(self.arguments), "):", "")
        imported = imports_of(python_functions(self.trace.functions, self.style.needs))
        return "\n".join([*imported, *self.preamble(), *head, *body, ""])

    def _floats(self) -> list[str]:
        """The lines that convert the arguments to floats, several in each; none if ints give the same numbers."""
        results = [self.trace.root.target, *map(self.gradient, self.wrt)]
        if not self.forward or not ints_differ(self._assignments(), self.arguments, results):
            return []
        rows: list[list[str]] = [[]]
        for name in self.arguments:
            if len(_as_floats([*rows[-1], name])) > LONGEST_LINE - 4 and rows[-1]:
                rows.append([])
            rows[-1].append(name)
        return [_as_floats(row) for row in rows]

    def _assignments(self) -> Iterator[tuple[str, str, Tree]]:
        """Target, sign and written right side of each statement."""
        for one in (*self.forward, *self.gradients):
            yield one.target, one.sign, _as_written(one.tree, one.edges)

    def _gradients(self) -> Iterator[Statement]:
        """The statements of the gradients, each as soon as all its terms are known."""
        root = self.trace.root
        outstanding: dict[Assignment, int] = {}
        for _, partial in self.edges:
            outstanding[partial.wrt] = outstanding.get(partial.wrt, 0) + 1
        arrived: dict[Assignment, list[tuple[Assignment, Partial]]] = {}
        reads = Counter(line for line, _ in self.edges) if self.style.most_factors else {}
        inlined: dict[Assignment, Product] = {}

        def term(line: Assignment, partial: Partial) -> Product:
            if line in inlined:
                return inlined[line].times(partial.tree)
            return partial.product if line is root else partial.product.after(("name", self.gradient_of[line]))

        for line, partial in self.edges:
            arrived.setdefault(partial.wrt, []).append((line, partial))
            outstanding[partial.wrt] -= 1
            if outstanding[partial.wrt]:
                continue
            edges, equals = arrived.pop(partial.wrt), "="
            if len(edges) == 1 and reads.get(partial.wrt) == 1:
                product = term(line, partial)
                if len(product.factors) + len(product.below) <= self.style.most_factors:
                    inlined[partial.wrt] = product
                    continue
            for start in range(0, len(edges), _TERMS_A_LINE):
                some = edges[start : start + _TERMS_A_LINE]
                tree = sum_of([term(*edge) for edge in some])
                yield self._statement(self.gradient_of[partial.wrt], equals, tree, partial.wrt, some)
                equals = "+="

    def _statement(
        self,
        target: str,
        sign: str,
        tree: Tree,
        line: Assignment,
        edges: Sequence[tuple[Assignment, Partial]] = (),
    ) -> Statement:
        tree = self.style.prepared(tree)
        right = write_prepared(_as_written(tree, edges), self.style)
        return Statement(target, sign, right, line, tree, edges)

    def gradient(self, value: Value) -> str:
        """The name of a gradient; or its number: 1 for the root itself, 0 if the root does not depend on the value."""
        line = self.trace.get(value)
        return "1.0" if line is self.trace.root else self.gradient_of.get(line, "0.0") if line else "0.0"

    def _return(self) -> list[str]:
        root = self.trace.root
        items = [f'"{self.name_of[value]}": {self.gradient(value)}' for value in self.wrt]
        one_line = f"return {root.target}, {{{', '.join(items)}}}"
        if len(one_line) <= LONGEST_LINE:
            return [one_line]
        return [f"return {root.target}, {{", *(f"    {item}," for item in items), "}"]

    def preamble(self) -> list[str]:
        """Imports from math, and the definitions of functions of the table that the text calls."""
        imports: set[str] = set()
        functions: dict[str, str] = {}
        for name in sorted(self.style.needs - self.trace.functions.keys()):
            _collect(name, imports, functions)
        lines = [f"from math import {', '.join(sorted(imports))}", "", ""] if imports else []
        for source in functions.values():
            lines += [source, "", ""]
        return lines


def _as_written(tree: Tree, edges: Sequence[object]) -> Tree:
    """The tree as it is written: a constant gradient is a float, since products of ints would never overflow."""
    return ("figure", float(tree[1])) if edges and tree[0] == "number" else tree


def _as_floats(names: Sequence[str]) -> str:
    return f"{', '.join(names)} = {', '.join(f'float({name})' for name in names)}"


def _collect(name: str, imports: set[str], functions: dict[str, str]) -> None:
    """Find where a name comes from: Python's math module, or a function of ours, with all that it calls in turn."""
    function: Callable[..., Any] | None = PRIMITIVES.get(name) or LIST_PRIMITIVES.get(name)
    if not inspect.isfunction(function):
        if hasattr(math, name):
            imports.add(name)
        return
    if name in functions:
        return
    try:
        source = inspect.getsource(function).rstrip()
    except OSError:  # stepgrad is installed without sources, so the text has to import the function
        functions[name] = f"from {function.__module__} import {name}"
        return
    for other in function.__code__.co_names:
        _collect(other, imports, functions)
    functions[name] = source


def wrapped(before: str, text: str, after: str, indent: str) -> list[str]:
    """A line, broken into several if it is too long: inside the brackets, at a comma, a plus or a minus if possible."""
    line = f"{indent}{before}{text}{after}"
    if len(line) <= LONGEST_LINE:
        return [line]
    width = LONGEST_LINE - len(indent) - 4
    inside = [""]
    for piece in _pieces(text):
        if inside[-1] and len(inside[-1]) + len(piece) > width:
            inside.append("")
        inside[-1] += piece
    broken = [
        shorter.strip()
        for part in inside
        for shorter in ([part] if len(part) <= width + 1 else textwrap.wrap(part, width, break_long_words=False))
    ]
    return [indent + before, *(f"{indent}    {part}" for part in broken), indent + after]


def _pieces(text: str) -> Iterator[str]:
    """The terms of a sum, or the items of a list: the pieces between signs that are outside all brackets."""
    level = start = 0
    for found in _SIGNS_AND_BRACKETS.finditer(text):
        sign = found[0]
        level += (sign in "([{") - (sign in ")]}")
        if len(sign) > 1 and not level:
            end = found.end() if sign == ", " else found.start() + 1
            yield text[start:end]
            start = end
    yield text[start:]


_SIGNS_AND_BRACKETS = re.compile(r"[()\[\]{}]|(?<=\S) [+-] |, ")
