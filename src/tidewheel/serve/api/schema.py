"""What the project's events look like: names, properties, values, samples."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from tidewheel.core.events import Kind, Scope
from tidewheel.serve.access import Viewer
from tidewheel.serve.api.fields import Limit, Moment, Reply, Title, Words

router = APIRouter(prefix="/projects/{project}/schema", tags=["schema"])


class EventName(Reply):
    """One event name. ``daily`` counts the last 14 days, today last; ``properties`` are names."""

    name: str
    title: Title | None
    count: int
    first_seen: Moment | None
    last_seen: Moment | None
    daily: list[int]
    properties: list[str]


class Property(Reply):
    """One property of one kind; a name may hold several kinds."""

    name: str
    title: Title | None
    scope: Scope
    kind: Kind
    count: int
    events: list[str]
    samples: list[Any]


class Schema(Reply):
    """All names in use, the most frequent first."""

    events: list[EventName]
    properties: list[Property]


class ValueCount(Reply):
    """A value and how often it occurs."""

    value: str | float | bool
    count: int


class Values(Reply):
    """The most frequent values."""

    values: list[ValueCount]


class Samples(Reply):
    """Some events as they are stored, newest first."""

    events: list[dict[str, Any]]


@router.get("")
def get_schema(place: Viewer) -> Schema:
    """Return the names of events and properties in use."""
    raise NotImplementedError


@router.get("/values")
def get_values(
    place: Viewer,
    property: Annotated[str, Query(min_length=1, max_length=200)],  # noqa: A002
    scope: Scope = "event",
    kind: Kind | None = None,
    q: Words = "",
    limit: Limit = 50,
) -> Values:
    """Return the most frequent values of a property, for completion."""
    raise NotImplementedError


@router.get("/events/{name}/samples")
def get_samples(name: str, place: Viewer, limit: Limit = 10) -> Samples:
    """Return some events of one name."""
    raise NotImplementedError
