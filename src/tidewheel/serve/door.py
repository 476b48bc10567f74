"""Where events come in: the routes of all protocols, lean, before the rest of the application.

A request is answered once its events, and those that were refused, are on disk.
"""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import parse_qsl

import structlog
from anyio.to_thread import run_sync
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tidewheel.collect.contract import PROTOCOLS, Arrival, Protocol, Reply, Request, Taken
from tidewheel.collect.intake import take
from tidewheel.collect.problems import Rejection
from tidewheel.core.errors import BadInput, NotAllowed, NotSignedIn, TidewheelError, Unavailable
from tidewheel.core.text import Text, preferred_language
from tidewheel.serve.errors import error_body, error_headers, internal, too_large
from tidewheel.serve.installation import Installation
from tidewheel.serve.write_keys import Sender
from tidewheel.store.rejected import Rejected

log = structlog.get_logger("tidewheel.door")

_THREAD_BYTES: Final = 256 * 1024
"""Larger bodies are read in a thread, so that small ones need not wait for them."""
_KEPT_BYTES: Final = 1024 * 1024
"""Bodies that cannot be read at all are kept up to this size."""
_BODY_SECONDS: Final = 60
_CORS: Final = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-allow-methods", b"POST, GET, OPTIONS"),
    (b"access-control-allow-headers", b"authorization, content-type, content-encoding, x-write-key"),
    (b"access-control-max-age", b"86400"),
)


class Door:
    """ASGI middleware that answers the protocols' routes itself and passes everything else on."""

    def __init__(self, app: ASGIApp, installation: Installation) -> None:
        self.app = app
        self.installation = installation
        self.exact: dict[str, dict[str, Protocol]] = {}
        self.patterns: list[tuple[re.Pattern[str], str, Protocol]] = []
        for kind in PROTOCOLS.all().values():
            protocol = kind()
            for route in protocol.routes:
                if "{" in route.path:
                    pattern = re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(route.path)))
                    self.patterns.append((pattern, route.method, protocol))
                else:
                    self.exact.setdefault(route.path, {})[route.method] = protocol

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        methods = self.methods(scope["path"]) if scope["type"] == "http" else None
        if not methods or scope["method"] not in {*methods, "OPTIONS"}:
            await self.app(scope, receive, send)
        elif scope["method"] == "OPTIONS":
            await _send(send, Reply(204, b""))
        else:
            await self._serve(methods[scope["method"]], scope, receive, send)

    def methods(self, path: str) -> dict[str, Protocol] | None:
        """Return the protocols at a path by method."""
        found = self.exact.get(path)
        if found or not self.patterns:
            return found
        return {method: protocol for pattern, method, protocol in self.patterns if pattern.fullmatch(path)}

    async def _serve(self, protocol: Protocol, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        language = preferred_language(headers.get("accept-language"))
        try:
            query = dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
            sender = await self._sender(headers, query)
            body = await self._body(receive, headers)
            request = Request(body, scope["method"], scope["path"], query, headers)
            taken = await self._take(protocol, request, sender)
            await _send(send, protocol.reply(taken, language))
        except TidewheelError as error:
            self.installation.metrics.refused_batches.labels(str(error.status)).inc()
            await _send(send, Reply(error.status, error_body(error, language)), error_headers(error))
        except Exception:
            request_id = secrets.token_hex(8)
            log.exception("events could not be taken", request_id=request_id, path=scope["path"])
            await _send(send, Reply(500, error_body(internal(request_id), language)))

    async def _sender(self, headers: dict[str, str], query: dict[str, str]) -> Sender:
        scheme, _, bearer = headers.get("authorization", "").partition(" ")
        key = (bearer.strip() if scheme.lower() == "bearer" else "") or headers.get("x-write-key", "")
        key = key or query.get("key", "")
        keys = self.installation.write_keys
        if key and keys.stale(key):
            await run_sync(keys.refresh)
        sender = keys.known(key)
        if sender is None:
            raise NotSignedIn(
                "unknown_write_key",
                Text("There is no source with this write key.", "没有使用此写入密钥的数据源。"),
                hint=Text(
                    "Send the write key of a source (Data → Sources) as Authorization: Bearer <key>.",
                    "请在请求头 Authorization: Bearer <key> 中携带数据源的写入密钥（数据 → 数据源）。",
                ),
            )
        if not sender.enabled:
            raise NotAllowed(
                "source_disabled",
                Text("This source is switched off.", "该数据源已停用。"),
                hint=Text("Switch it on under Data → Sources.", "请在 数据 → 数据源 中启用。"),
            )
        return sender

    async def _body(self, receive: Receive, headers: dict[str, str]) -> bytes:
        limit_mb = self.installation.settings.max_body_mb
        limit = limit_mb * 1024 * 1024
        declared = headers.get("content-length", "")
        if declared.isdigit() and int(declared) > limit:
            raise too_large(limit_mb)
        message = await _next(receive)
        if not message.get("more_body"):
            return _within(message.get("body", b""), limit, limit_mb)
        parts, size = [message.get("body", b"")], len(message.get("body", b""))
        while message.get("more_body"):
            message = await _next(receive)
            parts.append(message.get("body", b""))
            size += len(parts[-1])
            if size > limit:
                raise too_large(limit_mb)
        return _within(b"".join(parts), limit, limit_mb)

    async def _take(self, protocol: Protocol, request: Request, sender: Sender) -> Taken:
        here, settings = self.installation, self.installation.settings
        arrival = Arrival(
            source=sender.source,
            received=here.clock(),
            zone=sender.zone,
            max_bytes=settings.max_body_mb * 1024 * 1024,
            max_events=settings.max_batch_events,
        )
        store = here.opened(sender.project)
        if store is None:
            store = await run_sync(here.store, sender.project)
        try:
            if len(request.body) > _THREAD_BYTES:
                taken = await run_sync(take, protocol, request, arrival)
            else:
                taken = take(protocol, request, arrival)
        except BadInput as error:
            if 0 < len(request.body) <= _KEPT_BYTES:
                kept = Rejected.of(
                    error, received=arrival.received, source=arrival.source, index=0, body=request.body
                )
                await asyncio.wrap_future(store.append([], [kept]))
            raise
        await asyncio.wrap_future(store.append(taken.events, dead_letters(taken.rejected, arrival)))
        here.metrics.accepted.labels(sender.project, sender.source).inc(taken.accepted)
        if taken.rejected:
            here.metrics.rejected.labels(sender.project, sender.source).inc(len(taken.rejected))
        return taken


def dead_letters(rejections: Sequence[Rejection], arrival: Arrival) -> list[Rejected]:
    """Return what is kept of refused events: the reason in both languages and a body to take again."""
    return [
        Rejected(
            received=arrival.received,
            source=arrival.source,
            index=rejection.index,
            code=rejection.code,
            field=rejection.field,
            reason=_reason(rejection),
            body=rejection.body,
        )
        for rejection in rejections
    ]


def _reason(rejection: Rejection) -> dict[str, Any]:
    said = rejection.describe("en")
    message, hint = rejection.message, rejection.hint
    return {
        "message": {"en": message.en, "zh": message.zh},
        "hint": {"en": hint.en.strip(), "zh": hint.zh.strip()},
        "got": said["got"],
        "expected": said["expected"],
    }


async def _next(receive: Receive) -> Message:
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            message = await receive()
    except TimeoutError:
        raise BadInput(
            "body_too_slow",
            Text("The rest of the request did not come.", "请求体没有传完。"),
            hint=Text("Send it again.", "请重新发送。"),
        ) from None
    if message["type"] == "http.disconnect":
        raise Unavailable("sender_left", Text("The sender went away.", "发送方已断开。"))
    return message


def _within(body: bytes, limit: int, limit_mb: int) -> bytes:
    if len(body) > limit:
        raise too_large(limit_mb)
    return body


async def _send(send: Send, reply: Reply, headers: dict[str, str] | None = None) -> None:
    raw = [(name.encode(), value.encode()) for name, value in (headers or {}).items()]
    raw += [
        (b"content-type", reply.content_type.encode()),
        (b"content-length", str(len(reply.body)).encode()),
        (b"x-content-type-options", b"nosniff"),
        *_CORS,
    ]
    await send({"type": "http.response.start", "status": reply.status, "headers": raw})
    await send({"type": "http.response.body", "body": reply.body})
