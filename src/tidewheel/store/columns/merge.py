"""Merging the segments of one month, column by column, so that an actor has one run there.

Works on columns alone: nothing is read from the lake again, and only one column is spread out at a time.
A row that two segments hold (equal actor, time and id) is kept once. A month too large for one segment becomes
several, each of a range of actors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

from tidewheel.store.columns.packed import Packed, presence, smallest
from tidewheel.store.columns.pointers import addresses, load32, load64, store32
from tidewheel.store.columns.segment import ITEMS, Segment
from tidewheel.store.columns.strings import Interner

Codes = npt.NDArray[np.int32]
Ints = npt.NDArray[np.int64]
Words = npt.NDArray[np.uint64]
GONE = np.uint32(2**32 - 1)
"""Where a row goes that another segment holds as well, or that is of another range of actors."""


@dataclass(frozen=True, slots=True)
class Part:
    """A segment and the actor code of each of its runs."""

    segment: Segment
    actors: Codes


@njit(nogil=True, cache=True)
def _weave(
    heads: Ints, part: Codes, start: Ints, end: Ints,
    time_at: Words, id_at: Words, base: Ints, where_at: Words, runs: Ints,
) -> int:  # fmt: skip
    """Say where each row goes; ``heads`` delimit each actor's runs, actors in the new order. Returns the rows."""
    widest = 0
    for actor in range(heads.shape[0] - 1):
        widest = max(widest, heads[actor + 1] - heads[actor])
    at_row, going = np.empty(widest, np.int64), np.empty(widest, np.bool_)
    n = 0
    for actor in range(heads.shape[0] - 1):
        runs[actor] = n
        first, count = heads[actor], heads[actor + 1] - heads[actor]
        if count == 1:
            where = where_at[part[first]]
            for row in range(start[first], end[first]):
                store32(where, row, n)
                n += 1
            continue
        for k in range(count):
            at_row[k], going[k] = start[first + k], start[first + k] < end[first + k]
        last_time, last_id, any_row = np.int64(-1), np.uint64(0), False
        while True:
            best, best_time, best_id = -1, np.int64(0), np.uint64(0)
            for k in range(count):
                if going[k]:
                    s = part[first + k]
                    time = base[s] + np.int64(load32(time_at[s], at_row[k]))
                    if best < 0 or time <= best_time:
                        own = load64(id_at[s], at_row[k])
                        if best < 0 or time < best_time or own < best_id:
                            best, best_time, best_id = k, time, own
            if best < 0:
                break
            repeated = any_row and best_time == last_time and best_id == last_id
            store32(where_at[part[first + best]], at_row[best], GONE if repeated else n)
            if not repeated:
                n += 1
            last_time, last_id, any_row = best_time, best_id, True
            at_row[best] += 1
            going[best] = at_row[best] < end[first + best]
    runs[heads.shape[0] - 1] = n
    return n


@njit(nogil=True, cache=True)
def _spread(
    starts: npt.NDArray[np.uint32], rows: npt.NDArray[np.uint32], target: Ints, where: npt.NDArray[np.uint32]
) -> None:
    """Say where each inner row goes: those of entry ``i`` lie from ``target[rows[i]]`` on."""
    for i in range(rows.shape[0]):
        first = np.int64(starts[i])
        for j in range(first, np.int64(starts[i + 1])):
            where[j] = GONE if rows[i] == GONE else target[rows[i]] + j - first


def merge(
    parts: Sequence[Part], rank: Callable[[Codes], Ints], names: Interner, count: int = 1
) -> Iterator[tuple[Segment, Codes]]:
    """Yield ``count`` segments of about as many rows each, and the actors of their runs.

    Each holds all rows of a range of actors, which follow one another by ``rank``; ``names`` knows actors by code.
    """
    actors = np.unique(np.concatenate([part.actors for part in parts]))
    place = rank(actors)
    order = np.empty(len(actors), np.int64)
    order[place] = np.arange(len(actors))
    segments = [part.segment for part in parts]
    number = np.repeat(np.arange(len(parts), dtype=np.int32), [len(part.actors) for part in parts])
    whose = np.concatenate([place[np.searchsorted(actors, part.actors)] for part in parts])
    by_actor = np.argsort(whose, kind="stable")
    heads = np.concatenate(([0], np.cumsum(np.bincount(whose, minlength=len(actors)))))
    start = np.concatenate([segment.runs[:-1] for segment in segments])[by_actor]
    end = np.concatenate([segment.runs[1:] for segment in segments])[by_actor]
    number, least = number[by_actor], min(segment.base for segment in segments)
    for low, high in _ranges(heads, end - start, count):
        runs = slice(heads[low], heads[high])
        woven = _Woven(
            segments, heads[low : high + 1] - heads[low], number[runs], start[runs], end[runs], least
        )
        codes = actors[order[low:high]].astype(np.int32)
        yield woven.segment(*names.buffers(codes)), codes


def _ranges(heads: Ints, lengths: Ints, count: int) -> list[tuple[int, int]]:
    """Cut actors into ``count`` ranges of about as many rows."""
    rows = np.concatenate(([0], np.cumsum(lengths)))[heads]
    cuts = np.searchsorted(rows, rows[-1] * np.arange(1, count) // count).tolist()
    bounds = [0, *cuts, len(heads) - 1]
    return [(low, high) for low, high in pairwise(bounds) if high > low or count == 1]


class _Woven:
    """Rows of some actors: which segment has them, and where each goes. Other rows of the segments go nowhere."""

    def __init__(
        self, segments: list[Segment], heads: Ints, number: Codes, start: Ints, end: Ints, least: int
    ) -> None:
        self._segments, self._least = segments, least
        self._where = [np.full(segment.rows, GONE, np.uint32) for segment in segments]
        self._runs = np.empty(len(heads), np.int64)
        base = np.array([segment.base for segment in segments], np.int64)
        self._rows = _weave(
            heads, number, start, end, addresses([one.time for one in segments]),
            addresses([one.id for one in segments]), base, addresses(self._where), self._runs,
        )  # fmt: skip

    def segment(self, offsets: Ints, data: npt.NDArray[np.uint8]) -> Segment:
        """Return the rows as a segment; the names of the actors of its runs are given."""
        segments, rows, least = self._segments, self._rows, self._least
        events = list(dict.fromkeys(name for segment in segments for name in segment.names))
        event = np.empty(rows, np.int64 if len(events) > 2**31 else np.int32)
        time, ids = np.empty(rows, np.uint32), np.empty(rows, np.uint64)
        for segment, target in zip(segments, self._where, strict=True):
            kept, held = _kept(target)
            time[held] = segment.time[kept] + np.uint32(segment.base - least)
            ids[held] = segment.id[kept]
            event[held] = np.array([events.index(name) for name in segment.names], np.int32)[segment.event][
                kept
            ]
        return Segment(
            rows, least, max(one.end for one in segments), time, smallest(event, len(events)), tuple(events),
            ids, offsets, data, self._runs, _columns(segments, self._where, rows),
        )  # fmt: skip


def _kept(target: npt.NDArray[np.uint32]) -> tuple[Any, npt.NDArray[np.uint32]]:
    """Return (which rows stay, where those go)."""
    gone = target == GONE
    return (~gone, target[~gone]) if gone.any() else (slice(None), target)


def _columns(segments: list[Segment], where: list[npt.NDArray[np.uint32]], rows: int) -> dict[str, Packed]:
    found: dict[str, Packed] = {}
    inner, inside = [np.zeros(0, np.uint32)] * len(segments), 0
    held = [segment.columns.get(ITEMS) for segment in segments]
    if any(held):
        found[ITEMS], inner = _ragged(held, where, rows)
        inside = int(found[ITEMS].starts[-1]) if found[ITEMS].starts is not None else 0
    for name in dict.fromkeys(name for segment in segments for name in segment.columns):
        parts = [segment.columns.get(name) for segment in segments]
        if name == ITEMS:
            continue
        if name[:1] == "i" and name[2:3] == "_":
            found[name] = _column(parts, inner, inside)
        else:
            found[name] = _column(parts, where, rows)
    return {name: column for name, column in found.items() if column.present()}


def _column(parts: list[Packed | None], where: list[npt.NDArray[np.uint32]], rows: int) -> Packed:
    """Merge one column; ``where`` says where the rows of each part go."""
    some = next(part for part in parts if part is not None)
    if some.letter == "l":
        ragged, inner = _ragged(parts, where, rows)
        assert ragged.starts is not None
        values, _ = _scatter(parts, inner, int(ragged.starts[-1]), inner_rows=True)
        codes, offsets, data = values
        return Packed(
            "l", rows, ragged.bits, ragged.ranks, codes, offsets=offsets, data=data,
            starts=ragged.starts, present_rows=ragged.present_rows,
        )  # fmt: skip
    values, valid = _scatter(parts, where, rows, inner_rows=False)
    codes, offsets, data = values
    held = presence(valid)
    if some.letter in "sl":
        return Packed(some.letter, rows, values=codes[valid], offsets=offsets, data=data, **held)
    if some.letter == "n":
        numbers = offsets
        if numbers is not None and 2 * len(numbers) < int(valid.sum()):
            return Packed("n", rows, values=codes[valid], numbers=numbers, **held)
        return Packed("n", rows, values=codes[valid] if numbers is None else numbers[codes[valid]], **held)
    return Packed(some.letter, rows, values=codes[valid], **held)


def _scatter(
    parts: list[Packed | None], where: list[npt.NDArray[np.uint32]], rows: int, *, inner_rows: bool
) -> tuple[tuple[npt.NDArray[Any], Any, Any], npt.NDArray[np.bool_]]:
    """Return ((values, dictionary offsets or numbers, dictionary bytes), which rows have one)."""
    valid = np.zeros(rows, np.bool_)
    tables, offsets, data, dtype = _tables(parts)
    out = np.zeros(rows, dtype)
    for part, target, table in zip(parts, where, tables, strict=True):
        if part is None:
            continue
        goes = target if inner_rows else target[_present(part)]
        stays, held = _kept(goes)
        given = part.values if table is None else table[part.values]
        out[held] = given[stays]
        valid[held] = True
    return (out, offsets, data), valid


def _tables(parts: list[Packed | None]) -> tuple[list[Any], Any, Any, Any]:
    """Return (what each part's values become, offsets or numbers, bytes, type of the values)."""
    some = next(part for part in parts if part is not None)
    if some.letter in "sl":
        words = Interner()
        tables = [None if part is None else words.codes(part.dictionary(), add=True) for part in parts]
        offsets, data = words.buffers(np.arange(len(words), dtype=np.int32))
        dtype = smallest(np.zeros(0, np.int64), len(words)).dtype
        return [None if table is None else table.astype(dtype) for table in tables], offsets, data, dtype
    if some.letter == "n":
        if all(part is None or part.numbers is not None for part in parts):
            numbers = np.unique(np.concatenate([part.numbers for part in parts if part is not None and part.numbers is not None]))  # fmt: skip
            if len(numbers) <= 65_536:
                dtype = smallest(np.zeros(0, np.int64), len(numbers)).dtype
                return [None if part is None or part.numbers is None else np.searchsorted(numbers, part.numbers).astype(dtype) for part in parts], numbers, None, dtype  # fmt: skip
        return [None if part is None else part.numbers for part in parts], None, None, np.float64
    return [None] * len(parts), None, None, some.values.dtype


def _ragged(
    parts: list[Packed | None], where: list[npt.NDArray[np.uint32]], rows: int
) -> tuple[Packed, list[npt.NDArray[np.uint32]]]:
    """Return the merged runs of values (without the values), and where each part's values go."""
    valid, length = np.zeros(rows, np.bool_), np.zeros(rows, np.int64)
    targets = []
    for part, target in zip(parts, where, strict=True):
        targets.append(np.zeros(0, np.uint32) if part is None else target[_present(part)])
        if part is not None and part.starts is not None:
            stays, held = _kept(targets[-1])
            length[held] = np.diff(part.starts.astype(np.int64))[stays]
            valid[held] = True
    begins: Ints = np.concatenate(([0], np.cumsum(length)))
    inner = []
    for part, target in zip(parts, targets, strict=True):
        size = 0 if part is None or part.starts is None else int(part.starts[-1])
        inner.append(np.empty(size, np.uint32))
        if part is not None and part.starts is not None:
            _spread(part.starts, target, begins, inner[-1])
    starts = np.concatenate((begins[:-1][valid], begins[-1:])).astype(np.uint32)
    return Packed("l", rows, values=np.zeros(0, np.uint8), starts=starts, **presence(valid)), inner


def _present(part: Packed) -> Any:
    """Return the rows that have a value, ascending, or all."""
    if part.present_rows is not None:
        return part.present_rows
    if not len(part.ranks):
        return slice(None)
    return np.flatnonzero(np.unpackbits(part.bits.view(np.uint8), count=part.rows, bitorder="little"))
