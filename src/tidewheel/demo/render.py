"""Turns a sheet into the lake's tables: session columns filled in, deliveries made late and doubled, sorted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

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
    LINK_RULE,
    LINKS,
    NUMBERS,
    TEXTS,
    Coded,
    Sheet,
    column,
    ragged,
    schema,
    text_array,
)
from tidewheel.demo.vocabulary import SOURCES

DUPLICATES = 0.005
LATE = 0.01


@dataclass(frozen=True)
class Tables:
    """One shard in the physical layout of the lake, sorted by (month, actor, time)."""

    key: str
    events: pa.Table
    links: pa.Table


def render(brand: Brand, people: People, sheet: Sheet, session: dict[str, Coded | Ints], key: str) -> Tables:
    """Make the tables of one shard. ``session`` holds the columns that every event of a visit repeats."""
    batches = sheet.batches
    sizes = [len(batch.time) for batch in batches]
    rows = sum(sizes)
    time, actor, ids, source, visit = (
        np.concatenate([getattr(batch, name) for batch in batches]) if rows else np.zeros(0, dtype=np.int64)
        for name in ("time", "actor", "id", "source", "visit")
    )
    name_code = np.repeat(np.arange(len(batches)), sizes)
    time = np.asarray(time)
    order, received = _deliveries(brand, time, ids)
    month, months = _months(time)
    order = order[np.lexsort((received[order], ids[order], time[order], actor[order], month[order]))] if rows else order
    present, inverse = np.unique(actor, return_inverse=True)
    twice = np.concatenate([[False], ids[order][1:] == ids[order][:-1]]) if rows else np.zeros(0, dtype=bool)
    arrived = received[order] + np.where(twice, 40_000, 0)
    columns: list[pa.Array] = [
        text_array(month[order], months),
        pa.array(time[order], pa.timestamp("ms", tz="UTC")),
        pa.array(np.minimum(arrived, sheet.until), pa.timestamp("ms", tz="UTC")),
        text_array(name_code[order], [batch.name for batch in batches]),
        text_array(inverse[order], names(people, present)),
        pa.array(ids[order]),
        text_array(source[order], SOURCES),
    ]
    for name in (*TEXTS, *NUMBERS, *FLAGS):
        columns.append(_property(sheet, name, session.get(name), visit, order, rows))
    columns += _items(brand, sheet, order, rows)
    return Tables(key, pa.table(columns, schema=schema()), _links(people, sheet))


def _deliveries(brand: Brand, time: Ints, ids: Ints) -> tuple[Ints, Ints]:
    """Return which rows are delivered (some twice) and when each is received."""
    key = words(ids)
    quick = 300 + brand.dice.exponential("network", 2_500, key).astype(np.int64)
    slow = brand.dice.exponential("offline", 9 * HOUR, key).astype(np.int64)
    received = time + np.where(brand.dice.chance("late", LATE, key), slow, quick)
    twice = np.flatnonzero(brand.dice.chance("twice", DUPLICATES, key))
    return np.concatenate([np.arange(len(time)), twice]), np.minimum(received, brand.seasons.until)


def _months(time: Ints) -> tuple[Ints, list[str]]:
    found = time.astype("datetime64[ms]").astype("datetime64[M]").astype(np.int64)
    present, codes = np.unique(found, return_inverse=True)
    labels = [f"{1970 + int(one) // 12:04d}-{int(one) % 12 + 1:02d}" for one in present]
    return np.asarray(codes, dtype=np.int64), labels


def _property(
    sheet: Sheet, name: str, repeated: Coded | Ints | None, visit: Ints, order: Ints, rows: int
) -> pa.Array:
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


def _items(brand: Brand, sheet: Sheet, order: Ints, rows: int) -> list[pa.Array]:
    counts = np.concatenate(
        [batch.goods.counts if batch.goods else np.zeros(len(batch.time), np.int64) for batch in sheet.batches]
        or [np.zeros(0, dtype=np.int64)]
    )
    flat = {
        name: np.concatenate(
            [getattr(batch.goods, name) for batch in sheet.batches if batch.goods] or [np.zeros(0, dtype=np.int64)]
        )
        for name in ("sku", "price", "quantity")
    }
    at = ragged(counts, order)
    taken = counts[order]
    offsets = np.concatenate([[0], np.cumsum(taken)]).astype(np.int32)
    mask = pa.array(taken == 0)
    sku = flat["sku"][at]
    goods = brand.goods
    leaves = goods.leaf[sku]
    texts = {
        "item_id": text_array(sku, goods.ids),
        "item_name": text_array(sku, goods.names),
        "item_category": text_array(leaves, [entry[0] for entry in TREE]),
        "item_category2": text_array(leaves, [entry[1] for entry in TREE]),
    }
    values = [texts[name] for name in ITEM_TEXTS]
    values += [pa.array(flat[name][at].astype(np.float64)) for name in ITEM_NUMBERS]
    return [pa.ListArray.from_arrays(pa.array(offsets), value, mask=mask) for value in values]


def _links(people: People, sheet: Sheet) -> pa.Table:
    parts = [part for part in sheet.links if len(part[1])]
    if not parts:
        return LINKS.empty_table()
    first, second, time, ids = (np.concatenate([part[slot] for part in parts]) for slot in (1, 2, 3, 4))
    event = np.repeat(np.arange(len(parts)), [len(part[1]) for part in parts])
    order = np.lexsort((second, ids, time))
    present, inverse = np.unique(np.concatenate([first, second]), return_inverse=True)
    written = names(people, present)
    count = len(first)
    return pa.table(
        [
            text_array(inverse[:count][order], written),
            text_array(inverse[count:][order], written),
            pa.array(time[order], pa.timestamp("ms", tz="UTC")),
            pa.array(ids[order]),
            text_array(event[order], [part[0] for part in parts]),
            pa.array([LINK_RULE] * count, pa.string()),
        ],
        schema=LINKS,
    )


def timestamp(ms: int) -> datetime:
    """Return an aware UTC time."""
    return datetime.fromtimestamp(ms / 1000, UTC)


PROPERTY_COLUMNS = {
    **{column_name(name, "text"): name for name in TEXTS},
    **{column_name(name, "number"): name for name in NUMBERS},
    **{column_name(name, "flag"): name for name in FLAGS},
}
