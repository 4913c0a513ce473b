"""`make serve`: a folder as a static host shows it."""

from __future__ import annotations

import threading
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener

import pytest

from web.serve import server


def test_files_have_the_types_that_browsers_want(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("here", encoding="utf-8")
    (tmp_path / "python.wasm").write_bytes(b"\0asm")
    (tmp_path / "page.js").write_text("1", encoding="utf-8")
    with server(tmp_path) as one:
        thread = threading.Thread(target=one.serve_forever)
        thread.start()
        look = build_opener(ProxyHandler({})).open
        address = f"http://127.0.0.1:{one.server_port}/"
        with look(address) as page, look(f"{address}python.wasm") as wasm, look(f"{address}page.js") as script:
            assert page.read() == b"here"
            assert wasm.headers["Content-Type"] == "application/wasm"
            assert script.headers["Content-Type"] == "text/javascript"
        with pytest.raises(HTTPError, match="404") as caught:
            look(f"{address}missing")
        caught.value.close()
        one.shutdown()
        thread.join()
