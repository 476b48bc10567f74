"""Rows of the tables ``items`` and ``costs`` as Arrow."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

import pyarrow as pa

MONEY_COLUMNS: Final = frozenset({"price", "cost"})


def table_of(rows: list[dict[str, Any]], keys: list[int], imported: int) -> pa.Table:
    """Return rows with two more columns, ``key`` and ``imported``.

    Of the rows with one ``key`` (int64, from what the row is about: the item, the day and the split) the one
    ``imported`` last holds. Money is int64 fen, other numbers float64, the rest text; a column that holds
    several kinds in this chunk is text.
    """
    names = dict.fromkeys(name for row in rows for name in row)
    columns: dict[str, pa.Array] = {
        "key": pa.array([key - 2**64 if key >= 2**63 else key for key in keys], pa.int64()),
        "imported": pa.array([imported] * len(rows), pa.timestamp("ms", "UTC")),
    }
    for name in names:
        columns[name] = _column(name, [row.get(name) for row in rows])
    return pa.table(columns)


def _column(name: str, values: list[Any]) -> pa.Array:
    types = {type(value) for value in values if value is not None}
    if name in MONEY_COLUMNS and types <= {int}:
        return pa.array(values, pa.int64())
    if types and types <= {int, float}:
        return pa.array([None if value is None else float(value) for value in values], pa.float64())
    if types == {bool}:
        return pa.array(values, pa.bool_())
    if types == {datetime}:
        return pa.array(values, pa.timestamp("ms", "UTC"))
    return pa.array([_text(value) for value in values], pa.string())


def _text(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else str(value)
