"""The playground in one file, opened from a folder. Built by `make site ONE_FILE=1`."""

from __future__ import annotations

import pytest

from .support import MEASURED, SITE, hosted
from .test_playground import PATIENCE, SHADOW

PAGE = SITE / "playground.html"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not PAGE.exists(), reason="make site ONE_FILE=1 builds this page"),
]


def test_it_runs_from_a_folder() -> None:
    with hosted() as host:
        page = host.browser.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(PAGE.as_uri())
        page.wait_for_function(f"{SHADOW}?.querySelector('.picture svg')")
        page.click("#check")
        page.wait_for_function("document.body.dataset.runs === '1'", timeout=PATIENCE)
        assert "you left out" in page.inner_text("#report")
        assert page.locator("#error").is_hidden()
        assert [one for one in asked if not one.startswith(("blob:", "data:", PAGE.as_uri()))] == []
    MEASURED.append(f"the playground in one file: {PAGE.stat().st_size / 1e6:.1f} MB")
