"""The durable queue in front of the lake: one SQLite file, one writer thread, group commit.

What is appended is on disk when its future resolves. All appends that wait when the writer is free
share one transaction and one fsync. Sequence numbers rise for ever and are never used twice.
"""

from __future__ import annotations

import errno
import queue
import sqlite3
import threading
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

from msgspec.structs import force_setattr

from tidewheel.core.clock import Clock, system_clock
from tidewheel.core.errors import Busy, Unavailable
from tidewheel.core.events import Event, decode_events
from tidewheel.core.text import Text
from tidewheel.store.durable import make_folder, sync_folder
from tidewheel.store.facts import encoded
from tidewheel.store.inbox import dead_letter
from tidewheel.store.rejected import Rejected

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS about (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS batches (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  events INTEGER NOT NULL,
  body BLOB NOT NULL,
  stamp INTEGER NOT NULL
);
"""
_ABOUT: Final = "INSERT OR REPLACE INTO about (name, value) VALUES (?, ?)"
T = TypeVar("T")
_PAGE: Final = 1_000
_GROUP: Final = 64 * 1024 * 1024
"""Most bytes in one transaction."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Events appended together. ``sequence`` orders batches; ``stamp`` is when they were taken in, even, in milliseconds.

    Batches of one transaction share a stamp; later transactions have later ones.
    """

    sequence: int
    events: list[Event]
    stamp: int = 0


@dataclass(slots=True)
class _Append:
    events: list[Event]
    body: bytes
    rejected: Sequence[Rejected]
    done: Future[None]


@dataclass(slots=True)
class _Job:
    work: Callable[[sqlite3.Connection], Any]
    done: Future[Any]


class Inbox:
    """A durable queue. ``accept`` is called in the writer thread with each group of batches once safe."""

    def __init__(
        self,
        path: Path,
        *,
        max_events: int,
        max_bytes: int = 1 << 62,
        accept: Callable[[list[Batch]], None],
        checkpoint: Callable[[str], None] = lambda name: None,
        clock: Clock = system_clock,
    ) -> None:
        self._path = path
        self._max_events, self._max_bytes = max_events, max_bytes
        self._accept = accept
        self._checkpoint = checkpoint
        self._waiting: queue.SimpleQueue[_Append | _Job | None] = queue.SimpleQueue()
        self._count_lock = threading.Lock()
        self._closed = False
        self.error: str | None = None
        """Why nothing could be written the last time; None when all is well."""
        with _sqlite_errors():
            make_folder(path.parent)
        with _sqlite_errors(), closing(_connect(path)) as connection:
            connection.executescript(_SCHEMA + dead_letter.SCHEMA)
            if "stamp" not in {row[1] for row in connection.execute("PRAGMA table_info(batches)")}:
                connection.execute("ALTER TABLE batches ADD COLUMN stamp INTEGER NOT NULL DEFAULT 0")
            connection.execute(
                "INSERT OR IGNORE INTO about (name, value) VALUES ('identity', ?)", (uuid.uuid4().hex,)
            )
            query = "SELECT value FROM about WHERE name = 'identity'"
            self.identity: str = connection.execute(query).fetchone()[0]
            self._events, self._bytes = _depth(connection)
            connection.execute(
                "INSERT OR IGNORE INTO about (name, value) VALUES ('first stamp', ?)", (str(clock()),)
            )
            self.first_stamp, last = _stamps(connection)
            self._stamps = Stamps(clock, last)
        sync_folder(path.parent)
        self._writer = threading.Thread(target=self._write, name="inbox", daemon=True)
        self._writer.start()

    @property
    def last_stamp(self) -> int:
        """The last stamp that was given."""
        return self._stamps.last

    def stamp_load(self) -> int:
        """Return the stamp of facts that pass the inbox by: odd, later than all before, never given again."""

        def work(connection: sqlite3.Connection) -> int:
            stamp = self._stamps.next(odd=True)
            connection.execute(_ABOUT, ("last stamp", str(stamp)))
            return stamp

        return self._run(work)

    @property
    def depth(self) -> int:
        """Events in the inbox or on their way into it."""
        return self._events

    @property
    def size(self) -> int:
        """Bytes they take."""
        return self._bytes

    def append(self, events: list[Event], rejected: Sequence[Rejected] = ()) -> Future[None]:
        """Queue events and refused facts; the future resolves once they are on disk.

        Raises Busy when more events wait than the limit allows.
        """
        body = encoded(events)
        with self._count_lock:
            if self._closed:
                raise closed()
            if events and self._events + len(events) > max(self._max_events, len(events)):
                raise _busy(self._events, self._max_events)
            if events and self._bytes + len(body) > max(self._max_bytes, len(body)):
                raise _heavy(self._bytes, self._max_bytes)
            self._events += len(events)
            self._bytes += len(body)
            done: Future[None] = Future()
            done.set_running_or_notify_cancel()  # what is on its way to the disk cannot be called back
            self._waiting.put(_Append(events, body, rejected, done))
        return done

    def batches(self, after: int = 0) -> Iterator[Batch]:
        """Yield what is kept with a higher sequence than ``after``, in order."""
        with _sqlite_errors(), closing(_connect(self._path)) as connection:
            rows = connection.execute(
                "SELECT sequence, body, stamp FROM batches WHERE sequence > ? ORDER BY sequence", (after,)
            )
            for sequence, body, stamp in rows:
                yield Batch(sequence, _stamped(decode_events(body), stamp), stamp)

    def delete_to(self, sequence: int) -> None:
        """Forget batches up to and including ``sequence``."""

        def work(connection: sqlite3.Connection) -> tuple[int, int]:
            gone = _depth(connection, sequence)
            connection.execute("DELETE FROM batches WHERE sequence <= ?", (sequence,))
            return gone

        events, size = self._run(work)
        with self._count_lock:
            self._events -= events
            self._bytes -= size

    def rejected(self, *, offset: int = 0, limit: int = 50, code: str | None = None) -> list[Rejected]:
        """Return refused facts, the latest first."""
        return self._ask(
            lambda connection: dead_letter.listed(connection, offset=offset, limit=limit, code=code)
        )

    def rejected_by_id(self, ids: Sequence[int]) -> list[Rejected]:
        """Return the refused facts that have these ids."""
        return self._ask(lambda connection: dead_letter.found(connection, ids))

    def rejected_counts(self) -> dict[str, int]:
        """Return how many facts were refused, by code, the most first."""
        return self._ask(dead_letter.counted)

    def rejected_since(self, received: int) -> list[tuple[str, str, int]]:
        """Return (source, code, how many) of the facts refused from a moment (ms) on, the most first."""
        return self._ask(partial(dead_letter.counted_since, received=received))

    def delete_rejected(self, ids: Sequence[int] | None = None) -> int:
        """Delete refused facts by id, or all; returns how many."""
        return self._run(lambda connection: dead_letter.remove(connection, ids))

    def erase(self, refused: Callable[[Rejected], bool]) -> int:
        """Delete refused facts of which ``refused`` is true; returns how many."""
        return sum(
            self.delete_rejected([fact.id for fact in page if refused(fact)])
            for page in self._rejected_pages()
        )

    def all_rejected(self) -> Iterator[Rejected]:
        """Yield all refused facts, the earliest first."""
        for page in self._rejected_pages():
            yield from page

    def _rejected_pages(self) -> Iterator[list[Rejected]]:
        after = 0
        while page := self._ask(partial(dead_letter.after, last=after, limit=_PAGE)):
            yield page
            after = page[-1].id

    def strike(self, change: Callable[[Event], Event | None]) -> int:
        """Put what ``change`` makes of each waiting event in its place, None: nothing; returns how many events are gone.

        Nobody may have taken the events yet.
        """

        def work(connection: sqlite3.Connection) -> int:
            gone = 0
            for (sequence,) in connection.execute("SELECT sequence FROM batches").fetchall():
                query = "SELECT body FROM batches WHERE sequence = ?"
                before = decode_events(connection.execute(query, (sequence,)).fetchone()[0])
                after = [event for event in map(change, before) if event is not None]
                if not after:
                    connection.execute("DELETE FROM batches WHERE sequence = ?", (sequence,))
                elif after != before:
                    update = "UPDATE batches SET events = ?, body = ? WHERE sequence = ?"
                    connection.execute(update, (len(after), encoded(after), sequence))
                gone += len(before) - len(after)
            with self._count_lock:
                self._events, self._bytes = _depth(connection)
            return gone

        return self._run(work)

    def compress(self) -> None:
        """Write the file anew, so that nothing is left in it of what was deleted."""

        def work(connection: sqlite3.Connection) -> None:
            connection.execute("COMMIT")
            connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.execute("BEGIN IMMEDIATE")

        self._run(work)

    def close(self) -> None:
        """Write what waits and stop."""
        with self._count_lock:
            if self._closed:
                return
            self._closed = True
            self._waiting.put(None)
        self._writer.join()

    def _ask(self, read: Callable[[sqlite3.Connection], T]) -> T:
        with _sqlite_errors(), closing(_connect(self._path)) as connection:
            return read(connection)

    def _run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        with self._count_lock:
            if self._closed:
                raise closed()
            done: Future[T] = Future()
            self._waiting.put(_Job(work, done))
        return done.result()

    def _write(self) -> None:
        connection: sqlite3.Connection | None = None
        more = True
        while more:
            group, more = self._collect()
            try:
                with _sqlite_errors():
                    connection = connection or _connect(self._path)
                    self._commit(connection, group)
                self.error = None
            except Exception as error:  # noqa: BLE001 - the asker is told; the writer goes on
                self.error = str(error)
                self._fail(group, error)
                if connection is not None:
                    connection.close()
                    connection = None
        if connection is not None:
            connection.close()

    def _collect(self) -> tuple[list[_Append | _Job], bool]:
        """Wait for work and return all there is, and whether to go on afterwards."""
        group: list[_Append | _Job] = []
        size = 0
        item = self._waiting.get()
        while item is not None:
            group.append(item)
            size += len(item.body) if isinstance(item, _Append) else 0
            if size > _GROUP:
                return group, True
            try:
                item = self._waiting.get_nowait()
            except queue.Empty:
                return group, True
        return group, False

    def _commit(self, connection: sqlite3.Connection, group: list[_Append | _Job]) -> None:
        results: list[Any] = []
        batches: list[Batch] = []
        connection.execute("BEGIN IMMEDIATE")
        stamp = 0
        if any(isinstance(item, _Append) and item.events for item in group):
            stamp = self._stamps.next(odd=False)
            connection.execute(_ABOUT, ("last stamp", str(stamp)))
        for item in group:
            if isinstance(item, _Job):
                results.append(item.work(connection))
                continue
            results.append(None)
            if item.events:
                cursor = connection.execute(
                    "INSERT INTO batches (events, body, stamp) VALUES (?, ?, ?)",
                    (len(item.events), item.body, stamp),
                )
                batches.append(Batch(int(cursor.lastrowid or 0), _stamped(item.events, stamp), stamp))
            if item.rejected:
                dead_letter.keep(connection, item.rejected)
        self._checkpoint("inbox:before commit")
        connection.execute("COMMIT")
        self._checkpoint("inbox:committed")
        if batches:
            self._accept(batches)
        for item, result in zip(group, results, strict=True):
            item.done.set_result(result)

    def _fail(self, group: list[_Append | _Job], error: Exception) -> None:
        for item in group:
            if isinstance(item, _Append):
                with self._count_lock:
                    self._events -= len(item.events)
                    self._bytes -= len(item.body)
            if not item.done.done():
                item.done.set_exception(error)


class Stamps:
    """Gives moments that only rise, near the clock's; odd and even ones as wanted."""

    def __init__(self, clock: Clock, last: int) -> None:
        self._clock = clock
        self.last = last

    def next(self, *, odd: bool) -> int:
        """Return the next stamp."""
        least = max(self._clock(), self.last + 1)
        self.last = least + ((least & 1) != odd)
        return self.last


def first_of(batches: Sequence[Batch], events: int) -> list[Batch]:
    """Return the first batches with about so many events; those of one stamp stay together."""
    found: list[Batch] = []
    count = 0
    for batch in batches:
        if found and count + len(batch.events) > events and batch.stamp != found[-1].stamp:
            break
        found.append(batch)
        count += len(batch.events)
    return found


def read_batches(path: Path) -> tuple[list[Batch], tuple[int, int] | None]:
    """Return what the inbox of another process holds at this moment, and its first and last stamp."""
    if not path.exists():
        return [], None
    with (
        _sqlite_errors(),
        closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=10)) as reader,
    ):
        reader.execute("BEGIN")
        rows = reader.execute("SELECT sequence, body, stamp FROM batches ORDER BY sequence").fetchall()
        stamps = _stamps(reader)
    return [
        Batch(number, _stamped(decode_events(body), stamp), stamp) for number, body, stamp in rows
    ], stamps


def closed() -> Unavailable:
    """Make the error for work that comes after closing."""
    return Unavailable("store_closed", Text("The store is closing.", "存储正在关闭。"))


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
    for setting in (
        "journal_mode = WAL",
        "synchronous = FULL",
        "fullfsync = 1",
        "checkpoint_fullfsync = 1",
        "wal_autocheckpoint = 4000",
        "journal_size_limit = 67108864",
    ):
        connection.execute(f"PRAGMA {setting}")
    return connection


def _stamps(connection: sqlite3.Connection) -> tuple[int, int]:
    """Return the first and the last stamp; before any was given both are the same."""
    about = dict(connection.execute("SELECT name, value FROM about WHERE name LIKE '% stamp'").fetchall())
    first = int(about["first stamp"])
    return first, int(about.get("last stamp", first))


def _stamped(events: list[Event], stamp: int) -> list[Event]:
    """Write the stamp into events that nobody else has seen yet."""
    for event in events if stamp else ():
        force_setattr(event, "received", stamp)
    return events


def _depth(connection: sqlite3.Connection, to: int = 2**63 - 1) -> tuple[int, int]:
    """Return how many events there are up to a sequence number, and the bytes they take."""
    events, size = connection.execute(
        "SELECT coalesce(sum(events), 0), coalesce(sum(length(body)), 0) FROM batches WHERE sequence <= ?",
        (to,),
    ).fetchone()
    return int(events), int(size)


def _busy(depth: int, limit: int) -> Busy:
    error = Busy(
        "inbox_full",
        Text(
            "{depth} events wait to be stored; the limit is {limit}.",
            "有 {depth} 条事件等待入库，上限为 {limit}。",
        ),
        got=depth,
        expected=limit,
        hint=Text("Send the same again a little later.", "请稍后重新发送。"),
        depth=depth,
        limit=limit,
    )
    error.retry_after_seconds = 2.0
    return error


def _heavy(size: int, limit: int) -> Busy:
    error = Busy(
        "inbox_full_bytes",
        Text(
            "Events of {mib} MiB wait to be stored; the limit is {limit} MiB.",
            "等待入库的事件已有 {mib} MiB，上限为 {limit} MiB。",
        ),
        got=size,
        expected=limit,
        hint=Text("Send the same again a little later.", "请稍后重新发送。"),
        mib=size // 2**20,
        limit=limit // 2**20,
    )
    error.retry_after_seconds = 2.0
    return error


@contextmanager
def _sqlite_errors() -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        full = "full" in str(error) or getattr(error, "errno", None) in {errno.ENOSPC, errno.EDQUOT}
        told = Unavailable(
            "disk_full" if full else "inbox_unavailable",
            Text("The inbox cannot be written: {why}.", "收件箱无法写入：{why}。"),
            hint=Text("Free space on the disk of the data folder.", "请清理数据目录所在磁盘的空间。")
            if full
            else Text("Check the data folder and its permissions.", "请检查数据目录及其权限。"),
            why=str(error),
        )
        told.retry_after_seconds = 10.0 if full else 2.0
        raise told from error
