"""Days, weeks and months counted backwards from a moment, in a project's calendar."""

from __future__ import annotations

from itertools import pairwise

from tidewheel.analyse.measures import Pace
from tidewheel.core.period import Calendar, Span

LONGEST = 1_000


def back(calendar: Calendar, by: Pace, moment: int, count: int) -> list[Span]:
    """Return the period that holds ``moment`` and ``count`` before it, the latest first."""
    edges = [calendar.next(calendar.floor(moment, by), by), calendar.floor(moment, by)]
    for _ in range(count):
        edges.append(calendar.floor(edges[-1] - 1, by))
    return [Span(start, end) for end, start in pairwise(edges)]


def last_over(calendar: Calendar, by: Pace, now: int) -> Span:
    """Return the latest period that is over."""
    return back(calendar, by, now, 1)[1]


def apart(calendar: Calendar, by: Pace, earlier: int, later: int) -> int:
    """Return how many periods lie between two starts, 0 for the same one; very long stretches are cut short."""
    found, start = 0, calendar.floor(later, by)
    while start > earlier and found < LONGEST:
        start, found = calendar.floor(start - 1, by), found + 1
    return found


def named(calendar: Calendar, by: Pace, span: Span) -> str:
    """Return a period as people write it: 2026-11-21, 2026-11-16..2026-11-22, 2026-11."""
    first = calendar.local(span.start).date()
    if by == "month":
        return first.strftime("%Y-%m")
    last = calendar.local(span.end - 1).date()
    return first.isoformat() if by == "day" else f"{first.isoformat()}..{last.isoformat()}"
