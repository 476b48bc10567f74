"""Days, weeks and months cut in a project's time zone.

A :class:`Calendar` turns periods into half-open spans of UTC milliseconds and spans into buckets. Days
are calendar days of the zone: 23 or 25 hours long where clocks change.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Final, Literal, TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field, model_validator

from tidewheel.core.errors import BadInput, Unfit
from tidewheel.core.text import Text
from tidewheel.core.working_days import is_working

Grain: TypeAlias = Literal["minute", "hour", "day", "week", "month"]
MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
FIRST_DAY: Final = date(1900, 1, 1)
LAST_DAY: Final = date(2199, 12, 31)
Day: TypeAlias = Annotated[date, Field(ge=FIRST_DAY, le=LAST_DAY)]
"""A day that can be asked about; the period of the same length before it is in the calendar, too."""


class Dates(BaseModel):
    """From one day to another, both included."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, serialize_by_alias=True)

    start: Annotated[Day, Field(alias="from")]
    end: Annotated[Day, Field(alias="to")]

    @model_validator(mode="after")
    def _ordered(self) -> Dates:
        if self.end < self.start:
            raise Unfit(
                Text(
                    f"the period ends ({self.end}) before it starts ({self.start})",
                    f"时间段的结束（{self.end}）早于开始（{self.start}）",
                )
            )
        return self


class Last(BaseModel):
    """The last ``n`` days, weeks or months; the current, unfinished one is the last of them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    last: Annotated[int, Field(ge=1, le=3660)]
    unit: Literal["hour", "day", "week", "month"] = "day"


Period: TypeAlias = Dates | Last


@dataclass(frozen=True, slots=True)
class Span:
    """Half-open [start, end) in UTC milliseconds."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Calendar:
    """How one project cuts time. ``week_start``: 0 is Monday, 6 is Sunday; ``holidays``: whose, see :func:`is_working`."""

    zone: str = "Asia/Shanghai"
    week_start: int = 0
    holidays: str = ""

    def tz(self) -> ZoneInfo:
        """Return the time zone, or say that there is none of that name."""
        try:
            return ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise BadInput(
                "unknown_time_zone",
                Text("There is no time zone named {zone}.", "没有名为 {zone} 的时区。"),
                field="time_zone",
                got=self.zone,
                expected="Asia/Shanghai",
                hint=Text("Use a name of the IANA time zone database.", "请使用 IANA 时区名称。"),
                zone=self.zone,
            ) from None

    def local(self, ms: int) -> datetime:
        """Return a UTC moment as wall-clock time of the zone."""
        return datetime.fromtimestamp(ms / 1000, self.tz())

    def at(self, day: date) -> int:
        """Return the UTC milliseconds at which a local day begins."""
        return int(datetime(day.year, day.month, day.day, tzinfo=self.tz()).timestamp() * 1000)

    def works_on(self, day: date) -> bool:
        """Say whether a day is a working day."""
        return is_working(day, self.holidays)

    def floor(self, ms: int, grain: Grain) -> int:
        """Return the start of the bucket that holds ``ms``."""
        moment = self.local(ms)
        if grain == "minute":
            return ms - ms % MINUTE
        if grain == "hour":
            offset = int((moment.utcoffset() or timedelta()).total_seconds() * 1000)
            return (ms + offset) // HOUR * HOUR - offset
        day = moment.date()
        if grain == "week":
            day -= timedelta(days=(day.weekday() - self.week_start) % 7)
        elif grain == "month":
            day = day.replace(day=1)
        return self.at(day)

    def next(self, start: int, grain: Grain) -> int:
        """Return the start of the bucket after the one that starts at ``start``."""
        if grain == "minute":
            return start + MINUTE
        if grain == "hour":
            return (
                self.floor(start + HOUR, "hour")
                if self.floor(start + HOUR, "hour") > start
                else start + 2 * HOUR
            )
        day = self.local(start).date()
        if grain == "day":
            return self.at(day + timedelta(days=1))
        if grain == "week":
            return self.at(day + timedelta(days=7))
        return self.at((day.replace(day=1) + timedelta(days=32)).replace(day=1))

    def edges(self, span: Span, grain: Grain, *, limit: int = 100_000) -> npt.NDArray[np.int64]:
        """Return bucket starts covering ``span`` plus the end of the last one, ascending (n+1 values)."""
        found = [self.floor(span.start, grain)]
        while found[-1] < span.end:
            if len(found) > limit:
                raise BadInput(
                    "too_many_buckets",
                    Text(
                        "This period has more than {limit} points at that grain.",
                        "该时间段在此粒度下超过 {limit} 个点。",
                    ),
                    field="grain",
                    got=grain,
                    hint=Text(
                        "Choose a coarser grain or a shorter period.", "请选择更粗的粒度或更短的时间段。"
                    ),
                    limit=limit,
                )
            found.append(self.next(found[-1], grain))
        return np.array(found, dtype=np.int64)

    def span(self, period: Period | Span, now: int) -> Span:
        """Return the milliseconds a period covers, as seen at ``now``."""
        if isinstance(period, Span):
            return period
        if isinstance(period, Dates):
            return Span(self.at(period.start), self.at(period.end + timedelta(days=1)))
        end = self.next(self.floor(now, period.unit), period.unit)
        start = self.floor(now, period.unit)
        for _ in range(period.last - 1):
            start = self.floor(start - 1, period.unit)
        return Span(start, end)

    def before(self, span: Span) -> Span:
        """Return the period of equal local length that ends where ``span`` starts."""
        first, last = self.local(span.start), self.local(span.end)
        days = (last.date() - first.date()).days
        if days and first.time() == last.time():
            return Span(self.at(first.date() - timedelta(days=days)), span.start)
        return Span(span.start - (span.end - span.start), span.start)
