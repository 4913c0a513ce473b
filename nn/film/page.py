"""A film as HTML: an element that stands anywhere among other elements, or a page of its own.

The element holds what a reader sees without scripts, a poster and a table of ten epochs. The function that fills it
puts the film into a shadow root: `numbers.js` computes, `drawing.js`, `network.js`, `board.js` and `curve.js` draw,
`film.js` has the controls.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from html import escape
from typing import Any

from autograd.extend import code_of, element_of, forward_in_javascript, page_of, theme_in_javascript

from .classes import Meaning
from .columns import as_data, columns_of
from .poster import poster_of, table_of
from .recording import recorded
from .run import FilmedRun

_SCRIPTS = ("numbers.js", "drawing.js", "network.js", "board.js", "curve.js", "film.js")


def embedded(film: FilmedRun, element_id: str, link: tuple[str, str] | None = None) -> str:
    """The film as an element with this id. link: address and words of a page that it leads to."""
    hint = (
        "<p>This is the end of the training, and ten epochs of it. To watch it, run the cell (a notebook that is not "
        "trusted runs no scripts), or open the page that <code>.save()</code> writes.</p>"
    )
    if film.best is not None:
        hint += f"<p>Epoch {film.best:,}: {film.best_in_words}.</p>"
    still = hint + poster_of(film) + table_of(film)
    return element_of("stepgrad-film", element_id, still, _function(film, link))


def standalone(film: FilmedRun, link: tuple[str, str] | None = None) -> str:
    """The film as a page."""
    return page_of(f"Training, epoch by epoch: {film.title}", embedded(film, "stepgrad-film", link))


def _function(film: FilmedRun, link: tuple[str, str] | None) -> str:
    """A function of JavaScript that puts the film into an element."""
    xs, outputs, root = recorded(film.recording.net, film.recording.rows[0])
    forward = forward_in_javascript(root, [*xs, *film.recording.parameters])
    contents = _contents(film, outputs, forward, link)
    return f"""(host, inflate) => {{
"use strict";
host.replaceChildren();
const contents = {json.dumps(contents, ensure_ascii=False, separators=(",", ":"))};
contents.forward = {forward.text};
contents.stepPlayer = {film.stepping.player or "null"};
{theme_in_javascript()}{code_of(__package__, *_SCRIPTS)}}}"""


def _contents(film: FilmedRun, outputs: Any, forward: Any, link: tuple[str, str] | None) -> dict[str, Any]:
    """What the script reads."""
    recording, meaning, packed = film.recording, film.meaning, film.packed
    places = [forward.places[output] for output in outputs]
    box = _box(recording.rows)
    bounds = box if len(box) <= 2 else [*map(_bounds, zip(*recording.rows, strict=True))]
    columns, lines = columns_of(recording.net, forward, outputs, recording.parameters, bounds)
    curve = film.curve
    return {
        "style": code_of(__package__, "film.css"),
        "markup": _markup(film, meaning, link),
        "epochs": film.epochs,
        "keys": packed.epochs,
        "lows": packed.lows,
        "highs": packed.highs,
        "steps": packed.text(),
        "losses": [[epoch for epoch, _ in curve], [_short(loss) for _, loss in curve]],
        "size": forward.size,
        **as_data(columns, lines, places),
        "outputs": places,
        "kind": meaning.kind,
        "classes": meaning.labels or None,
        "classOf": meaning.of_targets,
        "range": _range(meaning, recording.targets),
        "box": box,
        "places": recording.places,
        "samples": [[float(f"{number:.12g}") for number in row] for row in recording.rows],
        "targets": recording.targets,
        "best": film.best,
        "bestWords": film.best_in_words,
        "canStep": bool(film.stepping.player),
        "stepLeaves": film.stepping.leaves,
        "stepTargets": film.stepping.targets,
    }


def _short(loss: float) -> float:
    """A loss with the digits that a curve shows."""
    return float(f"{loss:.5g}")


def _box(rows: Sequence[Sequence[float]]) -> list[tuple[float, float]]:
    """The least and the largest number of each input, with some room around them."""
    found = []
    for column in zip(*rows, strict=True):
        low, high = min(column), max(column)
        room = 0.2 * (high - low) or 1.0
        found.append((low - room, high + room))
    return found


def _bounds(column: Sequence[float]) -> tuple[float, float]:
    """What a bar of an input goes from and to: from 0, or to both sides of it."""
    most = max(map(abs, column)) or 1.0
    return (0.0 if min(column) >= 0.0 else -most), most


def _range(meaning: Meaning, targets: Sequence[Any]) -> tuple[float, float]:
    """The least and the largest number on the axis of the output."""
    numbers = meaning.labels or [
        number for target in targets for number in (target if isinstance(target, list) else [target])
    ]
    low, high = float(min(numbers)), float(max(numbers))
    room = 0.12 * (high - low) or 1.0
    return low - room, high + room


def _markup(film: FilmedRun, meaning: Meaning, link: tuple[str, str] | None) -> str:
    inputs = len(film.recording.rows[0])
    several = isinstance(film.recording.targets[0], list) and len(film.recording.targets[0]) > 1
    which = "first output" if several and not meaning.labels else "output"
    board = {1: f"The {which} over x1", 2: f"The {which} over x1 and x2"}.get(inputs, _scattered(meaning, which))
    right = '<span class="read">right <b class="right"></b></span>' if meaning.labels else ""
    count, kept = film.samples, len(film.recording.rows)
    samples = f"{count:,} samples" if count == kept else f"{kept} of {count:,} samples"
    beside = f'<a class="beside" href="{escape(link[0])}">{escape(link[1])}</a>' if link else ""
    step = '<button type="button" class="step">Step through it</button>'
    if not film.stepping.player:
        step = f'<p class="quiet why">{escape(film.stepping.why)}</p>'
    is_positive = all(loss > 0.0 for _, loss in film.curve)
    log = "" if is_positive else " disabled"
    best = ""
    if film.best is not None:
        best = f'<button type="button" class="best">Epoch {film.best:,}: {film.best_in_words}</button>'
    tiles = "the numbers on the chosen sample"
    if inputs <= 2:
        tiles = "what each says over the inputs, orange low, blue high"
    return f"""
<div class="film" role="group" aria-label="Training, epoch by epoch" tabindex="-1">
<div class="watching">
<div class="head">
<h2>{escape(film.title)}</h2>
<label class="read">epoch <input class="epoch" type="text" inputmode="numeric" value="0"></label>
<span class="read">loss <b class="loss-now"></b></span>{right}
<div class="buttons"><button type="button" class="play" title="Play or pause (space)">Play</button>
<button type="button" class="first" aria-label="To the start" title="To the start (Home)">|◀</button></div>
</div>
<div class="samples" role="group" aria-label="Samples">
<h3>{samples}: inputs → target, and what the network says</h3>
<div class="rows"></div>{step}</div>
<div class="network" role="group" aria-label="Network"><h3>Tiles: {tiles}. Lines: weights, wide
where large, dashed below 0.</h3>
<div class="net" role="img"><svg class="lines" aria-hidden="true"></svg></div></div>
<div class="output" role="group" aria-label="Output"><h3 class="board-words">{escape(board)}</h3>
<canvas class="board" role="img"></canvas>{_key(meaning, inputs)}</div>
<div class="time" role="group" aria-label="Time"><h3 class="curve-words"></h3>
<svg class="curve" aria-hidden="true"></svg>
<input class="slider" type="range" min="0" max="1000" step="1" value="0" aria-label="Epoch">
<div class="tools">
<label><input type="checkbox" class="even" checked> even pace: plateaus pass quickly</label>
<label><input type="checkbox" class="log"{log}> logarithmic loss</label>{best}
<span class="hint">← → key frame, with Shift ten · ↑ ↓ sample · space plays</span>{beside}</div>
</div>
</div>
<div class="stepping" hidden><div class="stepping-head">
<button type="button" class="leave" title="Back to the training (Escape)">Back to the training</button>
<span class="stepping-words quiet"></span></div><div class="step-player stepgrad-player"></div></div>
</div>"""


def _scattered(meaning: Meaning, which: str) -> str:
    if not meaning.labels:
        return f"Each sample: its target across, the {which} up; on the dashed line they agree"
    sure = "Each sample: its class across; up, how sure the network is of"
    if len(meaning.labels) == 2:
        return f"{sure} class {meaning.labels[1]}; dashed, one half"
    return f"{sure} that class"


def _key(meaning: Meaning, inputs: int) -> str:
    if not meaning.labels or inputs > 2:
        return ""
    if len(meaning.labels) == 2:
        low, high = meaning.labels
        return f'<div class="key"><span>● class {low}</span><span class="ramp"></span><span>■ class {high}</span></div>'
    marks = "●■▲◆▼⬟⬢⯃"
    names = "".join(
        f'<span><span style="color:var(--class-{at % 8})">{marks[at % 8]}</span> class {label}</span>'
        for at, label in enumerate(meaning.labels)
    )
    return f'<div class="key">{names}</div>'
