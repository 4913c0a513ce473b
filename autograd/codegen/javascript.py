"""The listing as JavaScript: a module for a page, and the function by which the player recomputes every step.

Both are written from the trace that `to_python` prints. Where Python raises and JavaScript would give NaN or Infinity,
they throw an error that names the value and the rule.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Sequence

from ..core.primitives import JAVASCRIPT
from ..core.value import Value
from ..errors import UsageError
from ..notation.expression import Tree
from ..notation.typesetting import write
from ..tracing.assignments import Trace
from .backends import no_javascript
from .listing import LONGEST_LINE, Listing, Needing, what_to_list, wrapped

# The functions that the text calls besides those of the table.
_HELPERS = {
    "divide": """\
(x, y) => {
  if (y === 0) throw noAnswer("x / y", { x, y }, "it divides by zero. Keep the divisor away from 0");
  return x / y;
}""",
    "real": """\
(rule, operands, number) => {
  const numbers = Object.values(operands);
  const isNew = Number.isNaN(number) ? !numbers.some(Number.isNaN) : numbers.every(Number.isFinite);
  if (Number.isFinite(number) || !isNew) return number;
  const isTooLarge = !Number.isNaN(number) && !numbers.includes(0);
  throw noAnswer(rule, operands, isTooLarge
    ? "it is too large for a float. Scale the operands down"
    : "there is no such real number. Keep the operands inside the domain of the rule");
}""",
    "noAnswer": """\
(rule, operands, why) => {
  const at = Object.entries(operands).map(([name, number]) => name + " = " + number).join(", ");
  const message = rule + " has no answer at " + at + ": " + why + ".";
  return Object.assign(new Error(message), { name: "DomainError", rule, operands });
}""",
    "numbers": """\
(given, count) => {
  if (given.length !== count) throw new TypeError("backprop takes " + count + " numbers, not " + given.length);
  for (const one of given) {
    if (typeof one === "number") continue;
    throw new TypeError("backprop takes numbers, not the " + typeof one + " " + String(one));
  }
}""",
    "computing": """\
(value, compute, what = value) => {
  try {
    return compute();
  } catch (error) {
    error.value = value;
    error.message = what + ": " + error.message;
    throw error;
  }
}""",
}
_FUNCTIONS = {**JAVASCRIPT, **_HELPERS}

# Words that JavaScript, or the text itself, uses for something else.
_WORDS = """arguments await break case catch class const continue debugger default delete do else enum eval export
extends false finally for function if implements import in instanceof interface let new null package private protected
public return static super switch this throw true try typeof var void while with yield
undefined NaN Infinity Math Number Object Error TypeError String data grads steps partials edges"""
_RESERVED = {*_FUNCTIONS, *_WORDS.split()}


# Browsers take fewer than 65,536 arguments in a call.
_MOST_ARGUMENTS = 65_000


def to_javascript(root: Value, inputs: Sequence[Value] | None = None, wrt: Sequence[Value] | None = None) -> str:
    """The forward and the backward pass of a recorded graph as a JavaScript module that needs nothing else.

    It exports `backprop`, which takes the same arguments as to_python's backprop in the same order, and returns
    `[value, {name: gradient}]` with the same names. It takes numbers only, because JavaScript would append to the text
    of a form field instead of adding. Where Python would raise, it throws an Error whose name is "DomainError": its
    message says which value, by which rule, at which operands; its fields `value`, `rule` and `operands` say the same.

    inputs, wrt: as for `to_python`. Raises UsageError if they hold anything else, if the graph calls a Python function,
    which has no JavaScript, and if it has more leaves than a JavaScript function takes arguments.

    >>> x, w = Value(2.0, "x"), Value(0.5, "w")
    >>> print(to_javascript((w * x).tanh().named("y"), wrt=[w]).partition("export ")[2])
    function backprop(w, x) {
      numbers(arguments, 2);
      const y = tanh(w * x);
    <BLANKLINE>
      const d_y_d_w = (1 - y * y) * x;
    <BLANKLINE>
      return [y, {"w": d_y_d_w}];
    }
    <BLANKLINE>
    """
    lines, first, wanted = what_to_list(root, inputs, wrt)
    style = JavaScript()
    listing = Listing(lines, first, wanted, style)
    if len(listing.arguments) > _MOST_ARGUMENTS:
        raise UsageError(
            f"{len(listing.arguments):,} leaves, and a function of JavaScript takes some {_MOST_ARGUMENTS:,} "
            "arguments: to_python can list this graph"
        )
    going_on = {statement.target for statement in listing.gradients if statement.sign == "+="}
    root_label = lines.root.label
    body = [f"  numbers(arguments, {len(listing.arguments)});"]
    body += [f"  {_as_code(f'// {style.name(target)} is {label}')}" for target, label in lines.labels.items()]
    for part in (listing.forward, listing.gradients):
        for statement in part:
            name = style.name(statement.target)
            word = "" if statement.sign == "+=" else "let " if statement.target in going_on else "const "
            label = statement.line.label
            said = label if part is listing.forward else f"∂{root_label}/∂{label}"
            body += _computed(f"{word}{name} {statement.sign} ", statement.right, ";", label, said)
        body += [""] if part else []
    keys = [f"{_key(listing.name_of[value])}: {listing.gradient(value)}" for value in listing.wrt]
    body += wrapped(f"return [{style.name(lines.root.target)}, {{", ", ".join(keys), "}];", "  ")
    head = wrapped("export function backprop(", ", ".join(map(style.name, listing.arguments)), ") {", "")
    return "\n".join([*functions_for(body), *head, *body, "}", ""])


def steps_in_javascript(lines: Trace) -> str:
    """A JavaScript expression: the function from the leaves' numbers to every number of every step, for a page.

    It may be put into a script whatever the names are, with `const compute = ` before it and `;` after it. Then
    `compute(...leaves)`, with a number for each of the trace's leaves in their order, returns

        data     the number of every line, in the order of the trace: leaves first, the root last
        grads    ∂root/∂line of every line, in the same order
        steps    those of the whole backward pass, the seed first, then one for each way of the trace:
                 {upstream, partial, contribution, before, after}

    So a box of the player has data[box] and grads[box], and the frame of a step has steps[place]. An update is
    `leaf - learningRate * grads[box]`, and the loss after it `compute(...moved).data.at(-1)`.

    Where there is no real answer it throws an Error with words for the reader in `message`; `value` is the label of the
    line that has none (`labels.indexOf(error.value)` is its box), `rule` and `operands` are the reason.
    """
    style = JavaScript()
    place = {line: number for number, line in enumerate(lines)}
    ways = list(lines.ways())
    body: list[str] = []
    for line in lines.lines:
        right = write(line.expression, style)
        body += _computed(f"const {style.name(line.target)} = ", right, ";", line.label, line.label)
    partials: list[str] = []
    for line, to, chain in ways:
        said = f"∂{line.label}/∂{to.label}"
        partials += _computed("", write(chain.product.tree, style), ",", line.label, said)
    body += wrapped("const data = [", ", ".join(style.name(line.target) for line in lines), "];", "  ")
    body += ["  const partials = [", *(f"  {text}" for text in partials), "  ];"]
    pairs = ", ".join(f"[{place[line]}, {place[to]}]" for line, to, _ in ways)
    head = wrapped("return (", ", ".join(style.name(leaf.target) for leaf in lines.leaves), ") => {", "")
    text = [*functions_for(body), *wrapped("const edges = [", pairs, "];", ""), *head, *body, _CHAIN_RULE, "};"]
    return "\n".join(["(() => {", '"use strict";', *text, "})()"])


_CHAIN_RULE = """\
  const grads = data.map(() => 0);
  grads[grads.length - 1] = 1;
  const steps = [{ upstream: 1, partial: 1, contribution: 1, before: 0, after: 1 }];
  for (const [place, [from, to]] of edges.entries()) {
    const [upstream, partial, before] = [grads[from], partials[place], grads[to]];
    const contribution = upstream * partial;
    grads[to] = before + contribution;
    steps.push({ upstream, partial, contribution, before, after: grads[to] });
  }
  return { data, grads, steps };"""


class JavaScript(Needing):
    """JavaScript; a name that means something else there gets a $, which no name of a trace has."""

    def prepared(self, tree: Tree) -> Tree:
        """The tree with a call of `divide` for each divisor that may be 0."""
        if tree[0] == "/" and not (tree[2][0] == "number" and tree[2][1]):
            tree = ("call", "divide", *tree[1:])
        return tuple(self.prepared(part) if isinstance(part, tuple) else part for part in tree)

    def has_sign_for_power(self, exponent: Tree) -> bool:
        """Never: a call throws where Python raises."""
        return False

    def name(self, label: str) -> str:
        """A name."""
        return f"{label}$" if label in _RESERVED else label

    def number(self, number: float) -> str:
        """A constant."""
        return super().number(number) if math.isfinite(number) else self.figure(number)

    def figure(self, number: float) -> str:
        """A float."""
        if math.isfinite(number):
            return repr(number)
        return "NaN" if math.isnan(number) else "Infinity" if number > 0 else "-Infinity"

    def call(self, function: str, arguments: Sequence[str]) -> str:
        """A function, which has to be there."""
        if function not in _FUNCTIONS:
            raise no_javascript(function)
        return super().call(function, arguments)

    def negative(self, text: str) -> str:
        """The opposite; -- would count down."""
        return f"-({text})" if text.startswith("-") else f"-{text}"


_CALLED = re.compile(r"(?<![\w.])(\w+)\(")


def _called(text: str) -> set[str]:
    """The functions that a text calls, and those that these call in turn."""
    found: set[str] = set()
    waiting = {text}
    while waiting:
        new = {name for name in _CALLED.findall(waiting.pop()) if name in _FUNCTIONS} - found
        found |= new
        waiting |= {_FUNCTIONS[name] for name in new}
    return found


_CAN_FAIL = {name for name, text in _FUNCTIONS.items() if "noAnswer" in _called(text)}


def functions_for(body: Iterable[str]) -> list[str]:
    """The functions that the body calls."""
    called = _called("\n".join(body))
    texts = [f"const {name} = {text};" for name, text in _FUNCTIONS.items() if name in called]
    return [*texts, ""] if texts else []


def _computed(before: str, text: str, after: str, value: str, said: str) -> list[str]:
    """The lines of an expression between `before` and `after`. One that may throw is wrapped, so that the error has the
    label of its value and a message that begins with `said`.
    """
    if not _CAN_FAIL.isdisjoint(_CALLED.findall(text)):
        before += f"computing({_string(value)}, () => "
        after = (")" if said == value else f", {_string(said)})") + after
    line = f"  {before}{text}{after}"
    return [line] if len(line) <= LONGEST_LINE else wrapped(f"{before}(", text, f"){after}", "  ")


def _string(text: str) -> str:
    """A string literal."""
    return _as_code(json.dumps(text, ensure_ascii=False))


def _as_code(text: str) -> str:
    """A literal or a comment, written so that it cannot end the script element around it."""
    return text.replace("<", "\\u003c")


def _key(name: str) -> str:
    """A key of an object literal; without brackets "__proto__" would set the object's prototype."""
    return '["__proto__"]' if name == "__proto__" else f'"{name}"'
