"""Around every request: its id, its log line, its limits, its headers, and an answer when all else fails."""

from __future__ import annotations

import re
import secrets
import time
from typing import Any

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tidewheel.core.text import Language, preferred_language
from tidewheel.serve.errors import error_body, internal, too_large
from tidewheel.serve.metrics import Metrics

log = structlog.get_logger("tidewheel.http")

_OWN_ID = re.compile(r"^[A-Za-z0-9._-]{8,64}$")
_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob: https:; font-src 'self' data:; connect-src 'self'; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)  # styles: the component library writes its theme into style elements
_HEADERS = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin-allow-popups",  # a page of the shop talks back to the picker
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}


class Surroundings:
    """Pure ASGI, so that bodies stream through and a client that goes away is noticed."""

    def __init__(
        self, app: ASGIApp, metrics: Metrics, *, max_body_mb: int, max_upload_mb: int, https: bool
    ) -> None:
        self.app = app
        self.metrics = metrics
        self.max_body_mb = max_body_mb
        self.max_upload_mb = max_upload_mb
        self.headers = dict(_HEADERS)
        if https:
            self.headers["strict-transport-security"] = "max-age=31536000"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        sent_id = headers.get("x-request-id", "")
        request_id = sent_id if _OWN_ID.match(sent_id) else secrets.token_hex(8)
        started, status = time.perf_counter(), 0
        limit_mb = self.max_upload_mb if scope["path"].endswith("/imports/preview") else self.max_body_mb
        language = preferred_language(headers.get("accept-language"))

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                self._add_headers(MutableHeaders(scope=message), scope, request_id, language)
            await send(message)

        try:
            await self.app(scope, _limited(receive, headers, limit_mb), send_with_headers)
        except Exception:
            if not status:
                await _send_internal(request_id, language, send_with_headers)
            log.exception("request failed", request_id=request_id, method=scope["method"], path=scope["path"])
        finally:
            self._record(scope, request_id, status, time.perf_counter() - started)

    def _add_headers(
        self, headers: MutableHeaders, scope: Scope, request_id: str, language: Language
    ) -> None:
        headers["x-request-id"] = request_id
        headers.update(self.headers)
        if scope["path"].startswith("/api/"):
            headers.setdefault("cache-control", "no-store")
            headers.setdefault("content-language", "zh-CN" if language == "zh" else "en")
            headers.add_vary_header("Accept-Language")

    def _record(self, scope: Scope, request_id: str, status: int, seconds: float) -> None:
        route = _route(scope)
        self.metrics.request(scope["method"], route, status, seconds)
        log.info(
            "request",
            method=scope["method"],
            route=route or scope["path"][:100],
            status=status or 499,
            ms=round(seconds * 1000, 1),
            request_id=request_id,
            project=(scope.get("path_params") or {}).get("project"),
        )


def _route(scope: Scope) -> str:
    """Return the address with its marks, so that ids are not told apart."""
    route: str = getattr(scope.get("route"), "path", "")
    prefix = "/api/v1" if scope["path"].startswith("/api/v1/") else ""
    return route if not route or route.startswith(prefix) else prefix + route


def _limited(receive: Receive, headers: Headers, limit_mb: int) -> Receive:
    limit, seen = limit_mb * 1024 * 1024, 0
    declared = headers.get("content-length", "")

    async def receive_limited() -> Message:
        nonlocal seen
        if declared.isdigit() and int(declared) > limit:
            raise too_large(limit_mb)
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > limit:
            raise too_large(limit_mb)
        return message

    return receive_limited


async def _send_internal(request_id: str, language: Language, send: Any) -> None:
    body = error_body(internal(request_id), language)
    await send(
        {
            "type": "http.response.start",
            "status": 500,
            "headers": [
                (b"content-type", b"application/json"),
                (b"content-length", str(len(body)).encode()),
            ],
        }
    )
    await send({"type": "http.response.body", "body": body})
