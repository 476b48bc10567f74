"""What the project's events look like: names, properties, values, samples."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import Query

from tidewheel.analyse.filters import Facts
from tidewheel.analyse.run import personal
from tidewheel.collect.plan import PlanKind
from tidewheel.core.events import PERSON_FACTS, Kind, Scope
from tidewheel.identify.people import TimelineEvent
from tidewheel.identify.resolve import resolve
from tidewheel.model import parse_pick
from tidewheel.serve import dictionary
from tidewheel.serve.access import Here, Viewer
from tidewheel.serve.api.fields import Limit, Moment, Reply, Title, Words
from tidewheel.serve.picks import picks_of
from tidewheel.serve.planning import plan_of
from tidewheel.serve.property_kinds import kinds_of
from tidewheel.serve.routes import Router
from tidewheel.serve.vocabulary import EVENTS, PROPERTIES
from tidewheel.store.catalog import picks

router = Router(prefix="/projects/{project}/schema", tags=["schema"])

PLANNED: Final[dict[Scope, PlanKind]] = {"event": "property", "item": "item", "person": "person"}
"""Which part of a tracking plan speaks of a property."""


class EventName(Reply):
    """One event name. ``daily`` counts the last 14 days, today last; ``properties`` are names.

    ``picked``: it is defined by what was clicked, not sent under its name.
    """

    name: str
    title: Title | None
    count: int
    first_seen: Moment | None
    last_seen: Moment | None
    daily: list[int]
    properties: list[str]
    picked: bool = False


class Property(Reply):
    """One property of one kind; a name may hold several kinds. ``events`` are those it was seen on."""

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


class KindOfProperty(Reply):
    """Values of one kind: ``share`` of all that arrived under the name, by source and by event, and when."""

    kind: Kind
    count: int
    share: float
    first_seen: Moment
    last_seen: Moment
    sources: dict[str, int]
    events: dict[str, int]
    samples: list[Any]


class KindsOfProperty(Reply):
    """The kinds a property arrives with, the commonest first. ``planned``: the type that the tracking plan declares."""

    kinds: list[KindOfProperty]
    planned: str | None


class ValueCount(Reply):
    """A value and how often it occurs."""

    value: str | bool | int | float
    count: int


class Values(Reply):
    """The most frequent values."""

    values: list[ValueCount]


class Samples(Reply):
    """Some events as they are stored, newest first."""

    events: list[TimelineEvent]


@router.get("")
def get_schema(place: Viewer, installation: Here) -> Schema:
    """Return the names of events and properties in use."""
    snapshot = place.snapshot()
    held = installation.dictionary.contents(snapshot)
    days = dictionary.daily(snapshot, place.calendar, installation.clock())
    of_event: dict[str, list[tuple[str, int]]] = {}
    for (name, scope, _), found in held.properties.items():
        if scope == "event":
            for event, count in found.events.items():
                of_event.setdefault(event, []).append((name, count))
    events = [
        EventName(
            name=name,
            title=EVENTS.get(name),
            count=seen.count,
            first_seen=seen.first,
            last_seen=seen.last,
            daily=days.get(name, [0] * dictionary.DAYS),
            properties=list(dict.fromkeys(dictionary.by_count(of_event.get(name, [])))),
        )
        for name, seen in held.events.items()
        if name not in PERSON_FACTS
    ]
    properties = [
        Property(
            name=name,
            title=PROPERTIES.get(name),
            scope=scope,
            kind=kind,
            count=found.count,
            events=dictionary.by_count(list(found.events.items())),
            samples=found.samples,
        )
        for (name, scope, kind), found in held.properties.items()
    ]
    with installation.catalog.read() as db:
        titles = {
            one.name: parse_pick(one.name, one.definition).title for one in picks.listed(db, place.project.id)
        }
    facts = Facts(snapshot, resolve(snapshot), place.calendar)
    for name, pick in picks_of(installation, place.project.id).items():
        seen, daily = dictionary.picked(facts, pick, installation.clock())
        bases = {one.base for one in pick.any_of}
        own = [pair for base in sorted(bases) for pair in of_event.get(base, [])]
        events.append(
            EventName(
                name=name,
                title=Title(en=titles[name].en, zh=titles[name].zh),
                count=seen.count,
                first_seen=seen.first if seen.count else None,
                last_seen=seen.last if seen.count else None,
                daily=daily,
                properties=list(dict.fromkeys(dictionary.by_count(own))),
                picked=True,
            )
        )
    return Schema(
        events=sorted(events, key=lambda event: (-event.count, event.name)),
        properties=sorted(properties, key=lambda one: (-one.count, one.name, one.scope, one.kind)),
    )


@router.get("/kinds")
def get_kinds_of_property(
    place: Viewer,
    installation: Here,
    property: Annotated[str, Query(min_length=1, max_length=200)],  # noqa: A002
    scope: Scope = "event",
) -> KindsOfProperty:
    """Return the kinds of values that arrive under one name, and from where."""
    if place.masking is not None and scope != "item" and place.masking.names(property):
        raise personal(property)
    found = kinds_of(place.snapshot(), property, scope)
    total = sum(one.count for one in found)
    with installation.catalog.read() as db:
        part = plan_of(db, place.project.id).of(PLANNED[scope]).get(property)
    return KindsOfProperty(
        kinds=[
            KindOfProperty(
                kind=one.kind,
                count=one.count,
                share=one.count / total,
                first_seen=one.first,
                last_seen=one.last,
                sources=one.sources,
                events=one.events,
                samples=one.samples,
            )
            for one in found
        ],
        planned=getattr(part, "type", None),
    )


@router.get("/values")
def get_values(
    place: Viewer,
    installation: Here,
    property: Annotated[str, Query(min_length=1, max_length=200)],  # noqa: A002
    scope: Scope = "event",
    kind: Kind | None = None,
    q: Words = "",
    limit: Limit = 50,
) -> Values:
    """Return the most frequent values of a property, for completion; without a kind, of its commonest."""
    if place.masking is not None and scope != "item" and place.masking.names(property):
        raise personal(property)
    snapshot = place.snapshot()
    chosen = kind or dictionary.kind_of_property(installation.dictionary.contents(snapshot), property, scope)
    found = dictionary.values(snapshot, property, scope, chosen, q, limit) if chosen else []
    return Values(values=[ValueCount(value=value, count=count) for value, count in found])


@router.get("/events/{name}/samples")
def get_samples(
    name: str, place: Viewer, installation: Here, limit: Annotated[int, Query(ge=1, le=100)] = 10
) -> Samples:
    """Return the newest events of one name."""
    snapshot = place.snapshot()
    pick = picks_of(installation, place.project.id).get(name)
    if pick is None:
        return Samples(events=dictionary.samples(snapshot, name, limit))
    facts = Facts(snapshot, resolve(snapshot), place.calendar)
    return Samples(events=dictionary.picked_samples(facts, pick, limit))
