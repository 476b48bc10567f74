"""Column files of lake files: which there are, which stand for which, and merging those of a month.

A *unit* is one column file. It covers one lake file, or after merging several. Units know lake files by their
first keys: when compaction puts one lake file in the place of others, with the same rows, their columns stay and
it is only noted what the new key is made of. A note (``merged.json``) keeps this between starts; without
it, or when a file is missing or torn, columns are made from the lake again.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tidewheel.store.budget import Budget
from tidewheel.store.columns.cluster import Clusters
from tidewheel.store.columns.derived import Drawer
from tidewheel.store.columns.file import aside, load_with_codes, save
from tidewheel.store.columns.journal import Journal
from tidewheel.store.columns.merge import Part, merge
from tidewheel.store.columns.segment import Segment, build
from tidewheel.store.columns.strings import Interner

MOST_ROWS: Final = 16_000_000
"""Most rows of a merged segment, if memory allows."""
MANY: Final = 4
"""Segments a month may have before some are merged."""
MOST_RANGES: Final = 16
"""Most ranges of actors a month is cut into: each is merged by going through all of it."""


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
    stamp: str = ""
    """Tells the file the segment is mapped from; empty when there is none."""
    number: int = 0
    """Place of the segment in its file."""
    luts: dict[str, npt.NDArray[np.int64]] = field(default_factory=dict)
    """Local dictionary codes to view-wide ones, by column."""
    kept: dict[Any, Any] = field(default_factory=dict)
    """What others derive from this segment alone, and may derive again."""
    rules: str = ""
    """The version of the rules by which columns were worked out (``store.enriched``)."""
    stored: Loaded | None = None
    """The segment without what was worked out."""
    whole: Loaded | None = None
    """The same with the rows that no question counts, where there are any."""


@dataclass(frozen=True, slots=True, eq=False)
class Unit:
    """The segments of one column file and the first keys of the lake files it covers."""

    keys: frozenset[str]
    loaded: tuple[Loaded, ...]
    path: Path | None

    @property
    def rows(self) -> int:
        """Events in it."""
        return sum(one.segment.rows for one in self.loaded)

    @property
    def bytes(self) -> int:
        """Size of the columns."""
        return sum(one.segment.bytes for one in self.loaded)


class Shelf:
    """The units of one view. ``folder`` holds column files; None keeps all in memory."""

    def __init__(
        self, folder: Path | None, actors: Interner, clusters: Clusters, budget: Budget | None = None
    ) -> None:
        self._folder = folder
        self._budget = budget or Budget()
        self._actors, self._clusters = actors, clusters
        self._units: dict[str, Unit] = {}
        self._prepared: dict[str, Unit] = {}
        self._preparing = threading.Lock()
        self._lock = threading.Lock()  # guards _made_of and _noted
        self._made_of: dict[str, list[str]] = {}
        self._noted: dict[str, list[str]] = {}
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            for torn in folder.glob("*.part"):
                torn.unlink(missing_ok=True)
            self._recall(folder)
        self.drawer = Drawer(folder)
        self.journal = Journal(folder / "actors.journal" if folder else None, actors, self.drawer)

    # -- what stands for what ---------------------------------------------------------------------

    def succeed(self, old: Iterable[str], new: str) -> None:
        """Take note that a lake file has the rows of others, which are gone."""
        with self._lock:
            self._made_of[new] = [base for key in old for base in self._made_of.pop(key, [key])]
            self._note()

    def cover(self, chunks: Sequence[Chunk]) -> list[Unit]:
        """Return units that hold exactly these chunks; makes what is missing and forgets what is not named."""
        with self._lock:
            wanted = self._settle(chunks)
            made_of = dict(self._made_of)
        found: dict[str, Unit] = {}
        for chunk in chunks:
            for base in made_of.get(chunk.key, [chunk.key]):
                unit = wanted.get(base) or self._prepared.pop(base, None) or self._make(chunk)
                found.update(dict.fromkeys(unit.keys, unit))
        self._units = found
        return list(dict.fromkeys(found.values()))

    def prepare(self, chunks: Sequence[Chunk]) -> None:
        """Make what a coming :meth:`cover` will miss."""
        with self._preparing:
            self._prepare(chunks)

    def _prepare(self, chunks: Sequence[Chunk]) -> None:
        keys = {chunk.key for chunk in chunks}
        for stale in [key for key in list(self._prepared) if key not in keys]:
            self._prepared.pop(stale, None)
        with self._lock:
            made = {*self._made_of, *self._units, *(base for bases in self._noted.values() for base in bases)}
        for chunk in chunks:
            path = self._path([chunk.key])
            if chunk.key not in self._prepared and chunk.key not in made and not (path and path.exists()):
                self._prepared[chunk.key] = self._make(chunk)

    def _settle(self, chunks: Sequence[Chunk]) -> dict[str, Unit]:
        """Return the units that can serve, by key, after forgetting successions that units cannot serve."""
        while True:
            wanted = {base for chunk in chunks for base in self._made_of.get(chunk.key, [chunk.key])}
            usable = self._opened(wanted)
            broken = [
                chunk.key
                for chunk in chunks
                if any(base not in usable for base in self._made_of.get(chunk.key, []))
            ]
            if not broken:
                return usable
            for key in broken:
                del self._made_of[key]

    def _opened(self, wanted: Iterable[str]) -> dict[str, Unit]:
        """Return units, open or on disk, that cover nothing but wanted keys."""
        keys = set(wanted)
        found = {key: unit for key, unit in self._units.items() if unit.keys <= keys}
        for name, covered in sorted(self._noted.items(), key=lambda item: -len(item[1])):
            if keys.issuperset(covered) and not any(key in found for key in covered):
                unit = self._open(self._folder / name, covered) if self._folder else None
                found.update(dict.fromkeys(covered, unit) if unit else {})
        for key in keys - found.keys() - self._prepared.keys():
            path = self._path([key])
            unit = self._open(path, [key]) if path else None
            if unit:
                found[key] = unit
        return found

    # -- files ------------------------------------------------------------------------------------

    def _make(self, chunk: Chunk) -> Unit:
        segments = build(chunk.load(), self._rank)
        codes = [self._actors.codes(segment.actors(), add=True) for segment in segments]
        return self._kept([chunk.key], segments, codes)

    def _kept(self, keys: Iterable[str], segments: list[Segment], codes: list[npt.NDArray[np.int32]]) -> Unit:
        """Return a unit of segments and the actor codes of their runs, on disk if there is a folder."""
        path = self._path(keys)
        if path is not None:
            self.journal.keep()  # before any file has the codes
            save(segments, path, codes, self.journal.lineage)
            opened = load_with_codes(path, self.journal.lineage)
            return self._unit(keys, opened.segments, opened.codes or codes, path, opened.stamp)
        return self._unit(keys, segments, codes, path)

    def _open(self, path: Path, keys: Iterable[str]) -> Unit | None:
        if not path.exists():
            return None
        try:
            opened = load_with_codes(path, self.journal.lineage)
        except (ValueError, KeyError, OSError):
            path.unlink(missing_ok=True)
            return None
        segments, codes = opened.segments, opened.codes
        beyond = any(int(some.max(initial=-1)) >= self.journal.known for some in codes)
        if beyond:
            self.journal.renew()
        if beyond or len(codes) != len(segments):
            codes = [self._actors.codes(segment.actors(), add=True) for segment in segments]
        return self._unit(keys, segments, codes, path, opened.stamp)

    def _unit(
        self,
        keys: Iterable[str],
        segments: Sequence[Segment],
        codes: Sequence[npt.NDArray[np.int32]],
        path: Path | None,
        stamp: str = "",
    ) -> Unit:
        loaded = (
            Loaded(_name(keys), segment, actors, durable=True, stamp=stamp, number=number)
            for number, (segment, actors) in enumerate(zip(segments, codes, strict=True))
        )
        return Unit(frozenset(keys), tuple(loaded), path)

    def _rank(self, actors: pa.Array) -> npt.NDArray[np.int64]:
        return self._clusters.rank(self._actors.codes(actors, add=True))

    def _path(self, keys: Iterable[str]) -> Path | None:
        return None if self._folder is None else self._folder / f"{_name(keys)}.columns"

    def _recall(self, folder: Path) -> None:
        try:
            note = json.loads((folder / "merged.json").read_text("utf-8"))
            self._made_of, self._noted = dict(note["made_of"]), dict(note["files"])
        except (OSError, ValueError, KeyError, TypeError):
            self._made_of, self._noted = {}, {}

    def _note(self) -> None:
        if self._folder is not None:
            torn = self._folder / "merged.part"
            torn.write_text(json.dumps({"made_of": self._made_of, "files": self._noted}), "utf-8")
            torn.replace(self._folder / "merged.json")

    def sweep(self, chunks: Sequence[Chunk]) -> None:
        """Delete column files, and forget notes, that serve none of these chunks."""
        if self._folder is None:
            return
        with self._lock:
            keys = {chunk.key for chunk in chunks}
            held = {unit.path for unit in (*self._units.values(), *list(self._prepared.values()))}
            self._made_of = {key: bases for key, bases in self._made_of.items() if key in keys}
            self._noted = {name: bases for name, bases in self._noted.items() if self._folder / name in held}
            self._note()
        for path in self._folder.glob("*.columns"):
            if path not in held:
                path.unlink(missing_ok=True)

    # -- merging ----------------------------------------------------------------------------------

    def mergeable(self, *, whole: bool) -> list[Unit]:
        """Return units of one month to merge next: small ones, or with ``whole`` all that fit one segment.

        Where there are none, units that are too large for one segment together: they become several.
        """
        months: defaultdict[str, list[Unit]] = defaultdict(list)
        for unit in self.units():
            own = {_month(one.segment.base) for one in unit.loaded}
            if len(own) == 1:
                months[own.pop()].append(unit)
        for units in months.values():
            units.sort(key=lambda one: one.rows)
            small = [unit for unit in units if len(unit.loaded) == 1 and unit.rows < MOST_ROWS // 2]
            for batch, among in ((self._batch(small, whole=whole), small), (self._large(units), units)):
                if len(batch) > 1 and (whole or len(among) > MANY):
                    return batch
        return []

    def _batch(self, units: Sequence[Unit], *, whole: bool) -> list[Unit]:
        batch: list[Unit] = []
        for unit in units:
            held = sum(other.rows for other in batch)
            alike = whole or len(batch) < 2 or unit.rows <= 4 * held
            if not alike or not self._fits_one([*batch, unit]):
                break
            batch.append(unit)
        return batch

    def _large(self, units: Sequence[Unit]) -> list[Unit]:
        batch: list[Unit] = []
        for unit in units:
            if unit.rows > 4 * sum(other.rows for other in batch):
                batch = []  # so much less waits until there is more
            if not self._fits_some([*batch, unit]):
                break
            batch.append(unit)
        return batch

    def _fits_one(self, units: Sequence[Unit]) -> bool:
        rows, size = _size(units)
        return rows <= MOST_ROWS and self._budget.may_merge(rows, size)

    def _fits_some(self, units: Sequence[Unit]) -> bool:
        return 0 < self._budget.ranges(*_size(units), MOST_ROWS) <= MOST_RANGES

    def merged(self, units: Sequence[Unit]) -> Unit:
        """Return one unit of the rows of some; to be put in their place by :meth:`place`."""
        keys = frozenset(key for unit in units for key in unit.keys)
        parts = [Part(one.segment, one.actors) for unit in units for one in unit.loaded]
        count = 1 if self._fits_one(units) else self._budget.ranges(*_size(units), MOST_ROWS)
        made = merge(parts, self._clusters.rank, self._actors, count)
        path = self._path(keys)
        if path is None or count == 1:
            segments, codes = zip(*made, strict=True)
            return self._kept(keys, list(segments), list(codes))
        with aside(path) as put:  # one range in memory at a time
            kept = [put(segment, codes) for segment, codes in made]
            return self._kept(keys, [segment for segment, _ in kept], [codes for _, codes in kept])

    def place(self, made: Unit, units: Sequence[Unit]) -> bool:
        """Put a merged unit in the place of others; False when these are not in use any more."""
        if any(self._units.get(key) is not unit for unit in units for key in unit.keys):
            if made.path is not None:
                made.path.unlink(missing_ok=True)
            return False
        with self._lock:
            self._units = {key: made if key in made.keys else unit for key, unit in self._units.items()}
            if made.path is not None:
                self._noted[made.path.name] = sorted(made.keys)
                self._note()
        return True

    def forget(self) -> None:
        """Forget what is kept of strings, in memory and on disk, but for the rows themselves."""
        with self._lock:
            renewals = {
                unit: replace(unit, loaded=tuple(map(renewed, unit.loaded)))
                for unit in dict.fromkeys((*self._units.values(), *self._prepared.values()))
            }
            self._units = {key: renewals[unit] for key, unit in self._units.items()}
            self._prepared = {key: renewals[unit] for key, unit in self._prepared.items()}
        self.journal.rewrite()
        self.drawer.sweep("people", ())

    def units(self) -> list[Unit]:
        """Return the units in use."""
        return list(dict.fromkeys(self._units.values()))


def renewed(loaded: Loaded) -> Loaded:
    """Return a segment without what others have derived from it."""
    return replace(loaded, luts={}, kept={})


def _size(units: Iterable[Unit]) -> tuple[int, int]:
    """Return (rows, bytes) of units."""
    return sum(unit.rows for unit in units), sum(unit.bytes for unit in units)


def _name(keys: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(sorted(keys)).encode()).hexdigest()[:32]


def _month(moment: int) -> str:
    return f"{datetime.fromtimestamp(moment / 1000, UTC):%Y-%m}"
