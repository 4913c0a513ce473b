"""A `ListOp`: a `ListRow` of the calculus table, compiled for lists of one length.

For four values, pick(values, index) is an operation of five inputs like any other: `values[0]` … `values[3]` and
`index`, each with its partial. So the trace, the views, the checks and the printers treat it as any other operation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from itertools import compress
from typing import Any

from ..notation.expression import Tree, parse, substitute
from ..notation.typesetting import SPELLINGS, to_code
from .list_rows import LISTS
from .op import NUMBERS, Op, Pullback, over_values, spelling, times_grad
from .primitives import ARITY, LIST_ARITY
from .row import ListRow
from .source import run_source, tuple_of

LIST_ROWS: dict[str, ListRow] = {row.name: row for row in LISTS}
SPELLINGS.update({row.name: spelling(row) for row in LISTS})

# What the partial for a value of the list may mention, besides `out` and the other inputs.
_OF_VALUE = ("value", "place")


class ListOp(Op):
    """The operation of a list row for `count` values. `list_op` makes each once."""

    def __init__(self, row: ListRow, count: int) -> None:
        self.row = row
        self.count = count
        self.name, self.expression = row.name, row.expression
        self.others = tuple(row.partials)[1:]  # the inputs beside the list
        values = tuple(f"values[{place}]" for place in range(count))
        self.inputs = (*values, *self.others)
        of_value, *of_others = row.partials.values()
        self.partials = dict.fromkeys(values, of_value) | dict(zip(self.others, of_others, strict=True))
        reason = row.because if isinstance(row.because, str) else row.because["values"]
        others = [row.because if isinstance(row.because, str) else row.because[name] for name in self.others]
        self.reasons = (*[reason] * count, *others)
        self.because = "; ".join(dict.fromkeys(self.reasons))
        self.functions = {}
        self.shown_inputs = self.others or self.inputs  # a list may be long
        self.pullbacks = _Pullbacks(self)
        self.compile()

    def __reduce__(self) -> tuple[Any, ...]:
        return list_op, (self.name, self.count)

    def compile(self) -> None:
        """Make the trees and functions of each input from those of the row."""
        rule, count = _Rule.of(self.name), self.count
        names: list[Tree] = [("name", name) for name in self.inputs]
        known: dict[str, Tree] = {**dict(zip(self.others, names[count:], strict=True)), "out": ("name", "out")}
        self.tree = substitute(rule.tree, {**known, "values": ("list", *names[:count])})
        self.partial_trees = (
            *(
                substitute(rule.partial_trees[0], {**known, "value": name, "place": ("number", place)})
                for place, name in enumerate(names[:count])
            ),
            *(substitute(tree, known) for tree in rule.partial_trees[1:]),
        )
        self.expression_function = lambda *numbers: rule.function([*numbers[:count]], *numbers[count:])
        self.partial_functions = self._per_input(rule.partial_functions)
        self.value_partials = self._per_input(tuple(map(over_values, rule.partial_functions)))

    def _per_input(self, functions: Sequence[Callable[..., Any]]) -> tuple[Callable[..., Any], ...]:
        """Partials as functions of the numbers of all inputs and `out`, like those of any operation."""
        count = self.count

        def of_value(place: int, *read: Any) -> Any:
            return functions[0](read[place], float(place), *read[count:])

        def of_other(function: Callable[..., Any], *read: Any) -> Any:
            return function(*read[count:])

        return (
            *(partial(of_value, place) for place in range(count)),
            *(partial(of_other, function) for function in functions[1:]),
        )

    def why(self, error: Exception) -> str:
        """What is wrong: the function of a row such as pick says it itself."""
        return str(error) if self.others else super().why(error)


class _Pullbacks(dict[tuple[bool, ...], Pullback]):
    """A ListPullback for each mix of Values and constants, made when it is first asked for: for a long list there are
    too many to make all.
    """

    def __init__(self, op: ListOp) -> None:
        super().__init__()
        self._op = op

    def __missing__(self, mask: tuple[bool, ...]) -> Pullback:
        self[mask] = made = ListPullback(self._op, mask)
        return made


class ListPullback(Pullback):
    """How a gradient goes back through an operation of a list, for one mix of Values and constants.

    places: of the Values in the list. others: whether each of the inputs beside the list is a Value.
    """

    __slots__ = ("others", "places")

    def __init__(self, op: ListOp, mask: tuple[bool, ...]) -> None:
        super().__init__(op, mask)
        self.places = tuple(compress(range(op.count), mask))
        self.others = mask[op.count :]
        self.pull = _Rule.of(op.name).pull


class _Rule:
    """A list row, checked and compiled, for lists of any length."""

    def __init__(self, row: ListRow) -> None:
        others = tuple(row.partials)[1:]
        arity: Mapping[str, int] = {**ARITY, **LIST_ARITY}
        self.tree = parse(row.expression, ("values", *others), arity)
        of_value, *of_others = row.partials.values()
        self.partial_trees = (
            parse(of_value, (*_OF_VALUE, *others, "out"), ARITY),
            *(parse(text, (*others, "out"), ARITY) for text in of_others),
        )
        source = f"def out({', '.join(['values', *others])}):\n    return {to_code(self.tree)}\n"
        for name, tree in zip(("values", *others), self.partial_trees, strict=True):
            read = [*(_OF_VALUE if name == "values" else ()), *others, "out"]
            source += f"def d_out_d_{name}({', '.join(read)}):\n    return {to_code(tree)}\n"
        source += self.pull_source(others)
        functions = run_source(
            source, f"rule {row.name}", {**NUMBERS, "zip": zip, "iter": iter, "len": len, "next": next}
        )
        self.function: Callable[..., float] = functions["out"]
        self.partial_functions = tuple(functions[f"d_out_d_{name}"] for name in ("values", *others))
        self.pull: Callable[[Any], None] = functions["pull"]

    @staticmethod
    @cache
    def of(name: str) -> _Rule:
        """The rule of that name."""
        return _Rule(LIST_ROWS[name])

    def pull_source(self, others: Sequence[str]) -> str:
        """The text of `pull`. For logsumexp it is

        def pull(self):
            (*values,) = self._recorded_numbers()
            out = self._data
            grad = self.grad
            places = self._pullback.places
            for value_, place in zip(self._inputs, places):
                value = values[place]
                value_.grad += grad * exp(value - out)
        """
        lines = [
            "def pull(self):",
            f"    {tuple_of(['*values', *others])} = self._recorded_numbers()",
            "    out = self._data",
            "    grad = self.grad",
            "    places = self._pullback.places",
            "    for value_, place in zip(self._inputs, places):",
            "        value = values[place]",
            f"        value_.grad += {times_grad(self.partial_trees[0])}",
        ]
        if others:
            lines.append("    rest = iter(self._inputs[len(places):])")
        for number, tree in enumerate(self.partial_trees[1:]):
            lines += [
                f"    if self._pullback.others[{number}]:",
                f"        next(rest).grad += {times_grad(tree)}",
            ]
        return "\n".join(lines) + "\n"


@cache
def list_op(name: str, count: int) -> ListOp:
    """The operation of that name for `count` values."""
    return ListOp(LIST_ROWS[name], count)
