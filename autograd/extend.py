"""For whoever builds on autograd, as nn does: what its users need not know.

Files
    write_whole             write a file whole or not at all
Arguments
    has_members, members    whether something is list-like, and its members by position
    is_frame                whether something is a DataFrame, which is refused where rows are meant
    whole_number            a whole number, of Python or NumPy, as an int
Text in pictures
    visible                 somebody's text, without anything invisible or endless
    DRAWN.figure            a number with four digits and a real minus sign
    ems, cut                how wide text can get, and what of it fits
    themed                  an SVG with other colours where the reader's theme is dark
Graphs
    numbers_of, set_numbers the numbers of many leaves at once
    weighted_sum            what a neuron adds up: as its operators, and recorded faster
    leaves_and_size         the leaves of a graph, and how many values it has
    structural_difference   how two recorded graphs differ in what they compute
    TrainingRun             a compiled program that trains parameters
    RolledGraph             a recorded graph as array code, before it is compiled: what it will take; RolledForJax
                            for JAX
    faster_over_arrays      whether a batch is computed faster as arrays
Pages
    forward_in_javascript   the forward pass of a graph as a function that fills in an array of numbers, a Forward
    player_in_javascript    the step player as a function that puts it into an element, with any numbers of the leaves
    theme_in_javascript     whether the page around is light or dark, as a function that tells of every change
    code_of                 files of JavaScript or CSS, as a page has them
    element_of, page_of     an element that a function of JavaScript fills, and a page of its own for it; save_page
                            writes that

Each is loaded when it is first used: `from autograd.extend import members` loads no view and no code generator.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

from .errors import missing_name

if TYPE_CHECKING:
    from .codegen.arrays.choosing import faster_over_arrays
    from .codegen.arrays.rolled_graph import RolledForJax, RolledGraph
    from .codegen.forward import Forward, forward_in_javascript
    from .codegen.program import TrainingRun
    from .codegen.replay import structural_difference
    from .core.arguments import has_members, is_frame, members, whole_number
    from .core.deferred import leaves_and_size, weighted_sum
    from .core.leaves import numbers_of, set_numbers
    from .notation.mathematics import DRAWN
    from .notation.naming import visible
    from .notation.widths import cut, ems
    from .player import player_in_javascript
    from .player.element import code_of, element_of, page_of, save_page
    from .player.page import theme_in_javascript
    from .views.files import write_whole
    from .views.theme import themed

_ROOMS = {
    "DRAWN": "notation.mathematics",
    "Forward": "codegen.forward",
    "RolledForJax": "codegen.arrays.rolled_graph",
    "RolledGraph": "codegen.arrays.rolled_graph",
    "TrainingRun": "codegen.program",
    "code_of": "player.element",
    "cut": "notation.widths",
    "element_of": "player.element",
    "ems": "notation.widths",
    "faster_over_arrays": "codegen.arrays.choosing",
    "forward_in_javascript": "codegen.forward",
    "has_members": "core.arguments",
    "is_frame": "core.arguments",
    "leaves_and_size": "core.deferred",
    "members": "core.arguments",
    "page_of": "player.element",
    "player_in_javascript": "player",
    "numbers_of": "core.leaves",
    "save_page": "player.element",
    "set_numbers": "core.leaves",
    "structural_difference": "codegen.replay",
    "theme_in_javascript": "player.page",
    "themed": "views.theme",
    "visible": "notation.naming",
    "weighted_sum": "core.deferred",
    "whole_number": "core.arguments",
    "write_whole": "views.files",
}


def __getattr__(name: str) -> Any:
    if name not in _ROOMS:
        raise missing_name(__name__, name, sys._getframe(1).f_globals.get("__name__", ""))
    globals()[name] = thing = getattr(import_module(f".{_ROOMS[name]}", __package__), name)
    return thing


def __dir__() -> list[str]:
    return sorted({*globals(), *_ROOMS})


__all__ = [
    "DRAWN",
    "Forward",
    "RolledForJax",
    "RolledGraph",
    "TrainingRun",
    "code_of",
    "cut",
    "element_of",
    "ems",
    "faster_over_arrays",
    "forward_in_javascript",
    "has_members",
    "is_frame",
    "leaves_and_size",
    "members",
    "numbers_of",
    "page_of",
    "player_in_javascript",
    "save_page",
    "set_numbers",
    "structural_difference",
    "theme_in_javascript",
    "themed",
    "visible",
    "weighted_sum",
    "whole_number",
    "write_whole",
]
