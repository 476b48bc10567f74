"""The least a durable collector can be: parse the JSON, append it, answer when it is synced. Forms are not even parsed.

The same uvicorn, event loop and HTTP parser as Tidewheel; requests that wait together share one fsync.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
import uvicorn

decoder = msgspec.json.Decoder()
encoder = msgspec.json.Encoder()


class Log:
    """An append-only file with group commit."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o644)
        self._waiting: list[tuple[bytes, asyncio.Future[None]]] = []
        self._busy = False

    async def append(self, blob: bytes) -> None:
        """Return when the blob is on disk."""
        loop = asyncio.get_running_loop()
        done = loop.create_future()
        self._waiting.append((blob, done))
        if not self._busy:
            self._busy = True
            while self._waiting:
                batch, self._waiting = self._waiting, []
                await loop.run_in_executor(None, self._sync, b"".join(blob for blob, _ in batch))
                for _, future in batch:
                    future.set_result(None)
            self._busy = False
        await done

    def _sync(self, blob: bytes) -> None:
        os.write(self._file, blob)
        os.fdatasync(self._file)


def make_app(log: Log) -> Callable[..., Awaitable[None]]:
    """Return the ASGI application."""

    async def app(scope: dict[str, Any], receive: Callable[[], Any], send: Callable[[Any], Any]) -> None:
        if scope["type"] != "http":
            return
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        if body:
            await log.append(encoder.encode(decoder.decode(body)) if body[:1] in b"[{" else body)
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"{}"})

    return app


if __name__ == "__main__":
    uvicorn.run(
        make_app(Log(Path(sys.argv[1]))), port=int(sys.argv[2]), log_level="warning", access_log=False
    )
