"""Interval: how long it takes from one thing to the next."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Annotated, Final, Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from tidewheel.analyse.contract import Analysis, Block, Context, Figure, Ints, Plan, Ragged
from tidewheel.analyse.form import GRAINS, Ask
from tidewheel.analyse.kernels.buckets import edges, numbered, starts, unfinished
from tidewheel.analyse.kernels.groups import may_have_other, memberships
from tidewheel.analyse.kernels.intervals import pairs_of
from tidewheel.analyse.kernels.persons import (
    Atoms,
    How,
    Lines,
    PersonsPart,
    Range,
    behind,
    folded,
    no_persons,
)
from tidewheel.analyse.kernels.samples import Sample
from tidewheel.analyse.question import Breakdown, GroupLabel, Model, Question, Step
from tidewheel.core.errors import BadInput
from tidewheel.core.period import DAY, HOUR, MINUTE, Span
from tidewheel.core.text import Text

SECOND: Final = 1000
SHARES: Final = (10.0, 25.0, 50.0, 75.0, 90.0)
LADDER: Final = (
    *(n * SECOND for n in (1, 5, 15, 30)),
    *(n * MINUTE for n in (1, 2, 5, 10, 30)),
    *(n * HOUR for n in (1, 3, 6, 12)),
    *(n * DAY for n in (1, 2, 3, 5, 7, 14, 21, 30, 45, 60, 90, 120, 180, 365, 730)),
)
"""Where ranges begin when none are asked for."""


class IntervalParams(Question):
    """An interval question. An interval belongs to the moment it ends; its start may lie before the period."""

    start: Annotated[Step, Ask(Text("From", "起点行为"))]
    end: Annotated[Step, Ask(Text("To", "终点行为"))]
    pairs: Annotated[
        Literal["nearest", "every", "first"],
        Ask(
            Text("Which pairs", "配对方式"),
            choices={
                "nearest": Text("the last start before each end", "终点前最近一次起点"),
                "every": Text("every start to the next end", "每次起点到之后最近的终点"),
                "first": Text("the very first start to the first end after it", "首次起点到其后首次终点"),
            },
        ),
    ] = "nearest"
    at_most: Annotated[
        int, Field(ge=1, le=3660 * DAY), Ask(Text("Within at most", "最长间隔"), edit="duration")
    ] = 90 * DAY
    """Milliseconds. What is further apart is no pair."""
    hold: Annotated[Breakdown | None, Ask(Text("With the same", "关联属性"))] = None
    """Both must have the same value of this property."""
    weigh: Annotated[
        Literal["pairs", "people"],
        Ask(
            Text("Count", "统计口径"),
            choices={
                "pairs": Text("every interval", "每个间隔"),
                "people": Text("each person once, by their mean", "每人一次（取均值）"),
            },
        ),
    ] = "pairs"
    cuts: Annotated[
        tuple[int, ...], Field(max_length=100), Ask(Text("Cut at", "分段点"), edit="duration")
    ] = ()
    grain: Annotated[Literal["day", "week", "month"], Ask(Text("Each", "粒度"), choices=GRAINS)] = "week"


class IntervalCell(Model):
    """The persons with an interval (or mean) of ``low <= ms < high``; ``bucket`` None: the whole period."""

    bucket: int | None = None
    low: float | None = None
    high: float | None = None
    group: GroupLabel | None = None


class IntervalRange(Model):
    """``low <= ms < high``; a ``high`` of None is open."""

    low: float
    high: float | None


class IntervalPoint(Model):
    """Intervals that ended in one bucket, in milliseconds. ``people`` are different persons, ``pairs`` intervals."""

    people: int
    pairs: int
    mean: float | None
    minimum: float | None
    maximum: float | None
    p10: float | None
    p25: float | None
    p50: float | None
    p75: float | None
    p90: float | None
    counts: list[int]
    """Intervals in each range, or people with ``weigh`` people."""


class IntervalGroup(Model):
    """One breakdown value."""

    group: GroupLabel | None
    overall: IntervalPoint
    points: list[IntervalPoint]


class IntervalResult(Model):
    """``groups[0]`` is everyone."""

    buckets: list[str]
    incomplete: list[bool]
    ranges: list[IntervalRange]
    groups: list[IntervalGroup]


class Interval(Analysis[IntervalParams, PersonsPart, IntervalCell, IntervalResult]):
    """See the module's description and ``docs/reference/analyses/interval.md``."""

    name = "interval"
    title = Text("Interval", "间隔分析")
    description = Text("How long it takes from one thing to the next.", "从一个行为到下一个行为要多久。")
    family = "behaviour"
    sentence = Text(
        "How long did {people} take from {start} to {end}, when they got there in {period}? By {grain}.",
        "{people}在{period}完成{end}，距{start}有多久？按{grain}看。",
    )
    Params = IntervalParams
    Cell = IntervalCell
    Result = IntervalResult
    samples = (
        {
            "start": {"any_of": [{"event": "purchase"}]},
            "end": {"any_of": [{"event": "purchase"}]},
            "breakdowns": [{"property": "channel"}],
        },
        {
            "start": {"any_of": [{"event": "add_to_cart"}]},
            "end": {"any_of": [{"event": "purchase"}]},
            "hold": {"property": "item_id", "scope": "item"},
            "at_most": 7 * DAY,
            "weigh": "people",
            "grain": "day",
        },
    )

    def plan(self, params: IntervalParams, context: Context) -> Plan:
        """Read both, from as long before the period as an interval may last; all history for the very first."""
        check(params)
        first = params.pairs == "first"
        return Plan(
            steps=(params.start, params.end),
            span=Span(0 if first else context.span.start - params.at_most, context.span.end),
            group=params.breakdowns,
            key=(params.hold,) if params.hold else (),
        )

    def partial(self, params: IntervalParams, context: Context, block: Block) -> PersonsPart:
        """Pair the rows and tell the intervals by group and bucket."""
        keep = may_have_other(len(params.breakdowns), params.top, context.labels)
        atoms = atoms_of(params, context, block)
        return folded(atoms, HOW[params.weigh], width(params, context), block.people, keep=keep)

    def empty(self, params: IntervalParams, context: Context) -> PersonsPart:
        """Return nobody."""
        return no_persons()

    def people(
        self, params: IntervalParams, context: Context, block: Block, cell: IntervalCell, groups: Ints | None
    ) -> npt.NDArray[np.int32]:
        """Return those with an interval in the range."""
        wide = width(params, context)
        bucket = wide - 1 if cell.bucket is None else cell.bucket
        if not 0 <= bucket < wide:
            raise BadInput(
                "no_such_period",
                Text("The table has {columns} periods.", "该表共有 {columns} 个周期。"),
                field="cell.bucket",
                got=cell.bucket,
                expected=f"0…{wide - 2}",
                columns=wide - 1,
            )
        atoms = atoms_of(params, context, block)
        figure = Range(cell.low, cell.high)
        return block.people[behind(atoms, HOW[params.weigh], wide, bucket, groups, figure)]

    def others(self, params: IntervalParams, context: Context, part: PersonsPart) -> Ints:
        """Return the group codes that make "other"."""
        return lines_of(params, context, part).slots.rest

    def figures(self, params: IntervalParams, result: IntervalResult) -> list[Figure]:
        """Return the percentiles and the mean of the whole period, in seconds, and the people."""
        found = []
        for group in result.groups:
            overall, label, cell = group.overall, group.group, IntervalCell(group=group.group)
            for name, value, title in (
                ("p50", overall.p50, Text("Median", "中位数")),
                ("mean", overall.mean, Text("Mean", "均值")),
                ("p10", overall.p10, Text("P10", "P10")),
                ("p25", overall.p25, Text("P25", "P25")),
                ("p75", overall.p75, Text("P75", "P75")),
                ("p90", overall.p90, Text("P90", "P90")),
            ):
                seconds = None if value is None else value / SECOND
                found.append(Figure(name, title, seconds, "seconds", label))
            found.append(Figure("people", Text("People", "人数"), overall.people, "number", label, cell))
            found.append(Figure("pairs", Text("Intervals", "间隔数"), overall.pairs, "number", label, cell))
        return found

    def counted(self, params: IntervalParams, result: IntervalResult) -> Iterator[tuple[IntervalCell, int]]:
        """Return the people of the period and of each bucket, and of each range where persons are counted."""
        for group in result.groups:
            for bucket, point in [(None, group.overall), *enumerate(group.points)]:
                yield IntervalCell(bucket=bucket, group=group.group), point.people
                if params.weigh == "pairs":
                    continue
                for span, count in zip(result.ranges, point.counts, strict=True):
                    place = {"bucket": bucket, "group": group.group, **span.model_dump()}
                    yield IntervalCell.model_validate(place), count

    def shape(self, params: IntervalParams, context: Context, part: PersonsPart) -> IntervalResult:
        """Describe the intervals of everyone, the largest groups and the rest."""
        lines = lines_of(params, context, part)
        points = edges(context.calendar, context.span, params.grain)
        cuts = cuts_of(params, lines.samples)
        return IntervalResult(
            buckets=starts(context.calendar, points),
            incomplete=unfinished(context, points),
            ranges=[
                IntervalRange(low=low, high=high) for low, high in pairwise([*cuts, None]) if low is not None
            ],
            groups=[
                IntervalGroup(
                    group=label,
                    overall=point(*lines.of(slot, lines.width - 1), cuts),
                    points=[point(*lines.of(slot, bucket), cuts) for bucket in range(lines.width - 1)],
                )
                for slot, label in enumerate(lines.slots.labels)
            ],
        )


HOW: Final[dict[Literal["pairs", "people"], How]] = {"pairs": "each", "people": "mean"}


def width(params: IntervalParams, context: Context) -> int:
    """Return how many buckets a line has, the whole period being the last."""
    return edges(context.calendar, context.span, params.grain).size


def lines_of(params: IntervalParams, context: Context, part: PersonsPart) -> Lines:
    """Return the samples of every line and bucket."""
    return Lines(part, HOW[params.weigh], width(params, context), params.top, context.labels)


def atoms_of(params: IntervalParams, context: Context, block: Block) -> Atoms:
    """Return the intervals by group of the start, in the bucket of the end and in the whole period."""
    found = pairs_of(block, params.pairs, params.at_most, hold=params.hold is not None)
    inside = block.time[found.end] >= context.span.start
    person, start, end = found.person[inside], found.start[inside], found.end[inside]
    key = None if found.key is None else found.key[inside]
    wide, length = width(params, context), block.time[end] - block.time[start]
    bucket = numbered(edges(context.calendar, context.span, params.grain), block.time[end])
    if not isinstance(block.group, Ragged):
        lines = [np.zeros(person.size, np.int64)]
        if block.group is not None:
            lines.append(block.group[start] + 1)
        keys = np.stack([line * wide + at for line in lines for at in (np.full_like(line, wide - 1), bucket)])
        person, atom, length = (np.repeat(one, len(keys)) for one in (person, np.arange(person.size), length))
        return Atoms(keys.T.reshape(-1), person, atom, length, np.zeros(atom.size, np.int64))
    atom = np.arange(person.size)
    member, code = memberships(block, start, np.ones(person.size, np.int64), key)
    line = np.concatenate([np.zeros(person.size, np.int64), code + 1])
    atom = np.concatenate([atom, member])
    keys = np.concatenate([line * wide + wide - 1, line * wide + bucket[atom]])
    atom = np.concatenate([atom, atom])
    order = np.argsort(person[atom], kind="stable")
    keys, atom = keys[order], atom[order]
    return Atoms(keys, person[atom], atom, length[atom], np.zeros(atom.size, np.int64))


def cuts_of(params: IntervalParams, samples: list[Sample]) -> list[float]:
    """Return where ranges begin: 0 and the cuts asked for, or those of a ladder that the figures reach."""
    if params.cuts:
        return [0.0, *map(float, params.cuts)]
    sizes = [sample for sample in samples if sample.size]
    if not sizes:
        return [0.0]
    low, high = min(sample.values[0] for sample in sizes), max(sample.values[-1] for sample in sizes)
    middle = [float(cut) for cut in LADDER if low < cut <= high]
    return [0.0, *middle]


def point(sample: Sample, counts: list[int], cuts: list[float]) -> IntervalPoint:
    """Describe the intervals of one cell."""
    people, pairs = counts
    minimum, p10, p25, p50, p75, p90, maximum = sample.at(0, *SHARES, 100)
    return IntervalPoint(
        people=people,
        pairs=pairs,
        mean=sample.mean,
        minimum=minimum,
        maximum=maximum,
        p10=p10,
        p25=p25,
        p50=p50,
        p75=p75,
        p90=p90,
        counts=sample.histogram(cuts)[1:],
    )


def check(params: IntervalParams) -> None:
    """Refuse what has no meaning."""
    if list(params.cuts) != sorted(set(params.cuts)) or (params.cuts and params.cuts[0] <= 0):
        raise BadInput(
            "bad_bins",
            Text("Bins are ascending cut points.", "分箱必须是递增的切分点。"),
            field="cuts",
            got=list(params.cuts),
            expected=[HOUR, DAY, 7 * DAY],
        )
