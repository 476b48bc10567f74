"""Rows that are at hand, as the table that imports read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from tidewheel.collect.files.readers import Row, Table, flat, is_native
from tidewheel.collect.problems import Refused


def table_of_rows(rows: Sequence[Row | tuple[int, Refused]], columns: Iterable[str] | None = None) -> Table:
    """Return a table of rows; columns that only later rows have are there as well.

    With ``columns``, all there are, a mapping that names another one is refused: the place has changed.
    """
    names = dict.fromkeys(columns or ())
    native = whole = 0
    for row in rows:
        if isinstance(row, Row):
            whole += 1
            native += is_native(row.cells)
            names |= dict.fromkeys(row.cells)
    if whole and native == whole:
        return Table("rows", (), lambda: iter([(1.0, list(rows))]), native=True)
    return Table("rows", tuple(names), lambda: iter([(1.0, list(rows))]), loose=columns is None)


def row_of(number: int, value: Any, key: str | None = None) -> Row | tuple[int, Refused]:
    """Return an object of JSON as a row; the native form of an event stays whole."""
    if not isinstance(value, dict):
        return number, Refused("bad_row", None, json.dumps(value, ensure_ascii=False, default=str)[:100])
    return Row(number, value if is_native(value) else flat(value), key)
