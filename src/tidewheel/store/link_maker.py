"""Makes link facts of the identifiers that one event names together, and of who signed in on which device."""

from __future__ import annotations

from collections.abc import Iterable
from operator import itemgetter
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa

from tidewheel.core.events import Event
from tidewheel.core.ids import is_handed, signs_in
from tidewheel.core.period import HOUR
from tidewheel.store.links import LINK_SCHEMA, SAME_EVENT, SIGNED_IN
from tidewheel.store.rows import MOMENT

Place: TypeAlias = tuple[int, int, int]
"""(time, id, received) of an event."""
Found: TypeAlias = dict[Any, list[Event]]


class LinkMaker:
    """Makes links of events and leaves out pairs it has given with an earlier (time, id), asserted no later.

    Events repeat the same pairs endlessly. The memory is bounded; a pair given twice does no harm, as
    the earliest counts. So does that of each hour of an account on a device.
    """

    def __init__(self, limit: int = 500_000) -> None:
        self._pairs: dict[Any, Place] = {}
        self._hours: dict[Any, Place] = {}
        self._limit = limit

    def make(self, events: Iterable[Event]) -> pa.Table:
        """Return the pairs named by ``events``, each with its earliest event, unless that was given before.

        An event that is later but was asserted earlier comes too: it is the earliest as of then.
        """
        pairs: Found = {}
        hours: Found = {}
        for event in events:
            if not event.others:
                continue
            actor, time = event.actor, event.time
            place = (time, event.id, event.received)
            for other in event.others:
                if other == actor:
                    continue
                _offer(self._pairs, pairs, (actor, other), place, event)
                if is_handed(other) and signs_in(actor):
                    _offer(self._hours, hours, (actor, other, time // HOUR), place, event)
        for given in (self._pairs, self._hours):
            if len(given) > self._limit:
                given.clear()
        return pa.concat_tables([_table(pairs, SAME_EVENT), _table(hours, SIGNED_IN)])

    def forget(self) -> None:
        """Give every pair again from now on."""
        self._pairs.clear()
        self._hours.clear()


def links_of(events: Iterable[Event]) -> pa.Table:
    """Return the links of events: of each distinct pair (actor, other identifier) the earliest by (time, id)."""
    return LinkMaker().make(events)


def _offer(given: dict[Any, Place], found: Found, key: Any, place: Place, event: Event) -> None:
    known = given.get(key)
    if known is not None and (known == place or (known < place and known[2] <= place[2])):
        return
    if known is None or place < known:
        given[key] = place
    before = found.get(key)
    if before is None:
        found[key] = [event]
        return
    rest = [one for one in before if (one.time, one.id) < place[:2] or one.received < event.received]
    found[key] = [*rest, event]


def _table(found: Found, rule: str) -> pa.Table:
    rows = [(event.time, event.id, key, event) for key, events in found.items() for event in events]
    rows.sort(key=itemgetter(0, 1, 2))
    times, ids, keys, events = zip(*rows, strict=True) if rows else ((), (), (), ())
    return pa.table(
        [
            pa.array([key[0] for key in keys], pa.string()),
            pa.array([key[1] for key in keys], pa.string()),
            pa.array(np.array(times, np.int64), MOMENT),
            pa.array(np.array(ids, np.uint64).view(np.int64)),
            pa.array([event.name for event in events], pa.string()),
            pa.repeat(pa.scalar(rule, pa.string()), len(rows)),
            pa.array(np.array([event.received for event in events], np.int64), MOMENT),
            pa.repeat(pa.scalar(1.0), len(rows)),
            pa.nulls(len(rows), pa.string()),
        ],
        schema=LINK_SCHEMA,
    )
