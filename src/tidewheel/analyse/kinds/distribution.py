"""Distribution: how many people did it how often, how much, or on how many days."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Annotated, Final, Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from tidewheel.analyse.contract import Analysis, Block, Context, Figure, Ints, Plan, Ragged
from tidewheel.analyse.cuts import even_cuts, stepped, whole_cuts
from tidewheel.analyse.form import GRAINS, Ask
from tidewheel.analyse.kernels.buckets import edges, numbered, starts, unfinished
from tidewheel.analyse.kernels.cells import exact, ranked
from tidewheel.analyse.kernels.groups import may_have_other, once_each
from tidewheel.analyse.kernels.lines import Buckets, Records
from tidewheel.analyse.kernels.persons import (
    Atoms,
    Lines,
    PersonsPart,
    Range,
    behind,
    folded,
    idle,
    no_persons,
    pairs,
    rows_of_each,
)
from tidewheel.analyse.kernels.samples import Sample
from tidewheel.analyse.question import Breakdown, GroupLabel, Model, Question, Step
from tidewheel.core.errors import BadInput
from tidewheel.core.period import Grain
from tidewheel.core.text import Text

UNITS_OF_TIME: Final[dict[str, Grain]] = {"hours": "hour", "days": "day", "weeks": "week"}
TOTAL: Final = Text("in all", "合计")


class DistributionParams(Question):
    """A distribution question. Without ``cuts`` and ``width`` the ranges are chosen from the figures."""

    event: Annotated[Step, Ask(Text("Behaviour", "行为"))]
    by: Annotated[
        Literal["count", "sum", "distinct", "hours", "days", "weeks"],
        Ask(
            Text("A person's figure", "每人的数值"),
            choices={
                "count": Text("how many times", "次数"),
                "sum": Text("the sum of a property", "属性求和"),
                "distinct": Text("how many different values of a property", "属性去重数"),
                "hours": Text("in how many hours", "发生的小时数"),
                "days": Text("on how many days", "发生的天数"),
                "weeks": Text("in how many weeks", "发生的周数"),
            },
        ),
    ] = "count"
    property: Annotated[Breakdown | None, Ask(Text("Property", "属性"))] = None
    """What is summed or told apart."""
    active: Annotated[Step | None, Ask(Text("Also those who only did", "另计仅做了该行为的人"))] = None
    """People who did this and not ``event`` are counted beside, with zero."""
    cuts: Annotated[tuple[float, ...], Field(max_length=100), Ask(Text("Cut at", "分段点"))] = ()
    width: Annotated[float | None, Field(gt=0), Ask(Text("Range width", "等宽分段"))] = None
    grain: Annotated[
        Literal["day", "week", "month", "total"],
        Ask(Text("Each", "粒度"), choices={**GRAINS, "total": TOTAL}),
    ] = "total"
    percentiles: Annotated[
        tuple[Annotated[float, Field(ge=0, le=100)], ...],
        Field(min_length=1, max_length=9),
        Ask(Text("Percentiles", "分位数")),
    ] = (25, 50, 75, 90)


class DistributionCell(Model):
    """The persons behind one figure: those whose figure is in ``[low, high)``, an end that is missing is open.

    ``bucket`` None: the whole period. ``idle``: those who did not do it instead.
    """

    bucket: int | None = None
    low: float | None = None
    high: float | None = None
    idle: bool = False
    group: GroupLabel | None = None


class DistributionRange(Model):
    """The figures ``low <= x < high``; an end that is None is open."""

    low: float | None
    high: float | None


class DistributionPoint(Model):
    """The people of one bucket. ``people`` did it; ``idle`` were there and did not (None when not asked)."""

    people: int
    idle: int | None
    counts: list[int]
    """People in each range."""
    sums: list[float]
    """The sum of their figures in each range."""
    mean: float | None
    minimum: float | None
    maximum: float | None
    total: float
    percentiles: list[float | None]
    top_fifth: float | None
    """The part of the total that the fifth of people with the largest figures make."""


class DistributionGroup(Model):
    """One breakdown value. ``overall`` is the whole period; ``points`` the buckets, none with grain ``total``."""

    group: GroupLabel | None
    overall: DistributionPoint
    points: list[DistributionPoint]


class DistributionResult(Model):
    """``groups[0]`` is everyone. ``whole`` says that figures are whole numbers."""

    buckets: list[str]
    incomplete: list[bool]
    ranges: list[DistributionRange]
    percentiles: list[float]
    whole: bool
    groups: list[DistributionGroup]


class Distribution(Analysis[DistributionParams, PersonsPart, DistributionCell, DistributionResult]):
    """See the module's description and ``docs/reference/analyses/distribution.md``."""

    name = "distribution"
    title = Text("Distribution", "分布分析")
    description = Text(
        "How many people did it how often, how much, or on how many days.",
        "做了多少次、多少金额、多少天的人各有多少。",
    )
    family = "behaviour"
    sentence = Text(
        "Of {people} who did {event} in {period}: by {by}, how are they spread?",
        "{period}做了{event}的{people}，按{by}如何分布？",
    )
    Params = DistributionParams
    Cell = DistributionCell
    Result = DistributionResult
    samples = (
        {
            "event": {"any_of": [{"event": "purchase"}]},
            "active": {"any_of": [{"event": "page_view"}]},
            "breakdowns": [{"property": "channel"}],
        },
        {
            "event": {"any_of": [{"event": "purchase"}]},
            "by": "sum",
            "property": {"property": "value"},
            "grain": "week",
            "cuts": [10000, 20000, 50000, 100000],
        },
        {"event": {"any_of": [{"event": "page_view"}]}, "by": "days"},
    )

    def plan(self, params: DistributionParams, context: Context) -> Plan:
        """Read the behaviour, the one that makes a person be there, and the property."""
        check(params)
        return Plan(
            steps=(params.event,) if params.active is None else (params.event, params.active),
            span=context.span,
            group=params.breakdowns,
            values=(params.property,) if reads(params) and params.property else (),
            coded=(0,) if params.by == "distinct" else (),
        )

    def partial(self, params: DistributionParams, context: Context, block: Block) -> PersonsPart:
        """Return a figure for each person, by group and bucket."""
        keep = may_have_other(len(params.breakdowns), params.top, context.labels)
        if params.by == "count" and params.active is None and not (keep or isinstance(block.group, Ragged)):
            bucket = None
            if params.grain != "total":
                bucket = numbered(edges(context.calendar, context.span, params.grain), block.time)
            match, wide = block.match.view(np.int64), width(params, context)
            counted = rows_of_each(block.offsets, match, block.group, bucket, wide)
            if counted is not None:
                return PersonsPart((counted[0],), counted[1])
        atoms = atoms_of(params, context, block)
        return folded(atoms, "sum", width(params, context), block.people, keep=keep)

    def empty(self, params: DistributionParams, context: Context) -> PersonsPart:
        """Return nobody."""
        return no_persons()

    def people(
        self,
        params: DistributionParams,
        context: Context,
        block: Block,
        cell: DistributionCell,
        groups: Ints | None,
    ) -> npt.NDArray[np.int32]:
        """Return those whose figure is in the range."""
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
        if cell.idle:
            return block.people[idle(atoms, wide, bucket, groups)]
        return block.people[behind(atoms, "sum", wide, bucket, groups, Range(cell.low, cell.high))]

    def others(self, params: DistributionParams, context: Context, part: PersonsPart) -> Ints:
        """Return the group codes that make "other"."""
        return lines_of(params, context, part).slots.rest

    def figures(self, params: DistributionParams, result: DistributionResult) -> list[Figure]:
        """Return the people, the mean and the percentiles of the whole period."""
        found = []
        for group in result.groups:
            overall, cell = group.overall, DistributionCell(group=group.group)
            found.append(
                Figure("people", Text("People", "人数"), overall.people, "number", group.group, cell)
            )
            if overall.idle is not None:
                none = DistributionCell(group=group.group, idle=True)
                title = Text("Were there and did not", "未发生人数")
                found.append(Figure("idle", title, overall.idle, "number", group.group, none))
            found.append(Figure("mean", Text("Mean", "均值"), overall.mean, "number", group.group))
            for share, value in zip(result.percentiles, overall.percentiles, strict=True):
                title = Text(f"P{share:g}", f"P{share:g}")
                found.append(Figure(f"p{share:g}", title, value, "number", group.group))
            title = Text("Part of the top fifth", "前 20% 用户占比")
            found.append(Figure("top_fifth", title, overall.top_fifth, "percent", group.group))
        return found

    def counted(
        self, params: DistributionParams, result: DistributionResult
    ) -> Iterator[tuple[DistributionCell, int]]:
        """Return the people, ranges and those who did not, of the whole period and of each bucket."""
        for group in result.groups:
            for bucket, point in [(None, group.overall), *enumerate(group.points)]:
                place = {"bucket": bucket, "group": group.group}
                yield DistributionCell.model_validate(place), point.people
                if point.idle is not None:
                    yield DistributionCell.model_validate({**place, "idle": True}), point.idle
                for span, count in zip(result.ranges, point.counts, strict=True):
                    yield DistributionCell.model_validate({**place, **span.model_dump()}), count

    def shape(self, params: DistributionParams, context: Context, part: PersonsPart) -> DistributionResult:
        """Cut the figures and describe them, of everyone, the largest groups and the rest."""
        lines = lines_of(params, context, part)
        cuts, below = cuts_of(params, lines.samples[lines.width - 1], lines.samples)
        points = np.zeros(0, np.int64)
        if params.grain != "total":
            points = edges(context.calendar, context.span, params.grain)

        def point(slot: int, bucket: int) -> DistributionPoint:
            sample, (people, rest) = lines.of(slot, bucket)
            first = 0 if below else 1
            minimum, *percentiles, maximum = sample.at(0, *params.percentiles, 100)
            return DistributionPoint(
                people=people,
                idle=rest if params.active is not None else None,
                counts=sample.histogram(cuts)[first:],
                sums=sample.sums(cuts)[first:],
                mean=sample.mean,
                minimum=minimum,
                maximum=maximum,
                total=sample.total,
                percentiles=percentiles,
                top_fifth=sample.largest(0.2),
            )

        open_ended: list[float | None] = [*([None] if below else []), *cuts, None]
        return DistributionResult(
            buckets=starts(context.calendar, points),
            incomplete=unfinished(context, points),
            ranges=[DistributionRange(low=low, high=high) for low, high in pairwise(open_ended)],
            percentiles=list(params.percentiles),
            whole=params.by != "sum",
            groups=[
                DistributionGroup(
                    group=label,
                    overall=point(slot, lines.width - 1),
                    points=[point(slot, bucket) for bucket in range(lines.width - 1)],
                )
                for slot, label in enumerate(lines.slots.labels)
            ],
        )


def lines_of(params: DistributionParams, context: Context, part: PersonsPart) -> Lines:
    """Return the samples of every line and bucket."""
    return Lines(part, "sum", width(params, context), params.top, context.labels)


def width(params: DistributionParams, context: Context) -> int:
    """Return how many buckets a line has, the whole period being the last."""
    return 1 if params.grain == "total" else edges(context.calendar, context.span, params.grain).size


def reads(params: DistributionParams) -> bool:
    """Say whether the figure is made of a property."""
    return params.by in {"sum", "distinct"}


def cuts_of(
    params: DistributionParams, everyone: Sample, all_samples: list[Sample]
) -> tuple[list[float], bool]:
    """Return the cuts, and whether there is a range below the first."""
    if params.cuts:
        return list(params.cuts), True
    if not everyone.size:
        return [0.0 if params.by == "sum" else 1.0], False
    low, high = float(everyone.values[0]), float(everyone.values[-1])
    if params.width is not None:
        found = stepped(low, high, params.width)
    elif params.by == "sum":
        few, many = everyone.at(5, 95)
        found = even_cuts(few or 0.0, many or 0.0)
    else:
        found = whole_cuts(high)
    least = min(float(sample.values[0]) for sample in all_samples if sample.size)
    return found, least < found[0]


def atoms_of(params: DistributionParams, context: Context, block: Block) -> Atoms:
    """Return what counts for each person, by group, in each bucket and in the whole period."""
    steps = 1 if params.active is None else 2
    found = Records(Buckets(context.calendar, context.span, "total"), np.zeros(steps, bool), block)
    last = width(params, context) - 1
    line = (found.line // steps) * (last + 1)
    did = found.line % steps == 0
    keys = [line + last]
    if params.grain != "total":
        keys.append(
            line + numbered(edges(context.calendar, context.span, params.grain), block.time)[found.row]
        )
    parts = [_done(params, context, block, found, np.flatnonzero(did), key) for key in keys]
    if steps == 2:
        parts += [_was_there(key[~did], found.person[~did]) for key in keys]
    if len(parts) == 1:
        return parts[0]
    joined = Atoms(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))
    order = np.argsort(joined.person, kind="stable")
    return Atoms(*(column[order] for column in joined))


def _was_there(key: Ints, person: Ints) -> Atoms:
    """Return one empty atom for each person and key."""
    fresh = once_each(ranked(key)[1], person)
    key, person = key[fresh], person[fresh]
    none = np.zeros(key.size, np.int64)
    return Atoms(key, person, none - 1, none, none)


def _done(
    params: DistributionParams, context: Context, block: Block, found: Records, did: Ints, key: Ints
) -> Atoms:
    """Return the atoms of the behaviour itself: of each event, time unit or different value."""
    row, person, key = found.row[did], found.person[did], key[did]
    one, none = np.ones(did.size, np.int64), np.zeros(did.size, np.int64)
    unit = UNITS_OF_TIME.get(params.by)
    if unit is not None:
        number = numbered(edges(context.calendar, context.span, unit), block.time)[row]
        fresh = once_each(ranked(key)[1], person * (int(number.max(initial=0)) + 1) + number)
        return Atoms(key[fresh], person[fresh], number[fresh], one[fresh], none[fresh])
    if params.by == "count":
        return _fewer(block, Atoms(key, person, row, one, none))
    record, value = found.values(block, 0, [0])
    place = np.zeros(found.line.size, np.int64)
    place[did] = np.arange(did.size)
    record = place[record]
    if params.by == "sum":
        sums = np.zeros((2, did.size), np.int64)
        for column, added in zip(sums, exact(value), strict=True):
            np.add.at(column, record, added)
        atom = np.arange(did.size) if shares_items(block) else row
        return _fewer(block, Atoms(key, person, atom, sums[0], sums[1]))
    fresh = once_each(ranked(key)[1], person)
    number = np.unique(value, return_inverse=True)[1] + 1
    columns = (
        np.concatenate([key[fresh], key[record]]),
        np.concatenate([person[fresh], person[record]]),
        np.concatenate([none[fresh], number]),
    )
    order = np.lexsort((columns[2], columns[0], columns[1]))
    key, person, atom = (column[order] for column in columns)
    fresh = np.ones(order.size, bool)
    fresh[1:] = (np.diff(atom) != 0) | (np.diff(key) != 0) | (np.diff(person) != 0)
    key, person, atom = key[fresh], person[fresh], atom[fresh]
    return Atoms(key, person, atom, np.minimum(atom, 1), np.zeros(atom.size, np.int64))


def shares_items(block: Block) -> bool:
    """Say whether the first value and the groups are of the same items, so that each value has one group."""
    group, value = block.group, block.values[0]
    return isinstance(group, Ragged) and isinstance(value, Ragged) and group.values.size == value.values.size


def _fewer(block: Block, atoms: Atoms) -> Atoms:
    """Add up a person's events of a key where none can be in two groups."""
    if isinstance(block.group, Ragged):
        return atoms
    key, pair = pairs(atoms.key, atoms.person)
    sums = np.zeros((2, key.size), np.int64)
    for column, added in zip(sums, (atoms.whole, atoms.fraction), strict=True):
        np.add.at(column, pair, added)
    person = np.empty(key.size, np.int64)
    person[pair] = atoms.person
    return Atoms(key, person, key, sums[0], sums[1])


def check(params: DistributionParams) -> None:
    """Refuse what has no meaning."""
    if reads(params) and params.property is None:
        raise BadInput(
            "property_needed",
            Text("“{kind}” needs a property.", "“{kind}”需要指定属性。"),
            field="property",
            kind=params.by,
        )
    if list(params.cuts) != sorted(set(params.cuts)):
        raise BadInput(
            "bad_bins",
            Text("Bins are ascending cut points.", "分箱必须是递增的切分点。"),
            field="cuts",
            got=list(params.cuts),
            expected=[0, 100, 500],
        )
