"""What a funnel answers."""

from __future__ import annotations

from tidewheel.analyse.question import GroupLabel, Model


class FunnelStep(Model):
    """One bar. Rates are 0…1 of what is counted, None where the base is 0; times in seconds, None where there are none."""

    name: str
    optional: bool
    """People may skip it; "the step before" is the required step before, here and at the steps after it."""
    count: int
    """How many of what is counted (people, sessions, values, attempts) reached this step."""
    people: int
    """Different persons among them."""
    dropped: int
    """How many reached this step and not the next required one (0 at the last); of an optional step, how many reached the
    step before and skipped this one."""
    dropped_people: int
    """Different persons among them."""
    rate: float | None
    """Of those that entered."""
    rate_from_previous: float | None
    low: float | None
    """Lower end of the 95 % Wilson interval of ``rate``."""
    high: float | None
    mean_seconds: float | None
    """From the step before to this one."""
    median_seconds: float | None


class TimeBin(Model):
    """How many of what is counted took [start, end) seconds from first to last; ``end`` None is open."""

    start: float
    end: float | None
    count: int


class FunnelTrendPoint(Model):
    """Conversion of those that entered in one bucket, of what is counted."""

    bucket: str
    entered: int
    converted: int
    rate: float | None
    incomplete: bool
    """The window of these people is still open."""


class FunnelGroup(Model):
    """The funnel of one breakdown value; ``group`` None is everyone."""

    group: GroupLabel | None
    steps: list[FunnelStep]
    mean_seconds: float | None
    median_seconds: float | None
    times: list[TimeBin]
    trend: list[FunnelTrendPoint]


class FunnelResult(Model):
    """``groups[0]`` is everyone; breakdown values follow, largest first."""

    groups: list[FunnelGroup]
