"""The course's worksheet: one sample's nine gradients by hand, with blanks to fill in, and the answers on a last page.

    python -m tests.making.worksheet            writes notebooks/worksheet.html, and the sheets of tests.making.sheets

The answers are computed here from formulas written out by hand, without the engine; a test compares the two.
"""

from __future__ import annotations

import math
import re
import sys
from pathlib import Path

from nn import MLP, diagram
from nn.stepping import WORKSHEET_INPUTS, WORKSHEET_PARAMETERS, WORKSHEET_TARGET

PATH = Path(__file__).parents[2] / "notebooks" / "worksheet.html"

# Why these numbers is told beside them.
INPUTS, TARGET, PARAMETERS = WORKSHEET_INPUTS, WORKSHEET_TARGET, WORKSHEET_PARAMETERS

# What to work out, in the order of the sheet: (heading, [(what, how)]). `how` is the formula from which the answer is
# computed, with the names of what is given and of what has been worked out before.
STEPS = [
    (
        "1. Forward: what the network says",
        [
            ("sum_h1", "w1 · x1 + w2 · x2 + b1"),
            ("h1", "σ(sum_h1)"),
            ("sum_h2", "w3 · x1 + w4 · x2 + b2"),
            ("h2", "σ(sum_h2)"),
            ("sum_o1", "w5 · h1 + w6 · h2 + b3"),
            ("o1", "σ(sum_o1)"),
            ("L", "(y_true − o1)²"),
        ],
    ),
    (
        "2. Backward: from the loss to the sums",
        [
            ("dL/do1", "−2 · (y_true − o1)"),
            ("dL/dsum_o1", "dL/do1 · o1 · (1 − o1)"),
            ("dL/dh1", "dL/dsum_o1 · w5"),
            ("dL/dh2", "dL/dsum_o1 · w6"),
            ("dL/dsum_h1", "dL/dh1 · h1 · (1 − h1)"),
            ("dL/dsum_h2", "dL/dh2 · h2 · (1 − h2)"),
        ],
    ),
    (
        "3. The nine gradients: formula, numbers, result",
        [
            ("dL/dw1", "dL/dsum_h1 · x1"),
            ("dL/dw2", "dL/dsum_h1 · x2"),
            ("dL/db1", "dL/dsum_h1"),
            ("dL/dw3", "dL/dsum_h2 · x1"),
            ("dL/dw4", "dL/dsum_h2 · x2"),
            ("dL/db2", "dL/dsum_h2"),
            ("dL/dw5", "dL/dsum_o1 · h1"),
            ("dL/dw6", "dL/dsum_o1 · h2"),
            ("dL/db3", "dL/dsum_o1"),
        ],
    ),
]


def answers(parameters: dict[str, float] = PARAMETERS) -> dict[str, float]:
    """Every answer, from the formulas of the sheet."""
    known = {"x1": INPUTS[0], "x2": INPUTS[1], "y_true": TARGET, **parameters}
    spelled = {" · ": " * ", "−": "-", "σ": "sigmoid", "²": "**2", "dL/d": "d_L_d_"}
    for _, rows in STEPS:
        for what, how in rows:
            for ours, pythons in spelled.items():
                what, how = what.replace(ours, pythons), how.replace(ours, pythons)
            known[what] = eval(how, {"sigmoid": lambda x: 1 / (1 + math.exp(-x))}, known)
    return {what: known[what.replace("dL/d", "d_L_d_")] for _, rows in STEPS for what, _ in rows}


def shown(number: float) -> str:
    """A number as it stands on the sheet: four decimals at most, a real minus sign."""
    return f"{round(number, 4) + 0.0:g}".replace("-", "−")


def network() -> MLP:
    """The network of the sheet."""
    net = MLP(2, [2, 1])
    net.set_parameters(PARAMETERS)
    return net


def sheet() -> str:
    """The page."""
    found = answers()
    given = {"x1": INPUTS[0], "x2": INPUTS[1], "y_true": TARGET, **PARAMETERS}
    tasks, key = "", ""
    for heading, rows in STEPS:
        # What is asked for in the third part is the formula, too.
        blank = heading.startswith("3")
        lines = "".join(
            f"<tr><th>{what}</th><td class='how'>= {'<i class=wide></i>' if blank else how}</td>"
            "<td class='numbers'>= <i class=wide></i></td><td>= <i></i></td></tr>"
            for what, how in rows
        )
        tasks += f"<section><h2>{heading}</h2><table>{lines}</table></section>\n"
        answered = "".join(
            f"<tr><th>{what}</th><td>= {how}</td><td>= {shown(found[what])}</td></tr>" for what, how in rows
        )
        key += f"<section><h2>{heading}</h2><table>{answered}</table></section>\n"
    cells = "".join(f"<td><b>{name}</b><br>{shown(number)}</td>" for name, number in given.items())
    w1, d_w1 = PARAMETERS["w1"], found["dL/dw1"]
    step = f"{shown(w1)} − 0.1 · {shown(d_w1)} = {shown(w1 - 0.1 * d_w1)}"
    tasks = _TASKS.format(tasks=tasks, given=cells, picture=on_paper(diagram(network()).svg))
    return page("Nine gradients by hand", tasks, _KEY.format(key=key, step=step))


def on_paper(svg: str) -> str:
    """A picture in the colours of a light page, whatever theme the reader has."""
    return re.sub(r"<style>.*?</style>", "", svg, flags=re.DOTALL)


def page(title: str, tasks: str, key: str) -> str:
    """A sheet to print: the tasks, and on a page of its own the key."""
    return _PAGE.format(title=title, tasks=tasks, key=key)


_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Worksheet: {title}</title>
<style>
@page {{ size: A4; margin: 16mm 18mm }}
:root {{ color-scheme: light }}
body {{ font: 11pt/1.4 system-ui, sans-serif; color: #1a1a1a; background: #fff }}
body {{ max-width: 174mm; margin: 1rem auto; padding: 0 1rem }}
h1 {{ font-size: 17pt; margin: 0 0 2mm }}
h2 {{ font-size: 12pt; margin: 5mm 0 1mm }}
p {{ margin: 0 0 2mm }}
.name {{ float: right; font-size: 10pt; font-weight: 400 }}
.given, .scroll {{ overflow-x: auto }}
.given table {{ border-collapse: collapse; margin: 2mm 0 }}
.given td {{ border: 0.3mm solid #999; padding: 1mm 2.2mm; text-align: center; white-space: nowrap }}
.scroll svg {{ display: block; margin: auto; max-width: 100%; height: 62mm }}
.small svg {{ height: 34mm }}
section {{ break-inside: avoid; overflow-x: auto }}
section table {{ border-collapse: collapse }}
section th {{ text-align: left; font-weight: 600 }}
section th, section td {{ padding: 0.9mm 3mm 0.9mm 0; white-space: nowrap; vertical-align: bottom }}
i {{ display: inline-block; width: 18mm; height: 7mm; border-bottom: 0.3mm solid #555; vertical-align: -1mm }}
i.wide {{ width: 48mm }}
code {{ font-family: ui-monospace, monospace; font-size: 10pt }}
.key {{ break-before: page; margin-top: 3rem }}
.last {{ margin-top: 5mm }}
.columns {{ display: flex; flex-wrap: wrap; column-gap: 8mm }}
.columns i {{ width: 13mm }}
.columns th, .columns td {{ padding-right: 2mm }}
main .columns section {{ flex: 1 1 75mm }}
@media print {{ body {{ margin: 0; padding: 0; max-width: none }} .key {{ margin-top: 0 }} }}
</style>
</head>
<body>
<main>
<h1><span class="name">Name <i class="wide"></i></span>{title}</h1>
{tasks}
</main>
<section class="key" aria-label="Answers">
<h1>Answers</h1>
{key}
</section>
</body>
</html>
"""

_TASKS = """<p>One network, one sample, one loss. Work out how the loss moves with each of the nine parameters.
The sigmoid is σ(x) = 1 / (1 + e<sup>−x</sup>), and its slope is σ · (1 − σ). The biases are chosen so that
σ gives short numbers. Keep four decimals.</p>
<div class="scroll">{picture}</div>
<div class="given"><table><tr>{given}</tr></table></div>
<p>The answers are on the last page. You need a calculator that has e<sup>x</sup>.</p>
{tasks}
<section><h2>4. One step, with learning rate 0.1</h2>
<table><tr><th>w1 − 0.1 · dL/dw1</th><td>= <i class="wide"></i></td><td>= <i></i></td></tr></table></section>"""

_KEY = """<p>Yours may differ by 1 in the last decimal, from rounding on the way.</p>
<div class="columns">
{key}<section><h2>4. One step</h2><table><tr><th>w1 − 0.1 · dL/dw1</th><td>= {step}</td></tr></table></section>
</div>
<p class="last">Notebook 3 has a cell that checks your numbers. Where one differs it says which mistakes would give
it.</p>"""


def main() -> int:
    """Write the sheet."""
    from . import sheets

    for path, text in ((PATH, sheet()), *((one.path, one.html()) for one in sheets.SHEETS)):
        path.write_text(text, encoding="utf-8")
        print(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
