"""What clients numbered and never came: gaps in the counts that clients keep of what they send.

Some clients number what they send: Youshu within a run of the mini program, GrowingIO within a device. A protocol
keeps both with the event, :data:`RUN` and :data:`NUMBER`. Between the lowest and the highest number that came of a run,
every number that did not come is missing, on the day of the last event before the gap. Where the client's next start
reports how far a run had counted (:data:`REPORTED_RUN`, :data:`REPORTED_NUMBER`), the run begins at 1 and ends there;
of a run from which nothing came all is missing, on the day of the report.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tidewheel.core.events import column_name
from tidewheel.core.period import Calendar
from tidewheel.store.columns.segment import SOURCE, Segment
from tidewheel.store.view import Snapshot

RUN: Final = "delivery_id"
NUMBER: Final = "delivery_number"
REPORTED_RUN: Final = "last_tracking_id"
REPORTED_NUMBER: Final = "last_max_log_id"
BEFORE: Final = 2 * 86_400_000
"""How long before the first day runs that reach into it are looked for, in ms."""
JUMP: Final = 10_000
"""A gap of more numbers than this is a client that counts anew, not a loss."""

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Day:
    """How many numbers came on a day, and how many of those that clients had given did not."""

    day: date
    arrived: int
    missing: int


@dataclass(frozen=True, slots=True)
class Losses:
    """Days ascending; ``runs`` is how many runs something came from. No runs: the clients number nothing."""

    days: list[Day]
    runs: int


@dataclass(frozen=True, slots=True)
class Numbered:
    """Parallel arrays: of which run a row is, its number, when it happened (ms)."""

    run: pa.Array
    number: Ints
    time: Ints


def losses(snapshot: Snapshot, source: str, calendar: Calendar, now: int, days: int) -> Losses:
    """Return what came and what is missing of a source, on today and the ``days`` - 1 before it."""
    today = calendar.local(now).date()
    listed = [today - timedelta(days=back) for back in range(days - 1, -1, -1)]
    edges = np.array([calendar.at(day) for day in (*listed, today + timedelta(days=1))], np.int64)
    first = int(edges[0]) - BEFORE
    segments = [loaded.segment for loaded in snapshot.whole().segments]
    near = [segment for segment in segments if segment.end >= first]
    rows = _joined([_read(segment, source, RUN, NUMBER, first) for segment in near])
    reports = _joined(
        [_read(segment, source, REPORTED_RUN, REPORTED_NUMBER, int(edges[0])) for segment in near]
    )
    older = _seen_before(
        [segment for segment in segments if segment.start < first], source, reports.run, first
    )
    arrived, missing = count(rows, reports, older, edges)
    inside = rows.time >= edges[0]
    runs = len(pc.unique(rows.run.filter(pa.array(inside))))
    cells = zip(listed, arrived.tolist(), missing.tolist(), strict=True)
    return Losses([Day(*cell) for cell in cells], runs)


def count(rows: Numbered, reports: Numbered, older: pa.Array, edges: Ints) -> tuple[Ints, Ints]:
    """Return how many numbers came and are missing between each two of ``edges`` (ms).

    ``older`` are runs with events before ``rows`` begin: where they begin is not known.
    """
    names = pa.concat_arrays([rows.run, reports.run]).dictionary_encode()
    codes = names.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    run, told = codes[: len(rows.number)], codes[len(rows.number) :]
    known = len(names.dictionary)
    was_before = pc.is_in(names.dictionary, older).to_numpy(zero_copy_only=False)
    order = np.lexsort((rows.time, rows.number, run))
    run, number, time = run[order], rows.number[order], rows.time[order]
    fresh = np.ones(len(run), np.bool_)
    fresh[1:] = (run[1:] != run[:-1]) | (number[1:] != number[:-1])
    run, number, time = run[fresh], number[fresh], time[fresh]
    same = run[1:] == run[:-1]
    gaps = np.where(same, number[1:] - number[:-1] - 1, 0)
    upto, when = np.zeros(known, np.int64), np.full(known, 2**62, np.int64)
    np.maximum.at(upto, told, reports.number)
    np.minimum.at(when, told, reports.time)
    starts = np.flatnonzero(np.concatenate(([True], ~same))) if len(run) else np.zeros(0, np.int64)
    ends = np.append(starts[1:], len(run)) - 1 if len(run) else starts
    reported = upto[run[starts]] > 0
    heads = np.where(reported & ~was_before[run[starts]], number[starts] - 1, 0)
    tails = np.where(reported, upto[run[ends]] - number[ends], 0)
    gone = np.setdiff1d(told, np.concatenate((run, np.flatnonzero(was_before))))
    lost = np.concatenate((gaps, heads, tails, upto[gone]))
    at = np.concatenate((time[:-1], time[starts], time[ends], when[gone]))
    lost[(lost < 0) | (lost > JUMP)] = 0
    return _by_day(time, np.ones(len(time), np.int64), edges), _by_day(at, lost, edges)


def _by_day(time: Ints, amount: Ints, edges: Ints) -> Ints:
    day = np.searchsorted(edges, time, side="right") - 1
    inside = (day >= 0) & (day < len(edges) - 1)
    return np.bincount(day[inside], amount[inside], len(edges) - 1).astype(np.int64)


def _read(segment: Segment, source: str, run: str, number: str, first: int) -> Numbered:
    """Return the rows of a source that have a run and a number of 1 or more, from ``first`` on."""
    runs = segment.columns.get(column_name(run, "text"))
    numbers = segment.columns.get(column_name(number, "number"))
    rows = _of(segment, source)
    if runs is None or numbers is None or not len(rows):
        return Numbered(pa.array([], pa.large_string()), np.zeros(0, np.int64), np.zeros(0, np.int64))
    found, codes = numbers.floats(rows), runs.codes(rows)
    time = segment.base + segment.time[rows].astype(np.int64)
    kept = (codes >= 0) & (found >= 1) & (found < 2**53) & (time >= first)
    return Numbered(runs.dictionary().take(pa.array(codes[kept])), found[kept].astype(np.int64), time[kept])


def _of(segment: Segment, source: str) -> Ints:
    column = segment.columns.get(SOURCE)
    if column is None:
        return np.zeros(0, np.int64)
    code = pc.index(column.dictionary(), pa.scalar(source, pa.large_string())).as_py()
    rows = column.present_at()
    return rows[column.values == code] if code >= 0 else rows[:0]


def _seen_before(segments: list[Segment], source: str, wanted: pa.Array, first: int) -> pa.Array:
    """Return which of the wanted runs have events before ``first``."""
    found = [pa.array([], pa.large_string())]
    for segment in segments if len(wanted) else ():
        words = segment.columns.get(column_name(RUN, "text"))
        if words is None or not pc.any(pc.is_in(words.dictionary(), wanted)).as_py():
            continue
        rows = _of(segment, source)
        rows = rows[segment.base + segment.time[rows].astype(np.int64) < first]
        codes = words.codes(rows)
        runs = words.dictionary().take(pa.array(np.unique(codes[codes >= 0])))
        found.append(runs.filter(pc.is_in(runs, wanted)))
    return pa.concat_arrays(found)


def _joined(parts: list[Numbered]) -> Numbered:
    empty = np.zeros(0, np.int64)
    return Numbered(
        pa.concat_arrays([pa.array([], pa.large_string()), *(part.run for part in parts)]),
        np.concatenate([empty, *(part.number for part in parts)]),
        np.concatenate([empty, *(part.time for part in parts)]),
    )
