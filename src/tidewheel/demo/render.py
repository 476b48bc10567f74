"""Turns a sheet into tables in the physical layout of the lake."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tidewheel.core.events import column_name
from tidewheel.core.period import HOUR
from tidewheel.demo.brand import Brand
from tidewheel.demo.catalogue import TREE
from tidewheel.demo.dice import Ints, words
from tidewheel.demo.identity import names
from tidewheel.demo.people import People
from tidewheel.demo.sheet import (
    FLAGS,
    ITEM_NUMBERS,
    ITEM_TEXTS,
    MOMENT,
    NUMBERS,
    TEXTS,
    Coded,
    Sheet,
    column,
    ragged,
    text_array,
)
from tidewheel.demo.vocabulary import SOURCES
from tidewheel.store.links import LINK_SCHEMA, SAME_EVENT, earliest_links, sign_ins

LATE: Final = 0.01
"""Share of events that reach the server hours after they happened."""


@dataclass(frozen=True)
class Tables:
    """One shard as the lake keeps it.

    ``events``: every event once, by (month, actor, time, id), with the columns that hold something.
    ``links``: the earliest event of each pair of identifiers, now and as of any moment, and of each hour of an account on a
    device, by (time, id). ``named``: all of them, so that events can be given back with every identifier they named.
    """

    key: str
    events: pa.Table
    links: pa.Table
    named: pa.Table


def render(brand: Brand, people: People, sheet: Sheet, session: dict[str, Coded | Ints], key: str) -> Tables:
    """Make the tables of one shard. ``session`` holds the columns that every event of a visit repeats."""
    batches = sheet.batches
    sizes = [len(batch.time) for batch in batches]
    time, actor, ids, source, visit = (
        np.concatenate([np.zeros(0, dtype=np.int64), *(getattr(batch, name) for batch in batches)])
        for name in ("time", "actor", "id", "source", "visit")
    )
    name_code = np.repeat(np.arange(len(batches)), sizes)
    present, inverse = np.unique(actor, return_inverse=True)
    actors = names(people, present)
    place = np.empty(len(actors), dtype=np.int64)
    place[sorted(range(len(actors)), key=actors.__getitem__)] = np.arange(len(actors))
    month = time.astype("datetime64[ms]").astype("datetime64[M]").astype(np.int64)
    order = np.lexsort((ids.view(np.uint64), time, place[inverse], month))
    columns: dict[str, pa.Array] = {
        "time": pa.array(time[order], MOMENT),
        "received": pa.array(_received(brand, time, ids)[order], MOMENT),
        "name": text_array(name_code[order], [batch.name for batch in batches]),
        "actor": text_array(inverse[order], actors),
        "id": pa.array(ids[order]),
        "source": text_array(source[order], SOURCES),
    }
    found = {
        label: _property(sheet, name, session.get(name), visit, order)
        for label, name in PROPERTY_COLUMNS.items()
    }
    columns |= {label: array for label, array in sorted(found.items()) if array.null_count < len(array)}
    if any(batch.goods for batch in batches):
        columns |= _items(brand, sheet, order)
    named = _links(brand, people, sheet)
    links = earliest_links(pa.concat_tables([named, sign_ins(named)]))
    return Tables(key, pa.table(columns), links, named)


def _received(brand: Brand, time: Ints, ids: Ints) -> Ints:
    key = words(ids)
    quick = 300 + brand.dice.exponential("network", 2_500.0, key)
    slow = brand.dice.exponential("offline", 9.0 * HOUR, key)
    delay = np.where(brand.dice.chance("late", LATE, key), slow, quick)
    return np.minimum(time + delay.astype(np.int64), brand.seasons.until)


def _property(sheet: Sheet, name: str, repeated: Coded | Ints | None, visit: Ints, order: Ints) -> pa.Array:
    rows = len(order)
    own = column(sheet.batches, name, rows)
    if name in TEXTS:
        codes, found = own if isinstance(own, tuple) else (np.full(rows, -1, dtype=np.int64), [])
        if isinstance(repeated, Coded):
            mine = np.where(visit >= 0, np.append(repeated.codes, -1)[visit], -1)
            codes = np.where(codes >= 0, codes, np.where(mine >= 0, mine + len(found), -1))
            found = [*found, *repeated.words]
        return text_array(codes[order], found)
    numbers: npt.NDArray[Any] = np.full(rows, np.nan) if own is None or isinstance(own, tuple) else own
    if repeated is not None and not isinstance(repeated, Coded):
        numbers = np.where(visit >= 0, np.append(repeated, -1)[visit].astype(np.float64), numbers)
    taken = numbers[order]
    empty = np.isnan(taken)
    if name in FLAGS:
        return pa.array(np.where(empty, 0.0, taken) > 0, pa.bool_(), mask=empty)
    return pa.array(taken, pa.float64(), mask=empty)


def _items(brand: Brand, sheet: Sheet, order: Ints) -> dict[str, pa.Array]:
    goods = [batch.goods for batch in sheet.batches if batch.goods]
    counts = np.concatenate(
        [
            batch.goods.counts if batch.goods else np.zeros(len(batch.time), np.int64)
            for batch in sheet.batches
        ]
    )
    at, taken = ragged(counts, order), counts[order]
    sku, price, quantity = (
        np.concatenate([getattr(one, name) for one in goods])[at] for name in ("sku", "price", "quantity")
    )
    leaves = brand.goods.leaf[sku]
    values = {
        "item_category": text_array(leaves, [entry[0] for entry in TREE]),
        "item_category2": text_array(leaves, [entry[1] for entry in TREE]),
        "item_id": text_array(sku, brand.goods.ids),
        "item_name": text_array(sku, brand.goods.names),
        "price": pa.array(price.astype(np.float64)),
        "quantity": pa.array(quantity.astype(np.float64)),
    }
    offsets = pa.array(np.concatenate([[0], np.cumsum(taken)]).astype(np.int32))
    mask = pa.array(taken == 0)
    return {
        label: pa.ListArray.from_arrays(offsets, values[name], mask=mask)
        for label, name in sorted(ITEM_COLUMNS.items())
    }


def _links(brand: Brand, people: People, sheet: Sheet) -> pa.Table:
    parts = [part for part in sheet.links if len(part[1])]
    if not parts:
        return LINK_SCHEMA.empty_table()
    first, second, time, ids = (np.concatenate([part[slot] for part in parts]) for slot in (1, 2, 3, 4))
    event = np.repeat(np.arange(len(parts)), [len(part[1]) for part in parts])
    order = np.lexsort((second, ids.view(np.uint64), time))
    present, inverse = np.unique(np.concatenate([first, second]), return_inverse=True)
    written = names(people, present)
    count = len(first)
    return pa.table(
        [
            text_array(inverse[:count][order], written),
            text_array(inverse[count:][order], written),
            pa.array(time[order], MOMENT),
            pa.array(ids[order]),
            text_array(event[order], [part[0] for part in parts]),
            pa.array([SAME_EVENT] * count, pa.string()),
            pa.array(_received(brand, time, ids)[order], MOMENT),
            pa.repeat(pa.scalar(1.0), count),
            pa.nulls(count, pa.string()),
        ],
        schema=LINK_SCHEMA,
    )


PROPERTY_COLUMNS: Final = {
    **{column_name(name, "text"): name for name in TEXTS},
    **{column_name(name, "number"): name for name in NUMBERS},
    **{column_name(name, "flag"): name for name in FLAGS},
}
ITEM_COLUMNS: Final = {
    **{"i" + column_name(name, "text"): name for name in ITEM_TEXTS},
    **{"i" + column_name(name, "number"): name for name in ITEM_NUMBERS},
}
