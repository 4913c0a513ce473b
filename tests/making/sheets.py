"""Two more sheets for a class, of one page each with a key: the chain rule where a value is read twice, and one update.

tests.making.worksheet writes them. As there, the answers are computed from the formulas, without the engine.
"""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import NamedTuple

from nn import Neuron, diagram

from .worksheet import PATH, on_paper, page, shown

# A heading, what is said below it, and rows: what to work out, and the formula for it, with names of earlier rows.
Part = tuple[str, str, list[tuple[str, str]]]


class Sheet(NamedTuple):
    """A sheet.

    name: of its file. opening: its first words. has_formulas: whether the tasks say them. last: the key's last words.
    """

    name: str
    title: str
    opening: str
    given: dict[str, float]
    parts: list[Part]
    svg: str
    has_formulas: bool
    last: str

    @property
    def path(self) -> Path:
        """The file."""
        return PATH.parent / "teaching" / f"{self.name}.html"

    def answers(self) -> dict[str, float]:
        """Every answer, by what it is."""
        known = dict(self.given)
        for _, _, rows in self.parts:
            for what, how in rows:
                known[what] = _worked_out(how, known)
        return {what: number for what, number in known.items() if what not in self.given}

    def html(self) -> str:
        """The page."""
        found, tasks, key = self.answers(), "", ""
        for heading, said, rows in self.parts:
            asked = "".join(
                f"<tr><th>{what}</th><td class='how'>{f'= {how}' if self.has_formulas else ''}</td>"
                "<td>= <i></i></td></tr>"
                for what, how in rows
            )
            told = "".join(
                f"<tr><th>{what}</th><td>= {how}</td><td>= {shown(found[what])}</td></tr>" for what, how in rows
            )
            tasks += f"<section><h2>{heading}</h2><p>{said}</p><table>{asked}</table></section>\n"
            key += f"<section><h2>{heading}</h2><table>{told}</table></section>\n"
        cells = "".join(f"<td><b>{name}</b><br>{shown(number)}</td>" for name, number in self.given.items())
        given = f"<div class='given'><table><tr>{cells}</tr></table></div>"
        picture = f"<div class='scroll small'>{on_paper(self.svg)}</div>"
        return page(
            self.title,
            f"<p>{self.opening}</p>{picture}{given}<div class='columns'>{tasks}</div>",
            f"<div class='columns'>{key}</div><p class='last'>{self.last}</p>",
        )


def _worked_out(formula: str, known: dict[str, float]) -> float:
    """The number of a formula, with the names of what is known: o, new w, dL/dsum."""
    for ours, pythons in {"·": "*", "−": "-", "σ": "sigmoid", "²": "**2"}.items():
        formula = formula.replace(ours, pythons)
    for name in sorted(known, key=len, reverse=True):  # new w before w
        formula = re.sub(rf"(?<![\w/∂]){re.escape(name)}(?!\w)", f"({known[name]!r})", formula)
    return float(eval(formula, {"sigmoid": lambda x: 1 / (1 + math.exp(-x))}))


def _three_roads() -> str:
    """a, b and c, with an arrow for every time that one is read, and no numbers."""
    circles = {"a": (30, 70), "b": (190, 30), "c": (350, 70)}
    paths = ["M46 58 Q110 10 172 24", "M48 68 Q120 50 172 36", "M46 82 Q190 130 334 82", "M208 33 Q290 36 333 60"]
    head = '<path d="M0 0L9 4.5L0 9z"/>'
    parts = [f'<marker id="head" markerWidth="9" markerHeight="9" refX="8" refY="4.5" orient="auto">{head}</marker>']
    parts += [f'<path d="{path}" fill="none" stroke="#1a1a1a" marker-end="url(#head)"/>' for path in paths]
    for name, (x, y) in circles.items():
        parts.append(f'<circle cx="{x}" cy="{y}" r="18" fill="#fff" stroke="#1a1a1a"/>')
        parts.append(f'<text x="{x}" y="{y + 5}" text-anchor="middle" font-size="15">{name}</text>')
    says = "two arrows from a to b, one from a to c, one from b to c"
    return f'<svg viewBox="0 0 380 125" role="img" aria-label="{says}">{"".join(parts)}</svg>'


SHEETS = [
    Sheet(
        "a-plus-a",
        "The chain rule on a + a",
        "b = a + a, and c = b · a. An arrow for every time that a value is read. How fast does c move when a moves? "
        "Along a road multiply; roads that meet add up.",
        {"a": 3.0},
        [
            ("1. Forward", "What are b and c?", [("b", "a + a"), ("c", "b · a")]),
            (
                "2. The partial of each arrow",
                "How fast does the end of the arrow move with its start, everything else held still?",
                [
                    ("a to b, first arrow", "1"),
                    ("a to b, second arrow", "1"),
                    ("b to c", "a"),
                    ("a to c, direct arrow", "b"),
                ],
            ),
            (
                "3. Three roads from c to a",
                "The product along each, and their sum. (dc/da is the slope of the whole.)",
                [("road 1", "a · 1"), ("road 2", "a · 1"), ("road 3", "b"), ("dc/da", "road 1 + road 2 + road 3")],
            ),
            (
                "4. Test it",
                "On paper c = 2 · a², whose slope is 4 · a. And what is left if someone writes = where "
                "+= belongs, and road 1 or road 2 comes last?",
                [("4 · a", "4 · a"), ("with =", "road 2")],
            ),
        ],
        _three_roads(),
        False,
        "b has to be complete before it hands on. Here it is read once, by c; a has to wait for b and for c.",
    ),
    Sheet(
        "one-update",
        "One update step",
        "One neuron, one sample. o = σ(sum), with σ(x) = 1 / (1 + e<sup>−x</sup>), whose slope is σ · (1 − σ). The "
        "learning rate is η = 1. Keep four decimals.",
        {"x": 2.0, "y_true": 1.0, "w": 0.5, "b": -1.0, "η": 1.0},
        [
            ("1. Forward", "", [("sum", "w · x + b"), ("o", "σ(sum)"), ("L", "(y_true − o)²")]),
            (
                "2. Backward",
                "",
                [
                    ("dL/do", "−2 · (y_true − o)"),
                    ("dL/dsum", "dL/do · o · (1 − o)"),
                    ("dL/dw", "dL/dsum · x"),
                    ("dL/db", "dL/dsum"),
                ],
            ),
            (
                "3. The step, against the gradient",
                "Both gradients are known before anything moves.",
                [("new w", "w − η · dL/dw"), ("new b", "b − η · dL/db")],
            ),
            (
                "4. Forward again",
                "Has the loss become smaller?",
                [("new sum", "new w · x + new b"), ("new o", "σ(new sum)"), ("new L", "(y_true − new o)²")],
            ),
        ],
        diagram(Neuron(weights=[0.5], bias=-1.0)).svg,
        True,
        "If w is moved first, and dL/db is worked out with the new w, it is −0.1058 and not −0.25: the gradient of "
        "another place. So all gradients are computed before any parameter moves.",
    ),
]
