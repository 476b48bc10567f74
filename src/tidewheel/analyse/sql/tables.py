"""What SQL sees of a project: the tables and their columns. The only list of columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tidewheel.analyse.executor import Stop
from tidewheel.analyse.picks import Picks
from tidewheel.analyse.sql.events import events
from tidewheel.analyse.sql.persons import persons
from tidewheel.analyse.sql.relation import Masked, Relation, veiled
from tidewheel.core.events import Kind
from tidewheel.core.period import Calendar
from tidewheel.identify.consents import left_out
from tidewheel.store.view import Snapshot

SEGMENTS: Final = pa.schema([("segment", pa.large_string()), ("person", pa.large_string())])

# Rows as imported, under names that are there before the first import.
IMPORTED: Final[dict[str, tuple[tuple[str, pa.DataType], ...]]] = {
    "items": (
        ("item_id", pa.string()),
        ("item_name", pa.string()),
        ("item_category", pa.string()),
        ("price", pa.int64()),
        ("cost", pa.int64()),
        ("stock", pa.float64()),
    ),
    "costs": (
        ("day", pa.string()),
        ("channel", pa.string()),
        ("utm_source", pa.string()),
        ("utm_medium", pa.string()),
        ("utm_campaign", pa.string()),
        ("cost", pa.int64()),
        ("impressions", pa.float64()),
        ("clicks", pa.float64()),
    ),
}


def no_segments() -> pa.Table:
    """Return what ``segments`` holds while there are none."""
    return SEGMENTS.empty_table()


@dataclass(frozen=True, slots=True)
class Lake:
    """One state of a project as SQL sees it.

    ``rows`` returns a table of rows as imported (``items``, ``costs``); ``segments`` returns
    (segment, person) with the public ids of persons.
    """

    snapshot: Snapshot
    calendar: Calendar
    rows: Callable[[str], pa.Table]
    segments: Callable[[], pa.Table] = no_segments
    picks: Picks = field(default_factory=dict)
    honours: bool = True
    """Whether people who withdrew their consent to analytics are left out."""
    masked: Masked | None = None
    """Returns a column (name, values) as the asker may see it; None: as it is."""

    def table(
        self, name: str, stop: Stop | None = None, progress: Callable[[float], None] | None = None
    ) -> Any:
        """Return a table of Arrow; ``orders`` is made of ``events`` by :data:`views.ORDERS` instead."""
        if name == "events":
            rows = events(self.snapshot, self.calendar, self.picks, self.left_out(), stop, progress)
            return self._veiled(rows)
        if name == "persons":
            return self._veiled(persons(self.snapshot, self.left_out(), stop))
        if name == "segments":
            return self.segments().select(SEGMENTS.names).cast(SEGMENTS)
        return imported(self.rows(name), IMPORTED[name])

    def _veiled(self, relation: Relation) -> Relation:
        return relation if self.masked is None else veiled(relation, self.masked)

    def left_out(self) -> npt.NDArray[np.bool_] | None:
        """Return who is not to be seen; None: nobody."""
        return left_out(self.snapshot, honours=self.honours)


def imported(rows: pa.Table, known: tuple[tuple[str, pa.DataType], ...]) -> pa.Table:
    """Return the rows in force, of each key the one imported last, without what marks them."""
    if rows.num_rows:
        keys, moments = rows["key"].to_numpy(), rows["imported"].cast(pa.int64()).to_numpy()
        order = np.lexsort((np.arange(len(keys)), moments, keys))
        last = np.append(keys[order][1:] != keys[order][:-1], True)
        rows = rows.take(pa.array(np.sort(order[last]))).drop_columns(["key", "imported"])
    found = {
        name: rows[name] if name in rows.column_names else pa.nulls(rows.num_rows, kind)
        for name, kind in known
    }
    if "day" in found:
        found["day"] = found["day"].cast(pa.date32())
    return pa.table(found | {name: rows[name] for name in rows.column_names if name not in found})


def stored_in(lake: Lake, name: str) -> Mapping[str, tuple[str, Kind]]:
    """Return which property and kind the columns of a table hold, where they hold one as it is."""
    return lake.table(name).stored if name in {"events", "persons"} else {}
