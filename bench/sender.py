"""Sends prepared batches over a few kept-open connections, and counts what was acknowledged."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence

BATCH = 100
NAMES = ("page_view", "view_item", "view_item_list", "add_to_cart", "purchase")


def batches(count: int, start_ms: int, serial: int = 0) -> list[bytes]:
    """Return JSON bodies of :data:`BATCH` events each, shaped like the demo's, no two events the same."""
    bodies = []
    for batch in range(count):
        events = []
        for place in range(BATCH):
            number = (serial + batch) * BATCH + place
            event = {
                "event": NAMES[number % len(NAMES)],
                "time": start_ms + number % 3_600_000,
                "id": f"{number:012x}",
                "who": {
                    "device": f"d-{number * 7919 % 50_000}",
                    "openid": f"wx5f1a/o{number * 7919 % 50_000:08d}",
                },
                "properties": {
                    "channel": "natural",
                    "platform": "mini_program",
                    "page": f"/goods/{number % 500}",
                },
            }
            if number % 3 == 0:
                event["items"] = [
                    {"item_id": f"SKU{number % 2000}", "item_category": "面霜", "price": 9900, "quantity": 1}
                ]
            events.append(event)
        bodies.append(json.dumps({"events": events}).encode())
    return bodies


def requests(bodies: Sequence[bytes], key: str) -> list[bytes]:
    """Return whole HTTP requests."""
    return [
        b"POST /v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        b"Authorization: Bearer "
        + key.encode()
        + b"\r\nContent-Length: "
        + str(len(body)).encode()
        + b"\r\n\r\n"
        + body
        for body in bodies
    ]


async def send(port: int, queue: list[bytes], senders: int, every: float = 0.0) -> float:
    """Send everything and return the seconds it took; each sender starts a batch ``every`` so many seconds."""
    start = time.perf_counter()
    await asyncio.gather(*(_sender(port, queue, every, start + every * n / senders) for n in range(senders)))
    return time.perf_counter() - start


async def _sender(port: int, queue: list[bytes], every: float, due: float) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while queue:
        request = queue.pop()
        while not await exchange(reader, writer, request):
            await asyncio.sleep(0.05)
        due += every
        if every:
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
    writer.close()
    await writer.wait_closed()


async def exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> bool:
    """Send one request; True when acknowledged, False when asked to slow down."""
    writer.write(request)
    await writer.drain()
    head = await reader.readuntil(b"\r\n\r\n")
    status = int(head.split(b" ", 2)[1])
    if status == 204:
        return True
    length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
    body = await reader.readexactly(length)
    if status not in {200, 429}:
        raise RuntimeError(f"{status}: {body[:300]!r}")
    return status == 200
