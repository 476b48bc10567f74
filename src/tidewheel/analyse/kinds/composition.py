"""Composition: what a figure is made of, which parts, and how much hangs on a few of them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Annotated, Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from tidewheel.analyse.contract import Analysis, Block, Context, Figure, Ints, Plan
from tidewheel.analyse.form import GRAINS, Ask
from tidewheel.analyse.measuring import Measuring, Shaping, TrendsPart
from tidewheel.analyse.question import Breakdown, GroupLabel, Measure, Model, Question, Step
from tidewheel.analyse.trends_question import Series, TrendsCell, TrendsParams
from tidewheel.core.errors import BadInput
from tidewheel.core.text import Text

CURVE_POINTS = 100


class CompositionParams(Question):
    """A composition question. ``breakdowns`` say of which parts; at least one."""

    event: Annotated[Step, Ask(Text("Behaviour", "行为"))]
    measure: Annotated[Measure, Ask(Text("Measured by", "指标"))] = Measure()
    """``count``, ``people`` or ``sum``."""
    breakdowns: Annotated[
        tuple[Breakdown, ...], Field(min_length=1, max_length=4), Ask(Text("Parts by", "构成维度"))
    ]
    grain: Annotated[
        Literal["day", "week", "month", "total"],
        Ask(Text("Each", "粒度"), choices={**GRAINS, "total": Text("in all", "合计")}),
    ] = "total"
    classes: Annotated[
        tuple[Annotated[float, Field(gt=0, lt=100)], ...],
        Field(max_length=5),
        Ask(Text("Class limits, %", "分类界限（%）")),
    ] = (80, 95)
    """A are the largest parts that make 80 %, B those up to 95 %, C the rest."""


class CompositionCell(Model):
    """The persons behind one part. ``bucket`` None: the whole period; ``group`` None: everyone."""

    bucket: int | None = None
    group: GroupLabel | None = None


class CompositionShare(Model):
    """One part. ``share`` is of everyone's figure, ``cumulative`` of the sum of all parts, from the largest on.

    ``values`` and ``shares`` are bucket by bucket. "Other" has neither class nor cumulative share.
    """

    group: GroupLabel
    value: float | None
    share: float | None
    cumulative: float | None
    grade: str | None
    values: list[float | None]
    shares: list[float | None]


class CompositionPoint(Model):
    """The largest ``parts`` (``part_share`` of their number) make ``share`` of the sum of all."""

    parts: int
    part_share: float
    share: float


class CompositionGrade(Model):
    """One class: how many parts, which share of their number, their sum and its share."""

    name: str
    parts: int
    part_share: float
    value: float
    share: float | None


class CompositionResult(Model):
    """``total`` and ``totals`` are everyone's figure; ``parts`` how many different parts there are, all of them counted."""

    buckets: list[str]
    incomplete: list[bool]
    total: float | None
    totals: list[float | None]
    parts: int
    shares: list[CompositionShare]
    curve: list[CompositionPoint]
    grades: list[CompositionGrade]
    half: int | None
    """The fewest parts that make at least half of the sum."""


class Composition(Analysis[CompositionParams, TrendsPart, CompositionCell, CompositionResult]):
    """See the module's description and ``docs/reference/analyses/composition.md``. Counted as trends are."""

    name = "composition"
    title = Text("Composition", "构成分析")
    description = Text(
        "What a figure is made of, which parts, and how much hangs on a few of them.",
        "一个指标由哪些部分构成，各占多少，有多依赖少数几个。",
    )
    family = "behaviour"
    sentence = Text(
        "What is {measure} of {event} by {people} in {period} made of, by {breakdowns}?",
        "{people}在{period}的{event}，{measure}按{breakdowns}如何构成？",
    )
    Params = CompositionParams
    Cell = CompositionCell
    Result = CompositionResult
    samples = (
        {
            "event": {"any_of": [{"event": "purchase"}]},
            "measure": {"kind": "sum", "property": "price", "times": "quantity", "scope": "item"},
            "breakdowns": [{"property": "item_id", "scope": "item"}],
        },
        {
            "event": {"any_of": [{"event": "purchase"}]},
            "measure": {"kind": "people"},
            "breakdowns": [{"property": "channel"}],
            "grain": "week",
        },
    )

    def plan(self, params: CompositionParams, context: Context) -> Plan:
        """Read the behaviour, as a trend of it would."""
        check(params)
        return TRENDS.plan(as_trend(params), context)

    def partial(self, params: CompositionParams, context: Context, block: Block) -> TrendsPart:
        """Count by part and bucket."""
        return TRENDS.partial(as_trend(params), context, block)

    def empty(self, params: CompositionParams, context: Context) -> TrendsPart:
        """Return no figures."""
        return TRENDS.empty(as_trend(params), context)

    def people(
        self,
        params: CompositionParams,
        context: Context,
        block: Block,
        cell: CompositionCell,
        groups: Ints | None,
    ) -> npt.NDArray[np.int32]:
        """Return who did it there."""
        asked = TrendsCell(series=0, bucket=cell.bucket, group=cell.group)
        return TRENDS.people(as_trend(params), context, block, asked, groups)

    def others(self, params: CompositionParams, context: Context, part: TrendsPart) -> Ints:
        """Return the group codes that make "other"."""
        return TRENDS.others(as_trend(params), context, part)

    def figures(self, params: CompositionParams, result: CompositionResult) -> list[Figure]:
        """Return the figure, how many parts make it and half of it, and the share of each part named."""
        half = Text("Parts that make half", "构成一半的部分数")
        found = [
            Figure("total", Text("Total", "合计"), result.total, "number", None, CompositionCell()),
            Figure("parts", Text("Parts", "部分数"), result.parts, "number"),
            Figure("half", half, result.half, "number"),
        ]
        for one in result.shares:
            cell = CompositionCell(group=one.group)
            found.append(Figure("share", Text("Share", "占比"), one.share, "percent", one.group, cell))
        return found

    def counted(
        self, params: CompositionParams, result: CompositionResult
    ) -> Iterator[tuple[CompositionCell, int]]:
        """Return the parts where persons are counted."""
        if params.measure.kind != "people":
            return
        for group, values in [(None, result.totals), *((one.group, one.values) for one in result.shares)]:
            for bucket, value in enumerate(values):
                if value is not None:
                    yield CompositionCell(bucket=bucket, group=group), round(value)
        for one in result.shares:
            yield CompositionCell(group=one.group), round(one.value or 0)

    def shape(self, params: CompositionParams, context: Context, part: TrendsPart) -> CompositionResult:
        """Make the shares of the largest parts and of the rest, and the curve and classes of all."""
        trend = as_trend(params)
        found = TRENDS.shape(trend, context, part)
        everyone, *lines = found.lines
        keys = part.events.keys // part_width(trend, context, part)
        codes = np.unique(keys[keys > 0] - 1)
        sizes = np.sort(Shaping(trend, context, part).sizes(codes))[::-1]
        reached = np.cumsum(sizes)
        total = float(reached[-1]) if sizes.size else 0.0
        shares: list[CompositionShare] = []
        for rank, line in enumerate(lines):
            label = line.group or []
            known = label != ["$other"] and total > 0
            shares.append(
                CompositionShare(
                    group=label,
                    value=line.total,
                    share=ratio(line.total, everyone.total),
                    cumulative=float(reached[rank]) / total if known else None,
                    grade=grade_of(rank, reached, total, params.classes) if known else None,
                    values=line.values,
                    shares=[ratio(a, b) for a, b in zip(line.values, everyone.values, strict=True)],
                )
            )
        half = int(np.searchsorted(reached, total / 2)) + 1 if total > 0 else None
        return CompositionResult(
            buckets=found.buckets if params.grain != "total" else [],
            incomplete=found.incomplete if params.grain != "total" else [],
            total=everyone.total,
            totals=everyone.values,
            parts=sizes.size,
            shares=shares,
            curve=curve(reached, total),
            grades=grades(sizes, reached, total, params.classes),
            half=half,
        )


TRENDS = Measuring()


def as_trend(params: CompositionParams) -> TrendsParams:
    """Return the question as a trend; its period and people are the context's."""
    series = (Series(step=params.event, measure=params.measure),)
    return TrendsParams(series=series, grain=params.grain, breakdowns=params.breakdowns, top=params.top)


def part_width(trend: TrendsParams, context: Context, part: TrendsPart) -> int:
    """Return how many cells a line of a trend has."""
    return Shaping(trend, context, part).buckets.width


def ratio(value: float | None, base: float | None) -> float | None:
    """Return a share; None where there is nothing to share."""
    return None if value is None or not base else value / base


def grade_of(rank: int, reached: npt.NDArray[np.float64], total: float, limits: tuple[float, ...]) -> str:
    """Return the class of a part: by how much the larger ones make already."""
    before = float(reached[rank - 1]) / total if rank else 0.0
    return "ABCDEF"[sum(before >= limit / 100 for limit in limits)]


def grades(
    sizes: npt.NDArray[np.float64],
    reached: npt.NDArray[np.float64],
    total: float,
    limits: tuple[float, ...],
) -> list[CompositionGrade]:
    """Return the classes of all parts."""
    if total <= 0:
        return []
    before = np.append(0.0, reached[:-1]) / total
    place = sum((before >= limit / 100).astype(np.int64) for limit in limits)
    found = []
    for number in range(len(limits) + 1):
        own = sizes[np.broadcast_to(place, sizes.shape) == number]
        value = math.fsum(own.tolist())
        found.append(
            CompositionGrade(
                name="ABCDEF"[number],
                parts=own.size,
                part_share=own.size / sizes.size,
                value=value,
                share=value / total,
            )
        )
    return found


def curve(reached: npt.NDArray[np.float64], total: float) -> list[CompositionPoint]:
    """Return up to 100 points of how much the largest parts make."""
    if total <= 0:
        return []
    counts = np.unique(np.ceil(np.arange(1, CURVE_POINTS + 1) * reached.size / CURVE_POINTS).astype(np.int64))
    return [
        CompositionPoint(parts=n, part_share=n / reached.size, share=float(reached[n - 1]) / total)
        for n in counts.tolist()
    ]


def check(params: CompositionParams) -> None:
    """Refuse what has no parts that add up."""
    if params.measure.kind not in {"count", "people", "sum"}:
        raise BadInput(
            "bad_measure",
            Text("A composition is of a count, people or a sum.", "构成分析只能看次数、人数或求和。"),
            field="measure.kind",
            got=params.measure.kind,
            expected=["count", "people", "sum"],
        )
    if list(params.classes) != sorted(set(params.classes)):
        raise BadInput(
            "bad_bins",
            Text("Bins are ascending cut points.", "分箱必须是递增的切分点。"),
            field="classes",
            got=list(params.classes),
            expected=[80, 95],
        )
