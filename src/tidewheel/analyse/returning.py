"""The rows and columns of a retention table: who belongs to which cohort, and when a period has come."""

from __future__ import annotations

from functools import lru_cache
from typing import Final, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from tidewheel.analyse.contract import Ints
from tidewheel.analyse.kernels.buckets import edges
from tidewheel.core.period import DAY, HOUR, Calendar, Span

Flags = npt.NDArray[np.bool_]
LENGTH: Final = {"hour": HOUR, "day": DAY, "week": 7 * DAY, "month": 30 * DAY}
"""How long a period is that rolls from each person's own entry."""


class Shape(NamedTuple):
    """What of the parameters the table's rows and columns depend on."""

    grain: Literal["hour", "day", "week", "month"]
    clock: Literal["calendar", "rolling"]
    mode: Literal["exact", "on_or_after", "brackets"]
    periods: int
    brackets: tuple[int, ...]
    valued: bool


@lru_cache(maxsize=64)
def grid(shape: Shape, calendar: Calendar, span: Span, now: int) -> Grid:
    """Return the table's rows and columns, worked out once a question."""
    return Grid(shape, calendar, span, now)


class Grid:
    """The rows and columns of the table: cohort buckets, and the periods each column covers."""

    def __init__(self, shape: Shape, calendar: Calendar, span: Span, now: int) -> None:
        self.shape, self.calendar, self.now = shape, calendar, now
        self.cuts = edges(calendar, span, shape.grain)
        self.cohorts = self.cuts.size - 1
        if shape.mode == "brackets":
            lows = [0, *shape.brackets[:-1]]
            self.ranges = list(zip(lows, shape.brackets, strict=True))
            self.names = [f"{low}–<{high}" for low, high in self.ranges]
        else:
            self.ranges = [(period, period + 1) for period in range(shape.periods + 1)]
            self.names = [str(low) for low, _ in self.ranges]
        self.columns = len(self.ranges)
        last = self.columns - 1 if shape.mode == "on_or_after" else -1
        covered = [column for column, (low, high) in enumerate(self.ranges) for _ in range(low, high)]
        self.column = np.array([*covered, last], dtype=np.int64)
        """Where coming back so many periods later belongs; by the final entry, any later one."""
        low, high = (np.array(ends) for ends in zip(*self.ranges, strict=True))
        # Begun for the first who may be in the cohort, over for the last: cohorts x columns.
        if shape.clock == "rolling":
            length = LENGTH[shape.grain]
            until = span.end + self.ranges[-1][1] * length if last < 0 else now + 1
            self.begun = np.maximum(self.cuts[:-1], span.start)[:, None] + low * length <= now
            self.over = np.minimum(self.cuts[1:], span.end)[:, None] + high * length <= now
        else:
            until = self._go_on()
            self.begun, self.over = self._reached(low), self._reached(high)
        self.read_until = max(span.end, min(until, now + 1))

    def _go_on(self) -> int:
        """Cut the calendar on to the end of the last column, or to the present; return where it ends."""
        wanted = self.cohorts + self.ranges[-1][1] - 1
        cuts = self.cuts.tolist()
        while cuts[-1] <= self.now and (len(cuts) <= wanted or self.shape.mode == "on_or_after"):
            cuts.append(self.calendar.next(cuts[-1], self.shape.grain))
        self.cuts = np.array(cuts, dtype=np.int64)
        return int(cuts[-1])

    def _reached(self, after: Ints) -> Flags:
        at = np.arange(self.cohorts)[:, None] + after
        last = self.cuts.size - 1
        found: Flags = (at <= last) & (self.cuts[np.minimum(at, last)] <= self.now)
        return found
