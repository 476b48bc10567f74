"""What the time of an event says by itself: the hour, the day of the week, whether it is a working day.

They are properties of every event that nobody sends, cut in the project's time zone: ``$hour`` 0…23, ``$weekday``
1 (Monday)…7 as in ISO 8601, ``$working_day`` by :meth:`Calendar.works_on`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from tidewheel.core.events import Kind
from tidewheel.core.period import DAY, HOUR, MINUTE, Calendar

Ints = npt.NDArray[np.int64]
THURSDAY: Final = 3
"""The day of the week of 1970-01-01, Monday being 0."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One of them: its values in order, and the place among them of each of some times (UTC milliseconds)."""

    kind: Kind
    values: Sequence[float | bool]
    places: Callable[[Calendar, Ints], Ints]


def _hour(calendar: Calendar, time: Ints) -> Ints:
    return local(calendar, time) // HOUR % 24


def _weekday(calendar: Calendar, time: Ints) -> Ints:
    return (local(calendar, time) // DAY + THURSDAY) % 7


def working(calendar: Calendar, time: Ints) -> Ints:
    """Return 1 where a moment lies on a working day, else 0."""
    days = local(calendar, time) // DAY
    if not days.size:
        return days
    first, last = int(days.min()), int(days.max())
    found: Ints = _working_days(calendar, first, last)[days - first]
    return found


MOMENTS: Final = {
    "$hour": Moment("number", [float(hour) for hour in range(24)], _hour),
    "$weekday": Moment("number", [float(day) for day in range(1, 8)], _weekday),
    "$working_day": Moment("flag", [False, True], working),
}


def told(name: str, calendar: Calendar, time: Ints) -> npt.NDArray[np.float64]:
    """Return the value of one of them at each of some times."""
    moment = MOMENTS[name]
    found: npt.NDArray[np.float64] = np.array(moment.values, np.float64)[moment.places(calendar, time)]
    return found


def local(calendar: Calendar, time: Ints) -> Ints:
    """Return wall-clock time of the zone, in milliseconds since 1970-01-01T00:00 there."""
    if not time.size:
        return time
    starts, offsets = _offsets(calendar, int(time.min()) // DAY, int(time.max()) // DAY)
    if starts.size == 1:
        return time + offsets[0]
    found: Ints = time + offsets[np.searchsorted(starts, time, side="right") - 1]
    return found


@lru_cache(maxsize=256)
def _offsets(calendar: Calendar, first: int, last: int) -> tuple[Ints, Ints]:
    """Return from when on which offset holds, from one UTC day to another; to the minute."""

    def at(ms: int) -> int:
        offset = calendar.local(ms).utcoffset()
        return 0 if offset is None else int(offset.total_seconds() * 1000)

    begin = first * DAY
    starts, offsets = [begin], [at(begin)]
    for day in range(first, last + 1):
        low, high = day * DAY, (day + 1) * DAY
        if at(high) == offsets[-1]:
            continue
        while high - low > MINUTE:
            middle = (low + high) // 2 // MINUTE * MINUTE
            low, high = (middle, high) if at(middle) == offsets[-1] else (low, middle)
        starts.append(high)
        offsets.append(at(high))
    return np.array(starts, np.int64), np.array(offsets, np.int64)


@lru_cache(maxsize=256)
def _working_days(calendar: Calendar, first: int, last: int) -> Ints:
    epoch = np.datetime64(0, "D")
    days = (epoch + np.arange(first, last + 1)).tolist()
    return np.array([calendar.works_on(day) for day in days], np.int64)
