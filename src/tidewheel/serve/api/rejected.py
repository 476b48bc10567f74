"""Events that were refused: why, and sending them in again."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import Field

from tidewheel.serve.access import Editor, Viewer
from tidewheel.serve.api.fields import Body, Limit, Moment, Offset, Reply

router = APIRouter(prefix="/projects/{project}/rejected", tags=["rejected"])


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
    body: Any


class RejectedPage(Reply):
    """Part of the refused events, newest first."""

    total: int
    by_code: list[CodeCount]
    items: list[RejectedEvent]


class Chosen(Body):
    """Which ones: by id, by reason, or all."""

    ids: Annotated[list[str], Field(max_length=10_000)] | None = None
    code: str | None = None
    all: Literal[True] | None = None


class Replayed(Reply):
    """How many were kept this time, and how many were refused again."""

    accepted: int
    rejected: int


class Removed(Reply):
    """How many were removed."""

    removed: int


@router.get("")
def list_rejected(
    place: Viewer,
    offset: Offset = 0,
    limit: Limit = 50,
    code: Annotated[str | None, Query(max_length=64)] = None,
) -> RejectedPage:
    """List refused events with their reasons."""
    raise NotImplementedError


@router.post("/replay")
def replay_rejected(body: Chosen, place: Editor) -> Replayed:
    """Send refused events in again; those that are good now are kept and leave the list."""
    raise NotImplementedError


@router.delete("")
def remove_rejected(body: Chosen, place: Editor) -> Removed:
    """Forget refused events."""
    raise NotImplementedError
