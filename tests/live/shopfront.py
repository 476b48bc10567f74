"""The web pages of a shop, served on another origin than the server they send to."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, urlsplit

PAGE = """<!doctype html><title>Shop</title>
<script async src="{server}/tw.js" data-key="{key}" {consent}></script>
<script>window.tw = window.tw || [];</script>
<main><a href="/autumn" onclick="return false" data-tw-slot="banner" data-tw-slot-content="autumn">Autumn</a>
<form><input id="password" type="password" value="hunter2"></form><p data-tw-ignore>Secret</p>
<a href="#sizes">Sizes</a>
<div style="height: 1500px"></div><p data-tw-slot="below">Far below</p>
<footer class="bar sc-aBcDe" style="position: fixed; bottom: 0">
<button class="cart">Add to cart</button><button class="buy css-1x2y3z">Buy now</button></footer></main>"""


class Shopfront:
    """Every path shows the same page, with the client of ``server`` and the write key in it.

    Below ``/strict``, the page allows no styles but its own.
    """

    def __init__(self, server: str, key: str) -> None:
        def page(address: str) -> bytes:
            asked = parse_qs(urlsplit(address).query)
            consent = 'data-consent="required"' if "consent" in asked else ""
            return PAGE.format(server=server, key=key, consent=consent).encode()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(204 if self.path == "/favicon.ico" else 200)
                self.send_header("content-type", "text/html; charset=utf-8")
                if self.path.startswith("/strict"):
                    self.send_header("content-security-policy", "style-src 'self'")
                self.end_headers()
                if self.path != "/favicon.ico":
                    self.wfile.write(page(self.path))

            def log_message(self, *_: object) -> None:
                return

        self._serving = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._serving.serve_forever, daemon=True)

    def url(self, path: str, *, consent: str = "") -> str:
        """Return the address of a page."""
        more = f"{'&' if '?' in path else '?'}consent={consent}" if consent else ""
        return f"http://localhost:{self._serving.server_port}{path}{more}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._serving.shutdown()
        self._serving.server_close()
        self._thread.join()
