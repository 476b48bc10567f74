"""Clients that mean no good, many at once, on bare sockets."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

import httpx

CHUNK: Final = b"x" * 65_536


@dataclass
class Told:
    """What became of one connection: the answer's first bytes, bytes sent, seconds until it was over."""

    reply: bytes
    sent: int
    seconds: float

    @property
    def status(self) -> int:
        """The status of the answer; 0 when there was none."""
        return int(self.reply.split(b" ", 2)[1]) if self.reply.startswith(b"HTTP/") else 0


async def talk(url: str, parts: AsyncIterator[bytes]) -> Told:
    """Send parts until the server has answered or closed; returns what it said."""
    place = urlsplit(url)
    begun, sent = time.monotonic(), 0
    reader, writer = await asyncio.open_connection(place.hostname, place.port)
    reply = bytearray()
    with writer.get_extra_info("socket").dup() as left:
        answer = asyncio.ensure_future(_read(reader, reply))
        with suppress(OSError):
            async for part in parts:
                writer.write(part)
                sent += len(part)
                await writer.drain()
                if answer.done():
                    break
        await asyncio.wait_for(answer, 60)
        writer.transport.abort()
        # A write that fails closes the connection over an answer that has come and was not read.
        with suppress(OSError):
            left.setblocking(False)
            reply += left.recv(65_536)
    return Told(bytes(reply), sent, time.monotonic() - begun)


async def _read(reader: asyncio.StreamReader, reply: bytearray) -> None:
    """Take in what comes until the end, in order or not."""
    with suppress(OSError):
        while part := await reader.read(65_536):
            reply += part


def head(key: str, path: str = "/v1/events", **headers: str) -> bytes:
    """Return the head of a request of a known sender."""
    lines = [f"POST {path} HTTP/1.1", "host: shop", f"x-write-key: {key}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode()


async def declared(key: str, size: int, sent: int) -> AsyncIterator[bytes]:
    """Say a size, and send some of it."""
    yield head(key, content_length=str(size))
    for _ in range(sent // len(CHUNK)):
        yield CHUNK


async def chunked(key: str, size: int) -> AsyncIterator[bytes]:
    """Send a body of no declared size."""
    yield head(key, transfer_encoding="chunked")
    for _ in range(size // len(CHUNK)):
        yield b"%x\r\n%s\r\n" % (len(CHUNK), CHUNK)


async def endless_head(size: int) -> AsyncIterator[bytes]:
    """Send a head that does not end."""
    yield b"POST /v1/events HTTP/1.1\r\nx-much: "
    for _ in range(size // len(CHUNK)):
        yield CHUNK


async def dripping(first: bytes, drop: bytes, pause: float) -> AsyncIterator[bytes]:
    """Send a little now and then, for ever."""
    yield first
    while True:
        yield drop
        await asyncio.sleep(pause)


@dataclass
class Healthy:
    """A client that behaves, and how it fared beside the others."""

    url: str
    key: str
    seconds: list[float] = field(default_factory=list)

    async def beside(self, others: Callable[[], Awaitable[list[Told]]]) -> list[Told]:
        """Send a batch after the other while others do what they do; each must be taken."""
        running = asyncio.ensure_future(others())
        async with httpx.AsyncClient(base_url=self.url, trust_env=False, timeout=60) as client:
            while not running.done() or len(self.seconds) < 5:
                begun = time.monotonic()
                reply = await client.post(
                    "/v1/events",
                    json={"event": "healthy", "who": {"device": "d"}},
                    headers={"X-Write-Key": self.key},
                )
                assert reply.status_code == 200, reply.text
                self.seconds.append(time.monotonic() - begun)
                await asyncio.sleep(0.02)
        return await running

    @property
    def figures(self) -> tuple[float, float]:
        """Return the median and the longest time of an answer, in seconds."""
        return statistics.median(self.seconds), max(self.seconds)
