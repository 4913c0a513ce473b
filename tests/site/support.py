"""A static host and a Chromium that gets nothing from anywhere else: what it asks for there is refused, and noted."""

from __future__ import annotations

import gzip
import os
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from web.serve import Handler, server

from ..support.browser import CHROMIUM

SITE = Path(os.environ.get("STEPGRAD_SITE", "public")).resolve()
# What was measured, for the end of the run.
MEASURED: list[str] = []
MOST, MOST_PACKED = 40, 25  # megabytes that may be served for a lesson or the playground

# Chromium asks these by itself, on an empty page, too.
_OWN = ("accounts.google.com", "update.googleapis.com", "clients2.google.com")
_QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-sync",
    "--disable-component-update",
    "--disable-background-networking",
    "--disable-features=AutofillServerCommunication,OptimizationHints,MediaRouter,Translate",
]


class _Refusal(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        line = self.rfile.readline().decode(errors="replace").strip()
        self.server.asked.append(line)  # type: ignore[attr-defined]
        self.wfile.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")


class _Proxy(socketserver.ThreadingTCPServer):
    daemon_threads = True


class Host:
    """The folder under /stepgrad/, as a host for many projects would have it, and a browser to look at it."""

    def __init__(self, address: str, browser: Browser, asked: list[str], missing: list[str], served: set[str]) -> None:
        self.address, self.browser = address, browser
        self._asked, self.missing, self.served = asked, missing, served

    def outside(self) -> list[str]:
        """What was asked for elsewhere."""
        return [line for line in self._asked if not any(own in line for own in _OWN)]

    def sizes(self) -> str:
        """How much was served: files, bytes, and bytes as a host that compresses would send them. Not too much."""
        data = [(SITE / path).read_bytes() for path in self.served if (SITE / path).is_file()]
        size = sum(map(len, data)) / 1e6
        packed = sum(min(len(one), len(gzip.compress(one, 6))) for one in data) / 1e6
        assert size <= MOST
        assert packed <= MOST_PACKED
        return f"{len(data)} files, {size:.1f} MB (≤ {MOST}), {packed:.1f} MB gzipped (≤ {MOST_PACKED})"


def timed(what: str, seconds: float, promised: float) -> str:
    """A time, and whether it is what is promised of a quiet machine. A busy one takes longer, and nothing is wrong."""
    return f"{what} {seconds:.1f} s (≤ {promised}{' MISSED' if seconds > promised else ''})"


@contextmanager
def hosted(folder: Path = SITE, knows_wasm: bool = True) -> Iterator[Host]:
    """The folder, served and looked at. At the end nothing was asked for elsewhere, and nothing was missing.

    knows_wasm: whether the host says what a file of WebAssembly is; not every one does.
    """
    missing: list[str] = []
    served: set[str] = set()

    class Under(Handler):
        extensions_map = Handler.extensions_map if knows_wasm else {".html": "text/html", ".js": "text/javascript"}

        def translate_path(self, path: str) -> str:
            return super().translate_path(path.removeprefix("/stepgrad"))

        def send_response(self, code: int, message: str | None = None) -> None:
            path = self.path.partition("?")[0].removeprefix("/stepgrad").strip("/")
            if code >= 400 and "favicon" not in path:
                missing.append(path)
            served.add(path if not self.path.partition("?")[0].endswith("/") else f"{path}/index.html".strip("/"))
            super().send_response(code, message)

    proxy = _Proxy(("127.0.0.1", 0), _Refusal)
    proxy.asked = []  # type: ignore[attr-defined]
    web = server(folder, handler=Under)
    for one in (web, proxy):
        threading.Thread(target=one.serve_forever, daemon=True).start()
    settings = [f"--proxy-server=127.0.0.1:{proxy.server_address[1]}", "--proxy-bypass-list=127.0.0.1"]
    with sync_playwright() as playwright:
        path = CHROMIUM or playwright.chromium.executable_path
        browser = playwright.chromium.launch(executable_path=path, args=[*_QUIET, *settings])
        host = Host(f"http://127.0.0.1:{web.server_port}/stepgrad", browser, proxy.asked, missing, served)  # type: ignore[attr-defined]
        try:
            yield host
        finally:
            browser.close()
            for one in (web, proxy):
                one.shutdown()
                one.server_close()
    assert host.outside() == []
    assert missing == []


def axe_finds(page: Any, part: str = "html") -> list[str]:
    """What axe has against a part of a page, in a line each."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, context=part).response["violations"]
    return [f"{one['id']}: {[node['html'][:120] for node in one['nodes'][:3]]}" for one in found]
