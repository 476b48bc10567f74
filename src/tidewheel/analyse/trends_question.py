"""What a trend is asked, and how it is answered: series, formulas, lines."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field

from tidewheel.analyse.form import DAYS, GRAINS, Ask
from tidewheel.analyse.formula import LETTERS, Expression
from tidewheel.analyse.kernels.buckets import Days
from tidewheel.analyse.outlook import Ahead, Range, Usual, check_outlook
from tidewheel.analyse.question import GroupLabel, Measure, Model, Question, Step
from tidewheel.core.errors import BadInput
from tidewheel.core.events import Scope
from tidewheel.core.period import Grain
from tidewheel.core.text import Text


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

    series: Annotated[tuple[Series, ...], Field(min_length=1, max_length=12), Ask(Text("Series", "序列"))]
    formulas: Annotated[tuple[Formula, ...], Field(max_length=12), Ask(Text("Formulas", "公式"))] = ()
    grain: Annotated[
        Grain | Literal["total"],
        Ask(Text("Each", "粒度"), choices={**GRAINS, "total": Text("in all", "合计")}),
    ] = "day"
    cumulative: Annotated[bool, Ask(Text("Cumulative", "累计"))] = False
    rolling: Annotated[int, Field(ge=1, le=365), Ask(Text("Rolling over", "滚动期数"))] = 1
    """Each point covers this many buckets up to its own (persons counted once); 1 is no rolling."""
    days: Annotated[Days, Ask(Text("Days", "日期"), choices=DAYS)] = "all"
    """Which days' events count, by the project's holidays; buckets without such a day are not there."""
    usual: Annotated[Usual | None, Ask(Text("Usual range", "正常范围"))] = None
    """Also give what is usual of each point, by the points before it, and which points are not."""
    forecast: Annotated[int, Field(ge=0, le=90), Ask(Text("Forecast of points", "预测期数"))] = 0
    """Also give so many points to come, from the first on that is not over."""


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
    usual: list[Range | None] = Field(default_factory=list)
    """With ``usual``: what is usual of each point; None where too little is known before it."""
    unusual: list[int] = Field(default_factory=list)
    """The points that are over and lie outside their usual range."""
    ahead: list[Ahead] = Field(default_factory=list)
    """With ``forecast``: the points to come; of the first lines only, and none where too little is known."""
    error: float | None = None
    """How far off the same forecast of as many points before was: differences / figures (WAPE)."""


class TrendsResult(Model):
    """``buckets`` are bucket starts (ISO 8601 in the project's zone); ``incomplete`` marks unfinished ones."""

    buckets: list[str]
    incomplete: list[bool]
    lines: list[TrendsLine]
    ahead: list[str] = Field(default_factory=list)
    """The starts of the points to come."""


VALUED: Final = frozenset({"sum", "mean", "min", "max", "median", "percentile", "distinct"})
SAMPLED: Final = frozenset({"min", "max", "median", "percentile", "distinct"})
COUNTING: Final = frozenset({"people", "per_person", "first_time", "sessions"})
COUNTED: Final = frozenset({"people", "first_time"})


def columns_of(measure: Measure) -> list[tuple[str, Scope, bool]]:
    """Return the properties a measure reads: name, scope, whether only compared for equality."""
    if measure.kind not in VALUED or measure.property is None:
        return []
    found = [(measure.property, measure.scope, measure.kind == "distinct")]
    if measure.times is not None:
        found.append((measure.times, measure.scope, False))
    return found


def columns(params: TrendsParams) -> tuple[list[tuple[str, Scope, bool]], tuple[int, ...]]:
    """Return each column once, and which of them are only compared."""
    read = [column for series in params.series for column in columns_of(series.measure)]
    unique = list(dict.fromkeys(read))
    return unique, tuple(index for index, column in enumerate(unique) if column[2])


def check(params: TrendsParams) -> None:
    """Refuse what has no meaning."""
    for index, series in enumerate(params.series):
        if series.measure.kind in VALUED and series.measure.property is None:
            raise BadInput(
                "property_needed",
                Text("“{kind}” needs a property.", "“{kind}”需要指定属性。"),
                field=f"series.{index}.measure.property",
                kind=series.measure.kind,
            )
        if series.measure.kind == "distinct" and series.measure.times is not None:
            raise BadInput(
                "bad_measure",
                Text("Different values cannot be multiplied.", "去重计数不能与其他属性相乘。"),
                field=f"series.{index}.measure.times",
                got=series.measure.times,
            )
    if params.rolling > 1 and (params.cumulative or params.grain == "total"):
        raise BadInput(
            "bad_rolling",
            Text(
                "A point cannot be rolling and cumulative or total at once.",
                "滚动不能与累计或合计同时使用。",
            ),
            field="rolling",
            got=params.rolling,
            expected=1,
        )
    check_outlook(params.grain, params.usual, params.forecast, cumulative=params.cumulative)
    letters = LETTERS[: len(params.series)]
    for index, formula in enumerate(params.formulas):
        Expression(formula.expression, letters, field=f"formulas.{index}.expression")
