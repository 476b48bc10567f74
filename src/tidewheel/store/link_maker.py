"""Makes link facts of the identifiers that one event names together."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pyarrow as pa

from tidewheel.core.events import Event
from tidewheel.store.links import LINK_SCHEMA, SAME_EVENT
from tidewheel.store.rows import MOMENT


class LinkMaker:
    """Makes links of events and leaves out pairs it has given with an earlier (time, id), asserted no later.

    Events repeat the same pairs endlessly. The memory is bounded; a pair given twice does no harm, as
    the earliest counts.
    """

    def __init__(self, limit: int = 500_000) -> None:
        self._given: dict[tuple[str, str], tuple[int, int, int]] = {}
        self._limit = limit

    def make(self, events: Iterable[Event]) -> pa.Table:
        """Return the pairs named by ``events``, each with its earliest event, unless that was given before.

        An event that is later but was asserted earlier comes too: it is the earliest as of then.
        """
        found: dict[tuple[str, str], list[Event]] = {}
        given = self._given
        for event in events:
            for other in event.others:
                if other == event.actor:
                    continue
                pair = (event.actor, other)
                place = (event.time, event.id, event.received)
                known = given.get(pair)
                if known is not None and known < place and known[2] <= place[2]:
                    continue
                if known == place:
                    continue
                if known is None or place < known:
                    given[pair] = place
                rest = [
                    one
                    for one in found.get(pair, ())
                    if (one.time, one.id) < place[:2] or one.received < event.received
                ]
                found[pair] = [*rest, event]
        if len(given) > self._limit:
            given.clear()
        return _table(found)

    def forget(self) -> None:
        """Give every pair again from now on."""
        self._given.clear()


def links_of(events: Iterable[Event]) -> pa.Table:
    """Return the links of events: of each distinct pair (actor, other identifier) the earliest by (time, id)."""
    return LinkMaker().make(events)


def _table(found: dict[tuple[str, str], list[Event]]) -> pa.Table:
    rows = sorted(
        ((pair, event) for pair, events in found.items() for event in events),
        key=lambda row: (row[1].time, row[1].id, row[0]),
    )
    return pa.table(
        [
            pa.array([a for (a, _), _ in rows], pa.string()),
            pa.array([b for (_, b), _ in rows], pa.string()),
            pa.array(np.array([event.time for _, event in rows], np.int64), MOMENT),
            pa.array(np.array([event.id for _, event in rows], np.uint64).view(np.int64)),
            pa.array([event.name for _, event in rows], pa.string()),
            pa.array([SAME_EVENT] * len(rows), pa.string()),
            pa.array(np.array([event.received for _, event in rows], np.int64), MOMENT),
            pa.array([1.0] * len(rows), pa.float64()),
            pa.nulls(len(rows), pa.string()),
        ],
        schema=LINK_SCHEMA,
    )
