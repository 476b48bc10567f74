"""Links between identifiers that one event names together."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np
import pyarrow as pa

from tidewheel.core.events import Event
from tidewheel.store.rows import MOMENT

SAME_EVENT: Final = "same_event"
SCHEMA: Final = pa.schema(
    [
        ("a", pa.string()),
        ("b", pa.string()),
        ("time", MOMENT),
        ("id", pa.int64()),
        ("source", pa.string()),
        ("rule", pa.string()),
    ]
)


class LinkMaker:
    """Makes links of events and leaves out pairs it has given before with an earlier (time, id).

    Events repeat the same pairs endlessly. The memory is bounded; a pair given twice does no harm, as
    the earliest counts.
    """

    def __init__(self, limit: int = 500_000) -> None:
        self._given: dict[tuple[str, str], tuple[int, int]] = {}
        self._limit = limit

    def make(self, events: Iterable[Event]) -> pa.Table:
        """Return one row per pair named by ``events``, the earliest, unless an earlier one was given."""
        found: dict[tuple[str, str], Event] = {}
        given = self._given
        for event in events:
            for other in event.others:
                if other == event.actor:
                    continue
                pair = (event.actor, other)
                place = (event.time, event.id)
                known = given.get(pair)
                if known is None or place < known:
                    given[pair] = place
                    found[pair] = event
        if len(given) > self._limit:
            given.clear()
        return _table(found)

    def forget(self) -> None:
        """Give every pair again from now on."""
        self._given.clear()


def links_of(events: Iterable[Event]) -> pa.Table:
    """Return one row per distinct pair (actor, other identifier): the earliest by (time, id)."""
    return LinkMaker().make(events)


def _table(found: dict[tuple[str, str], Event]) -> pa.Table:
    rows = sorted(found.items(), key=lambda row: (row[1].time, row[1].id, row[0]))
    return pa.table(
        [
            pa.array([a for (a, _), _ in rows], pa.string()),
            pa.array([b for (_, b), _ in rows], pa.string()),
            pa.array(np.array([event.time for _, event in rows], np.int64), MOMENT),
            pa.array(np.array([event.id for _, event in rows], np.uint64).view(np.int64)),
            pa.array([event.name for _, event in rows], pa.string()),
            pa.array([SAME_EVENT] * len(rows), pa.string()),
        ],
        schema=SCHEMA,
    )
