"""Array code as a text that runs on its own: the listing of one sample's graph for any number of samples."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from typing import Any

from ...core.graph import topological_order
from ...core.op import VALUES
from ...core.recording import recorded
from ...core.value import Value
from ...errors import UsageError
from ...notation.expression import names_in, parts
from ...notation.naming import Names
from ...notation.typesetting import write
from ...tracing.builder import checked_values, functions_of, parameters_of
from ..backends import array_functions, imports_of
from .backward import Backward
from .blocks import Block
from .families import Family
from .forward import Forward, Statement
from .jax_spelling import JaxStyle
from .rolling import Rolled
from .shapes import SAMPLES, Shape, shape_of_family, shape_text
from .spelling import RESERVED, ArrayStyle

_LONGEST_LINE = 100
# Comments are aligned in one column, which is at most this far to the right.
_LAST_COLUMN = 60
_FOLDS = (("call", "logsumexp"), ("call", "softmax"))


Leaves = Sequence[Value] | None


def to_numpy(root: Value, inputs: Leaves = None, wrt: Leaves = None) -> str:
    """The forward and the backward pass of a recorded graph, for any number of samples, as NumPy a person might write.

    Neurons that compute the same become one line of matrices, for all of them and for all samples. The text runs on its
    own: imports, the functions it calls, and `def backprop(X, y_true, W_h, …)`. It returns the sum of the root over the
    samples, and the gradients of that sum in the order of the arguments that are parameters.

    inputs: the leaves that make up X, which has a row for each sample; None means those with the role of an input.
        Leaves with the role of a target make up y_true. If there are neither, there is one sample.
    wrt: the leaves whose gradients are wanted, the parameters; None means those with that role, or all leaves.
    Every other leaf keeps the number it was recorded with. Where the engine raises, NumPy gives inf or nan.

    Raises UsageError if inputs or wrt are not leaves, or share one, and if a Python function (define_operation) has no
    array function, or none that a text can import.

    >>> x, w, b = Value(2.0, "x"), Value(0.5, "w"), Value(1.0, "b")
    >>> print(to_numpy((w * x + b).tanh().named("L"), inputs=[x]))
    import numpy as np
    <BLANKLINE>
    <BLANKLINE>
    def backprop(x, w, b):
        # x (samples,), w a number, b a number
        L = np.tanh(w * x + b)         # (samples,)
    <BLANKLINE>
        d_w = ((1 - L * L) * x).sum()  # a number
        d_b = (1 - L * L).sum()        # a number
    <BLANKLINE>
        return L.sum(), (d_w, d_b)
    <BLANKLINE>
    """
    return _text_of(root, inputs, wrt, ArrayStyle)


def to_jax(root: Value, inputs: Leaves = None, wrt: Leaves = None) -> str:
    """The same as `to_numpy` for JAX: a text that `jax.jit` compiles for any device.

    JAX computes in float32 by default: call `backprop` inside `with jax.enable_x64(True):` for the engine's precision.
    Where the engine raises, JAX gives inf or nan.

    Raises UsageError as `to_numpy` does, and for every Python function, since array functions are for NumPy.

    >>> x, w, b = Value(2.0, "x"), Value(0.5, "w"), Value(1.0, "b")
    >>> print(to_jax((w * x + b).tanh().named("L"), inputs=[x]))
    import jax.numpy as jnp
    <BLANKLINE>
    <BLANKLINE>
    def backprop(x, w, b):
        # x (samples,), w a number, b a number
        L = jnp.tanh(w * x + b)        # (samples,)
    <BLANKLINE>
        d_w = ((1 - L * L) * x).sum()  # a number
        d_b = (1 - L * L).sum()        # a number
    <BLANKLINE>
        return L.sum(), (d_w, d_b)
    <BLANKLINE>
    """
    return _text_of(root, inputs, wrt, JaxStyle)


def _text_of(root: Value, inputs: Leaves, wrt: Leaves, style: type[ArrayStyle]) -> str:
    """The text of a graph. Leaves that are not listed are used according to their roles."""
    given = checked_values(inputs or (), "inputs")
    asked = set() if wrt is None else {*checked_values(wrt, "wrt")}
    roles = ("input", "target") if inputs is None else ("target",)
    given = list(
        dict.fromkeys([*given, *(leaf for leaf in leaves_of(root) if leaf.role in roles and leaf not in asked)])
    )
    taken = set(given)
    wanted = [leaf for leaf in parameters_of(root) if leaf not in taken] if wrt is None else checked_values(wrt, "wrt")
    check_leaves(given, wanted)
    return ArrayListing(root, given, wanted, style).text()


def leaves_of(root: Value) -> list[Value]:
    """The leaves that a root was computed from."""
    return [value for value in topological_order(root) if not value.inputs]


def check_leaves(inputs: Sequence[Value], wrt: Sequence[Value]) -> None:
    """Raises UsageError if a value is no leaf, or both an input and a parameter."""
    for value in (*inputs, *wrt):
        if value.inputs:
            raise UsageError(f"inputs and wrt are leaves; {value!r:.60} is computed, by {value.op}")
    for value in set(inputs) & set(wrt):
        raise UsageError(f"{value!r:.60} is in inputs and in wrt; it can be one of the two: leave it out of one")


class ArrayListing:
    """The array code of a graph, statement by statement.

    layout: (name, leaves) of each argument that is made of parameters; leaves as in Block. data: (name, leaves) of the
    other arguments. functions: the Python functions of define_operation in the graph; called: the array functions that
    the text calls, by name.

    style: how it is spelled. weight: a leaf by which the root of each sample is multiplied, the last of the data.

    Raises UsageError if a Python function has no array function.
    """

    def __init__(
        self,
        root: Value,
        inputs: Sequence[Value],
        wrt: Sequence[Value],
        style: type[ArrayStyle] = ArrayStyle,
        weight: Value | None = None,
    ) -> None:
        with recorded():
            if not root._inputs:  # a line is computed
                root = VALUES["identity"](root)
            self.root = root
            if weight is not None:
                root = weight * root
        targets = [leaf for leaf in inputs if leaf.role == "target"]
        others = [leaf for leaf in inputs if leaf.role != "target"]
        self.inputs = list(inputs)
        self.functions = functions = functions_of(topological_order(root, records=False))
        self.names = Names({*RESERVED, *style.own_functions, *functions})
        self._words: dict[Block, str] = {}
        self.gradient_of_shared = ""
        self.style = style(functions)
        groups = [others, targets, *([] if weight is None else [[weight]])]
        self.rolled = Rolled(root, groups, wrt)
        self.forward = Forward(self.rolled, self.names, ["X", "y_true", "weight"][: len(groups)])
        self.backward = Backward(self.forward)
        lines = [*self.forward.lines, *self.backward.lines] if functions else []
        calls = {part[1] for line in lines for part in parts(line.tree) if part[0] == "call"}
        self.called = array_functions(functions, calls, style.library)
        blocks = self.forward.blocks
        self.layout = [(self._name(block), block.leaves) for block in blocks.all if block.is_own and not block.is_fixed]
        self.data = [(self._name(family), family.members) for family in self.rolled.data if len(family)]
        self.shared = self.names.identifier("p") if blocks.shared else ""
        if self.shared:
            self.layout.append((self.shared, tuple(blocks.shared)))
        self.unread = ""
        if blocks.unread:
            self.unread = self.names.identifier(blocks.unread.flat[0].name if not blocks.unread.shape else "unread")
            self.layout.append((self.unread, blocks.unread.leaves))

    def _name(self, one: Family | Block) -> str:
        name: str = self.forward.name[one][1]
        return name

    @property
    def work(self) -> int:
        """The cost of one call for a single sample, in statements; a softmax or a fold counts as several."""
        lines = [*self.forward.lines, *self.backward.lines]
        folds = sum(part[:2] in _FOLDS for line in lines for part in parts(line.tree))
        return len(lines) + 3 * (folds + len(self.forward.blocks.gathered))

    def text(self, runs_alone: bool = True, of_values: bool = False) -> str:
        """The whole text. runs_alone: whether it imports the Python functions that it calls.

        of_values: whether it only gives the root of each sample, and no gradients.
        """
        body = self._body(of_values)  # notes which functions it needs
        head = [self.style.heading, *(imports_of(self.called) if runs_alone else ()), "", ""]
        for function in self.style.functions():
            head += [function, "", ""]
        constants = [
            line for name, value in self._constants() for line in _wrapped(f"{name} = np.array(", repr(value), ")")
        ]
        if constants:
            head += [*constants, "", ""]
        return self.style.spelled("\n".join([*head, *body, ""]))

    def _constants(self) -> Iterator[tuple[str, Any]]:
        yield from self.forward.constants
        for block in self.forward.blocks.all:
            if block.is_fixed and block.shape:
                yield self._name(block), block.mapped(self.rolled.numbers.__getitem__)
        place = {leaf: number for number, leaf in enumerate(self.forward.blocks.shared)}
        for block in self.forward.blocks.gathered:
            if block.shape:
                yield self._places_name(block), block.mapped(place.__getitem__)

    def _places_name(self, block: Block) -> str:
        return self._words.setdefault(block, self.names.identifier(f"{self._name(block)}_in_{self.shared}"))

    def _body(self, of_values: bool) -> list[str]:
        arguments = [name for name, _ in (*self.data, *self.layout)]
        lines = [*_wrapped("def backprop(", ", ".join(arguments), "):")]
        comment = ""
        for name, shape in self._argument_shapes():
            longer = f"{comment}, {name} {shape}" if comment else f"    # {name} {shape}"
            if len(longer) > _LONGEST_LINE:
                lines.append(f"{comment},")
                longer = f"    # {name} {shape}"
            comment = longer
        lines += [comment] if comment else []
        taken, forward, backward = self._taken(), self._shown(self.forward.lines), self._shown(self.backward.lines)
        backward += self._scattered()
        if of_values:
            backward = []
        if self._counts_samples():
            taken.insert(0, (f"{SAMPLES} = len({arguments[0]})", None))
        taken, forward, backward = (
            [(self.style.spelled(text), size) for text, size in part] for part in (taken, forward, backward)
        )
        width = max((len(text) for text, _ in (*taken, *forward, *backward) if len(text) <= _LAST_COLUMN), default=0)
        for part in ([*taken, *forward], backward):
            for text, size in part:
                lines.append(f"    {text:<{width}}  # {shape_text(size)}" if size is not None else f"    {text}")
            lines += [""] if part else []
        if of_values:
            assert self.rolled.root_family
            return [*lines, f"    return {self._name(self.rolled.root_family)}"]
        return [*lines, f"    return {self._value()}, {self._gradients()}"]

    def _argument_shapes(self) -> Iterator[tuple[str, str]]:
        for family in self.rolled.data:
            if len(family):
                yield self._name(family), shape_text(shape_of_family(family))
        for name, leaves in self.layout:
            yield name, shape_text(Block(leaves, False).shape)

    def _taken(self) -> list[tuple[str, Shape | None]]:
        """The lines that unpack the arguments: columns of the data, and blocks gathered from the shared vector."""
        lines: list[tuple[str, Shape | None]] = [
            (f"{', '.join(columns)} = {self._name(family)}.T", (SAMPLES,))
            for family, columns in self.forward.columns.items()
        ]
        blocks = self.forward.blocks
        lines += [(f"{self._name(one)} = {self.shared}[{self._places(one)}]", one.shape) for one in blocks.gathered]
        return lines + [(self._joined(block), block.shape) for block in blocks.all if block.joined]

    def _joined(self, block: Block) -> str:
        """The line of a joined vector."""
        flat = {0: "np.ravel({})", 1: "{}", 2: "{}.ravel()"}
        each = ", ".join(flat[len(one.shape)].format(self._name(one)) for one in block.joined)
        return f"{self._name(block)} = np.concatenate([{each}])"

    def _places(self, block: Block) -> str:
        """Where a block's leaves are in the shared vector."""
        return self._places_name(block) if block.shape else str(self.forward.blocks.shared.index(block.leaves))

    def _shown(self, statements: Sequence[Statement]) -> list[tuple[str, Shape | None]]:
        lines: list[tuple[str, Shape | None]] = []
        for target, tree, shape, at, repeats in statements:
            text = write(self.style.laid_out(tree, self.forward.shapes), self.style)
            if at:
                lines.append((self.style.added(target, at, text, repeats), None))
            else:
                lines.append((f"{target} = {text}", shape))
        return lines

    def _scattered(self) -> list[tuple[str, Shape | None]]:
        """The lines of the gradient of the shared vector, from the gradients of the blocks gathered from it."""
        if not self.shared:
            return []
        self.gradient_of_shared = self.names.identifier(f"d_{self.shared}")
        count = len(self.forward.blocks.shared)
        lines: list[tuple[str, Shape | None]] = [(f"{self.gradient_of_shared} = np.zeros({count})", (count,))]
        for block in self.forward.blocks.gathered:
            gradient = self.backward.gradient_of[block]
            lines.append((self.style.added(self.gradient_of_shared, self._places(block), gradient, True), None))
        return lines

    def _counts_samples(self) -> bool:
        trees = [line.tree for line in (*self.forward.lines, *self.backward.lines)]
        root = self.rolled.root_family
        return any(SAMPLES in names_in(tree) for tree in trees) or self._scales(root)

    def _scales(self, root: Family | None) -> bool:
        """Whether the root is the same for all samples."""
        return self.forward.has_samples and not (root and root.depends)

    def _value(self) -> str:
        root = self.rolled.root_family
        assert root
        name = self._name(root)
        return f"{name}.sum()" if root.depends else f"{SAMPLES} * {name}" if self._scales(root) else name

    def _gradients(self) -> str:
        gradients = [
            self.backward.gradient_of[block] for block in self.forward.blocks.all if block.is_own and not block.is_fixed
        ]
        if self.shared:
            gradients.append(self.gradient_of_shared)
        if self.forward.blocks.unread:
            shape = self.forward.blocks.unread.shape
            gradients.append(f"np.zeros({shape[0]})" if shape else "0.0")
        return f"({', '.join(gradients)}{',' if len(gradients) == 1 else ''})"


def _wrapped(before: str, text: str, after: str) -> list[str]:
    """A line, broken at spaces inside its brackets if it is too long."""
    if len(before + text + after) <= _LONGEST_LINE:
        return [before + text + after]
    inside = textwrap.wrap(text, _LONGEST_LINE - 4, break_long_words=False, break_on_hyphens=False)
    return [before, *(f"    {line}" for line in inside), after]
