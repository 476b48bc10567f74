"""What people who watch events arrive are shown: which of them, and how many there were."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import msgspec
import numpy as np

from tidewheel.collect.contract import Decoded, Entry, Taken
from tidewheel.collect.explain import Sighting, decoded_of, sightings
from tidewheel.core.errors import TidewheelError
from tidewheel.core.events import PERSON_FACTS, Event
from tidewheel.serve.arrivals import Came
from tidewheel.store.view import Snapshot

MINUTES = 60
TEST_KEY: Final = "test_key"
"""A property that testers put on their own events to find them again; as a header of the request, ``x-test-key``."""
_MINUTE = 60_000


class Live:
    """Lets open streams know that the server is about to stop."""

    def __init__(self) -> None:
        self.closing = False
        self._wakes: set[asyncio.Event] = set()

    def join(self) -> asyncio.Event:
        """Return an event that is set when there is something to do, at the latest when the server stops."""
        wake = asyncio.Event()
        self._wakes.add(wake)
        return wake

    def leave(self, wake: asyncio.Event) -> None:
        """Forget a stream."""
        self._wakes.discard(wake)

    def close(self) -> None:
        """End all streams; called in the event loop."""
        self.closing = True
        for wake in self._wakes:
            wake.set()


def per_minute(snapshot: Snapshot, now: int) -> list[int]:
    """Return how many events happened in each of the last 60 minutes, the current one last."""
    first = now // _MINUTE - MINUTES + 1
    counts = np.zeros(MINUTES, np.int64)
    for loaded in snapshot.segments:
        segment = loaded.segment
        if segment.rows and segment.end >= first * _MINUTE:
            facts = np.array([name in PERSON_FACTS for name in segment.names], np.bool_)
            minutes = (segment.base + segment.time.astype(np.int64)) // _MINUTE - first
            seen = (minutes >= 0) & (minutes < MINUTES) & ~facts[segment.event]
            counts += np.bincount(minutes[seen], minlength=MINUTES)
    return [int(count) for count in counts]


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to see; nothing said: everything.

    ``device`` is an identifier or a test key as typed, ``actors`` the identifiers it may be as they are kept.
    """

    device: str = ""
    actors: frozenset[str] = frozenset()
    source: str = ""
    event: str = ""
    problems: bool = False

    def may(self, came: Came, taken: Taken | None) -> bool:
        """Say quickly whether a request may hold what is wanted; a wrong yes does no harm."""
        if self.source and came.arrival.source != self.source:
            return False
        if not self.device or taken is None or came.request.headers.get("x-test-key") == self.device:
            return True
        if any(self._is(event) for event in taken.events):
            return True
        told = self.device.encode()
        return any(told in rejection.body or not rejection.body for rejection in taken.rejected) or (
            not taken.events and not taken.rejected
        )

    def wants(self, came: Came, found: Sighting) -> bool:
        """Say whether an event is wanted."""
        if self.source and came.arrival.source != self.source:
            return False
        sent = plain(found.sent)
        named = {found.name, sent.get("event") if isinstance(sent, dict) else None}
        if self.event and self.event not in named:
            return False
        if (
            self.problems
            and found.outcome in {"kept", "mended"}
            and not found.taken.notes
            and not repeated(came, found)
        ):
            return False
        return (
            not self.device
            or came.request.headers.get("x-test-key") == self.device
            or any(self._is(event) for event in found.taken.events)
            or self.device in _marks(sent)
        )

    def wants_unread(self, came: Came) -> bool:
        """Say whether a request of which nothing could be read is wanted."""
        if self.event or (self.source and came.arrival.source != self.source):
            return False
        said = (came.request.body, came.request.raw_query.encode("latin-1", "replace"))
        header = came.request.headers.get("x-test-key", "")
        return not self.device or self.device == header or any(self.device.encode() in one for one in said)

    def _is(self, event: Event) -> bool:
        return (
            event.actor in self.actors
            or not self.actors.isdisjoint(event.others)
            or event.properties.get(TEST_KEY) == self.device
        )


@dataclass(frozen=True, slots=True)
class Seen:
    """One event of a request that came, or None for a request of which nothing could be read."""

    came: Came
    sighting: Sighting | None


def repeated(came: Came, found: Sighting) -> bool:
    """Say whether an event had come before: it is kept once, and counts once."""
    events = found.taken.events
    return bool(events) and all((event.actor, event.id) in came.repeats for event in events)


def seen_in(came: Came, wish: Wish, most: int) -> list[Seen]:
    """Return the events of a request that are wanted, the first so many."""
    if came.error is not None:
        return [Seen(came, None)] if wish.wants_unread(came) else []
    found: list[Seen] = []
    for one in sightings(came.protocol, decoded(came), came.arrival):
        if wish.wants(came, one):
            found.append(Seen(came, one))
            if len(found) == most:
                break
    return found


def decoded(came: Came) -> Decoded:
    """Return what a request holds; nothing where it cannot be read."""
    try:
        return decoded_of(came.protocol, came.request, came.arrival)
    except TidewheelError:
        return Decoded([])


def plain(sent: Any) -> Any:
    """Return what was sent as a JSON value."""
    value = sent.sent if isinstance(sent, Entry) else sent
    try:
        return msgspec.json.decode(msgspec.json.encode(value, enc_hook=str))
    except (msgspec.MsgspecError, TypeError, ValueError, OverflowError, RecursionError):
        return repr(value)[:2000]


def _marks(sent: Any) -> set[str]:
    """Return the values that tell whose an event is: identifiers and a test key; of one in no known form, all."""
    if isinstance(sent, dict) and isinstance(sent.get("who", {}), dict):
        bag = sent.get("properties")
        key = bag.get(TEST_KEY) if isinstance(bag, dict) else None
        named = {str(value) for value in sent.get("who", {}).values()} | {
            f"{kind}:{value}" for kind, value in sent.get("who", {}).items()
        }
        if named or key is not None:
            return named | {str(key)}
    return set(_leaves([sent]))


def _leaves(values: Iterable[Any]) -> Iterator[str]:
    for value in values:
        if isinstance(value, dict):
            yield from _leaves(value.values())
        elif isinstance(value, list):
            yield from _leaves(value)
        else:
            yield str(value)
