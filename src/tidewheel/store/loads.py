"""Loads of many events, which pass the inbox by and go straight into the lake, beside the tail."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Final, Protocol

import pyarrow as pa

from tidewheel.core.events import Event
from tidewheel.store.budget import Budget
from tidewheel.store.bulk import BUFFER_ROWS, Buffer, Load, batches_of, pieces, stamped
from tidewheel.store.facts import check_events, event_key, row_keys
from tidewheel.store.inbox.queue import Batch, Inbox
from tidewheel.store.lakehouse import Lakehouse
from tidewheel.store.links import earliest_links
from tidewheel.store.order import distinct_events, ids_of, join
from tidewheel.store.view import View

UNPUBLISHED: Final = 1_000_000
"""Most events a load puts into the lake before the view shows them."""
Judge = Callable[[], tuple[pa.Table, dict[str, int]]]
"""Returns rows that are new, and the marks they stand for."""


class Into(Protocol):
    """Where loads go."""

    lake: Lakehouse
    view: View

    @property
    def inbox(self) -> Inbox: ...
    def add(self, judge: Judge) -> int:
        """Commit events that nobody else has committed meanwhile; returns how many."""
        ...

    def show_lake(self) -> None:
        """Show what has been put into the lake."""
        ...


class Loads:
    """Loads into one store, one at a time. ``lock`` guards what the tail has to know of them."""

    def __init__(
        self, store: Into, budget: Budget, lock: threading.RLock, checkpoint: Callable[[str], None]
    ) -> None:
        self._store, self._checkpoint = store, checkpoint
        self._rows = budget.load_rows(BUFFER_ROWS)
        self._lock, self._loaded = lock, threading.Condition(lock)
        self.running = threading.Lock()
        self.stamping = threading.RLock()  # whoever sees a stamp sees what has an earlier one
        self.stamp = 0
        """The last load's that is among the lake's files."""
        self._unpublished: set[int] = set()
        self._loading: set[int] = set()

    def events(self, batches: Iterable[Sequence[Event]], mark: str | None) -> int:
        """Load events that are not known; with ``mark`` no load that was completed before. Returns how many were new."""
        if mark is not None and self._store.lake.events.committed(mark) is not None:
            return 0
        added = 0
        with self.running:
            buffer = Buffer(self._rows)
            try:
                for batch in batches_of(batches, 10_000, check_events):
                    buffer.add(batch)
                    for load in buffer.full():
                        added += self._load(load)
                    if len(self._unpublished) > min(self._rows, UNPUBLISHED):
                        self._store.show_lake()
                        buffer.forget()
                for load in buffer.rest():
                    added += self._load(load)
                if mark is not None:
                    self._store.lake.events.mark(mark)
            finally:
                self._store.show_lake()
        return added

    def tables(self, tables: Iterable[tuple[pa.Table, pa.Table]], mark: str) -> int:
        """Load (events, links) in the lake's own layout in the same way, put together until they fill large files."""
        if self._store.lake.events.committed(mark) is not None:
            return 0
        added = 0
        with self.running:
            since = None if self._store.view.snapshot().rows else self._store.inbox.first_stamp
            try:
                for events, links in pieces(tables, self._rows):
                    rows = distinct_events(join(events))
                    made = Load(rows, earliest_links(pa.concat_tables(links)), row_keys(rows))
                    added += self._load(made, since)
                    self._store.show_lake()
                self._store.lake.events.mark(mark)
            finally:
                self._store.show_lake()
        return added

    def without(self, batches: Sequence[Batch]) -> list[Event]:
        """Return the different events of some batches that no load has brought which is not shown yet; the lock is held."""
        found = [event for batch in batches for event in batch.events]
        if not self._unpublished and len({event.id for event in found}) == len(found):
            return found
        events: dict[int, Event] = {}
        for event in found:
            events.setdefault(event_key(event), event)
        return [event for key, event in events.items() if key not in self._unpublished]

    def wait(self, batches: Sequence[Batch]) -> None:
        """Return once none of the events is just being loaded; the lock is held, and let go meanwhile."""
        if self._loading:
            keys = {event_key(event) for batch in batches for event in batch.events}
            self._loaded.wait_for(lambda: keys.isdisjoint(self._loading))

    def shown(self) -> None:
        """Take note that the view has all that is in the lake; the lock is held."""
        self._unpublished.clear()

    def _load(self, load: Load, since: int | None = None) -> int:
        """Commit one load, without the events that came another way meanwhile.

        The tail goes on; only an event that is just being loaded has to wait there until it is known
        whether the lake has it.
        """
        keys = set(load.keys)
        with self._lock:  # what the tail took in before is in the view; what comes now waits for us
            self._loading = keys
        try:
            added = self._added(load, since)
            with self._lock:
                self._unpublished |= keys
        finally:
            with self._lock:
                self._loading = set()
                self._loaded.notify_all()
        return added

    def _added(self, load: Load, since: int | None) -> int:
        store = self._store

        def fresh() -> pa.Table:
            known = store.view.known(load.events["actor"], ids_of(load.events))
            return load.events.filter(pa.array(~known)) if known.any() else load.events

        def judge() -> tuple[pa.Table, dict[str, int]]:
            stamps.append(store.inbox.stamp_load())
            return stamped(fresh(), stamps[-1], since), {}

        if not fresh().num_rows:
            return 0
        with self.stamping:
            stamps = [store.inbox.stamp_load()]
            store.lake.links.append(stamped(load.links, stamps[-1], since))
            self._checkpoint("bulk:links committed")
            added = store.add(judge)
            self.stamp = stamps[-1]
        self._checkpoint("bulk:events committed")
        return added
