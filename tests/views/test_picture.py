"""Drawings: what they hold, how they are laid out, and that they never hang, break or lie."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import pytest

from autograd import PictureError, UsageError, Value, draw, trace
from autograd.views import rendering, tables
from autograd.views.picture import Drawing
from nn import MLP, mean_squared_error
from nn.articles import ARTICLES, one_sample

from ..conftest import Spoil
from ..support.browser import contrast
from ..support.graphs import HOSTILE, articles_loss, hostile_graph, random_graph, untrained

SVG = "{http://www.w3.org/2000/svg}"


def texts(drawing: Drawing) -> list[str]:
    """All texts in the picture."""
    page = ElementTree.fromstring(drawing.rendered("svg"))
    return [text.text or "" for text in page.iter(f"{SVG}text")]


def frames(drawing: Drawing) -> dict[str, str]:
    """How the table of every box looks, by the first text in it."""
    found = re.findall(r"label=<<TABLE ([^>]*)>.*?<B>(.*?)</B>", drawing.source)
    return {name: look for look, name in found}


PROGRAMS = ["dot", "graphviz-pure"]


def laid_out(drawing: Drawing, program: str, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, float, float]]:
    """Every text of the picture and where it stands, as one of the two programs lays it out."""
    path = shutil.which(program) or shutil.which(program, path=str(Path(sys.executable).parent))
    if path is None:
        pytest.skip(f"{program} is not installed")
    monkeypatch.setattr("autograd.views.rendering.layout_program", lambda: path)
    page = ElementTree.fromstring(drawing.rendered("svg"))
    return [
        (text.text or "", float(text.get("x") or 0.0), float(text.get("y") or 0.0)) for text in page.iter(f"{SVG}text")
    ]


def test_a_neuron_is_a_card_with_a_row_for_each_of_its_values() -> None:
    _, loss = articles_loss()
    loss.backward()
    drawing = draw(loss)
    shown = texts(drawing)
    # Name, value, the partial of the line that reads it, and the gradient, as worked out in the articles.
    for row in (
        ["w1", "1", "× −2", "0.02147"],
        ["sum_h1", "−3", "× 0.04518", "−0.01073"],
        ["b1", "0", "× 1", "−0.01073"],
    ):
        assert shown[shown.index(row[0]) :][:4] == row
    assert shown[shown.index("h1") :][:3] == ["h1", "= sigmoid(sum_h1)", "0.04743"]
    assert len(drawing.source.split("<<TABLE")) - 1 == 7, "three neurons, two inputs, a target and the loss"
    inside = next(line for line in drawing.source.splitlines() if "<B>h1</B>" in line)
    assert re.findall(r"<B>(\w+)</B>", inside) == ["h1", "w1", "w2", "b1", "sum_h1", "h1"]
    # Unnamed operations belong where their consumer does.
    inside = next(line for line in draw(loss, "operations").source.splitlines() if "<B>h1</B>" in line)
    assert re.findall(r"<B>(\w+)</B>", inside) == ["h1", "w1", "w2", "b1", "t1", "t2", "t3", "sum_h1", "h1"]


def test_every_name_is_a_text_of_its_own() -> None:
    _, loss = articles_loss()
    shown = texts(draw(loss))
    for line in trace(loss):
        assert line.label in shown


def test_every_arrow_carries_its_partial_or_runs_to_the_row_that_is_it() -> None:
    _, loss = articles_loss()
    source = draw(loss).source
    arrows = re.findall(r"^\s*(v\S+) -> (v\S+) \[(?!style=invis)", source, re.MULTILINE)
    assert len(arrows) == 8, "x1 and x2 to two weights each, h1 and h2 to one, o1 and y_true to L"
    assert r'label="−2 · (y_true − o1)\n= −0.9526"' in source
    weight = re.search(r'PORT="(r\d+)w"><B>w3</B>', source)
    assert weight is not None
    assert f":{weight[1]}w:w" in [head[head.index(":") :] for _, head in arrows if ":" in head]


def test_a_road_is_coloured_from_a_value_to_the_root_and_nothing_else() -> None:
    net = MLP(2, [2, 1], seed=1)
    loss = mean_squared_error(net([-2, -1]), 1)
    source = draw(loss, road=net.w1).source
    coloured = re.findall(rf'<TD [^>]*BGCOLOR="{tables.ROAD_GROUND}"[^>]*><B>(\w+)</B>', source)
    assert coloured == ["w1", "sum_h1", "h1", "sum_o1", "o1"]
    assert source.count(f'color="{tables.ROAD}"') == 2  # from h1 to w5, and from o1 to L
    assert tables.ROAD not in draw(loss).source
    with pytest.raises(UsageError, match=r"no road leads from Value\(2.0, 'other'\) to L"):
        draw(loss, road=Value(2.0, "other"))


def test_a_value_that_is_read_twice_has_two_arrows() -> None:
    a = Value(3.0, "a")
    assert draw((a + a).named("y")).source.count("v0 -> v1") == 2


def test_gradients_of_inputs_and_targets_are_shown_when_asked_for() -> None:
    _, loss = articles_loss()
    loss.backward()
    assert "grad −0.02147" not in texts(draw(loss))
    assert texts(draw(loss, gradients_of="all")).count("grad −0.02147") == 2, "x1 and x2, by the weights 1 of h1 and h2"
    with pytest.raises(UsageError, match="gradients_of='none'"):
        draw(loss, gradients_of="none")


def _readers_order(name: str) -> list[list[str]]:
    """What stands above what, from top to bottom, in each article's picture."""
    inputs, hidden, per = {
        "weight-height": (2, 2, 2), "xor": (2, 3, 2), "diabetes": (3, 0, 3), "breast-cancer": (30, 4, 30),
        "log-loss": (2, 8, 2),
    }[name]  # fmt: skip
    columns = [[f"x{number}" for number in range(1, inputs + 1)]]
    neurons = [f"h{number}" for number in range(1, hidden + 1)] or ["o1"]
    rows = []
    for number in range(len(neurons)):
        weights = [f"w{number * per + place}" for place in range(1, per + 1)]
        bias = [] if name == "log-loss" else [f"b{number + 1}"]
        rows += [*weights, *bias, f"sum_{neurons[number]}"]
    return [*columns, rows, [f"sum_{neuron}" for neuron in neurons]]


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("name", sorted(ARTICLES))
def test_the_order_is_the_readers(name: str, program: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """x1 above x2, w1 above w2 above b1, h1 above h2, by the coordinates of both programs; inputs left of neurons left
    of the loss.
    """
    places = {text: (x, y) for text, x, y in laid_out(draw(one_sample(name, untrained(name))), program, monkeypatch)}
    for column in _readers_order(name):
        heights = [places[text][1] for text in column if text in places]
        assert heights
        assert heights == sorted(heights)
        assert len(set(heights)) == len(heights)
    assert places["x1"][0] < places["sum_o1"][0] < places["L"][0]


def test_kinds_differ_in_more_than_colour() -> None:
    _, loss = articles_loss()
    free = draw((Value(1.0, "free") * 2).named("c"))
    found = frames(draw(loss)) | {"free": frames(free)["free"]}
    kinds = [re.findall(r'(?<!CELL)BORDER="\d"|STYLE="[A-Z,]+"', found[name]) for name in ("x1", "y_true", "h1", "L")]
    assert len({tuple(kind) for kind in kinds[1:]}) == 3
    assert found["x1"] != found["h1"]
    assert "DASHED" in found["free"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_and_outline_stand_out_from_the_ground(scheme: str) -> None:
    def seen(colour: str) -> str:
        return tables.DARK.get(colour, colour) if scheme == "dark" else colour

    ground = "#111111" if scheme == "dark" else "#ffffff"
    for fill in (tables.GROUND, tables.HEAD, tables.PILL):
        assert contrast(seen(tables.TEXT), seen(fill)) >= 4.5
        assert contrast(seen(tables.RULE), ground) >= 3.0
    assert contrast(seen(tables.QUIET), seen(tables.GROUND)) >= 4.5
    assert contrast(seen(tables.QUIET), ground) >= 4.5


def test_the_ground_is_transparent_and_an_svg_follows_the_theme() -> None:
    _, loss = articles_loss()
    drawing = draw(loss)
    assert "bgcolor=transparent" in drawing.source
    svg = drawing.rendered("svg").decode()
    style = svg.split("<style>")[1].split("</style>")[0]
    used = set(re.findall(r'(?:fill|stroke)="(#\w+)"', svg))
    assert used <= {*tables.DARK, tables.RULE}
    for colour in used & set(tables.DARK):
        assert f'[fill="{colour}" i]{{fill:{tables.DARK[colour]}}}' in style
    assert "@media(prefers-color-scheme:dark){svg.stepgrad " in style


def test_before_backward_the_picture_says_so_instead_of_showing_zeros() -> None:
    _, loss = articles_loss()
    before = texts(draw(loss))
    assert "no gradients yet: they are there after L.backward()" in before
    assert not [text for text in before if text.startswith("grad") or text == "∂L/∂"]
    loss.backward()
    assert "no gradients yet: they are there after L.backward()" not in texts(draw(loss))


def test_the_same_graph_gives_the_same_text_byte_for_byte() -> None:
    random = Random(1)
    for _ in range(10):
        _, root = random_graph(random)
        assert draw(root).source == draw(root).source
    program = (
        "from nn.articles import one_sample; from nn import MLP; from autograd import draw; import sys;"
        "sys.stdout.buffer.write(draw(one_sample('xor', MLP(2, [3, 1], seed=1))).source.encode())"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", program], capture_output=True, check=True, env={"PYTHONHASHSEED": seed}
        ).stdout
        for seed in "123"
    }
    assert len(runs) == 1


@pytest.mark.parametrize("direction", ["LR", "RL", "TB", "BT"])
def test_directions(direction: str) -> None:
    x = Value(1.0, "x")
    page = ElementTree.fromstring(draw((x * 2).named("y"), direction=direction).rendered("svg"))
    places = [
        tuple(float(text.get(axis) or 0.0) for axis in "xy")
        for text in page.iter(f"{SVG}text")
        if text.text in ("x", "y")
    ]
    (x_x, x_y), (y_x, y_y) = places
    assert {"LR": x_x < y_x, "RL": x_x > y_x, "TB": x_y < y_y, "BT": x_y > y_y}[direction]


@pytest.mark.parametrize("name", sorted(ARTICLES))
def test_every_article_can_be_drawn(name: str) -> None:
    drawing = draw(one_sample(name, untrained(name)))
    assert len(ElementTree.fromstring(drawing.rendered("svg")).findall(f".//{SVG}text")) > 10


def test_wide_networks_are_folded_and_say_so() -> None:
    net = MLP(30, [4, 1], seed=1)
    loss = mean_squared_error(net([0.1] * 30), 1)
    loss.backward()
    shown = texts(draw(loss))
    assert "x1 … x30" in shown
    assert shown.count("⋯ 28 more") == 4
    assert "folded: 139 of 171 values are not shown; draw(h1) draws what h1 is made of" in shown
    assert not [text for text in texts(draw(net.h1([0.1] * 30))) if text.startswith("folded")], "a part is drawn whole"


def test_wider_ones_are_folded_to_headings() -> None:
    net = MLP(30, [16, 16, 1], seed=1)
    loss = mean_squared_error(net([0.1] * 30), 1)
    loss.backward()
    drawing = draw(loss)
    shown = texts(drawing)
    assert "x1 … x30" in shown
    assert shown.count("33 values") == 16
    assert f"{net.h1_1.predict([0.1] * 30):.4g}" in shown
    assert drawing.source.count("<<TABLE") < 40
    assert any(text.startswith("folded: ") for text in shown)


def test_of_a_long_graph_the_last_part_is_drawn_with_a_sentence() -> None:
    x = Value(1.0, "x")
    for number in range(500):
        x = (x * 2).named(f"y{number}")
    shown = texts(draw(x))
    assert "⋯ 411 values before these" in shown
    assert "folded: 411 of 501 values are not shown; draw(y409) draws what y409 is made of" in shown
    assert {"y410", "y499"} <= set(shown)
    for _ in range(60_000):
        x = x * 1.0 + 0.0
    with pytest.raises(UsageError, match=r"a picture of 120,501 values could not be read .at most 100,000"):
        draw(x)


def test_hostile_names_are_shown_as_text() -> None:
    _, root = hostile_graph()
    drawing = draw(root)
    shown = texts(drawing)
    for text in (
        "</script><img src=x onerror=alert(1)>",
        "{a|b}<port>",
        "\\N \\G \\n",
        "&lt;&amp;&#65;",
        "🦊 👩‍👩‍👧",
        '"""',
    ):
        assert text in shown, text
    assert "\\u202eright to left\\u2066" in shown
    assert not [text for text in shown if "w" * 50 in text]
    assert len(drawing.rendered("svg")) < 200_000


@pytest.mark.parametrize("name", HOSTILE)
def test_each_hostile_name_alone(name: str) -> None:
    root = (Value(1.0, name) * 2).named(name)
    root.group = name
    assert len(texts(draw(root))) >= 6


def test_a_partial_without_an_answer_is_drawn_as_undefined() -> None:
    assert "= undefined" in texts(draw(Value(0.0, "x").sqrt()))


def test_a_spoilt_row_spoils_the_picture(spoilt: Spoil) -> None:
    _, loss = articles_loss()
    with spoilt("sigmoid", x="5 * out"):
        assert "× 0.2371" in texts(draw(loss)), "5 · 0.04743"


@pytest.mark.parametrize("program", PROGRAMS)
def test_text_fits_its_box(program: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the widths of characters in Helvetica and its like; no text reaches the next one in its line."""
    _, loss = articles_loss()
    loss.backward()
    for root in (loss, hostile_graph()[1]):
        rows: dict[float, list[tuple[float, str]]] = {}
        for text, x, y in laid_out(draw(root), program, monkeypatch):
            rows.setdefault(y, []).append((x, text))
        for (x, text), (following, other) in ((a, b) for row in rows.values() for a, b in pairwise(sorted(row))):
            if text.isascii() and other.isascii():
                assert x + 0.5 * 14 * len(text) * 0.55 < following, (text, other)


# Writing and showing -------------------------------------------------------------------------------------------------


def test_save(tmp_path: Path) -> None:
    drawing = draw((Value(1.0, "x") * 2).named("y"))
    drawing.save(tmp_path / "y.svg")
    drawing.save(str(tmp_path / "y.PNG"))
    assert ElementTree.parse(tmp_path / "y.svg").getroot().tag == f"{SVG}svg"
    assert (tmp_path / "y.PNG").read_bytes().startswith(b"\x89PNG")
    with pytest.raises(UsageError, match=r"as \.svg, \.png or \.pdf, not as 'txt'"):
        drawing.save(tmp_path / "y.txt")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["y.PNG", "y.svg"]


def test_pdf_where_the_program_can(tmp_path: Path) -> None:
    drawing = draw(Value(1.0, "x"))
    if Path(rendering.layout_program()).stem == "dot":
        drawing.save(tmp_path / "x.pdf")
        assert (tmp_path / "x.pdf").read_bytes().startswith(b"%PDF")
    else:
        with pytest.raises(PictureError, match="could not write pdf; Graphviz's own dot can: apt install graphviz"):
            drawing.save(tmp_path / "x.pdf")
        assert not list(tmp_path.iterdir())


def test_nothing_is_half_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.svg"
    path.write_text("before")
    drawing = draw(Value(1.0, "x"))

    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="disk full"):
        drawing.save(path)
    assert path.read_text() == "before"
    assert [one.name for one in tmp_path.iterdir()] == ["x.svg"]
    monkeypatch.undo()
    with pytest.raises(FileNotFoundError):
        drawing.save(tmp_path / "nowhere" / "x.svg")


def test_a_notebook_shows_the_picture_and_has_a_text_twin() -> None:
    bundle = draw(Value(1.0, "x"))._repr_mimebundle_()
    assert set(bundle) == {"image/svg+xml", "text/plain"}
    assert bundle["text/plain"] == "<Drawing of x: 1 boxes; .save('picture.svg') writes it to a file>"


def test_the_program_is_looked_for_on_the_path_and_among_the_scripts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    assert Path(rendering.layout_program()).stem == "graphviz-pure"
    assert Path(rendering.layout_program()).parent == Path(sys.executable).parent


def test_without_a_program_one_line_names_two_ways_to_get_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    drawing = draw((Value(1.0, "x") * 2).named("y"))
    with pytest.raises(PictureError) as caught:
        drawing.save(tmp_path / "y.svg")
    message = str(caught.value)
    assert "pip install graphviz-pure" in message
    assert "apt install graphviz" in message
    assert "\n" not in message
    bundle = drawing._repr_mimebundle_()
    assert bundle["text/plain"] == message
    assert "pip install graphviz-pure" in bundle["text/html"]
    assert "v0 -> v1" in drawing.source
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(os.name != "posix", reason="a program in the place of dot is a shell script here")
def test_an_arrow_that_graphviz_loses_is_drawn_straight(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "dot"
    program.write_text(
        "#!/bin/sh\nif [ $# = 1 ]; then echo '<svg/>'; echo 'lost v6 v7 edge' >&2; exit 1; fi\necho \"$@\"\n"
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    assert draw(Value(1.0, "x")).rendered("svg") == b"-Tsvg -Gsplines=line\n"


def in_page(monkeypatch: pytest.MonkeyPatch, layout: Any) -> None:
    """As in Pyodide: the page's global things are the module js."""
    monkeypatch.setattr(sys, "platform", "emscripten")
    monkeypatch.setitem(sys.modules, "js", SimpleNamespace(stepgradLayout=layout) if layout else SimpleNamespace())


def test_in_a_browser_a_function_of_the_page_lays_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    drawing = draw((Value(1.0, "x") * 2).named("y"))
    in_page(monkeypatch, lambda source: f"<svg>ü {source}</svg>")
    assert drawing.rendered("svg").decode() == f"<svg>ü {drawing.source}</svg>"
    with pytest.raises(PictureError, match=r"in a browser a picture is written as \.svg, not as \.png"):
        drawing.rendered("png")
    in_page(monkeypatch, None)
    with pytest.raises(PictureError, match="it has no function stepgradLayout"):
        drawing.rendered("svg")


def test_in_a_browser_too_an_arrow_that_is_lost_is_drawn_straight(monkeypatch: pytest.MonkeyPatch) -> None:
    program = rendering.layout_program()

    def loses(source: str) -> str:
        if "splines=line" not in source:
            raise RuntimeError("lost v6 v7 edge")
        return subprocess.run([program, "-Tsvg"], input=source, capture_output=True, text=True, check=True).stdout

    def fails(source: str) -> str:
        raise RuntimeError("syntax error")

    drawing = draw((Value(1.0, "x") * 2).named("y"))
    in_page(monkeypatch, loses)
    assert "</svg>" in drawing.rendered("svg").decode()
    in_page(monkeypatch, fails)
    with pytest.raises(PictureError, match="the page could not lay out the picture: syntax error"):
        draw(Value(1.0, "x")).rendered("svg")


def test_a_neuron_may_be_called_input() -> None:
    root = sum(
        ((Value(float(number), f"x{number}") * 2).named(f"y{number}") for number in range(200)), Value(0.0, "start")
    )
    for line in trace(root):
        if line.is_leaf:
            line.value.role = "input"
        elif line.value is not root:
            line.value.group = "input"
    shown = texts(draw(root))
    assert "x0 … x199" in shown
    assert "y199" in shown


@pytest.mark.skipif(os.name != "posix", reason="a program in the place of dot is a shell script here")
def test_a_program_that_fails_or_hangs_is_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "dot"
    program.write_text("#!/bin/sh\necho 'syntax error near line 1' >&2\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    with pytest.raises(PictureError, match="could not write svg: syntax error near line 1"):
        draw(Value(1.0, "x")).rendered("svg")
    program.write_text("#!/bin/sh\nsleep 5\n")
    monkeypatch.setattr(rendering, "_SECONDS", 0.2)
    with pytest.raises(PictureError, match="was still laying out"):
        draw(Value(1.0, "x")).rendered("svg")


def test_what_is_wrong_is_said() -> None:
    with pytest.raises(UsageError, match=r"direction='up' \(must be one of LR, RL, TB, BT\)"):
        draw(Value(1.0), direction="up")
    with pytest.raises(UsageError, match="detail='all'"):
        draw(Value(1.0), "all")
    with pytest.raises(UsageError, match="starts at a Value"):
        draw(1.0)  # type: ignore[arg-type]
