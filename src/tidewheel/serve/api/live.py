"""The live stream of arriving events (server-sent events)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

from anyio.to_thread import run_sync
from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from tidewheel.core.events import PERSON_FACTS, Event
from tidewheel.serve.access import Place, Viewer
from tidewheel.serve.api.fields import Moment, Reply
from tidewheel.serve.live import masked, per_minute, shown_properties
from tidewheel.store.listen import Listener

router = APIRouter(prefix="/projects/{project}/live", tags=["live"])

_PULSE_SECONDS = 5.0
_WAITING = 200
"""Facts a slow reader may lag behind."""


class Fact(Reply):
    """An event that has just arrived (``event: fact``); the actor is masked."""

    time: Moment
    name: str
    actor: str
    source: str
    properties: dict[str, Any]
    items_count: int


class Pulse(Reply):
    """Events in each of the last 60 minutes, the current one last (``event: pulse``)."""

    per_minute: list[int]


@router.get(
    "",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "A stream of `event: fact` and `event: pulse`, each with one JSON object as data",
            "model": Fact | Pulse,
            "content": {"text/event-stream": {}},
        }
    },
)
async def watch_live(place: Viewer) -> StreamingResponse:
    """Watch events arrive: each new one, and how many there were in each of the last 60 minutes."""
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return StreamingResponse(_stream(place), media_type="text/event-stream", headers=headers)


async def _stream(place: Place) -> AsyncIterator[bytes]:
    live, metrics = place.installation.live, place.installation.metrics
    loop = asyncio.get_running_loop()
    store = await run_sync(lambda: place.store)
    wake = live.join()
    metrics.listeners.inc()
    listener = store.listen(_WAITING, lambda: _wake(loop, wake))
    try:
        yield b"retry: 3000\n\n"
        while not live.closing:
            counts = await run_sync(per_minute, store.snapshot(), place.installation.clock())
            yield _message("pulse", Pulse(per_minute=counts))
            async for facts in _until(loop.time() + _PULSE_SECONDS, wake, listener):
                yield facts
                if live.closing:
                    return
    finally:
        listener.close()
        live.leave(wake)
        metrics.listeners.dec()


async def _until(end: float, wake: asyncio.Event, listener: Listener) -> AsyncIterator[bytes]:
    """Yield facts as they come, until a moment of the loop's clock."""
    loop = asyncio.get_running_loop()
    while (left := end - loop.time()) > 0:
        try:
            async with asyncio.timeout(left):
                await wake.wait()
        except TimeoutError:
            return
        wake.clear()
        yield b"".join(_fact(event) for event in listener.take() if event.name not in PERSON_FACTS)


def _wake(loop: asyncio.AbstractEventLoop, wake: asyncio.Event) -> None:
    if not loop.is_closed():
        loop.call_soon_threadsafe(wake.set)


def _fact(event: Event) -> bytes:
    return _message(
        "fact",
        Fact(
            time=event.time,
            name=event.name,
            actor=masked(event.actor),
            source=event.source,
            properties=shown_properties(event),
            items_count=len(event.items),
        ),
    )


def _message(kind: str, data: Reply) -> bytes:
    text = json.dumps(data.model_dump(mode="json"), ensure_ascii=True)
    return f"event: {kind}\ndata: {text}\n\n".encode()
