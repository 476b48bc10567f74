"""Lifetime value: what people bring from the day they came in on, beside what it cost to win them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import Annotated, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pydantic import Field

from tidewheel.analyse.contract import Analysis, Block, Context, Figure, Ints, Plan
from tidewheel.analyse.form import GRAINS, Ask
from tidewheel.analyse.kernels.buckets import edges, numbered, starts
from tidewheel.analyse.kernels.cells import occurrences
from tidewheel.analyse.kernels.entering import by_day_and_age, entering, spent_by
from tidewheel.analyse.kernels.groups import OTHER, leading, memberships, named
from tidewheel.analyse.kernels.orders import ledger
from tidewheel.analyse.kernels.strung import shifted, strung
from tidewheel.analyse.money import MoneyQuestion
from tidewheel.analyse.question import EventMatch, GroupLabel, Model, Step
from tidewheel.core.errors import BadInput
from tidewheel.core.period import Span
from tidewheel.core.text import Text

OLDEST = 720
Age = Annotated[int, Field(ge=0, le=OLDEST)]


class LtvParams(MoneyQuestion):
    """A question about lifetime value. Cohorts are people whose first ``start`` ever falls in the period.

    ``ages``: days after that day at which the value so far is shown. ``cost_property`` is the column of the table of costs
    whose values are those of the one breakdown; by default the breakdown's own name.
    """

    start: Annotated[Step, Ask(Text("Came in with", "新客起点"))] = Step(
        any_of=(EventMatch(event="purchase"),)
    )
    grain: Annotated[Literal["day", "week", "month"], Ask(Text("Each", "粒度"), choices=GRAINS)] = "week"
    ages: Annotated[
        tuple[Age, ...], Field(min_length=1, max_length=60), Ask(Text("Days after", "第几天"))
    ] = (0, 1, 3, 7, 14, 30, 60, 90, 180)
    cost_property: Annotated[str | None, Ask(Text("Column of the costs", "花费表的对应列"))] = None


class LtvCell(Model):
    """The people of a cohort; with ``age`` and no cohort, those who have come that far. ``paid``: who had ordered by then."""

    cohort: int | None = None
    age: int | None = None
    paid: bool = False
    group: GroupLabel | None = None


class LtvFigure(Model):
    """The value up to an age; ``arpu`` a person, ``arppu`` a person who ordered. None where the day has not begun."""

    people: int | None
    payers: int | None
    value: int | None
    arpu: float | None
    arppu: float | None
    incomplete: bool
    """That day is not over for everyone counted here."""


class LtvLine(Model):
    """A cohort or all of them. ``payback`` is the first whole day by which the value covers the cost."""

    people: int
    cost: int | None
    cac: float | None
    payback: int | None
    ratio: float | None
    """Value a person at the last whole age shown, divided by the cost of a person."""
    figures: list[LtvFigure]


class LtvCohort(LtvLine):
    """One row; ``start`` is where its bucket starts."""

    start: str


class LtvGroup(Model):
    """The table of one breakdown value. ``total``: at each age those who have lived through it."""

    group: GroupLabel | None
    total: LtvLine
    cohorts: list[LtvCohort]


class LtvResult(Model):
    """``groups[0]`` is everyone; ``ages`` as asked, ascending."""

    ages: list[int]
    groups: list[LtvGroup]


class Lives(NamedTuple):
    """Entries with their day, what moved at which age (1 in ``first`` at the first order), and groups as pairs."""

    day: Ints
    entry: Ints
    age: Ints
    first: Ints
    value: Ints
    member: Ints
    code: Ints


@dataclass(frozen=True, slots=True)
class LtvPart:
    """The lives found."""

    lives: tuple[Lives, ...] = ()

    def merge(self, other: LtvPart) -> LtvPart:
        """Return the lives of both."""
        return LtvPart(self.lives + other.lives)


class Days:
    """The calendar days of the period and of all ages; day 0 holds the period's start."""

    def __init__(self, params: LtvParams, context: Context) -> None:
        calendar, span, now = context.calendar, context.span, context.now
        self.oldest = max(params.ages)
        last = calendar.local(span.end - 1).date() + timedelta(days=self.oldest + 1)
        self.cuts = edges(calendar, Span(span.start, max(span.end, min(now + 1, calendar.at(last)))), "day")
        self.count = int(np.searchsorted(self.cuts, span.end))
        self.today = int(np.searchsorted(self.cuts, now, side="right")) - 1
        self.until = max(span.end, min(now + 1, int(self.cuts[-1])))
        self.buckets = edges(calendar, span, params.grain)
        found = np.searchsorted(self.buckets, self.cuts[: self.count], side="right") - 1
        self.bucket = np.maximum(found, 0)

    def over(self, day: int, age: int) -> bool:
        """Say whether the day that is so old is over for those who came in on a day."""
        return age < self.today - day


class Ltv(Analysis[LtvParams, LtvPart, LtvCell, LtvResult]):
    """See the module's description and ``docs/reference/analyses/ltv.md``."""

    name = "ltv"
    title = Text("Lifetime value", "LTV 用户价值")
    description = Text(
        "What people have brought so many days after they came in, by cohort and channel, beside what it cost to win them.",
        "用户成为新客后第 n 天累计带来多少金额，分批次、分渠道看，并与获客成本比较回本。",
    )
    family = "customers"
    sentence = Text(
        "What have {people} brought who first did {start} in {period}? Money {money}, cohorts by {grain}, after {ages} days.",
        "{period}首次{start}的{people}累计带来多少金额？金额取{money}，按{grain}分批，看第 {ages} 天。",
    )
    Params = LtvParams
    Cell = LtvCell
    Result = LtvResult
    tables = ("costs",)
    samples = (
        {"period": {"last": 8, "unit": "week"}, "ages": [0, 1, 3, 7, 14, 30], "breakdowns": [{"property": "channel"}]},
        {
            "period": {"last": 30},
            "start": {"any_of": [{"event": "sign_up"}]},
            "grain": "day",
            "ages": [0, 7, 14],
            "money": "paid",
        },
    )  # fmt: skip

    def plan(self, params: LtvParams, context: Context) -> Plan:
        """Read everything from the beginning, to know a first time, until the last age."""
        check(params)
        return Plan(
            steps=(params.start, *params.order_steps()),
            span=Span(0, Days(params, context).until),
            group=params.breakdowns,
            key=params.order_key(),
            values=params.order_values(),
        )

    def partial(self, params: LtvParams, context: Context, block: Block) -> LtvPart:
        """Find who came in and what they brought at which age."""
        return LtvPart((lives(params, context, block)[1],))

    def empty(self, params: LtvParams, context: Context) -> LtvPart:
        """Return no lives."""
        return LtvPart()

    def people(
        self, params: LtvParams, context: Context, block: Block, cell: LtvCell, groups: Ints | None
    ) -> npt.NDArray[np.int32]:
        """Return who came in, or of them who had ordered by an age."""
        people, found = lives(params, context, block)
        days = Days(params, context)
        chosen = np.ones(found.day.size, bool)
        age = days.oldest if cell.age is None else cell.age
        if cell.cohort is not None:
            chosen &= days.bucket[found.day] == cell.cohort
        elif cell.age is not None:
            chosen &= age < days.today - found.day
        if cell.paid:
            by_then = np.zeros(found.day.size, bool)
            by_then[found.entry[(found.first > 0) & (found.age <= age)]] = True
            chosen &= by_then
        if groups is not None:
            inside = np.zeros(found.day.size, bool)
            inside[found.member[np.isin(found.code, groups)]] = True
            chosen &= inside
        return people[chosen]

    def others(self, params: LtvParams, context: Context, part: LtvPart) -> Ints:
        """Return the group codes that make "other"."""
        sizes = occurrences(joined(part.lives).code)
        return leading(sizes.keys, sizes.columns[0], params.top, context.labels)[1]

    def shape(self, params: LtvParams, context: Context, part: LtvPart) -> LtvResult:
        """Add up the lives by day and age; days make cohorts."""
        found, days = joined(part.lives), Days(params, context)
        spending = Spending(params, context, days)
        table = Table(params, context, days, found)
        groups = [table.group(None, np.ones(found.day.size, bool), spending.of(None))]
        sizes = occurrences(found.code)
        top, rest = leading(sizes.keys, sizes.columns[0], params.top, context.labels)
        for label, inside in named(top, rest, context.labels):
            chosen = np.zeros(found.day.size, bool)
            chosen[found.member[np.isin(found.code, inside)]] = True
            labels = [context.labels.of(code) for code in rest.tolist()] if label == OTHER else [label]
            groups.append(table.group(label, chosen, spending.of(labels)))
        return LtvResult(ages=sorted(set(params.ages)), groups=groups)

    def figures(self, params: LtvParams, result: LtvResult) -> list[Figure]:
        """Return the value a person at the last age reached, people, cost and payback, then the other ages."""
        found = []
        for group in result.groups:
            label, total = group.group, group.total
            ages = [
                Figure(
                    f"arpu_{age}",
                    Text(f"Value a person by day {age}", f"第 {age} 天人均价值"),
                    one.arpu,
                    "money",
                    label,
                    LtvCell(age=age, group=label),
                )
                for age, one in zip(result.ages, total.figures, strict=True)
            ]
            last = max((at for at, one in enumerate(ages) if one.value is not None), default=0)
            every = LtvCell(group=label)
            found += [
                ages.pop(last),
                Figure("people", Text("New people", "新客数"), total.people, "number", label, every),
                Figure("cac", Text("Cost a person", "获客成本"), total.cac, "money", label),
                Figure("ratio", Text("Value / cost", "LTV/CAC"), total.ratio, "ratio", label),
                Figure("payback", Text("Payback day", "回本天数"), total.payback, "number", label),
                *ages,
            ]
        return found

    def counted(self, params: LtvParams, result: LtvResult) -> Iterator[tuple[LtvCell, int]]:
        """Return cohorts, and who came so far and who ordered by then."""
        for group in result.groups:
            yield LtvCell(group=group.group), group.total.people
            lines: list[tuple[int | None, LtvLine]] = [(None, group.total), *enumerate(group.cohorts)]
            for number, line in lines:
                if number is not None:
                    yield LtvCell(cohort=number, group=group.group), line.people
                for age, one in zip(result.ages, line.figures, strict=True):
                    if one.people is not None and one.payers is not None:
                        yield LtvCell(cohort=number, age=age, group=group.group), one.people
                        yield LtvCell(cohort=number, age=age, paid=True, group=group.group), one.payers


class Table:
    """Lives, to be added up by group."""

    def __init__(self, params: LtvParams, context: Context, days: Days, found: Lives) -> None:
        self.days, self.found, self.ages = days, found, sorted(set(params.ages))
        self.names = starts(context.calendar, days.buckets)

    def group(self, label: GroupLabel | None, chosen: npt.NDArray[np.bool_], cost: Ints | None) -> LtvGroup:
        """Return the table of some of the entries."""
        found, days = self.found, self.days
        people = np.bincount(found.day[chosen], minlength=days.count)
        table = np.zeros((2, days.count, days.oldest + 1), np.int64)
        by_day_and_age(chosen, found.day, found.entry, found.age, found.first, found.value, table)
        payers, value = table.cumsum(axis=2)
        until = np.append(0, np.cumsum(people)).tolist()
        sums = [
            [np.append(0, np.cumsum(table[:, age])).tolist() for table in (payers, value)]
            for age in self.ages
        ]

        def line(first: int, end: int, *, total: bool) -> LtvLine:
            """Add up the days ``first`` … ``end`` - 1."""
            last, size = end - 1, until[end] - until[first]
            money = None if cost is None else int(cost[first:end].sum())

            def figure(age: int, paying: list[int], amounts: list[int]) -> LtvFigure:
                lived = min(end, days.today - age) if total else end
                if lived <= first or (not total and first + age > days.today):
                    return LtvFigure(
                        people=None, payers=None, value=None, arpu=None, arppu=None, incomplete=True
                    )
                n, buyers = until[lived] - until[first], paying[lived] - paying[first]
                amount = amounts[lived] - amounts[first]
                return LtvFigure(
                    people=n,
                    payers=buyers,
                    value=amount,
                    arpu=amount / n if n else None,
                    arppu=amount / buyers if buyers else None,
                    incomplete=not total and not days.over(last, age),
                )

            figures = [figure(age, *own) for age, own in zip(self.ages, sums, strict=True)]
            cac = money / size if money is not None and size else None
            payback = None
            if money and size:
                number = np.arange(days.count)
                inside = (number >= first) & (number < end)
                lived = inside & (np.arange(days.oldest + 1)[:, None] < days.today - number)
                whole = (
                    lived.any(axis=1)
                    if total
                    else np.array([days.over(last, age) for age in range(days.oldest + 1)])
                )
                here = lived if total else np.broadcast_to(inside, lived.shape)
                base, amount = here @ people, (here * value.T).sum(axis=1)
                covered = whole & (base > 0) & (amount / np.maximum(base, 1) >= money / size)
                payback = int(np.argmax(covered)) if covered.any() else None
            known = [one.arpu for one in figures if one.arpu is not None and not one.incomplete]
            return LtvLine(
                people=size,
                cost=money,
                cac=cac,
                payback=payback,
                ratio=known[-1] / cac if known and cac else None,
                figures=figures,
            )

        heads = np.searchsorted(days.bucket, np.arange(len(self.names) + 1)).tolist()
        cohorts = [
            LtvCohort(start=name, **dict(line(*bounds, total=False)))
            for name, bounds in zip(self.names, pairwise(heads), strict=True)
        ]
        return LtvGroup(group=label, total=line(0, days.count, total=True), cohorts=cohorts)


class Spending:
    """What was spent on each day of the period, from the table of costs."""

    def __init__(self, params: LtvParams, context: Context, days: Days) -> None:
        self.days = days
        table = context.tables.get("costs")
        self.table: pa.Table | None = None
        if table is not None and {"day", "cost"} <= set(table.column_names) and table.num_rows:
            self.table = table
            dates = [context.calendar.local(int(cut)).date().isoformat() for cut in days.cuts[: days.count]]
            at = {date: number for number, date in enumerate(dates)}
            self.day = np.array([at.get(str(day)[:10], -1) for day in table["day"].to_pylist()], np.int64)
            costs = table["cost"].to_pylist()
            self.cost = np.array([round(cost or 0) for cost in costs], np.int64)
        only = params.breakdowns[0].property if len(params.breakdowns) == 1 else None
        column = params.cost_property or only
        self.values = None
        if self.table is not None and column in self.table.column_names:
            self.values = self.table[column].to_pylist()

    def of(self, labels: list[GroupLabel] | None) -> Ints | None:
        """Return the cost of each day for some groups (None: all of it); None where it is not known."""
        if self.table is None or (labels is not None and self.values is None):
            return None
        inside = self.day >= 0
        if labels is not None and self.values is not None:
            wanted = {label[0] for label in labels}
            inside &= np.array([value in wanted for value in self.values], bool)
        spent = np.zeros(self.days.count, np.int64)
        np.add.at(spent, self.day[inside], self.cost[inside])
        return spent


def lives(params: LtvParams, context: Context, block: Block) -> tuple[npt.NDArray[np.int32], Lives]:
    """Return the block's people who came in, and their lives."""
    days = Days(params, context)
    match = block.match.view(np.int64)
    found = entering(block, np.flatnonzero(match & 1), context.span)
    spent = spent_by(block, found, ledger(block, params.money, buys=2, refunds=4))
    day = numbered(days.cuts, block.time[found.row])
    age = numbered(days.cuts, spent.time) - day[spent.entry]
    kept = np.flatnonzero(age <= days.oldest)
    entry, value, order = spent.entry[kept], spent.value[kept], spent.order[kept] >= 0
    first = np.zeros(kept.size, np.int64)
    first[np.flatnonzero(order)[np.flatnonzero(np.diff(entry[order], prepend=-1))]] = 1
    member, code = memberships(block, found.row, np.ones(found.row.size, np.int64))
    return block.people[found.person], Lives(
        day, entry, age[kept], first, value, member, code.astype(np.int64)
    )


def joined(parts: tuple[Lives, ...]) -> Lives:
    """Return lives one after another."""
    sizes = [part.day.size for part in parts]
    return Lives(
        strung([part.day for part in parts]),
        shifted([part.entry for part in parts], sizes),
        strung([part.age for part in parts]),
        strung([part.first for part in parts]),
        strung([part.value for part in parts]),
        shifted([part.member for part in parts], sizes),
        strung([part.code for part in parts]),
    )


def check(params: LtvParams) -> None:
    """Refuse a column of costs without one breakdown to match it."""
    if params.cost_property is not None and len(params.breakdowns) != 1:
        raise BadInput(
            "one_breakdown_needed",
            Text(
                "Costs can be matched to one breakdown only.",
                "花费只能与一个拆分属性对应。",
            ),
            field="cost_property",
            got=len(params.breakdowns),
            expected=1,
        )
