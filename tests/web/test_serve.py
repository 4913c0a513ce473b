"""`make serve`: a folder as a static host shows it."""

from __future__ import annotations

import socket
import struct
import threading
import time
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


def test_a_reader_who_leaves_early_is_no_error(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "large.js").write_bytes(bytes(50_000_000))
    with server(tmp_path) as one:
        thread = threading.Thread(target=one.serve_forever)
        thread.start()
        with socket.create_connection(("127.0.0.1", one.server_port)) as reader:
            reader.sendall(b"GET /large.js HTTP/1.1\r\n\r\n")
            reader.recv(100)
            reader.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # closing resets
        time.sleep(0.5)
        one.shutdown()
        thread.join()
    assert capfd.readouterr().err == ""
