"""The functions of a program, as text: a listing printed for speed, inside the loops that training needs.

    one      a sample: the value, and its gradients
    over     many samples: the sum of the values, and the summed gradients
    each     epochs of training with an update after every sample
    batches  epochs of training with an update after every batch

A parameter's gradient that is used only once, in a sum over samples or in an update, is written there and gets no line
of its own. In each step all gradients are computed before the first parameter moves.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from ..core.source import tuple_of
from ..core.update_rule import UpdateRule
from ..core.value import Value
from ..notation.expression import Tree, names_in, parts, size, substitute
from ..notation.simplify import divides_by_quotient, simplified
from ..notation.typesetting import CODE, write
from .listing import Listing, Needing, Statement

# primitives.sigmoid, in line: a call would take a third longer. A test holds the two equal.
_SIGMOID = "(1.0 / (1.0 + exp(-{x})) if {x} > -709.0 else exp({x}))"
# primitives.equal, in line: it is the partial of pick, of which there is one for each value of the list.
_EQUAL = "(1.0 if {x} == {y} else 0.0 if {x} == {x} else {x})"
# A product takes half the time of pow, but where pow overflows and raises, the product would be inf.
_SQUARE = "({x} * {x} if -1e154 < {x} < 1e154 else pow({x}, 2.0))"


class Fast(Needing):
    """Python that runs fast.

    Constants are floats, which Python multiplies faster than ints; sigmoid is written out; a square is a product; and a
    gradient that is read once is written into the statement that reads it.
    """

    most_factors = 6

    def prepared(self, tree: Tree) -> Tree:
        """The tree itself, since every constant is written as a float."""
        return tree

    def has_sign_for_power(self, exponent: Any) -> bool:
        """Never: powers are calls of pow, which raises where there is no real answer."""
        return False

    def number(self, number: float) -> str:
        """A constant, as a float."""
        super().number(number)  # notes that inf and nan have to be imported
        return CODE.number(number)

    def call(self, function: str, arguments: Sequence[str]) -> str:
        """A call; sigmoid, squares and comparisons of a name with an index are written out."""
        if arguments[0].isidentifier():
            if function == "sigmoid":
                self.needs.add("exp")
                return _SIGMOID.format(x=arguments[0])
            if function == "equal" and arguments[1].replace(".", "", 1).isdecimal():
                return _EQUAL.format(x=arguments[0], y=arguments[1])
            if function == "pow" and arguments[1] == "2.0":
                self.needs.add("pow")
                return _SQUARE.format(x=arguments[0])
        return super().call(function, arguments)


class Loops:
    """The functions of one listing. inputs, parameters: the leaves whose numbers the caller passes."""

    def __init__(self, listing: Listing, inputs: Sequence[Value], parameters: Sequence[Value]) -> None:
        self.listing = listing
        self.parameters = parameters
        self.style = listing.style
        self.name_of = listing.name_of
        self._words: dict[tuple[str, str], str] = {}
        self.root = listing.trace.root.target
        self.total = self._word("total")
        self.sample = tuple_of([self.name_of[value] for value in inputs])
        self.numbers = tuple_of([self.name_of[value] for value in parameters])
        known = {*inputs, *parameters}
        self.fixed = [
            f"{leaf.target} = {self.style.number(leaf.number)}"
            for leaf in listing.trace.leaves
            if leaf.value not in known
        ]
        self.forward = [statement.text for statement in listing.forward]
        # The gradient of each parameter, as an expression over the names that the lines of `inside` assign.
        self.gradients: dict[Value, Tree] = {}
        apart = self._in_one_statement()
        self.inside = self.forward + [one.text for one in listing.gradients if one.line not in apart]
        for value in parameters:
            line = listing.trace.get(value)
            statement = apart.get(line)
            if statement:
                self.gradients[value] = statement.tree
            else:
                text = listing.gradient(value)
                self.gradients[value] = ("name", text) if text.isidentifier() else ("number", float(text))

    def _word(self, wish: str, what: str = "") -> str:
        """The name that all functions of the program use for `wish`: that word, unless a value has that name.

        what: tells apart things that wish for the same name.
        """
        if (wish, what) not in self._words:
            self._words[wish, what] = self.listing.names.identifier(wish)
        return self._words[wish, what]

    def _in_one_statement(self) -> dict[Any, Statement]:
        """By the line of a parameter: the statement of its gradient, if it is a single one."""
        lines = {self.listing.trace.get(value) for value in self.parameters}
        found: dict[Any, list[Statement]] = {}
        for statement in self.listing.gradients:
            if statement.line in lines:
                found.setdefault(statement.line, []).append(statement)
        return {line: several[0] for line, several in found.items() if len(several) == 1}

    def one(self) -> list[str]:
        """The text of one(inputs, parameters)."""
        inputs, parameters = self._word("inputs"), self._word("parameters")
        gradients = ", ".join(self.listing.gradient(value) for value in self.parameters)
        return [
            f"def one({inputs}, {parameters}):",
            *indented(
                f"{self.sample} = {inputs}",
                f"{self.numbers} = {parameters}",
                *self.fixed,
                *self.forward,
                *(statement.text for statement in self.listing.gradients),
                f"return {self.root}, [{gradients}]",
            ),
        ]

    def over(self) -> list[str]:
        """The text of over(samples, parameters)."""
        samples, parameters = self._word("samples"), self._word("parameters")
        sums = self._sums(self.parameters)
        return [
            f"def over({samples}, {parameters}):",
            *indented(
                f"{self.numbers} = {parameters}",
                *self.fixed,
                f"{self.total} = 0.0",
                *(f"{name} = 0.0" for name in sums.values()),
                *self._summing(samples, sums),
                f"return {self.total}, [{', '.join(sums.values())}]",
            ),
        ]

    def each(self, rule: UpdateRule, moving: Sequence[Value]) -> list[str]:
        """The text of each(epochs, parameters, states, settings, step, losses, trail); an epoch is samples."""
        gradients = {value: self.gradients[value] for value in moving}
        moved = {self.name_of[value] for value in moving}
        lines = []
        for value, tree in gradients.items():
            # A gradient that reads a moving parameter is computed before the first parameter moves.
            if (rule.keeps_gradient and size(tree)) or moved & set(names_in(tree)):
                gradients[value] = name = ("name", self.listing.gradient(value))
                lines.append(write(("=", name, tree), self.style))
        return self._training(
            "each",
            rule,
            gradients,
            lambda samples, update: [
                f"for {self.sample} in {samples}:",
                # The value is added before the update, because the root may be a parameter.
                *indented(*self.inside, f"{self.total} += {self.root}", *lines, *update),
            ],
        )

    def batches(self, rule: UpdateRule, moving: Sequence[Value]) -> list[str]:
        """The text of batches(epochs, parameters, states, settings, step, losses, trail); an epoch is a list of
        (seed, samples), gradients being multiplied by the seed.
        """
        sums = self._sums(moving)
        seed, samples = self._word("seed"), self._word("samples")
        gradients: dict[Value, Tree] = {}
        lines = []
        for value, name in sums.items():
            gradients[value] = tree = ("*", ("name", seed), ("name", name))
            if rule.keeps_gradient:
                gradients[value] = ("name", name)
                lines.append(write(("=", ("name", name), tree), self.style))
        return self._training(
            "batches",
            rule,
            gradients,
            lambda batches, update: [
                f"for {seed}, {samples} in {batches}:",
                *indented(*(f"{name} = 0.0" for name in sums.values()), *self._summing(samples, sums), *lines, *update),
            ],
        )

    def _sums(self, values: Sequence[Value]) -> dict[Value, str]:
        return {value: self._word(f"sum_{self.name_of[value]}", "sum") for value in values}

    def _summing(self, samples: str, sums: dict[Value, str]) -> list[str]:
        """The loop over the samples of a batch."""
        added = [write(("+=", ("name", name), self.gradients[value]), self.style) for value, name in sums.items()]
        return [
            f"for {self.sample} in {samples}:",
            *indented(*self.inside, *added, f"{self.total} += {self.root}"),
        ]

    def _training(self, name: str, rule: UpdateRule, gradients: dict[Value, Tree], epoch: Any) -> list[str]:
        """The text of a training function.

        epoch: gives the lines of an epoch, for the name of what it loops over and the lines of an update. After each
        epoch the function appends the sum of the values to `losses` and, unless `trail` is None, the parameters to
        that. `carried` is the sum so far, if training begins in the middle of an epoch.
        """
        words = ["epochs", "parameters", "states", "settings", "step", "losses", "trail", "carried", "items"]
        epochs, parameters, states, settings, step, losses, trail, carried, items = map(self._word, words)
        shared: dict[str, Tree] = {
            one: ("name", self._word(one, "setting")) for one in (*rule.settings, *rule.each_step)
        }
        shared["step"] = ("name", step)
        uses_step = "step" in {
            one for tree in (*rule.rows.values(), *rule.each_step.values()) for one in names_in(tree)
        }
        update = [f"{step} += 1.0"] if uses_step else []
        if rule.reads_norm:
            shared["grad_norm"] = ("name", self._word("grad_norm", "setting"))
            self.style.needs.add("hypot")
            each = ", ".join(write(tree, self.style) for tree in gradients.values())
            update.append(f"{shared['grad_norm'][1]} = hypot({each})")
        for one, tree in rule.each_step.items():
            update.append(write(("=", shared[one], substitute(tree, shared)), self.style))
        state_of: list[str] = []
        moves: list[tuple[Tree, Tree]] = []
        for value, gradient in gradients.items():
            own = {one: ("name", self._word(f"{one}_{self.name_of[value]}", "state")) for one in rule.state}
            state_of.append(tuple_of([name for _, name in own.values()]))
            trees: dict[str, Tree] = {**shared, **own, "w": ("name", self.name_of[value]), "grad": gradient}
            for target, tree in rule.rows.items():
                moved = substitute(tree, trees)
                if target == "grad":  # below, the new gradient of this parameter is meant
                    trees["grad"] = ("name", self._word(f"grad_{self.name_of[value]}", "grad"))
                moves.append((trees[target], moved if divides_by_quotient(moved) else simplified(moved)))
        update += [write(("=", *sides), self.style) for sides in self._with_shared_products(moves)]
        taken = [f"{self.numbers} = {parameters}", *self.fixed]
        taken += [f"{tuple_of([shared[one][1] for one in rule.settings])} = {settings}"]
        taken += [f"{tuple_of(state_of)} = {states}"] if rule.state else []
        answer = f"[{', '.join(state_of)}]" if rule.state else states
        return [
            f"def {name}({', '.join([epochs, parameters, states, settings, step, losses, trail])}, {carried}=0.0):",
            *indented(
                *taken,
                f"{self.total} = {carried}",
                f"for {items} in {epochs}:",
                *indented(
                    *epoch(items, update),
                    f"{losses}.append({self.total})",
                    f"{self.total} = 0.0",
                    f"if {trail} is not None:",
                    *indented(f"{trail}.append({self.numbers})"),
                ),
                f"return [{self.numbers[1:-1]}], {answer}",
            ),
        ]

    def _with_shared_products(self, moves: Sequence[tuple[Tree, Tree]]) -> list[tuple[Tree, Tree]]:
        """The moves, and before them products of two names that several moves contain, to be computed once: all weights
        of a neuron move by learning_rate * d_L_d_sum_h1 times something.
        """
        moved = {target for target, _ in moves}
        counts = Counter(
            part for _, tree in moves for part in parts(tree) if _is_product_of_names(part) and not moved & {*part[1:]}
        )
        known = {
            part: ("name", self._word(f"{part[1][1]}_{part[2][1]}", "product"))
            for part, count in counts.items()
            if count > 1
        }
        return [(name, part) for part, name in known.items()] + [
            (target, _replaced(tree, known)) for target, tree in moves
        ]


def _is_product_of_names(tree: Tree) -> bool:
    return tree[0] == "*" and (tree[1][0], tree[2][0]) == ("name", "name")


def _replaced(tree: Tree, known: Mapping[Tree, Tree]) -> Tree:
    if _is_product_of_names(tree):
        return known.get(tree, tree)
    return tuple(_replaced(part, known) if isinstance(part, tuple) else part for part in tree)


def indented(*lines: str) -> list[str]:
    """The lines of a body."""
    return [f"    {line}" for line in lines]
