"""Make the README's pictures of the step player: python -m tests.making.screenshots, or make pictures."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from autograd import play
from nn.stepping import worksheet_sample

from ..support.browser import browser, opened

DOCS = Path(__file__).parents[2] / "docs"
STEP = 17  # the gradient of w1


def main() -> int:
    """Write docs/player-light.png and docs/player-dark.png: the worksheet's network, at one step."""
    with tempfile.TemporaryDirectory() as folder, browser() as chromium:
        path = Path(folder) / "backprop.html"
        play(worksheet_sample(), 0.1).save(path)
        for scheme in ("light", "dark"):
            settings = {"color_scheme": scheme, "viewport": {"width": 1400, "height": 800}}
            with opened(chromium, path.as_uri(), **settings) as page:
                for _ in range(STEP - 1):
                    page.keyboard.press("ArrowRight")
                page.screenshot(path=DOCS / f"player-{scheme}.png")
                print(f"docs/player-{scheme}.png")
    return 0


if __name__ == "__main__":
    sys.exit(main())
