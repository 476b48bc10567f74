"""Gathering: the matching rows of whole persons, in the order (time, event id), out of all segments.

Events stay where they were written. A person's runs (several actors, segments and the tail) are merged
as they are read; a row delivered twice (equal time and id) is read once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

from tidewheel.core.period import Span
from tidewheel.identify.hands import cuts
from tidewheel.identify.resolve import People
from tidewheel.store.columns.pointers import addresses, load8, load32, load64, read64, store32, store64
from tidewheel.store.columns.runs import RunIndex
from tidewheel.store.view import Snapshot

Codes = npt.NDArray[np.int32]
Ints = npt.NDArray[np.int64]
Words = npt.NDArray[np.uint64]
ROOM = 1 << 16
"""Rows read at a time: enough to hide the cost of a call, few enough to stay in the cache."""
ABREAST = 64
"""Most actors of a person whose runs are merged; the rows of more are sorted."""
FULL, TIED = -1, -2
WORDS = 7
"""Words that tell a kernel of a run index."""
IDENTITY = np.arange(256, dtype=np.uint64)


@dataclass(frozen=True, slots=True)
class Coded:
    """A mask by event code: row ``r`` matches ``bits[codes[r]]``. Nothing is written for it."""

    codes: npt.NDArray[np.uint8]
    bits: Words


Mask = npt.NDArray[Any] | Coded


@dataclass(frozen=True, slots=True)
class Rows:
    """Matching rows of whole persons: where they are, when, and which bits matched. See ``Block``.

    ``segment`` and ``row`` are empty where nobody asked for places.
    """

    people: Codes
    offsets: Ints
    time: Ints
    match: Words
    segment: Codes
    row: Ints


@njit(nogil=True, cache=True)
def _append(s: int, first: int, end: int, at: int, placed: bool, facts: int, out: int) -> int:  # noqa: FBT001
    """Write the matching rows of one run of segment ``s`` behind the others; returns the new end.

    Every row is written, and kept if it matches: a processor cannot guess which ones do.
    """
    times, masks, table = load64(facts, 8 * s), load64(facts, 8 * s + 1), load64(facts, 8 * s + 2)
    zero, low, high = read64(facts, 8 * s + 4), read64(facts, 8 * s + 5), read64(facts, 8 * s + 6)
    time, match = load64(out, 0), load64(out, 1)
    if table and not placed:
        for r in range(first, end):
            bits = load64(table, load8(masks, r))
            moment = np.int64(load32(times, r))
            store64(time, at, zero + moment)
            store64(match, at, bits)
            at += int(bits != 0) & int(moment >= low) & int(moment <= high)
        return at
    segment, row = load64(out, 2), load64(out, 3)
    for r in range(first, end):
        bits = load64(table, load8(masks, r)) if table else load64(masks, r)
        moment = np.int64(load32(times, r))
        store64(time, at, zero + moment)
        store64(match, at, bits)
        if placed:
            store32(segment, at, s)
            store64(row, at, r)
        at += int(bits != 0) & int(moment >= low) & int(moment <= high)
    return at


@njit(nogil=True, cache=True)
def _id(facts: int, out: int, at: int) -> int:
    """Return the event id of a row that was written with its place."""
    ids = load64(facts, 8 * np.int64(load32(load64(out, 2), at)) + 3)
    found: int = load64(ids, read64(load64(out, 3), at))
    return found


@njit(nogil=True, cache=True)
def _move(source: int, target: int, placed: bool, out: int) -> None:  # noqa: FBT001
    time, match = load64(out, 0), load64(out, 1)
    store64(time, target, load64(time, source))
    store64(match, target, load64(match, source))
    if placed:
        segment, row = load64(out, 2), load64(out, 3)
        store32(segment, target, load32(segment, source))
        store64(row, target, load64(row, source))


@njit(nogil=True, cache=True)
def _merge(begin: int, middle: int, end: int, room: int, placed: bool, facts: int, out: int) -> int:  # noqa: FBT001
    """Bring the rows ``middle:end``, in order, to their places among ``begin:middle``, each event once.

    Merges from the back, and what comes is first moved aside, behind ``end``. Returns the new end, FULL, or
    TIED when places are needed to tell rows of one moment apart.
    """
    time, n = load64(out, 0), end - middle
    if end + n > room:
        return FULL
    for j in range(n):
        _move(middle + j, end + j, placed, out)
    i, j, at = middle - 1, end + n - 1, end - 1
    while j >= end:
        comes = i < begin or read64(time, i) < read64(time, j)
        if not comes and read64(time, i) == read64(time, j):
            if not placed:
                return TIED
            known, own = _id(facts, out, i), _id(facts, out, j)
            if known == own:
                j -= 1
                continue
            comes = known < own
        if comes:
            _move(j, at, placed, out)
            j -= 1
        else:
            _move(i, at, placed, out)
            i -= 1
        at -= 1
    gap = at - i
    if gap > 0:
        for k in range(at + 1, end):
            _move(k, k - gap, placed, out)
    return end - gap


@njit(nogil=True, cache=True)
def _sort(begin: int, end: int, facts: int, out: int) -> int:
    """Put rows with places in order, each event once; returns the new end."""
    time, match, segment, row = load64(out, 0), load64(out, 1), load64(out, 2), load64(out, 3)
    n = end - begin
    t, m, ids = np.empty(n, np.int64), np.empty(n, np.uint64), np.empty(n, np.uint64)
    s, r = np.empty(n, np.int64), np.empty(n, np.int64)
    for i in range(n):
        t[i], m[i], ids[i] = read64(time, begin + i), load64(match, begin + i), _id(facts, out, begin + i)
        s[i], r[i] = np.int64(load32(segment, begin + i)), read64(row, begin + i)
    order = np.argsort(ids, kind="mergesort")
    order = order[np.argsort(t[order], kind="mergesort")]
    at = begin
    for k in range(n):
        i, before = order[k], order[max(k - 1, 0)]
        if k and t[i] == t[before] and ids[i] == ids[before]:
            continue
        store64(time, at, t[i])
        store64(match, at, m[i])
        store32(segment, at, s[i])
        store64(row, at, r[i])
        at += 1
    return at


@njit(nogil=True, cache=True)
def _collect(
    actors: int, n: int, cursor: int, index: int, facts: int,
    begin: int, at: int, room: int, placed: bool, out: int,  # noqa: FBT001
) -> int:  # fmt: skip
    """Add one person's matching rows of one run index to ``begin:at``; returns the new end, FULL, or TIED.

    The runs of a person's actors are read segment by segment, so that what is merged is short. Those of very
    many actors are only put behind each other.
    """
    heads, runs, known, ahead = load64(index, 0), load64(index, 1), read64(index, 2), read64(index, 3)
    earliest, latest, least_code = read64(index, 4), read64(index, 5), read64(index, 6)
    for i in range(n):
        actor = np.int64(load32(actors, i))
        run, stop = np.int64(0), np.int64(0)
        if least_code <= actor < known:
            at_head = actor - least_code
            run, stop = read64(heads, at_head), read64(heads, at_head + 1)
            high = stop
            while high - run > 3:  # segments ascend in time: what lies before the span is leapt over
                middle = (run + high) >> 1
                if np.int64(load32(runs, 4 * middle)) < earliest:
                    run = middle + 1
                else:
                    high = middle
        store64(cursor, 2 * i, run)
        store64(cursor, 2 * i + 1, stop)
    time, s = load64(out, 0), np.int64(-1)
    while True:
        least = np.int64(2**31)
        for i in range(n):
            run, stop = read64(cursor, 2 * i), read64(cursor, 2 * i + 1)
            while run < stop:
                own = np.int64(load32(runs, 4 * run))
                if own > latest:
                    run = stop
                    break
                own += ahead
                if own != s and n > 1:
                    least = min(least, own)
                    break
                first, last = np.int64(load32(runs, 4 * run + 1)), np.int64(load32(runs, 4 * run + 2))
                run += 1
                if read64(facts, 8 * own + 5) > read64(facts, 8 * own + 6):
                    continue
                if at + last - first > room:
                    return FULL
                middle = at
                at = _append(own, first, last, at, placed, facts, out)
                if n <= ABREAST and begin < middle < at and read64(time, middle) <= read64(time, middle - 1):
                    at = _merge(begin, middle, at, room, placed, facts, out)
                    if at < 0:
                        return at
            store64(cursor, 2 * i, run)
        if least == 2**31:
            return at
        s = least


@njit(nogil=True, cache=True)
def _person(
    actors: int, n: int, cursor: int, indexes: int, count: int, facts: int, at: int, room: int, placed: bool, out: int  # noqa: FBT001
) -> int:  # fmt: skip
    """Write one person's rows in order from ``at`` on; returns the new end, FULL, or TIED."""
    end = at
    for number in range(count):
        index = np.uint64(indexes + np.uint64(8 * WORDS * number))
        end = _collect(actors, n, cursor, index, facts, at, end, room, placed, out)
        if end < 0:
            return end
    return _sort(at, end, facts, out) if end > at and n > ABREAST else end


@njit(nogil=True, cache=True)
def _gather(
    first: int, last: int, placed: bool, keep: npt.NDArray[np.bool_], person_heads: Ints, actors: Codes,  # noqa: FBT001
    cursor: Ints, indexes: Words, facts: Words, out: Words, room: int,
    people: Codes, offsets: Ints,
) -> tuple[int, int]:  # fmt: skip
    """Fill whole persons from ``first`` on while there is room; returns (persons written, next person)."""
    written, at = 0, 0
    here, fact, rows = np.uint64(cursor.ctypes.data), np.uint64(facts.ctypes.data), np.uint64(out.ctypes.data)
    codes, runs, count = (
        np.uint64(actors.ctypes.data),
        np.uint64(indexes.ctypes.data),
        indexes.shape[0] // WORDS,
    )
    offsets[0] = 0
    for person in range(first, last):
        if keep.shape[0] and not keep[person]:
            continue
        if written == people.shape[0]:
            return written, person
        a = person_heads[person]
        n, own = person_heads[person + 1] - a, codes + np.uint64(4 * a)
        exact = placed or n > ABREAST
        end = _person(own, n, here, runs, count, fact, at, room, exact, rows)
        if end == TIED:
            end = _person(own, n, here, runs, count, fact, at, room, True, rows)  # noqa: FBT003
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

    ``masks``: per segment what each row matches: an unsigned integer a row, or bits by event code; None where
    the segment has nothing. ``span`` bounds the rows. ``keep``: which persons to read; None is all.
    ``places``: whether to tell the segment and row of each.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        people: People,
        masks: Sequence[Mask | None],
        span: Span,
        keep: npt.NDArray[np.bool_] | None = None,
        *,
        places: bool = True,
    ) -> None:
        self._people, self._placed = people, places
        divided = cuts(snapshot)
        self._heads, self._actors = (people.heads, people.actors) if divided is None else divided.reading
        self._keep = keep if keep is not None else np.zeros(0, np.bool_)
        segments = [loaded.segment for loaded in snapshot.segments]
        base = np.array([segment.base for segment in segments], np.int64)
        top = np.int64(2**32 - 1)
        low = np.clip(span.start - base, 0, top + 1)
        high = np.clip(span.end - 1 - base, -1, top)
        self._held: list[Any] = [snapshot, divided]  # kept alive: the kernels have their addresses
        mask_at, table_at = np.zeros(len(masks), np.uint64), np.zeros(len(masks), np.uint64)
        for index, mask in enumerate(masks):
            if mask is None:
                low[index], high[index] = 1, 0
                continue
            codes, bits = _parts(mask)
            self._held += [codes, bits]
            mask_at[index] = codes.ctypes.data
            table_at[index] = 0 if bits is None else bits.ctypes.data
        self._facts = np.zeros((len(masks), 8), np.uint64)
        times, ids = addresses([one.time for one in segments]), addresses([one.id for one in segments])
        for place, column in enumerate((times, mask_at, table_at, ids, base, low, high)):
            self._facts[:, place] = column.view(np.uint64)
        read = np.flatnonzero(low <= high)
        indexes = snapshot.indexes if divided is None else (*snapshot.indexes, divided.index)
        self._indexes = np.concatenate([_words(index, read) for index in indexes] or [np.zeros(0, np.uint64)])
        self._widest = int(np.diff(self._heads).max(initial=1))

    def read(self, first: int, last: int, buffer: Rows | None = None) -> tuple[Rows, int]:
        """Return rows of whole persons from ``first`` on and the person to go on with.

        ``buffer`` is written over and returned in part, so that what was read from it before is gone; a
        person with more rows than it holds gets as much room as they need.
        """
        rows, cursor = buffer or room_for(ROOM), np.empty(2 * self._widest, np.int64)
        while True:
            written, following = _gather(
                first, last, self._placed, self._keep, self._heads, self._actors,
                cursor, self._indexes, self._facts.reshape(-1),
                addresses([rows.time, rows.match, rows.segment, rows.row]), len(rows.time), rows.people, rows.offsets,
            )  # fmt: skip
            if written or following >= last:
                end = int(rows.offsets[written])
                placed = end if self._placed else 0
                return Rows(
                    rows.people[:written], rows.offsets[: written + 1], rows.time[:end],
                    rows.match[:end], rows.segment[:placed], rows.row[:placed],
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


def _parts(mask: Mask) -> tuple[npt.NDArray[Any], Words | None]:
    """Return (a value a row, what each value matches; None when the value is the match)."""
    if isinstance(mask, Coded):
        return mask.codes, mask.bits
    return (mask, IDENTITY) if mask.dtype.itemsize == 1 else (mask.astype(np.uint64, copy=False), None)


def _words(index: RunIndex, read: Ints) -> Words:
    """Return where a run index is, the actors it knows, its first segment, and the span of those to be read."""
    found = np.zeros(WORDS, np.int64)
    found[6] = index.least
    own = read[read >= index.first] - index.first
    found[2:6] = index.least + len(index.heads) - 1, index.first, own.min(initial=2**31), own.max(initial=-1)
    found[:2] = addresses([index.heads, index.runs]).view(np.int64)
    return found.view(np.uint64)


def _join(arrays: list[npt.NDArray[Any]], dtype: Any) -> npt.NDArray[Any]:
    return np.concatenate(arrays) if arrays else np.zeros(0, dtype)
