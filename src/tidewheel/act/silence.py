"""Whether an event that usually comes has fallen silent, and whether an hour is outside what is usual.

What is usual is told by the same hour of the same weekday in the last eight weeks, as alerts tell it of days
(:mod:`tidewheel.act.rules`); where there are fewer than four weeks of it, by the same hour of all days of the last
two weeks. Hours are UTC hours. The hour that is not over is never judged by its count.

Counts of independent events spread by their square root at least, so no band is narrower than that.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt
from statistics import median
from typing import Final

from tidewheel.act.rules import FEWEST, WEEK, band
from tidewheel.analyse.volumes import Series
from tidewheel.core.period import DAY, HOUR

WEEKS: Final = 8
HISTORY_MS: Final = (WEEKS * WEEK + 1) * DAY
WIDTH: Final = 3.5
LEAST_MISSING: Final = 12.0
"""Events that should have come since the last one before silence is told: by chance that is once in 160,000."""
LONGEST_HOURS: Final = 7 * 24


@dataclass(frozen=True, slots=True)
class Usual:
    """What is usual of one hour: the middle and the edges of the band; ``weekly``: told by the same weekday."""

    expected: float
    low: float
    high: float
    weekly: bool


@dataclass(frozen=True, slots=True)
class Silence:
    """How long nothing came (ms), and how many an hour are usual in that time."""

    since: int
    missing: float
    hourly: float


def usual(series: Series, hour: int, first: int, width: float = WIDTH, least: float = 0.0) -> Usual | None:
    """Return what is usual of an hour (since 1970); None where history, which begins at ``first``, says too little.

    The band is ``width`` deviations wide to each side, and ``least`` events at least.
    """
    values = {
        back: float(series.hours.get(hour - 24 * back, 0))
        for back in range(1, WEEKS * WEEK + 1)
        if hour - 24 * back >= first
    }
    if sum(back % WEEK == 0 for back in values) >= FEWEST:
        found = band(values, WEEK, WEEKS)
        if found is not None:
            middle, spread = found
            room = max(width * max(spread, sqrt(middle)), least)
            return Usual(middle, max(0.0, middle - room), middle + room, weekly=True)
    lately = [value for back, value in values.items() if back <= 2 * WEEK]
    if len(lately) < FEWEST:
        return None
    middle = median(lately)
    room = max(width * sqrt(middle), least)
    return Usual(middle, 0.0, max(*lately, middle + room), weekly=False)


def silence(
    series: Series,
    now: int,
    least: float = LEAST_MISSING,
    expect: Callable[[int], Usual | None] | None = None,
) -> Silence | None:
    """Return how an event is silent at a moment; None where it is not, or where it cannot be said.

    ``least`` is how many events should have come since, ``expect`` what is usual of an hour where that is known
    already. An event of a clock that runs ahead does not hide silence.
    """
    last = last_seen(series, now)
    if last is None or now - last < HOUR:
        return None
    first = min(series.hours)
    start = max(last, now - LONGEST_HOURS * HOUR)
    missing = 0.0
    hour = start // HOUR
    while hour * HOUR < now:
        share = (min(now, (hour + 1) * HOUR) - max(start, hour * HOUR)) / HOUR
        expected = expect(hour) if expect else usual(series, hour, first)
        if expected is not None:
            missing += share * expected.expected
        hour += 1
    if missing < least:
        return None
    return Silence(last, missing, missing / ((now - start) / HOUR))


def last_seen(series: Series, now: int) -> int | None:
    """Return when the last event before a moment came, None for none: to the ms, else to the end of its hour."""
    if not series.hours:
        return None
    if 0 < series.last <= now:
        return series.last
    hour, first = (now - 1) // HOUR, min(series.hours)
    while hour >= first:
        if series.hours.get(hour):
            return min(now, (hour + 1) * HOUR)
        hour -= 1
    return None
