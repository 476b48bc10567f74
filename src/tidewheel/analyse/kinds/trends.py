"""Trends: how much, how many, how often, over time."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from tidewheel.analyse.question import GroupLabel, Measure, Model, Question, Step
from tidewheel.core.period import Grain


class Series(Model):
    """One line: which events, measured how."""

    step: Step
    measure: Measure = Measure()
    name: str | None = None


class Formula(Model):
    """A line computed from others: ``B / A``; series are called A, B, C … in order."""

    expression: Annotated[str, Field(min_length=1, max_length=200)]
    name: str | None = None
    format: Literal["number", "percent", "money"] = "number"


class TrendsParams(Question):
    """A trends question. ``grain`` ``total`` gives one figure for the whole period."""

    series: Annotated[tuple[Series, ...], Field(min_length=1, max_length=12)]
    formulas: Annotated[tuple[Formula, ...], Field(max_length=12)] = ()
    grain: Grain | Literal["total"] = "day"
    cumulative: bool = False
    rolling: Annotated[int, Field(ge=1, le=365)] = 1
    """Each point covers this many buckets up to its own (persons counted once); 1 is no rolling."""


class TrendsCell(Model):
    """The persons behind one figure. ``bucket`` None: the whole period."""

    series: int
    bucket: int | None = None
    group: GroupLabel | None = None


class TrendsLine(Model):
    """One series (or formula) of one group. ``values`` has one entry a bucket; None: unknown."""

    series: int
    """Index into series followed by formulas."""
    letter: str
    name: str
    group: GroupLabel | None
    values: list[float | None]
    total: float | None
    """The measure over the whole period (distinct persons counted once), not the sum of ``values``."""
    format: Literal["number", "percent", "money"]
    opens: bool
    """Whether the figures open into people (formulas do not)."""


class TrendsResult(Model):
    """``buckets`` are bucket starts (ISO 8601 in the project's zone); ``incomplete`` marks unfinished ones."""

    buckets: list[str]
    incomplete: list[bool]
    lines: list[TrendsLine]
