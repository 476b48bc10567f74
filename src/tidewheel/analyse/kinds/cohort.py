"""Purchase cohorts: of those who bought for the first time, how many bought again, how much, and how soon."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
from pydantic import Field

from tidewheel.analyse.contract import Analysis, Block, Context, Figure, Ints, Plan
from tidewheel.analyse.form import GRAINS, Ask
from tidewheel.analyse.kernels.buckets import edges, numbered, starts
from tidewheel.analyse.kernels.cells import occurrences
from tidewheel.analyse.kernels.cohort import AGAIN, FIGURES, followed, tallied
from tidewheel.analyse.kernels.entering import entering, spent_by
from tidewheel.analyse.kernels.groups import leading, memberships, named
from tidewheel.analyse.kernels.orders import ledger
from tidewheel.analyse.kernels.strung import shifted, strung
from tidewheel.analyse.money import MoneyQuestion
from tidewheel.analyse.question import GroupLabel, Model
from tidewheel.core.errors import BadInput
from tidewheel.core.period import Span
from tidewheel.core.text import Text

QUARTILES = (25, 50, 75)


class CohortParams(MoneyQuestion):
    """A question about purchase cohorts: people whose first order ever falls in the period.

    ``orders``: up to which order the steps from one to the next are shown.
    """

    grain: Annotated[Literal["day", "week", "month"], Ask(Text("Each", "粒度"), choices=GRAINS)] = "month"
    periods: Annotated[int, Field(ge=1, le=120), Ask(Text("Periods", "期数"))] = 6
    orders: Annotated[int, Field(ge=2, le=20), Ask(Text("Up to order", "看到第几单"))] = 5


class CohortCell(Model):
    """The people of a cohort (None: of all).

    With ``period`` those with a repeat order in it, with ``by`` those with one by its end, with ``order`` those with so many
    orders. ``complete``: only of cohorts for which that period is over.
    """

    cohort: int | None = None
    period: int | None = None
    by: int | None = None
    order: int | None = None
    complete: bool = False
    group: GroupLabel | None = None


class CohortFigure(Model):
    """One period. Repeats are orders after the first. None where the period has not begun."""

    repeaters: int | None
    """How many placed a repeat order in it."""
    rate: float | None
    repeated: int | None
    """How many placed one in it or before."""
    cumulative: float | None
    orders: int | None
    """All orders in it, the first included."""
    revenue: int | None
    average: float | None
    """Revenue an order."""
    incomplete: bool


class CohortRow(Model):
    """One cohort."""

    start: str
    people: int
    figures: list[CohortFigure]


class CohortStep(Model):
    """Who came to an order; ``rate`` of those who placed the one before. Seconds since that one: quartiles, nearest rank."""

    order: int
    people: int
    rate: float | None
    of_all: float | None
    quarter: float | None
    median: float | None
    three_quarters: float | None


class CohortGroup(Model):
    """The table of one breakdown value of the first order. ``total`` sums the cohorts whose period is over."""

    group: GroupLabel | None
    people: int
    base: list[int]
    """How many people each column of ``total`` is of."""
    total: list[CohortFigure]
    cohorts: list[CohortRow]
    steps: list[CohortStep]


class CohortResult(Model):
    """``groups[0]`` is everyone."""

    groups: list[CohortGroup]


class Buyers(NamedTuple):
    """First orders with their cohort, what followed in which period, and the time between orders.

    ``kind`` of an event: see ``kernels.cohort``; ``fresh`` marks the first repeat of all. ``wait`` (ms) leads to the order ``number`` (2 …) of ``waiting``.
    """

    cohort: Ints
    entry: Ints
    period: Ints
    kind: Ints
    fresh: Ints
    value: Ints
    waiting: Ints
    number: Ints
    wait: Ints
    member: Ints
    code: Ints


@dataclass(frozen=True, slots=True)
class CohortPart:
    """The buyers found."""

    buyers: tuple[Buyers, ...] = ()

    def merge(self, other: CohortPart) -> CohortPart:
        """Return the buyers of both."""
        return CohortPart(self.buyers + other.buyers)


class Periods:
    """The cohorts' buckets and those after them, as far as they have begun."""

    def __init__(self, params: CohortParams, context: Context) -> None:
        calendar, self.now = context.calendar, context.now
        cuts = edges(calendar, context.span, params.grain).tolist()
        self.cohorts, self.columns = len(cuts) - 1, params.periods + 1
        while len(cuts) <= self.cohorts + params.periods and cuts[-1] <= context.now:
            cuts.append(calendar.next(cuts[-1], params.grain))
        self.cuts = np.array(cuts, np.int64)
        self.until = max(context.span.end, context.now + 1)

    def begun(self, cohort: int, period: int) -> bool:
        """Say whether a cohort's period has begun."""
        at = cohort + period
        return at < self.cuts.size and int(self.cuts[at]) <= self.now

    def over(self, cohort: int, period: int) -> bool:
        """Say whether it is over."""
        at = cohort + period + 1
        return at < self.cuts.size and int(self.cuts[at]) <= self.now


class Cohort(Analysis[CohortParams, CohortPart, CohortCell, CohortResult]):
    """See the module's description and ``docs/reference/analyses/cohort.md``."""

    name = "cohort"
    title = Text("Purchase cohorts", "购买同期群")
    description = Text(
        "Of those who bought for the first time, how many bought again in each later period, how much, and how soon the next order came.",
        "首次购买的人，之后每一期有多少复购、买了多少、隔多久再下单。",
    )
    family = "customers"
    sentence = Text(
        "Of {people} who first did {purchase} in {period}, how many bought again? By {grain}, over {periods} periods; money {money}.",
        "{period}首次{purchase}的{people}，之后有多少复购？按{grain}看 {periods} 期，金额取{money}。",
    )
    Params = CohortParams
    Cell = CohortCell
    Result = CohortResult
    samples = (
        {"period": {"last": 6, "unit": "week"}, "grain": "week", "periods": 5, "breakdowns": [{"property": "channel"}], "top": 4},
        {
            "period": {"last": 2, "unit": "month"},
            "periods": 2,
            "money": "paid",
            "breakdowns": [{"property": "item_category", "scope": "item"}],
            "top": 3,
        },
    )  # fmt: skip

    def plan(self, params: CohortParams, context: Context) -> Plan:
        """Read all orders from the beginning, to know the first, until now."""
        return Plan(
            steps=params.order_steps(),
            span=Span(0, Periods(params, context).until),
            group=params.breakdowns,
            key=params.order_key(),
            values=params.order_values(),
        )

    def partial(self, params: CohortParams, context: Context, block: Block) -> CohortPart:
        """Find first orders and what followed them."""
        return CohortPart((buyers(params, context, block)[1],))

    def empty(self, params: CohortParams, context: Context) -> CohortPart:
        """Return nobody."""
        return CohortPart()

    def people(
        self, params: CohortParams, context: Context, block: Block, cell: CohortCell, groups: Ints | None
    ) -> npt.NDArray[np.int32]:
        """Return first buyers, or those of them who bought again."""
        people, found = buyers(params, context, block)
        periods = Periods(params, context)
        chosen = np.ones(found.cohort.size, bool)

        def keep(entries: Ints) -> None:
            there = np.zeros(chosen.size, bool)
            there[entries] = True
            chosen[:] &= there

        column = cell.period if cell.period is not None else cell.by
        if column is not None and not 0 <= column < periods.columns:
            raise BadInput(
                "no_such_period",
                Text("The table has {columns} periods.", "该表共有 {columns} 个周期。"),
                field="cell.period",
                got=column,
                expected=f"0…{periods.columns - 1}",
                columns=periods.columns,
            )
        if cell.cohort is not None:
            chosen &= found.cohort == cell.cohort
        if cell.complete and column is not None:
            over = np.array([periods.over(cohort, column) for cohort in range(periods.cohorts)], bool)
            chosen &= over[found.cohort]
        if cell.period is not None:
            keep(found.entry[(found.kind == AGAIN) & (found.period == cell.period)])
        if cell.by is not None:
            keep(found.entry[(found.fresh == 1) & (found.period <= cell.by)])
        if cell.order is not None and cell.order > 1:
            keep(found.waiting[found.number == cell.order])
        if groups is not None:
            keep(found.member[np.isin(found.code, groups)])
        return people[chosen]

    def others(self, params: CohortParams, context: Context, part: CohortPart) -> Ints:
        """Return the group codes that make "other"."""
        sizes = occurrences(joined(part.buyers).code)
        return leading(sizes.keys, sizes.columns[0], params.top, context.labels)[1]

    def shape(self, params: CohortParams, context: Context, part: CohortPart) -> CohortResult:
        """Count by cohort and period."""
        found, periods = joined(part.buyers), Periods(params, context)
        table = Table(params, context, periods, found)
        groups = [table.group(None, np.ones(found.cohort.size, bool))]
        sizes = occurrences(found.code)
        top, rest = leading(sizes.keys, sizes.columns[0], params.top, context.labels)
        for label, inside in named(top, rest, context.labels):
            chosen = np.zeros(found.cohort.size, bool)
            chosen[found.member[np.isin(found.code, inside)]] = True
            groups.append(table.group(label, chosen))
        return CohortResult(groups=groups)

    def figures(self, params: CohortParams, result: CohortResult) -> list[Figure]:
        """Return first buyers, who bought again, the time to the second order, and every period."""
        found = []
        for group in result.groups:
            label, second = group.group, group.steps[1]
            every, again = CohortCell(group=label), CohortCell(order=2, group=label)
            wait = Text("Median time to the second order", "第二单间隔中位数")
            found.append(
                Figure("people", Text("First buyers", "首购人数"), group.people, "number", label, every)
            )
            found.append(
                Figure("repeat", Text("Bought again", "复购率"), second.rate, "percent", label, again)
            )
            found.append(Figure("wait", wait, second.median, "seconds", label, again))
            for period, one in enumerate(group.total):
                cell = CohortCell(by=period, complete=True, group=label)
                title = Text(f"Bought again by period {period}", f"第 {period} 期累计复购率")
                found.append(Figure(f"cumulative_{period}", title, one.cumulative, "percent", label, cell))
        return found  # fmt: skip

    def counted(self, params: CohortParams, result: CohortResult) -> Iterator[tuple[CohortCell, int]]:
        """Return cohorts, repeat buyers in and by each period, and who came to each order."""
        for group in result.groups:
            label = group.group
            yield CohortCell(group=label), group.people
            for step in group.steps:
                yield CohortCell(order=step.order, group=label), step.people
            for period, one in enumerate(group.total):
                if one.repeaters is not None and one.repeated is not None:
                    yield CohortCell(period=period, complete=True, group=label), one.repeaters
                    yield CohortCell(by=period, complete=True, group=label), one.repeated
            for number, row in enumerate(group.cohorts):
                yield CohortCell(cohort=number, group=label), row.people
                for period, one in enumerate(row.figures):
                    if one.repeaters is not None and one.repeated is not None:
                        yield CohortCell(cohort=number, period=period, group=label), one.repeaters
                        yield CohortCell(cohort=number, by=period, group=label), one.repeated


class Table:
    """Buyers, to be counted by group."""

    def __init__(self, params: CohortParams, context: Context, periods: Periods, found: Buyers) -> None:
        self.params, self.periods, self.found = params, periods, found
        self.names = starts(context.calendar, periods.cuts[: periods.cohorts + 1])

    def group(self, label: GroupLabel | None, chosen: npt.NDArray[np.bool_]) -> CohortGroup:
        """Return the table of some of the buyers."""
        found, periods = self.found, self.periods
        people = np.bincount(found.cohort[chosen], minlength=periods.cohorts)
        cells = np.zeros((FIGURES, periods.cohorts, periods.columns), np.int64)
        tallied(chosen, found.cohort, found.entry, found.period, found.kind, found.fresh, found.value, cells)
        cells[1] = cells[1].cumsum(axis=1)
        cohorts, total, base = [], [], []
        for number, name in enumerate(self.names):
            figures = [
                figure(
                    cells[:, number, period], int(people[number]), incomplete=not periods.over(number, period)
                )
                if periods.begun(number, period)
                else NOTHING
                for period in range(periods.columns)
            ]
            cohorts.append(CohortRow(start=name, people=int(people[number]), figures=figures))
        for period in range(periods.columns):
            over = [number for number in range(periods.cohorts) if periods.over(number, period)]
            base.append(int(people[over].sum()))
            total.append(
                figure(cells[:, over, period].sum(axis=1), base[-1], incomplete=False) if over else NOTHING
            )
        return CohortGroup(
            group=label,
            people=int(people.sum()),
            base=base,
            total=total,
            cohorts=cohorts,
            steps=self.steps(chosen, int(people.sum())),
        )

    def steps(self, chosen: npt.NDArray[np.bool_], people: int) -> list[CohortStep]:
        """Return who came to the first, second … order, and how long it took."""
        found = self.found
        own = chosen[found.waiting]
        number, wait = found.number[own], found.wait[own]
        steps: list[CohortStep] = []
        before = people
        for order in range(1, self.params.orders + 1):
            waits = np.sort(wait[number == order])
            n = people if order == 1 else waits.size
            quartiles = [
                float(waits[-(-q * waits.size // 100) - 1]) / 1000 if waits.size else None for q in QUARTILES
            ]
            steps.append(
                CohortStep(
                    order=order,
                    people=n,
                    rate=n / before if before else None,
                    of_all=n / people if people else None,
                    quarter=quartiles[0],
                    median=quartiles[1],
                    three_quarters=quartiles[2],
                )
            )
            before = n
        return steps


NOTHING = CohortFigure(
    repeaters=None,
    rate=None,
    repeated=None,
    cumulative=None,
    orders=None,
    revenue=None,
    average=None,
    incomplete=True,
)


def figure(counts: Ints, people: int, *, incomplete: bool) -> CohortFigure:
    """Return one period's figure."""
    repeaters, repeated, orders, revenue = counts.tolist()
    return CohortFigure(
        repeaters=repeaters,
        rate=repeaters / people if people else None,
        repeated=repeated,
        cumulative=repeated / people if people else None,
        orders=orders,
        revenue=revenue,
        average=revenue / orders if orders else None,
        incomplete=incomplete,
    )


def buyers(params: CohortParams, context: Context, block: Block) -> tuple[npt.NDArray[np.int32], Buyers]:
    """Return the block's people who bought for the first time in the period, and what they did since."""
    periods = Periods(params, context)
    book = ledger(block, params.money)
    found = entering(block, book.row, context.span)
    spent = spent_by(block, found, book)
    cohort = numbered(periods.cuts, block.time[found.row])
    bucket = numbered(periods.cuts, spent.time)
    period = np.maximum(bucket - cohort[spent.entry], 0)
    kind, fresh, waiting, number, wait = np.empty((5, spent.entry.size), np.int64)
    n = followed(
        spent.entry, spent.order, period, spent.time, params.orders, kind, fresh, waiting, number, wait
    )
    member, code = memberships(block, found.row, np.ones(found.row.size, np.int64))
    return block.people[found.person], Buyers(
        cohort,
        spent.entry,
        period,
        kind,
        fresh,
        spent.value,
        waiting[:n],
        number[:n],
        wait[:n],
        member,
        code.astype(np.int64),
    )


def joined(parts: tuple[Buyers, ...]) -> Buyers:
    """Return buyers one after another."""
    sizes = [part.cohort.size for part in parts]
    pointing = {"entry", "waiting", "member"}
    columns = {
        name: shifted([getattr(part, name) for part in parts], sizes)
        if name in pointing
        else strung([getattr(part, name) for part in parts])
        for name in Buyers._fields
    }
    return Buyers(**columns)
