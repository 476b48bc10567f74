"""Rows of an answer as JSON values.

Whole numbers a browser cannot hold (over 2**53) and long decimals are text; moments are ISO 8601 in the
project's zone; whole floats are whole numbers; NaN and the infinities are text; bytes are hexadecimal.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Literal, TypeAlias

import pyarrow as pa

ColumnKind: TypeAlias = Literal["text", "number", "flag", "time", "date", "list", "other"]
SAFE = 2**53


def kind_of(kind: pa.DataType) -> ColumnKind:
    """Return how a column is shown and charted."""
    is_ = pa.types
    if is_.is_boolean(kind):
        return "flag"
    if is_.is_integer(kind) or is_.is_floating(kind) or is_.is_decimal(kind):
        return "number"
    if is_.is_timestamp(kind):
        return "time"
    if is_.is_date(kind):
        return "date"
    if is_.is_string(kind) or is_.is_large_string(kind) or is_.is_string_view(kind):
        return "text"
    return "list" if is_.is_list(kind) or is_.is_large_list(kind) else "other"


def kind_in_sql(type_: str) -> ColumnKind:
    """Return the same of a type as SQL calls it."""
    if type_.endswith("[]"):
        return "list"
    if type_.startswith(("TIMESTAMP", "DATE")):
        return "date" if type_ == "DATE" else "time"
    if type_.startswith(("BIGINT", "DOUBLE", "DECIMAL", "HUGEINT", "INTEGER", "FLOAT")):
        return "number"
    return {"VARCHAR": "text", "BOOLEAN": "flag"}.get(type_, "other")  # type: ignore[return-value]


def rows(batch: pa.RecordBatch) -> list[list[Any]]:
    """Return the rows of a batch."""
    columns = [_column(column) for column in batch.columns]
    return [list(row) for row in zip(*columns, strict=True)] if columns else [[]] * batch.num_rows


def _column(column: pa.Array) -> list[Any]:
    try:
        return [plain(value) for value in column.to_pylist()]
    except (ValueError, OverflowError, pa.ArrowException):  # moments that Python has no form for
        return [None if value is None else str(value) for value in column.cast(pa.string()).to_pylist()]


def plain(value: Any) -> Any:
    """Return a value of Arrow as JSON has it."""
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, int):
        return value if abs(value) <= SAFE else str(value)
    if isinstance(value, float):
        if not math.isfinite(value):
            return str(value)
        return int(value) if value.is_integer() and abs(value) <= SAFE else value
    if isinstance(value, Decimal):
        whole = value == value.to_integral_value()
        if whole:
            return plain(int(value))
        return float(value) if len(value.as_tuple().digits) <= 15 else str(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return str(value)
