"""Drawings: what they hold, how they are laid out, and that they never hang, break or lie."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from random import Random
from xml.etree import ElementTree

import pytest

from autograd import PictureError, UsageError, Value, draw, trace
from autograd.views import rendering
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


def nodes(drawing: Drawing) -> dict[str, str]:
    """The attributes of every box, by the first line of its label."""
    found = re.findall(r"^\s*v\d+ \[label=\"?(.*?)(?:\\n.*?)?\"? (color=.*)\]$", drawing.source, re.MULTILINE)
    return dict(found)


def test_every_value_is_a_box_with_name_data_and_grad() -> None:
    _, loss = articles_loss()
    loss.backward()
    shown = texts(draw(loss))
    for text in (
        "w1",
        "data 1",
        "grad 0.02147",
        "sum_h1",
        "= w1 · x1 + w2 · x2 + b1",
        "= (y_true − o1)²",
        "grad −0.9526",
    ):
        assert text in shown


def test_every_arrow_carries_its_partial() -> None:
    _, loss = articles_loss()
    drawing = draw(loss)
    source = drawing.source
    assert source.count(" -> ") == 20
    assert r'label="−2 · (y_true − o1)\n= −0.9526"' in source
    assert r'label="h1 · (1 − h1)\n= 0.04518"' in source
    assert "= 0.04518" in texts(drawing)


def test_a_box_around_each_neuron() -> None:
    _, loss = articles_loss()
    page = ElementTree.fromstring(draw(loss).rendered("svg"))
    clusters = [group for group in page.iter(f"{SVG}g") if group.get("class") == "cluster"]
    assert [cluster.find(f"{SVG}text").text for cluster in clusters] == ["h1", "h2", "o1"]  # type: ignore[union-attr]
    inside = draw(loss).source.split("subgraph cluster_1 {")[1].split("}")[0]
    assert re.findall(r'label="(\w+)\\n', inside) == ["w1", "w2", "b1", "sum_h1", "h1"]
    # Unnamed operations belong where their consumer does.
    inside = draw(loss, "operations").source.split("subgraph cluster_1 {")[1].split("}")[0]
    assert re.findall(r'label="(\w+)\\n', inside) == ["w1", "w2", "b1", "t1", "t2", "t3", "sum_h1", "h1"]


def test_kinds_differ_in_shape_as_well_as_in_colour() -> None:
    _, loss = articles_loss()
    found = nodes(draw(loss))
    kinds = [found[name] for name in ("x1", "y_true", "w1", "h1", "L")]
    shapes = [re.findall(r'peripheries=\d|shape=\w+|style="?[\w,]+', kind) for kind in kinds]
    assert len({tuple(shape) for shape in shapes}) == 5
    assert len({re.findall(r'fillcolor="(#\w+)"', kind)[0] for kind in kinds}) == 5


@pytest.mark.parametrize("kind", ["input", "target", "parameter", "leaf", "computed", "root", "neuron"])
def test_text_and_outline_stand_out_from_the_ground(kind: str) -> None:
    from autograd.views.picture import _LOOKS

    look = _LOOKS[kind]
    assert contrast("#000000", look.fill) >= 4.5
    assert contrast(look.line, "#FFFFFF") >= 3.0
    assert contrast(look.line, look.fill) >= 3.0


def test_before_backward_the_picture_says_so_instead_of_showing_zeros() -> None:
    _, loss = articles_loss()
    before = texts(draw(loss))
    assert "no gradients yet: they are there after L.backward()" in before
    assert not [text for text in before if text.startswith("grad")]
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


def test_large_graphs_are_folded_to_their_neurons() -> None:
    net = MLP(30, [16, 16, 1], seed=1)
    loss = mean_squared_error(net([0.1] * 30), 1)
    loss.backward()
    drawing = draw(loss)
    shown = texts(drawing)
    assert "x1 … x30" in shown
    assert "h1_16" in shown
    assert "33 values" in shown
    assert f"data {net.h1_1.predict([0.1] * 30):.4g}" in shown
    assert len(nodes(drawing)) < 40


def test_larger_ones_are_refused_with_what_to_draw_instead() -> None:
    x = Value(1.0, "x")
    for number in range(300):
        x = (x * 2).named(f"y{number}")
    with pytest.raises(
        UsageError, match=r"301 boxes, could not be read .at most 250 boxes.* draw the loss of one sample"
    ):
        draw(x)
    for _ in range(60_000):
        x = x * 1.0 + 0.0
    with pytest.raises(UsageError, match=r"a picture of 120,301 values could not be read"):
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
        assert "5 · h1" in texts(draw(loss))


def test_text_fits_its_box() -> None:
    """By the widths of characters in Helvetica and its like; every box is wider than its widest line."""
    _, loss = articles_loss()
    loss.backward()
    for root in (loss, hostile_graph()[1]):
        page = ElementTree.fromstring(draw(root).rendered("svg"))
        for group in page.iter(f"{SVG}g"):
            if group.get("class") != "node":
                continue
            outline = next(part for part in group if part.tag in (f"{SVG}polygon", f"{SVG}path", f"{SVG}ellipse"))
            if outline.tag == f"{SVG}ellipse":
                width = 2 * float(outline.get("rx") or 0.0)
            else:
                across = [
                    float(one)
                    for one in re.findall(r"(-?[\d.]+),-?[\d.]+", outline.get("points") or outline.get("d") or "")
                ]
                width = max(across) - min(across)
            for text in group.findall(f"{SVG}text"):
                assert width > 0.56 * 11 * len(text.text or ""), text.text


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


def test_a_neuron_may_be_called_input() -> None:
    root = sum(
        ((Value(float(number), f"x{number}") * 2).named(f"y{number}") for number in range(200)), Value(0.0, "start")
    )
    for line in trace(root):
        if line.is_leaf:
            line.value.role = "input"
        elif line.value is not root:
            line.value.group = "input"
    neurons = len(trace(root).lines) - 1
    assert neurons >= 200
    assert f'label="input\\n{neurons} values' in draw(root).source
    assert "x0 … x199" in draw(root).source


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
