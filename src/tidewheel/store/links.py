"""Links between identifiers: facts that two of them belong together, or by hand that they do not.

A link fact says who (``a``, ``b``), when it happened (``time``, ``id`` of the event), who said so (``source``: the event's
name or a member of staff), by which ``rule``, when it was asserted (``received``), how sure it is (``confidence``, above 0 up to
1), and for what was decided by hand ``why``.

The rule ``signed_in`` joins nobody: it says that an account was named on a device, once an hour, so that it is known who
had the device when.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tidewheel.core.ids import is_handed, signs_in
from tidewheel.core.period import HOUR
from tidewheel.store.order import byte_rank, ids_of, take, times_of
from tidewheel.store.rows import MOMENT

SAME_EVENT: Final = "same_event"
SIGNED_IN: Final = "signed_in"
MANUAL: Final = "manual"
UNDONE: Final = "undone"
DECISIONS: Final = (MANUAL, UNDONE)
"""Rules of facts that people decide. Of those of a pair the latest holds."""
LINK_SCHEMA: Final = pa.schema(
    [
        ("a", pa.string()),
        ("b", pa.string()),
        ("time", MOMENT),
        ("id", pa.int64()),
        ("source", pa.string()),
        ("rule", pa.string()),
        ("received", MOMENT),
        ("confidence", pa.float64()),
        ("why", pa.string()),
    ]
)


def link_table(rows: pa.Table) -> pa.Table:
    """Return link facts in the form all have. What does not say when it was asserted was so at its time, and is sure."""
    if (
        rows.schema.equals(LINK_SCHEMA)
        and not rows["received"].null_count
        and not rows["confidence"].null_count
    ):
        return rows.combine_chunks()
    if rows.num_rows == 0:
        return LINK_SCHEMA.empty_table()
    columns = {name: pa.concat_arrays(rows[name].chunks) for name in rows.column_names}
    columns["received"] = (
        pc.if_else(pc.is_valid(columns["received"]), columns["received"], columns["time"])
        if "received" in columns
        else columns["time"]
    )
    sure = pa.scalar(1.0, pa.float64())
    columns["confidence"] = (
        pc.fill_null(columns["confidence"], sure) if "confidence" in columns else pa.repeat(sure, len(rows))
    )
    columns.setdefault("why", pa.nulls(len(rows), pa.string()))
    arrays = [columns[field.name].cast(field.type) for field in LINK_SCHEMA]
    return pa.table(arrays, schema=LINK_SCHEMA).combine_chunks()


def earliest_links(table: pa.Table) -> pa.Table:
    """Keep of each pair (a, b) what can ever matter; rows come by (time, id).

    Of the facts of one rule and confidence that is the earliest by (time, id), now and as of any moment: a fact goes
    only if an earlier one was asserted no later. Of ``signed_in`` it is the earliest of each hour. What was decided by hand
    stays, each decision once.
    """
    if table.num_rows == 0:
        return link_table(table)
    table = link_table(table)
    first, second, rule = byte_rank(table["a"]), byte_rank(table["b"]), byte_rank(table["rule"])
    sure = table["confidence"].to_numpy()
    times, ids = times_of(table), ids_of(table)
    received: npt.NDArray[np.int64] = table["received"].cast(pa.int64()).to_numpy()
    hourly = pc.equal(table["rule"], SIGNED_IN).to_numpy()
    hour = np.where(hourly, times // HOUR, 0)
    order = np.lexsort((ids, times, received, hour, sure, rule, second, first))
    head = np.ones(len(order), bool)
    head[1:] = False
    for column in (first, second, rule, sure, hour):
        own = column[order]
        head[1:] |= own[1:] != own[:-1]
    place = np.empty(len(order), np.int64)
    by_time = np.lexsort((ids, times))
    fresh = np.ones(len(order), bool)
    fresh[1:] = (times[by_time][1:] != times[by_time][:-1]) | (ids[by_time][1:] != ids[by_time][:-1])
    place[by_time] = np.cumsum(fresh)
    # groups descend, so that what is least so far begins anew with each
    falling = place[order] - np.cumsum(head) * np.int64(len(order) + 1)
    least = np.minimum.accumulate(falling)
    keep = np.ones(len(order), bool)
    keep[1:] = falling[1:] < least[:-1]
    decided = pc.is_in(table["rule"], value_set=pa.array(DECISIONS)).to_numpy()[order]
    again = np.zeros(len(order), bool)
    again[1:] = ~head[1:] & (place[order][1:] == place[order][:-1])
    kept = order[np.where(decided, ~again, keep)]
    return take(table, kept[np.lexsort((second[kept], first[kept], ids[kept], times[kept]))])


def sign_ins(links: pa.Table) -> pa.Table:
    """Return who signed in on which device of all the pairs that events name, one row an event and pair."""
    accounts, devices = (
        np.array([test(name) for name in names], np.bool_)[codes]
        for test, (names, codes) in (
            (test, _coded(links[end])) for test, end in ((signs_in, "a"), (is_handed, "b"))
        )
    )
    found = links.filter(pa.array(accounts & devices))
    rule = pa.repeat(pa.scalar(SIGNED_IN), found.num_rows)
    return found.set_column(found.column_names.index("rule"), LINK_SCHEMA.field("rule"), rule)


def _coded(column: pa.ChunkedArray) -> tuple[list[str], Any]:
    coded = pa.concat_arrays([pa.array([], column.type), *column.chunks]).dictionary_encode()
    return coded.dictionary.to_pylist(), coded.indices.to_numpy()
