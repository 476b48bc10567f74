"""Connections of clients that mean no good or are very slow: limits in time and size before a request is one.

The server library reads what comes for as long as it comes. Here the head of a request has to come within some
seconds and fit into 64 KiB, a body has to come at a least rate, and an answer that is sent before all of the body
has come is left for the client to read before the connection is closed.
"""

from __future__ import annotations

import asyncio
import enum
from collections.abc import Callable
from typing import Any, Final, cast

import structlog
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from tidewheel.core.errors import TidewheelError
from tidewheel.core.text import Text, preferred_language
from tidewheel.serve.errors import HeadTooLarge, TooSlow, error_body

log = structlog.get_logger("tidewheel.connections")

HEAD_BYTES: Final = 64 * 1024
"""Most bytes of a request's head."""
LEAST_RATE: Final = 1024
"""Bytes a second at which a body has to come."""
LINGER_SECONDS: Final = 30.0
"""How long a client that goes on sending is read after the answer, so that it comes to read it."""
LINGER_PAUSE: Final = 5.0
"""How long it may send nothing meanwhile."""
LINGER_BYTES: Final = 256 * 1024 * 1024
"""Most bytes that are read and thrown away meanwhile."""


class _Phase(enum.Enum):
    IDLE = "between two requests"
    HEAD = "head"
    BODY = "body"


class _Lingering:
    """A transport that is closed at once after a whole request, and otherwise when the client could read the answer."""

    def __init__(self, transport: asyncio.Transport, closing: Callable[[], bool]) -> None:
        self._transport, self._closing = transport, closing
        self.lingers = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def is_closing(self) -> bool:
        """Say whether nothing more is read or written."""
        return self.lingers or self._transport.is_closing()

    def close(self) -> None:
        """Close, or begin to linger."""
        if self.lingers or self._transport.is_closing():
            return
        self.lingers = self._closing()
        if not self.lingers:
            self._transport.close()

    def end(self) -> None:
        """Close for good; what was not read of the client's is lost to it."""
        self._transport.close()


class Connection(HttpToolsProtocol):
    """One client's connection. ``seconds`` is the time for a head, and over which the rate of a body is looked at."""

    seconds: float = 20.0
    linger_seconds: float = LINGER_SECONDS
    linger_pause: float = LINGER_PAUSE
    linger_bytes: int = LINGER_BYTES

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._phase = _Phase.HEAD
        self._began = 0.0
        self._heard = 0.0
        self._got = 0
        self._watch: asyncio.TimerHandle | None = None
        self._way: _Lingering | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a first request."""
        super().connection_made(transport)
        self._way = _Lingering(transport, self._linger)
        self.transport = cast("asyncio.Transport", self._way)
        self._began = self.loop.time()
        self._watch_over(self.seconds)

    def connection_lost(self, exc: Exception | None) -> None:
        """Let go of everything."""
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on; see to it that what is begun will end."""
        assert self._way is not None
        if self._way.lingers:
            self._got += len(data)
            self._heard = self.loop.time()
            if self._got > self.linger_bytes:
                self._way.end()
            return
        super().data_received(data)
        if self._phase is _Phase.IDLE:
            waits = self.cycle is None or self.cycle.response_complete
            if not waits or self.timeout_keep_alive_task is not None:
                return
            self._turn(_Phase.HEAD)  # blank lines between requests are no request
        elif self._phase is _Phase.HEAD:
            self._got += len(data)
            if self._got > HEAD_BYTES and not self._way.is_closing():
                self._refuse(_head_too_large())
                return
        if self._watch is None and not self._way.is_closing():
            self._watch_over(self.seconds)

    def on_message_begin(self) -> None:
        """A head begins."""
        super().on_message_begin()
        if self._phase is _Phase.IDLE:
            self._turn(_Phase.HEAD)

    def on_headers_complete(self) -> None:
        """A body begins."""
        self._turn(_Phase.BODY)
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Take note how much has come; what is sent on after the answer is read for a while, so that the connection lasts."""
        self._got += len(body)
        super().on_body(body)
        if self.cycle.response_complete and self._got > self.linger_bytes:
            self.transport.close()

    def on_message_complete(self) -> None:
        """The request is whole."""
        super().on_message_complete()
        self._phase = _Phase.IDLE

    def _turn(self, phase: _Phase) -> None:
        self._phase, self._began, self._got = phase, self.loop.time(), 0

    def _watch_over(self, seconds: float) -> None:
        self._watch = self.loop.call_later(seconds, self._look)

    def _look(self) -> None:
        """End a request that comes too slowly, or look again when it could be too slow."""
        self._watch = None
        if self._phase is _Phase.IDLE or self.transport is None or self.transport.is_closing():
            return
        now = self.loop.time()
        fast = self._phase is _Phase.BODY and self._got >= LEAST_RATE * (now - self._began)
        if self.flow.read_paused or fast:  # it is we who do not read, or all is well: the time begins anew
            self._began, self._got = now, 0
        left = self._began + self.seconds - now
        if left > 0:
            self._watch_over(left)
        elif self._phase is _Phase.HEAD and not self._got:
            self.transport.close()  # nothing was asked, so nothing is answered
        else:
            self._refuse(too_slow())

    def _refuse(self, error: TidewheelError) -> None:
        """Say why, where nothing was said yet, and close."""
        log.info("refused", code=error.code, client=(self.client or ("",))[0])
        begun = self._phase is _Phase.BODY and self.cycle is not None and self.cycle.response_started
        waiting = self.cycle is not None and not self.cycle.response_complete and self._phase is _Phase.HEAD
        if not begun and not waiting:
            self.transport.write(_reply(error, dict(self.headers or ())))
        self.transport.close()
        if self._phase is _Phase.BODY and self.cycle is not None and not self.cycle.response_complete:
            self.cycle.disconnected = True
            self.cycle.message_event.set()

    def _linger(self) -> bool:
        """Stop writing and read on for a while, if the client is still sending.

        To close with something unread would break the connection, and whoever sends before it reads would never see the answer.
        """
        sending = self._phase is _Phase.BODY or (self._phase is _Phase.HEAD and self._got > 0)
        if not sending or not self.transport.can_write_eof():
            return False
        self._got = 0
        self._began = self._heard = self.loop.time()
        self.transport.write_eof()
        self.flow.resume_reading()
        if self._watch is not None:
            self._watch.cancel()
        self._watch = self.loop.call_later(self.linger_pause, self._linger_on)
        return True

    def _linger_on(self) -> None:
        """Close for good once nothing came for a while, or things came for too long."""
        assert self._way is not None
        left = min(self._heard + self.linger_pause, self._began + self.linger_seconds) - self.loop.time()
        if left > 0:
            self._watch = self.loop.call_later(left, self._linger_on)
        else:
            self._watch = None
            self._way.end()


def limited(seconds: float) -> type[Connection]:
    """Return the kind of connection that gives a head, and each part of a body, so many seconds."""
    return type("LimitedConnection", (Connection,), {"seconds": seconds})


def too_slow() -> TooSlow:
    """Make the error for a request that does not come to its end."""
    return TooSlow(
        "body_too_slow",
        Text("The rest of the request did not come.", "请求没有传完。"),
        hint=Text("Send it again.", "请重新发送。"),
    )


def _head_too_large() -> HeadTooLarge:
    return HeadTooLarge(
        "head_too_large",
        Text("The head of the request is larger than {kib} KiB.", "请求头超过 {kib} KiB。"),
        expected=HEAD_BYTES,
        hint=Text("Send data in the body, not in the address.", "请把数据放在请求体而不是地址里。"),
        kib=HEAD_BYTES // 1024,
    )


def _reply(error: TidewheelError, headers: dict[bytes, bytes]) -> bytes:
    language = preferred_language(headers.get(b"accept-language", b"").decode("latin-1"))
    body = error_body(error, language)
    reason = "Request Timeout" if error.status == TooSlow.status else "Request Header Fields Too Large"
    head = (
        f"HTTP/1.1 {error.status} {reason}\r\ncontent-type: application/json\r\n"
        f"content-length: {len(body)}\r\nconnection: close\r\n\r\n"
    )
    return head.encode() + body
