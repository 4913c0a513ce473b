"""The course in the browser: every notebook runs from top to bottom, checks its exercises, and stays in the browser."""

from __future__ import annotations

import time
from pathlib import Path

import nbformat
import pytest

from web.course import NOTEBOOKS

from ..support.browser import ARE_FILLED
from .support import MEASURED, hosted, timed

PATIENCE = 1_500_000  # milliseconds: the GPT trains for a minute, and on a busy machine for many
# The other notebooks take minutes.
LESSONS = [
    pytest.param(path, marks=[] if path == NOTEBOOKS[0] else pytest.mark.slow, id=path.stem) for path in NOTEBOOKS
]

PROMPTS = "[...document.querySelectorAll('.jp-CodeCell .jp-InputArea-prompt')].map((one) => one.textContent)"


@pytest.mark.parametrize("path", LESSONS)
def test_a_lesson_runs_from_top_to_bottom(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    cells = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]
    # A check is folded, and then shows no number.
    last = max(place for place, cell in enumerate(cells, 1) if "source_hidden" not in cell.metadata.get("jupyter", {}))
    with hosted() as host:
        page = host.browser.new_page(viewport={"width": 1280, "height": 900})
        begun = time.perf_counter()
        page.goto(f"{host.address}/lite/notebooks/index.html?path={path.name}")
        page.wait_for_selector(".jp-CodeCell", timeout=PATIENCE)
        for item in ("Run", "Run All Cells"):
            page.get_by_role("menuitem", name=item, exact=True).first.click()
        page.wait_for_function(f"{PROMPTS}.some((one) => one.includes('[1]'))", timeout=PATIENCE)
        first = time.perf_counter() - begun
        # A cell that has raised lets none after it run: no star is left.
        page.wait_for_function(f"!{PROMPTS}.some((one) => one.includes('*'))", timeout=PATIENCE)
        assert any(f"[{last}]" in one for one in page.evaluate(PROMPTS)), page.evaluate(PROMPTS)
        page.wait_for_selector(".jp-Notebook-ExecutionIndicator[data-status=idle]", timeout=PATIENCE)
        seconds = time.perf_counter() - begun
        MEASURED.append(
            f"{path.stem}: {timed('first cell', first, 25)}, {len(cells)} cells {seconds:.1f} s, {host.sizes()}"
        )
        assert page.locator("[data-mime-type='application/vnd.jupyter.error']").count() == 0
        without = page.locator(".jp-OutputArea-output", has_text="The lesson goes on without it.").count()
        MEASURED[-1] += f", {without} cells without their library"
        page.wait_for_function(ARE_FILLED)


@pytest.mark.slow
def test_what_is_saved_stays_in_the_browser_and_can_be_downloaded() -> None:
    with hosted() as host:
        page = host.browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(f"{host.address}/lite/notebooks/index.html?path={NOTEBOOKS[0].name}")
        editor = page.locator(".jp-CodeCell .cm-content").first
        editor.click(timeout=PATIENCE)
        page.keyboard.press("Control+End")
        page.keyboard.type("  # my own words")
        page.keyboard.press("Control+s")
        page.wait_for_timeout(1500)
        page.reload()
        editor.wait_for(timeout=PATIENCE)
        assert "# my own words" in editor.inner_text()
        page.get_by_role("menuitem", name="File", exact=True).first.click()
        with page.expect_download() as download:
            page.get_by_role("menuitem", name="Download", exact=True).first.click()
        notebook = nbformat.read(download.value.path(), as_version=4)  # type: ignore[no-untyped-call]
        assert any("# my own words" in cell.source for cell in notebook.cells)
