"""A segment: the rows of one lake file (or one batch of the tail) of one month, in column form.

Rows are ordered by (actor, time, id); each actor's rows are one run. Actors that belong together lie
side by side, so that a person's rows are read in one sweep.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from numba import njit

from tidewheel.core.events import Kind, Scope, property_of
from tidewheel.store.columns.packed import Packed, pack, presence, smallest
from tidewheel.store.columns.strings import buffers

ITEMS: Final = "items"
"""Name of the column that delimits the items of a row."""
SOURCE: Final = "$source"
"""Name of the column that says through which source a row came."""


@dataclass(frozen=True, slots=True)
class Segment:
    """``time`` is milliseconds after ``base``, and ``end`` the time of the latest row. ``columns`` are keyed by physical name.

    Item columns (``in_price``) count item rows; ``columns["items"].starts`` maps rows to item rows.
    """

    rows: int
    base: int
    end: int
    time: npt.NDArray[np.uint32]
    event: npt.NDArray[Any]
    names: tuple[str, ...]
    id: npt.NDArray[np.uint64]
    actor_offsets: npt.NDArray[np.int64]
    actor_data: npt.NDArray[np.uint8]
    runs: npt.NDArray[np.int64]
    columns: Mapping[str, Packed]

    @property
    def start(self) -> int:
        """Time of the earliest row."""
        return self.base

    @property
    def bytes(self) -> int:
        """Size of all arrays."""
        own = (self.time, self.event, self.id, self.actor_offsets, self.actor_data, self.runs)
        return sum(one.nbytes for one in own) + sum(column.bytes for column in self.columns.values())

    def actors(self) -> pa.Array:
        """Return the actor of each run."""
        return pa.Array.from_buffers(
            pa.large_string(),
            len(self.actor_offsets) - 1,
            [None, pa.py_buffer(self.actor_offsets), pa.py_buffer(self.actor_data)],
        )


Rank = Callable[[pa.Array], npt.NDArray[np.int64]]
"""Gives distinct actors their places in a segment."""


@njit(nogil=True, cache=True)
def _ordered(actor: npt.NDArray[np.int64], time: npt.NDArray[np.int64], ids: npt.NDArray[np.uint64]) -> bool:
    """Say whether rows ascend strictly by (actor, time, id)."""
    for i in range(1, actor.shape[0]):
        if actor[i] < actor[i - 1]:
            return False
        if actor[i] == actor[i - 1]:
            if time[i] < time[i - 1]:
                return False
            if time[i] == time[i - 1] and ids[i] <= ids[i - 1]:
                return False
    return True


@njit(nogil=True, cache=True)
def _fresh(
    order: npt.NDArray[np.int64],
    actor: npt.NDArray[np.int64],
    time: npt.NDArray[np.int64],
    ids: npt.NDArray[np.uint64],
) -> npt.NDArray[np.bool_]:
    """Mark, in sorted order, the rows that do not repeat the one before."""
    out = np.ones(order.shape[0], np.bool_)
    for i in range(1, order.shape[0]):
        a, b = order[i - 1], order[i]
        out[i] = actor[a] != actor[b] or time[a] != time[b] or ids[a] != ids[b]
    return out


def build(table: pa.Table, rank: Rank) -> list[Segment]:
    """Turn rows of the lake's layout into segments, one a month touched.

    A row that repeats another's actor, time and id is left out.
    """
    if not table.num_rows:
        return []
    time = table["time"].cast(pa.timestamp("ms")).cast(pa.int64())
    months = pc.strftime(table["time"].cast(pa.timestamp("ms")), format="%Y-%m")
    found = pc.unique(months)
    if len(found) == 1:
        return [_build_month(table, time.to_numpy(), rank)]
    return [
        _build_month(table.filter(mask), time.filter(mask).to_numpy(), rank)
        for mask in (pc.equal(months, month) for month in found)
    ]


def _build_month(table: pa.Table, time: npt.NDArray[np.int64], rank: Rank) -> Segment:
    actor = table["actor"].combine_chunks().dictionary_encode()
    place = rank(actor.dictionary)
    codes = place[actor.indices.to_numpy()]
    ids = table["id"].to_numpy().view(np.uint64)
    if not _ordered(codes, time, ids):
        order = np.lexsort((ids, time, codes))
        order = order[_fresh(order, codes, time, ids)]
        table, time, codes, ids = table.take(order), time[order], codes[order], ids[order]
    edges = np.flatnonzero(np.concatenate(([True], codes[1:] != codes[:-1])))
    by_place = np.argsort(place)
    actors = actor.dictionary.take(pa.array(by_place[codes[edges]]))
    offsets, data = buffers(actors)
    names = table["name"].combine_chunks().dictionary_encode()
    base = int(time.min())
    return Segment(
        rows=table.num_rows,
        base=base,
        end=int(time.max()),
        time=(time - base).astype(np.uint32),
        event=smallest(names.indices.to_numpy(), len(names.dictionary)),
        names=tuple(names.dictionary.to_pylist()),
        id=np.ascontiguousarray(ids),
        actor_offsets=np.array(offsets - offsets[0]),
        actor_data=np.array(data[offsets[0] : max(offsets[-1], offsets[0] + 1)]),
        runs=np.concatenate((edges, [table.num_rows])).astype(np.int64),
        columns=_columns(table),
    )


def _columns(table: pa.Table) -> dict[str, Packed]:
    found: dict[str, Packed] = {SOURCE: pack(table["source"].combine_chunks(), "s")}
    item_names = [name for name in table.schema.names if name[:1] == "i" and name[2:3] == "_"]
    for name in table.schema.names:
        if name[1:2] == "_" and name[0] in "snbtl":
            column = table[name].combine_chunks()
            if column.null_count < len(column):
                found[name] = pack(column, name[0])
    starts: npt.NDArray[np.uint32] | None = None
    for name in item_names:
        column = table[name].combine_chunks()
        if column.null_count == len(column):
            continue
        lists = column.drop_null()
        if starts is None:
            valid = column.is_valid().to_numpy(zero_copy_only=False)
            lengths = pc.list_value_length(lists).to_numpy(zero_copy_only=False)
            starts = np.concatenate(([0], np.cumsum(lengths))).astype(np.uint32)
            found[ITEMS] = Packed(
                "l", table.num_rows, values=np.zeros(0, np.uint8), starts=starts, **presence(valid)
            )
        flat = lists.flatten()
        if len(flat) != starts[-1]:
            raise ValueError(f"item column {name} has {len(flat)} entries where others have {starts[-1]}")
        if flat.null_count < len(flat):
            found[name] = pack(flat, name[1])
    return found


@lru_cache(maxsize=65_536)
def describe(column: str) -> tuple[str, Scope, Kind]:
    """Return (property, scope, kind) of a physical column name."""
    if column.startswith("i") and column[2:3] == "_":
        name, kind = property_of(column[1:])
        return name, "item", kind
    name, kind = property_of(column)
    return name, "event", kind
