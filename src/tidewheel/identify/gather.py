"""Gathering: the matching rows of whole persons, in the order (time, event id), out of all segments.

Events stay where they were written. A person's runs (several actors, segments and the tail) are merged
as they are read; a row delivered twice (equal time and id) is read once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

from tidewheel.core.period import Span
from tidewheel.identify.resolve import People
from tidewheel.store.columns.pointers import addresses, load8, load32, load64
from tidewheel.store.view import Snapshot

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[Any]
ROOM = 1 << 17
"""Rows read at a time: enough to hide the cost of a call, few enough to stay in the cache."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Matching rows of whole persons: where they are, when, and which bits matched. See ``Block``."""

    people: npt.NDArray[np.int32]
    offsets: Ints
    time: Ints
    match: npt.NDArray[np.uint64]
    segment: npt.NDArray[np.int32]
    row: Ints


@njit(nogil=True, cache=True)
def _collect(
    actors: npt.NDArray[np.int32], first: int, last: int,
    heads: Ints, run_segment: npt.NDArray[np.int32], run_start: Ints, run_end: Ints,
    time_at: npt.NDArray[np.uint64], mask_at: npt.NDArray[np.uint64], id_at: npt.NDArray[np.uint64], width: int, base: Ints,
    low: Ints, high: Ints, begin: int, at: int,
    time: Ints, match: npt.NDArray[np.uint64], segment: npt.NDArray[np.int32], row: Ints,
) -> int:  # fmt: skip
    """Merge one person's matching rows of one run index into ``begin:at``; returns the new end, or -1 when full."""
    room = time.shape[0]
    for i in range(first, last):
        actor = actors[i]
        if actor >= heads.shape[0] - 1:
            continue
        for run in range(heads[actor], heads[actor + 1]):
            s = run_segment[run]
            if low[s] > high[s]:
                continue
            start, end = run_start[run], run_end[run]
            if at + end - start > room:
                return -1
            middle = at
            lo, hi, zero, times, masks = low[s], high[s], base[s], time_at[s], mask_at[s]
            for r in range(start, end):
                bits = np.uint64(load8(masks, r)) if width == 1 else load64(masks, r)
                if bits != 0:
                    moment = np.int64(load32(times, r))
                    if lo <= moment <= hi:
                        time[at], match[at], segment[at], row[at] = zero + moment, bits, s, r
                        at += 1
            if begin < middle < at and time[middle] <= time[middle - 1]:
                at = _merge(begin, middle, at, id_at, time, match, segment, row)
    return at


@njit(nogil=True, cache=True)
def _merge(
    begin: int, middle: int, end: int, id_at: npt.NDArray[np.uint64],
    time: Ints, match: npt.NDArray[np.uint64], segment: npt.NDArray[np.int32], row: Ints,
) -> int:  # fmt: skip
    """Merge the ordered rows ``begin:middle`` and ``middle:end`` by (time, id), each event once; returns the new end."""
    low, high = begin, middle
    while low < high:
        half = (low + high) >> 1
        if time[half] < time[middle]:
            low = half + 1
        else:
            high = half
    t, m = time[low:middle].copy(), match[low:middle].copy()
    s, r = segment[low:middle].copy(), row[low:middle].copy()
    i, j, at, n = 0, middle, low, middle - low
    while i < n and j < end:
        left = t[i] < time[j]
        if t[i] == time[j]:
            a, b = load64(id_at[s[i]], r[i]), load64(id_at[segment[j]], row[j])
            left = a <= b
            if a == b:
                j += 1
        if left:
            time[at], match[at], segment[at], row[at] = t[i], m[i], s[i], r[i]
            i += 1
        else:
            time[at], match[at], segment[at], row[at] = time[j], match[j], segment[j], row[j]
            j += 1
        at += 1
    while i < n:
        time[at], match[at], segment[at], row[at] = t[i], m[i], s[i], r[i]
        i += 1
        at += 1
    while j < end:
        time[at], match[at], segment[at], row[at] = time[j], match[j], segment[j], row[j]
        j += 1
        at += 1
    return at


@njit(nogil=True, cache=True)
def _gather(
    first: int, last: int, keep: npt.NDArray[np.bool_], person_heads: Ints, actors: npt.NDArray[np.int32],
    heads1: Ints, segment1: npt.NDArray[np.int32], start1: Ints, end1: Ints,
    heads2: Ints, segment2: npt.NDArray[np.int32], start2: Ints, end2: Ints,
    time_at: npt.NDArray[np.uint64], mask_at: npt.NDArray[np.uint64], id_at: npt.NDArray[np.uint64],
    width: int, base: Ints, low: Ints, high: Ints,
    people: npt.NDArray[np.int32], offsets: Ints,
    time: Ints, match: npt.NDArray[np.uint64], segment: npt.NDArray[np.int32], row: Ints,
) -> tuple[int, int]:  # fmt: skip
    """Fill whole persons from ``first`` on while there is room; returns (persons written, next person)."""
    written, at = 0, 0
    offsets[0] = 0
    for person in range(first, last):
        if keep.shape[0] and not keep[person]:
            continue
        if written == people.shape[0]:
            return written, person
        a, b = person_heads[person], person_heads[person + 1]
        end = _collect(actors, a, b, heads1, segment1, start1, end1, time_at, mask_at, id_at, width, base, low, high, at, at, time, match, segment, row)  # fmt: skip
        if end >= 0 and segment2.shape[0] > 0:
            end = _collect(actors, a, b, heads2, segment2, start2, end2, time_at, mask_at, id_at, width, base, low, high, at, end, time, match, segment, row)  # fmt: skip
        if end < 0:
            return written, person
        if end > at:
            at = end
            people[written] = person
            written += 1
            offsets[written] = at
    return written, last


def room_for(rows: int) -> Rows:
    """Return room for so many rows and a fitting number of persons."""
    people = max(rows // 4, 64)
    return Rows(
        np.empty(people, np.int32), np.empty(people + 1, np.int64), np.empty(rows, np.int64),
        np.empty(rows, np.uint64), np.empty(rows, np.int32), np.empty(rows, np.int64),
    )  # fmt: skip


class Gatherer:
    """Reads persons of one snapshot for one set of masks. Safe to share between threads.

    ``masks``: per segment an unsigned integer a row whose bits say what the row matches; None where the
    segment has nothing. ``span`` bounds the rows. ``keep``: which persons to read; None is all.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        people: People,
        masks: list[Mask | None],
        span: Span,
        keep: npt.NDArray[np.bool_] | None = None,
    ) -> None:
        self._snapshot, self._people = snapshot, people
        self._keep = keep if keep is not None else np.zeros(0, np.bool_)
        segments = [loaded.segment for loaded in snapshot.segments]
        wide = any(mask is not None and mask.dtype.itemsize > 1 for mask in masks)
        self._width = 8 if wide else 1
        self._masks = [
            np.zeros(1, np.uint8)
            if mask is None
            else mask.astype(np.uint64 if wide else np.uint8, copy=False)
            for mask in masks
        ]
        self._base = np.array([segment.base for segment in segments], np.int64)
        top = np.int64(2**32 - 1)
        self._low = np.clip(span.start - self._base, 0, top + 1)
        self._high = np.clip(span.end - 1 - self._base, -1, top)
        for index, mask in enumerate(masks):
            if mask is None:
                self._low[index], self._high[index] = 1, 0
        self._times = [segment.time for segment in segments]
        self._ids = [segment.id for segment in segments]
        self._time_at, self._mask_at, self._id_at = (
            addresses(self._times),
            addresses(self._masks),
            addresses(self._ids),
        )

    def read(self, first: int, last: int, buffer: Rows | None = None) -> tuple[Rows, int]:
        """Return rows of whole persons from ``first`` on and the person to go on with.

        ``buffer`` is written over and returned in part, so that what was read from it before is gone; a
        person with more rows than it holds gets as much room as they need.
        """
        base, tail = self._snapshot.base, self._snapshot.tail
        rows = buffer or room_for(ROOM)
        while True:
            written, following = _gather(
                first, last, self._keep, self._people.heads, self._people.actors,
                base.heads, base.segment, base.start, base.end, tail.heads, tail.segment, tail.start, tail.end,
                self._time_at, self._mask_at, self._id_at, self._width, self._base, self._low, self._high,
                rows.people, rows.offsets, rows.time, rows.match, rows.segment, rows.row,
            )  # fmt: skip
            if written or following >= last:
                end = int(rows.offsets[written])
                return Rows(
                    rows.people[:written], rows.offsets[: written + 1], rows.time[:end],
                    rows.match[:end], rows.segment[:end], rows.row[:end],
                ), following  # fmt: skip
            first = following
            rows = room_for(4 * len(rows.time))

    def read_all(self) -> Rows:
        """Return the rows of everyone at once; for masks that match few rows."""
        parts: list[Rows] = []
        first, count = 0, self._people.count
        while first < count:
            rows, first = self.read(first, count)
            parts.append(rows)
        offsets = [np.zeros(1, np.int64)]
        for part in parts:
            offsets.append(part.offsets[1:] + offsets[-1][-1])
        return Rows(
            _join([part.people for part in parts], np.int32),
            np.concatenate(offsets),
            _join([part.time for part in parts], np.int64),
            _join([part.match for part in parts], np.uint64),
            _join([part.segment for part in parts], np.int32),
            _join([part.row for part in parts], np.int64),
        )


def _join(arrays: list[npt.NDArray[Any]], dtype: Any) -> npt.NDArray[Any]:
    return np.concatenate(arrays) if arrays else np.zeros(0, dtype)
