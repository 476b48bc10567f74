"""What the SQL engines share: days of the world as they count them, and rows laid out by day."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from bench.world import DAY_MS, DAYS, ZONE_MS, local_day

EPOCH = date(1970, 1, 1)
FIRST = (local_day(0) + ZONE_MS) // DAY_MS
TOTAL = 0
"""The day number of grand totals: grouping sets leave the column at its default."""


def day_name(day: int) -> str:
    """Return the date of a day number since 1970 in the project's zone."""
    return str(EPOCH + timedelta(days=day))


def figure(found: Mapping[tuple[str, int], Mapping[str, int]], name: str, column: str, day: int) -> int:
    """Return one figure of a result by name and day; 0 where there is none."""
    return found.get((name, day), {}).get(column, 0)


def day_rows(value: Callable[[int], int]) -> list[list[int]]:
    """Return the total followed by one value a day."""
    return [[value(TOTAL), *(value(FIRST + day) for day in range(DAYS))]]
