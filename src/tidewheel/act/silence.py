"""Whether an event that usually comes has fallen silent, and whether an hour is outside what is usual.

What is usual is told by the same hour of the same weekday in the last eight weeks, as alerts tell it of days
(:mod:`tidewheel.act.rules`); where there are fewer than four weeks of it, by the same hour of all days of the last
two weeks. Hours are UTC hours. The hour that is not over is never judged by its count.

Events come in bunches: a visitor makes ten at once. How much wider counts spread than those of independent events would
is measured (:func:`bunching`). No band is narrower than that spread, and so many missing events count for one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt
from statistics import median
from typing import Final

import numpy as np

from tidewheel.analyse.bands import FEWEST, WEEK, band
from tidewheel.analyse.volumes import Series
from tidewheel.core.period import DAY, HOUR

WEEKS: Final = 8
HISTORY_MS: Final = (WEEKS * WEEK + 1) * DAY
WIDTH: Final = 3.5
LEAST_MISSING: Final = 12.0
"""Bunches that should have come since the last event before silence is told: by chance that is once in 160,000."""
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


def bunching(series: Series, now: int) -> float:
    """Return the variance of hourly counts over their mean, as it was lately; 1 for independent events, never less.

    It is taken of each hour of the day over the last four weeks, without the busiest tenth of the days.
    """
    last = now // HOUR
    days = min(4 * WEEK, (last - min(series.hours, default=last)) // 24)
    if days < FEWEST:
        return 1.0
    counts = np.array([series.hours.get(last - back, 0) for back in range(1, 24 * days + 1)], np.float64)
    by_day = counts.reshape(days, 24)
    calm = by_day[np.argsort(by_day.sum(axis=1), kind="stable")[: days - days // 10]]
    mean = float(calm.mean(axis=0).sum())
    return max(1.0, float(calm.var(axis=0, ddof=1).sum()) / mean) if mean else 1.0


def usual(
    series: Series, hour: int, first: int, width: float = WIDTH, least: float = 0.0, bunch: float = 1.0
) -> Usual | None:
    """Return what is usual of an hour (since 1970); None where history, which begins at ``first``, says too little.

    The band is ``width`` deviations wide to each side, and ``least`` events at least; ``bunch`` is its bunching.
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
            room = max(width * max(spread, sqrt(bunch * middle)), least)
            return Usual(middle, max(0.0, middle - room), middle + room, weekly=True)
    lately = [value for back, value in values.items() if back <= 2 * WEEK]
    if len(lately) < FEWEST:
        return None
    middle = median(lately)
    room = max(width * sqrt(bunch * middle), least)
    return Usual(middle, 0.0, max(*lately, middle + room), weekly=False)


def silence(
    series: Series,
    now: int,
    least: float = LEAST_MISSING,
    expect: Callable[[int], Usual | None] | None = None,
    bunch: float | None = None,
) -> Silence | None:
    """Return how an event is silent at a moment; None where it is not, or where it cannot be said.

    ``least`` is how many events should have come since, times its bunching ``bunch``; ``expect`` is what is usual of an
    hour. Both are worked out where they are not known. An event of a clock that runs ahead does not hide silence.
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
    if missing < least or missing < least * (bunching(series, last) if bunch is None else bunch):
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
