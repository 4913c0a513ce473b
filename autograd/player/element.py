"""A player in a page: an element that stands anywhere among other elements, or a page of its own.

The element holds what a reader sees without scripts, and one script, in a comment, which JavaScript reads over and a
sanitiser removes with all that is in it. The function that fills the element travels in the script deflated, as base64;
`start.js` inflates and calls it. Where no script runs, or that fails, what the element holds stays.
"""

from __future__ import annotations

import json
import os
import zlib
from base64 import b64encode
from html import escape
from pathlib import Path

from ..errors import UsageError
from ..views.files import write_whole


def file_of(package: str, name: str) -> str:
    """The text of a file in a package, also where that is in a zip."""
    from importlib.resources import files  # takes long to load

    return (files(package) / name).read_text(encoding="utf-8")


def code_of(package: str, *names: str) -> str:
    """Files of JavaScript or CSS, one after another, without indentation and lines that are only a comment."""
    lines = (line.strip() for name in names for line in file_of(package, name).splitlines())
    return "".join(f"{line}\n" for line in lines if line and not line.startswith("//"))


def element_of(name: str, element_id: str, still: str, fill: str) -> str:
    """An element of this class and id, as HTML.

    still: what it shows without scripts, as HTML. fill: a function of JavaScript that fills it: it is
    given the element, and a function that inflates base64 to a Response.
    """
    deflated = b64encode(zlib.compress(fill.encode(), 9)).decode()
    start = code_of("autograd.player", "start.js").rstrip()
    given = f"{json.dumps(name)}, {json.dumps(element_id)}, {json.dumps(deflated)}"
    return f'<div id="{element_id}" class="{name}">{still}<script><!--\n({start})({given});\n//--></script></div>'


def page_of(title: str, element: str) -> str:
    """A page with nothing but an element, as HTML."""
    title = escape(title)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>:root{{color-scheme:light dark}}"
        "body{margin:0;font-family:system-ui,sans-serif}"
        "h1{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}"
        "@media(prefers-color-scheme:dark){body{background:#111;color:#eee}}</style></head>"
        f"<body><main><h1>{title}</h1>{element}</main></body></html>\n"
    )


def save_page(path: str | os.PathLike[str], page: str) -> None:
    """Write a page to a file, all or nothing. Raises UsageError where the name of the file is not that of a page."""
    ending = Path(path).suffix
    if ending.lower() not in (".html", ".htm"):
        raise UsageError(f"a player is a page, and written as .html, not as {ending!r:.20}: name it 'player.html', say")
    write_whole(path, page.encode())
