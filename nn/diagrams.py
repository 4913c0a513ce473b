"""The articles' picture of a network: circles in columns, and a line for each weight.

It is SVG, written here: the layout is columns and rows, and needs no other program. The picture stands on a white
ground of its own, so that it is the same on light and dark pages. No weight is told by colour alone: what is negative
is vermillion and dashed, what is positive is blue and solid, what is larger is wider.
"""

from __future__ import annotations

import math
import os
import unicodedata
from collections.abc import Sequence
from html import escape
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from autograd import UsageError, Value, no_grad

from .module import Module
from .neuron import MLP, Layer, Neuron, as_inputs
from .saving import whole_file

# A column of more circles, or a network of more columns, is shown by its first ones and its last.
MOST_CIRCLES = 16
MOST_COLUMNS = 6
_FIRST_CIRCLES = 6
_FIRST_COLUMNS = 4
# Numbers on more lines than this, between two columns, would hide the lines.
_MOST_NUMBERED = 24

_LARGE, _SMALL = 14, 11  # the sizes of text
_FONT = "Helvetica,Arial,sans-serif"
_BLACK, _GREY = "#1A1A1A", "#595959"
_PADDING = 20
_HEADING = 44  # height of what stands above a column
_LEGEND = 46  # height of what stands below the picture
_RING = 4  # how far the outer outline of an output is from the inner one
_WIDEST_NAME = 6  # in the circle, in ems
_THINNEST, _WIDEST = 1.0, 5.0  # lines
_WIDEST_GAP = 380  # between two columns, for numbers to stand in
_FAR_APART, _APART = 30, 23  # how far these should be from each other, and how far they must be
_SAMPLE = 36  # the length of a line in the legend, and the space after it
_SIZES = "the wider, the larger"
_JOINERS = "\u200d\ufe0f"  # what joins emoji into one, and chooses how it looks: invisible, but harmless


class _Look(NamedTuple):
    colour: str
    dashes: str


# How lines look, by the sign of their weights.
LOOKS = {
    "positive": _Look("#0072B2", ""),
    "negative": _Look("#B84F00", "8 5"),
    "zero": _Look(_GREY, "2 4"),
    "nan": _Look(_GREY, "2 4"),
}


class Diagram:
    """A picture of a network; a notebook shows it.

    svg: the picture's text, the same for the same network.
    """

    def __init__(self, svg: str, title: str) -> None:
        self.svg = svg
        self.title = title

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the picture to a file that ends in .svg, all or nothing."""
        suffix = Path(path).suffix
        if suffix.lower() != ".svg":
            raise UsageError(
                f"a diagram is written as .svg, not as {suffix or 'a file without an ending'!r:.30}: save it as "
                "'net.svg', which a browser shows, prints as PDF, and any drawing program turns into PNG"
            )
        with whole_file(path) as file:
            file.write(self.svg)

    def __repr__(self) -> str:
        return f"<Diagram of {self.title}; .save('net.svg') writes it to a file>"

    def _repr_svg_(self) -> str:
        return self.svg

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"image/svg+xml": self.svg, "text/plain": repr(self)}


def diagram(net: Module, inputs: Sequence[Value | float] | None = None) -> Diagram:
    """The articles' picture of an MLP, a Layer or a Neuron: circles in columns, a line for each weight.

    inputs: one sample; what it makes of every input and neuron then stands in the circles. Nothing is recorded, and no
    grad changes.

    Where there are too many circles or columns the first ones and the last are drawn, and the count of the rest stands
    in between. Raises UsageError for anything but a network, and where the number of inputs does not fit.

    >>> from nn import MLP
    >>> diagram(MLP(2, [2, 1]))
    <Diagram of a network of 2 inputs, 2 hidden, 1 output; .save('net.svg') writes it to a file>
    """
    layers = _layers_of(net)
    columns = _columns(layers, *_filled(layers, inputs))
    title = "a network of " + ", ".join(column.heading[0] for column in columns)
    return Diagram(_svg(columns, title), title)


def bundle_of_network(net: Module) -> dict[str, str]:
    """What a notebook shows for a network: its diagram, and its repr as text."""
    text = {"text/plain": repr(net)}
    try:
        return {"image/svg+xml": diagram(net).svg, **text}
    except UsageError:  # someone's own kind of network: a notebook shows what can be shown
        return text


# What stands in the picture -------------------------------------------------------------------------------------------


class Circle(NamedTuple):
    """One circle: the name, and the number if there is one; the bias, written beside it; all of it, for the pointer."""

    text: list[str]
    bias: str
    hint: str
    neuron: Neuron | None


class Column(NamedTuple):
    """One column: what stands above it, and its circles. Text in place of a circle says how many are left out there.

    numbers: which inputs or neurons of their layer the circles are.
    """

    heading: list[str]
    rows: list[Circle | str]
    numbers: list[int | None]
    is_output: bool


def _layers_of(net: Module) -> list[list[Neuron]]:
    if isinstance(net, MLP):
        return [layer.neurons for layer in net.layers]
    if isinstance(net, Layer | Neuron):
        return [net.neurons]
    raise UsageError(f"diagram draws an MLP, a Layer or a Neuron, not {net!r:.40}")


def _filled(layers: list[list[Neuron]], inputs: Any) -> tuple[list[str], list[list[float]]]:
    """The inputs' names, and for every column its numbers, if there are inputs."""
    wanted = layers[0][0].n_inputs
    if inputs is None:
        return [f"x{number}" for number in range(1, wanted + 1)], []
    # Copies, because reading an unnamed Value as an input gives it a name.
    if hasattr(inputs, "__len__") and not isinstance(inputs, str | Value):
        inputs = [Value(x.data, x.name) if isinstance(x, Value) else x for x in inputs]
    column = as_inputs(inputs, wanted, "this network")
    names = [x.name for x in column]
    columns = [column]
    with no_grad():
        for layer in layers:
            column = [neuron.output(column) for neuron in layer]
            columns.append(column)
    return names, [[value.data for value in column] for column in columns]


def _columns(layers: list[list[Neuron]], names: list[str], numbers: list[list[float]]) -> list[Column]:
    columns = []
    for depth in _folded(len(layers) + 1, MOST_COLUMNS, _FIRST_COLUMNS):
        if depth is None:
            left_out = len(layers) + 1 - _FIRST_COLUMNS - 1
            columns.append(Column([f"{left_out} more layers", ""], [], [], False))
            continue
        layer = layers[depth - 1] if depth else []
        size = len(layer) if depth else len(names)
        kind = "input" if not depth else "output" if depth == len(layers) else "hidden"
        rows: list[Circle | str] = []
        places = _folded(size, MOST_CIRCLES, _FIRST_CIRCLES)
        for place in places:
            if place is None:
                rows.append(f"{size - _FIRST_CIRCLES - 1} more")
            else:
                number = numbers[depth][place] if numbers else None
                rows.append(_neuron(layer[place], number) if depth else _circle(names[place], number))
        heading = f"{size} {kind}" + ("s" if size > 1 and kind != "hidden" else "")
        columns.append(Column([heading, _activations(layer)], rows, places, kind == "output"))
    return columns


def _folded(size: int, most: int, first: int) -> list[int | None]:
    """The places to show, None where some are left out.

    >>> _folded(3, 16, 6), _folded(30, 16, 6)
    ([0, 1, 2], [0, 1, 2, 3, 4, 5, None, 29])
    """
    return list(range(size)) if size <= most else [*range(first), None, size - 1]


def _circle(name: str, number: float | None, bias: str = "", hint: str = "", neuron: Neuron | None = None) -> Circle:
    text = [_cut(_visible(name), _WIDEST_NAME), *([] if number is None else [figure(number)])]
    exact = "" if number is None else f" = {number!r}"
    return Circle(text, bias, _visible(name) + exact + hint, neuron)


def _neuron(neuron: Neuron, number: float | None) -> Circle:
    if neuron.bias is None:
        return _circle(str(neuron.name), number, hint=", no bias", neuron=neuron)
    name = _visible(neuron.bias.name or "b")
    bias = f"{_cut(name, _WIDEST_NAME)} = {figure(neuron.bias.data)}"
    return _circle(str(neuron.name), number, bias, f", bias {name} = {neuron.bias.data!r}", neuron)


def _activations(layer: list[Neuron]) -> str:
    names = dict.fromkeys(getattr(neuron.activation, "__name__", "a function") for neuron in layer)
    return _cut(_visible(", ".join(names)), 15) if names else ""


def figure(number: float) -> str:
    """A number with four significant digits and a real minus sign.

    >>> figure(-0.06062), figure(2.0), figure(123456.7), figure(1.5e-7)
    ('−0.06062', '2', '123457', '1.5e−7')
    """
    text = f"{number + 0.0:.4g}"  # + 0.0: no -0
    mantissa, _, exponent = text.partition("e")
    if exponent:
        text = f"{number:.0f}" if 1.0 < abs(number) < 1e6 else f"{mantissa}e{int(exponent)}"
    return text.replace("-", "−")


def _visible(text: str) -> str:
    r"""Someone's text, without anything invisible or endless.

    >>> _visible("two\nlines"), len(_visible("w" * 10_000))
    ('two\\nlines', 30)
    """
    shown = "".join(map(_escaped, text[:31]))
    if not shown.strip(f" {_JOINERS}"):  # nothing to see
        return repr(text[:20])
    return shown if len(shown) <= 30 else shown[:29] + "…"


def _escaped(character: str) -> str:
    is_visible = character in _JOINERS or character == " " or unicodedata.category(character)[0] not in "CZ"
    return character if is_visible else character.encode("unicode_escape").decode("ascii")


def _cut(text: str, most: float) -> str:
    """As much of the text as is at most so many ems wide."""
    if _ems(text) <= most:
        return text
    while text and _ems(text) > most - 1.0:
        text = text[:-1]
    return text.rstrip(_JOINERS) + "…"


def _ems(text: str) -> float:
    """How wide text can get, in units of its size, whatever sans-serif font the reader has."""
    return sum(map(_ems_of, text))


def _ems_of(character: str) -> float:
    if character in _JOINERS or unicodedata.category(character)[0] == "M":
        return 0.0
    if not character.isascii() and character != "−":
        wide = 1.35 if unicodedata.east_asian_width(character) in "WF" else 1.0
        return wide * len(unicodedata.normalize("NFKC", character))  # some characters are whole phrases
    return 1.0 if character in "MWmw@%" else 0.85 if character.isupper() or character in "−=+<>~^&#" else 0.65


# Where it stands ------------------------------------------------------------------------------------------------------


class Line(NamedTuple):
    """The line from one row of a column to one row of the next, and the weight it stands for."""

    start: int
    end: int
    weight: Value
    ends: str


def _lines(before: Column, after: Column) -> list[Line]:
    """The lines between two columns that stand side by side; none where columns are left out."""
    lines = []
    for end, reader in enumerate(after.rows):
        for start, (read, number) in enumerate(zip(before.rows, before.numbers, strict=True)):
            if isinstance(reader, Circle) and reader.neuron and isinstance(read, Circle) and number is not None:
                ends = f"from {read.text[0]} to {reader.text[0]}"
                lines.append(Line(start, end, reader.neuron.weights[number], ends))
    return lines


class Layout:
    """Where everything stands; all numbers are pixels.

    lines: those of each gap between two columns. numbers_at: how far along the lines of a gap their numbers stand, from
    0 to 1; None for a gap without.
    """

    def __init__(self, columns: list[Column], lines: list[list[Line]]) -> None:
        self.columns = columns
        self.lines = lines
        self.radius = max(20.0, *(_radius(circle) for column in columns for circle in _circles(column)))
        most = max(len(column.rows) for column in columns)
        # A short column has room to breathe; a long one is a long picture in any case.
        self.pitch = max(2 * self.radius + 32, min(120.0, 560 / most))
        self.numbers_at: list[float | None] = []
        xs = [0.0]
        for right in range(1, len(columns)):
            gap, t = self._gap(right)
            self.numbers_at.append(t)
            xs.append(xs[-1] + gap)
        margins = [_PADDING + max(self._beside(column), _heading_width(column) / 2) for column in columns]
        # A legend may be wider than a small network, which then stands in the middle.
        self.width = max(margins[0] + xs[-1] + margins[-1], _legend_width(lines) + 2 * _PADDING)
        left = (self.width + margins[0] - xs[-1] - margins[-1]) / 2
        self.xs = [left + x for x in xs]
        self.bottom = _PADDING + _HEADING + most * self.pitch
        self.height = self.bottom + _LEGEND

    def y(self, column: int, row: int) -> float:
        """The middle of a circle; columns are centred."""
        return (_PADDING + _HEADING + self.bottom) / 2 + self._from_middle(column, row)

    def ends(self, gap: int, line: Line) -> tuple[float, float, float, float]:
        """x1, y1, x2, y2 of a line."""
        return self.xs[gap], self.y(gap, line.start), self.xs[gap + 1], self.y(gap + 1, line.end)

    def _from_middle(self, column: int, row: int) -> float:
        return (row - (len(self.columns[column].rows) - 1) / 2) * self.pitch

    def _beside(self, column: Column) -> float:
        """How far from the middle of a column its circles reach, and what is written at them."""
        return max([self.radius + _RING, *(_ems(circle.bias) * _SMALL / 2 for circle in _circles(column))])

    def _gap(self, right: int) -> tuple[float, float | None]:
        """The distance between a column and the one before, and where along the lines numbers stand, if they do."""
        before, after = self.columns[right - 1], self.columns[right]
        clear = (self._beside(before) + 8, self._beside(after) + 8)
        headings = (_heading_width(before) + _heading_width(after)) / 2 + 16
        # Steep lines are hard to tell apart: a gap between long columns is wider, within reason.
        height = max(len(before.rows), len(after.rows)) * self.pitch
        narrowest = max(sum(clear) + 90, headings, min(height / 2.5, 300))
        return self._room_for_numbers(right, clear, narrowest) or (narrowest, None)

    def _room_for_numbers(self, right: int, clear: tuple[float, float], narrowest: float) -> tuple[float, float] | None:
        """As wide a gap as it takes to show the weights' numbers, and where they stand; None where they cannot.

        All of them stand below each other, at one place along their lines, where they are well apart.
        """
        lines = self.lines[right - 1]
        if not 0 < len(lines) <= _MOST_NUMBERED:
            return None
        width = max(_ems(_on_line(line.weight)) for line in lines) * _SMALL
        ys = [(self._from_middle(right - 1, line.start), self._from_middle(right, line.end)) for line in lines]
        apart = {t / 100: _least_distance([y1 + t / 100 * (y2 - y1) for y1, y2 in ys]) for t in range(20, 81)}
        narrow = max(narrowest, sum(clear) + width)
        for wanted in (_FAR_APART, _APART):
            for gap in (narrow + 10 * step for step in range(int(max(0.0, _WIDEST_GAP - narrow)) // 10 + 1)):
                first, last = (clear[0] + width / 2) / gap, 1 - (clear[1] + width / 2) / gap
                fitting = [t for t in apart if first <= t <= last and apart[t] >= wanted]
                if fitting:
                    return gap, min(fitting, key=lambda t: (-min(apart[t], 1.2 * _FAR_APART), abs(t - 0.5)))
        return None


def _circles(column: Column) -> list[Circle]:
    return [row for row in column.rows if isinstance(row, Circle)]


def _radius(circle: Circle) -> float:
    """That of a circle which its text fits into, corners and all."""
    return math.hypot(max(map(_ems, circle.text)) * _LARGE / 2 + 2, 0.55 * _LARGE * len(circle.text))


def _heading_width(column: Column) -> float:
    return max(_ems(text) * size for text, size in zip(column.heading, (_LARGE, _SMALL), strict=True))


def _least_distance(ys: list[float]) -> float:
    return min((after - before for before, after in pairwise(sorted(ys))), default=math.inf)


# How it is written ----------------------------------------------------------------------------------------------------


def _svg(columns: list[Column], title: str) -> str:
    layout = Layout(columns, [_lines(before, after) for before, after in pairwise(columns)])
    # Lines below circles, numbers above both.
    parts = [
        f'<rect width="{_px(layout.width)}" height="{_px(layout.height)}" rx="12" fill="#FFFFFF"/>',
        *_lines_svg(layout),
        *(part for place in range(len(columns)) for part in _column_svg(layout, place)),
        *(part for gap in range(len(layout.lines)) for part in _numbers_svg(layout, gap)),
        *_legend_svg(layout),
    ]
    size = f'width="{_px(layout.width)}" height="{_px(layout.height)}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {_px(layout.width)} {_px(layout.height)}" '
        f'style="max-width:100%;height:auto" role="img" aria-label="{escape(title)}" font-family="{_FONT}" '
        f'text-anchor="middle">\n' + "\n".join(parts) + "\n</svg>\n"
    )


def sign_of(weight: float) -> str:
    """Which of LOOKS a line has."""
    return "positive" if weight > 0 else "negative" if weight < 0 else "zero" if weight == 0 else "nan"


def _lines_svg(layout: Layout) -> list[str]:
    lines = [(line, layout.ends(gap, line)) for gap, between in enumerate(layout.lines) for line in between]
    largest = max((abs(line.weight.data) for line, _ in lines if math.isfinite(line.weight.data)), default=0.0)
    widest = _WIDEST if len(lines) <= 60 else _WIDEST / 2  # many wide lines are one blot
    parts = []
    for line, (x1, y1, x2, y2) in lines:
        size = abs(line.weight.data)
        share = 0.0 if not size > 0 else 1.0 if size >= largest else size / largest  # nan > 0 is false
        at = f'x1="{_px(x1)}" y1="{_px(y1)}" x2="{_px(x2)}" y2="{_px(y2)}"'
        width = _px(_THINNEST + (widest - _THINNEST) * share)
        hint = f"{_visible(line.weight.name or 'w')} = {line.weight.data!r}, {line.ends}"
        look = _stroke(LOOKS[sign_of(line.weight.data)])
        parts.append(f'<line {at} {look} stroke-width="{width}"><title>{_xml(hint)}</title></line>')
    return parts


def _stroke(look: _Look) -> str:
    return f'stroke="{look.colour}"' + (f' stroke-dasharray="{look.dashes}"' if look.dashes else "")


def _column_svg(layout: Layout, place: int) -> list[str]:
    """A column: its circles, and what stands above them."""
    column, x = layout.columns[place], layout.xs[place]
    title, activation = column.heading
    parts = [_text(x, _PADDING + 8, title, _LARGE), _text(x, _PADDING + 26, activation, _SMALL, _GREY)]
    if not column.rows:
        parts.append(_text(x, (_PADDING + _HEADING + layout.bottom) / 2, "…", 2 * _LARGE, _GREY))
    for number, row in enumerate(column.rows):
        y = layout.y(place, number)
        if isinstance(row, str):
            parts.append(_ground(x, y, 2 * layout.radius + 12, 2 * layout.radius))
            parts += [_text(x, y - 12, "⋮", 2 * _LARGE, _GREY), _text(x, y + 16, row, _LARGE, _GREY)]
        else:
            parts += _circle_svg(row, x, y, layout.radius, column.is_output)
            if row.bias:
                # In the upper half lines come from below as a rule, in the lower half from above.
                side = -1 if number < (len(column.rows) - 1) / 2 else 1
                parts += _plate(x, y + side * (layout.radius + _RING + 9), row.bias, _BLACK)
    return [part for part in parts if part]


def _circle_svg(circle: Circle, x: float, y: float, radius: float, is_output: bool) -> list[str]:
    """Inputs have a thin outline, neurons a strong one, outputs two."""
    outline = f'fill="#FFFFFF" stroke="{_BLACK}"' if circle.neuron else f'fill="#F2F2F2" stroke="{_GREY}"'
    at = f'cx="{_px(x)}" cy="{_px(y)}"'
    ring = f'<circle {at} r="{_px(radius + _RING)}" fill="#FFFFFF" stroke="{_BLACK}"/>' if is_output else ""
    parts = [
        ring,
        f'<circle {at} r="{_px(radius)}" {outline} stroke-width="{2 if circle.neuron else 1}">'
        f"<title>{_xml(circle.hint)}</title></circle>",
    ]
    if len(circle.text) == 1:
        parts.append(_text(x, y, circle.text[0], _LARGE))
    else:
        name, number = circle.text
        parts += [_text(x, y - 0.6 * _LARGE, name, _SMALL, _GREY), _text(x, y + 0.45 * _LARGE, number, _LARGE)]
    return parts


def _numbers_svg(layout: Layout, gap: int) -> list[str]:
    t = layout.numbers_at[gap]
    if t is None:
        return []
    parts = []
    for line in layout.lines[gap]:
        x1, y1, x2, y2 = layout.ends(gap, line)
        colour = LOOKS[sign_of(line.weight.data)].colour
        parts += _plate(x1 + t * (x2 - x1), y1 + t * (y2 - y1), _on_line(line.weight), colour)
    return parts


def _on_line(weight: Value) -> str:
    return f"{_cut(_visible(weight.name or 'w'), _WIDEST_NAME)} = {figure(weight.data)}"


def _plate(x: float, y: float, text: str, colour: str) -> list[str]:
    """Small text on a white ground, so that no line runs through it."""
    # Text is as a rule narrower than it can get, and what is hidden of other lines should be little.
    width, height = 0.88 * _ems(text) * _SMALL + 4, 1.3 * _SMALL
    return [_ground(x, y, width, height), _text(x, y, text, _SMALL, colour)]


def _ground(x: float, y: float, width: float, height: float) -> str:
    at = f'x="{_px(x - width / 2)}" y="{_px(y - height / 2)}" width="{_px(width)}" height="{_px(height)}"'
    return f'<rect {at} rx="3" fill="#FFFFFF"/>'


def _legend(lines: list[list[Line]]) -> list[tuple[_Look, str]]:
    """What the lines mean: each kind there is, with a word."""
    signs = {sign_of(line.weight.data) for between in lines for line in between}
    return [(LOOKS[sign], f"{sign} weight") for sign in LOOKS if sign in signs]


def _legend_width(lines: list[list[Line]]) -> float:
    return sum(_SAMPLE + _ems(word) * _SMALL + 16 for _, word in _legend(lines)) + _ems(_SIZES) * _SMALL


def _legend_svg(layout: Layout) -> list[str]:
    y = layout.height - _LEGEND / 2
    x = (layout.width - _legend_width(layout.lines)) / 2
    parts = []
    for look, word in _legend(layout.lines):
        at = f'x1="{_px(x)}" y1="{_px(y)}" x2="{_px(x + _SAMPLE - 6)}" y2="{_px(y)}"'
        parts.append(f'<line {at} {_stroke(look)} stroke-width="3"/>')
        parts.append(_text(x + _SAMPLE, y, word, _SMALL, look.colour, "start"))
        x += _SAMPLE + _ems(word) * _SMALL + 16
    return [*parts, _text(x, y, _SIZES, _SMALL, _GREY, "start")]


def _text(x: float, y: float, text: str, size: int, colour: str = _BLACK, anchor: str = "") -> str:
    """Text whose middle is at x, y; or, where it is to start there, its left end."""
    aligned = f' text-anchor="{anchor}"' if anchor else ""
    # 0.35 ems below the middle is where the letters of most fonts stand; not every viewer knows dominant-baseline.
    at = f'x="{_px(x)}" y="{_px(y + 0.35 * size)}" font-size="{size}" fill="{colour}"{aligned}'
    return f"<text {at}>{_xml(text)}</text>" if text else ""


def _px(number: float) -> str:
    """A length, short: the same bytes on every machine, and not many of them."""
    return f"{number:.1f}".removesuffix(".0")


def _xml(text: str) -> str:
    return escape(text, quote=False)
