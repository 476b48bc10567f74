"""Purchase cohorts said plainly: follow each person from their first order on."""

from __future__ import annotations

from tidewheel.analyse.contract import Context
from tidewheel.analyse.kinds.cohort import (
    CohortFigure,
    CohortGroup,
    CohortParams,
    CohortResult,
    CohortRow,
    CohortStep,
)
from tidewheel.analyse.oracle import Happening, Oracle, World, named
from tidewheel.analyse.question import GroupLabel
from tidewheel.analyse.verify.orders import Order, orders_of


class Buyer:
    """A person's orders from the first ever on, and the bucket it fell in."""

    def __init__(self, orders: list[Order], buckets: Buckets) -> None:
        self.orders, self.buckets = orders, buckets
        self.cohort = buckets.of(orders[0].row.time)

    @property
    def row(self) -> Happening:
        """The row of the first order."""
        return self.orders[0].row

    def period(self, time: int) -> int:
        """Return how many buckets after the first order a moment lies."""
        return self.buckets.of(time) - self.cohort


class Buckets:
    """Bucket starts from the first cohort on, far beyond the last column."""

    def __init__(self, params: CohortParams, context: Context) -> None:
        self.context = context
        self.starts = [context.calendar.floor(context.span.start, params.grain)]
        self.count = 1
        while len(self.starts) < self.count + params.periods + 3:
            self.starts.append(context.calendar.next(self.starts[-1], params.grain))
            if self.starts[-1] < context.span.end:
                self.count += 1

    def of(self, time: int) -> int:
        """Return the bucket of a moment."""
        return sum(start <= time for start in self.starts) - 1

    def begun(self, number: int) -> bool:
        """Say whether a bucket has begun."""
        return self.starts[number] <= self.context.now


class CohortOracle(Oracle[CohortParams, CohortResult]):
    """See :mod:`tidewheel.analyse.kinds.cohort`."""

    name = "cohort"

    def answer(self, world: World, params: CohortParams, context: Context) -> CohortResult:
        """Follow everyone whose first order is in the period."""
        buckets, found = Buckets(params, context), []
        for rows in world.people.values():
            orders = orders_of(rows, params.money)
            if orders and context.span.start <= orders[0].row.time < context.span.end:
                found.append(Buyer(orders, buckets))
        sizes: dict[int, float] = {}
        for one in found:
            for code in world.groups_of(one.row, 1) if params.breakdowns else ():
                sizes[code] = sizes.get(code, 0) + 1
        return CohortResult(
            groups=[
                group(
                    params,
                    buckets,
                    label,
                    [one for one in found if codes is None or world.groups_of(one.row, 1) & codes],
                )
                for label, codes in named(sizes, params.top, context.labels)
            ]
        )


def figure(own: list[Buyer], period: int, *, incomplete: bool) -> CohortFigure:
    """Return one period of some buyers."""
    repeaters = sum(any(b.period(o.row.time) == period for o in b.orders[1:]) for b in own)
    repeated = sum(any(b.period(o.row.time) <= period for o in b.orders[1:]) for b in own)
    orders = [(b, o) for b in own for o in b.orders]
    placed = sum(b.period(o.row.time) == period for b, o in orders)
    revenue = sum(o.value for b, o in orders if b.period(o.row.time) == period)
    revenue -= sum(taken for b, o in orders for at, taken in o.refunds if b.period(at) == period)
    return CohortFigure(
        repeaters=repeaters,
        rate=repeaters / len(own) if own else None,
        repeated=repeated,
        cumulative=repeated / len(own) if own else None,
        orders=placed,
        revenue=revenue,
        average=revenue / placed if placed else None,
        incomplete=incomplete,
    )


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


def group(params: CohortParams, buckets: Buckets, label: GroupLabel | None, own: list[Buyer]) -> CohortGroup:
    """Return the table of some buyers."""
    cohorts, total, base = [], [], []
    for number in range(buckets.count):
        inside = [one for one in own if one.cohort == number]
        figures = [
            figure(inside, period, incomplete=not buckets.begun(number + period + 1))
            if buckets.begun(number + period)
            else NOTHING
            for period in range(params.periods + 1)
        ]
        start = buckets.context.calendar.local(buckets.starts[number]).isoformat()
        cohorts.append(CohortRow(start=start, people=len(inside), figures=figures))
    for period in range(params.periods + 1):
        over = [number for number in range(buckets.count) if buckets.begun(number + period + 1)]
        inside = [one for one in own if one.cohort in over]
        base.append(len(inside))
        total.append(figure(inside, period, incomplete=False) if over else NOTHING)
    steps: list[CohortStep] = []
    for order in range(1, params.orders + 1):
        there = [one for one in own if len(one.orders) >= order]
        waits = sorted(
            one.orders[order - 1].row.time - one.orders[order - 2].row.time for one in there if order > 1
        )
        quarters = [waits[-(-q * len(waits) // 4) - 1] / 1000 if waits else None for q in (1, 2, 3)]
        before = steps[-1].people if steps else len(own)
        steps.append(
            CohortStep(
                order=order,
                people=len(there),
                rate=len(there) / before if before else None,
                of_all=len(there) / len(own) if own else None,
                quarter=quarters[0],
                median=quarters[1],
                three_quarters=quarters[2],
            )
        )
    return CohortGroup(group=label, people=len(own), base=base, total=total, cohorts=cohorts, steps=steps)
