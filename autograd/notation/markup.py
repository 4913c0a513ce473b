"""Tables and formulas as HTML, for notebooks, and as plain text.

Colours and fonts are the page's own, so they suit light and dark. There is no style sheet and no script, since a
notebook that is not trusted loses them. Every text that is not markup goes through `html.escape`.
"""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from .expression import Tree
from .mathematics import MATHML, digits
from .naming import visible
from .typesetting import write

T = TypeVar("T")

# The most rows that a notebook shows; of more, the first and the last.
_MOST_ROWS = 200

_CELL = "text-align:left;padding:0.3em 1em 0.3em 0;vertical-align:baseline"


def folded(rows: Sequence[T]) -> tuple[Sequence[T], int, Sequence[T]]:
    """The first rows, how many are left out, and the last rows.

    >>> folded("abc")
    ('abc', 0, '')
    """
    if len(rows) <= _MOST_ROWS:
        return rows, 0, rows[:0]
    last = _MOST_ROWS // 4
    return rows[: _MOST_ROWS - last], len(rows) - _MOST_ROWS, rows[-last:]


def formula_html(tree: Tree, labels: Mapping[str, str]) -> str:
    """A formula as MathML, which browsers typeset by themselves."""
    return f'<math displaystyle="true"><mrow>{write(tree, MATHML, labels)}</mrow></math>'


def table_html(
    headings: Sequence[str], first: Sequence[Sequence[str]], gap: str = "", last: Sequence[Sequence[str]] = ()
) -> str:
    """A table, from cells of HTML: the first rows, a note on those left out, the last rows."""
    between = [f'<tr><td colspan="{len(headings)}" style="{_CELL}">⋯ {gap}</td></tr>'] if gap else []
    lines = [*map(_row_html, first), *between, *map(_row_html, last)]
    head = "".join(f'<th scope="col" style="{_CELL}">{html.escape(heading)}</th>' for heading in headings)
    return (
        '<div style="overflow-x:auto"><table style="border-collapse:collapse;margin:0">'
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(lines)}</tbody></table></div>"
    )


def _row_html(cells: Sequence[str]) -> str:
    inside = "".join(f'<td style="{_CELL}">{cell}</td>' for cell in cells)
    return f"<tr>{inside}</tr>"


def table_text(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in plain text, columns aligned.

    >>> print(table_text(["of", "to"], [["sum_h1", "w1"]]))
    of      to
    sum_h1  w1
    """
    lines = [headings, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(headings))]
    return "\n".join("  ".join(map(str.ljust, line, widths)).rstrip() for line in lines)


def aligned_latex(lines: Sequence[str]) -> str:
    """Equations in lines, aligned at their &."""
    return "\\begin{aligned}\n" + " \\\\\n".join(lines) + "\n\\end{aligned}"


def aligned_html(left: str, rights: Sequence[tuple[str, str]]) -> str:
    """One equation in several rows: `left`, then a sign and a term in each row, all of MathML."""
    rows = "".join(
        f"<mtr><mtd>{left if not place else ''}</mtd><mtd><mo>{sign}</mo></mtd>"
        f'<mtd style="text-align:left">{right}</mtd></mtr>'
        for place, (sign, right) in enumerate(rights)
    )
    return f'<math displaystyle="true"><mtable displaystyle="true">{rows}</mtable></math>'


def value_html(name: str, data: float, grad: float, op: Any, operands: Sequence[Any], numbers: Sequence[float]) -> str:
    """A Value, given by its fields, as a small table: its name, its numbers, and how it was computed."""
    cells = {"data": repr(data), "grad": digits(grad)}
    if op is not None:
        shown = (
            visible(operand_name) if (operand_name := getattr(operand, "name", "")) else digits(number)
            for operand, number in zip(operands, numbers, strict=True)
        )
        where = ", ".join(f"{of_rule} = {operand}" for of_rule, operand in zip(op.inputs, shown, strict=True))
        cells["op"] = f"{op.name}: {op.expression}, where {where}"
    rows = [[html.escape(key), html.escape(text)] for key, text in cells.items()]
    return table_html(["Value", visible(name) if name else "(no name)"], rows)
