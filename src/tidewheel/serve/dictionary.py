"""What the project's events look like, read off the columns: names, volumes, properties, values, sources.

All that arrived is told, also what no question counts. Segments never change, so what each of them holds is
worked out once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tidewheel.analyse.filters import Facts, is_picked
from tidewheel.analyse.picks import Pick
from tidewheel.core.events import CONSENT, PERSON_FACTS, Kind, Scope, column_name
from tidewheel.core.period import Calendar
from tidewheel.identify.people import TimelineEvent, event_at, iso
from tidewheel.store.columns.packed import Packed
from tidewheel.store.columns.segment import ITEMS, SOURCE, Segment, describe
from tidewheel.store.view import Loaded, Snapshot

DAYS: Final = 14
_DAY: Final = 86_400_000
_SAMPLES: Final = 5
_KEPT: Final = 4096

Ints = npt.NDArray[np.int64]


@dataclass(slots=True)
class Seen:
    """How often something was seen, when first and last."""

    count: int = 0
    first: int = 2**62
    last: int = -(2**62)

    def add(self, other: Seen) -> None:
        """Count another's too."""
        self.count += other.count
        self.first, self.last = min(self.first, other.first), max(self.last, other.last)


@dataclass(slots=True)
class SeenProperty:
    """A property of one kind: in how many events (or items), in which events, some values."""

    count: int = 0
    events: dict[str, int] = field(default_factory=dict)
    samples: list[Any] = field(default_factory=list)

    def add(self, other: SeenProperty) -> None:
        """Count another's too."""
        self.count += other.count
        for name, count in other.events.items():
            self.events[name] = self.events.get(name, 0) + count
        fresh = [value for value in other.samples if value not in self.samples]
        self.samples = (self.samples + fresh)[:_SAMPLES]


PropertyKey = tuple[str, Scope, Kind]


@dataclass(slots=True)
class Contents:
    """What some rows hold."""

    events: dict[str, Seen] = field(default_factory=dict)
    properties: dict[PropertyKey, SeenProperty] = field(default_factory=dict)
    sources: dict[str, Seen] = field(default_factory=dict)

    def add(self, other: Contents) -> None:
        """Count another's too."""
        for name, seen in other.events.items():
            self.events.setdefault(name, Seen()).add(seen)
        for source, seen in other.sources.items():
            self.sources.setdefault(source, Seen()).add(seen)
        for key, found in other.properties.items():
            self.properties.setdefault(key, SeenProperty()).add(found)


class Dictionary:
    """Keeps what segments hold, for all projects."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, int, str], Contents] = {}

    def contents(self, snapshot: Snapshot) -> Contents:
        """Return what a snapshot holds."""
        found: Contents = snapshot.remember("contents", lambda: self._whole(snapshot))
        return found

    def _whole(self, snapshot: Snapshot) -> Contents:
        whole = Contents()
        for loaded in snapshot.whole().segments:
            key = (loaded.key, loaded.segment.base, loaded.rules)
            held = self._kept.get(key)
            if held is None:
                held = self._kept[key] = contents_of(loaded.segment)
            whole.add(held)
        for key in list(self._kept)[: max(0, len(self._kept) - _KEPT)]:
            del self._kept[key]
        return whole


def contents_of(segment: Segment) -> Contents:
    """Read one segment."""
    found = Contents()
    time = segment.base + segment.time.astype(np.int64)
    for seen, name in zip(_seen(segment.event, time, len(segment.names)), segment.names, strict=True):
        found.events[name] = seen
    source = segment.columns.get(SOURCE)
    if source is not None:
        rows = source.present_at()
        names = source.dictionary().to_pylist()
        for seen, name in zip(_seen(source.values, time[rows], len(names)), names, strict=True):
            found.sources[name] = seen
    person = np.array([name in PERSON_FACTS for name in segment.names], np.bool_)
    consent = np.array([name == CONSENT for name in segment.names], np.bool_)
    item_events = _item_events(segment)
    for column, packed in segment.columns.items():
        if column in (ITEMS, SOURCE):
            continue
        name, scope, kind = describe(column)
        events = item_events[packed.present_at()] if scope == "item" else segment.event[packed.present_at()]
        counts = np.bincount(events, minlength=len(segment.names))
        samples = samples_of(packed)
        for whose, mask in (("item", ~person), ("event", ~person), ("person", person & ~consent)):
            if (whose == "item") != (scope == "item") or not counts[mask].any():
                continue
            found.properties[name, whose, kind] = SeenProperty(  # type: ignore[index]
                int(counts[mask].sum()),
                {segment.names[i]: int(counts[i]) for i in np.flatnonzero(counts * mask)},
                samples,
            )
    return found


def daily(snapshot: Snapshot, calendar: Calendar, now: int) -> dict[str, list[int]]:
    """Return how often each event happened on each of the last 14 days, today last."""
    today = calendar.local(now).date()
    edges = np.array([calendar.at(today + timedelta(days=day)) for day in range(1 - DAYS, 2)], np.int64)
    found: dict[str, list[int]] = {}
    for loaded in snapshot.whole().segments:
        segment = loaded.segment
        if segment.end < edges[0] or segment.start >= edges[-1]:
            continue
        day = np.searchsorted(edges, segment.base + segment.time.astype(np.int64), side="right") - 1
        inside = (day >= 0) & (day < DAYS)
        cells = segment.event[inside].astype(np.int64) * DAYS + day[inside]
        counts = np.bincount(cells, minlength=len(segment.names) * DAYS).reshape(-1, DAYS)
        for name, row in zip(segment.names, counts.tolist(), strict=True):
            kept = found.setdefault(name, [0] * DAYS)
            found[name] = [a + b for a, b in zip(kept, row, strict=True)]
    return found


def sources_lately(snapshot: Snapshot, now: int) -> dict[str, int]:
    """Return how many events of each source happened in the last 24 hours."""
    found: dict[str, int] = {}
    for loaded in snapshot.whole().segments:
        segment, source = loaded.segment, loaded.segment.columns.get(SOURCE)
        if source is None or segment.end < now - _DAY:
            continue
        time = segment.base + segment.time.astype(np.int64)[source.present_at()]
        names = source.dictionary().to_pylist()
        counts = np.bincount(source.values[time > now - _DAY], minlength=len(names))
        for name, count in zip(names, counts.tolist(), strict=True):
            found[name] = found.get(name, 0) + count
    return found


def values(
    snapshot: Snapshot, name: str, scope: Scope, kind: Kind, contains: str, limit: int
) -> list[tuple[Any, int]]:
    """Return the most frequent values of a property and how often they occur; ties by value."""
    column = ("i" if scope == "item" else "") + column_name(name, kind)
    parts: list[pa.Table] = []
    for loaded in snapshot.segments:
        packed = loaded.segment.columns.get(column)
        if packed is not None:
            parts.append(_counted(loaded.segment, packed, scope))
    if not parts:
        return []
    whole = pa.concat_tables(parts).group_by("value").aggregate([("count", "sum")])
    if contains:
        shown = pc.cast(whole["value"], pa.large_string())
        whole = whole.filter(pc.match_substring(shown, contains, ignore_case=True))
    top = whole.sort_by([("count_sum", "descending"), ("value", "ascending")]).slice(0, limit)
    found = zip(top["value"].to_pylist(), top["count_sum"].to_pylist(), strict=True)
    if kind == "time":
        return [(iso(int(value)), count) for value, count in found]
    if kind == "flag":
        return [(bool(value), count) for value, count in found]
    return [
        (int(value) if isinstance(value, float) and value.is_integer() else value, count)
        for value, count in found
    ]


def samples(snapshot: Snapshot, name: str, limit: int) -> list[TimelineEvent]:
    """Return the newest events of one name."""
    newest: list[tuple[int, int, Loaded, int]] = []
    for place, loaded in enumerate(snapshot.whole().segments):
        segment = loaded.segment
        if name not in segment.names:
            continue
        rows = np.flatnonzero(segment.event == segment.names.index(name))
        late = rows[np.argsort(segment.time[rows], kind="stable")[-limit:]]
        newest += [(segment.base + int(segment.time[row]), place, loaded, int(row)) for row in late]
    newest.sort(key=lambda one: (one[0], one[1], one[3]), reverse=True)
    return [event_at(loaded, row) for _, _, loaded, row in newest[:limit]]


def picked(facts: Facts, pick: Pick, now: int) -> tuple[Seen, list[int]]:
    """Return how often a picked event was seen, and on each of the last 14 days, today last."""
    found: tuple[Seen, list[int]] = facts.snapshot.remember(
        ("picked", pick.digest, facts.calendar, facts.calendar.floor(now, "day")),
        lambda: _picked(facts, pick, now),
    )
    return found


def _picked(facts: Facts, pick: Pick, now: int) -> tuple[Seen, list[int]]:
    calendar, seen, days = facts.calendar, Seen(), np.zeros(DAYS, np.int64)
    today = calendar.local(now).date()
    edges = np.array([calendar.at(today + timedelta(days=day)) for day in range(1 - DAYS, 2)], np.int64)
    for loaded in facts.snapshot.segments:
        time = np.sort(
            loaded.segment.base + loaded.segment.time[_picked_rows(facts, pick, loaded)].astype(np.int64)
        )
        if time.size:
            seen.add(Seen(int(time.size), int(time[0]), int(time[-1])))
            days += np.diff(np.searchsorted(time, edges))
    return seen, days.tolist()


def picked_samples(facts: Facts, pick: Pick, limit: int) -> list[TimelineEvent]:
    """Return the newest events that are a picked one."""
    newest = []
    for place, loaded in enumerate(facts.snapshot.segments):
        rows = _picked_rows(facts, pick, loaded)
        late = rows[np.argsort(loaded.segment.time[rows], kind="stable")[-limit:]]
        newest += [
            (loaded.segment.base + int(loaded.segment.time[row]), place, loaded, int(row)) for row in late
        ]
    newest.sort(key=lambda one: (one[0], one[1], one[3]), reverse=True)
    return [event_at(loaded, row) for _, _, loaded, row in newest[:limit]]


def _picked_rows(facts: Facts, pick: Pick, loaded: Loaded) -> Ints:
    names = [one.base for one in pick.any_of]
    wanted = np.array([name in names for name in loaded.segment.names], np.bool_)
    rows = np.flatnonzero(wanted[loaded.segment.event]) if wanted.any() else np.zeros(0, np.int64)
    return rows[is_picked(facts, pick, loaded, rows)]


def _seen(codes: npt.NDArray[Any], time: Ints, size: int) -> list[Seen]:
    counts = np.bincount(codes, minlength=size)
    first, last = np.full(size, 2**62, np.int64), np.full(size, -(2**62), np.int64)
    np.minimum.at(first, codes, time)
    np.maximum.at(last, codes, time)
    return [Seen(int(count), int(a), int(b)) for count, a, b in zip(counts, first, last, strict=True)]


def _item_events(segment: Segment) -> npt.NDArray[Any]:
    """Return the event of each item."""
    items = segment.columns.get(ITEMS)
    if items is None or items.starts is None:
        return segment.event[:0]
    return np.repeat(segment.event[items.present_at()], np.diff(items.starts))


def samples_of(packed: Packed) -> list[Any]:
    """Return a few different values as JSON values."""
    if packed.offsets is not None:
        return [word[:100] for word in packed.dictionary().slice(0, _SAMPLES).to_pylist()]
    numbers = np.unique((packed.numbers if packed.numbers is not None else packed.values)[:1000])[:_SAMPLES]
    if packed.letter == "b":
        return [bool(number) for number in numbers]
    if packed.letter == "t":
        return [iso(int(number)) for number in numbers]
    return [int(number) if float(number).is_integer() else float(number) for number in numbers]


def _counted(segment: Segment, packed: Packed, scope: Scope) -> pa.Table:
    """Return the values of one column and how often each occurs."""
    codes: npt.NDArray[Any] = packed.values
    if scope != "item":
        wanted = np.array([(name in PERSON_FACTS) == (scope == "person") for name in segment.names], np.bool_)
        mask = wanted[segment.event[packed.present_at()]]
        if packed.starts is not None:
            mask = np.repeat(mask, np.diff(packed.starts))
        codes = codes[mask]
    if packed.offsets is not None:
        counts = np.bincount(codes, minlength=len(packed.offsets) - 1)
        seen = np.flatnonzero(counts)
        return pa.table({"value": packed.dictionary().take(pa.array(seen)), "count": counts[seen]})
    raw = packed.numbers[codes] if packed.numbers is not None else codes
    found, counts = np.unique(raw.astype(np.float64), return_counts=True)
    return pa.table({"value": found, "count": counts.astype(np.int64)})


def kind_of_property(contents: Contents, name: str, scope: Scope) -> Kind | None:
    """Return the kind a property is seen with most, None when it was never seen."""
    seen = [(key[2], found.count) for key, found in contents.properties.items() if key[:2] == (name, scope)]
    return max(seen, key=lambda pair: (pair[1], pair[0]))[0] if seen else None


def by_count(names: Sequence[tuple[str, int]]) -> list[str]:
    """Return names, the most frequent first."""
    return [name for name, _ in sorted(names, key=lambda pair: (-pair[1], pair[0]))]
