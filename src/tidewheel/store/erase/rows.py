"""Tables of the lake without some people."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tidewheel.store.erase.needles import Needles

_ENDS = ("actor", "a", "b")
"""Columns that hold ``type:value``: a row that has one of the actors there goes as a whole."""
_KEPT = frozenset({*_ENDS, "name", "source", "rule"})


def without(needles: Needles) -> Callable[[pa.Table], pa.Table | None]:
    """Return what gives a table without the actors' rows and with marks in others'; None: nothing to change."""
    actors = pa.array(needles.actors, pa.string())

    def change(rows: pa.Table) -> pa.Table | None:
        kept = rows
        for end in _ENDS:
            if end in kept.column_names and pa.types.is_string(kept.schema.field(end).type):
                kept = kept.filter(pc.invert(pc.is_in(kept[end], value_set=actors)))
        if needles.parts and {"actor", "time"} <= {*kept.column_names}:
            kept = kept.filter(pc.invert(_of_parts(kept, needles)))
        changed = kept.num_rows < rows.num_rows
        for place, name in enumerate(kept.column_names):
            column = needles.cleaned_column(kept[name]) if name not in _KEPT and kept.num_rows else None
            if column is not None:
                kept, changed = kept.set_column(place, kept.schema.field(name), column), True
        return kept if changed else None

    return change


def _of_parts(rows: pa.Table, needles: Needles) -> pa.Array:
    """Return which rows happened on a device while it was somebody's."""
    time = rows["time"].cast(pa.int64())
    found = pa.array(np.zeros(rows.num_rows, np.bool_))
    for device, since, until in needles.parts:
        own = pc.equal(rows["actor"], device)
        for bound, inside in ((since, pc.greater_equal), (until, pc.less)):
            own = own if bound is None else pc.and_(own, inside(time, bound))
        found = pc.or_(found, own)
    return found


def before(moment: int, source: str | None) -> Callable[[pa.Table], pa.Table | None]:
    """Return what gives a table of events without those that happened before a moment (UTC ms), of one source or all.

    What was said of people, such as their properties and consents, stays: these are events that begin with ``$``.
    """

    def change(rows: pa.Table) -> pa.Table | None:
        old = pc.less(rows["time"].cast(pa.int64()), moment)
        old = pc.and_(old, pc.invert(pc.starts_with(rows["name"], "$")))
        if source is not None:
            old = pc.and_(old, pc.equal(rows["source"], source))
        kept = rows.filter(pc.invert(old))
        return kept if kept.num_rows < rows.num_rows else None

    return change
