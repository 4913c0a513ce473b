"""Docstrings become reStructuredText that says the same."""

from __future__ import annotations

import pytest

from web.docstrings import as_restructured_text


@pytest.mark.parametrize(
    ("lines", "made"),
    [
        (["A `Value` remembers."], ["A ``Value`` remembers."]),
        (["x / (1 + |x|), 2 * x"], ["x / (1 + \\|x\\|), 2 \\* x"]),
        (["Prints as file:line."], ["Prints as file\\:line."]),
        (
            ["Train it.", "", "rows: numbers. net, loss: what is", "    trained.", "", "Raises it."],
            ["Train it.", "", "- **rows**: numbers.", "- **net**, **loss**: what is", "  trained.", "", "Raises it."],
        ),
        (["What is trained", "rows: numbers"], ["*What is trained*", "", "- **rows**: numbers"]),
        (["So.", "x: a number.", "Raises it", "for y."], ["So.", "", "- **x**: a number.", "", "Raises it", "for y."]),
        (["A text.", "It runs on its", "own: well."], ["A text.", "It runs on its", "own: well."]),
        (["Say:", "", "    a | b", "", "Then."], ["Say:", "", ".. code-block:: text", "", "    a | b", "", "Then."]),
        (["So:", ">>> a | b", "3: three"], ["So:", "", ">>> a | b", "3: three"]),
    ],
)
def test_what_becomes_of_lines(lines: list[str], made: list[str]) -> None:
    assert as_restructured_text(lines) == made
