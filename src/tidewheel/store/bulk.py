"""Large amounts of events straight into the lake: buffered by month, written in big sorted files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from tidewheel.core.events import Event
from tidewheel.store.facts import event_key
from tidewheel.store.link_maker import LinkMaker
from tidewheel.store.links import earliest_links
from tidewheel.store.order import join, sorted_events
from tidewheel.store.rows import to_table

FILE_ROWS: Final = 256 * 1024
BUFFER_ROWS: Final = 1024 * 1024
_DAY: Final = 86_400_000


@dataclass(frozen=True, slots=True)
class Load:
    """Events of one month, ready for the lake; ``keys`` tell them apart."""

    events: pa.Table
    links: pa.Table
    keys: list[int]


@dataclass(slots=True)
class _Month:
    tables: list[pa.Table] = field(default_factory=list)
    links: list[pa.Table] = field(default_factory=list)
    keys: list[int] = field(default_factory=list)


class Buffer:
    """Collects events by month until a month fills a file. ``seen`` holds keys not to take again.

    ``rows`` are the most events held; by default :data:`BUFFER_ROWS`.
    """

    def __init__(self, rows: int | None = None) -> None:
        self._rows = rows or BUFFER_ROWS
        self.seen: set[int] = set()
        self._months: defaultdict[str, _Month] = defaultdict(_Month)
        self._makers: dict[str, LinkMaker] = {}  # a month each: months reach the lake apart
        self._names: dict[int, str] = {}

    def add(self, events: Iterable[Event]) -> None:
        """Take in the events that have not come before."""
        fresh: defaultdict[str, list[Event]] = defaultdict(list)
        for event in events:
            key = event_key(event)
            if key in self.seen:
                continue
            self.seen.add(key)
            month = self._month(event.time)
            fresh[month].append(event)
            self._months[month].keys.append(key)
        for month, chosen in fresh.items():
            kept = self._months[month]
            kept.tables.append(to_table(chosen))
            links = self._makers.setdefault(month, LinkMaker(100_000)).make(chosen)
            if links.num_rows:
                kept.links.append(links)

    def full(self) -> Iterator[Load]:
        """Yield months that fill a file, and the largest ones while too much is held."""
        for month in [
            name for name, kept in self._months.items() if len(kept.keys) >= min(FILE_ROWS, self._rows)
        ]:
            yield self._take(month)
        while sum(len(kept.keys) for kept in self._months.values()) > self._rows:
            yield self._take(max(self._months, key=lambda name: len(self._months[name].keys)))

    def rest(self) -> Iterator[Load]:
        """Yield what is left."""
        for month in sorted(self._months):
            yield self._take(month)

    def forget(self) -> None:
        """Drop the keys of events that are no longer held here."""
        self.seen = {key for kept in self._months.values() for key in kept.keys}

    def _take(self, month: str) -> Load:
        kept = self._months.pop(month)
        links = pa.concat_tables(kept.links) if kept.links else LinkMaker().make([])
        return Load(sorted_events(join(kept.tables)), earliest_links(links), kept.keys)

    def _month(self, time: int) -> str:
        day = time // _DAY
        found = self._names.get(day)
        if found is None:
            found = self._names[day] = f"{datetime.fromtimestamp(day * 86_400, UTC):%Y-%m}"
        return found


def batches_of(
    events: Iterable[Sequence[Event]], size: int, check: Callable[[Sequence[Event]], None]
) -> Iterator[list[Event]]:
    """Join small batches so that tables are worth making; ``check`` sees each batch first."""
    held: list[Event] = []
    for batch in events:
        check(batch)
        held.extend(batch)
        if len(held) >= size:
            yield held
            held = []
    if held:
        yield held


def pieces(
    tables: Iterable[tuple[pa.Table, pa.Table]], rows: int
) -> Iterator[tuple[list[pa.Table], list[pa.Table]]]:
    """Collect (events, links) until they hold ``rows`` events; the lake adds the month itself."""
    events: list[pa.Table] = []
    links: list[pa.Table] = []
    for event_rows, link_rows in tables:
        events.append(
            event_rows.drop_columns(["month"]) if "month" in event_rows.column_names else event_rows
        )
        links.append(link_rows)
        if sum(table.num_rows for table in events) >= rows:
            yield events, links
            events, links = [], []
    if events:
        yield events, links


def stamped(rows: pa.Table, stamp: int, since: int | None = None) -> pa.Table:
    """Put the stamp of a load on its rows; those from before ``since`` keep their own."""
    given = rows["received"].cast(pa.timestamp("ms", "UTC"))
    now = pa.scalar(stamp, given.type)
    if since is None:
        kept = pa.repeat(now, rows.num_rows)
    else:
        kept = pc.if_else(pc.less(given, pa.scalar(since, given.type)), given, now)
    return rows.set_column(rows.column_names.index("received"), "received", kept)
