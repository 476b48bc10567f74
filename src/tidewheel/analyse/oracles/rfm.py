"""RFM said plainly: list each person's orders, look at the last, count them, add them up."""

from __future__ import annotations

from typing import NamedTuple

from tidewheel.analyse.contract import Context
from tidewheel.analyse.kinds.rfm import (
    NAMES,
    SEGMENTS,
    RfmBox,
    RfmCuts,
    RfmGroup,
    RfmMove,
    RfmParams,
    RfmResult,
    RfmSegment,
    SegmentName,
)
from tidewheel.analyse.oracle import Happening, Oracle, World, named
from tidewheel.analyse.question import GroupLabel
from tidewheel.analyse.verify.orders import orders_of
from tidewheel.core.period import Span


class Buyer(NamedTuple):
    """One person's three numbers, and the row of the last order."""

    days: int
    orders: int
    money: int
    row: Happening


class Levels(NamedTuple):
    """The lowest number of each level from 2 on; of days, the highest."""

    days: list[int]
    orders: list[int]
    money: list[int]

    def of(self, buyer: Buyer) -> tuple[int, int, int]:
        """Return a buyer's levels."""
        return (
            1 + sum(buyer.days <= cut for cut in self.days),
            1 + sum(buyer.orders >= cut for cut in self.orders),
            1 + sum(buyer.money >= cut for cut in self.money),
        )

    def segment(self, buyer: Buyer) -> SegmentName:
        """Return a buyer's segment."""
        high = tuple(level > (len(cuts) + 2) / 2 for level, cuts in zip(self.of(buyer), self, strict=True))
        return next(name for name, (wanted, _) in SEGMENTS.items() if wanted == high)


class RfmOracle(Oracle[RfmParams, RfmResult]):
    """See :mod:`tidewheel.analyse.kinds.rfm`."""

    name = "rfm"

    def answer(self, world: World, params: RfmParams, context: Context) -> RfmResult:
        """Score everyone, sort the numbers, count."""
        found = buyers(world, params, context, context.span)
        levels = levels_of(found, params)
        people: dict[int, set[int]] = {}
        for person, buyer in found.items():
            for code in world.groups_of(buyer.row, 1) if params.breakdowns else ():
                people.setdefault(code, set()).add(person)
        sizes: dict[int, float] = {code: len(own) for code, own in people.items()}
        groups = []
        for label, codes in named(sizes, params.top, context.labels):
            own = [b for b in found.values() if codes is None or world.groups_of(b.row, 1) & codes]
            groups.append(group(label, own, levels))
        moves = None
        span = compared(params, context)
        if span is not None:
            earlier = buyers(world, params, context, span)
            old = levels_of(earlier, params)
            now = {person: levels.segment(buyer) for person, buyer in found.items()}
            was = {person: old.segment(buyer) for person, buyer in earlier.items()}
            pairs = [(was.get(person, "none"), now.get(person, "none")) for person in now.keys() | was]
            moves = [
                RfmMove(before=one, now=two, people=pairs.count((one, two)))
                for one in (*NAMES, "none")
                for two in (*NAMES, "none")
                if (one, two) != ("none", "none")
            ]
        last = max(context.span.start, min(context.span.end - 1, context.now))
        return RfmResult(
            until=context.calendar.local(last).date().isoformat(),
            cuts=RfmCuts(recency=levels.days, frequency=levels.orders, monetary=levels.money),
            groups=groups,
            moves=moves,
        )


def compared(params: RfmParams, context: Context) -> Span | None:
    """Return the first comparison period."""
    for one in params.compare:
        if one.period is not None and one.people is None:
            if one.period == "previous":
                return context.calendar.before(context.span)
            return context.calendar.span(one.period, context.now)
    return None


def buyers(world: World, params: RfmParams, context: Context, span: Span) -> dict[int, Buyer]:
    """Return everyone with an order in a period that was not taken back in it."""
    last = max(span.start, min(span.end - 1, context.now))
    found = {}
    for person, rows in world.people.items():
        inside = [row for row in rows if span.start <= row.time < span.end]
        kept = [order for order in orders_of(inside, params.money) if not order.undone]
        if kept:
            day = context.calendar.local(kept[-1].row.time).date()
            money = sum(o.value - sum(taken for _, taken in o.refunds) for o in kept)
            days = max((context.calendar.local(last).date() - day).days, 0)
            found[person] = Buyer(days, len(kept), money, kept[-1].row)
    return found


def levels_of(found: dict[int, Buyer], params: RfmParams) -> Levels:
    """Return where the levels begin."""
    if params.cuts == "fixed":
        return Levels(
            [cut - 1 for cut in reversed(params.recency_cuts)],
            list(params.frequency_cuts),
            list(params.monetary_cuts),
        )
    if not found:
        return Levels([], [], [])
    columns = [sorted(column) for column in zip(*(b[:3] for b in found.values()), strict=True)]
    if params.cuts == "mean":
        n = len(found)
        days, orders, money = (sum(column) for column in columns)
        return Levels([-(-days // n) - 1], [orders // n + 1], [money // n + 1])
    counts = (params.recency_levels, params.frequency_levels, params.monetary_levels)
    # A level begins right above the value below which (or at which) its share of the people lies.
    days_cuts, orders_cuts, money_cuts = (
        [column[-(-k * len(column) // n) - 1] for k in range(1, n)]
        for column, n in zip((columns[0][::-1], *columns[1:]), counts, strict=True)
    )
    return Levels([c - 1 for c in days_cuts], [c + 1 for c in orders_cuts], [c + 1 for c in money_cuts])


def group(label: GroupLabel | None, own: list[Buyer], levels: Levels) -> RfmGroup:
    """Count some buyers."""
    revenue = sum(buyer.money for buyer in own)
    segments = []
    for name in NAMES:
        inside = [buyer for buyer in own if levels.segment(buyer) == name]
        n, money = len(inside), sum(buyer.money for buyer in inside)
        segments.append(
            RfmSegment(
                segment=name,
                people=n,
                share=n / len(own) if own else None,
                revenue=money,
                revenue_share=money / revenue if revenue else None,
                recency=sum(buyer.days for buyer in inside) / n if n else None,
                frequency=sum(buyer.orders for buyer in inside) / n if n else None,
                value=money / n if n else None,
            )
        )
    boxes: dict[tuple[int, int, int], list[int]] = {}
    for buyer in own:
        boxes.setdefault(levels.of(buyer), []).append(buyer.money)
    grid = [
        RfmBox(recency=r, frequency=f, monetary=m, people=len(money), revenue=sum(money))
        for (r, f, m), money in sorted(boxes.items())
    ]
    return RfmGroup(group=label, people=len(own), revenue=revenue, segments=segments, grid=grid)
