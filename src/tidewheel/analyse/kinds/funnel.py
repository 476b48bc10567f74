"""Funnels: of the people who did the first thing, how many went on to the last, and how fast."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from tidewheel.analyse.question import GroupLabel, Model, Question, Step
from tidewheel.core.events import Kind, Scope
from tidewheel.core.period import Grain


class Within(Model):
    """The time a person has from the first step to the last.

    Either ``n`` units (a month is 30 days) or ``same`` calendar day or session.
    """

    n: Annotated[int, Field(ge=1, le=100_000)] = 1
    unit: Literal["second", "minute", "hour", "day", "week", "month"] = "day"
    same: Literal["day", "session"] | None = None


class Exclusion(Model):
    """A person who does this between two steps of the chain does not convert on it.

    ``after`` is the 1-based step from which it counts, ``before`` the step until which (default: all).
    """

    step: Step
    after: Annotated[int, Field(ge=1)] = 1
    before: int | None = None


class Hold(Model):
    """A property that must have the same value at every step (``item_id`` of scope item: same SKU)."""

    property: str
    scope: Scope = "event"
    kind: Kind | None = None


class FunnelParams(Question):
    """A funnel question."""

    steps: Annotated[tuple[Step, ...], Field(min_length=2, max_length=30)]
    order: Literal["ordered", "strict", "any"] = "ordered"
    within: Within = Within(n=7, unit="day")
    exclusions: Annotated[tuple[Exclusion, ...], Field(max_length=10)] = ()
    hold: Annotated[tuple[Hold, ...], Field(max_length=3)] = ()
    attribution: Literal["first", "last", "each"] | int = "first"
    """Which step's value a breakdown takes: the first, the last reached, each step its own, or the n-th."""
    trend: Grain | None = None
    """Also give conversion by the bucket in which people entered."""


class FunnelCell(Model):
    """The persons behind one figure: who reached ``step`` (1-based), or who dropped out after it."""

    step: Annotated[int, Field(ge=1)]
    dropped: bool = False
    group: GroupLabel | None = None
    bucket: int | None = None
    """With ``trend``: only those who entered in this bucket."""


class FunnelStep(Model):
    """One bar. Rates are 0…1 and None where the base is 0; times in seconds, None where nobody converted."""

    name: str
    people: int
    dropped: int
    """People who reached this step and not the next (0 at the last)."""
    rate: float | None
    """Of those who entered."""
    rate_from_previous: float | None
    low: float | None
    """Lower end of the 95 % Wilson interval of ``rate``."""
    high: float | None
    mean_seconds: float | None
    """From the step before to this one."""
    median_seconds: float | None


class TimeBin(Model):
    """People whose first-to-last time lies in [start, end) seconds; ``end`` None is open."""

    start: float
    end: float | None
    people: int


class FunnelTrendPoint(Model):
    """Conversion of those who entered in one bucket."""

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
