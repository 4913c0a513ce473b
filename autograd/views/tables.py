"""Tables for Graphviz, and the colours of a picture."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from html import escape
from typing import Any

from ..notation.widths import ems

_FONT_SIZE = 14

# The colours in the light theme, and below in the dark one. RULE can be seen on both, since a page may be dark although
# the reader's system is light; text between the cards has an outline for the same reason.
TEXT, QUIET, GROUND, HEAD, PILL = "#1b1b1b", "#5f6368", "#ffffff", "#f0f1f3", "#e8eaed"
RULE = "#7a7f85"
# The highlighted road to the root; its arrows can be seen on both, too.
ROAD, ROAD_GROUND = "#c2570c", "#fbe3d0"
DARK = {
    TEXT: "#ededed",
    QUIET: "#a9adb2",
    GROUND: "#1b1b1b",
    HEAD: "#26292c",
    PILL: "#303438",
    ROAD_GROUND: "#5a3212",
}
# The text between the cards, and its outline.
HALO = (":is(.graph > text, .edge text)", 4, GROUND, DARK[GROUND])

# The pill of each kind of value.
FRAMES: dict[str, dict[str, Any]] = {
    "input": {"fill": PILL},
    "target": {"fill": PILL, "style": "ROUNDED,DASHED"},
    "parameter": {"fill": GROUND},
    "leaf": {"fill": GROUND, "style": "ROUNDED,DASHED"},
    "computed": {"fill": GROUND, "style": ""},
    "root": {"fill": GROUND, "border": 3, "color": TEXT},
}


def cell(text: str, look: str = "text", fill: str = "", align: str = "LEFT", span: int = 1, port: str = "") -> str:
    """A cell of a table, with room for the text in any font. look: "bold", "text" or "quiet"."""
    inside = escape(text).replace("\\", "&#92;&#92;") or " "
    if text and look == "bold":
        inside = f"<B>{inside}</B>"
    if look == "quiet":
        inside = f'<FONT COLOR="{QUIET}" POINT-SIZE="13">{inside}</FONT>'
    attributes = f' ALIGN="{align}" WIDTH="{points(text)}"'
    attributes += f' BGCOLOR="{fill}"' if fill else ""
    attributes += f' COLSPAN="{span}"' if span > 1 else ""
    attributes += f' PORT="{port}"' if port else ""
    return f"<TD{attributes}>{inside}</TD>"


def label_of(
    rows: Sequence[str], fill: str, padding: int = 4, style: str = "ROUNDED", border: int = 1, color: str = RULE
) -> str:
    """A node's label: a table of rows, each the text of its cells."""
    inside = "".join(f"<TR>{row}</TR>" for row in rows)
    corners = f' STYLE="{style}"' if style else ""
    return (
        f'<<TABLE BORDER="{border}" CELLBORDER="0" CELLSPACING="0" CELLPADDING="{padding}" COLOR="{color}" '
        f'BGCOLOR="{fill}"{corners}>{inside}</TABLE>>'
    )


def points(text: str) -> int:
    """The width to reserve for a text; 0 for Latin letters, whose width Graphviz knows."""
    return math.ceil(ems(text) * _FONT_SIZE) if not text.isascii() else 0


def short(svg: bytes) -> bytes:
    """The same picture in fewer bytes: without comments and node titles, and with the usual font set only once."""
    svg = re.sub(rb"<!--.*?-->\n?|<title>[^<]*</title>\n?", b"", svg, flags=re.DOTALL)
    svg = svg.replace(b' text-anchor="start"', b"")
    fonts = Counter(re.findall(rb' font-family="[^"]*" font-size="[^"]*"', svg)).most_common(1)
    for font, _ in fonts:
        svg = svg.replace(font, b"").replace(b"<svg ", b"<svg%s " % font, 1)
    return svg
