"""What questions read: an immutable view of all columns, replaced as a whole when facts arrive."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tidewheel.core.events import Kind
from tidewheel.store.agreement import agreed
from tidewheel.store.columns.cluster import Clusters
from tidewheel.store.columns.file import load, save
from tidewheel.store.columns.pointers import addresses
from tidewheel.store.columns.runs import RunIndex, index_runs, mark_known
from tidewheel.store.columns.segment import Segment, build, describe
from tidewheel.store.columns.strings import Interner

LINK_SCHEMA: Final = pa.schema(
    [
        ("a", pa.string()),
        ("b", pa.string()),
        ("time", pa.timestamp("ms", "UTC")),
        ("id", pa.int64()),
        ("source", pa.string()),
        ("rule", pa.string()),
    ]
)


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some rows by a key that never names other rows. ``durable`` ones may keep their columns on disk.

    ``travels``: ``load`` can be sent to another process, which finds the rows where they lie.
    """

    key: str
    load: Callable[[], pa.Table]
    durable: bool
    travels: bool = False


@dataclass(frozen=True, slots=True)
class Loaded:
    """A segment with the actor codes of its runs."""

    key: str
    segment: Segment
    actors: npt.NDArray[np.int32]
    durable: bool
    luts: dict[str, npt.NDArray[np.int64]] = field(default_factory=dict)
    """Local dictionary codes to view-wide ones, by column."""


@dataclass(frozen=True, eq=False)
class Snapshot:
    """One state of a project. Durable segments come first. ``memo`` keeps what is derived from it."""

    segments: tuple[Loaded, ...]
    link_tables: tuple[pa.Table, ...]
    actors: Interner
    actor_count: int
    base: RunIndex
    tail: RunIndex
    words: dict[str, Interner]
    data_version: str
    link_version: str
    chunks: tuple[Chunk, ...] = ()
    """What the segments were made of."""
    part: bool = False
    """Whether this is a shard: some actors of a view kept elsewhere."""
    memo: dict[Any, Any] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)

    @property
    def rows(self) -> int:
        """Events in the view."""
        return sum(loaded.segment.rows for loaded in self.segments)

    def links(self) -> pa.Table:
        """Return all link facts."""
        return pa.concat_tables([LINK_SCHEMA.empty_table(), *self.link_tables])

    def interner(self, column: str) -> Interner:
        """Return the view-wide codes of a text column."""
        with self.lock:
            return self.words.setdefault(column, Interner())

    def remember(self, key: Any, make: Callable[[], Any]) -> Any:
        """Return what ``make`` gives, made once a snapshot and key."""
        with self.lock:
            if key not in self.memo:
                self.memo[key] = make()
            return self.memo[key]

    def columns(self) -> dict[str, int]:
        """Return every property column with the number of rows that have it."""
        return count_columns(self)

    def kinds(self, name: str, scope: str) -> dict[Kind, int]:
        """Return the kinds a property has been seen with and in how many rows, commonest first."""
        counts: dict[Kind, int] = {}
        for column, count in self.columns().items():
            if column[0] == "$" or column == "items":
                continue
            found, found_scope, kind = describe(column)
            if found == name and (found_scope == "item") == (scope == "item"):
                counts[kind] = counts.get(kind, 0) + count
        return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


@agreed
def count_columns(snapshot: Snapshot) -> dict[str, int]:
    """Return every property column with the number of rows that have it."""
    found: dict[str, int] = {}
    for loaded in snapshot.segments:
        for name, column in loaded.segment.columns.items():
            found[name] = found.get(name, 0) + column.present()
    return found


class View:
    """Keeps the snapshot of one project. ``folder`` holds column files; None keeps all in memory."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._actors = Interner()
        self._clusters = Clusters()
        self._words: dict[str, Interner] = {}
        self._loaded: dict[str, list[Loaded]] = {}
        self._prepared: dict[str, list[Loaded]] = {}
        self._links: dict[str, pa.Table] = {}
        self._base: tuple[tuple[str, ...], RunIndex] = ((), index_runs([], [], 0, 0))
        self._snapshot = self._make([], [])

    def prepare(self, events: Sequence[Chunk]) -> None:
        """Build what a coming :meth:`replace` will need, while others read and replace."""
        keys = {chunk.key for chunk in events}
        for stale in [key for key in list(self._prepared) if key not in keys]:
            del self._prepared[stale]
        for chunk in events:
            if chunk.key not in self._loaded and chunk.key not in self._prepared:
                self._prepared[chunk.key] = self._load(chunk)

    def replace(self, events: Sequence[Chunk], links: Sequence[Chunk]) -> None:
        """Show exactly these chunks from now on; builds new ones, forgets others. Atomic for readers."""
        with self._lock:
            for chunk in links:
                if chunk.key not in self._links:
                    self._links[chunk.key] = self._link(chunk)
            for chunk in events:
                if chunk.key not in self._loaded:
                    self._loaded[chunk.key] = self._made(chunk)
            self._loaded = {chunk.key: self._loaded[chunk.key] for chunk in events}
            self._links = {chunk.key: self._links[chunk.key] for chunk in links}
            before = self._base[0]
            self._snapshot = self._make(list(events), list(links))
            if self._base[0] != before:
                self._sweep(events)

    def snapshot(self) -> Snapshot:
        """Return the present state."""
        return self._snapshot

    @property
    def actors(self) -> Interner:
        """The codes of all actors."""
        return self._actors

    def known(self, actors: pa.Array, ids: npt.NDArray[np.uint64]) -> npt.NDArray[np.bool_]:
        """Return for each (actor, id) whether the view holds it."""
        found = np.zeros(len(ids), np.bool_)
        snapshot = self._snapshot
        if not snapshot.segments or not len(ids):
            return found
        codes = self._actors.codes(actors, add=False)
        order = np.lexsort((ids, codes)).astype(np.int64)
        where = addresses([loaded.segment.id for loaded in snapshot.segments])
        for index in (snapshot.base, snapshot.tail):
            mark_known(codes, ids, order, index.heads, index.segment, index.start, index.end, where, found)
        return found

    def _make(self, events: list[Chunk], links: list[Chunk]) -> Snapshot:
        durable = [one for chunk in events if chunk.durable for one in self._loaded[chunk.key]]
        fresh = [one for chunk in events if not chunk.durable for one in self._loaded[chunk.key]]
        count = len(self._actors)
        keys = tuple(chunk.key for chunk in events if chunk.durable)
        if self._base[0] != keys:
            self._base = (keys, _index(durable, 0, count))
        return Snapshot(
            segments=(*durable, *fresh),
            link_tables=tuple(self._links[chunk.key] for chunk in links),
            actors=self._actors,
            actor_count=count,
            base=self._base[1],
            tail=_index(fresh, len(durable), count),
            words=self._words,
            data_version=_digest(chunk.key for chunk in events),
            link_version=_digest(chunk.key for chunk in links),
            chunks=tuple(events),
        )

    def _made(self, chunk: Chunk) -> list[Loaded]:
        return self._prepared.pop(chunk.key) if chunk.key in self._prepared else self._load(chunk)

    def _load(self, chunk: Chunk) -> list[Loaded]:
        path = self._path(chunk.key) if chunk.durable else None
        segments: list[Segment] | None = None
        if path is not None and path.exists():
            try:
                segments = load(path)
            except (ValueError, KeyError, OSError):
                path.unlink(missing_ok=True)
        if segments is None:
            segments = build(chunk.load(), self._rank)
            if path is not None:
                save(segments, path)
                segments = load(path)
        return [
            Loaded(chunk.key, segment, self._actors.codes(segment.actors(), add=True), chunk.durable)
            for segment in segments
        ]

    def _link(self, chunk: Chunk) -> pa.Table:
        table = chunk.load().select(LINK_SCHEMA.names).cast(LINK_SCHEMA).combine_chunks()
        if table.num_rows:
            ends = [self._actors.codes(table[end].chunk(0), add=True) for end in ("a", "b")]
            self._clusters.join(*ends)
        return table

    def _rank(self, actors: pa.Array) -> npt.NDArray[np.int64]:
        return self._clusters.rank(self._actors.codes(actors, add=True))

    def _path(self, key: str) -> Path | None:
        if self._folder is None:
            return None
        return self._folder / f"{hashlib.sha256(key.encode()).hexdigest()[:32]}.columns"

    def _sweep(self, events: Sequence[Chunk]) -> None:
        if self._folder is None:
            return
        wanted = {self._path(chunk.key) for chunk in events if chunk.durable}
        wanted |= {self._path(key) for key in list(self._prepared)}
        for path in self._folder.glob("*.columns"):
            if path not in wanted:
                path.unlink(missing_ok=True)


def _index(loaded: list[Loaded], first: int, actors: int) -> RunIndex:
    return index_runs([one.actors for one in loaded], [one.segment.runs for one in loaded], first, actors)


def _digest(keys: Any) -> str:
    return hashlib.sha256("\n".join(keys).encode()).hexdigest()[:16]
