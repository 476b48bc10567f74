"""Calendar buckets, cut once for all the blocks of a question."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

import numpy as np

from tidewheel.analyse.contract import Context, Ints
from tidewheel.analyse.kernels import kernel
from tidewheel.core.period import Calendar, Grain, Span


@lru_cache(maxsize=256)
def edges(calendar: Calendar, span: Span, grain: Grain) -> Ints:
    """Return bucket starts covering ``span`` plus the end of the last one; not to be written to."""
    found = calendar.edges(span, grain)
    found.setflags(write=False)
    return found


def numbered(cuts: Ints, time: Ints, first: int | None = None) -> Ints:
    """Return the bucket of each moment, ``cuts[b] <= time < cuts[b + 1]``; -1 before ``first`` (or all cuts)."""
    widths = np.diff(cuts)
    even = int(widths[0]) if widths.size and (widths == widths[0]).all() else 0
    found = np.empty(time.size, np.int64)
    _number(cuts, even, int(cuts[0]) if first is None else first, time, found)
    return found


@kernel
def _number(cuts: Ints, even: int, first: int, time: Ints, found: Ints) -> None:
    last, b = cuts.size - 1, 0
    for i in range(time.size):
        t = time[i]
        if t < first or t < cuts[0]:
            found[i] = -1
            continue
        if even:
            found[i] = min((t - cuts[0]) // even, last)
            continue
        if t < cuts[b]:
            b = 0
        if b + 8 <= last and t >= cuts[b + 8]:
            b = np.searchsorted(cuts, t, side="right") - 1
        while b < last and t >= cuts[b + 1]:
            b += 1
        found[i] = b


def starts(calendar: Calendar, cuts: Ints) -> list[str]:
    """Return bucket starts as ISO 8601 in the project's zone."""
    return [calendar.local(int(cut)).isoformat() for cut in cuts[:-1]]


def unfinished(context: Context, cuts: Ints) -> list[bool]:
    """Mark the buckets that are not over yet, or that the asked period covers only in part."""
    span = context.span
    return [end > min(context.now, span.end) or start < span.start for start, end in pairwise(cuts.tolist())]
