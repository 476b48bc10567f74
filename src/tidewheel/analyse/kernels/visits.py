"""Cutting each person's rows into sessions, and folding each session into a line."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from tidewheel.analyse.contract import Ints
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


def percentiles(
    cells: tuple[Cells, ...], width: int, codes: Ints, *shares: float
) -> list[list[float | None]]:
    """Return for each share the percentiles of each bucket, then of all: between two values in proportion."""
    found = [one.between((code + 1) << LOW, (code + 2) << LOW) for one in cells for code in codes.tolist()]
    held = no_cells(1)
    if found:
        keys, counts = (np.concatenate(parts, axis=-1) for parts in zip(*found, strict=True))
        held = tally(keys, counts)
    values, bucket = held.keys // width, held.keys % width
    order = np.argsort(bucket.astype(np.int32), kind="stable")
    values = np.concatenate([values[order], values])
    ends = np.concatenate([np.zeros(1, np.int64), np.cumsum(held.columns[0, np.r_[order, : order.size]])])
    edges = np.append(np.searchsorted(bucket[order], np.arange(width)), values.size)
    first, last = ends[edges[:-1]], ends[edges[1:]] - 1
    some = last >= first
    shown = []
    for share in shares:
        place = share * (last - first)[some]
        low = place.astype(np.int64)
        lower, upper = (
            values[np.searchsorted(ends, np.minimum(first[some] + at, last[some]), "right") - 1]
            for at in (low, low + 1)
        )
        line: list[float | None] = [None] * width
        for at, value in zip(
            np.flatnonzero(some).tolist(), lower + (upper - lower) * (place - low), strict=True
        ):
            line[at] = float(value)
        shown.append(line)
    return shown
