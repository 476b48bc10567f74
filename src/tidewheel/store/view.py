"""What questions read: an immutable view of all columns, replaced as a whole when facts arrive."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tidewheel.core.events import Kind
from tidewheel.store.agreement import agreed
from tidewheel.store.columns.cluster import Clusters
from tidewheel.store.columns.pointers import addresses
from tidewheel.store.columns.runs import RunIndex, index_runs, mark_known
from tidewheel.store.columns.segment import build, describe
from tidewheel.store.columns.strings import Interner
from tidewheel.store.shelf import Chunk, Loaded, Shelf, Unit

__all__ = ["LINK_SCHEMA", "Carried", "Chunk", "LinkPiece", "Loaded", "Snapshot", "View"]

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


@dataclass(frozen=True, slots=True, eq=False)
class LinkPiece:
    """The link facts of one chunk, with the actor codes of their ends, times, and ids of their events."""

    key: str
    table: pa.Table
    a: npt.NDArray[np.int32]
    b: npt.NDArray[np.int32]
    time: npt.NDArray[np.int64]
    id: npt.NDArray[np.uint64]


class Carried:
    """What is kept from one snapshot of a view to the next, one object of a class."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[type[Any], Any] = {}

    def get(self, made_by: type[Any]) -> Any:
        """Return the view's one object of a class."""
        with self._lock:
            if made_by not in self._kept:
                self._kept[made_by] = made_by()
            return self._kept[made_by]


@dataclass(frozen=True, eq=False)
class Snapshot:
    """One state of a project. Durable segments come first. ``memo`` keeps what is derived from it.

    ``serial`` counts the states of the view.
    """

    serial: int
    segments: tuple[Loaded, ...]
    link_pieces: tuple[LinkPiece, ...]
    actors: Interner
    actor_count: int
    indexes: tuple[RunIndex, ...]
    words: dict[str, Interner]
    data_version: str
    link_version: str
    chunks: tuple[Chunk, ...]
    """The event facts as they were given, for who wants to read them without columns."""
    kept: Carried
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
        return pa.concat_tables([LINK_SCHEMA.empty_table(), *(piece.table for piece in self.link_pieces)])

    def interner(self, column: str) -> Interner:
        """Return the view-wide codes of a text column."""
        with self.lock:
            return self.words.setdefault(column, Interner())

    def runs_of(self, actor: int) -> list[tuple[Loaded, int, int]]:
        """Return (segment, first row, end row) of each run of an actor."""
        found = []
        for index in self.indexes:
            if actor < len(index.heads) - 1:
                for run in range(int(index.heads[actor]), int(index.heads[actor + 1])):
                    segment, start, end, _ = index.runs[run].tolist()
                    found.append((self.segments[index.first + segment], start, end))
        return found

    def remember(self, key: Any, make: Callable[[], Any]) -> Any:
        """Return what ``make`` gives, made once a snapshot and key."""
        with self.lock:
            if key not in self.memo:
                self.memo[key] = make()
            return self.memo[key]

    def carried(self, made_by: type[Any]) -> Any:
        """Return the object of a class that all snapshots of the view share."""
        return self.kept.get(made_by)

    def columns(self) -> dict[str, int]:
        """Return every property column with the number of rows that have it."""
        return count_columns(self)

    def kinds(self, name: str, scope: str) -> dict[Kind, int]:
        """Return the kinds a property has been seen with and in how many rows, commonest first."""

        def sort() -> dict[tuple[str, bool], dict[Kind, int]]:
            found: dict[tuple[str, bool], dict[Kind, int]] = {}
            for column, count in self.columns().items():
                if column[0] != "$" and column != "items":
                    own, own_scope, kind = describe(column)
                    counts = found.setdefault((own, own_scope == "item"), {})
                    counts[kind] = counts.get(kind, 0) + count
            return found

        counts = self.remember("kinds", sort).get((name, scope == "item"), {})
        return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


@agreed
def count_columns(snapshot: Snapshot) -> dict[str, int]:
    """Return every property column with the number of rows that have it."""
    found: dict[str, int] = {}
    for loaded in snapshot.segments:
        for name, column in loaded.segment.columns.items():
            found[name] = found.get(name, 0) + column.present()
    return found


@dataclass(frozen=True, slots=True)
class Level:
    """Some units and where the runs of their segments are."""

    units: tuple[Unit, ...]
    segments: tuple[Loaded, ...]
    index: RunIndex

    @property
    def runs(self) -> int:
        """Runs of all actors."""
        return len(self.index.runs)


class View:
    """Keeps the snapshot of one project. ``folder`` holds column files; None keeps all in memory."""

    def __init__(self, folder: Path | None) -> None:
        self._lock = threading.Lock()
        self._actors = Interner()
        self._clusters = Clusters()
        self._shelf = Shelf(folder, self._actors, self._clusters)
        self._words: dict[str, Interner] = {}
        self._fresh: dict[str, list[Loaded]] = {}
        self._links: dict[str, LinkPiece] = {}
        self._ready: dict[str, LinkPiece] = {}
        self._kept = Carried()
        self._serial = 0
        self._shown: tuple[list[Chunk], list[Chunk]] = ([], [])
        self._levels = [self._level([]), self._level([])]
        self._snapshot = self._make()

    def prepare(self, events: Sequence[Chunk], links: Sequence[Chunk] = ()) -> None:
        """Build what a coming :meth:`replace` will need, while others read and replace.

        Links come first: they say which actors lie side by side.
        """
        known = self._links
        self._ready = {
            chunk.key: self._ready.get(chunk.key) or self._link(chunk)
            for chunk in links
            if chunk.key not in known
        }
        self._shelf.prepare([chunk for chunk in events if chunk.durable])

    def succeed(self, old: Iterable[str], new: str) -> None:
        """Take note that a durable chunk has the rows of others, which will not be named again."""
        self._shelf.succeed(old, new)

    def replace(self, events: Sequence[Chunk], links: Sequence[Chunk]) -> None:
        """Show exactly these chunks from now on; builds new ones, forgets others. Atomic for readers."""
        with self._lock:
            self._links = {
                chunk.key: self._links.get(chunk.key) or self._ready.get(chunk.key) or self._link(chunk)
                for chunk in links
            }
            durable = [chunk for chunk in events if chunk.durable]
            before = {unit.path for unit in self._shelf.units()}
            self._arrange(self._shelf.cover(durable))
            self._fresh = {
                chunk.key: self._fresh.get(chunk.key) or self._load(chunk)
                for chunk in events
                if not chunk.durable
            }
            self._shown = (list(events), list(links))
            self._snapshot = self._make()
            if before != {unit.path for unit in self._shelf.units()}:
                self._shelf.sweep(durable)

    def merge(self, *, whole: bool = False) -> int:
        """Merge small segments of a month, with ``whole`` all that fit; returns how many are gone.

        Answers stay as they are. Others read and replace meanwhile; only the exchange waits for them.
        """
        gone = 0
        while units := self._shelf.mergeable(whole=whole):
            made = self._shelf.merged(units)
            with self._lock:
                if not self._shelf.place(made, units):
                    return gone
                self._arrange(self._shelf.units())
                self._snapshot = self._make()
                self._shelf.sweep([chunk for chunk in self._shown[0] if chunk.durable])
            gone += len(units) - 1
        return gone

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
        for index in snapshot.indexes:
            mark_known(codes, ids, order, index.heads, index.runs, where[index.first :], found)
        return found

    def _arrange(self, units: Sequence[Unit]) -> None:
        """Index units: what came lately apart, so that the many runs before it need not be counted again."""
        now = set(units)
        early, late = self._levels
        if now.issuperset(early.units):
            rest = [unit for unit in units if unit not in set(early.units)]
            if set(rest) == set(late.units):
                return
            late = self._level(rest)
            if 8 * late.runs <= early.runs:
                self._levels = [early, late]
                return
        self._levels = [self._level(units), self._level([])]

    def _level(self, units: Sequence[Unit]) -> Level:
        segments = sorted((one for unit in units for one in unit.loaded), key=lambda one: one.segment.base)
        return Level(tuple(units), tuple(segments), self._index(segments))

    def _index(self, loaded: Sequence[Loaded]) -> RunIndex:
        actors = [one.actors for one in loaded]
        known = 1 + max((int(codes.max(initial=-1)) for codes in actors), default=-1)
        return index_runs(actors, [one.segment.runs for one in loaded], known)

    def _make(self) -> Snapshot:
        events, links = self._shown
        fresh = [one for chunk in events if not chunk.durable for one in self._fresh[chunk.key]]
        segments: list[Loaded] = []
        indexes = []
        for held, index in (
            *((level.segments, level.index) for level in self._levels),
            (fresh, self._index(fresh)),
        ):
            if held:
                indexes.append(replace(index, first=len(segments)))
                segments.extend(held)
        self._serial += 1
        return Snapshot(
            serial=self._serial,
            segments=tuple(segments),
            link_pieces=tuple(self._links[chunk.key] for chunk in links),
            actors=self._actors,
            actor_count=len(self._actors),
            indexes=tuple(indexes),
            words=self._words,
            data_version=_digest(chunk.key for chunk in events),
            link_version=_digest(chunk.key for chunk in links),
            chunks=tuple(events),
            kept=self._kept,
        )

    def _load(self, chunk: Chunk) -> list[Loaded]:
        segments = build(
            chunk.load(), lambda actors: self._clusters.rank(self._actors.codes(actors, add=True))
        )
        return [
            Loaded(chunk.key, segment, self._actors.codes(segment.actors(), add=True), durable=False)
            for segment in segments
        ]

    def _link(self, chunk: Chunk) -> LinkPiece:
        table = pa.concat_tables(
            [LINK_SCHEMA.empty_table(), chunk.load().select(LINK_SCHEMA.names).cast(LINK_SCHEMA)]
        )
        table = table.combine_chunks()
        a, b = (self._actors.codes(_whole(table[end]), add=True) for end in ("a", "b"))
        self._clusters.join(a, b)
        time = np.asarray(table["time"].cast(pa.int64()))
        return LinkPiece(chunk.key, table, a, b, time, np.asarray(table["id"]).view(np.uint64))


def _whole(column: pa.ChunkedArray) -> pa.Array:
    combined = column.combine_chunks()
    if isinstance(combined, pa.ChunkedArray):
        return combined.chunk(0) if combined.num_chunks else pa.array([], column.type)
    return combined


def _digest(keys: Any) -> str:
    return hashlib.sha256("\n".join(keys).encode()).hexdigest()[:16]
