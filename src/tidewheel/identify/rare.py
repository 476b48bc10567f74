"""Gathering rows that are few: picked out of the segments as they lie, then put in order by person.

What most events are not is quicker found so than by walking every person's runs: the event codes are read once, a byte
a row, and only what matches is sorted.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from numba import njit

from tidewheel.core.period import Span
from tidewheel.identify.gather import ROOM, Coded, Codes, Ints, Mask, Rows, Words
from tidewheel.identify.hands import cuts
from tidewheel.identify.resolve import People
from tidewheel.store.columns.pointers import addresses, load64
from tidewheel.store.view import Loaded, Snapshot

SHARE: Final = 8
"""Rows are few when at most one of so many matches."""
MOST: Final = 4_000_000
"""Most rows that are held at once, 40 bytes each while they are sorted."""
SHORT: Final = 64
RANGES: Final = 4
"""Most ranges of persons that are put in order at once: each looks at all rows."""
WORTH: Final = 1 << 16
"""Rows that are worth a range more."""
NOBODY: Final = -1
COUNTS: Final = "$rows"
"""Where a segment keeps how many rows each event code has, and which."""
Flags = npt.NDArray[np.bool_]
Held = tuple[npt.NDArray[np.uint32], Codes, npt.NDArray[np.uint32]]
"""Rows of a segment, their actors and times."""


@njit(nogil=True, cache=True)
def _pick(
    rows: npt.NDArray[np.uint32], actors: Codes, times: npt.NDArray[np.uint32], bits: Words,
    person_of: Codes, keep: Flags, base: int, low: int, high: int, number: int,
    n: int, person: Codes, time: Ints, match: Words, segment: Codes, row: Ints,
) -> int:  # fmt: skip
    """Write those of some rows of one segment that lie in ``low`` … ``high`` - 1 behind ``n`` others; returns how many.

    ``bits`` is one word a row, or one for all.
    """
    for i in range(rows.shape[0]):
        who, moment = person_of[actors[i]], base + np.int64(times[i])
        if moment < low or moment >= high or (keep.shape[0] and not keep[who]):
            continue
        person[n], time[n], match[n] = who, moment, bits[i if bits.shape[0] > 1 else 0]
        segment[n], row[n] = number, rows[i]
        n += 1
    return n


@njit(nogil=True, cache=True)
def _by_id(begin: int, end: int, ids: Words, match: Words, segment: Codes, row: Ints) -> None:
    """Put the rows ``begin:end``, which share a moment, in the order of their ids."""
    own = np.empty(end - begin, np.uint64)
    for k in range(begin, end):
        own[k - begin] = load64(ids[segment[k]], row[k])
    order = begin + np.argsort(own, kind="mergesort")
    match[begin:end], segment[begin:end], row[begin:end] = match[order], segment[order], row[order]


@njit(nogil=True, cache=True)
def _order(
    first: int, last: int, person: Codes, time: Ints, match: Words, segment: Codes, row: Ints, ids: Words
) -> tuple[Codes, Ints, Ints, Words, Codes, Ints]:
    """Return the rows of the persons ``first`` … ``last`` - 1 by (person, time, id), each event once; see ``Rows``.

    ``ids`` has the address of each segment's ids; they are read only where two rows of a person share a moment.
    """
    persons = last - first
    heads = np.zeros(persons + 1, np.int64)
    for i in range(person.shape[0]):
        if first <= person[i] < last:
            heads[person[i] - first + 1] += 1
    some = 0
    for p in range(persons):
        some += int(heads[p + 1] > 0)
        heads[p + 1] += heads[p]
    rows, fill = heads[persons], heads[:-1].copy()
    to_time, to_match = np.empty(rows, np.int64), np.empty(rows, np.uint64)
    to_segment, to_row = np.empty(rows, np.int32), np.empty(rows, np.int64)
    for i in range(person.shape[0]):
        if first <= person[i] < last:
            at = fill[person[i] - first]
            fill[person[i] - first] = at + 1
            to_time[at], to_match[at], to_segment[at], to_row[at] = time[i], match[i], segment[i], row[i]
    people, offsets = np.empty(some, np.int32), np.zeros(some + 1, np.int64)
    written, n = 0, 0
    for p in range(persons):
        begin, end = heads[p], heads[p + 1]
        if begin == end:
            continue
        if end - begin > SHORT:
            order = begin + np.argsort(to_time[begin:end], kind="mergesort")
            to_time[begin:end], to_match[begin:end] = to_time[order], to_match[order]
            to_segment[begin:end], to_row[begin:end] = to_segment[order], to_row[order]
        else:
            for k in range(begin + 1, end):
                t, j = to_time[k], k - 1
                if t >= to_time[j]:
                    continue
                m, s, r = to_match[k], to_segment[k], to_row[k]
                while j >= begin and to_time[j] > t:
                    to_time[j + 1], to_match[j + 1] = to_time[j], to_match[j]
                    to_segment[j + 1], to_row[j + 1] = to_segment[j], to_row[j]
                    j -= 1
                to_time[j + 1], to_match[j + 1], to_segment[j + 1], to_row[j + 1] = t, m, s, r
        k = begin
        while k < end:
            stop = k + 1
            while stop < end and to_time[stop] == to_time[k]:
                stop += 1
            if stop > k + 1:
                _by_id(k, stop, ids, to_match, to_segment, to_row)
            moment, known = n, to_time[k]
            while k < stop:
                if n == moment or load64(ids[to_segment[k]], to_row[k]) != load64(
                    ids[to_segment[n - 1]], to_row[n - 1]
                ):
                    to_time[n], to_match[n], to_segment[n], to_row[n] = (
                        known, to_match[k], to_segment[k], to_row[k],
                    )  # fmt: skip
                    n += 1
                k += 1
        people[written] = first + p
        written += 1
        offsets[written] = n
    return people, offsets, to_time[:n], to_match[:n], to_segment[:n], to_row[:n]


@dataclass(frozen=True, slots=True)
class Few:
    """Rows of everyone, read like a :class:`~tidewheel.identify.gather.Gatherer`. Safe to share between threads.

    ``parts`` hold those of ranges of persons; ``ends`` is where each range ends.
    """

    parts: list[Rows]
    ends: list[int]

    @property
    def count(self) -> int:
        """How many rows there are."""
        return sum(len(rows.time) for rows in self.parts)

    def read(self, first: int, last: int, buffer: Rows | None = None) -> tuple[Rows, int]:  # noqa: ARG002
        """Return rows of whole persons from ``first`` on and the person to go on with."""
        at = bisect_right(self.ends, first, hi=len(self.ends) - 1)
        rows, last = self.parts[at], min(last, self.ends[at])
        begin, stop = np.searchsorted(rows.people, [first, last]).tolist()
        end = int(np.searchsorted(rows.offsets, rows.offsets[begin] + ROOM, side="right")) - 1
        end = min(max(end, begin + 1), stop)
        low, high = int(rows.offsets[begin]), int(rows.offsets[end])
        return Rows(
            rows.people[begin:end], rows.offsets[begin : end + 1] - low, rows.time[low:high],
            rows.match[low:high], rows.segment[low:high], rows.row[low:high],
        ), last if end == stop else int(rows.people[end])  # fmt: skip


def few(
    snapshot: Snapshot,
    people: People,
    masks: Sequence[Mask | None],
    span: Span,
    keep: Flags | None,
    mapper: Callable[[Callable[[Any], Any], list[Any]], list[Any]],
) -> Few | None:
    """Return the matching rows if they are few, None if they are not; see :class:`Gatherer` for the parameters."""
    counts = [_count(loaded, mask) for loaded, mask in zip(snapshot.segments, masks, strict=True)]
    read = sum(
        one.segment.rows for one, mask in zip(snapshot.segments, masks, strict=True) if mask is not None
    )
    if sum(counts) * SHARE > read or sum(counts) > MOST:
        return None
    kept = np.zeros(0, np.bool_) if keep is None else keep
    if (
        people.count and people.heads[-1] == people.heads[-2]
    ):  # the last of a shard is nobody, see ``grouped``
        kept = np.ones(people.count, np.bool_) if keep is None else keep.copy()
        kept[-1] = False

    divided = cuts(snapshot)
    person_of = people.person_of if divided is None else divided.person_of
    heads = np.concatenate((np.zeros(1, np.int64), np.cumsum(counts, dtype=np.int64))).tolist()
    rows = heads[-1]
    picked = (
        np.empty(rows, np.int32), np.empty(rows, np.int64), np.empty(rows, np.uint64),
        np.empty(rows, np.int32), np.empty(rows, np.int64),
    )  # fmt: skip

    def pick(number: int) -> None:
        loaded, n = snapshot.segments[number], heads[number]
        for bits, (own, actors, times) in _rows(loaded, masks[number]):
            codes = actors if divided is None else divided.codes(loaded, own, actors)
            n = _pick(
                own, codes, times, bits, person_of, kept, loaded.segment.base, span.start, span.end, number, n,
                *picked,
            )  # fmt: skip
        picked[0][n : heads[number + 1]] = NOBODY

    mapper(pick, [number for number, count in enumerate(counts) if count])
    ids = addresses([one.segment.id for one in snapshot.segments])
    pieces = min(RANGES, 1 + rows // WORTH)
    bounds = [people.count * piece // pieces for piece in range(pieces + 1)]
    parts = mapper(lambda piece: Rows(*_order(*bounds[piece : piece + 2], *picked, ids)), list(range(pieces)))
    return Few(parts, bounds[1:])


def _count(loaded: Loaded, mask: Mask | None) -> int:
    """Return how many rows match; all of them where that is not known without looking at each."""
    if mask is None:
        return 0
    if not isinstance(mask, Coded):
        return int(np.count_nonzero(mask)) if mask.dtype.itemsize == 1 else loaded.segment.rows
    return int(_counts(loaded)[mask.bits != 0].sum())


def _counts(loaded: Loaded) -> Ints:
    """Return how many rows each event code has; made once a segment."""
    known: Ints | None = loaded.kept.get(COUNTS)
    if known is None:
        known = loaded.kept[COUNTS] = np.bincount(loaded.segment.event, minlength=256)
    return known


def seldom(snapshot: Snapshot, names: Collection[str], span: Span) -> bool:
    """Say whether events of these names are few among those of a span."""
    rows = met = 0
    for loaded in snapshot.segments:
        segment = loaded.segment
        if segment.start < span.end and segment.end >= span.start:
            rows += segment.rows
            met += int(_counts(loaded)[[at for at, name in enumerate(segment.names) if name in names]].sum())
    return met * SHARE <= rows and met <= MOST


def _rows(loaded: Loaded, mask: Any) -> list[tuple[Words, Held]]:
    """Return the matching rows with their bits; those of an event code are kept with the segment, 12 bytes a row."""
    if not isinstance(mask, Coded):
        rows = np.flatnonzero(mask)
        return [(mask[rows].astype(np.uint64), _held(loaded, rows))]
    found = []
    for code in np.flatnonzero(mask.bits[: len(loaded.segment.names)]).tolist():
        held = loaded.kept.get((COUNTS, code))
        if held is None:
            held = loaded.kept[COUNTS, code] = _held(loaded, np.flatnonzero(mask.codes == code))
        found.append((mask.bits[code : code + 1], held))
    return found


def _held(loaded: Loaded, rows: Ints) -> Held:
    run = np.searchsorted(loaded.segment.runs, rows, side="right") - 1
    return rows.astype(np.uint32), loaded.actors[run], loaded.segment.time[rows]
