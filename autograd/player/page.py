"""A film as HTML: an element that stands anywhere among other elements, or a page of its own.

The element holds what a reader sees without scripts, the picture and the list of steps. The function that fills it puts
the player into a shadow root, where neither its styles nor its names meet those of the page.
"""

from __future__ import annotations

import json
from base64 import b64encode
from html import escape
from typing import Any, NamedTuple

from ..codegen.javascript import steps_in_javascript
from ..errors import UsageError
from ..notation.markup import folded
from ..notation.mathematics import DIGITS_IN_JAVASCRIPT
from ..views.cards import kind_of
from ..views.rendering import PictureError
from .copied import as_copied
from .element import code_of, element_of, page_of
from .frames import Film


class Link(NamedTuple):
    """A page that a page leads to."""

    address: str
    words: str


_SCRIPTS = ("theme.js", "numbers.js", "cards.js", "stage.js", "layout.js", "fields.js", "player.js")
_STYLE = "player.css"


def theme_in_javascript() -> str:
    """`followTheme(tell)` of JavaScript: it calls tell with "dark" or "light", now and whenever that changes."""
    return code_of(__package__, "theme.js")


def embedded(film: Film, element_id: str, link: Link | None = None) -> str:
    """The player as an element with this id."""
    return element_of("stepgrad-player", element_id, _image(film) + _steps(film), as_function(film, link))


def as_function(film: Film, link: Link | None = None) -> str:
    """A function of JavaScript that puts the player into an element that is empty, or shows what is there without
    scripts. It returns one that begins again with other numbers of the leaves, given in the order of the trace.
    """
    refusal = ""
    try:
        compute = steps_in_javascript(film.lines)
    except UsageError as error:  # an operation that has no JavaScript: there are the recorded numbers
        compute, refusal = "null", str(error).partition(":")[0]
    contents = _contents(film, refusal, link)
    return f"""(host) => {{
"use strict";
host.replaceChildren();
const digits = {DIGITS_IN_JAVASCRIPT};
const contents = {json.dumps(contents, ensure_ascii=False, separators=(",", ":"))};
contents.compute = {compute};
{code_of(__package__, *_SCRIPTS)}return (leaves) => {{
  film.leaves = leaves;
  startOver();
}};
}}"""


def standalone(film: Film, link: Link | None = None) -> str:
    """The player as a page."""
    title = f"Backpropagation, step by step: {film.lines.root.label}"
    return page_of(title, embedded(film, "stepgrad-player", link))


def _steps(film: Film) -> str:
    """All sentences, for a reader without scripts, and how to get the player in a notebook that is not trusted."""
    cell = '<td style="text-align:left">'
    first, hidden, last = folded([film.sentence(at) for at in range(len(film.shown))])
    gap = [f"⋯ {hidden} more steps"] if hidden else []
    items = "".join(f"<tr>{cell}{escape(sentence)}</td></tr>" for sentence in (*first, *gap, *last))
    return (
        "<p>This is the picture after the backward pass, and what each step says. To step through it, run the cell (a "
        "notebook that is not trusted runs no scripts), or open the page that <code>.save()</code> writes.</p>"
        f"<table><tbody>{items}</tbody></table>"
    )


def _image(film: Film) -> str:
    """The picture for a reader without scripts: as an image, which a notebook that is not trusted shows, too."""
    try:
        drawn = b64encode(film.svg).decode()
    except PictureError as error:
        return f"<p>{escape(str(error))}</p>"
    alt = escape(f"The graph of {film.lines.root.label}, with all data, gradients and partials")
    return f'<img style="max-width:100%" alt="{alt}" src="data:image/svg+xml;base64,{drawn}">'


def _contents(film: Film, refusal: str, link: Link | None) -> dict[str, Any]:
    """What the script reads. Boxes are the lines of the trace by number; the leaves come first, the root is last.

    refusal: why no number can be changed, if none can.
    """
    lines, cards, box = [*film.lines], film.cards, film.box_of
    texts = _Numbered()
    row_of = {id(arrow.way.chain): arrow.row for arrow in cards.arrows}
    way_of = {id(way.chain): at for at, way in enumerate(film.ways, start=1)}
    shown = film.data_free
    return {
        "style": code_of(__package__, _STYLE),
        "markup": _markup(film, refusal, link),
        "labels": [line.label for line in lines],
        "names": [line.target for line in lines],
        "gradientNames": [(name, box[line]) for line, name in film.listing.gradient_of.items()],
        "kinds": [kind_of(film.lines, line) for line in lines],
        "leaves": [leaf.number for leaf in film.lines.leaves],
        "sums": film.numbers.sums,
        "parameters": [box[leaf] for leaf in film.parameters],
        "rate": film.rate,
        "showsData": film.shows_data,
        "recorded": film.numbers.as_contents() if refusal else None,
        "cards": [
            {
                "isGroup": card.group is not None and len(card.lines) > 1,
                "boxes": [box[line] for line in card.lines],
                "name": card.lines[-1].label if not card.lines[-1].is_leaf else card.group,
                "title": film.title(card.lines[-1]),
            }
            for card in cards.cards
        ],
        "columns": _columns(film),
        "cardOf": [cards.card_of[line] for line in lines],
        "local": [way_of[id(cards.local[line])] if line in cards.local else None for line in lines],
        "ways": [
            {
                "from": box[way.line],
                "to": box[way.to],
                "row": box[row_of.get(id(way.chain), way.line)],
                "factor": film.factor(way),
                "inside": id(way.chain) not in row_of,
                "isData": way.to not in shown,
                "local": film.local(way)[0],
                "isFactor": film.local(way)[1],
            }
            for way in film.ways
        ],
        "frames": [
            {
                "phase": frame.phase,
                "words": texts[frame.words],
                "short": texts[frame.short],
                "formula": [texts[row] for row in frame.formula],
                "because": texts[frame.because],
                "code": frame.code,
                "target": frame.target,
                "source": frame.source,
                "way": frame.way,
                "isData": frame.is_of_data,
            }
            for frame in film.frames
        ],
        "texts": [*texts],
        "code": film.code,
        "headings": film.headings,
        "copied": as_copied(film),
    }


class _Numbered(dict[str, int]):
    """Texts by number: each is handed over once."""

    def __missing__(self, text: str) -> int:
        self[text] = len(self)
        return self[text]


def _columns(film: Film) -> list[list[int]]:
    """The columns of the picture; a few pills behind the last card, such as target and loss, stand below these."""
    columns = [[*column] for column in film.cards.columns]
    cards = film.cards.cards
    last = max(
        (at for at, some in enumerate(columns) if any(cards[one].group for one in some)), default=len(columns) - 1
    )
    behind = [card for column in columns[last + 1 :] for card in column]
    if len(behind) <= 8:
        columns = [*columns[:last], [*columns[last], *behind]]
    return columns


def _markup(film: Film, refusal: str, link: Link | None) -> str:
    beside = "" if link is None else f'<a class="beside" href="{escape(link.address)}">{escape(link.words)}</a>'
    tools = ""
    if film.rate is not None and not refusal:
        tools += (
            f'<label>learning rate <input class="rate" type="text" inputmode="decimal" value="{film.rate!r}"></label>'
            '<button type="button" class="train">Train on</button>'
        )
    if refusal:
        tools += f'<p class="refusal">No number can be changed here: {escape(refusal)}.</p>'
    else:
        tools += '<button type="button" class="over">Start over</button><span class="rounds" role="status"></span>'
    if film.has_data:
        checked = " checked" if film.shows_data else ""
        tools += f'<label class="check"><input type="checkbox" class="data-too"{checked}> gradients of data</label>'
    return f"""
<div class="player" role="group" aria-label="Backpropagation, step by step" tabindex="-1">
<div class="stage">
<div class="bar">
<div class="buttons">
<button type="button" class="first" aria-label="First step" title="First step (Home)">|◀</button>
<button type="button" class="back" aria-label="Step back" title="Step back (left arrow)">◀</button>
<button type="button" class="play" title="Play or pause (space)">Play</button>
<button type="button" class="on" aria-label="Step on" title="Step on (right arrow)">▶</button>
<button type="button" class="last" aria-label="Last step" title="Last step (End)">▶|</button>
</div>
<div class="time" role="slider" tabindex="0" aria-label="Step" aria-valuemin="1">
<div class="segment forward"><span></span><i></i></div><div class="segment backward"><span></span><i></i></div>
<div class="segment update"><span></span><i></i></div>
</div>
<p class="where"><span class="count"></span> <b class="loss"></b></p>
<select class="speed" aria-label="Speed"><option value="3000">slow</option><option value="1500" selected>steady</option>
<option value="600">fast</option></select>
</div>
<div class="picture" tabindex="0" role="region" aria-label="Picture"></div>
<div class="side">
<section class="say" aria-label="This step">
<p class="kicker"></p>
<div class="formula" tabindex="0" role="region" aria-label="Formula"></div>
<p class="because"></p>
<p class="words" aria-live="polite"></p>
<p class="coming"></p>
</section>
<ol class="code" tabindex="0" aria-label="Python"></ol>
</div>
<section class="road" aria-label="The road">
<p class="quiet"></p>
<div class="factors" tabindex="0" role="region" aria-label="Factors"></div>
</section>
<div class="tools">{tools}<button type="button" class="copy">Copy as a test</button>{beside}
<div class="copied" role="status"></div></div>
</div>
<p class="alert" role="alert" hidden></p>
<ol class="printed"></ol>
</div>"""
