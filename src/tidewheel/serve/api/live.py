"""Events as they arrive (server-sent events), and how each was understood."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterable
from typing import Annotated, Any

from anyio.to_thread import run_sync
from fastapi import Query
from fastapi.responses import StreamingResponse

from tidewheel.collect.explain import Outcome
from tidewheel.core.errors import TidewheelError
from tidewheel.serve.access import Place, Viewer
from tidewheel.serve.api.fields import Moment, Reply, Title, Words
from tidewheel.serve.arrivals import Came, Watch
from tidewheel.serve.live import Seen, Wish, per_minute, plain, repeated, seen_in
from tidewheel.serve.privacy.names import identifiers_like
from tidewheel.serve.routes import Router
from tidewheel.serve.sightings import withheld

router = Router(prefix="/projects/{project}/live", tags=["live"])

_PULSE_SECONDS = 5.0
_PACE_SECONDS = 0.2
"""Between two looks at what has come: nobody reads faster, and taking events in must not wait for those who watch."""
_REQUESTS = 20
_EVENTS = 50
"""At one look, and of one request."""
_SHOWN = 12


class LiveProblem(Reply):
    """Why an event was refused."""

    code: str
    field: str | None
    message: Title


class LiveFact(Reply):
    """An event that has just arrived (``event: fact``), or a request of which nothing could be read.

    ``outcome``: kept; mended (read as the plan declares); violates (kept though not as planned); blocked (refused for
    the plan); refused; left_out (by the words); unread. ``repeated``: it had come before, and counts once. ``sent_as`` is its name as sent where that was another. ``dry``: the
    client only asked, nothing was kept. ``notes`` counts what was read in a way the sender should know of.
    """

    id: str
    received: Moment
    time: Moment
    name: str
    sent_as: str | None
    actor: str
    source: str
    protocol: str
    outcome: Outcome
    dry: bool
    repeated: bool
    problem: LiveProblem | None
    notes: int
    properties: dict[str, Any]
    items_count: int


class Pulse(Reply):
    """Events in each of the last 60 minutes, the current one last (``event: pulse``).

    ``skipped`` counts requests that came too fast to be shown.
    """

    per_minute: list[int]
    skipped: int


@router.get(
    "",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "A stream of `event: fact` and `event: pulse`, each with one JSON object as data",
            "model": LiveFact | Pulse,
            "content": {"text/event-stream": {}},
        }
    },
)
async def watch_live(
    place: Viewer,
    *,
    device: Annotated[Words, Query(description="an identifier (`device:abc`, `abc`), or a test key")] = "",
    source: Annotated[str, Query(max_length=64, description="id of a source")] = "",
    event: Annotated[Words, Query(description="name of an event, as sent or as kept")] = "",
    problems: Annotated[bool, Query(description="only what is not simply kept")] = False,
    recent: Annotated[
        int, Query(ge=0, le=200, description="how many that have come already to begin with")
    ] = 0,
    follow: Annotated[
        bool, Query(description="stay and watch; false: end after what has come already")
    ] = True,
) -> StreamingResponse:
    """Watch what this process takes in: each event, and how many there were in each of the last 60 minutes."""
    actors = await run_sync(identifiers_like, place, device) if device else []
    wish = Wish(device, frozenset(actors), source, event, problems)
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return StreamingResponse(
        _stream(place, wish, recent, follow=follow), media_type="text/event-stream", headers=headers
    )


async def _stream(place: Place, wish: Wish, recent: int, *, follow: bool) -> AsyncIterator[bytes]:
    here = place.installation
    loop = asyncio.get_running_loop()
    store = await run_sync(lambda: place.store)
    wake = here.live.join()
    here.metrics.listeners.inc()
    watch = here.arrivals.watch(place.project.id, wish.may, lambda: _wake(loop, wake))
    try:
        yield b"retry: 3000\n\n"
        if recent:
            before = [came for came in here.arrivals.recent(place.project.id) if wish.may(came, None)]
            yield await run_sync(_told, before[-4 * recent :], wish, recent)
        while not here.live.closing:
            counts = await run_sync(per_minute, store.snapshot(), here.clock())
            yield _message("pulse", Pulse(per_minute=counts, skipped=watch.skipped))
            if not follow:
                return
            async for facts in _until(loop.time() + _PULSE_SECONDS, wake, watch, wish):
                yield facts
                if here.live.closing:
                    return
    finally:
        watch.close()
        here.live.leave(wake)
        here.metrics.listeners.dec()


async def _until(end: float, wake: asyncio.Event, watch: Watch, wish: Wish) -> AsyncIterator[bytes]:
    """Yield facts as they come, until a moment of the loop's clock."""
    loop = asyncio.get_running_loop()
    while (left := end - loop.time()) > 0:
        try:
            async with asyncio.timeout(left):
                await wake.wait()
        except TimeoutError:
            return
        wake.clear()
        while came := watch.take(_REQUESTS):
            yield await run_sync(_told, came, wish, None)
            await asyncio.sleep(_PACE_SECONDS)


def _wake(loop: asyncio.AbstractEventLoop, wake: asyncio.Event) -> None:
    if not loop.is_closed():
        loop.call_soon_threadsafe(wake.set)


def _told(requests: Iterable[Came], wish: Wish, last: int | None) -> bytes:
    """Return the messages of what is wanted of requests; ``last``: only so many of the newest."""
    found = [seen for came in requests for seen in seen_in(came, wish, _EVENTS)]
    return b"".join(_message("fact", brief(seen)) for seen in (found if last is None else found[-last:]))


def brief(seen: Seen) -> LiveFact:
    """Return one event as it stands in the stream."""
    came, one = seen.came, seen.sighting
    taken = one.taken if one else None
    fact = taken.events[0] if taken and taken.events else None
    sent = plain(one.sent) if one else None
    said = sent if isinstance(sent, dict) else {}
    private = withheld(came, [one.code for one in taken.rejected] if taken else []) is not None
    bag = fact.properties if fact else {} if private else said.get("properties")
    name = one.name if one else ""
    return LiveFact(
        id=f"{came.number}-{one.index if one else 0}",
        received=came.received,
        time=fact.time if fact else came.received,
        name=name,
        sent_as=said["event"] if isinstance(said.get("event"), str) and said["event"] != name else None,
        actor=fact.actor if fact else "" if private else _first_of(said.get("who")),
        source=came.arrival.source,
        protocol=came.protocol.name,
        outcome=one.outcome if one else "unread",
        dry=came.dry,
        repeated=one is not None and repeated(came, one),
        problem=problem_of(seen),
        notes=len(taken.notes) if taken else 0,
        properties=_some(bag if isinstance(bag, dict) else {}),
        items_count=len(fact.items) if fact else 0,
    )


def problem_of(seen: Seen) -> LiveProblem | None:
    """Return why an event, or a request as a whole, was refused."""
    one, error = seen.sighting, seen.came.error
    if one is not None and one.taken.rejected:
        why = one.taken.rejected[0]
        return LiveProblem(
            code=why.code, field=why.field, message=Title(en=why.message.en, zh=why.message.zh)
        )
    if error is None:
        return None
    return LiveProblem(code=error.code, field=error.field, message=_in_both(error))


def _in_both(error: TidewheelError) -> Title:
    return Title(en=error.describe("en")["message"], zh=error.describe("zh")["message"])


def _first_of(who: Any) -> str:
    return next((f"{kind}:{value}" for kind, value in who.items()), "") if isinstance(who, dict) else ""


def _some(properties: dict[str, Any]) -> dict[str, Any]:
    """Return the first few properties as JSON values, long texts cut."""
    return {
        name: value[:80]
        if isinstance(value, str)
        else value
        if isinstance(value, int | float | bool | list)
        else str(value)
        for name, value in list(properties.items())[:_SHOWN]
    }


def _message(kind: str, data: Reply) -> bytes:
    text = json.dumps(data.model_dump(mode="json"), ensure_ascii=True)
    return f"event: {kind}\ndata: {text}\n\n".encode()
