"""How many events of each name and source there were in each hour, and what arrived between two moments.

Hours are those of UTC: an hour and the same one some days before are whole days apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from tidewheel.core.events import PERSON_FACTS, Kind, Scope
from tidewheel.core.period import HOUR
from tidewheel.store.columns.segment import ITEMS, SOURCE, Segment, describe
from tidewheel.store.view import Loaded, Snapshot

_KEPT: Final = "volumes"
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Counted:
    """Of one segment: ``cells`` are (event code, source code, hour, count), ``last`` the latest time of each pair."""

    sources: tuple[str, ...]
    cells: Ints
    last: dict[tuple[int, int], int]


@dataclass(slots=True)
class Series:
    """Events of one name from one source: counts by hour since 1970, first hour and last time seen (ms)."""

    event: str
    source: str
    last: int = 0
    hours: dict[int, int] = field(default_factory=dict)


def hourly(snapshot: Snapshot, first: int, last: int) -> list[Series]:
    """Return the series of every event and source ever seen, with their counts from ``first`` to ``last`` (ms)."""
    found: dict[tuple[str, str], Series] = {}
    low, high = first // HOUR, last // HOUR
    for loaded in snapshot.whole().segments:
        segment, counted = loaded.segment, _counted(loaded)
        for (event, source), latest in counted.last.items():
            key = (segment.names[event], counted.sources[source])
            series = found.setdefault(key, Series(*key))
            series.last = max(series.last, latest)
        if segment.end < first or segment.start > last:
            continue
        for event, source, hour, count in counted.cells.tolist():
            if low <= hour <= high:
                hours = found[segment.names[event], counted.sources[source]].hours
                hours[hour] = hours.get(hour, 0) + count
    return [one for key, one in sorted(found.items()) if key[0] not in PERSON_FACTS]


def _counted(loaded: Loaded) -> _Counted:
    held = loaded.kept.get(_KEPT)
    if held is None:
        held = loaded.kept[_KEPT] = _count(loaded.segment)
    found: _Counted = held
    return found


def _count(segment: Segment) -> _Counted:
    time = segment.base + segment.time.astype(np.int64)
    column = segment.columns.get(SOURCE)
    names: list[str] = [] if column is None else column.dictionary().to_pylist()
    source = np.full(segment.rows, -1, np.int64) if column is None else column.codes(np.arange(segment.rows))
    source += 1
    pair = segment.event.astype(np.int64) * (len(names) + 1) + source
    hour = time // HOUR
    start = int(hour.min()) if segment.rows else 0
    width = int(hour.max()) - start + 1 if segment.rows else 1
    keys, counts = np.unique(pair * width + (hour - start), return_counts=True)
    pairs = keys // width
    cells = np.stack(
        [pairs // (len(names) + 1), pairs % (len(names) + 1), keys % width + start, counts.astype(np.int64)],
        axis=1,
    )
    latest = np.full(len(segment.names) * (len(names) + 1), -1, np.int64)
    np.maximum.at(latest, pair, time)
    last = {
        (int(one) // (len(names) + 1), int(one) % (len(names) + 1)): int(latest[one])
        for one in np.flatnonzero(latest >= 0)
    }
    return _Counted(("", *names), cells, last)


@dataclass(slots=True)
class Arrived:
    """What arrived in a stretch of time, as it was sent: nothing that is worked out of it.

    ``events``: (events, items in them) by name. ``properties``: how many events, or items, of each event
    carried a property of a kind.
    """

    events: dict[str, tuple[int, int]] = field(default_factory=dict)
    properties: dict[tuple[str, Scope, Kind], dict[str, int]] = field(default_factory=dict)


def arrived(snapshot: Snapshot, first: int, last: int) -> Arrived:
    """Return what happened from ``first`` until before ``last`` (ms)."""
    found = Arrived()
    for segment, inside in _between(snapshot, first, last):
        names = segment.names
        counts = np.bincount(segment.event[inside], minlength=len(names))
        items, item_inside = _item_events(segment, inside)
        item_counts = np.bincount(items[item_inside], minlength=len(names))
        for name, count, held in zip(names, counts.tolist(), item_counts.tolist(), strict=True):
            if count:
                before = found.events.get(name, (0, 0))
                found.events[name] = (before[0] + count, before[1] + held)
        for column, packed in segment.columns.items():
            if column in (ITEMS, SOURCE):
                continue
            name, scope, kind = describe(column)
            rows = packed.present_at()
            mask, events = (item_inside, items) if scope == "item" else (inside, segment.event)
            carried = np.bincount(events[rows][mask[rows]], minlength=len(names))
            for place in np.flatnonzero(carried).tolist():
                whose: Scope = "person" if names[place] in PERSON_FACTS else scope
                held_by = found.properties.setdefault((name, whose, kind), {})
                held_by[names[place]] = held_by.get(names[place], 0) + int(carried[place])
    return found


def _between(snapshot: Snapshot, first: int, last: int) -> Iterator[tuple[Segment, npt.NDArray[np.bool_]]]:
    for loaded in snapshot.segments:
        segment = (loaded.stored or loaded).segment
        if segment.rows and segment.end >= first and segment.start < last:
            time = segment.base + segment.time.astype(np.int64)
            yield segment, (time >= first) & (time < last)


def _item_events(segment: Segment, inside: npt.NDArray[np.bool_]) -> tuple[Any, npt.NDArray[np.bool_]]:
    """Return the event of each item row, and whether its row is inside."""
    items = segment.columns.get(ITEMS)
    if items is None or items.starts is None:
        return segment.event[:0], inside[:0]
    rows = np.flatnonzero(items.places(np.arange(items.rows)) >= 0)
    sizes = np.diff(items.starts)
    return np.repeat(segment.event[rows], sizes), np.repeat(inside[rows], sizes)
