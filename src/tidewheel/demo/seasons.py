"""The calendar of the world: its days, weekly and daily rhythm, and the big sales with their phases."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from tidewheel.core.period import DAY, HOUR, Calendar
from tidewheel.demo.dice import Floats, Ints

HOURS = np.array(
    [1.5, 0.7, 0.35, 0.2, 0.2, 0.4, 1.0, 2.2, 3.2, 3.9, 4.4, 4.6, 5.4, 5.0, 4.0, 3.8, 3.9, 4.1, 4.8, 6.2, 8.4, 9.0, 7.4, 4.0]
)  # fmt: skip
"""Visits by hour of the local day: lunch and the evening on the sofa."""
WEEKDAYS = (0.92, 0.94, 0.95, 0.98, 1.04, 1.16, 1.12)

# (campaign, phase, first month-day, last month-day, traffic, price factor)
_PHASES = (
    ("38", "warm_up", (2, 26), (3, 5), 1.15, 1.0),
    ("38", "official", (3, 6), (3, 8), 2.2, 0.88),
    ("38", "return", (3, 9), (3, 10), 1.15, 0.92),
    ("618", "warm_up", (5, 24), (6, 15), 1.2, 1.0),
    ("618", "official", (6, 16), (6, 18), 3.4, 0.85),
    ("618", "return", (6, 19), (6, 22), 1.3, 0.9),
    ("D11", "warm_up", (10, 20), (11, 8), 1.25, 1.0),
    ("D11", "official", (11, 9), (11, 11), 4.2, 0.82),
    ("D11", "return", (11, 12), (11, 15), 1.35, 0.9),
    ("D12", "warm_up", (12, 5), (12, 9), 1.1, 1.0),
    ("D12", "official", (12, 10), (12, 12), 1.9, 0.88),
    ("D12", "return", (12, 13), (12, 14), 1.1, 0.92),
)


@dataclass(frozen=True, slots=True)
class Phase:
    """One phase of a sale, as day numbers of the world (both included, may reach outside it)."""

    campaign: str
    name: str
    first: int
    last: int
    traffic: float
    price: float


@dataclass(frozen=True)
class Seasons:
    """The days of the world. All arrays have one entry a day; day 0 is the first."""

    until: int
    days: int
    dates: list[date]
    starts: Ints
    """UTC milliseconds at which each local day begins, and the end of the last day."""
    traffic: Floats
    price: Floats
    phase: Ints
    """Index into ``phases`` or -1."""
    phases: tuple[Phase, ...]
    quiet_floor: float
    """Least share of the last day's visits that happen before ``until``, so that today is never empty."""

    @property
    def elapsed(self) -> float:
        """Share of the last day's visits that the daily rhythm puts before ``until``."""
        return float(self.share_before(np.array([self.until - self.starts[self.days - 1]]))[0])

    def share_before(self, offset: Ints) -> Floats:
        """Return the share of a day's visits in its first ``offset`` milliseconds."""
        edges = np.concatenate([[0.0], np.cumsum(HOURS)]) / HOURS.sum()
        return np.asarray(np.interp(offset / HOUR, np.arange(25), edges))

    def moment(self, day: Ints, drawn: Floats) -> Ints:
        """Return visit times for uniform draws: the daily rhythm, cut at ``until`` on the last day."""
        edges = np.concatenate([[0.0], np.cumsum(HOURS)]) / HOURS.sum()
        last = day == self.days - 1
        within = np.where(last, drawn * max(self.elapsed, 1e-6), drawn)
        offset = np.interp(within, edges, np.arange(25)) * HOUR
        so_far = float(self.until - self.starts[self.days - 1])
        recent = max(so_far - HOUR / 2, 0.0)
        pulled = recent + (drawn / 0.12) * (so_far - recent)
        offset = np.where(last & (drawn < 0.12), pulled, offset)
        return np.asarray(self.starts[day] + offset.astype(np.int64))


def seasons(until: int, days: int, visits_a_day: float, calendar: Calendar | None = None) -> Seasons:
    """Lay out ``days`` local days that end with the one holding ``until``."""
    calendar = calendar or Calendar()
    today = calendar.local(until).date()
    dates = [today - timedelta(days=days - 1 - number) for number in range(days)]
    starts = np.array([*(calendar.at(day) for day in dates), 0], dtype=np.int64)
    starts[-1] = starts[-2] + DAY
    phases = _phases_between(dates[0], dates[-1])
    phase = np.full(days, -1, dtype=np.int64)
    traffic = np.array([WEEKDAYS[day.weekday()] for day in dates]) * np.linspace(0.9, 1.1, days)
    price = np.ones(days)
    for number, one in enumerate(phases):
        inside = slice(max(one.first, 0), min(one.last, days - 1) + 1)
        phase[inside], price[inside] = number, one.price
        traffic[inside] *= one.traffic
    made = Seasons(until, days, dates, starts, traffic, price, phase, phases, 0.0)
    floor = min(0.5, 150.0 / max(visits_a_day, 1.0))
    return Seasons(until, days, dates, starts, traffic, price, phase, phases, max(floor, made.elapsed))


def _phases_between(first: date, last: date) -> tuple[Phase, ...]:
    found = []
    for year in range(first.year, last.year + 1):
        for campaign, name, begin, end, traffic, price in _PHASES:
            begins, ends = date(year, *begin), date(year, *end)
            if ends >= first and begins <= last:
                numbers = (begins - first).days, (ends - first).days
                found.append(Phase(f"{campaign}_{year}", name, *numbers, traffic, price))
    return tuple(sorted(found, key=lambda one: one.first))
