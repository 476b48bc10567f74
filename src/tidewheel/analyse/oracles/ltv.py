"""Lifetime value said plainly: who came in on which day, and what they had brought so many days later."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from tidewheel.analyse.contract import Context
from tidewheel.analyse.kinds.ltv import LtvCohort, LtvFigure, LtvGroup, LtvLine, LtvParams, LtvResult
from tidewheel.analyse.oracle import Happening, Oracle, World, named
from tidewheel.analyse.question import GroupLabel
from tidewheel.analyse.verify.orders import orders_of


class Life(NamedTuple):
    """A person's entry; ``orders`` are ages, ``money`` pairs of age and amount."""

    day: date
    row: Happening
    orders: list[int]
    money: list[tuple[int, int]]


class Clock:
    """Days and buckets of a question."""

    def __init__(self, params: LtvParams, context: Context) -> None:
        self.context, self.params = context, params
        first, last = self.day(context.span.start), self.day(context.span.end - 1)
        self.days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        self.buckets = sorted({self.bucket(one) for one in self.days})

    def day(self, time: int) -> date:
        """Return the local date of a moment."""
        return self.context.calendar.local(time).date()

    def bucket(self, day: date) -> int:
        """Return the start of the bucket a day belongs to."""
        return self.context.calendar.floor(self.context.calendar.at(day), self.params.grain)

    def over(self, day: date, age: int) -> bool:
        """Say whether the day ``age`` days later is over."""
        return self.context.calendar.at(day + timedelta(days=age + 1)) <= self.context.now

    def begun(self, day: date, age: int) -> bool:
        """Say whether it has begun."""
        return self.context.calendar.at(day + timedelta(days=age)) <= self.context.now


class LtvOracle(Oracle[LtvParams, LtvResult]):
    """See :mod:`tidewheel.analyse.kinds.ltv`."""

    name = "ltv"

    def answer(self, world: World, params: LtvParams, context: Context) -> LtvResult:
        """Follow every person."""
        clock = Clock(params, context)
        found = {}
        for person, rows in world.people.items():
            row = next((row for row in rows if row.match & 1), None)
            if row is not None and context.span.start <= row.time < context.span.end:
                found[person] = life(clock, row, rows)
        sizes: dict[int, float] = {}
        for one in found.values():
            for code in world.groups_of(one.row, 1) if params.breakdowns else ():
                sizes[code] = sizes.get(code, 0) + 1
        groups = []
        for label, codes in named(sizes, params.top, context.labels):
            own = [one for one in found.values() if codes is None or world.groups_of(one.row, 1) & codes]
            groups.append(group(clock, label, own, spending(params, context, codes)))
        return LtvResult(ages=sorted(set(params.ages)), groups=groups)


def life(clock: Clock, row: Happening, rows: list[Happening]) -> Life:
    """Return what a person brought from the moment they came in."""
    start = clock.day(row.time)
    orders, money = [], []
    for order in orders_of(rows, clock.params.money, 2, 4):
        if order.row.time >= row.time:
            orders.append((clock.day(order.row.time) - start).days)
            money.append((orders[-1], order.value))
            money += [((clock.day(at) - start).days, -taken) for at, taken in order.refunds]
    return Life(start, row, orders, money)


def spending(params: LtvParams, context: Context, codes: set[int] | None) -> dict[date, int] | None:
    """Return what some groups cost by day."""
    table = context.tables.get("costs")
    column = params.cost_property or (params.breakdowns[0].property if len(params.breakdowns) == 1 else None)
    if table is None or not table.num_rows or (codes is not None and column not in table.column_names):
        return None
    wanted = None if codes is None else [context.labels.of(code)[0] for code in codes]
    found: dict[date, int] = {}
    for row in table.to_pylist():
        if wanted is None or row[column] in wanted:
            day = date.fromisoformat(str(row["day"]))
            found[day] = found.get(day, 0) + row["cost"]
    return found


def figure(own: list[Life], age: int, *, incomplete: bool) -> LtvFigure:
    """Return the value of some people up to an age."""
    value = sum(amount for one in own for at, amount in one.money if at <= age)
    payers = sum(any(at <= age for at in one.orders) for one in own)
    return LtvFigure(
        people=len(own),
        payers=payers,
        value=value,
        arpu=value / len(own) if own else None,
        arppu=value / payers if payers else None,
        incomplete=incomplete,
    )


NOTHING = LtvFigure(people=None, payers=None, value=None, arpu=None, arppu=None, incomplete=True)


def line(
    clock: Clock, own: list[Life], days: list[date], cost: dict[date, int] | None, *, total: bool
) -> LtvLine:
    """Return a row: everyone who came in on these days."""

    def at(age: int) -> LtvFigure:
        if total:
            if not any(clock.over(day, age) for day in days):
                return NOTHING
            lived = [one for one in own if clock.over(one.day, age)]
            return figure(lived, age, incomplete=False)
        if not clock.begun(days[0], age):
            return NOTHING
        return figure(own, age, incomplete=not clock.over(days[-1], age))

    money = None if cost is None else sum(cost.get(day, 0) for day in days)
    cac = money / len(own) if money is not None and own else None
    ages = sorted(set(clock.params.ages))
    figures = [at(age) for age in ages]
    whole = [one.arpu for one in figures if one.arpu is not None and not one.incomplete]
    payback = None
    if money and own:
        for age in range(max(ages) + 1):
            one = at(age)
            if one.arpu is not None and not one.incomplete and one.arpu >= money / len(own):
                payback = age
                break
    return LtvLine(
        people=len(own),
        cost=money,
        cac=cac,
        payback=payback,
        ratio=whole[-1] / cac if whole and cac else None,
        figures=figures,
    )


def group(clock: Clock, label: GroupLabel | None, own: list[Life], cost: dict[date, int] | None) -> LtvGroup:
    """Return the table of some people."""
    cohorts = []
    for bucket in clock.buckets:
        days = [day for day in clock.days if clock.bucket(day) == bucket]
        row = line(clock, [one for one in own if one.day in days], days, cost, total=False)
        cohorts.append(LtvCohort(start=clock.context.calendar.local(bucket).isoformat(), **dict(row)))
    return LtvGroup(group=label, total=line(clock, own, clock.days, cost, total=True), cohorts=cohorts)
