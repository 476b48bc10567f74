"""Stickiness: on how many days people come, and which part of a month's people come on one day."""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from tidewheel.analyse.contract import Analysis, Block, Context, Figure, Ints, Plan
from tidewheel.analyse.form import Ask
from tidewheel.analyse.kernels.buckets import edges, numbered, starts, unfinished
from tidewheel.analyse.kernels.cells import Cells, no_cells, occurrences, ranked, tally
from tidewheel.analyse.kernels.groups import may_have_other, once_each
from tidewheel.analyse.kernels.lines import Buckets, Records, count_people
from tidewheel.analyse.kernels.persons import (
    Atoms,
    Figures,
    Lines,
    PersonsPart,
    Range,
    behind,
    folded,
    no_persons,
)
from tidewheel.analyse.kernels.trends import active
from tidewheel.analyse.question import GroupLabel, Model, Question, Step
from tidewheel.core.errors import BadInput
from tidewheel.core.period import Span
from tidewheel.core.text import Text


class StickinessParams(Question):
    """A stickiness question."""

    event: Annotated[Step, Ask(Text("Active is who did", "活跃行为"))]
    unit: Annotated[
        Literal["hour", "day", "week", "month"],
        Ask(
            Text("Count", "计数单位"),
            choices={
                "hour": Text("hours", "小时"),
                "day": Text("days", "天"),
                "week": Text("weeks", "周"),
                "month": Text("months", "月"),
            },
        ),
    ] = "day"
    windows: Annotated[
        tuple[Annotated[int, Field(ge=2, le=366)], ...],
        Field(max_length=3),
        Ask(Text("Set a day against its last days", "与最近多少天相比")),
    ] = (7, 30)
    """Each day's people are set against those of so many days up to it: 7 gives WAU, 30 MAU."""


class StickinessCell(Model):
    """The persons behind one figure.

    With ``bucket`` those active on that day or, with ``window``, in so many days up to it. Otherwise those active in
    exactly ``units`` units of the period (None: any), or with ``at_least`` in so many or more.
    """

    units: int | None = None
    at_least: bool = False
    bucket: int | None = None
    window: int = 1
    group: GroupLabel | None = None


class StickinessGroup(Model):
    """One breakdown value.

    ``exactly[n - 1]`` are the people active in n units, ``at_least[n - 1]`` in n or more. ``daily`` are each
    day's people, ``windows[w][day]`` those of the window, ``ratios[w][day]`` the first part of the second, and
    ``stickiness[w]`` the same over all whole days.
    """

    group: GroupLabel | None
    people: int
    mean: float | None
    exactly: list[int]
    at_least: list[int]
    daily: list[int | None]
    windows: list[list[int | None]]
    ratios: list[list[float | None]]
    stickiness: list[float | None]


class StickinessResult(Model):
    """``buckets`` are the days. ``groups[0]`` is everyone."""

    buckets: list[str]
    incomplete: list[bool]
    units: int
    """How many units the period has."""
    groups: list[StickinessGroup]


@dataclass(frozen=True, slots=True)
class StickinessPart:
    """How many units each person was active in; people by line and day, of each window as changes.

    ``seen`` are (line and day, person) pairs of groups that may end up in "other".
    """

    persons: PersonsPart
    people: tuple[Cells, ...]
    seen: tuple[tuple[Ints, Ints], ...] = ()

    def merge(self, other: StickinessPart) -> StickinessPart:
        """Return the people of both."""
        people = tuple(a.merge(b) for a, b in zip(self.people, other.people, strict=True))
        return StickinessPart(self.persons.merge(other.persons), people, self.seen + other.seen)


class Stickiness(Analysis[StickinessParams, StickinessPart, StickinessCell, StickinessResult]):
    """See the module's description and ``docs/reference/analyses/stickiness.md``."""

    name = "stickiness"
    title = Text("Stickiness", "粘性分析")
    description = Text(
        "On how many days people come, and which part of a month's people come on one day.",
        "用户活跃了多少天，一天的活跃用户占一周、一月活跃用户的多少。",
    )
    family = "behaviour"
    sentence = Text(
        "In how many {unit} of {period} did {people} do {event}?",
        "{people}在{period}里有多少{unit}做了{event}？",
    )
    Params = StickinessParams
    Cell = StickinessCell
    Result = StickinessResult
    samples = (
        {"event": {"any_of": [{"event": "page_view"}]}, "breakdowns": [{"property": "platform"}]},
        {"event": {"any_of": [{"event": "purchase"}]}, "unit": "week", "period": {"last": 8, "unit": "week"}},
    )

    def plan(self, params: StickinessParams, context: Context) -> Plan:
        """Read from the longest window before the period on."""
        begin = int(buckets_of(params, context).cuts[0])
        return Plan(
            steps=(params.event,),
            span=Span(min(begin, context.span.start), context.span.end),
            group=params.breakdowns,
        )

    def partial(self, params: StickinessParams, context: Context, block: Block) -> StickinessPart:
        """Count units of persons, and people of days and windows."""
        if block.group is None:
            return self._everyone(params, context, block)
        keep = may_have_other(len(params.breakdowns), params.top, context.labels)
        atoms, found = atoms_of(params, context, block)
        persons = folded(atoms, "sum", 1, block.people, keep=keep)
        if not found.line.size:
            return StickinessPart(persons, tuple(no_cells(1) for _ in reaches(params)))
        people = windowed(params, found.buckets, found.line, found.bucket, found.person)
        if not keep:
            return StickinessPart(persons, people)
        fresh = once_each(ranked(found.cell)[1], found.person)
        fresh &= found.line > 0
        seen = ((found.cell[fresh], block.people[found.person[fresh]].astype(np.int64)),)
        return StickinessPart(persons, people, seen)

    @staticmethod
    def _everyone(params: StickinessParams, context: Context, block: Block) -> StickinessPart:
        """Count where there are no groups: no records, one pass."""
        buckets, span = buckets_of(params, context), context.span
        day = numbered(buckets.cuts, block.time, None if buckets.history else span.start)
        units = edges(context.calendar, span, params.unit)
        unit = numbered(units, block.time, span.start)
        exactly = np.zeros(units.size + 1, np.int64)
        changes = np.zeros((len(reaches(params)), buckets.count), np.int64)
        active(block.offsets, day, unit, np.array(reaches(params)), exactly, changes)
        exactly[0] = 0
        number = np.flatnonzero(exactly)
        none, people = np.zeros(number.size, np.int64), exactly.sum()
        figures = Figures(none, number.astype(np.float64), exactly[number])
        counts = Cells(none[:1], np.array([[people], [0]])) if people else no_cells(2)
        return StickinessPart(
            PersonsPart((figures,), counts),
            tuple(Cells(held := np.flatnonzero(own), own[None, held]) for own in changes),
        )

    def empty(self, params: StickinessParams, context: Context) -> StickinessPart:
        """Return nobody."""
        return StickinessPart(no_persons(), tuple(no_cells(1) for _ in reaches(params)))

    def people(
        self,
        params: StickinessParams,
        context: Context,
        block: Block,
        cell: StickinessCell,
        groups: Ints | None,
    ) -> npt.NDArray[np.int32]:
        """Return who was active then, or as often."""
        atoms, found = atoms_of(params, context, block)
        if cell.bucket is not None:
            days = found.buckets.count - found.buckets.history
            if not 0 <= cell.bucket < days:
                raise BadInput(
                    "no_such_period",
                    Text("The table has {columns} periods.", "该表共有 {columns} 个周期。"),
                    field="cell.bucket",
                    got=cell.bucket,
                    expected=f"0…{days - 1}",
                    columns=days,
                )
            last = found.buckets.history + cell.bucket
            chosen = (found.bucket <= last) & (found.bucket > last - cell.window)
            chosen &= found.line == 0 if groups is None else np.isin(found.line - 1, groups)
            return np.unique(block.people[found.person[chosen]])
        high = None if cell.units is None or cell.at_least else cell.units + 1
        return block.people[behind(atoms, "sum", 1, 0, groups, Range(cell.units, high))]

    def others(self, params: StickinessParams, context: Context, part: StickinessPart) -> Ints:
        """Return the group codes that make "other"."""
        return lines_of(params, context, part).slots.rest

    def figures(self, params: StickinessParams, result: StickinessResult) -> list[Figure]:
        """Return the mean number of units, the people, and the stickiness of each window."""
        found = []
        for group in result.groups:
            label, cell = group.group, StickinessCell(group=group.group)
            for window, share in zip(params.windows, group.stickiness, strict=True):
                title = Text(f"A day's part of {window} days", f"日活占 {window} 日活跃比")
                found.append(Figure(f"stickiness_{window}", title, share, "percent", label))
            found.append(Figure("mean", Text("Mean active units", "人均活跃数"), group.mean, "number", label))
            found.append(Figure("people", Text("People", "人数"), group.people, "number", label, cell))
        return found

    def counted(
        self, params: StickinessParams, result: StickinessResult
    ) -> Iterator[tuple[StickinessCell, int]]:
        """Return the people of every number of units, of every day and of every window."""
        for group in result.groups:
            label = group.group
            yield StickinessCell(group=label), group.people
            for number, (exactly, more) in enumerate(zip(group.exactly, group.at_least, strict=True)):
                yield StickinessCell(units=number + 1, group=label), exactly
                yield StickinessCell(units=number + 1, at_least=True, group=label), more
            for window, people in zip(reaches(params), [group.daily, *group.windows], strict=True):
                for day, count in enumerate(people):
                    if count is not None:
                        yield StickinessCell(bucket=day, window=window, group=label), count

    def shape(self, params: StickinessParams, context: Context, part: StickinessPart) -> StickinessResult:
        """Make the figures of everyone, the largest groups and the rest."""
        lines = lines_of(params, context, part)
        buckets = buckets_of(params, context)
        cuts = buckets.cuts[buckets.history :]
        units = edges(context.calendar, context.span, params.unit).size - 1
        table = np.zeros((len(part.people), len(lines.slots.labels), buckets.width), np.int64)
        for own, cells in zip(table, part.people, strict=True):
            line, place = np.divmod(cells.keys, buckets.width)
            np.add.at(own, (lines.slots.of(line - 1), place), cells.columns[0])
        other = lines.slots.other
        if other is not None:
            table[:, other] = others_table(params, part, lines.slots.rest, buckets)
        table = table[:, :, :-1]
        table[1:] = np.cumsum(table[1:], axis=2)
        incomplete = unfinished(context, cuts)
        begun = int((cuts[:-1] <= context.now).sum())
        return StickinessResult(
            buckets=starts(context.calendar, cuts),
            incomplete=incomplete,
            units=units,
            groups=[
                group(label, lines, slot, units, table[:, slot, buckets.history :], incomplete, begun)
                for slot, label in enumerate(lines.slots.labels)
            ],
        )


def group(
    label: GroupLabel | None,
    lines: Lines,
    slot: int,
    units: int,
    table: Ints,
    incomplete: list[bool],
    begun: int,
) -> StickinessGroup:
    """Return one group; ``table`` is windows x days."""
    sample, (people, _) = lines.of(slot, 0)
    exactly = np.zeros(units, np.int64)
    np.add.at(exactly, sample.values.astype(np.int64) - 1, sample.counts)
    daily, *windows = (
        [count if day < begun else None for day, count in enumerate(row)] for row in table.tolist()
    )
    whole = [not marked for marked in incomplete]
    totals = table[:, whole].sum(axis=1).tolist()
    return StickinessGroup(
        group=label,
        people=people,
        mean=sample.mean,
        exactly=exactly.tolist(),
        at_least=np.cumsum(exactly[::-1])[::-1].tolist(),
        daily=daily,
        windows=windows,
        ratios=[
            [day / most if day is not None and most else None for day, most in zip(daily, row, strict=True)]
            for row in windows
        ],
        stickiness=[totals[0] / total if total else None for total in totals[1:]],
    )


def reaches(params: StickinessParams) -> tuple[int, ...]:
    """Return how many days each row of figures covers."""
    return (1, *params.windows)


def buckets_of(params: StickinessParams, context: Context) -> Buckets:
    """Return the days, with those before the period that windows reach back to."""
    return Buckets(context.calendar, context.span, "day", max(reaches(params)))


def lines_of(params: StickinessParams, context: Context, part: StickinessPart) -> Lines:
    """Return the active units of every line; groups that were only there before the period are last."""
    line = np.unique(part.people[0].keys // buckets_of(params, context).width)
    return Lines(part.persons, "sum", 1, params.top, context.labels, line[line > 0] - 1)


def atoms_of(params: StickinessParams, context: Context, block: Block) -> tuple[Atoms, Records]:
    """Return the units in which each person was active in the period, and the rows of all days."""
    found = Records(buckets_of(params, context), np.zeros(1, bool), block)
    chosen = np.flatnonzero(found.inside)
    line, row, person = found.line[chosen], found.row[chosen], found.person[chosen]
    number = numbered(edges(context.calendar, context.span, params.unit), block.time)[row]
    fresh = once_each(ranked(line)[1], person * (int(number.max(initial=0)) + 1) + number)
    line, person, number = line[fresh], person[fresh], number[fresh]
    return Atoms(line, person, number, np.ones(line.size, np.int64), np.zeros(line.size, np.int64)), found


def windowed(
    params: StickinessParams, buckets: Buckets, line: Ints, bucket: Ints, person: Ints
) -> tuple[Cells, ...]:
    """Return people by line and day for each window; as changes along the days where it is longer than one."""
    found = []
    inside = np.zeros(line.size, bool)
    for reach in reaches(params):
        own = copy(buckets)
        own.reach = reach
        cells, changes, _ = count_people(line, bucket, person, inside, own)
        found.append(occurrences(cells) if reach == 1 else tally(cells, changes[None]))
    return tuple(found)


def others_table(params: StickinessParams, part: StickinessPart, rest: Ints, buckets: Buckets) -> Ints:
    """Return windows x cells of "other", everyone counted once."""
    table = np.zeros((len(part.people), buckets.width), np.int64)
    key, person = (np.concatenate(some) for some in zip(*part.seen, strict=True))
    line, bucket = np.divmod(key, buckets.width)
    inside = np.isin(line - 1, rest)
    bucket, person = bucket[inside], person[inside]
    order = np.lexsort((bucket, person))
    bucket, person = bucket[order], person[order]
    if not bucket.size:
        return table
    none = np.zeros(bucket.size, np.int64)
    for own, cells in zip(table, windowed(params, buckets, none, bucket, person), strict=True):
        np.add.at(own, cells.keys, cells.columns[0])
    return table
