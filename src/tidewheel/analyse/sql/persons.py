"""``persons``: one row a person, with figures over all their events and their properties as they are now."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tidewheel.analyse.executor import Stop
from tidewheel.analyse.sql.names import PERSON_KINDS, readable
from tidewheel.analyse.sql.relation import Relation, chosen, columns_in
from tidewheel.analyse.sql.values import MOMENT, TYPES, moments
from tidewheel.core.events import Kind, column_name
from tidewheel.identify.people import person_property_names, totals
from tidewheel.identify.properties import history, kinds
from tidewheel.identify.public_ids import public_ids
from tidewheel.identify.resolve import resolve
from tidewheel.store.view import Snapshot

BASE: Final = {
    "person": pa.large_string(),
    "first_seen": MOMENT,
    "last_seen": MOMENT,
    "events": pa.int64(),
    "orders": pa.int64(),
    "revenue": pa.float64(),
}
_ROWS: Final = 1 << 16


def persons(
    snapshot: Snapshot, left_out: npt.NDArray[np.bool_] | None = None, stop: Stop | None = None
) -> Relation:
    """Return everyone in a snapshot, but for some."""
    rows = _Persons(snapshot, left_out, stop)
    return Relation(rows.schema, rows.scan, rows.stored)


class _Persons:
    def __init__(self, snapshot: Snapshot, left_out: npt.NDArray[np.bool_] | None, stop: Stop | None) -> None:
        self._snapshot, self._stop = snapshot, stop
        self._left_out = left_out
        counts: dict[tuple[str, Kind], int] = snapshot.remember(
            "kinds of person properties", lambda: _kinds(snapshot)
        )
        self.stored = readable(counts, BASE, PERSON_KINDS)
        self.schema = pa.schema(
            [*BASE.items(), *((name, TYPES[kind]) for name, (_, kind) in self.stored.items())]
        )

    def scan(self, names: list[str], condition: Any) -> Iterator[pa.RecordBatch]:
        needed = list(
            dict.fromkeys([*names, *(columns_in(condition, self.schema) if condition is not None else ())])
        )
        columns = []
        for name in needed:
            if self._stop:
                self._stop.check()
            columns.append(self._column(name))
        schema = pa.schema([self.schema.field(name) for name in needed])
        whole = pa.record_batch(columns, schema=schema)
        if self._left_out is not None:
            whole = whole.filter(pa.array(~self._left_out))
        for start in range(0, whole.num_rows, _ROWS):
            yield chosen(whole.slice(start, _ROWS), names, condition)

    def _column(self, name: str) -> pa.Array:
        if name not in BASE:
            return _now(self._snapshot, *self.stored[name])
        if name == "person":
            return public_ids(self._snapshot)
        sums = totals(self._snapshot)
        if name == "events":
            return pa.array(sums.events)
        if name == "orders":
            return pa.array(sums.orders)
        if name == "revenue":
            return pa.array(sums.revenue)
        moment = sums.first if name == "first_seen" else sums.last
        never = sums.events == 0
        return moments(np.where(never, 0, moment), never)


def _kinds(snapshot: Snapshot) -> dict[tuple[str, Kind], int]:
    """Return the kinds of each person property; a larger figure is a commoner kind."""
    return {
        (name, kind): -place
        for name in person_property_names(snapshot)
        for place, kind in enumerate(kinds(snapshot, name))
    }


def _now(snapshot: Snapshot, name: str, kind: Kind) -> pa.Array:
    """Return everyone's present value of a property."""
    count = resolve(snapshot).count
    if not snapshot.segments or kind not in kinds(snapshot, name):
        return pa.nulls(count, TYPES[kind])
    found = history(snapshot, name, kind)
    current = found.now()
    if kind == "text":
        digits = current.astype(np.int64)
        words = pa.array(snapshot.interner(column_name(name, "text")).all(), pa.large_string())
        return words.take(pa.array(digits - 1, mask=digits == 0))
    if kind == "number":
        return pa.array(current, pa.float64(), from_pandas=True)
    if kind == "flag":
        return pa.array(np.nan_to_num(current) == 1, mask=np.isnan(current))
    if kind == "time":
        return moments(np.nan_to_num(current).astype(np.int64), np.isnan(current))
    states = pa.array([list(state) or None for state in found.states], TYPES["list"])
    return states.take(pa.array(current.astype(np.int64)))
