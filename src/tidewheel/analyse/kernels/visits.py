"""Cutting each person's rows into sessions, and folding each session into a line."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from tidewheel.analyse.contract import Floats, Ints
from tidewheel.analyse.kernels import kernel
from tidewheel.analyse.kernels.cells import Cells, no_cells, tally

Flags = npt.NDArray[np.bool_]
LOW: Final = 40
"""A measured cell's key has the line above, then the value times the buckets, then the bucket."""


@kernel
def number(offsets: Ints, time: Ints, active: Flags, cut: Flags, day: Ints, gap: int, session: Ints) -> None:
    """Write the session of each row, from 0 for each person, -1 before their first active row.

    An active row begins a session if it is the first, comes more than ``gap`` ms after the active row before
    it, is a cut, or is of another day (``day`` empty: days do not matter).
    """
    for p in range(offsets.size - 1):
        at, last, last_day = -1, 0, 0
        for i in range(offsets[p], offsets[p + 1]):
            if active[i]:
                today = day[i] if day.size else 0
                if at < 0 or time[i] - last > gap or cut[i] or today != last_day:
                    at += 1
                last, last_day = time[i], today
            session[i] = at


@kernel
def fold(
    offsets: Ints, active: Flags, deep: Flags, wanted: Flags, session: Ints,
    person: Ints, first: Ints, last: Ints, depth: Ints,
) -> int:  # fmt: skip
    """Write one line a session: its person, first and last active row and how many active rows are ``deep``.

    Only sessions with an active ``wanted`` row are written; returns how many there are.
    """
    n = 0
    for p in range(offsets.size - 1):
        at, holds = -1, False
        for i in range(offsets[p], offsets[p + 1]):
            if not active[i]:
                continue
            if session[i] != at:
                if at >= 0 and holds:
                    n += 1
                at, holds = session[i], False
                person[n], first[n], depth[n] = p, i, 0
            last[n] = i
            depth[n] += 1 if deep[i] else 0
            holds = holds or wanted[i]
        if at >= 0 and holds:
            n += 1
    return n


@kernel
def plainly(offsets: Ints, time: Ints, gap: int, person: Ints, first: Ints, last: Ints, depth: Ints) -> int:
    """Do what :func:`number` and :func:`fold` do where every row is active, deep and wanted, and none is a cut."""
    n = 0
    for p in range(offsets.size - 1):
        begin = offsets[p]
        for i in range(offsets[p] + 1, offsets[p + 1] + 1):
            if i == offsets[p + 1] or time[i] - time[i - 1] > gap:
                person[n], first[n], last[n], depth[n] = p, begin, i - 1, i - begin
                begin = i
                n += 1
    return n


@kernel
def points(
    bucket: Ints, person: Ints, seconds: Ints, depth: Ints, lasting: Ints, deep: Ints, out: Ints, bins: Ints
) -> None:
    """Add sessions, people, bounces, seconds and depth to ``out`` (5 x buckets, the last one the whole period).

    ``bins`` (2 x bins) get sessions and people between the cuts ``lasting`` of seconds, then between the cuts ``deep``.
    The sessions of a person stand together.
    """
    width = out.shape[1]
    last, met = np.full(width, -1, np.int64), np.full(bins.shape[1], -1, np.int64)
    for i in range(bucket.size):
        b, bounces = bucket[i], 1 if depth[i] <= 1 else 0
        out[0, b] += 1
        if last[b] != person[i]:
            last[b] = person[i]
            out[1, b] += 1
        if last[width - 1] != person[i]:
            last[width - 1] = person[i]
            out[1, width - 1] += 1
        out[2, b] += bounces
        out[3, b] += seconds[i]
        out[4, b] += depth[i]
        at = 0
        while at < lasting.size and seconds[i] >= lasting[at]:
            at += 1
        bins[0, at] += 1
        if met[at] != person[i]:
            met[at] = person[i]
            bins[1, at] += 1
        at = 0
        while at < deep.size and depth[i] >= deep[at]:
            at += 1
        at += lasting.size + 1
        bins[0, at] += 1
        if met[at] != person[i]:
            met[at] = person[i]
            bins[1, at] += 1
    for b in range(width - 1):
        for column in (0, 2, 3, 4):
            out[column, width - 1] += out[column, b]


@kernel
def ranks(
    values: Ints, bucket: Ints, counts: Ints, width: int, shares: Floats, low: Floats, high: Floats
) -> Ints:
    """Find the values on both sides of each share (shares x width) of each bucket's counted values, which ascend.

    The last bucket is all of them together. Returns how many values each bucket has.
    """
    total = np.zeros(width, np.int64)
    for i in range(values.size):
        total[bucket[i]] += counts[i]
    for b in range(width - 1):
        total[width - 1] += total[b]
    seen = np.zeros(width, np.int64)
    for i in range(values.size):
        for b in (bucket[i], width - 1):
            before = seen[b]
            seen[b] += counts[i]
            for s in range(shares.size):
                place = int(shares[s] * (total[b] - 1))
                if before <= place < seen[b]:
                    low[s, b] = values[i]
                if before <= min(place + 1, total[b] - 1) < seen[b]:
                    high[s, b] = values[i]
    return total


def percentiles(
    cells: tuple[Cells, ...], width: int, codes: Ints, *shares: float
) -> list[list[float | None]]:
    """Return for each share the percentiles of each bucket, then of all: between two values in proportion."""
    found = [one.between((code + 1) << LOW, (code + 2) << LOW) for one in cells for code in codes.tolist()]
    held = Cells(*found[0]) if found else no_cells(1)
    if len(found) > 1:
        keys, counts = (np.concatenate(parts, axis=-1) for parts in zip(*found, strict=True))
        held = tally(keys, counts)
    values, bucket = np.divmod(held.keys, width)
    low, high = np.zeros((2, len(shares), width))
    total = ranks(values, bucket, held.columns[0], width, np.array(shares), low, high)
    place = np.array(shares)[:, None] * (total - 1)
    between = low + (high - low) * (place - np.floor(place))
    return [
        [value if count else None for value, count in zip(line, total.tolist(), strict=True)]
        for line in between.tolist()
    ]
