"""A film as HTML: an element that stands anywhere among other elements, or a page of its own.

The element holds what a reader sees without scripts, the picture and the list of steps, and one script. The script puts
the player into a shadow root, where neither its styles nor its names meet those of the page.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from html import escape
from typing import Any
from xml.etree import ElementTree

from ..notation.mathematics import DRAWN
from ..views.rendering import PictureError
from .frames import Film

_SVG = "http://www.w3.org/2000/svg"

# Pixels for each of Graphviz's points: as large as text in the picture is wanted, and as small as it can be read.
_MOST, _LEAST = 1.4, 0.85


def _file(name: str) -> str:
    """The text of a file beside this one, also where they are in a zip."""
    from importlib.resources import files  # takes long to load

    return (files(__package__) / name).read_text(encoding="utf-8")


def embedded(film: Film, element_id: str) -> str:
    """The player as an element with this id."""
    script = _file("player.js")
    return (
        f'<div id="{element_id}" class="stepgrad-player"><noscript>{_image(film)}</noscript>{_steps(film)}'
        f'<script>({script})(document.currentScript, "{element_id}", '
        f"{_literal(_contents(film))});</script></div>"
    )


def standalone(film: Film) -> str:
    """The player as a page."""
    title = escape(f"Backpropagation, step by step: {film.lines.root.label}")
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>:root{{color-scheme:light dark}}"
        "body{margin:0;padding:clamp(0px,1.5vw,24px);font-family:system-ui,sans-serif}"
        "h1{font-size:1.05rem;margin:0.6rem 0.75rem}"
        "@media(prefers-color-scheme:dark){body{background:#111;color:#eee}}</style></head>"
        f"<body><main><h1>{title}</h1>{embedded(film, 'stepgrad-player')}</main></body></html>\n"
    )


def _steps(film: Film) -> str:
    """All sentences, for a reader without scripts."""
    cell = '<td style="text-align:left">'
    items = "".join(f"<tr>{cell}{escape(frame.words)}</td></tr>" for frame in film.frames)
    return f"<table><tbody>{items}</tbody></table>"


def _image(film: Film) -> str:
    """The picture for a reader without scripts: as an image, which a notebook that is not trusted shows, too."""
    try:
        drawn = b64encode(film.svg).decode()
    except PictureError as error:
        return f"<p>{escape(str(error))}</p>"
    alt = escape(f"The graph of {film.lines.root.label}, with all data, gradients and partials")
    return f'<img style="max-width:100%" alt="{alt}" src="data:image/svg+xml;base64,{drawn}">'


def _contents(film: Film) -> dict[str, Any]:
    """What the script reads: texts, but for the formulas and the picture, which are markup."""
    return {
        "style": _file("player.css"),
        "markup": _markup(film),
        "picture": _picture(film),
        "root": film.lines.root.label,
        "code": film.code,
        "labels": [line.label for line in film.lines],
        "data": [DRAWN.figure(line.number) if line.is_leaf else "" for line in film.lines],
        "parameters": [{"exact": repr(leaf.number), "box": film.box_of[leaf]} for leaf in film.parameters],
        "frames": [
            {
                "phase": frame.phase,
                "words": frame.words,
                "short": frame.short,
                "because": frame.because,
                "formula": frame.formula,
                "code": frame.code,
                "source": frame.source,
                "target": frame.target,
                "arrows": frame.arrows,
                "change": frame.change,
                "test": frame.test,
            }
            for frame in film.frames
        ],
    }


def _literal(contents: dict[str, Any]) -> str:
    """JSON that may stand in a script element: nothing in it ends the script, or begins a comment or another one."""
    text = json.dumps(contents, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")
    text = re.sub(r"<(?=!|s)", r"\\u003c", text, flags=re.IGNORECASE)
    return text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _picture(film: Film) -> str:
    """The picture as SVG to be changed by the script, or one line that says how to get a program that draws it."""
    try:
        drawn = film.svg
    except PictureError as error:
        return f'<p class="nothing">{escape(str(error))}</p>'
    ElementTree.register_namespace("", _SVG)
    svg = ElementTree.fromstring(drawn)
    width, height = (float(size) for size in (svg.get("viewBox") or "0 0 0 0").split()[2:])
    for attribute in ("width", "height"):
        del svg.attrib[attribute]
    svg.set("style", f"width:{width * _MOST:.0f}px;min-width:{width * _LEAST:.0f}px;min-height:{height * _LEAST:.0f}px")
    svg.set("role", "group")
    svg.set("aria-label", f"The graph of {film.lines.root.label}")
    for group in svg.iter(f"{{{_SVG}}}g"):
        for title in group.findall(f"{{{_SVG}}}title"):
            group.remove(title)  # a browser would show it: names of ours, v0->v12
        identity = group.attrib.pop("id", "")
        if identity[:1] in ("v", "e"):
            group.set("data-" + {"v": "box", "e": "arrow"}[identity[0]], identity[1:])
        if identity.startswith("v"):
            texts = group.findall(f"{{{_SVG}}}text")
            for text, name in zip(texts[-2:], ("data", "grad"), strict=True):
                text.set("class", name)
    for part in svg.iter():
        for attribute in ("font-family", "{http://www.w3.org/XML/1998/namespace}space"):
            part.attrib.pop(attribute, None)
    return ElementTree.tostring(svg, encoding="unicode")


def _markup(film: Film) -> str:
    rows = "".join(
        f'<tr data-parameter="{place}"><th scope="row">{escape(leaf.label)}</th>'
        '<td class="now"></td><td class="grad"></td>'
        f'<td><button type="button" class="next" aria-label="Next step for {escape(leaf.label)}">next</button></td>'
        "</tr>"
        for place, leaf in enumerate(film.parameters)
    )
    count = len(film.frames)
    return f"""
<div class="player" role="group" aria-label="Backpropagation, step by step" tabindex="-1">
<div class="stage">
<div class="bar">
<p class="phase"></p>
<div class="buttons">
<button type="button" class="first" aria-label="First step" title="First step (Home)">|◀</button>
<button type="button" class="back" aria-label="Step back" title="Step back (left arrow)">◀</button>
<button type="button" class="play" aria-label="Play" title="Play or pause (space)">Play</button>
<button type="button" class="on" aria-label="Step on" title="Step on (right arrow)">▶</button>
<button type="button" class="last" aria-label="Last step" title="Last step (End)">▶|</button>
<select class="speed" aria-label="Speed"><option value="3000">slow</option><option value="1500" selected>steady</option>
<option value="600">fast</option></select>
</div>
<input class="slider" type="range" min="1" max="{count}" value="1" step="1" aria-label="Step">
<label class="jump">Step <input type="number" min="1" max="{count}" value="1"> of {count}</label>
</div>
<section class="say" aria-label="This step">
<p class="words" aria-live="polite"></p>
<div class="formula" tabindex="0" role="region" aria-label="Formula"></div>
<p class="because"></p>
<p class="test"><button type="button" class="copy">Copy as a test</button>
<span class="copied" role="status"></span></p>
<p class="coming"></p>
</section>
<div class="picture" tabindex="0" role="region" aria-label="Picture"></div>
<section class="table" aria-label="Parameters">
<table>
<thead><tr><th scope="col">parameter</th><th scope="col">value</th><th scope="col">grad so far</th>
<th scope="col"><span class="hidden">go to</span></th></tr></thead>
<tbody>{rows}</tbody>
</table>
</section>
<ol class="code" tabindex="0" aria-label="Python"></ol>
</div>
</div>"""
