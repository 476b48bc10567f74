"""From the lake's tables back to events as they were delivered: with every identifier named, some twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tidewheel.core.events import Event
from tidewheel.demo.dice import Dice, words
from tidewheel.demo.render import ITEM_COLUMNS, PROPERTY_COLUMNS, Tables

TWICE: Final = 0.005
"""Share of events delivered a second time."""
SECOND_DELIVERY: Final = 40_000
"""Milliseconds after the first one."""


def unfold(dice: Dice, until: int, tables: Tables, batch: int) -> Iterator[list[Event]]:
    """Return the deliveries of one shard by time of the event, in lists of at most ``batch``."""
    others = defaultdict(list)
    for ids, second in zip(tables.named["id"].to_pylist(), tables.named["b"].to_pylist(), strict=True):
        others[ids].append(second)
    ids = words(tables.events["id"].to_numpy())
    time = tables.events["time"].cast(pa.int64()).to_numpy()
    twice = np.flatnonzero(dice.chance("twice", TWICE, ids))
    rows = np.concatenate([np.arange(len(ids)), twice])
    again = np.repeat([0, SECOND_DELIVERY], [len(ids), len(twice)])
    order = np.lexsort((again, ids[rows], time[rows]))
    rows, again = rows[order], again[order]
    for start in range(0, len(rows), batch):
        part = slice(start, start + batch)
        yield _events(tables.events.take(pa.array(rows[part])), again[part].tolist(), until, others)


def _events(rows: pa.Table, again: list[int], until: int, others: dict[int, list[str]]) -> list[Event]:
    properties: list[dict[str, Any]] = [{} for _ in range(rows.num_rows)]
    for column, name in PROPERTY_COLUMNS.items():
        if column not in rows.column_names:
            continue
        values = rows[column].combine_chunks()
        at = pc.indices_nonzero(values.is_valid()).to_pylist()
        for place, value in zip(at, values.drop_null().to_pylist(), strict=True):
            properties[place][name] = int(value) if isinstance(value, float) and value.is_integer() else value
    fixed = (rows[name].to_pylist() for name in ("name", "actor", "id", "source"))
    times = (rows[name].cast(pa.int64()).to_pylist() for name in ("time", "received"))
    return [
        Event(
            name,
            time,
            actor,
            ids % 2**64,
            source,
            min(received + later, until),
            said,
            goods,
            others.get(ids, []),
        )
        for name, actor, ids, source, time, received, said, goods, later in zip(
            *fixed, *times, properties, _items(rows), again, strict=True
        )
    ]


def _items(rows: pa.Table) -> list[list[dict[str, Any]]]:
    present = [column for column in ITEM_COLUMNS if column in rows.column_names]
    if not present:
        return [[] for _ in range(rows.num_rows)]
    sizes = pc.fill_null(pc.list_value_length(rows[present[0]]), 0).to_pylist()
    labels = [ITEM_COLUMNS[column] for column in present]
    flat = []
    for column in present:
        values = pc.list_flatten(rows[column].combine_chunks())
        flat.append((values.cast(pa.int64()) if pa.types.is_floating(values.type) else values).to_pylist())
    each = [dict(zip(labels, values, strict=True)) for values in zip(*flat, strict=True)]
    made, at = [], 0
    for size in sizes:
        made.append(each[at : at + size])
        at += size
    return made
