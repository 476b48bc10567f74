"""Where events come in: the routes of all protocols, lean, before the rest of the application.

A request is answered once its events, and those that were refused, are on disk.
"""

from __future__ import annotations

import asyncio
import os
import re
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, TypeAlias

import structlog
from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tidewheel.collect.body import GZIP, decode_text
from tidewheel.collect.contract import (
    PROTOCOLS,
    Arrival,
    Protocol,
    Reply,
    Request,
    Route,
    Taken,
    explicit_key,
)
from tidewheel.collect.files.tables import table_of
from tidewheel.collect.intake import canonical, take
from tidewheel.collect.packing.form import read_pairs
from tidewheel.collect.problems import Rejection
from tidewheel.core.errors import BadInput, NotAllowed, NotSignedIn, TidewheelError, Unavailable
from tidewheel.core.ids import key64
from tidewheel.core.text import Text, preferred_language
from tidewheel.serve.connections import too_slow
from tidewheel.serve.errors import (
    error_body,
    error_headers,
    internal,
    no_such_address,
    not_this_method,
    too_large,
)
from tidewheel.serve.installation import Installation
from tidewheel.serve.room import Held, Room
from tidewheel.serve.write_keys import Sender
from tidewheel.store.rejected import Rejected

log = structlog.get_logger("tidewheel.door")

_THREAD_BYTES: Final = 256 * 1024
"""Larger bodies are read in a thread, so that small ones need not wait for them."""
_KEPT_BYTES: Final = 1024 * 1024
"""Bodies that cannot be read at all are kept up to this size."""
_GZIP_BYTES: Final = 16 * 1024
"""So are smaller ones that unpack to much more."""
_PATIENCE: Final = 2.0
"""Seconds a request waits for the catalog when what it wants to know was known before."""
_BODY_SECONDS: Final = 60
_PREFIX: Final = "/in/"
"""Before any protocol's path may stand /in/<write key>: a client whose address may have a path needs no more."""

Place: TypeAlias = tuple[Protocol, Route]
Places: TypeAlias = tuple[Place, ...]
"""Usually one; some addresses are used by several vendors."""


class Door:
    """ASGI middleware that answers the protocols' routes itself and passes everything else on."""

    def __init__(self, app: ASGIApp, installation: Installation) -> None:
        self.app = app
        self.installation = installation
        self.room = Room(installation.settings.intake_mb * 2**20)
        self.readers = CapacityLimiter(max(2, os.cpu_count() or 1))
        """Threads that read large bodies: each holds many times the body's size."""
        self.exact: dict[str, dict[str, Places]] = {}
        self.patterns: list[tuple[re.Pattern[str], str, Place]] = []
        for kind in PROTOCOLS.all().values():
            protocol = kind()
            for route in protocol.routes:
                if "{" in route.path:
                    marked = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(route.path))
                    self.patterns.append((re.compile(marked), route.method, (protocol, route)))
                else:
                    by_method = self.exact.setdefault(route.path, {})
                    by_method[route.method] = (*by_method.get(route.method, ()), (protocol, route))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        path, key = _without_key(scope["path"]) if scope["type"] == "http" else ("", "")
        method = scope.get("method", "")
        found = self.found(method, path) if path else None
        wrong = self._astray(path, key) if found is None and method == "GET" and (path or key) else None
        if found is None and wrong is None:
            await self.app(scope, receive, send)
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        if method == "OPTIONS":
            await _send(send, Reply(204, b""), _cors(headers, preflight=True))
            return
        if found is None:
            assert wrong is not None
            language = preferred_language(headers.get("accept-language"))
            await _send(send, Reply(wrong.status, error_body(wrong, language)), _cors(headers))
            return
        places, marks = found
        raw_query = decode_text(scope["query_string"])[0]
        request = Request(
            b"",
            method,
            path,
            read_pairs(raw_query),
            headers,
            marks,
            raw_query,
            f"{scope.get('scheme', 'http')}://{headers.get('host', '')}{_PREFIX + key if key else ''}",
            (scope.get("client") or ("",))[0],
        )
        reply, more = await self._reply(places, request, key, receive)
        await _send(send, reply, more | _cors(headers))

    def found(self, method: str, path: str) -> tuple[Places, dict[str, str]] | None:
        """Return the protocols at a path, and what stands at its marks; OPTIONS asks for any method. None: not ours."""
        exact = self.exact.get(path, {})
        places = next(iter(exact.values()), None) if method == "OPTIONS" else exact.get(method)
        if places is not None:
            return places, {}
        for pattern, own, place in self.patterns:
            if method in (own, "OPTIONS") and (marks := pattern.fullmatch(path)):
                return (place,), marks.groupdict()
        return None

    def _astray(self, path: str, key: str) -> TidewheelError | None:
        """Return what is told of a GET that means to send events where none are taken; None: it is the application's.

        A client that was shown a page there would think that its events had arrived.
        """
        methods = [*self.exact.get(path, {})]
        methods += [own for pattern, own, _ in self.patterns if pattern.fullmatch(path)]
        if methods:
            return not_this_method("GET", methods)
        return no_such_address(path) if key else None

    async def _reply(
        self, places: Places, request: Request, key: str, receive: Receive
    ) -> tuple[Reply, dict[str, str]]:
        language = preferred_language(request.headers.get("accept-language"))
        protocol, route = places[0]
        try:
            with Held(self.room) as held:
                sender = await self._known(key or explicit_key(request))
                if route.asks:
                    sender = sender or await self._asker(protocol, request, receive, held)
                    return protocol.answer(request, _open(sender).write_key), {}
                if sender is not None or type(protocol).keys is Protocol.keys:
                    sender = _open(sender)
                request = request.with_body(await self._body(receive, request.headers, held))
                if len(places) > 1:
                    protocol = self._speaker(places, request)
                return protocol.reply(await self._received(protocol, request, sender), request, language), {}
        except TidewheelError as error:
            self.installation.metrics.refused_batches.labels(str(error.status)).inc()
            shaped = protocol.refuse(error, language)
            return shaped or Reply(error.status, error_body(error, language)), error_headers(error)
        except Exception:
            request_id = secrets.token_hex(8)
            log.exception("events could not be taken", request_id=request_id, path=request.path)
            return Reply(500, error_body(internal(request_id), language)), {}

    async def _received(self, protocol: Protocol, request: Request, sender: Sender | None) -> Taken:
        """Read and keep what came; a body of a known sender that cannot be read is kept among the rejected."""
        try:
            limit = self.installation.settings.max_body_mb * 2**20
            if _is_heavy(request.body):
                sent = await run_sync(protocol.read, request, limit, limiter=self.readers)
            else:
                sent = protocol.read(request, limit)
            sender = _open(sender or await self._first(protocol.keys(request, sent)))
            return await self._take(protocol, request, sent, sender)
        except TidewheelError as error:
            if sender is not None:
                at = Arrival(sender.source, self.installation.clock(), sender.zone, guard=sender.guard)
                self.installation.arrivals.note(sender.project, protocol, request, at, None, error)
            came = request.body or request.raw_query.encode("utf-8", "replace")
            came = came.replace(sender.write_key.encode(), b"...") if sender is not None else came
            if isinstance(error, BadInput) and sender is not None and 0 < len(came) <= _KEPT_BYTES:
                kept = Rejected.of(
                    error,
                    received=self.installation.clock(),
                    source=sender.source,
                    index=0,
                    body=came,
                )
                guard = sender.guard  # what cannot be read cannot be hashed either
                if guard is not None and (guard.hashed or guard.concerns(came)):
                    kept = replace(kept, body=b"", reason={**kept.reason, "got": None})
                store = await run_sync(self.installation.store, sender.project)
                await asyncio.wrap_future(store.append([], [kept]))
            raise

    def _speaker(self, places: Places, request: Request) -> Protocol:
        limit = self.installation.settings.max_body_mb * 2**20
        for protocol, _ in places[:-1]:
            try:
                if protocol.speaks(request, protocol.read(request, limit)):
                    return protocol
            except BadInput:
                continue
        return places[-1][0]

    async def _asker(
        self, protocol: Protocol, request: Request, receive: Receive, held: Held
    ) -> Sender | None:
        """Return who asks, by the keys in the address or else in the body."""
        found = await self._first(protocol.keys(request, None))
        if found is not None or request.method == "GET":
            return found
        request = request.with_body(await self._body(receive, request.headers, held))
        sent = protocol.read(request, self.installation.settings.max_body_mb * 2**20)
        return await self._first(protocol.keys(request, sent))

    async def _known(self, key: str) -> Sender | None:
        keys = self.installation.write_keys
        known = keys.known(key)
        if not key or not keys.stale(key):
            return known
        if known is None:
            return await run_sync(keys.look, key)
        if keys.away:
            keys.look_later()
        elif not await _patiently(keys.look, key):
            keys.away = True
        return keys.known(key)

    async def _first(self, candidates: Iterable[str]) -> Sender | None:
        for key in candidates:
            sender = await self._known(key)
            if sender is not None:
                return sender
        return None

    async def _body(self, receive: Receive, headers: Mapping[str, str], held: Held) -> bytes:
        limit_mb = self.installation.settings.max_body_mb
        declared = headers.get("content-length", "")
        if declared.isdigit() and int(declared) > limit_mb * 1024 * 1024:
            raise too_large(limit_mb)
        parts: list[bytes] = []
        try:
            await _receive(receive, limit_mb, held, parts)
        except BaseException:
            parts.clear()  # the room is given back, and who hears of the error would hold them through its traceback
            raise
        return parts[0] if len(parts) == 1 else b"".join(parts)

    async def _take(self, protocol: Protocol, request: Request, sent: Any, sender: Sender) -> Taken:
        here, settings = self.installation, self.installation.settings
        store = here.opened(sender.project)
        if store is None:
            store = await run_sync(here.store, sender.project)
        elif here.rules.stale(sender.project) and not here.write_keys.away:
            await _patiently(here.store, sender.project)
        arrival = Arrival(
            source=sender.source,
            received=here.clock(),
            zone=sender.zone,
            max_bytes=settings.max_body_mb * 1024 * 1024,
            max_events=settings.max_batch_events,
            vocabulary=sender.vocabularies.get(protocol.name),
            guard=sender.guard,
            ranks=store.view.rules.ranks,
            agent=request.headers.get("user-agent", ""),
            address=request.address,
            regions=here.regions,
            plan=sender.plan,
        )
        if _is_heavy(request.body):
            taken = await run_sync(take, protocol, request, arrival, sent, limiter=self.readers)
        else:
            taken = take(protocol, request, arrival, sent)
        if taken.dry:
            here.arrivals.note(sender.project, protocol, request, arrival, taken)
            return taken
        await asyncio.wrap_future(store.append(taken.events, dead_letters(taken.rejected, arrival)))
        if taken.goods:
            keys = [key64(canonical(row)) for row in taken.goods]
            await run_sync(store.append_rows, "items", table_of(taken.goods, keys, arrival.received))
        here.quality.note(sender.project, arrival, taken)
        here.metrics.accepted.labels(sender.project, sender.source).inc(taken.accepted)
        here.arrivals.note(sender.project, protocol, request, arrival, taken)
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


async def _receive(receive: Receive, limit_mb: int, held: Held, parts: list[bytes]) -> None:
    """Append what comes of a body, each part once there is room for it."""
    size, more = 0, True
    while more:
        message = await _next(receive)
        part, more = message.get("body", b""), message.get("more_body", False)
        size += len(part)
        if size > limit_mb * 1024 * 1024:
            raise too_large(limit_mb)
        held.take(len(part))
        parts.append(part)


async def _next(receive: Receive) -> Message:
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            message = await receive()
    except TimeoutError:
        raise too_slow() from None
    if message["type"] == "http.disconnect":
        raise Unavailable("sender_left", Text("The sender went away.", "发送方已断开。"))
    return message


async def _patiently(look: Callable[[str], object], name: str) -> bool:
    """Wait for the catalog for a moment; say whether it answered."""
    try:
        async with asyncio.timeout(_PATIENCE):
            await run_sync(look, name, abandon_on_cancel=True)
    except (TimeoutError, Unavailable):
        return False
    return True


def _is_heavy(body: bytes) -> bool:
    return len(body) > (_GZIP_BYTES if body[:2] == GZIP else _THREAD_BYTES)


def _open(sender: Sender | None) -> Sender:
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


def _without_key(path: str) -> tuple[str, str]:
    """Return the path without /in/<write key>, and the key; the path itself where there is none."""
    if not path.startswith(_PREFIX):
        return path, ""
    key, slash, rest = path.removeprefix(_PREFIX).partition("/")
    return slash + rest, key


def _cors(headers: Mapping[str, str], *, preflight: bool = False) -> dict[str, str]:
    """Return what lets a page of any origin send here, with or without credentials."""
    origin = headers.get("origin", "")
    allowed = {"access-control-allow-origin": origin or "*"}
    if origin:
        allowed |= {"access-control-allow-credentials": "true", "vary": "origin"}
    if preflight:
        wanted = headers.get("access-control-request-headers", "authorization, content-type, x-write-key")
        allowed |= {
            "access-control-allow-methods": "POST, GET, OPTIONS",
            "access-control-allow-headers": wanted,
            "access-control-max-age": "86400",
        }
    return allowed


async def _send(send: Send, reply: Reply, headers: Mapping[str, str]) -> None:
    raw = [
        (name.encode("latin-1"), value.encode("latin-1"))
        for name, value in {**headers, **reply.headers}.items()
    ]
    if reply.status != 204:
        raw += [
            (b"content-type", reply.content_type.encode()),
            (b"content-length", str(len(reply.body)).encode()),
        ]
    raw.append((b"x-content-type-options", b"nosniff"))
    await send({"type": "http.response.start", "status": reply.status, "headers": raw})
    await send({"type": "http.response.body", "body": reply.body})
