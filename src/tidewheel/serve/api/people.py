"""People: find them, look at one, follow what they did."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from tidewheel.core.events import Kind
from tidewheel.serve.access import Viewer
from tidewheel.serve.api.fields import Limit, Moment, Offset, Reply, Words

router = APIRouter(prefix="/projects/{project}/people", tags=["people"])


class ShortIdentifier(Reply):
    """An identifier, such as type ``phone``."""

    type: str
    value: str


class PersonRow(Reply):
    """A person in a list. ``revenue`` is in minor units of the project's currency."""

    id: str
    name: str | None
    identifiers: list[ShortIdentifier]
    first_seen: Moment | None
    last_seen: Moment | None
    orders: int
    revenue: int
    city: str | None


class PeoplePage(Reply):
    """Part of a list of people; ``total`` counts all of them."""

    total: int
    people: list[PersonRow]


class Identifier(Reply):
    """An identifier of a person and what was sent under it."""

    type: str
    value: str
    first_seen: Moment | None
    last_seen: Moment | None
    events: int


class Link(Reply):
    """That two identifiers belong together: said by which event, when; ``reason`` says why it is not in force."""

    a: str
    b: str
    source: str
    time: Moment
    in_force: bool
    reason: str | None


class PersonProperty(Reply):
    """A property as it stands, and since when."""

    value: Any
    kind: Kind
    time: Moment


class Person(Reply):
    """Everything about one person but the events."""

    id: str
    name: str | None
    identifiers: list[Identifier]
    links: list[Link]
    properties: dict[str, PersonProperty]
    first_seen: Moment | None
    last_seen: Moment | None
    events: int
    orders: int
    revenue: int


class PersonEvent(Reply):
    """One thing a person did."""

    id: str
    name: str
    time: Moment
    actor: str
    source: str
    properties: dict[str, Any]
    items: list[dict[str, Any]]


class Timeline(Reply):
    """What a person did, newest first; ``next`` is the ``before`` of the page that follows."""

    events: list[PersonEvent]
    next: str | None


@router.get("")
def find_people(place: Viewer, q: Words = "", offset: Offset = 0, limit: Limit = 50) -> PeoplePage:
    """Find people by identifier or name; without words, those seen last."""
    raise NotImplementedError


@router.get("/{person_id}")
def get_person(person_id: str, place: Viewer) -> Person:
    """Return one person."""
    raise NotImplementedError


@router.get("/{person_id}/events")
def get_timeline(
    person_id: str,
    place: Viewer,
    before: Annotated[str | None, Query(max_length=100)] = None,
    limit: Limit = 50,
    name: Words | None = None,
) -> Timeline:
    """Return what a person did, newest first."""
    raise NotImplementedError
