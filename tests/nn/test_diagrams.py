"""Diagrams of networks: what they show, that it can be read, and that they never hang, break or change anything."""

from __future__ import annotations

import itertools
import math
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from playwright.sync_api import Browser

import nn
from autograd import DomainError, UsageError, Value
from autograd.extend import DRAWN, ems
from nn import MLP, Layer, Module, Neuron, diagram, mean_squared_error
from nn.articles import ARTICLES
from nn.diagrams import Diagram
from nn.diagrams.svg import DARK, LOOKS

from ..support.browser import contrast, opened
from ..support.graphs import HOSTILE, untrained

SVG = "{http://www.w3.org/2000/svg}"


def articles_net() -> MLP:
    """The articles' network with weights that differ."""
    net = MLP(2, [2, 1])
    net.set_parameters({"w1": 0.5, "w2": -1.25, "b1": 0.1, "w3": 1, "w4": -0.06062, "b2": -1 / 3, "w5": 2, "w6": -1})
    net.set_parameters({"b3": 0})
    return net


def ones() -> MLP:
    """The articles' network with all weights 1 and biases 0."""
    net = MLP(2, [2, 1], bias_init="zero")
    net.set_parameters({f"w{number}": 1 for number in range(1, 7)})
    return net


def elements(drawing: Diagram, tag: str) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(drawing.svg).iter(f"{SVG}{tag}"))


def texts(drawing: Diagram) -> list[str]:
    return [text.text or "" for text in elements(drawing, "text")]


def number(element: ElementTree.Element, attribute: str) -> float:
    return float(element.get(attribute) or "nan")


def lines(drawing: Diagram) -> dict[str, ElementTree.Element]:
    """The lines by the names of their weights; those of the legend have none."""
    found = {}
    for line in elements(drawing, "line"):
        hint = line.findtext(f"{SVG}title")
        if hint:
            found[hint.split(" = ")[0]] = line
    return found


def circles(drawing: Diagram) -> dict[str, ElementTree.Element]:
    """The circles by their names; the outer outline of an output has none."""
    found = {}
    for circle in elements(drawing, "circle"):
        hint = circle.findtext(f"{SVG}title")
        if hint:
            found[hint.split(",")[0].split(" = ")[0]] = circle
    return found


# What is shown -------------------------------------------------------------------------------------------------------


def test_every_input_neuron_weight_and_bias_is_there() -> None:
    drawing = diagram(articles_net())
    shown = texts(drawing)
    assert list(circles(drawing)) == ["x1", "x2", "h1", "h2", "o1"]
    assert list(lines(drawing)) == ["w1", "w2", "w3", "w4", "w5", "w6"]
    for text in (
        *("x1", "x2", "h1", "h2", "o1", "2 inputs", "2 hidden", "1 output", "sigmoid"),
        *("w1 = 0.5", "w2 = −1.25", "w3 = 1", "w4 = −0.06062", "w5 = 2", "w6 = −1"),
        *("b1 = 0.1", "b2 = −0.3333", "b3 = 0", "positive weight", "negative weight"),
    ):
        assert text in shown, text


def test_columns_from_left_to_right_and_each_line_between_its_two_circles() -> None:
    drawing = diagram(articles_net())
    at = {name: (number(circle, "cx"), number(circle, "cy")) for name, circle in circles(drawing).items()}
    assert at["x1"][0] == at["x2"][0] < at["h1"][0] == at["h2"][0] < at["o1"][0]
    assert at["x1"][1] == at["h1"][1] < at["o1"][1] < at["x2"][1] == at["h2"][1]
    reads = {"w1": "x1 h1", "w2": "x2 h1", "w3": "x1 h2", "w4": "x2 h2", "w5": "h1 o1", "w6": "h2 o1"}
    for name, line in lines(drawing).items():
        start, end = reads[name].split()
        assert ((number(line, "x1"), number(line, "y1")), (number(line, "x2"), number(line, "y2"))) == (
            at[start],
            at[end],
        )


def test_numbers_stand_on_their_own_lines() -> None:
    for net in (articles_net(), MLP(2, [3, 1], seed=1), Layer(3, 3, seed=1), Neuron(5, seed=1)):
        drawing = diagram(net)
        written = {(text.text or "").split(" = ")[0]: text for text in elements(drawing, "text")}
        for name, line in lines(drawing).items():
            x1, y1, x2, y2 = (number(line, end) for end in ("x1", "y1", "x2", "y2"))
            x, y = number(written[name], "x"), number(written[name], "y") - 0.35 * 13
            assert y1 + (x - x1) / (x2 - x1) * (y2 - y1) == pytest.approx(y, abs=0.2)


def test_sign_by_colour_and_dashes_and_size_by_width() -> None:
    found = lines(diagram(articles_net()))
    assert {name for name, line in found.items() if line.get("stroke-dasharray")} == {"w2", "w4", "w6"}
    assert {name for name, line in found.items() if line.get("stroke") == "#B84F00"} == {"w2", "w4", "w6"}
    assert {name for name, line in found.items() if line.get("stroke") == "#0072B2"} == {"w1", "w3", "w5"}
    # 1 + 4 · |w| / 2, since 2 is the largest.
    widths = {name: number(line, "stroke-width") for name, line in found.items()}
    assert widths == {"w1": 2.0, "w2": 3.5, "w3": 3.0, "w4": 1.1, "w5": 5.0, "w6": 3.0}


def test_weights_that_are_zero_or_no_numbers() -> None:
    net = Neuron(weights=[0.0, math.nan, math.inf, -1e-320, -0.0], bias=math.nan)
    drawing = diagram(net)
    found = lines(drawing)
    assert [line.get("stroke-dasharray") for line in found.values()] == ["2 4", "2 4", None, "8 5", "2 4"]
    assert [line.get("stroke-width") for line in found.values()] == ["1", "1", "5", "5", "1"]
    assert {"w2 = nan", "w3 = inf", "w5 = 0", "b1 = nan", "zero weight", "nan weight"} <= set(texts(drawing))
    assert {line.get("stroke-width") for line in lines(diagram(MLP(2, [2, 1], weight_init="zero"))).values()} == {"1"}


def test_the_legend_names_what_there_is() -> None:
    shown = texts(diagram(ones()))
    assert "positive weight" in shown
    assert not {"negative weight", "zero weight", "nan weight"} & set(shown)


def test_with_inputs_the_activations_are_in_the_circles() -> None:
    """By hand: h1 = h2 = sigmoid(-2 - 1) = 0.04743, o1 = sigmoid(2 · 0.04743) = 0.5237."""
    drawing = diagram(ones(), [-2, -1])
    shown = texts(drawing)
    assert shown.count("0.04743") == 2
    assert shown.count("0.5237") == 1
    assert {"−2", "−1"} <= set(shown)
    hints = [circle.findtext(f"{SVG}title") or "" for circle in elements(drawing, "circle")]
    assert hints[0] == "x1 = -2.0"
    assert f"h1 = {1 / (1 + math.exp(3))!r}, bias b1 = 0.0" in hints


@pytest.mark.parametrize("inputs", [[-2, -1], (-2.0, -1.0), np.array([-2, -1]), [Value(-2.0), Value(-1.0)]])
def test_inputs_of_any_kind(inputs: Any) -> None:
    assert diagram(ones(), inputs).svg == diagram(ones(), [-2, -1]).svg


def test_inputs_that_have_names_keep_them() -> None:
    shown = texts(diagram(ones(), [Value(-2.0, "weight"), -1]))
    assert {"weight", "x2"} <= set(shown)
    assert "x1" not in shown


def test_a_layer_and_a_neuron() -> None:
    layer = diagram(Layer(2, 3, activation="tanh", seed=1))
    assert list(circles(layer)) == ["x1", "x2", "o1", "o2", "o3"]
    assert len(lines(layer)) == 6
    assert {"3 outputs", "tanh"} <= set(texts(layer))
    neuron = diagram(Neuron(weights=[0, 1], bias=4), [2, 3])
    assert list(circles(neuron)) == ["x1", "x2", "o1"]
    # victorzhou.com: sigmoid(0 · 2 + 1 · 3 + 4) = 0.999
    assert {"0.9991", "b1 = 4", "w2 = 1", "1 output"} <= set(texts(neuron))


def test_part_of_a_network_keeps_its_names() -> None:
    net = articles_net()
    assert list(lines(diagram(net.layers[1]))) == list(lines(diagram(net.o1))) == ["w5", "w6"]


def test_without_biases_there_are_none() -> None:
    shown = texts(diagram(MLP(2, [2, 1], bias=False)))
    assert not [text for text in shown if text.startswith("b")]


def test_an_output_has_two_outlines_and_an_input_is_grey() -> None:
    drawing = diagram(articles_net())
    places = [(circle.get("cx"), circle.get("cy")) for circle in elements(drawing, "circle")]
    found = circles(drawing)
    assert {name: places.count((circle.get("cx"), circle.get("cy"))) for name, circle in found.items()} == {
        "x1": 1,
        "x2": 1,
        "h1": 1,
        "h2": 1,
        "o1": 2,
    }
    assert found["x1"].get("fill") != found["h1"].get("fill")


@pytest.mark.parametrize("name", sorted(ARTICLES))
def test_every_article(name: str) -> None:
    net = untrained(name)
    drawing = diagram(net, [0.1] * net.n_inputs)
    assert list(circles(drawing))[-1] == "o1"
    assert DRAWN.figure(net.predict([0.1] * net.n_inputs)) in texts(drawing)


def test_numbers_are_written_with_four_digits_and_a_real_minus_sign() -> None:
    assert [DRAWN.figure(sample) for sample in (-1.5e-7, 1e300, -math.inf, math.nan)] == [
        "−1.5e−7",
        "1e300",
        "−inf",
        "nan",
    ]
    assert DRAWN.figure(-0.0) == "0"


# Large, deep and hostile ---------------------------------------------------------------------------------------------


def test_long_columns_show_the_first_ones_and_the_last_and_say_how_many_are_left_out() -> None:
    drawing = diagram(MLP(30, [4, 1], seed=1))
    assert list(circles(drawing)) == ["x1", "x2", "x3", "x4", "x5", "x6", "x30", "h1", "h2", "h3", "h4", "o1"]
    assert {"30 inputs", "23 more", "⋮"} <= set(texts(drawing))
    # The last line into h1 is that of x30: w30.
    found = lines(drawing)
    assert list(found)[:8] == ["w1", "w2", "w3", "w4", "w5", "w6", "w30", "w31"]
    assert found["w30"].get("y1") == circles(drawing)["x30"].get("cy")
    assert len(circles(diagram(Layer(16, 16)))) == 32
    assert len(circles(diagram(Layer(17, 17)))) == 14


def test_numbers_are_left_out_where_lines_are_many() -> None:
    shown = texts(diagram(MLP(30, [4, 1], seed=1)))
    assert not [text for text in shown if text.startswith("w1 = ")]
    assert [text for text in shown if text.startswith("w121 = ")]
    hints = [line.findtext(f"{SVG}title") or "" for line in lines(diagram(MLP(30, [4, 1], seed=1))).values()]
    assert hints[0].endswith(", from x1 to h1")


def test_deep_networks_show_the_first_layers_and_the_last() -> None:
    drawing = diagram(MLP(2, [3] * 20 + [1], seed=1))
    assert list(circles(drawing))[-2:] == ["h3_3", "o1"]
    assert "17 more layers" in texts(drawing)
    assert repr(drawing).startswith("<Diagram of a network of 2 inputs, 3 hidden, 3 hidden, 3 hidden, 17 more layers")


@pytest.mark.parametrize(
    "make",
    [
        lambda: MLP(2, [16] * 30 + [1]),
        lambda: MLP(16, [16] * 5),
        lambda: Layer(20_000, 2),
        lambda: Layer(2, 5_000),
        lambda: MLP(200, [100] * 4),
    ],
)
def test_no_network_is_too_large(make: Callable[[], Any]) -> None:
    net = make()
    drawing = diagram(net, [0.001] * net.n_inputs)
    assert len(drawing.svg) < 400_000
    assert len(circles(drawing)) <= 6 * 16


def renamed(name: str) -> MLP:
    """A network all of whose names are this one."""
    net = articles_net()
    for neuron in net.neurons:
        neuron.name = name
    for parameter in net.parameters():
        parameter.named(name)
    return net


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_text(name: str) -> None:
    drawing = diagram(renamed(name), [Value(1.0, name), Value(2.0, name)])
    page = ElementTree.fromstring(drawing.svg.encode())
    assert {element.tag for element in page.iter()} == {
        f"{SVG}{tag}" for tag in ("svg", "style", "rect", "line", "circle", "title", "text")
    }
    assert len(drawing.svg) < 15_000
    assert all(text and len(text) < 60 for text in texts(drawing))


def test_what_cannot_be_seen_is_written_out() -> None:
    shown = "".join(texts(diagram(renamed("\u202eab"))))
    assert "\u202e" not in shown
    assert "\\u202" in shown
    hints = [title.text or "" for title in elements(diagram(renamed("</script><img src=x>")), "title")]
    assert any(hint.startswith("</script><img src=x>") for hint in hints)


def test_names_that_are_missing_or_no_text() -> None:
    net = articles_net()
    net.h2.weights[1] = Value(0.25)
    net.o1.name = 3
    shown = texts(diagram(net))
    assert {"w = 0.25", "3"} <= set(shown)


def test_activations_of_ones_own() -> None:
    assert "<lambda>" in texts(diagram(Neuron(2, activation=lambda s: s)))

    class Shape:
        def __call__(self, s: Value) -> Value:
            return s

    assert "a function" in texts(diagram(Neuron(2, activation=Shape())))


# Readable ------------------------------------------------------------------------------------------------------------


PICTURES: dict[str, Callable[[], tuple[Any, list[Any]]]] = {
    "2-2-1": lambda: (articles_net(), [-2, -1]),
    "2-3-1": lambda: (MLP(2, [3, 1], seed=3), [-123456.7, 0.0000123]),
    "30-4-1": lambda: (MLP(30, [4, 1], seed=1), [-0.123456] * 30),
    "2-8-8-3": lambda: (MLP(2, [8, 8, 3], activation="tanh", output_activation="linear", seed=2), [1, 2]),
    "2-16-16-1": lambda: (MLP(2, [16, 16, 1], seed=1), [1, 2]),
    "deep": lambda: (MLP(2, [3] * 20 + [1], seed=1), [1, 2]),
    "layer": lambda: (Layer(2, 3, seed=1), [1, 2]),
    "neuron": lambda: (Neuron(1, seed=1), [2]),
    "extremes": lambda: (Neuron(weights=[-1.234e-300, math.nan], bias=-1.234e-300), [-1.234e-300, -math.inf]),
    "wide names": lambda: (renamed("W" * 40), [Value(1.0, "%" * 40), 2]),
    "markup": lambda: (renamed("</script><b>"), [1, 2]),
}


@pytest.mark.parametrize("filled", [False, True])
@pytest.mark.parametrize("picture", PICTURES)
def test_text_fits_its_circle(picture: str, filled: bool) -> None:
    net, inputs = PICTURES[picture]()
    drawing = diagram(net, inputs if filled else None)
    radius = number(circles(drawing).popitem()[1], "r")
    middles = {(number(circle, "cx"), number(circle, "cy")) for circle in circles(drawing).values()}
    inside = 0
    for text in elements(drawing, "text"):
        x, y, size = number(text, "x"), number(text, "y"), number(text, "font-size")
        for cx, cy in middles:
            if x == cx and abs(y - 0.35 * size - cy) < 0.8 * radius:
                inside += 1
                corner = abs(y - 0.35 * size - cy) + 0.4 * size
                assert math.hypot(ems(text.text or "") * size / 2, corner) <= radius + 1, text.text
    assert inside == len(middles) * (2 if filled else 1)


BOXES = """() => [...document.querySelectorAll('text')].map(text => {
    const box = text.getBBox(); return [text.textContent, box.x, box.y, box.width, box.height] })"""


@pytest.mark.parametrize("filled", [False, pytest.param(True, marks=pytest.mark.slow)])
@pytest.mark.parametrize("picture", PICTURES)
def test_in_a_browser_no_text_is_cut_off_covers_another_or_leaves_its_circle(
    picture: str, filled: bool, chromium: Browser, tmp_path: Path
) -> None:
    net, inputs = PICTURES[picture]()
    drawing = diagram(net, inputs if filled else None)
    drawing.save(tmp_path / "net.svg")
    with opened(chromium, (tmp_path / "net.svg").as_uri()) as page:
        boxes = page.evaluate(BOXES)
    page_width = number(ElementTree.fromstring(drawing.svg), "width")
    for text, x, _, width, _ in boxes:
        assert 0 <= x <= x + width <= page_width, text
        assert width <= ems(text) * 2 * 14
    for one, other in itertools.combinations(boxes, 2):
        across = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
        down = min(one[2] + one[4], other[2] + other[4]) - max(one[2], other[2])
        assert across <= 0 or down <= 4, (one[0], other[0])  # a line's box is higher than its letters
    for circle in circles(drawing).values():
        cx, cy, radius = (number(circle, part) for part in ("cx", "cy", "r"))
        for text, x, y, width, height in boxes:
            middle = y + height / 2
            if abs(x + width / 2 - cx) < 1 and abs(middle - cy) < 0.8 * radius:
                assert math.hypot(width / 2, abs(middle - cy) + 4) <= radius, text


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_and_lines_stand_out_from_the_ground(scheme: str) -> None:
    page = ElementTree.fromstring(diagram(articles_net(), [1, 2]).svg)
    dark = {(part, light): other for part, light, other in DARK} if scheme == "dark" else {}

    def seen(part: str, tags: str) -> set[str]:
        found = {one.get(part) or "" for tag in tags.split() for one in page.iter(f"{SVG}{tag}")}
        return {dark.get((part, colour), colour) for colour in found}

    grounds = {"#111111" if scheme == "dark" else "#FFFFFF", *seen("fill", "rect circle")}
    assert len(grounds) == (3 if scheme == "dark" else 2)
    for text in seen("fill", "text"):
        assert all(contrast(text, ground) >= 4.5 for ground in grounds)
    # Lines keep their colours, in the dark too.
    for stroke in seen("stroke", "line circle") | {look.colour for look in LOOKS.values()}:
        assert contrast(stroke, "#111111" if scheme == "dark" else "#FFFFFF") >= 3.0


def test_nothing_is_written_smaller_than_13_px_and_nothing_covers_the_ground() -> None:
    drawing = diagram(articles_net(), [1, 2])
    assert min(number(text, "font-size") for text in elements(drawing, "text")) >= 13
    width = number(ElementTree.fromstring(drawing.svg), "width")
    assert max(number(ground, "width") for ground in elements(drawing, "rect")) < width / 3


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_picture_follows_the_theme(scheme: Any, chromium: Browser, tmp_path: Path) -> None:
    diagram(articles_net()).save(tmp_path / "net.svg")
    with opened(chromium, (tmp_path / "net.svg").as_uri(), color_scheme=scheme) as page:
        heading = page.evaluate("getComputedStyle(document.querySelector('text')).fill")
        circle = page.evaluate("getComputedStyle(document.querySelector('circle')).fill")
    seen = ("rgb(237, 237, 237)", "rgb(38, 41, 44)") if scheme == "dark" else ("rgb(26, 26, 26)", "rgb(242, 242, 242)")
    assert (heading, circle) == seen


def test_the_picture_stands_on_its_own() -> None:
    """Several on one page do not disturb others: no ids, a style sheet for diagrams only, nothing from elsewhere."""
    svg = diagram(articles_net(), [1, 2]).svg
    for part in (" id=", "<script", "href", "url("):
        assert part not in svg
    assert svg.count("class=") == svg.count('<svg class="stepgrad-diagram"') == 1
    rules = svg.partition("<style>")[2].partition("</style>")[0].split("{")
    assert all("svg.stepgrad-diagram " in rule for rule in rules if "fill=" in rule or "text" in rule)
    assert svg.count("http") == 1
    page = ElementTree.fromstring(svg)
    assert (page.get("role"), page.get("aria-label")) == ("img", "a network of 2 inputs, 2 hidden, 1 output")


# Nothing changes -----------------------------------------------------------------------------------------------------


def test_grads_names_and_roles_stay_as_they_were() -> None:
    net = ones()
    mean_squared_error(net([-2, -1]), 1).backward()
    x = Value(3.0)
    before = [(p.data, p.grad, p.name, p.role, p.group) for p in net.parameters()]
    assert any(grad for _, grad, *_ in before)
    diagram(net, [x, 4])
    assert [(p.data, p.grad, p.name, p.role, p.group) for p in net.parameters()] == before
    assert (x.grad, x.name, x.role, x.inputs) == (0.0, "", None, ())


def test_nothing_is_recorded() -> None:
    seen: list[Value] = []

    def watched(s: Value) -> Value:
        seen.append(s * 2)
        return seen[-1]

    diagram(MLP(2, [2, 1], activation=watched), [1, 2])
    assert len(seen) == 3
    assert all(value.inputs == () for value in seen)


def test_the_same_network_gives_the_same_bytes() -> None:
    program = (
        "from nn import MLP, diagram; import sys;"
        "sys.stdout.buffer.write(diagram(MLP(2, [3, 1], seed=1), [1, 2]).svg.encode())"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", program], capture_output=True, check=True, env={"PYTHONHASHSEED": seed}
        ).stdout.replace(b"\r\n", b"\n")
        for seed in "123"
    }
    assert runs == {diagram(MLP(2, [3, 1], seed=1), [1, 2]).svg.encode()}


def test_a_picture_of_the_moment() -> None:
    net = articles_net()
    drawing = diagram(net)
    before = drawing.svg
    net.set_parameters({"w1": -9})
    assert drawing.svg == before
    assert "w1 = −9" in texts(diagram(net))


def test_importing_nn_does_not_wait_for_pictures() -> None:
    program = "import sys, nn; print('nn.diagrams' in sys.modules, 'nn.plots' in sys.modules)"
    root = Path(__file__).parents[2]
    run = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True, cwd=root)
    assert run.stdout.split() == ["False", "False"]
    assert {"diagram", "plot_loss", "plot_boundary"} <= set(dir(nn))
    with pytest.raises(AttributeError, match="has no attribute 'diagramm'"):
        nn.diagramm  # noqa: B018


# Writing and showing -------------------------------------------------------------------------------------------------


def test_save(tmp_path: Path) -> None:
    drawing = diagram(articles_net())
    drawing.save(tmp_path / "net.svg")
    drawing.save(str(tmp_path / "again.SVG"))
    assert (tmp_path / "net.svg").read_text(encoding="utf-8") == drawing.svg
    assert (tmp_path / "again.SVG").read_bytes() == (tmp_path / "net.svg").read_bytes()


@pytest.mark.parametrize(("name", "said"), [("net.png", "'.png'"), ("net", "'a file without an ending'")])
def test_save_as_something_else_says_what_to_do(name: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=rf"written as \.svg, not as {said}: save it as 'net.svg'") as caught:
        diagram(articles_net()).save(tmp_path / name)
    assert "\n" not in str(caught.value)
    assert not list(tmp_path.iterdir())


def test_nothing_is_half_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "net.svg"
    path.write_text("before")

    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="disk full"):
        diagram(articles_net()).save(path)
    assert path.read_text() == "before"
    assert [one.name for one in tmp_path.iterdir()] == ["net.svg"]
    monkeypatch.undo()
    with pytest.raises(FileNotFoundError, match=r"nowhere.net\.svg"):
        diagram(articles_net()).save(tmp_path / "nowhere" / "net.svg")


def test_a_notebook_shows_the_picture_and_has_a_text_twin() -> None:
    drawing = diagram(articles_net())
    assert drawing._repr_svg_() == drawing.svg
    assert drawing._repr_mimebundle_() == {"image/svg+xml": drawing.svg, "text/plain": repr(drawing)}
    assert repr(drawing) == (
        "<Diagram of a network of 2 inputs, 2 hidden, 1 output; .save('net.svg') writes it to a file>"
    )


@pytest.mark.parametrize("net", [articles_net(), Layer(2, 3, seed=1), Neuron(2, seed=1)])
def test_a_notebook_shows_networks_as_their_diagrams(net: Any) -> None:
    assert net._repr_mimebundle_() == {"image/svg+xml": diagram(net).svg, "text/plain": repr(net)}


def test_a_network_of_another_kind_shows_its_text() -> None:
    class Pair(nn.neuron.Numbered):
        @property
        def neurons(self) -> list[Neuron]:
            return []

    net = Pair()
    assert net._repr_mimebundle_() == {"text/plain": repr(net)}


# What is wrong is said -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("net", [None, "MLP", 3, Value(1.0), Module(), [MLP(2, [1])], MLP])
def test_only_networks_are_drawn(net: Any) -> None:
    with pytest.raises(UsageError, match="diagram draws an MLP, a Layer or a Neuron, not ") as caught:
        diagram(net)
    assert len(str(caught.value)) < 120


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        ([1], "this network reads 2 input.s., but was given 1"),
        ([1, 2, 3], "but was given 3"),
        (1, "network reads is 1; expected a list of 2 number.s."),
        ("ab", "network reads is 'ab'; expected a list of 2 number.s."),
        (Value(1.0), "network reads is Value.1.0.; expected a list of 2 number"),
    ],
)
def test_inputs_that_do_not_fit(inputs: Any, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        diagram(articles_net(), inputs)


def test_a_network_that_has_no_answer_says_so_and_can_be_drawn_without() -> None:
    net = Neuron(weights=[1, 1], bias=0, activation=lambda s: s.log())
    with pytest.raises(DomainError, match="log"):
        diagram(net, [0, 0])
    assert "o1" in texts(diagram(net))
