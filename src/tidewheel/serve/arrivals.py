"""The last requests of each source, in memory alone: what new words are tried on, and what those who watch are shown.

A request is kept as it came, with what was in force then. What became of its events is worked out again when somebody
looks, so that keeping them costs a request next to nothing.
"""

from __future__ import annotations

import itertools
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from threading import Lock
from typing import Final, TypeAlias

from tidewheel.collect.contract import Arrival, Protocol, Request, Taken
from tidewheel.core.errors import TidewheelError

_REQUESTS: Final = 40
_BYTES: Final = 64 * 1024
"""Larger requests are not kept."""
_PLACES: Final = 60
"""Sources and protocols; of those, the ones that sent longest ago are forgotten first."""
_REMEMBERED: Final = 10_000
"""Facts of a project whose ids are remembered, to tell what is delivered again."""
_WATCHED: Final = 200
"""Requests that are kept for somebody who watches, besides those kept anyway."""
_WATCHED_BYTES: Final = 1024 * 1024
"""The largest request they are shown."""


Key: TypeAlias = tuple[str, int]
"""Actor and id: two facts that have the same are one."""


@dataclass(frozen=True, slots=True)
class Came:
    """A request that came, with so many events. ``error``: why none of it could be read; ``dry``: nothing was kept.

    ``repeats`` are those facts of it, by actor and id, that had come before and count once.
    """

    number: int
    protocol: Protocol
    request: Request
    arrival: Arrival
    error: TidewheelError | None = None
    events: int = 0
    dry: bool = False
    repeats: frozenset[Key] = frozenset()

    @property
    def received(self) -> int:
        """When it came, in ms."""
        return self.arrival.received


Wanted = Callable[[Came, Taken | None], bool]


class Watch:
    """What somebody who watches a project has not seen yet; close it when done.

    ``skipped`` counts requests that came faster than they were taken.
    """

    def __init__(self, wanted: Wanted, wake: Callable[[], None], leave: Callable[[Watch], None]) -> None:
        self._wanted, self._wake, self._leave = wanted, wake, leave
        self._waiting: deque[Came] = deque(maxlen=_WATCHED)
        self.seen: deque[Came] = deque(maxlen=_WATCHED)
        self.skipped = 0

    def offer(self, came: Came, taken: Taken | None) -> None:
        """Add a request if it is wanted."""
        if len(came.request.body) > _WATCHED_BYTES or not self._wanted(came, taken):
            return
        self.skipped += len(self._waiting) == _WATCHED
        self._waiting.append(came)
        self.seen.append(came)
        self._wake()

    def take(self, most: int) -> list[Came]:
        """Return what waits, the oldest first, at most so many."""
        return [self._waiting.popleft() for _ in range(min(most, len(self._waiting)))]

    def close(self) -> None:
        """Stop watching."""
        self._leave(self)


@dataclass(slots=True)
class _Project:
    watches: tuple[Watch, ...] = ()
    left: deque[Came] = field(default_factory=lambda: deque(maxlen=_WATCHED))
    """What somebody was shown who has gone meanwhile."""


class Arrivals:
    """What came lately, by project, source and protocol. It is gone when the process ends."""

    def __init__(self, first: int = 1) -> None:
        self._came: OrderedDict[tuple[str, str, str], deque[Came]] = OrderedDict()
        self._watched: dict[str, _Project] = {}
        self._known: dict[str, dict[Key, None]] = {}
        self._lock = Lock()
        self._numbers = itertools.count(first)

    def note(
        self,
        project: str,
        protocol: Protocol,
        request: Request,
        arrival: Arrival,
        taken: Taken | None,
        error: TidewheelError | None = None,
    ) -> None:
        """Keep a request that was taken, or could not be read, and show it to those who watch."""
        count = 0 if taken is None else taken.accepted + len(taken.rejected)
        dry = taken is not None and taken.dry
        watched = self._watched.get(project)
        kept = len(request.body) <= _BYTES
        told = kept or (watched is not None and bool(watched.watches))
        repeats = (
            self._repeats(project, taken) if told and taken is not None and not dry else frozenset[Key]()
        )
        came = Came(next(self._numbers), protocol, request, arrival, error, count, dry, repeats)
        if kept:
            self._keep((project, arrival.source, protocol.name), came)
        if watched is not None:
            for watch in watched.watches:
                watch.offer(came, taken)

    def _repeats(self, project: str, taken: Taken) -> frozenset[Key]:
        """Return the facts that came before, and remember all of them."""
        known = self._known.setdefault(project, {})
        keys = [(event.actor, event.id) for event in taken.events]
        found = frozenset(key for key in keys if key in known)
        known.update(dict.fromkeys(keys))
        for key in list(itertools.islice(known, max(0, len(known) - _REMEMBERED))):
            del known[key]
        return found

    def _keep(self, place: tuple[str, str, str], came: Came) -> None:
        kept = self._came.get(place)
        if kept is None:
            kept = self._came[place] = deque(maxlen=_REQUESTS)
            if len(self._came) > _PLACES:
                self._came.popitem(last=False)
        kept.append(came)
        self._came.move_to_end(place)

    def lately(self, project: str, source: str, protocol: str) -> list[Came]:
        """Return what came, the newest first."""
        return list(self._came.get((project, source, protocol), ()))[::-1]

    def watch(self, project: str, wanted: Wanted, wake: Callable[[], None]) -> Watch:
        """Watch what comes; ``wake`` is called, in any thread, when there is something to take."""
        found = Watch(wanted, wake, lambda watch: self._left(project, watch))
        with self._lock:
            held = self._watched.setdefault(project, _Project())
            held.watches = (*held.watches, found)
        return found

    def recent(self, project: str) -> list[Came]:
        """Return what is kept of a project, the oldest first."""
        return sorted(
            {came.number: came for came in self._all(project)}.values(), key=lambda came: came.number
        )

    def find(self, project: str, number: int) -> Came | None:
        """Return a request that is kept still."""
        return next((came for came in self._all(project) if came.number == number), None)

    def forget(self, project: str, source: str | None = None) -> None:
        """Drop what a source sent; None: what all of them sent."""
        if source is None:
            self._known.pop(project, None)
        for place in [place for place in self._came if place[0] == project and source in {None, place[1]}]:
            del self._came[place]
        held = self._watched.get(project)
        if held is not None:
            for kept in (held.left, *(watch.seen for watch in held.watches)):
                others = [came for came in list(kept) if source not in {None, came.arrival.source}]
                kept.clear()
                kept.extend(others)

    def _all(self, project: str) -> Iterator[Came]:
        for place, kept in list(self._came.items()):
            if place[0] == project:
                yield from list(kept)
        held = self._watched.get(project)
        if held is not None:
            yield from list(held.left)
            for watch in held.watches:
                yield from list(watch.seen)

    def _left(self, project: str, watch: Watch) -> None:
        with self._lock:
            held = self._watched[project]
            held.watches = tuple(other for other in held.watches if other is not watch)
            held.left.extend(watch.seen)
