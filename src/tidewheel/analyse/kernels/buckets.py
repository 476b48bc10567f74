"""Calendar buckets, cut once for all the blocks of a question."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import Literal, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from tidewheel.analyse.contract import Context, Ints
from tidewheel.analyse.kernels import kernel
from tidewheel.analyse.moments import working
from tidewheel.core.errors import BadInput
from tidewheel.core.period import HOUR, Calendar, Grain, Span
from tidewheel.core.text import Text

Days: TypeAlias = Literal["all", "working", "off"]
"""Which days count: every day, working days, days off."""


@lru_cache(maxsize=256)
def edges(calendar: Calendar, span: Span, grain: Grain) -> Ints:
    """Return bucket starts covering ``span`` plus the end of the last one; not to be written to."""
    found = calendar.edges(span, grain)
    found.setflags(write=False)
    return found


class Cut(NamedTuple):
    """How a period is cut: bucket ``b`` holds the moments of ``cuts[b] <= time < cuts[b + 1]`` on the days that count.

    It is over at ``ends[b]``, which is earlier than where the next begins when days between do not count. The first
    ``history`` lie before the period.
    """

    cuts: Ints
    ends: Ints
    history: int


@lru_cache(maxsize=256)
def cut(calendar: Calendar, span: Span, grain: Grain, days: Days, earlier: int) -> Cut:
    """Return the buckets of a period in which any day counts, and so many before it; raises BadInput for none."""
    starts, ends = _counting(calendar, edges(calendar, span, grain), days)
    if not starts.size:
        raise BadInput(
            "no_such_days",
            Text("There is no such day in this period.", "该时间段内没有这样的日子。"),
            field="days",
            got=days,
            hint=Text("Choose a longer period.", "请选择更长的时间段。"),
        )
    before: list[tuple[int, int]] = []
    stop = int(edges(calendar, span, grain)[0])
    while len(before) < earlier:
        begin = calendar.floor(stop - 1, grain)
        if _counting(calendar, np.array([begin, stop]), days)[0].size:
            before.insert(0, (begin, stop))
        stop = begin
    history = np.array(before, np.int64).reshape(-1, 2)
    ends = np.concatenate([history[:, 1], ends])
    return Cut(np.concatenate([history[:, 0], starts, ends[-1:]]), ends, len(before))


def cut_after(calendar: Calendar, after: int, grain: Grain, days: Days, count: int) -> Ints:
    """Return the starts of the next buckets in which any day counts, and the end of the last."""
    found: list[int] = []
    start = after
    while len(found) < count:
        end = calendar.next(start, grain)
        if _counting(calendar, np.array([start, end]), days)[0].size:
            found.append(start)
        start = end
    return np.array([*found, start], np.int64)


def _counting(calendar: Calendar, cuts: Ints, days: Days) -> tuple[Ints, Ints]:
    """Return start and end of the buckets in which any day counts."""
    starts, ends = cuts[:-1], cuts[1:]
    if days == "all":
        return starts, ends
    wanted = np.array(
        [counts(calendar, np.arange(start, end, HOUR), days).any() for start, end in pairwise(cuts)]
    )
    return starts[wanted], ends[wanted]


def counts(calendar: Calendar, time: Ints, days: Days) -> npt.NDArray[np.bool_]:
    """Say of each moment whether its day counts."""
    found: npt.NDArray[np.bool_] = working(calendar, time) == (days == "working")
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
