"""The playground elsewhere: in one file that opens from a folder, and on a host that does not know WebAssembly."""

from __future__ import annotations

import pytest

from .support import MEASURED, SITE, hosted
from .test_playground import PATIENCE, SHADOW, ran

PAGE = SITE / "playground.html"

pytestmark = pytest.mark.slow


@pytest.mark.skipif(not PAGE.exists(), reason="make site ONE_FILE=1 builds this page")
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


def test_a_host_that_does_not_know_wasm_will_do() -> None:
    with hosted(knows_wasm=False) as host:
        page = host.browser.new_page()
        page.goto(f"{host.address}/play/index.html")
        page.click("#run")
        ran(page, 1)
        assert page.locator("#error").is_hidden()
