"""Shows a folder as a static host would, to this machine only."""

from __future__ import annotations

import functools
import sys
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


class Handler(SimpleHTTPRequestHandler):
    """Files by HTTP/1.1, without a line for each."""

    protocol_version = "HTTP/1.1"
    extensions_map = {**SimpleHTTPRequestHandler.extensions_map, ".wasm": "application/wasm", ".js": "text/javascript"}  # noqa: RUF012

    def log_message(self, *_: Any) -> None:
        """Nothing is written for a request."""


class Server(ThreadingHTTPServer):
    """A server for which it is no error that a reader leaves before all is sent."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Any other error is written."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def server(folder: Path, port: int = 0, handler: type[Handler] = Handler) -> ThreadingHTTPServer:
    """A server of the folder; port 0 is any that is free."""
    return Server(("127.0.0.1", port), functools.partial(handler, directory=str(folder)))


def serve(folder: Path, port: int = 8000) -> None:
    """Show the folder until Ctrl-C."""
    with server(folder, port) as one:
        print(f"http://127.0.0.1:{one.server_port}/  (Ctrl-C ends it)", flush=True)
        try:
            one.serve_forever()
        except KeyboardInterrupt:
            print()
