"""Some stored events in full, picked by time, source, actor and one property: as sent, without what is worked out."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tidewheel.core.events import Kind, column_name
from tidewheel.store.columns.packed import Packed
from tidewheel.store.columns.segment import ITEMS, SOURCE, Segment, describe
from tidewheel.store.reader import item_rows
from tidewheel.store.view import Loaded, Snapshot

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Picked:
    """Which events: from ``first`` until before ``last`` (ms); empty fields ask for nothing.

    ``actors`` are ``type:value``; ``where`` is a property of events and the text or number it must have.
    """

    first: int
    last: int
    source: str = ""
    actors: tuple[str, ...] = ()
    where: tuple[str, str] | None = None


@dataclass(slots=True)
class StoredEvent:
    """One event with values of the five kinds, as intake made them."""

    name: str
    time: int
    actor: str
    source: str
    properties: dict[str, Any] = field(default_factory=dict)
    items: list[dict[str, Any]] = field(default_factory=list)


def stored_events(snapshot: Snapshot, picked: Picked, limit: int) -> Iterator[StoredEvent]:
    """Yield the newest events that are picked, up to ``limit``, in no particular order."""
    chosen: list[tuple[Loaded, Ints]] = []
    for shown in snapshot.segments:
        loaded = shown.stored or shown
        segment = loaded.segment
        if segment.rows and segment.end >= picked.first and segment.start < picked.last:
            rows = _rows(segment, picked)
            if len(rows):
                chosen.append((loaded, rows))
    total = sum(len(rows) for _, rows in chosen)
    if total > limit:
        times = np.concatenate([_times(loaded.segment, rows) for loaded, rows in chosen])
        cut = int(np.partition(times, total - limit)[total - limit])
        chosen = [(loaded, rows[_times(loaded.segment, rows) >= cut]) for loaded, rows in chosen]
    for loaded, rows in chosen:
        yield from _events(loaded, rows)


def known_types(snapshot: Snapshot, actors: Iterable[str]) -> dict[str, set[str]]:
    """Return, of actors, the types of the identifiers that events named together with them."""
    wanted = pa.array(sorted(set(actors)), pa.string())
    found = {actor: {actor.partition(":")[0]} for actor in wanted.to_pylist()}
    links = snapshot.links()
    for own, other in (("a", "b"), ("b", "a")):
        near = links.filter(pc.is_in(links[own], wanted))
        for actor, beside in zip(near[own].to_pylist(), near[other].to_pylist(), strict=True):
            found[actor].add(beside.partition(":")[0])
    return found


def _times(segment: Segment, rows: Ints) -> Ints:
    return segment.base + segment.time[rows].astype(np.int64)


def _rows(segment: Segment, picked: Picked) -> Ints:
    time = segment.base + segment.time.astype(np.int64)
    mask = (time >= picked.first) & (time < picked.last)
    if picked.source:
        mask &= _is(segment.columns.get(SOURCE), picked.source, segment.rows)
    if picked.where is not None:
        name, value = picked.where
        has = _is(segment.columns.get(column_name(name, "text")), value, segment.rows)
        numbers = segment.columns.get(column_name(name, "number"))
        if numbers is not None:
            with contextlib.suppress(ValueError):
                has |= numbers.floats(np.arange(segment.rows)) == float(value)
        mask &= has
    if picked.actors:
        runs = np.flatnonzero(
            pc.is_in(segment.actors(), pa.array(picked.actors, pa.large_string())).to_numpy(
                zero_copy_only=False
            )
        )
        of = np.zeros(segment.rows, np.bool_)
        for run in runs:
            of[segment.runs[run] : segment.runs[run + 1]] = True
        mask &= of
    return np.flatnonzero(mask)


def _is(column: Packed | None, value: str, rows: int) -> npt.NDArray[np.bool_]:
    if column is None or column.offsets is None:
        return np.zeros(rows, np.bool_)
    code = pc.index(column.dictionary(), pa.scalar(value, pa.large_string())).as_py()
    found: npt.NDArray[np.bool_] = (
        column.codes(np.arange(rows)) == code if code >= 0 else np.zeros(rows, np.bool_)
    )
    return found


def _events(loaded: Loaded, rows: Ints) -> Iterator[StoredEvent]:
    segment = loaded.segment
    actors = (
        segment.actors().take(pa.array(np.searchsorted(segment.runs, rows, side="right") - 1)).to_pylist()
    )
    source = segment.columns.get(SOURCE)
    sources = [""] * len(rows) if source is None else _values(source, "text", rows)
    events = [
        StoredEvent(segment.names[int(code)], int(time), actor, of or "")
        for code, time, actor, of in zip(
            segment.event[rows], _times(segment, rows), actors, sources, strict=True
        )
    ]
    offsets, inner = item_rows(loaded, rows)
    for place, event in enumerate(events):
        event.items = [{} for _ in range(int(offsets[place + 1] - offsets[place]))]
    flat = [item for event in events for item in event.items]
    for column, packed in segment.columns.items():
        if column in (ITEMS, SOURCE):
            continue
        name, scope, kind = describe(column)
        holders: list[dict[str, Any]] = flat if scope == "item" else [event.properties for event in events]
        for holder, value in zip(
            holders, _values(packed, kind, inner if scope == "item" else rows), strict=True
        ):
            if value is not None:
                holder[name] = value
    yield from events


def _values(packed: Packed, kind: Kind, rows: Ints) -> list[Any]:
    """Return values as intake makes them, None where there is none."""
    if not len(rows):
        return []
    if kind == "list":
        offsets, codes = packed.lists(rows)
        words = _words(packed, codes)
        has = packed.places(rows) >= 0
        return [words[offsets[i] : offsets[i + 1]] if has[i] else None for i in range(len(rows))]
    if kind == "text":
        return _words(packed, packed.codes(rows))
    return [None if value != value else _plain(value, kind) for value in packed.floats(rows).tolist()]  # noqa: PLR0124


def _words(packed: Packed, codes: Ints) -> list[Any]:
    """Return the texts of some codes, None for -1; of a dictionary only the words that are asked for are read."""
    used, places = np.unique(codes, return_inverse=True)
    words = packed.dictionary().take(pa.array(used, mask=used < 0)).to_pylist()
    return [words[place] for place in places.tolist()]


def _plain(value: float, kind: Kind) -> Any:
    if kind == "flag":
        return bool(value)
    if kind == "time":
        return _EPOCH + timedelta(milliseconds=int(value))
    return int(value) if value.is_integer() else value
