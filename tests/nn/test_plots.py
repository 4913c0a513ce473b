"""Plots: what the curves, regions and points are, that nothing is left behind, and what is refused."""

from __future__ import annotations

import math
import subprocess
import sys
from pathlib import Path
from random import Random
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.colors import to_hex
from matplotlib.contour import QuadContourSet
from matplotlib.figure import Figure
from playwright.sync_api import Browser

from autograd import UsageError, Value
from nn import (
    MLP,
    SGD,
    History,
    Layer,
    Module,
    Neuron,
    SideBySide,
    fit,
    plot_boundary,
    plot_gradients,
    plot_loss,
    spirals,
    two_moons,
)
from nn.axes import SvgAxes
from nn.classes import predicted_class
from nn.data import XOR
from nn.plots import _CLASSES, _GRID

from ..support.browser import contrast

ROOT = Path(__file__).parents[2]


def new_axes() -> Axes:
    return Figure().subplots()


def points(line: Any) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in zip(*line.get_data(), strict=True)]


# The loss ------------------------------------------------------------------------------------------------------------


def test_a_point_for_every_epoch() -> None:
    ax = plot_loss(History(losses=[0.5, 0.25, 0.125]))
    (line,) = ax.lines
    assert points(line) == [(0.0, 0.5), (1.0, 0.25), (2.0, 0.125)]
    assert (ax.get_xlabel(), ax.get_ylabel(), ax.get_yscale()) == ("epoch", "loss", "linear")
    assert all(tick == int(tick) for tick in ax.get_xticks())
    assert ax.get_legend() is None


def test_evaluations_are_points_of_their_own() -> None:
    ax = plot_loss(History(losses=[0.5, 0.25, 0.125], evaluations={2: 0.1, 0: 0.4}))
    curve, evaluated = ax.lines
    assert points(evaluated) == [(0.0, 0.4), (2.0, 0.1)]
    assert evaluated.get_linestyle() == "None"
    assert evaluated.get_marker() not in ("", "None", curve.get_marker())
    legend = ax.get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == ["seen in training", "evaluated after the epoch"]


def test_the_loss_over_the_validation_samples_is_a_dashed_line() -> None:
    history = History(losses=[0.5, 0.25, 0.125], evaluations={2: 0.1})
    history.validation_losses = [0.6, 0.4, 0.001]
    ax = plot_loss(history)
    curve, validation, _ = ax.lines
    assert points(validation) == [(0.0, 0.6), (1.0, 0.4), (2.0, 0.001)]
    assert (validation.get_linestyle(), validation.get_color()) == ("--", curve.get_color())
    assert ax.get_yscale() == "log"  # 0.6 is more than 100 times 0.001
    legend = ax.get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == [
        "seen in training",
        "validation",
        "evaluated after the epoch",
    ]
    own = plot_loss(history, ax=SvgAxes("losses"))
    assert "validation" in own._repr_svg_()  # type: ignore[attr-defined]


def test_a_run_of_fit() -> None:
    net = MLP(2, [2, 1], seed=1)
    history = fit(net, *XOR, epochs=30, evaluate_every=10)
    curve, evaluated = plot_loss(history).lines
    assert [y for _, y in points(curve)] == history.losses
    assert [x for x, _ in points(evaluated)] == [0.0, 10.0, 20.0]


@pytest.mark.parametrize(
    ("losses", "scale"),
    [
        ([1.0, 0.009], "log"),
        ([1.0, 0.02], "linear"),
        ([1.0, 0.0], "linear"),
        ([1.0, -1e-9], "linear"),
        ([math.nan, 1.0, 1e-5], "log"),
        ([math.inf, 1.0, 0.5], "linear"),
        ([1e-99, 1e99], "log"),
    ],
)
def test_the_scale_is_logarithmic_where_positive_losses_differ_much(losses: list[float], scale: str) -> None:
    assert plot_loss(History(losses=losses)).get_yscale() == scale


@pytest.mark.parametrize(
    "losses",
    [[3.0], [math.nan] * 3, [math.inf, -math.inf], [1e308, -1e308], [5e-324, 1e308], [0.0, 0.0], [1, 2], [1e99, -1e99]],
)
def test_any_losses_can_be_shown(losses: list[float]) -> None:
    svg = History(losses=losses)._repr_mimebundle_()["image/svg+xml"]
    assert ElementTree.fromstring(svg).tag.endswith("svg")


def test_one_epoch_is_a_point_that_can_be_seen() -> None:
    (line,) = plot_loss(History(losses=[3.0])).lines
    assert line.get_marker() == "o"


def test_long_histories_are_small_pictures() -> None:
    random = Random(1)
    svg = History(losses=[random.random() for _ in range(200_000)])._repr_mimebundle_()["image/svg+xml"]
    assert len(svg) < 1_000_000


def test_several_histories_share_axes() -> None:
    ax = new_axes()
    assert plot_loss(History(losses=[0.5, 0.25]), ax=ax) is ax
    assert plot_loss(History(losses=[0.6, 0.35]), ax=ax) is ax
    first, second = ax.lines
    assert first.get_color() != second.get_color()


# The boundary --------------------------------------------------------------------------------------------------------


def regions(ax: Axes) -> list[QuadContourSet]:
    return [part for part in ax.collections if isinstance(part, QuadContourSet) and part.filled]


def boundaries(ax: Axes) -> list[QuadContourSet]:
    return [part for part in ax.collections if isinstance(part, QuadContourSet) and not part.filled]


def samples(ax: Axes) -> list[PathCollection]:
    return [part for part in ax.collections if isinstance(part, PathCollection)]


def colour_at(ax: Axes, x: float, y: float) -> str:
    """The colour that the reader sees at a point: that of the last region painted there."""
    seen = [
        to_hex(np.asarray(region.get_facecolor())[0])
        for region in regions(ax)
        if any(path.contains_point((x, y)) for path in region.get_paths())
    ]
    return seen[-1].upper()


# o1 = sigmoid(10 · x1 - 10 · x2): class 1 where x1 > x2.
DIAGONAL = Neuron(weights=[10, -10], bias=0)
SQUARE = [[0.0, 1.0], [1.0, 0.0], [0.2, 0.9], [0.9, 0.1]]


def test_the_boundary_of_one_neuron_is_the_line_that_is_known() -> None:
    ax = plot_boundary(DIAGONAL, SQUARE, [0, 1, 0, 1])
    (line,) = [path for part in boundaries(ax)[:1] for path in part.get_paths()]
    across, up = np.asarray(line.vertices).T
    assert across == pytest.approx(up, abs=1e-9)
    assert across.min() == pytest.approx(-0.1)
    assert across.max() == pytest.approx(1.1)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("x1", "x2")


def test_regions_have_the_colour_of_their_class() -> None:
    ax = plot_boundary(DIAGONAL, SQUARE, [0, 1, 0, 1])
    assert colour_at(ax, 0.1, 0.8) == _CLASSES[0][1]
    assert colour_at(ax, 0.8, 0.1) == _CLASSES[1][1]


def test_with_several_outputs_the_region_is_that_of_the_largest() -> None:
    inputs, targets = spirals(60, seed=1)
    net = MLP(2, [8, 3], activation="tanh", output_activation="linear", seed=3)
    ax = plot_boundary(net, inputs, targets)
    random = Random(1)
    for _ in range(200):
        x, y = random.uniform(-0.9, 0.9), random.uniform(-0.9, 0.9)
        scores = sorted(net.predict([x, y]))
        if scores[-1] - scores[-2] > 0.1:  # nearer to a boundary the grid decides
            assert colour_at(ax, x, y) == _CLASSES[predicted_class(net, [x, y])][1]


def test_points_by_class_differ_in_marker_as_well_as_in_colour() -> None:
    ax = plot_boundary(DIAGONAL, SQUARE, [0, 1, 0, 1])
    zero, one = samples(ax)
    assert np.asarray(zero.get_offsets()).tolist() == [[0.0, 1.0], [0.2, 0.9]]
    assert np.asarray(one.get_offsets()).tolist() == [[1.0, 0.0], [0.9, 0.1]]
    shapes = {len(np.asarray(part.get_paths()[0].vertices)) for part in (zero, one)}
    assert len(shapes) == 2
    assert to_hex(np.asarray(zero.get_facecolor())[0]) != to_hex(np.asarray(one.get_facecolor())[0])
    legend = ax.get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == ["class 0", "class 1"]


def test_every_class_has_a_marker_and_a_ground_that_its_outline_stands_out_from() -> None:
    assert len({marker for _, _, marker in _CLASSES}) == len({colour for colour, _, _ in _CLASSES}) == len(_CLASSES)
    # Points have a black outline, regions a black line around them.
    assert all(contrast("#000000", ground) >= 4.5 for _, ground, _ in _CLASSES)


def test_targets_of_several_kinds() -> None:
    layer = Layer(2, 3, seed=1)
    as_numbers = plot_boundary(layer, SQUARE, [0, 2, 1, 0])
    as_lists = plot_boundary(layer, SQUARE, [[1, 0, 0], [0, 0, 1], [0, 1, 0], [1, 0, 0]])
    as_array = plot_boundary(layer, np.array(SQUARE), np.array([0, 2, 1, 0]))
    for ax in (as_lists, as_array):
        assert [part.get_label() for part in samples(ax)] == [part.get_label() for part in samples(as_numbers)]


def drawn(ax: Any) -> list[tuple[str, list[list[float]]]]:
    return [(str(part.get_label()), np.asarray(part.get_offsets()).tolist()) for part in samples(ax)]


def test_column_targets_are_drawn_as_the_classes_they_are() -> None:
    ax = plot_boundary(DIAGONAL, SQUARE, [[0], [1], [0], [1]])
    assert drawn(ax) == [("class 0", [[0.0, 1.0], [0.2, 0.9]]), ("class 1", [[1.0, 0.0], [0.9, 0.1]])]
    assert drawn(plot_boundary(Layer(2, 3, seed=1), SQUARE, np.array([[0], [2], [0], [2]]))) == [
        ("class 0", [[0.0, 1.0], [0.2, 0.9]]),
        ("class 2", [[1.0, 0.0], [0.9, 0.1]]),
    ]


def test_minus_one_and_one_are_classes_of_a_score_with_its_boundary_at_0() -> None:
    net = Neuron(weights=[1, 0], bias=-0.25, activation="linear")
    ax = plot_boundary(net, SQUARE, [-1, 1, -1, 1])
    assert drawn(ax) == [("class -1", [[0.0, 1.0], [0.2, 0.9]]), ("class 1", [[1.0, 0.0], [0.9, 0.1]])]
    (line,) = [path for part in boundaries(ax)[:1] for path in part.get_paths()]
    assert np.asarray(line.vertices)[:, 0] == pytest.approx(0.25, abs=1e-9)


def test_a_network_that_is_no_module() -> None:
    def net(inputs: Any) -> Value:
        return Value(float(inputs[0] > inputs[1]))

    ax: Any = plot_boundary(net, SQUARE, [0, 1, 0, 1])  # type: ignore[arg-type]  # not promised
    assert colour_at(ax, 0.1, 0.8) == _CLASSES[0][1]


def test_a_network_that_sees_one_class_only() -> None:
    ax = plot_boundary(Neuron(weights=[0, 0], bias=5), SQUARE, [0, 1, 0, 1])
    assert colour_at(ax, 0.5, 0.5) == _CLASSES[1][1]
    assert not boundaries(ax)
    # ½ everywhere is class 0, as for `accuracy`.
    ax = plot_boundary(Neuron(weights=[0, 0], bias=0), SQUARE, [0, 1, 0, 1])
    assert colour_at(ax, 0.5, 0.5) == _CLASSES[0][1]


def test_more_classes_than_colours_and_points_in_one_place() -> None:
    ax = plot_boundary(Layer(2, 12, seed=1), [[1.0, 1.0]] * 12, list(range(12)))
    assert len(samples(ax)) == 12
    assert ax.get_xlim() == (0.0, 2.0)


def test_the_network_is_asked_about_every_point_of_the_grid_once(monkeypatch: pytest.MonkeyPatch) -> None:
    inputs, targets = two_moons(100, seed=1)
    asked: list[object] = []
    predict = MLP.predict

    def counted(self: MLP, row: Any) -> Any:
        asked.append(row)
        return predict(self, row)

    monkeypatch.setattr(MLP, "predict", counted)
    plot_boundary(MLP(2, [4, 1], seed=1), inputs, targets)
    assert len(asked) == 1 + _GRID * _GRID  # and first about a sample: how many outputs are there?


def test_the_network_stays_as_it_was() -> None:
    net = MLP(2, [2, 1], seed=1)
    ((net([1, 2]) - 1) ** 2).backward()
    before = [(p.data, p.grad) for p in net.parameters()]
    plot_boundary(net, *XOR)
    assert [(p.data, p.grad) for p in net.parameters()] == before


@pytest.mark.parametrize(
    ("net", "words"),
    [
        (MLP(3, [1]), "networks of two inputs, which are the two axes; this one reads 3"),
        (Neuron(1), "this one reads 1"),
        ("net", "plot_boundary shows a network such as MLP.2, .4, 1.., not 'net'"),
        (None, "not None"),
    ],
)
def test_networks_that_have_no_boundary_in_a_plane(net: Any, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        plot_boundary(net, SQUARE, [0, 1, 0, 1])


@pytest.mark.parametrize(
    ("inputs", "targets", "words"),
    [
        ([], [], "inputs is empty"),
        (SQUARE, [0, 1], "inputs has 4 rows, but targets has 2"),
        ([[1, 2, 3]], [0], r"row 0 of inputs has 3 number.s., but the network reads 2"),
        ([[1, "a"]], [0], "row 0 of inputs, column 1"),
        ([[1, math.nan]], [0], "row 0 of inputs, column 1 is nan"),
        (SQUARE, [0, 1, 0, 0.5], "row 3 of targets is class 0.5; .* whole numbers from 0 to 1"),
        (SQUARE, [0, 1, 2, 0], "row 2 of targets is class 2; "),
        (SQUARE, [0, 1, -1, 0], "row 2 of targets is class -1; "),
        ([1, 2], [0, 1], "row 0 of inputs is 1; expected a list of numbers"),
    ],
)
def test_samples_that_do_not_fit(inputs: Any, targets: Any, words: str) -> None:
    with pytest.raises(UsageError, match=words) as caught:
        plot_boundary(DIAGONAL, inputs, targets)
    assert "\n" not in str(caught.value)


def test_a_network_that_has_diverged() -> None:
    with pytest.raises(UsageError, match=r"gives nan at .*: has its training diverged\?"):
        plot_boundary(Neuron(weights=[math.nan, 1], bias=0), SQUARE, [0, 1, 0, 1])


# Themes --------------------------------------------------------------------------------------------------------------


def test_what_a_notebook_shows_has_a_transparent_ground_and_follows_the_theme() -> None:
    history = History(losses=[0.5, 0.25, 0.125], evaluations={2: 0.1})
    history.gradient_norms = {"hidden": [0.1, 0.2, 0.3], "output": [1.0, 2.0, 3.0]}
    for ax in (plot_loss(history), plot_gradients(history), plot_boundary(DIAGONAL, SQUARE, [0, 1, 0, 1])):
        shown: Any = ax
        with rc_context({"svg.fonttype": "none"}):
            svg = shown._repr_svg_()
        page = ElementTree.fromstring(svg)
        by_id = {part.get("id"): part for part in page.iter()}
        grounds = [by_id["patch_1"], by_id["patch_2"]]  # of the figure and of the axes
        assert all("fill: none" in str(path.get("style")) for part in grounds for path in part)
        # Every text has the colour that the style sheet knows.
        texts = [part for name, part in by_id.items() if name and name.startswith("text_")]
        fills = {one.get("fill") for part in texts for one in part if one.tag.endswith("}g")}
        assert fills == {"#1b1b1b"}
        assert '@media(prefers-color-scheme:dark){svg.stepgrad-plot [fill="#1b1b1b" i]{fill:#ededed}' in svg


def test_pictures_of_both_kinds_on_one_page_keep_the_outlines_of_their_texts(chromium: Browser) -> None:
    history = History(losses=[0.5, 0.25, 0.125])
    shown: Any = plot_loss(history)
    ours: Any = plot_loss(history, SvgAxes("the same, by axes of our own"))
    page = chromium.new_page()
    page.set_content(shown._repr_svg_() + ours._repr_svg_())
    [width] = page.evaluate(
        "[...new Set([...document.querySelectorAll('svg text')].map((one) => getComputedStyle(one).strokeWidth))]"
    )
    page.close()
    assert width == "4px"


def test_gradients_of_many_layers_differ_in_colour_or_dashes_and_are_seen_on_any_ground() -> None:
    history = History(losses=[1.0, 1.0])
    history.gradient_norms = {f"hidden {number}": [0.5, 0.25] for number in range(1, 13)}
    ax = plot_gradients(history)
    looks = {(to_hex(line.get_color()), line.get_linestyle()) for line in ax.lines}
    assert len(looks) == 12
    assert all(contrast(colour, ground) >= 3.0 for colour, _ in looks for ground in ("#ffffff", "#111111"))
    legend = ax.get_legend()
    assert legend is not None
    assert legend.get_texts()[0].get_text() == "hidden 12"  # the last layer on top
    # The legend covers no curve.
    ax.figure.canvas.draw()
    assert legend.get_window_extent().x0 > ax.get_window_extent().x1


def test_axes_of_somebody_elses_keep_their_style() -> None:
    with rc_context({"text.color": "green", "axes.labelcolor": "green", "legend.facecolor": "yellow"}):
        ax = plot_loss(History(losses=[0.5, 0.25], evaluations={1: 0.2}), ax=new_axes())
    legend = ax.get_legend()
    assert legend is not None
    assert {to_hex(text.get_color()) for text in [ax.xaxis.label, *legend.get_texts()]} == {to_hex("green")}
    assert to_hex(legend.get_frame().get_facecolor()) == to_hex("yellow")


# Manners -------------------------------------------------------------------------------------------------------------


def test_axes_in_and_the_same_axes_out() -> None:
    figure = Figure()
    left, right = figure.subplots(1, 2)
    assert plot_loss(History(losses=[0.5, 0.25]), ax=left) is left
    assert plot_boundary(DIAGONAL, SQUARE, [0, 1, 0, 1], ax=right) is right
    assert figure.axes == [left, right]


def test_without_axes_a_figure_of_its_own(tmp_path: Path) -> None:
    for ax in (plot_loss(History(losses=[0.5, 0.25])), plot_boundary(DIAGONAL, SQUARE, [0, 1, 0, 1])):
        figure = ax.figure
        assert isinstance(figure, Figure)
        assert figure.axes == [ax]
        figure.savefig(tmp_path / "plot.png")
        assert (tmp_path / "plot.png").read_bytes().startswith(b"\x89PNG")


def test_a_notebook_shows_a_plot_of_its_own() -> None:
    """Pyplot does not know the figure, so the axes that a cell ends in show themselves."""
    for ax in (plot_loss(History(losses=[0.5, 0.25])), plot_boundary(DIAGONAL, SQUARE, [0, 1, 0, 1])):
        shown: Any = ax
        svg = shown._repr_svg_()
        assert ElementTree.fromstring(svg).tag.endswith("svg")
    assert not hasattr(plot_loss(History(losses=[0.5]), ax=new_axes()), "_repr_svg_")


def test_nothing_is_left_behind() -> None:
    program = (
        "import sys, nn; history = nn.History(losses=[0.5, 0.25]); before = 'matplotlib' in sys.modules;"
        "nn.plot_loss(history); nn.plot_boundary(nn.Neuron(2), [[0, 1], [1, 0]], [0, 1]);"
        "import matplotlib; salt = matplotlib.rcParams['svg.hashsalt']; history._repr_mimebundle_();"
        "print(before, 'matplotlib.pyplot' in sys.modules, matplotlib.rcParams['svg.hashsalt'] == salt)"
    )
    run = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True, cwd=ROOT)
    assert run.stdout.split() == ["False", "False", "True"]


def test_a_history_shows_its_curve_and_has_a_text_twin() -> None:
    history = History(losses=[0.5, 0.25])
    bundle = history._repr_mimebundle_()
    assert bundle["text/plain"] == repr(history) == "<History: 2 epochs, loss 0.5 to 0.25>"
    page = ElementTree.fromstring(bundle["image/svg+xml"])
    assert page.tag == "{http://www.w3.org/2000/svg}svg"
    assert bundle == history._repr_mimebundle_()
    assert History()._repr_mimebundle_() == {"text/plain": "<History: 0 epochs>"}


def test_without_matplotlib_there_are_axes_of_our_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    history = History(losses=[0.5, 0.25])
    history.gradient_norms = {"hidden": [0.1, 0.2], "output": [1.0, 2.0]}
    made: list[Any] = [plot_loss(history), plot_gradients(history), plot_boundary(DIAGONAL, SQUARE, [0, 1, 0, 1])]
    for ax in made:
        assert isinstance(ax, SvgAxes)
        page = ElementTree.fromstring(ax._repr_svg_())
        assert page.get("role") == "img"
    ax = plot_loss(history)
    assert plot_loss(History(losses=[0.4, 0.2]), ax=ax) is ax
    assert "image/svg+xml" in history._repr_mimebundle_()


def test_small_planes_stand_side_by_side() -> None:
    planes = [SvgAxes(f"plane {number}", width=200, height=180) for number in range(3)]
    for ax in planes:
        shown: Any = plot_boundary(DIAGONAL, SQUARE, [0, 1, 0, 1], ax)
        assert shown is ax
    row = ElementTree.fromstring(SideBySide(*planes)._repr_html_())
    assert [(svg.get("aria-label"), svg.get("width")) for svg in row] == [
        (f"plane {place}", "200") for place in range(3)
    ]
    assert "flex-wrap: wrap" in (row.get("style") or "")


def test_what_is_wrong_is_said() -> None:
    with pytest.raises(UsageError, match=r"plot_loss shows the History that fit\(\) returns, not \[0.5\]"):
        plot_loss([0.5])  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="there is no loss to plot: the history has no epochs"):
        plot_loss(History())
    wrong: list[Any] = [Figure(), Figure().subplots(1, 2), "ax"]
    for ax in wrong:
        with pytest.raises(UsageError, match="expected one matplotlib Axes") as caught:
            plot_loss(History(losses=[0.5]), ax=ax)
        assert len(str(caught.value)) < 160


def test_a_module_of_ones_own() -> None:
    class Difference(Module):
        def __call__(self, inputs: Any) -> Any:
            return DIAGONAL(inputs)

    assert colour_at(plot_boundary(Difference(), SQUARE, [0, 1, 0, 1]), 0.8, 0.1) == _CLASSES[1][1]


def test_training_moves_the_boundary() -> None:
    net = MLP(2, [3, 1], seed=1)
    fit(net, *XOR, optimizer=SGD(net.parameters(), 5.0), epochs=500)
    ax = plot_boundary(net, *XOR)
    for (x, y), target in zip(*XOR, strict=True):
        assert colour_at(ax, x, y) == _CLASSES[int(target)][1]
