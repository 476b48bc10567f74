"""Whether an event that usually comes has fallen silent, and whether an hour is outside what is usual.

What is usual is told by the same hour of the same weekday in the last eight weeks, as alerts tell it of days
(:mod:`tidewheel.act.rules`); where there are fewer than four weeks of it, by the same hour of all days of the last
two weeks. Hours are UTC hours. The hour that is not over is never judged by its count.
"""

from __future__ import annotations

from dataclasses import dataclass
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
    """What is usual of one hour: the middle and the edges of the band."""

    expected: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Silence:
    """How long nothing came (ms), and how many an hour are usual in that time."""

    since: int
    missing: float
    hourly: float


def usual(series: Series, hour: int, first: int) -> Usual | None:
    """Return what is usual of an hour (since 1970); None where history, which begins at ``first``, says too little."""
    values = {
        back: float(series.hours.get(hour - 24 * back, 0))
        for back in range(1, WEEKS * WEEK + 1)
        if hour - 24 * back >= first
    }
    if sum(back % WEEK == 0 for back in values) >= FEWEST:
        found = band(values, WEEK, WEEKS)
        if found is not None:
            middle, spread = found
            return Usual(middle, max(0.0, middle - WIDTH * spread), middle + WIDTH * spread)
    lately = [value for back, value in values.items() if back <= 2 * WEEK]
    if len(lately) < FEWEST:
        return None
    middle = median(lately)
    return Usual(middle, 0.0, max(lately))


def silence(series: Series, now: int) -> Silence | None:
    """Return how an event is silent at a moment; None where it is not, or where it cannot be said."""
    if not series.hours or series.last <= 0 or now <= series.last:
        return None
    first = min(series.hours)
    start = max(series.last, now - LONGEST_HOURS * HOUR)
    missing = 0.0
    hour = start // HOUR
    while hour * HOUR < now:
        share = (min(now, (hour + 1) * HOUR) - max(start, hour * HOUR)) / HOUR
        expected = usual(series, hour, first)
        if expected is not None:
            missing += share * expected.expected
        hour += 1
    if missing < LEAST_MISSING or now - series.last < HOUR:
        return None
    return Silence(series.last, missing, missing / ((now - start) / HOUR))
