"""``events``: the rows that analyses count, read the way they read them.

A person's rows are gathered over all segments and the tail, a row delivered twice once; person facts
(``$set`` and the like) are not among them. A condition is worked out first, on its own columns, and the
other columns are made for the rows that pass.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.fs as pafs

from tidewheel.analyse.executor import Stop
from tidewheel.analyse.filters import Facts, is_picked
from tidewheel.analyse.picks import Picks
from tidewheel.analyse.sql.names import EVENT_KINDS, ITEM_KINDS, readable
from tidewheel.analyse.sql.relation import Relation, columns_in, passing
from tidewheel.analyse.sql.values import MOMENT, TYPES, Ints, items, moments, values
from tidewheel.core.events import Kind, column_name
from tidewheel.core.period import Calendar
from tidewheel.identify.gather import Gatherer, room_for
from tidewheel.identify.hands import persons_of
from tidewheel.identify.properties import ALL_TIME, fact_rows
from tidewheel.identify.public_ids import hex_texts, public_ids
from tidewheel.identify.resolve import resolve
from tidewheel.store.columns.segment import ITEMS, SOURCE, describe
from tidewheel.store.view import Loaded, Snapshot

BASE: Final = {
    "time": MOMENT,
    "name": pa.large_string(),
    "person": pa.large_string(),
    "actor": pa.large_string(),
    "id": pa.large_string(),
    "source": pa.large_string(),
    "picked": pa.list_(pa.large_string()),
}
Counts: TypeAlias = dict[tuple[str, Kind], int]
ITEM_LISTS: Final = "items"
_ROOM: Final = 1 << 19
_CHUNK: Final = 1 << 18
_AT_ONCE: Final = 1 << 16
"""Most rows whose columns are made, and handed on, at once."""


def events(
    snapshot: Snapshot,
    calendar: Calendar,
    picks: Picks,
    left_out: npt.NDArray[np.bool_] | None = None,
    stop: Stop | None = None,
    progress: Callable[[float], None] | None = None,
) -> Relation:
    """Return all events of a snapshot, but for some people's; ``picked`` holds the names of the picked events each of them is."""
    rows = _Events(snapshot, calendar, picks, left_out, stop, progress)
    return Relation(rows.schema, rows.scan, rows.stored, (ITEM_LISTS, rows.goods))


class _Events:
    def __init__(
        self,
        snapshot: Snapshot,
        calendar: Calendar,
        picks: Picks,
        left_out: npt.NDArray[np.bool_] | None,
        stop: Stop | None,
        progress: Callable[[float], None] | None,
    ) -> None:
        self._snapshot, self._stop, self._progress = snapshot, stop, progress
        self._keep = None if left_out is None else ~left_out
        self._calendar, self._picks = calendar, picks
        events, goods = _counts(snapshot)
        self.stored = readable(events, (*BASE, ITEM_LISTS), EVENT_KINDS)
        self.goods = readable(goods, (), ITEM_KINDS)
        self._list = pa.list_(pa.struct([(name, TYPES[kind]) for name, (_, kind) in self.goods.items()]))
        self.schema = pa.schema(
            [
                *BASE.items(),
                (ITEM_LISTS, self._list),
                *((name, TYPES[kind]) for name, (_, kind) in self.stored.items()),
            ]
        )

    def scan(self, names: list[str], condition: Any) -> Iterator[pa.RecordBatch]:
        people = resolve(self._snapshot)
        gatherer = Gatherer(self._snapshot, people, self._masks(condition), ALL_TIME, self._keep)
        buffer = room_for(_ROOM)
        first = 0
        while first < people.count:
            self._check()
            rows, first = gatherer.read(first, people.count, buffer)
            order = np.argsort(rows.segment, kind="stable")
            heads = np.searchsorted(rows.segment[order], np.arange(len(self._snapshot.segments) + 1))
            for index, loaded in enumerate(self._snapshot.segments):
                for start in range(heads[index], heads[index + 1], _AT_ONCE):
                    self._check()
                    some = order[start : min(start + _AT_ONCE, heads[index + 1])]
                    yield self._batch(loaded, rows.row[some], names)
            if self._progress:
                self._progress(first / people.count)

    def _check(self) -> None:
        if self._stop:
            self._stop.check()

    def _masks(self, condition: Any) -> list[npt.NDArray[np.uint8] | None]:
        segments = self._snapshot.segments
        wanted = set(range(len(segments))) if condition is None else _within(segments, self.schema, condition)
        names = [] if condition is None else columns_in(condition, self.schema)
        found: list[npt.NDArray[np.uint8] | None] = []
        for index, loaded in enumerate(segments):
            self._check()
            found.append(self._mask(loaded, names, condition) if index in wanted else None)
        return found

    def _mask(self, loaded: Loaded, names: list[str], condition: Any) -> npt.NDArray[np.uint8] | None:
        segment = loaded.segment
        counted = np.array([not name.startswith("$") for name in segment.names], np.uint8)
        if not counted.any():
            return None
        mask = counted[segment.event]
        if condition is None:
            return mask
        for start in range(0, segment.rows, _CHUNK):
            piece = mask[start : start + _CHUNK]
            rows = start + np.flatnonzero(piece)
            passed = passing(condition, self._batch(loaded, rows, names)).to_numpy(zero_copy_only=False)
            piece[rows[~passed] - start] = 0
        return mask if mask.any() else None

    def _batch(self, loaded: Loaded, rows: Ints, names: list[str]) -> pa.RecordBatch:
        arrays = [self._column(loaded, rows, name) for name in names]
        return pa.record_batch(arrays, schema=pa.schema([self.schema.field(name) for name in names]))

    def _column(self, loaded: Loaded, rows: Ints, name: str) -> pa.Array:
        segment = loaded.segment
        if name == "time":
            return moments(segment.base + segment.time[rows].astype(np.int64))
        if name == "name":
            words = pa.array(segment.names, pa.large_string())
            return words.take(pa.array(segment.event[rows]))
        if name == "id":
            return hex_texts(segment.id[rows])
        if name == "source":
            return values(segment.columns.get(SOURCE), "text", rows)
        if name == "picked":
            return self._picked(loaded, rows)
        if name == ITEM_LISTS:
            return items(loaded, self.goods, self._list, rows)
        if name in BASE:
            if name == "actor":
                run = np.searchsorted(segment.runs, rows, side="right") - 1
                return segment.actors().take(pa.array(run))
            person = persons_of(self._snapshot, loaded, rows)
            return public_ids(self._snapshot).take(pa.array(person))
        stored, kind = self.stored[name]
        return values(segment.columns.get(column_name(stored, kind)), kind, rows)

    def _picked(self, loaded: Loaded, rows: Ints) -> pa.Array:
        """Return the picked events of each row; an empty list where it is none."""
        names = sorted(self._picks)
        facts = Facts(self._snapshot, resolve(self._snapshot), self._calendar)
        held = np.zeros((len(rows), len(names)), np.bool_)
        for at, name in enumerate(names):
            held[:, at] = is_picked(facts, self._picks[name], loaded, rows)
        offsets = np.concatenate((np.zeros(1, np.int32), np.cumsum(held.sum(axis=1), dtype=np.int32)))
        words = pa.array(names, pa.large_string()).take(pa.array(np.nonzero(held)[1]))
        return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), words)


def _counts(snapshot: Snapshot) -> tuple[Counts, Counts]:
    """Return in how many rows events and items have each (property, kind)."""
    found: tuple[Counts, Counts] = snapshot.remember("counts of event properties", lambda: _count(snapshot))
    return found


def _count(snapshot: Snapshot) -> tuple[Counts, Counts]:
    events: Counts = {}
    goods: Counts = {}
    for loaded in snapshot.segments:
        facts = fact_rows(
            loaded.segment, tuple(name for name in loaded.segment.names if name.startswith("$"))
        )
        for column, packed in loaded.segment.columns.items():
            if column in (ITEMS, SOURCE):
                continue
            name, scope, kind = describe(column)
            present = packed.present()
            if scope != "item" and len(facts):
                present -= int((packed.places(facts) >= 0).sum())
            if present:
                counts = goods if scope == "item" else events
                counts[name, kind] = counts.get((name, kind), 0) + present
    return events, goods


def _within(segments: tuple[Loaded, ...], schema: pa.Schema, condition: Any) -> set[int]:
    """Return the segments whose time range does not rule a condition out."""
    form, nowhere = ds.ParquetFileFormat(), pafs.LocalFileSystem()
    edges = moments(np.array([[one.segment.start, one.segment.end] for one in segments]).reshape(-1))
    fragments = [
        form.make_fragment(
            str(index),
            filesystem=nowhere,
            partition_expression=(pc.field("time") >= edges[2 * index])
            & (pc.field("time") <= edges[2 * index + 1]),
        )
        for index in range(len(segments))
    ]
    whole = ds.FileSystemDataset(fragments, schema, form, nowhere)
    return {int(fragment.path) for fragment in whole.get_fragments(filter=condition)}
