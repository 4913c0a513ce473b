"""Docstrings as Sphinx reads them: they are plain text, with `code`, "name: what it is", and examples."""

from __future__ import annotations

import re
from typing import Any

# "rows: …" or "inputs, targets: …" at the beginning of a line.
_ITEM = re.compile(r"([a-z_]\w*(?:, [a-z_]\w*)*): (.*)")
# The same after a sentence, further to the right.
_NEXT_ITEM = re.compile(r"(?<=[.;:)]) (?=[a-z_]\w*(?:, [a-z_]\w*)*: )")
# "What is trained": a line of words before an item, above which nothing stands.
_HEADING = re.compile(r"[A-Z][\w, ]+")


def as_restructured_text(lines: list[str]) -> list[str]:
    """The same lines as reStructuredText: indented blocks are code, and each "name: …" is an item of a list."""
    lines = [part for line in lines for part in (_NEXT_ITEM.split(line) if not line.startswith("    ") else [line])]
    made: list[str] = []
    inside = ""  # "example", "code" or "item"
    for number, line in enumerate(lines):
        before = lines[number - 1] if number else ""
        is_headed = bool(_HEADING.fullmatch(before)) and not (number > 1 and lines[number - 2].strip())
        following = lines[number + 1] if number + 1 < len(lines) else ""
        if not line.strip():
            inside = inside if inside == "code" else ""
            made.append("")
        elif inside == "example" or line.lstrip().startswith(">>>"):
            if inside != "example":
                made += [] if not before.strip() else [""]
            inside = "example"
            made.append(line)
        elif line.startswith("    ") and (inside == "code" or not before.strip()):
            if inside != "code":
                made += [".. code-block:: text", ""]
            inside = "code"
            made.append(line)
        elif (item := _ITEM.match(line)) and (
            inside == "item" or not before.strip() or before[-1] in ".:;)" or is_headed
        ):
            if inside != "item" and before.strip():
                made.append("")
            inside = "item"
            names = ", ".join(f"**{name}**" for name in item[1].split(", "))
            made.append(f"- {names}: {_code(item[2])}")
        elif inside == "item" and not line.startswith("Raises "):
            made.append("  " + _code(line.strip()))
        elif _HEADING.fullmatch(line) and not before.strip() and _ITEM.match(following):
            inside = ""
            made.append(f"*{line}*")
        else:
            made += [""] if inside == "item" else []
            inside = ""
            made.append(_code(line))
    return made


def _code(line: str) -> str:
    """What stands between single backticks is code; everything else is text, whatever signs it has."""
    parts = re.split(r"(`+[^`]+`+)", line)
    return "".join(
        f"``{part.strip('`')}``"
        if part.startswith("`")
        else re.sub(r"([*|])|(?<=\w):(?=\w)|(?<=\w)_(?!\w)", r"\\\g<0>", part)
        for part in parts
    )


def process(app: Any, what: str, name: str, thing: Any, options: Any, lines: list[str]) -> None:
    """As autodoc calls it for every docstring."""
    lines[:] = as_restructured_text(lines)


def skip(app: Any, what: str, name: str, thing: Any, would_skip: bool, options: Any) -> bool | None:
    """As autodoc asks for every member: fields of a NamedTuple are told by its own docstring."""
    return True if type(thing).__name__ == "_tuplegetter" else None


def signature(
    app: Any, what: str, name: str, thing: Any, options: Any, arguments: str | None, returns: str | None
) -> tuple[str | None, str | None]:
    """As autodoc asks for every signature: what takes other arguments only to refuse them does not tell of them."""
    return arguments and re.sub(r", \*\*others: [\w.~]*Never", "", arguments), returns
