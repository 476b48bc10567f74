"""What the SQL engines share: days of the world as they count them, and rows laid out by day."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from bench.questions import AGES, FREQUENCY, MONETARY, RECENCY
from bench.world import DAY_MS, DAYS, FIRST_DAY, ZONE_MS, local_day

EPOCH = date(1970, 1, 1)
FIRST = (local_day(0) + ZONE_MS) // DAY_MS
LAST = FIRST + DAYS - 1
MONTHS = tuple(
    (date(month // 12, month % 12 + 1, 1) - EPOCH).days
    for month in range(
        FIRST_DAY.year * 12 + FIRST_DAY.month - 1,
        FIRST_DAY.year * 12 + FIRST_DAY.month - 1 + round(DAYS / 30.5),
    )
)
"""The day numbers on which the months of the world begin."""
TOTAL = 0
"""The day number of grand totals: grouping sets leave the column at its default."""


def day_name(day: int) -> str:
    """Return the date of a day number since 1970 in the project's zone."""
    return str(EPOCH + timedelta(days=day))


def month_of(day: str) -> str:
    """Return which month a day is in, from 0."""
    return " + ".join(f"CASE WHEN {day} >= {cut} THEN 1 ELSE 0 END" for cut in MONTHS[1:])


def figure(found: Mapping[tuple[str, int], Mapping[str, int]], name: str, column: str, day: int) -> int:
    """Return one figure of a result by name and day; 0 where there is none."""
    return found.get((name, day), {}).get(column, 0)


def levels() -> str:
    """Return three columns with the levels of a person's days, orders and money."""
    better = {
        "r": [f"days < {cut}" for cut in RECENCY],
        "f": [f"orders >= {cut}" for cut in FREQUENCY],
        "m": [f"money >= {cut}" for cut in MONETARY],
    }
    return ", ".join(
        f"1 + {' + '.join(f'CASE WHEN {one} THEN 1 ELSE 0 END' for one in tests)} AS {name}"
        for name, tests in better.items()
    )


def values_by_age() -> str:
    """Return how many came in on a day, and what they had brought by each age, from rows of a person and day."""
    sums = (f"sum(CASE WHEN day - came <= {age} THEN money ELSE 0 END) AS by_{age}" for age in AGES)
    return ", ".join(("sum(CASE WHEN day = came THEN 1 ELSE 0 END) AS people", *sums))


def begun(day: int) -> list[int]:
    """Return the ages that people of a day have come to."""
    return [age for age in AGES if day + age <= LAST + 1]


def day_rows(value: Callable[[int], int]) -> list[list[int]]:
    """Return the total followed by one value a day."""
    return [[value(TOTAL), *(value(FIRST + day) for day in range(DAYS))]]
