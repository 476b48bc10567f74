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
from tidewheel.store.arrivals import NAME, Arrivals
from tidewheel.store.attempt import attempt
from tidewheel.store.budget import Budget
from tidewheel.store.bulk import BUFFER_ROWS, stamped
from tidewheel.store.durable import make_folder
from tidewheel.store.erase.marks import Marks
from tidewheel.store.erase.needles import Needles
from tidewheel.store.erase.queue import clean_inbox, settle
from tidewheel.store.facts import check_events
from tidewheel.store.inbox.queue import Batch, Inbox, first_of, read_batches
from tidewheel.store.lake import Judged, LakeFile
from tidewheel.store.lakehouse import Lakehouse
from tidewheel.store.link_maker import LinkMaker
from tidewheel.store.links import link_table
from tidewheel.store.loads import Judge, Loads
from tidewheel.store.lock import unwritable
from tidewheel.store.order import ids_of
from tidewheel.store.plain_tables import PlainTables
from tidewheel.store.rejected import Rejected
from tidewheel.store.rows import to_table
from tidewheel.store.tail import LEAST, Tail, pace
from tidewheel.store.upkeep import Upkeep
from tidewheel.store.view import Chunk, Known, Snapshot, View

ROUND: Final = 50_000
"""Most events taken into the view at once."""


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
        self.arrivals = Arrivals(self.lake.plain(NAME)) if self._shared or self._lean else None
        self.view = View(None if read_only or intake_only else folder / "columns", self._budget)
        self._lock = threading.RLock()  # the tail, the frozen tail, what the view shows, what is loaded
        self._loads = Loads(self, self._budget, self._lock, checkpoint)
        self._drain_lock = threading.Lock()
        self._deciding = threading.Lock()
        self._compact_lock = threading.Lock()
        self._links = LinkMaker()
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
        self._lake_chunks: tuple[list[Chunk], list[Chunk]] = ([], [])
        self._application, self._committed = "", 0  # whose batches, up to which one, are in those files
        self._upkeep = Upkeep(self, clock, shared=self._shared, lean=self._lean)
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
        for name, loop in (("tail", self._tail_loop), ("drain", partial(self._upkeep.run, self._stopped))):
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

    @property
    def overdue(self) -> bool:
        """Whether events wait that should be in the lake."""
        settings = self.settings
        with self._lock:
            tail = self._tail
            late = tail.since is not None and time.monotonic() - tail.since >= settings.drain_seconds
            return self._frozen is not None or late or tail.rows >= settings.drain_events

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
        added = self._loads.events(batches, None if key is None else f"bulk-{key}")
        self._upkeep.untidy = True
        return added

    def bulk_tables(self, tables: Iterable[tuple[pa.Table, pa.Table]], key: str) -> int:
        """Put (events, links) in the lake's own layout straight into the lake; returns how many were new.

        Pieces are put together until they fill large files. An event that is known is passed over; a
        load that was completed before is not read at all.
        """
        self._must_write()
        added = self._loads.tables(tables, f"bulk-{key}")
        self._upkeep.untidy = True
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
            if whole.links.num_rows:
                self.lake.links.append(whole.links, application=self._application, version=frozen.sequence)
            self._checkpoint("drain:links committed")
            if whole.events.num_rows and self._lean and self.arrivals:
                self.arrivals.bring(whole.events, self._application, frozen.sequence)
            elif whole.events.num_rows:
                self.add(lambda: (frozen.events_of(whole), {self._application: frozen.sequence}))
            self._checkpoint("drain:events committed")
            self._prepare()
            with self._lock:
                self._frozen = None
                self._publish_lake()
            self._checkpoint("drain:published")
            inbox.delete_to(frozen.sequence)
            self._checkpoint("drain:deleted")
            self.drained_at = self._clock()
            self.drain_error = None

    def compact(self, *, whole: bool = False, files: bool = True) -> None:
        """Merge small files of the lake, if ``files``, and of columns; ``whole``: all that fit."""
        with self._compact_lock:
            if files and self.lake.compact(self.view.succeed, self._budget):
                self.show_lake()
            self.view.merge(whole=whole)

    def tidy(self, keep_hours: int = 24) -> None:
        """Merge small files, and columns whole; delete files out of force for ``keep_hours``."""
        self.compact(whole=True)
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
        with self._loads.running, self._compact_lock, self._drain_lock, self._deciding:
            self.lake.refresh()
            found = self.lake.erase(needles, seen) if lake else {}
            self._checkpoint("erase:lake committed")
            self.show_lake()
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
        if not self._loads.running.acquire(blocking=False):
            return
        try:
            with self._compact_lock, self._drain_lock, self._deciding, self._lock:
                self._links.forget()
                self.view.forget(None)
            self.inbox.compress()
            self._marks.follow(count)
        finally:
            self._loads.running.release()

    def expire(self, moment: int, source: str | None = None) -> int:
        """Drop events that happened before a moment (UTC ms), of one source or of all; returns how many."""
        self._must_write()
        with self._loads.running, self._compact_lock:
            done = self.lake.expire(moment, source)
            if done.files:
                self.show_lake()
                self.lake.scrap()
        return done.rows

    def renew_rows(self, table: str, make: Callable[[Snapshot], pa.Table], column: str) -> None:
        """Keep what is made of the present state in a table and drop rows of other values in a column; nobody is erased meanwhile."""
        self._must_write()
        with self._loads.running:
            rows, held = make(self.snapshot()), self.lake.plain(table)
            held.append(rows)
            mark = rows[column][0].as_py()
            held.rewrite(lambda before: None if before[column][0].as_py() == mark else before.slice(0, 0))

    def decide(self, links: pa.Table) -> None:
        """Keep what people decided about pairs of identifiers; it is in the snapshot on return."""
        with self._loads.stamping:
            stamp = self.inbox.stamp_load()
            self.lake.links.append(stamped(link_table(links), stamp))
            self._loads.stamp = stamp
        with self._deciding:
            self._prepare()
            self._publish_lake()

    def rule(self, rules: IdentityRules) -> None:
        """Make persons by other rules from now on, of all facts."""
        self.view.rule(rules)

    def refresh(self) -> None:
        """Show what other processes have put into the lake meanwhile, and for a reader what waits in the inbox."""
        if self._inbox is not None:
            self._catch_up(self._inbox)
            if self.arrivals is not None and not self._lean:
                self._take_over(self.arrivals)
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

    def _stopped(self, seconds: float) -> bool:
        """Wait so long; True when the store is being closed."""
        with self._arrival:
            return self._arrival.wait_for(lambda: self._stopping, seconds)

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
            self._loads.wait(batches)
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
        found = self._loads.without(batches)
        known = self.view.known(
            pa.array([event.actor for event in found], pa.string()),
            np.array([event.id for event in found], np.uint64),
        )
        fresh = [event for event, old in zip(found, known, strict=True) if not old]
        made = self._links.make(fresh if links else [])
        self._tail.add(to_table(fresh), made, batches[-1].sequence, time.monotonic())

    def _recover(self, inbox: Inbox) -> None:
        """Rebuild the tail from what the inbox holds beyond the lake."""
        done = self._drained()
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

    def _drained(self) -> int:
        """Return the last batch of the inbox that is in the lake."""
        lean = self.arrivals if self._lean else None
        return (lean.table if lean else self.lake.events).committed(self._application) or 0

    def _catch_up(self, inbox: Inbox) -> None:
        """Show what others have committed."""
        with self._loads.stamping:
            self.lake.refresh()
            if self.lake.versions != self._published:  # or a commit of ours has come upon them before
                self._prepare()
                stamp = inbox.stamp_load()
                with self._lock:  # what other processes took in has stamps of their clocks
                    self._seen = (inbox.first_stamp, stamp, stamp)
                    self._publish_lake()

    def add(self, judge: Judge) -> int:
        """Commit new events; where others commit theirs too, ``judge`` is asked when those are known here."""

        def judged() -> Judged:
            if not self._shared:
                return Judged(*judge())
            self._catch_up(self.inbox)
            with self._lock:
                return Judged(*judge(), self._published[0])

        with self._loads.stamping:
            return self.lake.events.append_judged(judged)

    def _take_over(self, arrivals: Arrivals) -> None:
        """Put what collectors have brought among the events, but for what was there."""
        files: list[LakeFile] = []

        def judge() -> tuple[pa.Table, dict[str, int]]:
            files[:], rows, marks = arrivals.first(
                self._budget.load_rows(BUFFER_ROWS), self.lake.events.committed
            )
            if rows.num_rows:
                rows = rows.filter(pa.array(~self.view.known(rows["actor"], ids_of(rows))))
            return rows, marks

        while arrivals.rows:
            with self._drain_lock:
                self.add(judge)
                self._checkpoint("arrivals:committed")
                arrivals.table.remove(files)
                self.show_lake()
            arrivals.table.refresh()

    # -- the view ---------------------------------------------------------------------------------

    def show_lake(self) -> None:
        """Show what has been put into the lake, or taken out."""
        self._prepare()
        self._publish_lake()

    def _prepare(self) -> None:
        """Make the columns of new lake files while the tail goes on."""
        if not self._lean:
            self.view.prepare(self.lake.events.chunks(), self.lake.links.chunks())

    def _publish_lake(self) -> None:
        """Show the lake's files as they are now, and the tail without what others have put there."""
        with self._lock:
            self._published = self.lake.versions
            if self._seen is not None:
                self._seen = (*self._seen[:2], max(self._seen[2], self._loads.stamp))
            if self._lean:
                self._lake_chunks, self._committed = ([], []), self._drained()
            else:
                events, self._committed = self.lake.events.state(self._application)
                self._lake_chunks = (events, self.lake.links.chunks())
            self._publish(sift=self._shared and not self._lean)
            self._loads.shown()

    def _publish(self, *, sift: bool = False) -> None:
        events, links = (list(chunks) for chunks in self._lake_chunks)
        # what is committed is among the files already
        tails = [tail for tail in (self._frozen, self._tail) if tail and tail.sequence > self._committed]
        for tail in tails:
            links += tail.chunks()[1]

        def fresh(known: Known) -> list[Chunk]:
            for tail in tails if sift else []:
                tail.sift(known)
            return [chunk for tail in tails for chunk in tail.chunks()[0]]

        self.view.replace(events, links, self._seen, fresh)
