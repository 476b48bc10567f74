"""What comes of linking, parting and other rules, told for people: who becomes who, and which segments change."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel

from tidewheel.analyse.run import Asking, Held, segment_people
from tidewheel.core.ids import encode_key, split_actor
from tidewheel.identify.deciding import Change
from tidewheel.identify.figures import sums
from tidewheel.identify.people import iso
from tidewheel.identify.resolve import resolve
from tidewheel.serve.installation import Installation
from tidewheel.serve.segments import usable
from tidewheel.store.catalog import segments
from tidewheel.store.view import Snapshot

SHOWN = 50
"""Persons of a change that are told one by one, and identifiers of each."""


class ChangedIdentifier(BaseModel):
    """An identifier."""

    type: str
    value: str


class ChangedPerson(BaseModel):
    """A person as it was or would be. ``revenue`` is paid minus refunded, in minor units of the currency."""

    id: str
    identifiers: list[ChangedIdentifier]
    identifier_count: int
    events: int
    orders: int
    revenue: float
    first_seen: str | None
    last_seen: str | None


class LimitPassed(BaseModel):
    """A limit that a person passes: of a type, or ``$`` for all types together."""

    type: str
    most: int
    would_be: int


class DecisionOutcome(BaseModel):
    """Who is not the same any more: persons before and after, of which the first are told; limits that are passed by decision."""

    before_count: int
    after_count: int
    before: list[ChangedPerson]
    after: list[ChangedPerson]
    limits: list[LimitPassed]


class SegmentChange(BaseModel):
    """A segment, and how many of the people concerned are in it before and after."""

    id: str
    name: str
    before: int
    after: int


def outcome(before: Snapshot, after: Snapshot, change: Change) -> DecisionOutcome:
    """Return a change as it is shown."""
    return DecisionOutcome(
        before_count=len(change.before),
        after_count=len(change.after),
        before=[_person(before, codes) for codes in change.before[:SHOWN]],
        after=[_person(after, codes) for codes in change.after[:SHOWN]],
        limits=[LimitPassed(type=kind, most=most, would_be=held) for kind, most, held in change.over],
    )


def segment_changes(
    installation: Installation,
    project: str,
    before: Snapshot,
    after: Snapshot,
    change: Change,
    asking: Asking,
) -> list[SegmentChange]:
    """Return the segments in which the people concerned would not be as before."""
    with installation.catalog.read() as db:
        found = [usable(saved) for saved in segments.listed(db, project)]
    told = []
    for segment in found if change.before else ():
        counts = []
        for snapshot, persons in ((before, change.before), (after, change.after)):
            _, inside = segment_people(Held(snapshot), segment, asking)
            numbers = resolve(snapshot).person_of[[codes[0] for codes in persons]]
            counts.append([bool(one) for one in np.isin(numbers, inside)])
        actors = [
            {code for codes, member in zip(persons, own, strict=True) if member for code in codes.tolist()}
            for persons, own in zip((change.before, change.after), counts, strict=True)
        ]
        if actors[0] != actors[1] or sum(counts[0]) != sum(counts[1]):
            told.append(
                SegmentChange(id=segment.id, name=segment.name, before=sum(counts[0]), after=sum(counts[1]))
            )
    return told


def _person(snapshot: Snapshot, codes: npt.NDArray[np.int32]) -> ChangedPerson:
    figures = sums(snapshot, codes)
    hashes = snapshot.actors.hashes()[codes].tolist()
    named = sorted(
        (snapshot.rules.rank(split_actor(name)[0]), number, name)
        for name, number in zip(snapshot.actors.strings(codes), hashes, strict=True)
    )
    return ChangedPerson(
        id=encode_key(named[0][1]),
        identifiers=[
            ChangedIdentifier(type=kind, value=value)
            for kind, value in (split_actor(name) for _, _, name in named[:SHOWN])
        ],
        identifier_count=len(codes),
        events=figures.events,
        orders=figures.orders,
        revenue=figures.revenue,
        first_seen=iso(figures.first) if figures.first is not None else None,
        last_seen=iso(figures.last) if figures.last is not None else None,
    )
