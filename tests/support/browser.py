"""A headless Chromium for tests of what a person sees."""

from __future__ import annotations

import os
import re
import shutil
import zlib
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

# Players inflate themselves once the page is there.
ARE_FILLED = "[...document.querySelectorAll('.stepgrad-player, .stepgrad-film')].every((one) => one.shadowRoot)"


@contextmanager
def browser() -> Iterator[Browser]:
    """Chromium, closed afterwards. Without one a test is skipped, with the reason, but never in CI."""
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
    with sync_playwright() as playwright:
        # The system's own, or the one that `python -m playwright install chromium` has fetched.
        path = CHROMIUM or playwright.chromium.executable_path
        if not Path(path).exists():
            if os.environ.get("CI"):
                pytest.fail("there is no Chromium; .ci/run installs one")
            pytest.skip("no Chromium on this machine: apt install chromium, or python -m playwright install chromium")
        chromium = playwright.chromium.launch(executable_path=path, args=quiet)
        try:
            yield chromium
        finally:
            chromium.close()


def inflated(html: str) -> str:
    """The code of the one player in a page: what its script inflates."""
    [deflated] = re.findall(r', "([\w+/=]+)"\);\n//--></script>', html)
    return zlib.decompress(b64decode(deflated)).decode()


@contextmanager
def opened(chromium: Browser, address: str, **settings: Any) -> Iterator[Page]:
    """A page that must not complain in its console, nor ask for anything but itself."""
    context = chromium.new_context(**{"viewport": {"width": 1400, "height": 950}, **settings})
    page = context.new_page()
    complaints: list[str] = []
    page.on(
        "console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: complaints.append(request.url) if request.url != address else None)
    page.goto(address)
    if settings.get("java_script_enabled", True):
        page.wait_for_function(ARE_FILLED)
    yield page
    context.close()
    assert [one for one in complaints if not one.startswith("data:")] == []


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2.1, from 1 to 21."""

    def luminance(colour: str) -> float:
        parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)
