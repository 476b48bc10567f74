"""Events that were refused: why, and sending them in again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from pydantic import Field, model_validator

from tidewheel.collect.contract import Arrival
from tidewheel.collect.intake import take_body
from tidewheel.core.errors import TidewheelError
from tidewheel.serve.access import Editor, Place, Viewer
from tidewheel.serve.api.fields import Body, Limit, Moment, Offset, Reply
from tidewheel.serve.errors import language_of
from tidewheel.store.rejected import Rejected

router = APIRouter(prefix="/projects/{project}/rejected", tags=["rejected"])

_PAGE = 1_000


class CodeCount(Reply):
    """How many were refused for one reason."""

    code: str
    count: int


class RejectedEvent(Reply):
    """One refused event as it was sent, and the reason in the asker's language."""

    id: str
    received: Moment
    source: str
    code: str
    field: str | None
    message: str
    hint: str | None
    got: Any
    expected: Any
    body: Any


class RejectedPage(Reply):
    """Part of the refused events, newest first. ``total`` counts those of the wanted reason."""

    total: int
    by_code: list[CodeCount]
    items: list[RejectedEvent]


EventId = Annotated[str, Field(pattern="^[0-9]{1,18}$")]


class Chosen(Body):
    """Which ones: by id, by reason, or all; exactly one of the three."""

    ids: Annotated[list[EventId], Field(max_length=10_000)] | None = None
    code: Annotated[str, Field(max_length=64)] | None = None
    all: Literal[True] | None = None

    @model_validator(mode="after")
    def _one(self) -> Chosen:
        if sum(part is not None for part in (self.ids, self.code, self.all)) != 1:
            raise ValueError("send exactly one of ids, code and all")
        return self


class Replayed(Reply):
    """How many were kept this time, and how many were refused again."""

    accepted: int
    rejected: int


class Removed(Reply):
    """How many were removed."""

    removed: int


@router.get("")
def list_rejected(
    request: Request,
    place: Viewer,
    offset: Offset = 0,
    limit: Limit = 50,
    code: Annotated[str | None, Query(max_length=64)] = None,
) -> RejectedPage:
    """List refused events with their reasons."""
    inbox = place.store.inbox
    counts = inbox.rejected_counts()
    language = language_of(request.headers)
    return RejectedPage(
        total=counts.get(code, 0) if code else sum(counts.values()),
        by_code=[CodeCount(code=name, count=count) for name, count in counts.items()],
        items=[
            RejectedEvent(
                id=str(kept.id),
                received=kept.received,
                source=kept.source,
                body=_readable(kept.body),
                **kept.describe(language),
            )
            for kept in inbox.rejected(offset=offset, limit=limit, code=code)
        ],
    )


@router.post("/replay")
def replay_rejected(body: Chosen, place: Editor) -> Replayed:
    """Send refused events in again; those that are good now are kept and leave the list."""
    accepted = rejected = 0
    for page in _chosen(body, place):
        mended, events = [], []
        for kept in page:
            found = _take_again(kept, place)
            if found is None:
                rejected += 1
            else:
                events += found
                mended.append(kept.id)
        place.store.append(events).result()
        accepted += place.store.inbox.delete_rejected(mended)
    place.note("rejected_replayed", "", accepted=accepted, rejected=rejected)
    return Replayed(accepted=accepted, rejected=rejected)


@router.delete("")
def remove_rejected(body: Chosen, place: Editor) -> Removed:
    """Forget refused events."""
    inbox = place.store.inbox
    if body.all:
        removed = inbox.delete_rejected()
    else:
        removed = sum(inbox.delete_rejected([kept.id for kept in page]) for page in _chosen(body, place))
    place.note("rejected_removed", "", removed=removed)
    return Removed(removed=removed)


def _chosen(body: Chosen, place: Place) -> Iterator[list[Rejected]]:
    """Yield what is meant in pages; each is looked at once, even when it stays."""
    inbox = place.store.inbox
    if body.ids is not None:
        yield inbox.rejected_by_id([int(one) for one in body.ids])
        return
    ids: list[int] = []
    while page := inbox.rejected(offset=len(ids), limit=_PAGE, code=body.code):
        ids += [kept.id for kept in page]
    for start in range(0, len(ids), _PAGE):
        yield inbox.rejected_by_id(ids[start : start + _PAGE])


def _take_again(kept: Rejected, place: Place) -> list[Any] | None:
    settings = place.installation.settings
    arrival = Arrival(
        source=kept.source,
        received=kept.received,
        zone=place.project.time_zone,
        max_bytes=settings.max_body_mb * 1024 * 1024,
        max_events=settings.max_batch_events,
        guard=place.installation.guard(place.project.id),
    )
    try:
        taken = take_body(kept.body, arrival)
    except TidewheelError:
        return None
    return None if taken.rejected else taken.events


def _readable(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return body.decode("utf-8", "replace")
