"""What a reader sees without scripts: the curve of the losses as a picture, and ten epochs as a table."""

from __future__ import annotations

from base64 import b64encode
from html import escape

from autograd.extend import DRAWN

from .run import FilmedRun

_WIDTH, _HEIGHT = 640, 200
_ROWS = 10


def poster_of(film: FilmedRun) -> str:
    """The curve of the losses, as an image, which a notebook that is not trusted shows, too."""
    curve = film.curve
    if not curve:
        return "<p>No epoch was trained.</p>"
    low, high = min(0.0, *(loss for _, loss in curve)), max(loss for _, loss in curve)
    points = [
        (
            10 + (_WIDTH - 20) * epoch / max(film.epochs, 1),
            30 + (_HEIGHT - 60) * (1 - (loss - low) / (high - low or 1.0)),
        )
        for epoch, loss in curve
    ]
    path = "L".join(dict.fromkeys(f"{x:.0f} {y:.0f}" for x, y in points))
    texts = [
        (10, 20, "start", f"loss {DRAWN.figure(high)}"),
        (_WIDTH - 10, _HEIGHT - 8, "end", f"epoch {film.epochs:,}"),
    ]
    words = "".join(
        f'<text x="{x}" y="{y}" text-anchor="{anchor}" font-size="14" font-family="sans-serif">{text}</text>'
        for x, y, anchor, text in texts
    )
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" height="{_HEIGHT}">'
        f'<rect width="100%" height="100%" rx="8" fill="#f6f7f8"/>{words}'
        f'<path d="M{path}" fill="none" stroke="#1b1b1b" stroke-width="2"/></svg>'
    )
    alt = escape(
        f"The loss of {film.title} over {film.epochs:,} epochs, from {_said(curve[0][1])} to {_said(curve[-1][1])}"
    )
    data = b64encode(svg.encode()).decode()
    return f'<img style="max-width:100%" alt="{alt}" src="data:image/svg+xml;base64,{data}">'


def table_of(film: FilmedRun) -> str:
    """Ten epochs from everywhere: the loss, and the first parameters."""
    epochs = sorted({round(film.epochs * row / (_ROWS - 1)) for row in range(_ROWS)})
    names = list(film.parameters(0))[:8]
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in ("epoch", "loss", *names))
    rows = []
    for epoch in epochs:
        numbers = film.parameters(epoch)
        texts = [f"{epoch:,}", _said(film.loss(epoch)), *(DRAWN.figure(numbers[name]) for name in names)]
        rows.append("<tr>" + "".join(f"<td>{text}</td>" for text in texts) + "</tr>")
    look = "text-align:right;border-spacing:0.8em 0"
    return f'<table style="{look}"><thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table>'


def _said(loss: float | None) -> str:
    return "–" if loss is None else DRAWN.figure(loss)
