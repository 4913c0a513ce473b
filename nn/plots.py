"""What matplotlib draws: the loss over the epochs, and where the network draws the line between classes.

Where matplotlib is not, as in a browser, axes of our own draw the same (`axes.py`). It is loaded when a plot is first
made. Without `ax=` a plot is a figure of its own, which pyplot knows nothing about: no window opens, nothing is left
behind, and a notebook shows it once, on a transparent ground, in the colours of the reader's theme.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from contextlib import suppress
from functools import partial
from io import StringIO
from typing import TYPE_CHECKING, Any

from autograd import UsageError
from autograd.extend import themed

from .axes import SvgAxes
from .classes import Classes
from .module import Module
from .rows import check_samples
from .training.history import History

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# A boundary is found on a grid of this many points each way.
_GRID = 60
# Losses that differ by more than this factor are shown on a logarithmic scale.
_WIDE = 100
# Beyond this, and below its reciprocal, matplotlib's own sums overflow. A loss of such a size has diverged.
_HUGE = 1e100
# For each class the colour of its points, that of its region, and a marker. The colours are Okabe and Ito's, which
# people who see colours differently can tell apart.
_CLASSES = [
    ("#D55E00", "#FBE3D6", "o"),
    ("#0072B2", "#D6E9F5", "s"),
    ("#007A5A", "#D9F0E8", "^"),
    ("#CC79A7", "#F6E6EF", "D"),
    ("#E69F00", "#FCF0D6", "v"),
    ("#56B4E9", "#E6F4FC", "P"),
    ("#F0E442", "#FDFBE0", "X"),
    ("#555555", "#E8E8E8", "*"),
]
# Lines that stand out from a light ground and a dark one, each with dashes of its own.
_LINES, _DASHES = ["#D55E00", "#0072B2", "#00805C", "#B0578D"], ["-", "--", "-.", ":"]
# Of a figure of its own: text and grounds, and what they are in the dark; the frame stands out from either ground.
_TEXT, _GROUND, _FRAME = "#1b1b1b", "#ffffff", "#7a7f85"
_DARK = [("fill", _TEXT, "#ededed"), ("fill", _GROUND, "#1b1b1b")]
# Letters are drawn 640 times as large, and made small.
_HALO = (f'[fill="{_TEXT}"]', 2200, _GROUND, "#1b1b1b")


def plot_loss(history: History, ax: Axes | SvgAxes | None = None) -> Axes:
    """The loss over the epochs; dashed, that over the validation samples; and as points what `evaluate_every` has
    measured. Returns the axes.

    ax: the axes to draw into, matplotlib's or SvgAxes; several histories may share them. Without,
    `.figure.savefig("loss.png")` of what is returned writes the picture to a file. Without matplotlib it is SVG,
    loss.svg.

    The scale is logarithmic where the losses are positive and the largest is more than 100 times the smallest. Raises
    UsageError for a history of no epochs.
    """
    if not isinstance(history, History):
        raise UsageError(f"plot_loss shows the History that fit() returns, not {history!r:.40}")
    if not history.losses:
        raise UsageError("there is no loss to plot: the history has no epochs")
    ax = _axes(
        ax, f"the loss over {len(history.losses)} epochs, from {history.losses[0]:.4g} to {history.losses[-1]:.4g}"
    )
    losses = [_drawable(loss) for loss in history.losses]
    evaluations = {epoch: _drawable(history.evaluations[epoch]) for epoch in sorted(history.evaluations)}
    # A line through one point cannot be seen.
    marker = "o" if len(losses) == 1 else ""
    (line,) = ax.plot(range(len(losses)), losses, marker=marker, label="seen in training")
    look: dict[str, Any] = {"color": line.get_color()}
    validation = [_drawable(loss) for loss in history.validation_losses]
    if validation:
        ax.plot(range(len(validation)), validation, marker=marker, linestyle="--", label="validation", **look)
    if evaluations:
        look |= {"markerfacecolor": _GROUND, "linestyle": ""}
        ax.plot(list(evaluations), list(evaluations.values()), marker="D", label="evaluated after the epoch", **look)
    if validation or evaluations:
        _legend(ax)
    if _are_wide([*losses, *validation, *evaluations.values()]):
        ax.set_yscale("log")
    ax.set_xlabel("epoch")
    ax.set_ylabel("loss")
    _count(ax)
    return ax


def plot_gradients(history: History, ax: Axes | SvgAxes | None = None) -> Axes:
    """The norm of each layer's gradient over the epochs, on a logarithmic scale: one that lies far below the others
    hardly learns. Returns the axes.

    ax: the axes to draw into, matplotlib's or SvgAxes. Raises UsageError where the history has no norms.
    """
    if not isinstance(history, History) or not history.gradient_norms:
        raise UsageError("plot_gradients shows history.gradient_norms: ask for them with fit(…, gradient_norms=True)")
    ax = _axes(ax, f"the norms of the gradients of {', '.join(history.gradient_norms)} over the epochs")
    for number, (layer, norms) in enumerate(history.gradient_norms.items()):
        # A norm of 0 has no place on this scale, and leaves a gap.
        shown = [norm if 1 / _HUGE < norm < _HUGE else math.nan for norm in norms]
        turn, place = divmod(number, len(_LINES))
        # After the last colour they come again, with other dashes.
        style = _DASHES[(place + turn) % len(_DASHES)]
        ax.plot(range(len(shown)), shown, label=layer, color=_LINES[place], linestyle=style)
    ax.set_yscale("log")
    ax.set_xlabel("epoch")
    ax.set_ylabel("norm of the gradient")
    _count(ax)
    # Beside the curves, which may be anywhere; the output above, where its gradient is largest as a rule.
    _legend(ax, loc="center left", bbox_to_anchor=(1.0, 0.5), reverse=True)
    return ax


def _drawable(loss: float) -> float:
    """The loss; or nan, which leaves a gap in the curve, for one that has gone beyond what can be drawn."""
    return loss if abs(loss) < _HUGE else math.nan


def _are_wide(losses: list[float]) -> bool:
    known = [loss for loss in losses if not math.isnan(loss)]
    return bool(known) and min(known) > 1 / _HUGE and max(known) > _WIDE * min(known)


def plot_boundary(
    net: Module, inputs: Iterable[Iterable[float]], targets: Iterable[Any], ax: Axes | SvgAxes | None = None
) -> Axes:
    """Which class the network sees where, and the samples, each with the marker of its class. Returns the axes.

    net: reads two inputs. targets: the classes; how they and the outputs are read is told at `accuracy`.
    ax: the axes to draw into, matplotlib's or SvgAxes.

    Raises UsageError where net, inputs and targets do not go together.
    """
    rows, wanted = _checked(net, inputs, targets)
    classes = Classes(net, rows, wanted)
    xs, ys = (_grid([row[axis] for row in rows]) for axis in (0, 1))
    scores = [[classes.scores([x, y]) for x in xs] for y in ys]
    ax = _axes(ax, f"what the network says where, over x1 and x2, and {len(rows)} samples")
    # Drawn from the last class to the first: where two are equally likely the first is the answer, and lies on top.
    for place in reversed(range(len(classes.labels))):
        _fill(ax, xs, ys, [[_margin(score, place) for score in line] for line in scores], place)
    for place in sorted(set(classes.of_targets)):
        colour, _, marker = _CLASSES[place % len(_CLASSES)]
        across, up = zip(*(row for row, of in zip(rows, classes.of_targets, strict=True) if of == place), strict=True)
        look: dict[str, Any] = {"color": colour, "marker": marker, "edgecolors": "black", "linewidths": 0.7}
        ax.scatter(across, up, zorder=3, label=f"class {classes.labels[place]}", **look)
    ax.set_xlabel("x1")
    ax.set_ylabel("x2")
    _legend(ax)
    return ax


def _checked(net: Module, inputs: Any, targets: Any) -> tuple[list[list[float]], list[Any]]:
    if not callable(net):
        raise UsageError(f"plot_boundary shows a network such as MLP(2, [4, 1]), not {net!r:.40}")
    n_inputs = getattr(net, "n_inputs", 2)
    if n_inputs != 2:
        raise UsageError(
            f"plot_boundary shows networks of two inputs, which are the two axes; this one reads {n_inputs}"
        )
    return check_samples(net, inputs, targets)


def _grid(column: list[float]) -> list[float]:
    """Points from a little below the lowest number to a little above the highest."""
    low, high = min(column), max(column)
    room = 0.1 * (high - low) or 1.0
    step = (high - low + 2 * room) / (_GRID - 1)
    return [low - room + step * number for number in range(_GRID)]


def _margin(scores: list[float], place: int) -> float:
    """By how much a class is ahead of every other one: positive where it is the class, 0 on its boundary."""
    return scores[place] - max(score for other, score in enumerate(scores) if other != place)


def _fill(ax: Axes, xs: list[float], ys: list[float], margins: list[list[float]], label: int) -> None:
    """The region of one class, and the line around it."""
    low, high = (best(map(best, margins)) for best in (min, max))
    if high >= 0.0:
        ax.contourf(xs, ys, margins, levels=[0.0, high + 1.0], colors=[_CLASSES[label % len(_CLASSES)][1]])
    if low < 0.0 < high:
        ax.contour(xs, ys, margins, levels=[0.0], colors="black", linewidths=1.0)


class SideBySide:
    """Plots beside one another, as many in a row as there is room for. A notebook shows them.

    plots: axes that show themselves, as all of this module that were made without `ax=`, and SvgAxes of any size.

    >>> planes = [SvgAxes(f"the plane of {name}", width=250, height=230) for name in ("h1", "h2")]
    >>> SideBySide(*planes)
    SideBySide(2 plots)
    """

    def __init__(self, *plots: Any) -> None:
        self.plots = plots

    def __repr__(self) -> str:
        return f"SideBySide({len(self.plots)} plots)"

    def _repr_html_(self) -> str:
        shown = "".join(plot._repr_svg_() for plot in self.plots)
        return f'<div style="display: flex; flex-wrap: wrap; gap: 8px">{shown}</div>'


# Figures --------------------------------------------------------------------------------------------------------------


def _axes(ax: Any, says: str) -> Axes:
    """The axes that were given, or new ones that a notebook can show; says: what is on them, for who cannot see."""
    if ax is not None and not hasattr(ax, "contourf"):
        raise UsageError(
            f"ax is {ax!r:.40}; expected one matplotlib Axes, such as plt.subplots() returns beside a figure"
        )
    try:
        import matplotlib  # noqa: F401 -- whether it is there is asked of it, not of a part that may be loaded already
        from matplotlib.figure import Figure
    except ImportError:
        ours: Any = SvgAxes(says) if ax is None else ax
        return ours  # type: ignore[no-any-return]  # it has those methods of theirs that are called here
    if ax is None:
        figure = Figure(figsize=(6.4, 4.2), layout="constrained")
        ax = figure.subplots()
        ax.tick_params(which="both", color=_FRAME, labelcolor=_TEXT)
        ax.spines[:].set_color(_FRAME)
        for text in (ax.title, ax.xaxis.label, ax.yaxis.label):
            text.set_color(_TEXT)
        # pyplot does not know this figure, so nothing else would show it.
        ax._repr_svg_ = partial(svg_of, figure, says)
    found: Axes = ax
    return found


def _count(ax: Any) -> None:
    """The numbers across are whole."""
    if not isinstance(ax, SvgAxes):
        from matplotlib.ticker import MaxNLocator

        ax.xaxis.set_major_locator(MaxNLocator(integer=True))


def _legend(ax: Axes, **place: Any) -> None:
    """The legend: in axes of our own in their colours, in others in those of their owner's style."""
    look: dict[str, Any] = {"labelcolor": _TEXT, "facecolor": _GROUND, "edgecolor": _FRAME, "framealpha": 1.0}
    ax.legend(**(look if hasattr(ax, "_repr_svg_") else {}), **place)


def svg_of(figure: Figure, says: str) -> str:
    """A figure as SVG, the same for the same figure, with a text in its place for whoever cannot see it."""
    from matplotlib import rc_context

    text = StringIO()
    with rc_context({"svg.hashsalt": "stepgrad", "svg.fonttype": "path"}):
        figure.savefig(text, format="svg", metadata={"Date": None}, transparent=True)
    svg = text.getvalue()
    # As attributes, colours can be given others by a style sheet.
    svg = re.sub(r'style="fill: (#\w+)(?:; )?', r'fill="\1" style="', svg[svg.index("<svg") :])
    # On a page narrower than the figure it shrinks.
    svg = svg.replace("<svg ", '<svg style="max-width: 100%; height: auto" ', 1)
    return themed(svg, says, _DARK, "stepgrad-plot", _HALO)


def bundle_of_history(history: History) -> dict[str, str]:
    """What a notebook shows for a history: its curve, where there is one; and its repr."""
    bundle = {"text/plain": repr(history)}
    with suppress(UsageError):
        ax = plot_loss(history)
        bundle["image/svg+xml"] = ax._repr_svg_()  # type: ignore[attr-defined]  # _axes gave it to these axes
    return bundle
