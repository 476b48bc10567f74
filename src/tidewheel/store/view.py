"""What questions read: an immutable view of all columns, replaced as a whole when facts arrive."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tidewheel.core.events import Kind
from tidewheel.core.identity_rules import DEFAULT_RULES, IdentityRules
from tidewheel.store.agreement import agreed
from tidewheel.store.budget import Budget
from tidewheel.store.columns.cluster import Clusters
from tidewheel.store.columns.derived import Drawer
from tidewheel.store.columns.pointers import addresses
from tidewheel.store.columns.runs import RunIndex, mark_known
from tidewheel.store.columns.segment import build, describe
from tidewheel.store.columns.strings import Interner
from tidewheel.store.enriched import Enricher, enriched
from tidewheel.store.lately import Lately
from tidewheel.store.levels import Levels, index
from tidewheel.store.links import LINK_SCHEMA, link_table
from tidewheel.store.pieces import PREFIX, LinkPiece, file_name, find_piece, keep_piece, make_piece
from tidewheel.store.shelf import Chunk, Loaded, Shelf, renewed

__all__ = ["LINK_SCHEMA", "Carried", "Chunk", "LinkPiece", "Loaded", "Snapshot", "View"]

_UNKNOWN: Final = -1
"""Code of an actor that no fact names."""
LEAST_LINKS: Final = 4_096
"""Fewest links of a chunk whose codes are worth a file."""


Known: TypeAlias = Callable[[pa.Array | pa.ChunkedArray, npt.NDArray[np.uint64]], npt.NDArray[np.bool_]]
"""Says of each (actor, id) whether it is there."""


class Keeper(Protocol):
    """An object of :class:`Carried` that can keep what it holds for the next process."""

    def keep(self, snapshot: Snapshot, *, whole: bool) -> bool:
        """Keep it if much has changed, with ``whole`` if anything has; returns whether it did."""


class Carried:
    """What is kept from one snapshot of a view to the next, one object of a class."""

    def __init__(self, drawer: Drawer | None = None) -> None:
        self.drawer = drawer or Drawer()
        self._lock = threading.Lock()
        self._kept: dict[type[Any], Any] = {}

    def get(self, made_by: type[Any]) -> Any:
        """Return the view's one object of a class."""
        with self._lock:
            if made_by not in self._kept:
                self._kept[made_by] = made_by()
            return self._kept[made_by]

    def keep(self, snapshot: Snapshot, *, whole: bool) -> bool:
        """Have everything that can be kept beside the columns kept there; returns whether anything was."""
        with self._lock:
            keepers: list[Keeper] = [one for one in self._kept.values() if hasattr(one, "keep")]
        return sum(keeper.keep(snapshot, whole=whole) for keeper in keepers) > 0


@dataclass(frozen=True, eq=False)
class Snapshot:
    """One state of a project. Durable segments come first. ``serial`` counts the states of the view.

    ``memo`` keeps what is derived from it, as much as there is to the facts; ``lately`` what grows with what is asked.
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
    hidden: npt.NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, np.int32))
    """Codes of actors whose people are being erased: nobody is to see them any more."""
    blank: npt.NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, np.int32))
    """Codes of actors that are no more, ascending: no fact here names them."""
    rules: IdentityRules = DEFAULT_RULES
    """How identifiers make persons."""
    as_of: int | None = None
    """Of the links only those asserted by this moment (ms UTC) make persons; None: all."""
    supposed: bool = False
    """Whether it holds links that only somebody supposes."""
    enricher: Enricher | None = None
    """The rules by which columns are worked out."""
    seen: tuple[int, int, int] | None = None
    """The store's first stamp, and the last ones seen of the inbox and of loads (see :mod:`tidewheel.store.receipt`)."""
    part: bool = False
    """Whether this is a shard: some actors of a view kept elsewhere."""
    memo: dict[Any, Any] = field(default_factory=dict)
    lately: Lately = field(default_factory=Lately)
    lock: threading.RLock = field(default_factory=threading.RLock)

    @property
    def rows(self) -> int:
        """Events in the view."""
        return sum(loaded.segment.rows for loaded in self.segments)

    def whole(self) -> Snapshot:
        """Return the same facts with the rows that no question counts."""
        if all(loaded.whole is None for loaded in self.segments):
            return self
        found: Snapshot = self.remember("whole", self._with_all)
        return found

    def _with_all(self) -> Snapshot:
        return replace(
            self,
            segments=tuple(loaded.whole or loaded for loaded in self.segments),
            data_version=_digest([self.data_version, "whole"]),
            memo=self.memo if self.part else {key: self.memo[key] for key in ("people",) if key in self.memo},
            lately=Lately(),
            lock=threading.RLock(),
        )

    def apart(self, **changes: Any) -> Snapshot:
        """Return the snapshot with changes, and with nothing derived yet."""
        return replace(self, **changes, memo={}, lately=Lately(), lock=threading.RLock())

    @property
    def receipt(self) -> str | None:
        """Which facts these are, however files lie; None where nobody stamps them."""
        return None if self.seen is None else "-".join(map(str, (*self.seen, self.rows)))

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
        for one in self.indexes:
            if actor < len(one.heads) - 1:
                for run in range(int(one.heads[actor]), int(one.heads[actor + 1])):
                    segment, start, end, _ = one.runs[run].tolist()
                    found.append((self.segments[one.first + segment], start, end))
        return found

    def remember(self, key: Any, make: Callable[[], Any]) -> Any:
        """Return what ``make`` gives, made once a snapshot and key."""
        with self.lock:
            if key not in self.memo:
                self.memo[key] = make()
            return self.memo[key]

    def recall(self, key: Any, make: Callable[[], Any], size: Callable[[Any], int]) -> Any:
        """Return what ``make`` gives; made again where it was not asked for lately."""
        with self.lock:
            found = self.lately.get(key)
            if found is None:
                found = make()
                self.lately.keep(key, found, size(found))
            return found

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


class View:
    """Keeps the snapshot of one project. ``folder`` holds column files; None keeps all in memory.

    ``budget`` bounds the memory of merges.
    """

    def __init__(self, folder: Path | None, budget: Budget | None = None) -> None:
        self._lock = threading.Lock()
        self._keeping = threading.Lock()
        self._actors = Interner()
        self._clusters = Clusters()
        self._shelf = Shelf(folder, self._actors, self._clusters, budget)
        self._words: dict[str, Interner] = {}
        self._fresh: dict[str, list[Loaded]] = {}
        self._links: dict[str, LinkPiece] = {}
        self._ready: dict[str, LinkPiece] = {}
        self._kept = Carried(self._shelf.drawer)
        self._enricher: Enricher | None = None
        self._serial = 0
        self._hidden: dict[str, int] = {}
        self._rules = DEFAULT_RULES
        self._shown: tuple[list[Chunk], list[Chunk]] = ([], [])
        self._seen: tuple[int, int, int] | None = None
        self._levels = Levels(self._shelf.drawer)
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

    def replace(
        self,
        events: Sequence[Chunk],
        links: Sequence[Chunk],
        seen: tuple[int, int, int] | None = None,
        sift: Callable[[Known], Sequence[Chunk]] | None = None,
    ) -> None:
        """Show exactly these chunks from now on; builds new ones, forgets others. Atomic for readers.

        ``seen`` are the stamps of what they hold, as in :attr:`Snapshot.seen`. ``sift`` returns further chunks of events, given
        what says of a row whether a durable one of these holds it.
        """
        with self._lock:
            self._links = {
                chunk.key: self._links.get(chunk.key) or self._ready.get(chunk.key) or self._link(chunk)
                for chunk in links
            }
            durable = [chunk for chunk in events if chunk.durable]
            before = {unit.path for unit in self._shelf.units()}
            self._levels.arrange(self._shelf.cover(durable))
            if sift is not None:
                events = [*events, *sift(self._among_durable)]
            self._fresh = {
                chunk.key: self._fresh[chunk.key] if chunk.key in self._fresh else self._load(chunk)
                for chunk in events
                if not chunk.durable
            }
            self._shown, self._seen = (list(events), list(links)), seen
            self._snapshot = self._make()
            if before != {unit.path for unit in self._shelf.units()}:
                self._shelf.sweep(durable)

    def hide(self, actors: Iterable[str]) -> None:
        """Keep some actors' people out of sight from now on, though their facts may still be here, or yet come."""
        with self._lock:
            self._hidden |= dict.fromkeys(actors, _UNKNOWN)
            self._snapshot = self._make()

    def reveal(self, actors: Iterable[str]) -> None:
        """Undo :meth:`hide`."""
        with self._lock:
            for name in actors:
                self._hidden.pop(name, None)
            self._snapshot = self._make()

    def forget(self, actors: Iterable[str] | None) -> int:
        """Write over identifiers that no fact names, in memory and on disk; returns how many. None: all there are.

        What was worked out from words that are gone is worked out again. Nobody may add codes meanwhile.
        """
        with self._lock:
            codes = self._codes(actors)
            used = [one.actors for one in self._snapshot.segments]
            used += [end for piece in self._links.values() for end in (piece.a, piece.b)]
            codes = codes[codes >= 0]
            codes = codes[~np.isin(codes, np.concatenate([np.zeros(0, np.int32), *used]))]
            codes = codes[~np.isin(codes, self._actors.blank)]
            self._actors.forget(codes)
            self._shelf.forget()
            self._shelf.sweep([chunk for chunk in self._shown[0] if chunk.durable])
            self._words = {}
            fresh = {key: [renewed(one) for one in held] for key, held in self._fresh.items()}
            self._fresh = fresh
            self._kept = Carried(self._shelf.drawer)
            self._levels.arrange(self._shelf.units())
            self._snapshot = self._make()
            return len(codes)

    def _codes(self, actors: Iterable[str] | None) -> npt.NDArray[np.int32]:
        if actors is None:
            return np.arange(len(self._actors), dtype=np.int32)
        return np.unique(self._actors.codes(pa.array(sorted(actors), pa.large_string()), add=False))

    def enrich(self, enricher: Enricher | None) -> None:
        """Work columns out by these rules from now on; atomic for readers."""
        with self._lock:
            before = self._enricher.version if self._enricher else None
            self._enricher = enricher
            if before != (enricher.version if enricher else None):
                self._snapshot = self._make()

    def merge(self, *, whole: bool = False) -> int:
        """Merge small segments of a month, with ``whole`` all that fit; returns how many are gone.

        Answers stay as they are. Others read and replace meanwhile; only the exchange waits for them.
        """
        gone = 0
        while units := self._shelf.mergeable(whole=whole):
            made = self._shelf.merged(units)
            with self._lock:
                if not self._shelf.place(made, units):
                    break
                self._levels.arrange(self._shelf.units())
                self._snapshot = self._make()
                self._shelf.sweep([chunk for chunk in self._shown[0] if chunk.durable])
            gone += len(units) - 1
        self.keep()
        return gone

    def keep(self, *, whole: bool = False) -> None:
        """Keep beside the columns what a start would work out again, if much has come since it was kept last.

        With ``whole`` if anything has. Others read and replace meanwhile.
        """
        if self._shelf.drawer.folder is None:
            return
        with self._keeping, suppress(OSError):  # a full disk costs time at the next start, no more
            snapshot = self._snapshot
            self._shelf.journal.keep_arrays(whole=whole)
            if self._kept.keep(snapshot, whole=whole):
                durable = [piece.key for piece in self._snapshot.link_pieces if piece.kept]
                keys = {*durable, *(piece.key for piece in snapshot.link_pieces), *self._ready}
                self._shelf.drawer.sweep(PREFIX, map(file_name, keys))

    def rule(self, rules: IdentityRules) -> None:
        """Make persons by other rules from now on, of all facts."""
        with self._lock:
            if rules.form != self._rules.form:
                self._rules = rules
                self._snapshot = self._make()

    @property
    def rules(self) -> IdentityRules:
        """How identifiers make persons."""
        return self._rules

    def snapshot(self) -> Snapshot:
        """Return the present state."""
        return self._snapshot

    @property
    def actors(self) -> Interner:
        """The codes of all actors."""
        return self._actors

    def known(self, actors: pa.Array | pa.ChunkedArray, ids: npt.NDArray[np.uint64]) -> npt.NDArray[np.bool_]:
        """Return for each (actor, id) whether the view holds it."""
        snapshot = self._snapshot
        return self._held(actors, ids, [(one, snapshot.segments[one.first :]) for one in snapshot.indexes])

    def _among_durable(
        self, actors: pa.Array | pa.ChunkedArray, ids: npt.NDArray[np.uint64]
    ) -> npt.NDArray[np.bool_]:
        return self._held(actors, ids, [(level.index, level.segments) for level in self._levels.both()])

    def _held(
        self,
        actors: pa.Array | pa.ChunkedArray,
        ids: npt.NDArray[np.uint64],
        among: Sequence[tuple[RunIndex, Sequence[Loaded]]],
    ) -> npt.NDArray[np.bool_]:
        found = np.zeros(len(ids), np.bool_)
        among = [(one, segments) for one, segments in among if segments]
        if not among or not len(ids):
            return found
        whole = actors.combine_chunks() if isinstance(actors, pa.ChunkedArray) else actors
        codes = self._actors.codes(whole, add=False)
        order = np.lexsort((ids, codes)).astype(np.int64)
        for one, segments in among:
            where = addresses([loaded.segment.id for loaded in segments])
            mark_known(codes, ids, order, one.heads, one.runs, where, found)
        return found

    def _make(self) -> Snapshot:
        events, links = self._shown
        fresh = [one for chunk in events if not chunk.durable for one in self._fresh[chunk.key]]
        segments: list[Loaded] = []
        indexes = []
        for held, own in (
            *((level.segments, level.index) for level in self._levels.both()),
            (fresh, index(fresh, Drawer())),
        ):
            if held:
                indexes.append(replace(own, first=len(segments)))
                segments.extend(held)
        self._look_hidden_up()
        rules = self._enricher
        if rules is not None:
            segments = [enriched(loaded, rules) for loaded in segments]
        self._serial += 1
        return Snapshot(
            serial=self._serial,
            segments=tuple(segments),
            link_pieces=tuple(self._links[chunk.key] for chunk in links),
            actors=self._actors,
            actor_count=len(self._actors),
            indexes=tuple(indexes),
            words=self._words,
            data_version=_digest(
                [
                    *(chunk.key for chunk in events),
                    *sorted(name for name, code in self._hidden.items() if code != _UNKNOWN),
                    *([rules.version] if rules else []),
                ]
            ),
            link_version=_digest(chunk.key for chunk in links),
            chunks=tuple(events),
            kept=self._kept,
            hidden=np.array(sorted(code for code in self._hidden.values() if code != _UNKNOWN), np.int32),
            blank=self._actors.blank,
            rules=self._rules,
            enricher=rules,
            seen=self._seen,
        )

    def _look_hidden_up(self) -> None:
        """Find the codes of hidden actors that no fact had named before."""
        names = sorted(name for name, code in self._hidden.items() if code == _UNKNOWN)
        if names:
            codes = self._actors.codes(pa.array(names, pa.large_string()), add=False).tolist()
            self._hidden |= zip(names, codes, strict=True)

    def _load(self, chunk: Chunk) -> list[Loaded]:
        segments = build(
            chunk.load(), lambda actors: self._clusters.rank(self._actors.codes(actors, add=True))
        )
        return [
            Loaded(chunk.key, segment, self._actors.codes(segment.actors(), add=True), durable=False)
            for segment in segments
        ]

    def _link(self, chunk: Chunk) -> LinkPiece:
        piece = self._kept_link(chunk) or self._made_link(chunk)
        self._clusters.join(piece.a, piece.b)
        return piece

    def _kept_link(self, chunk: Chunk) -> LinkPiece | None:
        if not chunk.durable:
            return None
        piece, lost = find_piece(self._shelf.drawer, chunk.key, chunk.load, self._shelf.journal.known)
        if lost:
            self._shelf.journal.renew()
        return piece

    def _made_link(self, chunk: Chunk) -> LinkPiece:
        table = link_table(chunk.load())
        load = chunk.load if chunk.durable else lambda: table
        piece = make_piece(chunk.key, load, table, lambda names: self._actors.codes(names, add=True))
        if not chunk.durable or len(piece.a) < LEAST_LINKS or self._shelf.drawer.folder is None:
            return piece
        self._shelf.journal.keep()  # before any file has the codes
        try:
            return keep_piece(self._shelf.drawer, piece)
        except OSError:
            return piece


def _digest(keys: Any) -> str:
    return hashlib.sha256("\n".join(keys).encode()).hexdigest()[:16]
