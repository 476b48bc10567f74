"""Retention: of the people who did the first thing, how many came back to do the other."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from tidewheel.analyse.question import GroupLabel, Measure, Model, Question, Step


class RetentionParams(Question):
    """A retention question.

    ``first_time``: a cohort is the people whose first such event ever falls in it; otherwise everyone
    who did it in the bucket. ``mode``: came back exactly in period n, in it or later, or in one of the
    ``brackets`` (ends, in periods: ``[1, 3, 7]`` is 0–<1, 1–<3, 3–<7).
    """

    start: Step
    back: Step
    first_time: bool = False
    grain: Literal["day", "week", "month"] = "day"
    mode: Literal["exact", "on_or_after", "brackets"] = "exact"
    periods: Annotated[int, Field(ge=1, le=366)] = 14
    brackets: Annotated[tuple[int, ...], Field(max_length=50)] = ()
    value: Measure | None = None
    """Also give the sum of a property of the return events in every cell."""


class RetentionCell(Model):
    """The persons behind one figure. ``period`` None: the whole cohort; ``cohort`` None: all cohorts."""

    cohort: int | None = None
    period: int | None = None
    group: GroupLabel | None = None
    lost: bool = False
    """The others: those of the cohort who did not come back in that period."""


class RetentionFigure(Model):
    """One cell. ``people`` and ``rate`` are None where the period has not begun."""

    people: int | None
    rate: float | None
    value: float | None
    incomplete: bool
    """The period is not over for everyone in the cohort."""


class RetentionCohort(Model):
    """One row."""

    start: str
    people: int
    figures: list[RetentionFigure]


class RetentionGroup(Model):
    """The table of one breakdown value. ``mean`` weighs cohorts by their people, complete cells only."""

    group: GroupLabel | None
    people: int
    cohorts: list[RetentionCohort]
    mean: list[RetentionFigure]


class RetentionResult(Model):
    """``columns`` name the periods (``0``, ``1`` … or ``0–<1``). ``groups[0]`` is everyone."""

    columns: list[str]
    groups: list[RetentionGroup]
