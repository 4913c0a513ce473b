"""Axes of our own: what is drawn where, how numbers are written beside it, and nothing outside the picture."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from autograd import UsageError
from nn.axes import SvgAxes, _Scale, _thinned
from nn.regions import above

SVG = "{http://www.w3.org/2000/svg}"


def drawn(ax: SvgAxes) -> ElementTree.Element:
    return ElementTree.fromstring(ax._repr_svg_())


def area(polygon: list[tuple[float, float]]) -> float:
    """By the shoelace formula."""
    around = zip(polygon, [*polygon[1:], polygon[0]], strict=True)
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in around)) / 2


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ([1.0, 1.0, 1.0, 1.0], 1.0),
        ([-1.0, -1.0, -1.0, -1.0], 0.0),
        ([-1.0, 1.0, 1.0, -1.0], 0.5),  # the line x = 1/2
        ([-1.0, 3.0, 3.0, -1.0], 0.75),  # x = 1/4
        ([-1.0, 0.0, 1.0, 0.0], 0.5),  # the diagonal
        ([1.0, -1.0, -3.0, -1.0], 0.125),  # a corner
    ],
)
def test_the_part_of_a_square_that_is_above_0(values: list[float], wanted: float) -> None:
    corners = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)]
    polygon = above([(*corner, value) for corner, value in zip(corners, values, strict=True)])
    assert (area(polygon) if len(polygon) > 2 else 0.0) == pytest.approx(wanted, rel=1e-12)


def test_a_region_is_all_that_is_above_0_in_few_pieces() -> None:
    ax = SvgAxes("a plot")
    xs = ys = [number / 10 for number in range(11)]
    ax.contourf(xs, ys, [[x + y - 0.55 for x in xs] for y in ys], colors=["#fff"])
    ((polygons, _),) = ax.regions
    assert sum(map(area, polygons)) == pytest.approx(1 - 0.55**2 / 2, rel=1e-12)
    assert len(polygons) < 30
    ax.contour(xs, ys, [[x + y - 0.55 for x in xs] for y in ys])
    assert all(x + y == pytest.approx(0.55) for edge in ax.edges for x, y in edge)
    assert sum(math.dist(*edge) for edge in ax.edges) == pytest.approx(0.55 * 2**0.5)


@pytest.mark.parametrize(
    ("numbers", "is_logarithmic", "texts"),
    [
        ([0.0, 10.0], False, ["0", "2", "4", "6", "8", "10"]),
        ([0.0, 0.5], False, ["0", "0.1", "0.2", "0.3", "0.4", "0.5"]),
        ([-1.0, 1.0], False, ["−1", "−0.5", "0", "0.5", "1"]),
        ([0.01, 100.0], True, ["0.01", "0.1", "1", "10", "100"]),
        ([2.0, 3.0], True, ["2", "2.2", "2.4", "2.6", "2.8", "3"]),
        ([5.0], False, ["4.6", "4.8", "5", "5.2", "5.4"]),
        ([1e17], False, ["9.6e16", "9.8e16", "1e17", "1.02e17", "1.04e17"]),
        ([], False, ["0", "0.2", "0.4", "0.6", "0.8", "1"]),
    ],
)
def test_the_numbers_beside_a_scale_are_round(numbers: list[float], is_logarithmic: bool, texts: list[str]) -> None:
    scale = _Scale(numbers, 0.0, 100.0, is_logarithmic, False)
    assert [text for _, text in scale.ticks()] == texts
    assert all(-1e-9 <= scale(number) <= 100 + 1e-9 for number, _ in scale.ticks())


def test_a_line_has_gaps_where_there_is_no_number() -> None:
    ax = SvgAxes("a plot")
    ax.plot(range(5), [1.0, 2.0, math.nan, 3.0, 4.0], color="#123456")
    (path,) = [one for one in drawn(ax).iter(f"{SVG}path") if one.get("stroke") == "#123456"]
    assert len(re.findall("M", path.get("d") or "")) == 2


def test_a_long_line_is_short_and_keeps_its_peaks() -> None:
    points = [(float(x), 1.0) for x in range(100_000)]
    points[54_321] = (54_321.0, 9.0)
    kept = _thinned(points)
    assert len(kept) <= 1000
    assert (54_321.0, 9.0) in kept
    assert kept == sorted(kept)


def test_points_that_no_line_joins_are_all_there() -> None:
    axes = SvgAxes("points")
    axes.scatter(range(1500), [place * 37 % 101 for place in range(1500)], marker="o")
    assert axes._repr_svg_().count("<circle") == 1500


def test_everything_is_in_the_picture_and_large_enough_to_read() -> None:
    ax = SvgAxes("a plot")
    for number in range(9):
        ax.plot([0, 1e6], [1e-9, 1e-3 * number], label=f"a run with a long name {number}", linestyle="--")
    ax.set_xlabel("epoch")
    ax.set_ylabel("<loss>")
    ax.legend()
    page = drawn(ax)
    width, height = float(page.get("width") or 0), float(page.get("height") or 0)
    texts = [*page.iter(f"{SVG}text")]
    assert {"epoch", "<loss>", "a run with a long name 8"} <= {text.text for text in texts}
    assert all(0 <= float(text.get("x") or -1) < width and 0 < float(text.get("y") or -1) < height for text in texts)
    assert float(page.get("font-size") or 0) >= 13


def test_numbers_are_squares_as_blue_or_red_as_they_are_large() -> None:
    ax = SvgAxes("four numbers", width=100, height=60)
    ax.imshow([[0, 2], [-4, 1]], vmin=-2, vmax=2)
    ax.axis("off")
    squares = [path for path in drawn(ax).iter(f"{SVG}path") if path.get("stroke-width") == "0.7"]
    # 0, as large as it gets, beyond the lowest, and half of the largest: half way from white.
    assert [square.get("fill") for square in squares] == ["#ffffff", "#2166ac", "#b2182b", "#90b2d6"]
    corners = [re.findall(r"[\d.]+", square.get("d") or "")[:3] for square in squares]
    # 42 pixels high are left, so a square is 21 wide, and they stand in the middle of 92.
    assert corners == [
        ["29.0", "14.0", "21.0"],
        ["50.0", "14.0", "21.0"],
        ["29.0", "35.0", "21.0"],
        ["50.0", "35.0", "21.0"],
    ]
    assert [*drawn(ax).iter(f"{SVG}text")] == []  # no frame, and no numbers beside it


def test_a_title_and_the_numbers_have_room_in_small_axes() -> None:
    ax = SvgAxes("a line", width=270, height=250)
    ax.plot([0.0, 1.0], [-0.25, 1.25], linewidth=3)
    ax.set_title("h1")
    page = drawn(ax)
    frame = next(path for path in page.iter(f"{SVG}path") if (path.get("d") or "").endswith("Z"))
    left, top, right, bottom = map(float, re.findall(r"[\d.]+", frame.get("d") or "")[:4])
    places = {text.text: (float(text.get("x") or 0), float(text.get("y") or 0)) for text in page.iter(f"{SVG}text")}
    assert places["h1"] == ((left + right) / 2, top - 8)
    assert top - 8 >= 13
    assert left >= 40
    assert bottom <= 250 - 30
    assert 'stroke-width="3"' in ax._repr_svg_()


def test_a_file_is_svg(tmp_path: Path) -> None:
    ax = SvgAxes("a plot")
    ax.scatter([1.0], [2.0], marker="*", color="#000")
    ax.figure.savefig(tmp_path / "plot.svg")
    assert ElementTree.parse(tmp_path / "plot.svg").getroot().tag == f"{SVG}svg"
    wrong: Any = tmp_path / "plot.png"
    with pytest.raises(UsageError, match=r"without matplotlib a plot is written as \.svg"):
        ax.savefig(wrong)


def test_it_says_what_it_shows_and_lines_can_be_named_afterwards() -> None:
    ax = SvgAxes("two lines & what they are")
    ax.plot([0, 1], [0, 1])
    ax.plot([0, 1], [1, 0], label="second")
    ax.legend(["first"])
    svg = ax._repr_svg_()
    assert 'role="img" aria-label="two lines &amp; what they are"' in svg
    assert [mark.label for mark in ax.marks] == ["first", "second"]
