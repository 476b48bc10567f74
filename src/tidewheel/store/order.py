"""Sorting and joining tables of events."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tidewheel.store.rows import is_item_column, lists


def sorted_events(table: pa.Table) -> pa.Table:
    """Return the rows by (actor, time, id): actors in byte order, ids unsigned."""
    order = np.lexsort((ids_of(table), times_of(table), byte_rank(table["actor"])))
    return take(table, order)


def join(tables: Sequence[pa.Table]) -> pa.Table:
    """Put tables of events below each other; what a table lacks is null there.

    Item columns keep equal lengths within a row: where a table has items but lacks one of their
    properties, the row gets a list of nulls.
    """
    wanted = {
        name: table.schema.field(name).type
        for table in tables
        for name in table.column_names
        if is_item_column(name)
    }
    return pa.concat_tables([_with_items(table, wanted) for table in tables], promote_options="default")


def _with_items(table: pa.Table, wanted: dict[str, pa.DataType]) -> pa.Table:
    present = next((name for name in table.column_names if is_item_column(name)), None)
    if present is None:
        return table
    missing = [name for name in wanted if name not in table.column_names]
    if missing:
        length = pc.fill_null(pc.list_value_length(table[present]), 0).to_numpy().astype(np.int64)
        for name in missing:
            empty = pa.nulls(int(length.sum()), wanted[name].value_type)
            table = table.append_column(name, lists(length, empty))
    return table


def distinct_events(table: pa.Table) -> pa.Table:
    """Return the rows by (actor, time, id), each (actor, id) once: its earliest."""
    actors, ids, times = byte_rank(table["actor"]), ids_of(table), times_of(table)
    order = np.lexsort((times, ids, actors))
    fresh = np.ones(len(order), bool)
    fresh[1:] = (actors[order][1:] != actors[order][:-1]) | (ids[order][1:] != ids[order][:-1])
    kept = order[fresh]
    return take(table, kept[np.lexsort((ids[kept], times[kept], actors[kept]))])


def take(table: pa.Table, order: npt.NDArray[np.int64]) -> pa.Table:
    """Return rows in an order; the table itself when that is theirs."""
    if len(order) == table.num_rows and bool((order == np.arange(len(order))).all()):
        return table
    return table.combine_chunks().take(pa.array(order))


def times_of(table: pa.Table) -> npt.NDArray[np.int64]:
    """Return the column ``time`` in milliseconds."""
    found: npt.NDArray[np.int64] = table["time"].cast(pa.int64()).to_numpy()
    return found


def ids_of(table: pa.Table) -> npt.NDArray[np.uint64]:
    """Return the column ``id``, unsigned."""
    found: npt.NDArray[np.uint64] = table["id"].to_numpy().view(np.uint64)
    return found


def byte_rank(column: pa.ChunkedArray) -> npt.NDArray[np.int64]:
    """Return the place of each value in the byte order of the column's distinct values."""
    coded = column.combine_chunks().dictionary_encode()
    rank = np.empty(len(coded.dictionary), np.int64)
    rank[pc.sort_indices(coded.dictionary).to_numpy()] = np.arange(len(rank))
    found: npt.NDArray[np.int64] = rank[coded.indices.to_numpy()]
    return found
