"""The facts of one project: appended durably, visible within a moment, drained to the lake exactly once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa

from tidewheel.core.clock import Clock, system_clock
from tidewheel.core.errors import TidewheelError
from tidewheel.core.events import Event
from tidewheel.core.identity_rules import IdentityRules
from tidewheel.core.settings import Settings
from tidewheel.store.attempt import attempt
from tidewheel.store.budget import Budget
from tidewheel.store.bulk import BUFFER_ROWS, Buffer, Load, batches_of, pieces, stamped
from tidewheel.store.durable import make_folder
from tidewheel.store.erase.marks import Marks
from tidewheel.store.erase.needles import Needles
from tidewheel.store.erase.queue import clean_inbox, settle
from tidewheel.store.facts import check_events, event_key, row_keys
from tidewheel.store.inbox.queue import Batch, Inbox, first_of, read_batches
from tidewheel.store.lakehouse import Lakehouse
from tidewheel.store.link_maker import LinkMaker
from tidewheel.store.links import earliest_links, link_table
from tidewheel.store.lock import unwritable
from tidewheel.store.order import distinct_events, join
from tidewheel.store.plain_tables import PlainTables
from tidewheel.store.rejected import Rejected
from tidewheel.store.rows import to_table
from tidewheel.store.tail import LEAST, Tail, pace
from tidewheel.store.view import Snapshot, View

ROUND: Final = 50_000
"""Most events taken into the view at once."""
TURN: Final = 60_000
TURNS_AHEAD: Final = 120
"""Milliseconds in which one of the processes that share a lake merges its small files."""
UNPUBLISHED: Final = 1_000_000
"""Most events a bulk load puts into the lake before the view shows them."""


class ProjectStore(PlainTables):
    """Facts of one project. All methods may be called from any thread.

    ``read_only`` shows the state found when it is opened or refreshed, beside a running server.
    ``intake_only`` takes events to a lake that others read: it shows what is not there yet, and merges nothing.
    ``owed`` were erased while nothing ran here. ``checkpoint`` is called with the name of each step that a crash may fall between.
    """

    def __init__(
        self,
        folder: Path,
        settings: Settings,
        clock: Clock = system_clock,
        *,
        lake_url: str | None = None,
        storage_options: dict[str, str] | None = None,
        read_only: bool = False,
        intake_only: bool = False,
        owed: Sequence[Needles] = (),
        checkpoint: Callable[[str], None] = lambda name: None,
    ) -> None:
        self.folder = folder
        if not read_only:
            make_folder(folder)
        self.settings = settings
        self._clock = clock
        self._checkpoint = checkpoint
        self._shared, self._lean = lake_url is not None, intake_only
        self.lake = Lakehouse(lake_url or str(folder / "lake"), storage_options, clock, checkpoint)
        self._budget = Budget(settings.memory_mb << 20)
        self.view = View(None if read_only or intake_only else folder / "columns", self._budget)
        self._lock = threading.RLock()  # the tail, the frozen tail, what the view shows, what is loaded
        self._loaded = threading.Condition(self._lock)
        self._drain_lock = threading.Lock()
        self._bulk_lock = threading.Lock()
        self._stamping = threading.Lock()
        self._deciding = threading.Lock()
        self._compact_lock = threading.Lock()
        self._links = LinkMaker()
        self._unpublished: set[int] = set()
        self._loading: set[int] = set()
        self._frozen: Tail | None = None
        self._pending: list[Batch] = []
        self._arrived = self._shown = 0  # the inbox's last batch that came in, and that is shown
        self._arrival = threading.Condition()  # guards _pending, _arrived, _shown, _hurry, _stopping
        self._hurry = self._stopping = False
        self.tail_error: str | None = None
        self.drain_error: str | None = None
        self.lake_error: str | None = None
        self.drained_at: int | None = None
        self._seen: tuple[int, int, int] | None = None
        self._published = (-1, -1)  # the versions of the lake that the view shows
        self._application, self._committed = "", 0  # whose batches, up to which one, are in those files
        self._tidied_at = clock()
        self._looked = time.monotonic()
        self._untidy = True  # a load, or an earlier process, may have left small files
        self._threads: list[threading.Thread] = []
        self._inbox: Inbox | None = None
        if read_only:
            self._tail = Tail("reader")
            self.refresh()
            return
        self._inbox = inbox = Inbox(
            folder / "inbox.sqlite",
            max_events=settings.inbox_max_events,
            max_bytes=settings.inbox_max_mb << 20,
            accept=self._arrive,
            checkpoint=checkpoint,
            clock=clock,
        )
        self._application = f"inbox-{inbox.identity}"
        self._tail = Tail(inbox.identity[:8])
        settle(inbox, folder, owed)
        self._recover(inbox)
        self._marks = Marks(self.lake.plain("erasures"), folder / "erasures") if self._shared else None
        self._follow()
        for name, loop in (("tail", self._tail_loop), ("drain", self._drain_loop)):
            self._threads.append(threading.Thread(target=loop, name=f"{name}-{folder.name}", daemon=True))
            self._threads[-1].start()

    @property
    def inbox(self) -> Inbox:
        """The durable queue and the dead letter; Conflict when the store is read-only."""
        if self._inbox is None:
            raise unwritable()
        return self._inbox

    @property
    def tail_rows(self) -> int:
        """Events that are visible and not in the lake yet."""
        with self._lock:
            return self._tail.rows + (self._frozen.rows if self._frozen else 0)

    @property
    def waiting_since(self) -> float | None:
        """When (on the monotonic clock) the first event that is not in the lake yet was taken in."""
        with self._lock:
            return next((tail.since for tail in (self._frozen, self._tail) if tail and tail.since), None)

    def append(self, events: list[Event], rejected: Sequence[Rejected] = ()) -> Future[None]:
        """Keep events and refused facts; the future resolves once they are on disk.

        Raises Busy when too many events wait for the lake. An acknowledged event that the project has
        not seen yet is in the snapshot a moment later.
        """
        check_events(events)
        return self.inbox.append(events, rejected)

    def bulk(self, batches: Iterable[Sequence[Event]], key: str | None = None) -> int:
        """Put many events straight into the lake and return how many were new.

        Nothing is stored twice: an event that is known is passed over, and with ``key`` a load that was
        completed before is not read at all. Memory stays flat however many batches come.
        """
        self._must_write()
        mark = f"bulk-{key}" if key is not None else None
        if mark is not None and self.lake.events.committed(mark) is not None:
            return 0
        added = 0
        with self._bulk_lock:
            most = self._budget.load_rows(BUFFER_ROWS)
            buffer = Buffer(most)
            try:
                for batch in batches_of(batches, 10_000, check_events):
                    buffer.add(batch)
                    for load in buffer.full():
                        added += self._load(load)
                    if len(self._unpublished) > min(most, UNPUBLISHED):
                        self._show_bulk()
                        buffer.forget()
                for load in buffer.rest():
                    added += self._load(load)
                if mark is not None:
                    self.lake.events.mark(mark)
            finally:
                self._show_bulk()
        self._untidy = True
        return added

    def bulk_tables(self, tables: Iterable[tuple[pa.Table, pa.Table]], key: str) -> int:
        """Put (events, links) in the lake's own layout straight into the lake; returns how many were new.

        Pieces are put together until they fill large files. An event that is known is passed over; a
        load that was completed before is not read at all.
        """
        self._must_write()
        mark = f"bulk-{key}"
        if self.lake.events.committed(mark) is not None:
            return 0
        added = 0
        with self._bulk_lock:
            history = not self.snapshot().rows
            try:
                for events, links in pieces(tables, self._budget.load_rows(BUFFER_ROWS)):
                    rows = distinct_events(join(events))
                    made = Load(rows, earliest_links(pa.concat_tables(links)), row_keys(rows))
                    added += self._load(made, history=history)
                    self._show_bulk()
                self.lake.events.mark(mark)
            finally:
                self._publish_lake()
        self._untidy = True
        return added

    def snapshot(self) -> Snapshot:
        """Return the present state, which never changes under the reader."""
        return self.view.snapshot()

    def sync(self, timeout: float | None = None) -> None:
        """Return once every event acknowledged before is in the snapshot, or ``timeout`` seconds have passed."""
        with self._arrival:
            last, self._hurry = self._arrived, self._shown < self._arrived
            self._arrival.notify_all()
            self._arrival.wait_for(lambda: self._stopping or self._shown >= last, timeout)

    def flush(self) -> None:
        """Put every event acknowledged before into the lake."""
        self.sync()
        self.drain()

    def drain(self) -> None:
        """Commit the tail to the lake once, then forget it in the inbox."""
        inbox = self.inbox
        with self._drain_lock:
            with self._lock:
                if self._frozen is None:
                    if self._tail.since is None:
                        return
                    self._frozen = self._tail
                    self._tail = Tail(self._frozen.identity, self._frozen.sequence)
                frozen = self._frozen
            whole = frozen.whole()
            self._checkpoint("drain:frozen")
            # links first: on recovery an event in the lake always has its links there
            for table, rows in ((self.lake.links, whole.links), (self.lake.events, whole.events)):
                if rows.num_rows:
                    table.append(rows, application=self._application, version=frozen.sequence)
                self._checkpoint(f"drain:{table.name} committed")
            self._prepare()
            with self._lock:
                self._frozen = None
                self._publish_lake()
            self._checkpoint("drain:published")
            inbox.delete_to(frozen.sequence)
            self._checkpoint("drain:deleted")
            self.drained_at = self._clock()
            self.drain_error = None

    def tidy(self, keep_hours: int = 24) -> None:
        """Merge small files, and columns whole; delete files out of force for ``keep_hours``."""
        self._compact(whole=True)
        self.view.keep(whole=True)
        self.lake.vacuum(keep_hours)

    def hide(self, actors: Sequence[str]) -> None:
        """Keep the people of some actors out of sight at once; :meth:`erase` removes their facts."""
        self.view.hide(actors)

    def erase(self, needles: Needles, seen: set[str] | None = None, *, lake: bool = True) -> dict[str, int]:
        """Remove every fact of some actors, and marks of them in others' facts, from memory and disk, for good.

        Returns what was removed by place. May be interrupted anywhere and called again: what is gone stays gone. ``seen``
        are lake files that hold nobody; it is added to. ``lake`` False: another process sees to that.
        """
        self.flush()
        self._checkpoint("erase:flushed")
        with self._bulk_lock, self._compact_lock, self._drain_lock, self._deciding:
            self.lake.refresh()
            found = self.lake.erase(needles, seen) if lake else {}
            self._checkpoint("erase:lake committed")
            self._show_bulk()
            with self._lock:
                self._links.forget()
                found["columns.identifiers"] = self.view.forget(needles.actors)
            self._checkpoint("erase:columns forgotten")
            if lake:
                found["lake.files"] = self.lake.scrap()
                if self._marks is not None:
                    self._marks.leave()
        self._checkpoint("erase:lake scrapped")
        found["inbox.rejected"] = clean_inbox(self.inbox, self.folder, needles)
        self._checkpoint("erase:inbox compressed")
        self.view.reveal([*needles.actors, *(device for device, *_ in needles.parts)])
        return found

    def _follow(self) -> None:
        """Forget whom another process has erased: every identifier that no fact names. Where that has to wait, next time."""
        if self._marks is None or (count := self._marks.unseen()) is None:
            return
        if not self._bulk_lock.acquire(blocking=False):
            return
        try:
            with self._compact_lock, self._drain_lock, self._deciding, self._lock:
                self._links.forget()
                self.view.forget(None)
            self.inbox.compress()
            self._marks.follow(count)
        finally:
            self._bulk_lock.release()

    def expire(self, moment: int, source: str | None = None) -> int:
        """Drop events that happened before a moment (UTC ms), of one source or of all; returns how many."""
        self._must_write()
        with self._bulk_lock, self._compact_lock:
            done = self.lake.expire(moment, source)
            if done.files:
                self._show_bulk()
                self.lake.scrap()
        return done.rows

    def renew_rows(self, table: str, make: Callable[[Snapshot], pa.Table], column: str) -> None:
        """Keep what is made of the present state in a table and drop rows of other values in a column; nobody is erased meanwhile."""
        self._must_write()
        with self._bulk_lock:
            rows, held = make(self.snapshot()), self.lake.plain(table)
            held.append(rows)
            mark = rows[column][0].as_py()
            held.rewrite(lambda before: None if before[column][0].as_py() == mark else before.slice(0, 0))

    def decide(self, links: pa.Table) -> None:
        """Keep what people decided about pairs of identifiers; it is in the snapshot on return."""
        with self._stamping:
            stamp = self.inbox.stamp_load()
            self.lake.links.append(stamped(link_table(links), stamp))
            self._see(stamp)
        with self._deciding:
            self._prepare()
            self._publish_lake()

    def rule(self, rules: IdentityRules) -> None:
        """Make persons by other rules from now on, of all facts."""
        self.view.rule(rules)

    def refresh(self) -> None:
        """Show what other processes have put into the lake meanwhile, and for a reader what waits in the inbox."""
        if self._inbox is not None:
            self.lake.refresh()
            if self.lake.versions != self._published:  # or a commit of ours has come upon them before
                stamp = self._inbox.stamp_load()
                with self._lock:  # what other processes took in has stamps of their clocks
                    self._seen = (self._inbox.first_stamp, stamp, stamp)
                    self._publish_lake()
            self._follow()
            return
        waiting, stamps = read_batches(
            self.folder / "inbox.sqlite"
        )  # before the lake: drained ones are known there
        self._seen = None if stamps is None else (stamps[0], stamps[1], stamps[1])
        self.lake.refresh()
        with self._lock:
            self._tail = Tail("reader")
            self._publish_lake()
            for batch in waiting:
                self._take([batch])
            self._publish()

    def close(self) -> None:
        """Drain what can be drained and stop."""
        if self._inbox is None:
            return
        with self._arrival:
            self._stopping = True
            self._arrival.notify_all()
        for thread in self._threads:
            thread.join()
        with suppress(TidewheelError):
            self.drain()
        self.view.keep(whole=True)
        self._inbox.close()

    # -- the tail ---------------------------------------------------------------------------------

    def _arrive(self, batches: list[Batch]) -> None:
        with self._arrival:
            self._pending.extend(batches)
            self._arrived = batches[-1].sequence
            self._arrival.notify_all()

    def _tail_loop(self) -> None:
        shown, wanted = 0.0, LEAST
        while True:
            with self._arrival:
                self._arrival.wait_for(lambda: self._pending or self._stopping)
                wait = max(0.0, shown + wanted - time.monotonic())
                self._arrival.wait_for(lambda: self._stopping or self._hurry, wait)
                self._hurry = False
                if self._stopping and not self._pending:
                    return
                taken = first_of(self._pending, ROUND)
                del self._pending[: len(taken)]
            shown = time.monotonic()
            self.tail_error = error = attempt(partial(self._take_in, taken))
            wanted = pace(time.monotonic() - shown)
            with self._arrival:
                if error is None:
                    self._shown = taken[-1].sequence
                else:
                    self._pending[:0] = taken
                    if self._stopping:
                        return
                    self._arrival.wait_for(lambda: self._stopping, 1.0)
                self._arrival.notify_all()

    def _take_in(self, batches: Sequence[Batch]) -> None:
        with self._lock:
            if self._loading:
                keys = {event_key(event) for batch in batches for event in batch.events}
                self._loaded.wait_for(lambda: keys.isdisjoint(self._loading))
            before, seen = self._tail.copy(), self._seen
            try:
                self._take(batches)
                if seen is not None:
                    self._seen = (seen[0], max(seen[1], batches[-1].stamp), seen[2])
                self._publish()
            except BaseException:
                self._tail, self._seen = before, seen
                self._links.forget()
                raise

    def _take(self, batches: Sequence[Batch], *, links: bool = True) -> None:
        """Add the events that are new to the tail; the view does not show them yet."""
        events: dict[int, Event] = {}
        for batch in batches:
            for event in batch.events:
                events.setdefault(event_key(event), event)
        found = [event for key, event in events.items() if key not in self._unpublished]
        known = self.view.known(
            pa.array([event.actor for event in found], pa.string()),
            np.array([event.id for event in found], np.uint64),
        )
        fresh = [event for event, old in zip(found, known, strict=True) if not old]
        made = self._links.make(fresh if links else [])
        self._tail.add(to_table(fresh), made, batches[-1].sequence, time.monotonic())

    def _recover(self, inbox: Inbox) -> None:
        """Rebuild the tail from what the inbox holds beyond the lake."""
        done = self.lake.events.committed(self._application) or 0
        linked = self.lake.links.committed(self._application) or 0
        if done:
            inbox.delete_to(done)
        self._tail.sequence = done
        self._seen = (inbox.first_stamp, inbox.last_stamp, inbox.last_stamp)
        self._publish_lake()
        group: list[Batch] = []
        for batch in inbox.batches(after=done):
            group.append(batch)
            if sum(len(one.events) for one in group) >= ROUND:
                self._regain(group, linked)
                group = []
        self._regain(group, linked)

    def _regain(self, group: list[Batch], linked: int) -> None:
        for batches, links in (
            ([batch for batch in group if batch.sequence <= linked], False),
            ([batch for batch in group if batch.sequence > linked], True),
        ):
            if batches:
                self._take(batches, links=links)
                self._publish()

    # -- the lake ---------------------------------------------------------------------------------

    def _drain_loop(self) -> None:
        while True:
            with self._arrival:
                if self._arrival.wait_for(lambda: self._stopping, min(1.0, self.settings.drain_seconds)):
                    return
            with self._lock:
                since, rows = self._tail.since, self._tail.rows
                due = since is not None and time.monotonic() - since >= self.settings.drain_seconds
                waits = self._frozen is not None or due or rows >= self.settings.drain_events
            if (
                self._shared
                and not self._lean
                and time.monotonic() - self._looked >= self.settings.refresh_seconds
            ):
                self._looked = time.monotonic()
                self.lake_error = attempt(self.refresh)
            if waits:
                self.drain_error = attempt(self.drain)
            if (waits or self._untidy) and self.drain_error is None and not self._lean:
                self.drain_error = attempt(self._tidy_when_due)

    def _tidy_when_due(self) -> None:
        now = self._clock()
        mine = not self._shared or self.claim("tidy", now // TURN, reach=TURNS_AHEAD)
        hourly = mine and abs(now - self._tidied_at) > 3_600_000
        if hourly:
            self._tidied_at = now
            self.tidy()
        else:
            whole, self._untidy = self._untidy, False
            self._compact(whole=whole, files=mine)

    def _compact(self, *, whole: bool = False, files: bool = True) -> None:
        with self._compact_lock:
            if files and self.lake.compact(self.view.succeed, self._budget):
                self._prepare()
                self._publish_lake()
            self.view.merge(whole=whole)

    def _load(self, load: Load, *, history: bool = False) -> int:
        """Commit one load, without the events that came another way meanwhile.

        The tail goes on; only an event that is just being loaded has to wait there until it is known
        whether the lake has it.
        """
        keys = set(load.keys)
        with self._lock:  # what the tail took in before is in the view; what comes now waits for us
            self._loading = keys
        try:
            known = self.view.known(load.events["actor"], load.events["id"].to_numpy().view(np.uint64))
            events = load.events.filter(pa.array(~known)) if known.any() else load.events
            if events.num_rows:
                with self._stamping:  # whoever sees a stamp sees what has an earlier one
                    stamp = self.inbox.stamp_load()
                    since = self.inbox.first_stamp if history else None
                    self.lake.links.append(stamped(load.links, stamp, since))
                    self._checkpoint("bulk:links committed")
                    self.lake.events.append(stamped(events, stamp, since))
                    self._see(stamp)
                self._checkpoint("bulk:events committed")
            with self._lock:
                self._unpublished |= keys
        finally:
            with self._lock:
                self._loading = set()
                self._loaded.notify_all()
        return int(events.num_rows)

    def _see(self, load: int) -> None:
        """Take note that loads up to a stamp are shown with the lake's files."""
        with self._lock:
            if self._seen is not None:
                self._seen = (*self._seen[:2], load)

    # -- the view ---------------------------------------------------------------------------------

    def _show_bulk(self) -> None:
        """Show what has been put into the lake, or taken out."""
        self._prepare()
        self._publish_lake()

    def _prepare(self) -> None:
        """Make the columns of new lake files while the tail goes on."""
        if not self._lean:
            self.view.prepare(self.lake.events.chunks(), self.lake.links.chunks())

    def _publish_lake(self) -> None:
        """Show the lake's files as they are now, and the tail."""
        with self._lock:
            self._published = self.lake.versions
            events, self._committed = self.lake.events.state(self._application)
            self._lake_chunks = ([], []) if self._lean else (events, self.lake.links.chunks())
            self._publish()
            self._unpublished.clear()

    def _publish(self) -> None:
        events, links = (list(chunks) for chunks in self._lake_chunks)
        for tail in (self._frozen, self._tail):
            if tail is not None and tail.sequence > self._committed:  # or it is among the files already
                shown, linked = tail.chunks()
                events += shown
                links += linked
        self.view.replace(events, links, self._seen)
