"""How each event of a request was understood: what was sent, what words made of it, what was added, how it was judged.

The request is taken again as it came, under the words and the plan that were in force. What the request itself and
the plan did is the difference to taking it without them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, TypeAlias

from tidewheel.collect.contract import Arrival, Decoded, Entry, Protocol, Request, Taken
from tidewheel.collect.intake import take_each
from tidewheel.collect.wire import WireEvent
from tidewheel.collect.wording import Came, Wording, wording
from tidewheel.core.events import PERSON_FACTS, Event, Kind, kind_of

Outcome: TypeAlias = Literal["kept", "mended", "violates", "blocked", "refused", "left_out", "unread"]
"""As planned or not planned; values read as declared; kept though not as planned; refused for the plan; refused;
left out by the words; the request could not be read at all."""
Made: TypeAlias = Literal["sent", "words", "set", "request", "plan"]
_NOTHING: Final = Came(None)


@dataclass(frozen=True, slots=True)
class ValueRead:
    """A value as it is kept. ``came`` is what it was sent as; ``made`` says what made it what it is."""

    name: str
    value: Any
    kind: Kind
    made: Made
    came: Came


@dataclass(frozen=True, slots=True)
class FactRead:
    """One fact that an event became, with the values of each item."""

    event: Event
    properties: list[ValueRead]
    items: list[list[ValueRead]]


@dataclass(frozen=True, slots=True)
class Sighting:
    """One event of a request. ``taken`` is what became of it; ``index`` its place in the request."""

    index: int
    sent: WireEvent | Entry
    taken: Taken
    outcome: Outcome

    @property
    def name(self) -> str:
        """The name it is kept under, else the one it was sent with; empty where it has none."""
        if self.taken.events:
            return self.taken.events[0].name
        sent = self.sent.sent if isinstance(self.sent, Entry) else self.sent
        name = sent.get("event") if isinstance(sent, dict) else getattr(sent, "event", None)
        return name if isinstance(name, str) else ""


@dataclass(frozen=True, slots=True)
class Explained:
    """One event of a request in full. ``would`` are the facts it would be without the plan, where that refused it."""

    sighting: Sighting
    words: Wording | None
    facts: list[FactRead]
    would: bool = False


def decoded_of(protocol: Protocol, request: Request, arrival: Arrival) -> Decoded:
    """Return what a request holds; raises as ``take`` does."""
    return protocol.decode(protocol.read(request, arrival.max_bytes), request, arrival)


def sightings(protocol: Protocol, decoded: Decoded, arrival: Arrival) -> Iterator[Sighting]:
    """Yield what became of each event."""
    words = protocol.vocabulary if arrival.vocabulary is None else arrival.vocabulary
    reads = arrival.plan is not None and arrival.plan.mode != "observe"
    plain = take_each(decoded, replace(arrival, plan=None), words) if reads else None
    for index, taken in enumerate(take_each(decoded, arrival, words)):
        unread = next(plain) if plain is not None else taken
        yield Sighting(index, decoded.events[index], taken, _outcome(taken, unread))


def explain(protocol: Protocol, decoded: Decoded, arrival: Arrival, index: int) -> Explained:
    """Return one event of a request with everything that was done to it."""
    words = protocol.vocabulary if arrival.vocabulary is None else arrival.vocabulary
    found = next(one for one in sightings(protocol, decoded, arrival) if one.index == index)
    unplanned = _taken(decoded, replace(arrival, plan=None), words, index)
    bare = _taken(decoded, replace(arrival, plan=None, agent="", regions=None), words, index)
    read = wording(words, found.sent) if isinstance(found.sent, WireEvent) else None
    kept = found.taken.events or unplanned.events
    facts = [
        _fact(event, bare.events[at], unplanned.events[at], read or Wording(None))
        for at, event in enumerate(kept)
    ]
    return Explained(found, read, facts, would=bool(facts) and not found.taken.events)


def _taken(decoded: Decoded, arrival: Arrival, words: Any, index: int) -> Taken:
    return next(taken for at, taken in enumerate(take_each(decoded, arrival, words)) if at == index)


def _outcome(taken: Taken, unplanned: Taken) -> Outcome:
    if taken.blocked:
        return "blocked"
    if taken.rejected:
        return "refused"
    if not taken.events:
        return "left_out"
    if taken.violations:
        return "violates"
    mended = any(
        one.properties != other.properties or one.items != other.items
        for one, other in zip(taken.events, unplanned.events, strict=True)
    )
    return "mended" if mended else "kept"


def _fact(event: Event, bare: Event, unplanned: Event, words: Wording) -> FactRead:
    place = f"person.{event.name[1:]}" if event.name in PERSON_FACTS else "properties"
    properties = _values(event.properties, bare.properties, unplanned.properties, words.places.get(place, {}))
    items = []
    for at, item in enumerate(event.items):
        places = words.places.get(f"items[{at}]", {})
        items.append(_values(item, bare.items[at], unplanned.items[at], places))
    return FactRead(event, properties, items)


def _values(
    values: Mapping[str, Any],
    bare: Mapping[str, Any],
    unplanned: Mapping[str, Any],
    places: Mapping[str, Came],
) -> list[ValueRead]:
    found = []
    for name, value in values.items():
        came = places.get(name) or places.get(name.partition(".")[0]) or _NOTHING
        made: Made = "sent"
        if name not in bare:
            made = "request"
        elif type(unplanned.get(name)) is not type(value) or unplanned.get(name) != value:
            made = "plan"
        elif came.origin is None and came.by:
            made = "set"
        elif came.by:
            made = "words"
        found.append(ValueRead(name, value, kind_of(value), made, came))
    return found
