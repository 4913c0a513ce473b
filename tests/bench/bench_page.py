"""The player's page in Chromium: how long a reader who changes a number waits until every number has followed."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from autograd import play
from nn.stepping import readable_sample, untrained

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

# Changes a weight at the last step, where most is to be seen, and waits until the page is laid out anew.
_MEASURED = """<script>
addEventListener("load", () => {
  const shadow = document.querySelector(".stepgrad-player").shadowRoot;
  shadow.querySelector(".last").click();
  const fields = [...shadow.querySelectorAll("input[data-leaf]")];
  const field = fields[fields.length - 1];
  const times = [];
  for (let turn = 0; turn < 60; turn++) {
    const before = shadow.querySelector(".loss").textContent;
    field.value = String(turn / 10 - 3);
    const start = performance.now();
    field.dispatchEvent(new Event("input"));
    shadow.querySelector(".player").getBoundingClientRect();
    times.push(performance.now() - start);
    if (before === shadow.querySelector(".loss").textContent) times.push(NaN);
  }
  document.title = times.slice(10).join(" ");
});
</script>"""


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
def test_page_in_chromium(benchmark: Any, tmp_path: Path) -> None:
    page = tmp_path / "backprop.html"
    play(readable_sample("breast-cancer", untrained("breast-cancer", seed=1)), 0.5).save(page)
    page.write_text(page.read_text(encoding="utf-8") + _MEASURED, encoding="utf-8")
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--window-size=1400,950", "--dump-dom"]
    shown = subprocess.run(
        [str(CHROMIUM), *options, page.as_uri()], capture_output=True, text=True, check=True, timeout=120
    ).stdout
    found = re.search(r"<title>([\d. ]+)</title>", shown)
    assert found is not None, shown[:300]
    times = sorted(map(float, found[1].split()))
    benchmark.extra_info["milliseconds"] = times[len(times) // 2]
    benchmark.pedantic(lambda: None, rounds=1)
