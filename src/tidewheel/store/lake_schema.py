"""What Delta asks of columns: a small set of types, and names that differ by more than case.

Two properties named ``Channel`` and ``channel`` are two columns to us and one to Delta. The later one is
stored with a suffix that no column name contains, and gets its own name back when read.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

import numpy as np
import pyarrow as pa

from tidewheel.core.errors import BadInput
from tidewheel.core.text import Text
from tidewheel.store.parquet import with_moments

_MARK: Final = "%~"


def physical_names(known: Sequence[str], columns: Sequence[str]) -> list[str]:
    """Return the name each column has in a table that has the columns ``known``."""
    stored = {_own(name): name for name in known}
    taken = {form for name in known for form in _forms(name)}
    found = []
    for column in columns:
        name = stored.get(column)
        if name is None:
            name, count = column, 0
            while not taken.isdisjoint(_forms(name)):
                count += 1
                name = f"{column}{_MARK}{count}"
            taken.update(_forms(name))
            stored[column] = name
        found.append(name)
    return found


def restore_names(table: pa.Table) -> pa.Table:
    """Give columns their own names back."""
    return table.rename_columns([_own(name) for name in table.column_names])


def conform(table: pa.Table, schema: pa.Schema | None) -> pa.Table:
    """Return the rows in types Delta has, and in the types the table has for these columns already."""
    table = with_moments(table, "us")
    known = {_own(field.name): field.type for field in schema} if schema is not None else {}
    fields = []
    for field in table.schema:
        kind = known.get(field.name, _stored(field.type))
        if not pa.types.is_null(kind):
            fields.append(pa.field(field.name, _stored(kind)))
    columns = []
    for field in fields:
        try:
            columns.append(table[field.name].cast(field.type))
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            raise _wrong_type(field.name, table.schema.field(field.name).type, field.type) from None
    return pa.table(columns, schema=pa.schema(fields))


def statistics(table: pa.Table) -> str:
    """Return what the log says of the rows of a file."""
    found: dict[str, object] = {"numRecords": table.num_rows}
    if "time" in table.column_names and pa.types.is_timestamp(table.schema.field("time").type):
        times = table["time"].to_numpy()
        low, high = (f"{np.datetime_as_string(edge, unit='ms')}Z" for edge in (times.min(), times.max()))
        found |= {"minValues": {"time": low}, "maxValues": {"time": high}, "nullCount": {"time": 0}}
    return json.dumps(found)


def _forms(name: str) -> tuple[str, str]:
    return name.lower(), name.casefold()


def _own(name: str) -> str:
    return name.partition(_MARK)[0]


def _stored(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_dictionary(kind):
        return _stored(kind.value_type)
    if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_list_view(kind):
        return pa.list_(_stored(kind.value_type))
    if pa.types.is_integer(kind):
        return pa.int64()
    if pa.types.is_floating(kind):
        return pa.float64()
    if pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return pa.string()
    if pa.types.is_timestamp(kind):
        return pa.timestamp("us", tz="UTC")
    if pa.types.is_date(kind):
        return pa.date32()
    return kind


def _wrong_type(column: str, got: pa.DataType, expected: pa.DataType) -> BadInput:
    return BadInput(
        "column_type",
        Text(
            "Column {column} holds {got_type}, but the table keeps {expected_type} there.",
            "列 {column} 的内容是 {got_type}，而表中该列为 {expected_type}。",
        ),
        field=column,
        got=str(got),
        expected=str(expected),
        hint=Text("Convert the column, or give it another name.", "请转换该列，或换一个列名。"),
        column=column,
        got_type=str(got),
        expected_type=str(expected),
    )
