"""People: find them, look at one, follow what they did."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import Query
from pydantic import AwareDatetime

from tidewheel.core.ids import split_actor
from tidewheel.identify import people
from tidewheel.identify.people import Hand, Identifier, Link, PropertyValue, Timeline
from tidewheel.identify.resolve import as_of
from tidewheel.serve.access import Viewer
from tidewheel.serve.api import person_path  # noqa: F401
from tidewheel.serve.api.fields import Limit, Offset, Reply, Words
from tidewheel.serve.privacy.names import identifiers_like, reference
from tidewheel.serve.routes import Router

router = Router(prefix="/projects/{project}/people", tags=["people"])


class ShortIdentifier(Reply):
    """An identifier, such as type ``phone``."""

    type: str
    value: str


class PersonRow(Reply):
    """A person in a list. ``revenue`` is paid minus refunded, in minor units of the project's currency."""

    id: str
    name: str | None
    identifiers: list[ShortIdentifier]
    first_seen: str | None
    last_seen: str | None
    events: int
    orders: int
    revenue: float
    city: str | None


class PeoplePage(Reply):
    """Part of a list of people; ``total`` counts all of them."""

    total: int
    people: list[PersonRow]


class Person(Reply):
    """Everything about one person but the events."""

    id: str
    name: str | None
    city: str | None
    identifiers: list[Identifier]
    hands: list[Hand]
    links: list[Link]
    properties: dict[str, PropertyValue]
    first_seen: str | None
    last_seen: str | None
    events: int
    orders: int
    revenue: float


AsOf = Annotated[
    AwareDatetime | None,
    Query(alias="as_of", description="people as the links asserted by this moment make them"),
]


def ms(moment: datetime | None) -> int | None:
    """Return a moment in milliseconds UTC."""
    return None if moment is None else int(moment.timestamp() * 1000)


@router.get("")
def find_people(
    place: Viewer, q: Words = "", offset: Offset = 0, limit: Limit = 50, as_of_: AsOf = None
) -> PeoplePage:
    """Find people by identifier or name; without words, those seen last."""
    also = identifiers_like(place, q) if q else []
    whole = place.masking is not None
    return shown(people.find(as_of(place.snapshot(), ms(as_of_)), q, offset, limit, also, whole=whole))


@router.get("/{person_id:person}")
def get_person(person_id: str, place: Viewer, as_of_: AsOf = None) -> Person:
    """Return one person, by id or by any identifier (``phone:+86…``)."""
    found = people.get(as_of(place.snapshot(), ms(as_of_)), reference(place, person_id))
    fields = found.model_dump(exclude={"identifiers", "details"})
    return Person(identifiers=found.details, **fields)


@router.get("/{person_id:path}/events")
def get_timeline(
    person_id: str,
    place: Viewer,
    before: Annotated[
        str | None, Query(pattern="^[0-9]{1,15}$", description="`next` of the page before")
    ] = None,
    limit: Limit = 50,
    name: Words | None = None,
    as_of_: AsOf = None,
) -> Timeline:
    """Return what a person did, newest first."""
    snapshot = as_of(place.snapshot(), ms(as_of_))
    return people.timeline(snapshot, reference(place, person_id), before, limit, name or None)


def shown(page: people.PeoplePage) -> PeoplePage:
    """Return a page with its identifiers taken apart."""
    return PeoplePage(total=page.total, people=[_row(row) for row in page.people])


def _row(row: people.PersonRow) -> PersonRow:
    pairs = [split_actor(actor) for actor in row.identifiers]
    return PersonRow(
        identifiers=[ShortIdentifier(type=kind, value=value) for kind, value in pairs],
        **row.model_dump(exclude={"identifiers"}),
    )
