"""What some identifiers did, told without working out everybody's figures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tidewheel.identify.hands import handed_to, runs_of
from tidewheel.identify.resolve import resolve
from tidewheel.store.view import Snapshot


@dataclass(frozen=True, slots=True)
class Sums:
    """Events, orders and revenue (paid minus refunded, minor units); first and last event in ms UTC, None without events."""

    events: int
    orders: int
    revenue: float
    first: int | None
    last: int | None


def sums(snapshot: Snapshot, actors: npt.NDArray[np.int32]) -> Sums:
    """Return the figures of one person, who has these actors, as ``people.totals`` counts them."""
    person = int(resolve(snapshot).person_of[actors[0]])
    actors = np.union1d(actors, handed_to(snapshot, person))
    events = orders = 0
    revenue, moments = 0.0, []
    for actor in actors.tolist():
        for loaded, start, end in runs_of(snapshot, person, actor):
            segment, rows = loaded.segment, np.arange(start, end)
            names = [segment.names[code] for code in segment.event[start:end].tolist()]
            shown = rows[[not name.startswith("$") for name in names]]
            events += len(shown)
            if len(shown):
                moments += [segment.base + int(segment.time[at]) for at in (shown[0], shown[-1])]
            for name, column, sign in (("purchase", "n_value", 1), ("refund", "n_refund_value", -1)):
                chosen = rows[[one == name for one in names]]
                packed = segment.columns.get(column)
                if packed is not None and len(chosen):
                    revenue += sign * float(np.nan_to_num(packed.floats(chosen)).sum())
                orders += len(chosen) if sign > 0 else 0
    return Sums(events, orders, revenue, min(moments, default=None), max(moments, default=None))
