"""Stored columns as Arrow arrays at some rows of a segment."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tidewheel.core.events import Kind, column_name
from tidewheel.store.columns.packed import Packed
from tidewheel.store.columns.segment import ITEMS
from tidewheel.store.reader import item_rows
from tidewheel.store.view import Loaded

Ints = npt.NDArray[np.int64]
MOMENT: Final = pa.timestamp("us", tz="UTC")
TYPES: Final[dict[Kind, pa.DataType]] = {
    "text": pa.large_string(),
    "number": pa.float64(),
    "flag": pa.bool_(),
    "time": MOMENT,
    "list": pa.list_(pa.large_string()),
}


def moments(milliseconds: Ints, missing: npt.NDArray[np.bool_] | None = None) -> pa.Array:
    """Return UTC milliseconds as moments."""
    return pa.array(milliseconds * 1000, pa.int64(), mask=missing).cast(MOMENT)


def values(packed: Packed | None, kind: Kind, rows: Ints) -> pa.Array:
    """Return a property's values of one kind at rows; null where it is not set."""
    if packed is None:
        return pa.nulls(len(rows), TYPES[kind])
    if kind == "text":
        codes = packed.codes(rows)
        return packed.dictionary().take(pa.array(codes, mask=codes < 0))
    if kind == "number":
        return pa.array(packed.floats(rows), pa.float64(), from_pandas=True)
    if kind == "flag":
        codes = packed.codes(rows)
        return pa.array(codes == 1, mask=codes < 0)
    if kind == "time":
        found = packed.floats(rows)
        return moments(np.nan_to_num(found).astype(np.int64), np.isnan(found))
    offsets, inner = packed.lists(rows)
    return listed(offsets, packed.dictionary().take(pa.array(inner)), packed.places(rows) < 0)


def items(loaded: Loaded, fields: dict[str, tuple[str, Kind]], kind: pa.DataType, rows: Ints) -> pa.Array:
    """Return the items of events as lists of structs; null where an event names none."""
    columns = loaded.segment.columns
    delimits = columns.get(ITEMS)
    if delimits is None:
        return pa.nulls(len(rows), kind)
    offsets, inner = item_rows(loaded, rows)
    parts = [values(columns.get("i" + column_name(*stored)), stored[1], inner) for stored in fields.values()]
    struct = pa.StructArray.from_arrays(parts, fields=list(kind.value_type))
    return listed(offsets, struct, delimits.places(rows) < 0)


def listed(offsets: Ints, flat: pa.Array, missing: npt.NDArray[np.bool_]) -> pa.Array:
    """Return lists of the runs between offsets."""
    return pa.ListArray.from_arrays(pa.array(offsets.astype(np.int32)), flat, mask=pa.array(missing))
