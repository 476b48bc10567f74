"""When a connector is read: every so many minutes, at the times of a cron line, or by hand."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random
from typing import Annotated, Final

from croniter import croniter
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from tidewheel.collect.times import zone_of
from tidewheel.core.period import MINUTE

FIRST_AGAIN: Final = 1
LAST_AGAIN: Final = 60
"""Minutes between attempts after a failure that may pass: the first, and at most."""


class Schedule(BaseModel):
    """``every_minutes`` or ``cron`` (minute hour day month weekday, in the project's zone); neither: by hand."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    every_minutes: Annotated[int | None, Field(ge=1, le=44_640, description="Minutes between runs")] = None
    cron: Annotated[
        str | None, Field(max_length=100, description="Times in five fields, such as 30 3 * * *")
    ] = None

    @field_validator("cron")
    @classmethod
    def _five(cls, text: str | None) -> str | None:
        if text is not None and (len(text.split()) != 5 or not croniter.is_valid(text)):
            raise ValueError("five fields are needed: minute hour day month weekday, such as 30 3 * * *")
        return text

    @model_validator(mode="after")
    def _one(self) -> Schedule:
        if self.every_minutes is not None and self.cron is not None:
            raise ValueError("name every_minutes or cron, not both")
        return self

    def after(self, now: int, zone: str) -> int | None:
        """Return when it is next due after a moment, UTC ms; None: only by hand."""
        if self.every_minutes is not None:
            return now + self.every_minutes * MINUTE
        if self.cron is not None:
            local = datetime.fromtimestamp(now / 1000, UTC).astimezone(zone_of(zone))
            return int(croniter(self.cron, local).get_next(datetime).timestamp() * 1000)
        return None


def again_after(now: int, failures: int, dice: Random, least_seconds: float = 0.0) -> int:
    """Return when to try again after so many failures in a row: twice as long each time, a little uneven."""
    minutes = min(LAST_AGAIN, FIRST_AGAIN * 2 ** min(max(failures - 1, 0), 10))
    wait = max(minutes * MINUTE * dice.uniform(0.9, 1.1), least_seconds * 1000)
    return now + int(wait)
