"""Trying words for a vendor's names on what arrived lately, before they are saved."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tidewheel.collect.contract import PROTOCOLS, Arrival, Entry, Taken
from tidewheel.collect.trial import Tried, try_words
from tidewheel.collect.vocabulary import Vocabulary
from tidewheel.core.errors import TidewheelError
from tidewheel.serve.access import Editor, Here, Place
from tidewheel.serve.api.fields import Body, Moment, Reply
from tidewheel.serve.installation import Installation
from tidewheel.serve.routes import Router
from tidewheel.store.catalog import sources

router = Router(prefix="/projects/{project}/sources", tags=["sources"])

_EVENTS = 200
_SHOWN = 20
_SAMPLES = 12


class WordsTrial(Body):
    """Words to try; null: those in force."""

    words: Vocabulary | None = None


class UnderstoodFact(Reply):
    """What an event becomes."""

    name: str
    who: list[str]
    properties: dict[str, Any]
    items: list[dict[str, Any]]


class Understood(Reply):
    """What becomes of one event as sent: facts, a refusal, or nothing where it is left out."""

    facts: list[UnderstoodFact]
    refused: str | None


class TriedEvent(Reply):
    """One event that arrived: as sent, with the words in force, and with those on trial."""

    received: Moment
    sent: str
    properties: dict[str, Any]
    now: Understood
    then: Understood
    changed: bool


class ArrivedName(Reply):
    """A name that events arrived under lately; ``samples`` are properties by their names, the last value of each."""

    sent: str
    count: int
    now: str | None
    then: str | None
    samples: dict[str, Any]


class WordsTrialReply(Reply):
    """What arrived lately. ``events`` are the newest, those that the words on trial change first."""

    arrived: int
    changed: int
    names: list[ArrivedName]
    events: list[TriedEvent]


@router.post("/{source_id}/vocabularies/{protocol}/trial")
def try_vocabulary(
    source_id: str, protocol: str, body: WordsTrial, place: Editor, installation: Here
) -> WordsTrialReply:
    """Show what became of the events that this process took lately, and what would with other words."""
    spoken = PROTOCOLS.get(protocol, field="protocol")
    with installation.catalog.read() as db:
        own = sources.get(db, place.project.id, source_id).vocabularies.get(protocol)
    now = spoken.vocabulary if own is None else Vocabulary.model_validate(own)
    tried: list[TriedEvent] = []
    names: dict[str, ArrivedName] = {}
    for received, one in _tried(place, installation, source_id, protocol, now, body.words or now):
        event = _described(received, one)
        tried.append(event)
        name = names.get(event.sent)
        if name is None:
            name = names[event.sent] = ArrivedName(
                sent=event.sent, count=0, now=_first(event.now), then=_first(event.then), samples={}
            )
        name.count += 1
        for key, value in event.properties.items():
            if key not in name.samples and len(name.samples) < _SAMPLES:
                name.samples[key] = value
    shown = sorted(tried, key=lambda event: not event.changed)[:_SHOWN]
    return WordsTrialReply(
        arrived=len(tried),
        changed=sum(event.changed for event in tried),
        names=sorted(names.values(), key=lambda name: (-name.count, name.sent)),
        events=shown,
    )


def _tried(
    place: Place, installation: Installation, source: str, protocol: str, now: Vocabulary, then: Vocabulary
) -> Iterator[tuple[int, Tried]]:
    spoken, settings = PROTOCOLS.get(protocol)(), installation.settings
    count = 0
    for came in installation.arrivals.lately(place.project.id, source, protocol):
        arrival = Arrival(
            source=source,
            received=came.received,
            zone=place.project.time_zone,
            max_bytes=settings.max_body_mb * 2**20,
            max_events=settings.max_batch_events,
        )
        try:
            for one in try_words(spoken, came.request, arrival, now, then):
                yield came.received, one
                count += 1
                if count == _EVENTS:
                    return
        except TidewheelError:
            continue


def _described(received: int, one: Tried) -> TriedEvent:
    sent = one.sent.sent if isinstance(one.sent, Entry) else one.sent
    name = getattr(sent, "event", None)
    now, then = _outcome(one.now), _outcome(one.then)
    return TriedEvent(
        received=received,
        sent=name if isinstance(name, str) else "",
        properties=_plain(getattr(sent, "properties", None) or {}),
        now=now,
        then=then,
        changed=now != then,
    )


def _outcome(taken: Taken) -> Understood:
    return Understood(
        facts=[
            UnderstoodFact(
                name=fact.name, who=[fact.actor, *fact.others], properties=fact.properties, items=fact.items
            )
            for fact in taken.events
        ],
        refused=taken.rejected[0].code if taken.rejected else None,
    )


def _first(outcome: Understood) -> str | None:
    return outcome.facts[0].name if outcome.facts else None


def _plain(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value if isinstance(value, str | int | float | bool) else str(value)[:200]
        for name, value in properties.items()
        if value is not None
    }
