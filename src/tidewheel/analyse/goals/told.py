"""A goal explained: the tree with values, contributions and progress, as it is told."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel

from tidewheel.analyse.goals.effects import Method
from tidewheel.analyse.question import GroupLabel
from tidewheel.core.period import Dates
from tidewheel.model import Format, Words

Way = Literal["goal", "part", "rest", "residual", "mix"]
State = Literal["reached", "ahead", "behind", "missed", "waiting", "unknown"]
Reason = Literal["positive", "not_positive", "unknown", "amount", "ratio"]


class GoalOpens(BaseModel):
    """A question behind a value; asked, it leads to the people."""

    kind: str
    params: dict[str, Any]
    figure: str


class GoalProgress(BaseModel):
    """How far a metric is on the way to its target.

    ``due`` is what it should be by now: of an amount the target's part of the days that have passed, else the
    target itself. ``elapsed`` is the part of the target's days that has passed.
    """

    target: float
    value: float | None
    reached: float | None
    elapsed: float
    due: float
    state: State
    period: Dates


class Watched(BaseModel):
    """A metric beside a strategy."""

    metric: str
    title: Words
    format: Format
    good: Literal["up", "down"]
    weight: float
    value: float | None
    previous: float | None
    progress: GoalProgress | None


class GoalOverlap(BaseModel):
    """How many people are in one or more of the segments, in several, and in none."""

    covered: int
    several: int
    none: int


class GoalRow(BaseModel):
    """The goal, a part of it, or what the parts leave.

    ``gain`` is what it brings to the goal's change; the gains of ``rows`` add up to it. ``residual`` is what
    the parts do not explain, ``rest`` everything that is in none of them, ``mix`` what a part's share did.
    ``within`` and ``mix`` take a part of a ratio apart. Without a gain, ``reason`` is ``unknown``.
    """

    path: str
    way: Way
    title: Words | None = None
    label: GroupLabel | None = None
    owner: str | None = None
    metric: str | None = None
    format: Format = "number"
    good: Literal["up", "down"] = "up"
    value: float | None = None
    previous: float | None = None
    change: float | None = None
    gain: float | None = None
    share: float | None = None
    within: float | None = None
    mix: float | None = None
    how: Literal["sum", "product", "split"] | None = None
    by: str | None = None
    """The property its parts are values of."""
    method: Method | None = None
    reason: Reason | None = None
    progress: GoalProgress | None = None
    score: float | None = None
    measures: list[Watched] = []
    overlap: GoalOverlap | None = None
    opens: list[GoalOpens] = []
    rows: list[GoalRow] = []


class ExplainedGoal(BaseModel):
    """Why a goal changed between two periods. ``definition`` hashes everything it means."""

    name: str
    version: int
    definition: str
    period: Dates
    previous: Dates
    row: GoalRow
