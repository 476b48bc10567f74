"""From the lake's tables back to canonical events."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from tidewheel.core.events import Event
from tidewheel.demo.render import PROPERTY_COLUMNS, Tables
from tidewheel.demo.sheet import ITEM_NUMBERS, ITEM_TEXTS

_ITEM_COLUMNS = tuple(f"is_{name}" for name in ITEM_TEXTS) + tuple(f"in_{name}" for name in ITEM_NUMBERS)
_ITEM_NAMES = (*ITEM_TEXTS, *ITEM_NUMBERS)


def unfold(tables: Tables, batch: int) -> Iterator[list[Event]]:
    """Return the events of one shard by time, in lists of at most ``batch``."""
    others = defaultdict(list)
    for ids, second in zip(tables.links["id"].to_pylist(), tables.links["b"].to_pylist(), strict=True):
        others[ids].append(second)
    order = pc.sort_indices(tables.events, sort_keys=[("time", "ascending"), ("id", "ascending"), ("received", "ascending")])
    ordered = tables.events.take(order)
    for start in range(0, ordered.num_rows, batch):
        yield _events(ordered.slice(start, batch), others)


def _events(rows: pa.Table, others: dict[int, list[str]]) -> list[Event]:
    count = rows.num_rows
    properties: list[dict[str, Any]] = [{} for _ in range(count)]
    for column, name in PROPERTY_COLUMNS.items():
        values = rows[column].combine_chunks()
        if values.null_count == count:
            continue
        at = pc.indices_nonzero(values.is_valid()).to_pylist()
        found = values.drop_null().to_pylist()
        for place, value in zip(at, found, strict=True):
            properties[place][name] = int(value) if isinstance(value, float) and value.is_integer() else value
    fixed = (rows[name].to_pylist() for name in ("name", "actor", "id", "source"))
    times = (rows[name].cast(pa.int64()).to_pylist() for name in ("time", "received"))
    items = _items(rows)
    return [
        Event(name, time, actor, ids % 2**64, source, received, said, goods, others.get(ids, []))
        for name, actor, ids, source, time, received, said, goods in zip(*fixed, *times, properties, items, strict=True)
    ]


def _items(rows: pa.Table) -> list[list[dict[str, Any]]]:
    first = rows[_ITEM_COLUMNS[0]].combine_chunks()
    sizes = pc.fill_null(pc.list_value_length(first), 0).to_pylist()
    flat = [pc.list_flatten(rows[column].combine_chunks()).to_pylist() for column in _ITEM_COLUMNS]
    for place, values in enumerate(flat):
        if _ITEM_NAMES[place] in ITEM_NUMBERS:
            flat[place] = [int(value) for value in values]
    each = [dict(zip(_ITEM_NAMES, values, strict=True)) for values in zip(*flat, strict=True)]
    made, at = [], 0
    for size in sizes:
        made.append(each[at : at + size])
        at += size
    return made
