"""Gathering rows that are few: picked out of the segments as they lie, then put in order by person.

What most events are not is quicker found so than by walking every person's runs: the event codes are read once, a byte
a row, and only what matches is sorted.
"""

from __future__ import annotations

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
from tidewheel.store.view import Loaded, Snapshot

SHARE: Final = 8
"""Rows are few when at most one of so many matches."""
MOST: Final = 4_000_000
"""Most rows that are held at once, 40 bytes each while they are sorted."""
SHORT: Final = 64
COUNTS: Final = "$rows"
"""Where a segment keeps how many rows each event code has, and which."""
Flags = npt.NDArray[np.bool_]
Picked = tuple[Codes, Ints, Words, Codes, Ints]
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
def _order(
    persons: int, person: Codes, time: Ints, id_: Words, order: Ints, people: Codes, offsets: Ints
) -> tuple[int, int]:
    """Order rows by (person, time, id), each event once; returns how many persons and rows there are.

    Without ids (``id_`` empty) it returns -1 persons once two rows of a person share a moment.
    """
    known, heads = id_.shape[0] > 0, np.zeros(persons + 1, np.int64)
    for i in range(person.shape[0]):
        heads[person[i] + 1] += 1
    for p in range(persons):
        heads[p + 1] += heads[p]
    fill, placed = heads[:-1].copy(), np.empty(person.shape[0], np.int64)
    for i in range(person.shape[0]):
        placed[fill[person[i]]] = i
        fill[person[i]] += 1
    written, at = 0, 0
    offsets[0] = 0
    for p in range(persons):
        begin, end = heads[p], heads[p + 1]
        if begin == end:
            continue
        own = placed[begin:end]
        if end - begin > SHORT:
            if known:
                own[:] = own[np.argsort(id_[own], kind="mergesort")]
            own[:] = own[np.argsort(time[own], kind="mergesort")]
        else:
            for k in range(1, own.shape[0]):
                one, j = own[k], k - 1
                while j >= 0 and (
                    time[own[j]] > time[one]
                    or (known and time[own[j]] == time[one] and id_[own[j]] > id_[one])
                ):
                    own[j + 1] = own[j]
                    j -= 1
                own[j + 1] = one
        for k in range(own.shape[0]):
            if k and time[own[k]] == time[own[k - 1]]:
                if not known:
                    return -1, 0
                if id_[own[k]] == id_[own[k - 1]]:
                    continue
            order[at] = own[k]
            at += 1
        people[written] = p
        written += 1
        offsets[written] = at
    return written, at


@dataclass(frozen=True, slots=True)
class Few:
    """Rows of everyone, read like a :class:`~tidewheel.identify.gather.Gatherer`. Safe to share between threads."""

    rows: Rows

    def read(self, first: int, last: int, buffer: Rows | None = None) -> tuple[Rows, int]:  # noqa: ARG002
        """Return rows of whole persons from ``first`` on and the person to go on with."""
        rows = self.rows
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

    def pick(number: int) -> Picked:
        segment, count, n = snapshot.segments[number].segment, counts[number], 0
        out: Picked = (
            np.empty(count, np.int32), np.empty(count, np.int64), np.empty(count, np.uint64),
            np.empty(count, np.int32), np.empty(count, np.int64),
        )  # fmt: skip
        loaded = snapshot.segments[number]
        for bits, (rows, actors, times) in _rows(loaded, masks[number]):
            codes = actors if divided is None else divided.codes(loaded, rows, actors)
            n = _pick(
                rows, codes, times, bits, person_of, kept, segment.base, span.start, span.end, number, n, *out
            )
        return tuple(column[:n] for column in out)  # type: ignore[return-value]

    found = mapper(pick, [number for number, count in enumerate(counts) if count])
    none = np.zeros(0, np.int64)
    if not found:
        return Few(
            Rows(
                none.astype(np.int32),
                np.zeros(1, np.int64),
                none,
                none.view(np.uint64),
                none.astype(np.int32),
                none,
            )
        )
    person, time, match, segment, row = (np.concatenate(columns) for columns in zip(*found, strict=True))
    order, who = np.empty(person.size, np.int64), np.empty(person.size, np.int32)
    offsets = np.empty(person.size + 1, np.int64)
    n, rows = _order(people.count, person, time, none.view(np.uint64), order, who, offsets)
    if n < 0:
        ids = [one.segment.id for one in snapshot.segments]
        id_ = np.empty(person.size, np.uint64)
        for number in np.unique(segment).tolist():
            own = segment == number
            id_[own] = ids[number][row[own]]
        n, rows = _order(people.count, person, time, id_, order, who, offsets)
    order = order[:rows]
    return Few(
        Rows(who[:n].copy(), offsets[: n + 1].copy(), time[order], match[order], segment[order], row[order])
    )


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
