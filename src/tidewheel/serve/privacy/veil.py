"""The last thing an answer passes on its way out: masking, for those who may not see personal data.

Whoever acts in a project is known to the request by ``serve.access``, which leaves word here what to mask. An
answer about a project of which nobody left word is masked. Only JSON and streams of it can be; an answer of another
form has to come masked from where its rows are read (SQL exports), and say so, or is refused.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tidewheel.core.text import preferred_language
from tidewheel.serve.errors import error_body, internal
from tidewheel.serve.privacy.masking import Masking
from tidewheel.serve.privacy.policy import PERSONAL

UNDECIDED: Final = "undecided"
AT_SOURCE: Final = "at source"
_ABOUT_PEOPLE: Final = re.compile(r"/api/v1/projects/[^/]+/.+")
_DEFAULT: Final = Masking(frozenset(PERSONAL))


class Veil:
    """ASGI middleware around the application."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or not _ABOUT_PEOPLE.fullmatch(scope["path"]):
            await self.app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        state["masking"] = UNDECIDED
        await self.app(scope, receive, _Out(scope, send))


class _Out:
    """Sends an answer on, masked if need be: JSON once it is whole, a stream of events as it comes."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self._scope, self._send = scope, send
        self._masking: Masking | None = None
        self._start: Message | None = None
        self._kind = ""
        self._parts: list[bytes] = []

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            left = self._scope["state"].get("masking", UNDECIDED)
            self._masking = _DEFAULT if left == UNDECIDED else left if isinstance(left, Masking) else None
            self._start = message
            self._kind = Headers(raw=message["headers"]).get("content-type", "").partition(";")[0]
            if self._masking is None or self._kind == "text/event-stream":
                await self._send(message)
            return
        body = message.get("body", b"")
        if message["type"] != "http.response.body" or self._masking is None or self._start is None:
            await self._send(message)
        elif self._kind == "text/event-stream":
            await self._send({**message, "body": _stream(body, self._masking)})
        elif self._kind == "application/json":
            self._parts.append(body)
            if not message.get("more_body"):
                await self._whole(_json(b"".join(self._parts), self._masking))
        elif not body and not message.get("more_body") and not self._parts:
            await self._whole(b"")
        elif not self._parts:
            self._parts.append(b"")
            await self._refuse()

    async def _whole(self, body: bytes) -> None:
        assert self._start is not None
        headers = MutableHeaders(raw=list(self._start["headers"]))
        if "content-length" in headers:
            headers["content-length"] = str(len(body))
        await self._send({**self._start, "headers": headers.raw})
        await self._send({"type": "http.response.body", "body": body})

    async def _refuse(self) -> None:
        """Answer with an error instead: this form of answer cannot be masked here."""
        language = preferred_language(Headers(scope=self._scope).get("accept-language"))
        body = error_body(internal("unmasked"), language)
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await self._send({"type": "http.response.start", "status": 500, "headers": headers})
        await self._send({"type": "http.response.body", "body": body})


def _json(body: bytes, masking: Masking) -> bytes:
    """Return a JSON text masked; the same bytes where there was nothing to mask."""
    try:
        value: Any = json.loads(body)
    except ValueError:
        return body
    shown = masking.json(value)
    return (
        body
        if shown == value
        else json.dumps(shown, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    )


def _stream(body: bytes, masking: Masking) -> bytes:
    lines = body.split(b"\n")
    return b"\n".join(
        b"data: " + _json(line.removeprefix(b"data: "), masking) if line.startswith(b"data: ") else line
        for line in lines
    )
