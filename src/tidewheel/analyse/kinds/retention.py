"""Retention: of the people who did the first thing, how many came back to do the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Final, Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from tidewheel.analyse.contract import Analysis, Block, Context, Figure, Ints, Plan, Ragged
from tidewheel.analyse.form import GRAINS, Ask
from tidewheel.analyse.kernels.buckets import numbered, starts
from tidewheel.analyse.kernels.cells import UNITS, Cells, exact, no_cells, occurrences, ranked
from tidewheel.analyse.kernels.groups import (
    OTHER,
    item_bits,
    leading,
    may_have_other,
    memberships,
    named,
    once_each,
)
from tidewheel.analyse.kernels.retention import count, entries, returns, returns_since, tallied
from tidewheel.analyse.question import Breakdown, GroupLabel, Measure, Model, Question, Step
from tidewheel.analyse.returning import LENGTH, Grid, Shape, grid
from tidewheel.core.errors import BadInput
from tidewheel.core.period import Span
from tidewheel.core.text import Text

Flags = npt.NDArray[np.bool_]
FARTHEST: Final = 10_000
"""The last end a bracket may have, in periods."""


class RetentionParams(Question):
    """A retention question.

    ``first_time``: a cohort is the people whose first such event ever falls in it; otherwise everyone
    who did it in the bucket. ``mode``: came back exactly in period n, in it or later, or in one of the
    ``brackets`` (ends, in periods: ``[1, 3, 7]`` is 0–<1, 1–<3, 3–<7). ``clock``: periods are those of the
    calendar, or roll from each entry on: 1 hour, 24 hours, 7 or 30 times 24 hours long.
    """

    start: Annotated[Step, Ask(Text("Start", "起始行为"))]
    back: Annotated[Step, Ask(Text("Return", "回访行为"))]
    first_time: Annotated[bool, Ask(Text("First time only", "仅首次"))] = False
    grain: Annotated[Literal["hour", "day", "week", "month"], Ask(Text("Each", "粒度"), choices=GRAINS)] = (
        "day"
    )
    clock: Annotated[
        Literal["calendar", "rolling"],
        Ask(
            Text("Periods are", "期的算法"),
            choices={
                "calendar": Text("those of the calendar", "按自然日历"),
                "rolling": Text("24-hour windows", "滚动 24 小时"),
            },
        ),
    ] = "calendar"
    mode: Annotated[
        Literal["exact", "on_or_after", "brackets"],
        Ask(
            Text("Came back", "回访口径"),
            choices={
                "exact": Text("in that period", "恰在当期"),
                "on_or_after": Text("then or later", "当期或以后"),
                "brackets": Text("within brackets", "在区间内"),
            },
        ),
    ] = "exact"
    periods: Annotated[int, Field(ge=1, le=366), Ask(Text("Periods", "期数"))] = 14
    brackets: Annotated[tuple[int, ...], Field(max_length=50), Ask(Text("Brackets", "区间终点"))] = ()
    value: Annotated[Measure | None, Ask(Text("Value", "同时显示"))] = None
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


@dataclass(frozen=True, slots=True)
class Several:
    """Entries that may belong to several groups, so that "other" can count each once."""

    cohort: Ints
    member: Ints
    code: Ints
    back: Ints
    column: Ints
    sums: Ints


@dataclass(frozen=True, slots=True)
class RetentionPart:
    """Counts of entries and returns.

    ``cohorts`` counts entries by ``(code + 1) * cohorts + cohort``, code -1 being everyone; ``cells``, by that
    times columns plus column, those who came (with "on or after": for the last time) and the whole and
    fraction of the value. ``people`` are all who entered, ``sizes`` how many of them by code. Where some
    values may end up in "other", ``seen`` are (code, person) pairs.
    """

    people: int
    cohorts: Cells
    cells: Cells
    sizes: Cells = field(default_factory=lambda: no_cells(1))
    seen: tuple[tuple[Ints, Ints], ...] = ()
    several: tuple[Several, ...] = ()

    def merge(self, other: RetentionPart) -> RetentionPart:
        """Return the entries of both."""
        return RetentionPart(
            self.people + other.people,
            self.cohorts.merge(other.cohorts),
            self.cells.merge(other.cells),
            self.sizes.merge(other.sizes),
            self.seen + other.seen,
            self.several + other.several,
        )


class Retention(Analysis[RetentionParams, RetentionPart, RetentionCell, RetentionResult]):
    """See the module's description and ``docs/reference/analyses/retention.md``."""

    name = "retention"
    title = Text("Retention", "留存分析")
    description = Text(
        "Of the people who did the first thing, how many came back to do the other.",
        "做了起始行为的人，之后有多少回来做了回访行为。",
    )
    family = "behaviour"
    sentence = Text(
        "Of {people} who did {start} in {period}, how many did {back}? By {grain}, over {periods}.",
        "{period}做了{start}的{people}，之后有多少回来做了{back}？按{grain}看 {periods} 期。",
    )
    Params = RetentionParams
    Cell = RetentionCell
    Result = RetentionResult
    samples = (
        {
            "start": {"any_of": [{"event": "sign_up"}]},
            "back": {"any_of": [{"event": "page_view"}]},
            "first_time": True,
            "breakdowns": [{"property": "channel"}],
        },
        {
            "start": {"any_of": [{"event": "purchase"}]},
            "back": {"any_of": [{"event": "purchase"}]},
            "grain": "week",
            "mode": "brackets",
            "brackets": [1, 2, 4],
            "value": {"kind": "sum", "property": "value"},
        },
        {
            "start": {"any_of": [{"event": "view_item"}]},
            "back": {"any_of": [{"event": "purchase"}]},
            "clock": "rolling",
            "mode": "on_or_after",
            "periods": 3,
        },
    )

    def plan(self, params: RetentionParams, context: Context) -> Plan:
        """Read both events, from the beginning where a first time must be known, until the last period."""
        check(params)
        grid = grid_of(params, context)
        value = params.value
        read = [] if value is None or value.property is None else [value.property]
        if read and value is not None and value.times is not None:
            read.append(value.times)
        return Plan(
            steps=(params.start, params.back),
            span=Span(0 if params.first_time else context.span.start, grid.read_until),
            group=params.breakdowns,
            values=tuple(Breakdown(property=name, scope=value.scope) for name in read) if value else (),
        )

    def partial(self, params: RetentionParams, context: Context, block: Block) -> RetentionPart:
        """Count entries and returns by group, cohort and column."""
        if block.group is None and params.value is None and params.clock == "calendar":
            return self._tally(params, context, block)
        found = Entries(params, context, block)
        grid = found.grid
        everyone = np.arange(found.cohort.size)
        cohorts, cells = found.counted(everyone, found.cohort)
        if not found.member.size:
            return RetentionPart(found.person_count, cohorts, cells)
        lines = (found.code + 1) * grid.cohorts + found.cohort[found.member]
        group_cohorts, group_cells = found.counted(found.member, lines)
        person = found.person[found.member]
        fresh = once_each(ranked(found.code)[1], person)
        code = found.code[fresh]
        part = RetentionPart(
            found.person_count,
            cohorts.merge(group_cohorts),
            cells.merge(group_cells),
            occurrences(code),
        )
        if not may_have_other(len(params.breakdowns), params.top, context.labels):
            return part
        seen = ((code, block.people[person[fresh]].astype(np.int64)),)
        several: tuple[Several, ...] = ()
        if isinstance(block.group, Ragged):
            back, at = np.nonzero(found.came)
            sums = found.sums[:, back, at] if params.value is not None else np.zeros((2, back.size), np.int64)
            several = (Several(found.cohort, found.member, found.code, back, at, sums),)
        return replace(part, seen=seen, several=several)

    @staticmethod
    def _tally(params: RetentionParams, context: Context, block: Block) -> RetentionPart:
        """Count where there are neither groups nor values, in one pass."""
        grid, span = grid_of(params, context), context.span
        entered, came = np.zeros(grid.cuts.size, np.int64), np.zeros((grid.cuts.size, grid.columns), np.int64)
        people = tallied(
            block.offsets, block.time, block.match.view(np.int64), grid.cuts, span.start, span.end,
            params.first_time, grid.column, params.mode == "on_or_after", entered, came,
        )  # fmt: skip
        cohorts, cells = np.flatnonzero(entered), np.flatnonzero(came)
        counts = np.zeros((3, cells.size), np.int64)
        counts[0] = came.reshape(-1)[cells]
        return RetentionPart(people, Cells(cohorts, entered[None, cohorts]), Cells(cells, counts))

    def empty(self, params: RetentionParams, context: Context) -> RetentionPart:
        """Return no entries."""
        return RetentionPart(0, no_cells(1), no_cells(3))

    def people(
        self,
        params: RetentionParams,
        context: Context,
        block: Block,
        cell: RetentionCell,
        groups: Ints | None,
    ) -> npt.NDArray[np.int32]:
        """Return who entered and came back, or did not."""
        found = Entries(params, context, block)
        grid = found.grid
        if cell.period is not None and not 0 <= cell.period < grid.columns:
            raise BadInput(
                "no_such_period",
                Text("The table has {columns} periods.", "该表共有 {columns} 个周期。"),
                field="cell.period",
                got=cell.period,
                expected=f"0…{grid.columns - 1}",
                columns=grid.columns,
            )
        chosen = np.ones(found.cohort.size, bool)
        if cell.cohort is not None:
            chosen &= found.cohort == cell.cohort
        elif cell.period is not None:
            chosen &= grid.over[found.cohort, cell.period]
        if cell.period is not None or cell.lost:
            low = cell.period or 0
            high = None if cell.period is None or params.mode == "on_or_after" else low + 1
            chosen &= found.came[:, low:high].any(axis=1) != cell.lost
        if groups is not None:
            inside = np.zeros(chosen.size, bool)
            inside[found.member[np.isin(found.code, groups)]] = True
            chosen &= inside
        return np.unique(found.people[chosen])

    def others(self, params: RetentionParams, context: Context, part: RetentionPart) -> Ints:
        """Return the group codes that make "other"."""
        return leading(part.sizes.keys, part.sizes.columns[0], params.top, context.labels)[1]

    def figures(self, params: RetentionParams, result: RetentionResult) -> list[Figure]:
        """Return the people and the mean rate of every column, as ``rate_0``, ``rate_1`` …"""
        found = []
        for group in result.groups:
            title = Text("People in cohorts", "起始人数")
            cell = RetentionCell(group=group.group)
            found.append(Figure("people", title, group.people, "number", group.group, cell))
            for at, (column, figure) in enumerate(zip(result.columns, group.mean, strict=True)):
                title = Text(f"Retention {column}", f"留存 {column}")
                cell = RetentionCell(period=at, group=group.group)
                found.append(Figure(f"rate_{at}", title, figure.rate, "percent", group.group, cell))
        return found

    def counted(
        self, params: RetentionParams, result: RetentionResult
    ) -> Iterator[tuple[RetentionCell, int]]:
        """Return cohorts and who of them came back in each column."""
        for group in result.groups:
            for number, cohort in enumerate(group.cohorts):
                yield RetentionCell(cohort=number, group=group.group), cohort.people
                for period, figure in enumerate(cohort.figures):
                    if figure.people is not None:
                        yield RetentionCell(cohort=number, period=period, group=group.group), figure.people

    def shape(self, params: RetentionParams, context: Context, part: RetentionPart) -> RetentionResult:
        """Make the table of everyone, of the largest groups and of the rest."""
        grid = grid_of(params, context)
        everyone = Table(grid).add(
            *part.cohorts.between(0, grid.cohorts), *part.cells.between(0, grid.cohorts * grid.columns)
        )
        groups = [everyone.group(None, part.people)]
        sizes = part.sizes.columns[0]
        top, rest = leading(part.sizes.keys, sizes, params.top, context.labels)
        for label, inside in named(top, rest, context.labels):
            table = Table(grid)
            if label == OTHER and part.several:
                for batch in part.several:
                    table.add_once(batch, inside)
            else:
                for code in inside.tolist():
                    low = (code + 1) * grid.cohorts
                    table.add(
                        *part.cohorts.between(low, low + grid.cohorts),
                        *part.cells.between(low * grid.columns, (low + grid.cohorts) * grid.columns),
                    )
            people = int(sizes[np.searchsorted(part.sizes.keys, inside)].sum())
            if label == OTHER:
                people = np.unique(np.concatenate([p[np.isin(c, inside)] for c, p in part.seen])).size
            groups.append(table.group(label, people))
        return RetentionResult(columns=grid.names, groups=groups)


def grid_of(params: RetentionParams, context: Context) -> Grid:
    """Return the table's rows and columns, worked out once a question."""
    value = params.value is not None
    shape = Shape(params.grain, params.clock, params.mode, params.periods, params.brackets, value)
    return grid(shape, context.calendar, context.span, context.now)


class Entries:
    """A block's entries into cohorts, the columns in which they came back, and their groups."""

    def __init__(self, params: RetentionParams, context: Context, block: Block) -> None:
        self.grid = grid = grid_of(params, context)
        match, bucket = block.match.view(np.int64), numbered(grid.cuts, block.time)
        starts_at_most = int((match & 1).sum())
        person, row = np.empty(starts_at_most, np.int64), np.empty(starts_at_most, np.int64)
        span = context.span
        n = entries(
            block.offsets, block.time, match, bucket, span.start, span.end, params.first_time, person, row
        )
        person, row = person[:n], row[:n]
        self.cohort, self.person, self.people = bucket[row], person, block.people[person]
        self.came = np.zeros((n, grid.columns), bool)
        amount, self.sums = np.empty((2, 0), np.int64), np.empty((2, 0, 0), np.int64)
        if params.value is not None:
            amount, self.sums = amounts(params.value, block), np.zeros((2, n, grid.columns), np.int64)
        if params.clock == "rolling":
            returns_since(
                block.offsets, block.time, match, person, row, LENGTH[params.grain], grid.column, amount,
                self.came, self.sums,
            )  # fmt: skip
        else:
            returns(
                block.offsets, block.time, match, bucket, person, row, grid.column, amount, self.came,
                self.sums,
            )  # fmt: skip
        self.member, self.code = memberships(block, row, np.ones(n, np.int64))

    @property
    def person_count(self) -> int:
        """How many different persons entered."""
        return int(np.count_nonzero(np.diff(self.person, prepend=-1)))

    def counted(self, entry: Ints, lines: Ints) -> tuple[Cells, Cells]:
        """Count some entries by line: (entries, returns and values by line and column)."""
        found, place = ranked(lines)
        sizes = np.bincount(place, minlength=found.size)[None]
        cells = np.zeros((3, found.size, self.grid.columns), np.int64)
        last_only = self.grid.shape.mode == "on_or_after"
        count(entry, place, self.came, self.sums, last_only, cells)
        keys = (found[:, None] * self.grid.columns + np.arange(self.grid.columns)).reshape(-1)
        return Cells(found, sizes), Cells(keys, cells.reshape(3, -1))


class Table:
    """Counts of one group, by cohort and column."""

    def __init__(self, grid: Grid) -> None:
        self.grid = grid
        self.sizes = np.zeros(grid.cohorts, np.int64)
        self.cells = np.zeros((3, grid.cohorts * grid.columns), np.int64)

    def add(self, cohorts: Ints, sizes: Ints, cells: Ints, figures: Ints) -> Table:
        """Add one code's counts."""
        self.sizes[cohorts] += sizes[0]
        self.cells[:, cells] += figures
        return self

    def add_once(self, batch: Several, codes: Ints) -> None:
        """Add the entries that are in any of the groups, each once."""
        inside = np.zeros(batch.cohort.size, bool)
        inside[batch.member[np.isin(batch.code, codes)]] = True
        np.add.at(self.sizes, batch.cohort[inside], 1)
        back = inside[batch.back]
        entry, column = batch.back[back], batch.column[back]
        keys = batch.cohort[entry] * self.grid.columns + column
        counted = np.ones(entry.size, bool)
        if self.grid.shape.mode == "on_or_after":
            counted[:-1] = entry[1:] != entry[:-1]
        np.add.at(self.cells[0], keys, counted)
        np.add.at(self.cells[1], keys, batch.sums[0, back])
        np.add.at(self.cells[2], keys, batch.sums[1, back])

    def group(self, label: GroupLabel | None, people: int) -> RetentionGroup:
        """Return the table as it is shown."""
        grid = self.grid
        cells = self.cells.reshape(3, grid.cohorts, grid.columns)
        if grid.shape.mode == "on_or_after":
            cells = cells[:, :, ::-1].cumsum(axis=2)[:, :, ::-1]
        names = starts(grid.calendar, grid.cuts[: grid.cohorts + 1])
        over, people_of = grid.over, self.sizes.tolist()
        shown = self._figures(cells, self.sizes[:, None], grid.begun, over)
        ever = np.atleast_2d(np.any(over, axis=0))
        complete = (cells * over).sum(axis=1, keepdims=True)
        (mean,) = self._figures(complete, (self.sizes[:, None] * over).sum(axis=0, keepdims=True), ever, ever)
        rows = zip(names, people_of, shown, strict=True)
        # Made at once: a figure made by itself costs several times as much.
        return RetentionGroup.model_validate(
            {
                "group": label,
                "people": people,
                "cohorts": [{"start": name, "people": size, "figures": row} for name, size, row in rows],
                "mean": mean,
            }
        )

    def _figures(self, cells: Ints, base: Ints, begun: Flags, over: Flags) -> list[list[Any]]:
        """Return the figures of rows of cells; ``base`` are the people each cell is of."""
        counts, whole, fraction = cells
        rates = counts / np.maximum(base, 1)
        some = np.broadcast_to(base > 0, counts.shape)
        values: Any = [[None] * counts.shape[1]] * len(counts)
        if self.grid.shape.valued:
            values = (whole.astype(object) * UNITS + fraction) / UNITS
        rows = zip(*map(_rows, (counts, rates, some, values, begun, over)), strict=True)
        return [
            [
                {"people": n, "rate": rate if there else None, "value": value, "incomplete": not complete}
                if started
                else FUTURE
                for n, rate, there, value, started, complete in zip(*row, strict=True)
            ]
            for row in rows
        ]


def _rows(table: Any) -> list[list[Any]]:
    found: list[list[Any]] = table if isinstance(table, list) else table.tolist()
    return found


FUTURE: Final = RetentionFigure(people=None, rate=None, value=None, incomplete=True)


def amounts(measure: Measure, block: Block) -> Ints:
    """Return what each return event adds, exact: its value, or one."""
    if measure.kind == "count":
        return np.stack([np.ones(block.time.size, np.int64), np.zeros(block.time.size, np.int64)])
    column = block.values[0]
    values = column.values if isinstance(column, Ragged) else column
    if measure.times is not None:
        factor = block.values[1]
        times = factor.values if isinstance(factor, Ragged) else factor
        values = values * np.where(np.isnan(times), 1.0, times)
    if not isinstance(column, Ragged):
        return exact(np.nan_to_num(values, nan=0.0))
    bits = item_bits(block, column)
    counts = ~np.isnan(values) & ((bits & 2 > 0) if bits.size else True)
    row = np.repeat(np.arange(block.time.size), np.diff(column.offsets))[counts]
    figures = exact(values[counts])
    sums = np.zeros((2, block.time.size), np.int64)
    np.add.at(sums[0], row, figures[0])
    np.add.at(sums[1], row, figures[1])
    return sums


def check(params: RetentionParams) -> None:
    """Refuse what has no meaning."""
    ends = params.brackets
    wrong = not ends or ends[0] < 1 or ends[-1] > FARTHEST or list(ends) != sorted(set(ends))
    if params.mode == "brackets" and wrong:
        raise BadInput(
            "bad_brackets",
            Text("Brackets are ascending ends from 1 to {most}.", "区间须为递增的结束值，从 1 到 {most}。"),
            field="brackets",
            got=list(ends),
            expected=[1, 3, 7],
            most=FARTHEST,
        )
    if params.value is not None and params.value.kind not in {"sum", "count"}:
        raise BadInput(
            "bad_measure",
            Text("Beside retention stands a sum or a count.", "留存旁只能显示求和或次数。"),
            field="value.kind",
            got=params.value.kind,
            expected=["sum", "count"],
        )
    if params.value is not None and params.value.kind == "sum" and params.value.property is None:
        raise BadInput(
            "property_needed",
            Text("“{kind}” needs a property.", "“{kind}”需要指定属性。"),
            field="value.property",
            kind="sum",
        )
